"""Notebooks that are pages for readers: what holds for exploration does not hold for them."""

__all__ = ["FOR_READERS"]

from typing import Final

# Documentation, examples, courses and books: people read them on the forge, outputs and all.
FOR_READERS: Final[list[str]] = [
    "doc/", "docs/", "example/", "examples/", "tutorial/", "tutorials/", "demo/", "demos/", "gallery/", "quickstart/",
    "book/", "books/", "chapter*/", "ch?/", "ch??/", "lesson*/", "lecture*/", "course*/", "week*/", "lab/", "labs/",
    "exercise*/", "homework*/", "assignment*/", "workshop*/", "0?-*/", "0?_*/", "1?-*/", "1?_*/",
    "cookbook*/", "nbs/", "*tutorial*.ipynb", "*demo*.ipynb",
    "*example*.ipynb", "*quickstart*.ipynb",
    "*getting?started*.ipynb", "*walkthrough*.ipynb",
]  # fmt: skip
