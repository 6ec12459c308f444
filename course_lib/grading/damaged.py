"""Submissions that something happened to: to the file, or to its cells.

For the tests and for classes made for practice. Each damage writes into the
folder of a submission, from a notebook with the right answers.
"""

import json
import os
import zipfile
from typing import NamedTuple


class Damage(NamedTuple):
    """One kind of damage.

    Attributes:
        make: writes into a folder: (folder, notebook, question).
        leaves: what can still be graded: "all", "rest" (all but the
            question), or "nothing", with a reason.
    """

    make: object
    leaves: str


DAMAGES = {}


def damage(leaves):
    """Add a damage to the list under the words of its name."""

    def add(make):
        DAMAGES[make.__name__.replace("_", " ")] = Damage(make, leaves)
        return make

    return add


def _write(folder, data, name=None):
    if not isinstance(data, bytes):
        data = json.dumps(data, indent=1, ensure_ascii=False).encode()
    path = folder / (name or f"{folder.name}.ipynb")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


def _mark(cell):
    return cell["metadata"].get("nbgrader") or {}


def _of(notebook, question):
    """The answer cell of a question."""
    return next(c for c in notebook["cells"] if c["id"] == question)


def _checks(notebook):
    return [
        c
        for c in notebook["cells"]
        if _mark(c).get("grade") and not _mark(c).get("solution")
    ]


# The file.


@damage("all")
def another_name(folder, notebook, question):
    """As a browser names a second download."""
    _write(folder, notebook, f"{folder.name} (1) copy.ipynb")


@damage("all")
def a_name_in_other_letters(folder, notebook, question):
    """Accents, blanks and signs."""
    _write(folder, notebook, "Übung é 1.ipynb")


@damage("all")
def a_second_ending(folder, notebook, question):
    """As a browser names what it takes for a text."""
    _write(folder, notebook, f"{folder.name}.ipynb.txt")


@damage("all")
def a_name_in_capitals(folder, notebook, question):
    """From a system that does not tell them from small letters."""
    _write(folder, notebook, f"{folder.name}.ipynb".upper())


@damage("all")
def further_notebooks(folder, notebook, question):
    """Drafts beside it."""
    _write(folder, notebook)
    _write(folder, {"cells": [], "nbformat": 4}, "Untitled.ipynb")
    _write(folder, b"", "another.ipynb")


@damage("all")
def in_a_folder_of_its_own(folder, notebook, question):
    """As unpacked from an archive."""
    _write(folder, notebook, f"work/{folder.name}.ipynb")


@damage("all")
def things_that_systems_leave(folder, notebook, question):
    """Checkpoints, hidden files, another system's copies."""
    _write(folder, notebook)
    for place in (".ipynb_checkpoints", "__MACOSX"):
        _write(folder, b"\0\1\2", f"{place}/{folder.name}.ipynb")
    _write(folder, b"\0", ".DS_Store")
    _write(folder, b"next week, perhaps", "timestamp.txt")


@damage("all")
def a_mark_of_the_byte_order(folder, notebook, question):
    """As some editors put it at the start."""
    text = json.dumps(notebook, ensure_ascii=False)
    _write(folder, text.encode("utf-8-sig"))


@damage("all")
def utf_16(folder, notebook, question):
    """Two bytes for each letter."""
    text = json.dumps(notebook, ensure_ascii=False)
    _write(folder, text.encode("utf-16"))


@damage("all")
def latin_1(folder, notebook, question):
    """An old encoding, in the prose only."""
    notebook["cells"].insert(0, _prose("Lösung für Übung 1"))
    text = json.dumps(notebook, ensure_ascii=False)
    _write(folder, text.encode("latin-1", "replace"))


