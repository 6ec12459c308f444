"""The checks measured: every right and wrong answer goes through scoring.

An answers file, ``tests/answers/multi_step.py`` for ``08-multi-step``, is
text in cells. Each replaces the answer cell of its question:

    # %% right QUESTION: a name of this answer
    # %% wrong QUESTION: the misconception | part of the message it must get
    # %% also: a further cell behind the one before

All other questions keep the solution, so that what counts is this answer.
"""

import ast
import re
import time
from dataclasses import dataclass
from pathlib import Path

from course_lib.grading import assignment as assignments
from course_lib.grading.scoring import Step, score
from course_lib.grading.zygote import Zygote

HEAD = re.compile(
    r"^# %% (right|wrong|also|equivalent|free|probe)\b ?([\w-]*): ?(.*)$", re.M
)
# What `survivors` reads.
OF_MUTANTS = ("equivalent", "free", "probe")
ANSWERS = Path("tests/answers")
# Malformed answers that every question gets: none may earn a point, none
# may make a check stumble.
MALFORMED = {
    "nothing written": "",
    "a syntax error": "def (:",
    "an error in the cell": "1 / 0",
    "None": "{name} = None",
    "a number": "{name} = 3",
    "a text": "{name} = 'text'",
    "a class in place of the answer": "class {name}:\n    pass",
    "a function of other arguments": "def {name}():\n    return 0",
    "a function that returns None": "def {name}(*a, **k):\n    pass",
    "a function that returns a list": "def {name}(*a, **k):\n    return [1]",
    "a function that returns a text": "def {name}(*a, **k):\n    return 'x'",
    "a function that returns itself": (
        "def {name}(*a, **k):\n    return {name}"
    ),
    "a function that returns NaN": (
        "def {name}(*a, **k):\n    return torch.full((2, 3), torch.nan)"
    ),
    "a function that returns a scalar": (
        "def {name}(*a, **k):\n    return torch.tensor(0.5)"
    ),
    "a function that returns an empty tensor": (
        "def {name}(*a, **k):\n    return torch.empty(0)"
    ),
    "a function that returns its input": (
        "def {name}(*a, **k):\n    return a[0]"
    ),
    "a dict": "{name} = {{'a': 1}}",
}


@dataclass(frozen=True)
class Trial:
    """One answer to one question.

    Attributes:
        kind: right, wrong or malformed.
        question: the id of the answer cell.
        name: what it is, the misconception of a wrong one.
        says: what its message must contain.
        cells: its code, one or more cells.
    """

    kind: str
    question: str
    name: str
    says: str
    cells: tuple


def answers_file(name, root=ANSWERS):
    """``tests/answers/multi_step.py`` for "08-multi-step"."""
    return Path(root, name.split("-", 1)[1].replace("-", "_") + ".py")


def read(path):
    """The answers in a file.

    Raises:
        ValueError: on a head that is none, or a wrong answer that does not
            say what its message must contain.
    """
    text = Path(path).read_text(encoding="utf-8")
    for line in re.findall(r"^# ?%%.*$", text, re.M):
        if not HEAD.match(line):
            raise ValueError(f"{path}: not the head of an answer: {line!r}")
    trials, pieces = [], HEAD.split(text)[1:]
    for n in range(0, len(pieces), 4):
        kind, question, rest, code = pieces[n : n + 4]
        if kind in OF_MUTANTS:
            continue
        if kind == "also":
            last = trials.pop()
            cells = (*last.cells, code.strip("\n"))
            trials.append(
                Trial(last.kind, last.question, last.name, last.says, cells)
            )
            continue
        name, _, says = (part.strip() for part in rest.partition("|"))
        if not (question and name and (says or kind == "right")):
            raise ValueError(
                f"{path}: '{kind} {question}: {rest}' needs a question, a "
                "name and, if it is wrong, '| part of its message'."
            )
        trials.append(Trial(kind, question, name, says, (code.strip("\n"),)))
    return trials


def malformed(cell):
    """The malformed answers to the question of an answer cell."""
    names = declared(cell.source)
    codes = MALFORMED | {
        f"a function that always returns {value!r}": (
            f"def {{name}}(*a, **k):\n    return {value!r}"
        )
        for value in verdicts(cell.source)
    }
    return [
        Trial(
            "malformed",
            cell.id,
            what,
            "",
            ("\n".join(code.format(name=name) for name in names),),
        )
        for what, code in codes.items()
    ]


