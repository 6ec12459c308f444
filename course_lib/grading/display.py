"""What the cells of a submission show: plots and prints, without points.

They come from the process that is scored, and mean nothing to its points:
a cell that dies while it shows something runs again without showing.
"""

from course_lib.grading.student_side.protocol import ProtocolError
from course_lib.grading.worker import checked

MOST_OUTPUTS = 50
MOST_IN_ALL = 4 * 2**20
KINDS = ("stdout", "stderr", "text", "png", "svg", "error")


class Display:
    """The outputs of the cells that ran, in their order.

    Attributes:
        outputs: for each cell a list of [kind, text], kind one of `KINDS`.
    """

    def __init__(self):
        self.outputs, self.room = [], MOST_IN_ALL

    def take(self, reply):
        """Keep what a cell has shown; give its error, or None."""
        value = reply.get("value")
        value = value if type(value) is dict else {}
        self._keep(self._sound(value.get("shown")))
        try:
            return checked({"error": value.get("error")})["error"]
        except ProtocolError:
            return None

    def stopped(self, reason):
        """Keep that a cell came to no end."""
        self._keep([["error", f"Stopped: {reason}"]])

    def _keep(self, outputs):
        self.outputs.append(outputs)
        self.room -= sum(len(text) for _, text in outputs)

    def _sound(self, outputs):
        """What has the form of outputs, as far as there is room."""
        found, room = [], self.room
        for each in outputs if type(outputs) is list else []:
            if type(each) is not list or [type(e) for e in each] != [str, str]:
                continue
            kind, text = each
            if kind not in KINDS or len(found) == MOST_OUTPUTS:
                continue
            if len(text) > room:
                found.append(["text", "(left out: too long)"])
                continue
            room -= len(text)
            found.append([kind, text])
        return found

    def of(self, cells):
        """The outputs of all cells: those of cells that never run are empty.

        Args:
            cells: (id, question, kind, source), as `intake` arranged them.
        """
        rest = iter(self.outputs)
        return [
            next(rest, []) if kind in ("code", "answer", "extra") else []
            for _, _, kind, _ in cells
        ]