@damage("all")
def line_ends_of_another_system(folder, notebook, question):
    """A carriage return in each line, also within the cells."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).replace("\n", "\r\n")
    _write(folder, notebook)


@damage("all")
def line_breaks_inside_texts(folder, notebook, question):
    """JSON that its standard forbids, as old tools wrote it."""
    notebook["cells"].insert(0, _prose("one LINE"))
    text = json.dumps(notebook)
    _write(folder, text.replace("one LINE", "one\n\tline").encode())


@damage("all")
def saved_on_top_of_a_longer_file(folder, notebook, question):
    """A whole notebook, then the end of another."""
    text = json.dumps(notebook, ensure_ascii=False)
    _write(folder, text.encode() + b'"metadata": {}}\n' + bytes(512))


@damage("all")
def numbers_that_are_none(folder, notebook, question):
    """NaN and infinity in the metadata."""
    notebook["metadata"]["score"] = [float("nan"), float("inf"), 10**300]
    _write(folder, notebook)


@damage("all")
def large_outputs(folder, notebook, question):
    """Five megabytes of a plot."""
    picture = {"data": {"image/png": "A" * 5 * 2**20}, "metadata": {}}
    _of(notebook, question)["outputs"] = [
        {"output_type": "display_data", **picture}
    ]
    _write(folder, notebook)


@damage("nothing")
def outputs_without_an_end(folder, notebook, question):
    """More than may be handed in."""
    text = {"output_type": "stream", "name": "stdout", "text": "x" * 2**24}
    _of(notebook, question)["outputs"] = [text]
    _write(folder, notebook)


@damage("nothing")
def an_empty_file(folder, notebook, question):
    """No bytes."""
    _write(folder, b"")


@damage("nothing")
def zeros(folder, notebook, question):
    """What a disk leaves that lost its power."""
    _write(folder, bytes(4096))


@damage("nothing")
def cut_off(folder, notebook, question):
    """Half of it, as after a broken upload."""
    data = json.dumps(notebook).encode()
    _write(folder, data[: len(data) // 2])


@damage("nothing")
def a_page_in_its_place(folder, notebook, question):
    """The web page of the notebook, saved under its name."""
    _write(folder, b"<!doctype html><title>Sign in</title>")


@damage("nothing")
def an_archive_in_its_place(folder, notebook, question):
    """A zip file, renamed."""
    with zipfile.ZipFile(folder / f"{folder.name}.ipynb", "w") as file:
        file.writestr("a.ipynb", json.dumps(notebook))


@damage("nothing")
def another_kind_of_json(folder, notebook, question):
    """A list."""
    _write(folder, [1, 2, 3])


@damage("nothing")
def json_too_deep(folder, notebook, question):
    """A hundred thousand brackets."""
    _write(folder, b"[" * 100_000 + b"]" * 100_000)


@damage("nothing")
def an_unresolved_merge(folder, notebook, question):
    """Both versions, with a version control's marks."""
    text = json.dumps(notebook, indent=1)
    _write(folder, f"<<<<<<< HEAD\n{text}\n=======\n{text}\n".encode())


@damage("nothing")
def no_notebook(folder, notebook, question):
    """Other files only."""
    _write(folder, b"see my mail", "readme.txt")


@damage("nothing")
def nothing_at_all(folder, notebook, question):
    """An empty folder."""


@damage("nothing")
def a_folder_of_that_name(folder, notebook, question):
    """A folder called like the notebook."""
    (folder / f"{folder.name}.ipynb").mkdir()


@damage("nothing")
def a_link(folder, notebook, question):
    """To a file that is somewhere else."""
    real = _write(folder, notebook, "elsewhere.txt")
    (folder / f"{folder.name}.ipynb").symlink_to(real.resolve())


@damage("nothing")
def a_link_to_nothing(folder, notebook, question):
    """To a file that is gone."""
    (folder / f"{folder.name}.ipynb").symlink_to("/nowhere/at/all.ipynb")


@damage("nothing")
def a_pipe(folder, notebook, question):
    """A file that waits for a writer for ever."""
    os.mkfifo(folder / f"{folder.name}.ipynb")


@damage("nothing")
def two_names_for_one_file(folder, notebook, question):
    """A hard link: whose file is it?"""
    real = _write(folder, notebook, "elsewhere.txt")
    os.link(real, folder / f"{folder.name}.ipynb")


