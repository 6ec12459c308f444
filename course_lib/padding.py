"""Sequences of different lengths in one batch.

A tensor has one length, so shorter sequences are padded at their end, and
their true lengths go with them. What reads the batch must not read the
padding: `last_state` here, and `at_lengths` in `seq2seq`. It leaves out
torch's packed sequences; chapter 3 shows that they give the same.
"""

from typing import NamedTuple

import torch

from course_lib import _require

N_SYMBOLS = 8


class Labelled(NamedTuple):
    """Padded sequences with their lengths and one answer each.

    Attributes:
        inputs: (N, T, D), zeros behind a sequence's last step.
        lengths: (N,) whole numbers from 1 to T.
        targets: (N,) numbers of classes.
    """

    inputs: torch.Tensor
    lengths: torch.Tensor
    targets: torch.Tensor


def _symbols(n, shortest, longest, seed):
    """Random symbols (N, T), their lengths, and the padded one-hot inputs."""
    _require.at_least(n, 1, name="n")
    _require.at_least(shortest, 1, name="shortest")
    _require.at_least(longest, shortest, name="longest")
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(shortest, longest + 1, (n,), generator=generator)
    symbols = torch.randint(N_SYMBOLS, (n, longest), generator=generator)
    true = torch.arange(longest) < lengths[:, None]
    inputs = torch.nn.functional.one_hot(symbols, N_SYMBOLS).float()
    return symbols, lengths, true, inputs * true[:, :, None]


def majority_task(n, *, shortest=3, longest=40, seed=0):
    """Are more than half of the symbols even? Yes is class 1.

    Symbols are 0 to 7, one-hot. A guess is right half the time, or a
    little more often: with a draw the answer is no.

    Args:
        n: number of sequences N.
        shortest: least steps of a sequence.
        longest: most steps T; each length between is as likely.
        seed: seed of the generator.

    Returns:
        `Labelled` with inputs (N, longest, 8).

    >>> majority_task(5).inputs.shape
    torch.Size([5, 40, 8])
    """
    symbols, lengths, true, inputs = _symbols(n, shortest, longest, seed)
    even = ((symbols % 2 == 0) & true).sum(dim=1)
    return Labelled(inputs, lengths, (2 * even > lengths).long())


def first_symbol_task(n, *, shortest=3, longest=40, seed=0):
    """Which was the first symbol, counted modulo 4?

    Args and return value as `majority_task`, with four classes.

    >>> first_symbol_task(5).targets.shape
    torch.Size([5])
    """
    symbols, lengths, _, inputs = _symbols(n, shortest, longest, seed)
    return Labelled(inputs, lengths, symbols[:, 0] % 4)


def last_state(cell, xs, lengths):
    r"""The state after the last true step of each sequence.

    A sequence that has ended keeps its state while the others go on:

    .. math::
        s_t = \mathrm{cell}(x_t, s_{t-1}) \text{ for } t \le \text{length},
        \quad s_t = s_{t-1} \text{ after it}

    `at_lengths` picks outputs; this gives whole states, the c of an LSTM
    and the lower layers of a stack included.

    Args:
        cell: any cell, or a stack of cells.
        xs: (B, T, D), padded at the end.
        lengths: (B,) whole numbers from 1 to T.

    Returns:
        A state of the cell.

    >>> from course_lib.cells import LSTMCell
    >>> state = last_state(LSTMCell(3, 5), torch.zeros(2, 7, 3), [7, 3])
    >>> state.c.shape
    torch.Size([2, 5])
    """
    _require.sequences(xs, cell.input_size)
    lengths = torch.as_tensor(lengths)
    if (
        lengths.shape != xs.shape[:1]
        or lengths.is_floating_point()
        or not (1 <= lengths.min() and lengths.max() <= xs.shape[1])
    ):
        raise ValueError(
            f"lengths must be {len(xs)} whole numbers from 1 to "
            f"{xs.shape[1]}, got {lengths.tolist()}."
        )
    state = cell.initial_state(len(xs))
    projected = cell.project(xs)
    for t in range(int(lengths.max())):
        _, after = cell.step(projected[:, t], state)
        going = (t < lengths)[:, None]
        state = after if going.all() else _where(going, after, state)
    return state


def _where(condition, new, old):
    """The new state where the condition holds, else the old, to any depth."""
    if isinstance(new, torch.Tensor):
        return torch.where(condition, new, old)
    parts = [_where(condition, *pair) for pair in zip(new, old, strict=True)]
    return type(new)(*parts) if hasattr(new, "_fields") else tuple(parts)
