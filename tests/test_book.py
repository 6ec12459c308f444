"""The finished book: complete, offline, readable for everyone.

Slow: it builds the book first, which runs the cells that have changed.
"""

import gzip
import json
import posixpath
import re
import shutil
from collections import Counter
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from bs4 import BeautifulSoup

from tools import build_book
from tools.inputs import EVERYTHING, ROOT, files_below
from tools.pages import ExecutionCache, read_pages

pytestmark = pytest.mark.slow
HTML = ROOT / "_build" / "html"
WIDTHS = (1280, 390)
# Typeset, opened and laid out: what a reader sees who has looked at all, and
# for whom nothing is still fading in.
OPEN_ALL = """async () => {
  const still = document.createElement("style");
  still.textContent = "* { animation: none !important; " +
    "transition: none !important; content-visibility: visible !important; }";
  document.head.append(still);
  await window.MathJax?.startup?.promise;
  await window.MathJax?.startup?.document.lazyTypesetAll();
  document.querySelectorAll("details").forEach(d => d.open = true);
  await new Promise(done => setTimeout(done, 150));
}"""
# Everything to press, but for links within a sentence: WCAG 2.2, 2.5.8.
SMALL_TARGETS = """() => [...document.querySelectorAll(
  "button, summary, input, .prev-next-area a, .chapter-line a, nav a")]
  .filter(e => e.checkVisibility({ visibilityProperty: true }) &&
    !e.closest("dialog:not([open])"))
  .map(e => [e, (e.closest("label") ?? e).getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && Math.min(box.width, box.height) < 24)
  .map(([e]) => e.outerHTML.slice(0, 90))"""
# What is right needn't be written down: half of the time.
FAULTS_ALONE = {"preload": False, "resultTypes": ["violations"]}
# All that the dark theme changes.
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
# Bytes that a first visit may take, compressed as a server sends them.
WITHOUT_MATHS = 200_000
WITH_MATHS = 450_000
STILL_FIGURE = 40_000
PACKED = (".woff", ".woff2", ".png", ".jpg")


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


@pytest.mark.usefixtures("book")
def test_jupyter_book_itself_executes_nothing(tmp_path):
    """What tools/execute.py ran is just what the pages look for."""
    # A copy: other processes read the book's pages all the while.
    root = tmp_path / "course"
    built = ("_build/.jupyter_cache", "_build/figures")
    for path in files_below(ROOT, [*EVERYTHING, *built]):
        copy = root / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    cache = ExecutionCache(root)
    records = {r.pk: r.created for r in cache.cache.list_cache_records()}
    for page in read_pages(root):
        assert cache.cache.match_cache_notebook(page.notebook).pk in records
    said = []
    code = build_book.write_pages(everything=True, root=root, say=said.append)
    assert code == 0, "\n".join(said)
    after = {r.pk: r.created for r in cache.cache.list_cache_records()}
    assert after == records


def test_results_lists_every_claim_and_counts_the_verdicts(pages):
    """All of the record, below a heading for each chapter."""
    page = pages["book/results.html"]
    record = json.loads((ROOT / "book" / "claims.json").read_text("utf-8"))
    cells = page.select("table.claims td:last-child")
    verdicts = Counter(cell.get_text(strip=True) for cell in cells)
    assert verdicts == Counter(c["verdict"] for c in record["claims"])
    words = page.select_one("#claims").get_text(" ", strip=True)
    for n in (len(cells), *verdicts.values()):
        assert f" {n} " in words
    titles = {t.find(string=True).strip() for t in page.select("h3")}
    assert {f"Chapter {n}" for n in range(1, 14)} <= titles


def test_no_heading_shows_its_markup(pages):
    """Backticks and roles become what they stand for."""
    for name, page in pages.items():
        for heading in page.select("h1, h2, h3, h4, .rubric, title"):
            assert not re.search(r"`|\{\w+\}", heading.get_text()), name


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
        lambda m: heard.append(m.text),
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
        # Those in the still text of a figure go when the figure comes.
        found = pages[name].select(".math")
        equations = [m for m in found if not m.find_parent(class_="live")]
        typeset = tab.locator("mjx-container mjx-math").count()
        assert typeset >= len(equations), name
        # A figure that moves has taken the place of its still text.
        figures = len(pages[name].select(".live"))
        assert tab.locator(".live .live-box svg").count() == figures, name
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
    options = FAULTS_ALONE | (COLOURS if theme == "dark" else {})
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
        faults += [
            f"{name}: {what} is too small to hit"
            for what in tab.evaluate(SMALL_TARGETS)
        ]
        if name.startswith("_modules/") and width != WIDTHS[0]:
            # Coloured source, thousands of words: the desk's look will do.
            continue
        found = Axe().run(tab, options=options).response
        faults += [
            f"{name}: {v['id']}: {node['html'][:160]}"
            for v in found["violations"]
            for node in v["nodes"]
        ]
    context.close()
    assert not faults, "\n".join(faults)


