"""What assignment 11 runs weights with, and the steps that it hands out."""

import torch

from course_lib.cells import LSTMCell, LSTMState
from course_lib.checks import gates
from course_lib.checks.answers import fixture
from course_lib.checks.assertions import (
    choice,
    close,
    keeps_arguments,
    parts,
    tensor,
)
from course_lib.checks.draws import draws
from course_lib.checks.lent import kept_back
from course_lib.recurrent import trace_gates

# By code: what a step does otherwise.
NAMES = (
    "right",
    "swapped",
    "no tanh",
    "sigmoid candidate",
    "output gate on c",
    "1 forgets",
)
# What a probe has overlooked that calls such a step by another name.
OVERLOOKED = {
    "right": "a probe that takes rounding for a fault, or one that does not "
    "know what the equations give at its inputs",
    "swapped": "a probe in which i and f have the same value, or c and the "
    "candidate: swapping them changes nothing there",
    "no tanh": "a probe with a small c, where tanh(c) is nearly c, or one "
    "that does not look at h",
    "sigmoid candidate": "a probe with the input gate shut, or with a "
    "candidate above zero where a sign would tell",
    "output gate on c": "a probe with the output gate open, or one that "
    "does not look at the c that comes out",
    "1 forgets": "a probe with f at a half, where f and 1 - f are the same, "
    "or with c at zero",
}

# How each gate is called, and how the others are held to see it alone.
GATES = {
    "i": ("the input gate", {"f": gates.SHUT, "g": gates.OPEN}),
    "f": ("the forget gate", {"i": gates.SHUT}),
    "o": ("the output gate", {"i": gates.SHUT, "f": gates.OPEN}),
    "g": ("the candidate", {"i": gates.OPEN, "f": gates.SHUT}),
}


def gates_read(answer, blocks, *, H=2, P=None):
    """Each gate of a step by itself: what it reads, what it does.

    Args:
        answer: a step (x, h, c, W_x, W_h, b) -> (h, c), or with W_p behind.
        blocks: the order of the blocks, "ifog".
        H: units; the output has 2.
        P: 2 where a matrix (2, H) projects the output.
    """
    c = torch.tensor([[1.5, -2.0, 0.8], [0.1, 1.0, -0.6]])[:, :H]
    a = gates.BIAS[:H].expand(2, H)
    last = () if P is None else (torch.eye(P, H),)
    seen = {
        "gates that read the cell state c: they see the old output h": (
            c[:, :2]
        ),
        "gates that read tanh(c) in place of the old output": (
            torch.tanh(c)[:, :2]
        ),
    }
    for gate, source in ((g, s) for s in gates.SOURCES for g in blocks):
        name, held = GATES[gate]
        where = "b" if source == "b" else f"W_{source}"
        asked = f"{name} alone, of which only the part of {where} is not 0"
        args = gates.X, gates.STATE, c
        args += gates.weights(blocks, H, gate, source, held)
        done = keeps_arguments(
            answer,
            *args,
            *last,
            asked="a step leaves its arguments as they are",
        )
        new_h, new_c = parts(done, 2, asked)
        new_h = tensor(new_h, (2, 2), f"{asked}: h")
        new_c = tensor(new_c, (2, H), f"{asked}: c")
        gates.compare(
            new_h if gate == "o" else new_c,
            {
                "i": torch.sigmoid,
                "f": lambda a: a.sigmoid() * c,
                "o": lambda a: (a.sigmoid() * c.tanh())[:, :2],
                "g": torch.tanh,
            }[gate],
            H,
            source,
            f"{asked}: {'h' if gate == 'o' else 'c'}",
            name=name,
            blocks=blocks,
            seen=seen if source == "h" else None,
            state="h" if P is None else "r",
            more={
                "i": {
                    "an input gate tied to the forget gate, i = 1 - f, or "
                    "left out": torch.ones(2, H),
                },
                "f": {
                    "1 - f in the place of f: a forget gate of 1 keeps": (
                        (1 - a.sigmoid()) * c
                    ),
                    "one old cell state for the whole batch: each sequence "
                    "has its own": a.sigmoid() * c[:1],
                },
                "o": {"the output gate left out": c.tanh()[:, :2]},
                "g": {
                    "a sigmoid on the candidate: it has to be able to take "
                    "away": a.sigmoid(),
                    "no tanh on the candidate": a,
                },
            }[gate],
        )
        if gate in "ig":
            close(
                new_h,
                0.5 * new_c.tanh()[:, :2],
                f"{asked}: h, with o at a half",
                suspects={
                    "an output made from the old cell state: h shows the "
                    "new one": 0.5 * c.tanh()[:, :2],
                    "tanh(c) left out: h is o ⊙ tanh(c)": 0.5 * new_c[:, :2],
                },
                looks_like="an output gate that reads the rows of another "
                "gate, or another c than the new one",
            )


