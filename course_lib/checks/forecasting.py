"""What assignment 5 hands to answers: fillers that tell what they saw."""

import torch


def fills_with(value):
    """A filler that puts one value into every gap."""
    return lambda series: torch.where(series.isnan(), value, series)


def counts_gaps():
    """A filler that puts the number of its gaps into every gap."""

    def filler(series):
        gaps = series.isnan()
        return torch.where(gaps, gaps.sum().to(series.dtype), series)

    return filler
