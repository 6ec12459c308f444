"""A student's process that dies is replaced by one in the same state."""

import pytest

from course_lib.checks.answers import _answer
from course_lib.checks.values import Handle
from course_lib.grading import scoring
from course_lib.grading.limits import Limits
from course_lib.grading.worker import StudentGone


class Process:
    """A session that lists what it ran, and dies of what ``kills`` names."""

    made = kills = None  # as the fixture sets them

    def __init__(self, zygote, **settings):
        self.ran = []
        Process.made.append(self)

    def ask(self, request, seconds, lender=None):
        """Run a cell; the n-th process dies of the cells in ``kills[n]``."""
        code = request["code"]
        self.ran.append(code)
        if code in Process.kills.get(len(Process.made), ()):
            raise StudentGone("killed", code)
        return {"value": None}

    def end(self):
        """Nothing is left of it."""


@pytest.fixture
def student(monkeypatch):
    """A student whose processes are `Process`."""
    monkeypatch.setattr(scoring, "Session", Process)
    monkeypatch.setattr(Process, "made", [])
    monkeypatch.setattr(Process, "kills", {})
    made = scoring._Student(None, 0, Limits())
    yield made
    made.close()


def run(student, codes):
    """Run cells, and give those that were survived."""
    survived = []
    for code in codes:
        try:
            student.run(code)
            survived.append(code)
        except StudentGone:
            pass
    return survived


def test_cells_before_a_death_are_run_again_without_the_killer(student):
    """In their order, in one new process."""
    Process.kills = {1: {"c"}}
    assert run(student, "abcd") == ["a", "b", "d"]
    assert [p.ran for p in Process.made] == [list("abc"), list("abd")]


def test_a_cell_that_dies_when_it_is_run_again_is_left_out(student):
    """The last one, and one in between: the others are there all the same."""
    Process.kills = {1: {"d"}, 2: {"c"}, 3: {"a"}}
    assert run(student, "abcdef") == ["a", "b", "c", "e", "f"]
    assert Process.made[-1].ran == list("bef")
    assert student.done == list("bef")


def test_time_that_is_used_up_by_running_again_costs_what_follows(student):
    """No error of the grader's own."""
    run(student, "ab")
    Process.kills = {1: {"c"}}
    assert run(student, "c") == []
    student.left = 0.0
    with pytest.raises(StudentGone, match="time is used up"):
        student.run("d")
    assert len(Process.made) == 1


def test_a_name_is_looked_up_once_until_a_cell_runs(student, monkeypatch):
    """What was found may be another thing then, or in another process."""
    asked = []

    def ask(self, request, seconds, lender=None):
        asked.append(request["do"])
        if request["do"] == "call":
            raise StudentGone("killed", "")
        found = Handle(0, "function") if request["do"] == "get" else None
        return {"value": found}

    monkeypatch.setattr(Process, "ask", ask)

    def look(read=False):
        side = scoring.RemoteSide(student)  # each grade cell has its own
        return _answer(side, "f", None, read)

    for _ in range(3):
        look()
    assert asked == ["get"]
    look(read=True)
    assert asked == ["get", "get"]
    student.run("f = g")
    look()
    found = look()
    assert asked == ["get", "get", "run", "get"]
    with pytest.raises(StudentGone):
        found(1)
    look()
    assert asked[-3:] == ["call", "run", "get"]
