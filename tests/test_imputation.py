"""Gaps: hidden at random, filled from both sides, scored where known."""

import numpy as np
import pytest
import torch
from recurrent_things import normal, randomise

from course_lib import (
    Bidirectional,
    BidirectionalImputer,
    GRUCell,
    HarmonicFill,
    LSTMCell,
    Recurrent,
    fit,
    forward_fill,
    hide,
    imputation_error,
    imputation_loss,
    interpolate,
    mean_fill,
    mse,
)
from course_lib.imputation import Gaps, hidden_points, steps_since_observed

N, T, D = 4, 30, 2
NAN = float("nan")


def imputer(n_features=D):
    """A random imputer in float64."""
    layers = [
        Recurrent(cls(4 * n_features, H))
        for cls, H in [(GRUCell, 5), (LSTMCell, 3)]
    ]
    return randomise(BidirectionalImputer(Bidirectional(*layers), n_features))


FILLERS = {
    "harmonic": HarmonicFill(9, harmonics=1),
    "mean": mean_fill,
    "forward": forward_fill,
    "interpolate": interpolate,
    "network": imputer(),
}
fillers = pytest.mark.parametrize("filler", FILLERS.values(), ids=FILLERS)


@pytest.fixture
def gaps():
    """Hidden runs of three steps, and points whose truth is unknown."""
    values = normal(N, T, D)
    values[0, 4, 1] = values[2, 0, 0] = values[3, -1, :] = NAN
    return hide(values, share=0.3, run=3, seed=1)


@pytest.mark.parametrize("run", [1, 3, 10])
@pytest.mark.parametrize("share", [0.1, 0.4])
def test_the_hidden_share_is_right_on_average_at_every_step(share, run):
    """Also at both ends, and whatever the length of the gaps."""
    values = torch.zeros(20000, 25, 1)
    hidden = hide(values, share=share, run=run).inputs.isnan().float()
    assert hidden.mean().item() == pytest.approx(share, abs=0.01)
    assert (hidden.mean(dim=(0, 2)) - share).abs().max() < 0.02


def test_gaps_are_runs_of_all_features():
    """No gap inside a series is shorter than asked for."""
    hidden = hide(torch.zeros(200, 50, D), share=0.2, run=4).inputs.isnan()
    assert torch.equal(hidden[..., 0], hidden[..., 1])
    for row in hidden[..., 0].int().numpy():
        edges = np.diff(row)
        starts = np.flatnonzero(edges == 1)
        ends = np.flatnonzero(edges == -1)
        for start in starts:
            later = ends[ends > start]
            if len(later):
                assert later[0] - start >= 4


def test_hiding_keeps_the_truth_and_changes_nothing_else(gaps):
    """Targets are the values; inputs are the values or NaN."""
    seen = ~gaps.inputs.isnan()
    assert torch.equal(gaps.inputs[seen], gaps.targets[seen])
    assert gaps.targets.isnan().sum() == 4
    # What was missing is missing still.
    assert gaps.inputs[gaps.targets.isnan()].isnan().all()


def test_hiding_follows_its_seed():
    """The same seed, the same gaps; the given values are left alone."""
    values = normal(N, T, D)
    copy = values.clone()
    masks = [hide(values, share=0.3, seed=s).inputs.isnan() for s in (1, 1, 2)]
    assert torch.equal(masks[0], masks[1])
    assert not torch.equal(masks[0], masks[2])
    assert torch.equal(values, copy)


@fillers
def test_known_values_come_back_unchanged_and_no_gap_stays(filler, gaps):
    """Bit by bit, in shape and dtype."""
    copy = gaps.inputs.clone()
    filled = filler(gaps.inputs)
    known = ~gaps.inputs.isnan()
    assert filled.shape == gaps.inputs.shape
    assert filled.dtype == gaps.inputs.dtype
    assert torch.equal(filled[known], gaps.inputs[known])
    assert not filled.isnan().any()
    torch.testing.assert_close(gaps.inputs, copy, equal_nan=True)


