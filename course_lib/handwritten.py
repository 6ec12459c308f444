"""Train with a backward pass that was written by hand.

torch builds the backward pass of a layer by itself. Here it is told to use
ours instead, right or wrong: the bridge between `bptt` and ``fit``. It
leaves out second derivatives. Chapter 4.
"""

import torch
from torch import nn

from course_lib import _require
from course_lib.bptt import RNNWeights, rnn_backward, rnn_forward


class HandWritten(nn.Module):
    """A layer of tanh units with a backward pass of one's own.

    It does what ``Recurrent(cell)`` does; only the gradients come from
    ``backward``.

    Args:
        cell: `RNNCell` with tanh.
        backward: function like `rnn_backward`,
            ``(dhs, xs, h0, hs, weights) -> RNNGradients``.

    Source:
        Chapter 4.

    >>> from course_lib.cells import RNNCell
    >>> hs, state = HandWritten(RNNCell(3, 5))(torch.zeros(2, 7, 3))
    >>> hs.shape, state.shape
    (torch.Size([2, 7, 5]), torch.Size([2, 5]))
    """

    def __init__(self, cell, backward=rnn_backward):
        super().__init__()
        if getattr(cell, "activation", None) is not torch.tanh:
            raise ValueError(
                "cell must be an RNNCell with tanh, got "
                f"{type(cell).__name__}; the backward pass of `bptt` knows "
                "no other."
            )
        self.cell = cell
        self.backward_pass = backward

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
        hs = _ByHand.apply(
            self.backward_pass,
            xs,
            state,
            self.cell.x_to_gates.weight,
            self.cell.h_to_gates.weight,
            self.cell.x_to_gates.bias,
        )
        return hs, hs[:, -1]


class _ByHand(torch.autograd.Function):
    """How torch is told of a backward pass: two static methods."""

    @staticmethod
    def forward(ctx, backward_pass, xs, h0, *weights):
        xs, h0, *weights = (t.detach().numpy() for t in (xs, h0, *weights))
        weights = RNNWeights(*weights)
        hs = rnn_forward(xs, h0, weights)
        ctx.backward_pass = backward_pass
        ctx.arrays = xs, h0, hs, weights
        return torch.from_numpy(hs)

    @staticmethod
    def backward(ctx, dhs):
        gradients = ctx.backward_pass(dhs.numpy(), *ctx.arrays)
        arrays = gradients.xs, gradients.h0, *gradients.weights
        return None, *(torch.from_numpy(array) for array in arrays)
