"""Many related series, and the raw series of one economy: the capstone's data.

Both ship inside statsmodels. What is done to the raw numbers before a split
uses no value from after the step it belongs to; scales come later and from
the training part alone (`splits`). Chapter 13.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
import torch
from statsmodels import datasets as real

from course_lib import _require
from course_lib.datasets import Series
from course_lib.windows import Windows

# Amounts grow in proportion, so their logarithm is differenced; what is in
# per cent already is differenced as it is.
AMOUNTS = {
    "output": "realgdp",
    "consumption": "realcons",
    "investment": "realinv",
    "prices": "cpi",
}
PER_CENTS = {"interest rate": "tbilrate", "unemployment": "unemp"}


class Panel(NamedTuple):
    """Many series over the same steps.

    Attributes:
        values: (N, n_steps, 1) float32, one series in each row.
        dates: the date of each step.
        names: the N names of the series.
    """

    values: np.ndarray
    dates: pd.Index
    names: tuple[str, ...]


def economy():
    """Six quarterly series of the US economy as published, 1959 to 2009.

    Returns:
        `Series` of shape (203, 6): output, consumption, investment (billions
        of dollars of 2005), prices (an index), interest rate and
        unemployment (per cent); float64, since amounts are differenced.

    Source:
        Federal Reserve Bank of St. Louis, through
        ``statsmodels.datasets.macrodata``.

    >>> economy().values.shape
    (203, 6)
    """
    table = real.macrodata.load_pandas().data
    columns = AMOUNTS | PER_CENTS
    dates = pd.period_range("1959Q1", periods=len(table), freq="Q")
    values = table[list(columns.values())].to_numpy(np.float64)
    return Series(values, dates, tuple(columns), 4)


def changes(levels):
    r"""From quarter to quarter: growth of amounts, difference of per cents.

    .. math:: 100\,(\ln v_t - \ln v_{t-1}) \quad\text{or}\quad v_t - v_{t-1}

    A change is made of its own quarter and the one before, so it carries
    nothing back from the future.

    Args:
        levels: the `Series` of `economy`.

    Returns:
        `Series` one step shorter, float32, all features in per cent.

    >>> changes(economy()).values.shape
    (202, 6)
    """
    amounts = [name in AMOUNTS for name in levels.names]
    scaled = levels.values.copy()
    scaled[:, amounts] = 100 * np.log(scaled[:, amounts])
    return Series(
        np.diff(scaled, axis=0).astype(np.float32),
        levels.dates[1:],
        levels.names,
        levels.period,
    )


# The source lists these among the countries; they are made of others.
GROUPS = (
    "Latin America & Caribbean (all income levels)",
    "OECD members",
    "Other small states",
    "Pacific island small states",
)


def fertility(*, groups=False):
    """Births per woman in 188 countries, every year from 1960 to 2011.

    Countries with a gap in these years are left out, and so are groups of
    countries, and the years after 2011, which are empty. The source
    interpolates many countries between censuses, so the series are smoother
    than the world.

    Args:
        groups: keep the four groups of countries, as the source does.

    Returns:
        `Panel` of shape (188, 52, 1).

    Source:
        World Bank, through ``statsmodels.datasets.fertility``.

    >>> fertility().values.shape
    (188, 52, 1)
    """
    table = real.fertility.load_pandas().data.set_index("Country Name")
    table = table[[name for name in table.columns if name.isdigit()]]
    table = table.dropna(axis=1, how="all").dropna()
    if not groups:
        table = table.drop(list(GROUPS))
    return Panel(
        table.to_numpy(np.float32)[..., None],
        pd.period_range(table.columns[0], table.columns[-1], freq="Y"),
        tuple(table.index),
    )


def panel_windows(values, length, horizon, *, first, last):
    """Windows of every series whose targets lie in the steps first to last.

    The windows of one origin stand together, in the order of the series:
    window ``n`` belongs to series ``n % N``.

    Args:
        values: (N, n_steps, D) array, finite.
        length: input steps T; they may begin before ``first``.
        horizon: target steps K.
        first: earliest step that may be a target.
        last: the step behind the latest one.

    Returns:
        `Windows` of (last - first - K + 1) · N examples.

    Raises:
        ValueError: if there are not T steps before ``first`` or not K to
            ``last``.

    >>> panel = np.zeros((5, 30, 1))
    >>> panel_windows(panel, 8, 3, first=8, last=20).inputs.shape
    torch.Size([50, 8, 1])
    """
    _require.sequences(values, name="values")
    for value, name in [(length, "length"), (horizon, "horizon")]:
        _require.at_least(value, 1, name=name)
    if not length <= first <= last - horizon <= values.shape[1] - horizon:
        raise ValueError(
            f"first and last must leave {length} steps before first and "
            f"{horizon} from first to last within {values.shape[1]} steps, "
            f"got {first} and {last}."
        )
    _require.finite(values, name="values")
    steps = torch.tensor(np.asarray(values), dtype=torch.float32)
    origins = range(first, last - horizon + 1)
    return Windows(
        torch.cat([steps[:, n - length : n] for n in origins]),
        torch.cat([steps[:, n : n + horizon] for n in origins]),
    )
