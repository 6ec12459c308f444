"""What crosses between a student's process and the checks: all or nothing."""

import json
import math
import random

import numpy as np
import pytest
import torch

from course_lib.checks.side import Fixture
from course_lib.checks.values import (
    ARRAY_TYPES,
    MOST_KEYS,
    TENSOR_TYPES,
    Handle,
    Kept,
)
from course_lib.grading.student_side.protocol import (
    HEAD,
    ProtocolError,
    decode,
    encode,
)

SEEDS = range(30)


def numbers(random_, kinds):
    """Raw bytes read as numbers of one of these types, of any shape."""
    kind = random_.choice(sorted(kinds))
    shape = [random_.randint(0, 4) for _ in range(random_.randint(0, 4))]
    raw = random_.randbytes(math.prod(shape) * kinds[kind].itemsize)
    return kind, shape, raw


def tensor(random_):
    """A tensor of any type that may cross."""
    name, shape, raw = numbers(random_, TENSOR_TYPES)
    kind = TENSOR_TYPES[name]
    if not raw:
        return torch.empty(shape, dtype=kind)
    bits = torch.frombuffer(bytearray(raw), dtype=torch.uint8)
    if kind is torch.bool:
        return (bits > 127).reshape(shape)
    return bits.view(kind).reshape(shape)


def array(random_):
    """An array of any type that may cross."""
    name, shape, raw = numbers(random_, ARRAY_TYPES)
    bits = np.frombuffer(raw, dtype=np.uint8)
    if ARRAY_TYPES[name] == np.bool_:
        return (bits > 127).reshape(shape)
    return bits.view(ARRAY_TYPES[name]).reshape(shape)


def value(random_, depth=0):
    """A plain value: a leaf, or a container of some."""
    leaves = [
        lambda: random_.choice([None, True, False, 0, -3, 2**70, 0.5]),
        lambda: random_.choice([math.inf, -math.inf, -0.0, 1e-310]),
        lambda: random_.choice(["", "text", "ü\0\n\"'", "\ud800"]),
        lambda: tensor(random_),
        lambda: array(random_),
        lambda: Handle(random_.randint(0, 9), "LeakyCell"),
    ]

    def some():
        n = random_.randint(0, 3)
        return [value(random_, depth + 1) for _ in range(n)]

    containers = [
        some,
        lambda: tuple(some()),
        lambda: set(random_.sample([None, 1, 2.5, "a", "b"], 3)),
        lambda: dict(zip(["a", 1, None], some(), strict=False)),
    ]
    return random_.choice(leaves + containers * (depth < 4))()


def same(a, b):
    """Whether both are the same value, to the last bit and type."""
    if type(a) is not type(b):
        return False
    if isinstance(a, torch.Tensor):
        # Bits, because NaN equals nothing.
        raw = [x.reshape(-1).view(torch.uint8).tolist() for x in (a, b)]
        return (a.dtype, a.shape, raw[0]) == (b.dtype, b.shape, raw[1])
    if isinstance(a, np.ndarray):
        return (a.dtype, a.shape, a.tobytes()) == (
            b.dtype,
            b.shape,
            b.tobytes(),
        )
    if isinstance(a, list | tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and same(list(a.values()), list(b.values()))
    if isinstance(a, float):
        return a.hex() == b.hex()
    return a == b


def frame(tree, data=b""):
    """A frame of this JSON tree, whatever it says."""
    text = tree if isinstance(tree, bytes) else json.dumps(tree).encode()
    return HEAD.pack(len(text), len(data)) + text + data


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_sent_comes_as_it_was(seed):
    """Every plain value, to the last bit."""
    random_ = random.Random(seed)
    for _ in range(30):
        sent = value(random_)
        assert same(decode(encode(sent)), sent)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_frame_that_was_changed_is_refused_or_is_another_value(seed):
    """Whatever stands in it, no other error gets out, and no fixture."""
    random_ = random.Random(seed)
    for _ in range(30):
        bytes_ = bytearray(encode(value(random_)))
        for _ in range(random_.randint(1, 3)):
            at = random_.randint(0, len(bytes_))
            if at < len(bytes_) and random_.random() < 0.5:
                bytes_[at] = random_.randrange(256)
            else:
                del bytes_[at : at + random_.randint(1, 9)]
        try:
            came = decode(bytes(bytes_))
        except ProtocolError:
            continue
        assert same(decode(encode(came)), came)


@pytest.mark.parametrize(
    "tree",
    [
        {},
        {"tuple": [], "list": []},
        b'{"tuple": [1], "tuple": [2]}',
        {"tuple": 1},
        {"tuple": {"tuple": []}},
        {"list": []},
        {"__init__": []},
        {"dict": [[1, 2, 3]]},
        {"dict": [[[], 1]]},
        {"set": [{"tuple": [1]}]},
        {"set": list(range(MOST_KEYS + 1))},
        {"tensor": ["float32", [1], 0]},
        {"tensor": ["object", [0], 0]},
        {"tensor": ["float32", [-1], 0]},
        {"tensor": ["float32", [True], 0]},
        {"tensor": ["float32", [2**31], 0]},
        {"tensor": ["float32", [0] * 9, 0]},
        {"array": ["object", [0], 0]},
        {"handle": [0.5, "kind"]},
        {"handle": [1, 2]},
        {"fixture": ["multi_step.length", {"tuple": []}, {"dict": []}]},
        {"kept": [0]},
        b"[1, 2",
        b"\xff",
        b"[" * 100_000,
    ],
    ids=str,
)
def test_what_the_protocol_does_not_have_is_refused(tree):
    """Unknown objects, impossible sizes, and what only the checks send."""
    with pytest.raises(ProtocolError):
        decode(frame(tree))


def test_bytes_that_belong_to_nothing_are_refused():
    """And no byte stands for two numbers."""
    one = {"tensor": ["uint8", [4], 0]}
    assert decode(frame(one, b"1234")).tolist() == [49, 50, 51, 52]
    for tree, data in (
        (one, b"12345"),
        ([one, one], b"1234"),
        ({"tensor": ["uint8", [2], 1]}, b"123"),
    ):
        with pytest.raises(ProtocolError):
            decode(frame(tree, data))
    with pytest.raises(ProtocolError):
        decode(frame(one, b"1234") + b"5")


def test_fixtures_and_kept_things_go_one_way():
    """From the checks to the student's side."""
    for sent in (Fixture("multi_step.length", (1,), {"a": 2}), Kept(3)):
        assert decode(encode(sent), fixtures=True) == sent
        with pytest.raises(ProtocolError):
            decode(encode(sent))
