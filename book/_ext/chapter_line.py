"""The line below a chapter's title: how long it takes, and its notebook.

The notebook is made by tools/notebooks.py when the pages are written and
lies beside them, in notebooks/. Where `repository: url:` is set in
_config.yml, the line also opens it in Colab and in Binder, from the branch
that the built pages are published on (`pages_branch`, gh-pages unless set).
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from urllib.parse import quote

import yaml
from docutils import nodes
from sphinx.util import logging

logger = logging.getLogger(__name__)
CHAPTER = re.compile(r"^book/\d\d-[\w-]+$")
WORDS_A_MINUTE = 200
FOLDER = "notebooks"


def minutes_to_read(doctree) -> int:
    """Return the time for the words, with half a minute for each formula.

    A piece of code counts as a formula: it is read as slowly.
    """
    words = sum(
        len(node.astext().split()) for node in doctree.findall(nodes.paragraph)
    )
    slow = [
        *doctree.findall(nodes.math_block),
        *doctree.findall(nodes.literal_block),
    ]
    return max(1, round(words / WORDS_A_MINUTE + 0.5 * len(slow)))


def places_to_run(repository: dict, name: str) -> list[tuple[str, str]]:
    """Return the names and addresses of where a notebook can be opened."""
    address = (repository or {}).get("url", "").rstrip("/")
    match = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)", address)
    if not match:
        return []
    branch = repository.get("pages_branch", "gh-pages")
    path = f"{FOLDER}/{name}.ipynb"
    colab = "https://colab.research.google.com/github"
    binder = "https://mybinder.org/v2/gh"
    return [
        ("Open in Colab", f"{colab}/{match[1]}/blob/{branch}/{path}"),
        (
            "Open in Binder",
            f"{binder}/{match[1]}/{branch}?labpath={quote(path, safe='')}",
        ),
    ]


def add_line(app, doctree) -> None:
    """Put the line below the title of a chapter."""
    page = app.env.docname
    title = next(iter(doctree.findall(nodes.title)), None)
    if not CHAPTER.match(page) or title is None:
        return
    name = Path(page).name
    minutes = minutes_to_read(doctree)
    line = nodes.paragraph(
        "", f"{minutes} minutes to read", classes=["chapter-line"]
    )
    settings = Path(app.srcdir, "_config.yml")
    repository = {}
    if settings.exists():
        text = settings.read_text(encoding="utf-8")
        repository = yaml.safe_load(text).get("repository") or {}
    links = [("Download the notebook", f"../{FOLDER}/{name}.ipynb")]
    for words, address in [*links, *places_to_run(repository, name)]:
        line += nodes.Text(" ·\u00a0")
        line += nodes.reference("", words, refuri=address, internal=False)
    title.parent.insert(title.parent.index(title) + 1, line)


def write(app, error) -> None:
    """Write the notebooks beside the pages."""
    if error is not None or app.builder.format != "html":
        return
    sys.path.insert(0, str(app.srcdir))
    try:
        from tools.notebooks import write_notebooks
    finally:
        sys.path.pop(0)
    for problem in write_notebooks(Path(app.outdir, FOLDER), Path(app.srcdir)):
        logger.warning("notebook: %s", problem)
        # Sphinx has counted its warnings by now.
        app.statuscode = 1


def setup(app):
    """Connect both steps."""
    app.connect("doctree-read", add_line)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
