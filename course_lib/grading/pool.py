"""Workers that score: forked from one warm process, replaced when they die."""

import contextlib
import multiprocessing
import os
import time
from collections import Counter
from multiprocessing.connection import wait

from course_lib.grading.zygote import Zygote

GRACE = 60.0
TRIES = 2
LATE = "too slow"


class _Worker:
    """One process that scores, the job it has, and since when."""

    def __init__(self, pool, core):
        self.pipe, theirs = multiprocessing.Pipe()
        self.scorers, self.core = pool.zygote.scorers, core
        self.job, self.since = None, 0.0
        with pool.zygote.split(core) as zygote:
            self.pid = self.scorers.order(
                {"do": "work", "core": core, "jail": pool.zygote.jail},
                [theirs.fileno(), zygote.fileno()],
            )
        theirs.close()
        self.pipe.send((pool.assignment.packed(), pool.settings))

    def give(self, job):
        """Hand it a job: (name, files, problems)."""
        self.job, self.since = job, time.monotonic()
        with contextlib.suppress(OSError):  # a dead one shows as dead
            self.pipe.send(job[1:])

    def end(self):
        """Kill and bury it."""
        self.pipe.close()
        self.scorers.order({"do": "end", "pid": self.pid})


class Pool:
    """So many workers for one assignment.

    Args:
        assignment: the `Assignment`.
        jobs: how many workers.
        seed: of the run.
        limits: `Limits`.
        jail: whether the students' processes are locked in.
    """

    def __init__(self, assignment, *, jobs, seed, limits, jail=True):
        self.assignment, self.jobs, self.limits = assignment, jobs, limits
        self.settings = {"seed": seed, "limits": limits}
        # Both load for seconds, side by side with whoever asks for them.
        self.zygote = Zygote(
            jail=jail, imports=assignment.imports, scorers=True
        )
        self.zygote.scorers.load(assignment.check_imports)
        self.workers = []

    def weaknesses(self):
        """What a jailed process can do here and must not; [] if it holds."""
        with self.zygote.split() as zygote:
            order = {"do": "try"}
            return self.zygote.scorers.order(order, [zygote.fileno()])

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
        message = f"not scored: {reason}"
        result = self.assignment.without_evidence(job[2], message)
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
