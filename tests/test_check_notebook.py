"""`course check`: what a student sees from a terminal."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from course_lib import cli
from course_lib.checks.notebook import check

pytestmark = pytest.mark.slow

RELEASED = Path("book/exercises/08-multi-step/08-multi-step.ipynb")
SOLVED = Path("solutions/08-multi-step/08-multi-step.ipynb")


@pytest.fixture(scope="module")
def unfilled():
    """What the checks say when nobody has answered anything."""
    return check(RELEASED)


def test_every_question_of_an_unfilled_notebook_is_open(unfilled):
    """One short line each; nothing of a traceback."""
    known = {"open", "later", "by hand"}
    assert {row.status for row in unfilled} == known
    for row in unfilled:
        if row.status == "open":
            assert row.message.startswith("open: ")
            assert "\n" not in row.message
            assert row.points == 0


def test_the_solution_passes_all_that_shows_and_stays_as_it_is():
    """Hidden tests run, too, where they are there."""
    before = SOLVED.read_bytes()
    done = CliRunner().invoke(cli.app, ["check", str(SOLVED)])
    assert done.exit_code == 0, done.output
    assert "failed" not in done.output
    assert SOLVED.read_bytes() == before


def test_a_wrong_answer_is_named_in_the_table(tmp_path):
    """With exit status 1, and the other questions open."""
    notebook = json.loads(RELEASED.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"]["nbgrader"]["grade_id"] == "targets":
            cell["source"] = "def targets(series, horizons):\n    return 3"
    path = tmp_path / "mine.ipynb"
    path.write_text(json.dumps(notebook))
    done = CliRunner().invoke(cli.app, ["check", str(path)])
    assert done.exit_code == 1
    assert "targets-shape" in done.output
    assert "read again:" in done.output


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (None, "no file"),
        ("nonsense", "cannot be read"),
        ('{"cells": [], "metadata": {}, "nbformat": 4}', "no check cells"),
    ],
)
def test_what_is_no_assignment_gets_a_clear_message(tmp_path, content, part):
    """And exit status 2."""
    path = tmp_path / "some.ipynb"
    if content is not None:
        path.write_text(content)
    done = CliRunner().invoke(cli.app, ["check", str(path)])
    assert done.exit_code == 2
    assert part in done.output
