"""Messages that the protocol does not have."""

from course_lib.grading.hostile.attacks import attack, defined

_CHANNEL = """
import json, os, socket, struct
def channels():
    for fd in range(3, 200):
        try:
            yield socket.socket(fileno=os.dup(fd))
        except OSError:
            pass
def frame(value, data=b"", text=None):
    text = json.dumps(value).encode() if text is None else text
    return struct.pack(">II", len(text), len(data)) + text + data
def send(*frames):
    for channel in channels():
        try:
            for each in frames:
                channel.sendall(each)
        except OSError:
            pass
"""


@attack
def replies_of_ones_own(target):
    """A reply with points, where a value was asked for."""
    body = """
send(frame({"dict": [["value", None], ["points", 99], ["status", "passed"]]}))
return 0.0
"""
    return defined(target, body, _CHANNEL)


@attack
def replies_before_the_question(target):
    """A hundred answers in advance: nobody can tell which is whose."""
    before = (
        _CHANNEL
        + 'send(*[frame({"dict": [["value", True], ["after", None]]})] * 100)'
    )
    return defined(target, before=before)


@attack
def an_error_of_an_odd_form(target):
    """Numbers where texts stand, nothing where something stands."""
    before = (
        _CHANNEL
        + """
for odd in (5, [], {"dict": []}, {"dict": [["kind", 1]]}, True):
    send(frame({"dict": [["error", odd]]}))
"""
    )
    return defined(target, before=before)


@attack
def frames_of_garbage(target):
    """Bytes that are no message."""
    return defined(target, "send(os.urandom(10_000))\nreturn 0", _CHANNEL)


@attack
def a_frame_longer_than_memory(target):
    """A head that promises 8 GB."""
    return defined(
        target, "send(struct.pack('>II', 2**32 - 1, 2**32 - 1))", _CHANNEL
    )


@attack
def a_frame_that_never_ends(target):
    """A byte now and then."""
    body = """
import time
send(struct.pack(">II", 100, 0))
while True:
    time.sleep(0.05)
    send(b" ")
"""
    return defined(target, body, _CHANNEL)


@attack
def small_frames_of_large_values(target):
    """One block of numbers, named as ten thousand tensors."""
    body = """
one = {"tensor": ["uint8", [2**24], 0]}
send(frame({"dict": [["value", [one] * 10_000]]}, bytes(2**24)))
"""
    return defined(target, body, _CHANNEL)


@attack
def numbers_beyond_the_frame(target):
    """Sizes and places that are not there."""
    body = """
for sizes, place in (([2**31 - 1] * 8, 0), ([-1], 0), ([4], -4), ([2], 9),
                     ([0, 2**31 - 1, 2**31 - 1, 2**31 - 1], 0), ([1.5], 0)):
    send(frame({"dict": [["value", {"tensor": ["float64", sizes, place]}]]}))
"""
    return defined(target, body, _CHANNEL)


@attack
def deep_json(target):
    """Two million brackets."""
    return defined(
        target, "send(frame(0, text=b'[' * 2**20 + b']' * 2**20))", _CHANNEL
    )


@attack
def keys_that_collide(target):
    """A dict whose keys all have the same hash."""
    body = """
keys = [[n * (2**61 - 1), 0] for n in range(60_000)]
send(frame({"dict": [["value", {"dict": keys}]]}))
"""
    return defined(target, body, _CHANNEL)


@attack
def handles_that_nobody_gave(target):
    """Numbers of objects that are not there; types with long names."""
    body = """
kind = "\\ud800<script>" * 1000
send(frame({"dict": [["value", {"handle": [10**9, kind]}]]}))
"""
    return defined(target, body, _CHANNEL)


@attack
def things_from_the_wrong_side(target):
    """A fixture and a kept thing, which only the grader may send."""
    body = """
for odd in ({"fixture": ["lstm.step", {"tuple": []}, {"dict": []}]},
            {"kept": [0]}):
    send(frame({"dict": [["value", odd]]}))
"""
    return defined(target, body, _CHANNEL)


@attack
def uses_of_what_was_never_lent(target):
    """Questions to the grader, in place of an answer."""
    body = """
for name in ("", "__globals__", "__class__"):
    send(frame({"dict": [["use", 0], ["name", name], ["args", {"tuple": []}],
                         ["kwargs", {"dict": []}]]}))
"""
    return defined(target, body, _CHANNEL)


@attack
def a_flood_on_the_channel(target):
    """Gigabytes that nobody has asked for."""
    return defined(target, "while True:\n    send(bytes(2**20))", _CHANNEL)


@attack
def a_closed_channel(target):
    """Every file that is open is closed, and others put in their place."""
    return [
        "import os\nfor fd in range(200):\n    try:\n        os.close(fd)\n"
        "    except OSError:\n        pass\n"
        "ends = [os.pipe() for _ in range(20)]"
    ]


@attack
def sockets_left_open(target):
    """As many files and sockets as there can be."""
    before = """
import os, socket
kept = []
while True:
    try:
        kept.append((socket.socketpair(), os.pipe()))
    except OSError:
        break
"""
    return defined(target, before=before)


@attack(harms=True)
def another_side(target):
    """The part that answers the grader is replaced by one's own."""
    before = """
from course_lib.checks import side, values
side.Side.ask = lambda self, request: {"value": True, "after": ((), {})}
values.plain = side.plain = lambda value, keep: True
"""
    return defined(target, before=before)
