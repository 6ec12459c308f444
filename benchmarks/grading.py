"""`course grade` against stock `nbgrader autograde`, on the same files."""

import contextlib
import itertools
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from tqdm import tqdm

from benchmarks.report import Table

ROOT = Path(__file__).resolve().parents[1]
SUBMISSIONS, STOCK = 200, 20
# The one whose own cells take the shortest time, and the longest.
LIGHTEST, HEAVIEST = "05-forecasting", "08-multi-step"
COLUMNS = [
    "assignment",
    "graded by",
    "submissions",
    "seconds each",
    "against stock",
    "CPU each, ms",
    "beyond the students' cells, ms",
    "memory, MiB",
]
TURN = 4.0  # seconds
GRADE = "from course_lib.cli import main; main()"


def fill(folder, name, n):
    """A folder of submissions: right answers of different kinds."""
    from course_lib.grading.classroom import Desk, write

    desk = Desk(name)
    by_question = {
        question: [
            list(t.cells)
            for t in desk.trials
            if t.kind == "right" and t.question == question
        ]
        for question in desk.questions
    }
    for k in range(n):
        answers = {
            question: rights[k % len(rights)]
            for question, rights in by_question.items()
            if rights
        }
        student = Path(folder, f"student-{k + 1:03}", name)
        write(student, name, desk.notebook(answers))


class Watch:
    """The memory of a process and of all below it, while it runs."""

    def __init__(self, pid):
        self.pid, self.most, self.over = pid, 0, threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self):
        while not self.over.wait(1.0):
            self.most = max(self.most, sum(map(share, family(self.pid))))

    def stop(self):
        """The largest sum in MiB: shared pages are divided."""
        self.over.set()
        self.thread.join()
        return self.most / 2**10


def family(pid):
    """A process and all below it."""
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        try:
            tasks = Path(f"/proc/{found[-1]}/task").iterdir()
            for task in tasks:
                children = (task / "children").read_text().split()
                waiting += map(int, children)
        except OSError:
            continue
    return found


def share(pid):
    """A process's proportional share of memory, in KiB."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(x.split()[1]) for x in lines if x.startswith("Pss:"))


class Turns:
    """Lets groups of processes run in turns, with all below them.

    None takes the processor from another, and where a machine changes its
    pace within minutes, by more than what is to be measured, the change
    falls on all.

    Args:
        groups: lists of processes, by their numbers.
    """

    def __init__(self, *groups):
        self.groups, self.over = groups, threading.Event()
        self.thread = threading.Thread(target=self._take_turns)

    def __enter__(self):
        """Begin."""
        self.thread.start()

    def __exit__(self, *_):
        """Let all go on."""
        self.over.set()
        self.thread.join()

    def _take_turns(self):
        for turn in itertools.cycle(self.groups):
            for group in self.groups:
                if group is not turn:
                    _signal(group, signal.SIGSTOP)
            _signal(turn, signal.SIGCONT)
            if self.over.wait(TURN):
                break
        for group in self.groups:
            _signal(group, signal.SIGCONT)


def _signal(group, kind):
    # What was forked while the first ones were stopped is found later.
    for _ in range(3):
        for pid in group:
            for one in family(pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(one, kind)


def timed(command, folder, *, beside=()):
    """Run a command; give its seconds, CPU seconds and memory in MiB.

    Args:
        command: the program and its arguments.
        folder: where it runs.
        beside: processes, by number, that it runs in turns with.
    """
    # nbgrader calls alembic, which lies beside this Python.
    here = str(Path(sys.executable).parent)
    path = os.pathsep.join([here, os.environ.get("PATH", "")])
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        watch = Watch(process.pid)
        with contextlib.ExitStack() as turns:
            if beside:
                turns.enter_context(Turns([process.pid], beside))
            status = process.wait()
        memory = watch.stop()
        seconds = time.perf_counter() - start
        if status:
            log.seek(0)
            text = log.read()[-2000:].decode("utf-8", "replace")
            raise RuntimeError(f"{command[:4]} gave {status}:\n{text}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = sum(
        getattr(after, part) - getattr(before, part)
        for part in ("ru_utime", "ru_stime")
    )
    return seconds, cpu, memory


def grade(name, work, *, display, jobs=2, beside=()):
    """Our command on all files: seconds, CPU seconds, memory."""
    out = Path(work, "out")
    shutil.rmtree(out, ignore_errors=True)
    command = [sys.executable, "-c", GRADE, "grade", name]
    command += ["--submitted", str(Path(work, "submitted"))]
    command += ["--out", str(out), "--jobs", str(jobs), "--seed", "1"]
    command += [] if display else ["--no-display"]
    measured = timed(command, ROOT, beside=beside)
    check(json.loads((out / "grades.json").read_text()))
    return measured


def check(grades):
    """Times can only be compared if everything was graded, and right."""
    for submission in grades["submissions"]:
        for row in submission["questions"]:
            if row["status"] not in ("passed", "needs-marking"):
                raise RuntimeError(
                    f"{submission['student']}, {row['id']}: {row['status']}"
                )


OWN = """
import json, os, sys
import torch
from course_lib.grading.student_side import zygote
torch.set_num_threads(1)
shell = zygote.make_shell()
zygote.warm_up()
seconds = 0.0
for path in sys.argv[1:]:
    pid = os.fork()
    if pid == 0:
        with open(path, encoding="utf-8") as file:
            cells = json.load(file)["cells"]
        for cell in cells:
            mark = cell["metadata"].get("nbgrader", {})
            if cell["cell_type"] == "code" and not mark.get("grade"):
                zygote.run_cell(shell, "".join(cell["source"]))
        os._exit(0)
    used = os.wait4(pid, 0)[2]
    seconds += used.ru_utime + used.ru_stime
