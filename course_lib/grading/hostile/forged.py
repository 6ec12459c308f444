"""Notebooks that say of themselves what is not so.

Each forgery changes a notebook whose target question nobody has answered.
"""

import copy

FORGERIES = {}


def forgery(make):
    """Add a forgery to the list under the words of its name."""
    FORGERIES[make.__name__.replace("_", " ")] = make
    return make


def _parts(notebook, question):
    """The grade cells of a question."""
    return [
        cell
        for cell in notebook["cells"]
        if _mark(cell).get("grade")
        and _mark(cell)["grade_id"].startswith(f"{question}-")
    ]


def _mark(cell):
    return cell["metadata"].get("nbgrader") or {}


def _cell(source, **mark):
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": mark} if mark else {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


@forgery
def outputs_of_a_success(notebook, question):
    """Check cells that show that they were passed, with their points."""
    for cell in _parts(notebook, question):
        cell["outputs"] = [
            {
                "output_type": "execute_result",
                "data": {"text/plain": "99"},
                "metadata": {},
                "execution_count": 1,
            }
        ]
        cell["execution_count"] = 1


@forgery
def more_points(notebook, question):
    """A thousand points for each check."""
    for cell in _parts(notebook, question):
        _mark(cell)["points"] = 1000


@forgery
def checks_that_check_nothing(notebook, question):
    """Their text is replaced by a number."""
    for cell in _parts(notebook, question):
        cell["source"] = "99"


@forgery
def deleted_checks(notebook, question):
    """They are not there any more."""
    gone = _parts(notebook, question)
    notebook["cells"] = [c for c in notebook["cells"] if c not in gone]


@forgery
def checks_as_text(notebook, question):
    """They became prose."""
    for cell in _parts(notebook, question):
        cell["cell_type"] = "markdown"


@forgery
def copied_checks(notebook, question):
    """A copy of each check, which does nothing, before and behind it."""
    for cell in _parts(notebook, question):
        fake = copy.deepcopy(cell)
        fake["source"] = "pass"
        at = notebook["cells"].index(cell)
        notebook["cells"][at : at + 1] = [fake, cell, copy.deepcopy(fake)]


@forgery
def checks_of_ones_own(notebook, question):
    """New checks with new names and many points."""
    for n in range(3):
        notebook["cells"].append(
            _cell(
                "100",
                grade=True,
                solution=False,
                locked=True,
                task=False,
                points=100,
                grade_id=f"{question}-bonus-{n}",
                schema_version=3,
                cell_type="code",
            )
        )


@forgery
def an_answer_with_the_name_of_a_check(notebook, question):
    """The student's cell carries the mark of a check."""
    first = _parts(notebook, question)[0]
    notebook["cells"].insert(0, _cell("1000", **_mark(first)))


@forgery
def checks_marked_as_answers(notebook, question):
    """Marked by hand, so that a person might give points."""
    for cell in _parts(notebook, question):
        _mark(cell)["solution"], _mark(cell)["grade"] = True, True
        cell["source"] = "1"


@forgery
def checks_before_everything(notebook, question):
    """In the wrong order: checks first, answers last."""
    parts = _parts(notebook, question)
    rest = [c for c in notebook["cells"] if c not in parts]
    notebook["cells"] = parts + rest


@forgery
def given_cells_with_other_code(notebook, question):
    """Locked code that patches the checks."""
    for cell in notebook["cells"]:
        mark = _mark(cell)
        if mark.get("locked") and not mark.get("grade"):
            if cell["cell_type"] == "code":
                cell["source"] += (
                    "\nfrom course_lib import checks\n"
                    "checks.close = checks.require = lambda *a, **k: None"
                )


@forgery
def another_schema(notebook, question):
    """Marks of a version that nobody knows."""
    for cell in notebook["cells"]:
        if _mark(cell):
            _mark(cell)["schema_version"] = 99


@forgery
def names_that_look_the_same(notebook, question):
    """A check's name in letters of another alphabet, beside the true one."""
    first = _parts(notebook, question)[0]
    fake = copy.deepcopy(first)
    name = _mark(first)["grade_id"]
    _mark(fake)["grade_id"] = name.replace("e", "\u0435") + "\u200b"
    fake["source"] = "1000"
    notebook["cells"].append(fake)


@forgery
def another_kernel(notebook, question):
    """A notebook that asks to be run by another program."""
    notebook["metadata"] = {
        "kernelspec": {
            "name": "bash",
            "argv": ["/bin/sh", "-c", "true"],
            "language": "bash",
        },
        "course": {"max_points": 1000, "submission": "x"},
        "celltoolbar": "Create Assignment",
    }
