"""The student's side when the check runs in the same notebook.

A grade cell shares its names with the student's: it may call its inputs
``series`` although the student's functions use a ``series`` of their own.
So while an answer works, the student's names are back in place, and when
the cell is over they stay so.
"""

import contextlib
import sys

from course_lib.checks.side import Side

NAME = "__course_side__"


class LocalSide(Side):
    """A `Side` on the names of the notebook that the check stands in.

    Args:
        names: the notebook's dict of names.
    """

    def __init__(self, names):
        super().__init__(names)
        self.own = {k: v for k, v in names.items() if k != NAME}

    def ask(self, request):
        """As `Side.ask`, on the student's names."""
        with self._own_names():
            return super().ask(request)

    @contextlib.contextmanager
    def _own_names(self):
        taken = self._taken()
        self.names.update({name: self.own[name] for name in taken})
        try:
            yield
        finally:
            for name, value in taken.items():
                self.own[name] = self.names.get(name, self.own[name])
                self.names[name] = value

    def _taken(self):
        """The names that the check has used for something else."""
        return {
            name: self.names[name]
            for name, value in self.own.items()
            if name in self.names
            and self.names[name] is not value
            and not name.startswith("_")
        }

    def leave(self):
        """Give the student's names back."""
        self.names.update({name: self.own[name] for name in self._taken()})
        self.names.pop(NAME, None)


def side_of(names):
    """The side for a cell's names; in Jupyter it lasts as long as the cell."""
    if NAME in names:
        return names[NAME]
    side = names[NAME] = LocalSide(names)
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is not None and shell.user_ns is names:

        def leave(*_):
            shell.events.unregister("post_run_cell", leave)
            side.leave()

        shell.events.register("post_run_cell", leave)
    return side
