"""From the bytes of a submission to steps, without running anything.

What can be repaired is repaired and reported. The instructor's text stands
in every locked and every grade cell, whatever the submission has there.
"""

import json
import re
from dataclasses import dataclass, field
from functools import cache

from course_lib.grading.assignment import Cell
from course_lib.grading.files import _shown, is_notebook
from course_lib.grading.scoring import Step

MOST_CELLS = 2000


@dataclass
class Submission:
    """What was handed in, as it will be scored.

    Attributes:
        status: "readable", or "unreadable" with the reason in `problems`.
        problems: what was wrong and what was done about it, in words.
        cells: (cell id or "", question, kind, source) in their final order.
    """

    status: str = "readable"
    problems: list = field(default_factory=list)
    cells: list = field(default_factory=list)

    @property
    def steps(self):
        """The steps of scoring."""
        return [
            Step("grade", cell_id, question)
            if kind == "grade"
            else Step("run", source, question)
            for cell_id, question, kind, source in self.cells
            if kind in ("grade", "code", "answer", "extra")
        ]


def intake(assignment, files, problems=()):
    """Understand the files of a submission.

    Args:
        assignment: the instructor's `Assignment`.
        files: {name: bytes}, as of `files.collect`.
        problems: what was found before.

    Returns:
        `Submission`.
    """
    found = Submission(problems=list(problems))
    name, data = _choose(assignment, files, found.problems)
    cells = []
    if name is None:
        found.problems.append("there is no notebook in it")
    else:
        try:
            notebook = _parse(data, found.problems)
            cells = _identify(assignment, notebook, found.problems)
        except (ValueError, RecursionError) as error:
            found.problems.append(_shown(f"{name}: {error}", 300))
    if not cells:
        found.status = "unreadable"
        return found
    _guess_answers(assignment, cells, found.problems)
    found.cells = _arrange(assignment, cells, found.problems)
    return found


def _choose(assignment, files, problems):
    """The notebook that is meant: by name, else by what it holds."""
    notebooks = {n: d for n, d in files.items() if is_notebook(n)}
    wanted = f"{assignment.name}.ipynb"
    if not notebooks:
        return None, None
    if wanted in notebooks:
        others = sorted(set(notebooks) - {wanted})
        if others:
            problems.append(
                "further notebooks are left out: "
                + ", ".join(map(_shown, others[:5]))
            )
        return wanted, notebooks[wanted]

    def known(name):
        """How many of the assignment's ids stand in it."""
        text = notebooks[name].decode("utf-8", "replace")
        return sum(f'"{c.id}"' in text for c in assignment.cells if c.id)

    best = max(sorted(notebooks), key=known)
    problems.append(f"{_shown(best)} is taken for {wanted}")
    if len(notebooks) > 1:
        problems.append(f"{len(notebooks) - 1} other notebooks are left out")
    return best, notebooks[best]


def _parse(data, problems):
    """Notebook JSON of format 4, or a ValueError that says what is wrong."""
    if not data.strip():
        raise ValueError("the file is empty")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        text = data.decode("utf-16")
        problems.append("written in UTF-16, read all the same")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
            problems.append("not written in UTF-8, read as Latin-1")
    if re.search(r"^<{7} |^>{7} ", text, re.M):
        raise ValueError("it holds the marks of an unresolved merge")
    try:
        # Line breaks inside texts are let pass, as Jupyter's rivals do.
        reader = json.JSONDecoder(strict=False)
        notebook, end = reader.raw_decode(text.lstrip())
    except json.JSONDecodeError as error:
        raise ValueError(
            f"no JSON from line {error.lineno} on; was it cut off?"
        ) from None
    if text.lstrip()[end:].strip():
        problems.append("what stands behind the notebook's end is left out")
    if not isinstance(notebook, dict):
        raise ValueError("JSON, but no notebook")
    if notebook.get("nbformat") in (2, 3):
        notebook = _upgrade(notebook, problems)
    if not isinstance(notebook.get("cells"), list):
        raise ValueError("a notebook without a list of cells")
    if notebook.get("nbformat") != 4:
        problems.append("an unknown format version, read as version 4")
    return notebook


def _upgrade(notebook, problems):
    problems.append(f"notebook format {notebook['nbformat']}, read as 4")
    cells = []
    for sheet in _list(notebook.get("worksheets")):
        inside = sheet.get("cells") if isinstance(sheet, dict) else None
        for raw in _list(inside):
            if isinstance(raw, dict) and "input" in raw:
                raw = {**raw, "source": raw["input"]}
            cells.append(raw)
    return {"nbformat": 4, "cells": cells}


def _list(value):
    return value if isinstance(value, list) else []


@dataclass
class _Found:
    """A cell of the submission: what it is in the assignment, if anything."""

    id: str
    kind: str
    source: str
    cell_type: str


