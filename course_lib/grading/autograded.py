"""The notebooks that nbgrader's formgrader shows, made from results.

A student's text is shown in the instructor's browser, next to the buttons
that give marks. So nothing of it is a tag there, or a picture, or a link
that hides where it leads: no script of a submission can run in the
formgrader, whatever its settings, and nobody learns that it was opened.
"""

import base64
import binascii
import json
import re
from pathlib import Path

MOST_TEXT = 50_000
PNG = b"\x89PNG\r\n\x1a\n"
HIDDEN = re.compile(
    r"^[ \t]*### BEGIN HIDDEN TESTS.*?^[ \t]*### END HIDDEN TESTS[^\n]*\n?",
    re.M | re.S,
)
# The start of a tag; the middle of a link, or of its address further down;
# a formula's command that makes one, moves it over the page, or loads more.
ACTIVE = re.compile(
    r"<(?=[^\s=])|\](?=[(:])|\\(?=(?:href|style|class|cssId|data|bbox|"
    r"mmlToken|require|includegraphics)(?![A-Za-z]))"
)
WORD_JOINER = "\u2060"


def notebook(assignment, result, digest):
    """The text of an autograded notebook.

    Args:
        assignment: the `Assignment`.
        result: as `scorers.score_files` gives it.
        digest: of the submission; the notebook keeps it.
    """
    rows = {row["id"]: row for row in result["questions"]}
    cells, seen = [], set()
    if result["status"] == "unreadable":
        text = "**Not readable.** " + "; ".join(result["problems"])
        cells.append(_cell("unreadable", "markdown", harmless(text), {}))
    shown = result["cells"] or [
        (cell.id, cell.question, cell.kind, "")
        if cell.kind in ("answer", "written")
        else (cell.id, cell.question, cell.kind, cell.source)
        for cell in assignment.cells
        if cell.id
    ]
    outputs = result.get("outputs") or []
    for n, (cell_id, _, kind, source) in enumerate(shown):
        original = None if cell_id in seen else assignment.cell(cell_id)
        seen.add(cell_id)
        metadata = dict(original.metadata) if original else {}
        if kind in ("text", "written", "prose"):
            if kind != "text":
                source = harmless(source)
            cell = _cell(f"cell-{n}", "markdown", source, metadata)
        else:
            cell = _cell(f"cell-{n}", "code", source, metadata)
            if kind == "grade":
                # Stock feedback on this file gives no hidden test away.
                cell["source"] = HIDDEN.sub("", source)
                cell["outputs"] = _verdict(rows[cell_id])
            elif n < len(outputs):
                cell["outputs"] = [_output(*each) for each in outputs[n]]
        cells.append(cell)
    spec = {"display_name": "Python 3", "language": "python"}
    metadata = {
        "kernelspec": {**spec, "name": "python3"},
        "language_info": {"name": "python"},
        "course": {"submission": digest},
    }
    # A cell in a line: with an indent json is many times slower.
    lines = ",\n".join(map(json.dumps, cells))
    return (
        f'{{"cells": [\n{lines}\n],\n"metadata": {json.dumps(metadata)},\n'
        '"nbformat": 4, "nbformat_minor": 5}\n'
    )


def digest_of(path):
    """The digest of the submission that a notebook shows, or None."""
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # No line of a cell begins like this one.
    found = re.findall(r'^"metadata": .*"submission": "(\w+)"', text, re.M)
    return found[-1] if found else None


def harmless(text):
    """Markdown in which nothing is read as a tag, a picture or a link.

    But for an address that stands there as it is.

    >>> harmless("a < b, <b>") == "a < b, <\u2060b>"
    True
    >>> harmless("[x](javascript:1)") == "[x]\u2060(javascript:1)"
    True
    """
    return ACTIVE.sub(rf"\g<0>{WORD_JOINER}", text)


def _cell(cell_id, cell_type, source, metadata):
    source = _cut(source)
    cell = {"cell_type": cell_type, "id": cell_id, "metadata": metadata}
    if cell_type == "code":
        cell |= {"execution_count": None, "outputs": []}
    return {**cell, "source": source.splitlines(keepends=True)}


def _verdict(row):
    """The output of a grade cell: what the scorer found."""
    text = f"{row['points']:g} of {row['max_points']:g}: {row['status']}\n"
    if row["status"] == "passed":
        return [_stream("stdout", text)]
    return [_stream("stdout", f"{text}{row['message']}\n")]


def _cut(text):
    """Not too long, and nothing that no file can hold."""
    return text[:MOST_TEXT].encode("utf-8", "replace").decode()


def _stream(name, text):
    return {"output_type": "stream", "name": name, "text": _cut(text)}


def _output(kind, text):
    """One output of `student_side.shell.show_cell` in the notebook format.

    What it says is not trusted: an image must be one, all else is text.
    """
    if kind in ("stdout", "stderr"):
        return _stream(kind, text)
    if kind == "error":
        name, _, value = _cut(text).partition(": ")
        return {
            "output_type": "error",
            "ename": name,
            "evalue": value,
            "traceback": [_cut(text)],
        }
    data = {"text/plain": _cut(text)}
    if kind == "png" and _is_png(text):
        data = {"image/png": text}
    elif kind == "png":
        data = {"text/plain": "(an image that is none)"}
    elif kind == "svg":
        # As an image it cannot run a script.
        packed = base64.b64encode(text.encode("utf-8", "replace")).decode()
        tag = f'<img alt="drawing" src="data:image/svg+xml;base64,{packed}">'
        data = {"text/html": tag, "text/plain": "(a drawing)"}
    return {"output_type": "display_data", "metadata": {}, "data": data}


def _is_png(text):
    try:
        return base64.b64decode(text, validate=True).startswith(PNG)
    except (binascii.Error, ValueError):
        return False
