"""Loads before a fork what each copy would have to load after it."""

import importlib
import pkgutil


def load(package):
    """Import all modules of a package."""
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
