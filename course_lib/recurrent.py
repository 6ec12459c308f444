"""Unroll a cell over a sequence; the layer is the same for every cell.

It leaves out packing of sequences of different lengths (see `at_lengths`
in `seq2seq`) and fused kernels: from here to ``torch.nn`` is one section of
every chapter. Chapters 1 and 2.
"""

import torch
from torch import nn

from course_lib import _require


class Recurrent(nn.Module):
    r"""A recurrent layer: one cell, the same weights at every step.

    .. math:: (h_t, s_t) = \mathrm{cell}(x_t, s_{t-1}), \quad t = 1 \dots T

    Args:
        cell: any `Cell`, or a stack of cells; `unroll` runs it.

    Raises:
        ValueError: if ``xs`` is not (B, T, D) with T at least 1.

    Source:
        Chapter 1; Elman (1990).

    >>> from course_lib.cells import GRUCell
    >>> hs, state = Recurrent(GRUCell(3, 5))(torch.zeros(2, 7, 3))
    >>> hs.shape, state.shape
    (torch.Size([2, 7, 5]), torch.Size([2, 5]))
    """

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    @property
    def input_size(self):
        """Features D of the input."""
        return self.cell.input_size

    @property
    def hidden_size(self):
        """Units H of the output."""
        return self.cell.hidden_size

    def forward(self, xs, state=None):
        """(B, T, D) and a first state -> hs (B, T, H) and the last state."""
        _require.sequences(xs, self.input_size)
        if state is None:
            state = self.cell.initial_state(len(xs))
        _require.state_like(state, self.cell.initial_state(len(xs)))
        return unroll(self.cell, xs, state)


def unroll(cell, xs, state):
    """Run a cell over all steps of a sequence.

    What the input alone decides is computed for all steps in one product;
    only the recurrence is left for the loop. A stack has its own `unroll`,
    which takes one cell after the other over all steps.

    Args:
        cell: any `Cell`, or a stack of cells.
        xs: (B, T, D).
        state: the first state.

    Returns:
        hs (B, T, H), the outputs of all steps, and the last state.

    >>> from course_lib.cells import RNNCell
    >>> cell = RNNCell(3, 5)
    >>> hs, _ = unroll(cell, torch.zeros(2, 7, 3), cell.initial_state(2))
    >>> hs.shape
    torch.Size([2, 7, 5])
    """
    if hasattr(cell, "unroll"):
        return cell.unroll(xs, state)
    hs = []
    with cell.unrolling():
        for p in cell.project(xs).unbind(1):
            h, state = cell.step(p, state)
            hs.append(h)
    return torch.stack(hs, dim=1), state


class Bidirectional(nn.Module):
    """Two layers, one of which reads the sequence from its end.

    At every step the output holds what the first layer knows of the past
    and what the second knows of the future. It is therefore no forecaster:
    chapter 5 uses it to fill gaps.

    Args:
        forward_layer: `Recurrent` that reads from the first step on.
        backward_layer: `Recurrent` that reads from the last step back.

    >>> from course_lib.cells import RNNCell
    >>> two = Bidirectional(Recurrent(RNNCell(3, 5)), Recurrent(RNNCell(3, 4)))
    >>> two(torch.zeros(2, 7, 3)).shape
    torch.Size([2, 7, 9])

    Source:
        Schuster & Paliwal (1997).
    """

    def __init__(self, forward_layer, backward_layer):
        super().__init__()
        self.forward_layer = forward_layer
        self.backward_layer = backward_layer

    @property
    def hidden_size(self):
        """Units of both layers together."""
        return self.forward_layer.hidden_size + self.backward_layer.hidden_size

    def forward(self, xs):
        """(B, T, D) -> (B, T, H_forward + H_backward)."""
        ahead, _ = self.forward_layer(xs)
        back, _ = self.backward_layer(xs.flip(1))
        return torch.cat([ahead, back.flip(1)], dim=-1)


def detach_state(state):
    """Cut the graph at a state: the same values, no gradient beyond it.

    Works on a tensor and on (named) tuples of states, to any depth.

    >>> detach_state(torch.ones(2, 5, requires_grad=True)).requires_grad
    False
    """
    return map_state(torch.Tensor.detach, state)


def map_state(function, state):
    """Apply a function to every tensor of a state, however deep."""
    if isinstance(state, torch.Tensor):
        return function(state)
    parts = [map_state(function, part) for part in state]
    # A named tuple takes its parts one by one, a plain one as a list.
    named = hasattr(state, "_fields")
    return type(state)(*parts) if named else type(state)(parts)


def trace_gates(cell, xs, state=None):
    """Run a gated cell over a sequence and keep every gate.

    Args:
        cell: `LSTMCell` or `GRUCell`.
        xs: (B, T, D).
        state: the first state, zeros if left out.

    Returns:
        Dictionary of the gates by name, and ``h`` (and ``c``), each
        (B, T, H), without gradient.

    >>> from course_lib.cells import LSTMCell
    >>> traces = trace_gates(LSTMCell(3, 5), torch.zeros(2, 7, 3))
    >>> list(traces), traces["f"].shape
    (['i', 'f', 'g', 'o', 'h', 'c'], torch.Size([2, 7, 5]))
    """
    _require.sequences(xs, cell.input_size)
    if not hasattr(cell, "gates"):
        raise ValueError(
            f"cell must have gates, got {type(cell).__name__}; use LSTMCell "
            "or GRUCell."
        )
    state = cell.initial_state(len(xs)) if state is None else state
    _require.state_like(state, cell.initial_state(len(xs)))
    steps = []
    with torch.no_grad():
        for p in cell.project(xs).unbind(1):
            gates = cell.gates(p, state)
            _, state = cell.step(p, state)
            names = (
                state._asdict() if hasattr(state, "_asdict") else {"h": state}
            )
            steps.append({**gates._asdict(), **names})
    return {
        name: torch.stack([one[name] for one in steps], dim=1)
        for name in steps[0]
    }
