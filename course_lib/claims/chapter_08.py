"""Chapter 8: forecasting several steps ahead."""

import torch

from course_lib.baselines import LeastSquares, Naive
from course_lib.cells import RNNCell
from course_lib.claims import two_sines
from course_lib.claims.chapter_07 import two_layers
from course_lib.claims.claim import AtMost, Below
from course_lib.forecasters import EveryStepForecaster, Iterated
from course_lib.gradients import gradient_flow
from course_lib.metrics import mse
from course_lib.recurrent import Recurrent
from course_lib.stacking import Stack
from course_lib.training import every_step_loss, forecast_loss
from course_lib.windows import targets_at_every_step


def iterated(seed):
    """One-step models, iterated; one of them trained at another rate."""
    _, valid, _ = two_sines.windows(10)
    numbers = {}
    # 51 steps from 0 to 1, or the first 51 of 60 steps from 0 to 1.
    grids = {
        "wrong": two_sines.windows(1)[0],
        "right": two_sines.windows(10, n_steps=51)[0],
    }
    for name, train in grids.items():
        torch.manual_seed(seed)
        model = two_layers()
        two_sines.train(model, train, seed=seed)
        linear = LeastSquares(train)
        numbers[f"rnn_{name}"] = two_sines.error(Iterated(model, 10), valid)
        numbers[f"linear_{name}"] = two_sines.error(
            Iterated(linear, 10), valid
        )
    return numbers


def _two_layers_every_step():
    cells = RNNCell(1, 20), RNNCell(20, 20)
    return EveryStepForecaster(Recurrent(Stack(*cells)), horizon=10)


LOSSES = {"last": forecast_loss, "every": every_step_loss}
GOAL = 0.012  # an error that both ways of training reach


def _last_or_every(seed, lr):
    """Train one model on two losses; watch the error of its last step."""
    train, valid, _ = two_sines.windows(10)
    numbers = {
        "naive": two_sines.error(Naive(10), valid),
        "exact_linear": two_sines.error(LeastSquares(train), valid),
    }
    for name, loss in LOSSES.items():
        torch.manual_seed(seed)
        model = _two_layers_every_step()
        curve = []

        def watch(step, model, _, curve=curve):
            if step % 219 == 0:  # once in an epoch
                curve.append(two_sines.error(model, valid))

        two_sines.train(
            model, train, seed=seed, lr=lr, loss=loss, on_step=watch
        )
        curve.append(two_sines.error(model, valid))
        reached = [n for n, value in enumerate(curve) if value <= GOAL]
        numbers[name] = curve[-1]
        numbers[f"{name}_steps"] = 219 * reached[0] if reached else 4380
    return numbers


def loss_at_001(seed):
    """Last step or every step, at a learning rate of 0.001."""
    return _last_or_every(seed, 1e-3)


def loss_at_003(seed):
    """Last step or every step, at a learning rate of 0.003."""
    return _last_or_every(seed, 3e-3)


def loss_at_010(seed):
    """Last step or every step, at a learning rate of 0.01."""
    return _last_or_every(seed, 1e-2)


def gradient_by_step(seed):
    """Share of the gradient that reaches the first tenth of the steps."""
    train, _, _ = two_sines.windows(10)
    batch = type(train)(*(values[:256] for values in train))
    torch.manual_seed(seed)
    model = _two_layers_every_step()
    losses = {
        "last": lambda hs: mse(model.read(hs[:, -1]), batch.targets),
        "every": lambda hs: mse(model.read(hs), targets_at_every_step(batch)),
    }
    numbers = {}
    for name, loss in losses.items():
        flow = gradient_flow(model.recurrent.cell, batch.inputs, loss=loss)
        numbers[name] = (flow[1:6].mean() / flow[-5:].mean()).item()
    return numbers


_TEN = "two sine waves, ten steps ahead, published split and budget"

CLAIMS = [
    Below(
        "ch08-grid",
        "08",
        "Training the one-step network at the series' own step size makes "
        "the iterated forecast better than the published way did.",
        _TEN,
        iterated,
        lower="rnn_right",
        higher="rnn_wrong",
    ),
    Below(
        "ch08-grid-linear",
        "08",
        "For the linear model the wrong step size triples the error.",
        _TEN,
        iterated,
        lower="linear_right",
        higher="linear_wrong",
        factor=3,
    ),
    AtMost(
        "ch08-direct-bound",
        "08",
        "All ten steps at once: an error of 0.0088 or less on average.",
        f"{_TEN}, learning rate 0.001",
        loss_at_001,
        name="last",
        bound=0.0088,
    ),
    Below(
        "ch08-direct-linear",
        "08",
        "All at once, the network beats the exact linear model.",
        f"{_TEN}, learning rate 0.001",
        loss_at_001,
        lower="last",
        higher="exact_linear",
    ),
    Below(
        "ch08-every-equal",
        "08",
        "At an equal learning rate of 0.001, a loss at every step beats a "
        "loss at the last step.",
        f"{_TEN}, learning rate 0.001",
        loss_at_001,
        lower="every",
        higher="last",
    ),
    Below(
        "ch08-every-003",
        "08",
        "At an equal learning rate of 0.003, a loss at every step beats a "
        "loss at the last step.",
        f"{_TEN}, learning rate 0.003",
        loss_at_003,
        lower="every",
        higher="last",
    ),
    Below(
        "ch08-every-010",
        "08",
        "At an equal learning rate of 0.01, a loss at every step beats a "
        "loss at the last step.",
        f"{_TEN}, learning rate 0.01",
        loss_at_010,
        lower="every",
        higher="last",
    ),
    AtMost(
        "ch08-every-bound",
        "08",
        "With a loss at every step and a learning rate of 0.01, the last "
        "step's error is 0.0070 or less on average.",
        f"{_TEN}, learning rate 0.01",
        loss_at_010,
        name="every",
        bound=0.0070,
    ),
    Below(
        "ch08-gradient",
        "08",
        "With a loss at every step, the first steps get a larger share of "
        "the gradient than with a loss at the last step.",
        "two sine waves, 256 series, untrained network of two layers",
        gradient_by_step,
        lower="last",
        higher="every",
    ),
]
