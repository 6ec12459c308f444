"""Starts a warm process, and a second one from which scorers are forked.

    python -c "from student_side.start import main; main()" FDS IMPORTS

FDS are one or two control channels: of the process that students' are forked
from, and of the other. IMPORTS is a list for the first, or null. Both need
torch, which takes seconds to load, and part when nothing but it is loaded:
no test and no submission was here, and to the first none comes.
"""

import json
import os
import socket
import sys
import traceback

import torch  # noqa: F401  loaded here, once, for both

from . import orders


def main():
    """Load what both need, and part."""
    (students, *others), imports = map(json.loads, sys.argv[-2:])
    forked = [orders.fork(_score, scorers, students) for scorers in others]
    for scorers in others:
        os.close(scorers)
    from . import zygote

    forked += zygote.main(socket.socket(fileno=students), imports)
    for pid in forked:
        os.waitpid(pid, 0)  # so that its processor time is known
    os._exit(0)  # at once: what Python and IPython tidy up is not needed


def _score(own, other):
    """Become the other: see the whole course, and no more of this side."""
    os.close(other)
    control = socket.socket(fileno=own)
    try:
        if told := orders.take(control):
            order, _ = told
            os.chdir(order["folder"])
            os.environ.clear()
            os.environ.update(order["environment"])
            sys.path[:] = order["path"]
            sys.dont_write_bytecode = False
            from course_lib.grading import scorers

            scorers.main(control, order["imports"])
    except Exception:
        traceback.print_exc()  # nobody else will say why it ended