@damage("nothing")
def another_assignment(folder, notebook, question):
    """A notebook without a single cell of this one."""
    cells = [_prose("# Exercises 99"), _code("answer = 42")]
    _write(folder, {"nbformat": 4, "metadata": {}, "cells": cells})


@damage("nothing")
def no_cells(folder, notebook, question):
    """A notebook, and nothing in it."""
    _write(folder, {**notebook, "cells": []})


@damage("nothing")
def cells_that_are_no_list(folder, notebook, question):
    """A number where cells should be."""
    _write(folder, {**notebook, "cells": 7})


# The notebook.


@damage("all")
def format_3(folder, notebook, question):
    """An old notebook, with worksheets."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["input"] = cell.pop("source")
    sheets = [{"cells": notebook["cells"]}, 5, {"cells": None}]
    _write(folder, {"nbformat": 3, "metadata": {}, "worksheets": sheets})


@damage("nothing")
def format_3_with_odd_sheets(folder, notebook, question):
    """Worksheets that are none."""
    sheets = {"cells": notebook["cells"]}
    _write(folder, {"nbformat": 3, "metadata": {}, "worksheets": sheets})


@damage("all")
def a_format_that_nobody_knows(folder, notebook, question):
    """Of the future."""
    _write(folder, {**notebook, "nbformat": 11, "nbformat_minor": "x"})


@damage("all")
def no_metadata(folder, notebook, question):
    """Neither nbgrader's marks nor any other; the names of cells remain."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    _write(folder, notebook)


@damage("all")
def no_metadata_and_no_names(folder, notebook, question):
    """As through a site that keeps texts only."""
    for n, cell in enumerate(notebook["cells"]):
        cell["metadata"], cell["id"] = {}, f"x{n:07}"
    _write(folder, notebook)


@damage("all")
def odd_metadata(folder, notebook, question):
    """Other types than nbgrader writes."""
    for n, cell in enumerate(notebook["cells"]):
        if n % 3 == 0:
            cell["metadata"] = None
        elif n % 3 == 1:
            cell["metadata"]["nbgrader"] = ["grade_id", n]
        else:
            cell["metadata"]["tags"] = 5
    _write(folder, notebook)


@damage("all")
def marks_of_another_version(folder, notebook, question):
    """A schema that stock nbgrader refuses."""
    for cell in notebook["cells"]:
        if _mark(cell):
            _mark(cell)["schema_version"] = 1
    _write(folder, notebook)


@damage("all")
def deleted_checks(folder, notebook, question):
    """All check cells are gone."""
    gone = _checks(notebook)
    notebook["cells"] = [c for c in notebook["cells"] if c not in gone]
    _write(folder, notebook)


@damage("all")
def changed_checks(folder, notebook, question):
    """A letter typed into each of them."""
    for cell in _checks(notebook):
        cell["source"] = "x" + "".join(cell["source"])
    _write(folder, notebook)


@damage("all")
def copied_checks(folder, notebook, question):
    """Each of them twice."""
    cells = []
    for cell in notebook["cells"]:
        cells += [cell, dict(cell)] if cell in _checks(notebook) else [cell]
    _write(folder, {**notebook, "cells": cells})


@damage("all")
def checks_at_the_end(folder, notebook, question):
    """All of them moved."""
    checks = _checks(notebook)
    rest = [c for c in notebook["cells"] if c not in checks]
    _write(folder, {**notebook, "cells": rest + checks[::-1]})


@damage("all")
def deleted_given_cells(folder, notebook, question):
    """The imports, the texts, the code that was given."""
    kept = [c for c in notebook["cells"] if _mark(c).get("grade_id")]
    kept = [
        c for c in kept if not _mark(c).get("locked") or _mark(c).get("grade")
    ]
    _write(folder, {**notebook, "cells": kept})


