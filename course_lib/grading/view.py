"""What a student's process can see of the course: a copy of the library.

The copy has neither the grading side, nor the checkout around it, nor the
black boxes that checks lend; the process is started from the copy, and its
jail opens nothing else.
"""

import ast
import json
import shutil
import sys
import sysconfig
from pathlib import Path

LIBRARY = Path(__file__).parents[1]
LEFT_OUT = ("grading", "claims", "cli.")
BOX = "kept_back"
# What is loaded is kept: to look for garbage meanwhile takes a second. Who
# interrupts the command interrupts the command: it ends what it started.
BOOTSTRAP = (
    "import gc, signal, sys; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    "gc.disable(); sys.path[:] = {paths!r} + sys.path; "
    "from student_side.start import main; main()"
)


def make(folder):
    """Copy into ``folder`` what a student's process needs of the course.

    Args:
        folder: an empty folder.

    Returns:
        The folder, as path.
    """
    folder = Path(folder)

    def left_out(where, names):
        """Also what Python has compiled of it, in __pycache__."""
        if LIBRARY not in (Path(where), Path(where).parent):
            return []
        return [name for name in names if name.startswith(LEFT_OUT)]

    shutil.copytree(LIBRARY, folder / "course_lib", ignore=left_out)
    side = LIBRARY / "grading" / "student_side"
    shutil.copytree(side, folder / "student_side")
    for path in (folder / "course_lib" / "checks").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        if BOX in text:
            path.write_text(without_boxes(text), encoding="utf-8")
    return folder


def without_boxes(text):
    r"""A module's source without what its builders of black boxes do.

    They work in the trusted process alone. Whoever could build one could
    compare a box that was lent with each of them, and look into none.

    >>> print(without_boxes("@kept_back\ndef box():\n    return 1"))
    @kept_back
    def box():
        raise RuntimeError('a black box stays with the check')
    """
    tree = ast.parse(text)
    for part in tree.body:
        if isinstance(part, ast.FunctionDef) and BOX in map(
            ast.unparse, part.decorator_list
        ):
            part.body = ast.parse(
                "raise RuntimeError('a black box stays with the check')"
            ).body
    return ast.unparse(tree)


def command(folder, *arguments):
    """The command that starts the warm process from the copy.

    Args:
        folder: the copy.
        arguments: what `student_side.start` is told.

    Isolated, and without ``site``: no path of the checkout comes in by an
    editable installation.
    """
    paths = [str(folder)]
    for name in ("purelib", "platlib"):
        place = sysconfig.get_paths()[name]
        if place not in paths:
            paths.append(place)
    start = BOOTSTRAP.format(paths=paths)
    rest = map(json.dumps, arguments)
    return [sys.executable, "-I", "-S", "-B", "-c", start, *rest]
