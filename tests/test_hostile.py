"""Hostile submissions: no point, no damage to others, no look, no end.

Each attack stands in place of one answer; all other questions are answered
by the solution. Honest submissions run between the attacks.
"""

import ast
import json
import os
import socket
from pathlib import Path

import pytest
import torch

from course_lib.checks import recurrent_neurons
from course_lib.grading import view
from course_lib.grading.classroom import Desk, write
from course_lib.grading.files import collect
from course_lib.grading.hostile import ATTACKS, FORGERIES, SELF_HARM
from course_lib.grading.limits import Limits
from course_lib.grading.pool import Pool

ROOT = Path(__file__).parents[1]
NAME, QUESTION = "05-forecasting", "var"
SECRET = "the word of the instructor"
LIMITS = Limits(cell=4.0, call=2.0, notebook=20.0, display=0.0)
SEED = 11
# Where "writing outside" tries to write.
PLACES = ("/tmp/written", "/dev/shm/written", "/etc/written")
# The control: without a jail these succeed, so the test would see it.
SEEN_WITHOUT_A_JAIL = (
    "reading the solutions",
    "writing outside",
    "a network connection",
    "reading processes",
    "another program",
)


def desk(name=NAME):
    """What notebooks are filled in with."""
    return Desk(
        name,
        ROOT / "solutions",
        ROOT / "book" / "exercises",
        ROOT / "tests" / "answers",
    )


def clean():
    """Remove what attacks have written where they could."""
    for place in PLACES:
        Path(place).unlink(missing_ok=True)


class Ground:
    """A class of attacks, what they must not reach, and their results."""

    def __init__(self, folder, attacks, *, jail):
        self.secret = folder / "solutions" / "secret.txt"
        self.secret.parent.mkdir()
        self.secret.write_text(SECRET)
        self.server = socket.create_server(("127.0.0.1", 0))
        self.server.settimeout(0.01)
        clean()
        at = desk()
        about = at.target(
            QUESTION,
            secret=str(self.secret),
            port=self.server.getsockname()[1],
        )
        notebooks = {}
        for n, name in enumerate(attacks):
            if name in ATTACKS:
                answers = {QUESTION: ATTACKS[name](about)}
                notebooks[name] = at.notebook(answers)
            else:
                notebooks[name] = at.notebook({QUESTION: None})
                FORGERIES[name](notebooks[name], QUESTION)
            if n % 8 == 0:
                notebooks[f"honest {n}"] = at.notebook()
        jobs = []
        for name, notebook in notebooks.items():
            write(folder / name / NAME, NAME, notebook)
            jobs.append((name, *collect(folder / name / NAME)))
        pool = Pool(at.assignment, jobs=2, seed=SEED, limits=LIMITS, jail=jail)
        try:
            self.results = dict(pool.score_all(jobs))
        finally:
            pool.close()
        self.questions = {c.id: c for c in at.assignment.graded}

    def said(self, name):
        """The messages to one submission, in one text."""
        rows = self.results[name]["questions"]
        return "\n".join(row["message"] for row in rows)

    def visitors(self):
        """How many have reached the server."""
        n = 0
        while True:
            try:
                self.server.accept()[0].close()
                n += 1
            except TimeoutError:
                return n


@pytest.fixture(scope="module")
def ground(tmp_path_factory):
    """All attacks, in one pool."""
    folder = tmp_path_factory.mktemp("hostile")
    made = Ground(folder, [*ATTACKS, *FORGERIES], jail=True)
    yield made
    made.server.close()


def test_there_are_forty_kinds_and_more():
    """Of code, and of notebooks."""
    assert len(ATTACKS) + len(FORGERIES) >= 40


@pytest.mark.slow
@pytest.mark.parametrize("name", [*ATTACKS, *FORGERIES])
def test_an_attack_gains_nothing_and_harms_its_own_question_only(name, ground):
    """No point for the question; the others count, unless it spoilt them."""
    result = ground.results[name]
    assert result["status"] == "graded"
    for row in result["questions"]:
        whole = ground.questions[row["id"]]
        assert row["max_points"] == whole.points
        if row["question"] == QUESTION:
            assert row["points"] == 0
            assert row["status"] not in ("passed", "partial")
            assert row["message"]
        elif whole.kind != "written":
            if name not in SELF_HARM:
                assert row["status"] == "passed", row["message"]
            assert 0 <= row["points"] <= whole.points
    assert list(ground.questions) == [r["id"] for r in result["questions"]]