@damage("all")
def an_answer_that_is_there_twice(folder, notebook, question):
    """Copied and pasted, with its mark."""
    at = notebook["cells"].index(_of(notebook, question))
    notebook["cells"].insert(at, dict(notebook["cells"][at]))
    _write(folder, notebook)


@damage("all")
def an_answer_in_two_cells(folder, notebook, question):
    """A first part above it, as Jupyter splits cells: with the mark."""
    at = notebook["cells"].index(_of(notebook, question))
    half = {**notebook["cells"][at], "source": "import math\nhalf = 1 / 2"}
    notebook["cells"].insert(at, half)
    _write(folder, notebook)


@damage("all")
def cells_that_cannot_be_read(folder, notebook, question):
    """A number, a nothing, a cell without text, and one of a new kind."""
    notebook["cells"][1:1] = [
        5,
        None,
        {"cell_type": "code", "metadata": {}},
        {"cell_type": "code", "metadata": {}, "source": {"a": 1}},
        {"cell_type": "sound", "metadata": {}, "source": "la"},
        {"source": "no kind"},
        [],
    ]
    _write(folder, notebook)


@damage("all")
def cells_of_all_kinds(folder, notebook, question):
    """Shell lines, magics, help, errors: what people leave in notebooks."""
    codes = [
        "!pip install torch",
        "%matplotlib inline\n%timeit -n1 -r1 1 + 1",
        "%%bash\nls",
        "%%time\nx_of_mine = 1",
        "import math\n?math\nmath.sin?",
        "1 / 0",
        "def (:",
        "input('name? ')",
        "x_of_mine = !ls",
        "%no_such_magic",
        "%%no_such_cell_magic\nx",
        "%load_ext autoreload\n%autoreload 2",
    ]
    at = notebook["cells"].index(_of(notebook, question))
    notebook["cells"][at:at] = [_code(code) for code in codes]
    _write(folder, notebook)


@damage("all")
def thousands_of_cells(folder, notebook, question):
    """Empty ones, behind the last."""
    notebook["cells"] += [_code("") for _ in range(3000)]
    _write(folder, notebook)


@damage("all")
def texts_in_lines(folder, notebook, question):
    """Each text a list of its lines, as Jupyter saves it."""
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        cell["source"] = text.splitlines(keepends=True)
    _write(folder, notebook)


@damage("all")
def letters_that_do_not_exist(folder, notebook, question):
    """Halves of signs, and signs that cannot be seen."""
    notebook["cells"].insert(0, _prose("half \ud83d, zero \0, \u202e"))
    notebook["cells"].insert(0, _code("'\ud83d \u200b'"))
    _write(folder, json.dumps(notebook).encode())


@damage("rest")
def a_deleted_answer(folder, notebook, question):
    """One answer cell is gone."""
    notebook["cells"].remove(_of(notebook, question))
    _write(folder, notebook)


@damage("rest")
def an_answer_that_became_text(folder, notebook, question):
    """A code cell turned into Markdown."""
    _of(notebook, question)["cell_type"] = "markdown"
    _write(folder, notebook)


@damage("rest")
def an_answer_with_a_typing_error(folder, notebook, question):
    """A bracket too many."""
    cell = _of(notebook, question)
    cell["source"] = "".join(cell["source"]) + "\n)"
    _write(folder, notebook)


@damage("rest")
def an_answer_with_a_zero(folder, notebook, question):
    """A byte of nothing, which no program may hold."""
    cell = _of(notebook, question)
    cell["source"] = "".join(cell["source"]) + "\0"
    _write(folder, notebook)


@damage("rest")
def an_answer_without_its_name(folder, notebook, question):
    """Mark and name of one answer cell lost, its text a remark."""
    cell = _of(notebook, question)
    cell["metadata"], cell["id"] = {}, "lost"
    cell["source"] = "# I had it yesterday"
    _write(folder, notebook)


def _prose(text):
    return {"cell_type": "markdown", "metadata": {}, "source": text}


def _code(text):
    return {
        "cell_type": "code",
        "metadata": {},
        "source": text,
        "outputs": [],
        "execution_count": None,
    }
