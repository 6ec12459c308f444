"""A second run of a notebook, for its plots and prints; it has no points.

It happens in a jailed process like the scoring. The instructor's grade
cells are left out: they were never in a student's process.
"""

import tempfile
import time

from course_lib.grading.scoring import process_seed
from course_lib.grading.worker import Session, StudentGone

MOST_OUTPUTS = 50
MOST_IN_ALL = 4 * 2**20
KINDS = ("stdout", "stderr", "text", "png", "svg", "error")


def show(cells, zygote, *, seed, limits):
    """Run the cells of a submission and keep what they show.

    Args:
        cells: (id, question, kind, source), as `intake` arranged them.
        zygote: a running `Zygote`.
        seed: of the run.
        limits: `Limits`; ``limits.display`` seconds for all.

    Returns:
        For each cell a list of [kind, text], kind one of `KINDS`.
    """
    found, left, room = [], limits.display, MOST_IN_ALL
    with tempfile.TemporaryDirectory(
        prefix="course-", ignore_cleanup_errors=True
    ) as folder:
        session = Session(
            zygote,
            seed=process_seed(seed),
            folder=folder,
            seconds=limits.display,
        )
        alive = True
        try:
            for _, _, kind, source in cells:
                found.append([])
                if not alive or kind not in ("code", "answer", "extra"):
                    continue
                start = time.monotonic()
                try:
                    reply = session.ask(
                        {"do": "show", "code": source},
                        min(limits.cell, left),
                    )
                    found[-1] = _sound(reply.get("value"), room)
                except StudentGone as gone:
                    alive = False
                    found[-1] = [["error", f"Stopped: {gone.reason}"]]
                left -= time.monotonic() - start
                room -= sum(len(text) for _, text in found[-1])
        finally:
            session.end()
    return found


def _sound(outputs, room):
    """What has the form of outputs, as far as there is room."""
    found = []
    for each in outputs if type(outputs) is list else []:
        if type(each) is not list or [type(e) for e in each] != [str, str]:
            continue
        kind, text = each
        if kind not in KINDS or len(found) == MOST_OUTPUTS:
            continue
        if len(text) > room:
            found.append(["text", "(left out: too long)"])
            continue
        room -= len(text)
        found.append([kind, text])
    return found
