"""Input and output sequences: to vector, from vector, encoder-decoder.

Sequence to sequence at every step is `EveryStepForecaster` in
`forecasters`. Tokens, masks and search are left out here. Chapters 3
and 8.
"""

import torch
from torch import nn

from course_lib import _require
from course_lib.initialisation import glorot_


def at_lengths(hs, lengths):
    """The output at the last true step of each sequence.

    Args:
        hs: (B, T, H), sequences padded to T steps.
        lengths: (B,) whole numbers from 1 to T.

    Returns:
        (B, H).

    >>> at_lengths(torch.zeros(2, 7, 5), torch.tensor([7, 3])).shape
    torch.Size([2, 5])
    """
    _require.sequences(hs, name="hs")
    lengths = torch.as_tensor(lengths)
    whole = not (lengths.is_floating_point() or lengths.dtype == torch.bool)
    if (
        not whole
        or lengths.shape != hs.shape[:1]
        or not (1 <= lengths.min() and lengths.max() <= hs.shape[1])
    ):
        raise ValueError(
            f"lengths must be {len(hs)} whole numbers from 1 to "
            f"{hs.shape[1]}, got {lengths.tolist()}."
        )
    return hs[torch.arange(len(hs)), lengths - 1]


class SequenceToVector(nn.Module):
    r"""Read a sequence, answer once: :math:`y = V h_T + c`.

    Args:
        recurrent: a recurrent layer.
        output_size: numbers in the answer.

    >>> from course_lib.cells import GRUCell
    >>> from course_lib.recurrent import Recurrent
    >>> model = SequenceToVector(Recurrent(GRUCell(3, 5)), 4)
    >>> model(torch.zeros(2, 7, 3), [7, 3]).shape
    torch.Size([2, 4])
    """

    def __init__(self, recurrent, output_size):
        super().__init__()
        self.recurrent = recurrent
        self.h_to_y = nn.Linear(recurrent.hidden_size, output_size)
        glorot_(self.h_to_y)

    def forward(self, xs, lengths=None):
        """(B, T, D) and the true lengths -> (B, output_size)."""
        hs, _ = self.recurrent(xs)
        lengths = [xs.shape[1]] * len(xs) if lengths is None else lengths
        return self.h_to_y(at_lengths(hs, lengths))


class VectorToSequence(nn.Module):
    r"""One vector in, a sequence out; the vector is the input at every step.

    .. math:: y_t = V h_t + c, \quad x_t = v

    Args:
        recurrent: a recurrent layer with D = the vector's size.
        output_size: numbers in each output.

    >>> from course_lib.cells import GRUCell
    >>> from course_lib.recurrent import Recurrent
    >>> model = VectorToSequence(Recurrent(GRUCell(3, 5)), 4)
    >>> model(torch.zeros(2, 3), 7).shape
    torch.Size([2, 7, 4])
    """

    def __init__(self, recurrent, output_size):
        super().__init__()
        self.recurrent = recurrent
        self.h_to_y = nn.Linear(recurrent.hidden_size, output_size)
        glorot_(self.h_to_y)

    def forward(self, vector, n_steps):
        """(B, D) and a number of steps T -> (B, T, output_size)."""
        _require.at_least(n_steps, 1, name="n_steps")
        if vector.ndim != 2:
            raise ValueError(
                f"vector must have shape (B, D), got {tuple(vector.shape)}; "
                "one vector is v[None, :]."
            )
        hs, _ = self.recurrent(vector[:, None].expand(-1, n_steps, -1))
        return self.h_to_y(hs)


class EncoderDecoder(nn.Module):
    r"""Read the whole input, then write the output step by step.

    The encoder's last state is the decoder's first. The decoder's input is
    the output before: its own (free running), or the true one where targets
    are given (teacher forcing). Its first input is the last input step.

    .. math::
        s_0 = \mathrm{encoder}(x_1 \dots x_T), \quad
        (h_k, s_k) = \mathrm{decoder}(y_{k-1}, s_{k-1}), \quad
        \hat y_k = V h_k + c

    Args:
        encoder: a recurrent layer.
        decoder: a cell whose state is like the encoder's and whose input
            has the D features of the output.
        horizon: output steps K.

    Source:
        Sutskever et al. (2014); Cho et al. (2014).

    >>> from course_lib.cells import LSTMCell
    >>> from course_lib.recurrent import Recurrent
    >>> encoder, decoder = Recurrent(LSTMCell(3, 5)), LSTMCell(3, 5)
    >>> EncoderDecoder(encoder, decoder, 4)(torch.zeros(2, 7, 3)).shape
    torch.Size([2, 4, 3])
    """

    def __init__(self, encoder, decoder, horizon):
        super().__init__()
        _require.at_least(horizon, 1, name="horizon")
        _require.state_like(
            decoder.initial_state(1),
            encoder.cell.initial_state(1),
            name="the decoder's state, like the encoder's,",
        )
        self.encoder = encoder
        self.decoder = decoder
        self.horizon = horizon
        self.h_to_y = nn.Linear(decoder.hidden_size, decoder.input_size)
        glorot_(self.h_to_y)

    def forward(self, inputs, targets=None):
        """(B, T, D), targets (B, K, D) to force -> (B, K, D)."""
        if targets is not None:
            expected = (len(inputs), self.horizon, self.decoder.input_size)
            if targets.shape != expected:
                raise ValueError(
                    f"targets must have shape (B, K, D) = {expected}, got "
                    f"{tuple(targets.shape)}; the decoder takes one for each "
                    "step."
                )
        _, state = self.encoder(inputs)
        y = inputs[:, -1]
        ys = []
        for k in range(self.horizon):
            h, state = self.decoder(y, state)
            ys.append(self.h_to_y(h))
            y = ys[-1] if targets is None else targets[:, k]
        return torch.stack(ys, dim=1)
