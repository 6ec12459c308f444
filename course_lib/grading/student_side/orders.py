"""How a warm process is told what to do: by orders, which it forks on.

A warm process has loaded what is slow to load. It takes orders from a
control channel, one at a time, and answers each: lines of JSON, and file
descriptors that come with an order.
"""

import array
import contextlib
import json
import os
import socket
import time

LONGEST = 2**18  # bytes
MOST_FDS = 4


def take(control):
    """Wait for the next order; give it and its descriptors.

    None when the channel has closed.
    """
    text, fds = b"", array.array("i")
    while not text.endswith(b"\n"):
        try:
            part, ancillary, _, _ = control.recvmsg(
                LONGEST, socket.CMSG_SPACE(MOST_FDS * fds.itemsize)
            )
        except ConnectionError:  # the other end was killed
            return None
        if not part:
            return None
        text += part
        for _, _, numbers in ancillary:
            fds.frombytes(numbers)
    return json.loads(text), list(fds)


def answer(control, value):
    """Answer an order, if anybody still wants to know."""
    with contextlib.suppress(ConnectionError):
        control.sendall(json.dumps(value).encode() + b"\n")


def fork(work, *args):
    """Fork a process that does this work and ends; give its number."""
    pid = _forked()
    if pid == 0:
        try:
            work(*args)
        finally:
            os._exit(0)
    return pid


def _forked(tries=100):
    """Fork, also when the system is short of something for a while."""
    for _ in range(tries):
        try:
            return os.fork()
        except OSError:
            time.sleep(0.1)
    return os.fork()
