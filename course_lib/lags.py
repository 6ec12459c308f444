"""Sequences in which what matters lies a known number of steps back.

`random_seasons` hides the answer in a long window, `closing_task` among
many answers that need no memory. The tasks with one answer at the end are
in `tasks`. Chapter 10.
"""

from typing import NamedTuple

import torch

from course_lib import _require


def random_seasons(n_series, n_steps, period, *, noise=0.1, seed=0):
    """Series that repeat a random pattern, with noise.

    Each series has a pattern of its own, ``period`` numbers from N(0, 1).
    Nothing but the value one period back says what comes next, so a
    forecaster needs a memory of exactly that length.

    Args:
        n_series: number of series N.
        n_steps: steps of each.
        period: steps in one repetition.
        noise: standard deviation of the noise, new at each step.
        seed: seed of the generator.

    Returns:
        (N, n_steps, 1) float32.

    Source:
        Chapter 10.

    >>> random_seasons(8, 61, 30).shape
    torch.Size([8, 61, 1])
    """
    _require.at_least(n_series, 1, name="n_series")
    _require.at_least(period, 1, name="period")
    _require.at_least(n_steps, period + 1, name="n_steps")
    generator = torch.Generator().manual_seed(seed)
    pattern = torch.randn(n_series, period, generator=generator)
    values = pattern[:, torch.arange(n_steps) % period]
    values += noise * torch.randn(n_series, n_steps, generator=generator)
    return values[..., None]


class Closing(NamedTuple):
    """Sequences of symbols and, at every step, the symbol that follows."""

    inputs: torch.Tensor  # (N, T, 9), one-hot
    targets: torch.Tensor  # (N, T), class indices


# Symbols of `closing_task` in its order: brackets, walkers, the stop.
CLOSING_SYMBOLS = "([{<abcd."


def closing_task(n, length, *, seed=0):
    """Predict each next symbol of sequences such as ``(abcdab.(``.

    A sequence opens with one of four brackets. Then a walk goes round
    a, b, c, d: with probability 0.9 to the next letter, else to any of the
    four. A stop follows, and then the bracket of the beginning again. All
    but the last prediction need at most the symbol before; the last one
    needs the first symbol. A guess is right once in four.

    Args:
        n: number of sequences N.
        length: predictions T in each, at least 4.
        seed: seed of the generator.

    Returns:
        `Closing` with inputs (N, T, 9) one-hot and targets (N, T).

    Source:
        Chapter 10.

    >>> closing_task(8, 20).targets.shape
    torch.Size([8, 20])
    """
    _require.at_least(n, 1, name="n")
    _require.at_least(length, 4, name="length")
    generator = torch.Generator().manual_seed(seed)
    bracket = torch.randint(4, (n, 1), generator=generator)
    size = n, length - 2
    jump = torch.randint(4, size, generator=generator)
    stays = torch.rand(size, generator=generator) < 0.9
    moves = torch.where(stays, torch.ones_like(jump), jump)
    moves[:, 0] = jump[:, 0]  # the walk begins anywhere
    walk = moves.cumsum(dim=1) % 4 + 4
    stop = torch.full((n, 1), 8)
    symbols = torch.cat([bracket, walk, stop, bracket], dim=1)
    one_hot = torch.nn.functional.one_hot(symbols[:, :-1], 9)
    return Closing(one_hot.float(), symbols[:, 1:])
