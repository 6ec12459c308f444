"""Mutants put through scoring, and what is to be said of those that pass.

A mutant with full points is a hole in the checks, unless it is no wrong
answer at all. Then the answers file says why, and the two are compared:

    # %% equivalent QUESTION: why this changes nothing
    the changed line, as it stands in the mutant
    # %% probe QUESTION:
    def probe(answer, draws):
        return answer(draws.normal(3, 7, 2))

The probe gives what the answer does with random inputs; the solution and the
mutant must agree on a thousand of them. A question whose answer is free in
part (how long to train, say) has `free` in place of `equivalent`, and no
comparison. Both together may be one mutant in ten.
"""

import ast
import copy
import re
import time
from dataclasses import dataclass

import numpy as np
import torch

from course_lib.checks.draws import draws, set_seed
from course_lib.grading.limits import Limits
from course_lib.grading.mutants import mutants
from course_lib.grading.scoring import score
from course_lib.grading.trials import Trial, declared, steps_with

HEAD = re.compile(r"^# %% (equivalent|free|probe) ([\w-]+): ?(.*)$", re.M)
ANY = re.compile(r"^# %% ", re.M)
LIMITS = Limits(cell=20.0, call=4.0, notebook=40.0)
N_INPUTS = 1000
MOST_EXCUSED = 0.1


@dataclass(frozen=True)
class Excuse:
    """Why a mutant with full points is none to worry about."""

    kind: str
    question: str
    reason: str
    line: str


def read_excuses(path):
    """The excuses of an answers file, and its probes by question."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    excuses, probes = [], {}
    for head in HEAD.finditer(text):
        following = ANY.search(text, head.end())
        code = text[head.end() : following.start() if following else None]
        kind, question, reason = head.groups()
        if kind == "probe":
            probes[question] = code
        else:
            line = " ".join(code.split())
            excuses.append(Excuse(kind, question, reason, line))
    return excuses, probes


def measure_mutants(assignment, path, zygote, *, question=None):
    """Score every mutant of every solution of an assignment.

    Args:
        assignment: the `Assignment`.
        path: its answers file.
        zygote: a running `Zygote`.
        question: only this one.

    Returns:
        Plain dict: numbers of mutants, killed, excused; rows of survivors
        with the reason or the problem; seconds.
    """
    start = time.perf_counter()
    excuses, probes = read_excuses(path)
    total, rows = 0, []
    for cell in assignment.kind("answer"):
        if question not in (None, cell.id):
            continue
        for mutant in mutants(cell.source):
            total += 1
            trial = Trial(
                "mutant", cell.id, mutant.change, "", (mutant.source,)
            )
            if _earns_all(assignment, trial, zygote):
                line = _changed_line(cell.source, mutant.source)
                row = {
                    "question": cell.id,
                    "change": mutant.change,
                    "line": line,
                }
                found = [
                    e
                    for e in excuses
                    if e.question == cell.id and e.line == line
                ]
                row |= _judged(assignment, trial, found, probes)
                rows.append(row)
    excused = sum(not row["problem"] for row in rows)
    return {
        "mutants": total,
        "killed": total - len(rows),
        "excused": excused,
        "too_many_excused": excused > MOST_EXCUSED * total,
        "survivors": rows,
        "seconds": round(time.perf_counter() - start, 1),
    }


def _earns_all(assignment, trial, zygote):
    steps = steps_with(assignment, trial)
    results = [
        r
        for r in score(assignment, steps, zygote, limits=LIMITS)
        if r.question == trial.question and r.status != "needs-marking"
    ]
    return all(r.points == r.max_points for r in results)


def _changed_line(source, changed):
    """The first line of the mutant that the solution does not have."""
    old, new = (
        ast.unparse(ast.parse(text)).splitlines() for text in (source, changed)
    )
    pairs = zip(old, new, strict=False)
    at = next((n for n, (a, b) in enumerate(pairs) if a != b), len(new) - 1)
    return " ".join(new[at].split())


def _judged(assignment, trial, found, probes):
    """Reason and problem of a survivor."""
    if not found:
        return {"reason": "", "problem": "it gets full points"}
    excuse = found[0]
    if excuse.kind == "free":
        return {"reason": excuse.reason, "problem": ""}
    if trial.question not in probes:
        return {"reason": excuse.reason, "problem": "there is no probe"}
    different = _difference(assignment, trial, probes[trial.question])
    return {"reason": excuse.reason, "problem": different}


def _difference(assignment, trial, probe):
    """Where solution and mutant differ on random inputs, or ""."""
    cell = assignment.cell(trial.question)
    sides = []
    for source in (cell.source, trial.cells[0]):
        names = {"__name__": "probe"}
        for step in steps_with(assignment, trial):
            if step.do != "run":
                continue
            code = source if step.question == trial.question else step.what
            exec(code, names)
        answer = names[declared(cell.source)[-1]]
        exec(probe, names)
        sides.append((names["probe"], answer))
    for seed in range(N_INPUTS):
        outputs = [_output(run, answer, seed) for run, answer in sides]
        if not same(*outputs):
            return f"it differs from the solution on random input {seed}"
    return ""


def _output(run, answer, seed):
    set_seed(seed)
    torch.manual_seed(seed)
    try:
        return run(copy.deepcopy(answer), draws("probe"))
    except Exception as error:
        return f"{type(error).__name__}"


def same(a, b):
    """Whether two outputs are equal, numbers up to rounding."""
    if isinstance(a, torch.Tensor | np.ndarray | float | int):
        try:
            a = torch.as_tensor(a, dtype=torch.float64)
            b = torch.as_tensor(b, dtype=torch.float64)
        except (TypeError, ValueError, RuntimeError):
            return False
        return a.shape == b.shape and torch.allclose(
            a, b, rtol=1e-9, atol=1e-12, equal_nan=True
        )
    if isinstance(a, list | tuple):
        return (
            isinstance(b, list | tuple)
            and len(a) == len(b)
            and all(same(x, y) for x, y in zip(a, b, strict=True))
        )
    if isinstance(a, dict):
        return (
            isinstance(b, dict)
            and a.keys() == b.keys()
            and all(same(a[k], b[k]) for k in a)
        )
    return type(a) is type(b) and a == b


def as_text(report):
    """A report as lines for the terminal."""
    lines = [
        f"  mutants: {report['killed']} of {report['mutants']} killed, "
        f"{report['excused']} excused, {report['seconds']} s"
    ]
    if report["too_many_excused"]:
        lines.append("  more than one mutant in ten is excused")
    for row in report["survivors"]:
        said = row["problem"] or f"excused: {row['reason']}"
        lines.append(
            f"  mutant {row['question']} ({row['change']}): "
            f"`{row['line']}`: {said}"
        )
    return "\n".join(lines)
