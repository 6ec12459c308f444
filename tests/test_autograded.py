"""What the formgrader shows of a student's words does nothing by itself."""

import pytest
from nbconvert.filters import markdown2html_mistune

from course_lib.grading.autograded import harmless

ACTIVE = (
    "<script>alert(1)</script>",
    "<img src=http://a.example/seen.png>",
    "<javascript:alert(1)>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "![x](http://a.example/seen.png)",
    "![x][y]\n\n[y]: http://a.example/seen.png",
    "[x]\n\n[x]:\n  javascript:alert(1)",
    "[![x](http://a.example/seen.png)](javascript:alert(1))",
)
FORMULAS = (
    r"$\href{javascript:alert(1)}{x}$",
    r"$$\href {javascript:alert(1)}{x}$$",
    r"$\require{html}\let\h\href \h{javascript:alert(1)}{x}$",
    r"$\style{position: fixed; top: 0}{x}$",
    r"$\bbox[position: fixed]{x}$",
)


@pytest.mark.parametrize("text", ACTIVE)
def test_markdown_of_a_student_has_no_tag_picture_or_link(text):
    """Before, it had one."""
    before, after = markdown2html_mistune(text), _shown(text)
    signs = ("<script", "<img", 'href="javascript')
    assert any(sign in before for sign in signs)
    assert not any(sign in after for sign in signs)


@pytest.mark.parametrize("text", FORMULAS)
def test_formulas_of_a_student_have_no_command_that_acts(text):
    """A name behind its backslash is no name any more."""
    for name in ("href", "require", "style", "bbox"):
        assert f"\\{name}" not in _shown(text)


@pytest.mark.parametrize(
    "text",
    [
        r"With $h_t = \tanh(W_x x_t + b)$ and $\hat y_{t+1}$, **0.3** < 0.4",
        "1. one\n2. two\n\n`h[:, -1]`, a[i][j], and http://a.example/",
    ],
)
def test_what_students_write_of_the_course_stays_as_it_is(text):
    """Formulas, code, lists, addresses."""
    assert harmless(text) == text


def _shown(text):
    return markdown2html_mistune(harmless(text))