print(seconds)
"""


def beyond(name, work):
    """CPU seconds for one submission beyond those of its own cells.

    The cells run as they stand, without a jail and without checks, in copies
    of a process that has loaded what the scorer's processes have loaded: in
    turns with the command, see `Turns`.
    """
    paths = sorted(Path(work, "submitted").glob("*/*/*.ipynb"))
    middle = len(paths) // 2
    both = [
        subprocess.Popen(
            [sys.executable, "-c", OWN, *map(str, some)],
            cwd=work,
            stdout=subprocess.PIPE,
            text=True,
        )
        # Not every other one: answers take turns, and one half would have
        # all the slow ones.
        for some in (paths[:middle], paths[middle:])
    ]
    beside = [one.pid for one in both]
    try:
        _, ours, _ = grade(name, work, display=False, beside=beside)
        own = sum(float(one.communicate()[0].split()[-1]) for one in both)
    finally:
        for one in both:
            one.kill()
    return (ours - own) / len(paths)


def stock(name, work, n):
    """`nbgrader autograde` on the first of the same files."""
    course = Path(work, "stock")
    shutil.rmtree(course, ignore_errors=True)
    shutil.copytree(ROOT / "solutions" / name, course / "source" / name)
    for folder in sorted(Path(work, "submitted").iterdir())[:n]:
        shutil.copytree(folder, course / "submitted" / folder.name)
    settings = (
        "c = get_config()\nc.CourseDirectory.course_id = 'stock'\n"
        "c.ExecutePreprocessor.timeout = 120\n"
    )
    (course / "nbgrader_config.py").write_text(settings)
    command = [sys.executable, "-m", "nbgrader"]
    timed([*command, "generate_assignment", name, "--create"], course)
    measured = timed([*command, "autograde", name], course)
    made = list(course.glob(f"autograded/*/{name}/{name}.ipynb"))
    if len(made) != n:
        raise RuntimeError(f"stock nbgrader graded {len(made)} of {n}")
    return measured


def measure(*, quick=False):
    """The table of both assignments."""
    names = [LIGHTEST] if quick else [LIGHTEST, HEAVIEST]
    n, n_stock = (4, 1) if quick else (SUBMISSIONS, STOCK)
    rows = []
    with tqdm(total=4 * len(names), desc="grading", disable=False) as bar:
        for name in names:
            with tempfile.TemporaryDirectory(prefix="course-bench-") as work:
                fill(Path(work, "submitted"), name, n)
                theirs = stock(name, work, n_stock)
                bar.update()
                more = beyond(name, work)
                bar.update()
                rows.append(row(name, "`nbgrader autograde`", theirs, n_stock))
                for display, words in (
                    (False, "`course grade --no-display`"),
                    (True, "`course grade`"),
                ):
                    ours = grade(name, work, display=display)
                    each = row(name, words, ours, n)
                    faster = theirs[0] / n_stock / (ours[0] / n)
                    each[4] = f"{faster:.1f} times as fast"
                    if not display:
                        each[6] = f"{1e3 * more:.0f}"
                    rows.append(each)
                    bar.update()
    return Table(
        "grading",
        "Grading a class",
        f"The whole command, from the start of Python to the feedback, on {n} "
        "submissions with right answers in different ways; stock "
        f"`nbgrader autograde` on {n_stock} of the same files, in the same "
        "run; two workers on two cores. The assignments are the one whose "
        "cells take the shortest time and the one with the longest. The "
        "students' own cells were timed in plain processes, in turns with a "
        "command of their own, which stands in no other column. Memory is "
        "that of the command and all processes below it, shared pages "
        "counted once.",
        COLUMNS,
        rows,
    )


def row(name, words, measured, n):
    """One row of the table."""
    seconds, cpu, memory = measured
    return [
        name,
        words,
        n,
        f"{seconds / n:.2f}",
        "",
        f"{1e3 * cpu / n:.0f}",
        "",
        f"{memory:.0f}",
    ]
