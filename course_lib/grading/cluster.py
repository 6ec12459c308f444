"""The same scoring on many machines: a Dask cluster in place of the pool.

Submissions travel as bytes, results as JSON text. A Dask worker starts a
process of its own for the scoring, with the same pool, jail and limits as
on one machine; so no student's code runs in the worker. What a worker had
when it died is scored again by another.
"""

import base64
import errno
import json
import subprocess
import sys
import threading
import time
from dataclasses import asdict

from distributed import Client, wait

from course_lib.grading import store
from course_lib.grading.assignment import Assignment
from course_lib.grading.limits import Limits
from course_lib.grading.pool import Pool

CONNECT_SECONDS = 30
PATIENCE = 300.0  # seconds without a single worker
TRIES = 5
AHEAD = 3  # submissions that wait for each worker


class Cluster:
    """Workers for one assignment, on the machines of a Dask cluster.

    Args:
        assignment: the `Assignment`.
        address: of the scheduler, "tcp://host:8786".
        seed: of the run.
        limits: `Limits`.
        jail: whether the students' processes are locked in.

    Raises:
        OSError: when no scheduler answers, or a worker cannot grade.
    """

    def __init__(self, assignment, address, *, seed, limits, jail=True):
        self.assignment = assignment
        self.settings = {
            "assignment": assignment.packed(),
            "seed": seed,
            "limits": asdict(limits),
            "jail": jail,
        }
        self.client = Client(
            address, timeout=CONNECT_SECONDS, set_as_default=False
        )
        try:
            self._compare_versions()
        except BaseException:
            self.close()
            raise

    def _compare_versions(self):
        code = store.code_key()
        for worker, theirs in self.client.run(version).items():
            if theirs != code:
                raise _trouble(
                    worker,
                    "this worker has another version of course_lib; install "
                    "the same on all machines",
                )

    def _workers(self):
        return list(self.client.scheduler_info(n_workers=-1)["workers"])

    def score_all(self, jobs):
        """Score jobs (name, files, problems), yield (name, result)."""
        jobs, running = iter(jobs), {}
        alone = time.monotonic()
        while True:
            n_workers = len(self._workers())
            alone = time.monotonic() if n_workers else alone
            while len(running) < AHEAD * max(n_workers, 1):
                job = next(jobs, None)
                if job is None:
                    break
                running[self._submit(job)] = job, 1
            if not running:
                return
            for future in self._finished(running, alone):
                job, tries = running.pop(future)
                if future.status == "finished":
                    result = json.loads(future.result())
                    if "weak" in result:
                        raise _trouble(
                            "a worker",
                            "submissions cannot be locked in there: they "
                            f"could {'; '.join(result['weak'])}",
                        )
                    yield job[0], result
                elif tries < TRIES:
                    # Its worker was killed: no fault of the submission.
                    running[self._submit(job)] = job, tries + 1
                else:
                    yield job[0], self._lost(job, future)

    def _submit(self, job):
        name, files, problems = job
        packed = {
            **self.settings,
            "name": name,
            "files": {
                k: base64.b64encode(v).decode() for k, v in files.items()
            },
            "problems": list(problems),
        }
        return self.client.submit(
            score_there, json.dumps(packed).encode(), pure=False
        )

    def _finished(self, running, alone):
        try:
            with self.client.as_current():
                done = wait(
                    list(running), timeout=2, return_when="FIRST_COMPLETED"
                )
        except TimeoutError:
            if time.monotonic() - alone > PATIENCE:
                raise _trouble(
                    self.client.scheduler.address,
                    f"no worker for {PATIENCE:.0f} s",
                ) from None
            return []
        return list(done.done)

    def _lost(self, job, future):
        reason = f"not scored: {type(future.exception()).__name__}"
        result = self.assignment.without_evidence(job[2], reason)
        for row in result["questions"]:
            row["status"] = "killed"
        return {
            **result,
            "status": "graded",
            "problems": [*job[2], reason],
            "timestamp": "",
        }

    def close(self):
        """Leave the cluster, which goes on."""
        self.client.close()


def _trouble(where, what):
    return OSError(errno.EREMOTEIO, what, where)


# On a worker: each of its threads has a scoring process.
_mine = threading.local()


def version():
    """What identifies the library on a worker."""
    return store.code_key()


def score_there(packed):
    """What a Dask worker does: hand the bytes over, and the text back."""
    return _scorer().ask(packed)


def _scorer():
    if getattr(_mine, "scorer", None) is None:
        _mine.scorer = _Scorer()
    return _mine.scorer


class _Scorer:
    """A process beside the worker that scores what it is sent."""

    def __init__(self):
        self.process = None

    def ask(self, packed):
        """Send a line, wait for a line; once more if the process died."""
        for _ in range(2):
            if self.process is None:
                self.process = subprocess.Popen(
                    [sys.executable, "-m", "course_lib.grading.cluster"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                )
            try:
                self.process.stdin.write(packed + b"\n")
                self.process.stdin.flush()
                line = self.process.stdout.readline()
            except OSError:
                line = b""
            if line.endswith(b"\n"):
                return line.decode()
            self.process.kill()
            self.process.wait()
            self.process = None
        raise RuntimeError("the scoring process ended twice")


def serve(lines, write):
    """Score line by line, until there are no more: the scoring process."""
    pool, key, weak = None, None, []
    for line in lines:
        job = json.loads(line)
        wanted = json.dumps(
            [job[k] for k in ("assignment", "seed", "limits", "jail")]
        )
        if wanted != key:
            if pool is not None:
                pool.close()
            pool, key = _pool(job), wanted
            weak = pool.weaknesses() if job["jail"] else []
        if weak:
            found = {"weak": weak}
        else:
            files = {k: base64.b64decode(v) for k, v in job["files"].items()}
            one = (job["name"], files, job["problems"])
            ((_, found),) = pool.score_all([one])
        write(json.dumps(found).encode() + b"\n")
    if pool is not None:
        pool.close()


def _pool(job):
    return Pool(
        Assignment.unpacked(job["assignment"]),
        jobs=1,
        seed=job["seed"],
        limits=Limits(**job["limits"]),
        jail=job["jail"],
    )


def main():
    """Read from standard input; nothing else may write to the output."""
    import os

    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def write(data):
        out.write(data)
        out.flush()

    serve(sys.stdin.buffer, write)


if __name__ == "__main__":
    main()