def weights(value, input_size, name):
    """Weights (W_x, W_h, b) of one unit, in float64, or a message."""
    asked = f"{name} = (W_x, W_h, b)"
    W_x, W_h, b = parts(value, 3, asked)
    return (
        tensor(W_x, (4, input_size), f"{asked}: W_x"),
        tensor(W_h, (4, 1), f"{asked}: W_h"),
        tensor(b, (4,), f"{asked}: b"),
    )


def run(weights, xs, c=0.0):
    """Gates and states of one unit with these weights, (B, T, 1) by name."""
    cell = LSTMCell(xs.shape[-1], 1).double()
    with torch.no_grad():
        cell.x_to_gates.weight.copy_(weights[0])
        cell.h_to_gates.weight.copy_(weights[1])
        cell.x_to_gates.bias.copy_(weights[2])
    first = cell.initial_state(len(xs))
    return trace_gates(
        cell, xs.double(), LSTMState(first.h, first.c + float(c))
    )


def written(traces, step, what):
    """Why a step does not write 1: the gate that is not where it should be.

    Args:
        traces: what `run` gives.
        step: the step of the first sequence.
        what: what is written there, "a mark".
    """
    i, g = (traces[name][0, step, 0].item() for name in "ig")
    found = []
    if i < 0.02:
        found.append(
            f"an input gate that is shut at {what}: nothing is written"
        )
    elif abs(i - 0.5) < 0.02:
        found.append("an input gate at a half: a bias of 0 is no open gate")
    elif i < 0.999:
        found.append(
            f"an input gate at {i:.2f}: it takes a large weight to open it"
        )
    if abs(g) < 0.02:
        found.append(
            f"a candidate of 0 at {what}: the rows are i, f, g, o, the "
            "third is the candidate's"
        )
    elif g < 0:
        found.append(f"a candidate below 0: {what} takes away")
    elif g < 0.999:
        found.append(
            f"a candidate of {g:.2f}: tanh comes over its weight, and only "
            "a large weight makes it 1"
        )
    return "; ".join(found) or None


def order(label):
    """The codes of the six steps, in a random order."""
    return draws(f"lstm {label}").shuffled(range(len(NAMES)))


def judge(diagnose, code, *, other=False):
    """Ask what a step is; the message says what the probe overlooked."""
    step = fixture("lstm.step", code, other=other)
    found = diagnose(step)
    right = NAMES[code]
    choice(
        found,
        right,
        f"diagnose(step), of a step that is: {right}",
        options=NAMES,
        explain={name: OVERLOOKED[right] for name in NAMES if name != right},
    )


@kept_back
def step(code, other=False):
    """A step (x, h, c, W_x, W_h, b) -> (h, c) of the kind of this code.

    Args:
        code: index into `NAMES`.
        other: compute it another way.
    """
    kind = NAMES[code]

    def gate(a):
        return torch.tanh(a / 2) / 2 + 0.5 if other else torch.sigmoid(a)

    def one(x, h, c, W_x, W_h, b):
        if other:
            a = torch.cat([x, h], 1) @ torch.cat([W_x, W_h], 1).T + b
        else:
            a = x @ W_x.T + h @ W_h.T + b
        i, f, g, o = a.chunk(4, dim=-1)
        i, f, o = gate(i), gate(f), gate(o)
        g = gate(g) if kind == "sigmoid candidate" else torch.tanh(g)
        if kind == "swapped":
            i, f = f, i
        if kind == "1 forgets":
            f = 1 - f
        c = f * c + i * g
        if kind == "output gate on c":
            c = o * c
            return torch.tanh(c), c
        return o * (c if kind == "no tanh" else torch.tanh(c)), c

    return one
