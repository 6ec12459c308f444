"""Workers that score: forked from one warm process, replaced when they die.

A worker is trusted: it holds the assignment and runs its grade cells. The
students' processes that it talks to are forked from a copy of the zygote.
"""

import gc
import hashlib
import multiprocessing
import os
import resource
import time
from collections import Counter
from multiprocessing.connection import wait
from pathlib import Path

from course_lib.grading.display import Display
from course_lib.grading.intake import intake
from course_lib.grading.scoring import score
from course_lib.grading.student_side import loading
from course_lib.grading.zygote import Zygote

GRACE = 60.0
MEMORY = 768 * 2**20  # of a worker, beyond what it starts with
TRIES = 2
LATE = "too slow"
STUB = "YOUR ANSWER HERE"  # what nbgrader releases


def score_files(assignment, files, problems, zygote, *, seed, limits):
    """The pure function: the files of a submission -> its result.

    Returns:
        Plain dict of status, problems, questions (the rows of grades.json),
        cells, the submission as it was understood, the text of its time
        stamp, and, if there is a display, the outputs of each cell.
    """
    seed = hidden(seed, assignment)
    stamp = files.get("timestamp.txt", b"")[:100].decode("utf-8", "replace")
    found = intake(assignment, files, problems)
    display = Display() if limits.display else None
    if found.status == "unreadable":
        result = unreadable(assignment, found.problems)
    else:
        rows = score(
            assignment,
            found.steps,
            zygote,
            seed=seed,
            limits=limits,
            display=display,
        )
        result = {
            "status": "graded",
            "problems": found.problems,
            "questions": [_open(row.row(), found.cells) for row in rows],
            "cells": [list(cell) for cell in found.cells],
        }
    if display:
        result["outputs"] = display.of(result["cells"])
    return {**result, "timestamp": stamp}


def hidden(seed, assignment):
    """The seed of hidden inputs: the run's, mixed with the source.

    A number that somebody types can be tried out, from the inputs that a
    visible check gives. Who has the source has the answers.
    """
    text = f"{seed} {assignment.key}"
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big")


def _open(row, cells):
    """A question to be marked by hand that holds nothing is open."""
    written = [
        source.strip()
        for cell_id, _, kind, source in cells
        if kind == "written" and cell_id == row["id"]
    ]
    if row["status"] == "needs-marking" and set(written) <= {"", STUB}:
        row |= {"status": "missing", "message": "nothing is written here"}
    return row


def unreadable(assignment, problems, message="the notebook cannot be read"):
    """The result of a submission without evidence: no points, and why."""
    return {
        "status": "unreadable",
        "problems": list(problems),
        "questions": [
            {
                "id": cell.id,
                "question": cell.question,
                "points": 0.0,
                "max_points": cell.points,
                "status": "missing",
                "message": message,
                "seconds": 0.0,
            }
            for cell in assignment.graded
        ],
        "cells": [],
    }


class _Worker:
    """One forked process, the job it has, and since when."""

    def __init__(self, pool, core):
        ours, theirs = multiprocessing.Pipe()
        zygote = pool.zygote.split(core)
        self.pipe, self.job, self.since = ours, None, 0.0
        self.core = core
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                # Beside its students: when one waits for the other, neither
                # has to wake up another core.
                os.sched_setaffinity(0, {core})
                _keep_only(theirs.fileno(), zygote.control.fileno())
                _bound_memory()
                _work(theirs, zygote, pool)
                status = 0
            finally:
                os._exit(status)
        theirs.close()
        zygote.close()

    def give(self, job):
        """Hand it a job: (name, files, problems)."""
        self.job, self.since = job, time.monotonic()
        self.pipe.send(job)

    def end(self):
        """Kill and bury it."""
        self.pipe.close()
        try:
            os.kill(self.pid, 9)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)


def _bound_memory():
    """No answer makes a check take all there is: it fails in place of that."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _keep_only(*fds):
    """Close what the parent has open: other workers' channels end with it."""
    start = 3
    for fd in sorted(fds):
        os.closerange(start, fd)
        start = fd + 1
    os.closerange(start, 4096)


def _work(pipe, zygote, pool):
    gc.freeze()  # what is loaded is never collected
    while True:
        try:
            _, files, problems = pipe.recv()
        except EOFError:
            return
        pipe.send(
            score_files(
                pool.assignment,
                files,
                problems,
                zygote,
                seed=pool.seed,
                limits=pool.limits,
            )
        )


class Pool:
    """So many workers for one assignment.

    Args:
        assignment: the `Assignment`.
        jobs: how many workers.
        seed: of the run.
        limits: `Limits`.
        jail: whether the students' processes are locked in.
        zygote: a running `Zygote`; started here if left out.
    """

    def __init__(
        self, assignment, *, jobs, seed, limits, jail=True, zygote=None
    ):
        self.assignment, self.jobs = assignment, jobs
        self.seed, self.limits = seed, limits
        self.zygote = zygote or Zygote(jail=jail, imports=assignment.imports)
        loading.run(assignment.check_imports)  # once, not in each worker
        self.workers = []

    def score_all(self, jobs):
        """Score jobs (name, files, problems), yield (name, result).

        Jobs are taken when a worker is free, so they may be made late. One
        whose worker died is tried once more, in a new worker.
        """
        jobs, again = iter(jobs), []
        tries = Counter()

        def following():
            return again.pop() if again else next(jobs, None)

        try:
            while True:
                while len(self.workers) < self.jobs and (job := following()):
                    worker = _Worker(self, self._free_core())
                    self.workers.append(worker)
                    worker.give(job)
                if not self.workers:
                    return
                for worker, result, reason in self._finished():
                    job = worker.job
                    tries[job[0]] += 1
                    if not reason and (further := following()):
                        worker.give(further)
                    else:
                        self.workers.remove(worker)
                        worker.end()
                    if not reason:
                        yield job[0], result
                    elif tries[job[0]] < TRIES and reason != LATE:
                        again.append(job)
                    else:
                        yield job[0], self._lost(job, reason)
        finally:
            self.close_workers()

    def _free_core(self):
        """The processor on which the fewest workers' students run."""
        taken = Counter(worker.core for worker in self.workers)
        return min(sorted(os.sched_getaffinity(0)), key=taken.__getitem__)

    def _finished(self):
        """(worker, result, reason why there is none) of those that are."""
        ready = wait([w.pipe for w in self.workers], timeout=1.0)
        longest = self.limits.notebook + self.limits.display + GRACE
        for worker in list(self.workers):
            if worker.pipe in ready:
                try:
                    yield worker, worker.pipe.recv(), ""
                except (EOFError, OSError):
                    yield worker, None, "its scoring process died"
            elif time.monotonic() - worker.since > longest:
                yield worker, None, LATE

    def _lost(self, job, reason):
        result = unreadable(self.assignment, job[2], f"not scored: {reason}")
        for row in result["questions"]:
            row["status"] = "timeout" if reason == LATE else "killed"
        return {**result, "status": "graded", "problems": [*job[2], reason]}

    def close_workers(self):
        """End the workers."""
        for worker in self.workers:
            worker.end()
        self.workers = []

    def close(self):
        """End everything."""
        self.close_workers()
        self.zygote.close()
