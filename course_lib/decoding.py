"""From a model that scores words to sentences, and how good they are.

A model has ``read(inputs) -> context`` and ``write(words, context) ->
(scores, context)``; see `writers`. No function here that writes is ever
given the targets. Chapter 3.
"""

import torch

from course_lib import _require
from course_lib.recurrent import map_state
from course_lib.vocabulary import END, PAD, START


def after_end(rows):
    """Replace all that stands behind the first END by PAD.

    >>> after_end(torch.tensor([[5, 2, 7, 2]]))
    tensor([[5, 2, 0, 0]])
    """
    ended = (rows == END).cumsum(dim=1) - (rows == END).long() > 0
    return rows.masked_fill(ended, PAD)


def _log_p(scores):
    """Log-probabilities of the next token, which is never PAD or START."""
    log_p = scores.log_softmax(dim=-1)
    log_p[..., [PAD, START]] = -torch.inf
    return log_p


@torch.no_grad()
def greedy(model, inputs, length):
    """Write the likeliest word, read it, write the next: free running.

    Args:
        model: has `read` and `write`.
        inputs: what the model reads, B of them.
        length: words to write at most.

    Returns:
        (B, length) tokens, PAD behind the END.
    """
    _require.at_least(length, 1, name="length")
    context = model.read(inputs)
    words = torch.full((len(inputs), 1), START)
    rows = []
    for _ in range(length):
        scores, context = model.write(words, context)
        words = _log_p(scores).argmax(dim=-1)  # (B, 1)
        rows.append(words)
    return after_end(torch.cat(rows, dim=1))


@torch.no_grad()
def sample(model, inputs, length, *, temperature=1.0, generator=None):
    r"""Write each word by lot, with the probability that the model gives it.

    .. math:: P \propto \exp(\mathrm{score} / \mathrm{temperature})

    At temperature 1 these are the model's own probabilities. A lower one
    favours the likelier words; towards 0 it becomes `greedy`.

    Args:
        model: has `read` and `write`.
        inputs: what the model reads, B of them.
        length: words to write at most.
        temperature: above 0.
        generator: of the lots; None for torch's own.

    Returns:
        (B, length) tokens, PAD behind the END.
    """
    _require.at_least(length, 1, name="length")
    if not temperature > 0:
        raise ValueError(
            f"temperature must be above 0, got {temperature}; what it tends "
            "to at 0 is greedy."
        )
    context = model.read(inputs)
    words = torch.full((len(inputs), 1), START)
    rows = []
    for _ in range(length):
        scores, context = model.write(words, context)
        p = (_log_p(scores[:, 0]) / temperature).softmax(dim=-1)
        words = torch.multinomial(p, 1, generator=generator)  # (B, 1)
        rows.append(words)
    return after_end(torch.cat(rows, dim=1))


@torch.no_grad()
def forced(model, inputs, targets):
    """The likeliest word at each step, each after the *true* words before.

    Args:
        model: gives scores (B, K, n_words) for inputs and targets.
        inputs: what the model reads, B of them.
        targets: (B, K) tokens.

    Returns:
        (B, K) tokens. No model can be used in this way: it needs the
        sentence that it is to write.
    """
    return model(inputs, targets).argmax(dim=-1)


@torch.no_grad()
def beam(model, inputs, length, *, width):
    r"""Keep the ``width`` likeliest beginnings instead of one.

    The likelihood of a beginning is
    :math:`\prod_k P(y_k \mid y_1 \dots y_{k-1}, x)`. Width 1 is `greedy`.

    Args:
        model: has `read` and `write`.
        inputs: what the model reads, B of them.
        length: words to write at most.
        width: beginnings to keep.

    Returns:
        (B, length) tokens of the likeliest sentence found.

    Source:
        Graves (2012); Sutskever et al. (2014).
    """
    _require.at_least(length, 1, name="length")
    _require.at_least(width, 1, name="width")
    B = len(inputs)
    context = map_state(
        lambda part: part.repeat_interleave(width, dim=0), model.read(inputs)
    )
    words = torch.full((B * width, 1), START)
    rows = torch.empty(B, width, 0, dtype=torch.long)
    # All beginnings are the same at first: only one of them counts.
    total = torch.full((B, width), -torch.inf)
    total[:, 0] = 0
    for _ in range(length):
        scores, context = model.write(words, context)
        n = scores.shape[-1]
        log_p = _log_p(scores).view(B, width, n)
        ended = ((words == END) | (words == PAD)).view(B, width)
        log_p[ended] = -torch.inf  # a finished sentence has one way on,
        log_p[..., PAD][ended] = 0  # which costs nothing
        candidates = (total[..., None] + log_p).view(B, width * n)
        total, best = candidates.topk(width, dim=1)  # (B, width)
        parents, words = best // n, best % n
        rows = rows.gather(1, parents[..., None].expand_as(rows))
        rows = torch.cat([rows, words[..., None]], dim=2)
        numbers = (torch.arange(B)[:, None] * width + parents).flatten()
        context = map_state(lambda part, at=numbers: part[at], context)
        words = words.view(B * width, 1)
    return rows[:, 0]


@torch.no_grad()
def log_likelihood(model, inputs, rows):
    r"""How likely a model finds sentences: :math:`\sum_k \log P(y_k | \dots)`.

    Args:
        model: gives scores (B, K, n_words) for inputs and targets.
        inputs: what the model reads, B of them.
        rows: (B, K) tokens; PAD counts for nothing.

    Returns:
        (B,) numbers below zero.
    """
    log_p = model(inputs, rows).log_softmax(dim=-1)
    log_p = log_p.gather(2, rows[..., None])[..., 0]
    return (log_p * (rows != PAD)).sum(dim=1)


def _right(rows, targets):
    """Where a written token is the true one, (N, K); PAD in neither."""
    missing = max(0, targets.shape[1] - rows.shape[1])
    rows = torch.nn.functional.pad(rows, (0, missing), value=PAD)
    return (rows[:, : targets.shape[1]] == targets) & (targets != PAD)


def exact_match(rows, targets):
    """The share of sentences without a wrong word, up to their END.

    Args:
        rows: (N, any) tokens that were written.
        targets: (N, K) true tokens.

    >>> targets = torch.tensor([[5, 6, 2, 0], [7, 2, 0, 0]])
    >>> exact_match(torch.tensor([[5, 6, 2, 9], [7, 7, 2, 0]]), targets)
    0.5
    """
    right = _right(rows, targets).sum(dim=1) == (targets != PAD).sum(dim=1)
    return right.float().mean().item()


def token_accuracy(rows, targets):
    """The share of true words, END included, that stand in their place.

    >>> targets = torch.tensor([[5, 6, 2, 0], [7, 2, 0, 0]])
    >>> token_accuracy(torch.tensor([[5, 6, 2, 9], [7, 7, 2, 0]]), targets)
    0.800000011920929
    """
    right = _right(rows, targets)
    return (right.sum() / (targets != PAD).sum()).item()
