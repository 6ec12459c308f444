"""The trusted end of the warm process: starts it and gives it orders.

It needs neither torch nor any library: the warm process loads for seconds,
and whoever starts it can load meanwhile what it needs itself.
"""

import json
import os
import socket
import subprocess
import tempfile

from course_lib.grading.view import command, make

START_SECONDS = 300


class Zygote:
    """The warm process from which those of the submissions are forked.

    The first order waits until it has loaded.

    Args:
        jail: False leaves the students' processes unguarded.
        view: a folder made by `view.make`, shared by several; made here if
            left out.
        imports: statements that load what the notebooks will need; all of
            the library if left out.
    """

    def __init__(self, *, jail=True, view=None, imports=None):
        self.jail = jail
        self._own = None
        if view is None:
            self._own = tempfile.TemporaryDirectory(prefix="course-view-")
            view = make(self._own.name)
        ours, theirs = socket.socketpair()
        self.process = self._launch(theirs, view, imports)
        theirs.close()
        self._connect(ours)
        self._ready = False

    @staticmethod
    def _launch(channel, view, imports):
        """Start it anew, never forked from a process that holds tests."""
        return subprocess.Popen(
            command(view, channel.fileno(), imports),
            pass_fds=[channel.fileno()],
            env=_environment(),
            cwd=view,
            stdin=subprocess.DEVNULL,
        )

    def split(self, core=None):
        """A copy of it with a control channel of its own.

        For another process that scores: it takes the copy along when it is
        forked, and the copy ends with it. On a core of its own no submission
        can slow down another's.
        """
        ours, theirs = socket.socketpair()
        self.order({"do": "split", "core": core}, [theirs.fileno()])
        theirs.close()
        copy = object.__new__(Zygote)
        copy.jail = self.jail
        copy._own = copy.process = None
        copy._connect(ours)
        copy._ready = True
        return copy

    def _connect(self, control):
        control.settimeout(START_SECONDS)
        self.control, self._lines = control, control.makefile("rb")

    def wait(self):
        """Wait until it has loaded."""
        if not self._ready:
            if self._lines.readline() != b"ready\n":
                raise RuntimeError("the students' process did not start")
            self._ready = True

    def order(self, order, fds=()):
        """Send an order; give the answer to it."""
        self.wait()
        socket.send_fds(self.control, [json.dumps(order).encode()], fds)
        return json.loads(self._lines.readline())

    def close(self):
        """End it."""
        self._lines.close()
        self.control.close()
        if self.process is not None:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._own is not None:
            self._own.cleanup()


def _environment():
    keep = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT")
    return {
        **{name: os.environ[name] for name in keep if name in os.environ},
        "HOME": tempfile.gettempdir(),
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        # In large pages there is less to copy when a process is forked.
        "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1",
        "TQDM_DISABLE": "1",
        # What a notebook compiles is computed as it is written.
        "TORCHDYNAMO_DISABLE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NBGRADER_EXECUTION": "autograde",
    }
