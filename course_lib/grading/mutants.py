"""Wrong answers made by machine: small changes to a reference solution.

What graders are measured on, beside the answers that people wrote. General
changes (another operator, another number, a loop that never runs) are those
of cosmic-ray; what goes wrong with recurrent networks is added here:
swapped weights, a missing transposition, a dropped term, a state that isn't
carried on, the wrong axis, the wrong reduction, one step too early.

It leaves out running them; that is in `survivors`.
"""

import ast
import copy
import re
from collections.abc import Iterator
from typing import NamedTuple

# One change for each kind of site: two mutants of one site teach the same.
GENERAL = (
    "ReplaceBinaryOperator_Add_Sub",
    "ReplaceBinaryOperator_Sub_Add",
    "ReplaceBinaryOperator_Mul_Div",
    "ReplaceBinaryOperator_Div_Mul",
    "ReplaceBinaryOperator_FloorDiv_Mul",
    "ReplaceBinaryOperator_Mod_FloorDiv",
    "ReplaceBinaryOperator_Pow_Mul",
    "ReplaceComparisonOperator_Eq_NotEq",
    "ReplaceComparisonOperator_NotEq_Eq",
    "ReplaceComparisonOperator_Lt_LtE",
    "ReplaceComparisonOperator_LtE_Lt",
    "ReplaceComparisonOperator_Gt_GtE",
    "ReplaceComparisonOperator_GtE_Gt",
    "ReplaceUnaryOperator_Delete_USub",
    "ReplaceUnaryOperator_Delete_Not",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceBreakWithContinue",
    "AddNot",
    "NumberReplacer",
    "ZeroIterationForLoop",
)
REDUCTIONS = {"mean": "sum", "sum": "mean", "amax": "amin", "max": "min"}
ACTIVATIONS = {"tanh": "sigmoid", "sigmoid": "tanh", "relu": "tanh"}
KEEPERS = ("detach", "clone", "zero_grad", "eval", "abs")
WEIGHT = re.compile(r"[WUV](_\w+)?|weight\w*")


class Mutant(NamedTuple):
    """A changed solution: what was changed, in which line, and its text."""

    change: str
    line: int
    source: str


def mutants(source):
    """All mutants of a solution, each a single change, none of them twice.

    Args:
        source: Python of an answer cell.

    Returns:
        List of `Mutant`, general changes first.

    Raises:
        ModuleNotFoundError: without cosmic-ray, which the tests install.
    """
    known = {ast.dump(ast.parse(source))}
    found = []
    for mutant in (*_general(source), *_of_the_field(source)):
        try:
            tree = ast.dump(ast.parse(mutant.source))
        except SyntaxError:
            continue
        if tree not in known:
            known.add(tree)
            found.append(mutant)
    return found


def _general(source) -> Iterator[Mutant]:
    """The changes of cosmic-ray's operators."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    for name in GENERAL:
        operator = get_operator(f"core/{name}")
        occurrence = 0
        while True:
            changed = mutate_code(source, operator(), occurrence)
            if changed is None or changed == source:
                break
            line = _first_difference(source, changed)
            yield Mutant(name, line, changed)
            occurrence += 1


def _first_difference(source, changed):
    pairs = zip(source.splitlines(), changed.splitlines(), strict=False)
    return next((n for n, (a, b) in enumerate(pairs, 1) if a != b), 1)


def _of_the_field(source) -> Iterator[Mutant]:
    """Every change of `CHANGES` at every place that it fits."""
    tree = ast.parse(source)
    nodes = list(ast.walk(tree))
    for index, node in enumerate(nodes):
        for change in CHANGES:
            for number in range(len(list(change(copy.deepcopy(node), tree)))):
                twin = copy.deepcopy(tree)
                target = list(ast.walk(twin))[index]
                new = list(change(target, twin))[number]
                _put(twin, target, new)
                yield Mutant(
                    change.__name__.strip("_"),
                    getattr(node, "lineno", 1),
                    ast.unparse(ast.fix_missing_locations(twin)),
                )


def _put(tree, old, new):
    """Put one node, or a list of statements, in the place of another."""
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
                return
            if isinstance(value, list) and any(v is old for v in value):
                at = next(n for n, v in enumerate(value) if v is old)
                new = new if isinstance(new, list) else [new]
                value[at : at + 1] = new
                return


def _dropped_term(node, _):
    """``a + b`` becomes ``a``, or ``b``; the same for ``a - b``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        # Steps of an index are not terms: numbers are changed by others.
        if not isinstance(node.right, ast.Constant):
            yield node.left
        if not isinstance(node.left, ast.Constant):
            yield node.right


