"""The theme's icons, and only those that are on a page.

The theme brings two thousand icons as web fonts, 156 kB on the first visit,
and a rule for each in its style sheet. A page shows about fifteen. After a
build the fonts are cut down to the icons whose names stand in a page or in
a script, and the rules of the others go. tests/test_book.py looks at the
result: every icon that a page names is in the font. fontTools is there
wherever matplotlib is.
"""

from __future__ import annotations

import logging
import re
from io import BytesIO
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

# Every table that is cut is worth a line to it; warnings are still shown.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FONTS = ("fa-solid-900", "fa-regular-400", "fa-brands-400")
NAMED = re.compile(r"\bfa-[a-z0-9-]+")
RULE = re.compile(
    r'((?:\.fa-[a-z0-9-]+:{1,2}before,?)+)\{content:"\\([ef][0-9a-f]{3})"\}'
)
# Icons that the theme's variables hold as characters.
LITERAL = re.compile("[\ue000-\uf8ff]")
FILES = r"url\(([^()]*?/{0})\.(?:woff2|woff)\)\s*format\(\"[^\"]*\"\)"
SECOND = r"(?:,\s*url\([^()]*?/{0}\.ttf\)\s*format\(\"[^\"]*\"\))?"


def names_used(folder: Path) -> set[str]:
    """Return the names of icons in all pages and in the theme's scripts."""
    paths = [*folder.rglob("*.html"), *folder.glob("_static/scripts/*.js")]
    return {
        name
        for path in paths
        for name in NAMED.findall(path.read_text(encoding="utf-8"))
    }


def cut_rules(css: str, names: set[str]) -> tuple[str, set[int]]:
    """Return the style sheet without unused icons, and the characters left."""
    kept = {ord(character) for character in LITERAL.findall(css)}

    def rule(match) -> str:
        if not names & set(NAMED.findall(match[1])):
            return ""
        kept.add(int(match[2], 16))
        return match[0]

    return RULE.sub(rule, css), kept


def cut_font(path: Path, characters: set[int]) -> bytes:
    """Return a font, as WOFF, with so many of its characters."""
    options = subset.Options(
        flavor="woff", layout_features=[], notdef_outline=True
    )
    font = TTFont(path, recalcTimestamp=False)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    font.flavor = "woff"
    with BytesIO() as file:
        font.save(file)
        return file.getvalue()


def cut_icons(app, error) -> None:
    """Cut the fonts of a finished book and the rules of its style sheet."""
    if error is not None or app.builder.format != "html":
        return
    import pydata_sphinx_theme

    folder = Path(app.outdir)
    theme = Path(pydata_sphinx_theme.__file__).parent
    static = theme / "theme" / "pydata_sphinx_theme" / "static"
    inside = Path("styles", "pydata-sphinx-theme.css")
    css = (static / inside).read_text(encoding="utf-8")
    css, characters = cut_rules(css, names_used(folder))
    for name in FONTS:
        where = Path("vendor", "fontawesome", "webfonts")
        target = folder / "_static" / where
        for suffix in (".woff2", ".ttf"):
            (target / f"{name}{suffix}").unlink(missing_ok=True)
        font = cut_font(static / where / f"{name}.ttf", characters)
        target.mkdir(parents=True, exist_ok=True)
        (target / f"{name}.woff").write_bytes(font)
        files = (FILES + SECOND).format(name)
        css = re.sub(files, r'url(\1.woff) format("woff")', css)
    (folder / "_static" / inside).write_text(css, encoding="utf-8")


def setup(app):
    """Cut when all pages are written."""
    app.connect("build-finished", cut_icons, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
