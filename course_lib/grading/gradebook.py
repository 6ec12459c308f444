"""nbgrader's gradebook: one writer, one transaction, marks of people kept.

The tables are nbgrader's own (`nbgrader.api`), so that its formgrader and
its commands work on them. They are written in bulk: its API asks the
database several times for each cell.

A mark, extra credit or comment that a person gave is read, never written.
"""

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import alembic.config
import nbformat
import nbgrader
from alembic.script import ScriptDirectory
from nbgrader import api, utils
from nbgrader.utils import parse_utc
from sqlalchemy import (
    create_engine,
    delete,
    func,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from traitlets.config import Config

from course_lib.grading.outputs import clean
from course_lib.grading.release import ClearAnswers, configure

BATCH = 200
STAMP = "alembic_version"
ADVICE = {
    "locked": (
        "Another program is writing to it: wait until it is done, and run "
        "the command again."
    ),
    "full": "Make room, and run the command again.",
    "disk I/O": "Is the disk full? Make room, and run the command again.",
    "readonly": "May you write there?",
    "unable to open": "Is there such a folder, and may you write there?",
    "no such column": "Another version's: see nbgrader's `db upgrade`.",
    "not a database": "Give another one by --database, or remove it.",
}


class Unusable(RuntimeError):  # noqa: N818
    """A gradebook that cannot be opened, read or written."""


@dataclass
class Hand:
    """What people gave to one submission.

    Attributes:
        marks: {cell id: points in place of the automatic ones}.
        extra: {cell id: extra credit}.
        comments: {cell id of an answer: text}.
    """

    marks: dict = field(default_factory=dict)
    extra: dict = field(default_factory=dict)
    comments: dict = field(default_factory=dict)


class Gradebook:
    """The gradebook of a run, open for one assignment.

    Args:
        url: its SQLAlchemy address.
        assignment: the `Assignment`.
        solutions: the folder of the sources.

    Raises:
        Unusable: when it cannot be had, as do all methods.
    """

    def __init__(self, url, assignment, solutions):
        path = Path(solutions, assignment.name, f"{assignment.name}.ipynb")
        notebook = nbformat.read(path, 4)
        with _understood(url):
            _stamp(url)
            self._book = api.Gradebook(url)
        self.url = url
        with self._writing() as db:
            self._cells = _declare(db, assignment, notebook)

    def close(self):
        """Let go of it."""
        self._book.close()

    def store(self, results):
        """Write results, read what people gave.

        Args:
            results: (student, result, whether it changed since people saw
                it), a result as `scorers.score_files` gives it.

        Returns:
            {student: `Hand`}
        """
        hands, batch = {}, []
        for each in results:
            batch.append(each)
            if len(batch) == BATCH:
                hands |= self._store(batch)
                batch = []
        return hands | (self._store(batch) if batch else {})

    def _store(self, batch):
        with self._writing() as db:
            places = self._places(db, batch)
            grades = _Rows(db, api.Grade, places.values())
            comments = _Rows(db, api.Comment, places.values())
            for student, result, changed in batch:
                place = places[student]
                for row in result["questions"]:
                    cell = self._cells["GradeCell", row["id"]]
                    old = grades.found.get((place, cell), {})
                    grades.put(place, cell, _grade(old, row, result, changed))
                for name, said in _messages(result).items():
                    cell = self._cells["SolutionCell", name]
                    comments.put(place, cell, {"auto_comment": said})
            grades.write(db)
            comments.write(db)
            return {
                student: self._hand(grades, comments, places[student])
                for student, _, _ in batch
            }

    def _hand(self, grades, comments, place):
        hand = Hand()
        for (kind, name), cell in self._cells.cells.items():
            if kind == "SourceCell":
                continue
            if kind == "GradeCell":
                row = grades.found.get((place, cell), {})
                if row.get("manual_score") is not None:
                    hand.marks[name] = row["manual_score"]
                if row.get("extra_credit"):
                    hand.extra[name] = row["extra_credit"]
            else:
                row = comments.found.get((place, cell), {})
                if row.get("manual_comment"):
                    hand.comments[name] = row["manual_comment"]
        return hand

    def _places(self, db, batch):
        """{student: id of the submitted notebook}, made if there is none."""
        names = [student for student, _, _ in batch]
        known = set(
            db.scalars(select(api.Student.id).where(api.Student.id.in_(names)))
        )
        new = [{"id": name} for name in names if name not in known]
        if new:
            db.execute(insert(api.Student), new)
        submitted, n = api.SubmittedAssignment, api.SubmittedNotebook
        found = {
            student: (submission, place)
            for student, submission, place in db.execute(
                select(submitted.student_id, submitted.id, n.id)
                .join(n, n.assignment_id == submitted.id, isouter=True)
                .where(
                    submitted.assignment_id == self._cells.assignment,
                    submitted.student_id.in_(names),
                )
            )
        }
        submissions, notebooks, times, places = [], [], [], {}
        for student, result, _ in batch:
            time = _time(result.get("timestamp"))
            submission, place = found.get(student, (None, None))
            if submission is None:
                submission = api.new_uuid()
                submissions.append(
                    {
                        "id": submission,
                        "assignment_id": self._cells.assignment,
                        "student_id": student,
                        "timestamp": time,
                    }
                )
            else:
                times.append({"id": submission, "timestamp": time})
            if place is None:
                place = api.new_uuid()
                notebooks.append(
                    {
                        "id": place,
                        "assignment_id": submission,
                        "notebook_id": self._cells.notebook,
                        "flagged": False,
                    }
                )
            places[student] = place
        for table, rows in ((submitted, submissions), (n, notebooks)):
            if rows:
                db.execute(insert(table), rows)
        if times:
            db.execute(update(submitted), times)
        return places

    @contextlib.contextmanager
    def _writing(self):
        """A session: all that is done in it is kept, or nothing."""
        with _understood(self.url):
            try:
                yield self._book.db
                self._book.db.commit()
            except BaseException:
                self._book.db.rollback()
                raise


class _Rows:
    """Rows of a table, by (submitted notebook, cell): found, new, changed."""

    def __init__(self, db, table, places):
        self.table, self.new, self.changed = table, [], []
        columns = table.__table__.columns
        rows = db.execute(
            select(*columns).where(table.notebook_id.in_(list(places)))
        )
        self.found = {
            (row["notebook_id"], row["cell_id"]): dict(row)
            for row in rows.mappings()
        }

    def put(self, place, cell, values):
        old = self.found.get((place, cell))
        if old is None:
            row = {"id": api.new_uuid(), "notebook_id": place}
            row |= {"cell_id": cell, **values}
            self.found[place, cell] = row
            self.new.append(row)
        elif any(old[name] != value for name, value in values.items()):
            old |= values
            self.changed.append({"id": old["id"], **values})

    def write(self, db):
        if self.new:
            db.execute(insert(self.table), self.new)
        if self.changed:
            db.execute(update(self.table), self.changed)


def _grade(old, row, result, changed):
    """The automatic part of a grade; a person looks at what has none.

    Args:
        old: the row of the gradebook, or {}.
        row: of grades.json.
        result: that it belongs to.
        changed: whether the submission did, after a person saw it.
    """
    unknown = "unreadable" in (result["status"], row["status"])
    by_hand = unknown or row["status"] == "needs-marking"
    marked = old.get("manual_score") is not None
    return {
        "auto_score": None if by_hand else row["points"],
        "needs_manual_grade": changed if marked else by_hand,
    }


def _messages(result):
    """{answer cell: what is said about its parts, None if nothing is}."""
    found = {}
    for row in result["questions"]:
        found.setdefault(row["question"], [])
        if row["message"]:
            part = row["id"].removeprefix(f"{row['question']}-")
            found[row["question"]].append(f"{part}: {clean(row['message'])}")
    return {name: "\n\n".join(texts) or None for name, texts in found.items()}


def _time(stamp):
    """When it was handed in, as ``timestamp.txt`` says, or None."""
    with contextlib.suppress(Exception):  # it may hold anything
        return parse_utc(stamp.strip()) if stamp else None


def _stamp(url):
    """Write nbgrader's version of the tables into a new database.

    Before the tables, so that a run that is cut off leaves no tables
    without it. nbgrader itself would start a command that it may not find.
    """
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            if set(inspect(connection).get_table_names()) <= {STAMP}:
                connection.execute(
                    text(
                        f"CREATE TABLE IF NOT EXISTS {STAMP} "
                        "(version_num VARCHAR(32) NOT NULL)"
                    )
                )
                connection.execute(text(f"DELETE FROM {STAMP}"))
                connection.execute(
                    text(f"INSERT INTO {STAMP} VALUES (:head)"),
                    {"head": _head()},
                )
    finally:
        engine.dispose()


def _head():
    """The newest version of nbgrader's tables."""
    config = alembic.config.Config()
    scripts = Path(nbgrader.__file__).parent / "alembic"
    config.set_main_option("script_location", str(scripts))
    return ScriptDirectory.from_config(config).get_current_head()


@dataclass
class _Cells:
    """Ids in the gradebook: of the assignment and what belongs to it."""

    assignment: str
    notebook: str
    cells: dict

    def __getitem__(self, key):
        return self.cells[key]


def _declare(db, assignment, notebook):
    """The assignment's cells in the gradebook, as `SaveCells` writes them."""
    row = _one(db, api.Assignment, name=assignment.name)
    if row is None:
        row = api.Assignment(name=assignment.name, course_id="default_course")
    book = row.id and _one(
        db, api.Notebook, name=assignment.name, assignment_id=row.id
    )
    if not book:
        spec = json.dumps(notebook.metadata.get("kernelspec", {}))
        book = api.Notebook(name=assignment.name, kernelspec=spec)
        book.assignment = row
    db.add_all([row, book])
    db.flush()
    wanted = _wanted(notebook)
    cells = {}
    for table in (api.GradeCell, api.SolutionCell, api.SourceCell):
        rows = db.scalars(select(table).where(table.notebook_id == book.id))
        old = {cell.name: cell for cell in rows}
        new = wanted[table]
        for name, values in new.items():
            cell = old.get(name) or table(name=name, notebook=book)
            for key, value in values.items():
                if getattr(cell, key) != value:
                    setattr(cell, key, value)
            db.add(cell)
            cells[table.__name__, name] = cell
        for name in set(old) - set(new):
            _remove(db, old[name])
    db.flush()
    ids = {key: cell.id for key, cell in cells.items()}
    return _Cells(row.id, book.id, ids)


def _one(db, table, **values):
    return db.scalars(select(table).filter_by(**values)).first()


def _wanted(notebook):
    """{table: {cell id: columns}} of a source notebook, answers cleared."""
    step = ClearAnswers(config=configure(Config()))
    notebook, _ = step.preprocess(notebook, {})
    found = {api.GradeCell: {}, api.SolutionCell: {}, api.SourceCell: {}}
    for cell in notebook.cells:
        mark = cell.metadata.get("nbgrader")
        if not mark:
            continue
        name, kind = mark["grade_id"], {"cell_type": cell.cell_type}
        if mark["grade"]:
            points = float(mark["points"])
            found[api.GradeCell][name] = {"max_score": points, **kind}
        if mark["solution"]:
            found[api.SolutionCell][name] = {}
        found[api.SourceCell][name] = {
            "locked": utils.is_locked(cell),
            "source": cell.source,
            "checksum": utils.compute_checksum(cell),
            **kind,
        }
    return found


def _remove(db, cell):
    """A cell that the assignment has no more, unless people marked it."""
    if not isinstance(cell, api.SourceCell):
        marks = db.scalars(
            select(api.Grade.id).where(
                api.Grade.cell_id == cell.id,
                api.Grade.manual_score.is_not(None)
                | (func.coalesce(api.Grade.extra_credit, 0) != 0),
            )
        ).first()
        if marks is not None:
            return
        for table in (api.Grade, api.Comment):
            db.execute(delete(table).where(table.cell_id == cell.id))
    db.delete(cell)


@contextlib.contextmanager
def _understood(url):
    """Errors of the database in words."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Unusable(
            f"{_shown(url)} needs {error.name}: pip install it."
        ) from None
    except (SQLAlchemyError, OSError, ValueError) as error:
        cause = getattr(error, "orig", None) or error
        said = str(cause).split("\n")[0]
        advice = next(
            (advice for sign, advice in ADVICE.items() if sign in said), ""
        )
        raise Unusable(f"{_shown(url)}: {said}. {advice}".strip()) from None


def _shown(url):
    try:
        return make_url(url).render_as_string(hide_password=True)
    except ArgumentError:
        return "--database: not an SQLAlchemy address"
