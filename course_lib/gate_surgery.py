"""Hold gates at chosen values, to see what each of them does.

Surgery changes weights in place and nothing else: the cell runs as before,
and what it does is all in its numbers. Chapters 11 and 12.
"""

import math

import torch

from course_lib.cells import GRUCell, LSTMCell

BLOCKS = {LSTMCell: "ifgo", GRUCell: "rzn"}
CANDIDATES = "gn"  # between -1 and 1; the other gates between 0 and 1
SHUT = 1e3  # in float32 and float64, σ(±1000) is exactly 0 or 1


def hold_gates_(cell, **values):
    r"""Hold gates at values that no input and no state can change, in place.

    A held gate loses its weights and keeps a bias,
    :math:`b = \log(v / (1 - v))`, so that :math:`\sigma(b) = v`; for a
    candidate, :math:`\tanh(b) = v`.

    Args:
        cell: `LSTMCell` (gates i, f, g, o) or `GRUCell` (r, z, n). A held
            n of a GRU takes its product with the state away, too.
        **values: value v by gate, from 0 (shut) to 1 (open); a candidate
            from -1 to 1.

    Returns:
        The cell.

    Raises:
        ValueError: for another cell, an unknown gate, or a value outside.

    Source:
        Chapter 11.

    >>> cell = hold_gates_(LSTMCell(3, 5), f=1, i=0.5)
    >>> gates = cell.gates(cell.project(torch.ones(2, 3)),
    ...                    cell.initial_state(2))
    >>> gates.f.unique().item(), gates.i.unique().item()
    (1.0, 0.5)
    """
    names = BLOCKS.get(type(cell))
    if names is None:
        raise ValueError(
            f"cell must be LSTMCell or GRUCell, got {type(cell).__name__}; "
            "of a stack, hold the gates of one of its cells."
        )
    biases = {}
    for name, value in values.items():
        if name not in names:
            raise ValueError(
                f"a gate of {type(cell).__name__} must be one of "
                f"{', '.join(names)}, got {name!r}."
            )
        biases[name] = _bias(name, value)
    H = cell.hidden_size
    with torch.no_grad():
        for name, bias in biases.items():
            block = slice(names.index(name) * H, (names.index(name) + 1) * H)
            for parameter in cell.parameters():
                parameter[block] = 0
            cell.x_to_gates.bias[block] = bias
    return cell


def _bias(name, value):
    """The bias that makes a gate of this name take this value."""
    low = -1 if name in CANDIDATES else 0
    if not low <= value <= 1:
        raise ValueError(
            f"gate {name} must be held between {low} and 1, got {value!r}."
        )
    if value in (low, 1):
        return SHUT if value == 1 else -SHUT
    if name in CANDIDATES:
        return math.atanh(value)
    return math.log(value / (1 - value))
