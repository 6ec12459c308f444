"""The cells that assignment 2 drives, and the drivers that it hands out."""

import torch

from course_lib.checks.answers import Answer, fixture
from course_lib.checks.assertions import choice, fail
from course_lib.checks.draws import draws
from course_lib.checks.lent import kept_back
from course_lib.checks.values import show

# By code: what a driver does otherwise.
NAMES = (
    "right",
    "restarts",
    "remembers",
    "mixes",
    "output as state",
    "stale state",
)
# What a probe has overlooked that calls such a driver by another name.
OVERLOOKED = {
    "right": "a probe that takes something for a fault that every driver "
    "does, or one whose cell doesn't keep the contract",
    "restarts": "a probe that starts from zeros only: give another state and "
    "see whether the outputs know",
    "remembers": "a probe that calls the driver once: call it twice in the "
    "same way and compare",
    "mixes": "a probe with one series, or with all series alike",
    "output as state": "a probe with a cell whose output is its state; use "
    "one where they differ",
    "stale state": "a probe that looks at the outputs only: look at the "
    "state that comes back, and go on from it",
}


def ledger():
    """A cell with two states: totals (B, D) and steps (B, 1).

    It shows the totals with the opposite sign, so output and state differ.
    """

    def step(x, state):
        totals, steps = state
        totals = totals + x
        return -totals, (totals, steps + 1)

    return step


def mixer(W_x, W_h):
    """A cell with one state (B, H) that shows its first two units, doubled.

    Args:
        W_x: (H, D).
        W_h: (H, H).
    """

    def step(x, h):
        h = torch.tanh(x.to(W_x.dtype) @ W_x.T + h.to(W_x.dtype) @ W_h.T)
        return 2 * h[:, :2], h

    return step


def made(cls, *args):
    """An object of an answered class, or a message."""
    cell = cls(*args)
    if not isinstance(cell, Answer):
        fail(
            "a class, whose objects are cells",
            show(cell),
            looks_like="a function in place of the class: its call gives a "
            "value, and no cell to be called",
        )
    return cell


def flow(gradient):
    """The largest entry of a gradient, 0 where none flows."""
    return 0.0 if gradient is None else gradient.abs().max().item()


def order(label):
    """The codes of the six drivers, in a random order."""
    return draws(f"memory {label}").shuffled(range(len(NAMES)))


def judge(diagnose, code, *, other=False):
    """Ask what a driver is; the message says what the probe overlooked."""
    found = diagnose(fixture("memory_cells.driver", code, other=other))
    right = NAMES[code]
    choice(
        found,
        right,
        f"diagnose(driver), of a driver that is: {right}",
        options=NAMES,
        explain={name: OVERLOOKED[right] for name in NAMES if name != right},
    )


@kept_back
def driver(code, other=False):
    """A driver (cell, xs, state) -> (hs, state) of the kind of this code.

    Args:
        code: index into `NAMES`.
        other: written otherwise.
    """
    kind = NAMES[code]
    kept = []

    def steps(cell, xs, state):
        for x in xs.unbind(1):
            h, new = cell(x, state)
            if kind == "mixes":
                new = new.mean(0, keepdim=True).expand_as(new)
            state = h if kind == "output as state" else new
            yield h, state

    def run(cell, xs, state):
        given = state
        if kind == "restarts":
            state = torch.zeros_like(state)
        if kind == "remembers" and kept and kept[-1].shape == state.shape:
            state = kept[-1]
        if other:
            hs, states = zip(*steps(cell, xs, state), strict=True)
            hs, state = torch.stack(hs).transpose(0, 1), states[-1]
        else:
            hs = []
            for h, new in steps(cell, xs, state):
                hs.append(h)
                state = new
            hs = torch.stack(hs, dim=1)
        kept.append(state)
        return hs, (given if kind == "stale state" else state)

    return run