def test_a_link_leads_to_its_heading(chromium, server):
    """It is seen below the page's header, though nothing was laid out yet."""
    tab = chromium.new_page(viewport={"width": 1280, "height": 800})
    page = f"{server}/book/05-forecasting.html"
    tab.goto(page)
    links = tab.locator(".bd-sidebar-secondary a[href^='#']")
    names = links.evaluate_all("links => links.map(a => a.hash.slice(1))")
    assert len(names) > 5
    for name in names:
        tab.goto("about:blank")
        tab.goto(page)
        tops = tab.evaluate(
            """async (name) => {
              await new Promise(done => setTimeout(done, 700));
              document.querySelector(`nav a[href="#${name}"]`).click();
              await new Promise(done => setTimeout(done, 300));
              return [...document.querySelectorAll(
                `#${name} > :is(h2, h3, h4), .bd-header-article`)]
                .map(e => e.getBoundingClientRect())
                .map(box => [box.top, box.bottom]);
            }""",
            name,
        )
        (_, header), (heading, _) = tops
        assert header <= heading < 800, name
    tab.close()


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


def test_a_first_visit_is_light(chromium, server, pages, book):
    """What a page asks for, compressed, against what it shows."""
    heavy = []
    for name in read_names(pages):
        context = chromium.new_context()
        tab = context.new_page()
        asked = set()
        tab.on("request", lambda r, asked=asked: asked.add(r.url))
        tab.goto(f"{server}/{name}", wait_until="load")
        tab.evaluate(OPEN_ALL)
        context.close()
        weight = 0
        for url in asked:
            path = (
                book
                / unquote(urldefrag(url)[0].split("?")[0])[len(server) + 1 :]
            )
            if not path.is_file():
                continue
            content = path.read_bytes()
            packed = path.suffix in PACKED
            weight += len(content if packed else gzip.compress(content, 6))
        page = pages[name]
        limit = WITH_MATHS if page.select(".math") else WITHOUT_MATHS
        limit += STILL_FIGURE * len(page.select("main img"))
        if weight > limit:
            heavy.append(f"{name}: {weight} of {limit} bytes")
    assert not heavy, "\n".join(heavy)


def test_every_icon_on_a_page_is_in_the_cut_font(pages, book):
    """The theme's two thousand icons are cut down to those in use."""
    from fontTools.ttLib import TTFont

    fonts = book / "_static" / "vendor" / "fontawesome" / "webfonts"
    glyphs = set()
    for path in fonts.iterdir():
        assert path.suffix == ".woff", path
        glyphs |= set(TTFont(path).getBestCmap())
    css = book / "_static" / "styles" / "pydata-sphinx-theme.css"
    rules = {
        name: character
        for names, character in re.findall(
            r'((?:\.fa-[a-z0-9-]+:before,?)+)\{content:"\\([ef]\w{3})"',
            css.read_text(encoding="utf-8"),
        )
        for name in re.findall(r"fa-[a-z0-9-]+", names)
    }
    shown = set()
    for page in pages.values():
        for icon in page.select("i[class*=fa-], span[class*=fa-]"):
            shown |= {c for c in icon["class"] if c.startswith("fa-")}
    icons = {name for name in shown if name in rules}
    assert len(icons) >= 8
    for name in icons:
        assert int(rules[name], 16) in glyphs, name
    styling = {"fa-solid", "fa-regular", "fa-brands", "fa-lg", "fa-fw"}
    assert shown - icons <= styling


def test_search_works_from_the_folder(chromium, book):
    """No server, no other host: the index is a script beside the pages."""
    tab = chromium.new_page()
    tab.goto(f"{book.as_uri()}/search.html?q=climatology")
    results = tab.locator("#search-results li a[href*='05-forecasting']")
    results.first.wait_for(timeout=15_000)
    tab.close()


def chapters(pages):
    """The chapters' pages in their order."""
    return sorted(n for n in pages if re.match(r"book/\d\d-", n))


def test_chapters_lead_to_each_other(pages):
    """Next, again and again, comes by every chapter; previous goes back."""
    names = chapters(pages)
    here, met = names[0], []
    while here not in met:
        met.append(here)
        onward = pages[here].select_one(".prev-next-area .right-next")
        if onward is None:
            break
        there = posixpath.normpath(
            posixpath.join(posixpath.dirname(here), onward["href"])
        )
        back = pages[there].select_one(".prev-next-area .left-prev")
        assert (
            posixpath.normpath(
                posixpath.join(posixpath.dirname(there), back["href"])
            )
            == here
        )
        here = there
    assert [name for name in met if name in names] == names


