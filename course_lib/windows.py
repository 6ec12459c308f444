"""From one series to training examples: what is known, what follows.

Windows are cut after the split (see `splits`), so that none lies across
it. It leaves out anything with dates. Chapter 5.
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
