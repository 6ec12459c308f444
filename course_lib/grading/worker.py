"""The trusted end of a student's process: talks to it, and ends it."""

import contextlib
import os
import secrets
import select
import signal
import socket
import time
from pathlib import Path

from course_lib.grading.student_side.jail import FILE_SIZE
from course_lib.grading.student_side.protocol import (
    HEAD,
    ProtocolError,
    check_head,
    decode,
    encode,
)

MOST_FILES = 1000
MOST_THREADS = 40
MOST_STRAY = 200
MOST_AT_ONCE = 2**18
SECONDS_BETWEEN_LOOKS = 0.2
MOST_ON_DISK = 4 * FILE_SIZE


class StudentGone(BaseException):
    """The student's process is no more, or was stopped.

    Attributes:
        status: timeout or killed.
        reason: in words, for the message.
    """

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status, self.reason = status, reason


class Session:
    """One student's process, and the channel to it.

    Args:
        zygote: where it is forked from.
        seed: of its random numbers.
        folder: its private folder.
        seconds: processor time that it may use in all.
    """

    def __init__(self, zygote, *, seed, folder, seconds=600):
        self.zygote = zygote
        self.channel, theirs = socket.socketpair()
        self.pid = zygote.order(
            {
                "do": "fork",
                "seed": seed,
                "folder": str(folder),
                "jail": zygote.jail,
                "seconds": seconds,
            },
            [theirs.fileno()],
        )
        theirs.close()
        self.channel.setblocking(False)
        self.poll = select.poll()
        self.part = memoryview(bytearray(MOST_AT_ONCE))
        self.come = bytearray()  # bytes that no frame has taken yet
        self.folder, self.looked = Path(folder), 0.0
        self.limit = None  # seconds of the request that is being answered

    def ask(self, request, seconds, lender=None):
        """Send a request and wait for its reply.

        Args:
            request: as `course_lib.checks.side` describes them.
            seconds: how long to wait.
            lender: the `Lender` whose things may be used meanwhile.

        Raises:
            StudentGone: when none came in time, or none that the protocol
                allows. The process is ended then.
        """
        deadline = time.monotonic() + seconds
        number = secrets.randbits(53)
        first = self.limit is None
        if first:
            self.limit = seconds
        try:
            self._send(encode({**request, "n": number}), deadline)
            while "use" in (reply := self._message(number, deadline)):
                if lender is None:
                    raise ProtocolError("a use of what was never lent")
                answer = lender.use(reply, deadline - time.monotonic())
                self._send(encode(answer), deadline)
            self._look()
            return reply
        except TimeoutError:
            self.end()
            # What a black box asks for has the rest of the time alone.
            reason = f"no reply within {self.limit:.0f} s"
            raise StudentGone("timeout", reason) from None
        except ProtocolError as error:
            self.end()
            raise StudentGone("killed", f"a reply refused: {error}") from None
        except (EOFError, OSError):
            raise StudentGone("killed", _death(self.end())) from None
        finally:
            if first:
                self.limit = None

    def _send(self, data, deadline):
        view = memoryview(data)
        while view:
            try:
                view = view[self.channel.send(view[: 2**20]) :]
            except BlockingIOError:
                self._wait(select.POLLOUT, deadline)

    def _message(self, number, deadline):
        """The next message that belongs to this request."""
        for _ in range(MOST_STRAY):
            message = decode(self._frame(deadline))
            if type(message) is dict and message.pop("n", None) == number:
                return checked(message)
        raise ProtocolError("replies to other requests")

    def _frame(self, deadline):
        self._come(HEAD.size, deadline)
        lengths = HEAD.unpack_from(self.come)
        check_head(*lengths)
        size = HEAD.size + sum(lengths)
        self._come(size, deadline)
        frame = self.come[:size]
        del self.come[:size]
        return frame

    def _come(self, size, deadline):
        """Wait until so many bytes have come."""
        while len(self.come) < size:
            self._wait(select.POLLIN, deadline)
            n_bytes = self.channel.recv_into(self.part)
            if not n_bytes:
                raise EOFError
            self.come += self.part[:n_bytes]

    def _wait(self, event, deadline):
        self.poll.register(self.channel, event)
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if self.poll.poll(1e3 * min(left, SECONDS_BETWEEN_LOOKS)):
                return
            self._look()

    def _look(self):
        """End the process if it has too many threads or files."""
        if time.monotonic() - self.looked < SECONDS_BETWEEN_LOOKS:
            return
        if n_threads(self.pid) > MOST_THREADS:
            reason = f"more than {MOST_THREADS} threads"
        elif _too_much(self.folder):
            reason = "too many or too large files"
        else:
            self.looked = time.monotonic()
            return
        self.end()
        raise StudentGone("killed", reason)

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


FIELDS = {"kind", "type", "text", "line"}


def checked(message):
    """A message of the student's side, if it has the form of one.

    Raises:
        ProtocolError: when it is neither a reply nor a use of a fixture.
    """
    keys = set(message) if type(message) is dict else set()
    after = message.get("after") if keys else None
    if keys == {"error"} and type(message["error"]) is dict:
        error = message["error"]
        if error.keys() == FIELDS and all(
            type(text) is str for text in error.values()
        ):
            return {"error": {k: text[:500] for k, text in error.items()}}
    elif keys == {"value"} or (
        keys == {"value", "after"}
        and type(after) is tuple
        and [type(part) for part in after] == [tuple, dict]
    ):
        return message
    elif (
        keys - {"cotangents"} == {"use", "name", "args", "kwargs"}
        and type(message["use"]) is int
        and type(message["name"]) is str
        and type(message["args"]) is tuple
        and type(message["kwargs"]) is dict
        and type(message.get("cotangents", [])) is list
    ):
        return message
    raise ProtocolError("a reply that is none")


def n_threads(pid):
    """How many threads a process has; 0 where the system doesn't say."""
    try:
        # The folder has a link for each thread, besides its own two.
        return max(os.stat(f"/proc/{pid}/task").st_nlink - 2, 0)
    except OSError:
        return 0


def _death(status):
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) != signal.SIGKILL:
        number = os.WTERMSIG(status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        return f"the process died of {name}"
    return "the process ended by itself, or went over a limit"


def _too_much(folder):
    """Whether the private folder holds more than it may."""
    n_files = n_bytes = 0
    waiting = [folder]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    n_files += 1
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    else:
                        status = entry.stat(follow_symlinks=False)
                        n_bytes += status.st_blocks * 512
                    if n_files > MOST_FILES or n_bytes > MOST_ON_DISK:
                        return True
        except OSError:
            continue  # gone meanwhile, or too deep to be looked at
    return False
