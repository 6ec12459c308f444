"""What a run leaves: grades.json, grades.csv, a page of feedback for each."""

import csv
import html
import io
import json
import re

from course_lib.grading.store import write

MOST_TEXT = 5000
# What a formula begins with, also in the wide letters of East Asia.
FORMULA = tuple("=+-@＝＋－＠")
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]")
# The worst thing that happened to a question is its status.
ORDER = (
    "killed timeout error missing failed needs-marking partial passed"
).split()


def grade_rows(assignment, results, hands=None):
    """The rows of grades.json.

    Args:
        assignment: the `Assignment`.
        results: {student: result} as `scorers.score_files` gives them.
        hands: {student: `gradebook.Hand`}, what people gave.
    """
    rows = []
    for student, result in sorted(results.items()):
        hand = (hands or {}).get(student)
        questions = [_row(row, hand) for row in result["questions"]]
        rows.append(
            {
                "student": student,
                "status": result["status"],
                "problems": [clean(p) for p in result["problems"][:50]],
                "points": round(sum(q["points"] for q in questions), 6),
                "max_points": assignment.max_points,
                "questions": questions,
            }
        )
    return rows


def _row(row, hand):
    """A row of a question, with what a person gave to it."""
    row = {**row, "message": clean(row["message"])}
    if hand and row["id"] in hand.marks:
        points, most = hand.marks[row["id"]], row["max_points"]
        row["points"] = points
        row["status"] = "passed" if points >= most else "partial"
        if points <= 0:
            row["status"] = "failed"
    if hand and row["id"] in hand.extra:
        row["points"] += hand.extra[row["id"]]
    return row


def clean(text):
    r"""Text without what breaks a file, a database or a terminal.

    >>> clean("\x1b[31mred\n\ud800")
    '[31mred\n'
    """
    kept = (c for c in text[:MOST_TEXT] if c.isprintable() or c in "\n\t")
    return "".join(kept)


def by_question(questions):
    """{question: (points, max_points, status)}, its parts together."""
    found = {}
    for row in questions:
        points, most, statuses = found.get(row["question"], (0.0, 0.0, ()))
        found[row["question"]] = (
            points + row["points"],
            most + row["max_points"],
            (*statuses, row["status"]),
        )
    return {
        name: (points, most, _together(statuses, points))
        for name, (points, most, statuses) in found.items()
    }


def _together(statuses, points):
    worst = min(statuses, key=ORDER.index)
    if points > 0 and worst in ("failed", "missing", "partial"):
        return "partial"
    return worst


def write_grades(out, assignment, rows):
    """Write grades.json and grades.csv into a folder."""
    data = {"assignment": assignment.name, "submissions": rows}
    text = json.dumps(data, indent=1, ensure_ascii=False)
    write(out / "grades.json", text + "\n")
    questions = list(dict.fromkeys(c.question for c in assignment.graded))
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    head = ["student", "status", "points", "max_points", *questions]
    writer.writerow([*head, *(f"{q} status" for q in questions), "problems"])
    for row in rows:
        found = by_question(row["questions"])
        writer.writerow(
            [
                _cell(row["student"]),
                row["status"],
                f"{row['points']:g}",
                f"{row['max_points']:g}",
                *(f"{found[q][0]:g}" for q in questions),
                *(found[q][2] for q in questions),
                _cell("; ".join(row["problems"])),
            ]
        )
    write(out / "grades.csv", table.getvalue())


def _cell(text):
    """No text that is a formula to a spreadsheet, an order to a terminal."""
    text = CONTROL.sub("?", text.encode("utf-8", "replace").decode())
    return f"'{text}" if text[:1] in FORMULA else text


PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark }}
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem;
  margin: 2rem auto; padding: 0 1rem }}
h2 {{ margin: 2rem 0 .3rem; font-size: 1.1rem }}
table {{ border-collapse: collapse }}
th, td {{ text-align: left; padding: .2rem 1rem .2rem 0 }}
pre {{ white-space: pre-wrap; border-left: 3px solid #888;
  padding-left: .8rem; margin: .3rem 0 }}
</style></head><body><main>
<h1>{title}</h1>
<p>{student}: <strong>{points:g} of {max_points:g} points</strong>{waiting}</p>
{problems}
<table><caption>Points by question</caption>
<thead><tr><th scope="col">Question</th><th scope="col">Points</th>
<th scope="col">Result</th></tr></thead><tbody>
{table}
</tbody></table>
{details}
</main></body></html>
"""
WORDS = {
    "passed": "right",
    "partial": "partly right",
    "failed": "not yet right",
    "error": "stopped with an error",
    "timeout": "took too long",
    "killed": "ended its process, or went over a limit",
    "missing": "open",
    "needs-marking": "marked by a person",
}


def feedback(assignment, row, hand=None):
    """One student's page: points and messages, nothing of the tests.

    Args:
        assignment: the `Assignment`.
        row: a row of grades.json.
        hand: what a person gave, `gradebook.Hand`.
    """
    found = by_question(row["questions"])
    comments = hand.comments if hand else {}
    waiting = any(q["status"] == "needs-marking" for q in row["questions"])
    table = "\n".join(
        f'<tr><th scope="row">{_text(name)}</th>'
        f"<td>{points:g} of {most:g}</td><td>{WORDS[status]}</td></tr>"
        for name, (points, most, status) in found.items()
    )
    problems = "".join(f"<li>{_text(p)}</li>" for p in row["problems"])
    return PAGE.format(
        title=_text(f"Feedback: {assignment.name}"),
        student=_text(row["student"]),
        points=row["points"],
        max_points=row["max_points"],
        waiting=", before hand marking" if waiting else "",
        problems=f"<p>About the file:</p><ul>{problems}</ul>"
        if problems
        else "",
        table=table,
        details="\n".join(_details(row, name, comments) for name in found),
    )


def _details(row, question, comments):
    parts = []
    if question in comments:
        parts.append(f"<p>A comment:</p>{_quoted(comments[question])}")
    for cell in row["questions"]:
        if cell["question"] != question or cell["status"] == "passed":
            continue
        name = cell["id"].removeprefix(f"{question}-")
        text = cell["message"] or WORDS[cell["status"]]
        parts.append(
            f"<p>{_text(name)}: {cell['points']:g} of "
            f"{cell['max_points']:g}</p>{_quoted(text)}"
        )
    return f"<h2>{_text(question)}</h2>{''.join(parts)}" if parts else ""


def _quoted(text):
    return f"<pre>{_text(text)}</pre>"


def _text(text):
    return html.escape(str(text).encode("utf-8", "replace").decode())
