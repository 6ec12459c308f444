"""A whole run: read, score, keep, write; goes on where it stopped."""

import contextlib
import hashlib
import os
from dataclasses import dataclass, field, replace
from pathlib import Path

from tqdm import tqdm

from course_lib.grading import assignment as assignments
from course_lib.grading import autograded, outputs, store
from course_lib.grading.files import _shown, collect
from course_lib.grading.limits import Limits
from course_lib.grading.pool import Pool
from course_lib.grading.settings import write_settings

DISPLAY = 120.0  # seconds
KEPT = (
    "What was graded so far is kept; put it right and run the command again."
)
GO_ON = "What was graded so far is kept; run the command again to go on."

LIGHT = ("status", "problems", "questions", "timestamp")


class Mistake(ValueError):  # noqa: N818
    """Something that the instructor has to put right."""


@dataclass
class Plan:
    """What to grade and where to.

    Attributes:
        name: the assignment.
        submitted: DIR of ``DIR/STUDENT/ASSIGNMENT/*.ipynb``.
        out: the folder of the results.
        solutions: the folder of the sources.
        jobs: workers.
        seed: of hidden inputs; drawn if left out.
        unsafe: grade without a jail.
        limits: `Limits`.
        database: address of the gradebook; ``OUT/gradebook.db`` if left out.
        scheduler: address of a Dask cluster; this machine if left out.
    """

    name: str
    submitted: Path
    out: Path
    solutions: Path = Path("solutions")
    jobs: int = 1
    seed: int | None = None
    unsafe: bool = False
    limits: Limits = field(default_factory=Limits)
    database: str | None = None
    scheduler: str | None = None


def grade(plan, *, say=print):
    """Grade every submission of an assignment.

    Args:
        plan: the `Plan`.
        say: where messages go.

    Returns:
        The rows of grades.json.

    Raises:
        Mistake: when the run cannot begin, or what it made cannot be kept.
    """
    assignment = _load(plan)
    try:
        with store.lock(plan.out):
            return _grade(plan, assignment, say)
    except store.Busy as busy:
        raise Mistake(str(busy)) from None
    except OSError as error:
        raise Mistake(
            f"{error.filename or plan.out}: {error.strerror}. {KEPT}"
        ) from error


def _load(plan):
    if not Path(plan.submitted).is_dir():
        raise Mistake(
            f"there is no folder {plan.submitted}; it should hold "
            f"STUDENT/{plan.name}/*.ipynb."
        )
    try:
        assignment = assignments.load(plan.solutions / plan.name)
        for cell in assignment.kind("grade"):
            _ = cell.program
        return assignment
    except (ValueError, KeyError, SyntaxError) as error:
        raise Mistake(f"{plan.name}: {error}") from None


def _grade(plan, assignment, say):
    everyone = students(plan)
    folders = {name: f for name, f in everyone.items() if f}
    if not folders:
        raise Mistake(
            f"no submission in {plan.submitted}: it should hold "
            f"STUDENT/{plan.name}/*.ipynb."
        )
    without = [name for name, folder in everyone.items() if not folder]
    if without:
        some = [_shown(name) for name in without[:8]]
        names = ", ".join(some) + ", …" * (len(without) > 8)
        say(f"{len(without)} without a folder {plan.name}: {names}")
    record = store.Record(plan.out / "runs", plan.name, seed=plan.seed)
    kept = store.Store(plan.out / ".results", _base(plan, assignment))
    digests, waiting = _compared(plan, kept, folders)
    say(
        f"{assignment.name}: {len(folders)} submissions, "
        f"{len(waiting)} to score, seed {record.seed}"
    )
    with contextlib.ExitStack() as open_things:
        workers = None
        if waiting:
            workers = _workers(plan, assignment, record, len(waiting))
            open_things.enter_context(contextlib.closing(workers))
        from course_lib.grading import gradebook

        url = plan.database or f"sqlite:///{plan.out.resolve()}/gradebook.db"
        try:
            # Opened before anything is scored: what is wrong shows early.
            book = gradebook.Gradebook(url, assignment, plan.solutions)
            open_things.enter_context(contextlib.closing(book))
            record.save(code=store.code_key(), submissions=len(folders))
            if waiting:
                digests |= _score(plan, workers, kept, folders, waiting)
            rows = _write(plan, assignment, book, kept, digests)
        except gradebook.Unusable as error:
            raise Mistake(f"the gradebook {error} {KEPT}") from None
    record.finish(submissions_graded=digests)
    return rows


