"""Whose fault it was: an exception out of a template becomes one line that names the template file and the line in it."""

__all__ = ["template_errors"]

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import jinja2
from jinja2.sandbox import SecurityError

from mlscaffold.errors import UserError


@contextmanager
def template_errors(where: str) -> Iterator[None]: ...
