"""All assignments measured: answers, malformed answers and mutants."""

from concurrent.futures import ProcessPoolExecutor

from course_lib.grading import assignment as assignments
from course_lib.grading import survivors, trials
from course_lib.grading.zygote import Zygote


def one(folder, *, question=None, seeds=3, mutants=True):
    """Measure one assignment, as `trials.measure` and `measure_mutants` do.

    Returns:
        The report of `trials.measure`, with "mutants" and their problems.
    """
    zygote = Zygote()
    try:
        report = trials.measure(
            folder, question=question, seeds=seeds, zygote=zygote
        )
        report["mutants"] = None
        if mutants:
            assignment = assignments.load(folder)
            found = survivors.measure_mutants(
                assignment,
                trials.answers_file(assignment.name),
                zygote,
                question=question,
            )
            report["mutants"] = found
            holes = [row for row in found["survivors"] if row["problem"]]
            report["good"] &= not (holes or found["too_many_excused"])
    finally:
        zygote.close()
    return report


def all_of(folders, *, jobs=2, **options):
    """Measure assignments side by side; give each report when it is due."""
    if jobs == 1 or len(folders) == 1:
        yield from (one(folder, **options) for folder in folders)
        return
    with ProcessPoolExecutor(jobs) as pool:
        waiting = [pool.submit(one, folder, **options) for folder in folders]
        for done in waiting:
            yield done.result()


def as_text(report, *, verbose=False):
    """A report as lines for the terminal."""
    lines = [trials.as_text(report, verbose=verbose)]
    if report["mutants"]:
        lines.append(survivors.as_text(report["mutants"]))
    return "\n".join(lines)


def total(reports):
    """The sums over all assignments, in one line."""

    def add(name):
        return sum(report[name] for report in reports)

    measured = [r["mutants"] for r in reports if r["mutants"]]
    killed = sum(m["killed"] for m in measured)
    made = sum(m["mutants"] for m in measured)
    excused = sum(m["excused"] for m in measured)
    questions = {
        (report["assignment"], row["question"])
        for report in reports
        for row in report["rows"]
    }
    return (
        f"in all: {len(questions)} questions, {add('false_accepts')} of "
        f"{add('wrong')} wrong accepted, {add('false_rejects')} of "
        f"{add('right')} right rejected, {add('named')} of {add('wrong')} "
        f"named, {add('caught_by_visible')} caught by visible checks; "
        f"{killed} of {made} mutants killed, {excused} excused"
    )
