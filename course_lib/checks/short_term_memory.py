"""What assignment 10 hands out: black boxes with a memory of known reach."""

import numpy as np
import torch

from course_lib.checks.assertions import fail, parts, tensor
from course_lib.checks.lent import kept_back

FADES = (
    "a state that fades: with a weight of 1 or less on itself, tanh draws a "
    "unit back to 0 (a sign that flips, or units that hear each other, lose "
    "it as well)"
)


@kept_back
def looks_at(steps, weights):
    """Answers by the signs of single inputs, so many steps back.

    Args:
        steps: steps back from the last one, 0 for the last itself.
        weights: what each of these inputs counts.
    """

    def model(xs):
        signs = torch.sign(xs[..., 0])
        return sum(
            weight * signs[:, xs.shape[1] - 1 - step]
            for step, weight in zip(steps, weights, strict=True)
        )

    return model


@kept_back
def compares(first, second):
    """Whether two inputs, so many steps back, have the same sign."""

    def model(xs):
        signs = torch.sign(xs[..., 0])
        last = xs.shape[1] - 1
        return (signs[:, last - first] == signs[:, last - second]).to(xs.dtype)

    return model


@kept_back
def either(first, second):
    """Whether one of two inputs, so many steps back, is positive."""

    def model(xs):
        last = xs.shape[1] - 1
        positive = xs[..., 0] > 0
        return (positive[:, last - first] | positive[:, last - second]).to(
            xs.dtype
        )

    return model


@kept_back
def forgets():
    """The same answer, whatever it reads."""
    return lambda xs: torch.zeros(len(xs), dtype=xs.dtype)


def latch(value):
    """Weights (W_x, W_h, b) of four tanh units, in float64, or a message."""
    asked = "latch = (W_x, W_h, b)"
    W_x, W_h, b = (_array(part) for part in parts(value, 3, asked))
    return (
        tensor(W_x, (4, 8), f"{asked}: W_x, four units and eight features"),
        tensor(W_h, (4, 4), f"{asked}: W_h"),
        tensor(b, (4,), f"{asked}: b"),
    )


def _array(value):
    """Lists of numbers as an array; anything else as it is."""
    if not isinstance(value, list | tuple):
        return value
    try:
        return np.array(value, dtype=float)
    except (TypeError, ValueError):
        return value


def recalled(weights, draws, *, length, distractors, noise, margin=1e-3):
    """Share of first symbols that these weights keep.

    Args:
        weights: from `latch`.
        draws: from ``checks.draws``.
        length: steps T.
        distractors: whether later inputs hold a distractor each.
        noise: standard deviation of what is added to every feature.
        margin: how far the largest state must lie above the second.
    """
    W_x, W_h, b = weights
    first = torch.arange(80) % 4
    xs = noise * draws.normal(80, length, 8)
    xs[torch.arange(80), 0, first] += 1
    if distractors:
        rows = torch.arange(80)
        for t in range(1, length):
            xs[rows, t, 4 + (rows * (t + 3) // 3) % 4] += 1
    h = torch.zeros(80, 4, dtype=torch.float64)
    for x in xs.unbind(1):
        h = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    best, second = h.topk(2, dim=1).values.unbind(1)
    # A tie, or a difference that rounding makes, names nothing.
    named = (h.argmax(dim=1) == first) & (best - second > margin)
    return named.double().mean().item()


def keeps(weights, draws, stages):
    """Fail at the first stage at which the first symbol is lost.

    Args:
        weights: from `latch`.
        draws: from ``checks.draws``.
        stages: (length, distractors, noise, misconception) each.
    """
    for length, distractors, noise, looks_like in stages:
        share = recalled(
            weights,
            draws,
            length=length,
            distractors=distractors,
            noise=noise,
        )
        if share < 0.97:
            steps = "1 step" if length == 1 else f"{length} steps"
            after = f"the first symbol after {steps}"
            other = ", with distractors" if distractors else ""
            loud = f", noise {noise}" if noise else ""
            # Noise wins over a state that has faded nearly to nothing, too.
            quiet = {"length": length, "distractors": False, "noise": 0.0}
            if noise and recalled(weights, draws, **quiet, margin=0.2) < 0.97:
                looks_like = FADES
            fail(
                after + other + loud,
                f"{share:.0%} named right",
                looks_like=looks_like,
            )
