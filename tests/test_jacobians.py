"""Products of Jacobians, against the formula and against autograd."""

import pytest
import torch
from recurrent_things import B, D, H, T, make_cell, normal

from course_lib import LayerNormRNNCell, LSTMCell, Recurrent, RNNCell
from course_lib.jacobians import jacobian_norms, power_norms


def test_the_norms_of_an_rnn_are_those_of_its_formula():
    """Π diag(1 - h²) W_h, its largest singular value."""
    cell, xs = make_cell("rnn"), normal(B, T, D)
    hs, _ = Recurrent(cell)(xs)
    W_h = cell.h_to_gates.weight
    product = torch.eye(H, dtype=torch.float64).expand(B, H, H)
    expected = [torch.ones(B, dtype=torch.float64)]
    for t in range(T):
        product = torch.diag_embed(1 - hs[:, t] ** 2) @ W_h @ product
        expected.append(torch.linalg.svdvals(product)[:, 0])
    got = jacobian_norms(cell, xs)
    torch.testing.assert_close(got, torch.stack(expected, dim=1).detach())


@pytest.mark.parametrize("kind", ["gru", "layer-norm rnn", "layer-norm gru"])
def test_the_norms_are_those_of_autograd_for_other_cells(kind):
    """The Jacobian of the last state with respect to the first, whole."""
    cell, xs = make_cell(kind), normal(B, T, D)
    layer = Recurrent(cell)
    for b in range(B):

        def last(h0, b=b):
            return layer(xs[b : b + 1], h0[None])[1][0]

        J = torch.autograd.functional.jacobian(last, torch.zeros(H).double())
        norm = torch.linalg.matrix_norm(J, 2)
        torch.testing.assert_close(jacobian_norms(cell, xs)[b, -1], norm)


def test_an_orthogonal_linear_cell_keeps_every_length():
    """All norms are 1; with a gain they are its powers."""
    cell = RNNCell(D, H, activation=lambda a: a).double()
    norms = jacobian_norms(cell, normal(B, T, D))
    # The start was drawn in float32, so it is orthogonal to its rounding.
    torch.testing.assert_close(
        norms, torch.ones_like(norms), rtol=0, atol=1e-5
    )
    with torch.no_grad():
        cell.h_to_gates.weight.mul_(3)
    powers = 3.0 ** torch.arange(T + 1, dtype=torch.float64)
    torch.testing.assert_close(
        jacobian_norms(cell, normal(B, T, D)),
        powers.expand(B, -1),
        rtol=1e-5,
        atol=0,
    )


def test_far_norms_do_not_end_at_the_range_of_float32():
    """A cell in float32 over many steps, far below 1e-45."""
    cell = RNNCell(D, H)
    with torch.no_grad():
        cell.h_to_gates.weight.mul_(0.01)
    norms = jacobian_norms(cell, torch.zeros(B, 40, D))
    assert norms.dtype == torch.float64
    torch.testing.assert_close(
        norms[:, -1].log10(), torch.full([B], -80.0).double()
    )


def test_layer_norm_makes_the_gain_of_the_weights_matter_little():
    """Its Jacobian is divided by what the weights are multiplied by."""
    torch.manual_seed(0)
    cell = LayerNormRNNCell(D, 8).double()
    xs = normal(B, 10, D)
    before = jacobian_norms(cell, xs)
    with torch.no_grad():
        cell.h_to_gates[0].weight.mul_(100)
    after = jacobian_norms(cell, xs)
    # The first step divides by the epsilon of a state that is zero.
    ratio = (after[:, -1] / after[:, 1]) / (before[:, -1] / before[:, 1])
    assert ((ratio > 0.5) & (ratio < 2)).all()


def test_powers_follow_the_spectral_radius_and_not_the_singular_value():
    """A hump, then the decay of the eigenvalue."""
    W = torch.tensor([[0.5, 10.0], [0.0, 0.5]])
    norms = power_norms(W, 50)
    assert norms[0] == 1
    assert norms[1] > 10
    # W^k has k 0.5^(k-1) 10 beside the diagonal.
    assert norms[50] == pytest.approx(50 * 0.5**49 * 10, rel=1e-3)
    assert norms[50] / norms[49] == pytest.approx(0.5, rel=0.05)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: jacobian_norms(LSTMCell(D, H), normal(B, T, D).float()),
            "one tensor, got LSTMState.*gradient_flow",
        ),
        (
            lambda: jacobian_norms(RNNCell(D, H), torch.zeros(B, T)),
            "forget the feature axis",
        ),
        (lambda: power_norms(torch.zeros(2, 3), 4), r"square, got.*\(2, 3\)"),
        (lambda: power_norms(torch.eye(2), 0), "at least 1"),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected and got."""
    with pytest.raises(ValueError, match=words):
        run()
