"""Fingerprints: which change of the library makes a number old."""

import shutil

import pytest

from course_lib import fingerprint as module

CODE = "from course_lib import LSTMCell\nLSTMCell(1, 2)"


def forget():
    """What was read of the library before the test, or before an edit."""
    module._parsed.cache_clear()
    module._definition.cache_clear()


@pytest.fixture
def change(tmp_path, monkeypatch):
    """Edit a copy of the library; returns whether CODE's hash changed."""
    copy = tmp_path / "course_lib"
    shutil.copytree(module.PACKAGE, copy)
    monkeypatch.setattr(module, "PACKAGE", copy)
    forget()
    before = module.fingerprint(CODE)

    def edit(name, old, new):
        path = copy / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        forget()
        return module.fingerprint(CODE) != before

    yield edit
    forget()


def test_a_changed_equation_changes_it(change):
    """The step of the cell that the code uses."""
    assert change("cells.py", "c = f * state.c + i * g", "c = i * g")


def test_a_change_two_calls_away_changes_it(change):
    """The cell starts from this initialisation."""
    assert change("initialisation.py", "xavier_uniform_", "xavier_normal_")


def test_a_docstring_does_not(change):
    """A better sentence makes no number old."""
    assert not change("cells.py", "Long short-term memory", "An LSTM")


def test_a_comment_does_not(change):
    """Neither does a comment."""
    assert not change("cells.py", "import torch\n", "import torch  # why\n")


def test_code_that_is_not_used_does_not(change):
    """Another cell's step."""
    assert not change("cells.py", "torch.lerp(n, h, z)", "torch.lerp(h, n, z)")


def test_the_style_of_the_figures_does(change):
    """A page's figures are drawn with it."""
    assert change("course.mplstyle", "font.size: 12", "font.size: 13")


@pytest.mark.parametrize(
    "code",
    [
        "import course_lib\ncourse_lib.LSTMCell(1, 2)",
        "import course_lib as cl\ncl.LSTMCell(1, 2)",
        "from course_lib import cells\ncells.LSTMCell(1, 2)",
        "from course_lib.cells import LSTMCell as C\nC(1, 2)",
        "from course_lib import *\nLSTMCell(1, 2)",
    ],
)
def test_every_way_to_import_is_followed(code):
    """However a definition is reached, it is found."""
    assert "course_lib.cells.LSTMCell" in module.used_definitions(code)
    assert "course_lib.cells.Cell" in module.used_definitions(code)
