"""What assignment 9 hands out: clippings to be tested, runs to be read."""

import tempfile
from functools import cache

import torch
from torch import nn

from course_lib.cells import RNNCell
from course_lib.checks.lent import kept_back
from course_lib.datasets import two_sine_waves
from course_lib.monitoring import SATURATED
from course_lib.recurrent import Recurrent

# By code: what a clipping does.
CLIPPINGS = (
    "right",
    "each tensor by itself",
    "each entry by itself",
    "always to the threshold",
    "the norm after clipping",
    "the sum of sizes",
    "no root",
    "the largest entry",
    "the direction turned",
    "the first tensor alone",
    "the factor twice",
)
# What a test has overlooked that lets such a clipping pass.
OVERLOOKED = {
    "each tensor by itself": "a test with one tensor only, or one that is "
    "never longer than the threshold: each by itself then looks like all "
    "together",
    "each entry by itself": "a test that compares neither the length nor "
    "the direction: each entry was cut by itself",
    "always to the threshold": "a test without a gradient that is shorter "
    "than the threshold: it has to stay as it is",
    "the norm after clipping": "a test that never looks at the norm that "
    "comes back: it is the one before clipping",
    "the sum of sizes": "a test with a single entry, where the sum of the "
    "sizes is the length",
    "no root": "a test whose length is 1, where the square is the length",
    "the largest entry": "a test with a single entry, where the largest "
    "entry is the length",
    "the direction turned": "a test that looks at the length and not at the "
    "direction: of each entry nothing was kept but its sign",
    "the first tensor alone": "a test that looks at the first tensor only: "
    "the others came back as they were",
    "the factor twice": "a test that never asks whether a long gradient has "
    "the length of the threshold afterwards: this one is shorter",
}


@kept_back
def clipper(code, other=False):
    """A function (gradients, largest) -> (gradients, norm) of this kind.

    Args:
        code: index into `CLIPPINGS`.
        other: compute it another way, with other rounding.
    """
    kind = CLIPPINGS[code]

    def length(gradients):
        flat = torch.cat([g.flatten() for g in gradients])
        if kind == "the sum of sizes":
            return flat.abs().sum()
        if kind == "no root":
            return flat.square().sum()
        if kind == "the largest entry":
            return flat.abs().max()
        if other:
            return sum(g.square().sum() for g in gradients).sqrt()
        return flat.norm()

    def scaled(g, norm, largest):
        if kind != "always to the threshold" and norm <= largest:
            return g.clone()
        return g * (largest / norm)

    def clip(gradients, largest):
        norm = length(gradients)
        if kind == "each entry by itself":
            clipped = [g.clamp(-largest, largest) for g in gradients]
        elif kind == "the direction turned" and norm > largest:
            signs = [g.sign() for g in gradients]
            clipped = [g * (largest / length(signs)) for g in signs]
        elif kind == "the first tensor alone":
            first = scaled(gradients[0], norm, largest)
            clipped = [first, *(g.clone() for g in gradients[1:])]
        elif kind == "the factor twice":
            shorter = [scaled(g, norm, largest) for g in gradients]
            clipped = [scaled(g, norm, largest) for g in shorter]
        elif kind == "each tensor by itself":
            clipped = [scaled(g, g.norm(), largest) for g in gradients]
        else:
            clipped = [scaled(g, norm, largest) for g in gradients]
        if kind == "the norm after clipping":
            norm = length(clipped)
        return clipped, norm.item()

    return clip


# By code: how a run is set up, and what it then is.
RUNS = ("healthy", "exploding", "dead", "saturated", "always clipped")
W_H = "gradient/W_h"


