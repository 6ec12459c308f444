"""Chapter 5: forecasting and its baselines."""

import torch

from course_lib.baselines import Dense, LeastSquares, Mean, Naive
from course_lib.cells import GRUCell
from course_lib.claims import two_sines
from course_lib.claims.claim import Below, Near
from course_lib.claims.el_nino import LENGTH, MONTHS, Data, calendar, trained
from course_lib.datasets import co2
from course_lib.fillers import (
    HarmonicFill,
    forward_fill,
    interpolate,
    mean_fill,
)
from course_lib.imputation import (
    BidirectionalImputer,
    hide,
    imputation_error,
    imputation_loss,
    pieces,
)
from course_lib.recurrent import Bidirectional, Recurrent
from course_lib.training import fit


def published_baselines(seed):
    """The published data: nothing here depends on the seed."""
    one, _, _ = two_sines.windows(1)
    _, valid_1, test_1 = two_sines.windows(1)
    ten, valid_10, _ = two_sines.windows(10)
    linear = LeastSquares(one)
    return {
        "naive_1": two_sines.error(Naive(1), valid_1),
        "naive_1_test": two_sines.error(Naive(1), test_1),
        "least_squares_1": two_sines.error(linear, valid_1),
        "naive_10": two_sines.error(Naive(10), valid_10),
        "least_squares_10": two_sines.error(LeastSquares(ten), valid_10),
    }


def linear_by_descent(seed):
    """One linear model solved and trained, on a new draw of the data."""
    train, valid, _ = two_sines.windows(1, data_seed=42 + seed)
    numbers = {
        "naive": two_sines.error(Naive(1), valid),
        "mean": two_sines.error(Mean(1), valid),
        "exact": two_sines.error(LeastSquares(train), valid),
    }
    for epochs in (20, 100):
        torch.manual_seed(seed)
        dense = Dense((50, 1), (1, 1))
        fit(dense, train, epochs=epochs, batch_size=32, lr=1e-3, seed=seed)
        numbers[f"descent_{epochs}"] = two_sines.error(dense, valid)
    return numbers


def el_nino(seed):
    """Baselines twelve months ahead, and a dense network."""
    data = Data(12)

    def dense():
        return Dense((LENGTH, 1), (12, 1), hidden_sizes=[32])

    return data.baselines() | {"dense": trained(data, dense, seed=seed)}


def el_nino_calendar(seed):
    """The mean of each month, over all training years and over eight."""
    data = Data(12)
    return calendar(data) | {"month_mean": data.error(Mean(12, 12))}


def gaps(seed):
    """Fill hidden weeks of CO2, in gaps of a week and of a quarter."""
    values = co2().values
    cutoff = int(0.7 * len(values))
    numbers = {}
    for run in (1, 13):
        train = hide(
            pieces(values[:cutoff], 104, stride=4),
            share=0.25,
            run=run,
            seed=2 * seed,
        )
        test = hide(
            pieces(values[cutoff:], 104, stride=13),
            share=0.25,
            run=run,
            seed=2 * seed + 1,
        )
        torch.manual_seed(seed)
        layers = Recurrent(GRUCell(4, 16)), Recurrent(GRUCell(4, 16))
        network = BidirectionalImputer(Bidirectional(*layers), 1)
        fit(
            network,
            train,
            epochs=30,
            batch_size=32,
            lr=5e-3,
            loss=imputation_loss,
            clip_norm=1.0,
            seed=seed,
        )
        fillers = {
            "mean": mean_fill,
            "forward": forward_fill,
            "line": interpolate,
            "network": network,
        }
        for name, filler in fillers.items():
            numbers[f"{name}_{run}"] = imputation_error(filler, test)
    return numbers


def gaps_with_a_season(seed):
    """A line with a yearly wave against a line without, same gaps."""
    values = co2().values
    test = hide(
        pieces(values[int(0.7 * len(values)) :], 104, stride=13),
        share=0.25,
        run=13,
        seed=2 * seed + 1,
    )
    return {
        "line": imputation_error(interpolate, test),
        "wave": imputation_error(HarmonicFill(52), test),
    }