def test_a_chapter_says_how_long_it_takes_and_has_its_notebook(pages, book):
    """And no place to run it elsewhere unless the repository is named."""
    from tools.pages import config

    known = (config().get("repository") or {}).get("url")
    for name in chapters(pages):
        line = pages[name].select_one(".chapter-line")
        assert re.match(r"\d+ minutes to read", line.get_text()), name
        path = book / "book" / line.select_one("a")["href"]
        notebook = json.loads(path.read_text(encoding="utf-8"))
        assert notebook["nbformat"] == 4
        elsewhere = [a for a in line.select("a") if "http" in a["href"]]
        assert bool(elsewhere) == bool(known), name


def test_the_keyboard_comes_by_in_reading_order_and_is_seen(
    chromium, server, pages
):
    """Tab goes down the page, and what has the focus has a frame."""
    name = chapters(pages)[0]
    tab = chromium.new_page(viewport={"width": 1280, "height": 900})
    tab.goto(f"{server}/{name}")
    tab.evaluate(OPEN_ALL)
    seen, unframed = [], []
    for _ in range(400):
        tab.keyboard.press("Tab")
        here = tab.evaluate(
            """() => { const a = document.activeElement;
            if (a === document.body) return null;
            const all = [...document.querySelectorAll("*")];
            const style = getComputedStyle(a);
            return { place: all.indexOf(a), html: a.outerHTML.slice(0, 90),
              main: !!a.closest("main article"),
              framed: style.outlineStyle !== "none" ||
                style.boxShadow !== "none" }; }"""
        )
        if here is None or (seen and here["place"] == seen[0]["place"]):
            break
        seen.append(here)
        if here["main"] and not here["framed"]:
            unframed.append(here["html"])
    inside = [h["place"] for h in seen if h["main"]]
    assert len(inside) > 20
    assert inside == sorted(inside)
    assert not unframed, "\n".join(unframed)
    tab.close()


def test_paper_shows_the_text_the_answers_and_no_buttons(
    chromium, server, pages
):
    """Printing opens what is closed, in the light theme, and undoes it."""
    name = next(n for n in chapters(pages) if pages[n].select(".quiz"))
    context = chromium.new_context(color_scheme="dark")
    tab = context.new_page()
    tab.goto(f"{server}/{name}")
    look = """() => ({ theme: document.documentElement.dataset.theme,
      closed: document.querySelectorAll("details:not([open])").length })"""
    before = tab.evaluate(look)
    assert before["theme"] == "dark"
    assert before["closed"] > 0
    tab.emulate_media(media="print")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert tab.evaluate(look) == {"theme": "light", "closed": 0}
    for part in (".bd-sidebar-primary", ".bd-header-article"):
        assert not tab.locator(part).first.is_visible(), part
    assert tab.locator(".quiz .choice strong").first.is_visible()
    tab.emulate_media(media="screen")
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert tab.evaluate(look) == before
    context.close()


HIDDEN = re.compile(
    r"### BEGIN (?:SOLUTION|HIDDEN TESTS)\n(.*?)\n\s*### END", re.DOTALL
)


def solution_lines():
    """Lines that stand in solutions and nowhere else of what is public."""
    public = [
        path.read_text(encoding="utf-8")
        for folder, kind in (("course_lib", "*.py"), ("book", "*.md"))
        for path in (ROOT / folder).rglob(kind)
    ]
    hidden = []
    for path in (ROOT / "solutions").rglob("*.ipynb"):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            hidden += HIDDEN.findall(source)
            # The task's own words, which every student gets.
            public.append(HIDDEN.sub("", source))
    public = "\n".join(public)
    lines = {line.strip() for part in hidden for line in part.split("\n")}
    return {x for x in lines if len(x) > 30 and x not in public}


def test_no_solution_is_published(book):
    """Pages, sources, search index, notebooks: markers and lines."""
    marks = re.compile(r"### (BEGIN|END) (SOLUTION|HIDDEN TESTS)")
    lines = solution_lines()
    for path in book.rglob("*"):
        if path.suffix not in {".html", ".js", ".md", ".ipynb", ".txt"}:
            continue
        if "mathjax" in path.parts:
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        if path.suffix == ".ipynb":
            cells = json.loads(text)["cells"]
            text = "\n".join("".join(cell["source"]) for cell in cells)
        assert not marks.search(text), path
        leaked = [line for line in lines if line in text]
        assert not leaked, f"{path}: {leaked[0]}"
