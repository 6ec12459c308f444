"""`course grade`: what it writes, what it survives, what it never tells."""

import contextlib
import csv
import functools
import itertools
import json
import os
import random
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
from datetime import datetime
from pathlib import Path

import pytest
import tiny
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from course_lib.cli import app
from course_lib.grading import plain, pool, run, store
from course_lib.grading.pool import Pool
from course_lib.grading.zygote import Scorers, Zygote

pytestmark = pytest.mark.slow

STATUSES = {
    *("passed", "partial", "failed", "error", "timeout", "killed"),
    *("missing", "needs-marking"),
}


@pytest.fixture(scope="module")
def zygote():
    """Warm processes, started once for all runs here."""
    warm = Zygote(scorers=True)
    warm.scorers.load([])
    warm.wait()
    yield warm
    warm.close()


def copied(zygote):
    """Copies of both warm processes: two runs would mix up the answers."""
    copy = Zygote(control=zygote.split())
    copy.scorers = Scorers(zygote.scorers.split())
    return copy


@pytest.fixture
def warm(zygote, monkeypatch):
    """Runs take copies of the warm processes in place of new ones."""
    monkeypatch.setattr(pool, "Zygote", lambda **_: copied(zygote))


@pytest.fixture
def course(tmp_path):
    """A folder with the tiny assignment and its class."""
    tiny.make(tmp_path, tiny.CLASS)
    return tmp_path


def plan(root, out="out", **changes):
    """The plan of a run."""
    settings = {
        "solutions": root / "solutions",
        "jobs": 2,
        "seed": 7,
        "limits": run.limits(display=False),
    }
    settings |= changes
    return run.Plan(tiny.NAME, root / "submitted", root / out, **settings)


def grade(root, out="out", **changes):
    """Rows of a run, by student."""
    rows = run.grade(plan(root, out, **changes), say=lambda text: None)
    return {row["student"]: row for row in rows}


def timeless(root, out="out"):
    """grades.json without the seconds, which no two runs share."""
    data = json.loads((root / out / "grades.json").read_text("utf-8"))
    for row in data["submissions"]:
        for question in row["questions"]:
            del question["seconds"]
    return data


def book(root, out="out"):
    """The gradebook, to be closed."""
    return Gradebook(f"sqlite:///{root / out / 'gradebook.db'}")


def scores(root, out="out"):
    """{(student, cell): (automatic points, needs a person)}."""
    with book(root, out) as found:
        return {
            (grade.student.id, grade.name): (
                grade.auto_score,
                grade.needs_manual_grade,
            )
            for submission in found.assignment_submissions(tiny.NAME)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }


def call(root, *more, out="out"):
    """The command, in this process."""
    return CliRunner().invoke(
        app,
        [
            *("grade", tiny.NAME, "--solutions", str(root / "solutions")),
            *("--submitted", str(root / "submitted")),
            *("--out", str(root / out), "--no-display", *more),
        ],
    )


@contextlib.contextmanager
def forked(work):
    """Pid of a process that does some work; it is gone in the end."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            found = work()
            status = found if isinstance(found, int) else 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    try:
        yield pid
    finally:
        with contextlib.suppress(ChildProcessError, ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def status_of(work):
    """How a process ends that does some work: its exit status."""
    with forked(work) as pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_a_class_is_graded_each_for_what_it_is(course, warm):
    """Right, partly right, wrong, dying, unreadable and open."""
    rows = grade(course)
    found = {
        student: [q["status"] for q in row["questions"]]
        for student, row in rows.items()
    }
    assert found == {
        "ada": ["passed", "passed", "needs-marking"],
        "bea": ["passed", "partial", "needs-marking"],
        "cyd": ["failed", "failed", "missing"],
        "dot": ["killed", "killed", "needs-marking"],
        "eve": ["missing"] * 3,
        "fay": ["missing"] * 3,
    }
    points = {student: row["points"] for student, row in rows.items()}
    assert points == dict(ada=3, bea=2, cyd=0, dot=0, eve=0, fay=0)
    assert rows["eve"]["status"] == "unreadable"
    assert "cut off" in rows["eve"]["problems"][0]


def test_an_error_further_up_is_told_where_nothing_is_written(course, warm):
    """The answer may stand in a cell of the student's own, which stops."""
    elsewhere = tiny.notebook("# YOUR CODE HERE")
    own = {"cell_type": "code", "metadata": {}, "outputs": []}
    own |= {"source": "def double(x)\n    return 2 * x", "id": "own"}
    elsewhere["cells"].insert(1, {**own, "execution_count": None})
    place = course / "submitted" / "ada" / tiny.NAME / f"{tiny.NAME}.ipynb"
    tiny.write(place, elsewhere)
    for row in grade(course)["ada"]["questions"][:2]:
        assert row["status"] == "missing"
        assert "a cell further up stops with SyntaxError" in row["message"]


