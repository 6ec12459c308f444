"""Simple fillers of gaps: what an imputing network has to beat.

Each is a callable (B, T, D) with NaN -> (B, T, D) without, and fills each
series from that series alone. Chapter 5.
"""

import numpy as np
import torch

from course_lib import _require


def mean_fill(values):
    """Fill with the mean of what each series shows, per feature."""
    _require.sequences(values, name="values")
    _some_seen(values)
    return torch.where(
        values.isnan(), values.nanmean(dim=1, keepdim=True), values
    )


def forward_fill(values):
    """Fill with the last value seen; before it, with the first one."""
    _require.sequences(values, name="values")
    return _per_series(
        values,
        lambda t, seen, x: x[
            np.maximum(np.searchsorted(seen, t, side="right") - 1, 0)
        ],
    )


def interpolate(values):
    """Fill with a straight line between the neighbours of the gap.

    At the ends, where there is one neighbour, with its value.

    >>> nan = float("nan")
    >>> interpolate(torch.tensor([[[1.0], [nan], [3.0]]])).flatten()
    tensor([1., 2., 3.])
    """
    _require.sequences(values, name="values")
    return _per_series(values, np.interp)


def _some_seen(values):
    """Raise unless every series shows a value of every feature."""
    for n, d in values.isnan().all(dim=1).nonzero().tolist():
        raise ValueError(
            f"each series must show a value of each feature, got none of "
            f"feature {d} in series {n}; there is nothing to fill it from."
        )


class HarmonicFill:
    r"""Fill with a line and a yearly wave, fitted to what the piece shows.

    .. math:: \hat x_t = a + b t + \sum_{n=1}^{N} \alpha_n \sin(2 \pi n t / m)
              + \beta_n \cos(2 \pi n t / m)

    by least squares on the known values of each series and feature. The
    straight line between the neighbours of a gap is then added to it for
    what is left over.

    Args:
        period: steps m in a season.
        harmonics: waves N in a season.

    >>> from course_lib.imputation import hide
    >>> wave = torch.sin(torch.arange(50.0) * 2 * torch.pi / 25)[None, :, None]
    >>> gaps = hide(wave, share=0.2, run=5)
    >>> torch.allclose(HarmonicFill(25)(gaps.inputs), wave, atol=1e-4)
    True
    """

    def __init__(self, period, harmonics=2):
        _require.at_least(period, 2, name="period")
        _require.at_least(harmonics, 1, name="harmonics")
        self.period = period
        self.harmonics = harmonics

    def __call__(self, values):
        """(B, T, D) with NaN -> (B, T, D) without."""
        _require.sequences(values, name="values")
        t = np.arange(values.shape[1])
        angles = 2 * np.pi * np.outer(t, np.arange(1, self.harmonics + 1))
        angles /= self.period
        X = np.column_stack(
            [np.ones(len(t)), t, np.sin(angles), np.cos(angles)]
        )

        def wave_and_line(t, seen, x):
            wave = X @ np.linalg.lstsq(X[seen], x, rcond=None)[0]
            filled = wave + np.interp(t, seen, x - wave[seen])
            filled[seen] = x  # to the last bit
            return filled

        return _per_series(values, wave_and_line)


def _per_series(values, rule):
    """Apply ``rule(t, seen, x)`` to each series and feature by itself."""
    _some_seen(values)
    filled = values.clone()
    t = np.arange(values.shape[1])
    for n, d in np.ndindex(len(values), values.shape[2]):
        x = values[n, :, d].numpy()
        seen = np.flatnonzero(~np.isnan(x))
        filled[n, :, d] = torch.as_tensor(rule(t, seen, x[seen]))
    return filled
