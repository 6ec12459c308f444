"""Measured numbers on the pages: the claims of a chapter, and the benchmarks.

    ```{claims} 06            a table of chapter 06's claims
    ```
    ```{claims} all           the tables of all chapters
    ```
    ```{bench}                the tables of benchmarks/results.json
    ```
    {claim}`ch06-rnn:mean`        one number of a claim, three digits
    {claim}`ch06-rnn:mean:.1f`    the same, in a format of Python
    {claim}`ch06-rnn:result`      the sentence with the interval

The numbers come from book/claims.json, which `course claims` writes, and
from benchmarks/results.json, which `make bench` writes. Both files are in
git; a page is read again when they change. A claim that isn't there is a
warning, and a warning fails the build.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path

from docutils import nodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

logger = logging.getLogger(__name__)

CLAIMS = "book/claims.json"
BENCH = "benchmarks/results.json"
COLUMNS = ("Claim", "Setting", "Seeds", "Result", "Verdict")
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def read_json(env, name: str, default):
    """Read a file below the root, and note that the page depends on it."""
    path = Path(env.app.srcdir, name)
    # Of a file that isn't there, its folder says when it comes.
    env.note_dependency(str(path if path.exists() else path.parent))
    if not path.exists():
        return default
    return json.loads(path.read_text(encoding="utf-8"))


def all_claims(env) -> list[dict]:
    """Return the committed claims, with real minus signs."""
    return [
        {**claim, "result": readable(claim["result"])}
        for claim in read_json(env, CLAIMS, {"claims": []})["claims"]
    ]


def readable(result: str) -> str:
    """Return the sentence of a result without a computer's notation.

    >>> readable("-1.5 [-2, -1] against 1.6e-07")
    '−1.5 [−2, −1] against 1.6 × 10⁻⁷'
    """
    return re.sub(
        r"(?<![\w.\]])-?\d[\d.]*e[-+]\d+|(?<![\w.\]])-(?=\d)",
        lambda m: power_of_ten(m[0]).replace("-", "−"),
        result,
    )


def power_of_ten(text: str) -> str:
    """Return 1.6e-07 as 1.6 × 10⁻⁷."""
    return re.sub(
        r"e([-+])0*(\d+)$",
        lambda m: (
            " × 10" + (m[1].replace("+", "") + m[2]).translate(SUPERSCRIPTS)
        ),
        text,
    )


def written(value, form: str = ".3g") -> str:
    """Write a number as the book spells it: three digits, real signs."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, int) and form == ".3g":
        form = "d"
    text = power_of_ten(format(value, form))
    return text.replace("-", "−").replace("%", "\u00a0%")


def look_up(claims: list[dict], reference: str) -> str:
    """Return what `id:field` or `id:field:format` stands for.

    Raises:
        KeyError: with a sentence that says which claims or fields exist.
    """
    name, _, rest = reference.partition(":")
    field, _, form = rest.partition(":")
    claim = next((c for c in claims if c["id"] == name), None)
    if claim is None:
        raise KeyError(f"no claim {name!r} in {CLAIMS}; run `course claims`")
    fields = {**claim, **claim.get("values", {})}
    field = field or "result"
    if field not in fields:
        known = ", ".join(sorted(fields))
        raise KeyError(f"claim {name!r} has no {field!r}; it has {known}")
    return written(fields[field], form or ".3g")


def measured(date: str, machine: dict) -> str:
    """Say when and on what the numbers were taken.

    >>> measured("2026-01-02", {"cores": 2, "python": "3.11", "keras": "3.1"})
    'Measured on 2026-01-02: 2 cores, Python 3.11, keras 3.1.'
    """
    parts = [str(machine["cpu"])] if "cpu" in machine else []
    parts += [f"{machine['cores']} cores"]
    parts += [
        f"{'Python' if name == 'python' else name} {version}"
        for name, version in machine.items()
        if name not in ("cpu", "cores", "system")
    ]
    return f"Measured on {date}: {', '.join(parts)}."


class ClaimRole(SphinxRole):
    """One number of a claim within a sentence."""

    def run(self):
        """Return the number, or a warning and the reference itself."""
        try:
            text = look_up(all_claims(self.env), self.text.strip())
        except (KeyError, ValueError) as error:
            logger.warning(
                "claim: %s", error.args[0], location=self.get_location()
            )
            text = self.text
        return [nodes.inline("", text, classes=["claim"])], []