def test_grades_json_has_the_form_that_is_promised(course, warm):
    """These keys, in this order, and no others."""
    grade(course)
    data = json.loads((course / "out" / "grades.json").read_text("utf-8"))
    assert list(data) == ["assignment", "submissions"]
    assert data["assignment"] == tiny.NAME
    for row in data["submissions"]:
        keys = "student status problems points max_points questions"
        assert list(row) == keys.split()
        assert row["status"] in ("graded", "unreadable")
        assert row["max_points"] == 5
        assert len(row["questions"]) == 3
        for question in row["questions"]:
            keys = "id question points max_points status message seconds"
            assert list(question) == keys.split()
            assert question["status"] in STATUSES
            assert question["question"] in ("double", "why")


def test_grades_csv_has_a_column_for_each_question(course, warm):
    """Points apart from statuses; no cell that a table would run.

    And none that a terminal would obey.
    """
    submitted = course / "submitted"
    (submitted / "ada").rename(submitted / "=ada()")
    (submitted / "cyd").rename(submitted / "\x1b[2Jcyd")
    grade(course)
    with open(course / "out" / "grades.csv", newline="") as file:
        rows = {row["student"]: row for row in csv.DictReader(file)}
    assert rows["'=ada()"]["double"] == "3"
    assert rows["'=ada()"]["why status"] == "needs-marking"
    assert rows["?[2Jcyd"]["double"] == "0"
    assert rows["bea"]["double"] == "2"
    assert rows["bea"]["double status"] == "partial"
    assert rows["eve"]["status"] == "unreadable"


def test_feedback_tells_the_message_and_no_hidden_test(course, warm):
    """Nor a traceback, nor a tag of the student's."""
    text = "def double(x):\n    raise ValueError('<b>' + str(x) * 2)"
    tiny.make(course, {"<i>gil": tiny.notebook(text)})
    grade(course)
    pages = {
        path.parts[-3]: path.read_text("utf-8")
        for path in (course / "out" / "feedback").glob("*/*/*.html")
    }
    shown = list((course / "out" / "autograded").glob("*/*/*.ipynb"))
    assert len(pages) == len(shown) == 7
    for text in [*pages.values(), *(p.read_text("utf-8") for p in shown)]:
        assert tiny.HIDDEN not in text
        assert "HIDDEN TESTS" not in text
        assert "Traceback" not in text
    assert "no sign" in pages["bea"]
    assert "<b>" not in pages["<i>gil"]
    assert "<i>" not in pages["<i>gil"]
    assert "&lt;b&gt;" in pages["<i>gil"]


def test_the_gradebook_says_the_same_as_the_grades(course, warm):
    """Points, who has to look, and what was said about each answer."""
    rows = grade(course)
    found = scores(course)
    assert len(found) == 6 * 3
    for student, row in rows.items():
        for question in row["questions"]:
            points, waits = found[student, question["id"]]
            unknown = row["status"] == "unreadable"
            unknown |= question["status"] == "needs-marking"
            assert waits == unknown
            assert points == (None if unknown else question["points"])
    with book(course) as gradebook:
        submission = gradebook.find_submission(tiny.NAME, "bea")
        assert (submission.score, submission.max_score) == (2, 5)
        said = gradebook.find_comment(
            "double", tiny.NAME, tiny.NAME, "bea"
        ).auto_comment
    assert said.startswith("other: ")
    assert "no sign" in said


