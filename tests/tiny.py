"""A tiny assignment and submissions to it, for tests of whole runs."""

import json
from pathlib import Path

NAME = "01-tiny"
HIDDEN = "a secret of the instructor"
DOUBLE = "def double(x):\n    return 2 * x"
VISIBLE = """\
# A small number.
from course_lib import checks

double = checks.answer("double", see="chapter 1, None")
checks.close(double(3.0), 6.0, "double(3.0)")
"""
BEHIND = f"""\
# Other numbers (checked when you hand in).
from course_lib import checks

double = checks.answer("double", see="chapter 1, None")
### BEGIN HIDDEN TESTS
x = checks.draws("{HIDDEN}").uniform(1, low=1, high=2).item()  # {HIDDEN}
tally = checks.Tally(2)
one = checks.number(double(x), f"double({{x}})")
tally.add(1, one == 2 * x, f"double({{x}})", one, looks_like="no double")
two = checks.number(double(-1.0), "double(-1.0)")
tally.add(1, two == -2, "double(-1.0)", two, looks_like="no sign")
tally.points()
### END HIDDEN TESTS
"""


def cell(cell_id, kind, source, points=None):
    """A cell of a source notebook."""
    grade, solution = kind in ("grade", "written"), kind == "answer"
    solution = solution or kind == "written"
    mark = {
        "grade": grade,
        "grade_id": cell_id,
        "locked": not solution,
        "schema_version": 3,
        "solution": solution,
        "task": False,
    }
    if points is not None:
        mark["points"] = points
    found = {
        "id": cell_id,
        "cell_type": "markdown" if kind in ("text", "written") else "code",
        "metadata": {"nbgrader": mark},
        "source": source,
    }
    if found["cell_type"] == "code":
        found |= {"execution_count": None, "outputs": []}
    return found


def notebook(answer, written="YOUR ANSWER HERE"):
    """The assignment with an answer to its questions."""
    return {
        "cells": [
            cell("about", "text", "# Double it"),
            cell("double", "answer", answer),
            cell("double-visible", "grade", VISIBLE, 1),
            cell("double-other", "grade", BEHIND, 2),
            cell("why", "written", written, 2),
        ],
        "metadata": {
            "kernelspec": {
                "display_name": "Python 3",
                "language": "python",
                "name": "python3",
            }
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }


def write(path, content):
    """Write a notebook, or text as it is."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    path.write_text(text, encoding="utf-8")


def make(root, submissions):
    """Write solutions/ and submitted/; submissions: {student: content}."""
    solution = f"{DOUBLE[:15]}\n    ### BEGIN SOLUTION\n"
    solution += "    return 2 * x\n    ### END SOLUTION"
    source = notebook(solution, "**Marking.** Two points.")
    write(Path(root, "solutions", NAME, f"{NAME}.ipynb"), source)
    for student, content in submissions.items():
        place = Path(root, "submitted", student, NAME, f"{NAME}.ipynb")
        write(place, content)


CLASS = {
    "ada": notebook(DOUBLE, "Because."),
    "bea": notebook("def double(x):\n    return abs(2 * x)", "So."),
    "cyd": notebook("def double(x):\n    return x"),
    "dot": notebook("import os\nos._exit(0)", "I left."),
    "eve": "{",
    "fay": notebook("# YOUR CODE HERE"),
}