@fillers
def test_nothing_crosses_from_one_series_to_another(filler, gaps):
    """Alone or among others, a series is filled alike."""
    together = filler(gaps.inputs)
    for n in range(N):
        alone = filler(gaps.inputs[n : n + 1])
        torch.testing.assert_close(alone, together[n : n + 1])


@pytest.mark.parametrize(
    "filler", [mean_fill, forward_fill, interpolate], ids=lambda f: f.__name__
)
def test_simple_fillers_take_each_feature_by_itself(filler, gaps):
    """One feature alone gives the same."""
    together = filler(gaps.inputs)
    for d in range(D):
        alone = filler(gaps.inputs[..., d : d + 1])
        assert torch.equal(alone, together[..., d : d + 1])


def test_interpolation_is_numpys(gaps):
    """Straight lines inside, the nearest value at the ends."""
    filled = interpolate(gaps.inputs)
    t = np.arange(T)
    for n, d in np.ndindex(N, D):
        x = gaps.inputs[n, :, d].numpy()
        seen = ~np.isnan(x)
        expected = np.interp(t, t[seen], x[seen])
        np.testing.assert_array_equal(filled[n, :, d].numpy(), expected)


def column(*values):
    """One series of one feature."""
    return torch.tensor(values)[None, :, None]


@pytest.mark.parametrize(
    ("filler", "expected"),
    [
        (mean_fill, [3.0, 1.0, 3.0, 3.0, 5.0, 3.0]),
        (forward_fill, [1.0, 1.0, 1.0, 1.0, 5.0, 5.0]),
        (interpolate, [1.0, 1.0, 1 + 4 / 3, 1 + 8 / 3, 5.0, 5.0]),
    ],
)
def test_the_simple_fillers_by_hand(filler, expected):
    """A gap at each end and one between."""
    got = filler(column(NAN, 1.0, NAN, NAN, 5.0, NAN))
    torch.testing.assert_close(got, column(*expected))


def test_steps_since_observed_count_from_the_last_known_value():
    """Per series and feature; from the start before the first."""
    got = steps_since_observed(column(NAN, NAN, 1.0, NAN, 2.0, 3.0, NAN, NAN))
    assert got.flatten().tolist() == [1, 2, 0, 1, 0, 0, 1, 2]
    two = torch.cat([column(NAN, 1.0, NAN), column(1.0, NAN, NAN)], dim=-1)
    assert steps_since_observed(two)[0, :, 0].tolist() == [1, 0, 1]
    assert steps_since_observed(two)[0, :, 1].tolist() == [0, 1, 2]


def test_a_network_without_output_weights_is_the_straight_line(gaps):
    """The model corrects the line; a correction of zero is the line."""
    model = imputer()
    with torch.no_grad():
        model.h_to_x.weight.zero_()
        model.h_to_x.bias.zero_()
    assert torch.equal(model(gaps.inputs), interpolate(gaps.inputs))


def test_a_network_fills_a_gap_from_both_sides():
    """A known value before and one after both move what stands between."""
    model, values = imputer(1), normal(1, T, 1)
    values[0, 10:13] = NAN
    before = model(values)[0, 11, 0]
    for step in (2, 25):
        changed = values.clone()
        changed[0, step] += 5
        assert (model(changed)[0, 11, 0] - before).abs() > 1e-12


def test_time_since_the_last_value_is_read_from_both_sides():
    """The features reversed in time are those of the reversed series."""
    rows = []
    model = imputer()
    model.recurrent.register_forward_hook(lambda m, xs, hs: rows.append(xs[0]))
    values = normal(N, T, D)
    values[:, 5:9, 0] = NAN
    model(values)
    model(values.flip(1))
    line, missing, ahead, back = rows[0].chunk(4, dim=-1)
    turned = rows[1].flip(1).chunk(4, dim=-1)
    assert torch.equal(missing.bool(), values.isnan())
    assert torch.equal(ahead, steps_since_observed(values).log1p())
    assert torch.equal(turned[3], ahead)
    assert torch.equal(turned[2], back)
    torch.testing.assert_close(turned[0], line)