class Tables(SphinxDirective):
    """What the two directives that show tables have in common."""

    def cell(self, content, classes=()) -> nodes.entry:
        """Return a cell; text may hold the page's own inline markup."""
        text = written(content)
        words, messages = self.state.inline_text(text, self.lineno)
        paragraph = nodes.paragraph("", "", *words, classes=list(classes))
        return nodes.entry("", paragraph, *messages)

    def table(self, columns, rows, kind: str) -> nodes.table:
        """Return a table; a row is a list of (content, classes)."""
        group = nodes.tgroup(cols=len(columns))
        group += [nodes.colspec(colwidth=1) for _ in columns]
        names = nodes.row("", *[self.cell(name) for name in columns])
        group += nodes.thead("", names)
        group += nodes.tbody(
            "", *[nodes.row("", *[self.cell(*c) for c in r]) for r in rows]
        )
        return nodes.table("", group, classes=[kind])

    def paragraph(self, text: str) -> nodes.paragraph:
        """Return a paragraph; text may hold the page's own inline markup."""
        words, messages = self.state.inline_text(text, self.lineno)
        return nodes.paragraph("", "", *words, *messages)

    def section(self, title: str, *content) -> nodes.section:
        """Return a section, which the page's contents list and link to."""
        words, messages = self.state.inline_text(title, self.lineno)
        found = nodes.section(names=[nodes.fully_normalize_name(title)])
        found += [nodes.title("", "", *words), *messages, *content]
        self.state.document.note_implicit_target(found, found)
        return found

    def warn(self, text: str) -> None:
        """Warn at the directive's line."""
        logger.warning("%s", text, location=self.get_location())


class Claims(Tables):
    """The claims of one chapter, or of all."""

    required_arguments = 1

    def run(self):
        """Return one table, or one for each chapter."""
        wanted, claims = self.arguments[0], all_claims(self.env)
        if wanted != "all":
            chosen = [c for c in claims if c["chapter"] == wanted]
            if not chosen:
                self.warn(f"claims: {CLAIMS} has none for {wanted!r}")
                return []
            return [self.claims_table(chosen)]
        if not claims:
            return [nodes.paragraph("", "No claim is measured yet.")]
        found = [self.paragraph(self.summary(claims))]
        for chapter in sorted({c["chapter"] for c in claims}):
            chosen = [c for c in claims if c["chapter"] == chapter]
            where = self.paragraph(f"{{ref}}`chapter-{chapter}`")
            table = self.claims_table(chosen)
            title = f"Chapter {chapter.lstrip('0')}"
            found.append(self.section(title, where, table))
        return found

    def summary(self, claims) -> str:
        """Say how many claims there are, what became of them, and where."""
        count = Counter(claim["verdict"] for claim in claims)
        record = read_json(self.env, CLAIMS, {})
        return (
            f"Of {len(claims)} claims {count['holds']} hold, "
            f"{count['does not hold']} do not hold and {count['undecided']} "
            f"are undecided. {measured(record['date'], record['machine'])}"
        )

    def claims_table(self, claims) -> nodes.table:
        """Return the table of these claims."""
        rows = []
        for claim in claims:
            verdict = claim["verdict"]
            mark = "verdict-" + verdict.replace(" ", "-")
            row = [(claim[n.lower()], ()) for n in COLUMNS[1:4]]
            rows.append(
                [(claim["statement"], ()), *row, (verdict, ["verdict", mark])]
            )
        return self.table(COLUMNS, rows, "claims")


class Bench(Tables):
    """The committed tables of the benchmarks."""

    def run(self):
        """Return each table below its title, with its note."""
        record = read_json(self.env, BENCH, {"tables": []})
        if not record["tables"]:
            return [nodes.paragraph("", "No benchmark is run yet.")]
        words = measured(record["made"], record["machine"])
        found = [self.paragraph(words)]
        for entry in record["tables"]:
            note = [self.paragraph(entry["note"])] if entry["note"] else []
            rows = [[(c, ()) for c in row] for row in entry["rows"]]
            table = self.table(entry["columns"], rows, "bench")
            found.append(self.section(entry["title"], *note, table))
        return found


def setup(app):
    """Register the role and the directives."""
    app.add_role("claim", ClaimRole())
    app.add_directive("claims", Claims)
    app.add_directive("bench", Bench)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
