"""Laws of splitting, standardising and cutting windows."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from course_lib import (
    Standardizer,
    Windows,
    batches,
    chronological_split,
    sliding_windows,
    split_last,
    targets_at_every_step,
)
from course_lib.windows import split_examples

settings.register_profile(
    "here", max_examples=50, deadline=None, database=None
)
settings.load_profile("here")

sizes = st.integers(1, 8)


def numbered(n_steps, D=1):
    """A series whose values say where they stand: step + feature / 10."""
    return np.arange(n_steps)[:, None] + np.arange(D) / 10


@given(n=st.integers(2, 60), T=sizes, K=sizes, stride=sizes, D=sizes)
def test_windows_are_as_many_as_fit_and_each_stands_where_it_should(
    n, T, K, stride, D
):
    """The count formula, and the content of every window by its place."""
    series = numbered(n, D)
    if n < T + K:
        with pytest.raises(ValueError, match=rf"{T} \+ {K} steps, got {n}"):
            sliding_windows(series, T, K, stride=stride)
        return
    inputs, targets = sliding_windows(series, T, K, stride=stride)
    N = (n - T - K) // stride + 1
    assert inputs.shape == (N, T, D)
    assert targets.shape == (N, K, D)
    for w in range(N):
        start = w * stride
        expected = torch.as_tensor(series[start : start + T + K]).float()
        assert torch.equal(inputs[w], expected[:T])
        assert torch.equal(targets[w], expected[T:])
    # One more window would not have fitted.
    assert N * stride + T + K > n


@given(n=st.integers(2, 60), T=sizes, K=sizes, stride=sizes)
def test_targets_follow_their_inputs_and_are_never_among_them(n, T, K, stride):
    """The first target is the step after the last input."""
    if n < T + K:
        return
    inputs, targets = sliding_windows(numbered(n), T, K, stride=stride)
    assert torch.equal(targets[:, 0], inputs[:, -1] + 1)
    assert (targets.amin(dim=(1, 2)) > inputs.amax(dim=(1, 2))).all()


def test_windows_are_float32_from_arrays_and_from_tensors():
    """Whatever comes in; models are float32."""
    for series in (numbered(9), torch.as_tensor(numbered(9))):
        windows = sliding_windows(series, 4, 2)
        assert windows.inputs.dtype == windows.targets.dtype == torch.float32
        assert windows.inputs[1, 0, 0] == 1


def test_a_read_only_array_is_copied_without_a_warning():
    """As pandas hands them out; and windows never write into a series."""
    series = numbered(9).astype(np.float32)
    series.flags.writeable = False
    sliding_windows(series, 4, 2).inputs.zero_()
    split_last(series[None], 2).targets.zero_()
    np.testing.assert_array_equal(series, numbered(9))


@given(
    n=st.integers(1, 80),
    valid=st.floats(0, 0.6),
    test=st.floats(0, 0.6),
)
def test_the_parts_of_a_split_rebuild_the_series(n, valid, test):
    """In the order of time, nothing lost and nothing twice."""
    series = numbered(n, 2)
    sizes = round(valid * n), round(test * n)
    if 0 in sizes or n - sum(sizes) < 1:
        with pytest.raises(ValueError, match="every part of the split"):
            chronological_split(series, valid=valid, test=test)
        return
    parts = chronological_split(series, valid=valid, test=test)
    np.testing.assert_array_equal(np.concatenate(parts), series)
    assert (len(parts.valid), len(parts.test)) == sizes


@given(history=st.integers(0, 50))
def test_history_gives_later_parts_the_steps_before_them(history):
    """As many as asked for, and the parts' own steps are unchanged."""
    series = numbered(100)
    plain = chronological_split(series)
    longer = chronological_split(series, history=history)
    np.testing.assert_array_equal(longer.train, plain.train)
    for part in ("valid", "test"):
        ours, own = getattr(longer, part), getattr(plain, part)
        assert len(ours) == len(own) + history
        np.testing.assert_array_equal(ours[history:], own)
        first = own[0, 0] - history
        np.testing.assert_array_equal(ours[:, 0], first + np.arange(len(ours)))


