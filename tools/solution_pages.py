"""The text of the edition with solutions: one page for each assignment.

A page has every task and behind it what opens: the solution and why it is
one (``solutions/explained``), other ways that are right and what goes wrong
(``tests/answers``), and the cells that check it. `build_solutions` builds it.
"""

from __future__ import annotations

import ast
import re
from functools import cache

from docutils.nodes import make_id

from tools.inputs import ROOT

EXPLAINED = ROOT / "solutions" / "explained"
# From a page of this edition to the book's pages.
BOOK = "../../../html/book"
LINK = re.compile(
    r"\[([^\]]+)\]\(\.\./\.\./([\w-]+)\.(?:md|ipynb)(?:#([^)]*))?\)"
)
MARKS = re.compile(r"^ *### (BEGIN|END) (SOLUTION|HIDDEN TESTS)\n?", re.M)
SPECIAL = re.compile(r"([\\`*_{}\[\]<>$|#])")


def code(text: str) -> str:
    """A block of Python, without the marks of nbgrader."""
    return f"```python\n{MARKS.sub('', text).strip()}\n```\n"


def opening(title: str, body: str) -> str:
    """What opens by a click or by Enter."""
    return f":::::{{answer}} {title}\n\n{body.strip()}\n:::::\n"


def plain(text: str) -> str:
    """Words in which no character is Markdown's, as a sentence begins."""
    if re.match(r"[a-z]+(?![\w.(])", text):
        text = text[0].upper() + text[1:]
    return SPECIAL.sub(r"\\\1", text.rstrip("."))


@cache
def places(page: str) -> dict[str, str]:
    """The places in a built page by the anchors of Jupyter's links."""
    path = ROOT / "book" / f"{page}.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    found = {}
    for heading in re.findall(r"^##+ (.+)$", text, re.M):
        anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        found[anchor] = make_id(heading)
    return found


def linked(text: str) -> str:
    """Task text whose links to chapters lead into the built book."""

    def address(match) -> str:
        words, page, anchor = match.groups()
        place = f"#{places(page)[anchor]}" if anchor else ""
        return f'<a href="{BOOK}/{page}.html{place}">{words}</a>'

    return LINK.sub(address, text)


def explanations(name: str) -> dict[str, str]:
    """Why each solution of an assignment is one: {question: text}."""
    path = EXPLAINED / f"{name}.md"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    parts = re.split(r"^## (.+)$", text, flags=re.M)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {question.strip(): text.strip() for question, text in pairs}


def sentences(source: str) -> list[str]:
    """The texts in a piece of code, joined as Python joins them."""
    tree, left_out = ast.parse(source), set()
    for node in ast.walk(tree):
        # Pieces of a text that is only put together later, and docstrings.
        if isinstance(node, ast.JoinedStr | ast.Expr):
            parts = (
                ast.walk(node)
                if isinstance(node, ast.JoinedStr)
                else [node.value]
            )
            left_out.update(id(part) for part in parts)
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in left_out
    ]


@cache
def of_the_checks() -> list[str]:
    """What the checks of all assignments have in common to say."""
    paths = sorted((ROOT / "course_lib" / "checks").glob("*.py"))
    return [s for p in paths for s in sentences(p.read_text("utf-8"))]


def said(part: str, checks) -> str:
    """The sentence of a question's checks that holds these words."""
    own = [text for cell in checks for text in sentences(cell.source)]
    for text in [*own, *of_the_checks()]:
        if part.lower() in text.lower() and len(text) < 300:
            return text
    return f"… {part} …"


def same(solution: str, cells) -> bool:
    """Whether an answer is the solution, but for comments and docstrings."""

    def bare(text: str) -> str:
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                node.body = node.body[ast.get_docstring(node) is not None :]
        return ast.dump(tree)

    return bare(MARKS.sub("", solution)) == bare("\n".join(cells))


def heading(cell) -> str:
    """What a grade cell checks, from its first line."""
    first = re.match(r"((?:# .*\n)+)", cell.source)[1]
    words = " ".join(re.findall(r"^# (.*)$", first, re.M))
    return f"**{plain(words)}.** {cell.points:g} point" + "s" * (
        cell.points != 1
    )


def question(cell, cells, answers, why) -> str:
    """The solution of one question and what belongs to it."""
    own = [trial for trial in answers if trial.question == cell.id]
    checks = [
        part
        for part in cells
        if part.kind == "grade" and part.question == cell.id
    ]
    right = [
        f"**{plain(trial.name)}.**\n\n" + "\n".join(map(code, trial.cells))
        for trial in own
        if trial.kind == "right" and not same(cell.source, trial.cells)
    ]
    wrong = [
        f"**{plain(trial.name)}.** The checks say: "
        f"*{plain(said(trial.says, checks))}.*\n\n"
        + "\n".join(map(code, trial.cells))
        for trial in own
        if trial.kind == "wrong"
    ]
    tests = [f"{heading(part)}\n\n{code(part.source)}" for part in checks]
    boxes = [opening("The solution, and why", f"{code(cell.source)}\n{why}")]
    for title, some in [
        ("Other ways that are right", right),
        ("What goes wrong, and what the checks say to it", wrong),
        ("How it is checked", tests),
    ]:
        if some:
            boxes.append(opening(f"{title} ({len(some)})", "\n".join(some)))
    return boxed(boxes)


def boxed(boxes: list[str]) -> str:
    """A frame around what opens."""
    inside = "\n".join(boxes)
    return f'<div class="question">\n\n{inside}\n</div>\n'


def page(assignment, answers, why) -> str:
    """The page of one assignment."""
    parts = []
    for cell in assignment.cells:
        if cell.kind == "text":
            parts.append(linked(cell.source))
        elif cell.kind == "code" and cell.source.strip():
            parts.append(code(cell.source))
        elif cell.kind == "written":
            marking = opening(
                "A model answer, and how it is marked", linked(cell.source)
            )
            parts.append(boxed([marking]))
        elif cell.kind == "answer":
            if cell.id not in why:
                raise ValueError(
                    f"the solution of {cell.id} is not explained; write "
                    f"'## {cell.id}' into solutions/explained/"
                    f"{assignment.name}.md."
                )
            text = question(cell, assignment.cells, answers, why[cell.id])
            parts.append(text)
    return "\n\n".join(parts) + "\n"
