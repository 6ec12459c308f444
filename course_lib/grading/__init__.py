"""The instructor's side: release, score, keep, report.

Scoring is a pure function of an assignment and the bytes of a submission.
The student's code runs in a process of its own, which never held tests or
solutions; the tests run in another; only plain values cross.
"""

import sys

# nbformat loads jsonschema, which builds 38 grammars of web addresses when it
# finds this package: seconds in each command, for a format no notebook uses.
sys.modules.setdefault("rfc3987_syntax", None)
