"""Figures that a reader can move: `{figure-live}`.

    ```{figure-live} lstm-opened
    :name: fig-11-opened

    The caption: what to try, and what to notice.

    What stands in the figure's place on paper and without script.
    ```

The figure is a custom element, in book/_static/figures/<name>.js. A page
loads the scripts of its own figures only. What a figure shows of trained
networks or of real series is made by tools/figure_data.py while the book is
built, kept in _build/figures, and written into the page, since a page that
was opened from a folder may not fetch a file.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)
SCRIPTS = "book/_static/figures"
HELPER = "figure.js"


class Live(nodes.General, nodes.Element):
    """A figure that moves; its children are the still text."""


class FigureLive(SphinxDirective):
    """A figure that moves, with its caption; see the module's first lines."""

    has_content = True
    required_arguments = 1
    option_spec = {"name": directives.unchanged}  # noqa: RUF012

    def run(self):
        """Return the figure: the element, and the caption below it."""
        name = self.arguments[0]
        root = Path(self.env.app.srcdir)
        if not (root / SCRIPTS / f"{name}.js").exists():
            known = sorted(p.stem for p in (root / SCRIPTS).glob("*.js"))
            known.remove(Path(HELPER).stem)
            return self.warn(f"no figure {name!r}; there are {known}")
        parsed = nodes.Element()
        self.state.nested_parse(self.content, self.content_offset, parsed)
        caption, still = parsed.children[:1], parsed.children[1:]
        if not still or not isinstance(caption[0], nodes.paragraph):
            return self.warn(
                f"figure {name!r} needs a caption, and below it the text that "
                "stands in its place on paper and without script"
            )
        data = root / "_build" / "figures" / f"{name}.json"
        if data.exists():
            self.env.note_dependency(str(data))
        live = Live("", *still, name=name, data=str(data))
        source = caption[0]
        words = nodes.caption(source.rawsource, "", *source.children)
        figure = nodes.figure("", live, words, classes=["figure-live"])
        self.set_source_info(figure)
        self.add_name(figure)
        return [figure]

    def warn(self, text: str):
        """Warn at the directive's line; a warning fails the build."""
        logger.warning("figure-live: %s", text, location=self.get_location())
        return []


def visit_live(translator, node) -> None:
    """Open the element, with its data, and the still text inside it."""
    translator.body.append(f"<{node['name']} class='live'>\n")
    data = Path(node["data"])
    if data.exists():
        values = json.loads(data.read_text(encoding="utf-8"))
        text = json.dumps(values, separators=(",", ":")).replace(
            "<", "\\u003c"
        )
        translator.body.append(
            f'<script type="application/json">{text}</script>\n'
        )
    translator.body.append('<div class="live-still">\n')


def depart_live(translator, node) -> None:
    """Close what `visit_live` opened."""
    translator.body.append(f"</div>\n</{node['name']}>\n")


def nothing(_translator, _node) -> None:
    """Write nothing: other formats than HTML show the still text alone."""


def make_data(app) -> None:
    """Make what the figures show of trained networks, where it is old."""
    root = Path(app.srcdir)
    if not (root / "tools" / "figure_data.py").exists():
        return
    done = subprocess.run(
        [sys.executable, "-m", "tools.figure_data"],
        cwd=root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if done.returncode:
        logger.warning("figure-live: tools.figure_data: %s", done.stdout)


def add_scripts(app, _page, _template, _context, doctree) -> None:
    """Let a page load the scripts of its own figures, and no others."""
    names = {node["name"] for node in doctree.findall(Live)} if doctree else ()
    for n, script in enumerate(
        [HELPER, *(f"{name}.js" for name in sorted(names))] if names else []
    ):
        app.add_js_file(
            f"figures/{script}", priority=810 + n, loading_method="defer"
        )


def setup(app):
    """Register the node and the directive."""
    silent = (nothing, nothing)
    app.add_node(
        Live, html=(visit_live, depart_live), latex=silent, text=silent
    )
    app.add_directive("figure-live", FigureLive)
    app.connect("builder-inited", make_data)
    app.connect("html-page-context", add_scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