def verdicts(source):
    """What a solution chooses from: words, or yes and no.

    A verdict that is always the same has judged nothing.
    """
    results = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Return) and node.value is not None
    ]
    words = {
        part.value
        for result in results
        for part in ast.walk(result)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    yes_or_no = any(
        isinstance(result, ast.Compare | ast.BoolOp | ast.UnaryOp)
        or (
            isinstance(result, ast.Constant) and isinstance(result.value, bool)
        )
        for result in results
    )
    return [*sorted(words), *([True, False] if yes_or_no else [])]


def declared(source):
    """The names that an answer cell defines at its left margin."""
    found = re.findall(
        r"^(?:def|class) (\w+)|^(\w+)(?:: .+)? = ", source, re.M
    )
    return list(dict.fromkeys(a or b for a, b in found))


def steps_with(assignment, trial=None):
    """The steps of the solution, one answer replaced by that of a trial.

    With a trial, grade cells of other questions are left out, and so are
    the answers that nothing of this question needs, and all that follows.
    """
    if trial is None:
        return [_step(c) for c in assignment.kind("code", "answer", "grade")]
    own = [c for c in assignment.cells if c.question == trial.question]
    steps = []
    for cell in assignment.cells[: assignment.cells.index(own[-1]) + 1]:
        if cell.kind == "answer" and cell.id == trial.question:
            steps += [Step("run", code, cell.id) for code in trial.cells]
        elif cell.kind == "grade" and cell.question != trial.question:
            continue
        elif cell.kind == "answer" and not _needed(cell, own, trial):
            continue
        elif cell.kind in ("code", "answer", "grade"):
            steps.append(_step(cell))
    return steps


def _step(cell):
    if cell.kind == "grade":
        return Step("grade", cell.id, cell.question)
    return Step("run", cell.source, cell.question)


def _needed(cell, own, trial):
    """Whether a question builds on the answer to an earlier one."""
    text = "\n".join([*trial.cells, *(c.source for c in own)])
    names = declared(cell.source)
    return any(re.search(rf"\b{name}\b", text) for name in names)


def measure(folder, *, question=None, seeds=3, zygote=None):
    """Score every answer of an assignment.

    Args:
        folder: ``solutions/08-multi-step``.
        question: only this one.
        seeds: seeds that each right answer is tried with.
        zygote: a running one; made if left out.

    Returns:
        Plain dict: rows for each answer, sums, and "good".
    """
    assignment = assignments.load(folder)
    trials = read(answers_file(assignment.name))
    for cell in assignment.kind("answer"):
        trials += malformed(cell)
    known = {c.question for c in assignment.kind("grade")}
    strange = {t.question for t in trials} - known
    if strange:
        raise ValueError(
            f"{assignment.name}: answers to unknown questions "
            f"{sorted(strange)}; known: {sorted(known)}."
        )
    if question is not None:
        trials = [t for t in trials if t.question == question]
    own = zygote or Zygote()
    try:
        rows = [_row(assignment, t, own, seeds) for t in trials]
    finally:
        if zygote is None:
            own.close()
    return _summary(assignment, rows)


def _row(assignment, trial, zygote, seeds):
    start = time.perf_counter()
    steps = steps_with(assignment, trial)
    runs = range(seeds if trial.kind == "right" else 1)
    worst, cells = None, []
    for seed in runs:
        results = [
            r
            for r in score(assignment, steps, zygote, seed=seed)
            if r.question == trial.question and r.status != "needs-marking"
        ]
        share = sum(r.points for r in results) / sum(
            r.max_points for r in results
        )
        if worst is None or share < worst:
            worst, cells = share, [r.row() for r in results]
    text = "\n".join(c["message"] for c in cells)
    named = trial.says.lower() in " ".join(text.split()).lower()
    pointed = "read again:" in text or "open:" in text
    stumbled = any("could not read this answer" in c["message"] for c in cells)
    visible = any(
        c["points"] < c["max_points"]
        for c in cells
        if "BEGIN HIDDEN" not in assignment.cell(c["id"]).source
    )
    return {
        "kind": trial.kind,
        "question": trial.question,
        "name": trial.name,
        "share": round(worst, 4),
        "named": named and pointed,
        "visible": visible,
        "stumbled": stumbled,
        "seconds": round((time.perf_counter() - start) / len(runs), 3),
        "cells": cells,
    }


def _summary(assignment, rows):
    right = [r for r in rows if r["kind"] == "right"]
    wrong = [r for r in rows if r["kind"] == "wrong"]
    bad = [r for r in rows if r["kind"] == "malformed"]
    problems = [
        *(("false reject", r) for r in right if r["share"] < 1),
        *(("false accept", r) for r in wrong + bad if r["share"] == 1),
        *(("not named", r) for r in wrong if not r["named"]),
        *(("check stumbled", r) for r in rows if r["stumbled"]),
        *(("points for nothing", r) for r in bad if 0 < r["share"] < 1),
    ]
    return {
        "assignment": assignment.name,
        "right": len(right),
        "false_rejects": sum(r["share"] < 1 for r in right),
        "wrong": len(wrong),
        "false_accepts": sum(r["share"] == 1 for r in wrong),
        "named": sum(r["named"] for r in wrong),
        "caught_by_visible": sum(r["visible"] for r in wrong),
        "malformed": len(bad),
        "malformed_accepted": sum(r["share"] > 0 for r in bad),
        "seconds": round(sum(r["seconds"] for r in rows), 1),
        "problems": [
            f"{what}: {r['kind']} {r['question']}: {r['name']}"
            for what, r in problems
        ],
        "rows": rows,
        "good": not problems,
    }


def as_text(report, *, verbose=False):
    """A report as lines for the terminal."""
    lines = [
        f"{report['assignment']}: "
        f"{report['false_accepts']} of {report['wrong']} wrong accepted, "
        f"{report['false_rejects']} of {report['right']} right rejected, "
        f"{report['named']} of {report['wrong']} named, "
        f"{report['caught_by_visible']} caught by visible checks, "
        f"{report['malformed_accepted']} of {report['malformed']} malformed "
        f"accepted, {report['seconds']} s"
    ]
    for question in dict.fromkeys(r["question"] for r in report["rows"]):
        rows = [r for r in report["rows"] if r["question"] == question]
        right = [r for r in rows if r["kind"] == "right"]
        wrong = [r for r in rows if r["kind"] == "wrong"]
        lines.append(
            f"  {question}: {len(right)} right, {len(wrong)} wrong, "
            f"{max((r['seconds'] for r in right), default=0)} s at most"
        )
    lines += [f"  {problem}" for problem in report["problems"]]
    if verbose:
        for row in report["rows"]:
            lines.append(
                f"\n--- {row['kind']} {row['question']}: {row['name']} "
                f"(share {row['share']})"
            )
            lines += [
                f"[{c['id']}: {c['points']:g}/{c['max_points']:g} "
                f"{c['status']}] {c['message']}"
                for c in row["cells"]
            ]
    return "\n".join(lines)
