"""From the cells of a submission to points: one process asks, one answers.

Scoring is a pure function of the assignment, the submission's steps and
the seed. A grade cell passes only when it ran to its end here, in the
trusted process; whatever is missing is no evidence, and no points.
"""

import contextlib
import io
import random
import tempfile
import time
from dataclasses import asdict, dataclass

import numpy as np
import torch

from course_lib.checks.draws import seed_of, set_seed
from course_lib.checks.failures import CheckFailed, Open, _line
from course_lib.checks.local import NAME as SIDE
from course_lib.checks.values import Handle
from course_lib.grading.lending import Lender
from course_lib.grading.limits import Limits
from course_lib.grading.worker import Session, StudentGone

UNSHOWN = object()


@dataclass(frozen=True)
class Step:
    """What is done next: run a cell of the student, or a grade cell.

    Attributes:
        do: "run" or "grade".
        what: the student's code, or the id of the grade cell.
        question: the question that a cell to be run answers, or "".
    """

    do: str
    what: str
    question: str = ""


@dataclass
class Result:
    """What one grade cell earned, and why."""

    id: str
    question: str
    points: float
    max_points: float
    status: str
    message: str
    seconds: float

    def row(self):
        """As plain dict, the seconds rounded."""
        return {**asdict(self), "seconds": round(self.seconds, 4)}


class _Student:
    """The process of one submission, replaced when it dies."""

    def __init__(self, zygote, seed, limits, display=None):
        self.zygote, self.limits = zygote, limits
        self.seed, self.display = process_seed(seed), display
        self.left = limits.notebook + limits.display
        self.done = []  # code that ran, to be replayed after a death
        self.known = set()  # names that can be called, as cells left them
        self.forgetting = False
        self.session = self.folder = None

    def ask(self, request, seconds, lender=None):
        """A reply within the time that is left for the notebook."""
        if self.session is None:
            self._start()
        if self.forgetting:
            request = {**request, "forget": True}
            self.forgetting = False
        return self._ask(request, seconds, lender)

    def _ask(self, request, seconds, lender=None):
        self._in_time()
        start = time.monotonic()
        try:
            return self.session.ask(request, min(seconds, self.left), lender)
        except StudentGone:
            self.session = None
            self.known.clear()
            raise
        finally:
            self.left -= time.monotonic() - start

    def _in_time(self):
        if self.left <= 0:
            raise StudentGone("timeout", "the notebook's time is used up")

    def _start(self):
        """A new process, in the state of the one before it."""
        while self.session is None:
            self._in_time()
            # A new folder, too: cells that are replayed find it as it was.
            self._tidy()
            self.folder = tempfile.TemporaryDirectory(
                prefix="course-", ignore_cleanup_errors=True
            )
            self.session = Session(
                self.zygote,
                seed=self.seed,
                folder=self.folder.name,
                seconds=self.limits.notebook + self.limits.display,
            )
            self._replay()

    def _replay(self):
        """Run again what was survived; what is not, this time, is left out."""
        for n, code in enumerate(self.done):
            try:
                self._ask({"do": "run", "code": code}, self.limits.cell)
            except StudentGone:
                if self.session is None:
                    del self.done[n]
                return

    def run(self, code):
        """Run a cell; give its error, or None.

        It is replayed later if it was survived.
        """
        self.known.clear()
        error = self._show(code) if self.display else UNSHOWN
        if error is UNSHOWN:
            request = {"do": "run", "code": code}
            error = self.ask(request, self.limits.cell).get("error")
        self.done.append(code)
        return error

    def _show(self, code):
        """Run a cell and keep what it shows; give its error, or None."""
        request = {"do": "show", "code": code}
        try:
            return self.display.take(self.ask(request, self.limits.cell))
        except StudentGone as gone:
            # Perhaps a picture was too much, and the cell itself is not.
            self.display.stopped(gone.reason)
            return UNSHOWN

    def forget(self):
        """Have what was kept for a grade cell dropped by the next request."""
        self.forgetting = True

    def close(self):
        """End the process and remove its folder."""
        if self.session is not None:
            self.session.end()
        self._tidy()

    def _tidy(self):
        if self.folder is not None:
            with contextlib.suppress(OSError, RecursionError):
                self.folder.cleanup()
        self.folder = None


def process_seed(seed):
    """The seed of a student's process; that of the run doesn't follow.

    The process can ask for its own: torch.initial_seed() tells it.
    """
    return seed_of(f"{seed} the student's process")


