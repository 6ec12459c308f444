"""Run a notebook's visible checks from a terminal: ``course check``.

The notebook runs from top to bottom in a fresh kernel, as Run All does, and
is left as it is. What its check cells say comes back as rows.
"""

import ast
import json
from pathlib import Path
from typing import NamedTuple

# Calls that name an answer and ask nothing of it.
NAMING = {"answer", "value"}


class Row(NamedTuple):
    """What one check cell says.

    Attributes:
        id: the cell's grade_id.
        status: passed, partial, failed, open, later or by hand.
        points: earned; None where that is not known here.
        max_points: what the cell is worth.
        message: the check's words, "" if it passed.
    """

    id: str
    status: str
    points: float | None
    max_points: float
    message: str


def read(path):
    """The notebook at a path.

    Raises:
        ValueError: when there is none, or none with checks.
    """
    import nbformat

    path = Path(path)
    if not path.is_file():
        raise ValueError(
            f"expected a notebook, found no file {path}; name the .ipynb of "
            "an assignment."
        )
    try:
        notebook = nbformat.read(path, as_version=4)
    except Exception as error:
        raise ValueError(
            f"{path.name} cannot be read as a notebook ({error}); download "
            "it again and copy your answers into it."
        ) from None
    if not any(_grade(cell) for cell in notebook.cells):
        raise ValueError(
            f"{path.name} has no check cells; expected an assignment's "
            "notebook with nbgrader's metadata, as it was downloaded."
        )
    return notebook


def check(path, *, timeout=120):
    """Run all cells of a notebook and read what its checks say.

    Args:
        path: of the notebook; its folder is the working folder.
        timeout: seconds that one cell may take.

    Returns:
        A list of `Row`, in the order of the notebook.

    Raises:
        ValueError: when the notebook cannot be read, or its kernel dies.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    notebook = read(path)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=timeout,
        allow_errors=True,
        record_timing=False,
        resources={"metadata": {"path": str(Path(path).parent)}},
    )
    try:
        client.execute()
    except CellTimeoutError:
        raise ValueError(
            f"a cell of {Path(path).name} ran for more than {timeout} s; run "
            "the notebook in Jupyter to see which."
        ) from None
    except DeadKernelError:
        raise ValueError(
            f"the kernel died while running {Path(path).name}; run the "
            "notebook in Jupyter to see at which cell."
        ) from None
    return [_row(cell) for cell in notebook.cells if _grade(cell)]


def _grade(cell):
    return cell.metadata.get("nbgrader", {}).get("grade", False)


def _row(cell):
    meta = cell.metadata["nbgrader"]
    name, full = meta["grade_id"], float(meta.get("points", 0))
    if meta.get("solution"):
        return Row(name, "by hand", None, full, "")
    outputs = cell.get("outputs", [])
    errors = [o for o in outputs if o["output_type"] == "error"]
    if errors:
        text = "\n".join(errors[0]["traceback"])
        status = "open" if errors[0]["ename"] == "Open" else "failed"
        return Row(name, status, 0.0, full, text)
    if _asks_nothing(cell.source):
        return Row(name, "later", None, full, "")
    said = "".join(o["text"] for o in outputs if o["output_type"] == "stream")
    points = _points(outputs, full)
    status = "passed" if points >= full else "partial"
    return Row(name, status, points, full, said.strip())


def _asks_nothing(source):
    """Whether a check's tests are hidden: they run when it is handed in."""
    asked = {
        node.func.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    return asked <= NAMING


def _points(outputs, full):
    """Nbgrader's rule: a number at the end is the points, else all."""
    for output in outputs:
        if output["output_type"] == "execute_result":
            try:
                return float(json.loads(output["data"]["text/plain"]))
            except (ValueError, KeyError, TypeError):
                return full
    return full


def as_text(rows):
    """Rows as a table, messages below it."""
    width = max(len(row.id) for row in rows)
    lines = [f"{'check':{width}}  points  status"]
    for row in rows:
        points = "" if row.points is None else f"{row.points:g}"
        lines.append(
            f"{row.id:{width}}  {points:>2} of {row.max_points:<2g} "
            f"{row.status}"
        )
    earned = sum(row.points or 0 for row in rows)
    known = sum(r.max_points for r in rows if r.points is not None)
    lines.append(f"{earned:g} of the {known:g} points that show here")
    for row in rows:
        if row.message:
            lines += ["", f"{row.id}:", row.message]
    return "\n".join(lines)