def test_with_the_windows_length_as_history_every_step_is_a_target_once():
    """Train windows aside, no target of one part is one of another's."""
    T = 24
    split = chronological_split(numbered(100), history=T)
    steps = [
        sliding_windows(part, T, 1).targets.flatten().tolist()
        for part in split
    ]
    assert steps[0] == list(range(T, 70))
    assert steps[1] == list(range(70, 85))
    assert steps[2] == list(range(85, 100))


values = arrays(
    np.float64,
    st.tuples(st.integers(2, 20), st.integers(1, 4)),
    elements=st.floats(-1e3, 1e3).map(lambda x: round(x, 2)),
)


@given(train=values, seed=st.integers(0, 99))
def test_standardising_and_back_gives_the_values_again(train, seed):
    """Also for values that it was not made from."""
    if (np.ptp(train, axis=0) == 0).any():
        with pytest.raises(ValueError, match=r"vary.*got constant features"):
            Standardizer(train)
        return
    standard = Standardizer(train)
    rng = np.random.default_rng(seed)
    others = rng.normal(size=(3, 5, train.shape[1]))
    for part in (train, others):
        np.testing.assert_allclose(
            standard.inverse(standard.transform(part)),
            part,
            rtol=1e-9,
            atol=1e-9,
        )


@given(train=values)
def test_the_training_part_has_mean_zero_and_deviation_one(train):
    """Per feature."""
    if (np.ptp(train, axis=0) == 0).any():
        return
    z = Standardizer(train).transform(train)
    np.testing.assert_allclose(z.mean(axis=0), 0, atol=1e-6)
    np.testing.assert_allclose(z.std(axis=0), 1, atol=1e-6)


def test_only_the_training_part_decides_the_scale():
    """Another future, the same scale; another training part, another."""
    rng = np.random.default_rng(0)
    series = rng.normal(size=(100, 2))
    split = chronological_split(series)
    standard = Standardizer(split.train)
    np.testing.assert_allclose(standard.mean, series[:70].mean(axis=0))
    np.testing.assert_allclose(standard.std, series[:70].std(axis=0))
    future = series.copy()
    future[70:] += 1e6
    again = Standardizer(chronological_split(future).train)
    np.testing.assert_array_equal(again.mean, standard.mean)
    np.testing.assert_array_equal(again.std, standard.std)


def test_arrays_stay_arrays_and_tensors_stay_tensors():
    """Forecasts are tensors, series are arrays; dtype stays as well."""
    standard = Standardizer(numbered(9, 2).astype(np.float32))
    array = standard.transform(numbered(3, 2).astype(np.float32))
    assert array.dtype == np.float32
    tensor = standard.inverse(torch.zeros(4, 3, 2))
    assert tensor.dtype == torch.float32
    torch.testing.assert_close(tensor[0, 0], torch.tensor([4.0, 4.1]))


def test_gaps_stay_gaps_when_standardised():
    """Values to be imputed later go through as NaN."""
    standard = Standardizer(numbered(9))
    z = standard.transform(np.array([[np.nan], [4.0]]))
    assert np.isnan(z).tolist() == [[True], [False]]


@given(N=sizes, T=sizes, K=sizes, D=sizes)
def test_targets_at_every_step_obey_their_index_law(N, T, K, D):
    """Y[b, t, k] is the value k + 1 steps after step t of series b."""
    whole = torch.arange(N * (T + K) * D).float().reshape(N, T + K, D)
    windows = split_last(whole, K)
    Y = targets_at_every_step(windows)
    assert Y.shape == (N, T, K, D)
    for t in range(T):
        for k in range(K):
            assert torch.equal(Y[:, t, k], whole[:, t + k + 1])
    assert torch.equal(Y[:, -1], windows.targets)


