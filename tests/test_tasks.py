"""The recall task with distractors of another kind."""

import pytest
import torch

from course_lib import distinct_recall_task

N, T = 2000, 7


def symbols(**sizes):
    """The task and its symbols (N, T) as numbers."""
    task = distinct_recall_task(N, T, **sizes)
    return task, task.inputs.argmax(dim=-1)


@pytest.mark.parametrize("sizes", [(4, 4), (3, 2), (2, 1)])
def test_the_first_symbol_and_the_distractors_never_mix(sizes):
    """One-hot, the first from one alphabet and the rest from another."""
    n_symbols, n_distractors = sizes
    task, drawn = symbols(n_symbols=n_symbols, n_distractors=n_distractors)
    assert task.inputs.shape == (N, T, n_symbols + n_distractors)
    assert torch.equal(task.inputs.sum(dim=-1), torch.ones(N, T))
    assert torch.equal(drawn[:, 0], task.targets)
    assert set(drawn[:, 0].tolist()) == set(range(n_symbols))
    rest = set(drawn[:, 1:].flatten().tolist())
    assert rest == set(range(n_symbols, n_symbols + n_distractors))


def test_distractors_tell_nothing_about_the_symbol_to_recall():
    """Each of them is as likely after one first symbol as after another."""
    task, drawn = symbols()
    for first in range(4):
        later = drawn[task.targets == first, 1:]
        share = (later == 4).float().mean(dim=0)
        assert (share - 0.25).abs().max() < 0.08


def test_the_seed_decides_and_bad_sizes_are_named():
    """The same seed, the same task."""
    first, second, third = (
        distinct_recall_task(5, 4, seed=seed) for seed in (1, 1, 2)
    )
    assert torch.equal(first.inputs, second.inputs)
    assert not torch.equal(first.inputs, third.inputs)
    with pytest.raises(ValueError, match=r"n_distractors must.*got 0"):
        distinct_recall_task(5, 4, n_distractors=0)
    with pytest.raises(ValueError, match=r"n_symbols must.*got 1"):
        distinct_recall_task(5, 4, n_symbols=1)