@pytest.mark.parametrize("metric", ["mae", "mse"])
def test_only_hidden_points_with_a_known_truth_are_scored(gaps, metric):
    """Errors elsewhere cost nothing, errors there cost their size."""
    hidden = gaps.inputs.isnan() & ~gaps.targets.isnan()
    assert torch.equal(hidden_points(gaps), hidden)

    def wrong_elsewhere(_):
        return torch.where(hidden, gaps.targets, 1e6)

    def off_by_two(_):
        return torch.where(hidden, gaps.targets + 2, 1e6)

    settings = {"metric": mse} if metric == "mse" else {}
    assert imputation_error(wrong_elsewhere, gaps, **settings) == 0
    error = imputation_error(off_by_two, gaps, **settings)
    assert error == pytest.approx(4 if metric == "mse" else 2)


def test_the_loss_is_the_mean_squared_error_at_the_hidden_points(gaps):
    """And its gradient reaches every weight."""
    model = imputer()
    loss = imputation_loss(model, gaps)
    expected = imputation_error(model, gaps, metric=mse)
    assert loss.item() == pytest.approx(expected, rel=1e-12)
    loss.backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().max() > 0, name


def test_fit_trains_an_imputer_on_gaps():
    """Gaps are batched like windows, and the loss goes down."""
    torch.manual_seed(0)
    t = torch.arange(24.0)
    values = torch.sin(t / 3 + torch.rand(24, 1) * 6)[..., None]
    gaps = hide(values, share=0.3, run=4)
    layers = [Recurrent(GRUCell(4, 8)) for _ in range(2)]
    model = BidirectionalImputer(Bidirectional(*layers), 1)
    before = imputation_error(interpolate, gaps)
    fit(model, gaps, epochs=12, batch_size=6, lr=1e-2, loss=imputation_loss)
    assert imputation_error(model, gaps) < 0.8 * before


EMPTY = torch.zeros(N, T, D).double()
EMPTY[1, :, 1] = NAN


@fillers
def test_a_series_without_any_value_cannot_be_filled(filler):
    """The message names the series and the feature."""
    with pytest.raises(ValueError, match="got none of feature 1 in series 1"):
        filler(EMPTY)


@fillers
@pytest.mark.parametrize(
    ("values", "words"),
    [
        (torch.zeros(N, T), r"\(B, T, D\), got \(4, 30\).*forget the feature"),
        (torch.zeros(N, 0, D), "no axis of length 0"),
    ],
)
def test_a_filler_says_which_shape_it_expects(filler, values, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        filler(values)


@pytest.mark.parametrize(
    ("run", "words"),
    [
        (
            lambda: hide(torch.zeros(N, T), share=0.2),
            "forget the feature axis",
        ),
        (
            lambda: hide(torch.zeros(N, T, D), share=0),
            "share must lie between 0 and 1.*got 0",
        ),
        (
            lambda: hide(torch.zeros(N, T, D), share=1.0),
            "share must lie between 0 and 1.*got 1.0",
        ),
        (
            lambda: hide(torch.zeros(N, T, D), share=0.2, run=T),
            "run below the 30 steps, got 0.2 and 30",
        ),
        (
            lambda: hide(torch.zeros(N, T, D), share=0.2, run=0),
            "run must be.*at least 1, got 0",
        ),
        (lambda: steps_since_observed(torch.zeros(T)), r"got \(30,\)"),
        (
            lambda: imputation_error(
                mean_fill, Gaps(torch.zeros(N, T, D), torch.zeros(N, T, D))
            ),
            "must hide at least one known value, got none",
        ),
        (
            lambda: imputation_loss(
                imputer(), Gaps(torch.zeros(N, T, D), torch.zeros(N, T, 1))
            ),
            "same shape",
        ),
        (
            lambda: imputer(1)(torch.zeros(N, T, 2).double()),
            r"with D=4, got \(4, 30, 8\)",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(run, words):
    """Expected, got and a hint."""
    with pytest.raises(ValueError, match=words):
        run()
