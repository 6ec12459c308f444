"""Tasks that ask for one thing: to remember.

Each gives sequences (N, T, D) and what is to be said after the last step.
The length T is the lag over which something must be kept. Chapter 10.
"""

from typing import NamedTuple

import torch

from course_lib import _require


class Recall(NamedTuple):
    """Sequences of symbols and the first symbol of each, to be recalled."""

    inputs: torch.Tensor  # (N, T, n_symbols), one-hot
    targets: torch.Tensor  # (N,), class indices


def recall_task(n, length, *, n_symbols=4, seed=0):
    """Name the first of ``length`` symbols after random distractors.

    Every symbol is drawn alike, so nothing but its place tells the one to
    remember from the others. A guess is right once in ``n_symbols``.

    Args:
        n: number of sequences N.
        length: steps T, the symbol to recall included.
        n_symbols: number of different symbols D.
        seed: seed of the generator.

    Returns:
        `Recall` with inputs (N, T, D) one-hot and targets (N,).

    Source:
        After Hochreiter & Schmidhuber (1997), experiment 2; chapter 10.

    >>> recall_task(8, 10).inputs.shape
    torch.Size([8, 10, 4])
    """
    _require.at_least(n, 1, name="n")
    _require.at_least(length, 1, name="length")
    _require.at_least(n_symbols, 2, name="n_symbols")
    generator = torch.Generator().manual_seed(seed)
    symbols = torch.randint(n_symbols, (n, length), generator=generator)
    one_hot = torch.nn.functional.one_hot(symbols, n_symbols)
    return Recall(one_hot.float(), symbols[:, 0])


def distinct_recall_task(n, length, *, n_symbols=4, n_distractors=4, seed=0):
    """Name the first symbol after distractors of another alphabet.

    The symbol to recall is one of the first ``n_symbols``, every later
    input one of ``n_distractors`` others. So an input says by itself
    whether it is to be kept, and a gate that looks at the input alone can
    do it; in `recall_task` it must look at the state as well. A guess is
    right once in ``n_symbols``.

    Args:
        n: number of sequences N.
        length: steps T, the symbol to recall included.
        n_symbols: number of different symbols to recall.
        n_distractors: number of different distractors.
        seed: seed of the generator.

    Returns:
        `Recall` with inputs (N, T, n_symbols + n_distractors) one-hot and
        targets (N,).

    Source:
        Hochreiter & Schmidhuber (1997), experiment 2; chapter 10.

    >>> distinct_recall_task(8, 10).inputs.shape
    torch.Size([8, 10, 8])
    """
    _require.at_least(n, 1, name="n")
    _require.at_least(length, 1, name="length")
    _require.at_least(n_symbols, 2, name="n_symbols")
    _require.at_least(n_distractors, 1, name="n_distractors")
    generator = torch.Generator().manual_seed(seed)
    D = n_symbols + n_distractors
    symbols = torch.randint(n_symbols, D, (n, length), generator=generator)
    symbols[:, 0] = torch.randint(n_symbols, (n,), generator=generator)
    one_hot = torch.nn.functional.one_hot(symbols, D)
    return Recall(one_hot.float(), symbols[:, 0])


class Adding(NamedTuple):
    """Sequences of marked numbers and the sum of the two marked ones."""

    inputs: torch.Tensor  # (N, T, 2), number and mark
    targets: torch.Tensor  # (N, 1, 1)


def adding_problem(n, length, *, seed=0):
    """Add the two marked numbers of a long sequence.

    At every step the input is a number from U(0, 1) and a mark that is 1
    at two steps, one in each half, and 0 elsewhere. Always to answer 1
    scores a mean squared error of 1/6 = 0.167.

    Args:
        n: number of sequences N.
        length: steps T, at least 2.
        seed: seed of the generator.

    Returns:
        `Adding` with inputs (N, T, 2) and targets (N, 1, 1).

    Source:
        Hochreiter & Schmidhuber (1997), experiment 4; chapter 10.

    >>> adding_problem(8, 10).inputs.shape
    torch.Size([8, 10, 2])
    """
    _require.at_least(n, 1, name="n")
    _require.at_least(length, 2, name="length")
    generator = torch.Generator().manual_seed(seed)
    numbers = torch.rand(n, length, generator=generator)
    half = length // 2
    first = torch.randint(half, (n,), generator=generator)
    second = torch.randint(half, length, (n,), generator=generator)
    marks = torch.zeros(n, length)
    rows = torch.arange(n)
    marks[rows, first] = marks[rows, second] = 1
    totals = numbers[rows, first] + numbers[rows, second]
    inputs = torch.stack([numbers, marks], dim=-1)
    return Adding(inputs, totals[:, None, None])


class LeakySum(NamedTuple):
    """Sequences of numbers and their leaky sum at every step."""

    inputs: torch.Tensor  # (N, T, 1)
    targets: torch.Tensor  # (N, T, 1)


def leaky_sum(n, length, *, decay, seed=0):
    r"""Keep a sum that leaks, and say it at every step.

    .. math:: s_t = a s_{t-1} + 0.2 x_t, \qquad s_0 = 0, \quad
              x_t \sim \mathcal N(0.3, 0.3^2)

    The sum drifts from 0 towards its level in about 1 / (1 - a) steps, so
    the statistics of early steps are not those of late ones.

    Args:
        n: number of sequences N.
        length: steps T.
        decay: share a of the sum that is left after a step.
        seed: seed of the generator.

    Returns:
        `LeakySum` with inputs and targets (N, T, 1).

    Source:
        Chapter 9.

    >>> leaky_sum(8, 10, decay=0.8).targets.shape
    torch.Size([8, 10, 1])
    """
    _require.at_least(n, 1, name="n")
    _require.at_least(length, 1, name="length")
    generator = torch.Generator().manual_seed(seed)
    xs = 0.3 + 0.3 * torch.randn(n, length, 1, generator=generator)
    s, sums = torch.zeros(n, 1), []
    for x in xs.unbind(1):
        s = decay * s + 0.2 * x
        sums.append(s)
    return LeakySum(xs, torch.stack(sums, dim=1))
