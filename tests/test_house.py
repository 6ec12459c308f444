"""The house is in order: imports, sizes, docstrings, style, notebooks."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import course_lib

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "course_lib"
# The order of the flow: a module imports from those before it, no others.
ORDER = (
    "_require datasets tasks lags splits windows panel metrics contest "
    "initialisation cells recurrent padding vocabulary shapes captions "
    "translation grammar writers language captioner decoding schedules "
    "weight_surgery output_cells stacking normalised_cells dropout "
    "lstm_variants gru_variants gate_surgery fused bptt bptt_mistakes "
    "handwritten truncation "
    "baselines readouts climatology classical forecasters several leaks "
    "seq2seq fillers imputation training streams gradients jacobians "
    "monitoring influence plotting gradient_plots memory_plots diagrams "
    "gradient_diagrams loop_diagrams gate_plots gate_diagrams type_diagrams "
    "picture_plots"
).split()
LONGEST = 220
# Families that are clearer in one piece; a module not named here may not grow.
LONGER = {"cells.py": 300}

flow = [LIBRARY / f"{name}.py" for name in ORDER]
modules = sorted(LIBRARY.rglob("*.py"))


def name_of(path):
    """A path as a test id."""
    return str(path.relative_to(ROOT))


def tree(path):
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(path):
    """Names of the modules of course_lib that a file imports."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the flow"
            if node.module == "course_lib":
                names |= {alias.name for alias in node.names}
            elif (node.module or "").startswith("course_lib."):
                names.add(node.module.split(".")[1])
        elif isinstance(node, ast.Import):
            names |= {
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith("course_lib.")
            }
    return names


@pytest.mark.parametrize("path", flow, ids=name_of)
def test_a_module_imports_only_what_stands_before_it_in_the_flow(path):
    """Series, windows, cells, layers, forecasters, training, plots."""
    before = ORDER[: ORDER.index(path.stem)]
    assert imported(path) <= set(before)


def test_the_rooms_of_the_flow_are_where_the_order_says():
    """A new module at the top takes its place in the order, or is a tool."""
    tools = {"__init__", "fingerprint", "cli"}
    found = {path.stem for path in LIBRARY.glob("*.py")} - tools
    extra = found - set(ORDER)
    assert set(ORDER) <= found
    for name in extra:  # may use the flow, but the flow may not use it
        users = [p.stem for p in flow if name in imported(p)]
        assert not users, f"{name} is used by {users}: put it into ORDER"


@pytest.mark.parametrize("path", flow, ids=name_of)
def test_a_module_of_the_flow_is_one_concept_long(path):
    """About 200 lines at most."""
    n_lines = len(path.read_text(encoding="utf-8").splitlines())
    assert n_lines <= LONGER.get(path.name, LONGEST)


def definitions(path):
    """Public functions, classes and methods of a module, with the module."""
    found = [(path.stem, tree(path))]

    def walk(node, prefix):
        for child in node.body:
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
            if isinstance(child, kinds) and not child.name.startswith("_"):
                found.append((f"{prefix}{child.name}", child))
                if isinstance(child, ast.ClassDef):
                    walk(child, f"{prefix}{child.name}.")

    walk(found[0][1], "")
    return found


@pytest.mark.parametrize("path", modules, ids=name_of)
def test_everything_public_has_a_docstring(path):
    """Modules, functions, classes and methods."""
    bare = [n for n, node in definitions(path) if not ast.get_docstring(node)]
    assert bare == []


@pytest.mark.parametrize("path", flow, ids=name_of)
def test_the_library_raises_instead_of_asserting_and_never_prints(path):
    """ValueErrors for readers; what is said is returned."""
    for node in ast.walk(tree(path)):
        assert not isinstance(node, ast.Assert), f"line {node.lineno}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print", f"line {node.lineno}"


def test_the_table_of_contents_names_what_exists_once():
    """Every name in __all__ is there, and every import is in it."""
    contents = tree(LIBRARY / "__init__.pyi").body
    names = ast.literal_eval(contents[-1].value)
    assert len(names) == len(set(names))
    missing = [name for name in names if not hasattr(course_lib, name)]
    assert missing == []
    imports = {
        alias.asname or alias.name
        for node in contents
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert imports == set(names) == set(course_lib.__all__)


@pytest.mark.parametrize("arguments", [["check"], ["format", "--check"]])
def test_ruff_finds_nothing(arguments):
    """In every folder of Python that there is."""
    folders = ("course_lib", "tests", "benchmarks", "tools", "book/_ext")
    there = [name for name in folders if (ROOT / name).exists()]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, *there],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def notebooks():
    """All notebooks that belong to the repository."""
    folders = ("book", "solutions", "tests")
    found = [p for name in folders for p in (ROOT / name).rglob("*.ipynb")]
    return sorted(p for p in found if "_build" not in p.parts)


def test_notebooks_hold_no_outputs():
    """Nor execution counts: what a run made stays out of git."""
    full = []
    for path in notebooks():
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        if any(c.get("outputs") or c.get("execution_count") for c in cells):
            full.append(name_of(path))
    assert full == []
