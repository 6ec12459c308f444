"""The cells that assignment 2 drives, and the drivers that it hands out."""

import torch

from course_lib.checks.answers import Answer, call, fixture
from course_lib.checks.assertions import choice, fail, require, what_came
from course_lib.checks.draws import draws
from course_lib.checks.lent import kept_back, reals
from course_lib.checks.values import kind_of, show

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
        if isinstance(state, torch.Tensor) or len(state) != 2:
            raise ValueError(
                "expected a pair, as the first state is, got "
                f"{_shapes(state)}: the output in place of the last state?"
            )
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
        if not isinstance(h, torch.Tensor) or h.shape[-1:] != W_h.shape[:1]:
            raise ValueError(
                f"expected one tensor (B, {len(W_h)}), as the first state "
                f"is, got {_shapes(h)}: a state may be a tensor or a tuple, "
                "and it is not the output"
            )
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


def begun(cell, batch_size):
    """The state that a cell gives before the first step, or a message."""
    make = cell.initial_state
    if not isinstance(make, Answer):
        fail(
            "cell.initial_state(batch_size)",
            f"initial_state is {what_came(make)}",
            looks_like="a state in the place of a method: how many rows it "
            "needs is known when the batch is",
        )
    return make(batch_size)


def untouched(answer, *args):
    """The result of a call that writes into none of its arguments.

    States are tuples of tensors, or tensors; both are looked at.
    """
    done = call(answer, *args)
    for before, after in zip(args, done.args, strict=True):
        for one, other in zip(reals(before), reals(after), strict=True):
            require(
                torch.allclose(one, other, rtol=0, atol=0, equal_nan=True),
                "a call that reads its inputs and its state",
                f"{_shapes(before)} was changed by the call",
                looks_like="writing in place (x[...] =, +=, or a method that "
                "ends in _) on a tensor or a state that belongs to the caller",
                example=f"before {show(one)}, after {show(other)}",
            )
    return done.value


def like(after, before, asked):
    """A state has the type and the shapes of the one before, or a message."""
    if _shapes(after) != _shapes(before):
        fail(
            asked,
            f"a state of {_shapes(after)}, after one of {_shapes(before)}",
            looks_like="a state that comes out in another type or shape than "
            "it went in: the contract; initial_state(batch_size) makes one "
            "for the whole batch",
        )


def _shapes(state):
    """The shapes of a state's parts in words, the same for equal kinds."""
    if isinstance(state, torch.Tensor):
        return f"a tensor {tuple(state.shape)}"
    if isinstance(state, tuple | list):
        return "a tuple of " + ", ".join(_shapes(part) for part in state)
    return kind_of(state)


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
                mean = new.double().mean(0, keepdim=True)
                new = mean.expand_as(new).to(new.dtype)
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
