"""One language: symbols and terms mean one thing, and are written down.

Every symbol of a displayed equation is in the list of notation.md, every
symbol of that list is used, and every term of the glossary is defined once,
in the order of the alphabet, and used by the chapter that it names.
"""

import re
from pathlib import Path

import pytest
from latex import displayed, inline, symbols

BOOK = Path(__file__).parents[1] / "book"
NOTATION = BOOK / "notation.md"
GLOSSARY = BOOK / "glossary.md"
# Without the pages of the library: their text is its docstrings.
PAGES = sorted(
    path
    for path in BOOK.glob("*.md")
    if path not in (NOTATION, GLOSSARY, *BOOK.glob("api*.md"))
)


def first_cells(text):
    """The first cell of every row of every table, without the headings."""
    rows = re.findall(r"^\|(.*?)\|.*$", text, re.MULTILINE)
    return [cell for cell in rows if "$" in cell]


def sections(text):
    """The text below each heading of the second level, by heading."""
    parts = re.split(r"^## (.*)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def listed():
    """Symbols that notation.md lists, and those that serve as an index."""
    text = NOTATION.read_text(encoding="utf-8")
    known, index = set(), set()
    for heading, part in sections(text).items():
        for cell in first_cells(part):
            for formula in inline(cell):
                for symbol in symbols(formula):
                    known.add(symbol)
                    if heading in ("Sizes", "Indices"):
                        index.add(symbol.base)
    return known, index


KNOWN, INDEX = listed()
NAMED = {(symbol.base, symbol.label) for symbol in KNOWN}


def is_index(symbol):
    """Whether all that hangs below is a matter of counting."""
    return all(part.base in INDEX for part in symbol.below)


# A base that is listed alone, or at some index, may stand at any other one.
INDEXED = {symbol.base for symbol in KNOWN if is_index(symbol)}


def unlisted(symbol):
    """What of a symbol, or of its index, notation.md does not list."""
    if (symbol.base, symbol.label) in NAMED:
        return []
    if symbol.base not in INDEXED or not is_index(symbol):
        below = f"_{symbol.label}" if symbol.label else ""
        return [f"{symbol.base}{below}"]
    return [name for part in symbol.below for name in unlisted(part)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_symbol_of_a_displayed_equation_is_listed(path):
    """notation.md is the one list; add a line when this fails."""
    missing = {
        name
        for formula in displayed(path.read_text(encoding="utf-8"))
        for symbol in symbols(formula)
        for name in unlisted(symbol)
    }
    assert not missing, f"not in notation.md: {sorted(missing)}"


def used():
    """All symbols in the formulas of all other pages."""
    found = set()

    def add(symbol):
        found.add((symbol.base, symbol.label))
        if is_index(symbol):
            found.add((symbol.base, "*"))
        for part in symbol.below:
            add(part)

    for path in PAGES:
        text = path.read_text(encoding="utf-8")
        for formula in [*displayed(text), *inline(text)]:
            for symbol in symbols(formula):
                add(symbol)
    return found


def test_every_listed_symbol_is_used():
    """A list that grows and never shrinks is no guide."""
    there = used()
    idle = sorted(
        f"{symbol.base} {symbol.label}".strip()
        for symbol in KNOWN
        if (symbol.base, symbol.label) not in there
        and not (is_index(symbol) and (symbol.base, "*") in there)
    )
    assert not idle, f"listed and never used: {idle}"


def test_no_symbol_has_two_lines():
    """Two lines for one symbol would be two meanings."""
    text = NOTATION.read_text(encoding="utf-8")
    for heading, part in sections(text).items():
        names = [f for cell in first_cells(part) for f in inline(cell)]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"{heading}: {twice}"


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (r"\hat x_{t+k} = V h_t^2", [("hat x", "t+k"), ("V", ""), ("h", "t")]),
        (r"W_x x_t", [("W", "x"), ("x", "t")]),
        (r"W^{(l)}_x", [("W", "x"), ("l", "")]),
        (r"\frac{\partial L}{\partial \hat{y}}", [("L", ""), ("hat y", "")]),
        (
            r"\mathrm{MSE} = \overline{(a - b)^2}",
            [("MSE", ""), ("\\overline", ""), ("a", ""), ("b", "")],
        ),
        (r"\text{naive: } x, \quad x'_{t}", [("x", ""), ("x", "t")]),
        (
            r"\bigl(h_{t-1}\bigr)^\top \odot \lambda_1",
            [("h", "t-1"), ("\\odot", ""), ("\\lambda", "1")],
        ),
    ],
)
def test_the_reader_of_formulas_finds_what_a_person_finds(formula, expected):
    """Accents, labels, powers, fractions, names, words."""
    found = [(symbol.base, symbol.label) for symbol in symbols(formula)]
    assert found == expected


