"""Diagrams of recurrent networks, drawn with the figures' own colours.

Boxes on a grid and arrows between them: time runs to the right, depth
upwards. They show who feeds whom; sizes and numbers are the text's.
"""

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from course_lib.plotting import BASELINE, FORECAST, OBSERVED

_WIDTH, _HEIGHT = 0.62, 0.5


def box(ax, x, y, label, *, colour=OBSERVED, dashed=False):
    """A rounded box with a label, centred at (x, y)."""
    ax.add_patch(
        FancyBboxPatch(
            (x - _WIDTH / 2, y - _HEIGHT / 2),
            _WIDTH,
            _HEIGHT,
            boxstyle="round,pad=0.02,rounding_size=0.08",
            facecolor="white",
            edgecolor=colour,
            linewidth=1.6,
            linestyle="--" if dashed else "-",
        )
    )
    # Words have one line each, and are a little smaller than symbols.
    words = not label.startswith("$") and len(label) > 4
    ax.text(
        x,
        y,
        label.replace(" ", "\n") if words else label,
        ha="center",
        va="center",
        color=colour,
        size=10.5 if words else 12,
        linespacing=0.95,
    )


def arrow(ax, start, end, *, colour=OBSERVED, dashed=False):
    """An arrow between two box centres, from edge to edge."""
    (x0, y0), (x1, y1) = start, end
    # The share of the way at which the line leaves a box, whose half sizes
    # are those of `box` and its padding.
    half_x, half_y = _WIDTH / 2 + 0.04, _HEIGHT / 2 + 0.04
    out = min(
        half_x / abs(x1 - x0) if x1 != x0 else 1,
        half_y / abs(y1 - y0) if y1 != y0 else 1,
    )
    dx, dy = out * (x1 - x0), out * (y1 - y0)
    ax.add_patch(
        FancyArrowPatch(
            (x0 + dx, y0 + dy),
            (x1 - dx, y1 - dy),
            arrowstyle="-|>",
            mutation_scale=11,
            shrinkA=0,
            shrinkB=0,
            color=colour,
            linewidth=1.4,
            linestyle="--" if dashed else "-",
        )
    )


def canvas(ax, width, height):
    """Turn the axes into an empty sheet of so many grid cells."""
    ax.set_xlim(-0.6, width - 0.4)
    ax.set_ylim(-0.45, height - 0.55)
    ax.set_aspect("equal")
    ax.axis("off")
    return ax


def draw_unrolled(ax, *, steps=4, layers=1, outputs="last", horizon=1):
    """A network unrolled over time: inputs below, forecasts above.

    Args:
        ax: the axes to draw on.
        steps: time steps T to show.
        layers: recurrent layers.
        outputs: "last" or "every": which steps forecast.
        horizon: steps in a forecast, for its label.
    """
    canvas(ax, steps, layers + 2)
    for t in range(steps):
        name = f"t{t - steps + 1}" if t < steps - 1 else "t"
        box(ax, t, 0, f"$x_{{{name}}}$")
        for layer in range(1, layers + 1):
            upper = f"^{{({layer})}}" if layers > 1 else ""
            box(ax, t, layer, f"$h_{{{name}}}{upper}$", colour=FORECAST)
            arrow(ax, (t, layer - 1), (t, layer))
            if t:
                arrow(ax, (t - 1, layer), (t, layer), colour=FORECAST)
        if outputs == "every" or t == steps - 1:
            label = f"$\\hat x_{{{_after(t, steps)}}}$"
            if horizon > 1:
                label = f"next {horizon}"
            box(ax, t, layers + 1, label, dashed=True)
            arrow(ax, (t, layers), (t, layers + 1), dashed=True)
    return ax


def _after(t, steps):
    """The name of the step after column t."""
    offset = t - steps + 2
    return "t" if offset == 0 else f"t{offset:+d}"


def draw_three_ways(axes, *, horizon=3):
    """Three ways to look several steps ahead, one on each of three axes.

    One step at a time on its own forecasts; all steps at once from the
    last output; all steps at once from every output.
    """
    iterated, direct, every = axes
    canvas(iterated, horizon + 2, 3)
    # Step t stands at the same place in all three.
    iterated.set_xlim(-1.6, horizon + 0.6)
    names = ["$x_{t-1}$", "$x_t$", *_forecasts(horizon - 1)]
    for t, name in enumerate(names):
        own = t > 1
        box(iterated, t, 0, name, dashed=own)
        box(iterated, t, 1, "$h$", colour=FORECAST)
        arrow(iterated, (t, 0), (t, 1), dashed=own)
        if t:
            arrow(iterated, (t - 1, 1), (t, 1), colour=FORECAST)
            box(iterated, t, 2, _forecasts(horizon)[t - 1], dashed=True)
            arrow(iterated, (t, 1), (t, 2), dashed=True)
        if t > 1:
            arrow(iterated, (t - 1, 2), (t, 0), colour=BASELINE)
    for ax, outputs in [(direct, "last"), (every, "every")]:
        draw_unrolled(ax, steps=3, outputs=outputs, horizon=horizon)
        ax.set_xlim(-0.6, horizon + 1.6)
    iterated.set_title("one step at a time")
    direct.set_title("all at once")
    every.set_title("at every step")
    return axes


def _forecasts(horizon):
    return [f"$\\hat x_{{t+{k}}}$" for k in range(1, horizon + 1)]
