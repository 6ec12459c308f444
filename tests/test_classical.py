"""ETS and SARIMA here are those of statsmodels, window by window."""

import numpy as np
import pytest
import torch
from statsmodels.tsa.statespace.exponential_smoothing import (
    ExponentialSmoothing,
)
from statsmodels.tsa.statespace.sarimax import SARIMAX

from course_lib import ETS, SARIMA

K = 5


def seasonal_series(n=72, period=6, *, seed=0, trend=0.0):
    """A season, a slope and noise: (n, 1)."""
    rng = np.random.default_rng(seed)
    t = np.arange(n)
    season = np.sin(2 * np.pi * t / period) + 5
    return (season + trend * t + 0.3 * rng.normal(size=n))[:, None]


def autoregression(n=400, phi=0.7, mean=3.0, *, seed=0):
    """An AR(1) series around its mean: (n, 1)."""
    rng = np.random.default_rng(seed)
    x = np.zeros(n)
    for t in range(1, n):
        x[t] = phi * x[t - 1] + rng.normal()
    return (x + mean)[:, None]


@pytest.fixture(scope="module")
def ar1():
    """The model of an AR(1) series, fitted once."""
    return SARIMA(autoregression(), K, order=(1, 0, 0))


def windows(n=3, length=36):
    """Windows that no model was fitted on, in float64."""
    return torch.as_tensor(
        np.stack([seasonal_series(length, seed=s + 1) for s in range(n)])
    )


@pytest.mark.parametrize(
    ("order", "seasonal_order", "trend"),
    [
        ((1, 0, 0), (0, 0, 0, 0), "c"),
        ((2, 0, 1), (0, 0, 0, 0), "c"),
        ((1, 1, 0), (0, 0, 0, 0), None),
        ((1, 0, 0), (0, 1, 1, 4), None),
    ],
)
def test_sarima_forecasts_what_statsmodels_does(order, seasonal_order, trend):
    """The same orders and parameters, run over each window from scratch."""
    train = seasonal_series()
    model = SARIMA(train, K, order=order, seasonal_order=seasonal_order)
    settings = {
        "order": order,
        "seasonal_order": seasonal_order,
        "trend": trend,
    }
    inputs = windows()
    got = model(inputs)
    assert got.shape == (len(inputs), K, 1)
    assert got.dtype == inputs.dtype
    for window, forecast in zip(inputs, got, strict=True):
        one = SARIMAX(window[:, 0].numpy(), **settings)
        expected = one.filter(model.fitted.params).forecast(K)
        np.testing.assert_allclose(forecast[:, 0], expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("period", "trend"), [(None, False), (6, False), (None, True), (6, True)]
)
def test_ets_forecasts_what_statsmodels_does(period, trend):
    """The same components and parameters on each window."""
    train = seasonal_series(trend=0.05 * trend)
    model = ETS(train, K, period=period, trend=trend)
    settings = {
        "seasonal": period,
        "trend": trend,
        "initialization_method": "concentrated",
    }
    inputs = windows()
    got = model(inputs)
    assert got.shape == (len(inputs), K, 1)
    for window, forecast in zip(inputs, got, strict=True):
        one = ExponentialSmoothing(window[:, 0].numpy(), **settings)
        expected = one.smooth(model.fitted.params).forecast(K)
        np.testing.assert_allclose(forecast[:, 0], expected, rtol=1e-8)


def test_the_parameters_are_fitted_on_the_training_part_by_statsmodels(ar1):
    """The same likelihood as fitting by hand, and no window changes it."""
    by_hand = SARIMAX(autoregression()[:, 0], order=(1, 0, 0), trend="c")
    expected = by_hand.fit(disp=False)
    assert ar1.fitted.llf == pytest.approx(expected.llf, rel=1e-6)
    before = ar1.fitted.params.copy()
    ar1(windows())
    np.testing.assert_array_equal(ar1.fitted.params, before)


