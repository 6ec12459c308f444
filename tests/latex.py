r"""Reads LaTeX far enough to know which symbols an equation has.

A symbol is a letter with its accents and its label: ``\hat x_{t+k}`` is
x with a hat at the index t + k, ``W_x`` is a W whose label x is part of its
name, ``\mathrm{MSE}`` is a name. Words in ``\text`` are prose. A command
that is not known is an error, so that none is overlooked.
"""

import re
from dataclasses import dataclass

ACCENTS = {
    "hat": "hat",
    "widehat": "hat",
    "bar": "bar",
    "tilde": "tilde",
    "widetilde": "tilde",
    "vec": "vec",
    "dot": "dot",
}
NAMES = {"mathrm", "operatorname"}
FONTS = {"mathbf", "mathcal", "mathbb", "boldsymbol"}
PROSE = {"text", "textbf", "textit", "label", "tag", "begin", "end"}
# What every reader of a formula knows, and what only sets it.
COMMON = set(
    "frac tfrac dfrac sqrt left right big Big bigl bigr Bigl Bigr bigg Bigg "
    "biggl biggr quad qquad cdot cdots ldots dots vdots times le leq ge geq "
    "ne neq approx equiv sim in mapsto to gets infty sum prod int max min "
    "arg argmax argmin exp ln log sin cos bmod mod mid lVert rVert lvert "
    "rvert Vert vert lfloor rfloor lceil rceil langle rangle Rightarrow "
    "rightarrow leftarrow Longrightarrow pm mp ll gg propto forall top circ "
    "underbrace overbrace underset overset mathstrut displaystyle limits "
    "nolimits substack color ast lim sup det operatorname phantom land lor "
    "leftrightarrow longrightarrow partial nabla prime middle colon "
    "textstyle hspace".split()
)
# Such as softmax or Bernoulli; MSE and LN do not explain themselves.
WORD = re.compile(r"[A-Za-z][a-z]{3,}")
TOKEN = re.compile(r"\\([A-Za-z]+|.)|([A-Za-z])|([0-9.]+)|(\S)", re.DOTALL)


@dataclass(frozen=True)
class Symbol:
    r"""A letter, Greek letter or name, its accents, and what hangs below.

    Attributes:
        base: "x", "\\lambda" or "MSE", with accents in front: "hat x".
        label: the subscript as text without blanks; "" for none.
        below: symbols of the subscript.
    """

    base: str
    label: str
    below: tuple


def tokens(source):
    """Commands with their backslash, letters, numbers, other characters."""
    source = re.sub(r"(?<!\\)%.*", "", source)
    return [match[0] for match in TOKEN.finditer(source)]


def group(stream, start):
    """The tokens of the group or single token at ``start``, and its end."""
    if start >= len(stream):
        return [], start
    if stream[start] != "{":
        if stream[start][:1] == "\\" and stream[start][1:] in ACCENTS | {
            name: name for name in NAMES | FONTS | PROSE
        }:
            inner, end = group(stream, start + 1)
            return [stream[start], "{", *inner, "}"], end
        return [stream[start]], start + 1
    depth, end = 1, start + 1
    while depth:
        if end >= len(stream):
            raise ValueError(f"a brace is not closed: {' '.join(stream)}")
        depth += {"{": 1, "}": -1}.get(stream[end], 0)
        end += 1
    return stream[start + 1 : end - 1], end


def symbols(source):
    r"""All symbols of a formula, in their order; indices are in ``below``.

    >>> [(s.base, s.label) for s in symbols(r"\hat x_{t+k} = V h_t^2")]
    [('hat x', 't+k'), ('V', ''), ('h', 't')]
    """
    found = []
    _walk(tokens(source), found)
    return found


def _walk(stream, found):
    """Collect the symbols of a list of tokens."""
    at = 0
    while at < len(stream):
        at = _one(stream, at, found)


def _one(stream, at, found):
    """Collect what begins at ``at``; the place behind it."""
    token = stream[at]
    if token[0] != "\\":
        if token.isalpha():
            return _subscript(stream, at + 1, token, found)
        return at + 1
    name = token[1:]
    if name in ACCENTS or name == "overline":
        inner, end = group(stream, at + 1)
        accent = ACCENTS.get(name, "bar")
        letters = [t for t in inner if t not in "{}"]
        if len(letters) == 1 and (letters[0].isalpha() or len(letters[0]) > 2):
            base = f"{accent} {letters[0]}"
            return _subscript(stream, end, base, found)
        if name == "overline":
            found.append(Symbol("\\overline", "", ()))
        if name in ACCENTS and len(letters) > 1:
            inside = []
            _walk(inner, inside)
            first, *others = inside
            found.append(
                Symbol(f"{accent} {first.base}", first.label, first.below)
            )
            found.extend(others)
            return end
        _walk(inner, found)
        return end
    if name in NAMES:
        inner, end = group(stream, at + 1)
        if WORD.fullmatch("".join(inner)):
            return end
        return _subscript(stream, end, "".join(inner), found)
    if name in PROSE:
        return group(stream, at + 1)[1]
    if name in FONTS:
        return at + 1
    if name in COMMON or not name.isalpha():
        return at + 1
    return _subscript(stream, at + 1, token, found)


def _subscript(stream, at, base, found):
    """Add a symbol with what hangs below it; the place behind it."""
    while at < len(stream) and stream[at] == "'":
        at += 1
    label, below, above = "", [], []
    while at < len(stream) and stream[at] in "_^":
        inner, end = group(stream, at + 1)
        if stream[at] == "_":
            label = "".join(inner)
            _walk(inner, below)
        else:
            _walk(inner, above)
        at = end
    found.append(Symbol(base, label, tuple(below)))
    found.extend(above)
    return at


def displayed(page):
    """The displayed formulas of a page of MyST: fences and double dollars.

    Other fences with backticks hold code or includes, and are left out.
    """
    found, prose, fence, lines = [], [], None, []
    for line in page.splitlines():
        mark = re.match(r"\s*(`{3,})(\S*)", line)
        if fence is None and mark:
            fence, lines = mark.groups(), []
        elif fence and mark and mark[1] == fence[0] and not mark[2]:
            if fence[1] == "{math}":
                found.append("\n".join(lines))
            fence = None
        elif fence is None:
            prose.append(line)
        elif not line.strip().startswith(":"):
            lines.append(line)
    return found + re.findall(r"\$\$(.*?)\$\$", "\n".join(prose), re.DOTALL)


def inline(page):
    """The formulas between single dollars of a page or a part of it."""
    text = re.sub(r"\$\$.*?\$\$", "", page, flags=re.DOTALL)
    text = re.sub(r"`[^`\n]*`", "", text)
    return re.findall(r"(?<![\\$])\$([^$]+?)\$(?!\$)", text)
