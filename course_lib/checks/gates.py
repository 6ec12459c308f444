"""One gate at a time: what it reads, and what goes over it.

All other gates are held by their biases, and of the bias, the weights of x
and the weights of the state only one has entries for the gate that is left.
What comes back is then one function of one pre-activation, and each wrong
way to that pre-activation gives a number of its own.
"""

import torch

from course_lib.checks.assertions import close

# So far from zero a gate is open or shut, and exp still has a value.
OPEN, SHUT = 40.0, -40.0
X = torch.tensor([[1.0, 2.0, -1.0], [0.5, 0.0, 1.0]])
STATE = torch.tensor([[0.5, -0.3], [0.2, 0.7]])
ROWS = torch.tensor([[0.4, -0.9, 0.1], [0.1, 0.6, -0.5], [-0.7, 0.2, 0.3]])
BIAS = torch.tensor([-0.7, 0.4, 0.9])
SOURCES = ("b", "x", "h")


def weights(blocks, H, gate, source, held):
    """W_x, W_h, b in which one block reads one source.

    Args:
        blocks: the order of the blocks, "ifog".
        H: rows of each.
        gate: the block that is left.
        source: "b", "x" or "h".
        held: {block: bias} of the others.
    """
    b = torch.tensor([held.get(other, 0.0) for other in blocks])
    b = b.repeat_interleave(H)
    W_x = torch.zeros(len(b), X.shape[1])
    W_h = torch.zeros(len(b), STATE.shape[1])
    own = slice(blocks.index(gate) * H, (blocks.index(gate) + 1) * H)
    if source == "b":
        b[own] = BIAS[:H]
    elif source == "x":
        W_x[own] = ROWS[:H]
    else:
        W_h[own] = ROWS[:H, :2]
    return W_x, W_h, b


def compare(
    found,
    shown,
    H,
    source,
    asked,
    *,
    name,
    blocks,
    seen=None,
    more=None,
    state="h",
):
    """What a gate shows follows from its own pre-activation.

    Args:
        found: what came back.
        shown: pre-activations (B, H) -> what they give.
        H: units.
        source: "b", "x" or "h".
        asked: what was asked.
        name: how the gate is called.
        blocks: the order of the blocks.
        seen: {misconception: what is read in the place of the state}.
        more: {misconception: what comes back}, asked for the bias alone.
        state: the letter of the state that is read.
    """
    if source == "b":
        right = BIAS[:H].expand(2, H)
        wrong = {
            "the bias left out": 0 * right,
            "the bias counted twice: one vector, added once": 2 * right,
        }
        where, more = "b", more or {}
    else:
        values, W = (X, ROWS[:H]) if source == "x" else (STATE, ROWS[:H, :2])
        what = "an input" if source == "x" else "an old output"
        letter = "x" if source == "x" else state
        where, more = f"W_{source}", {}
        right = values @ W.T
        wrong = {
            f"{what} that never reaches {name}: every block reads {letter} "
            f"through its own rows of {where}": 0 * right,
            f"{what} of one sequence for the whole batch: each has its own": (
                right[:1].expand(2, H)
            ),
            "a mean over the batch: each sequence stands for itself": (
                right.mean(0).expand(2, H)
            ),
            **{text: other @ W.T for text, other in (seen or {}).items()},
        }
        if len(W) == W.shape[1]:
            text = f"{where} transposed: each row belongs to one unit"
            wrong[text] = values @ W
    close(
        found,
        shown(right),
        asked,
        suspects={text: shown(a) for text, a in wrong.items()} | more,
        looks_like=f"{name} is not made from its own rows of {where}: "
        f"blocks of H rows in the order {', '.join(blocks)}, one for each "
        "unit"
        + ("" if source == "b" else "; .T transposes, reshape does not"),
    )
