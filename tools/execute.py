"""Runs the cells of pages, two pages at a time, each in its own kernel."""

from __future__ import annotations

import json
import os
import re
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass

import nbformat
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import (
    CellExecutionError,
    CellTimeoutError,
    DeadKernelError,
)

from tools.inputs import ROOT
from tools.pages import Page

ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
# What runs before a page's first cell. A progress bar would become a widget,
# which TQDM_DISABLE doesn't reach and whose scripts another host has. Of a
# number that a cell shows, four digits are for reading.
FIRST = [
    "import sys; sys.modules['tqdm.notebook'] = None",
    "get_ipython().display_formatter.formatters['text/plain'].for_type("
    "float, lambda x, out, _: out.text(repr(float(f'{x:.4g}'))))",
]
KERNEL_ENVIRONMENT = {
    # The library's tensors are tiny: one thread is fastest, and two kernels
    # share the machine.
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "TQDM_DISABLE": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    # A reader's own kernels and start-up files stay out of the book.
    "JUPYTER_PREFER_ENV_PATH": "1",
    "IPYTHONDIR": str(ROOT / "_build" / ".ipython"),
}


@dataclass(frozen=True)
class Outcome:
    """What came of running a page: its notebook, or what went wrong."""

    page: Page
    seconds: float
    notebook: nbformat.NotebookNode | None
    problem: str = ""


def describe(notebook, error: Exception) -> str:
    """Say which cell failed, with its text and the end of the traceback."""
    if isinstance(error, CellExecutionError):
        what = f"{error.ename}: {error.evalue}"
        trace = ANSI.sub("", error.traceback).strip().splitlines()
        # The cell stands above already: begin below the last long rule.
        rules = [n for n, line in enumerate(trace) if line[:60] == "-" * 60]
        trace = trace[max(rules, default=-1) + 1 :]
    else:
        first = (str(error).strip() or "no message").splitlines()[0]
        what = f"{type(error).__name__}: {first}"
        trace = []
    cells = [c for c in notebook.cells if c.cell_type == "code"]
    started = [
        number
        for number, cell in enumerate(cells, 1)
        if cell.execution_count or cell.outputs
    ]
    number = max(started, default=1)
    if not isinstance(error, CellExecutionError):
        # A cell that was cut off has no number yet.
        number = min(max(started, default=0) + 1, len(cells))
    source = cells[number - 1].source if cells else ""
    lines = [f"code cell {number} of {len(cells)} stops with {what}", ""]
    lines += [f"    {line}" for line in source.splitlines()]
    if trace:
        lines += ["", *[f"  | {line}" for line in trace[-25:]]]
    return "\n".join(lines)


def kernel_manager(name: str, folder: str) -> AsyncKernelManager:
    """Return the manager of a kernel that no other one can disturb.

    Two kernels that start at the same time can be given the same TCP port,
    and then mix up their messages; files in a folder of their own can't.
    """
    sockets = {} if os.name == "nt" else {"transport": "ipc"}
    # A short path: the name of a socket has 100 characters at most.
    file = os.path.join(folder, "k.json")
    return AsyncKernelManager(
        kernel_name=name, connection_file=file, **sockets
    )


def run_notebook(text: str, folder: str, timeout: int):
    """Run a notebook; return it as JSON or None, seconds, and the problem."""
    notebook = nbformat.reads(text, as_version=4)
    kernel = notebook.metadata.get("kernelspec", {}).get("name", "python3")
    start = time.perf_counter()
    problem = ""
    with tempfile.TemporaryDirectory(prefix="book-") as sockets:
        client = NotebookClient(
            notebook,
            km=kernel_manager(kernel, sockets),
            timeout=timeout,
            resources={"metadata": {"path": folder}},
            # Times in the cells would hide the outputs from the book, which
            # looks for them under the cells' text and metadata.
            record_timing=False,
            # The kernel's remarks about itself are none about the page.
            extra_arguments=[
                "--log-level=40",
                f"--IPKernelApp.exec_lines={json.dumps(FIRST)}",
            ],
        )
        try:
            client.execute(cleanup_kc=True)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as e:
            problem = describe(notebook, e)
    seconds = time.perf_counter() - start
    return None if problem else nbformat.writes(notebook), seconds, problem


def run_pages(
    pages: list[Page],
    *,
    timeout: int,
    jobs: int = 2,
    on_done: Callable[[Outcome], None],
) -> None:
    """Run pages in parallel and report each as soon as it is done."""
    if not pages:
        return
    os.environ.update(KERNEL_ENVIRONMENT)
    workers = max(1, min(jobs, os.cpu_count() or 1, len(pages)))
    with ProcessPoolExecutor(workers) as pool:
        waiting = {
            pool.submit(
                run_notebook,
                nbformat.writes(page.notebook),
                str(page.path.parent),
                timeout,
            ): page
            for page in pages
        }
        for future in as_completed(waiting):
            text, seconds, problem = future.result()
            done = None if text is None else nbformat.reads(text, as_version=4)
            on_done(Outcome(waiting[future], seconds, done, problem))
