"""How plain values cross between the two processes: bounded, never pickled.

A message is a frame: two whole numbers of 4 bytes (the length of the text,
the length of the data, most significant byte first), then the text, which
is JSON, then the data, which are the numbers of tensors and arrays one
behind the other: in the order of the text, without gaps. In the JSON,

    null, true, 1, 0.5, "text", [...]     stand for themselves,
    {"tuple": [...]}, {"set": [...]}, {"dict": [[key, value], ...]},
    {"tensor": [type, sizes, offset]}, {"array": [type, sizes, offset]},
    {"handle": [number, kind]}, {"fixture": [where, args, kwargs]},
    {"kept": [number]}

and any other object is refused. What does not decode exactly is refused:
`ProtocolError`, and the reply counts as none.
"""

import json
import math
import struct

import numpy as np
import torch

from course_lib.checks.side import Fixture
from course_lib.checks.values import (
    ARRAY_TYPES,
    DEEPEST,
    MOST_BYTES,
    MOST_KEYS,
    MOST_PARTS,
    TENSOR_NAMES,
    TENSOR_TYPES,
    Handle,
    Kept,
)

LONGEST_JSON = 4 * 2**20
MOST_AXES = 8
LONGEST_REASON = 200
HEAD = struct.Struct(">II")
KINDS = frozenset("tuple set dict tensor array handle fixture kept".split())
# What stands for itself. By exact type: it is asked for each part of a value.
BARE = frozenset([type(None), bool, int, float, str])
TEXT = json.JSONEncoder(separators=(",", ":"), check_circular=False)


def _one(pairs):
    """An object of the text, as pair: before a dict is made of its keys."""
    ((kind, content),) = pairs
    return kind, content


PARSER = json.JSONDecoder(object_pairs_hook=_one)


class ProtocolError(ValueError):
    """A message that is not what the protocol says."""


def encode(value):
    """Plain value -> the bytes of a frame.

    >>> decode(encode((1, [2.5, "text"])))
    (1, [2.5, 'text'])
    """
    blobs, length = [], 0

    def data(kind, name, sizes, blob):
        nonlocal length
        blobs.append(blob)
        length += len(blob)
        return {kind: [name, list(sizes), length - len(blob)]}

    def build(value):
        if type(value) in BARE:
            return value
        if isinstance(value, torch.Tensor):
            numbers = value.detach()
            if numbers.dtype is torch.bfloat16:  # NumPy doesn't have it
                numbers = numbers.contiguous().view(torch.int16)
            blob = numbers.numpy().tobytes()
            return data("tensor", TENSOR_NAMES[value.dtype], value.shape, blob)
        if isinstance(value, np.ndarray):
            return data(
                "array", value.dtype.name, value.shape, value.tobytes()
            )
        if isinstance(value, list):
            return [build(v) for v in value]
        if isinstance(value, tuple):
            return {"tuple": [build(v) for v in value]}
        if isinstance(value, set):
            return {"set": [build(v) for v in value]}
        if isinstance(value, dict):
            return {"dict": [[build(k), build(v)] for k, v in value.items()]}
        if isinstance(value, Handle):
            return {"handle": [value.number, value.kind]}
        if isinstance(value, Kept):
            return {"kept": [value.number]}
        if isinstance(value, Fixture):
            parts = [value.where, build(value.args), build(value.kwargs)]
            return {"fixture": parts}
        if isinstance(value, int | float | str):  # of a type made from them
            return value
        raise ProtocolError(f"a {type(value).__name__} cannot cross")

    text = TEXT.encode(build(value)).encode()
    return b"".join([HEAD.pack(len(text), length), text, *blobs])


def decode(frame, *, fixtures=False):
    """The bytes of a frame -> plain value.

    Args:
        frame: one whole frame.
        fixtures: whether fixtures and kept things may stand in it; the
            trusted side never takes one.

    Raises:
        ProtocolError: when anything is not exactly as described above.
    """
    try:
        n_text, n_data = HEAD.unpack_from(frame)
        check_head(n_text, n_data)
        if len(frame) != HEAD.size + n_text + n_data:
            raise ProtocolError("a frame of another length than it says")
        text = bytes(frame[HEAD.size : HEAD.size + n_text])
        tree = PARSER.decode(text.decode())
        data = memoryview(frame)[HEAD.size + n_text :]
        builder = _Builder(data, fixtures)
        value = builder.build(tree, 0)
        if builder.used != n_data:
            raise ProtocolError("numbers that belong to nothing")
        return value
    except ProtocolError:
        raise
    except Exception as error:  # whatever it is: no message
        text = f"{type(error).__name__}: {error}"[:LONGEST_REASON]
        raise ProtocolError(text) from None


