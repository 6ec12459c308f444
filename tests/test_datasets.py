"""The series and tasks are the ones that the chapters say they are."""

import math

import numpy as np
import pytest
import torch

from course_lib import (
    adding_problem,
    batches,
    co2,
    leaky_sum,
    noisy_level,
    recall_task,
    sea_surface_temperature,
    sunspots,
    two_sine_waves,
    us_macro,
)


def published_generator(batch_size, n_steps):
    """The generator as published, on NumPy's legacy global stream."""
    np.random.seed(42)  # noqa: NPY002
    f1, f2, o1, o2 = np.random.rand(4, batch_size, 1)  # noqa: NPY002
    time = np.linspace(0, 1, n_steps)
    series = 0.5 * np.sin((time - o1) * (f1 * 10 + 10))
    series += 0.2 * np.sin((time - o2) * (f2 * 20 + 20))
    noise = np.random.rand(batch_size, n_steps)  # noqa: NPY002
    series += 0.1 * (noise - 0.5)
    return series[..., np.newaxis].astype(np.float32)


@pytest.mark.parametrize("sizes", [(10000, 51), (10000, 60), (3, 7)])
def test_the_two_sine_waves_are_the_published_numbers(sizes):
    """Bit by bit, with the default seed."""
    xs = two_sine_waves(*sizes)
    assert xs.dtype == np.float32
    assert xs.shape == (*sizes, 1)
    np.testing.assert_array_equal(xs, published_generator(*sizes))


def test_drawing_series_leaves_numpys_global_stream_alone():
    """A seed is an argument, not a side effect."""
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    two_sine_waves(3, 7)
    after = np.random.get_state()[1]  # noqa: NPY002
    np.testing.assert_array_equal(before, after)


def test_longer_series_are_sampled_at_a_finer_time_step():
    """Time runs from 0 to 1 whatever the length: the step is 1/(n - 1)."""
    # 2 n - 1 steps hold the n steps and the ones between them.
    coarse = two_sine_waves(200, 26)[..., 0].astype(float)
    fine = two_sine_waves(200, 51)[:, ::2, 0].astype(float)
    # All that differs is the noise, at most 0.05 each.
    assert np.abs(coarse - fine).max() <= 0.1 + 1e-6
    same_index = two_sine_waves(200, 51)[:, :26, 0]
    assert np.abs(coarse - same_index).max() > 0.5


@pytest.mark.parametrize(
    "draw",
    [
        lambda seed: two_sine_waves(4, 9, seed=seed),
        lambda seed: recall_task(4, 9, seed=seed).inputs.numpy(),
        lambda seed: adding_problem(4, 9, seed=seed).inputs.numpy(),
    ],
    ids=["two_sine_waves", "recall_task", "adding_problem"],
)
def test_a_seed_fixes_the_draw_and_another_changes_it(draw):
    """Whatever was drawn before."""
    first = draw(1)
    torch.rand(3)
    np.testing.assert_array_equal(draw(1), first)
    assert (draw(2) != first).any()