def _dropped_factor(node, _):
    """``a * b`` becomes ``a``, or ``b``."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mult):
        yield node.left
        yield node.right


def _transposition(node, _):
    """``W.T`` becomes ``W``; the right of a matrix product is transposed."""
    if isinstance(node, ast.Attribute) and node.attr in ("T", "mT"):
        yield node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        right = node.right
        if not (isinstance(right, ast.Attribute) and right.attr == "T"):
            right = ast.Attribute(right, "T", ast.Load())
            yield ast.BinOp(node.left, ast.MatMult(), right)
        yield ast.BinOp(node.right, ast.MatMult(), node.left)


def _swapped_names(node, tree):
    """One weight is read where another one was meant."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        if WEIGHT.fullmatch(node.id):
            others = {
                other.id if isinstance(other, ast.Name) else other.arg
                for other in ast.walk(tree)
                if isinstance(other, ast.Name | ast.arg)
            } - {node.id}
            for other in sorted(others):
                if WEIGHT.fullmatch(other):
                    yield ast.Name(other, ast.Load())
                    return


def _wrong_axis(node, _):
    """Another ``dim`` or ``axis``."""
    if isinstance(node, ast.keyword) and node.arg in ("dim", "axis", "dims"):
        value = node.value
        if isinstance(value, ast.Constant) and isinstance(value.value, int):
            axis = 1 if value.value == 0 else 0
            yield ast.keyword(node.arg, ast.Constant(axis))
        elif isinstance(value, ast.UnaryOp):
            yield ast.keyword(node.arg, ast.Constant(0))


def _wrong_function(node, _):
    """Another reduction, another activation, or none where one is needed."""
    if not (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ):
        return
    name = node.func.attr
    other = REDUCTIONS.get(name) or ACTIVATIONS.get(name)
    if other:
        func = ast.Attribute(node.func.value, other, ast.Load())
        yield ast.Call(func, node.args, node.keywords)
    if name in ACTIVATIONS and len(node.args) == 1:
        yield node.args[0]
    if name in KEEPERS and not node.args:
        yield node.func.value


def _kept_once(node, _):
    """``a += b`` becomes ``a = b``: overwritten, not accumulated."""
    if isinstance(node, ast.AugAssign):
        target = copy.deepcopy(node.target)
        yield ast.Assign([target], node.value)


def _step_early(node, _):
    """``a[:, t]`` becomes ``a[:, t - 1]``."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        parts = node.slice
        parts = parts.elts if isinstance(parts, ast.Tuple) else [parts]
        for n, part in enumerate(parts):
            if isinstance(part, ast.Name) and len(part.id) == 1:
                early = ast.BinOp(part, ast.Sub(), ast.Constant(1))
                new = [*parts[:n], early, *parts[n + 1 :]]
                inner = ast.Tuple(new, ast.Load()) if len(new) > 1 else new[0]
                yield ast.Subscript(node.value, inner, ast.Load())


def _not_carried(node, _):
    """A loop forgets what its last round left: the state starts anew."""
    if not isinstance(node, ast.For):
        return
    stored = _names(node.body, ast.Store)
    for name in sorted(_read_first(node.body) & stored):
        kept = f"first_{name}"
        before = ast.parse(f"{kept} = {name}").body
        again = ast.parse(f"{name} = {kept}").body
        body = [*again, *node.body]
        yield [
            *before,
            ast.For(node.target, node.iter, body, node.orelse),
        ]


def _statement_left_out(node, _):
    """A call that is made for its effect isn't made."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        yield ast.Pass()


def _names(body, context):
    return {
        node.id
        for statement in body
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, context)
    }


def _read_first(body):
    """Names that the body reads before it has set them itself."""
    read, stored = set(), set()
    for statement in body:
        read |= _names([statement], ast.Load) - stored
        stored |= _names([statement], ast.Store)
    return read


CHANGES = (
    _dropped_term,
    _dropped_factor,
    _transposition,
    _swapped_names,
    _wrong_axis,
    _wrong_function,
    _kept_once,
    _step_early,
    _not_carried,
    _statement_left_out,
)
