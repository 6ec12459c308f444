"""`Recurrent` against `torch.nn`: the same weights, the same sequences."""

import torch
from torch import nn
from tqdm import tqdm

from benchmarks.report import Table, milliseconds, shown
from benchmarks.timing import clocked, in_turns, ratios, spread
from course_lib import GRUCell, LSTMCell, Recurrent, RNNCell, Stack

KINDS = {
    "RNN": (RNNCell, nn.RNN),
    "GRU": (GRUCell, nn.GRU),
    "LSTM": (LSTMCell, nn.LSTM),
}
# B, T, D, H: the chapters' size, a wide layer, a long sequence.
SIZES = [(32, 50, 1, 20), (64, 100, 32, 128), (32, 1000, 1, 64)]
COLUMNS = [
    "layer",
    "B, T, D, H",
    "pass",
    "torch.nn, ms",
    "ours, ms",
    "ours / torch.nn",
    "quartiles",
]


def pair(kind, n_layers, D, H):
    """Our layer, and torch's with the same weights."""
    make_cell, make_reference = KINDS[kind]
    cells = [make_cell(D if n == 0 else H, H) for n in range(n_layers)]
    ours = Recurrent(cells[0] if n_layers == 1 else Stack(*cells))
    theirs = make_reference(D, H, num_layers=n_layers, batch_first=True)
    with torch.no_grad():
        for n, cell in enumerate(cells):
            for side, linear in [
                ("ih", cell.x_to_gates),
                ("hh", cell.h_to_gates),
            ]:
                getattr(theirs, f"weight_{side}_l{n}").copy_(linear.weight)
                # Torch has a second bias everywhere; where we have none,
                # it stays zero, and torch still adds it.
                bias = getattr(theirs, f"bias_{side}_l{n}")
                bias.zero_() if linear.bias is None else bias.copy_(
                    linear.bias
                )
    return ours, theirs


def forward(layer, xs):
    """The work of a forecast: outputs, and no graph."""

    def work():
        with torch.no_grad():
            layer(xs)

    return work


def forward_backward(layer, xs, cotangent):
    """The work of training: outputs, and the gradients of all weights."""

    def work():
        layer.zero_grad()
        hs, _ = layer(xs)
        hs.backward(cotangent)

    return work


def works(kind, n_layers, size):
    """For each pass, the work of both sides."""
    B, T, D, H = size
    ours, theirs = pair(kind, n_layers, D, H)
    xs, cotangent = torch.randn(B, T, D), torch.randn(B, T, H)
    # Times can only be compared if both compute the same.
    with torch.no_grad():
        torch.testing.assert_close(
            ours(xs)[0], theirs(xs)[0], rtol=1e-3, atol=1e-4
        )
    for name, make in [
        ("forward", lambda layer: forward(layer, xs)),
        (
            "forward + backward",
            lambda layer: forward_backward(layer, xs, cotangent),
        ),
    ]:
        yield name, {"ours": make(ours), "theirs": make(theirs)}


def measure(*, quick=False):
    """The table of all layers, sizes and passes."""
    sizes, rounds = (SIZES[:1], 3) if quick else (SIZES, 31)
    warm_up, at_least = (1, 0.0) if quick else (3, 0.01)
    torch.manual_seed(0)
    cases = [(k, n, s) for s in sizes for n in (1, 2) for k in KINDS]
    rows = []
    with tqdm(total=2 * len(cases), desc="layers", disable=False) as bar:
        for kind, n_layers, size in cases:
            for name, sides in works(kind, n_layers, size):
                seconds = in_turns(
                    {
                        side: clocked(work, at_least=at_least)
                        for side, work in sides.items()
                    },
                    rounds,
                    warm_up=warm_up,
                )
                rows.append(row(kind, n_layers, size, name, seconds))
                bar.update()
    return Table(
        "layers",
        "The hand-written loop against `torch.nn`",
        "`Recurrent` with one cell, or a `Stack` of two, against the layer "
        "of `torch.nn` with the same weights, float32, one thread. Both run "
        f"in turns in one process; shown are medians over {rounds} rounds, "
        "and the median of the ratio within a round with its quartiles. "
        "Below 1 the loop is faster.",
        COLUMNS,
        rows,
    )


def row(kind, n_layers, size, name, seconds):
    """One row of the table, from the seconds of both sides."""
    ratio = spread(ratios(seconds["ours"], seconds["theirs"]))
    return [
        kind if n_layers == 1 else f"{kind}, {n_layers} layers",
        ", ".join(str(n) for n in size),
        name,
        milliseconds(spread(seconds["theirs"]).median),
        milliseconds(spread(seconds["ours"]).median),
        *shown(ratio),
    ]
