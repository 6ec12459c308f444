"""Laws of the benchmarks: fair turns, honest ratios, one shape of file."""

import doctest
import json
import subprocess
import sys
from pathlib import Path

import pytest
import torch
import yaml

from benchmarks import keras_side, models, pages, report, timing
from benchmarks.__main__ import NAMES, RESULTS, arguments, main
from benchmarks.layers import COLUMNS, KINDS, pair
from benchmarks.timing import clocked, in_turns, ratios, spread

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("module", [timing, report])
def test_examples_in_the_docstrings(module):
    """They stand outside of the folders that pytest searches for them."""
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0


def test_ratios_are_taken_within_a_round():
    """The machine ten times slower in one round leaves its ratio alone."""
    assert ratios([1.0, 1.0, 10.0], [2.0, 2.0, 20.0]) == [0.5, 0.5, 0.5]


def test_ratios_need_the_same_rounds():
    """A side that missed a round is noticed."""
    with pytest.raises(ValueError, match="shorter"):
        ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([3.0], (3.0, 3.0, 3.0)),
        ([1.0, 2.0], (1.25, 1.5, 1.75)),
        ([5.0, 1.0, 3.0, 2.0, 4.0], (2.0, 3.0, 4.0)),
    ],
)
def test_spread_on_known_numbers(values, expected):
    """Quartiles and median, also of one and of two numbers."""
    assert spread(values) == pytest.approx(expected)


def test_sides_take_turns_and_the_first_round_does_not_count():
    """The order alternates, warm-up rounds leave no seconds."""
    calls, clock = [], iter(range(100))

    def side(name):
        calls.append(name)
        return next(clock)

    seconds = in_turns(
        {"a": lambda: side("a"), "b": lambda: side("b")}, 2, warm_up=1
    )
    assert calls == ["a", "b", "b", "a", "a", "b"]
    assert seconds == {"a": [3, 4], "b": [2, 5]}


def test_short_work_is_repeated():
    """One measurement lasts long enough for the clock."""
    calls = []
    seconds = clocked(lambda: calls.append(1), at_least=0.001)
    assert len(calls) == 2
    assert 0 < seconds() < 0.001
    assert len(calls) > 12


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_layers", [1, 2])
def test_both_layers_compute_the_same(kind, n_layers):
    """What is timed against each other has the same weights."""
    ours, theirs = pair(kind, n_layers, 3, 5)
    xs = torch.randn(2, 7, 3)
    torch.testing.assert_close(ours(xs)[0], theirs(xs)[0])


def test_result_has_the_shape_that_the_page_reads(tmp_path):
    """The file is whole, and nothing else is left behind."""
    table = report.Table("t", "Title", "Note.", ["a", "b"], [["x", 1]])
    path = tmp_path / "results.json"
    report.write(path, report.result([table], {"keras": "3"}))
    check_shape(json.loads(path.read_text(encoding="utf-8")))
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]


def check_shape(content):
    """The keys of a result, and rows as wide as the columns."""
    assert set(content) == {"made", "machine", "tables"}
    assert {"cpu", "cores", "python", "torch"} <= set(content["machine"])
    assert content["tables"]
    for table in content["tables"]:
        assert set(table) == {"id", "title", "note", "columns", "rows"}
        for row in table["rows"]:
            assert len(row) == len(table["columns"])
            assert all(isinstance(cell, str | int | float) for cell in row)


def test_committed_result_has_the_shape_too():
    """The file that the results page shows is a whole run."""
    if not RESULTS.exists():
        pytest.skip("no benchmark is run yet; make bench")
    content = json.loads(RESULTS.read_text(encoding="utf-8"))
    check_shape(content)
    assert [table["id"] for table in content["tables"]] == list(NAMES)


def test_only_a_whole_run_writes_the_committed_file():
    """A quick or partial run never replaces the measured numbers."""
    assert arguments([]).out == RESULTS
    assert arguments(["--quick"]).out is None
    assert arguments(["--only", "layers"]).out is None
    assert arguments(["--quick", "--out", "x.json"]).out == Path("x.json")


def record(**tables):
    """A record with a table of one number for each name."""
    return report.result(
        [report.Table(k, k, "", ["a"], [[v]]) for k, v in tables.items()],
        {},
    )


def test_a_partial_run_replaces_its_own_tables_and_keeps_the_others():
    """In the order of a whole run; of two dates the later one stands."""
    old = record(layers=1, models=2, grading=3)
    old["made"], old["machine"]["keras"] = "2026-01-01", "3"
    both = report.merged(old, record(models=4, pages=5))
    numbers = {t["id"]: t["rows"][0][0] for t in both["tables"]}
    assert list(numbers.items()) == [
        ("layers", 1),
        ("models", 4),
        ("pages", 5),
        ("grading", 3),
    ]
    assert both["made"] > "2026-01-01"
    assert both["machine"]["keras"] == "3"


def test_numbers_of_two_machines_do_not_share_a_record(tmp_path):
    """It is said before anything is measured, and the file stays."""
    old = record(layers=1)
    old["machine"]["torch"] = "0.1"
    path = tmp_path / "results.json"
    report.write(path, old)
    before = path.read_bytes()
    with pytest.raises(SystemExit, match=r"torch was 0\.1, is "):
        main(["--only", "layers", "--out", str(path)])
    assert path.read_bytes() == before


def test_what_is_no_record_is_not_added_to(tmp_path):
    """Someone else's file is never written over by a partial run."""
    path = tmp_path / "notes.json"
    for text in ("no JSON", "[]", "{}"):
        path.write_text(text)
        with pytest.raises(SystemExit, match="can't be added to"):
            main(["--only", "layers", "--out", str(path)])
        assert path.read_text() == text


def test_without_keras_the_table_says_why(monkeypatch):
    """Our side is measured, the other says what was missing."""

    def missing():
        raise keras_side.KerasMissing("no network.")

    monkeypatch.setattr(keras_side, "install", missing)
    table, versions, problem = models.measure(quick=True)
    assert versions == {}
    assert problem == "no network."
    assert "not measured: no network." in table.note
    assert [row[2] for row in table.rows] == ["not measured"] * 6


def test_the_unmodified_theme_is_built_without_what_is_ours():
    """The same pages and outputs, and none of our changes to the theme."""
    ours = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    theirs = pages.stock_config(ours)
    assert not set(pages.SETTINGS) & set(theirs["sphinx"]["config"])
    kept = set(theirs["sphinx"]["local_extensions"])
    assert kept == set(ours["sphinx"]["local_extensions"]) - set(pages.OURS)
    for name in [*pages.SETTINGS, *pages.OURS]:
        assert name in str(ours["sphinx"]), f"{name} is no longer ours"
    assert theirs["execute"]["execute_notebooks"] == "cache"


def test_a_failed_installation_is_a_sentence():
    """The message ends with pip's own words."""
    command = [sys.executable, "-c", "print('ERROR: gone'); exit(1)"]
    with pytest.raises(keras_side.KerasMissing, match=r"\(ERROR: gone\)"):
        keras_side.run(command)


@pytest.mark.slow
def test_a_quick_run_prints_and_writes(tmp_path):
    """The command works, and names no place on this machine."""
    path = tmp_path / "quick.json"
    command = [sys.executable, "-m", "benchmarks"]
    done = subprocess.run(
        [*command, "--quick", "--only", "layers", "--out", str(path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "forward + backward" in done.stdout
    content = json.loads(path.read_text(encoding="utf-8"))
    check_shape(content)
    assert content["tables"][0]["columns"] == COLUMNS
    assert str(ROOT) not in path.read_text(encoding="utf-8")
