r"""Diagrams of what a state goes through on its way to the next step.

One row shows one cell: the state as a line from left to right, and what
each step does to it. `diagrams` draws whole networks. Chapters 11 and 12.
"""

from itertools import pairwise

from matplotlib.patches import FancyArrowPatch

from course_lib import _require
from course_lib.plotting import BASELINE, FORECAST, GATES, OBSERVED

# By cell: name and colour of the state; then the operations of a step, each
# with its sign, its colour, and what comes in from below.
_PATHS = {
    "rnn": ("h", FORECAST, [("$W_h$", OBSERVED, None)], "tanh"),
    "lstm": (
        "c",
        OBSERVED,
        [("×", GATES["f"], "$f$"), ("+", GATES["i"], r"$i \odot g$")],
        None,
    ),
    "gru": (
        "h",
        FORECAST,
        [("×", GATES["z"], "$z$"), ("+", GATES["n"], r"$(1-z) \odot n$")],
        None,
    ),
}
TITLES = {
    "rnn": "simple cell: everything passes through a matrix and a tanh",
    "lstm": "LSTM: c is scaled by a gate and added to",
    "gru": "GRU: h is scaled by a gate and added to",
}


def draw_state_path(ax, kind, *, steps=3):
    """Draw what the state of a cell passes through in a few steps.

    Args:
        ax: the axes to draw on.
        kind: "rnn", "lstm" or "gru".
        steps: time steps to show.
    """
    _require.one_of(kind, list(_PATHS), name="kind")
    state, colour, operations, squash = _PATHS[kind]
    width = 3.0
    ax.set_xlim(-0.5, steps * width + 0.6)
    ax.set_ylim(-1.25, 0.75)
    ax.set_aspect("equal")
    ax.axis("off")
    ax.set_title(TITLES[kind])
    for step in range(steps + 1):
        x = step * width
        offset = step - steps
        name = f"t{offset}" if offset else "t"
        _node(ax, x, 0, f"${state}_{{{name}}}$", colour)
        if step == steps:
            break
        stops = [(x, 0.36)]
        if squash:  # one product with the new input, then the squashing
            _node(ax, x + 1, 0, operations[0][0], OBSERVED)
            _node(ax, x + 2, 0, squash, BASELINE)
            _arrow(ax, (x + 1, -0.85), (x + 1, -0.38), BASELINE)
            ax.text(x + 1, -1.05, "input", ha="center", va="center", size=10)
            stops += [(x + 1, 0.36), (x + 2, 0.42)]
        else:
            for n, (sign, paint, below) in enumerate(operations, start=1):
                _node(ax, x + n, 0, sign, paint, round_=True)
                _arrow(ax, (x + n, -0.85), (x + n, -0.32), paint)
                ax.text(
                    x + n,
                    -1.05,
                    below,
                    ha="center",
                    va="center",
                    color=paint,
                    size=11,
                )
                stops.append((x + n, 0.27))
        stops.append((x + width, 0.36))
        for (left, out), (right, into) in pairwise(stops):
            _arrow(ax, (left + out, 0), (right - into, 0), colour)
    return ax


def _node(ax, x, y, label, colour, *, round_=False):
    style = "circle,pad=0.25" if round_ else "round,pad=0.35"
    ax.text(
        x, y, label, ha="center", va="center", color=colour, size=11,
        bbox={
            "boxstyle": style,
            "facecolor": "white",
            "edgecolor": colour,
            "linewidth": 1.5,
        },
    )  # fmt: skip


def _arrow(ax, start, end, colour):
    ax.add_patch(
        FancyArrowPatch(
            start,
            end,
            arrowstyle="-|>",
            mutation_scale=10,
            shrinkA=0,
            shrinkB=0,
            color=colour,
            linewidth=1.4,
        )
    )
