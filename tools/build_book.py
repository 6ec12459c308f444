"""Builds the book into _build/html.

    python -m tools.build_book          what has changed since the last time
    python -m tools.build_book --all    everything anew
    python -m tools.build_book --only 06    run one page's cells, write nothing

First the cells of the pages run (only where they or the library's code that
they use have changed, two pages at a time), then Jupyter Book writes the
pages; a warning fails the build.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock, Timeout

from tools.inputs import ROOT, everything_key, shared_key

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# jsonschema imports a checker of addresses, if it is there, that compiles 38
# grammars: two seconds that no notebook needs.
SLOW_IMPORT = "rfc3987_syntax"
# It loads for seconds, and begins when it gets its arguments.
JUPYTER_BOOK = f"""
import json, sys
sys.modules[{SLOW_IMPORT!r}] = None
from jupyter_book.cli.main import main
import jupyter_book.sphinx, myst_nb.sphinx_ext, sphinx.builders.html
import sphinx.ext.autodoc, sphinx_book_theme, sphinxcontrib.bibtex
arguments = sys.stdin.readline()
if arguments:
    sys.argv[1:] = json.loads(arguments)
    main()
"""


def library_fingerprint(root: Path = ROOT) -> Callable[[str], str]:
    """Return the function that hashes what a piece of code uses.

    Its file needs nothing else of the library, and is loaded alone: the
    library brings torch, which a build without cells to run needn't wait for.
    """
    path = root / "course_lib" / "fingerprint.py"
    spec = importlib.util.spec_from_file_location("library_fingerprint", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def fingerprint(code: str) -> str:
        try:
            return module.fingerprint(code)
        except SyntaxError:
            # A magic line, say: then the page may use anything.
            return module.fingerprint("import course_lib")

    return fingerprint


def execute(
    fingerprint: Callable[[str], str],
    *,
    everything: bool = False,
    only: str = "",
    jobs: int = 2,
    root: Path = ROOT,
    say: Callable[[str], None] = print,
) -> tuple[list[str], list]:
    """Run the pages whose outputs are missing or out of date.

    Returns:
        The names of the pages that ran, and the outcomes that failed.
    """
    # Late: a build without anything to do shouldn't wait for these.
    sys.modules.setdefault(SLOW_IMPORT, None)
    from tools import pages as book
    from tools.execute import FIRST, run_pages

    pages = [page for page in book.read_pages(root) if only in page.name]
    cache = book.ExecutionCache(root)
    versions = " ".join([book.measuring_versions(root), *FIRST])
    keys = {
        p.name: book.page_key(p.code, fingerprint, versions) for p in pages
    }
    stale = [
        page
        for page in pages
        if everything or not cache.is_fresh(page, keys[page.name])
    ]
    say(
        f"Pages with cells: {len(pages)}; to run: {len(stale)}"
        + (f" ({jobs} at a time)" if len(stale) > 1 else "")
    )
    failed = []

    def on_done(outcome) -> None:
        page = outcome.page
        count = f"[{len(ran) + 1}/{len(stale)}]"
        ran.append(page.name)
        if outcome.notebook is None:
            failed.append(outcome)
            say(f"  {count} {page.name}: FAILED after {outcome.seconds:.1f} s")
            return
        cache.keep(page, outcome.notebook, keys[page.name], outcome.seconds)
        say(f"  {count} {page.name}: {outcome.seconds:.1f} s")

    ran = []
    for page in stale:
        cache.forget(page)
    timeout = book.config(root)["execute"].get("timeout", 300)
    run_pages(stale, timeout=timeout, jobs=jobs, on_done=on_done)
    return ran, failed


def load_jupyter_book(root: Path = ROOT) -> subprocess.Popen:
    """Start the process that will write the pages, and let it load."""
    return subprocess.Popen(
        [sys.executable, "-c", JUPYTER_BOOK],
        cwd=root,
        env={**os.environ, "PYTHONUTF8": "1"},
        text=True,
        encoding="utf-8",
        errors="replace",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def write_pages(
    loaded: subprocess.Popen | None = None,
    *,
    everything: bool = False,
    root: Path = ROOT,
    say=print,
) -> int:
    """Let Jupyter Book write the pages; return its exit code.

    Args:
        loaded: what `load_jupyter_book` has started; started here if left
            out.
        everything: write every page anew.
        root: the folder of the course.
        say: where messages go.
    """
    known = root / "_build" / "shared.key"
    key = shared_key(root)
    anew = everything or not known.exists() or known.read_text() != key
    # Pages that were read are not read again, nor their warnings repeated:
    # only a build that went well may be continued.
    known.unlink(missing_ok=True)
    if anew:
        shutil.rmtree(root / "_build" / "html", ignore_errors=True)
    say("Writing " + ("all pages" if anew else "what has changed") + " …")
    command = ["build", str(root), "-W", "-n", "--keep-going", "-q"]
    command += ["--all"] * anew
    with loaded or load_jupyter_book(root) as process:
        said, _ = process.communicate(json.dumps(command))
    if process.returncode:
        report = ANSI.sub("", said).replace(f"{root}{os.sep}", "")
        say(re.sub(r"\n{3,}", "\n\n", report))
    else:
        known.write_text(key)
    return process.returncode


def report(failed: list, say=print) -> None:
    """Say of each page that failed which cell stopped, and why."""
    for outcome in failed:
        source = outcome.page.path.relative_to(ROOT).as_posix()
        say(f"\n{source}: {outcome.problem}")


def build(*, everything: bool = False, jobs: int = 2, say=print) -> int:
    """Build the book and return the exit code.

    Two at once would remove each other's pages: the second waits, and finds
    that nothing is left to do.
    """
    turn = FileLock(ROOT / ".book.lock")
    try:
        held = turn.acquire(blocking=False)
    except Timeout:
        say("Another build of this book is under way; waiting for it …")
        held = turn.acquire()
    with held:
        return _build(everything=everything, jobs=jobs, say=say)


def _build(*, everything: bool, jobs: int, say: Callable[[str], None]) -> int:
    start = time.perf_counter()
    index = ROOT / "_build" / "html" / "index.html"
    stamp = ROOT / "_build" / "everything.key"
    key = everything_key()
    known = stamp.exists() and stamp.read_text() == key and index.exists()
    if known and not everything:
        say(f"Nothing has changed. Open {index.relative_to(ROOT)}")
        return 0
    stamp.unlink(missing_ok=True)
    with load_jupyter_book() as loaded:
        _, failed = execute(
            library_fingerprint(), everything=everything, jobs=jobs, say=say
        )
        report(failed, say)
        if failed:
            say(f"\nThe book is not built: {len(failed)} page(s) failed.")
            return 1
        code = write_pages(loaded, everything=everything, say=say)
    if code:
        say("The book has warnings (above), so it counts as not built.")
        return 1
    # What was there when the build began: an edit since then is a change.
    stamp.write_text(key)
    seconds = time.perf_counter() - start
    say(f"Built in {seconds:.1f} s. Open {index.relative_to(ROOT)}")
    return 0


def main() -> int:
    """Read the command line and build."""
    about = __doc__.split("\n\n")
    parser = argparse.ArgumentParser(
        prog="python -m tools.build_book",
        description=about[0],
        epilog=about[-1],
    )
    parser.add_argument(
        "--all", action="store_true", help="run and write every page anew"
    )
    parser.add_argument(
        "--only",
        metavar="NAME",
        help="run the cells of the pages with this in their name, then stop",
    )
    parser.add_argument(
        "--jobs",
        type=int,
        default=2,
        help="pages to run at the same time (default: 2)",
    )
    options = parser.parse_args()
    os.chdir(ROOT)

    def say(text: str) -> None:
        print(text, flush=True)

    try:
        if options.only:
            _, failed = execute(
                library_fingerprint(),
                everything=options.all,
                only=options.only,
                jobs=options.jobs,
                say=say,
            )
            report(failed, say)
            return 1 if failed else 0
        return build(everything=options.all, jobs=options.jobs, say=say)
    except KeyboardInterrupt:
        say("\nInterrupted; pages that were done are kept.")
        return 130


if __name__ == "__main__":
    sys.exit(main())
