"""Runs a notebook's cells as IPython does, without a kernel.

Magics, shell lines and help cost nothing: one that cannot be carried out
here is left out, and the cell goes on.
"""

import contextlib
import io

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from course_lib.checks.side import describe_error

MOST_OUTPUT = 100_000


class Shell(InteractiveShell):
    """An IPython without history, terminal, files or subprocesses."""

    def run_line_magic(self, magic_name, line, _stack_depth=1):
        """Carry out a magic if that is possible."""
        with contextlib.suppress(Exception, SystemExit):
            return super().run_line_magic(
                magic_name, line, _stack_depth=_stack_depth + 1
            )

    def system(self, cmd):
        """Shell lines are for the student's own machine."""

    system_raw = system_piped = system

    def getoutput(self, cmd, split=True, depth=0):
        """Shell lines give nothing here."""
        return [] if split else ""

    def showtraceback(self, *args, **kwargs):
        """The error travels in the result; nothing is printed."""

    showsyntaxerror = showtraceback


def make_shell():
    """A shell that leaves no trace on the disk."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.enable_tip = False
    shell = Shell.instance(config=config)
    shell.user_ns["__name__"] = "__main__"
    return shell


class Output(io.TextIOBase):
    """An output that says of itself what Jupyter's says."""

    encoding = "utf-8"

    def writable(self):
        """Yes."""
        return True

    def fileno(self):
        """A file that takes everything: /dev/null."""
        return 1


class Bounded(Output):
    """An output that keeps its beginning and forgets the rest."""

    def __init__(self):
        self.parts, self.length = [], 0

    def write(self, text):
        """Keep what still fits."""
        text = str(text)
        if self.length < MOST_OUTPUT:
            self.parts.append(text[: MOST_OUTPUT - self.length])
            self.length += len(self.parts[-1])
        return len(text)


def run_cell(shell, code):
    """Run one cell; what it prints is forgotten.

    Returns:
        {"value": None} or {"error": ...} as `Side` does.
    """
    output = Bounded()
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(output),
    ):
        done = shell.run_cell(code, store_history=False)
    error = done.error_before_exec or done.error_in_exec
    return {"error": describe_error(error)} if error else {"value": None}
