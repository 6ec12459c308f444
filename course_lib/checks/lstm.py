"""What assignment 11 runs weights with, and the steps that it hands out."""

import torch

from course_lib.cells import LSTMCell, LSTMState
from course_lib.checks.answers import fixture
from course_lib.checks.assertions import choice, parts, tensor
from course_lib.checks.draws import draws
from course_lib.checks.lent import kept_back
from course_lib.recurrent import trace_gates

# By code: what a step does otherwise.
NAMES = (
    "right",
    "swapped",
    "no tanh",
    "sigmoid candidate",
    "output gate on c",
    "1 forgets",
)
# What a probe has overlooked that calls such a step by another name.
OVERLOOKED = {
    "right": "a probe that takes rounding for a fault, or one that does not "
    "know what the equations give at its inputs",
    "swapped": "a probe in which i and f have the same value, or c and the "
    "candidate: swapping them changes nothing there",
    "no tanh": "a probe with a small c, where tanh(c) is nearly c, or one "
    "that does not look at h",
    "sigmoid candidate": "a probe with the input gate shut, or with a "
    "candidate above zero where a sign would tell",
    "output gate on c": "a probe with the output gate open, or one that "
    "does not look at the c that comes out",
    "1 forgets": "a probe with f at a half, where f and 1 - f are the same, "
    "or with c at zero",
}


def weights(value, input_size, name):
    """Weights (W_x, W_h, b) of one unit, in float64, or a message."""
    asked = f"{name} = (W_x, W_h, b)"
    W_x, W_h, b = parts(value, 3, asked)
    return (
        tensor(W_x, (4, input_size), f"{asked}: W_x"),
        tensor(W_h, (4, 1), f"{asked}: W_h"),
        tensor(b, (4,), f"{asked}: b"),
    )


def run(weights, xs, c=0.0):
    """Outputs and cell states of one unit with these weights, (B, T, 1)."""
    cell = LSTMCell(xs.shape[-1], 1).double()
    with torch.no_grad():
        cell.x_to_gates.weight.copy_(weights[0])
        cell.h_to_gates.weight.copy_(weights[1])
        cell.x_to_gates.bias.copy_(weights[2])
    first = cell.initial_state(len(xs))
    traces = trace_gates(
        cell, xs.double(), LSTMState(first.h, first.c + float(c))
    )
    return traces["h"], traces["c"]


def order(label):
    """The codes of the six steps, in a random order."""
    return draws(f"lstm {label}").shuffled(range(len(NAMES)))


def judge(diagnose, code, *, other=False):
    """Ask what a step is; the message says what the probe overlooked."""
    step = fixture("lstm.step", code, other=other)
    found = diagnose(step)
    right = NAMES[code]
    choice(
        found,
        right,
        f"diagnose(step), of a step that is: {right}",
        options=NAMES,
        explain={name: OVERLOOKED[right] for name in NAMES if name != right},
    )


@kept_back
def step(code, other=False):
    """A step (x, h, c, W_x, W_h, b) -> (h, c) of the kind of this code.

    Args:
        code: index into `NAMES`.
        other: compute it another way.
    """
    kind = NAMES[code]

    def gate(a):
        return torch.tanh(a / 2) / 2 + 0.5 if other else torch.sigmoid(a)

    def one(x, h, c, W_x, W_h, b):
        if other:
            a = torch.cat([x, h], 1) @ torch.cat([W_x, W_h], 1).T + b
        else:
            a = x @ W_x.T + h @ W_h.T + b
        i, f, g, o = a.chunk(4, dim=-1)
        i, f, o = gate(i), gate(f), gate(o)
        g = gate(g) if kind == "sigmoid candidate" else torch.tanh(g)
        if kind == "swapped":
            i, f = f, i
        if kind == "1 forgets":
            f = 1 - f
        c = f * c + i * g
        if kind == "output gate on c":
            c = o * c
            return torch.tanh(c), c
        return o * (c if kind == "no tanh" else torch.tanh(c)), c

    return one
