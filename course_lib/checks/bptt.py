"""What assignment 4 hands to a gradient checker: layers, right and wrong."""

import numpy as np
import torch

from course_lib.checks.answers import fixture
from course_lib.checks.assertions import require
from course_lib.checks.lent import kept_back

# Activations, with their slope as a function of the output.
ACTIVATIONS = (
    (np.tanh, lambda h: 1 - h**2),
    (lambda a: 1 / (1 + np.exp(-a)), lambda h: h * (1 - h)),
    (np.arctan, lambda h: np.cos(h) ** 2),
)
# By code: what is wrong in the backward pass.
NAMES = (
    "right",
    "overwritten",
    "wrong state",
    "transposed gradient",
    "W_h not transposed",
    "slope of the output",
    "last loss only",
    "truncated to 5",
    "not passed on",
    "mean over the batch",
    "h_0 forgotten",
    "no gradient of h_0",
    "inputs without slope",
)
# What a check has overlooked that lets such a layer pass.
OVERLOOKED = {
    "right": "rounding taken for a mistake (float32, too small a step, "
    "one-sided differences, an absolute tolerance), or a comparison with "
    "the gradients of another layer",
    "overwritten": "a check with sequences of a single step, where nothing "
    "is added up; or too loose a tolerance; or a verdict that is always True",
    "wrong state": "a check that does not look at the gradient of W_h",
    "transposed gradient": "a check that does not look at the gradient of "
    "W_h, or only at its size",
    "W_h not transposed": "a symmetric W_h or a single unit, which hide a "
    "transposition",
    "slope of the output": "states near zero, where every slope is one, or "
    "too loose a tolerance",
    "last loss only": "a loss at the last step alone: with losses at all "
    "steps, no term is silent",
    "truncated to 5": "too short sequences: a cut every five steps shows "
    "from the sixth step on; or too loose a tolerance",
    "not passed on": "a check with sequences of a single step: nothing goes "
    "back through time there",
    "mean over the batch": "a batch of one sequence, where mean and sum are "
    "the same, or no look at the gradient of b",
    "h_0 forgotten": "a first state of zeros, which hides what is multiplied "
    "with it",
    "no gradient of h_0": "gradients that were not compared: there are five "
    "of them, that of h_0 is one",
    "inputs without slope": "gradients that were not compared: there are "
    "five of them, that of the inputs is one",
}


class _Layer:
    """A recurrent layer: its forward and its backward pass."""

    def __init__(self, forward, backward):
        self.forward = forward
        self.backward = backward

    def __repr__(self):
        return "a layer"


def code(name, activation):
    """The number of a layer: one of `NAMES`, and which activation."""
    return len(NAMES) * activation + NAMES.index(name)


@kept_back
def layer(number):
    """A layer with ``forward(xs, h0, weights)`` and a ``backward``.

    Args:
        number: from `code`.
    """
    activation, index = divmod(number, len(NAMES))
    phi, slope_at = ACTIVATIONS[activation]
    mistake = NAMES[index]

    def forward(xs, h0, weights):
        W_x, W_h, b = weights
        h, hs = h0, []
        for t in range(xs.shape[1]):
            h = phi(xs[:, t] @ W_x.T + h @ W_h.T + b)
            hs.append(h)
        return np.stack(hs, axis=1)

    def backward(dhs, xs, h0, hs, weights):
        W_x, W_h, b = weights
        first = np.zeros_like(h0) if mistake == "h_0 forgotten" else h0
        before = np.concatenate([first[:, None], hs[:, :-1]], axis=1)
        if mistake == "wrong state":
            before = hs
        grads = [np.zeros_like(w) for w in (W_x, W_h, b)]
        dxs, dh = np.zeros_like(xs), np.zeros_like(h0)
        for t in reversed(range(xs.shape[1])):
            own = dhs[:, t]
            if mistake == "last loss only" and t < xs.shape[1] - 1:
                own = 0 * own
            slope = slope_at(hs[:, t])
            if mistake == "slope of the output":
                slope = slope_at(phi(hs[:, t]))
            da = slope * (own + dh)
            outer = da.T @ before[:, t]
            if mistake == "transposed gradient":
                outer = outer.T
            db = da.sum(axis=0)
            if mistake == "mean over the batch":
                db = da.mean(axis=0)
            if mistake == "overwritten":
                grads = [np.zeros_like(w) for w in (W_x, W_h, b)]
            grads[0] += da.T @ xs[:, t]
            grads[1] += outer
            grads[2] += db
            into = own + dh if mistake == "inputs without slope" else da
            dxs[:, t] = into @ W_x
            dh = da @ (W_h.T if mistake == "W_h not transposed" else W_h)
            cut = {"not passed on": 1, "truncated to 5": 5}.get(mistake)
            if cut and t and t % cut == 0:
                dh = np.zeros_like(dh)
        if mistake == "no gradient of h_0":
            dh = np.zeros_like(dh)
        return *grads, dxs, dh

    return _Layer(forward, backward)


def verdict(checker, number, asked):
    """What a checker says about a layer: True or False, or a message."""
    said = checker(fixture("bptt.layer", number))
    if isinstance(said, torch.Tensor | np.ndarray) and said.shape == ():
        said = said.item()
    require(
        said is True or said is False,
        asked,
        f"{type(said).__name__}",
        looks_like="an answer that is neither True nor False: return the "
        "verdict, not the error",
    )
    return said
