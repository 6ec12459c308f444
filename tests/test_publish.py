"""What leaves the course holds no solution, hidden test or answer."""

import json
import re
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest

from course_lib.grading import assignment as assignments
from course_lib.grading import publish

ROOT = Path(__file__).parents[1]
NAMES = assignments.find(ROOT / "solutions")
RELEASED = [n for n in NAMES if (ROOT / "book" / "exercises" / n).is_dir()]
REGION = re.compile(
    r"^[ \t]*### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)^[ \t]*### END",
    re.DOTALL | re.M,
)


@cache
def secrets():
    """Lines of solutions, hidden tests and answers that stand nowhere else.

    Nowhere else means: not in the tasks' own words, not in the chapters, not
    in the library.
    """
    hidden, shown = [], []
    for name in NAMES:
        for cell in assignments.load(ROOT / "solutions" / name).cells:
            if cell.kind == "written":
                hidden.append(cell.source)
            else:
                hidden += REGION.findall(cell.source)
                shown.append(REGION.sub("", cell.source))
    for path in (ROOT / "tests" / "answers").glob("*.py"):
        hidden.append(path.read_text("utf-8"))
    for folder, kind in (("course_lib", "*.py"), ("book", "*.md")):
        for path in (ROOT / folder).rglob(kind):
            shown.append(path.read_text("utf-8"))
    known = "\n".join(shown)
    lines = {line.strip() for part in hidden for line in part.split("\n")}
    return {x for x in lines if len(x) > 30 and x not in known}


def text_of(name, data):
    """What a reader sees in a file: a notebook's cells as they are."""
    text = data.decode("utf-8", "replace")
    if not name.endswith(".ipynb"):
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def leaks(files):
    """(file, line) of what is given away.

    Tests of the library say short things that solutions say as well.
    """
    return [
        (name, line)
        for name, data in files.items()
        for text in [text_of(name, data)]
        for line in secrets()
        if line in text and not (name.startswith("tests/") and len(line) < 61)
    ]


def contents(file):
    """{name: bytes} of a zip and of the wheel in it."""
    found = {}
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            found[name] = archive.read(name)
            if name.endswith(".whl"):
                with archive.open(name) as inside:
                    found |= {
                        f"{name}/{k}": v for k, v in contents(inside).items()
                    }
                del found[name]
    return found


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """The zip for students."""
    file = tmp_path_factory.mktemp("out") / "students.zip"
    return publish.bundle(RELEASED, file, root=ROOT)


def test_there_are_secrets_and_the_search_finds_them():
    """The source itself is full of them, so the tests below can fail."""
    assert len(secrets()) > 1000
    path = ROOT / "solutions" / NAMES[0] / f"{NAMES[0]}.ipynb"
    assert leaks({path.name: path.read_bytes()})


@pytest.mark.slow
def test_the_bundle_holds_no_secret(bundle):
    """Neither in a notebook, nor in the wheel, nor by name."""
    files = contents(bundle)
    assert leaks(files) == []
    for name in files:
        for word in ("grading", "answers/", "solutions", "nbgrader_config"):
            assert word not in name


@pytest.mark.slow
def test_the_bundle_holds_what_students_need(bundle):
    """All assignments, chapters, the library with its data, a README."""
    files = contents(bundle)
    top = "recurrent-networks"
    for name in RELEASED:
        assert f"{top}/exercises/{name}/{name}.ipynb" in files
    assert sum(name.startswith(f"{top}/chapters/") for name in files) > 5
    assert f"{top}/README.md" in files
    inside = {n.split(".whl/")[1] for n in files if ".whl/" in n}
    for name in ("cells.py", "checks/answers.py", "course.mplstyle", "cli.py"):
        assert f"course_lib/{name}" in inside
    assert b"course_lib-" in files[f"{top}/README.md"]


@pytest.mark.slow
def test_the_wheel_works_without_the_grading_side(bundle, tmp_path):
    """The command starts, and has no grading in it."""
    with zipfile.ZipFile(bundle) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(".whl")]
        archive.extract(name, tmp_path)
    with zipfile.ZipFile(tmp_path / name) as wheel:
        wheel.extractall(tmp_path / "installed")
    code = (
        "import sys; sys.meta_path = [f for f in sys.meta_path if 'editable' "
        "not in str(f).lower()]; "
        f"sys.path.insert(0, {str(tmp_path / 'installed')!r}); "
        "import course_lib.cli as c; assert 'installed' in c.__file__; "
        "sys.argv = ['course', '--help']; c.main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "check" in done.stdout
    assert "grade" not in done.stdout


@pytest.mark.slow
def test_the_bundle_is_the_same_each_time(bundle, tmp_path):
    """But for the wheel, which setuptools writes with the hour."""
    again = publish.bundle(RELEASED, tmp_path / "again.zip", root=ROOT)
    assert contents(again) == contents(bundle)


@pytest.mark.slow
def test_the_public_tree_holds_no_secret(tmp_path):
    """And what there is, is enough to build the book and test the library."""
    n_files = publish.public(tmp_path / "tree", root=ROOT)
    files = {
        path.relative_to(tmp_path / "tree").as_posix(): path.read_bytes()
        for path in (tmp_path / "tree").rglob("*")
        if path.is_file()
    }
    assert len(files) == n_files > 200
    assert leaks(files) == []
    assert not any(n.startswith(("solutions", "tests/ans")) for n in files)
    for name in (
        "_toc.yml",
        "Makefile",
        "pyproject.toml",
        "course_lib/cli.py",
    ):
        assert name in files
    for name in RELEASED:
        assert f"book/exercises/{name}/{name}.ipynb" in files


def test_nothing_is_published_on_top_of_something(tmp_path):
    """What lies there could be a secret."""
    (tmp_path / "old.txt").write_text("x")
    with pytest.raises(ValueError, match="not empty"):
        publish.public(tmp_path, root=ROOT)
