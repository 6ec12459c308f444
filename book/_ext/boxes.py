"""Boxes that ask the reader something: a prediction, and a quiz.

Both are plain `<details>`: they open with a click, with Enter, and without
any script; a closed answer is also found by the browser's own search.

A prediction, before a run is shown::

    ::::{predict}
    Which of the two has the lower error at step 10, and by how much?

    :::{answer}
    The direct one, by a third: it never reads its own forecasts.
    :::
    ::::

A quiz, where every choice opens and says why it is right or not::

    ::::{quiz} What is the shape of `hs`?
    :::{choice} `(B, H)`
    That is one state `h`.
    :::
    :::{choice} `(B, T, H)`
    :right:
    One state for each step.
    :::
    ::::

`{quiz}` may hold text, an equation or a figure before its choices. The
words "Right." and "Not quite." come from here, so that no reader has to
tell the two by their colour.
"""

from __future__ import annotations

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util.docutils import SphinxDirective


class Box(nodes.General, nodes.Element):
    """A titled box around a question."""


class Reveal(nodes.General, nodes.Element):
    """A `<details>` element."""


class Summary(nodes.General, nodes.TextElement):
    """The `<summary>` of a `<details>` element: always seen."""


def visit_box(translator, node) -> None:
    """Open the box; its title is its accessible name."""
    translator.body.append(
        f'<div class="question {node["kind"]}" role="group" '
        f'aria-label="{node["title"]}">\n'
        f'<p class="question-title" aria-hidden="true">{node["title"]}</p>\n'
    )


def visit_reveal(translator, node) -> None:
    """Open the `<details>`."""
    translator.body.append(f'<details class="{node["kind"]}">\n')


def visit_summary(translator, _node) -> None:
    """Open the `<summary>`."""
    translator.body.append("<summary>")


def closing(tag: str):
    """Return a function that writes the closing tag."""

    def depart(translator, _node) -> None:
        translator.body.append(f"</{tag}>\n")

    return depart


def nothing(_translator, _node) -> None:
    """Write nothing: other formats than HTML show the text alone."""


class Question(SphinxDirective):
    """What `{predict}` and `{quiz}` have in common."""

    has_content = True
    kind = "predict"
    title = "Predict first"

    def run(self):
        """Return the box with its parsed content."""
        box = Box(kind=self.kind, title=self.title)
        if self.arguments:
            words, messages = self.state.inline_text(
                self.arguments[0], self.lineno
            )
            box += nodes.paragraph("", "", *words)
            box += messages
        self.state.nested_parse(self.content, self.content_offset, box)
        return [box]


class Quiz(Question):
    """A question with choices; see the module's first lines."""

    optional_arguments = 1
    final_argument_whitespace = True
    kind = "quiz"
    title = "Check yourself"


class Answer(SphinxDirective):
    """The answer to a prediction, hidden until it is asked for."""

    has_content = True
    optional_arguments = 1
    final_argument_whitespace = True
    option_spec = {}  # noqa: RUF012  (docutils reads it from the class)
    kind = "answer"
    default_summary = "Show the answer"

    def run(self):
        """Return the `<details>` with its parsed content."""
        reveal = Reveal(kind=self.kind)
        text = self.arguments[0] if self.arguments else self.default_summary
        words, messages = self.state.inline_text(text, self.lineno)
        reveal += Summary("", "", *words)
        self.state.nested_parse(self.content, self.content_offset, reveal)
        self.introduce(reveal)
        return [reveal, *messages]

    def introduce(self, reveal) -> None:
        """Say the verdict; an answer to a prediction has none."""


class Choice(Answer):
    """One choice of a quiz, with the reason why it is right or wrong."""

    required_arguments = 1
    optional_arguments = 0
    option_spec = {"right": directives.flag}  # noqa: RUF012
    kind = "choice"

    def introduce(self, reveal) -> None:
        """Begin the explanation with the verdict, in words."""
        right = "right" in self.options
        reveal["kind"] += " choice-right" if right else " choice-wrong"
        verdict = nodes.strong("", "Right." if right else "Not quite.")
        if len(reveal) > 1 and isinstance(reveal[1], nodes.paragraph):
            reveal[1].insert(0, [verdict, nodes.Text(" ")])
        else:
            reveal.insert(1, nodes.paragraph("", "", verdict))


def setup(app):
    """Register the nodes and the directives."""
    for node, visit, tag in (
        (Box, visit_box, "div"),
        (Reveal, visit_reveal, "details"),
        (Summary, visit_summary, "summary"),
    ):
        silent = (nothing, nothing)
        app.add_node(
            node, html=(visit, closing(tag)), latex=silent, text=silent
        )
    app.add_directive("predict", Question)
    app.add_directive("answer", Answer)
    app.add_directive("quiz", Quiz)
    app.add_directive("choice", Choice)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
