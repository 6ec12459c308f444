"""Fill gaps: what is missing between steps that are known.

A gap is NaN. Imputation may look at both sides of it, which a forecast
must not. Fillers, the simple ones of `fillers` and the network here, are
callables (B, T, D) with NaN -> (B, T, D) without. They are scored only at
points that were observed and then hidden, because nowhere else is the truth
known. Chapter 5.
"""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from course_lib import _require
from course_lib.fillers import interpolate
from course_lib.initialisation import glorot_
from course_lib.metrics import mae, mse


class Gaps(NamedTuple):
    """Series with gaps, and the same series with fewer or none.

    Attributes:
        inputs: (N, T, D) with NaN where hidden or missing.
        targets: (N, T, D) with NaN only where the truth is unknown.
    """

    inputs: torch.Tensor
    targets: torch.Tensor


def pieces(series, length, *, stride=1):
    """Cut one series into pieces that may hold gaps.

    Args:
        series: (n_steps, D), NaN where missing.
        length: steps T of a piece.
        stride: steps from one piece to the next.

    Returns:
        (N, T, D) tensor.

    >>> pieces(np.zeros((100, 1)), 40, stride=20).shape
    torch.Size([4, 40, 1])
    """
    if series.ndim != 2 or len(series) < length:
        raise ValueError(
            f"series must have shape (n_steps, D) with at least {length} "
            f"steps, got {tuple(series.shape)}."
        )
    values = torch.tensor(np.array(series), dtype=torch.float32)
    return values.unfold(0, length, stride).movedim(-1, 1)


def hide(values, *, share, run=1, seed=0):
    """Hide whole runs of steps, at random.

    Args:
        values: (N, T, D) tensor, NaN where missing already.
        share: of the steps to hide, between 0 and 1.
        run: steps in a gap.
        seed: seed of the generator.

    Returns:
        `Gaps`, with the given values as targets.

    >>> gaps = hide(torch.zeros(4, 50, 1), share=0.2, run=5)
    >>> bool(gaps.inputs.isnan().any()), bool(gaps.targets.isnan().any())
    (True, False)
    """
    _require.sequences(values, name="values")
    _require.at_least(run, 1, name="run")
    N, T, _ = values.shape
    if not 0 < share < 1 or run >= T:
        raise ValueError(
            f"share must lie between 0 and 1 and run below the {T} steps, "
            f"got {share} and {run}."
        )
    generator = torch.Generator().manual_seed(seed)
    # A step is hidden when a gap starts at it or at one of the run - 1
    # steps before it, so the chance of a start follows from the share.
    start = 1 - (1 - share) ** (1 / run)
    starts = torch.rand(N, T + run - 1, generator=generator) < start
    hidden = starts.unfold(1, run, 1).any(dim=-1)
    return Gaps(torch.where(hidden[..., None], torch.nan, values), values)


def steps_since_observed(values):
    """How many steps ago each feature was last seen, (N, T, D).

    0 where it is seen now; before the first observation it counts from
    the start.

    >>> nan = float("nan")
    >>> steps_since_observed(torch.tensor([[[1.0], [nan], [nan]]])).flatten()
    tensor([0., 1., 2.])
    """
    _require.sequences(values, name="values")
    missing = values.isnan()
    delta = torch.zeros_like(values)
    count = torch.zeros_like(values[:, 0])
    for t in range(values.shape[1]):
        count = torch.where(missing[:, t], count + 1, 0.0)
        delta[:, t] = count
    return delta


class BidirectionalImputer(nn.Module):
    r"""A correction to the straight line, read from both sides.

    .. math:: \hat x_t = \ell_t + V [\overrightarrow{h}_t;
              \overleftarrow{h}_t] + c

    where the line :math:`\ell` comes from `interpolate` and the layers see,
    at every step, the line less its mean, whether the value is known, and
    how long it has been unknown from either side. Known values are returned
    as they are.

    Args:
        recurrent: `Bidirectional` with 4 D inputs.
        n_features: features D of the series.

    Source:
        After Cao et al. (2018); chapter 5.

    >>> from course_lib.cells import GRUCell
    >>> from course_lib.recurrent import Bidirectional, Recurrent
    >>> layers = (Recurrent(GRUCell(4, 5)), Recurrent(GRUCell(4, 5)))
    >>> gaps = hide(torch.zeros(2, 50, 1), share=0.2)
    >>> BidirectionalImputer(Bidirectional(*layers), 1)(gaps.inputs).shape
    torch.Size([2, 50, 1])
    """

    def __init__(self, recurrent, n_features):
        super().__init__()
        self.recurrent = recurrent
        self.h_to_x = nn.Linear(recurrent.hidden_size, n_features)
        glorot_(self.h_to_x)

    def forward(self, values):
        """(B, T, D) with NaN -> (B, T, D) without."""
        line = interpolate(values)
        # The correction should not depend on the level of the series.
        centred = line - line.mean(dim=1, keepdim=True)
        missing = values.isnan()
        ahead = steps_since_observed(values)
        back = steps_since_observed(values.flip(1)).flip(1)
        features = [centred, missing.to(line.dtype), ahead, back]
        # Gaps are tens of steps long; a logarithm keeps the inputs small.
        features[2:] = [delta.log1p() for delta in features[2:]]
        hs = self.recurrent(torch.cat(features, dim=-1))
        return torch.where(missing, line + self.h_to_x(hs), values)


def hidden_points(gaps):
    """Where a value was hidden whose truth is known: a mask (N, T, D)."""
    _require.same_shape(*gaps)
    where = gaps.inputs.isnan() & ~gaps.targets.isnan()
    if not where.any():
        raise ValueError(
            "gaps must hide at least one known value, got none; raise the "
            "share of hide()."
        )
    return where


def imputation_loss(model, gaps):
    """Mean squared error at the hidden points: the loss for ``fit``."""
    where = hidden_points(gaps)
    return mse(model(gaps.inputs)[where], gaps.targets[where])


def imputation_error(filler, gaps, *, metric=mae):
    """Score a filler at the hidden points, and nowhere else.

    >>> from course_lib.fillers import mean_fill
    >>> gaps = hide(torch.ones(4, 50, 1), share=0.2)
    >>> imputation_error(mean_fill, gaps)
    0.0
    """
    where = hidden_points(gaps)
    with torch.no_grad():
        filled = filler(gaps.inputs)
    return metric(filled[where], gaps.targets[where]).item()
