"""How long a submission may take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Seconds that a submission may take.

    Attributes:
        cell: to run a cell.
        call: to answer one request of a check.
        notebook: in all.
        display: in all, for plots and prints to be shown; 0 leaves them out.
    """

    cell: float = 60.0
    call: float = 10.0
    notebook: float = 180.0
    display: float = 0.0
