"""Figures and diagrams of gates: what is drawn is what was given."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch

from course_lib.gate_diagrams import TITLES, draw_state_path
from course_lib.gate_plots import plot_gate_map, plot_gates
from course_lib.plotting import GATES


@pytest.fixture
def ax():
    """Axes of a figure that is closed afterwards."""
    fig, ax = plt.subplots()
    yield ax
    plt.close(fig)


def test_each_gate_is_drawn_in_its_own_colour_and_dash(ax):
    """Over the steps 1 to T, with its symbol in the legend."""
    traces = {name: torch.rand(7, 1) for name in "ifgoch"}
    assert plot_gates(traces, ["f", "i", "c"], marks=[3], ax=ax) is ax
    lines = ax.get_lines()
    for line, name in zip(lines[:3], "fic", strict=True):
        assert line.get_color() == GATES[name]
        assert line.get_label() == f"${name}$"
        np.testing.assert_array_equal(line.get_xdata(), range(1, 8))
        np.testing.assert_allclose(line.get_ydata(), traces[name][:, 0])
    assert lines[0].get_linestyle() != lines[1].get_linestyle()
    assert lines[3].get_xdata() == [3, 3]


def test_a_gate_that_was_not_traced_is_refused(ax):
    """The message names what there is."""
    with pytest.raises(
        ValueError, match=r"a gate must be one of 'f'; got 'z'"
    ):
        plot_gates({"f": torch.rand(7)}, ["z"], ax=ax)


def test_a_gate_map_has_a_row_for_each_unit(ax):
    """Time runs to the right, and shades go from 0 to 1."""
    values = torch.rand(7, 3)
    plot_gate_map(values, label="z", ax=ax)
    (image,) = ax.get_images()
    np.testing.assert_allclose(image.get_array(), values.T)
    assert image.get_clim() == (0, 1)
    assert image.get_extent() == [0.5, 7.5, 3.5, 0.5]
    assert ax.figure.axes[1].get_ylabel() == "z"


def test_a_gate_map_needs_one_sequence(ax):
    """A whole batch cannot be drawn in one map."""
    with pytest.raises(ValueError, match=r"\(T, H\), got \(2, 7, 3\); choose"):
        plot_gate_map(torch.rand(2, 7, 3), label="z", ax=ax)


@pytest.mark.parametrize(
    ("kind", "per_step"),
    [("rnn", ["$W_h$", "tanh"]), ("lstm", ["×", "+"]), ("gru", ["×", "+"])],
)
def test_a_path_shows_what_each_step_does_to_the_state(ax, kind, per_step):
    """One state more than steps, and every operation once a step."""
    draw_state_path(ax, kind, steps=2)
    words = [text.get_text() for text in ax.texts]
    for operation in per_step:
        assert words.count(operation) == 2
    state = "c" if kind == "lstm" else "h"
    for name in ("t-2", "t-1", "t"):
        assert f"${state}_{{{name}}}$" in words
    assert sum(word.startswith(f"${state}_") for word in words) == 3
    assert TITLES[kind] in (ax.get_title(), ax.get_title(loc="left"))


def test_only_known_paths_are_drawn(ax):
    """A layer-normalised cell has no diagram here."""
    with pytest.raises(ValueError, match=r"kind must be one of .*got 'ln'"):
        draw_state_path(ax, "ln")
