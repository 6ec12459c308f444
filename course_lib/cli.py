"""The command ``course``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

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
            help="chapters (06) or experiments to run; all if left out"
        ),
    ] = None,
    seeds: Annotated[int, typer.Option(help="seeds 0 to this - 1", min=1)] = 5,
    jobs: Annotated[int, typer.Option(help="processes", min=1)] = 2,
    again: Annotated[
        bool, typer.Option("--again", help="run also what is up to date")
    ] = False,
    check: Annotated[
        bool,
        typer.Option("--check", help="run nothing; exit 1 if anything is old"),
    ] = False,
    record: Annotated[Path, typer.Option(help="the record")] = RECORD,
):
    """Run the book's experiments again and judge its claims.

    Only experiments whose code has changed since they were recorded, or
    that lack seeds, are run. Exit status: 0 when every claim is up to
    date, 1 if something is old (--check), 2 for a wrong call.
    """
    # Imported here, so that --help does not wait for torch.
    from course_lib.claims import CHAPTERS, all_experiments, runner

    if not record.parent.is_dir():
        raise typer.BadParameter(
            f"the folder of the record, {record.parent}, does not exist; run "
            "the command from the root of the course, or give --record."
        )
    wanted = {}
    for name in names or CHAPTERS:
        if name in CHAPTERS:
            wanted |= {c.experiment.__name__: c for c in CHAPTERS[name].CLAIMS}
        elif name in all_experiments():
            wanted[name] = None
        else:
            known = ", ".join([*CHAPTERS, *all_experiments()])
            raise typer.BadParameter(f"unknown name {name!r}; known: {known}.")
    old = runner.stale(runner.load(record), seeds=seeds)
    todo = [name for name in wanted if again or name in old]
    if check:
        typer.echo("\n".join(["old or missing:", *todo] if todo else ["ok"]))
        raise typer.Exit(1 if todo else 0)
    if todo:
        typer.echo(f"{len(todo)} of {len(wanted)} experiments to run.")
        runner.run(todo, record, seeds=seeds, jobs=jobs)
    else:
        # A new statement about old numbers needs no new run.
        runner.write(runner.load(record), record)
    for row in runner.judged(runner.load(record)):
        if row["experiment"] in wanted:
            typer.echo(
                f"{row['verdict']:14} {row['id']}: {row['statement']}\n"
                f"{'':14} {row['result']}"
            )


def main():
    """Entry point of the command."""
    sys.exit(app())


if __name__ == "__main__":
    main()
