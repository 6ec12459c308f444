"""Damaged submissions: what can be read is graded, the rest says why not."""

import json
import os
from pathlib import Path

import pytest

from course_lib.grading.classroom import Desk, write
from course_lib.grading.damaged import DAMAGES
from course_lib.grading.files import collect
from course_lib.grading.intake import intake
from course_lib.grading.limits import Limits
from course_lib.grading.pool import Pool

ROOT = Path(__file__).parents[1]
NAME, QUESTION = "05-forecasting", "drift"
# Nothing was changed that the author would want to know.
QUIET = {
    "a mark of the byte order",
    "things that systems leave",
    "cells of all kinds",
    "large outputs",
    "line ends of another system",
    "line breaks inside texts",
    "numbers that are none",
    "texts in lines",
    "letters that do not exist",
    "marks of another version",
    "an answer with a typing error",
    "an answer with a zero",
    "checks at the end",
}


def desk():
    """What notebooks are filled in with."""
    return Desk(
        NAME,
        ROOT / "solutions",
        ROOT / "book" / "exercises",
        ROOT / "tests" / "answers",
    )


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """{damage: result}, "whole" for the undamaged; one pool for all."""
    folder, at = tmp_path_factory.mktemp("class"), desk()
    write(folder / "whole" / NAME, NAME, at.notebook())
    for name, damage in DAMAGES.items():
        place = folder / name / NAME
        place.mkdir(parents=True)
        damage.make(place, at.notebook(), QUESTION)
    pool = Pool(at.assignment, jobs=2, seed=5, limits=Limits(display=0.0))
    jobs = [(p.name, *collect(p / NAME)) for p in sorted(folder.iterdir())]
    try:
        return dict(pool.score_all(jobs))
    finally:
        pool.close()


def points(result):
    """{grade cell: points}."""
    return {row["id"]: row["points"] for row in result["questions"]}


def test_there_are_thirty_kinds_and_more():
    """Of all three outcomes."""
    assert len(DAMAGES) >= 30
    assert {d.leaves for d in DAMAGES.values()} == {"all", "rest", "nothing"}


@pytest.mark.slow
def test_the_undamaged_one_has_all_points_and_no_problem(results):
    """What the others are compared with."""
    assert results["whole"]["problems"] == []
    for row in results["whole"]["questions"]:
        assert row["status"] in ("passed", "needs-marking"), row


@pytest.mark.slow
@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_submission_is_graded_for_what_can_be_read(name, results):
    """All of it, all but one question, or nothing with the reason."""
    found, whole = results[name], points(results["whole"])
    leaves = DAMAGES[name].leaves
    assert list(points(found)) == list(whole)
    if leaves == "nothing":
        assert found["status"] == "unreadable"
        assert found["problems"]
        assert all(len(p) > 10 and p.isprintable() for p in found["problems"])
        assert sum(points(found).values()) == 0
        assert {row["status"] for row in found["questions"]} == {"missing"}
        assert all(row["message"] for row in found["questions"])
        return
    assert found["status"] == "graded"
    if leaves == "all":
        assert points(found) == whole, found["problems"]
    for row in found["questions"]:
        if row["question"] != QUESTION:
            assert row["points"] == whole[row["id"]]
        elif leaves == "rest" and whole[row["id"]]:
            assert row["points"] == 0
            assert row["status"] in ("missing", "error")
            assert row["message"]
    assert bool(found["problems"]) == (name not in QUIET), found["problems"]


@pytest.mark.slow
def test_results_of_all_damages_can_be_kept(results):
    """Plain JSON, whatever stood in the files."""
    text = json.dumps(results)
    assert json.loads(text) == results


def test_a_file_that_may_not_be_read_is_reported(tmp_path):
    """As an ordinary user; root reads everything."""
    path = tmp_path / NAME / f"{NAME}.ipynb"
    write(path.parent, NAME, desk().notebook())
    path.chmod(0)
    files, problems = collect(path.parent)
    if os.geteuid() == 0:
        assert path.name in files
    else:
        assert "cannot be opened" in problems[0]


def test_a_folder_that_is_a_link_is_not_followed(tmp_path):
    """It may be another student's."""
    write(tmp_path / "a" / NAME, NAME, desk().notebook())
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / NAME).symlink_to(tmp_path / "a" / NAME)
    assert collect(tmp_path / "b" / NAME) == (
        {},
        ["the folder is a link, which is not followed"],
    )


def test_the_right_notebook_is_found_among_many(tmp_path):
    """More files than are read, and more bytes."""
    folder = tmp_path / NAME
    write(folder, NAME, desk().notebook())
    for n in range(300):
        (folder / f"00-{n}.ipynb").write_text("{}")
    for n in range(3):
        (folder / f"0-{n}.ipynb").write_bytes(bytes(9 * 2**20))
    files, problems = collect(folder)
    assert f"{NAME}.ipynb" in files
    assert "timestamp.txt" in files
    assert sum(map(len, files.values())) <= 20 * 2**20
    assert any("more than 200 notebooks" in p for p in problems)
    found = intake(desk().assignment, files, problems)
    assert found.status == "readable"
