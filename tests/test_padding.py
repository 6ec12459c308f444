"""What reads a padded batch does not read the padding."""

import pytest
import torch
from recurrent_things import (
    CELLS,
    PLAIN,
    B,
    D,
    H,
    T,
    assert_equal_to,
    copy_from_torch,
    flat,
    make_cell,
    normal,
)

from course_lib import (
    at_lengths,
    first_symbol_task,
    last_state,
    majority_task,
)
from course_lib.recurrent import Recurrent

kinds = pytest.mark.parametrize("kind", CELLS)
LENGTHS = torch.tensor([3, T])


@kinds
def test_the_last_state_is_that_of_the_sequence_alone(kind):
    """For every kind of state, to any depth."""
    cell = make_cell(kind)
    xs = normal(B, T, D)
    got = flat(last_state(cell, xs, LENGTHS))
    for b, length in enumerate(LENGTHS.tolist()):
        _, alone = Recurrent(cell)(xs[b : b + 1, :length])
        for part, expected in zip(got, flat(alone), strict=True):
            assert_equal_to(part[b : b + 1], expected)


@kinds
def test_nothing_behind_the_end_matters_not_even_nan(kind):
    """Neither to the state nor to any gradient of the weights."""
    cell = make_cell(kind)
    xs = normal(B, T, D).requires_grad_()
    changed = xs.detach().clone()
    changed[0, 3:] = 1e6
    for part, expected in zip(
        flat(last_state(cell, changed, LENGTHS)),
        flat(last_state(cell, xs, LENGTHS)),
        strict=True,
    ):
        assert torch.equal(part, expected)
    total = sum(part.sum() for part in flat(last_state(cell, xs, LENGTHS)))
    (dxs,) = torch.autograd.grad(total, xs)
    assert (dxs[0, 3:] == 0).all()
    assert (dxs[0, :3].abs().amax(1) > 0).all()
    assert (dxs[1].abs().amax(1) > 0).all()


@pytest.mark.parametrize("kind", PLAIN)
def test_packed_sequences_of_torch_give_the_same(kind):
    """The state that torch returns for a packed batch, in our order."""
    twins = {"rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}
    twin = twins[kind](D, H, batch_first=True).double()
    cell = make_cell(kind)
    copy_from_torch(cell, twin)
    xs = normal(B, T, D)
    packed = torch.nn.utils.rnn.pack_padded_sequence(
        xs, LENGTHS, batch_first=True, enforce_sorted=False
    )
    _, state = twin(packed)
    expected = [part[0] for part in flat(state)]
    got = flat(last_state(cell, xs, LENGTHS))
    for part, theirs in zip(got, expected, strict=True):
        assert_equal_to(part, theirs)


@pytest.mark.parametrize("kind", PLAIN)
def test_its_output_is_the_one_at_the_length(kind):
    """As `at_lengths` picks it."""
    cell = make_cell(kind)
    xs = normal(B, T, D)
    hs, _ = Recurrent(cell)(xs)
    assert_equal_to(
        flat(last_state(cell, xs, LENGTHS))[0], at_lengths(hs, LENGTHS)
    )


@pytest.mark.parametrize(
    ("make", "answer"),
    [
        (
            majority_task,
            lambda s: int(2 * sum(x % 2 == 0 for x in s) > len(s)),
        ),
        (first_symbol_task, lambda s: s[0] % 4),
    ],
    ids=["majority", "first"],
)
def test_a_task_can_be_answered_from_the_true_steps_alone(make, answer):
    """And its padding is zero."""
    task = make(200, shortest=3, longest=12, seed=2)
    assert task.inputs.shape == (200, 12, 8)
    assert set(task.lengths.tolist()) == set(range(3, 13))
    for x, length, target in zip(*task, strict=True):
        assert (x[:length].sum(dim=1) == 1).all()
        assert (x[length:] == 0).all()
        symbols = x[:length].argmax(dim=1).tolist()
        assert answer(symbols) == target


def test_tasks_follow_from_the_seed():
    """Equal seeds, equal sequences."""
    first, again = majority_task(9, seed=1), majority_task(9, seed=1)
    assert torch.equal(first.inputs, again.inputs)
    assert not torch.equal(first.inputs, majority_task(9, seed=2).inputs)


@pytest.mark.parametrize("lengths", [[0, T], [1, T + 1], [T], [1.0, 2.0]])
def test_lengths_that_cannot_be_are_refused(lengths):
    """Expected and got."""
    with pytest.raises(ValueError, match=r"lengths must be 2 whole.*got"):
        last_state(make_cell("gru"), normal(B, T, D), lengths)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (lambda: majority_task(0), "n must be.*got 0"),
        (lambda: majority_task(3, shortest=0), "shortest must be.*got 0"),
        (
            lambda: majority_task(3, shortest=5, longest=4),
            "longest must be.*least 5, got 4",
        ),
    ],
)
def test_bad_sizes_are_named(run, words):
    """Expected and got."""
    with pytest.raises(ValueError, match=words):
        run()
