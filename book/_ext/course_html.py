"""What the pages need beyond Jupyter Book: work offline, read aloud well.

The theme's HTML is repaired where a reader would notice: scripts that ask
other hosts or only draw icons go, accessible names and roles are put right.
`clean_page` matches the theme's HTML by its text, so a new version of the
theme may slip past it; tests/test_book.py therefore looks at the finished
pages and never at these replacements.
"""

from __future__ import annotations

import re
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path

from docutils import nodes
from sphinx.ext import viewcode
from sphinx.util.fileutil import copy_asset

# What a page with TeX in it and CommonHTML out of it can ask for: 1 of 24 MB.
# _config.yml loads these by name: the usual bundle is to two fifths a menu
# that offers what the book doesn't carry.
MATHJAX_PARTS = (
    "startup.js",
    "core.js",
    "input/tex.js",
    "output/chtml.js",
    "output/chtml/fonts/tex.js",
    "output/chtml/fonts/woff-v2",
    "input/tex/extensions",
    "a11y/assistive-mml.js",
    "ui/lazy.js",
)

SCRIPT = r"<script\b[^>]*>(?:(?!</script>).)*?{}(?:(?!</script>).)*?</script>"
UNWANTED = [
    # Live cells need a server, and the icons are already a web font.
    re.compile(SCRIPT.format(mark), re.DOTALL)
    for mark in ("THEBE_JS_URL", "initializeThebe", "kernelName =")
] + [
    re.compile(
        r'<script\b[^>]*src="[^"]*(?:fontawesome|sphinx-thebe)\.js[^"]*"'
        r"[^>]*></script>"
    ),
    re.compile(r'<script type="text/x-thebe-config">.*?</script>', re.DOTALL),
    re.compile(r"<link\b[^>]*(?:fontawesome\.js|sphinx-thebe)[^>]*/?>"),
]

# The theme loads the index of all words on every page, to show results while
# one types. Here a search opens its own page, which loads them itself.
SEARCH_TOOLS = re.compile(
    r'<script src="[^"]*(?:searchtools|language_data|searchindex)\.js">'
    r"</script>\s*"
)

REPLACED = [
    # The theme's script knows light, dark and auto; it is given nothing.
    (r'data-default-mode=""', 'data-default-mode="auto"'),
    (r'dataset\.(mode|theme) = (.*?) \|\| ""', r'dataset.\1 = \2 || "auto"'),
    # The button shows its words: a second name hides them from voice control.
    (r'(<button\b[^>]*search-button[^>]*?) aria-label="[^"]*"', r"\1"),
    (r'(<summary\b[^>]*?) aria-label="[^"]*"', r"\1"),
    # The arrow beside a chapter opens what is below it, and says whose.
    (
        r'(\binternal" href="[^"]*">([^<]*)</a><details[^>]*><summary)>',
        r'\1 aria-label="Exercises: \2">',
    ),
    # Everything on a page belongs to a landmark, the logo as well.
    (
        r'(<dialog\b|<div\b)([^>]*\bid="pst-primary-sidebar")',
        r'\1 role="region" aria-label="Book navigation"\2',
    ),
    # Both roles of the bibliography are out of date, and plain HTML does.
    (r'(<div\b[^>]*?) role="list"( class="citation-list")', r"\1\2"),
    (r'(<div\b[^>]*?class="citation-list"[^>]*?) role="list"', r"\1"),
    (r'(<div\b[^>]*?) role="doc-biblioentry"', r"\1"),
    # The corner of a table heads nothing.
    (r"<th[^>]*>(<p></p>)?</th>", "<td></td>"),
    # No line begins with the comma behind a formula.
    (
        r'([(\[“]?<span class="math notranslate nohighlight">[^<]*</span>'
        r"[.,;:!?)\]”’]+)",
        r'<span class="with-math">\1</span>',
    ),
]
REPLACED = [(re.compile(old), new) for old, new in REPLACED]


# A data frame that holds nothing but numbers has them below one another.
FRAME = re.compile(
    r'<table border="1" class="dataframe">.*?</table>', re.DOTALL
)
NUMBER = re.compile(r"<td>\s*(?:[-−+]?[\d.,]+(?:e[-+]?\d+)?|NaN)?\s*</td>")


def mark_numbers(frame: re.Match) -> str:
    """Give a table of numbers its class."""
    table = frame[0]
    if table.count("<td>") == len(NUMBER.findall(table)):
        return table.replace('"dataframe"', '"dataframe numbers"', 1)
    return table


