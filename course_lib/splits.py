"""Training, validation and test part of a series, and its scale.

In the order of time, so that nothing of the future reaches the training
part; the scale comes from the training part alone. Chapter 5.
"""

from typing import NamedTuple

import numpy as np
import torch

from course_lib import _require


class Split(NamedTuple):
    """Training, validation and test part, in the order of time."""

    train: np.ndarray
    valid: np.ndarray
    test: np.ndarray


def chronological_split(series, *, valid=0.15, test=0.15, history=0):
    """Cut a series into training, validation and test, never shuffled.

    Args:
        series: (n_steps, D).
        valid: share of the steps for validation.
        test: share of the steps for the test, at the end.
        history: steps before each later part that are given to it as well,
            as inputs only: with ``history`` equal to the length of the
            windows, the first target is the part's own first step.

    Returns:
        `Split` of three arrays (·, D).

    Raises:
        ValueError: if the shares leave a part without a step.

    >>> [len(part) for part in chronological_split(np.zeros((100, 1)))]
    [70, 15, 15]
    """
    _require.series(series)
    _require.at_least(history, 0, name="history")
    n = len(series)
    last = n - round(test * n)
    middle = last - round(valid * n)
    if not 0 < middle < last < n:
        raise ValueError(
            "every part of the split must have at least one step, got "
            f"{middle}, {last - middle} and {n - last} of {n}; check the "
            f"shares valid={valid} and test={test}."
        )
    if history > middle:
        raise ValueError(
            f"history must lie between 0 and the {middle} training steps, "
            f"got {history}."
        )
    return Split(
        series[:middle],
        series[middle - history : last],
        series[last - history :],
    )


class Standardizer:
    r"""Subtract the mean and divide by the standard deviation, per feature.

    .. math:: z = (x - \mu) / \sigma

    with the statistics of the array that it was made from: the training
    part, and nothing else.

    Args:
        train: (..., D) array or tensor, finite.

    Raises:
        ValueError: on NaN, or on a feature that never changes.

    >>> Standardizer(np.array([[1.0], [3.0]])).transform(np.array([[5.0]]))
    array([[3.]])
    """

    def __init__(self, train):
        values = np.asarray(train)
        if values.ndim < 2 or 0 in values.shape:
            raise ValueError(
                "the training part must have shape (..., D) with at least "
                f"one step, got {values.shape}; one feature is x[:, None]."
            )
        _require.finite(values, name="the training part")
        axes = tuple(range(values.ndim - 1))
        self.mean = values.mean(axis=axes)
        self.std = values.std(axis=axes)
        # Rounding can leave a constant feature a tiny standard deviation.
        constant = values.max(axis=axes) == values.min(axis=axes)
        if constant.any():
            raise ValueError(
                "every feature must vary in the training part, got constant "
                f"features {np.flatnonzero(constant).tolist()}; drop them."
            )

    def transform(self, values):
        """Standardise values of shape (..., D)."""
        mean, std = self._statistics(values)
        return (values - mean) / std

    def inverse(self, values):
        """Undo `transform`: back to the units of the series."""
        mean, std = self._statistics(values)
        return values * std + mean

    def _statistics(self, values):
        """Mean and deviation as the array or tensor that values are."""
        D = len(self.mean)
        if values.ndim < 1 or values.shape[-1] != D:
            raise ValueError(
                f"values must have shape (..., D) with D={D} as in training, "
                f"got {tuple(values.shape)}; did you forget the feature axis?"
            )
        if isinstance(values, torch.Tensor):
            return values.new_tensor(self.mean), values.new_tensor(self.std)
        return self.mean, self.std
