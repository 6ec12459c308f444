"""What assignment 12 runs weights with, and the steps that it hands out."""

import torch

from course_lib.cells import GRUCell
from course_lib.checks import gates
from course_lib.checks.answers import fixture
from course_lib.checks.assertions import (
    choice,
    fail,
    keeps_arguments,
    parts,
    tensor,
)
from course_lib.checks.lent import kept_back
from course_lib.checks.values import show
from course_lib.recurrent import trace_gates

PLACES = ("after", "before")
MEANINGS = ("keeps", "writes")
VERDICTS = ("gru", "lstm", "no difference")

# How each block is called, and how the others are held to see it alone.
GATES = {
    "z": ("the update gate", {"n": gates.OPEN}),
    "r": ("the reset gate", {"z": gates.OPEN}),
    "n": ("the candidate", {"z": gates.OPEN}),
}


def gates_read(answer, blocks="zrn"):
    """Each block of a step in which z = 1 writes and r comes first, alone.

    Args:
        answer: a step (x, h, W_x, W_h, b) -> h, with two units.
        blocks: the order of the blocks.
    """
    H, h = 2, gates.STATE
    W = torch.tensor([[0.8, -0.6], [0.5, 0.9]])  # W_hn where r is looked at
    a = gates.BIAS[:H].expand(2, H)
    s = a.sigmoid()
    shown = {
        "z": lambda a: h + a.sigmoid() * (1 - h),
        "r": lambda a: torch.tanh((a.sigmoid() * h) @ W.T),
        "n": torch.tanh,
    }
    more = {
        "z": {
            "an update gate of 1 that keeps, as torch has it; here it "
            "writes": 1 - s * (1 - h),
            "the reset state kept in the place of h: r is for the candidate "
            "alone": 0.5 * h + s * (1 - 0.5 * h),
        },
        "r": {
            "the reset gate after the product, as torch has it": torch.tanh(
                s * (h @ W.T)
            ),
            "1 - r in the place of r": torch.tanh(((1 - s) * h) @ W.T),
            "the reset gate left out": torch.tanh(h @ W.T),
            "no σ over the reset gate": torch.tanh((a * h) @ W.T),
        },
        "n": {
            "a sigmoid on the candidate": s,
            "no tanh on the candidate": a,
        },
    }
    for source, gate in ((s, g) for s in gates.SOURCES for g in blocks):
        name, held = GATES[gate]
        where = "b" if source == "b" else f"W_{source}"
        asked = f"h where {name} reads {where} alone"
        if gate == "z" and source == "h":
            held = held | {"r": -0.7}
        W_x, W_h, b = gates.weights(blocks, H, gate, source, held)
        if gate == "r":
            W_h[blocks.index("n") * H :][:H] = W
        done = keeps_arguments(
            answer,
            gates.X,
            h,
            W_x,
            W_h,
            b,
            asked="a step leaves its arguments as they are",
        )
        seen = {
            f"{name} reads the reset state: r is for the candidate alone": (
                torch.sigmoid(torch.tensor(-0.7 if gate == "z" else 0.0)) * h
            ),
        }
        if gate == "n" and source == "h":
            # r is a half for both units: the place of r is not asked here.
            seen = {"the reset gate left out": 2 * h}
        gates.compare(
            tensor(done, (2, H), asked),
            shown[gate]
            if gate + source != "nh"
            else lambda a: torch.tanh(0.5 * a),
            H,
            source,
            asked,
            name=name,
            blocks=blocks,
            seen=seen if source == "h" else None,
            more=more[gate],
        )


def weights(value, input_size, name):
    """Weights (W_x, W_h, b_x, b_h) of one unit, in float64, or a message."""
    asked = f"{name} = (W_x, W_h, b_x, b_h)"
    W_x, W_h, b_x, b_h = parts(value, 4, asked)
    return (
        tensor(W_x, (3, input_size), f"{asked}: W_x"),
        tensor(W_h, (3, 1), f"{asked}: W_h"),
        tensor(b_x, (3,), f"{asked}: b_x"),
        tensor(b_h, (3,), f"{asked}: b_h"),
    )


