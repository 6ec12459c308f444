"""The trusted end: starts the students' processes and talks to them."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

from course_lib.grading.student_side.protocol import (
    HEAD,
    ProtocolError,
    check_head,
    decode,
    encode,
)

START_SECONDS = 120


class StudentGone(BaseException):
    """The student's process is no more, or was stopped.

    Attributes:
        status: timeout or killed.
        reason: in words, for the message.
    """

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason = status, reason


class Zygote:
    """The warm process from which those of the submissions are forked."""

    def __init__(self, *, environment=None):
        ours, theirs = socket.socketpair()
        self.process = self._launch(theirs, environment or _environment())
        theirs.close()
        self.control = ours
        ours.settimeout(START_SECONDS)
        self._lines = ours.makefile("rb")
        if self._lines.readline() != b"ready\n":
            raise RuntimeError("the students' process did not start")

    @staticmethod
    def _launch(channel, environment):
        """Start it anew, never forked from a process that holds tests."""
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "course_lib.grading.student_side.zygote",
                str(channel.fileno()),
            ],
            pass_fds=[channel.fileno()],
            env=environment,
            stdin=subprocess.DEVNULL,
        )

    def order(self, order, fds=()):
        """Send an order; give the answer to it."""
        socket.send_fds(self.control, [json.dumps(order).encode()], fds)
        return json.loads(self._lines.readline())

    def close(self):
        """End it."""
        self._lines.close()
        self.control.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(10)


class Session:
    """One student's process, and the channel to it.

    Args:
        zygote: where it is forked from.
        seed: of its random numbers.
        folder: its private folder.
    """

    def __init__(self, zygote, *, seed, folder):
        self.zygote = zygote
        self.channel, theirs = socket.socketpair()
        self.pid = zygote.order(
            {"do": "fork", "seed": seed, "folder": str(folder)},
            [theirs.fileno()],
        )
        theirs.close()
        self.channel.setblocking(False)

    def ask(self, request, seconds):
        """Send a request and wait for its reply.

        Raises:
            StudentGone: when none came in time, or none that the protocol
                allows. The process is ended then.
        """
        deadline = time.monotonic() + seconds
        try:
            self._send(encode(request), deadline)
            head = self._read(HEAD.size, deadline)
            lengths = HEAD.unpack(head)
            check_head(*lengths)
            frame = head + self._read(sum(lengths), deadline)
            reply = decode(frame)
            if type(reply) is not dict or not reply.keys() & {
                "value",
                "error",
            }:
                raise ProtocolError("a reply that is none")
            return reply
        except TimeoutError:
            self.end()
            reason = f"no reply within {seconds:.0f} s"
            raise StudentGone("timeout", reason) from None
        except ProtocolError as error:
            self.end()
            raise StudentGone("killed", f"a reply refused: {error}") from None
        except (EOFError, OSError):
            raise StudentGone("killed", _death(self.end())) from None

    def _send(self, data, deadline):
        view = memoryview(data)
        while view:
            self._wait(select.POLLOUT, deadline)
            with contextlib.suppress(BlockingIOError):
                view = view[self.channel.send(view[: 2**20]) :]

    def _read(self, n, deadline):
        parts = []
        while n:
            self._wait(select.POLLIN, deadline)
            part = self.channel.recv(min(n, 2**20))
            if not part:
                raise EOFError
            parts.append(part)
            n -= len(part)
        return b"".join(parts)

    def _wait(self, event, deadline):
        poll = select.poll()
        poll.register(self.channel, event)
        left = deadline - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError

    def end(self):
        """Kill the process, if it lives; give its wait status."""
        if self.pid is None:
            return 0
        self.channel.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        status = self.zygote.order({"do": "reap", "pid": self.pid})
        self.pid = None
        return status


def _death(status):
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
        name = signal.Signals(os.WTERMSIG(status)).name
        return f"the process died of {name}"
    return "the process ended by itself, or went over a limit"


def _environment():
    keep = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT")
    return {
        **{name: os.environ[name] for name in keep if name in os.environ},
        "HOME": tempfile.gettempdir(),
        "OMP_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MPLBACKEND": "Agg",
        "TQDM_DISABLE": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "NBGRADER_EXECUTION": "autograde",
    }