def test_an_autoregression_finds_its_coefficient(ar1):
    """φ = 0.7 from 400 steps, within two standard errors."""
    names = ar1.fitted.param_names
    phi = ar1.fitted.params[names.index("ar.L1")]
    assert phi == pytest.approx(0.7, abs=2 * np.sqrt((1 - 0.49) / 400))


def test_the_forecast_of_an_autoregression_decays_to_its_mean(ar1):
    """Geometrically: x̂_{t+k} - μ = φ^k (x_t - μ)."""
    values = dict(zip(ar1.fitted.param_names, ar1.fitted.params, strict=True))
    phi = values["ar.L1"]
    mean = values["intercept"] / (1 - phi)
    inputs = torch.as_tensor(autoregression(20, seed=5))[None]
    inputs[0, -1] += 10
    expected = mean + phi ** np.arange(1, K + 1) * (
        inputs[0, -1].item() - mean
    )
    np.testing.assert_allclose(ar1(inputs)[0, :, 0], expected, rtol=1e-8)


def test_simple_exponential_smoothing_forecasts_one_level():
    """Without season and trend every step ahead is the same."""
    forecast = ETS(autoregression(60), K)(windows())
    torch.testing.assert_close(forecast, forecast[:, :1].expand(-1, K, -1))


def test_a_seasonal_forecast_repeats_after_a_season():
    """ETS with a season of 6 and no trend has period 6."""
    model = ETS(seasonal_series(), 14, period=6)
    forecast = model(windows())
    torch.testing.assert_close(forecast[:, 6:12], forecast[:, :6])
    assert (forecast[:, 0] - forecast[:, 3]).abs().min() > 0.1


def test_a_window_does_not_change_the_forecast_of_another(ar1):
    """Each runs the fitted model by itself, in any order."""
    inputs = windows()
    together = ar1(inputs)
    assert torch.equal(ar1(inputs.flip(0)).flip(0), together)
    assert torch.equal(ar1(inputs[1:2]), together[1:2])
    assert ar1(inputs.float()).dtype == torch.float32


@pytest.mark.parametrize(
    "make",
    [
        lambda train, horizon=K: ETS(train, horizon),
        lambda train, horizon=K: SARIMA(train, horizon, order=(1, 0, 0)),
    ],
    ids=["ETS", "SARIMA"],
)
def test_bad_training_series_are_named(make):
    """Expected, got and a hint."""
    for train, words in [
        (np.zeros(20), r"\(n_steps, 1\), got \(20,\)"),
        (np.zeros((20, 2)), r"\(n_steps, 1\), got \(20, 2\).*one feature"),
        (np.zeros((0, 1)), "train must be longer.*got 0"),
        (np.full((20, 1), np.nan), "train must be finite, got 20 NaN"),
    ]:
        with pytest.raises(ValueError, match=words):
            make(train)
    with pytest.raises(ValueError, match=r"horizon must be.*got 0"):
        make(autoregression(30), 0)


def test_a_series_shorter_than_a_season_is_refused():
    """There is nothing to estimate the season from."""
    with pytest.raises(ValueError, match=r"longer than a season of 12.*got 9"):
        ETS(autoregression(9), K, period=12)
    with pytest.raises(ValueError, match=r"longer than a season of 12.*got 9"):
        SARIMA(
            autoregression(9),
            K,
            order=(1, 0, 0),
            seasonal_order=(0, 1, 1, 12),
        )
    with pytest.raises(ValueError, match=r"period must be.*at least 2, got 1"):
        ETS(autoregression(9), K, period=1)


@pytest.mark.parametrize(
    ("inputs", "words"),
    [
        (torch.zeros(2, 20), r"\(B, T, D\) with D=1, got \(2, 20\)"),
        (torch.zeros(2, 20, 2), r"D=1, got \(2, 20, 2\)"),
        (torch.zeros(2, 0, 1), "no axis of length 0"),
    ],
)
def test_bad_windows_are_named(ar1, inputs, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        ar1(inputs)
