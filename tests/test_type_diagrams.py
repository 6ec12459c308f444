"""Diagrams and pictures show what they are given."""

import matplotlib.pyplot as plt
import pytest
import torch

from course_lib.picture_plots import plot_pictures
from course_lib.type_diagrams import draw_four_types, draw_wiring


@pytest.fixture(autouse=True)
def no_figure_left():
    """Close what was drawn."""
    yield
    plt.close("all")


def labels(ax):
    """The texts on the axes."""
    return [text.get_text() for text in ax.texts]


def arrows(ax):
    """How many arrows: the patches that are no boxes."""
    names = [type(patch).__name__ for patch in ax.patches]
    return names.count("FancyArrowPatch")


def test_each_step_has_a_state_and_the_inputs_and_outputs_that_it_is_given():
    """Arrows: between states, from inputs, to outputs, back."""
    ax = plt.subplots()[1]
    assert draw_wiring(ax, 3, {0: "a"}, {1: "b", 2: "c"}) is ax
    assert sorted(labels(ax)) == ["$h$", "$h$", "$h$", "a", "b", "c"]
    assert arrows(ax) == 2 + 1 + 2
    ax = plt.subplots()[1]
    draw_wiring(ax, 2, {0: "a", 1: "b"}, {0: "b"}, feedback=(0,))
    assert arrows(ax) == 1 + 2 + 1 + 1


def test_the_four_types_differ_in_inputs_and_outputs_alone():
    """Counted from their labels."""
    axes = plt.subplots(2, 2)[1].ravel()
    draw_four_types(axes)
    counts = [
        (
            sum(label.startswith(("$x", "$v")) for label in labels(ax)),
            sum(label.startswith("$y") for label in labels(ax)),
            labels(ax).count("$h$"),
        )
        for ax in axes
    ]
    # The decoder's two inputs are outputs of the step before.
    assert counts == [(3, 3, 3), (3, 1, 3), (3, 3, 3), (2, 5, 5)]
    titles = [ax.get_title(loc="left") or ax.get_title() for ax in axes]
    assert len(set(titles)) == 4


def test_pictures_stand_below_their_captions_and_wrong_ones_say_so():
    """Colours as they are, the channel last."""
    images = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    images[0, 0] = 200
    axes = plt.subplots(1, 2)[1]
    plot_pictures(axes, images, ["a b", "c above d"], ["a b", "c above e"])
    shown = axes[0].images[0].get_array()
    assert shown.shape == (4, 4, 3)
    assert shown[0, 0].tolist() == [200, 0, 0]
    assert axes[0].get_title() == "a b"
    assert axes[1].get_title() == "wrong: c\nabove\nd"


def test_as_many_captions_as_pictures():
    """One is missing."""
    axes = plt.subplots(1, 2)[1]
    images = torch.zeros(2, 3, 4, 4, dtype=torch.uint8)
    with pytest.raises(ValueError, match=r"pictures must have"):
        plot_pictures(axes, images, ["a"])
