"""Cells with weights chosen by hand compute what the weights say."""

import pytest
import torch
from recurrent_things import B, D, H, T, assert_equal_to, normal

from course_lib import Recurrent, cell_with_weights

LINEAR = torch.nn.Identity()


def run(cell, xs):
    """All outputs of a layer that starts from zeros."""
    return Recurrent(cell)(xs)[0]


def test_the_cell_has_exactly_the_given_weights():
    """Its step is the equation, term by term, with all sizes different."""
    W_x, W_h, b = normal(H, D), normal(H, H, seed=1), normal(H, seed=2)
    cell = cell_with_weights(W_x, W_h, b)
    x, h = normal(B, D, seed=3), normal(B, H, seed=4)
    expected = torch.tanh(x @ W_x.T + h @ W_h.T + b)
    assert_equal_to(cell(x, h)[0], expected)


def test_weights_given_as_lists_are_those_given_as_tensors():
    """Nested lists of whole numbers are float64 weights as well."""
    cell = cell_with_weights([[1, 2]], [[3]], [4])
    assert cell.x_to_gates.weight.tolist() == [[1.0, 2.0]]
    assert cell.h_to_gates.weight.dtype == torch.float64
    assert cell.x_to_gates.bias.tolist() == [4.0]


def test_a_neuron_that_hears_all_of_itself_sums():
    """Weights of one: the running sum."""
    xs = normal(B, T, 1)
    cell = cell_with_weights([[1]], [[1]], activation=LINEAR)
    assert_equal_to(run(cell, xs), xs.cumsum(1))


def test_two_units_delay_by_one_step():
    """The second unit holds what the first held before."""
    xs = normal(B, T, 1)
    cell = cell_with_weights([[1], [0]], [[0, 0], [1, 0]], activation=LINEAR)
    assert_equal_to(run(cell, xs)[:, 1:, 1], xs[:, :-1, 0])


def test_the_weights_can_be_trained():
    """Surgery is a start, not an end: gradients reach every weight."""
    cell = cell_with_weights([[1.0]], [[0.5]], [0.1])
    run(cell, normal(B, T, 1)).sum().backward()
    assert all(p.grad.abs().max() > 0 for p in cell.parameters())


def test_the_given_weights_are_copied():
    """Training the cell leaves the caller's tensor as it was."""
    W_h = torch.eye(H, dtype=torch.float64)
    cell = cell_with_weights(normal(H, D), W_h)
    with torch.no_grad():
        cell.h_to_gates.weight.zero_()
    assert torch.equal(W_h, torch.eye(H, dtype=torch.float64))


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (([1.0], [[1.0]]), r"W_x must have shape \(H, D\), got \(1,\)"),
        (([[1.0]], [1.0]), r"W_h must have shape \(1, 1\)"),
        (([[1.0], [2.0]], [[1.0]]), r"W_h must have shape \(2, 2\)"),
        (([[1.0]], [[1.0]], [1.0, 2.0]), r"b must have shape \(1,\)"),
        (([[float("nan")]], [[1.0]]), "W_x must be finite"),
    ],
)
def test_weights_that_do_not_fit_are_refused(weights, message):
    """With the shape that was expected."""
    with pytest.raises(ValueError, match=message):
        cell_with_weights(*weights)
