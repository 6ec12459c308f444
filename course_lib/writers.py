r"""Models that read something and write words about it.

`read` turns the input, whatever it is, into a `Context`; `write` goes on
from there, word by word. So a translator and a captioner are trained by
the same loss and decoded by the same search (see `decoding`). They leave
out attention: all that a writer knows of its input is one vector.
Chapter 3.
"""

from typing import NamedTuple

import torch
from torch import nn

from course_lib import _require
from course_lib.padding import last_state
from course_lib.recurrent import Recurrent, map_state
from course_lib.vocabulary import PAD, n_tokens, shifted


class Context(NamedTuple):
    """All that a writer goes on from.

    Attributes:
        state: a state of its cell.
        vector: (B, M), what it is told at every step; M may be 0.
    """

    state: torch.Tensor | tuple
    vector: torch.Tensor


class Writer(nn.Module):
    r"""A recurrent network that writes words, each after the one before.

    .. math::
        h_k, s_k = \mathrm{cell}([E y_{k-1}; v], s_{k-1}), \quad
        P(y_k \mid y_1 \dots y_{k-1}, s_0, v) = \mathrm{softmax}(V h_k + c)

    Args:
        cell: any cell; its D inputs are the word and the vector.
        n_words: tokens of the vocabulary.
        vector_size: numbers M of the vector, 0 for none.

    Source:
        Sutskever et al. (2014) without a vector, Cho et al. (2014) with.

    >>> from course_lib.cells import GRUCell
    >>> writer = Writer(GRUCell(3 + 4, 5), 11, vector_size=4)
    >>> context = Context(torch.zeros(2, 5), torch.zeros(2, 4))
    >>> scores, context = writer(torch.tensor([[1, 7, 9]] * 2), context)
    >>> scores.shape
    torch.Size([2, 3, 11])
    """

    def __init__(self, cell, n_words, *, vector_size=0):
        super().__init__()
        self.embed = nn.Embedding(n_words, cell.input_size - vector_size)
        self.recurrent = Recurrent(cell)
        self.h_to_words = nn.Linear(cell.hidden_size, n_words)

    def forward(self, words, context):
        """The words before, (B, K) -> scores (B, K, n_words), context."""
        words = self.embed(words)  # (B, K, D - M)
        vectors = context.vector[:, None].expand(-1, words.shape[1], -1)
        xs = torch.cat([words, vectors], dim=-1)  # (B, K, D)
        hs, state = self.recurrent(xs, context.state)
        return self.h_to_words(hs), context._replace(state=state)


class Translator(nn.Module):
    """Read a whole sentence, then write one: an encoder and a decoder.

    Args:
        encoder: a cell; its D inputs are the embedding of a word.
        decoder: a cell with a state like the encoder's.
        n_source, n_target: tokens of the two vocabularies.

    Source:
        Sutskever et al. (2014).

    >>> from course_lib.cells import LSTMCell
    >>> model = Translator(LSTMCell(3, 5), LSTMCell(3, 5), 7, 11)
    >>> source, targets = torch.tensor([[4, 6, 2]]), torch.tensor([[9, 2]])
    >>> model(source, targets).shape
    torch.Size([1, 2, 11])
    """

    def __init__(self, encoder, decoder, n_source, n_target):
        super().__init__()
        _require.state_like(
            decoder.initial_state(1),
            encoder.initial_state(1),
            name="the decoder's state, like the encoder's,",
        )
        self.embed = nn.Embedding(n_source, encoder.input_size)
        self.encoder = encoder
        self.write = Writer(decoder, n_target)

    def read(self, source):
        """Tokens (B, T), padded -> the state after each one's last."""
        xs = self.embed(source)
        state = last_state(self.encoder, xs, n_tokens(source))
        return Context(state, xs.new_zeros(len(xs), 0))

    def forward(self, source, targets):
        """Teacher forcing: (B, T) and (B, K) -> scores (B, K, n_target)."""
        scores, _ = self.write(shifted(targets), self.read(source))
        return scores


class WordByWord(nn.Module):
    r"""One word out for every word in: no sentence is read first.

    .. math:: \mathrm{scores}_k = V h_{k + d} + c

    where the state :math:`h_{k+d}` has read the first k + d words.

    Args:
        cell: any cell; its D inputs are the embedding of a word.
        n_source, n_target: tokens of the two vocabularies.
        delay: d, how many words it waits before it writes.

    >>> from course_lib.cells import LSTMCell
    >>> model = WordByWord(LSTMCell(3, 5), 7, 11)
    >>> model(torch.tensor([[4, 6, 2]]), torch.tensor([[9, 2]])).shape
    torch.Size([1, 2, 11])
    """

    def __init__(self, cell, n_source, n_target, *, delay=0):
        super().__init__()
        _require.at_least(delay, 0, name="delay")
        self.embed = nn.Embedding(n_source, cell.input_size)
        self.recurrent = Recurrent(cell)
        self.h_to_words = nn.Linear(cell.hidden_size, n_target)
        self.delay = delay

    def forward(self, source, targets):
        """(B, T) and targets (B, K), for their number -> (B, K, n_target)."""
        steps = targets.shape[1] + self.delay
        missing = max(0, steps - source.shape[1])
        source = nn.functional.pad(source, (0, missing), value=PAD)
        hs, _ = self.recurrent(self.embed(source[:, :steps]))
        return self.h_to_words(hs[:, self.delay :])


class ToldNothing(nn.Module):
    """A trained model whose writer gets zeros in place of its context.

    What it still gets right, it knows from the language alone.

    Args:
        model: a model with `read` and `write`.
    """

    def __init__(self, model):
        super().__init__()
        self.model = model

    def read(self, inputs):
        """The context of the model, all zeros."""
        return map_state(torch.zeros_like, self.model.read(inputs))

    def write(self, words, context):
        """As the model writes."""
        return self.model.write(words, context)


class Texts(NamedTuple):
    """Examples for a writer: N inputs of any kind, and targets (N, K)."""

    inputs: torch.Tensor
    targets: torch.Tensor


def word_loss(model, batch):
    r"""Mean cross-entropy of the true words, padding left out.

    .. math:: -\overline{\log P(y_k \mid y_1 \dots y_{k-1}, x)}

    over all words of the batch that are no padding: a short sentence counts
    for as many words as it has.
    """
    scores = model(batch.inputs, batch.targets)
    return nn.functional.cross_entropy(
        scores.transpose(1, 2), batch.targets, ignore_index=PAD
    )
