"""The trusted ends of the warm processes: start them and give them orders.

They need neither torch nor any library: the warm processes load for seconds,
and whoever starts them can load meanwhile what it needs itself.
"""

import contextlib
import errno
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from course_lib.grading import view

START_SECONDS = 300


class Warm:
    """The trusted end of a process that has loaded, and forks on order.

    Args:
        control: the channel that it takes orders from.
        ready: False if it has yet to say that it has loaded; the first
            order waits for that.
    """

    def __init__(self, control, *, ready=True):
        control.settimeout(START_SECONDS)
        self.control, self._lines = control, control.makefile("rb")
        self._ready = ready

    def wait(self):
        """Wait until it has loaded."""
        if not self._ready:
            self._answer()
            self._ready = True

    def order(self, order, fds=()):
        """Send an order; give the answer to it."""
        self.wait()
        self.send(order, fds)
        return self._answer()

    def send(self, order, fds=()):
        """Send an order."""
        line = json.dumps(order).encode() + b"\n"
        n_sent = socket.send_fds(self.control, [line], fds)
        self.control.sendall(line[n_sent:])

    def _answer(self):
        line = self._lines.readline()
        if not line:
            what = "it ended, or did not start"
            raise ChildProcessError(errno.ECHILD, what, self.what)
        return json.loads(line)

    def split(self, core=None):
        """The control channel of a copy of it, for another process.

        The copy ends with the channel. On a core of its own no submission
        can slow down another's.
        """
        ours, theirs = socket.socketpair()
        self.order({"do": "split", "core": core}, [theirs.fileno()])
        theirs.close()
        return ours

    def close(self):
        """End it."""
        self._lines.close()
        self.control.close()


class Zygote(Warm):
    """The warm process from which those of the submissions are forked.

    Args:
        jail: False leaves the students' processes unguarded.
        imports: statements that load what the notebooks will need; all of
            the library if left out.
        scorers: whether a second process is to be started beside it, from
            which workers are forked: `Scorers`, as its attribute.
        control: the channel of a copy of one that runs, in place of a new
            one.
    """

    what = "the students' process"

    def __init__(
        self, *, jail=True, imports=None, scorers=False, control=None
    ):
        self.jail, self.scorers = jail, None
        self._folder = self.process = None
        if control is not None:
            super().__init__(control)
            return
        self._folder = tempfile.TemporaryDirectory(prefix="course-view-")
        folder = view.make(self._folder.name)
        control, theirs = socket.socketpair()
        super().__init__(control, ready=False)
        ends = [theirs]
        if scorers:
            ours, beside = socket.socketpair()
            self.scorers = Scorers(ours)
            ends.append(beside)
        fds = [end.fileno() for end in ends]
        # Anew, never forked from a process that holds tests.
        self.process = subprocess.Popen(
            view.command(folder, fds, imports),
            pass_fds=fds,
            env=_environment(folder),
            cwd=folder,
            stdin=subprocess.DEVNULL,
        )
        for end in ends:
            end.close()

    def close(self):
        """End it, and what was started beside it."""
        super().close()
        if self.scorers is not None:
            self.scorers.close()
        if self.process is not None:
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self._folder is not None:
            self._folder.cleanup()


class Scorers(Warm):
    """The warm process from which the workers that score are forked."""

    what = "the process of the scorers"

    def load(self, imports):
        """Have it load what grade cells need; others can load meanwhile.

        Args:
            imports: their import statements.
        """
        path = [str(view.LIBRARY.parent), *sys.path]
        self.send(
            {
                "do": "load",
                "path": [os.path.abspath(place) for place in path],
                "folder": os.getcwd(),
                "environment": dict(os.environ),
                "imports": imports,
            }
        )
        self._ready = False


def _environment(folder):
    keep = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT")
    kept = {name: os.environ[name] for name in keep if name in os.environ}
    with contextlib.suppress(RuntimeError):  # there is no home
        # The list of fonts takes Matplotlib a second: it is made once.
        fonts = Path.home() / ".cache" / "course" / "matplotlib"
        kept["MPLCONFIGDIR"] = str(fonts)
    return {
        **kept,
        "HOME": tempfile.gettempdir(),
        # IPython makes itself a folder: with the library, it is removed.
        "IPYTHONDIR": str(folder / ".ipython"),
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
