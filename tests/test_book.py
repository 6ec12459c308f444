"""The finished book: complete, offline, readable for everyone.

Slow: it builds the book first, which runs the cells that have changed.
"""

import re
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup

from tools import build_book
from tools.inputs import ROOT
from tools.pages import ExecutionCache, read_pages

pytestmark = pytest.mark.slow
HTML = ROOT / "_build" / "html"
WIDTHS = (1280, 390)
# Typeset, opened and laid out: what a reader sees who has looked at all.
OPEN_ALL = """async () => {
  await window.MathJax?.startup?.promise;
  document.querySelectorAll("details").forEach(d => d.open = true);
  await new Promise(done => setTimeout(done, 150));
}"""


@pytest.fixture(scope="session")
def book():
    """The built book's folder."""
    said = []
    code = build_book.build(say=said.append)
    assert code == 0, "\n".join(said)
    return HTML


@pytest.fixture(scope="session")
def pages(book):
    """Every page, parsed."""
    paths = sorted(p for p in book.rglob("*.html"))
    return {
        p.relative_to(book).as_posix(): BeautifulSoup(
            p.read_text(encoding="utf-8"), "html.parser"
        )
        for p in paths
    }


@pytest.fixture(scope="session")
def server(book, serve):
    """The address of the book on this machine."""
    with serve(book) as address:
        yield address


def read_names(pages):
    """The pages that a reader opens: not the first one's redirect."""
    return [name for name in pages if name != "index.html"]


def test_the_book_builds_without_a_warning(book):
    """A warning is an error, so the build's success says it."""
    assert (book / "index.html").exists()


def test_jupyter_book_itself_executes_nothing(book):
    """What tools/execute.py ran is just what the pages look for."""
    cache = ExecutionCache(ROOT)
    records = {r.pk: r.created for r in cache.cache.list_cache_records()}
    for page in read_pages(ROOT):
        assert cache.cache.match_cache_notebook(page.notebook).pk in records
    (ROOT / "_build" / "shared.key").unlink()
    assert build_book.write_pages(say=lambda _: None) == 0
    after = {r.pk: r.created for r in cache.cache.list_cache_records()}
    assert after == records


def test_no_page_asks_another_host_for_anything(pages):
    """Only a plain link may lead elsewhere."""
    for name, page in pages.items():
        for tag in page.find_all(True):
            if tag.name == "a":
                continue
            for attribute in ("src", "href", "srcset", "data", "poster"):
                value = tag.get(attribute) or ""
                outside = re.match(r"(https?:)?//", value)
                assert not outside, f"{name}: {tag}"
        for script in page.find_all(["script", "style"]):
            text = script.string or ""
            assert not re.search(
                r"""(import|from|url\(|fetch\()\s*["'(]*https?:""", text
            ), f"{name}: {text[:200]}"


def test_the_style_sheets_ask_no_other_host(book):
    """No web font, no import."""
    for path in book.rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        found = re.search(r"(@import|url\()\s*[\"']?(https?:)?//", text)
        assert not found, path


def test_no_page_carries_scripts_that_it_does_not_need(pages):
    """Half of the theme's weight draws icons that are a font already."""
    for name, page in pages.items():
        text = str(page)
        for mark in ("fontawesome.js", "THEBE", "sphinx-thebe"):
            assert mark not in text, f"{name}: {mark}"


def test_maths_is_typeset_by_the_copy_beside_the_pages(pages, book):
    """MathJax is loaded from the book's folder, and it is there."""
    with_maths = {n: p for n, p in pages.items() if p.select(".math")}
    assert with_maths
    for name, page in with_maths.items():
        sources = [s["src"] for s in page.find_all("script", src=True)]
        ours = [s for s in sources if "mathjax" in s.lower()]
        assert ours, name
        path = (book / name).parent / ours[0].split("?")[0]
        assert path.resolve().exists(), name


