"""Starts a warm process, and a second one from which scorers are forked.

    python -c "from student_side.start import main; main()" FD SCORERS IMPORTS

FD is the control channel of the process that students' are forked from,
SCORERS that of the other or null, IMPORTS a list for the first or null. Both
need torch, which takes seconds to load, and part when nothing but it is
loaded: no test and no submission was here, and to the first none comes.
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
    students, scorers, imports = map(json.loads, sys.argv[-3:])
    forked = []
    if scorers is not None:
        channel = socket.socket(fileno=scorers)
        forked.append(os.fork())
        if forked == [0]:
            try:
                os.close(students)
                _score(channel)
            except Exception:
                traceback.print_exc()  # nobody else will say why it ended
            finally:
                os._exit(0)
        channel.close()
    from . import zygote

    forked += zygote.main(socket.socket(fileno=students), imports)
    for pid in forked:
        os.waitpid(pid, 0)  # so that its processor time is known
    os._exit(0)  # at once: what Python and IPython tidy up is not needed


def _score(control):
    """Become the other: see the whole course, and no more of this side."""
    told = orders.take(control)
    if told is None:
        return
    order, _ = told
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[:] = order["path"]
    sys.dont_write_bytecode = False
    from course_lib.grading import scorers

    scorers.main(control, order["imports"])
