"""Laws of the grading benchmark: right answers only, memory of a family."""

import json
import os
import subprocess
import sys

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
            found = grading.family(os.getpid())
            if len(found) >= 3 and process.pid in found:
                break
            os.sched_yield()
            subprocess.run(["sleep", "0.05"])
        inner = [pid for pid in found if pid not in (os.getpid(), process.pid)]
        assert process.pid in found
        assert inner
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
