"""Diagrams of one cell: its loop, its four ends, and the shapes inside.

`diagrams` draws whole networks unrolled over time; here one step is looked
at. Chapters 1 and 2.
"""

from matplotlib.patches import FancyArrowPatch, Rectangle
from matplotlib.path import Path

from course_lib.diagrams import arrow, box, canvas
from course_lib.plotting import BASELINE, FORECAST, OBSERVED


def draw_loop(ax):
    """A neuron that hears itself: folded on the left, unrolled beside it."""
    canvas(ax, 5.6, 3)
    box(ax, 0, 0, "$x_t$")
    box(ax, 0, 1, "$h_t$", colour=FORECAST)
    arrow(ax, (0, 0), (0, 1))
    # Out at the right, over the top and in again at the left: a way in time,
    # like the arrows beside it.
    loop = Path(
        [
            *[(0.35, 1), (0.75, 1), (0.75, 1.65), (0, 1.65)],
            *[(-0.75, 1.65), (-0.75, 1), (-0.35, 1)],
        ],
        [Path.MOVETO, *6 * [Path.CURVE4]],
    )
    ax.add_patch(
        FancyArrowPatch(
            path=loop,
            arrowstyle="-|>",
            mutation_scale=11,
            color=FORECAST,
            linewidth=1.4,
            shrinkA=0,
            shrinkB=0,
        )
    )
    ax.text(0, 1.74, "$w_h$", color=FORECAST, ha="center", size=12)
    ax.text(0.14, 0.5, "$w_x$", color=OBSERVED, va="center", size=12)
    ax.text(1.35, 1, "=", ha="center", va="center", size=20, color=BASELINE)
    for t in range(1, 4):
        x = 1.05 + 1.15 * t
        box(ax, x, 0, f"$x_{t}$")
        box(ax, x, 1, f"$h_{t}$", colour=FORECAST)
        arrow(ax, (x, 0), (x, 1))
        ax.text(x + 0.14, 0.5, "$w_x$", color=OBSERVED, va="center", size=12)
        if t > 1:
            arrow(ax, (x - 1.15, 1), (x, 1), colour=FORECAST)
            ax.text(x - 0.575, 1.2, "$w_h$", color=FORECAST, ha="center")
    ax.set_xlim(-0.65, 4.9)
    ax.set_ylim(-0.4, 2.1)
    return ax


def draw_contract(ax):
    """A cell and its four ends: input, state in, output, state out."""
    canvas(ax, 4.4, 3)
    box(ax, 2, 1, "cell", colour=FORECAST)
    ends = {
        (0.5, 1): ("$s_{t-1}$", "state in"),
        (3.5, 1): ("$s_t$", "state out"),
        (2, 0): ("$x_t$", "input"),
        (2, 2): ("$h_t$", "output"),
    }
    for (x, y), (symbol, word) in ends.items():
        box(ax, x, y, symbol, colour=FORECAST if y == 1 else OBSERVED)
        side = y != 1
        ax.text(
            x + (0.45 if side else 0),
            y - (0 if side else 0.42),
            word,
            ha="left" if side else "center",
            va="center" if side else "top",
            color=BASELINE,
        )
    arrow(ax, (0.5, 1), (2, 1), colour=FORECAST)
    arrow(ax, (2, 1), (3.5, 1), colour=FORECAST)
    arrow(ax, (2, 0), (2, 1))
    arrow(ax, (2, 1), (2, 2))
    return ax


def draw_shapes(ax, *, B, D, H):
    """One step over a batch as blocks whose sides are B, D and H.

    x W_x^T + h W_h^T + b = the pre-activation, each block drawn to scale,
    one square for one number.
    """
    blocks = [
        ("$x_t$", B, D, OBSERVED),
        ("$W_x^\\top$", D, H, OBSERVED),
        ("+", 0, 0, BASELINE),
        ("$h_{t-1}$", B, H, FORECAST),
        ("$W_h^\\top$", H, H, FORECAST),
        ("+", 0, 0, BASELINE),
        ("$b$", 1, H, OBSERVED),
        ("=", 0, 0, BASELINE),
        ("$a_t$", B, H, FORECAST),
    ]
    x, top = 0.0, max(B, D, H) / 2
    for label, rows, columns, colour in blocks:
        if not rows:
            ax.text(x + 0.4, 0, label, ha="center", va="center", size=14)
            x += 1.3
            continue
        for row in range(rows):
            for column in range(columns):
                corner = (x + column, rows / 2 - row - 1)
                ax.add_patch(
                    Rectangle(
                        corner, 1, 1, facecolor="white", edgecolor=colour
                    )
                )
        middle = x + columns / 2
        ax.text(middle, top + 0.9, label, ha="center", color=colour, size=12)
        ax.text(
            middle,
            -top - 0.4,
            f"{rows} × {columns}",
            ha="center",
            va="top",
            color=BASELINE,
        )
        x += columns + 0.7
    ax.set_xlim(-0.3, x)
    ax.set_ylim(-top - 1.7, top + 2.2)
    ax.set_aspect("equal")
    ax.axis("off")
    return ax
