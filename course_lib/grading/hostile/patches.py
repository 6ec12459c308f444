"""Changes to the grader's tools, if they were the grader's."""

from course_lib.grading.hostile.attacks import attack, defined


@attack
def patched_checks(target):
    """Every check does nothing."""
    before = """
import course_lib.checks as checks
from course_lib.checks import answers, assertions, failures, points, side
for module in (checks, assertions, answers, points):
    for name in list(vars(module)):
        if callable(getattr(module, name)) and not name.startswith("_"):
            setattr(module, name, lambda *a, **k: None)
failures.CheckFailed.__init__ = lambda self, *a, **k: None
"""
    return defined(target, before=before)


@attack(harms=True)
def patched_torch(target):
    """Comparisons of tensors are always true."""
    before = """
import torch, numpy as np
yes = lambda *a, **k: True
torch.allclose = torch.equal = torch.isclose = yes
torch.testing.assert_close = np.testing.assert_allclose = np.allclose = yes
torch.Tensor.__eq__ = torch.Tensor.__le__ = torch.Tensor.all = yes
torch.Tensor.__sub__ = lambda a, b: a * 0
"""
    return defined(target, before=before)


@attack
def patched_builtins(target):
    """isinstance, abs, all and errors are others."""
    before = """
import builtins
builtins.isinstance = lambda *a: True
builtins.all = builtins.any = lambda *a: True
builtins.abs = lambda a: 0
builtins.AssertionError = ValueError
"""
    return defined(target, before=before)


@attack(harms=True)
def no_builtins_left(target):
    """Everything that Python has by itself is deleted."""
    before = """
import builtins
for name in list(vars(builtins)):
    if name not in ("__import__", "__build_class__", "print"):
        delattr(builtins, name)
"""
    return defined(target, before=before)


@attack(harms=True)
def an_input_transformer(target):
    """Every later cell becomes ``pass``."""
    return [
        "get_ipython().input_transformers_post.append("
        "lambda lines: ['pass\\n'])"
    ]


@attack(harms=True)
def a_syntax_tree_transformer(target):
    """Every later cell loses its assertions, and all else."""
    return [
        """
import ast
class Empty(ast.NodeTransformer):
    def visit_Module(self, node):
        node.body = []
        return node
get_ipython().ast_transformers.append(Empty())
"""
    ]


@attack(harms=True)
def errors_that_are_not_shown(target):
    """The kernel's traceback is patched away."""
    before = """
shell = get_ipython()
shell.showtraceback = shell.showsyntaxerror = lambda *a, **k: None
shell._showtraceback = lambda *a, **k: None
type(shell).run_cell_async = None
import sys
sys.excepthook = lambda *a: None
"""
    return defined(target, before=before)


@attack(harms=True)
def a_shell_that_runs_nothing(target):
    """run_cell says that all went well."""
    return [
        """
class Fine:
    error_before_exec = error_in_exec = result = None
    success = True
get_ipython().run_cell = lambda *a, **k: Fine()
"""
    ]


@attack
def hooks_on_every_cell(target):
    """IPython's events redefine everything before each cell."""
    before = f"""
def again(*a):
    globals()[{target.name!r}] = lambda *a, **k: 0.0
get_ipython().events.register("pre_run_cell", again)
get_ipython().events.register("post_run_cell", again)
"""
    return defined(target, before=before)


@attack
def code_for_later_processes(target):
    """Files that a Python would load when it starts."""
    before = """
for name in ("sitecustomize.py", "usercustomize.py", "torch.py", "x.pth",
             "conftest.py", "course_lib.py", "ipython_config.py"):
    open(name, "w").write("raise SystemExit(0)")
import atexit, os
atexit.register(os._exit, 0)
os.environ["PYTHONSTARTUP"] = os.environ["PYTHONPATH"] = os.getcwd()
"""
    return defined(target, before=before)
