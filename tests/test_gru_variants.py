"""The other GRU: its equations, and what no copying of weights can mend.

The laws that hold for every cell are tested in test_cells and
test_recurrent, for this one as well.
"""

import pytest
import torch
from recurrent_things import B, D, H, T, assert_equal_to, make_cell, normal

from course_lib import GRUCell, LSTMCell, ResetFirstGRUCell, swap_update_


def sigmoid(a):
    """The logistic function, written out."""
    return 1 / (1 + torch.exp(-a))


def blocks(cell):
    """W_x, W_h and b of each gate, r z n."""
    return zip(
        cell.x_to_gates.weight.split(H),
        cell.h_to_gates.weight.split(H),
        cell.x_to_gates.bias.split(H),
        strict=True,
    )


def test_the_reset_first_cell_equals_its_equations():
    """The candidate reads the state through the reset gate."""
    cell = make_cell("reset-first gru")
    x, h0 = normal(B, D), normal(B, H, seed=1)
    (W_xr, W_hr, b_r), (W_xz, W_hz, b_z), (W_xn, W_hn, b_n) = blocks(cell)
    r = sigmoid(x @ W_xr.T + h0 @ W_hr.T + b_r)
    z = sigmoid(x @ W_xz.T + h0 @ W_hz.T + b_z)
    n = torch.tanh(x @ W_xn.T + (r * h0) @ W_hn.T + b_n)
    h, state = cell(x, h0)
    assert_equal_to(h, (1 - z) * n + z * h0)
    assert state is h
    gates = cell.gates(cell.project(x), h0)
    for ours, theirs in zip(gates, (r, z, n), strict=True):
        assert_equal_to(ours, theirs)


def both(*, seed=0):
    """The two cells with the same weights and no bias behind W_h."""
    first, after = ResetFirstGRUCell(D, H), GRUCell(D, H)
    source = make_cell("reset-first gru", seed=seed).state_dict()
    first.double().load_state_dict(source)
    after.double().load_state_dict(source, strict=False)
    with torch.no_grad():
        after.h_to_gates.bias.zero_()
    return first, after


def test_with_an_open_reset_gate_the_two_conventions_are_one():
    """An r of 1 leaves nothing to stand before or after the product."""
    first, after = both()
    for cell in (first, after):
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter[:H] = 0
            cell.x_to_gates.bias[:H] = 1e3
    x, h0 = normal(B, D), normal(B, H, seed=1)
    assert_equal_to(first(x, h0)[0], after(x, h0)[0])


def test_with_equal_reset_gates_for_all_units_the_two_are_one():
    """A number may stand on either side of a matrix."""
    first, after = both()
    for cell in (first, after):
        with torch.no_grad():
            for parameter in cell.parameters():
                parameter[:H] = 0
            cell.x_to_gates.bias[:H] = 0.3
    x, h0 = normal(B, D), normal(B, H, seed=1)
    assert_equal_to(first(x, h0)[0], after(x, h0)[0])


def test_otherwise_the_same_weights_give_other_outputs():
    """Different reset gates: another function."""
    first, after = both()
    x, h0 = normal(B, D), normal(B, H, seed=1)
    assert (first(x, h0)[0] - after(x, h0)[0]).abs().max() > 1e-2


@pytest.mark.parametrize("kind", ["gru", "reset-first gru"])
def test_swapping_the_update_gate_turns_z_into_one_minus_z(kind):
    """Nothing else changes, and a second swap takes it back."""
    cell = make_cell(kind)
    x, h0 = normal(B, D), normal(B, H, seed=1)
    before = {k: v.clone() for k, v in cell.state_dict().items()}
    r, z, n = cell.gates(cell.project(x), h0)
    swap_update_(cell)
    new = cell.gates(cell.project(x), h0)
    assert_equal_to(new.z, 1 - z)
    assert torch.equal(new.r, r)
    assert torch.equal(new.n, n)
    # The other convention's formula on the swapped weights: the same h.
    h = new.z * new.n + (1 - new.z) * h0
    swap_update_(cell)
    assert_equal_to(cell(x, h0)[0], h)
    for name, value in cell.state_dict().items():
        assert torch.equal(value, before[name])


def test_swapping_needs_an_update_gate():
    """An LSTM has none."""
    with pytest.raises(ValueError, match=r"update gate, got LSTMCell; use"):
        swap_update_(LSTMCell(D, H))


def test_parameters_are_three_blocks_with_one_bias_each():
    """GRUCell has a second bias, this one does not."""
    number = sum(p.numel() for p in ResetFirstGRUCell(D, H).parameters())
    assert number == 3 * (D * H + H * H + H)
    with_two = sum(p.numel() for p in GRUCell(D, H).parameters())
    assert with_two == number + 3 * H


def test_the_state_stays_between_minus_one_and_one():
    """It is a weighted mean of candidates, from a state of zero on."""
    for kind in ("gru", "reset-first gru"):
        cell = make_cell(kind)
        h = cell.initial_state(B)
        for x in (10 * normal(B, 10 * T, D)).unbind(1):
            h, _ = cell(x, h)
            assert h.abs().max() <= 1
