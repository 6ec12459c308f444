"""Answers are read as text and put into notebooks; nothing imports them."""

collect_ignore_glob = ["*.py"]
