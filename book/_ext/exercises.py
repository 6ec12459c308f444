"""Pages of exercises: a check is folded under the line that says what it asks.

The code of the checks is four fifths of such a page, and is read, if at all,
after it has failed. In the notebook itself nothing is folded.
"""

from __future__ import annotations

import itertools

from docutils import nodes

FOLDER = "book/exercises/"


def first_comment(code: str) -> str:
    """Return the comment that a cell begins with, on one line."""
    lines = itertools.takewhile(lambda x: x.startswith("#"), code.splitlines())
    return " ".join(line.lstrip("# ") for line in lines)


def fold_checks(app, doctree) -> None:
    """Give the checks what MyST-NB gives a cell tagged to be hidden."""
    if not app.env.docname.startswith(FOLDER):
        return
    for cell in doctree.findall(nodes.container):
        mark = cell.get("cell_metadata", {}).get("nbgrader", {})
        if mark.get("grade") and not mark["solution"]:
            about = first_comment(cell.astext())
            cell["hide_mode"] = "input"
            cell["prompt_show"] = cell["prompt_hide"] = f"Check: {about}"


def setup(app):
    """Connect the step."""
    app.connect("doctree-read", fold_checks)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
