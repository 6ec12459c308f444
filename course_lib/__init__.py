"""The course's library, in the order in which data flows through it.

series -> split -> standardise -> windows -> cell -> recurrent layer ->
forecaster -> fit -> score -> plot

What there is stands in ``__init__.pyi``. A module is loaded when something
of it is asked for: statsmodels alone takes seconds.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
