r"""One long series, read in pieces: with the state carried on, or not.

A long series is laid out as B parallel streams. A batch holds the same
stretch of all of them, and the next batch goes on where it stopped. So a
state that is carried from batch to batch belongs to the same stream. It
leaves out shuffling, which would break just that. Chapter 2.
"""

import torch

from course_lib import _require
from course_lib.metrics import mse
from course_lib.recurrent import detach_state, map_state
from course_lib.windows import Windows


def parallel_streams(series, n_streams):
    """Cut a long series into equal stretches and lay them side by side.

    Args:
        series: (n_steps, D) array or tensor; a rest at its end is dropped.
        n_streams: number of streams B.

    Returns:
        (B, n_steps // B, D) float32 tensor.

    Raises:
        ValueError: unless every stream has two steps or more.

    >>> parallel_streams(torch.arange(7.0)[:, None], 2)[..., 0]
    tensor([[0., 1., 2.],
            [3., 4., 5.]])
    """
    _require.series(series)
    _require.at_least(n_streams, 1, name="n_streams")
    steps = len(series) // n_streams
    if steps < 2:
        raise ValueError(
            f"every stream must have at least 2 steps, got {len(series)} "
            f"steps for {n_streams} streams."
        )
    values = torch.as_tensor(series, dtype=torch.float32)
    return values[: n_streams * steps].unflatten(0, (n_streams, steps))


def in_order(streams, length, *, warm_up=0):
    """Go through parallel streams piece by piece, each with its next steps.

    Args:
        streams: (B, n_steps, D).
        length: steps T in a piece; the last piece may be shorter.
        warm_up: steps before the piece that its inputs hold as well, as far
            as there are any.

    Yields:
        `Windows` with inputs (B, up to warm_up + T, D) and, as targets, the
        steps that follow the last T of them, (B, T, D).

    >>> [len(p.inputs[0]) for p in in_order(torch.zeros(2, 8, 1), 3)]
    [3, 3, 1]
    """
    _require.sequences(streams, name="streams")
    _require.at_least(length, 1, name="length")
    _require.at_least(warm_up, 0, name="warm_up")
    for start in range(0, streams.shape[1] - 1, length):
        stop = min(start + length, streams.shape[1] - 1)
        yield Windows(
            streams[:, max(0, start - warm_up) : stop],
            streams[:, start + 1 : stop + 1],
        )


def next_steps(model, inputs, state=None):
    """One-step forecasts at every step of a piece, and the state after it.

    Args:
        model: a `DirectForecaster` with horizon 1.
        inputs: (B, T, D).
        state: the state before the piece; zeros if left out.

    Returns:
        Forecasts (B, T, D) and the state.
    """
    hs, state = model.recurrent(inputs, state)
    return model.read(hs)[:, :, 0], state


def carried(state):
    """Stateful: the next piece goes on from here; gradients do not."""
    return None if state is None else detach_state(state)


def restarted(state):
    """Stateless: the next piece starts from zeros."""
    return None


def left_over(state):
    """A careless order of batches: the state of another stream."""
    if state is None:
        return None
    return map_state(lambda part: part.detach().roll(1, dims=0), state)


class LearnedStart(torch.nn.Module):
    """Stateless, and every piece starts from a state that is learned.

    Args:
        hidden_size: units H.
        n_streams: sequences B in a batch.
    """

    def __init__(self, hidden_size, n_streams):
        super().__init__()
        self.h0 = torch.nn.Parameter(torch.zeros(hidden_size))
        self.n_streams = n_streams

    def forward(self, state):
        """The learned state for every stream, whatever the state is."""
        return self.h0.expand(self.n_streams, -1)


def fit_streams(
    model,
    streams,
    *,
    length,
    between,
    epochs,
    lr,
    warm_up=0,
    clip_norm=1.0,
):
    """Train on long series in order, one weight update for each piece.

    Args:
        model: a `DirectForecaster` with horizon 1, trained in place.
        streams: (B, n_steps, D), as from `parallel_streams`.
        length: steps T in a piece; gradients go back no further.
        between: what the next piece starts from, a function of the state
            after a piece (and of None before the first): `carried`,
            `restarted`, `left_over` or a `LearnedStart`, which is trained
            along.
        epochs: passes through the streams.
        lr: learning rate of Adam.
        warm_up: steps that are read before each piece and not graded.
        clip_norm: largest norm of the gradient.

    Returns:
        Mean training loss of each epoch.

    Source:
        Williams & Peng (1990) for updates while the series goes on;
        chapter 2.
    """
    parameters = list(model.parameters())
    parameters += getattr(between, "parameters", list)()
    updates = torch.optim.Adam(parameters, lr=lr)
    model.train()
    means = []
    for _ in range(epochs):
        state, losses = between(None), []
        for piece in in_order(streams, length, warm_up=warm_up):
            forecast, state = next_steps(model, piece.inputs, state)
            graded = forecast[:, -piece.targets.shape[1] :]
            loss = mse(graded, piece.targets)
            updates.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(parameters, clip_norm)
            updates.step()
            state = between(state)
            losses.append(loss.item())
        means.append(sum(losses) / len(losses))
    model.eval()
    return means


def stream_errors(model, streams, *, length, between, warm_up=0):
    """Squared one-step errors over streams, read piece by piece.

    Args:
        model: a `DirectForecaster` with horizon 1.
        streams: (B, n_steps, D).
        length: steps T in a piece.
        between: as in `fit_streams`.
        warm_up: as in `fit_streams`.

    Returns:
        (B, n_steps - 1, D) tensor; entry t is of the forecast of step
        t + 1.
    """
    model.eval()
    errors = []
    with torch.no_grad():
        state = between(None)
        for piece in in_order(streams, length, warm_up=warm_up):
            forecast, state = next_steps(model, piece.inputs, state)
            graded = forecast[:, -piece.targets.shape[1] :]
            errors.append((graded - piece.targets) ** 2)
            state = between(state)
    return torch.cat(errors, dim=1)
