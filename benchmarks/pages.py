"""The book's pages against the unmodified theme's: from click to readable."""

import contextlib
import functools
import http.server
import shutil
import subprocess
import sys
import tempfile
import threading
from importlib.metadata import distribution
from pathlib import Path

import yaml
from tqdm import tqdm

from benchmarks.report import Table, milliseconds, shown
from benchmarks.timing import in_turns, ratios, spread

ROOT = Path(__file__).resolve().parents[1]
BOOK = ROOT / "_build" / "html"
MATHJAX = distribution("sphinx-mathjax-offline").locate_file(
    "sphinx-mathjax-offline/static/mathjax"
)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
PAGES = ("05-forecasting", "11-lstm", "notation")
COLUMNS = [
    "page",
    "unmodified theme, ms",
    "ours, ms",
    "ours / unmodified",
    "quartiles",
]
SLOWER = 4
RUN = "from jupyter_book.cli.main import main; main()"
# What is ours alone and not needed to write the page at all.
OURS = ("course_html", "icons")
SETTINGS = (
    "html_theme_options",
    "html_css_files",
    "html_js_files",
    "mathjax_path",
    "mathjax3_config",
)
# Readable: loaded and painted, and each formula on the screen is typeset.
READABLE = """() => {
  const done = async () => {
    if (document.readyState !== "complete")
      await new Promise((go) => addEventListener("load", go, {once: true}));
    const maths = [...document.querySelectorAll(".math")].filter((m) =>
      m.checkVisibility() && m.getBoundingClientRect().top < innerHeight);
    while (maths.some((m) => !m.querySelector("mjx-math")))
      await new Promise((go) => setTimeout(go, 5));
    await document.fonts.ready;
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
    return performance.now();
  };
  return done();
}"""


def stock_config(config):
    """The book's settings without what is ours."""
    sphinx = config["sphinx"]
    settings = {
        name: value
        for name, value in sphinx["config"].items()
        if name not in SETTINGS
    }
    extensions = {
        name: str(ROOT / place)
        for name, place in sphinx["local_extensions"].items()
        if name not in OURS
    }
    execute = {
        **config["execute"],
        "cache": str(BOOK.parent / ".jupyter_cache"),
    }
    return {
        **config,
        "execute": execute,
        "sphinx": {
            **sphinx,
            "config": settings,
            "local_extensions": extensions,
        },
    }


def build_stock(folder):
    """Build the measured pages with the unmodified theme.

    Returns:
        The folder of the pages.

    Raises:
        RuntimeError: when a page was not built.
    """
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    config = folder / "_config.yml"
    config.write_text(yaml.safe_dump(stock_config(yaml.safe_load(text))))
    toc = folder / "_toc.yml"
    chapters = [{"file": f"book/{page}"} for page in PAGES]
    toc.write_text(
        yaml.safe_dump(
            {"format": "jb-book", "root": "book/index", "chapters": chapters}
        )
    )
    command = [sys.executable, "-c", RUN, "build", str(ROOT)]
    command += ["--config", str(config), "--toc", str(toc)]
    command += ["--path-output", str(folder), "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    html = folder / "_build" / "html"
    missing = [p for p in PAGES if not (html / "book" / f"{p}.html").exists()]
    if missing:
        raise RuntimeError(f"not built: {missing}\n{done.stderr[-2000:]}")
    return html


@contextlib.contextmanager
def serving(folder):
    """The address of a folder on this machine."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{host.server_port}"
        host.shutdown()


def mathjax_at_hand(route):
    """Give the unmodified theme its maths without a journey to its host."""
    name = route.request.url.split("/es5/", 1)[-1].split("?", 1)[0]
    route.fulfill(path=Path(MATHJAX, name))


def visit(browser, address, page):
    """Seconds from the click to a page that can be read, nothing cached."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    try:
        view = context.new_page()
        view.route(lambda url: not url.startswith(address), mathjax_at_hand)
        slow = context.new_cdp_session(view)
        slow.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        view.goto(f"{address}/book/{page}.html", wait_until="commit")
        return view.evaluate(READABLE) / 1000
    finally:
        context.close()


def measure(*, quick=False):
    """Time both sides of every page.

    Returns:
        A `Table`.

    Raises:
        RuntimeError: without a built book or a browser.
    """
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        raise RuntimeError("there is no Chromium; apt-get install chromium")
    if not all((BOOK / "book" / f"{page}.html").exists() for page in PAGES):
        raise RuntimeError("the book is not built; make book")
    from playwright.sync_api import sync_playwright

    pages, rounds = (PAGES[-1:], 2) if quick else (PAGES, 9)
    rows = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        theirs = stack.enter_context(serving(build_stock(folder)))
        ours = stack.enter_context(serving(BOOK))
        chromium = stack.enter_context(sync_playwright()).chromium
        browser = chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-gpu"]
        )
        bar = stack.enter_context(
            tqdm(total=len(pages) * (rounds + 1), disable=False, leave=False)
        )
        for page in pages:
            bar.set_description(page)
            seconds = in_turns(
                {
                    "theirs": lambda page=page: visit(browser, theirs, page),
                    "ours": lambda page=page: visit(browser, ours, page),
                },
                rounds,
                after_round=bar.update,
            )
            rows.append(
                [
                    page,
                    milliseconds(spread(seconds["theirs"]).median),
                    milliseconds(spread(seconds["ours"]).median),
                    *shown(spread(ratios(seconds["ours"], seconds["theirs"]))),
                ]
            )
        browser.close()
    return Table(
        "pages",
        "Pages: from click to readable",
        "The same pages, built with the unmodified theme and by us, first "
        f"visit, Chromium with its processor slowed {SLOWER} times, in "
        f"turns, {rounds} rounds. Readable means that the page is loaded and "
        "painted, its fonts are there, and each formula on the first screen "
        "is typeset. The unmodified theme gets its maths from this machine, "
        "too, as if the other host took no time.",
        COLUMNS,
        rows,
    )
