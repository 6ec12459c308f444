"""Diagrams of what flows back: one arrow for each term of a gradient.

Boxes and forward arrows are those of `diagrams`. Chapter 4.
"""

from matplotlib.patches import FancyArrowPatch

from course_lib.diagrams import arrow, box, canvas
from course_lib.plotting import BASELINE, FORECAST, OTHERS

BACK = OTHERS[0]


def draw_backward(ax, *, steps=4, window=None):
    """A layer unrolled in time, with the way of the gradient back.

    Grey arrows are the forward pass. Orange arrows are the gradient: down
    from each step's loss, and from each state to the one before it.

    Args:
        ax: the axes to draw on.
        steps: time steps T to show.
        window: steps in a piece; no gradient passes between pieces.
    """
    canvas(ax, steps, 3)
    for t in range(steps):
        box(ax, t, 0, f"$x_{{{t + 1}}}$", colour=BASELINE)
        box(ax, t, 1, f"$h_{{{t + 1}}}$", colour=FORECAST)
        box(ax, t, 2, f"$\\ell_{{{t + 1}}}$", colour=BASELINE)
        arrow(ax, (t, 0), (t, 1), colour=BASELINE)
        arrow(ax, (t, 1), (t, 2), colour=BASELINE)
        _back(ax, (t + 0.14, 1.72), (t + 0.14, 1.28))
        if t == 0:
            continue
        arrow(ax, (t - 1, 1), (t, 1), colour=BASELINE)
        if window is None or t % window:
            _back(ax, (t - 0.33, 0.84), (t - 0.67, 0.84))
        else:
            ax.plot([t - 0.5] * 2, [0.3, 1.7], color=BASELINE, ls=":")
    return ax


def _back(ax, start, end):
    """One arrow of the gradient."""
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=12,
            color=BACK,
            linewidth=2,
            shrinkA=0,
            shrinkB=0,
        )
    )
