"""One pipeline in four versions: a clean one, and three that look ahead.

From a series to forecasts at every step of its test part, with everything
that was fitted or chosen on the way. The versions differ in one line each.
`contest.changed_by_the_future` tells them apart. Chapter 13.
"""

import numpy as np
import torch

from course_lib import _require
from course_lib.baselines import ridge_by_validation
from course_lib.metrics import mae
from course_lib.splits import Standardizer, chronological_split
from course_lib.windows import sliding_windows

LEAKS = ("none", "scale", "choice", "smoothing")


def ridge_pipeline(series, *, leak="none", length=12, horizon=4):
    """Ridge from raw series to test forecasts, clean or with a leak.

    Args:
        series: (n_steps, D) array.
        leak: "none"; "scale" standardises by the whole series; "choice"
            takes the penalty that is best on the test part; "smoothing"
            averages each value with its two neighbours first.
        length: input steps T.
        horizon: steps ahead K.

    Returns:
        forecasts: (n_steps, K, D); row t is the forecast made at step t,
            NaN before the test part and where no target is left.
        error: the mean absolute error that would be reported, in standard
            deviations of the raw training part.

    >>> series = np.random.default_rng(0).normal(size=(200, 2))
    >>> ridge_pipeline(series)[0].shape
    (200, 4, 2)
    """
    _require.one_of(leak, LEAKS, name="leak")
    raw = chronological_split(series, valid=0.2, test=0.3).train
    if leak == "smoothing":
        series = _smoothed(series)
    parts = chronological_split(series, valid=0.2, test=0.3, history=length)
    scaler = Standardizer(series if leak == "scale" else parts.train)
    train, valid, test = (
        sliding_windows(scaler.transform(part), length, horizon)
        for part in parts
    )
    model = ridge_by_validation(
        train, test if leak == "choice" else valid, [10, 100, 1000, 10_000]
    )
    forecast = scaler.inverse(model(test.inputs))
    unit = torch.tensor(raw.std(axis=0))
    error = mae(forecast / unit, scaler.inverse(test.targets) / unit).item()
    forecasts = np.full((len(series), horizon, series.shape[1]), np.nan)
    # The last window has all of its targets; it is made K steps earlier.
    last = len(series) - horizon
    forecasts[last - len(forecast) : last] = forecast
    return forecasts, error


def _smoothed(series):
    """Each value and its two neighbours, averaged: a look ahead."""
    padded = np.concatenate([series[:1], series, series[-1:]])
    return (padded[:-2] + padded[1:-1] + padded[2:]) / 3
