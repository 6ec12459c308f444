"""Chapter 5: forecasting and its baselines."""

import torch

from course_lib.baselines import Dense, LeastSquares, Mean, Naive
from course_lib.claims import two_sines
from course_lib.claims.claim import Below, Near
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
    for epochs in (20, 200):
        torch.manual_seed(seed)
        dense = Dense((50, 1), (1, 1))
        fit(dense, train, epochs=epochs, batch_size=32, lr=1e-3, seed=seed)
        numbers[f"descent_{epochs}"] = two_sines.error(dense, valid)
    return numbers


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
        "The gap is training, not capacity: 200 epochs come closer than 20.",
        _DATA_SEEDS,
        linear_by_descent,
        lower="descent_200",
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
]
