"""Dropout through time: what is masked, for how long, and when not."""

import pytest
import torch
from recurrent_things import (
    B,
    D,
    H,
    T,
    assert_equal_to,
    flat,
    make_cell,
    normal,
)

from course_lib import LSTMState, Recurrent, RNNCell, Stack
from course_lib.dropout import MaskedState, RecurrentDropout, StepwiseDropout

both = pytest.mark.parametrize("wrap", [RecurrentDropout, StepwiseDropout])
KINDS = ["rnn", "lstm", "gru"]


@both
@pytest.mark.parametrize("kind", KINDS)
def test_in_evaluation_a_wrapped_cell_is_the_cell(wrap, kind):
    """Outputs and last state."""
    cell, xs = make_cell(kind), normal(B, T, D)
    expected, last = Recurrent(cell)(xs)
    hs, state = Recurrent(wrap(cell, 0.5)).eval()(xs)
    assert_equal_to(hs, expected)
    for one, other in zip(flat(state.state), flat(last), strict=True):
        assert_equal_to(one, other)


@pytest.mark.parametrize("kind", KINDS)
def test_one_mask_stands_between_all_steps_of_a_sequence(kind):
    """Written out with the mask of the last state; c is never masked."""
    cell, xs = make_cell(kind), normal(B, T, D)
    torch.manual_seed(1)
    hs, last = Recurrent(RecurrentDropout(cell, 0.5))(xs)
    assert set(last.mask.unique().tolist()) == {0.0, 2.0}
    state = cell.initial_state(B)
    for t in range(T):
        if kind == "lstm":
            state = LSTMState(state.h * last.mask, state.c)
        else:
            state = state * last.mask
        h, state = cell(xs[:, t], state)
        assert_equal_to(hs[:, t], h)


def test_sequences_have_masks_of_their_own():
    """And the next batch has others."""
    cell = RecurrentDropout(RNNCell(D, 200), 0.25)
    torch.manual_seed(0)
    mask = cell.initial_state(2).mask
    assert not torch.equal(mask[0], mask[1])
    assert not torch.equal(mask, cell.initial_state(2).mask)
    share = (mask == 0).float().mean().item()
    assert share == pytest.approx(0.25, abs=0.07)
    torch.testing.assert_close(mask.max(), torch.tensor(4 / 3))


def test_a_sequence_in_two_pieces_keeps_its_mask():
    """The mask travels with the state, in training too."""
    layer, xs = (
        Recurrent(RecurrentDropout(make_cell("gru"), 0.5)),
        normal(B, T, D),
    )
    start = layer.cell.initial_state(B)
    whole, _ = layer(xs, start)
    first, state = layer(xs[:, :2], start)
    second, _ = layer(xs[:, 2:], state)
    assert_equal_to(torch.cat([first, second], dim=1), whole)


def test_new_masks_forget_and_one_mask_keeps():
    """A state that is only handed on: (1 - q)^k of it survives, or 1 - q."""
    keep = RNNCell(1, 1000, activation=lambda a: a).double()
    with torch.no_grad():
        keep.x_to_gates.weight.zero_()
        keep.h_to_gates.weight.copy_(torch.eye(1000))
    xs = torch.zeros(1, 5, 1, dtype=torch.float64)
    alive = {}
    for wrap in (RecurrentDropout, StepwiseDropout):
        cell = wrap(keep, 0.5)
        torch.manual_seed(0)
        start = cell.initial_state(1)
        start = MaskedState(torch.ones_like(start.state), start.mask)
        hs, _ = Recurrent(cell)(xs, start)
        alive[wrap] = (hs[0, -1] != 0).double().mean().item()
    assert alive[RecurrentDropout] == pytest.approx(0.5, abs=0.05)
    assert alive[StepwiseDropout] == pytest.approx(0.5**5, abs=0.02)


@both
def test_a_wrapped_cell_is_a_cell(wrap):
    """It stacks and steps."""
    stack = Stack(wrap(RNNCell(D, 6), 0.5), wrap(RNNCell(6, H), 0.5))
    assert (stack.input_size, stack.hidden_size) == (D, H)
    h, state = stack(torch.zeros(B, D), stack.initial_state(B))
    assert h.shape == (B, H)
    assert all(type(part) is MaskedState for part in state)


@both
@pytest.mark.parametrize("q", [-0.1, 1.0, 1.5])
def test_a_share_that_is_none_is_refused(wrap, q):
    """Expected and got."""
    with pytest.raises(ValueError, match=rf"below 1, got {q}"):
        wrap(RNNCell(D, H), q)
