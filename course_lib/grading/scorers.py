"""The process that workers are forked from, and what a worker does.

A worker is trusted: it holds the assignment and runs its grade cells. The
students' processes that it talks to are forked from a copy of the zygote.
"""

import contextlib
import gc
import hashlib
import os
import resource
import signal
import socket
from multiprocessing.connection import Connection
from pathlib import Path

from course_lib.grading.assignment import Assignment
from course_lib.grading.display import Display
from course_lib.grading.intake import intake
from course_lib.grading.probe import weaknesses
from course_lib.grading.scoring import score
from course_lib.grading.student_side import loading, orders
from course_lib.grading.zygote import Zygote

MEMORY = 768 * 2**20  # of a worker, beyond what it starts with
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
        result = assignment.without_evidence(found.problems)
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


def main(control, imports):
    """Load what grade cells need, then start workers on order.

    Args:
        control: the channel that orders come from.
        imports: import statements of the grade cells.
    """
    _load(control, imports)
    gc.enable()
    # Hardly anything in a worker becomes garbage: look for it less often.
    gc.set_threshold(100_000, 50, 50)
    for pid in obey(control):
        _end(pid)


def obey(control):
    """Carry out the orders of a control channel until it closes.

    "load" loads what is imported; "work" starts a worker on the core that
    is named, with the channels of its jobs and of its zygote; "split" starts
    a copy of this process; "end" kills one of them and waits for it; "try"
    tries out what the jail of a zygote lets through. Returns those that
    have not been ended.
    """
    alive = []
    while told := orders.take(control):
        order, fds = told
        if order["do"] == "load":
            _load(control, order["imports"])
        elif order["do"] == "try":
            with contextlib.closing(_zygote(fds[0])) as zygote:
                orders.answer(control, weaknesses(zygote))
        elif order["do"] == "end":
            _end(order["pid"])
            alive.remove(order["pid"])
            orders.answer(control, None)
        else:
            work = {"work": _work, "split": _copy}[order["do"]]
            alive.append(orders.fork(work, control, order, fds))
            for fd in fds:
                os.close(fd)
            orders.answer(control, alive[-1])
    return alive


def _load(control, imports):
    """Once, and not in each worker."""
    loading.run(imports)
    # What is loaded is never collected: else each worker would copy it all.
    gc.freeze()
    orders.answer(control, "ready")


def _end(pid):
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def _zygote(fd, *, jail=True):
    return Zygote(control=socket.socket(fileno=fd), jail=jail)


def _bound_memory():
    """No answer makes a check take all there is: it fails in place of that."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + MEMORY
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _copy(control, order, fds):
    control.close()
    obey(socket.socket(fileno=fds[0]))


def _work(control, order, fds):
    """Score job after job: files and problems come, a result goes."""
    control.close()
    # Beside its students: when one waits for the other, neither has to wake
    # up another core.
    os.sched_setaffinity(0, {order["core"]})
    _bound_memory()
    pipe, zygote = Connection(fds[0]), _zygote(fds[1], jail=order["jail"])
    packed, settings = pipe.recv()
    assignment = Assignment.unpacked(packed)
    while True:
        try:
            files, problems = pipe.recv()
        except EOFError:
            return
        pipe.send(score_files(assignment, files, problems, zygote, **settings))
