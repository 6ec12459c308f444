"""Chapter 8: forecasting several steps ahead."""

import torch
from torch import nn

from course_lib.baselines import LeastSquares, Naive
from course_lib.cells import RNNCell
from course_lib.claims import two_sines
from course_lib.claims.chapter_07 import two_layers
from course_lib.claims.claim import AtMost, Below
from course_lib.claims.el_nino import MONTHS, Data, calendar, trained
from course_lib.forecasters import (
    DirectForecaster,
    EveryStepForecaster,
    Iterated,
)
from course_lib.gradients import gradient_flow
from course_lib.metrics import mse
from course_lib.recurrent import Recurrent
from course_lib.stacking import Stack
from course_lib.training import every_step_loss, forecast_loss
from course_lib.windows import targets_at_every_step


def iterated(seed):
    """One-step models, iterated, at the right and at the wrong step size."""
    _, valid, _ = two_sines.windows(10)
    # The first 51 of 60 steps from 0 to 1, or 51 steps from 0 to 1.
    right = two_sines.windows(10, n_steps=51)[0]
    wrong = two_sines.windows(1)[0]
    torch.manual_seed(seed)
    network = two_layers()
    two_sines.train(network, right, seed=seed)
    models = {
        "rnn_right": network,
        "linear_right": LeastSquares(right),
        "linear_wrong": LeastSquares(wrong),
    }
    return {
        name: two_sines.error(Iterated(model, 10), valid)
        for name, model in models.items()
    }


def _two_layers_every_step():
    cells = RNNCell(1, 20), RNNCell(20, 20)
    return EveryStepForecaster(Recurrent(Stack(*cells)), horizon=10)


def _output_as_torch_starts_it():
    """The same network all at once; its output layer is not by Glorot."""
    recurrent = Recurrent(Stack(RNNCell(1, 20), RNNCell(20, 20)))
    output = nn.Linear(20, 10)
    model = DirectForecaster(recurrent, horizon=10)
    model.h_to_forecast = output
    return model


LOSSES = {"last": forecast_loss, "every": every_step_loss}
GOAL = 0.012  # an error that both ways of training can reach
EPOCH = 219  # steps: 7,000 series in batches of 32


RATES = {"001": 1e-3, "010": 1e-2}


def last_or_every(seed):
    """One network on two losses, each at two learning rates.

    Errors are those of the last step's forecast, on the validation series.
    ``last_best`` and ``every_best`` are errors on the test series, at the
    rate that was best on the validation series. ``last_001_torch`` is
    ``last_001`` with the output layer as torch starts it.
    """
    train, valid, test = two_sines.windows(10)
    numbers = {
        "naive": two_sines.error(Naive(10), valid),
        "exact_linear": two_sines.error(LeastSquares(train), valid),
    }
    some = valid._replace(
        inputs=valid.inputs[:500], targets=valid.targets[:500]
    )
    for name, loss in LOSSES.items():
        best = float("inf")
        for rate, lr in RATES.items():
            torch.manual_seed(seed)
            model = _two_layers_every_step()
            curve = []

            def watch(step, model, _, curve=curve):
                if step % EPOCH == 0:
                    curve.append(two_sines.error(model, some))

            two_sines.train(
                model, train, seed=seed, lr=lr, loss=loss, on_step=watch
            )
            curve.append(two_sines.error(model, some))
            error = two_sines.error(model, valid)
            reached = [n for n, value in enumerate(curve) if value <= GOAL]
            steps = EPOCH * (reached[0] if reached else len(curve) - 1)
            numbers[f"{name}_{rate}"] = error
            numbers[f"{name}_{rate}_steps"] = steps
            if error < best:
                best = error
                numbers[f"{name}_best"] = two_sines.error(model, test)
                # The same weights, given only the last 20 of 50 steps.
                short = test._replace(inputs=test.inputs[:, -20:])
                numbers[f"{name}_best_20"] = two_sines.error(model, short)
                numbers[f"{name}_best_steps"] = steps
    torch.manual_seed(seed)
    model = _output_as_torch_starts_it()
    two_sines.train(model, train, seed=seed)
    numbers["last_001_torch"] = two_sines.error(model, valid)
    return numbers


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


def el_nino_year(seed):
    """A loss at the last step and at every step, and their rivals."""
    data = Data(12)

    def layer():
        return Recurrent(RNNCell(1, 24))

    makers = {
        "direct": lambda: DirectForecaster(layer(), horizon=12),
        "every": lambda: EveryStepForecaster(layer(), horizon=12),
    }
    numbers = data.baselines() | calendar(data)
    for name, make in makers.items():
        loss = every_step_loss if name == "every" else forecast_loss
        numbers[name] = trained(data, make, seed=seed, loss=loss)
    return numbers


_TEN = "two sine waves, ten steps ahead, published split and budget"

