"""When a page's cells run again, and what the claims on a page show."""

import importlib.util
import shutil
import sys
from pathlib import Path

import pytest

from tools import inputs, install
from tools.build_book import library_fingerprint
from tools.pages import page_key, read_pages, toc_files

ROOT = Path(__file__).resolve().parents[1]
CODE = "from course_lib import LSTMCell\n\ncell = LSTMCell(1, 2)\n"


def load_extension(name):
    """Import one of the book's Sphinx extensions."""
    path = ROOT / "book" / "_ext" / f"{name}.py"
    spec = importlib.util.spec_from_file_location(f"book_{name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def library(tmp_path):
    """A copy of the library that a test may change."""
    goal = tmp_path / "course_lib"
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "course_lib", goal, ignore=ignored)
    return goal


def key_of(library, code=CODE):
    """The key of a page with these cells, for this copy of the library."""
    return page_key(code, library_fingerprint(library.parent), "torch==1")


def change(library, module, old, new):
    """Replace a piece of the copy's text, which must be there."""
    path = library / f"{module}.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_page_runs_again_when_code_that_it_uses_changes(library):
    """The cell that the page builds adds something: another key."""
    before = key_of(library)
    change(library, "cells", "torch.tanh(", "torch.sin(")
    assert key_of(library) != before


def test_a_page_does_not_run_again_for_a_docstring(library):
    """A better sentence changes no number."""
    before = key_of(library)
    opening = 'class LSTMCell(Cell):\n    r"""'
    change(library, "cells", opening, opening + "Better words. ")
    assert key_of(library) == before


def test_a_page_does_not_run_again_for_a_comment(library):
    """Comments change no number either."""
    before = key_of(library)
    change(library, "cells", "\nclass LSTMCell", "\n# why\nclass LSTMCell")
    assert key_of(library) == before


def test_a_page_does_not_run_again_for_code_that_it_does_not_use(library):
    """A new function elsewhere leaves the page alone."""
    before = key_of(library)
    with open(library / "metrics.py", "a", encoding="utf-8") as file:
        file.write("\n\ndef unheard_of():\n    return 1\n")
    assert key_of(library) == before


def test_a_page_runs_again_when_its_own_cells_change(library):
    """The text of the cells is part of the key."""
    assert key_of(library) != key_of(library, CODE + "cell\n")


def test_a_page_runs_again_when_a_measuring_version_changes():
    """The pins that can change a number are part of the key."""
    keys = {page_key(CODE, str, v) for v in ("torch==1", "torch==2")}
    assert len(keys) == 2


def test_cells_with_a_magic_line_depend_on_the_whole_library(library):
    """What can't be parsed may use anything."""
    code = "%time 1\n" + CODE
    before = key_of(library, code)
    change(library, "cells", "torch.tanh(", "torch.sin(")
    assert key_of(library, code) != before


def test_every_page_of_the_contents_exists_and_can_be_read():
    """The contents name files that are there; chapters have cells."""
    names = toc_files(ROOT)
    assert names[0] == "book/index"
    assert len(set(names)) == len(names)
    assert {page.name for page in read_pages(ROOT)} <= set(names)


def test_a_new_title_reaches_every_page_and_a_new_sentence_does_not(tmp_path):
    """The navigation shows titles, so they are part of the shared key."""
    page = tmp_path / "book" / "a.md"
    page.parent.mkdir()
    page.write_text("# One\n\nText.\n")
    first = inputs.shared_key(tmp_path)
    page.write_text("# One\n\nOther text.\n")
    assert inputs.shared_key(tmp_path) == first
    page.write_text("# Two\n\nText.\n")
    assert inputs.shared_key(tmp_path) != first


CLAIM = {
    "id": "ch06-a",
    "chapter": "06",
    "result": "0.1 against 0.2",
    "seeds": 5,
    "verdict": "holds",
    "values": {"mean": -0.00281234, "low": 0.000012, "seeds_won": 5},
}


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        ("ch06-a:mean", "−0.00281"),
        ("ch06-a:mean:.1%", "−0.3\u00a0%"),
        ("ch06-a:low", "1.2 × 10⁻⁵"),
        ("ch06-a:seeds_won", "5"),
        ("ch06-a:verdict", "holds"),
        ("ch06-a", "0.1 against 0.2"),
    ],
)
def test_a_claim_on_a_page_is_written_as_a_reader_expects(reference, text):
    """Three digits, a real minus sign, no computer notation."""
    assert load_extension("claims").look_up([CLAIM], reference) == text


def test_the_sentence_of_a_result_is_written_alike():
    """A minus at the beginning, too; a hyphen between words stays."""
    readable = load_extension("claims").readable
    text = "-1.5 [-2, -1] against 1.6e-07; 5 of 5 seeds, two-sided"
    assert readable(text) == (
        "−1.5 [−2, −1] against 1.6 × 10⁻⁷; 5 of 5 seeds, two-sided"
    )


def test_no_line_begins_with_the_comma_behind_a_formula():
    """The formula and its comma are one piece; a word behind it is not."""
    clean = load_extension("course_html").clean_page
    formula = '<span class="math notranslate nohighlight">\\(x\\)</span>'
    assert clean(f"At ({formula}), so") == (
        f'At <span class="with-math">({formula}),</span> so'
    )
    assert clean(f"{formula} is") == f"{formula} is"


def test_numbers_of_a_data_frame_stand_below_one_another():
    """Words keep to the left."""
    clean = load_extension("course_html").clean_page
    frame = (
        '<table border="1" class="dataframe"><td>{}</td><td>{}</td></table>'
    )
    assert 'class="dataframe numbers"' in clean(frame.format("-0.1", "1e-05"))
    assert "numbers" not in clean(frame.format("0.1", "a cat"))


@pytest.mark.parametrize("reference", ["nothing:mean", "ch06-a:median"])
def test_a_claim_that_is_not_there_says_so(reference):
    """The message names what is missing."""
    with pytest.raises(KeyError, match=r"no claim 'nothing'|no 'median'"):
        load_extension("claims").look_up([CLAIM], reference)


def test_installing_says_what_the_machine_lacks():
    """Too old, no venv, no space: one sentence each, with the way out."""
    good = {"version": (3, 12), "free": 1e11, "has_module": lambda _: True}
    install.check_machine(**good)
    for change_, words in (
        ({"version": (3, 10)}, "needs Python 3.11"),
        ({"has_module": lambda _: None}, "python3-venv"),
        ({"free": 1e9}, "disk is too full"),
    ):
        with pytest.raises(install.SetupError, match=words):
            install.check_machine(**{**good, **change_})


def test_an_installation_that_is_stamped_is_not_repeated(monkeypatch):
    """With the stamp of the present pins there is nothing to do."""
    monkeypatch.setattr(install, "stamped", install.wanted)
    monkeypatch.setattr(install, "venv_python", lambda: Path(sys.executable))
    assert install.install() is False


def test_a_package_that_was_cut_off_is_forgotten(tmp_path):
    """Without its list of files, or with one too short, it is no package."""
    site = tmp_path / "lib" / "python3.11" / "site-packages"
    for name, record in (
        ("whole", "whole.py,,4\n"),
        ("short", "short.py,,400\n"),
        ("unlisted", None),
    ):
        info = site / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        (site / f"{name}.py").write_text("pass")
        if record:
            (info / "RECORD").write_text(record)
    install.remove_halves(tmp_path)
    assert [p.name for p in site.glob("*.dist-info")] == ["whole-1.dist-info"]