class RemoteSide:
    """What a grade cell asks: the `Side` in the student's process."""

    def __init__(self, student):
        self._student = student
        # A box that calls a student's function asks in between.
        self._lender = Lender(lambda *a: student.session.ask(*a))

    def ask(self, request):
        """As `course_lib.checks.side.Side.ask`."""
        name = request["target"][1] if request.get("callable") else None
        known = self._student.known
        if name in known:
            # A question has several grade cells, and each begins with this.
            return {"value": Handle(0, "function")}
        lent = {
            part: self._lender.lend(request[part])
            for part in ("args", "kwargs")
            if part in request
        }
        reply = self._student.ask(
            {**request, **lent}, self._student.limits.call, self._lender
        )
        if name is not None and isinstance(reply.get("value"), Handle):
            known.add(name)
        return reply


def score(assignment, steps, zygote, *, seed=0, limits=None, display=None):
    """Score one submission.

    Args:
        assignment: the instructor's `Assignment`.
        steps: the `Step` list of the submission, in its order.
        zygote: a running `Zygote`.
        seed: of the hidden inputs and of the student's process.
        limits: `Limits`.
        display: a `Display` that takes what the cells show, if any.

    Returns:
        A `Result` for each grade cell and each cell that is marked by hand,
        in the order of the assignment.
    """
    # Of shapes as small as these, a second thread makes slow work.
    torch.set_num_threads(1)
    student = _Student(zygote, seed, limits or Limits(), display)
    results, troubles = {}, {}
    try:
        for step in steps:
            if step.do == "run":
                trouble = _run(student, step)
                if trouble:
                    troubles[step.question] = trouble
            else:
                cell = assignment.cell(step.what)
                results[cell.id] = _grade(cell, student, seed, troubles)
    finally:
        student.close()
    return [results.get(c.id) or _without(c) for c in assignment.graded]


def _run(student, step):
    """Run a cell; give (status, message) of what went wrong, or None."""
    which = "the answer cell" if step.question else "a cell further up"
    try:
        error = student.run(step.what)
    except StudentGone as gone:
        return gone.status, f"{which}: {gone.reason}"
    if not error:
        return None
    if error["kind"] == "open":
        return "missing", ""
    at = f" in `{error['line']}`" if error["line"] else ""
    text = f"{which} stops with {error['type']}: {error['text']}{at}"
    return "error", _line(text)


def _grade(cell, student, seed, troubles):
    start = time.monotonic()
    points, status, message = _outcome(cell, student, seed)
    own, others = troubles.get(cell.question), troubles.get("")
    if own and status in ("missing", "error"):
        status = own[0]
        message = "\n".join(t for t in (message, own[1]) if t)
    elif others and status == "missing":
        # Perhaps it was written there.
        message = "\n".join(t for t in (message, others[1]) if t)
    seconds = time.monotonic() - start
    return Result(
        cell.id,
        cell.question,
        points,
        cell.points,
        status,
        message,
        seconds,
    )


def _outcome(cell, student, seed):
    """(points, status, message) of one grade cell."""
    names = {"__name__": "grade", SIDE: RemoteSide(student)}
    body, last = cell.program
    _seed_all(seed, cell.id)
    printed = io.StringIO()
    try:
        student.forget()
        with contextlib.redirect_stdout(printed):
            exec(body, names)
            value = eval(last, names) if last else None
        points = _points(value, cell)
    except StudentGone as gone:
        return 0.0, gone.status, gone.reason
    except Open as failure:
        return 0.0, "missing", str(failure)
    except CheckFailed as failure:
        return 0.0, failure.status, str(failure)
    except AssertionError as failure:
        return 0.0, "failed", _line(failure)
    except Exception as error:
        text = f"the check could not read this answer: {error!r}"
        return 0.0, "error", _line(text)
    message = printed.getvalue().strip()
    if points >= cell.points:
        return cell.points, "passed", ""
    return points, "partial" if points > 0 else "failed", message


def _points(value, cell):
    """Nbgrader's rule: a number at the end is the points, else all."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return cell.points
    if not 0 <= value <= cell.points:
        raise ValueError(f"{cell.id} gives {value} of {cell.points} points")
    return float(value)


def _seed_all(seed, label):
    set_seed(seed)
    number = seed_of(f"{seed} process {label}")
    # torch.manual_seed looks for GPUs first, a millisecond each time.
    torch.default_generator.manual_seed(number)
    np.random.seed(number)  # noqa: NPY002  for tests that use it
    random.seed(number)


def _without(cell):
    status = "needs-marking" if cell.kind == "written" else "missing"
    message = "" if cell.kind == "written" else "this cell was never reached"
    return Result(cell.id, cell.question, 0.0, cell.points, status, message, 0)
