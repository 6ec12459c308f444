"""Several series: jointly, one model for each, and one for all."""

import numpy as np
import pytest
import torch
from statsmodels.tsa import api

from course_lib import (
    VAR,
    ChangeForecaster,
    GRUCell,
    Mean,
    Naive,
    PerFeature,
    PerSeries,
    Recurrent,
)

K = 5


def coupled(n=150, *, seed=0):
    """A VAR(2) of three features: (n, 3)."""
    rng = np.random.default_rng(seed)
    A, B = 0.3 * rng.normal(size=(2, 3, 3))
    xs = np.zeros((n, 3))
    for t in range(2, n):
        xs[t] = 1 + A @ xs[t - 1] + 0.3 * B @ xs[t - 2] + rng.normal(size=3)
    return xs


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_vector_autoregression_is_that_of_statsmodels(order):
    """Iterated least squares, against its forecast of every window."""
    xs = coupled().astype(np.float32).astype(float)
    theirs = api.VAR(xs).fit(order)
    window = xs[40:52]
    ours = VAR(xs, K, order=order)(torch.as_tensor(window)[None])
    expected = theirs.forecast(window[-order:], K)
    np.testing.assert_allclose(ours[0], expected, rtol=1e-6, atol=1e-8)


def test_a_window_shorter_than_the_order_is_an_error():
    """Which says how many steps it needs."""
    with pytest.raises(ValueError, match="the 3 steps"):
        VAR(coupled(), K, order=3)(torch.zeros(2, 2, 3))


def test_each_feature_goes_to_its_own_forecaster():
    """And comes back in its own place."""
    xs = torch.randn(4, 7, 2)
    both = PerFeature([Naive(K), Mean(K)])(xs)
    torch.testing.assert_close(both[..., :1], Naive(K)(xs[..., :1]))
    torch.testing.assert_close(both[..., 1:], Mean(K)(xs[..., 1:]))


def test_each_series_goes_to_its_own_forecaster():
    """Windows n, n + N, n + 2N to forecaster n."""
    xs = torch.randn(6, 7, 1)
    both = PerSeries([Naive(K), Mean(K)])(xs)
    torch.testing.assert_close(both[0::2], Naive(K)(xs[0::2]))
    torch.testing.assert_close(both[1::2], Mean(K)(xs[1::2]))


def test_half_a_round_of_series_is_an_error():
    """It would give windows to the wrong forecasters."""
    with pytest.raises(ValueError, match="whole rounds of the 2"):
        PerSeries([Naive(K), Mean(K)])(torch.zeros(5, 7, 1))


def change_forecaster(**settings):
    """A small one in float64."""
    torch.manual_seed(0)
    known = {"mean": 3.0, "std": 2.0, "step": 0.1} | settings
    return ChangeForecaster(Recurrent(GRUCell(2, 5)), K, **known).double()


def test_without_a_change_the_global_model_is_the_naive_forecast():
    """An output layer of zeros forecasts no change."""
    model = change_forecaster()
    torch.nn.init.zeros_(model.forecaster.h_to_forecast.weight)
    xs = torch.randn(4, 7, 1, dtype=torch.float64)
    torch.testing.assert_close(model(xs), Naive(K)(xs))


def test_the_global_model_reads_levels_and_changes():
    """By hand: standardised value and scaled change, then a sum."""
    model = change_forecaster()
    xs = torch.randn(4, 7, 1, dtype=torch.float64)
    features = torch.cat(
        [(xs[:, 1:] - 3) / 2, (xs[:, 1:] - xs[:, :-1]) / 0.1], dim=2
    )
    ds = model.forecaster(features)
    for k in range(K):
        expected = xs[:, -1] + 0.1 * ds[:, : k + 1].sum(dim=1)
        torch.testing.assert_close(model(xs)[:, k], expected)


def test_windows_do_not_hear_of_each_other():
    """Independence across the batch, with all sizes different."""
    model = change_forecaster()
    xs = torch.randn(3, 8, 1, dtype=torch.float64)
    other = xs.clone()
    other[1] += 1
    assert torch.equal(model(xs)[[0, 2]], model(other)[[0, 2]])


@pytest.mark.parametrize("name", ["std", "step"])
def test_a_scale_of_zero_is_an_error(name):
    """Nothing can be measured in zeros."""
    with pytest.raises(ValueError, match="above 0"):
        change_forecaster(**{name: 0.0})
