"""The grading commands of ``course``."""

import gc
import os
from pathlib import Path
from typing import Annotated

import typer

SOLUTIONS = Path("solutions")

Names = Annotated[
    list[str] | None,
    typer.Argument(help="assignments (08 or 08-multi-step); all if left out"),
]


def mount(app):
    """Add the commands to the app."""
    app.command()(release)
    app.command("check-answers")(check_answers)
    app.command("make-class")(make_class)
    app.command()(grade)


def chosen(names, root=SOLUTIONS):
    """Full names of the assignments that were named, all if none was."""
    from course_lib.grading import assignment

    known = assignment.find(root)
    if not known:
        raise typer.BadParameter(
            f"there is no assignment in {root}/; run the command from the "
            "root of the course."
        )
    found = []
    for name in names or known:
        fits = [k for k in known if k == name or k.split("-")[0] == name]
        if not fits:
            raise typer.BadParameter(
                f"unknown assignment {name!r}; known: {', '.join(known)}."
            )
        found += fits
    return found


def release(
    names: Names = None,
    bundle: Annotated[
        Path | None,
        typer.Option(help="also write a zip for students", metavar="FILE"),
    ] = None,
    public: Annotated[
        Path | None,
        typer.Option(
            help="also write the tree that can be published",
            metavar="DIR",
        ),
    ] = None,
):
    """Make the student versions of the assignments.

    Neither the zip nor the tree holds a solution, a hidden test or the
    answers in tests/answers: what is handed out comes from here.
    """
    from course_lib.grading import publish
    from course_lib.grading.release import release as make

    chosen_names = chosen(names)
    for name in chosen_names:
        typer.echo(make(name))
    try:
        if bundle is not None:
            typer.echo(publish.bundle(chosen_names, bundle))
        if public is not None:
            n_files = publish.public(public)
            typer.echo(f"{public}: {n_files} files")
    except ValueError as error:
        typer.echo(f"course release: {error}", err=True)
        raise typer.Exit(1) from None


def make_class(
    assignment: Annotated[
        str, typer.Argument(help="the assignment: 08 or 08-multi-step")
    ],
    out: Annotated[
        Path, typer.Option(help="the folder for STUDENT/ASSIGNMENT/")
    ],
    students: Annotated[int, typer.Option(help="how many", min=1)] = 30,
    seed: Annotated[
        int, typer.Option(help="of what each of them hands in", min=0)
    ] = 0,
    solutions: Annotated[
        Path, typer.Option(help="folder of the assignments' sources")
    ] = SOLUTIONS,
):
    """Make a class of submissions, to try the grading with.

    Right, partly right and wrong ones, late, broken and hostile ones. The
    same seed makes the same class.
    """
    from course_lib.grading import classroom

    (name,) = chosen([assignment], solutions)
    if out.exists() and any(out.iterdir()):
        raise typer.BadParameter(f"{out} is not empty; give a new folder.")
    roll = classroom.make(
        name, out, students=students, seed=seed, solutions=solutions
    )
    typer.echo(classroom.as_text(roll))


def grade(
    assignment: Annotated[
        str, typer.Argument(help="the assignment: 08 or 08-multi-step")
    ],
    submitted: Annotated[
        Path,
        typer.Option(help="DIR of DIR/STUDENT/ASSIGNMENT/*.ipynb"),
    ],
    out: Annotated[Path, typer.Option(help="the folder for the results")],
    jobs: Annotated[
        int | None,
        typer.Option(help="workers; one for each core if left out", min=1),
    ] = None,
    scheduler: Annotated[
        str | None,
        typer.Option(help="address of a Dask scheduler: score there"),
    ] = None,
    display: Annotated[
        bool,
        typer.Option(help="keep plots and prints, for marking by hand"),
    ] = True,
    unsafe: Annotated[
        bool,
        typer.Option("--unsafe", help="go on where no jail is to be had"),
    ] = False,
    seed: Annotated[
        int | None,
        typer.Option(help="of the hidden inputs; drawn if left out", min=0),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(help="SQLAlchemy URL; OUT/gradebook.db if left out"),
    ] = None,
    solutions: Annotated[
        Path, typer.Option(help="folder of the assignments' sources")
    ] = SOLUTIONS,
):
    """Grade all submissions of an assignment.

    OUT gets grades.json, grades.csv, nbgrader's gradebook.db, the autograded
    notebooks for its formgrader, and feedback/STUDENT/ASSIGNMENT: a page
    for each student. What is graded is kept: a command that was cut off goes
    on where it stopped, and only changed submissions are graded again. Marks
    and comments given by hand stay, and come into the grades.

    Exit status: 0 when all are graded, however bad they are; 1 when
    something has to be put right first, with what; 2 for a wrong call; 130
    when it was interrupted.
    """
    # Hardly anything here becomes garbage: look for it less often.
    gc.set_threshold(100_000, 50, 50)
    from course_lib.grading import run

    try:
        (name,) = chosen([assignment], solutions)
        plan = run.Plan(
            name,
            submitted,
            out,
            solutions,
            jobs=jobs or len(os.sched_getaffinity(0)),
            scheduler=scheduler,
            seed=seed,
            unsafe=unsafe,
            database=database,
            limits=run.limits(display=display),
        )
        rows = run.grade(plan, say=typer.echo)
    except (run.Mistake, OSError) as mistake:
        typer.echo(f"course grade: {mistake}", err=True)
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        typer.echo(f"\ncourse grade: interrupted. {run.GO_ON}", err=True)
        raise typer.Exit(130) from None
    typer.echo(run.summary(rows, plan))
    # What ends now needn't be searched for garbage once more: a second.
    gc.freeze()


def check_answers(
    names: Names = None,
    question: Annotated[
        str | None, typer.Option(help="only this question's answers")
    ] = None,
    seeds: Annotated[
        int, typer.Option(help="seeds for each right answer", min=1)
    ] = 3,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write the results here")
    ] = None,
    mutants: Annotated[
        bool, typer.Option(help="also mutants of the solutions")
    ] = True,
    plain: Annotated[
        bool,
        typer.Option("--plain", help="compare with plain nbgrader instead"),
    ] = False,
    jobs: Annotated[int, typer.Option(help="processes", min=1)] = 2,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="show every message")
    ] = False,
):
    """Measure the checks on right and wrong answers (tests/answers).

    Exit status 1 if a wrong answer or a mutant of the solution gets full
    points, a right one loses a point, or a message does not name its
    misconception; with --plain if a right one earns other points when plain
    nbgrader grades it.
    """
    if plain:
        _compare_with_plain(names)
        return
    import json

    from course_lib.grading import measuring

    report = []
    for one in measuring.all_of(
        [SOLUTIONS / name for name in chosen(names)],
        question=question,
        seeds=seeds,
        mutants=mutants,
        jobs=jobs,
    ):
        typer.echo(measuring.as_text(one, verbose=verbose))
        report.append(one)
    typer.echo(measuring.total(report))
    if json_file:
        json_file.write_text(json.dumps(report, indent=1) + "\n")
    raise typer.Exit(0 if all(one["good"] for one in report) else 1)


def _compare_with_plain(names):
    from course_lib.grading.plain import differences
    from course_lib.grading.zygote import Zygote

    zygote, strange = Zygote(), []
    for name in chosen(names):
        compared, found = differences(SOLUTIONS / name, zygote)
        typer.echo(f"{name}: {compared} compared, {len(found)} differ")
        strange += [f"  {line}" for line in found]
    zygote.close()
    typer.echo("\n".join(strange), nl=bool(strange))
    raise typer.Exit(1 if strange else 0)