@pytest.mark.parametrize(
    "formula", [r"\xi_t = 1", r"W_{zz} x_t", r"h_{\xi}", r"\mathrm{XYZ}"]
)
def test_a_symbol_that_is_nowhere_is_found_missing(formula):
    """As a base, as a label, as an index, as a name."""
    assert [name for s in symbols(formula) for name in unlisted(s)]


def test_fences_of_code_are_no_formulas():
    """Dollars and letters in code, includes and options are left alone."""
    page = (
        "```{code-cell} ipython3\n---\ntags: [x]\n---\nq = '$$Q$$'\n```\n"
        "text $$a$$ text\n\n```{math}\n:label: eq-1\nb = c\n```\n"
        "::::{predict}\n$$\nd\n$$\n::::\n"
    )
    formulas = displayed(page)
    found = {s.base for formula in formulas for s in symbols(formula)}
    assert found == {"a", "b", "c", "d"}


def entries():
    """Terms of the glossary with their definitions, in their order."""
    text = GLOSSARY.read_text(encoding="utf-8")
    (body,) = re.findall(r"```\{glossary\}\n(.*?)```", text, re.DOTALL)
    blocks = [part for part in re.split(r"\n\s*\n", body) if part.strip()]
    found = []
    for block in blocks:
        term, *lines = block.strip("\n").splitlines()
        found.append((term, " ".join(line.strip() for line in lines)))
    return found


ENTRIES = entries()
TERMS = [term for term, _ in ENTRIES]


def test_each_term_is_defined_once_in_the_order_of_the_alphabet():
    """Where a reader looks for it."""
    terms = [term.lower() for term in TERMS]
    assert len(terms) == len(set(terms))
    assert terms == sorted(terms, key=lambda term: term.replace("-", " "))


def words(path):
    """A page's words: no fences of code, no addresses, single blanks."""
    text = path.read_text(encoding="utf-8")
    text = re.sub(
        r"^(`{3,})\{(?:code-cell|literalinclude|math|claims)\}.*?^\1\s*$",
        "",
        text,
        flags=re.DOTALL | re.MULTILINE,
    )
    return re.sub(r"\s+", " ", text.replace("*", "")).lower()


@pytest.mark.parametrize(
    ("term", "text"), ENTRIES, ids=[t for t, _ in ENTRIES]
)
def test_each_term_has_one_sentence_and_a_chapter_that_uses_it(term, text):
    """The definition ends with that chapter, as a link."""
    end = re.search(r"(.*\.) \{doc\}`[^<`]*<([\w-]+)>`\.$", text)
    assert end, f"{term}: end with {{doc}}`Chapter 5 <05-forecasting>`."
    chapter = BOOK / f"{end[2]}.md"
    assert chapter.exists(), chapter
    # An ending may differ: windows, standardised, unrolling, batches.
    stem = re.sub(r"e?d?$", "", term.lower().replace("*", ""))
    pattern = r"\b" + r"[\s-]".join(
        re.escape(part) for part in re.split(r"[\s-]", stem)
    )
    assert re.search(pattern + r"\w{0,4}\b", words(chapter)), (
        f"{chapter.name} does not use {term!r}"
    )


def test_every_term_that_a_page_refers_to_is_in_the_glossary():
    """{term}`leakage` and {term}`gaps <imputation>`."""
    unknown = []
    for path in PAGES:
        for role in re.findall(
            r"\{term\}`([^`]+)`", path.read_text(encoding="utf-8")
        ):
            target = re.sub(r"^.*<(.*)>$", r"\1", role, flags=re.DOTALL)
            if target not in TERMS:
                unknown.append(f"{path.name}: {target}")
    assert not unknown, unknown
