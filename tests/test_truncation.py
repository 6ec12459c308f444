"""Truncation: the same outputs, other gradients, less memory."""

import pytest
import torch
from recurrent_things import CELLS, B, D, H, T, flat, make_cell, normal

from course_lib import Recurrent, RNNCell, Truncated
from course_lib.truncation import saved_tensors


@pytest.mark.parametrize("kind", CELLS)
@pytest.mark.parametrize("window", [1, 2, 3, T, T + 1])
def test_the_forward_pass_is_that_of_the_cell(kind, window):
    """Outputs and last state."""
    cell, xs = make_cell(kind), normal(B, T, D)
    expected, expected_state = Recurrent(cell)(xs)
    hs, state = Recurrent(Truncated(cell, window))(xs)
    torch.testing.assert_close(hs, expected)
    torch.testing.assert_close(flat(state), flat(expected_state))


@pytest.mark.parametrize("kind", CELLS)
def test_no_gradient_passes_between_pieces(kind):
    """The last output depends on the inputs of its own piece alone."""
    cell, window = make_cell(kind), 3
    xs = normal(B, 7, D).requires_grad_()
    hs, _ = Recurrent(Truncated(cell, window))(xs)
    (gradient,) = torch.autograd.grad(hs[:, -1].sum(), xs)
    reached = gradient.norm(dim=(0, 2)) > 0
    assert reached.tolist() == [False] * 6 + [True]
    (gradient,) = torch.autograd.grad(
        Recurrent(Truncated(cell, window))(xs)[0][:, 5].sum(), xs
    )
    reached = gradient.norm(dim=(0, 2)) > 0
    assert reached.tolist() == [False] * 3 + [True] * 3 + [False]


def test_the_first_piece_passes_a_gradient_on_to_the_first_state():
    """It is an argument, not an earlier piece."""
    cell = make_cell("rnn")
    state = normal(B, H).requires_grad_()
    hs, _ = Recurrent(Truncated(cell, 2))(normal(B, T, D), state)
    (gradient,) = torch.autograd.grad(hs[:, 1].sum(), state)
    assert gradient.norm() > 0


def test_one_long_piece_changes_nothing():
    """The gradient is the whole one."""
    cell, xs = make_cell("rnn"), normal(B, T, D)
    weight = cell.h_to_gates.weight
    whole, truncated = (
        torch.autograd.grad(layer(xs)[0].square().sum(), weight)[0]
        for layer in (Recurrent(cell), Recurrent(Truncated(cell, T)))
    )
    torch.testing.assert_close(truncated, whole)
    (short,) = torch.autograd.grad(
        Recurrent(Truncated(cell, 2))(xs)[0].square().sum(), weight
    )
    assert (short - whole).norm() > 1e-3 * whole.norm()


def test_a_truncated_cell_is_a_cell():
    """Sizes, first state and a step."""
    cell = make_cell("lstm")
    truncated = Truncated(cell, 2)
    assert (truncated.input_size, truncated.hidden_size) == (D, H)
    x, state = normal(B, D), truncated.initial_state(B)
    torch.testing.assert_close(truncated(x, state)[0], cell(x, state)[0])
    with pytest.raises(ValueError, match=r"window must be.*got 0"):
        Truncated(cell, 0)


def test_what_a_graph_keeps_is_weighed_to_the_byte():
    """One output of tanh; a leaf that is used twice counts once."""
    x = torch.ones(1000, requires_grad=True)
    with saved_tensors() as saved:
        y = x.tanh()
    assert saved.now == saved.peak == 4000
    with saved_tensors() as saved:
        z = x * x
    assert saved.peak == 4000
    del y, z


def test_what_is_dropped_is_no_longer_counted():
    """The peak stays."""
    x = torch.ones(1000, requires_grad=True)
    with saved_tensors() as saved:
        for _ in range(3):
            x.tanh().sum().backward()
    assert saved.now == 0
    assert saved.peak == 4000


def test_memory_grows_with_the_steps_and_not_with_the_pieces():
    """Twice the steps, twice the memory; in pieces it stays the same."""
    cell = RNNCell(1, 8)

    def peak(n_steps, piece):
        state = None
        with saved_tensors() as saved:
            for xs in torch.ones(4, n_steps, 1).split(piece, dim=1):
                hs, state = Recurrent(cell)(xs, state)
                state = state.detach()
                hs.square().sum().backward()
        return saved.peak

    assert peak(200, 200) == pytest.approx(2 * peak(100, 100), rel=0.05)
    assert peak(200, 20) == pytest.approx(peak(100, 20), rel=0.05)
    assert peak(200, 20) < peak(200, 200) / 5