def test_every_image_says_what_it_shows(pages):
    """myst-nb writes a file's name if nobody wrote an alternative text."""
    for name, page in pages.items():
        for image in page.select("main img"):
            alt = image.get("alt", "").strip()
            assert alt, f"{name}: {image}"
            assert "_images/" not in alt, f"{name}: {image}"


def test_every_link_within_the_book_leads_somewhere(pages, book):
    """Pages, files and places within pages."""
    anchors = {
        name: {t["id"] for t in page.find_all(id=True)}
        for name, page in pages.items()
    }
    missing = []
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            address, anchor = urldefrag(unquote(link["href"]))
            if re.match(r"[a-z]+:|//", address):
                continue
            goal = ((book / name).parent / address.split("?")[0]).resolve()
            target = goal if address else (book / name).resolve()
            if not target.exists():
                missing.append(f"{name}: {link['href']}")
                continue
            inside = target.relative_to(book.resolve()).as_posix()
            if anchor and inside in anchors and anchor not in anchors[inside]:
                missing.append(f"{name}: {link['href']}")
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_no_page_reports_an_error_or_asks_outside(
    chromium, server, pages, book, scheme
):
    """Over a server and from the folder: silence, and equations typeset."""
    start = server if scheme == "http" else book.as_uri()
    tab = chromium.new_page()
    heard = []
    tab.on(
        "console",
        lambda m: heard.append(m.text) if m.type != "log" else None,
    )
    tab.on("pageerror", lambda error: heard.append(str(error)))
    tab.on("requestfailed", lambda r: heard.append(f"failed: {r.url}"))
    tab.on(
        "request",
        lambda r: (
            None
            if r.url.startswith((start, "data:", "blob:"))
            else heard.append(f"asked: {r.url}")
        ),
    )
    for name in read_names(pages):
        tab.goto(f"{start}/{name}", wait_until="load")
        tab.evaluate(OPEN_ALL)
        equations = len(pages[name].select(".math"))
        if equations:
            typeset = tab.locator("mjx-container").count()
            assert typeset >= equations, name
        assert not heard, f"{name}: {heard}"
    tab.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_is_wider_than_the_window(
    chromium, server, pages, width, theme
):
    """In both themes, on a desk and on a phone, with every box open."""
    from axe_playwright_python.sync_playwright import Axe

    context = chromium.new_context(
        viewport={"width": width, "height": 900}, color_scheme=theme
    )
    tab = context.new_page()
    faults = []
    for name in read_names(pages):
        tab.goto(f"{server}/{name}", wait_until="load")
        tab.evaluate(OPEN_ALL)
        shown = tab.evaluate("document.documentElement.dataset.theme")
        assert shown == theme
        wide = tab.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            faults.append(f"{name}: {wide} px wide")
        if name.startswith("_modules/") and width != WIDTHS[0]:
            # Coloured source, thousands of words: the desk's look will do.
            continue
        found = Axe().run(tab, options={"preload": False}).response
        faults += [
            f"{name}: {v['id']}: {node['html'][:160]}"
            for v in found["violations"]
            for node in v["nodes"]
        ]
    context.close()
    assert not faults, "\n".join(faults)


def test_a_quiz_is_answered_with_the_keyboard_alone(chromium, server, pages):
    """Tab to a choice, Enter, and the verdict is there in words."""
    name = next((n for n, p in pages.items() if p.select(".quiz")), None)
    if name is None:
        pytest.skip("no page has a quiz")
    tab = chromium.new_page()
    tab.goto(f"{server}/{name}")
    choice = tab.locator(".quiz details.choice-right").first
    verdict = choice.locator("strong").first
    assert not verdict.is_visible()
    choice.locator("summary").focus()
    tab.keyboard.press("Enter")
    assert verdict.inner_text() == "Right."
    assert verdict.is_visible()
    tab.close()


def test_nothing_of_this_machine_stands_on_a_page(book):
    """No path of the folder that the book was built in."""
    paths = [
        *book.rglob("*.html"),
        *book.rglob("*.ipynb"),
        *book.rglob("*.js"),
    ]
    for path in paths:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        assert str(ROOT) + "/" not in text, path
