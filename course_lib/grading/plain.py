"""The right answers under plain nbgrader: they earn the same points there.

The n-th right answers to all questions stand together in one notebook. It
is run by a kernel and judged by nbgrader's own rule, as ``nbgrader
autograde`` does it, and scored as ``course grade`` does it.
"""

import copy
import json
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbgrader import utils

from course_lib.grading import assignment as assignments
from course_lib.grading import trials
from course_lib.grading.limits import Limits
from course_lib.grading.scorers import score_files


def notebooks(folder, answers=None):
    """Notebooks in which every right answer stands once.

    Args:
        folder: ``solutions/08-multi-step``.
        answers: the file of answers; the assignment's own if left out.

    Yields:
        ({question: name of the answer}, notebook as nbformat reads it)
    """
    path = Path(folder, f"{Path(folder).name}.ipynb")
    source = nbformat.read(path, 4)
    answers = answers or trials.answers_file(path.stem)
    right = {}
    for trial in trials.read(answers):
        if trial.kind == "right":
            right.setdefault(trial.question, []).append(trial)
    for n in range(max(map(len, right.values()), default=0)):
        notebook, names = copy.deepcopy(source), {}
        notebook.cells = []
        for cell in source.cells:
            known = right.get(cell.id, [])
            if n < len(known):
                names[cell.id] = known[n].name
                notebook.cells += _answer(cell, known[n].cells)
            else:
                notebook.cells.append(copy.deepcopy(cell))
        yield names, notebook


def _answer(cell, codes):
    first = copy.deepcopy(cell)
    first.source = codes[0]
    return [first, *map(nbformat.v4.new_code_cell, codes[1:])]


def differences(folder, zygote, *, answers=None, most=None):
    """Grade cells that earn other points under plain nbgrader.

    Args:
        folder: ``solutions/08-multi-step``.
        zygote: a running `Zygote`.
        answers: the file of answers; the assignment's own if left out.
        most: how many notebooks are tried, all if left out.

    Returns:
        (how many cells were compared, a line for each that differs)
    """
    assignment = assignments.load(folder)
    found, compared = [], 0
    for names, notebook in list(notebooks(folder, answers))[:most]:
        data = {f"{assignment.name}.ipynb": json.dumps(notebook).encode()}
        result = score_files(
            assignment, data, [], zygote, seed=0, limits=Limits()
        )
        scored = {row["id"]: row for row in result["questions"]}
        for cell in _executed(notebook).cells:
            if utils.is_grade(cell) and not utils.is_solution(cell):
                points, _ = utils.determine_grade(cell)
                row = scored[cell.metadata.nbgrader["grade_id"]]
                compared += 1
                if points != row["points"]:
                    answer = names.get(row["question"], "the solution")
                    found.append(
                        f"{row['id']}: {row['points']:g} here, {points:g} "
                        f"under plain nbgrader ({answer})"
                    )
    return compared, found


def _executed(notebook):
    with tempfile.TemporaryDirectory() as folder:
        NotebookClient(
            notebook, timeout=300, kernel_name="python3", allow_errors=True
        ).execute(cwd=folder)
    return notebook
