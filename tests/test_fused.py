"""The kernel's LSTM is the library's, in every number.

The laws that hold for every cell are tested in test_cells and
test_recurrent, for this one as well.
"""

import pytest
import torch
from recurrent_things import (
    B,
    D,
    H,
    T,
    assert_equal_to,
    assert_same_gradients,
    flat,
    make_cell,
    normal,
    random_state,
)

from course_lib import LSTMCell, Recurrent, chrono_, trace_gates
from course_lib.fused import FusedLSTMCell


@pytest.mark.parametrize("training", [True, False])
def test_the_kernel_gives_the_numbers_of_the_loop_with_all_gradients(training):
    """Outputs, both states, and the gradients of all that goes in."""
    fused = make_cell("fused lstm").train(training)
    loop = LSTMCell(D, H).double()
    loop.load_state_dict(fused.state_dict())
    xs, state = normal(B, T, D).requires_grad_(), random_state(fused)
    hs, last = Recurrent(fused)(xs, state)
    theirs, their_last = Recurrent(loop)(xs, state)
    assert_equal_to(hs, theirs)
    for one, other in zip(flat(last), flat(their_last), strict=True):
        assert_equal_to(one, other)
    pairs = list(zip(fused.parameters(), loop.parameters(), strict=True))
    assert_same_gradients(
        [hs, *flat(last)],
        [theirs, *flat(their_last)],
        [xs, *flat(state)],
        pairs,
    )


def test_it_starts_and_is_traced_as_the_library_s_cell():
    """The same seed, the same weights; chrono and traces know it."""
    cells = []
    for make in (FusedLSTMCell, LSTMCell):
        torch.manual_seed(3)
        cells.append(make(D, H))
        chrono_(cells[-1], 20, generator=torch.Generator().manual_seed(0))
    for one, other in zip(*(c.parameters() for c in cells), strict=True):
        assert torch.equal(one, other)
    xs = normal(B, T, D).float()
    traces = [trace_gates(cell, xs) for cell in cells]
    for name, values in traces[0].items():
        assert torch.equal(values, traces[1][name])
