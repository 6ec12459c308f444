"""What assignment 1 runs weights with, and the layers that it hands out."""

import torch

from course_lib.checks.answers import fixture
from course_lib.checks.assertions import (
    choice,
    fail,
    number,
    parts,
    tensor,
    what_came,
)
from course_lib.checks.draws import draws
from course_lib.checks.lent import kept_back

# By code: what a layer does otherwise.
NAMES = (
    "right",
    "mixed series",
    "sees the future",
    "ignores h0",
    "no memory",
    "new weights",
)
# What a probe has overlooked that calls such a layer by another name.
OVERLOOKED = {
    "right": "a probe that takes rounding for a fault, or one that expects "
    "numbers of a layer whose weights nobody knows",
    "mixed series": "a probe with one series, or with all series alike: "
    "change one and look at the others",
    "sees the future": "a probe that never changes a late input and looks "
    "at an early output",
    "ignores h0": "a probe that starts from zeros only: change h0 and see "
    "whether anything moves",
    "no memory": "a probe that looks at the step of the change only: an "
    "input has to be felt at later steps, too",
    "new weights": "a probe that never runs one piece twice: cut the series, "
    "start the second half from the state between, compare",
}


def linear(value, units, name):
    """Weights (W_x, W_h) of linear units with one input, or a message."""
    asked = f"{name} = (W_x, W_h)"
    W_x, W_h = parts(value, 2, asked)
    if isinstance(W_x, list) or isinstance(W_h, list):
        fail(
            asked,
            what_came(W_x if isinstance(W_x, list) else W_h),
            expected=f"tensors of shapes ({units}, 1) and ({units}, {units})",
            looks_like="lists of numbers, where tensors are asked for: "
            "torch.tensor makes them",
        )
    W_x = tensor(
        W_x,
        (units, 1),
        f"{asked}: W_x",
        suspects={
            "a row where a column belongs: a row for each unit": (1, units),
            "W_h in the place of W_x: the pair begins with W_x": (
                units,
                units,
            ),
        },
    )
    return W_x, tensor(W_h, (units, units), f"{asked}: W_h")


def run_linear(W_x, W_h, xs):
    """States of linear units: inputs (T,) -> (T, H)."""
    h, hs = torch.zeros(len(W_x), dtype=torch.float64), []
    for x in xs.double():
        h = W_x[:, 0] * x + W_h @ h
        hs.append(h)
    return torch.stack(hs)


def neuron(value, name):
    """Numbers (w_x, w_h, b) of one neuron, or a message."""
    asked = f"{name} = (w_x, w_h, b)"
    three = parts(value, 3, asked)
    names = ("w_x", "w_h", "b")
    return [
        number(v, f"{asked}: {n}") for n, v in zip(names, three, strict=True)
    ]


def run_tanh(weights, xs, h=0.0):
    """States of one tanh neuron: inputs (T,) -> (T,)."""
    w_x, w_h, b = weights
    h, hs = torch.tensor(float(h), dtype=torch.float64), []
    for x in xs.double():
        h = torch.tanh(w_x * x + w_h * h + b)
        hs.append(h)
    return torch.stack(hs)


def order(label):
    """The codes of the six layers, in a random order."""
    return draws(f"neurons {label}").shuffled(range(len(NAMES)))


def judge(diagnose, code, *, other=False):
    """Ask what a layer is; the message says what the probe overlooked."""
    found = diagnose(fixture("recurrent_neurons.layer", code, other=other))
    right = NAMES[code]
    choice(
        found,
        right,
        f"diagnose(layer), of a layer that is: {right}",
        options=NAMES,
        explain={name: OVERLOOKED[right] for name in NAMES if name != right},
    )


@kept_back
def layer(code, other=False):
    """A layer (xs, h0) -> hs of the kind of this code, D = 2 and H = 3.

    Args:
        code: index into `NAMES`.
        other: with other weights, and in float32.
    """
    kind = NAMES[code]
    generator = torch.Generator().manual_seed(7 if other else 3)
    scale = 0.9 if other else 0.5
    dtype = torch.float32 if other else torch.float64

    def normal(*shape):
        values = torch.randn(*shape, generator=generator, dtype=torch.float64)
        return (scale * values).to(dtype)

    W_x, W_h, b = normal(3, 2), normal(3, 3), normal(3)
    of_step = normal(64, 3, 3)

    def run(xs, h0):
        xs, h0 = xs.to(dtype), h0.to(dtype)
        h = torch.zeros_like(h0) if kind == "ignores h0" else h0
        first, hs = h, []
        for t in range(xs.shape[1]):
            x = xs[:, t]
            if kind == "sees the future":
                x = x + 0.5 * xs[:, t:].mean(1)
            before = first if kind == "no memory" else h
            if kind == "mixed series":
                before = 0.5 * (before + before.mean(0, keepdim=True))
            W = of_step[t % 64] if kind == "new weights" else W_h
            h = torch.tanh(x @ W_x.T + before @ W.T + b)
            hs.append(h)
        return torch.stack(hs, dim=1)

    return run