@cache
def run_log(code, seed):
    """Train 20 steps and log each of them: {tag: values}, and a threshold.

    Args:
        code: index into `RUNS`.
        seed: of the weights and the series.
    """
    kind = RUNS[code]
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        relu = kind == "dead"
        activation = torch.relu if relu else torch.tanh
        cell = RNNCell(1, 12, activation=activation)
        output = nn.Linear(12, 1)
    with torch.no_grad():
        if kind == "exploding":
            cell.h_to_gates.weight.mul_(4.0)
        if relu:
            cell.x_to_gates.bias.fill_(-3.0)
    # That of the healthy run is there for its first, longest gradients.
    threshold = {"always clipped": 0.01, "healthy": 0.7}.get(kind)
    lr = {"exploding": 0.01, "saturated": 0.01}.get(kind, 0.1)
    series = torch.as_tensor(two_sine_waves(320, 31, seed=seed))
    shift = 60.0 if kind == "saturated" else 0.0
    inputs, targets = series[:, :-1] + shift, series[:, -1]
    log = {
        tag: []
        for tag in (
            "loss",
            "gradient/total",
            W_H,
            "state/saturated",
            "state/silent",
        )
    }
    parameters = [*cell.parameters(), *output.parameters()]
    for step in range(20):
        rows = torch.arange(32) + 32 * (step % 10)
        hs, h = Recurrent(cell)(inputs[rows])
        loss = (output(h) - targets[rows]).square().mean()
        gradients = torch.autograd.grad(loss, parameters)
        total = nn.utils.get_total_norm(gradients)
        by_id = dict(zip(map(id, parameters), gradients, strict=True))
        of_W_h = by_id[id(cell.h_to_gates.weight)]
        log["loss"].append(loss.item())
        log["gradient/total"].append(total.item())
        log[W_H].append(of_W_h.norm().item())
        far = (hs.abs() > SATURATED).float().mean()
        log["state/saturated"].append(far.item())
        off = (hs == 0).all(dim=0).all(dim=0).float().mean()
        log["state/silent"].append(off.item())
        short = min(1.0, (threshold or 1e30) / (total.item() + 1e-30))
        with torch.no_grad():
            for parameter, gradient in zip(parameters, gradients, strict=True):
                parameter -= lr * short * gradient
    return log, threshold


def folder():
    """The name of a new, empty folder."""
    return tempfile.mkdtemp()


_SHARES = (
    "the share of silent or saturated states was not looked at: the norm "
    "alone does not tell why a gradient is small"
)
# What was overlooked by who takes a run of one kind for one of another.
MISREAD = {
    "healthy": {
        "always clipped": "a threshold is not a reason: count the steps "
        "whose norm lies above it",
        "exploding": "a norm that is larger at the first step than later is "
        "no explosion; look for orders of magnitude",
        "dead": "a gradient that becomes small because the loss does",
        "saturated": "a gradient that becomes small because the loss does",
    },
    "exploding": {
        "saturated": "what the run has become, not what made it so: its "
        "first gradients are hundreds of times the others",
        "healthy": "the end of the run only: an explosion is over when you "
        "look at the last steps",
        "dead": "the end of the run only: its first gradients are "
        "hundreds of times the others",
        "always clipped": "this run has no threshold",
    },
    "dead": {
        "healthy": "the total norm only: the output's bias still has a "
        "gradient, the recurrent weights have none",
        "saturated": _SHARES,
        "exploding": "nothing here is large; the gradient of the recurrent "
        "weights is exactly 0",
        "always clipped": "this run has no threshold",
    },
    "saturated": {
        "healthy": _SHARES,
        "dead": "a gradient that is small and not exactly 0, of units at "
        "their limits and not of units that are off",
        "exploding": "a first gradient that comes from large inputs; it is "
        "not hundreds of times the others, and the states tell",
        "always clipped": "this run has no threshold",
    },
    "always clipped": {
        "healthy": "the threshold was not looked at: nearly every step's "
        "norm lies far above it",
        "dead": "a loss that hardly falls because each step is cut short, "
        "not because units are off",
        "saturated": "a loss that hardly falls because each step is cut "
        "short, not because states are at their limits",
        "exploding": "norms above a threshold that is too low are no "
        "explosion",
    },
}
