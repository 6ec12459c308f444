"""What library code a piece of code stands on, as one hash.

A page's numbers, and a claim's, are old as soon as the code that made them
changes. The hash covers every definition of this package that the code
uses, directly or through others, without docstrings and comments: a
better sentence in a docstring makes nothing old, a new function nothing
that does not call it.

Names are followed as they are written, so code that looks up definitions
by strings would be missed; there is none here.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent
NAME = PACKAGE.name


def fingerprint(code):
    """Hash of all library code that ``code`` uses, and of its data files.

    Args:
        code: Python source, a page's cells joined for example.

    Returns:
        Hexadecimal string.

    >>> fingerprint("x = 1") == fingerprint("y = 2")
    True
    """
    digest = hashlib.sha256()
    for where, source in sorted(used_definitions(code).items()):
        digest.update(f"{where}\n{source}\n".encode())
    for path in sorted(PACKAGE.rglob("*.mplstyle")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def used_definitions(code):
    """The definitions behind ``code``, by dotted name, without docstrings.

    >>> sorted(used_definitions("from course_lib import Naive"))[-1]
    'course_lib.baselines.Naive'
    """
    found = {}
    waiting = _references(ast.parse(code), imports={}, module="")
    while waiting:
        module, name = waiting.pop()
        if (module, name) in found or not _is_module(module):
            continue
        parsed = _parsed(module)
        if name == "*":
            waiting |= {(module, each) for each in parsed.definitions}
            waiting |= set(parsed.imports.values())
            continue
        if _is_module(f"{module}.{name}"):
            waiting.add((f"{module}.{name}", "*"))
            continue
        if name in parsed.imports:
            waiting.add(parsed.imports[name])
            continue
        found[module, name], references = _definition(module, name)
        waiting |= references
    return {
        f"{module}.{name}": source for (module, name), source in found.items()
    }


def _file(module):
    path = PACKAGE.parent.joinpath(*module.split("."))
    if path == PACKAGE:
        return path / "__init__.pyi"  # its names are loaded when asked for
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


def _is_module(name):
    return name.split(".")[0] == NAME and _file(name).exists()


class _Parsed:
    """A module's imports, its definitions by name, and what runs besides."""

    def __init__(self, module):
        tree = ast.parse(_file(module).read_text())
        self.imports, self.definitions, self.loose = {}, {}, []
        for node in tree.body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                self.imports |= _imported(node)
            elif isinstance(
                node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef
            ):
                self.definitions.setdefault(node.name, []).append(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for name in _names(node):
                    self.definitions.setdefault(name, []).append(node)
            elif not isinstance(getattr(node, "value", None), ast.Constant):
                self.loose.append(node)  # runs on import, whoever asks


@cache
def _parsed(module):
    return _Parsed(module)


@cache
def _definition(module, name):
    """A definition's source without docstrings, and what it names."""
    parsed = _parsed(module)
    nodes = [*parsed.definitions.get(name, []), *parsed.loose]
    source = "\n".join(ast.unparse(_bare(node)) for node in nodes)
    return source, set().union(
        *(_references(node, parsed.imports, module) for node in nodes)
    )


def _imported(node):
    """Local name -> (module, name) for an import of this package."""
    if isinstance(node, ast.Import):
        return {
            (alias.asname or alias.name).split(".")[0]: (
                alias.name if alias.asname else alias.name.split(".")[0],
                "*",
            )
            for alias in node.names
            if alias.name.split(".")[0] == NAME
        }
    module = node.module or ""
    if node.level:  # only the table of contents has such imports
        module = f"{NAME}.{module}"
    if module.split(".")[0] != NAME:
        return {}
    return {
        alias.asname or alias.name: (module, alias.name)
        for alias in node.names
    }


def _names(node):
    """The names that an assignment at module level binds."""
    return {
        part.id
        for part in ast.walk(node)
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
    }


def _references(tree, imports, module):
    """(module, name) of everything of this package that ``tree`` names."""
    found, imports = set(), dict(imports)
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            here = _imported(node)
            imports |= here
            # Code outside the package uses what it imports; a module that
            # it imports may be used through one of its names only.
            found |= {
                target
                for target in here.values()
                if target[1] == "*"
                or not (module or _is_module(".".join(target)))
            }
    # `module.name` needs that one name, a bare `module` all of them.
    owners = set()
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(
            node.value, ast.Name
        ):
            target = imports.get(node.value.id)
            inside = target and ".".join(target).removesuffix(".*")
            if target and _is_module(inside):
                owners.add(id(node.value))
                found.add((inside, node.attr))
                found.discard((inside, "*"))
    for node in nodes:
        if isinstance(node, ast.Name) and id(node) not in owners:
            if node.id in imports:
                found.add(imports[node.id])
            elif module:
                found.add((module, node.id))
    known = _parsed(module).definitions if module else {}
    return {
        (where, name)
        for where, name in found
        if where != module or name in known
    }


class _Strip(ast.NodeTransformer):
    """Remove docstrings, to any depth."""

    def visit(self, node):
        self.generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and len(body) > 1:
            first = body[0]
            if isinstance(first, ast.Expr) and isinstance(
                getattr(first, "value", None), ast.Constant
            ):
                node.body = body[1:]
        return node


def _bare(node):
    """The node without docstrings (a copy)."""
    return _Strip().visit(ast.parse(ast.unparse(node)))
