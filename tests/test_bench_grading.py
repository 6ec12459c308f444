"""Laws of the grading benchmark: right answers only, memory of a family."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from benchmarks import grading
from course_lib.grading import assignment as assignments


def test_a_class_for_the_benchmark_differs_in_its_answers(
    tmp_path, monkeypatch
):
    """All of it is filled in, and not thirty times the same."""
    monkeypatch.chdir(grading.ROOT)
    grading.fill(tmp_path, grading.LIGHTEST, 3)
    texts = [p.read_text() for p in sorted(tmp_path.glob("*/*/*.ipynb"))]
    assert len(texts) == len(set(texts)) == 3
    asked = assignments.load(f"solutions/{grading.LIGHTEST}").kind("answer")
    for text in texts:
        cells = {c["id"]: c for c in json.loads(text)["cells"]}
        for answer in asked:
            source = "".join(cells[answer.id]["source"])
            assert "YOUR CODE HERE" not in source


def test_points_that_are_missing_stop_the_benchmark():
    """Times of answers that were not graded would say nothing."""
    row = {"id": "a", "status": "passed"}
    whole = {"student": "s", "questions": [row]}
    grading.check({"submissions": [whole]})
    row["status"] = "timeout"
    with pytest.raises(RuntimeError, match="s, a: timeout"):
        grading.check({"submissions": [whole]})


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_memory_of_a_family_counts_children():
    """A child of a child is found, and has memory of its own."""
    code = "import subprocess, sys; subprocess.run(['sleep', '30'])"
    process = subprocess.Popen([sys.executable, "-c", code])
    try:
        for _ in range(500):
            found = grading.family(process.pid)
            if len(found) >= 2:
                break
            os.sched_yield()
            subprocess.run(["sleep", "0.05"])
        assert len(found) == 2
        assert set(found) < set(grading.family(os.getpid()))
        assert grading.share(process.pid) > 100
    finally:
        for pid in grading.family(process.pid)[::-1]:
            os.kill(pid, 9)
        process.wait()


def test_a_command_that_fails_says_how(tmp_path):
    """With the end of what it printed."""
    with pytest.raises(RuntimeError, match="gave 3:\nno such thing"):
        grading.timed(
            [sys.executable, "-c", "print('no such thing'); exit(3)"],
            tmp_path,
        )


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_in_turns_nothing_runs_beside_another(monkeypatch):
    """Not even a child, and afterwards all go on."""
    monkeypatch.setattr(grading, "TURN", 0.3)
    code = "import os\nos.fork()\nwhile True:\n    pass"
    busy = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(2)]
    pids = [process.pid for process in busy]

    def states():
        """Of each process and its child, as /proc tells them."""
        found = []
        for pid in pids:
            stats = [
                Path(f"/proc/{one}/stat").read_text().rpartition(")")[2]
                for one in grading.family(pid)
            ]
            found.append({stat.split()[0] for stat in stats})
        return found

    try:
        while [len(grading.family(pid)) for pid in pids] != [2, 2]:
            time.sleep(0.01)
        seen = []
        with grading.Turns(pids[:1], pids[1:]):
            for _ in range(40):
                time.sleep(0.05)
                seen.append(states())
        # But for what is seen in the middle of a change.
        assert sum({"T"} in pair for pair in seen) >= 30
        assert [{"R"}, {"T"}] in seen
        assert [{"T"}, {"R"}] in seen
        assert states() == [{"R"}, {"R"}]
    finally:
        for pid in pids:
            for one in grading.family(pid)[::-1]:
                os.kill(one, 9)
        for process in busy:
            process.wait()