CLAIMS = [
    AtMost(
        "ch08-grid",
        "08",
        "At the series' own step size the iterated network has less than the "
        "published 0.0275.",
        _TEN,
        iterated,
        name="rnn_right",
        bound=0.0275,
    ),
    Below(
        "ch08-iterated-linear",
        "08",
        "The iterated network beats the iterated linear model.",
        _TEN,
        iterated,
        lower="rnn_right",
        higher="linear_right",
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
        "All ten steps at once, the output layer as torch starts it: an "
        "error of 0.0088 or less on average.",
        f"{_TEN}, learning rate 0.001",
        last_or_every,
        name="last_001_torch",
        bound=0.0088,
    ),
    AtMost(
        "ch08-direct-glorot",
        "08",
        "All ten steps at once, the output layer by Glorot: an error of "
        "0.0088 or less on average.",
        f"{_TEN}, learning rate 0.001",
        last_or_every,
        name="last_001",
        bound=0.0088,
    ),
    Below(
        "ch08-output-start",
        "08",
        "All at once, torch's start of the output layer beats Glorot's.",
        f"{_TEN}, learning rate 0.001",
        last_or_every,
        lower="last_001_torch",
        higher="last_001",
    ),
    Below(
        "ch08-direct-linear",
        "08",
        "All at once, the network beats the exact linear model.",
        f"{_TEN}, learning rate 0.001",
        last_or_every,
        lower="last_001",
        higher="exact_linear",
    ),
    Below(
        "ch08-every-equal",
        "08",
        "At an equal learning rate of 0.001, a loss at every step beats a "
        "loss at the last step.",
        f"{_TEN}, learning rate 0.001",
        last_or_every,
        lower="every_001",
        higher="last_001",
    ),
    Below(
        "ch08-every-010",
        "08",
        "At an equal learning rate of 0.01, a loss at every step beats a "
        "loss at the last step.",
        f"{_TEN}, learning rate 0.01",
        last_or_every,
        lower="every_010",
        higher="last_010",
    ),
    Below(
        "ch08-every-best",
        "08",
        "With the better of two learning rates for each, a loss at every "
        "step beats a loss at the last step.",
        "two sine waves, ten steps ahead, error on the test series",
        last_or_every,
        lower="every_best",
        higher="last_best",
    ),
    Below(
        "ch08-every-length",
        "08",
        "Given 20 steps instead of 50, the network with a loss at every step "
        "has less than half the error of the other.",
        "two sine waves, ten steps ahead, best rate each, test series",
        last_or_every,
        lower="every_best_20",
        higher="last_best_20",
        factor=2,
    ),
    Below(
        "ch08-steps-001",
        "08",
        "At an equal rate of 0.001, the loss at every step takes fewer steps "
        "to an error of 0.012.",
        "two sine waves, ten steps ahead, training steps of at most 4,380",
        last_or_every,
        lower="every_001_steps",
        higher="last_001_steps",
    ),
    Below(
        "ch08-steps-010",
        "08",
        "At an equal rate of 0.01, the loss at every step takes fewer steps "
        "to an error of 0.012.",
        "two sine waves, ten steps ahead, training steps of at most 4,380",
        last_or_every,
        lower="every_010_steps",
        higher="last_010_steps",
    ),
    Below(
        "ch08-every-sooner",
        "08",
        "With the better rate for each, it also reaches an error of 0.012 in "
        "fewer steps.",
        "two sine waves, ten steps ahead, training steps of at most 4,380",
        last_or_every,
        lower="every_best_steps",
        higher="last_best_steps",
    ),
    AtMost(
        "ch08-every-bound",
        "08",
        "With a loss at every step and a learning rate of 0.01, the last "
        "step's error is 0.0070 or less on average.",
        f"{_TEN}, learning rate 0.01",
        last_or_every,
        name="every_010",
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
    Below(
        "ch08-year-month-mean",
        "08",
        "On a real series, all months at once beats the mean of the month.",
        f"{MONTHS}, 24 units",
        el_nino_year,
        lower="direct",
        higher="month_mean",
    ),
    Below(
        "ch08-year-climatology",
        "08",
        "On a real series, climatology beats all months at once.",
        f"{MONTHS}, 24 units",
        el_nino_year,
        lower="climatology",
        higher="direct",
    ),
    Below(
        "ch08-year-climatology-sarima",
        "08",
        "On a real series, climatology beats SARIMA.",
        MONTHS,
        el_nino_year,
        lower="climatology",
        higher="sarima",
    ),
    Below(
        "ch08-year-ridge",
        "08",
        "On a real series, all months at once beats ridge.",
        f"{MONTHS}, 24 units",
        el_nino_year,
        lower="direct",
        higher="ridge",
    ),
    Below(
        "ch08-year-sarima",
        "08",
        "On a real series, all months at once beats SARIMA.",
        f"{MONTHS}, 24 units",
        el_nino_year,
        lower="direct",
        higher="sarima",
    ),
    Below(
        "ch08-year-every",
        "08",
        "On a real series, a loss at every step beats a loss at the last.",
        f"{MONTHS}, 24 units",
        el_nino_year,
        lower="every",
        higher="direct",
    ),
]
