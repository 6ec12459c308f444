"""What a check says when an answer is not right yet: at most six lines."""

LONGEST_LINE = 240


class CheckFailed(AssertionError):  # noqa: N818  reads as what happened
    """An answer that is not right yet, said in at most six lines.

    Args:
        asked: what the answer was asked to do.
        got: what came back.
        expected: what should have come back.
        looks_like: the misconception that it looks like.
        example: the smallest example that shows it.
        see: the section to read again, "chapter 8, At every step".
        status: failed, or error where the answer itself raised one.
    """

    def __init__(
        self,
        asked,
        got=None,
        expected=None,
        looks_like=None,
        example=None,
        see=None,
        status="failed",
    ):
        self.status = status
        self.lines = [f"not yet:    {_line(asked)}"]
        for label, text in [
            ("came back:", got),
            ("expected:", expected),
            ("looks like:", looks_like),
            ("example:", example),
            ("read again:", see),
        ]:
            if text:
                self.lines.append(f"{label:11} {_line(text)}")
        super().__init__("\n".join(self.lines))

    def _render_traceback_(self):
        """What Jupyter shows in place of a traceback."""
        return [str(self)]


class Open(CheckFailed):
    """A question that nobody has answered yet: one short line."""

    def __init__(self, name, why="nothing is written there yet"):
        self.status = "missing"
        self.lines = [f"open: {_line(name)} ({_line(why)})"]
        AssertionError.__init__(self, self.lines[0])


def _line(text):
    """One printable line of bounded length; values can be long and odd."""
    text = " ".join(str(text).split())
    text = "".join(c if c.isprintable() else "?" for c in text)
    if len(text) > LONGEST_LINE:
        text = text[: LONGEST_LINE - 2] + " …"
    return text
