"""A chapter as a notebook that runs anywhere: plain Markdown, no roles.

    python -m tools.notebooks FOLDER      all chapters, into a folder

A page's source holds what only the book understands: boxes, numbered
figures, references, measured numbers. In Jupyter they would stand there
raw. Here each becomes what every notebook shows: an equation with its tag,
a reference with its number, a claim's number filled in, the library's code
where the page includes it. A role or directive that is not known is an
error, so that none can slip through.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import json
import re
import sys
import textwrap
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
import yaml
from pybtex.database import parse_file

from tools.inputs import ROOT, content_key
from tools.pages import config, read_pages, source_of, toc_files

FENCE = re.compile(r"^(?P<fence>`{3,}|:{3,})\{(?P<name>[\w:-]+)\}(?P<arg>.*)$")
OPTION = re.compile(r"^:([\w-]+):\s*(.*)$")
ROLE = re.compile(r"\{([a-z:]+)\}`([^`]+)`")
LABEL = re.compile(r"^\(([\w-]+)\)=\n", re.MULTILINE)
TITLED = re.compile(r"^(.*?)\s*<([^<>]+)>$", re.DOTALL)
INLINE_CODE = {"func", "class", "meth", "mod", "attr", "py:func", "code"}
# What any notebook may hold a part of, beside the text of its own page.
AROUND = (
    "_config.yml",
    "_toc.yml",
    "book/_ext",
    "book/claims.json",
    "book/references.bib",
    "course_lib",
    "tools",
)
BOXES = {"note", "tip", "warning", "important", "hint", "caution", "seealso"}


def claims_module():
    """Return the extension that looks up measured numbers."""
    path = ROOT / "book" / "_ext" / "claims.py"
    spec = importlib.util.spec_from_file_location("book_claims", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@dataclass
class Book:
    """What references lead to, gathered from all pages.

    Attributes:
        titles: title of a page by its name, e.g. "06-simple-rnn".
        places: page and number of an equation or a figure by its label.
        pages: those that become notebooks, with their cells.
        claims: the committed claims.
    """

    root: Path = ROOT
    titles: dict = field(default_factory=dict)
    places: dict = field(default_factory=dict)
    pages: list = field(default_factory=list)
    claims: list = field(default_factory=list)

    @classmethod
    def read(cls, root: Path = ROOT) -> Book:
        """Read every page of the table of contents."""
        book = cls(root)
        for name in toc_files(root):
            path = source_of(name, root)
            if path.suffix == ".ipynb":
                cells = nbformat.read(path, 4).cells
                title = re.search(r"^# (.*)$", cells[0].source, re.MULTILINE)
                book.titles[path.stem] = title[1] if title else path.stem
                continue
            text = path.read_text(encoding="utf-8")
            title = re.search(r"^# (.*)$", text, re.MULTILINE)
            book.titles[path.stem] = title[1] if title else path.stem
            for n, label in enumerate(
                re.findall(r"^:label: (\S+)", text, re.MULTILINE), 1
            ):
                book.places[label] = (path.stem, n)
            for n, label in enumerate(
                re.findall(r"^\s*:?name: (fig-\S+)", text, re.MULTILINE),
                1,
            ):
                book.places[label] = (path.stem, n)
            for label in LABEL.findall(text):
                book.places[label] = (path.stem, None)
        book.pages = read_pages(root)
        path = root / "book" / "claims.json"
        if path.exists():
            book.claims = json.loads(path.read_text("utf-8"))["claims"]
        book.claims_page = claims_module()
        bib = parse_file(str(root / "book" / "references.bib"))
        book.sources = bib.entries
        return book

    def link(self, target: str, words: str | None = None) -> str:
        """Return a link to a page, or its title where there is none."""
        stem = Path(target).name
        if stem not in self.titles:
            raise ValueError(f"no page {target!r}; there are {[*self.titles]}")
        words = words or self.titles[stem]
        if any(page.path.stem == stem for page in self.pages):
            return f"[{words}]({stem}.ipynb)"
        return f"*{words}*"

    def source(self, key: str) -> tuple[str, str]:
        """Return the authors and the year of a cited work."""
        if key not in self.sources:
            raise ValueError(f"no source {key!r} in references.bib")
        entry = self.sources[key]
        people = entry.persons.get("author") or entry.persons["editor"]
        names = [
            " ".join(str(part) for part in person.rich_prelast_names)
            + " " * bool(person.rich_prelast_names)
            + " ".join(str(part) for part in person.rich_last_names)
            for person in people
        ]
        if len(names) > 2:
            names = [f"{names[0]} et al."]
        return " and ".join(names), entry.fields.get("year", "n.d.")

    def full_source(self, key: str) -> str:
        """Return a line of the list of references."""
        fields = self.sources[key].fields
        authors, year = self.source(key)
        where = next(
            (
                fields[name]
                for name in ("journal", "booktitle", "publisher", "url")
                if name in fields
            ),
            "",
        )
        line = f"- {authors} ({year}). {fields['title']}."
        return re.sub(r"[{}]", "", f"{line} {where}".strip())


class Writer:
    """Turns the Markdown of one page into what any notebook shows."""

    def __init__(self, book: Book, page: str):
        self.book, self.page = book, page
        self.cited: list[str] = []

    # Roles -----------------------------------------------------------------

    def role(self, match) -> str:
        """Return what stands for a role."""
        name, text = match[1], match[2]
        titled = TITLED.match(text)
        words, target = (titled[1], titled[2]) if titled else (None, text)
        if name == "doc":
            return self.book.link(target, words)
        if name in ("eq", "numref", "ref"):
            return self.place(name, target, words)
        if name in ("cite:p", "cite:t", "cite"):
            return self.cite(name, text)
        if name == "claim":
            look_up = self.book.claims_page.look_up
            return look_up(self.book.claims, text.strip())
        if name == "term":
            return words or target
        if name == "math":
            return f"${text}$"
        if name in INLINE_CODE:
            short = target.lstrip("~").split(".")[-1]
            return f"`{words or (short if target[0] == '~' else target)}`"
        raise ValueError(f"{self.page}: a notebook has no role {name!r}")

    def place(self, name: str, label: str, words: str | None) -> str:
        """Return a reference to an equation, a figure or a section."""
        if label not in self.book.places:
            raise ValueError(f"{self.page}: nothing is labelled {label!r}")
        page, number = self.book.places[label]
        if number is None:
            return self.book.link(page, words)
        here = f"({number})" if name == "eq" else f"Figure {number}"
        if page == self.page:
            return here
        return f"{here} of {self.book.link(page)}"

    def cite(self, name: str, keys: str) -> str:
        """Return authors and years, within brackets or within the text."""
        found = []
        for key in (part.strip() for part in keys.split(",")):
            if key not in self.cited:
                self.cited.append(key)
            authors, year = self.book.source(key)
            inside = name == "cite:t"
            found.append(
                f"{authors} ({year})" if inside else f"{authors}, {year}"
            )
        text = "; ".join(found)
        return text if name == "cite:t" else f"({text})"

    def inline(self, text: str) -> str:
        """Return text without roles; code spans and fences stay."""
        return ROLE.sub(self.role, text)

    # Directives ------------------------------------------------------------

    def markdown(self, text: str) -> str:
        """Return a page's Markdown as plain Markdown."""
        lines, out = LABEL.sub("", text).split("\n"), []
        while lines:
            line = lines.pop(0)
            start = FENCE.match(line)
            plain = re.match(r"^(`{3,})[^`{]*$", line)
            if not start and not plain:
                out.append(line)
                continue
            fence = (start["fence"] if start else plain[1]).strip()
            body = []
            while lines and not (
                lines[0].startswith(fence)
                and not lines[0].strip(fence[0]).strip()
            ):
                body.append(lines.pop(0))
            if lines:
                lines.pop(0)
            if start:
                name, argument = start["name"], start["arg"].strip()
                out.append(self.directive(name, argument, body))
            else:
                # Code is no place for roles; it is put aside until the end.
                self.kept.append("\n".join([line, *body, fence]))
                out.append(f"\0{len(self.kept) - 1}\0")
        return "\n".join(out)

    def cell(self, text: str) -> str:
        """Return the text of one Markdown cell."""
        self.kept: list[str] = []
        plain = self.inline(self.markdown(text))
        plain = re.sub(r"\0(\d+)\0", lambda m: self.kept[int(m[1])], plain)
        return re.sub(r"\n{3,}", "\n\n", plain).strip()

    def directive(self, name: str, argument: str, body: list[str]) -> str:
        """Return what stands for a directive."""
        options = {}
        if body and body[0].strip() == "---":
            end = body.index("---", 1)
            options = yaml.safe_load("\n".join(body[1:end])) or {}
            body = body[end + 1 :]
        while body and (option := OPTION.match(body[0])):
            options[option[1]] = option[2]
            body = body[1:]
        text = "\n".join(body).strip("\n")
        inner = (lambda: self.markdown(text)) if name != "math" else None
        if name == "math":
            return self.equation(text, options.get("label"))
        if name == "literalinclude":
            return self.include(argument, options)
        if name == "code-block":
            self.kept.append(f"```{argument}\n{text}\n```")
            return f"\0{len(self.kept) - 1}\0"
        if name in ("admonition", *BOXES):
            return self.quoted(argument or name.capitalize(), inner())
        if name == "predict":
            return self.quoted("Predict first", inner())
        if name == "answer":
            return self.opening(argument or "Show the answer", inner())
        if name == "quiz":
            title = "**Check yourself.** " + argument
            return f"\n{title.strip()}\n\n{inner()}\n"
        if name == "choice":
            verdict = "Right." if "right" in options else "Not quite."
            return self.opening(argument, f"**{verdict}** {inner()}")
        if name == "figure-live":
            caption = text.split("\n\n")[0].replace("\n", " ")
            label = options.get("name")
            number = self.book.places[label][1] if label else ""
            return (
                f"\n> **Figure {number}**, which moves on the page of this "
                f"chapter. {caption}\n"
            )
        if name == "claims":
            return self.claims(argument)
        if name in ("exercise", "prf:theorem", "prf:definition"):
            return self.quoted(name.split(":")[-1].capitalize(), inner())
        if name in ("figure", "image"):
            return self.quoted("Figure", inner())
        raise ValueError(f"{self.page}: a notebook has no directive {name!r}")

    @staticmethod
    def quoted(title: str, text: str) -> str:
        """Return a box as a quotation with a title."""
        text = re.sub(r"\n{3,}", "\n\n", text.strip())
        lines = f"**{title}.** {text}".split("\n")
        return "\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n"

    @staticmethod
    def opening(title: str, text: str) -> str:
        """Return text that a click or Enter opens."""
        # Between the tags there is HTML: code in a title needs its own tag.
        title = re.sub(r"`([^`]+)`", r"<code>\1</code>", title)
        return (
            f"\n<details><summary>{title}</summary>\n\n{text.strip()}\n\n"
            "</details>\n"
        )

    def equation(self, text: str, label: str | None) -> str:
        """Return a displayed equation with its number."""
        if ("&" in text or r"\\" in text) and r"\begin" not in text:
            text = f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}"
        tag = f" \\tag{{{self.book.places[label][1]}}}" if label else ""
        return f"\n$$\n{text}{tag}\n$$\n"

    def include(self, argument: str, options: dict) -> str:
        """Return a piece of the library's source."""
        path = (self.book.root / "book" / argument).resolve()
        source = path.read_text(encoding="utf-8")
        if "pyobject" in options:
            node = ast.parse(source)
            for part in options["pyobject"].split("."):
                node = next(
                    child
                    for child in node.body
                    if getattr(child, "name", None) == part
                )
            first = min(
                [node.lineno, *(d.lineno for d in node.decorator_list)]
            )
            lines = source.split("\n")[first - 1 : node.end_lineno]
        else:
            lines = source.split("\n")
        if "start-at" in options:
            start = next(
                n
                for n, line in enumerate(lines)
                if options["start-at"] in line
            )
            lines = lines[start:]
        if "end-at" in options:
            end = next(
                n for n, line in enumerate(lines) if options["end-at"] in line
            )
            lines = lines[: end + 1]
        code = textwrap.dedent("\n".join(lines)).strip("\n")
        where = path.relative_to(self.book.root).as_posix()
        self.kept.append(f"```python\n# {where}\n{code}\n```")
        return f"\n\0{len(self.kept) - 1}\0\n"

    def claims(self, chapter: str) -> str:
        """Return the table of a chapter's claims."""
        written = self.book.claims_page.written
        columns = self.book.claims_page.COLUMNS
        keys = ["statement", *(name.lower() for name in columns[1:])]
        rows = [list(columns), ["---"] * len(columns)]
        for claim in self.book.claims:
            if chapter in ("all", claim["chapter"]):
                rows.append([written(claim[key]) for key in keys])
        return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def caption_below(book: Book, cell) -> str | None:
    """Return the caption of the figure that a code cell draws."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if "caption" not in figure:
        return None
    number = book.places.get(figure.get("name"), ("", ""))[1]
    return f"**Figure {number}.** {figure['caption'].strip()}"


def as_notebook(book: Book, page, *, repository: str | None = None):
    """Return a page as a notebook without outputs.

    Args:
        book: what references lead to.
        page: a `tools.pages.Page`.
        repository: address of the course's repository. If it is set, the
            notebook's first cell installs the library from there.
    """
    writer = Writer(book, page.path.stem)
    cells = []
    if repository:
        cells.append(
            nbformat.v4.new_code_cell(
                "# Only needed where course_lib is not installed.\n"
                f'%pip install --quiet "course-lib @ git+{repository}"',
                metadata={"tags": ["install"]},
            )
        )
    for cell in page.notebook.cells:
        if cell.cell_type == "markdown":
            text = writer.cell(cell.source)
            if text:
                cells.append(nbformat.v4.new_markdown_cell(text))
            continue
        tags = {"tags": cell.metadata.get("tags", [])}
        cells.append(
            nbformat.v4.new_code_cell(
                cell.source, metadata=tags if tags["tags"] else {}
            )
        )
        caption = caption_below(book, cell)
        if caption:
            text = writer.cell(caption)
            cells.append(nbformat.v4.new_markdown_cell(text))
    if writer.cited:
        lines = [book.full_source(key) for key in sorted(writer.cited)]
        text = "\n".join(["## References", "", *lines])
        cells.append(nbformat.v4.new_markdown_cell(text))
    for n, cell in enumerate(cells):
        cell["id"] = f"cell-{n}"
    kernel = {"name": "python3", "display_name": "Python 3"}
    notebook = nbformat.v4.new_notebook(
        cells=cells,
        metadata={
            "kernelspec": {**kernel, "language": "python"},
            "language_info": {"name": "python"},
        },
    )
    nbformat.validate(notebook)
    return notebook


def write_notebooks(folder: Path, root: Path = ROOT) -> list[str]:
    """Write all pages that have cells as notebooks; return what failed.

    One that would be what it was, is left as it is.
    """
    repository = (config(root).get("repository") or {}).get("url")
    book = Book.read(root)
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / ".keys.json"
    known = json.loads(record.read_text("utf-8")) if record.exists() else {}
    # Where references lead, and what pages show of the library.
    around = content_key(root, AROUND, repr((book.titles, book.places)))
    keys, problems = {}, []
    for page in book.pages:
        name = page.path.stem
        path = folder / f"{name}.ipynb"
        key = hashlib.sha256((around + page.text).encode()).hexdigest()
        if path.exists() and known.get(name) == key:
            keys[name] = key
            continue
        try:
            notebook = as_notebook(book, page, repository=repository)
        except (KeyError, ValueError) as error:
            problems.append(f"{name}.ipynb: {error.args[0]}")
            continue
        text = nbformat.writes(notebook) + "\n"
        path.write_text(text, encoding="utf-8")
        keys[name] = key
    record.write_text(json.dumps(keys), encoding="utf-8")
    return problems


if __name__ == "__main__":
    for problem in write_notebooks(Path(sys.argv[1])):
        print(problem)