def run(weights, xs, h=0.0):
    """Gates and states of one unit with these weights, (B, T, 1) by name."""
    cell = GRUCell(xs.shape[-1], 1).double()
    with torch.no_grad():
        cell.x_to_gates.weight.copy_(weights[0])
        cell.h_to_gates.weight.copy_(weights[1])
        cell.x_to_gates.bias.copy_(weights[2])
        cell.h_to_gates.bias.copy_(weights[3])
    first = cell.initial_state(len(xs)) + float(h)
    return trace_gates(cell, xs.double(), first)


def judge(tally, points, convention, codes, *, other=False):
    """Count points if all these steps are told; else say what was missed.

    Args:
        tally: the `Tally` of the cell.
        points: what all of them together are worth.
        convention: the student's function.
        codes: which of the four conventions to ask about.
        other: steps that are computed another way.
    """
    for code in codes:
        right = PLACES[code % 2], MEANINGS[code // 2]
        asked = (
            "convention(step), of a step with the reset gate "
            f"{right[0]} the product in which z = 1 {right[1]}"
        )
        found = convention(fixture("gru.step", code, other=other))
        place, meaning = parts(found, 2, asked)
        if place in MEANINGS and meaning in PLACES:
            fail(
                asked,
                show(found),
                looks_like="the pair the other way round: first where the "
                "reset gate stands, then what z = 1 does",
            )
        for part, options in ((place, PLACES), (meaning, MEANINGS)):
            if not (isinstance(part, str) and part in options):
                fail(
                    asked,
                    show(part),
                    expected=" or ".join(options),
                    looks_like="a word that the question does not name",
                )
        text = _missed(right, (place, meaning))
        if text:
            tally.add(points, False, asked, show(found), looks_like=text)
            return
    tally.add(points, True, "")


def _missed(right, found):
    """The probe's oversight, None if both parts are right."""
    if found == right:
        return None
    if found[0] != right[0] and found[1] != right[1]:
        return (
            "both parts turned round: with an open update gate the state "
            "stays if z = 1 keeps"
        )
    if found[1] != right[1]:
        return (
            "a probe in which z is a half, or in which keeping and writing "
            "give the same, or the two words exchanged: hold z at 1, and if "
            "the state stays, it keeps"
        )
    return (
        "a probe in which the reset gates of all units are alike, or with "
        "one unit, or with a bias or a W_hn that hides it, or in which the "
        "candidate is not written: a number may stand on either side of a "
        "matrix"
    )


def rules(verdict, gru, lstm, right, explain):
    """Ask for the verdict on two lists of errors."""
    found = verdict(list(gru), list(lstm))
    gaps = torch.tensor(lstm) - torch.tensor(gru)
    mean, spread = gaps.mean().item(), gaps.std().item()
    asked = (
        f"verdict of {len(gaps)} seeds; lstm - gru within a seed has mean "
        f"{mean:.3g} and s = {spread:.3g}"
    )
    if not isinstance(found, str):
        fail(asked, show(found), expected="one of " + ", ".join(VERDICTS))
    choice(found, right, asked, options=VERDICTS, explain=explain)


@kept_back
def step(code, other=False):
    """A step (x, h, W_x, W_h, b_x, b_h) of the convention of this code.

    Args:
        code: 0 to 3; odd has the reset gate first, 2 and 3 write with z = 1.
        other: compute it another way.
    """
    place, meaning = PLACES[code % 2], MEANINGS[code // 2]

    def gate(a):
        return torch.tanh(a / 2) / 2 + 0.5 if other else torch.sigmoid(a)

    def one(x, h, W_x, W_h, b_x, b_h):
        H = h.shape[1]
        p = x @ W_x.T + b_x
        q = h @ W_h.T + b_h
        r = gate(p[:, :H] + q[:, :H])
        z = gate(p[:, H : 2 * H] + q[:, H : 2 * H])
        if place == "after":
            inner = r * q[:, 2 * H :]
        else:
            inner = (r * h) @ W_h[2 * H :].T + b_h[2 * H :]
        n = torch.tanh(p[:, 2 * H :] + inner)
        old, new = (h, n) if meaning == "keeps" else (n, h)
        return z * old + (1 - z) * new if other else torch.lerp(new, old, z)

    return one