@given(N=sizes, T=sizes, K=sizes)
def test_splitting_off_the_last_steps_rebuilds_the_series(N, T, K):
    """Inputs and targets joined are the series again."""
    xs = np.random.default_rng(0).normal(size=(N, T + K, 2))
    inputs, targets = split_last(xs, K)
    assert targets.shape == (N, K, 2)
    joined = torch.cat([inputs, targets], dim=1)
    np.testing.assert_array_equal(joined.numpy(), xs)


def test_splitting_examples_keeps_their_order():
    """7000, 2000 and 1000 of 10000 in small."""
    whole = split_last(np.random.default_rng(0).normal(size=(10, 6, 1)), 2)
    parts = split_examples(whole, 7, 2, 1)
    assert [len(part.inputs) for part in parts] == [7, 2, 1]
    assert all(type(part) is Windows for part in parts)
    for n in range(2):
        joined = torch.cat([part[n] for part in parts])
        assert torch.equal(joined, whole[n])


@given(N=st.integers(1, 30), size=st.integers(1, 40), seed=st.integers(0, 9))
def test_batches_hold_every_example_once_with_its_own_target(N, size, seed):
    """In a random order, full batches but for the last one."""
    xs = torch.arange(N).float().reshape(N, 1, 1).expand(N, 3, 1)
    windows = Windows(xs, xs[:, :1] + 100)
    generator = torch.Generator().manual_seed(seed)
    got = list(batches(windows, size, generator=generator))
    assert all(type(batch) is Windows for batch in got)
    lengths = [len(batch.inputs) for batch in got]
    assert all(length == size for length in lengths[:-1])
    assert sum(lengths) == N
    assert 1 <= lengths[-1] <= size
    seen = torch.cat([batch.inputs[:, 0, 0] for batch in got])
    assert sorted(seen.tolist()) == list(range(N))
    for batch in got:
        assert torch.equal(batch.targets, batch.inputs[:, :1] + 100)


