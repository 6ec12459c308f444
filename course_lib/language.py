r"""Models of a language: how likely is each word, given those before it.

A network and a table of counts, with one interface: both `read` nothing
and `write`, so that what decodes and what scores a translator serves them
(see `decoding`). They leave out everything below the word. Chapter 3.
"""

from functools import cache

import torch
from torch import nn

from course_lib import _require
from course_lib.vocabulary import START, n_tokens, shifted
from course_lib.writers import Context, Writer, word_loss


class LanguageModel(nn.Module):
    r"""A recurrent network that says the next word at every step.

    .. math::
        h_k, s_k = \mathrm{cell}(E y_{k-1}, s_{k-1}), \quad
        P(y_k \mid y_1 \dots y_{k-1}) = \mathrm{softmax}(V h_k + c)

    It is the decoder of a `Translator` that begins with the state of a cell
    that has read nothing. What it is given to read is only counted.

    Args:
        cell: any cell; its D inputs are the embedding of a word.
        n_words: tokens of the vocabulary.

    Source:
        Mikolov et al. (2010).

    >>> from course_lib.cells import GRUCell
    >>> model, rows = LanguageModel(GRUCell(3, 5), 11), torch.tensor([[9, 2]])
    >>> model(rows, rows).shape
    torch.Size([1, 2, 11])
    """

    def __init__(self, cell, n_words):
        super().__init__()
        self.write = Writer(cell, n_words)

    def read(self, inputs):
        """Anything, B of it -> B states that know nothing."""
        state = self.write.recurrent.cell.initial_state(len(inputs))
        return Context(state, torch.zeros(len(inputs), 0))

    def forward(self, inputs, targets):
        """The next word at every step: (B, K) -> scores (B, K, n_words)."""
        scores, _ = self.write(shifted(targets), self.read(inputs))
        return scores


class WordCounts(nn.Module):
    r"""How often each word came after the few before it, smoothed.

    With c the n - 1 words before, c' the same without the first of them, and
    C(.) how often words came in a row,

    .. math::
        P_n(y \mid c) = \frac{C(c, y) + \kappa P_{n-1}(y \mid c')}
        {C(c) + \kappa}

    where :math:`P_0` is the same for all words. What was often seen is
    counted; what was not is left to the shorter count.

    Args:
        rows: (N, K) tokens to count.
        n_words: tokens of the vocabulary.
        order: n, the words that are counted together: 2 for pairs.
        weight: kappa, above 0, that of the shorter count.

    Source:
        MacKay & Peto (1995).

    >>> model = WordCounts(torch.tensor([[5, 4, 2]]), 7, order=2, weight=1.0)
    >>> model(torch.zeros(1), torch.tensor([[5, 4]])).shape
    torch.Size([1, 2, 7])
    """

    def __init__(self, rows, n_words, *, order, weight):
        super().__init__()
        _require.at_least(order, 1, name="order")
        if not weight > 0:
            raise ValueError(
                f"weight must be above 0, got {weight}; with nothing for the "
                "shorter count, a word never seen has no probability."
            )
        self.order, self.weight, self.n_words = order, weight, n_words
        self.counts = {}  # words before, from 0 to n - 1 of them -> (n_words,)
        begin = (START,) * (order - 1)
        for row, length in zip(
            rows.tolist(), n_tokens(rows).tolist(), strict=True
        ):
            words = (*begin, *row[:length])
            for k in range(order - 1, len(words)):
                for first in range(k - order + 1, k + 1):
                    before = words[first:k]
                    if before not in self.counts:
                        self.counts[before] = torch.zeros(n_words)
                    self.counts[before][words[k]] += 1
        self.probabilities = cache(self._probabilities)

    def _probabilities(self, before):
        """P(y | the words before), for all words y: (n_words,)."""
        if before is None:
            return torch.full((self.n_words,), 1 / self.n_words)
        shorter = self.probabilities(before[1:] if before else None)
        counts = self.counts.get(before, torch.zeros(self.n_words))
        return (counts + self.weight * shorter) / (counts.sum() + self.weight)

    def read(self, inputs):
        """Anything, B of it -> B beginnings: the state is the words before."""
        state = torch.full((len(inputs), self.order - 1), START)
        return Context(state, torch.zeros(len(inputs), 0))

    def write(self, words, context):
        """(B, K) words before -> log-probabilities (B, K, n_words)."""
        # The last word is among `words`, those before it are the state.
        known = torch.cat([context.state, words], dim=1)[:, 1:]
        n = self.order - 1
        B, K = words.shape
        log_p = torch.stack(
            [
                self.probabilities(tuple(row[k : k + n]))
                for row in known.tolist()
                for k in range(K)
            ]
        ).log()
        state = known[:, known.shape[1] - n :]
        return log_p.view(B, K, -1), context._replace(state=state)

    def forward(self, inputs, targets):
        """The next word at every step: (B, K) -> (B, K, n_words)."""
        scores, _ = self.write(shifted(targets), self.read(inputs))
        return scores


@torch.no_grad()
def perplexity(model, texts):
    r"""Among how many equally likely words a model seems to choose.

    .. math:: \exp\left(-\overline{\log P(y_k \mid y_1 \dots y_{k-1})}\right)

    over all words of the texts, END included and padding left out: 1 for a
    model that always knew, the size of the vocabulary for one that knows
    nothing.

    Args:
        model: gives scores (B, K, n_words) for inputs and targets.
        texts: `Texts`.
    """
    return word_loss(model, texts).exp().item()
