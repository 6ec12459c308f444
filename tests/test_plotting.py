"""Figures draw the data they are given, on the axes they are given."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
import torch

from course_lib import History, plotting, sunspots, use_style
from course_lib.plotting import (
    BASELINE,
    FORECAST,
    OBSERVED,
    line_styles,
    plot_by_horizon,
    plot_by_step,
    plot_forecast,
    plot_history,
    plot_scores,
    plot_series,
)

SCORES = pd.DataFrame(
    {"all": [2.0, 3.0], 1: [1.0, 2.0], 2: [3.0, 4.0]}, index=["net", "naive"]
)
HISTORIES = {
    "a": History(train_loss=[3.0, 2.0], valid_loss=[4.0, 3.5]),
    "b": History(train_loss=[2.5, 1.5]),
}
FIGURES = {
    "series": lambda ax: plot_series(np.arange(5.0), ax=ax),
    "forecast": lambda ax: plot_forecast(np.arange(5.0), ax=ax),
    "by_horizon": lambda ax: plot_by_horizon(SCORES, ax=ax),
    "scores": lambda ax: plot_scores({"net": 1.0, "naive": 2.0}, ax=ax),
    "history": lambda ax: plot_history(HISTORIES, ax=ax),
    "by_step": lambda ax: plot_by_step({"flow": [1.0, 2.0]}, ax=ax),
}
figures = pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)


@pytest.fixture(autouse=True)
def no_window(monkeypatch):
    """A figure is never shown from the library, and none is left open."""

    def show(*_, **__):
        raise AssertionError("the library called pyplot.show")

    monkeypatch.setattr(plt, "show", show)
    yield
    plt.close("all")


def lines(ax):
    """The lines by label: their data."""
    return {line.get_label(): line.get_ydata() for line in ax.get_lines()}


@figures
def test_a_figure_returns_the_axes_it_was_given(draw):
    """And draws there even if other axes are current."""
    _, (ax, current) = plt.subplots(1, 2)
    plt.sca(current)
    assert draw(ax) is ax
    assert ax.has_data()
    assert not current.has_data()


@figures
def test_without_axes_a_figure_draws_on_the_current_ones(draw):
    """As pyplot does."""
    _, ax = plt.subplots()
    assert draw(None) is ax
    assert ax.has_data()


@pytest.mark.parametrize(
    "values",
    [
        np.arange(5.0),
        np.arange(5.0)[:, None],
        torch.arange(5.0),
        torch.arange(5.0)[:, None],
        [0, 1, 2, 3, 4],
    ],
)
def test_a_series_is_drawn_as_it_is(values):
    """With or without its feature axis, in observed black."""
    (line,) = plot_series(values).get_lines()
    np.testing.assert_array_equal(line.get_ydata(), np.arange(5))
    np.testing.assert_array_equal(line.get_xdata(), np.arange(5))
    assert line.get_color() == OBSERVED


def test_a_series_with_dates_is_drawn_over_them():
    """Period dates too; keywords reach the line."""
    series = sunspots()
    (line,) = plot_series(
        series.values, dates=series.dates, color="red", linewidth=3
    ).get_lines()
    np.testing.assert_array_equal(line.get_ydata(), series.values[:, 0])
    assert str(line.get_xdata(orig=True)[0]).startswith("1700-01-01")
    assert (line.get_color(), line.get_linewidth()) == ("red", 3)


def test_a_forecast_goes_on_from_the_last_known_value():
    """Known steps up to 0, the truth and the forecasts from 1 on."""
    inputs, targets = torch.arange(4.0)[:, None], torch.tensor([4.0, 5.0])
    forecasts = {"net": torch.tensor([[4.5], [5.5]]), "naive": [3.0, 3.0]}
    ax = plot_forecast(inputs, targets, forecasts, baselines=["naive"])
    got = lines(ax)
    assert got["observed"].tolist() == [0, 1, 2, 3]
    assert got["truth"].tolist() == [4, 5]
    assert got["net"].tolist() == [3, 4.5, 5.5]
    assert got["naive"].tolist() == [3, 3, 3]
    by_label = {line.get_label(): line for line in ax.get_lines()}
    assert list(by_label["observed"].get_xdata()) == [-3, -2, -1, 0]
    assert list(by_label["truth"].get_xdata()) == [1, 2]
    assert list(by_label["net"].get_xdata()) == [0, 1, 2]
    assert by_label["net"].get_color() == FORECAST
    assert by_label["naive"].get_color() == BASELINE
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["observed", "truth", "net", "naive"]


def test_a_score_table_is_drawn_by_horizon():
    """A line for each forecaster, without the mean over all steps."""
    ax = plot_by_horizon(SCORES, baselines=["naive"])
    got = lines(ax)
    assert got["net"].tolist() == [1, 3]
    assert got["naive"].tolist() == [2, 4]
    assert list(ax.get_lines()[0].get_xdata()) == [1, 2]
    assert ax.get_ylim()[0] == 0


def test_scores_are_bars_with_their_intervals():
    """The first name on top; the reference is a line across."""
    scores = {"net": (1.0, 2.0, 4.0), "naive": 3.0}
    ax = plot_scores(scores, reference="naive", unit="mae")
    widths = [bar.get_width() for bar in ax.patches]
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert dict(zip(names, widths, strict=True)) == {"net": 2, "naive": 3}
    assert names == ["naive", "net"]
    ends = [
        path.vertices[:, 0].tolist() for path in ax.collections[0].get_paths()
    ]
    assert ends == [[3, 3], [1, 4]]
    assert any(set(line.get_xdata()) == {3} for line in ax.get_lines())
    assert ax.get_xlabel() == "mae"


def test_a_history_is_drawn_by_epoch():
    """Training solid, validation dashed in the same colour, from 1 on."""
    ax = plot_history(HISTORIES)
    got = lines(ax)
    assert {name: list(data) for name, data in got.items()} == {
        "a, training": [3, 2],
        "a, validation": [4, 3.5],
        "b, training": [2.5, 1.5],
    }
    train, valid, other = ax.get_lines()
    assert list(train.get_xdata()) == list(valid.get_xdata()) == [1, 2]
    assert train.get_color() == valid.get_color() != other.get_color()
    assert (train.get_linestyle(), valid.get_linestyle()) == ("-", "--")
    assert ax.get_yscale() == "log"
    _, ax = plt.subplots()
    plot_history(HISTORIES, log=False, ax=ax)
    assert ax.get_yscale() == "linear"


def test_curves_are_drawn_over_the_time_steps_from_zero():
    """Tensors too, on a logarithmic axis unless told otherwise."""
    _, ax = plt.subplots()
    plot_by_step({"a": torch.tensor([1.0, 2.0, 3.0]), "b": [2, 1]}, ax=ax)
    assert lines(ax)["a"].tolist() == [1, 2, 3]
    assert lines(ax)["b"].tolist() == [2, 1]
    assert list(ax.get_lines()[0].get_xdata()) == [0, 1, 2]
    assert ax.get_yscale() == "log"
    _, ax = plt.subplots()
    assert plot_by_step({"a": [1]}, log=False, ax=ax).get_yscale() == "linear"


def test_lines_differ_in_more_than_their_colour():
    """Neighbours have another dash, baselines one colour."""
    names = ["a", "b", "naive", "mean"]
    styles = line_styles(names, baselines=["naive", "mean"])
    assert list(styles) == names
    assert styles["a"]["color"] != styles["b"]["color"]
    assert styles["a"]["linestyle"] != styles["b"]["linestyle"]
    assert styles["naive"]["color"] == styles["mean"]["color"] == BASELINE
    assert styles["naive"]["linestyle"] != styles["mean"]["linestyle"]


def test_the_style_is_the_libraries_own():
    """Its file is found in the installed package."""
    before = plt.rcParams.copy()
    try:
        use_style()
        assert dict(plt.rcParams) != dict(before)
    finally:
        plt.rcParams.update(before)


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plot_series(np.zeros((5, 2))), r"a line must.*got \(5, 2\)"),
        (lambda: plot_series(np.zeros((1, 5, 1))), r"got \(1, 5, 1\); choose"),
        (lambda: plot_forecast(np.zeros((5, 2))), r"got \(5, 2\)"),
        (
            lambda: plot_forecast(np.zeros(5), np.zeros((2, 3))),
            r"got \(2, 3\)",
        ),
        (
            lambda: plot_forecast(np.zeros(5), None, {"a": np.zeros((2, 3))}),
            r"got \(2, 3\)",
        ),
        (
            lambda: plot_forecast(
                np.zeros(5), None, {"a": np.zeros(2)}, baselines=["b"]
            ),
            "baseline must be one of 'a'; got 'b'",
        ),
        (
            lambda: plot_scores({"a": 1.0}, reference="b"),
            "reference must be one of 'a'; got 'b'",
        ),
    ],
)
def test_bad_input_is_named_with_what_was_expected(draw, words):
    """Several features are not drawn as one line."""
    with pytest.raises(ValueError, match=words):
        draw()


def test_every_figure_of_the_library_is_tested_here():
    """A new plot needs a new line in FIGURES."""
    found = {name for name in vars(plotting) if name.startswith("plot_")}
    assert found == {f"plot_{name}" for name in FIGURES}
