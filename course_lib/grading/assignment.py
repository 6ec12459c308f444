"""An assignment, read from its nbgrader source in ``solutions/``.

A question is one answer cell (or one hand-marked cell); the grade cells
that follow it, up to the next answer cell, are its parts.
"""

import ast
import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path

# The module that a fixture is built by, in checks.fixture("module.name").
FIXTURE = re.compile(r"""\bfixture\(\s*["'](\w+)\.""")
KINDS = ("text", "code", "answer", "grade", "written")


@dataclass(frozen=True)
class Cell:
    """One cell of a source notebook.

    Attributes:
        id: nbgrader's grade_id; "" for a free cell.
        kind: text, code, answer, grade or written (marked by hand).
        source: its text.
        points: of grade and written cells.
        question: the id of the answer cell that it belongs to.
    """

    id: str
    kind: str
    source: str
    points: float = 0.0
    question: str = ""
    metadata: dict = field(default_factory=dict, compare=False, hash=False)

    @cached_property
    def program(self):
        """A grade cell as two code objects: all but its last expression."""
        tree = ast.parse(self.source)
        last = None
        if tree.body and isinstance(tree.body[-1], ast.Expr):
            last = ast.Expression(tree.body.pop().value)
            last = compile(last, f"<{self.id}>", "eval")
        return compile(tree, f"<{self.id}>", "exec"), last


@dataclass(frozen=True)
class Assignment:
    """The cells of one assignment, and where it came from."""

    name: str
    cells: tuple
    metadata: dict = field(compare=False, hash=False)
    key: str = ""

    def kind(self, *kinds):
        """Cells of these kinds, in their order."""
        return [cell for cell in self.cells if cell.kind in kinds]

    def cell(self, cell_id):
        """The cell of that id, or None."""
        found = [c for c in self.cells if c.id == cell_id and cell_id]
        return found[0] if found else None

    @property
    def imports(self):
        """The import statements of the cells that students get.

        And of the grade cells those of what a check hands out: no more of
        them may be known where students' code runs.
        """
        given = [s for c in self.kind("code") for s in import_lines(c.source)]
        checks = [s for s in self.check_imports if "course_lib.checks" in s]
        if any("optim" in c.source for c in self.cells):
            given.append("from torch import optim")
        return list(dict.fromkeys([*given, *checks]))

    @property
    def check_imports(self):
        """The import statements of the grade cells, and for their fixtures."""
        lines = []
        for cell in self.kind("grade"):
            lines += import_lines(cell.source)
            for module in FIXTURE.findall(cell.source):
                lines.append(f"import course_lib.checks.{module}")
        return list(dict.fromkeys(lines))

    @property
    def graded(self):
        """The cells that carry points."""
        return self.kind("grade", "written")

    @property
    def max_points(self):
        """The sum of all points."""
        return sum(cell.points for cell in self.graded)

    def without_evidence(
        self, problems, message="the notebook cannot be read"
    ):
        """The result of a submission without evidence: no points, and why.

        Args:
            problems: of the submission.
            message: what is said of each question.
        """
        return {
            "status": "unreadable",
            "problems": list(problems),
            "questions": [
                {
                    "id": cell.id,
                    "question": cell.question,
                    "points": 0.0,
                    "max_points": cell.points,
                    "status": "missing",
                    "message": message,
                    "seconds": 0.0,
                }
                for cell in self.graded
            ],
            "cells": [],
        }

    def packed(self):
        """The assignment as plain values, for another process."""
        return asdict(self)

    @classmethod
    def unpacked(cls, packed):
        """The assignment again."""
        cells = tuple(Cell(**cell) for cell in packed["cells"])
        return cls(**{**packed, "cells": cells})


def load(folder):
    """Read ``solutions/NN-name/NN-name.ipynb``.

    Raises:
        ValueError: when there is no such notebook, or its cells do not
            keep the contract.
    """
    folder = Path(folder)
    path = folder / f"{folder.name}.ipynb"
    if not path.is_file():
        raise ValueError(
            f"an assignment is a folder with a notebook of its name, got "
            f"{folder} without {path.name}; look into solutions/."
        )
    data = path.read_bytes()
    notebook = json.loads(data)
    cells, question = [], ""
    for raw in notebook["cells"]:
        cell = read_cell(raw, question)
        if cell.kind in ("answer", "written"):
            question = cell.id
        cells.append(cell)
    ids = [cell.id for cell in cells if cell.id]
    if len(ids) != len(set(ids)):
        twice = sorted({i for i in ids if ids.count(i) > 1})
        raise ValueError(f"{path.name}: ids that stand twice: {twice}.")
    return Assignment(
        folder.name,
        tuple(cells),
        notebook["metadata"].get("course", {}),
        hashlib.sha256(data).hexdigest(),
    )


def import_lines(source):
    r"""The import statements at the top level of a cell, each as a line.

    >>> import_lines("import math\nfrom torch import (\n    nn,\n)")
    ['import math', 'from torch import nn']
    """
    try:
        body = ast.parse(source).body
    except SyntaxError:  # with magics
        return []
    kinds = (ast.Import, ast.ImportFrom)
    return [ast.unparse(part) for part in body if isinstance(part, kinds)]


def read_cell(raw, question=""):
    """A cell of notebook JSON as `Cell`."""
    meta = raw.get("metadata", {}).get("nbgrader") or {}
    grade, solution = meta.get("grade", False), meta.get("solution", False)
    if grade and solution:
        kind = "written"
    elif grade:
        kind = "grade"
    elif solution:
        kind = "answer"
    else:
        kind = "code" if raw["cell_type"] == "code" else "text"
    source = raw["source"]
    cell_id = meta.get("grade_id", "")
    return Cell(
        cell_id,
        kind,
        source if isinstance(source, str) else "".join(source),
        float(meta.get("points", 0) or 0) if grade else 0.0,
        cell_id if kind in ("answer", "written") else question,
        raw.get("metadata", {}),
    )


def find(root="solutions"):
    """The names of all assignments below a folder, in their order."""
    return sorted(
        path.parent.name
        for path in Path(root).glob("*/*.ipynb")
        if path.stem == path.parent.name
    )


def read_steps(path, assignment):
    """The steps of a notebook whose cells are as they were released."""
    from course_lib.grading.scoring import Step

    notebook = json.loads(Path(path).read_text(encoding="utf-8"))
    steps = []
    for raw in notebook["cells"]:
        cell = read_cell(raw)
        if cell.kind == "grade" and assignment.cell(cell.id):
            steps.append(Step("grade", cell.id))
        elif raw["cell_type"] == "code":
            steps.append(Step("run", cell.source, cell.id))
    return steps
