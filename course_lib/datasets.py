"""The series that the chapters work on.

A series is a float32 array of shape (n_steps, D); many of them together
have shape (N, n_steps, D). The synthetic ones are made here, the real ones
ship inside statsmodels: nothing is downloaded. Splitting comes later, in
`splits`, and windowing in `windows`. Chapter 5 tells the story.
"""

from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd
from statsmodels import datasets as real

from course_lib import _require


class Series(NamedTuple):
    """A real series: its values, their dates and the names of its features.

    Attributes:
        values: (n_steps, D) float32; NaN where nothing was observed.
        dates: the date of each step, a pandas index of length n_steps.
        names: D strings, with units.
        period: steps in one season (12 for months of a year).
    """

    values: np.ndarray
    dates: pd.Index
    names: tuple[str, ...]
    period: int


def two_sine_waves(n_series, n_steps, *, seed=42):
    r"""Sums of two sine waves of random frequency and phase, with noise.

    .. math::
        x(t) = 0.5 \sin((t - o_1)(10 f_1 + 10))
             + 0.2 \sin((t - o_2)(20 f_2 + 20)) + 0.1 (u_t - 0.5)

    with :math:`f_1, f_2, o_1, o_2, u_t \sim U(0, 1)` and ``n_steps`` times
    from 0 to 1. The time step is therefore 1 / (n_steps - 1): series of
    another length are sampled at another rate (chapter 8 makes a lesson of
    it). With ``seed=42`` the numbers are those of the published experiment.

    Args:
        n_series: number of series N.
        n_steps: number of steps T, at least 2.
        seed: seed of NumPy's legacy generator, which the publication used.

    Returns:
        (N, T, 1) float32 array.

    Source:
        Géron (2019), chapter 15, "Forecasting a Time Series".

    >>> two_sine_waves(4, 50).shape
    (4, 50, 1)
    """
    _require.at_least(n_series, 1, name="n_series")
    _require.at_least(n_steps, 2, name="n_steps")
    # The published series come from NumPy's legacy stream, in this order.
    rng = np.random.RandomState(seed)
    f1, f2, o1, o2 = rng.rand(4, n_series, 1)
    t = np.linspace(0, 1, n_steps)
    xs = 0.5 * np.sin((t - o1) * (f1 * 10 + 10))
    xs += 0.2 * np.sin((t - o2) * (f2 * 20 + 20))
    xs += 0.1 * (rng.rand(n_series, n_steps) - 0.5)
    return xs[..., None].astype(np.float32)


def noisy_level(n_steps, *, seed=0):
    r"""A level that drifts slowly, seen through noise.

    .. math::
        l_t = 0.99\, l_{t-1} + \sqrt{1 - 0.99^2}\, u_t, \qquad
        x_t = l_t + v_t, \quad u_t, v_t \sim N(0, 1)

    The level has variance 1, and so has the noise. One value says little
    about the level; the past says more, and the further one looks back the
    better. A long memory pays here.

    Args:
        n_steps: number of steps.
        seed: seed of the generator.

    Returns:
        (n_steps, 1) float32 array.

    Source:
        Chapter 2; Harvey (1989) for series that are a level and noise.

    >>> noisy_level(50).shape
    (50, 1)
    """
    _require.at_least(n_steps, 1, name="n_steps")
    rng = np.random.default_rng(seed)
    moves, noise = rng.standard_normal((2, n_steps))
    keep = 0.99
    moves *= np.sqrt(1 - keep**2)
    moves[0] /= np.sqrt(1 - keep**2)  # the first level has variance 1, too
    level = np.array(list(accumulate(moves, lambda h, x: keep * h + x)))
    return (level + noise)[:, None].astype(np.float32)


def sea_surface_temperature():
    """Monthly sea-surface temperature of the El Niño region, 1950 to 2010.

    Returns:
        `Series` of shape (732, 1) in degrees Celsius, period 12.

    Source:
        NOAA, through ``statsmodels.datasets.elnino``.

    >>> sea_surface_temperature().values.shape
    (732, 1)
    """
    table = real.elnino.load_pandas().data.set_index("YEAR")
    first = int(table.index[0])
    dates = pd.period_range(f"{first}-01", periods=table.size, freq="M")
    values = table.to_numpy(np.float32).reshape(-1, 1)
    return Series(values, dates, ("temperature (°C)",), 12)


def co2():
    """Weekly CO2 at Mauna Loa, 1958 to 2001, with its 59 missing weeks.

    Returns:
        `Series` of shape (2284, 1) in ppm, NaN where the week is missing,
        period 52.

    Source:
        Keeling & Whorf, through ``statsmodels.datasets.co2``.

    >>> int(np.isnan(co2().values).sum())
    59
    """
    table = real.co2.load_pandas().data
    return Series(table.to_numpy(np.float32), table.index, ("CO2 (ppm)",), 52)


def sunspots():
    """Yearly number of sunspots, 1700 to 2008.

    Returns:
        `Series` of shape (309, 1), period 11 (the cycle's mean length).

    Source:
        NOAA, through ``statsmodels.datasets.sunspots``.

    >>> sunspots().values.shape
    (309, 1)
    """
    table = real.sunspots.load_pandas().data
    dates = pd.period_range("1700", periods=len(table), freq="Y")
    values = table[["SUNACTIVITY"]].to_numpy(np.float32)
    return Series(values, dates, ("sunspots",), 11)


def us_macro():
    """Quarterly growth, inflation and unemployment in the US, 1959 to 2009.

    Growth and inflation are 100 times the difference of the logarithm of
    real output and of the price index, so the first quarter is lost.

    Returns:
        `Series` of shape (202, 3) in per cent, period 4.

    Source:
        Federal Reserve Bank of St. Louis, through
        ``statsmodels.datasets.macrodata``.

    >>> us_macro().names
    ('growth (%)', 'inflation (%)', 'unemployment (%)')
    """
    table = real.macrodata.load_pandas().data
    log = np.log(table[["realgdp", "cpi"]].to_numpy())
    values = np.column_stack(
        [100 * np.diff(log, axis=0), table["unemp"].to_numpy()[1:]]
    )
    dates = pd.period_range("1959Q2", periods=len(values), freq="Q")
    names = ("growth (%)", "inflation (%)", "unemployment (%)")
    return Series(values.astype(np.float32), dates, names, 4)
