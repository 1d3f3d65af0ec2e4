"""Start, update and check opinionated ML repositories."""

__version__ = "0.1.0"