_WEEKS = "CO2 by week, a quarter of the weeks hidden, mean absolute error"
_DATA_SEEDS = "two sine waves, one step ahead, data seeds from 42 on"

CLAIMS = [
    Near(
        "ch05-naive-1",
        "05",
        "On the published data the last value, repeated, has the published "
        "error.",
        "two sine waves, one step ahead, 2,000 validation series",
        published_baselines,
        name="naive_1",
        published=0.020211,
        tolerance=5e-7,
    ),
    Near(
        "ch05-naive-10",
        "05",
        "Ten steps ahead it has the published error, too.",
        "two sine waves, ten steps ahead, 2,000 validation series",
        published_baselines,
        name="naive_10",
        published=0.256974,
        tolerance=5e-7,
    ),
    Below(
        "ch05-exact-descent",
        "05",
        "A linear model solved exactly beats the same model after 20 epochs "
        "of Adam.",
        _DATA_SEEDS,
        linear_by_descent,
        lower="exact",
        higher="descent_20",
    ),
    Below(
        "ch05-descent-longer",
        "05",
        "The gap is training, not capacity: 100 epochs come closer than 20.",
        _DATA_SEEDS,
        linear_by_descent,
        lower="descent_100",
        higher="descent_20",
    ),
    Below(
        "ch05-exact-naive",
        "05",
        "The exact linear model has less than a fifth of the naive error.",
        _DATA_SEEDS,
        linear_by_descent,
        lower="exact",
        higher="naive",
        factor=5,
    ),
    Below(
        "ch05-naive-mean",
        "05",
        "One step ahead the last value beats the mean of the window.",
        _DATA_SEEDS,
        linear_by_descent,
        lower="naive",
        higher="mean",
    ),
    Near(
        "ch05-exact-1",
        "05",
        "On the published data the exact linear model has an error of "
        "0.00293.",
        "two sine waves, one step ahead, 2,000 validation series",
        published_baselines,
        name="least_squares_1",
        published=0.00293,
        tolerance=5e-6,
    ),
    Near(
        "ch05-exact-10",
        "05",
        "Ten steps ahead it has 0.0155.",
        "two sine waves, ten steps ahead, 2,000 validation series",
        published_baselines,
        name="least_squares_10",
        published=0.0155,
        tolerance=5e-5,
    ),
    Below(
        "ch05-month-mean",
        "05",
        "The mean of the month beats last year's value.",
        MONTHS,
        el_nino,
        lower="month_mean",
        higher="seasonal_naive",
    ),
    Below(
        "ch05-climatology-window",
        "05",
        "The mean of the month over all training years beats the same over "
        "the eight years of the window.",
        MONTHS,
        el_nino_calendar,
        lower="climatology",
        higher="month_mean",
    ),
    Below(
        "ch05-sarima-ets",
        "05",
        "SARIMA beats ETS.",
        MONTHS,
        el_nino,
        lower="sarima",
        higher="ets",
    ),
    Below(
        "ch05-ridge-dense",
        "05",
        "Ridge beats a dense network with 32 hidden units.",
        f"{MONTHS}; early stopping",
        el_nino,
        lower="ridge",
        higher="dense",
    ),
    Below(
        "ch05-gap-13",
        "05",
        "In gaps of 13 weeks, the network from both sides beats the straight "
        "line.",
        f"{_WEEKS} in ppm",
        gaps,
        lower="network_13",
        higher="line_13",
    ),
    Below(
        "ch05-gap-1",
        "05",
        "In gaps of one week, it beats the straight line as well.",
        f"{_WEEKS} in ppm",
        gaps,
        lower="network_1",
        higher="line_1",
    ),
    Below(
        "ch05-gap-wave",
        "05",
        "In gaps of 13 weeks, a line with a yearly wave has less than half "
        "the error of a straight line.",
        f"{_WEEKS} in ppm",
        gaps_with_a_season,
        lower="wave",
        higher="line",
        factor=2,
    ),
    Below(
        "ch05-forward-line",
        "05",
        "In gaps of 13 weeks, the straight line beats the last value carried "
        "forward.",
        f"{_WEEKS} in ppm",
        gaps,
        lower="line_13",
        higher="forward_13",
    ),
]