def clean_page(html: str) -> str:
    """Return a finished page without what its readers can't use."""
    for pattern in UNWANTED:
        html = pattern.sub("", html)
    for pattern, replacement in REPLACED:
        html = pattern.sub(replacement, html)
    return FRAME.sub(mark_numbers, html)


def wrap_templates(app) -> None:
    """Let every page pass through `clean_page` on its way to the disk."""
    templates = getattr(app.builder, "templates", None)
    if templates is None:
        return
    render = templates.render

    def render_clean(template, context):
        html = render(template, context)
        if not template.endswith(".html"):
            return html
        if context.get("pagename") != "search":
            html = SEARCH_TOOLS.sub("", html)
        return clean_page(html)

    templates.render = render_clean


def copy_mathjax(app, error) -> None:
    """Put MathJax beside the pages, unless it is there already."""
    if error is not None or app.builder.format != "html":
        return
    package = distribution("sphinx-mathjax-offline")
    source = Path(package.locate_file("sphinx-mathjax-offline/static/mathjax"))
    target = Path(app.outdir, "_static", "mathjax")
    for part in MATHJAX_PARTS:
        if not (target / part).exists():
            goal = target / part
            folder = goal if (source / part).is_dir() else goal.parent
            folder.mkdir(parents=True, exist_ok=True)
            copy_asset(str(source / part), str(folder))


def quiet_scripts(app, error) -> None:
    """Let the theme's scripts keep to themselves what they did.

    `console.log(...)` becomes `void(...)`, which is an expression as well,
    so that a message in the console means that something is wrong.
    """
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    scripts = [*static.glob("*.js"), *static.glob("scripts/*.js")]
    # The page of the search has a script of its own in it.
    for path in [*scripts, *Path(app.outdir).glob("search.html")]:
        text = path.read_text(encoding="utf-8")
        quiet = re.sub(r"\bconsole\.log\(", "void(", text)
        if quiet != text:
            path.write_text(quiet, encoding="utf-8")


def remove_leftovers(app, error) -> None:
    """Remove the theme's own templates, which it copies among the pages."""
    if error is None and app.builder.format == "html":
        for path in Path(app.outdir, "_static").glob("*webpack-macros.html"):
            path.unlink()


def skip_field_numbers(_app, _what, _name, obj, skip, _options):
    """Leave "Alias for field number 0" of named tuples out of the API."""
    text = getattr(obj, "__doc__", None) or ""
    return True if text.startswith("Alias for field number") else skip


ABOUT_PAPER = re.compile(
    r"\b(?:black|white|(?:dark|light|bright)(?:er)?)\b", re.I
)


def keep_on_paper(app, doctree, _docname) -> None:
    """Mark the figures whose lightness the dark theme must not turn round.

    These are the ones with pixels in them, which may be photographs or
    stand beside a scale, and those whose captions speak of black or dark.
    """
    for image in doctree.findall(nodes.image):
        path = Path(app.srcdir, image["uri"])
        figure = image.parent
        while figure is not None and not isinstance(figure, nodes.figure):
            figure = figure.parent
        caption = "".join(
            node.astext()
            for node in (figure.findall(nodes.caption) if figure else ())
        )
        pixels = path.suffix != ".svg" or (
            path.exists() and "<image " in path.read_text(encoding="utf-8")
        )
        if pixels or ABOUT_PAPER.search(caption):
            image["classes"].append("as-on-paper")


def find_module(_app, name: str) -> str | None:
    """Return a module's file, for the pages of the library's source.

    Sphinx imports each module to learn this, and torch with them: a third
    of a build in which one page has changed.
    """
    spec = find_spec(name)
    return spec and spec.origin


def depend_on_execution(app, docname, _source) -> None:
    """Read a page again when tools/build_book.py has run its cells again."""
    key = Path(app.outdir, "..", ".jupyter_cache", "keys", f"{docname}.key")
    if key.exists():
        app.env.note_dependency(str(key.resolve()))


def setup(app):
    """Connect the steps to the events of a build."""
    viewcode.get_module_filename = find_module
    app.connect("builder-inited", wrap_templates)
    app.connect("source-read", depend_on_execution)
    app.connect("doctree-resolved", keep_on_paper)
    app.connect("build-finished", copy_mathjax)
    app.connect("build-finished", remove_leftovers)
    app.connect("build-finished", quiet_scripts)
    app.connect("autodoc-skip-member", skip_field_numbers)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
