"""Start opinionated ML repositories that work from their first commit, and tell where they stand."""

__version__ = "0.2.0"
