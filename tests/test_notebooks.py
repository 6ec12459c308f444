"""Chapters as notebooks: they run as they are and show nothing raw."""

import re
import shutil

import nbformat
import pytest

from tools.inputs import ROOT
from tools.notebooks import Book, Writer, as_notebook, write_notebooks
from tools.pages import read_pages

RAW = re.compile(
    r"\{[a-z:-]+\}`|^\s*(>\s*)?:{3,}|`{3,}\{|^\([\w-]+\)=$|\0", re.MULTILINE
)
REPOSITORY = "https://github.com/someone/course"
pages = {page.path.stem: page for page in read_pages()}


@pytest.fixture(scope="module")
def book():
    """What references of all pages lead to."""
    return Book.read()


def markdown(notebook):
    """All Markdown of a notebook, without its code blocks."""
    text = "\n\n".join(
        c.source for c in notebook.cells if c.cell_type == "markdown"
    )
    return re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("name", pages)
def test_a_page_becomes_a_notebook_that_runs(book, name):
    """Its cells are the page's, which ran; nothing of the book is needed."""
    notebook = as_notebook(book, pages[name])
    nbformat.validate(notebook)
    code = [c for c in notebook.cells if c.cell_type == "code"]
    ran = [
        c.source for c in pages[name].notebook.cells if c.cell_type == "code"
    ]
    assert [c.source for c in code] == ran
    assert not any(c.outputs for c in code)
    found = RAW.search(markdown(notebook))
    assert not found, found


@pytest.mark.parametrize("name", pages)
def test_links_between_notebooks_lead_somewhere(book, name):
    """A chapter links to chapters; to other pages it only refers."""
    links = re.findall(
        r"\]\(([^)#]+\.ipynb)", markdown(as_notebook(book, pages[name]))
    )
    assert {link.removesuffix(".ipynb") for link in links} <= set(pages)


def test_only_a_known_repository_adds_the_cell_that_installs(book):
    """Colab has no course_lib; a reader's own machine has."""
    page = pages["06-simple-rnn"]
    plain = as_notebook(book, page)
    there = as_notebook(book, page, repository=REPOSITORY)
    first, *rest = there.cells
    assert first.cell_type == "code"
    assert f"git+{REPOSITORY}" in first.source
    assert [c.source for c in rest] == [c.source for c in plain.cells]
    assert "pip" not in "".join(
        c.source for c in plain.cells if c.cell_type == "code"
    )


def test_what_stands_for_each_thing(book):
    """Numbers filled in, references numbered, code included, boxes open."""
    text = markdown(as_notebook(book, pages["06-simple-rnn"]))
    claim = next(c for c in book.claims if c["id"] == "ch06-layer-linear")
    assert claim["result"] in text
    assert claim["statement"] in text
    assert r"\tag{2}" in text
    assert "Nothing in equation (1) says" in text
    assert "In Figure 1, $V$ is the dashed arrow" in text
    assert "(Géron, 2021)" in text
    assert "## References" in text
    assert "<details><summary>Show the answer</summary>" in text
    assert "**Not quite.**" in text
    whole = "\n".join(
        c.source for c in as_notebook(book, pages["06-simple-rnn"]).cells
    )
    assert "# course_lib/forecasters.py\ndef forward(self" in whole


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{sparkle}`x`", "no role 'sparkle'"),
        (":::{sparkle}\nx\n:::", "no directive 'sparkle'"),
        ("{eq}`eq-that-is-not`", "nothing is labelled"),
        ("{cite:p}`nobody1900`", "no source"),
        ("{doc}`99-nothing`", "no page"),
    ],
)
def test_what_is_not_known_is_an_error(book, text, message):
    """So that nothing raw can slip into a notebook."""
    with pytest.raises(ValueError, match=message):
        Writer(book, "06-simple-rnn").cell(text)


def test_code_keeps_its_braces(book):
    """What looks like a role within code is code."""
    text = "```python\nx = {a}`b`\n```"
    assert Writer(book, "06-simple-rnn").cell(text) == text


def test_only_what_could_have_changed_is_written_again(tmp_path):
    """After an edit the folder holds what a fresh one would hold."""
    root, folder = tmp_path / "course", tmp_path / "notebooks"
    for name in ("book", "course_lib", "tools"):
        shutil.copytree(ROOT / name, root / name)
    for name in ("_config.yml", "_toc.yml", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)

    def times():
        return {p.name: p.stat().st_mtime_ns for p in folder.glob("*.ipynb")}

    assert write_notebooks(folder, root) == []
    before = times()
    assert write_notebooks(folder, root) == []
    assert times() == before
    page = root / "book" / "06-simple-rnn.md"
    page.write_text(page.read_text("utf-8") + "\nOne more.\n", "utf-8")
    assert write_notebooks(folder, root) == []
    changed = {name for name, at in times().items() if at != before[name]}
    assert changed == {"06-simple-rnn.ipynb"}
    # A title stands wherever the page is named.
    text = page.read_text("utf-8")
    page.write_text(text.replace("\n# ", "\n# Once more: ", 1), "utf-8")
    assert write_notebooks(folder, root) == []
    fresh = tmp_path / "fresh"
    assert write_notebooks(fresh, root) == []
    for path in fresh.glob("*.ipynb"):
        assert (folder / path.name).read_text() == path.read_text()
