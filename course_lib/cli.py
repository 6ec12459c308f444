"""The command ``course``."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

try:
    from course_lib.grading import cli as grading
except ModuleNotFoundError:  # what students install has no grading side
    grading = None

app = typer.Typer(
    help="Tools of the course on recurrent networks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


@app.callback()
def course():
    """Tools of the course on recurrent networks."""


RECORD = Path("book/claims.json")


@app.command()
def claims(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            help="experiments, or chapters (06), to run; all if left out"
        ),
    ] = None,
    chapter: Annotated[
        list[str] | None,
        typer.Option(help="a chapter's experiments (08); may be repeated"),
    ] = None,
    seeds: Annotated[int, typer.Option(help="how many seeds", min=1)] = 5,
    first_seed: Annotated[int, typer.Option(help="the first", min=0)] = 0,
    jobs: Annotated[int, typer.Option(help="processes", min=1)] = 2,
    listed: Annotated[
        bool, typer.Option("--list", help="list the claims; run nothing")
    ] = False,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="write the rows here, too")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="run also what is up to date")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="run nothing; exit 1 if anything is old"),
    ] = False,
    record: Annotated[Path, typer.Option(help="the book's record")] = RECORD,
):
    """Run the book's experiments again and judge its claims.

    A run that is finished isn't run twice, unless its code has changed; a
    command that was cut off goes on where it stopped. With the book's own
    seeds, 0 to 4, the numbers go into the book's record; with others they
    are shown. Exit status: 0 when done, whatever the verdicts, 1 if
    something is old (--check), 2 for a wrong call.
    """
    # Imported here, so that --help does not wait for torch.
    from course_lib.claims import CHAPTERS, all_claims, runner

    wanted = _experiments(names or [], chapter or [], CHAPTERS)
    if listed:
        for claim in all_claims():
            if claim.experiment.__name__ in wanted:
                typer.echo(f"{claim.id}: {claim.statement}")
        return
    if not record.parent.is_dir():
        raise typer.BadParameter(
            f"the folder of the record, {record.parent}, does not exist; run "
            "the command from the root of the course, or give --record."
        )
    known = runner.load(record)
    if check:
        old = [n for n in runner.stale(known, seeds=seeds) if n in wanted]
        typer.echo("\n".join(["old or missing:", *old] if old else ["ok"]))
        raise typer.Exit(1 if old else 0)
    of_the_book = (first_seed, seeds) == (0, runner.SEEDS)
    todo = wanted
    if of_the_book and not again:
        old = runner.stale(known, seeds=seeds)
        todo = [name for name in wanted if name in old]
    chosen = range(first_seed, first_seed + seeds)
    runs = runner.run(todo, seeds=chosen, jobs=jobs, again=again)
    new = {name: runner.entry(name, runs[name]) for name in todo}
    if of_the_book:
        # Also without new runs: statements may be new about old numbers.
        runner.add(new, record)
    rows = [
        row
        for row in runner.judged({**known, **new})
        if row["experiment"] in wanted
    ]
    for row in rows:
        typer.echo(
            f"{row['verdict']:14} {row['id']}: {row['statement']}\n"
            f"{'':14} {row['result']}"
        )
    if json_file:
        rows = [runner.plain(row, chosen) for row in rows]
        json_file.write_text(json.dumps(rows, indent=1) + "\n")


def _experiments(names, numbers, chapters):
    """Names of the experiments that were asked for, in the book's order."""
    numbers = numbers + [name for name in names if name in chapters]
    names = [name for name in names if name not in chapters]
    for number in numbers:
        if number not in chapters:
            raise typer.BadParameter(
                f"unknown chapter {number!r}; known: {', '.join(chapters)}."
            )
    by_chapter = {
        number: {claim.experiment.__name__: None for claim in module.CLAIMS}
        for number, module in chapters.items()
    }
    known = {name: None for some in by_chapter.values() for name in some}
    for name in names:
        if name not in known:
            raise typer.BadParameter(
                f"unknown name {name!r}; known: "
                f"{', '.join([*chapters, *known])}."
            )
    if not names and not numbers:
        return list(known)
    asked = {*names, *(n for number in numbers for n in by_chapter[number])}
    return [name for name in known if name in asked]


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="an assignment's .ipynb")],
    timeout: Annotated[
        int, typer.Option(help="seconds that one cell may take", min=1)
    ] = 120,
):
    """Run the visible checks of an assignment's notebook.

    The notebook runs from top to bottom and stays as it is. Exit status: 0
    when all checks that show here pass, 1 when one is open or fails, 2 when
    the notebook cannot be run.
    """
    from course_lib.checks import notebook as runner

    try:
        rows = runner.check(notebook, timeout=timeout)
    except ValueError as error:
        typer.echo(f"course check: {error}", err=True)
        raise typer.Exit(2) from None
    except ModuleNotFoundError as error:
        typer.echo(
            f"course check needs {error.name}: pip install notebook", err=True
        )
        raise typer.Exit(2) from None
    typer.echo(runner.as_text(rows))
    fine = {"passed", "later", "by hand"}
    raise typer.Exit(0 if {row.status for row in rows} <= fine else 1)


if grading is not None:
    grading.mount(app)


def main():
    """Entry point of the command."""
    sys.exit(app())


if __name__ == "__main__":
    main()
