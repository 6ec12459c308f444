"""Assignments keep the contract: what a cell may do, what is released."""

import ast
import builtins
import json
import re
from functools import cache
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader import utils

from course_lib.grading import assignment as assignments
from course_lib.grading import trials
from course_lib.grading.release import release
from course_lib.grading.scoring import score
from course_lib.grading.zygote import Zygote

ROOT = Path(__file__).parents[1]
SOLUTIONS = ROOT / "solutions"
NAMES = assignments.find(SOLUTIONS)
MODULES = {"torch", "numpy", "math", "course_lib", "itertools", "functools"}
# An answer is a stand-in: asking what it is would see the stand-in.
FORBIDDEN = set(
    "isinstance issubclass type hasattr getattr setattr delattr vars dir "
    "globals locals eval exec compile open input __import__ breakpoint id "
    "memoryview callable".split()
)


@cache
def loaded(name):
    """An assignment, read once."""
    return assignments.load(SOLUTIONS / name)


def grade_cells():
    """Every grade cell of every assignment."""
    return [
        pytest.param(name, cell, id=f"{name}:{cell.id}")
        for name in NAMES
        for cell in loaded(name).kind("grade")
    ]


@pytest.fixture(scope="module")
def zygote():
    """A warm process to fork students from."""
    warm = Zygote()
    yield warm
    warm.close()


def declared(tree):
    """Answers that a grade cell declares: {name in the cell: answer}."""
    found = {}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Call)
            and ast.unparse(node.value.func)
            in ("checks.answer", "checks.value")
        ):
            found[node.targets[0].id] = ast.literal_eval(node.value.args[0])
    return found


