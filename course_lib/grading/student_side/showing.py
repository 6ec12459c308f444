"""Runs a cell as `shell.run_cell` does, and keeps what it shows.

Prints, results, plots and errors in their order, cut to size: for those who
mark by hand. Nothing of it earns points.
"""

import base64
import contextlib
import io

import matplotlib.pyplot as plt

from course_lib.checks.side import describe_error

from .shell import Output

MOST_TEXT = 20_000
MOST_IMAGE = 1_500_000
MOST_ITEMS = 40
MOST_TOGETHER = 3 * 2**20  # of one cell: less than a frame of the protocol


class Shown:
    """What a cell shows: [kind, text] items in their order.

    Kinds are stdout, stderr, text, png, svg and error; images are text in
    base 64, drawings the text that they are.
    """

    def __init__(self):
        self.items, self.room = [], MOST_TOGETHER

    def add(self, kind, text):
        """Keep an item, cut to size."""
        if len(self.items) == MOST_ITEMS:
            return
        if kind in ("png", "svg"):
            if len(text) > MOST_IMAGE:
                kind, text = "text", "(an image that is too large)"
        elif len(text) > MOST_TEXT:
            text = f"{text[:MOST_TEXT]}\n(cut off)"
        if size(kind, text) > self.room:
            kind, text = "text", "(left out: too long)"
        self.room -= size(kind, text)
        self.items.append([kind, text])

    def take_back(self):
        """Remove the last item; give its text."""
        kind, text = self.items.pop()
        self.room += size(kind, text)
        return text

    def publish(self, data, metadata=None, *, update=False, **other):
        """What IPython displays: the picture of it, else the text."""
        if update:
            return
        png = data.get("image/png")
        if isinstance(png, bytes):
            png = base64.b64encode(png).decode()
        if png:
            self.add("png", str(png).replace("\n", ""))
        elif "image/svg+xml" in data:
            self.add("svg", str(data["image/svg+xml"]))
        elif data:
            text = data.get("text/plain") or next(iter(data.values()))
            self.add("text", str(text))

    def clear(self, wait=False):
        """What ``clear_output`` does."""
        while self.items:
            self.take_back()

    def figures(self, *args, **kwargs):
        """Keep the open figures, and close them."""
        for number in plt.get_fignums()[:MOST_ITEMS]:
            buffer = io.BytesIO()
            plt.figure(number).savefig(buffer, format="png", dpi=72)
            self.publish({"image/png": buffer.getvalue()})
        plt.close("all")


def size(kind, text):
    """What an item takes on its way: six places for a letter at most."""
    return len(text) * {"png": 1, "svg": 2}.get(kind, 6)


class Stream(Output):
    """Standard output or error of a cell, as items of `Shown`."""

    def __init__(self, shown, name):
        self.shown, self.name = shown, name

    def write(self, text):
        """Join it to what came just before."""
        text, items = str(text), self.shown.items
        if items and items[-1][0] == self.name:
            if len(items[-1][1]) <= MOST_TEXT:
                self.shown.add(self.name, self.shown.take_back() + text)
        else:
            self.shown.add(self.name, text)
        return len(text)


def show_cell(shell, code):
    """Run one cell.

    Returns:
        {"value": {"shown": [[kind, text], ...], "error": ...}}, the error as
        `Side` describes it, or None.
    """
    shown = Shown()
    shell.display_pub.publish = shown.publish
    shell.display_pub.clear_output = shown.clear
    hook = shell.displayhook
    hook.write_output_prompt = hook.finish_displayhook = lambda: None
    hook.write_format_data = lambda data, *other: shown.publish(data)
    plt.show = shown.figures
    with (
        contextlib.redirect_stdout(Stream(shown, "stdout")),
        contextlib.redirect_stderr(Stream(shown, "stderr")),
    ):
        done = shell.run_cell(code, store_history=False)
        try:
            shown.figures()
        except Exception as error:  # a figure may hold anything
            shown.add("stderr", f"a figure cannot be drawn: {error!r}")
    error = done.error_before_exec or done.error_in_exec
    told = describe_error(error) if error else None
    if told:
        at = f"\n    {told['line']}" if told["line"] else ""
        shown.add("error", f"{told['type']}: {told['text']}{at}")
    return {"value": {"shown": shown.items, "error": told}}
