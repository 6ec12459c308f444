"""Claims: what is recorded is up to date, and verdicts follow from numbers."""

import json
import tempfile
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats
from typer.testing import CliRunner

from course_lib import claims as claims_package
from course_lib import cli
from course_lib.claims import CHAPTERS, all_claims, all_experiments, runner
from course_lib.claims.claim import AtMost, Below, Near, interval

RECORD = Path("book/claims.json")


@pytest.fixture(scope="module")
def record():
    """What is committed."""
    return runner.load(RECORD)


@pytest.mark.parametrize("name", all_experiments())
def test_no_recorded_number_is_older_than_the_code_that_makes_it(name, record):
    """Run `course claims` when this fails: the numbers are stale."""
    assert name not in runner.stale(record, seeds=5)


def test_the_written_claims_are_those_that_the_numbers_give(record):
    """Statements, results and verdicts are derived, never edited."""
    written = json.loads(RECORD.read_text())["claims"]
    assert written == json.loads(json.dumps(runner.judged(record)))


def test_every_chapter_has_five_claims_and_three_bets():
    """Three of them compare alternatives that a reader could bet on."""
    for chapter in CHAPTERS.values():
        assert len(chapter.CLAIMS) >= 5
        assert sum(isinstance(c, Below) for c in chapter.CLAIMS) >= 3


def test_claims_have_names_of_their_own_and_know_their_chapter():
    """A page that asks for an id gets one claim."""
    counts = Counter(claim.id for claim in all_claims())
    assert set(counts.values()) == {1}
    for number, chapter in CHAPTERS.items():
        for claim in chapter.CLAIMS:
            assert claim.chapter == number
            assert claim.id.startswith(f"ch{number}-")


def test_the_interval_is_that_of_student():
    """Against scipy's own confidence interval."""
    values = [0.31, 0.35, 0.29, 0.40, 0.33]
    mean, low, high = interval(values)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert mean == pytest.approx(np.mean(values))
    assert (low, high) == pytest.approx((expected.low, expected.high))


def _below(factor=1.0):
    return Below("id", "05", "", "", None, "a", "b", factor)


@pytest.mark.parametrize(
    ("b", "verdict"),
    [
        ([2.0, 2.1, 2.2], "holds"),
        ([0.5, 0.4, 0.3], "does not hold"),
        ([0.5, 1.6, 1.0], "undecided"),
    ],
)
def test_a_comparison_holds_only_if_its_whole_interval_does(b, verdict):
    """The interval is that of the difference within a seed."""
    runs = [{"a": 1.0, "b": value} for value in b]
    assert _below().judge(runs)["verdict"] == verdict


def test_a_claimed_factor_has_to_be_reached():
    """Twice as good is more than better."""
    runs = [{"a": 1.0, "b": value} for value in (1.4, 1.5, 1.6)]
    assert _below(1.0).judge(runs)["verdict"] == "holds"
    assert _below(2.0).judge(runs)["verdict"] == "does not hold"


def test_a_bound_is_kept_by_the_mean():
    """Single seeds may exceed it."""
    claim = AtMost("id", "05", "", "", None, "a", 2.0)
    assert claim.judge([{"a": 1.0}, {"a": 2.9}])["verdict"] == "holds"
    assert claim.judge([{"a": 1.2}, {"a": 2.9}])["verdict"] == "does not hold"


def test_a_published_number_is_met_by_every_seed():
    """One seed that is off is enough to fail."""
    claim = Near("id", "05", "", "", None, "a", 0.5, 0.01)
    assert claim.judge([{"a": 0.505}])["verdict"] == "holds"
    assert claim.judge([{"a": 0.505}, {"a": 0.52}])["verdict"] != "holds"


def fake_experiment(seed):
    """An experiment that takes no time, and counts its runs."""
    with open(COUNTED, "a") as file:
        file.write(f"{seed} ")
    return {"a": 1.0 + seed / 10, "b": 2.0}


COUNTED = Path(tempfile.mkdtemp()) / "runs"
FAKE = Below("ch05-fake", "05", "a < b", "none", fake_experiment, "a", "b")


