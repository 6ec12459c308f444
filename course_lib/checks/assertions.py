"""Shape and type first, then the numbers: assertions that explain.

Each takes what came back and says, if it is not right, what was asked,
what came, which misconception it looks like and where to read again.
``suspects`` maps a misconception, in the words of the chapter, to the
result that it would give on these very inputs; ``looks_like`` is said when
none of them fits, so that an isolated term names its own misconception.
"""

import math

import numpy as np
import torch

from course_lib.checks import topic
from course_lib.checks.answers import Answer, _called, call
from course_lib.checks.failures import CheckFailed
from course_lib.checks.values import kind_of, show

NUMBERS = (int, float)


def fail(asked, got=None, *, expected=None, looks_like=None, example=None):
    """Fail with a message of these parts."""
    raise CheckFailed(asked, got, expected, looks_like, example, topic.see)


def require(holds, asked, got=None, *, looks_like=None, example=None):
    """Fail unless ``holds``: for what no other assertion says."""
    if not holds:
        fail(asked, got, looks_like=looks_like, example=example)


def tensor(value, shape, asked, *, suspects=None, finite=True):
    """A result of this shape, as float64 tensor, or a message.

    Args:
        value: what came back; a tensor or an array.
        shape: sizes that it must have.
        asked: what was asked, with the sizes in words.
        suspects: {misconception: the shape that it gives}.
        finite: whether NaN and infinity fail.

    >>> tensor(torch.zeros(2, 3), (2, 3), "zeros (2, 3)").dtype
    torch.float64
    """
    expected = f"a tensor of shape {tuple(shape)}"
    if not isinstance(value, torch.Tensor | np.ndarray):
        fail(
            asked,
            what_came(value),
            expected=expected,
            looks_like=_type_hint(value, asked, tuple(shape)),
        )
    if tuple(value.shape) != tuple(shape):
        fits = [
            text
            for text, other in (suspects or {}).items()
            if tuple(other) == tuple(value.shape)
        ]
        fail(
            asked,
            f"shape {tuple(value.shape)}",
            expected=expected,
            looks_like=fits[0] if fits else _shape_hint(value.shape, shape),
        )
    result = torch.as_tensor(value).to(torch.float64)
    # For so few numbers NumPy takes less than half the time.
    if finite and not np.isfinite(result.numpy(force=True)).all():
        fail(
            asked,
            f"{int((~result.isfinite()).sum())} NaN or infinite entries, the "
            f"first at {(~result.isfinite()).nonzero()[0].tolist()}",
            expected="finite numbers",
            looks_like="a division by zero, a logarithm of something "
            "negative, or memory that was never filled (torch.empty)",
        )
    return result


def number(value, asked):
    """A single finite number, as float, or a message."""
    if (
        isinstance(value, torch.Tensor | np.ndarray)
        and math.prod(value.shape) == 1
    ):
        value = value.reshape(()).item()
    if isinstance(value, bool) or not isinstance(value, NUMBERS):
        fail(
            asked,
            what_came(value),
            expected="one number",
            looks_like=_type_hint(value, asked),
        )
    if not math.isfinite(value):
        fail(asked, str(value), expected="a finite number")
    return value


def parts(value, n, asked):
    """A tuple or list of ``n`` results, or a message.

    >>> parts((1, 2), 2, "two numbers")
    (1, 2)
    """
    if not isinstance(value, tuple | list) or len(value) != n:
        came = what_came(value)
        if isinstance(value, tuple | list):
            came = f"{len(value)} of them"
        fail(
            asked,
            came,
            expected=f"{n} values, in a tuple",
            looks_like=f"a return without all of the {n} values",
        )
    return value


def mapping(value, names, asked):
    """A dict with these names, each with a finite number, or a message."""
    expected = "a dict with the names " + ", ".join(names)
    if not isinstance(value, dict):
        fail(asked, what_came(value), expected=expected)
    missing = [name for name in names if name not in value]
    if missing:
        fail(asked, f"no {', '.join(missing)}", expected=expected)
    for name in names:
        number(value[name], f"{asked}: {name} is a number")
    return value


def close(
    value,
    expected,
    asked,
    *,
    suspects=None,
    looks_like=None,
    example=None,
    tolerance=2e-5,
):
    """The numbers are these, within a share of the largest one.

    Args:
        value: what came back: a number, tensor or array.
        expected: a number, tensor, array or nested list.
        asked: what was asked.
        suspects: {misconception: the result that it gives here}; a value
            may be a function without arguments that computes it.
        looks_like: what to say when none of the suspects fits.
        example: the smallest example that shows it.
        tolerance: allowed share of the largest expected entry; the default
            lets float32 pass.
    """
    if isinstance(expected, NUMBERS):
        got = torch.tensor(number(value, asked), dtype=torch.float64)
    else:
        expected = torch.as_tensor(expected)
        got = tensor(value, tuple(expected.shape), asked)
    want = torch.as_tensor(expected).to(torch.float64)
    if _equal(got, want, tolerance):
        return
    text = looks_like
    for name, other in (suspects or {}).items():
        other = other() if callable(other) else other
        other = torch.as_tensor(other).to(torch.float64)
        if other.shape == got.shape and _equal(got, other, tolerance):
            text = name
            break
    came, wanted = show(got), show(want)
    if got.numel() > 12:
        came, wanted = _first_difference(got, want, tolerance)
    fail(
        asked,
        came,
        expected=wanted,
        looks_like=text or _guess(got, want, tolerance),
        example=example,
    )


