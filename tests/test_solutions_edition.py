"""The edition with solutions: whole, explained, and apart from the book."""

import json
import re
from urllib.parse import urldefrag

import pytest
from bs4 import BeautifulSoup

from course_lib.grading import assignment as assignments
from tools import build_solutions
from tools.inputs import ROOT
from tools.solution_pages import MARKS, explanations

NAMES = assignments.find(ROOT / "solutions")
BUILT_BOOK = ROOT / "_build" / "html"
OUTSIDE = re.compile(r"(https?:)?//")


def loaded(name):
    """An assignment's source."""
    return assignments.load(ROOT / "solutions" / name)


@pytest.fixture(scope="module")
def edition():
    """The pages of the edition, parsed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["build_solutions"])
        assert build_solutions.main() == 0
    return {
        path.stem: BeautifulSoup(path.read_text("utf-8"), "html.parser")
        for path in sorted(build_solutions.PAGES.glob("*.html"))
    }


@pytest.mark.parametrize("name", NAMES)
def test_every_question_is_explained_and_nothing_else(name):
    """A paragraph at least for each answer cell."""
    texts = explanations(name)
    assert set(texts) == {c.id for c in loaded(name).kind("answer")}
    for question, text in texts.items():
        assert len(text.split()) >= 30, question


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_page_has_every_solution_its_reason_and_its_checks(edition, name):
    """Line by line; what nbgrader's marks say is left out."""
    page = edition[name]
    shown = "\n".join(block.get_text() for block in page.select("pre"))
    assert "### BEGIN" not in shown
    for cell in loaded(name).kind("answer", "grade"):
        for line in MARKS.sub("", cell.source).split("\n"):
            assert line.rstrip() in shown, f"{cell.id}: {line}"
    boxes = page.select("div.question")
    assert len(boxes) == len(loaded(name).kind("answer", "written"))
    for box in boxes:
        titles = [s.get_text() for s in box.select("summary")]
        assert titles[0].startswith(("The solution", "A model answer"))
        if titles[0] == "The solution, and why":
            first = box.select_one("details")
            assert first.find("p"), "a solution without a reason"
            assert any(t.startswith("What goes wrong") for t in titles)
            assert any(t.startswith("How it is checked") for t in titles)


@pytest.mark.slow
def test_links_into_the_book_lead_to_pages_and_places(edition):
    """As far as the book is built, also to the place on the page."""
    links = 0
    for name, page in edition.items():
        for tag in page.select('a[href*="/html/book/"]'):
            address, place = urldefrag(tag["href"])
            file = (build_solutions.PAGES / address).resolve()
            assert file.parent == BUILT_BOOK / "book", address
            source = ROOT / "book" / file.stem
            assert source.with_suffix(".md").exists(), f"{name}: {address}"
            links += 1
            if place and file.exists():
                text = file.read_text("utf-8")
                assert f'id="{place}"' in text, f"{name}: {tag['href']}"
    assert links > len(NAMES)


@pytest.mark.slow
def test_the_edition_asks_no_other_host(edition):
    """Neither a page nor a style sheet; a plain link may lead elsewhere."""
    for name, page in edition.items():
        for tag in page.find_all(True):
            for attribute in ("src", "srcset", "data", "poster"):
                assert not OUTSIDE.match(tag.get(attribute) or ""), name
            if tag.name != "a":
                assert not OUTSIDE.match(tag.get("href") or ""), name
    for path in build_solutions.PAGES.rglob("*.css"):
        text = path.read_text("utf-8")
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text)


@pytest.mark.slow
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_a_page_reads_well_in_a_browser(edition, chromium, width, scheme):
    """From the folder: nothing fails, nothing sticks out, answers open."""
    assert NAMES[0] in edition
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme
    )
    tab, wrong, asked = context.new_page(), [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("requestfailed", lambda request: wrong.append(request.url))
    tab.on("console", lambda message: wrong.append(message.text))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    tab.goto((build_solutions.PAGES / f"{NAMES[0]}.html").as_uri())
    tab.evaluate("async () => { await window.MathJax?.startup?.promise }")
    assert tab.locator("mjx-container").count() > 0
    first = tab.locator("div.question details").first
    assert not first.locator("pre").first.is_visible()
    first.locator("summary").press("Enter")
    assert first.locator("pre").first.is_visible()
    tab.evaluate(
        "document.querySelectorAll('details').forEach(d => d.open = true)"
    )
    assert tab.evaluate("document.documentElement.scrollWidth") <= width
    assert tab.evaluate("document.documentElement.dataset.theme") == scheme
    assert wrong == []
    assert all(url.startswith(("file:", "data:", "blob:")) for url in asked)
    context.close()


@pytest.mark.slow
def test_nothing_of_it_is_published(edition):
    """Not in the book's folder, its sources, its table of contents."""
    assert BUILT_BOOK not in build_solutions.PAGES.parents
    assert len(edition) > len(NAMES)
    contents = (ROOT / "_toc.yml").read_text("utf-8")
    assert "solutions" not in contents
    reasons = {
        " ".join(line.split())
        for name in NAMES
        for text in explanations(name).values()
        for line in re.split(r"\n\n|(?<=\.) ", text)
        if len(line) > 60
    }
    assert len(reasons) > 100
    public = [*BUILT_BOOK.rglob("*.html"), *BUILT_BOOK.rglob("*.js")]
    public += (ROOT / "book").rglob("*.md")
    for path in public:
        if "mathjax" not in path.parts:
            text = " ".join(path.read_text("utf-8", errors="replace").split())
            assert not [r for r in reasons if r in text], path
    for path in (ROOT / "book" / "exercises").rglob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        text = " ".join(" ".join("".join(c["source"]) for c in cells).split())
        assert not [r for r in reasons if r in text], path
