"""What matters lies where the tasks say."""

import pytest
import torch

from course_lib import closing_task, random_seasons
from course_lib.lags import CLOSING_SYMBOLS


@pytest.mark.parametrize("period", [1, 4, 30])
def test_a_random_season_repeats_but_for_the_noise(period):
    """The difference of two periods has the variance of two noises."""
    series = random_seasons(400, 70, period, noise=0.1)
    assert series.shape == (400, 70, 1)
    difference = series[:, period:] - series[:, :-period]
    assert difference.var().item() == pytest.approx(0.02, rel=0.05)
    exact = random_seasons(400, 70, period, noise=0.0)
    assert torch.equal(exact[:, period:], exact[:, :-period])


def test_nothing_nearer_than_a_period_tells_the_next_value():
    """No correlation at any shorter lag."""
    series = random_seasons(4000, 12, 10, noise=0.0)[..., 0]
    for lag in range(1, 10):
        product = (series[:, 11] * series[:, 11 - lag]).mean()
        assert abs(product) < 0.06
    assert (series[:, 11] * series[:, 1]).mean() == pytest.approx(1, rel=0.1)


def test_every_sequence_closes_with_the_bracket_that_opened_it():
    """Bracket, walk, stop, bracket; targets are the next symbols."""
    task = closing_task(2000, 20)
    inputs = task.inputs.argmax(dim=-1)
    assert torch.equal(task.inputs.sum(dim=-1), torch.ones(2000, 20))
    assert torch.equal(inputs[:, 1:], task.targets[:, :-1])
    assert torch.equal(task.targets[:, -1], inputs[:, 0])
    symbols = [{CLOSING_SYMBOLS[s] for s in column} for column in inputs.T]
    assert symbols[0] == set("([{<")
    assert symbols[-1] == {"."}
    assert all(column == set("abcd") for column in symbols[1:-1])


def test_the_walk_goes_on_to_the_next_letter_as_often_as_said():
    """With 0.9, and with a quarter of the rest."""
    walk = closing_task(2000, 20).inputs.argmax(dim=-1)[:, 1:-1] - 4
    onward = (walk[:, 1:] - walk[:, :-1]) % 4 == 1
    assert onward.float().mean().item() == pytest.approx(0.925, abs=0.01)
    first = walk[:, 0].bincount(minlength=4) / 2000
    assert (first - 0.25).abs().max() < 0.04


def test_nothing_but_the_first_symbol_tells_the_last():
    """Each letter of the walk is as common after each bracket."""
    task = closing_task(8000, 8)
    inputs = task.inputs.argmax(dim=-1)
    for bracket in range(4):
        rows = inputs[task.targets[:, -1] == bracket]
        share = (rows[:, 1:-1] == 4).float().mean(dim=0)
        assert (share - 0.25).abs().max() < 0.05


def test_the_seed_decides_and_bad_sizes_are_named():
    """The same seed, the same sequences."""
    assert torch.equal(
        closing_task(5, 9, seed=1).targets, closing_task(5, 9, seed=1).targets
    )
    assert not torch.equal(
        random_seasons(5, 9, 3, seed=1), random_seasons(5, 9, 3, seed=2)
    )
    for run, words in [
        (lambda: closing_task(0, 9), "n must be.*got 0"),
        (lambda: closing_task(5, 3), "length must be.*at least 4, got 3"),
        (lambda: random_seasons(5, 9, 0), "period must be.*got 0"),
        (lambda: random_seasons(5, 9, 9), "n_steps must.*least 10, got 9"),
    ]:
        with pytest.raises(ValueError, match=words):
            run()