def test_what_people_gave_survives_and_comes_into_the_grades(course, warm):
    """Marks, extra credit, comments; a new submission asks to look again."""
    grade(course)
    with book(course) as gradebook:
        ids = (tiny.NAME, tiny.NAME)
        gradebook.find_grade("why", *ids, "ada").manual_score = 1.5
        gradebook.find_grade("why", *ids, "ada").needs_manual_grade = False
        gradebook.find_grade("double-other", *ids, "cyd").extra_credit = 0.5
        note = gradebook.find_comment("why", *ids, "ada")
        note.manual_comment = "Say <why>."
        gradebook.db.commit()
    rows = grade(course)
    assert rows["ada"]["points"] == 4.5
    assert rows["ada"]["questions"][2]["status"] == "partial"
    assert rows["cyd"]["points"] == 0.5
    place = course / "out" / "feedback" / "ada" / tiny.NAME
    page = (place / f"{tiny.NAME}.html").read_text("utf-8")
    assert "Say &lt;why&gt;." in page
    assert scores(course)["ada", "why"] == (None, False)
    tiny.make(course, {"ada": tiny.notebook(tiny.DOUBLE, "No, because.")})
    assert grade(course)["ada"]["points"] == 4.5
    assert scores(course)["ada", "why"] == (None, True)


def test_a_time_stamp_comes_into_the_gradebook(course, warm):
    """And one that is none harms nobody."""
    for student, text in (("ada", "2026-03-02 11:59:00 UTC"), ("bea", "\0")):
        place = course / "submitted" / student / tiny.NAME
        (place / "timestamp.txt").write_text(text)
    grade(course)
    with book(course) as found:
        times = {
            s.student.id: s.timestamp
            for s in found.assignment_submissions(tiny.NAME)
        }
    assert times["ada"] == datetime(2026, 3, 2, 11, 59)
    assert times["bea"] is None


@pytest.fixture
def scored(monkeypatch):
    """The names of those that were scored, in their order."""
    names = []
    real = Pool.score_all

    def counting(self, jobs):
        for name, result in real(self, jobs):
            names.append(name)
            yield name, result

    monkeypatch.setattr(Pool, "score_all", counting)
    return names


def test_what_is_finished_is_not_scored_again(course, warm, scored):
    """Only a submission that has changed."""
    before = grade(course)
    assert sorted(scored) == sorted(tiny.CLASS)
    scored.clear()
    assert grade(course, seed=8) == before
    assert scored == []
    tiny.make(course, {"cyd": tiny.notebook(tiny.DOUBLE)})
    assert grade(course)["cyd"]["points"] == 3
    assert scored == ["cyd"]


def test_hidden_inputs_follow_from_the_seed_and_the_seed_is_kept(course, warm):
    """The message of a wrong answer shows them."""

    def message(seed, out):
        rows = grade(course, out=out, seed=seed)
        return rows["cyd"]["questions"][1]["message"]

    assert message(1, "a") == message(1, "b") != message(2, "c")
    (path,) = (course / "c" / "runs").glob("*.json")
    record = json.loads(path.read_text("utf-8"))
    assert record["seed"] == 2
    assert record["finished"]
    assert record["versions"]["torch"]