@pytest.mark.slow
def test_nobody_elses_result_is_changed(ground):
    """Honest submissions among them have all points, by the same messages."""
    honest = [r for n, r in ground.results.items() if n.startswith("honest")]
    assert len(honest) > 10
    for result in honest:
        assert result["problems"] == []
        for row in result["questions"]:
            assert row["status"] in ("passed", "needs-marking"), row


@pytest.mark.slow
def test_nothing_was_read_written_or_reached(ground):
    """Not the secret, not a neighbour, not the server."""
    for name in ground.results:
        assert "STOLEN" not in ground.said(name)
        assert SECRET not in ground.said(name)
    assert ground.secret.read_text() == SECRET
    assert [p.name for p in ground.secret.parent.iterdir()] == ["secret.txt"]
    assert ground.visitors() == 0
    assert not any(map(os.path.exists, PLACES))


@pytest.mark.slow
def test_messages_of_attacks_are_plain_short_lines(ground):
    """Whatever an attack says: no control signs, no long texts."""
    for result in ground.results.values():
        for row in result["questions"]:
            lines = row["message"].split("\n")
            assert len(lines) <= 8
            assert all(len(line) <= 260 for line in lines)
            assert all(line.isprintable() for line in lines)
    assert len(json.dumps(ground.results)) < 20e6


@pytest.mark.slow
def test_without_a_jail_the_same_attacks_are_seen(tmp_path):
    """So the tests above can fail."""
    ground = Ground(tmp_path, SEEN_WITHOUT_A_JAIL, jail=False)
    clean()
    for name in SEEN_WITHOUT_A_JAIL:
        assert "STOLEN" in ground.said(name), name
    assert ground.visitors() > 0
    assert ground.secret.with_name("secret.txt.written").exists()
    ground.server.close()


COMPARISON = '''
def diagnose(layer):
    """By comparison with what the library publishes for the checks."""
    from course_lib.checks import recurrent_neurons as known

    xs, h0 = torch.randn(2, 5, 2), torch.randn(2, 3)
    for code, name in enumerate(known.NAMES):
        for other in (False, True):
            hs = known.layer(code, other)(xs, h0)
            if torch.allclose(layer(xs, h0).double(), hs.double()):
                return name
'''


def test_a_black_box_cannot_be_compared_with_what_is_published(tmp_path):
    """Its builder works for who tries a check, and not where it counts."""
    names = {"torch": torch}
    exec(COMPARISON, names)
    for code, name in enumerate(recurrent_neurons.NAMES):
        layer = recurrent_neurons.layer(code, True)
        assert names["diagnose"](layer) == name
    name = "01-recurrent-neurons"
    at = desk(name)
    write(tmp_path, name, at.notebook({"diagnose": [COMPARISON]}))
    pool = Pool(at.assignment, jobs=1, seed=SEED, limits=LIMITS)
    try:
        ((_, result),) = pool.score_all([("one", *collect(tmp_path))])
    finally:
        pool.close()
    for row in result["questions"]:
        if row["question"] == "diagnose":
            assert (row["status"], row["points"]) == ("error", 0)
            assert "a black box stays with the check" in row["message"]
        else:
            assert row["status"] in ("passed", "needs-marking")


def test_no_builder_of_black_boxes_is_where_students_code_runs(tmp_path):
    """Each of them is there by name, and does nothing but say so."""
    found = 0
    for path in (view.make(tmp_path) / "course_lib" / "checks").glob("*.py"):
        module = ast.parse(path.read_text("utf-8"))
        for part in module.body:
            marks = getattr(part, "decorator_list", [])
            if "kept_back" in map(ast.unparse, marks):
                assert [type(line) for line in part.body] == [ast.Raise]
                found += 1
    assert found > 10
