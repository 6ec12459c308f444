"""nbgrader's settings in the folder of the results.

Whoever starts Jupyter there finds the formgrader with this gradebook and
these notebooks. A file that the instructor has changed stays as it is.
"""

from pathlib import Path

from course_lib.grading.store import write

HEAD = "# Written by `course grade`; without this line it is left alone.\n"
TEXT = """# In this folder, `jupyter notebook` shows the formgrader.
import os

c = get_config()  # noqa: F821
c.CourseDirectory.root = os.path.dirname(os.path.abspath(__file__))
c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.db_url = {url!r}
c.CourseDirectory.submitted_directory = {submitted!r}
# What students wrote runs no script beside the buttons that give marks.
c.HTMLExporter.sanitize_html = True
"""


def write_settings(plan):
    """Write OUT/nbgrader_config.py for a `run.Plan`."""
    path = Path(plan.out, "nbgrader_config.py")
    if path.exists() and not path.read_text("utf-8").startswith(HEAD):
        return
    url = plan.database or f"sqlite:///{path.parent.resolve()}/gradebook.db"
    submitted = str(Path(plan.submitted).resolve())
    write(path, HEAD + TEXT.format(url=url, submitted=submitted))
    path.chmod(0o600)  # the address may hold a password