def choice(value, right, asked, *, options, explain=None):
    """One of several options was chosen, and it is the right one.

    Args:
        value: the option that the answer names.
        right: the right one.
        asked: the question.
        options: all that may be named.
        explain: {wrong option: the misconception behind it}.
    """
    if value not in options:
        fail(asked, show(value), expected="one of " + ", ".join(options))
    if value != right:
        fail(asked, show(value), looks_like=(explain or {}).get(value))


def keeps_arguments(answer, *args, asked=None, **kwargs):
    """A call leaves its arguments as they were; gives its result."""
    done = call(answer, *args, **kwargs)
    for number_, (before, after) in enumerate(
        zip(args, done.args, strict=True)
    ):
        if isinstance(before, torch.Tensor | np.ndarray):
            was, now = (torch.as_tensor(v).double() for v in (before, after))
            same = was.shape == now.shape and bool(
                ((was == now) | (was.isnan() & now.isnan())).all()
            )
            if same:
                continue
            fail(
                asked or f"{_called(answer, args, kwargs)} reads its inputs",
                f"argument {number_ + 1} was changed by the call",
                looks_like="writing in place (x[...] =, +=, or a method that "
                "ends in _) on a tensor that belongs to the caller",
                example=f"before {show(before)}, after {show(after)}",
            )
    return done.value


def what_came(value):
    """A value in a few words, with its type, for a message."""
    if value is None:
        return "None"
    if isinstance(value, Answer):
        return f"a {value._label} object"
    return f"{kind_of(value)}: {show(value)}"


def _type_hint(value, asked="", shape=None):
    if value is None and "gradient" in asked:
        return (
            "a graph that is cut: detach(), item(), numpy() or "
            "torch.no_grad() on the way from this input to the output"
        )
    if value is None:
        return "a function without return, or one that ends in print"
    if isinstance(value, Answer):
        return "a class, or a function, given back instead of its result"
    if isinstance(value, list | tuple):
        return "steps that were collected and never joined (torch.stack)"
    if isinstance(value, NUMBERS) and shape == ():
        return (
            "a plain number, where a tensor is asked for: item() or float() "
            "cuts the graph, and nothing can be learned from what is left"
        )
    if isinstance(value, NUMBERS):
        return "a sum or mean over everything, where each entry counts"
    return "a value of another type than the question asks for"


def _shape_hint(got, want):
    got, want = tuple(got), tuple(want)
    if sorted(got) == sorted(want):
        return "two axes that are swapped: batch first, then time"
    if math.prod(got) == math.prod(want):
        return "the right number of entries, in other axes"
    if len(got) == len(want):
        off = [
            n for n, (a, b) in enumerate(zip(got, want, strict=True)) if a != b
        ]
        if len(off) == 1 and abs(got[off[0]] - want[off[0]]) == 1:
            return f"one too many or too few along axis {off[0]}"
    if len(got) == len(want) - 1:
        return (
            "an axis that got lost: an index where a slice belongs, or "
            "a missing feature axis"
        )
    return "an axis that should be there and is not, or the other way round"


def _equal(got, want, tolerance):
    got, want = got.numpy(force=True), want.numpy(force=True)
    with np.errstate(all="ignore"):  # a notebook may have set another
        scale = max(np.abs(want).max(initial=0.0), 1e-12)
        return bool((np.abs(got - want) <= tolerance * scale).all())


def _guess(got, want, tolerance):
    if _equal(-got, want, tolerance):
        return "the opposite sign"
    if (
        want.ndim > 1
        and got.shape == got.mT.shape
        and _equal(got.mT, want, tolerance)
    ):
        return "a transposed matrix"
    both = got.abs().max() > 0 and want.abs().max() > 0
    if both:
        ratio = (got.norm() / want.norm()).item()
        if _equal(got / ratio, want, tolerance):
            return f"the right numbers times {ratio:.3g}"
    if got.abs().max() == 0:
        return "zeros: a result that is made and never filled"
    return None


def _first_difference(got, want, tolerance):
    """The first wrong entry, and what it should be."""
    scale = max(want.abs().max().item(), 1e-12)
    at = ((got - want).abs() > tolerance * scale).nonzero()[0].tolist()
    n, m = got[tuple(at)].item(), want[tuple(at)].item()
    return f"{n:.5g} as entry {at} of {tuple(got.shape)}", f"{m:.5g} there"
