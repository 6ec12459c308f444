"""Plain values: all that an answer may take and give back.

None, truth values, whole and floating-point numbers, strings, tensors,
arrays, and lists, tuples, dicts and sets of them. Everything else stays
where it is, and a `Handle` stands for it. Whatever a value claims to be,
only its data is taken over: a subclass becomes its base, a named tuple a
tuple, a parameter a tensor without a graph.
"""

from dataclasses import dataclass

import numpy as np
import torch

DEEPEST = 16
MOST_PARTS = 20_000
MOST_KEYS = 5_000
MOST_BYTES = 64 * 2**20
LONGEST_TEXT = 100_000
LARGEST_INT = 2**256
TENSOR_TYPES = {
    str(kind).removeprefix("torch."): kind
    for kind in (
        torch.float64,
        torch.float32,
        torch.float16,
        torch.bfloat16,
        torch.int64,
        torch.int32,
        torch.int16,
        torch.int8,
        torch.uint8,
        torch.bool,
    )
}
TENSOR_NAMES = {kind: name for name, kind in TENSOR_TYPES.items()}
ARRAY_TYPES = {
    name: np.dtype(name)
    for name in "float64 float32 float16 int64 int32 int16 int8 "
    "uint64 uint32 uint16 uint8 bool".split()
}


@dataclass(frozen=True)
class Handle:
    """Something that is no plain value and stays on the student's side.

    Attributes:
        number: its place in the table of that side.
        kind: the name of its type, for messages only.
    """

    number: int
    kind: str


@dataclass(frozen=True)
class Kept:
    """Stands for what was lent to an answer and stays with the check.

    Attributes:
        number: its place among what was lent.
    """

    number: int


class Refused(ValueError):  # noqa: N818
    """A value that cannot be taken over: too deep, too long, too odd."""


def plain(value, keep):
    """Copy a value into exact plain types.

    Args:
        value: anything.
        keep: called with what is no plain value; gives its `Handle`.

    Returns:
        The same data in exact types, sharing no memory.

    Raises:
        Refused: when it is too deep, too long or no ordinary tensor.
    """
    return _Flattener(keep).flat(value, 0)


class _Flattener:
    def __init__(self, keep):
        self.keep, self.parts, self.bytes = keep, 0, 0

    def flat(self, value, depth):
        self.parts += 1
        if depth > DEEPEST:
            raise Refused("a container nested too deep, or in itself")
        if self.parts > MOST_PARTS:
            raise Refused(f"a container of more than {MOST_PARTS} values")
        if value is None or value is True or value is False:
            return value
        if isinstance(value, torch.Tensor):
            return self._tensor(value)
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, np.generic):
            return self.flat(value.item(), depth + 1)
        if isinstance(value, int):
            value = int.__index__(value)
            if abs(value) > LARGEST_INT:
                raise Refused("a whole number of more than 256 bits")
            return value
        if isinstance(value, float):
            return float.__float__(value)
        if isinstance(value, str):
            if len(value) > LONGEST_TEXT:
                raise Refused(f"a text of more than {LONGEST_TEXT} signs")
            return str.__str__(value)
        if isinstance(value, torch.dtype | torch.device):
            return str(value)
        if isinstance(value, tuple):
            return tuple(self.flat(v, depth + 1) for v in value)
        if isinstance(value, list | range):
            return [self.flat(v, depth + 1) for v in value]
        if isinstance(value, dict):
            self._few(value)
            return {
                self._key(k): self.flat(v, depth + 1) for k, v in value.items()
            }
        if isinstance(value, set | frozenset):
            self._few(value)
            return {self._key(v) for v in value}
        return self.keep(value)

    def _few(self, value):
        if len(value) > MOST_KEYS:
            raise Refused(f"a container of more than {MOST_KEYS} keys")

    def _key(self, value):
        if isinstance(value, np.generic):
            value = value.item()
        if not isinstance(value, str | int | float | bool | None):
            raise Refused(
                f"{kind_of(value)} as a key or in a set, where only "
                "texts and numbers can stand"
            )
        return self.flat(value, DEEPEST)

    def _size(self, n_bytes):
        self.bytes += n_bytes
        if self.bytes > MOST_BYTES:
            raise Refused(f"more than {MOST_BYTES // 2**20} MiB of numbers")

    def _tensor(self, value):
        if value.dtype not in TENSOR_NAMES:
            name = str(value.dtype).removeprefix("torch.")
            raise Refused(f"a tensor of {name}")
        if value.layout != torch.strided or value.device.type != "cpu":
            raise Refused(
                f"a tensor that is {value.layout} on {value.device}, not a "
                "dense one on the CPU"
            )
        self._size(value.numel() * value.element_size())
        copy = torch.empty(tuple(value.shape), dtype=value.dtype)
        return copy.copy_(value.detach())

    def _array(self, value):
        if value.dtype.name not in ARRAY_TYPES:
            raise Refused(f"an array of {value.dtype.name}")
        self._size(value.nbytes)
        return np.array(value, order="C", copy=True, subok=False)


def kind_of(value):
    """The name of a value's type with its article.

    >>> kind_of(3), kind_of([3])
    ('an int', 'a list')
    """
    kind = value.kind if isinstance(value, Handle) else type(value).__name__
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}"


def show(value, *, digits=4):
    """A value in a few words, for a message.

    >>> show(torch.tensor([1.0, 2.5]))
    '[1, 2.5]'
    >>> show(torch.zeros(2, 30))
    'a tensor of shape (2, 30)'
    """
    if isinstance(value, torch.Tensor | np.ndarray):
        kind = "a tensor" if isinstance(value, torch.Tensor) else "an array"
        size = int(np.prod(value.shape))
        if size > 12:
            return f"{kind} of shape {tuple(value.shape)}"
        return show(value.tolist(), digits=digits)
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, list | tuple):
        left, right = "[]" if isinstance(value, list) else "()"
        parts = [show(v, digits=digits) for v in value[:12]]
        parts += ["…"] * (len(value) > 12)
        comma = "," * (len(value) == 1 and left == "(")
        return left + ", ".join(parts) + comma + right
    if isinstance(value, dict):
        parts = [f"{k!r}: {show(v)}" for k, v in list(value.items())[:6]]
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, Handle):
        return f"{kind_of(value)} object"
    return repr(value)[:200]