@pytest.fixture
def fake(tmp_path, monkeypatch):
    """One fake experiment with one claim; an empty record; counted runs."""
    for module in (runner, claims_package):
        monkeypatch.setattr(module, "all_claims", lambda: [FAKE])
        monkeypatch.setattr(
            module,
            "all_experiments",
            lambda: {"fake_experiment": fake_experiment},
        )
    monkeypatch.setattr(
        claims_package, "CHAPTERS", {"05": SimpleNamespace(CLAIMS=[FAKE])}
    )
    monkeypatch.setattr(runner, "key", lambda experiment: "k" * 64)
    defaults = {"folder": tmp_path / "finished", "again": False}
    monkeypatch.setattr(runner.run, "__kwdefaults__", defaults)
    COUNTED.write_text("")
    return tmp_path


def course_claims(folder, *options):
    """Call the command with the record in a folder."""
    arguments = ["claims", "--record", str(folder / "claims.json"), *options]
    return CliRunner().invoke(cli.app, arguments)


def test_the_books_seeds_go_into_the_record_in_their_order(fake):
    """Seeds come in their order, whichever process was first."""
    done = course_claims(fake)
    assert done.exit_code == 0, done.output
    runs = runner.load(fake / "claims.json")["fake_experiment"]["runs"]
    assert [run["a"] for run in runs] == [1.0, 1.1, 1.2, 1.3, 1.4]


def test_what_was_cut_off_goes_on_where_it_stopped(fake):
    """Finished runs are kept one by one; none is run twice."""
    runner.run(["fake_experiment"], seeds=[1, 3], jobs=1)
    assert sorted(COUNTED.read_text().split()) == ["1", "3"]
    assert course_claims(fake).exit_code == 0
    assert sorted(COUNTED.read_text().split()) == list("01234")
    assert course_claims(fake, "--again").exit_code == 0
    assert len(COUNTED.read_text().split()) == 10


def test_other_seeds_are_shown_and_leave_the_record_alone(fake):
    """Three rows of numbers from seeds 7 to 9, and no file."""
    rows = fake / "rows.json"
    options = "--seeds 3 --first-seed 7 --chapter 05 --json".split()
    done = course_claims(fake, *options, str(rows))
    assert done.exit_code == 0, done.output
    assert not (fake / "claims.json").exists()
    (row,) = json.loads(rows.read_text())
    assert row["seeds"] == [7, 8, 9]
    assert row["values"] == {"a": [1.7, 1.8, 1.9], "b": [2.0, 2.0, 2.0]}
    differences = interval([0.3, 0.2, 0.1])
    assert row["interval"] == pytest.approx(differences[1:])
    assert row["holds"] is None
    assert set(row) >= {"id", "chapter", "statement"}


def test_listing_runs_nothing(fake):
    """Claims by id and statement."""
    done = course_claims(fake, "--list")
    assert done.output == "ch05-fake: a < b\n"
    assert COUNTED.read_text() == ""


def test_a_chapter_can_be_named_like_an_experiment(fake):
    """By its number; what it has runs once, however it was named."""
    assert course_claims(fake, "05", "fake_experiment").exit_code == 0
    assert sorted(COUNTED.read_text().split()) == list("01234")


def test_an_unknown_name_is_a_wrong_call_that_lists_the_known_ones():
    """Exit status 2, and the names on the screen."""
    done = CliRunner().invoke(cli.app, ["claims", "nonsense"])
    assert done.exit_code == 2
    assert "one_layer" in done.output
    done = CliRunner().invoke(cli.app, ["claims", "--chapter", "77"])
    assert done.exit_code == 2
    assert "05" in done.output


def test_check_tells_by_its_exit_status_whether_anything_is_old(tmp_path):
    """An empty record lacks everything; nothing is run."""
    record = ["--record", str(tmp_path / "claims.json")]
    done = CliRunner().invoke(cli.app, ["claims", "--check", *record])
    assert done.exit_code == 1
    assert "one_layer" in done.output
    assert not (tmp_path / "claims.json").exists()