@pytest.mark.parametrize(
    ("load", "shape", "period", "first", "last"),
    [
        (sea_surface_temperature, (732, 1), 12, "1950-01", "2010-12"),
        (co2, (2284, 1), 52, "1958-03-29", "2001-12-29"),
        (sunspots, (309, 1), 11, "1700", "2008"),
        (us_macro, (202, 3), 4, "1959Q2", "2009Q3"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_real_series_have_their_shape_period_and_dates(
    load, shape, period, first, last
):
    """A date for each step, a name for each feature, float32 values."""
    series = load()
    assert series.values.shape == shape
    assert series.values.dtype == np.float32
    assert series.period == period
    assert len(series.dates) == shape[0]
    assert len(series.names) == shape[1]
    assert str(series.dates[0]).startswith(first)
    assert str(series.dates[-1]).startswith(last)


def test_only_co2_has_gaps_and_59_of_them():
    """The missing weeks are NaN and stay NaN."""
    assert np.isnan(co2().values).sum() == 59
    for load in (sea_surface_temperature, sunspots, us_macro):
        assert np.isfinite(load().values).all()


def test_months_of_the_sea_follow_each_other_within_and_across_years():
    """The table of years by months is read row by row."""
    from statsmodels.datasets import elnino

    table = elnino.load_pandas().data
    values = sea_surface_temperature().values[:, 0]
    january_1951 = float(table["JAN"][table["YEAR"] == 1951].item())
    march_1950 = float(table["MAR"][table["YEAR"] == 1950].item())
    assert values[12] == np.float32(january_1951)
    assert values[2] == np.float32(march_1950)


def test_known_values_stand_at_their_dates():
    """First entries as printed in the sources."""
    assert co2().values[0, 0] == pytest.approx(316.1)
    assert sunspots().values[0, 0] == pytest.approx(5.0)
    growth, inflation, unemployment = us_macro().values[0]
    assert growth == pytest.approx(
        100 * math.log(2778.801 / 2710.349), rel=1e-4
    )
    assert inflation == pytest.approx(100 * math.log(29.15 / 28.98), rel=1e-4)
    assert unemployment == pytest.approx(5.1)


@pytest.mark.parametrize("n_symbols", [2, 5])
def test_what_is_to_be_recalled_is_the_first_symbol(n_symbols):
    """One-hot inputs, and the class of the first as target."""
    task = recall_task(2000, 7, n_symbols=n_symbols)
    assert task.inputs.shape == (2000, 7, n_symbols)
    assert task.inputs.dtype == torch.float32
    assert torch.equal(task.inputs.sum(dim=-1), torch.ones(2000, 7))
    assert torch.equal(task.inputs[:, 0].argmax(dim=-1), task.targets)
    # Every symbol is equally likely at every step.
    share = task.inputs.mean(dim=0)
    assert (share - 1 / n_symbols).abs().max() < 0.05


def test_distractors_tell_nothing_about_the_symbol_to_recall():
    """Later symbols agree with the first one as often as by chance."""
    task = recall_task(4000, 5)
    later = task.inputs[:, 1:].argmax(dim=-1)
    agree = (later == task.targets[:, None]).float().mean(dim=0)
    assert (agree - 0.25).abs().max() < 0.04


@pytest.mark.parametrize("length", [2, 7, 10])
def test_the_answer_is_the_sum_of_the_two_marked_numbers(length):
    """One mark in each half."""
    task = adding_problem(500, length)
    assert task.inputs.shape == (500, length, 2)
    assert task.targets.shape == (500, 1, 1)
    numbers, marks = task.inputs.unbind(-1)
    half = length // 2
    assert torch.equal(marks[:, :half].sum(dim=1), torch.ones(500))
    assert torch.equal(marks[:, half:].sum(dim=1), torch.ones(500))
    assert ((marks == 0) | (marks == 1)).all()
    torch.testing.assert_close(
        (numbers * marks).sum(dim=1), task.targets[:, 0, 0]
    )
    assert 0 <= numbers.min() <= numbers.max() < 1
    # Every place is marked now and then.
    assert (marks.mean(dim=0) > 0).all()


def test_always_to_answer_one_scores_a_sixth_on_the_adding_problem():
    """The number that a network must beat."""
    targets = adding_problem(20000, 6).targets
    error = ((targets - 1) ** 2).mean().item()
    assert error == pytest.approx(1 / 6, rel=0.03)


@pytest.mark.parametrize("task", [recall_task, adding_problem])
def test_a_task_can_be_cut_into_batches(task):
    """As `fit` will do."""
    examples = task(7, 4)
    parts = list(batches(examples, 3))
    assert [len(part.inputs) for part in parts] == [3, 3, 1]
    assert [len(part.targets) for part in parts] == [3, 3, 1]


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: two_sine_waves(0, 9), "n_series must be.*got 0"),
        (lambda: two_sine_waves(4, 1), "n_steps must be.*at least 2, got 1"),
        (lambda: two_sine_waves(4, 9.5), "whole number.*got 9.5"),
        (lambda: recall_task(0, 9), "n must be.*got 0"),
        (lambda: recall_task(4, 0), "length must be.*got 0"),
        (lambda: recall_task(4, 9, n_symbols=1), "n_symbols must be.*got 1"),
        (lambda: adding_problem(0, 9), "n must be.*got 0"),
        (lambda: adding_problem(4, 1), "length must be.*at least 2, got 1"),
        (lambda: adding_problem(4, "9"), "length must be.*got '9'"),
    ],
)
def test_sizes_that_make_no_task_are_named(draw, words):
    """Expected and got."""
    with pytest.raises(ValueError, match=words):
        draw()


def test_the_noisy_level_is_a_level_with_memory_and_noise_without():
    """Variances 1 and 1; covariance at lag k is the level's, 0.99^k."""
    x = noisy_level(200_000, seed=1)[:, 0].astype(float)
    assert x.shape == (200_000,)
    expected = [2.0, 0.99, 0.99**10]
    got = [np.mean(x[: len(x) - k] * x[k:]) for k in (0, 1, 10)]
    np.testing.assert_allclose(got, expected, rtol=0.1)


def test_the_noisy_level_is_its_seed():
    """Same seed, same series; another seed, another one."""
    one = noisy_level(50, seed=3)
    assert one.dtype == np.float32
    assert np.array_equal(one, noisy_level(50, seed=3))
    assert not np.array_equal(one, noisy_level(50, seed=4))


def test_a_leaky_sum_is_the_sum_of_what_has_not_leaked():
    """s_t = Σ a^(t-k) 0.2 x_k; it rises towards its level."""
    data = leaky_sum(400, 30, decay=0.9, seed=3)
    weights = 0.2 * 0.9 ** torch.arange(29.0, -1, -1)
    expected = (data.inputs[:, :, 0] * weights).sum(dim=1)
    torch.testing.assert_close(data.targets[:, -1, 0], expected)
    means = data.targets.mean(dim=(0, 2))
    level = 0.3 * 0.2 / (1 - 0.9)
    assert means[0].item() == pytest.approx(0.06, abs=0.02)
    assert means[-1].item() == pytest.approx(level, rel=0.1)
    assert data.inputs.std().item() == pytest.approx(0.3, abs=0.02)
    other = leaky_sum(400, 30, decay=0.9, seed=4)
    assert not torch.equal(data.inputs, other.inputs)
