"""Diagrams of what goes into a recurrent network and what comes out.

One function draws them all: the four types differ only in the steps that
have an input, the steps that have an output, and who feeds whom. Chapter 3.
"""

from course_lib.diagrams import arrow, box, canvas
from course_lib.plotting import BASELINE, FORECAST, OBSERVED


def draw_wiring(ax, steps, inputs, outputs, *, feedback=()):
    """One cell over some steps: inputs below, states, outputs above.

    Args:
        ax: the axes to draw on.
        steps: how many steps.
        inputs: dictionary of labels by step.
        outputs: dictionary of labels by step.
        feedback: steps whose output is the input of the next one.
    """
    canvas(ax, steps, 3)
    for t in range(steps):
        box(ax, t, 1, "$h$", colour=FORECAST)
        if t:
            arrow(ax, (t - 1, 1), (t, 1), colour=FORECAST)
        if t in inputs:
            own = t - 1 in feedback
            box(
                ax,
                t,
                0,
                inputs[t],
                colour=BASELINE if own else OBSERVED,
                dashed=own,
            )
            arrow(ax, (t, 0), (t, 1))
        if t in outputs:
            box(ax, t, 2, outputs[t], dashed=True)
            arrow(ax, (t, 1), (t, 2), dashed=True)
    for t in feedback:
        arrow(ax, (t, 2), (t + 1, 0), colour=BASELINE, dashed=True)
    return ax


def draw_four_types(axes):
    """The four types, one on each of four axes.

    Sequence to sequence, sequence to vector, vector to sequence, and an
    encoder with a decoder, which reads its own words.
    """
    xs = {t: f"$x_{t + 1}$" for t in range(3)}
    ys = {t: f"$y_{t + 1}$" for t in range(3)}
    drawn = {
        "sequence to sequence": (3, xs, ys, ()),
        "sequence to vector": (3, xs, {2: "$y$"}, ()),
        "vector to sequence": (3, dict.fromkeys(range(3), "$v$"), ys, ()),
        "encoder–decoder": (
            5,
            {0: "$x_1$", 1: "$x_2$", 2: "start", 3: "$y_1$", 4: "$y_2$"},
            {t + 2: label for t, label in ys.items()},
            (2, 3),
        ),
    }
    for ax, (name, (steps, inputs, outputs, fed)) in zip(
        axes, drawn.items(), strict=True
    ):
        draw_wiring(ax, steps, inputs, outputs, feedback=fed)
        ax.set_title(name)
        ax.set_anchor("NW")
    # In the same column of a figure, so that all are drawn in one size.
    axes[2].set_xlim(axes[3].get_xlim())
    return axes
