"""The calendar's forecast: it finds its place, and departures fade."""

import numpy as np
import pytest
import torch

from course_lib import Climatology, DampedAnomaly

PERIOD, K = 7, 4
rng = np.random.default_rng(0)
SEASON = rng.normal(size=PERIOD) * 3
SERIES = np.tile(SEASON, 9)[:, None].astype(np.float32)


@pytest.mark.parametrize("start", range(PERIOD))
def test_a_pure_season_is_forecast_exactly_from_any_place(start):
    """No date is given; the window says where in the season it is."""
    window = torch.tensor(SERIES[None, start : start + 2 * PERIOD])
    after = start + 2 * PERIOD
    for model in (Climatology, DampedAnomaly):
        forecast = model(SERIES, K, PERIOD)(window)
        torch.testing.assert_close(
            forecast, torch.tensor(SERIES[None, after : after + K])
        )


def test_the_season_is_the_mean_of_each_place():
    """Also when the training part ends within a season."""
    noisy = SERIES[:-3] + rng.normal(size=(len(SERIES) - 3, 1))
    model = Climatology(noisy, K, PERIOD)
    for place in range(PERIOD):
        assert model.season[place].item() == pytest.approx(
            noisy[place::PERIOD].mean(), rel=1e-5
        )


def test_a_departure_fades_by_the_same_share_at_every_step():
    """The forecasts' distances from the season are a geometric row."""
    noisy = SERIES + rng.normal(size=SERIES.shape).cumsum(0) * 0.1
    calendar = Climatology(noisy, K, PERIOD)
    damped = DampedAnomaly(noisy, K, PERIOD)
    window = torch.tensor(SERIES[None, : 2 * PERIOD])
    window[:, -1] += 0.5
    distance = (damped(window) - calendar(window))[0, :, 0]
    assert 0 < damped.damping < 1
    torch.testing.assert_close(
        distance[1:] / distance[:-1],
        torch.full((K - 1,), damped.damping),
        rtol=1e-4,
        atol=0,
    )


def test_the_share_is_that_of_an_autoregression():
    """Departures that halve at every step have a share of one half."""
    departure = np.zeros(7000)
    for t in range(1, len(departure)):
        departure[t] = 0.5 * departure[t - 1] + rng.normal()
    series = np.tile(SEASON, 1000)[:, None] + departure[:, None]
    assert DampedAnomaly(series, K, PERIOD).damping == pytest.approx(
        0.5, abs=0.05
    )


def test_windows_of_a_batch_do_not_meet():
    """Each finds its own place."""
    windows = torch.stack(
        [torch.tensor(SERIES[s : s + 2 * PERIOD]) for s in (0, 3, 5)]
    )
    model = DampedAnomaly(SERIES + rng.normal(size=SERIES.shape), K, PERIOD)
    alone = torch.cat([model(window[None]) for window in windows])
    torch.testing.assert_close(model(windows), alone)


@pytest.mark.parametrize(
    ("train", "words"),
    [
        (SERIES[:, 0], "shape"),
        (SERIES[: PERIOD + 1], "two seasons"),
        (np.full_like(SERIES, np.nan), "finite"),
    ],
)
def test_a_bad_training_part_is_refused(train, words):
    """The message says what was expected."""
    with pytest.raises(ValueError, match=words):
        Climatology(train, K, PERIOD)


def test_a_window_shorter_than_a_season_is_refused():
    """Its place could not be found."""
    with pytest.raises(ValueError, match="whole season"):
        Climatology(SERIES, K, PERIOD)(torch.zeros(2, PERIOD - 1, 1))
