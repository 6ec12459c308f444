"""Classes made for practice: submissions of every kind, of any number.

They are made from what is there: the released notebook, the solution, and
the right and wrong answers in ``tests/answers``. The same seed makes the
same class.
"""

import copy
import datetime
import json
import random
from collections import Counter
from pathlib import Path

from course_lib.grading import assignment as assignments
from course_lib.grading import trials
from course_lib.grading.damaged import DAMAGES
from course_lib.grading.hostile import ATTACKS, FORGERIES, Target

# Of a hundred submissions, about so many.
SHARES = {
    "right": 25,
    "partial": 30,
    "wrong": 15,
    "late": 10,
    "broken": 10,
    "hostile": 10,
}
DUE = datetime.datetime(2026, 3, 2, 12, 0)
WRITTEN = "I would change one thing at a time, over five seeds."


class Desk:
    """What is needed to fill in the notebooks of one assignment.

    Args:
        name: "08-multi-step".
        solutions: the folder of the sources.
        released: the folder of the student versions.
        answers: the folder of right and wrong answers.
    """

    def __init__(
        self,
        name,
        solutions="solutions",
        released="book/exercises",
        answers="tests/answers",
    ):
        self.assignment = assignments.load(Path(solutions, name))
        path = Path(released, name, f"{name}.ipynb")
        self.released = json.loads(path.read_text(encoding="utf-8"))
        self.trials = trials.read(trials.answers_file(name, answers))

    @property
    def questions(self):
        """The ids of the answer cells."""
        return [cell.id for cell in self.assignment.kind("answer")]

    def notebook(self, answers=None):
        """A notebook with these answers, the solution's for the others.

        Args:
            answers: {question: the code of its cells, in a list}; None
                leaves the question open.
        """
        answers = answers or {}
        notebook = copy.deepcopy(self.released)
        cells = []
        for cell in notebook["cells"]:
            original = self.assignment.cell(cell.get("id"))
            cells.append(cell)
            if original is None or original.kind not in ("answer", "written"):
                continue
            if original.kind == "written":
                cell["source"] = WRITTEN
                continue
            codes = answers.get(original.id, [original.source])
            if codes is None:
                continue
            cell["source"] = codes[0]
            for n, code in enumerate(codes[1:]):
                cells.append(extra(code, f"{original.id}-more-{n}"))
        notebook["cells"] = cells
        return notebook

    def target(self, question, **more):
        """What an attack on a question is about."""
        cell = self.assignment.cell(question)
        return Target(trials.declared(cell.source)[-1], **more)

    def functions(self):
        """The questions that ask for a function."""
        return [
            question
            for question in self.questions
            if f"def {self.target(question).name}("
            in self.assignment.cell(question).source
        ]


def extra(code, cell_id):
    """A free code cell."""
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": cell_id,
        "metadata": {},
        "outputs": [],
        "source": code,
    }


def write(folder, name, notebook, *, when=DUE):
    """Put a notebook where nbgrader looks for it, with a time stamp."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    (folder / f"{name}.ipynb").write_text(text, encoding="utf-8")
    (folder / "timestamp.txt").write_text(f"{when:%Y-%m-%d %H:%M:%S} UTC\n")


def make(name, out, *, students=30, seed=0, **places):
    """Write a class of submissions.

    Args:
        name: the assignment, "08-multi-step".
        out: the folder that gets ``STUDENT/NAME/NAME.ipynb``.
        students: how many.
        seed: of what each of them hands in.
        places: of the sources, as of `Desk`.

    Returns:
        {student: (kind, in words what is handed in)}.
    """
    desk, chance = Desk(name, **places), random.Random(seed)
    roll = {}
    for n, kind in enumerate(_kinds(students, chance)):
        student = f"student-{n + 1:0{len(str(students))}}"
        folder = Path(out, student, name)
        roll[student] = kind, _hand_in(kind, desk, folder, chance)
    return roll


def _kinds(students, chance):
    """As many of each kind as their shares ask for, shuffled."""
    whole = sum(SHARES.values())
    kinds = [
        kind
        for kind, share in SHARES.items()
        for _ in range(share * students // whole)
    ]
    rest = sorted(SHARES, key=SHARES.get, reverse=True)
    kinds += (rest * students)[: students - len(kinds)]
    chance.shuffle(kinds)
    return kinds


def _hand_in(kind, desk, folder, chance):
    """Write one submission; say what it is."""
    name, early = desk.assignment.name, chance.randrange(1, 4000)
    when = DUE - datetime.timedelta(minutes=early)
    if kind == "broken":
        damage = chance.choice(sorted(DAMAGES))
        folder.mkdir(parents=True)
        question = chance.choice(desk.questions)
        DAMAGES[damage].make(folder, desk.notebook(), question)
        return damage
    if kind == "hostile":
        question = chance.choice(desk.functions())
        what = chance.choice([*sorted(ATTACKS), *sorted(FORGERIES)])
        if what in ATTACKS:
            codes = ATTACKS[what](desk.target(question))
            notebook = desk.notebook({question: codes})
        else:
            notebook = desk.notebook({question: None})
            FORGERIES[what](notebook, question)
        write(folder, name, notebook, when=when)
        return f"{question}: {what}"
    if kind == "late":
        when = DUE + datetime.timedelta(minutes=early)
    answers, words = _answers(kind, desk, chance)
    write(folder, name, desk.notebook(answers), when=when)
    return words


def _answers(kind, desk, chance):
    """{question: its cells}, and in words which are not the solution."""
    wrong = {"right": 0.0, "late": 0.2, "partial": 0.4, "wrong": 0.9}[kind]
    answers, words = {}, []
    for question in desk.questions:
        bad = chance.random() < wrong
        fits = [
            t
            for t in desk.trials
            if t.question == question
            and t.kind == ("wrong" if bad else "right")
        ]
        if bad and chance.random() < 0.2:
            answers[question] = None
            words.append(f"{question}: open")
        elif fits:
            trial = chance.choice(fits)
            answers[question] = list(trial.cells)
            if bad:
                words.append(f"{question}: {trial.name}")
    return answers, "; ".join(words) or "all right"


def as_text(roll):
    """The class in lines for the terminal."""
    counts = Counter(kind for kind, _ in roll.values())
    width = max(map(len, roll))
    lines = [
        f"{student:{width}}  {kind:8} {words}"
        for student, (kind, words) in roll.items()
    ]
    summary = ", ".join(f"{n} {kind}" for kind, n in counts.most_common())
    return "\n".join([*lines, f"{len(roll)} submissions: {summary}"])
