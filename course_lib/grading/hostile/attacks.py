"""Submissions that try to win, to break or to look where they must not.

For the tests and for classes made for practice; a grader that gives one of
these a point has a hole. Each attack is a function: from a `Target` it gives
the code that stands in place of an answer, one string for each cell. What an
attack read that it must not read, it raises as an error that says STOLEN.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """What an attack is about.

    Attributes:
        name: of the function that the question asks for.
        secret: a file that no submission may read, and none may write
            beside.
        port: of a server on this machine that no submission may reach.
    """

    name: str
    secret: str = "../solutions/secret.txt"
    port: int = 9


ATTACKS = {}
# Attacks on the notebook's later cells cost their author the other questions.
SELF_HARM = set()


def attack(make=None, *, harms=False):
    """Add an attack to the list under the words of its name."""

    def add(make):
        name = make.__name__.replace("_", " ")
        ATTACKS[name] = make
        if harms:
            SELF_HARM.add(name)
        return make

    return add(make) if make else add


def defined(target, body="return 0.0", before=""):
    """A cell that defines the answer with this body."""
    lines = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return [
        f"{before.strip()}\n\ndef {target.name}(*args, **kwargs):\n{lines}"
    ]


def steals(target, body):
    """An answer that raises what a body puts into ``found``."""
    return defined(
        target,
        f"""
found = None
try:
    {body.strip().replace(chr(10), chr(10) + "    ")}
except Exception as error:
    raise NameError(f"nothing: {{error}}")
if found:
    raise ValueError(f"STOLEN {{found!r}}"[:400])
""",
    )
