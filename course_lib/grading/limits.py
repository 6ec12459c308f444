"""How long a submission may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds that a submission may take.

    Attributes:
        cell: to run a cell.
        call: to answer one request of a check.
        notebook: in all.
        display: for the run that makes plots; 0 leaves it out.
    """

    cell: float = 60.0
    call: float = 10.0
    notebook: float = 180.0
    display: float = 0.0
