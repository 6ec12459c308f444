"""The LSTM cell, unrolled by torch's own kernel: the same numbers, sooner.

For experiments that train many LSTMs. What a cell does is written in
`cells`, and this changes nothing of it; a GRU would gain nothing (the
measurements are on the results page). Chapter 11.
"""

import torch

from course_lib.cells import LSTMCell, LSTMState


class FusedLSTMCell(LSTMCell):
    """An `LSTMCell` whose loop over time runs inside torch.

    Weights, start and single steps are those of `LSTMCell`. Torch's layer
    has a second bias, which is zero here.

    Args:
        input_size: features D of the input.
        hidden_size: units H.

    Source:
        ``torch.nn.LSTM``; chapter 11.

    >>> cell = FusedLSTMCell(3, 5)
    >>> hs, state = cell.unroll(torch.zeros(2, 7, 3), cell.initial_state(2))
    >>> hs.shape, state.c.shape
    (torch.Size([2, 7, 5]), torch.Size([2, 5]))
    """

    def unroll(self, xs, state):
        """All steps at once: xs (B, T, D) -> hs (B, T, H), last state."""
        b = self.x_to_gates.bias
        weights = (
            self.x_to_gates.weight,
            self.h_to_gates.weight,
            b,
            torch.zeros_like(b),
        )
        first = (state.h[None], state.c[None])  # torch has layers first
        hs, h, c = torch.lstm(
            xs,
            first,
            weights,
            True,  # biases
            1,  # layer
            0.0,  # dropout
            self.training,
            False,  # one direction
            True,  # batch first
        )
        return hs, LSTMState(h[0], c[0])
