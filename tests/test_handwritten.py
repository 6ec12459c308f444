"""A layer whose backward pass is ours learns as torch's does."""

import pytest
import torch

from course_lib import (
    EveryStepForecaster,
    LSTMCell,
    Recurrent,
    RNNCell,
    every_step_loss,
    fit,
    rnn_backward,
    split_last,
    two_sine_waves,
)
from course_lib.handwritten import HandWritten

B, T, D, H = 2, 6, 3, 4


def gradients(layer, xs, state):
    """Outputs, and gradients of everything, of a loss of all outputs."""
    xs, state = xs.clone().requires_grad_(), state.clone().requires_grad_()
    hs, last = layer(xs, state)
    torch.manual_seed(1)
    loss = (hs * torch.randn_like(hs)).sum() + (last**2).sum()
    return hs, torch.autograd.grad(loss, [xs, state, *layer.parameters()])


def test_it_gives_what_the_recurrent_layer_gives():
    """Outputs and every gradient, in float64."""
    torch.manual_seed(0)
    cell = RNNCell(D, H).double()
    xs = torch.randn(B, T, D, dtype=torch.float64)
    state = torch.randn(B, H, dtype=torch.float64)
    expected_hs, expected = gradients(Recurrent(cell), xs, state)
    hs, got = gradients(HandWritten(cell), xs, state)
    torch.testing.assert_close(hs, expected_hs, rtol=0, atol=1e-14)
    torch.testing.assert_close(got, expected, rtol=1e-12, atol=1e-14)


def test_the_backward_pass_is_the_one_that_was_given():
    """Twice the right one gives twice the gradient."""

    def twice(*arguments):
        right = rnn_backward(*arguments)
        return right._replace(
            weights=type(right.weights)(*(2 * w for w in right.weights))
        )

    cell = RNNCell(D, H)
    xs, state = torch.randn(B, T, D), torch.zeros(B, H)
    _, right = gradients(HandWritten(cell), xs, state)
    _, wrong = gradients(HandWritten(cell, twice), xs, state)
    torch.testing.assert_close(wrong[0], right[0])
    torch.testing.assert_close(wrong[2], 2 * right[2])


def test_a_training_run_is_that_of_the_recurrent_layer():
    """The same losses, to rounding."""
    windows = split_last(torch.as_tensor(two_sine_waves(64, 12)), 1)
    losses = []
    for layer in (Recurrent, HandWritten):
        torch.manual_seed(0)
        model = EveryStepForecaster(layer(RNNCell(1, 5)), horizon=1)
        history = fit(
            model,
            windows,
            epochs=3,
            batch_size=16,
            lr=1e-2,
            loss=every_step_loss,
        )
        losses.append(history.train_loss)
    assert losses[0] == pytest.approx(losses[1], rel=1e-4)


@pytest.mark.parametrize(
    "cell", [LSTMCell(D, H), RNNCell(D, H, activation=torch.relu)]
)
def test_other_cells_are_refused(cell):
    """The equations are those of the tanh layer."""
    with pytest.raises(ValueError, match="RNNCell with tanh"):
        HandWritten(cell)


def test_the_sizes_are_those_of_the_cell():
    """And a state of zeros is where it starts."""
    layer = HandWritten(RNNCell(D, H))
    assert (layer.input_size, layer.hidden_size) == (D, H)
    xs = torch.randn(B, T, D)
    hs, last = layer(xs)
    torch.testing.assert_close(hs, layer(xs, torch.zeros(B, H))[0])
    torch.testing.assert_close(last, hs[:, -1])