def _write(plan, assignment, book, kept, digests):
    """Write all results that there are; give the rows of grades.json."""
    results = {}
    for student, digest in digests.items():
        # One at a time: what was handed in may be large.
        result = kept.get(digest)
        results[student] = {k: result[k] for k in LIGHT}
    pages = {
        student: Path("autograded", student, plan.name, f"{plan.name}.ipynb")
        for student in results
    }
    hands = book.store(
        (student, result, _changed(plan.out / pages[student], digest))
        for (student, result), digest in zip(
            results.items(), digests.values(), strict=True
        )
    )
    for student, digest in digests.items():
        text = autograded.notebook(assignment, kept.get(digest), digest)
        store.write(plan.out / pages[student], text, sync=False)
    rows = outputs.grade_rows(assignment, results, hands)
    outputs.write_grades(plan.out, assignment, rows)
    for row in rows:
        page = outputs.feedback(assignment, row, hands[row["student"]])
        place = plan.out / "feedback" / row["student"] / assignment.name
        store.write(place / f"{assignment.name}.html", page, sync=False)
    write_settings(plan)
    return rows


def _changed(path, digest):
    """Whether another submission was shown to those who mark by hand."""
    found = autograded.digest_of(path)
    return found is not None and found != digest


def _compared(plan, kept, folders):
    """{student: digest of the files}, and who has to be scored."""
    digests, waiting = {}, []
    for student, folder in folders.items():
        digests[student] = store.digest(*collect(folder))
        found = kept.get(digests[student])
        if found is None or (plan.limits.display and "outputs" not in found):
            waiting.append(student)
    return digests, waiting


def _score(plan, workers, kept, folders, waiting):
    """Score who waits and keep the results; give {student: digest}."""
    digests = {}

    def jobs():
        """Read when their turn comes: they may be large together."""
        for student in waiting:
            files, problems = collect(folders[student])
            digests[student] = store.digest(files, problems)
            yield student, files, problems

    if plan.scheduler is None and not plan.unsafe:
        weak = workers.weaknesses()
        if weak:
            from course_lib.grading.probe import ADVICE

            raise Mistake(
                "submissions cannot be locked in on this machine: they "
                f"could {'; '.join(weak)}. {ADVICE}"
            )
    bar = tqdm(
        workers.score_all(jobs()), total=len(waiting), unit="submission"
    )
    for student, result in bar:
        # What was scored before without a display keeps its points.
        before = kept.get(digests[student]) or {}
        kept.put(digests[student], {**result, **before})
    return digests


def _base(plan, assignment):
    """Key of all that results depend on, but for the submission.

    The seed of a run is no part of it: what is finished stays.
    """
    parts = (
        assignment.name,
        assignment.key,
        store.code_key(),
        sorted(store.versions().items()),
        replace(plan.limits, display=0.0),
        plan.unsafe,
    )
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def students(plan):
    """{student: folder of the submission}, sorted by name.

    None for who handed in nothing under the name of the assignment.
    """
    found = {}
    for folder in sorted(Path(plan.submitted).iterdir()):
        if folder.name.startswith(".") or not folder.is_dir():
            continue
        # A name may hold bytes that are no text.
        name = os.fsencode(folder.name).decode("utf-8", "backslashreplace")
        submission = folder / plan.name
        found[name] = submission if submission.is_dir() else None
    return found


def _workers(plan, assignment, record, n_jobs):
    settings = {"seed": record.seed, "limits": plan.limits}
    jail = not plan.unsafe
    if plan.scheduler is None:
        jobs = min(plan.jobs, n_jobs)
        return Pool(assignment, jobs=jobs, jail=jail, **settings)
    try:
        from course_lib.grading.cluster import Cluster
    except ModuleNotFoundError as error:
        raise Mistake(
            f"--scheduler needs {error.name}, which is not installed: "
            'pip install "dask[distributed]".'
        ) from None
    try:
        return Cluster(assignment, plan.scheduler, jail=jail, **settings)
    except (OSError, ValueError) as error:
        raise Mistake(f"no cluster at {plan.scheduler}: {error}") from None


def limits(*, display):
    """The usual `Limits`, with what the cells show or without."""
    return Limits(display=DISPLAY if display else 0.0)


def summary(rows, plan):
    """What the instructor is told at the end, in a few lines."""
    unreadable = sum(row["status"] == "unreadable" for row in rows)
    waiting = sum(
        any(q["status"] == "needs-marking" for q in row["questions"])
        for row in rows
    )
    lines = [f"{len(rows)} submissions graded: {plan.out / 'grades.csv'}"]
    if unreadable:
        lines.append(f"{unreadable} of them cannot be read (see problems)")
    if waiting:
        lines.append(f"{waiting} wait for marks by hand")
    return "\n".join(lines)
