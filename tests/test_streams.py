"""Long series in pieces: which state starts the next one is all there is."""

import pytest
import torch
from recurrent_things import B, D, assert_equal_to, normal, randomise

from course_lib import (
    DirectForecaster,
    LSTMCell,
    LSTMState,
    Recurrent,
    RNNCell,
)
from course_lib.streams import (
    LearnedStart,
    carried,
    fit_streams,
    in_order,
    left_over,
    next_steps,
    parallel_streams,
    restarted,
    stream_errors,
)

N = 23  # steps in a stream: no multiple of any piece


def forecaster(units=4):
    """One step ahead, every parameter random, float64."""
    cell = RNNCell(D, units)
    return randomise(DirectForecaster(Recurrent(cell), horizon=1))


def test_streams_are_stretches_of_the_series_side_by_side():
    """Each stream goes on where the one before it stops."""
    series = normal(3 * N + 2, D).float()
    streams = parallel_streams(series, 3)
    assert streams.shape == (3, N, D)
    assert torch.equal(streams.flatten(0, 1), series[: 3 * N])


def test_streams_that_are_too_short_are_refused():
    """A stream of one step has no next step."""
    with pytest.raises(ValueError, match="at least 2 steps, got 5 steps"):
        parallel_streams(normal(5, 1), 3)


@pytest.mark.parametrize("length", [1, 4, N])
@pytest.mark.parametrize("warm_up", [0, 3])
def test_pieces_cover_every_step_once_and_targets_follow(length, warm_up):
    """Joined, the targets are the stream without its first step."""
    streams = normal(B, N, D)
    pieces = list(in_order(streams, length, warm_up=warm_up))
    targets = torch.cat([piece.targets for piece in pieces], dim=1)
    assert torch.equal(targets, streams[:, 1:])
    for n, piece in enumerate(pieces):
        graded = piece.targets.shape[1]
        start = n * length
        assert torch.equal(
            piece.inputs, streams[:, max(0, start - warm_up) : start + graded]
        )


@pytest.mark.parametrize("length", [1, 4, 7])
def test_carrying_the_state_makes_the_pieces_invisible(length):
    """Errors are those of one pass over the whole stream."""
    model, streams = forecaster(), normal(B, N, D)
    forecast, _ = next_steps(model, streams[:, :-1])
    whole = (forecast - streams[:, 1:]) ** 2
    errors = stream_errors(model, streams, length=length, between=carried)
    assert_equal_to(errors, whole.detach())


def test_restarting_makes_every_piece_a_series_of_its_own():
    """Nothing of the piece before is left."""
    model, streams = forecaster(), normal(B, N, D)
    errors = stream_errors(model, streams, length=5, between=restarted)
    forecast, _ = next_steps(model, streams[:, 5:10])
    expected = (forecast - streams[:, 6:11]) ** 2
    assert_equal_to(errors[:, 5:10], expected.detach())


def test_a_warm_up_longer_than_the_stream_is_as_good_as_the_state():
    """Then every piece has read all that came before."""
    model, streams = forecaster(), normal(B, N, D)
    one = stream_errors(model, streams, length=4, between=carried)
    other = stream_errors(
        model, streams, length=4, between=restarted, warm_up=N
    )
    assert_equal_to(one, other)


def test_a_left_over_state_is_that_of_another_stream():
    """Rolled by one through the batch, for every part of a state."""
    h, c = normal(3, 4), normal(3, 4, seed=1)
    state = left_over(LSTMState(h.requires_grad_(), c))
    assert isinstance(state, LSTMState)
    for got, given in zip(state, (h, c), strict=True):
        assert torch.equal(got, given[[2, 0, 1]])
        assert not got.requires_grad


def test_with_one_stream_left_over_and_carried_are_the_same():
    """There is no other stream to take a state from."""
    model, streams = forecaster(), normal(1, N, D)
    errors = [
        stream_errors(model, streams, length=4, between=between)
        for between in (carried, left_over)
    ]
    assert torch.equal(*errors)


def test_a_carried_state_keeps_its_values_and_loses_its_graph():
    """An LSTM's two parts both."""
    cell = LSTMCell(D, 4)
    _, state = cell(torch.ones(B, D), cell.initial_state(B))
    kept = carried(state)
    for got, given in zip(kept, state, strict=True):
        assert torch.equal(got, given)
        assert given.requires_grad
        assert not got.requires_grad


@pytest.mark.parametrize("between", [carried, restarted, left_over])
def test_without_a_state_there_is_none_to_pass_on(between):
    """The first piece starts from zeros."""
    assert between(None) is None


def test_a_learned_start_is_trained_along_and_used():
    """It leaves zero, and another one gives other forecasts."""
    torch.manual_seed(0)
    start = LearnedStart(4, B)
    model = DirectForecaster(Recurrent(RNNCell(D, 4)), horizon=1)
    streams = normal(B, N, D).float() + 3
    fit_streams(model, streams, length=4, between=start, epochs=2, lr=1e-2)
    assert start.h0.abs().min() > 0
    mine = stream_errors(model, streams, length=4, between=start)
    zeros = stream_errors(model, streams, length=4, between=restarted)
    assert (mine - zeros).abs()[:, 0].min() > 0


@pytest.mark.parametrize("between", [carried, restarted])
@pytest.mark.parametrize("warm_up", [0, 2])
def test_training_learns(between, warm_up):
    """A sine is forecast from its past, one update for each piece."""
    torch.manual_seed(0)
    model = DirectForecaster(Recurrent(RNNCell(1, 8)), horizon=1)
    series = torch.sin(torch.arange(400) * 0.7)[:, None]
    losses = fit_streams(
        model,
        parallel_streams(series, 4),
        length=10,
        between=between,
        warm_up=warm_up,
        epochs=30,
        lr=1e-2,
    )
    assert len(losses) == 30
    assert losses[-1] < 0.2 * losses[0]
    assert not model.training


def test_gradients_go_no_further_back_than_the_piece():
    """The update of a piece is that of the piece alone, state given."""
    streams = normal(B, 9, D)
    one, other = forecaster(), forecaster()
    fit_streams(one, streams, length=4, between=carried, epochs=1, lr=1e-2)
    updates = torch.optim.Adam(other.parameters(), lr=1e-2)
    state = torch.zeros(B, 4).double()
    for start in (0, 4):
        hs, state = other.recurrent(streams[:, start : start + 4], state)
        forecast = other.read(hs)[:, :, 0]
        target = streams[:, start + 1 : start + 5]
        updates.zero_grad()
        ((forecast - target) ** 2).mean().backward()
        torch.nn.utils.clip_grad_norm_(other.parameters(), 1.0)
        updates.step()
        state = state.detach()
    for mine, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert_equal_to(mine, theirs)
