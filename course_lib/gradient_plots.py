"""Figures of training runs as a gradient monitor wrote them.

`plotting` has the style and its rules; chapter 9 reads the pictures.
"""

import numpy as np

from course_lib.plotting import BASELINE, FORECAST, OBSERVED, OTHERS

W_H = "recurrent.cell.h_to_gates.weight"  # of a forecaster with one cell
FLOOR = 1e-8  # where 0 is drawn


def plot_run(scalars, axes, *, name="", clip_norm=None):
    """One run: gradient norm and loss, and beside them its states.

    Args:
        scalars: from ``read_scalars`` on what a ``HealthMonitor`` wrote.
        axes: two axes, for sizes and for shares.
        name: of the run, as a title.
        clip_norm: the threshold of clipping, drawn as a line.
    """
    sizes, shares = axes
    curves = [
        (sizes, "loss", "loss", OBSERVED, ":"),
        (sizes, "gradient/total", "gradient, total", FORECAST, "-"),
        (sizes, f"gradient/{W_H}", "gradient of $W_h$", OTHERS[1], "-."),
        (shares, "state/saturated", "saturated", OTHERS[0], "-"),
        (shares, "state/silent", "silent", OTHERS[2], "--"),
    ]
    for ax, tag, label, colour, dash in curves:
        steps, values = scalars[tag]
        if ax is sizes:  # a gradient of 0 has no place on a log axis
            values = np.maximum(values, FLOOR)
        ax.plot(steps, values, color=colour, linestyle=dash, label=label)
    if clip_norm is not None:
        sizes.axhline(
            clip_norm, color=BASELINE, linestyle="--", label="threshold"
        )
    sizes.set_yscale("log")
    sizes.set_title(name)
    shares.set_ylim(-0.05, 1.05)
    return axes


def plot_runs(runs, axes, *, clip_norms=None):
    """Runs by name, one row of two axes each, with one legend on top.

    Args:
        runs: dictionary of what ``read_scalars`` gave, by name.
        axes: (n_runs, 2) array of axes.
        clip_norms: thresholds by name, of those runs that have one.
    """
    clip_norms = clip_norms or {}
    for row, (name, scalars) in zip(axes, runs.items(), strict=True):
        plot_run(scalars, row, name=name, clip_norm=clip_norms.get(name))
    for ax in axes[-1]:
        ax.set_xlabel("training step")
    # Every kind of line occurs in some row; a legend names each once.
    lines = {
        line.get_label(): line for ax in axes.flat for line in ax.get_lines()
    }
    figure = axes[0, 0].figure
    figure.legend(
        lines.values(), lines.keys(), loc="outside upper center", ncols=3
    )
    return axes