def _identify(assignment, notebook, problems):
    """Each submitted cell with its place in the assignment."""
    known = {c.id: c for c in assignment.cells if c.id}
    by_text = {
        text: cell
        for cell in assignment.kind("text", "code", "grade")
        for text in _released(cell.source)
    }
    cells, stripped = [], 0
    if len(notebook["cells"]) > MOST_CELLS:
        problems.append(f"more than {MOST_CELLS} cells; the rest is left out")
    for raw in notebook["cells"][:MOST_CELLS]:
        source = _source(raw)
        if source is None:
            problems.append("a cell that cannot be read is left out")
            continue
        meta = raw.get("metadata")
        meta = meta if isinstance(meta, dict) else {}
        mark = meta.get("nbgrader")
        cell_id = mark.get("grade_id") if isinstance(mark, dict) else None
        cell = known.get(cell_id) if isinstance(cell_id, str) else None
        if cell is None:
            cell_id = raw.get("id")
            cell = known.get(cell_id) if isinstance(cell_id, str) else None
            cell = cell or by_text.get(_bare(source))
            stripped += cell is not None and bool(cell.id)
        kind = cell.kind if cell else "extra"
        cell_type = raw.get("cell_type")
        cells.append(_Found(cell.id if cell else "", kind, source, cell_type))
    if stripped:
        problems.append(f"{stripped} cells had lost nbgrader's marks")
    if not any(cell.id for cell in cells):
        raise ValueError(
            "none of this assignment's cells is in it; is it another notebook?"
        )
    return cells


def _guess_answers(assignment, cells, problems):
    """Answer cells without marks: the code before a question's checks."""
    present = {c.id for c in cells}
    for answer in assignment.kind("answer", "written"):
        if answer.id in present:
            continue
        order = [c.id for c in assignment.cells]
        before = set(order[: order.index(answer.id)]) - {""}
        behind = set(order[order.index(answer.id) + 1 :]) - {""}
        first = max(
            (n for n, c in enumerate(cells) if c.id in before), default=-1
        )
        last = min(
            (n for n, c in enumerate(cells) if c.id in behind),
            default=len(cells),
        )
        wanted = "code" if answer.kind == "answer" else "markdown"
        for cell in cells[first + 1 : last]:
            if not cell.id and cell.cell_type == wanted:
                cell.id, cell.kind = answer.id, answer.kind
                problems.append(f"{answer.id}: found by its place")


def _arrange(assignment, found, problems):
    """The final order, with the instructor's text in locked cells."""
    rows, position, seen = [], {}, {}
    for n, cell in enumerate(found):
        if cell.kind in ("text", "code", "grade"):
            if cell.id and cell.id in seen:
                problems.append(f"{cell.id}: a copy is left out")
                continue
            seen[cell.id] = cell
            original = assignment.cell(cell.id)
            if original and _bare(cell.source) not in _released(
                original.source
            ):
                problems.append(f"{cell.id}: changed, put back as released")
            if original:
                position[cell.id] = (n, 0)
                rows.append(((n, 0), original, original.source))
            continue
        original = assignment.cell(cell.id)
        wanted = "markdown" if cell.kind == "written" else "code"
        if cell.id and cell.cell_type != wanted:
            problems.append(
                f"{cell.id}: its cell is no {wanted} cell any more"
            )
        if cell.id and cell.id in seen:
            problems.append(f"{cell.id}: several cells, run in their order")
        seen[cell.id] = cell
        if cell.id:
            position[cell.id] = (n, 0)
        if cell.cell_type == "code" or cell.kind == "written":
            rows.append(((n, 0), original, cell.source))
        elif not cell.id:
            # Words of the student's own: for those who mark by hand.
            rows.append(((n, 0), Cell("", "prose", ""), cell.source))
    rows = _complete(assignment, rows, position, problems)
    return [
        (
            original.id if original else "",
            original.question if original else "",
            original.kind if original else "extra",
            source,
        )
        for _, original, source in rows
    ]


def _complete(assignment, rows, position, problems):
    """Put in what is missing; no check before the answer that it checks."""
    last, missing = (-1, 0), []
    for cell in assignment.cells:
        if not cell.id:
            continue
        if cell.id not in position:
            last = (last[0], last[1] + 1)
            position[cell.id] = last
            missing.append(cell.id)
            if cell.kind in ("grade", "code"):
                rows.append((last, cell, cell.source))
            elif cell.kind == "written":
                rows.append((last, cell, ""))
        last = max(last, position[cell.id])
    if missing:
        problems.append("missing, put back: " + ", ".join(missing))
    order = {cell.id: n for n, cell in enumerate(assignment.cells)}

    def place(row):
        where, original, _ = row
        if original and original.kind == "grade":
            answer = position.get(original.question, where)
            if answer > where:
                where = (answer[0], answer[1] + 1)
        return (*where, order[original.id] if original and original.id else -1)

    return sorted(rows, key=place)


def _source(raw):
    if not isinstance(raw, dict):
        return None
    if raw.get("cell_type") not in ("code", "markdown", "raw"):
        return None
    source = raw.get("source", "")
    if isinstance(source, list) and all(isinstance(s, str) for s in source):
        return "".join(source)
    return source if isinstance(source, str) else None


def _bare(text):
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


@cache
def _released(source):
    """The forms in which the instructor's cell may come back."""
    return _bare(source), _bare(_visible(source))


def _visible(source):
    """The source of a cell without its hidden tests."""
    begin, end = (f"^[ \\t]*### {w} HIDDEN TESTS" for w in ("BEGIN", "END"))
    return re.sub(rf"{begin}.*?{end}[^\n]*\n?", "", source, flags=re.M | re.S)
