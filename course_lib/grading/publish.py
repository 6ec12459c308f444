"""What leaves the course: a zip for students, a tree for the public.

Both hold the released notebooks and never ``solutions/``, hidden tests or
the answers in ``tests/answers``. What goes in is listed; it's not what is
left when something is taken out.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

# Grading stays with those who grade; nothing else in the library uses it.
NOT_FOR_STUDENTS = ("grading", "__pycache__")
# Solutions and answers, what is made from them, and what tests or measures
# with them.
NOT_PUBLIC = (
    "solutions/",
    "tests/answers/",
    "tests/test_assignments.py",
    "tests/test_bench_grading.py",
    "tests/test_check_notebook.py",
    "tests/test_cluster.py",
    "tests/test_damaged.py",
    "tests/test_grade.py",
    "tests/test_hostile.py",
    "tests/test_publish.py",
    "tests/test_solutions_edition.py",
    "tools/build_solutions.py",
    "tools/solution_pages.py",
    "benchmarks/grading.py",
    "nbgrader_config.py",
)
README = """\
# Recurrent networks: notebooks

This folder holds the course's chapters and exercises as notebooks, and its
library. You need Python 3.11 or newer. Two commands, here in this folder:

    python -m pip install {wheel} notebook
    python -m notebook

`exercises/NUMBER-NAME/` has an assignment each: fill in the cells that say
`YOUR CODE HERE`, run the checks under them, and hand in the notebook under
its own name. `course check NOTEBOOK` runs the checks in a terminal.
`chapters/` has the text that they belong to.

On Linux the first command brings a PyTorch for graphics cards, which nothing
here needs. Install PyTorch's smaller build for the processor before it, as
its own site says, and it stays.
"""
FIXED = (2026, 1, 1, 0, 0, 0)


def bundle(names, file, *, root=".", released="book/exercises"):
    """Write the zip for students.

    Args:
        names: the assignments, released already.
        file: the zip to write.
        root: the folder of the course.
        released: where the student versions are, below it.

    Returns:
        The path written; its bytes depend on the sources alone.
    """
    root, file = Path(root), Path(file)
    with tempfile.TemporaryDirectory() as work:
        place = Path(work, "recurrent-networks")
        place.mkdir()
        wheel = build_wheel(root, place)
        for name in names:
            source = root / released / name
            shutil.copytree(source, place / "exercises" / name)
        _chapters(root, place / "chapters")
        shutil.copy(root / "LICENSE", place)
        text = README.format(wheel=wheel.name)
        (place / "README.md").write_text(text, encoding="utf-8")
        file.parent.mkdir(parents=True, exist_ok=True)
        _zip(place, file)
    return file


def build_wheel(root, folder):
    """Build the library's wheel without the grading side."""
    with tempfile.TemporaryDirectory() as work:
        for name in ("pyproject.toml", "README.md", "LICENSE"):
            shutil.copy(root / name, work)
        shutil.copytree(
            root / "course_lib",
            Path(work, "course_lib"),
            ignore=shutil.ignore_patterns(*NOT_FOR_STUDENTS),
        )
        options = ["--no-deps", "--no-build-isolation", "--no-index"]
        target = ["--wheel-dir", str(Path(folder).resolve()), "."]
        _run([sys.executable, "-m", "pip", "wheel", *options, *target], work)
    (wheel,) = Path(folder).glob("*.whl")
    return wheel


def _chapters(root, folder):
    """The chapters as notebooks that run anywhere."""
    folder.mkdir()
    _run(
        [sys.executable, "-m", "tools.notebooks", str(folder.resolve())], root
    )


def _run(command, folder):
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        end = "\n".join((done.stdout + done.stderr).strip().splitlines()[-9:])
        raise ValueError(f"{' '.join(command[1:4])} failed:\n{end}")


def _zip(folder, file):
    part = file.with_name(f"{file.name}.part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                name = path.relative_to(folder.parent).as_posix()
                info = zipfile.ZipInfo(name, FIXED)
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, path.read_bytes())
    part.replace(file)


def public(folder, *, root="."):
    """Write the tree that can be published as a repository of its own.

    It has what is under version control, but for what holds solutions, or
    is made from them or tests them.

    Args:
        folder: where to; it must be empty or not be there.
        root: the folder of the course, a git repository.

    Returns:
        How many files were written.

    Raises:
        ValueError: when the folder holds something, or the course is no
            repository.
    """
    root, folder = Path(root), Path(folder)
    if folder.exists() and any(folder.iterdir()):
        raise ValueError(
            f"{folder} is not empty; give a new folder, so that nothing old "
            "is published with it."
        )
    n_files = 0
    for name in tracked(root):
        if not name.startswith(NOT_PUBLIC):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / name, target)
            n_files += 1
    return n_files


def tracked(root):
    """The files under version control that are there."""
    done = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise ValueError(f"{root} is no git repository: {done.stderr.strip()}")
    return [n for n in done.stdout.split("\0") if n and (root / n).is_file()]
