# nbgrader's settings for this course; run its commands from this folder.
# `course grade` doesn't need them: they are for those who use the stock
# commands on the same files, at their own risk (book/instructors.md).
from course_lib.grading.release import configure

c = configure(get_config())  # noqa: F821
c.CourseDirectory.course_id = "rnn"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "book/exercises"
c.ExecutePreprocessor.timeout = 60
c.ExecutePreprocessor.shutdown_kernel = "immediate"
# A test cell that a student has deleted comes back.
c.OverwriteCells.add_missing_cells = True