def check_head(n_text, n_data):
    """Raise unless the lengths in a frame's head are within bounds."""
    if n_text > LONGEST_JSON or n_data > 2 * MOST_BYTES:
        raise ProtocolError("a frame longer than the protocol allows")


class _Builder:
    def __init__(self, data, fixtures):
        self.data, self.fixtures = data, fixtures
        self.parts = self.used = 0

    def build(self, tree, depth):
        self.parts += 1
        if depth > 2 * DEEPEST or self.parts > 4 * MOST_PARTS:
            raise ProtocolError("a value too deep or too long")
        if type(tree) in BARE:
            return tree
        if type(tree) is list:
            return [self.build(v, depth + 1) for v in tree]
        if type(tree) is not tuple:
            raise ProtocolError("a value that the protocol does not have")
        kind, content = tree
        if kind not in KINDS or type(content) is not list:
            raise ProtocolError("an object that the protocol does not have")
        return getattr(self, f"_{kind}")(content, depth + 1)

    def _tuple(self, content, depth):
        return tuple(self.build(v, depth) for v in content)

    def _few(self, content):
        # Keys whose hashes collide take the square of their number.
        self.parts += len(content)
        if len(content) > MOST_KEYS:
            raise ProtocolError(f"more than {MOST_KEYS} keys")

    def _set(self, content, depth):
        self._few(content)
        return {_key(v) for v in content}

    def _dict(self, content, depth):
        self._few(content)
        return {_key(k): self.build(v, depth) for k, v in content}

    def _tensor(self, content, depth):
        name, sizes, offset = content
        kind = TENSOR_TYPES[name] if name in TENSOR_TYPES else None
        if kind is None:
            raise ProtocolError("a tensor of an unknown type")
        blob = self._blob(sizes, offset, kind.itemsize)
        if not blob:
            return torch.empty(sizes, dtype=kind)
        if kind is torch.bool:
            raw = torch.frombuffer(bytearray(blob), dtype=torch.uint8)
            return (raw != 0).reshape(sizes)
        return torch.frombuffer(bytearray(blob), dtype=kind).reshape(sizes)

    def _array(self, content, depth):
        name, sizes, offset = content
        kind = ARRAY_TYPES[name] if name in ARRAY_TYPES else None
        if kind is None:
            raise ProtocolError("an array of an unknown type")
        blob = self._blob(sizes, offset, kind.itemsize)
        if kind == np.bool_:
            raw = np.frombuffer(blob, dtype=np.uint8)
            return (raw != 0).reshape(sizes)
        return np.frombuffer(bytearray(blob), dtype=kind).reshape(sizes)

    def _blob(self, sizes, offset, n_bytes):
        whole = [offset, *sizes]
        if len(sizes) > MOST_AXES or not all(
            type(n) is int and 0 <= n < 2**31 for n in whole
        ):
            raise ProtocolError("impossible sizes")
        # Each byte is used once: no small frame makes large values.
        end = offset + math.prod(sizes) * n_bytes
        if offset != self.used or end > len(self.data):
            raise ProtocolError("numbers where there are none in the frame")
        self.used = end
        return self.data[offset:end]

    def _handle(self, content, depth):
        number, kind = content
        if type(number) is not int or type(kind) is not str:
            raise ProtocolError("a handle that is none")
        return Handle(number, kind[:100])

    def _fixture(self, content, depth):
        if not self.fixtures:
            raise ProtocolError("a fixture from the wrong side")
        where, args, kwargs = content
        return Fixture(
            where, self.build(args, depth), self.build(kwargs, depth)
        )

    def _kept(self, content, depth):
        if not self.fixtures:
            raise ProtocolError("a kept thing from the wrong side")
        return Kept(*content)


def _key(value):
    if type(value) not in BARE:
        raise ProtocolError("a key that is no text or number")
    return value


def receive(read):
    """One frame from ``read(n)``, which gives n bytes or raises."""
    head = read(HEAD.size)
    n_text, n_data = HEAD.unpack(head)
    check_head(n_text, n_data)
    return head + read(n_text + n_data)
