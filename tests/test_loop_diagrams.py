"""Diagrams of one cell show what the chapters say they show."""

import matplotlib.pyplot as plt
import pytest
from matplotlib.patches import Rectangle

from course_lib.loop_diagrams import draw_contract, draw_loop, draw_shapes


@pytest.fixture
def ax():
    """Axes of a figure of its own."""
    fig, axes = plt.subplots()
    yield axes
    plt.close(fig)


def labels(axes):
    """Every text on the axes."""
    return [text.get_text() for text in axes.texts]


def test_the_loop_shows_the_same_two_weights_at_every_step(ax):
    """Folded once, unrolled three times; two arrows between three states."""
    found = labels(draw_loop(ax))
    assert found.count("$w_x$") == 4
    assert found.count("$w_h$") == 3
    assert {"$h_1$", "$h_2$", "$h_3$", "$h_t$"} <= set(found)


def test_the_contract_has_four_ends(ax):
    """Two go in, two come out, and each has its word."""
    found = labels(draw_contract(ax))
    words = {"input", "output", "state in", "state out"}
    assert words <= set(found)


def test_shapes_are_drawn_to_scale(ax):
    """One square for each number of each block."""
    B, D, H = 3, 2, 5
    draw_shapes(ax, B=B, D=D, H=H)
    squares = [p for p in ax.patches if isinstance(p, Rectangle)]
    sizes = [(B, D), (D, H), (B, H), (H, H), (1, H), (B, H)]
    assert len(squares) == sum(rows * columns for rows, columns in sizes)
    for rows, columns in sizes:
        assert f"{rows} × {columns}" in labels(ax)
