"""Properties that hold for every right answer, whatever its weights.

They need no reference: change one thing, and see what else changes.
"""

import torch

from course_lib.checks.assertions import fail, tensor
from course_lib.checks.draws import draws


def causal(run, xs, step, asked, *, looks_like=None):
    """The output at a step depends on the inputs up to it, not on later ones.

    Args:
        run: (B, T, D) -> (B, T, ...), one output for each input step.
        xs: inputs (B, T, D).
        step: the steps after this one are changed.
        asked: what was asked.
        looks_like: the misconception to name.
    """
    before = _run(run, xs, asked)
    other = xs.clone()
    other[:, step + 1 :] += draws("causal").normal(*other[:, step + 1 :].shape)
    after = _run(run, other, asked)
    moved = _moved(before, after).flatten(2).any(2).any(0)
    if moved[: step + 1].any():
        first = int(moved.nonzero()[0])
        fail(
            asked,
            f"changing the inputs after step {step} changed the output of "
            f"step {first}",
            expected=f"outputs of steps 0 to {step} as before",
            looks_like=looks_like or "an output that looks into the future",
            example=f"T = {xs.shape[1]}: inputs {step + 1} to "
            f"{xs.shape[1] - 1} changed",
        )
    if not moved[step + 1 :].any():
        fail(
            asked,
            f"changing the inputs after step {step} changed no output",
            looks_like="an output that does not read its own input",
        )


def independent(run, xs, asked, *, looks_like=None):
    """Every series of a batch is handled as if it were alone.

    Args:
        run: (B, T, D) -> (B, ...).
        xs: inputs (B, T, D) with B at least 2.
        asked: what was asked.
        looks_like: the misconception to name.
    """
    whole = _run(run, xs, asked)
    for b in range(len(xs)):
        alone = _run(run, xs[b : b + 1], asked, n=1)[0]
        if alone.shape == whole[b].shape and not _moved(alone, whole[b]).any():
            continue
        fail(
            asked,
            f"series {b} gives something else in a batch of {len(xs)} than "
            "alone",
            expected="the same, whatever else is in the batch",
            looks_like=looks_like
            or "batch and time axes that are mixed, or a mean or a state "
            "shared over the batch",
        )


def unread(run, xs, hidden, asked, *, looks_like):
    """The output does not depend on the entries where ``hidden`` is true.

    Args:
        run: inputs -> output.
        xs: inputs.
        hidden: mask of the shape of ``xs``, or one that broadcasts to it.
        asked: what was asked.
        looks_like: the misconception to name.
    """
    before = _run(run, xs, asked, n=None)
    noise = draws("unread").normal(*xs.shape).to(xs.dtype)
    after = _run(run, torch.where(hidden, xs + noise, xs), asked, n=None)
    if _moved(before, after).any():
        fail(
            asked,
            "the output changed with inputs that it may not read",
            expected="the same output",
            looks_like=looks_like,
        )


def _run(run, xs, asked, n=0):
    """The output for ``xs``, with one entry for each series."""
    value = run(xs)
    n = len(xs) if n == 0 else n
    shape = getattr(value, "shape", None)
    if shape is None:
        return tensor(value, (n, 1), asked)
    if n is not None and tuple(shape[:1]) != (n,):
        fail(
            asked,
            f"shape {tuple(shape)} for {n} series",
            expected="one output for each series, along axis 0",
        )
    return tensor(value, shape, asked)


def _moved(before, after):
    scale = max(before.abs().max().item(), 1e-12)
    return (before - after).abs() > 1e-6 * scale