def test_the_order_of_batches_follows_the_generator():
    """The same seed, the same order; once more, another order."""
    windows = split_last(numbered(400).reshape(100, 4, 1), 1)

    def order(generator):
        return torch.cat(
            [
                b.inputs[:, 0, 0]
                for b in batches(windows, 7, generator=generator)
            ]
        ).tolist()

    one, two = (torch.Generator().manual_seed(3) for _ in range(2))
    first = order(one)
    assert first == order(two)
    assert first != order(one)
    assert first != sorted(first)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: sliding_windows(np.zeros(9), 3, 1),
            r"\(n_steps, D\), got \(9,\).*series\[:, None\]",
        ),
        (
            lambda: sliding_windows(np.zeros((2, 9, 1)), 3, 1),
            r"got \(2, 9, 1\).*one by one",
        ),
        (
            lambda: sliding_windows(np.zeros((9, 1)), 0, 1),
            "length must be.*at least 1, got 0",
        ),
        (
            lambda: sliding_windows(np.zeros((9, 1)), 3, 0),
            "horizon must be.*at least 1, got 0",
        ),
        (
            lambda: sliding_windows(np.zeros((9, 1)), 3, 1.5),
            "horizon must be a whole number.*got 1.5",
        ),
        (
            lambda: sliding_windows(np.zeros((9, 1)), 3, True),
            "horizon must be a whole number.*got True",
        ),
        (
            lambda: sliding_windows(np.zeros((9, 1)), 3, 1, stride=0),
            "stride must be.*got 0",
        ),
        (
            lambda: sliding_windows(np.zeros((9, 1)), 3, 7),
            r"at least length \+ horizon = 3 \+ 7 steps, got 9; shorten",
        ),
        (lambda: sliding_windows(np.zeros((0, 1)), 3, 7), "got 0; shorten"),
        (
            lambda: sliding_windows(np.array([[1.0], [np.nan], [0]]), 1, 1),
            r"series must be finite, got 1 NaN.*index \(1, 0\); fill or mask",
        ),
        (
            lambda: sliding_windows(np.array([[1.0], [np.inf], [0]]), 1, 1),
            "series must be finite",
        ),
        (
            lambda: chronological_split(np.zeros(9)),
            r"\(n_steps, D\), got \(9,\)",
        ),
        (
            lambda: chronological_split(np.zeros((0, 1))),
            "at least one step, got 0, 0 and 0 of 0",
        ),
        (
            lambda: chronological_split(np.zeros((9, 1)), valid=0.6, test=0.5),
            "check the shares valid=0.6",
        ),
        (
            lambda: chronological_split(np.zeros((9, 1)), valid=-0.5),
            "check the shares valid=-0.5",
        ),
        (
            lambda: chronological_split(np.zeros((100, 1)), history=71),
            "history must lie.*70 training steps, got 71",
        ),
        (
            lambda: chronological_split(np.zeros((100, 1)), history=-1),
            "history must be.*got -1",
        ),
        (
            lambda: Standardizer(np.zeros(9)),
            r"shape \(..., D\).*got \(9,\); one feature",
        ),
        (lambda: Standardizer(np.zeros((0, 2))), "at least one step, got"),
        (
            lambda: Standardizer(np.full((1000, 1), 0.1, np.float32)),
            r"must vary.*features \[0\]; drop",
        ),
        (
            lambda: Standardizer(np.array([[1.0], [np.nan]])),
            "the training part must be finite, got 1 NaN",
        ),
        (
            lambda: Standardizer(numbered(9, 3)).transform(np.zeros((4, 1))),
            r"D=3 as in training, got \(4, 1\).*forget the feature",
        ),
        (
            lambda: Standardizer(numbered(9, 1)).inverse(torch.zeros(4, 5)),
            r"D=1 as in training, got \(4, 5\)",
        ),
        (
            lambda: split_last(np.zeros((8, 6)), 2),
            r"\(B, T, D\), got \(8, 6\); did you forget the feature axis",
        ),
        (
            lambda: split_last(np.zeros((8, 6, 1)), 6),
            "longer than the horizon 6, got 6 steps; nothing would be left",
        ),
        (lambda: split_last(np.zeros((8, 6, 1)), 0), "horizon must be"),
        (
            lambda: split_last(np.full((8, 6, 1), np.nan), 2),
            "must be finite, got 48 NaN",
        ),
        (
            lambda: targets_at_every_step(
                Windows(torch.zeros(8, 6), torch.zeros(8, 2))
            ),
            "forget the feature axis",
        ),
        (
            lambda: targets_at_every_step(
                Windows(torch.zeros(8, 6, 1), torch.zeros(8, 2, 2))
            ),
            r"targets must have shape \(B, T, D\) with D=1, got \(8, 2, 2\)",
        ),
        (
            lambda: targets_at_every_step(
                Windows(torch.zeros(8, 6, 1), torch.zeros(7, 2, 1))
            ),
            r"as many targets as inputs.*got \[8, 7\]",
        ),
        (
            lambda: list(
                batches(Windows(torch.zeros(8, 6, 1), torch.zeros(7, 2, 1)), 3)
            ),
            r"as many targets as inputs.*got \[8, 7\]",
        ),
        (
            lambda: list(
                batches(Windows(torch.zeros(0, 6, 1), torch.zeros(0, 2, 1)), 3)
            ),
            r"at least one of each, got \[0, 0\]",
        ),
        (
            lambda: list(
                batches(Windows(torch.zeros(8, 6, 1), torch.zeros(8, 2, 1)), 0)
            ),
            "batch_size must be.*got 0",
        ),
        (
            lambda: split_examples(
                Windows(torch.zeros(8, 6, 1), torch.zeros(8, 2, 1)), 5, 2
            ),
            r"add up to the 8 examples, got \(5, 2\) with sum 7",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
