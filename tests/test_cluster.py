"""Grading on a Dask cluster: the same results, whatever dies meanwhile."""

import os
import signal
from pathlib import Path

import pytest

from course_lib.grading.classroom import Desk, write
from course_lib.grading.files import collect
from course_lib.grading.hostile import ATTACKS
from course_lib.grading.limits import Limits
from course_lib.grading.pool import Pool

distributed = pytest.importorskip("distributed")

from course_lib.grading import cluster as module  # noqa: E402
from course_lib.grading.cluster import Cluster  # noqa: E402

ROOT = Path(__file__).parents[1]
NAME, QUESTION = "05-forecasting", "var"
LIMITS = Limits(cell=20.0, call=10.0, notebook=60.0, display=0.0)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),
]


@pytest.fixture(scope="module")
def jobs(tmp_path_factory):
    """Honest, wrong and hostile submissions, and an unreadable one."""
    folder = tmp_path_factory.mktemp("class")
    desk = Desk(
        NAME,
        ROOT / "solutions",
        ROOT / "book" / "exercises",
        ROOT / "tests" / "answers",
    )
    target = desk.target(QUESTION)
    for n in range(5):
        write(folder / f"right-{n}" / NAME, NAME, desk.notebook())
    for name in ("os exit", "patched checks", "a network connection"):
        notebook = desk.notebook({QUESTION: ATTACKS[name](target)})
        write(folder / name / NAME, NAME, notebook)
    (folder / "empty" / NAME).mkdir(parents=True)
    return desk.assignment, [
        (place.name, *collect(place / NAME))
        for place in sorted(folder.iterdir())
    ]


@pytest.fixture(scope="module")
def cluster():
    """Two workers, each with a nanny that starts it anew."""
    made = distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        dashboard_address=None,
        memory_limit=0,
    )
    yield made
    made.close()


def shown(results):
    """What does not depend on the clock."""
    return {
        name: (
            result["status"],
            result["problems"],
            [
                (row["id"], row["points"], row["status"], row["message"])
                for row in result["questions"]
            ],
        )
        for name, result in results.items()
    }


@pytest.fixture(scope="module")
def expected(jobs):
    """The results of the pool on one machine."""
    assignment, waiting = jobs
    pool = Pool(assignment, jobs=2, seed=3, limits=LIMITS)
    try:
        return shown(dict(pool.score_all(waiting)))
    finally:
        pool.close()


def test_workers_that_are_killed_cost_only_time(jobs, cluster, expected):
    """Two die while they score; the results are those of one machine."""
    assignment, waiting = jobs
    address = cluster.scheduler_address
    there = Cluster(assignment, address, seed=3, limits=LIMITS)
    workers = list(there.client.run(os.getpid).values())
    killed, results = [], {}
    try:
        for name, result in there.score_all(iter(waiting)):
            assert name not in results
            results[name] = result
            if len(results) in (1, 4):
                killed.append(workers.pop())
                os.kill(killed[-1], signal.SIGKILL)
    finally:
        there.close()
    assert len(killed) == 2
    assert shown(results) == expected


def test_no_student_runs_in_a_worker(jobs, cluster):
    """What runs their cells is not even loaded there."""
    assignment, waiting = jobs
    there = Cluster(
        assignment, cluster.scheduler_address, seed=3, limits=LIMITS
    )
    try:
        ((_, result),) = there.score_all(waiting[-1:])
        assert result["status"] == "graded"
        shells = there.client.run(
            lambda: (
                "course_lib.grading.student_side.shell"
                in __import__("sys").modules
            )
        )
        assert set(shells.values()) == {False}
    finally:
        there.close()


def test_a_cluster_that_is_not_there_is_an_error(jobs, monkeypatch):
    """A sentence, not a wait without an end."""
    monkeypatch.setattr(module, "CONNECT_SECONDS", 1)
    with pytest.raises(OSError, match=r"tcp://127\.0\.0\.1:9"):
        Cluster(jobs[0], "tcp://127.0.0.1:9", seed=0, limits=LIMITS)


def test_a_worker_with_another_library_is_refused(jobs, cluster, monkeypatch):
    """Results of another version would be stored as if they were ours."""
    monkeypatch.setattr(module.store, "code_key", lambda: "another")
    with pytest.raises(OSError, match="another version"):
        Cluster(jobs[0], cluster.scheduler_address, seed=3, limits=LIMITS)
