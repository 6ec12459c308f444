"""From one series to training examples: split, standardise, cut windows.

In this order, so that nothing of the future reaches the training part: the
scale comes from the training part alone, and windows are cut after the
split. It leaves out shuffling by series and anything with dates. Chapter 5.
"""

from typing import NamedTuple

import numpy as np
import torch

from course_lib import _require


class Windows(NamedTuple):
    """Examples for a forecaster.

    Attributes:
        inputs: (N, T, D), what is known.
        targets: (N, K, D), the steps that follow.
    """

    inputs: torch.Tensor
    targets: torch.Tensor


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


def sliding_windows(series, length, horizon, *, stride=1):
    """Cut a series into windows of inputs and the targets behind them.

    Window ``i`` has the inputs ``series[i : i + length]`` and the targets
    ``series[i + length : i + length + horizon]``.

    Args:
        series: (n_steps, D) array or tensor, finite.
        length: input steps T.
        horizon: target steps K.
        stride: steps from one window to the next.

    Returns:
        `Windows` with inputs (N, T, D) and targets (N, K, D), where
        N = (n_steps - T - K) // stride + 1.

    Raises:
        ValueError: on a wrong shape, NaN, or a series that is too short.

    >>> sliding_windows(np.zeros((100, 2)), 24, 12).targets.shape
    torch.Size([65, 12, 2])
    """
    _require.series(series)
    for value, name in [(length, "length"), (horizon, "horizon")]:
        _require.at_least(value, 1, name=name)
    _require.at_least(stride, 1, name="stride")
    _require.finite(series, name="series")
    if len(series) < length + horizon:
        raise ValueError(
            f"series must have at least length + horizon = {length} + "
            f"{horizon} steps, got {len(series)}; shorten the window or the "
            "horizon, or give the part its history (chronological_split)."
        )
    values = torch.tensor(np.asarray(series), dtype=torch.float32)
    blocks = values.unfold(0, length + horizon, stride).movedim(-1, 1)
    return Windows(blocks[:, :length], blocks[:, length:])


def split_last(xs, horizon):
    """Windows from whole series: all but the last K steps, then those.

    Args:
        xs: (N, T + K, D), many series.
        horizon: target steps K.

    Returns:
        `Windows` with inputs (N, T, D) and targets (N, K, D).

    >>> split_last(np.zeros((8, 60, 1)), 10).inputs.shape
    torch.Size([8, 50, 1])
    """
    _require.sequences(xs)
    _require.at_least(horizon, 1, name="horizon")
    if xs.shape[1] <= horizon:
        raise ValueError(
            f"series must be longer than the horizon {horizon}, got "
            f"{xs.shape[1]} steps; nothing would be left as input."
        )
    _require.finite(xs, name="xs")
    xs = torch.tensor(np.asarray(xs))
    return Windows(xs[:, :-horizon], xs[:, -horizon:])


def split_examples(windows, *sizes):
    """Cut windows into parts of so many examples, in their order.

    For many independent series; the windows of one series overlap, so
    that one is split in time first (`chronological_split`).

    >>> whole = split_last(np.zeros((10, 6, 1)), 1)
    >>> [len(part.inputs) for part in split_examples(whole, 7, 2, 1)]
    [7, 2, 1]
    """
    if sum(sizes) != len(windows[0]):
        raise ValueError(
            f"the sizes must add up to the {len(windows[0])} examples, got "
            f"{sizes} with sum {sum(sizes)}."
        )
    parts = zip(*(values.split(sizes) for values in windows), strict=True)
    return [type(windows)(*part) for part in parts]


def targets_at_every_step(windows):
    """The next K steps after each input step, for sequence to sequence.

    ``result[b, t, k]`` is the value k + 1 steps after input step t of
    series b. For the last input step these are the window's own targets.

    Args:
        windows: `Windows` with inputs (N, T, D) and targets (N, K, D).

    Returns:
        (N, T, K, D) tensor, a view of inputs and targets joined.

    >>> targets_at_every_step(split_last(np.zeros((8, 60, 1)), 10)).shape
    torch.Size([8, 50, 10, 1])
    """
    inputs, targets = windows
    _require.sequences(inputs, name="inputs")
    _require.sequences(targets, inputs.shape[2], name="targets")
    _require.same_number(windows, name="windows")
    whole = torch.cat([inputs, targets], dim=1)
    return whole[:, 1:].unfold(1, targets.shape[1], 1).movedim(-1, 2)


def batches(windows, batch_size, *, generator=None):
    """Go through the windows once in a random order, a batch at a time.

    Args:
        windows: `Windows` (or any named tuple of tensors) of N examples.
        batch_size: examples B in a batch; the last one may be smaller.
        generator: ``torch.Generator`` of the order.

    Yields:
        The same type with at most ``batch_size`` examples.

    >>> series = split_last(np.zeros((10, 6, 1)), 1)
    >>> [len(batch.inputs) for batch in batches(series, 4)]
    [4, 4, 2]
    """
    _require.at_least(batch_size, 1, name="batch_size")
    _require.same_number(windows, name="windows")
    order = torch.randperm(len(windows[0]), generator=generator)
    for rows in order.split(batch_size):
        yield type(windows)(*(part[rows] for part in windows))