def test_a_display_shows_plots_and_prints_without_points(course, warm):
    """And a submission graded without one gets it later, same points."""
    answer = (
        f"{tiny.DOUBLE}\nprint('shown')\nimport matplotlib.pyplot as plt\n"
        "plt.plot([1, 2])\nplt.show()\n1 / 0"
    )
    notebook = tiny.notebook(answer, "<script>1</script>")
    words = {"id": "own", "cell_type": "markdown", "metadata": {}}
    notebook["cells"].insert(2, {**words, "source": "My <b>words</b>"})
    tiny.make(course, {"ada": notebook})
    before = grade(course)
    after = grade(course, seed=9, limits=run.limits(display=True))
    assert after == before
    place = course / "out" / "autograded" / "ada" / tiny.NAME
    text = (place / f"{tiny.NAME}.ipynb").read_text("utf-8")
    cells = {cell["id"]: cell for cell in json.loads(text)["cells"]}
    outputs = cells["cell-1"]["outputs"]
    kinds = [output["output_type"] for output in outputs]
    assert kinds == ["stream", "display_data", "error"]
    assert outputs[0]["text"] == "shown\n"
    assert "image/png" in outputs[1]["data"]
    assert outputs[2]["ename"] == "ZeroDivisionError"
    assert cells["cell-2"]["source"][0].startswith("My ")
    assert "<script" not in text
    assert "<b>" not in text


def test_what_cells_show_changes_no_grade(course, warm):
    """A class graded with plots and without, and a picture that kills."""
    answer = (
        f"{tiny.DOUBLE}\nimport os, matplotlib.figure\n"
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\n"
        "matplotlib.figure.Figure.savefig = lambda *a, **k: os._exit(0)"
    )
    many = f"{tiny.DOUBLE}\nfor _ in range(99):\n    print('é' * 10**5)"
    tiny.make(
        course,
        {
            **tiny.CLASS,
            "gil": tiny.notebook(answer),
            "hal": tiny.notebook(many),
        },
    )
    for out, display in (("without", False), ("with", True)):
        grade(course, out=out, limits=run.limits(display=display))
    assert timeless(course, "with") == timeless(course, "without")
    data = timeless(course, "with")["submissions"]
    points = {row["student"]: row["points"] for row in data}
    assert points["gil"] == points["hal"] == points["ada"]


@pytest.mark.parametrize("moment", ["twice at once", "while one runs"])
def test_a_second_run_says_that_it_has_to_wait(course, warm, zygote, moment):
    """And breaks nothing of the first."""
    if moment == "while one runs":
        with store.lock(course / "out"):
            done = call(course)
        assert done.exit_code == 1
        assert "another run writes to" in " ".join(done.output.split())
        return

    # Both at one warm process would take each other's answers.
    def work(copy):
        pool.Zygote = lambda **_: copy
        try:
            grade(course)
        except run.Mistake as mistake:
            return 3 if "another run" in str(mistake) else 4

    with contextlib.ExitStack() as stack:
        pids = []
        for _ in range(2):
            copy = stack.enter_context(contextlib.closing(copied(zygote)))
            pids.append(stack.enter_context(forked(lambda c=copy: work(c))))
        ends = {
            os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids
        }
    assert ends <= {0, 3}
    assert 0 in ends
    assert timeless(course) == _undisturbed(course)


def _undisturbed(root):
    grade(root, out="undisturbed")
    return timeless(root, "undisturbed")


def test_a_locked_gradebook_is_said_and_nothing_is_lost(course, warm):
    """Grades that were there stay as they were."""
    grade(course)
    before = timeless(course)
    tiny.make(course, {"cyd": tiny.notebook(tiny.DOUBLE)})
    lock = sqlite3.connect(course / "out" / "gradebook.db")
    lock.execute("BEGIN EXCLUSIVE")
    done = call(course)
    lock.close()
    assert done.exit_code == 1
    assert "database is locked" in done.output
    assert "Another program" in done.output
    assert "Traceback" not in done.output
    assert timeless(course) == before
    assert grade(course)["cyd"]["points"] == 3


@pytest.mark.parametrize("most", [2_000, 30_000, 200_000])
def test_a_full_disk_is_said_and_the_next_run_goes_on(course, warm, most):
    """Files cannot grow beyond so many bytes: no whole gradebook fits."""

    def work():
        resource.setrlimit(
            resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY)
        )
        try:
            grade(course)
        except run.Mistake as mistake:
            text = str(mistake)
            return 3 if "kept" in text and "full" in text.lower() else 4

    assert status_of(work) == (3 if most < 100_000 else 0)
    grade(course)
    assert timeless(course) == _undisturbed(course)
    assert scores(course) == scores(course, "undisturbed")


