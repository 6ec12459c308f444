"""Rules of a fair contest: no look ahead, equal choices, time's own luck.

`changed_by_the_future` runs a whole pipeline twice, the second time with
another future. `best_on` is the one rule of choice. `block_interval` says
how far a mean over the test origins could have come out otherwise, had
history gone on differently in pieces. Chapter 13.
"""

import numpy as np

from course_lib import _require
from course_lib.metrics import mae, predict


def changed_by_the_future(pipeline, series, steps, *, seed=0):
    """Largest change of a forecast when only later values are altered.

    The values after each given step are replaced by others and everything
    is run again: the forecasts up to that step must stay as they were. A
    scale, a filling, a penalty or a best epoch that knew the later values
    gives itself away.

    Args:
        pipeline: callable (n_steps, D) -> (n_steps, K, D); row t is the
            forecast made at step t, NaN where none is made. It does all
            that was done: splitting, scaling, fitting, choosing.
        series: (n_steps, D) array, finite.
        steps: steps t behind which the future is altered.
        seed: of the other future.

    Returns:
        The largest absolute difference, 0.0 for a clean pipeline; infinite
        if a forecast is there only with one of the futures.

    Raises:
        ValueError: if no forecast is made up to some step, which would
            make this test pass for want of evidence.

    >>> past = lambda xs: np.cumsum(xs, 0)[:, None] / 10
    >>> every = lambda xs: np.repeat(xs.mean(0)[None, None], len(xs), 0)
    >>> xs = np.arange(20.0)[:, None]
    >>> changed_by_the_future(past, xs, [5, 9])
    0.0
    >>> changed_by_the_future(every, xs, [5, 9]) > 0
    True
    """
    series = np.asarray(series)
    _require.series(series)
    _require.finite(series, name="series")
    rng = np.random.default_rng(seed)
    before = np.asarray(pipeline(series.copy()))
    spread = series.std(axis=0)
    worst = 0.0
    for step in steps:
        past = before[: step + 1]
        if np.isnan(past).all():
            raise ValueError(
                f"no forecast is made up to step {step}, so nothing can be "
                "compared there; choose a later step."
            )
        other = series.copy()
        noise = rng.normal(size=other[step + 1 :].shape)
        # A far level and a wide spread, so that a share of it shows too.
        other[step + 1 :] = series[step] + 3 * spread * (1 + 2 * noise)
        after = np.asarray(pipeline(other))[: step + 1]
        if (np.isnan(past) != np.isnan(after)).any():
            return float("inf")
        worst = max(worst, float(np.nanmax(np.abs(after - past))))
    return worst


def best_on(windows, candidates):
    """Choose among candidates by their mean absolute error on windows.

    One rule for every family of models, and as many candidates for each:
    that is what an equal budget of choices means.

    Args:
        windows: the validation `Windows`.
        candidates: dictionary of callables (B, T, D) -> (B, K, D) by name.

    Returns:
        (name, forecaster) of the best one.

    >>> import torch
    >>> from course_lib.baselines import Mean, Naive
    >>> from course_lib.windows import Windows
    >>> windows = Windows(torch.tensor([[[1.0], [3.0]]]), torch.ones(1, 1, 1))
    >>> best_on(windows, {"naive": Naive(1), "mean": Mean(1)})[0]
    'mean'
    """
    if not candidates:
        raise ValueError("candidates must hold at least one, got none.")
    errors = {
        name: mae(predict(candidate, windows.inputs), windows.targets).item()
        for name, candidate in candidates.items()
    }
    name = min(errors, key=errors.get)
    return name, candidates[name]


def errors_by_origin(forecaster, windows):
    """Mean absolute error of each window, over its steps and features.

    Args:
        forecaster: callable (B, T, D) -> (B, K, D).
        windows: `Windows` in the order of time.

    Returns:
        (N,) tensor.

    >>> import torch
    >>> from course_lib.baselines import Naive
    >>> from course_lib.windows import Windows
    >>> windows = Windows(torch.ones(4, 6, 1), torch.zeros(4, 2, 1))
    >>> errors_by_origin(Naive(2), windows)
    tensor([1., 1., 1., 1.])
    """
    forecast = predict(forecaster, windows.inputs)
    _require.same_shape(forecast, windows.targets)
    return (forecast - windows.targets).abs().flatten(1).mean(dim=1)


def block_interval(values, block, *, level=0.95, draws=2000, seed=0):
    r"""Interval of a mean over time, by resampling blocks of neighbours.

    Errors of neighbouring origins are alike: their targets overlap, and a
    recession lasts. Single values drawn at random would pretend that each
    is news; blocks of ``block`` neighbours keep what they have in common.
    The series is closed to a ring, so that each value is drawn as often.

    Args:
        values: (N,) numbers in the order of time, such as the difference
            of two forecasters' errors at each origin.
        block: neighbours in a block, at least the horizon K.
        level: share of the draws inside the interval.
        draws: means to draw.
        seed: of the draws.

    Returns:
        (mean, low, high).

    Raises:
        ValueError: if fewer than two blocks fit.

    Source:
        Politis & Romano (1992), the circular block bootstrap.

    >>> block_interval(np.ones(40), 4)
    (1.0, 1.0, 1.0)
    """
    values = np.asarray(values, dtype=float)
    _require.at_least(block, 1, name="block")
    N = len(values)
    if values.ndim != 1 or 2 * block > N:
        raise ValueError(
            f"values must be at least two blocks of {block} numbers in a "
            f"row, got shape {values.shape}; an interval needs more time."
        )
    rng = np.random.default_rng(seed)
    starts = rng.integers(N, size=(draws, -(-N // block)))
    rows = (starts[..., None] + np.arange(block)) % N
    means = values[rows.reshape(draws, -1)[:, :N]].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(values.mean()), float(low), float(high)
