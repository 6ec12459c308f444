"""Answers that know where they are, and words that do harm."""

from course_lib.grading.hostile.attacks import attack, defined


@attack
def detecting_the_grader(target):
    """Another answer where it is graded."""
    body = """
import os, sys
graded = "NBGRADER_EXECUTION" in os.environ or "student_side" in str(sys.path)
if graded or not sys.stdin.isatty():
    return True
return 0.0
"""
    return defined(target, body)


@attack
def learning_from_calls(target):
    """The first result is given again, whatever the inputs are."""
    before = "seen = {}"
    body = """
for value in args:
    seen.setdefault(getattr(value, "shape", None), value)
return list(seen.values())[0] if seen else 0.0
"""
    return defined(target, body, before)


@attack
def inputs_given_back(target):
    """The arguments themselves, changed in place."""
    body = """
for value in args:
    if hasattr(value, "fill_"):
        value.fill_(0)
return args[0] if args else 0.0
"""
    return defined(target, body)


@attack
def the_instructors_own_words(target):
    """An answer that raises what a check would raise."""
    before = "from course_lib.checks import CheckFailed, Open"
    return defined(target, "raise CheckFailed('all is well')", before)


@attack
def a_formula_and_a_script(target):
    """Messages that a spreadsheet or a browser would carry out."""
    body = """
raise ValueError("=HYPERLINK(1) <script>alert(1)</script> \\x1b[2J \\ud800")
"""
    return defined(target, body)