def bound_names(tree):
    """Names that a cell binds itself, by any means."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
        elif isinstance(node, ast.alias):
            found.add((node.asname or node.name).split(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
    return found


@pytest.mark.parametrize(("name", "cell"), grade_cells())
def test_a_grade_cell_uses_answers_in_the_four_ways_only(name, cell):
    """Own imports, declared answers, nothing that looks at a stand-in."""
    tree = ast.parse(cell.source)
    names = bound_names(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            assert node.id not in FORBIDDEN, f"{node.id}, line {node.lineno}"
            known = node.id in names or hasattr(builtins, node.id)
            assert known, f"free name {node.id}, line {node.lineno}"
        elif isinstance(node, ast.Attribute):
            assert not node.attr.startswith("_"), node.attr
            assert node.attr not in ("backward", "requires_grad_"), node.attr
        elif isinstance(node, ast.Import):
            modules = {a.name.split(".")[0] for a in node.names}
            assert modules <= MODULES
        elif isinstance(node, ast.ImportFrom):
            assert node.module.split(".")[0] in MODULES
    assert declared(tree), "the cell declares no answer"


@pytest.mark.parametrize(("name", "cell"), grade_cells())
def test_a_grade_cell_says_what_it_checks_and_where_to_read(name, cell):
    """A comment first; the section that it points to exists."""
    assert cell.source.startswith("# ")
    assert cell.points > 0
    assert "raises-exception" in cell.metadata["tags"]
    assert cell.id.startswith(cell.question + "-")
    calls = [
        node
        for node in ast.walk(ast.parse(cell.source))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in ("checks.answer", "checks.value")
    ]
    for call in calls:
        see = {k.arg: ast.literal_eval(k.value) for k in call.keywords}["see"]
        number, section = re.fullmatch(r"chapter (\d+), (.+)", see).groups()
        (page,) = (ROOT / "book").glob(f"{int(number):02}-*.md")
        headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.M)
        assert section in headings


@pytest.mark.parametrize(("name", "cell"), grade_cells())
def test_declared_answers_are_what_the_answer_cells_define(name, cell):
    """In the answer cell of this question, or of one before it."""
    cells = loaded(name).cells
    before = cells[: cells.index(cell)]
    defined = {
        each
        for other in before
        if other.kind == "answer"
        for each in trials.declared(other.source)
    }
    assert set(declared(ast.parse(cell.source)).values()) <= defined


@pytest.mark.parametrize("name", NAMES)
def test_an_assignment_has_questions_points_and_hidden_tests(name):
    """Four questions, 10 to 25 points, each with a visible and hidden part."""
    assignment = loaded(name)
    answers = assignment.kind("answer")
    assert len(answers) >= 4
    assert 10 <= assignment.max_points <= 25
    for answer in answers:
        parts = [
            cell
            for cell in assignment.kind("grade")
            if cell.question == answer.id
        ]
        assert parts, f"{answer.id} has no grade cell"
        assert any("BEGIN HIDDEN TESTS" not in c.source for c in parts)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_somewhere_from_where_the_notebook_is_released(name):
    """Ordinary Markdown links to files that exist, and to headings."""
    place = ROOT / "book" / "exercises" / name
    for cell in loaded(name).kind("text"):
        for target in re.findall(r"\]\(([^)]+)\)", cell.source):
            if "://" in target:
                continue
            file, _, anchor = target.partition("#")
            page = (place / file).resolve() if file else None
            assert page is None or page.exists(), target
            if anchor and page:
                text = page.read_text("utf-8")
                slugs = {
                    re.sub(r"[^\w\- ]", "", h.lower())
                    .strip()
                    .replace(" ", "-")
                    for h in re.findall(r"^#+ (.+)$", text, re.M)
                }
                assert anchor in slugs, target


@pytest.mark.parametrize("name", NAMES)
def test_releasing_again_changes_nothing(name, tmp_path):
    """What lies in the book is what the source gives."""
    made = release(name, solutions=SOLUTIONS, to=tmp_path)
    kept = ROOT / "book" / "exercises" / name / f"{name}.ipynb"
    assert made.read_bytes() == kept.read_bytes()


@pytest.mark.parametrize("name", NAMES)
def test_the_released_notebook_gives_nothing_away(name):
    """No solution, no hidden test, no marking scheme, and it is a page."""
    text = (ROOT / "book" / "exercises" / name / f"{name}.ipynb").read_text()
    for mark in ("SOLUTION", "HIDDEN TESTS", "Marking.", "MARK SCHEME"):
        assert mark not in text
    assert "YOUR CODE HERE" in text
    assert f"book/exercises/{name}/{name}" in (ROOT / "_toc.yml").read_text()
    source = loaded(name)
    released = {c["id"]: c for c in json.loads(text)["cells"]}
    for cell in source.kind("answer", "written"):
        assert "".join(released[cell.id]["source"]) != cell.source


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_solution_gets_full_marks_from_the_scorer(name, zygote):
    """Every grade cell passes; what people mark waits for them."""
    assignment = loaded(name)
    results = score(assignment, trials.steps_with(assignment), zygote, seed=3)
    for result in results:
        wanted = "needs-marking" if result.question == result.id else "passed"
        assert result.status == wanted, result.message


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_released_notebook_gets_no_points_and_one_line_each(name, zygote):
    """Open questions say so."""
    assignment = loaded(name)
    released = assignments.read_steps(
        ROOT / "book" / "exercises" / name / f"{name}.ipynb", assignment
    )
    for result in score(assignment, released, zygote):
        if result.status != "needs-marking" and result.points:
            pytest.fail(f"{result.id} has points")
        if result.status != "needs-marking":
            assert result.status == "missing"
            assert result.message.startswith("open: ")
            assert "\n" not in result.message


def executed(path):
    """A notebook run by a kernel, as stock nbgrader runs it."""
    notebook = nbformat.read(path, 4)
    NotebookClient(
        notebook, timeout=120, kernel_name="python3", allow_errors=True
    ).execute(cwd=str(path.parent))
    return notebook


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_plain_nbgrader_gives_the_solution_full_marks(name):
    """Its own rule, on the outputs of its own kind of run."""
    notebook = executed(SOLUTIONS / name / f"{name}.ipynb")
    for cell in notebook.cells:
        if utils.is_grade(cell) and not utils.is_solution(cell):
            points, most = utils.determine_grade(cell)
            assert points == most, cell.outputs


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_run_all_on_the_released_notebook_shows_what_is_open(name):
    """Each open part in one short line; no traceback; nothing stops it."""
    notebook = executed(ROOT / "book" / "exercises" / name / f"{name}.ipynb")
    questions = set()
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        assert cell.execution_count, "Run All stopped before this cell"
        errors = [o for o in cell.outputs if o.output_type == "error"]
        if not utils.is_grade(cell):
            assert errors == []
            continue
        for error in errors:
            assert error.ename == "Open"
            assert len("".join(error.traceback).splitlines()) == 1
            questions.add(loaded(name).cell(cell.id).question)
    assert questions == {c.id for c in loaded(name).kind("answer")}
