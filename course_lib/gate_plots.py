"""Figures of gates: over time, one colour and one dash for each gate.

Every function draws what it is given, as those of `plotting` do; running
a cell is `trace_gates`'s part. Chapters 11 and 12.
"""

import numpy as np

from course_lib import _require
from course_lib.plotting import GATES, OBSERVED, _axes, _line

# Neighbours in a figure differ in dash as well as in colour.
GATE_DASHES = {
    "i": "--", "f": "-", "g": ":", "o": "-.", "c": "-", "h": "--",
    "r": "--", "z": "-", "n": ":",
}  # fmt: skip


def plot_gates(traces, names, *, marks=(), ax=None):
    """Gates of one unit of one sequence, over the time steps.

    Args:
        traces: dictionary of (T,) or (T, 1) values by gate, such as one
            unit of what `trace_gates` gives.
        names: the gates to draw, in this order.
        marks: time steps to mark with a thin line, from 1 to T.
        ax: the axes.
    """
    ax = _axes(ax)
    for name in names:
        _require.one_of(name, list(traces), name="a gate")
        values = _line(traces[name])
        ax.plot(
            range(1, len(values) + 1),
            values,
            color=GATES[name],
            linestyle=GATE_DASHES[name],
            label=f"${name}$",
        )
    for step in marks:
        ax.axvline(step, color=OBSERVED, linewidth=0.8, linestyle=":")
    ax.set_xlabel("time step")
    ax.legend(ncols=len(names), loc="best")
    return ax


def plot_gate_map(values, *, label, ax=None):
    """A gate of all units over time: shut is white, open is dark.

    Args:
        values: (T, H), between 0 and 1.
        label: what the shades are.
        ax: the axes.
    """
    ax = _axes(ax)
    values = np.asarray(values)
    if values.ndim != 2:
        raise ValueError(
            f"values must have shape (T, H), got {values.shape}; choose a "
            "sequence of the batch with values[b]."
        )
    T, H = values.shape
    image = ax.imshow(
        values.T,
        aspect="auto",
        cmap="Blues",
        vmin=0,
        vmax=1,
        interpolation="nearest",
        extent=(0.5, T + 0.5, H + 0.5, 0.5),
    )
    ax.set_xlabel("time step")
    ax.set_ylabel("unit")
    ax.grid(visible=False)
    ax.figure.colorbar(image, ax=ax, label=label)
    return ax
