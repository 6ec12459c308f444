"""What runs in the student's process. It holds nothing worth stealing.

The package is copied beside a `course_lib` without the grading side, and
started from there: it must import nothing else of the grading side.
"""
