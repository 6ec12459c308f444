"""Builds the edition with solutions into _build/solutions.

    python -m tools.build_solutions

It is for those who study alone, and for instructors. Each assignment becomes
a page: the task, the solution and why it is one, other ways that are right,
what goes wrong, and how it is checked. It comes from solutions/ and
tests/answers/, and is never part of the published book or of what students
get.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

from tools.inputs import ROOT
from tools.solution_pages import BOOK, explanations, page

SOURCES = ROOT / "solutions"
ANSWERS = ROOT / "tests" / "answers"
HERE = ROOT / "_build" / "solutions"
PAGES = HERE / "_build" / "html"
# What the pages look like is the book's own affair.
SHARED = (
    "html_css_files",
    "html_js_files",
    "mathjax_path",
    "mathjax3_config",
)
INDEX = """\
# Solutions

For those who study alone, and for instructors. Try each question first, in
the notebook: a check that fails says which idea is wrong, and a solution that
one has only read teaches less. The chapters are in
<a href="{book}/index.html">the book</a>.

Each page has the tasks of one assignment. Behind each task four things open:
the solution and why it is one; other ways that are right; answers that look
right and are not, each with what the checks say to it; and the checks
themselves, those included that run only when an assignment is handed in.

| assignment | questions | points |
|---|---|---|
{rows}

Every page is also a notebook that runs, with the solutions filled in:
`solutions/01-recurrent-neurons/01-recurrent-neurons.ipynb` and so on.
"""


def configuration() -> str:
    """The settings of this edition, most of them those of the book."""
    text = (ROOT / "_config.yml").read_text(encoding="utf-8")
    book = yaml.safe_load(text)["sphinx"]["config"]
    up = os.path.relpath(ROOT / "book", HERE)
    settings = {
        "title": "Solutions",
        "author": "The course authors",
        "only_build_toc_files": True,
        "execute": {"execute_notebooks": "off"},
        "parse": {
            "myst_enable_extensions": ["amsmath", "colon_fence", "dollarmath"]
        },
        "html": {
            "favicon": f"{up}/_static/favicon.svg",
            "use_issues_button": False,
            "use_repository_button": False,
        },
        "sphinx": {
            "local_extensions": {
                "boxes": f"{up}/_ext",
                "course_html": f"{up}/_ext",
            },
            # One of the book's extensions listens to its events.
            "extra_extensions": ["sphinx.ext.autodoc"],
            "config": {
                **{name: book[name] for name in SHARED if name in book},
                "html_theme_options": {
                    **book["html_theme_options"],
                    "use_download_button": False,
                },
                "html_static_path": [f"{up}/_static"],
                "html_copy_source": False,
            },
        },
    }
    return yaml.safe_dump(settings, sort_keys=False)


def write() -> list[str]:
    """Write the sources of the edition; give the assignments' names."""
    from course_lib.grading import assignment as assignments
    from course_lib.grading import trials

    shutil.rmtree(HERE, ignore_errors=True)
    HERE.mkdir(parents=True)
    names, rows = assignments.find(SOURCES), []
    for name in names:
        path = trials.answers_file(name, ANSWERS)
        answers = trials.read(path) if path.exists() else []
        one = assignments.load(SOURCES / name)
        text = page(one, answers, explanations(name))
        (HERE / f"{name}.md").write_text(text, encoding="utf-8")
        title = re.match(r"# (.+)", one.cells[0].source)[1]
        questions = len(one.kind("answer", "written"))
        rows.append(
            f"| [{title}]({name}.md) | {questions} | {one.max_points:g} |"
        )
    index = INDEX.format(book=BOOK, rows="\n".join(rows))
    (HERE / "index.md").write_text(index, encoding="utf-8")
    (HERE / "_config.yml").write_text(configuration(), encoding="utf-8")
    toc = "format: jb-book\nroot: index\nchapters:\n"
    toc += "".join(f"  - file: {name}\n" for name in names)
    (HERE / "_toc.yml").write_text(toc, encoding="utf-8")
    return names


def main() -> int:
    """Build the edition."""
    argparse.ArgumentParser(
        prog="python -m tools.build_solutions",
        description=__doc__.split("\n\n")[0].replace("\n", " "),
    ).parse_args()
    names = write()
    print(f"Writing the solutions of {len(names)} assignments …", flush=True)
    done = subprocess.run(
        ["jupyter-book", "build", str(HERE), "-W", "--keep-going", "-q"],
        executable=str(Path(sys.executable).with_name("jupyter-book")),
        cwd=HERE,
        env={**os.environ, "PYTHONUTF8": "1"},
        check=False,
    )
    if done.returncode:
        return done.returncode
    if not (ROOT / "_build" / "html" / "index.html").exists():
        print("Links to chapters lead somewhere once the book is built.")
    print(f"Open {(PAGES / 'index.html').relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
