"""The section of the book that the question at hand points to."""

see = None
