"""What every test needs: one thread, no window, no progress bar.

And what the tests in a browser share: the system's Chromium, and a server
for a folder.
"""

import functools
import http.server
import os
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

os.environ["MPLBACKEND"] = "Agg"
os.environ["TQDM_DISABLE"] = "1"

import pytest
import torch
from xdist.scheduler import LoadScopeScheduling

from course_lib.checks import topic

torch.set_num_threads(1)

# Answers are read as text and put into notebooks; nothing imports them.
collect_ignore = ["answers"]

# They build the book, one after the other.
OF_THE_BOOK = ("test_book", "test_figures", "test_solutions_edition")
# What axe looks at takes longest of all.
AXE = "test_axe"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
]


class WholeFiles(LoadScopeScheduling):
    """On several processes a file stays whole, and so do those of the book.

    But for what axe looks at: each by whoever is free, when the book is there.
    """

    def _split_scope(self, nodeid):
        path, test = nodeid.split("::", 1)
        if test.startswith(AXE):
            return nodeid
        return "book" if Path(path).stem in OF_THE_BOOK else path


def pytest_xdist_make_scheduler(config, log):
    """What one file sets up is set up once."""
    return WholeFiles(config, log)


def pytest_collection_modifyitems(config, items):
    """On several processes the files that take long go first.

    The book, the other slow files, axe, and what is quick fills the gaps.
    """
    if not hasattr(config, "workerinput"):
        return
    slow = {item.path for item in items if item.get_closest_marker("slow")}

    def late(item):
        if item.name.startswith(AXE):
            return 2
        if item.path not in slow:
            return 3
        return item.path.stem not in OF_THE_BOOK

    items.sort(key=late)


@pytest.fixture(autouse=True)
def no_topic():
    """The question that one test asked is not what the next asks about."""
    yield
    topic.see = None


@pytest.fixture(scope="session")
def chromium():
    """The system's Chromium, without a window."""
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip(
            "browser tests left out: no Chromium; apt-get install chromium"
        )
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=path, args=ARGUMENTS
        )
        yield browser
        browser.close()


@contextmanager
def serving(folder):
    """The address of a folder on this machine, as long as it is needed."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as host:
        thread = threading.Thread(target=host.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{host.server_port}"
        host.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def serve():
    """The context manager `serving`."""
    return serving
