"""What assignment 6 runs networks with, and the losses that it hands out."""

import numpy as np
import torch

from course_lib.checks.assertions import (
    fail,
    number,
    parts,
    tensor,
    what_came,
)

NAMES = ("W_x", "W_h", "b", "V", "c")
# The parameters of torch's layer, for D features and H units.
LAYER = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")


def network(value, asked):
    """Weights of two tanh units with one input and one output."""
    asked = f"{asked} = (W_x, W_h, b, V, c)"
    five = parts(value, 5, asked)
    shapes = ((2, 1), (2, 2), (2,), (1, 2), (1,))
    column = "a row where a column belongs: W_x has a row for each unit"
    row = "a column where a row belongs: V has a column for each unit"
    return [
        tensor(
            v,
            shape,
            f"{asked}: {name}",
            suspects={column: (1, 2)} if name == "W_x" else {row: (2, 1)},
        )
        for v, shape, name in zip(five, shapes, NAMES, strict=True)
    ]


def run_network(weights, xs):
    """Forecasts after each step: inputs (T,) -> (T,), from a state of 0."""
    W_x, W_h, b, V, c = weights
    h, forecasts = torch.zeros(2, dtype=torch.float64), []
    for x in xs.double():
        h = torch.tanh(W_x[:, 0] * x + W_h @ h + b)
        forecasts.append(V @ h + c)
    return torch.cat(forecasts)


def layer(value, D, H, asked):
    """The four parameters of a torch layer from a dict, or a message."""
    if not isinstance(value, dict):
        fail(
            asked,
            what_came(value),
            expected="a dict with the names " + ", ".join(LAYER),
        )
    missing = [name for name in LAYER if name not in value]
    if missing:
        fail(
            asked,
            f"no {', '.join(missing)}",
            expected="a dict with the names " + ", ".join(LAYER),
            looks_like="other names than those of torch's parameters, "
            "without which load_state_dict stops: `_l0` is the lowest layer",
        )
    shapes = ((H, D), (H, H), (H,), (H,))
    text = "a transposed matrix: torch's rows are units, columns are inputs"
    return [
        tensor(
            value[name],
            shape,
            f"{asked}: {name}",
            suspects={text: tuple(reversed(shape))},
        )
        for name, shape in zip(LAYER, shapes, strict=True)
    ]


def curve(value, asked):
    """A list of numbers, one for each epoch, as a tensor, or a message."""
    if isinstance(value, torch.Tensor | np.ndarray) and value.ndim == 1:
        value = value.tolist()
    if not isinstance(value, list | tuple):
        fail(asked, what_came(value), expected="a list of numbers")
    numbers = [number(v, f"{asked}: one of them") for v in value]
    return torch.tensor(numbers, dtype=torch.float64)


def distance():
    """A loss: half the squared distance of the weights from the batch."""
    return lambda weights, batch: (weights - batch).square().sum() / 2


def scripted(values):
    """A loss whose validation follows a script.

    A batch of ones pulls every weight up with a slope of 1, so that with a
    learning rate of 1 the weights count the steps. On a batch of zeros the
    loss is the entry of ``values`` at the number of steps so far.
    """

    def loss(weights, batch):
        pulled = -(weights * batch).sum()
        if batch.any():
            return pulled
        n = min(max(round(weights.max().item()), 0), len(values) - 1)
        return pulled + values[n]

    return loss


def neuron():
    """A loss: the mean squared error of one tanh neuron's forecasts.

    The weights are (w_x, w_h, b); a batch (B, T + 1) holds windows of T
    values and the value that follows.
    """

    def loss(weights, batch):
        w_x, w_h, b = weights
        h = torch.zeros_like(batch[:, 0])
        for x in batch[:, :-1].unbind(1):
            h = torch.tanh(w_x * x + w_h * h + b)
        return (h - batch[:, -1]).square().mean()

    return loss