def test_killed_at_fifty_random_moments_the_grades_are_the_same(course, warm):
    """Each time it is started again, until it comes to its end."""
    start = time.monotonic()
    undisturbed = _undisturbed(course)
    longest = time.monotonic() - start
    kills, rounds = 0, 0
    moments = random.Random(5)
    while kills < 50:
        rounds += 1
        out = f"round-{rounds}"
        work = functools.partial(grade, course, out=out)
        # A machine that has grown slower since gets to the end, too.
        for attempt in itertools.count():
            latest = longest * (1 + attempt / 10)
            with forked(work) as pid:
                time.sleep(moments.uniform(0, latest))
                ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                assert status == 0
                break
            kills += 1
        assert timeless(course, out) == undisturbed
        assert scores(course, out) == scores(course, "undisturbed")
        left = list((course / out).rglob("*.tmp"))
        assert len(left) <= kills
    assert rounds > 1


def test_an_interrupted_run_ends_in_peace_and_is_gone_on_with(
    course, warm, scored
):
    """Ctrl-C reaches every process: none complains, and nothing is lost."""
    sleeps = tiny.notebook(f"import time\ntime.sleep(50)\n{tiny.DOUBLE}")
    tiny.make(course, {"ada": tiny.notebook(tiny.DOUBLE), "bea": sleeps})
    command = [sys.executable, "-c", "from course_lib.cli import main; main()"]
    command += ["grade", tiny.NAME, "--submitted", str(course / "submitted")]
    command += ["--solutions", str(course / "solutions"), "--no-display"]
    command += ["--out", str(course / "out"), "--jobs", "1"]
    running = subprocess.Popen(
        command,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    for _ in range(600):
        if list((course / "out").glob(".results/*/*.json")):
            break
        time.sleep(0.1)
    os.killpg(running.pid, signal.SIGINT)
    said, _ = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Traceback" not in said
    assert "is kept; run the command again" in " ".join(said.split())
    tiny.make(course, {"bea": tiny.CLASS["bea"]})
    grade(course)
    assert sorted(scored) == sorted(set(tiny.CLASS) - {"ada"})


def test_the_warm_process_leaves_nothing_and_warns_of_nothing(tmp_path):
    """On a machine of many users: no folder in the way of another's."""
    places = {"TMPDIR": tmp_path / "tmp", "HOME": tmp_path / "home"}
    for place in places.values():
        place.mkdir()
    code = (
        "from course_lib.grading.zygote import Zygote\n"
        "zygote = Zygote()\nzygote.wait()\nzygote.close()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **{k: str(v) for k, v in places.items()}},
        capture_output=True,
        check=True,
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    assert list(places["TMPDIR"].iterdir()) == []
    assert [p.name for p in places["HOME"].iterdir()] == [".cache"]


def test_the_command_itself_needs_no_torch():
    """Its processes load it once for all, while it loads what it needs."""
    code = (
        "import sys; from course_lib.grading import cluster, gradebook, run; "
        "sys.exit('torch' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (["--submitted", "nowhere"], "there is no folder nowhere"),
        (["--submitted", "solutions"], "no submission in"),
        (["--database", "nonsense"], "not an SQLAlchemy address"),
        (["--database", "sqlite:////nowhere/at/all.db"], "unable to open"),
        (["--database", "sqlite:///{root}/solutions.txt"], "not a database"),
    ],
)
def test_the_instructors_mistakes_are_named(
    course, warm, monkeypatch, change, says
):
    """In a paragraph, with exit status 1."""
    monkeypatch.chdir(course)
    (course / "solutions.txt").write_text("no database at all" * 100)
    change = [part.format(root=course) for part in change]
    done = call(course, *change)
    assert done.exit_code == 1
    assert says in " ".join(done.output.split())
    assert "Traceback" not in done.output


def test_who_handed_in_nothing_is_named(course, warm):
    """A folder under another name is nobody's silent zero."""
    (course / "submitted" / "zoe" / f"{tiny.NAME} (final)").mkdir(parents=True)
    said = []
    rows = run.grade(plan(course), say=said.append)
    assert "zoe" not in {row["student"] for row in rows}
    assert f"1 without a folder {tiny.NAME}: zoe" in said


def test_wrong_calls_have_exit_status_2(course):
    """An assignment that there isn't, an option that is none."""
    assert CliRunner().invoke(app, ["grade", "99"]).exit_code == 2
    done = call(course, "--jobs", "0")
    assert done.exit_code == 2


def test_without_dask_the_scheduler_option_says_what_to_install(
    course, warm, monkeypatch
):
    """Not a traceback."""
    monkeypatch.setitem(sys.modules, "course_lib.grading.cluster", None)
    done = call(course, "--scheduler", "tcp://127.0.0.1:1")
    assert done.exit_code == 1
    assert "pip install" in done.output


def test_without_a_jail_nothing_is_graded_unless_asked(
    course, warm, monkeypatch
):
    """The message says what is missing and how to go on at one's own risk."""
    monkeypatch.setattr(Pool, "weaknesses", lambda pool: ["fly away"])
    done = call(course)
    assert done.exit_code == 1
    text = " ".join(done.output.split())
    assert "fly away" in text
    assert "--unsafe" in text
    assert not (course / "out" / "grades.json").exists()


def test_plain_nbgrader_gives_the_same_points_in_the_same_gradebook(
    course, warm
):
    """`nbgrader autograde` on what `course grade` has written."""
    grade(course)
    here = scores(course)
    root = course / "plain"
    for student in ("ada", "bea"):
        place = Path("submitted", student, tiny.NAME)
        shutil.copytree(course / place, root / place)
    shutil.copy(course / "out" / "gradebook.db", root)
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", tiny.NAME],
        cwd=root,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    there = scores(course, "plain")
    assert there == here
    assert list((root / "autograded").glob("*/*/*.ipynb"))


def test_right_answers_earn_the_same_under_plain_nbgrader(zygote):
    """One of each question of one assignment: --plain tries them all."""
    folder = Path(__file__).parents[1] / "solutions" / "03-sequences"
    compared, found = plain.differences(folder, zygote, most=1)
    assert compared > 10
    assert found == []


def test_an_ordinary_user_gets_the_same_grades(warm):
    """The command itself, once as root's nobody."""
    if os.geteuid() != 0:
        pytest.skip("only root can become an ordinary user")
    nobody = {"user": 65534, "group": 65534, "extra_groups": []}
    # Not in pytest's folder, which is closed to others.
    with tempfile.TemporaryDirectory(prefix="course-user-") as folder:
        course = Path(folder)
        tiny.make(course, tiny.CLASS)
        grade(course, out="mine")
        (course / "theirs").mkdir()
        course.chmod(0o755)
        (course / "theirs").chmod(0o777)
        test = [sys.executable, "-c", "import course_lib"]
        try:
            subprocess.run(test, check=True, **nobody)
        except (PermissionError, subprocess.CalledProcessError):
            pytest.skip("an ordinary user may not run this Python")
        done = subprocess.run(
            [
                *(sys.executable, "-B", "-m", "course_lib.cli", "grade"),
                *(tiny.NAME, "--submitted", str(course / "submitted")),
                *("--out", str(course / "theirs"), "--no-display"),
                *("--solutions", str(course / "solutions"), "--seed", "7"),
            ],
            env={**os.environ, "HOME": folder},
            capture_output=True,
            text=True,
            **nobody,
        )
        assert done.returncode == 0, done.stderr
        assert "6 submissions graded" in done.stdout
        assert timeless(course, "theirs") == timeless(course, "mine")
