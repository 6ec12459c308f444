"""Student versions of the assignments, made by nbgrader's own converters.

Works in a folder of its own, so that neither a gradebook nor a working
folder appears in the course.
"""

import json
import logging
import shutil
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import ClearSolutions, SaveCells
from traitlets.config import Config

CODE_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
# At the left margin an error would end Run All, with a traceback.
MARGIN_STUB = "# YOUR CODE HERE"


class ClearAnswers(ClearSolutions):
    """nbgrader's step, with a quiet stub where a cell's own code begins.

    Inside a function the stub raises NotImplementedError, which the checks
    report as an open question. At the left margin it leaves the name
    undefined, which they report in the same way.
    """

    def preprocess_cell(self, cell, resources, cell_index):
        """Replace what stands between the solution marks."""
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        cell.source = "\n".join(_quiet(cell.source.split("\n")))
        return cell, resources


def _quiet(lines):
    margin = CODE_STUB.split("\n")
    n = 0
    while n < len(lines):
        if lines[n : n + 2] == margin:
            yield MARGIN_STUB
            n += 2
        else:
            yield lines[n]
            n += 1


def preprocessors():
    """Nbgrader's steps with `ClearAnswers` in place of `ClearSolutions`."""
    steps = GenerateAssignment.preprocessors.default_args[0]
    return [ClearAnswers if s is ClearSolutions else s for s in steps]


def configure(config):
    """The settings that releasing needs, for ``nbgrader_config.py`` too."""
    config.GenerateAssignment.preprocessors = preprocessors()
    # nbgrader looks for a step's settings under its own name.
    config.ClearAnswers.code_stub = {"python": CODE_STUB}
    return config


def release(name, *, solutions="solutions", to="book/exercises"):
    """Write the student version of one assignment.

    Args:
        name: the assignment, "08-multi-step".
        solutions: the folder of the sources.
        to: the folder that gets ``name/name.ipynb``.

    Returns:
        The path written; its bytes depend on the source alone.
    """
    source = Path(solutions, name)
    with tempfile.TemporaryDirectory() as work:
        shutil.copytree(source, Path(work, "source", name))
        _convert(name, work)
        made = Path(work, "release", name)
        for path in made.rglob("*.ipynb"):
            _tidy(path)
        target = Path(to, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made, target, dirs_exist_ok=True)
    return target / f"{name}.ipynb"


def _convert(name, work):
    config = configure(Config())
    # A gradebook is filled when it's needed, not here.
    config.GenerateAssignment.no_database = True
    config.GenerateAssignment.preprocessors = [
        step for step in preprocessors() if step is not SaveCells
    ]
    config.CourseDirectory.root = work
    config.CourseDirectory.course_id = "course"
    config.CourseDirectory.assignment_id = name
    directory = CourseDirectory(config=config)
    step = GenerateAssignment(coursedir=directory, config=config)
    step.log.setLevel(logging.ERROR)
    step.start()


def _tidy(path):
    """One way of writing it, so that nothing changes when nothing has."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    path.write_text(text + "\n", encoding="utf-8")
