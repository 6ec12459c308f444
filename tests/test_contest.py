"""Rules of a fair contest: the future test, choices, intervals over time."""

import numpy as np
import pytest
import torch
from scipy import stats

from course_lib import (
    Mean,
    Naive,
    Windows,
    best_on,
    block_interval,
    changed_by_the_future,
    errors_by_origin,
    mae,
    ridge_pipeline,
)
from course_lib.leaks import LEAKS

SERIES = np.random.default_rng(0).normal(size=(160, 2)).cumsum(axis=0) / 5
# The step of the first test forecast: 48 test steps, and a window's end.
FIRST = 160 - 48 - 1


@pytest.mark.parametrize("leak", LEAKS)
@pytest.mark.parametrize("step", [FIRST, FIRST + 20])
def test_only_the_clean_pipeline_survives_another_future(leak, step):
    """A scale, a choice and a smoothing that look ahead are all found."""
    change = changed_by_the_future(
        lambda series: ridge_pipeline(series, leak=leak)[0], SERIES, [step]
    )
    assert (change == 0) == (leak == "none")


def test_the_pipelines_rows_stand_at_the_steps_they_are_made_at():
    """The first at the last validation step, the last K steps before the end.

    Of a series that only repeats itself, the row t must hold x[t + 1] and
    what follows.
    """
    wave = np.sin(2 * np.pi * np.arange(160) / 8)[:, None]
    forecasts, error = ridge_pipeline(np.hstack([wave, 2 * wave]))
    made = np.flatnonzero(np.isfinite(forecasts[:, 0, 0]))
    assert (made[0], made[-1]) == (FIRST, 160 - 4 - 1)
    # A penalised fit shrinks the wave a little and does not shift it.
    pairs = forecasts[made, 0, 0], wave[made + 1, 0]
    assert np.corrcoef(*pairs)[0, 1] > 0.99
    assert error < 0.3


def test_an_unknown_leak_is_an_error_that_lists_the_known_ones():
    """A misspelt one would pass for clean."""
    with pytest.raises(ValueError, match="'smoothing'"):
        ridge_pipeline(SERIES, leak="smooth")


def test_no_forecast_before_the_step_is_no_evidence():
    """It raises instead of passing."""
    with pytest.raises(ValueError, match="no forecast is made"):
        changed_by_the_future(lambda s: ridge_pipeline(s)[0], SERIES, [20])


def test_a_forecast_that_comes_and_goes_with_the_future_is_infinite():
    """Its place is decided by what comes later."""

    def pipeline(series):
        forecasts = np.zeros((len(series), 1, 1))
        forecasts[: int(abs(series[-1, 0]) * 10) % 7] = np.nan
        return forecasts

    worst = max(
        changed_by_the_future(pipeline, SERIES[:, :1], [50], seed=seed)
        for seed in range(5)
    )
    assert worst == float("inf")


def test_the_future_is_altered_and_the_past_is_not():
    """What the pipeline is given the second time."""
    seen = []

    def pipeline(series):
        seen.append(series)
        return np.zeros((len(series), 1, 1))

    changed_by_the_future(pipeline, SERIES, [100])
    before, after = seen
    np.testing.assert_array_equal(before, SERIES)
    np.testing.assert_array_equal(before[:101], after[:101])
    assert (before[101:] != after[101:]).all()


def windows(N=40, *, seed=0):
    """Random inputs and targets."""
    xs = torch.randn(N, 9, 2, generator=torch.Generator().manual_seed(seed))
    return Windows(xs[:, :6], xs[:, 6:])


def test_errors_by_origin_average_to_the_error():
    """One number for each window, in their order."""
    errors = errors_by_origin(Naive(3), windows())
    assert errors.shape == (40,)
    whole = mae(Naive(3)(windows().inputs), windows().targets)
    torch.testing.assert_close(errors.mean(), whole)


def test_the_best_candidate_is_the_one_with_the_lowest_error():
    """On noise, the mean beats the last value."""
    name, chosen = best_on(windows(), {"naive": Naive(3), "mean": Mean(3)})
    assert name == "mean"
    assert isinstance(chosen, Mean)
    with pytest.raises(ValueError, match="at least one"):
        best_on(windows(), {})


def test_blocks_of_one_give_the_interval_of_independent_values():
    """Against the normal interval of a mean."""
    values = np.random.default_rng(1).normal(size=400)
    mean, low, high = block_interval(values, 1)
    half = stats.norm.ppf(0.975) * values.std() / 20
    assert mean == values.mean()
    assert (high - low) / 2 == pytest.approx(half, rel=0.08)


def test_blocks_cover_the_truth_where_single_values_do_not():
    """An AR(1) with 0.8: nominal 95 %, counted over 200 histories."""
    covered = {1: 0, 20: 0}
    rng = np.random.default_rng(2)
    for _ in range(200):
        noise = rng.normal(size=300)
        xs = np.zeros(300)
        for t in range(1, 300):
            xs[t] = 0.8 * xs[t - 1] + noise[t]
        for block in covered:
            _, low, high = block_interval(xs[50:], block, draws=300)
            covered[block] += low < 0 < high
    assert covered[1] < 130  # far too narrow
    assert covered[20] > 165


def test_too_little_time_for_an_interval_is_an_error():
    """Two blocks must fit."""
    with pytest.raises(ValueError, match="two blocks of 8"):
        block_interval(np.zeros(15), 8)
