"""Whose fault it was: an exception out of a template becomes one line that names the template file and its line."""

__all__ = ["BeyondNative", "template_errors"]

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import jinja2

from mlscaffold.errors import UserError

_HINT = "report it to the template's authors"


class BeyondNative(Exception):  # noqa: N818 - not an error: it asks for the other renderer
    """The template uses something that only Copier itself can render."""


@contextmanager
def template_errors(where: str) -> Iterator[None]:
    """Turn whatever a template raises into a `UserError`; `where` is named if Jinja does not know the place.

    Only rendering belongs into the body: code of a template may raise anything, so everything is taken for its fault.
    """
    try:
        yield
    except (UserError, BeyondNative):
        raise
    except jinja2.exceptions.SecurityError as error:
        raise UserError(
            f"{_place(error, where)}: the template tries to break out of its sandbox: {error}", hint=_HINT
        ) from error
    except jinja2.TemplateNotFound as error:
        raise UserError(f"{_place(error, where)}: there is no template file {error}", hint=_HINT) from error
    except Exception as error:
        raise UserError(f"{_place(error, where)}: {_said(error)}", hint=_HINT) from error


def _said(error: Exception) -> str:
    """Jinja's own messages explain themselves; of others the name of the exception is half of the message."""
    return str(error) if isinstance(error, jinja2.TemplateError) else f"{type(error).__name__}: {error}"


def _place(error: Exception, where: str) -> str:
    """Return `file:line` of the template that raised, as far as Jinja knows it."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        return f"{error.name or where}:{error.lineno}"
    place = where
    for frame, line in traceback.walk_tb(error.__traceback__):
        # Jinja rewrites the traceback: frames of compiled templates carry the template's file name and line.
        if "__jinja_exception__" in frame.f_globals and not frame.f_code.co_filename.startswith("<"):
            place = f"{frame.f_code.co_filename}:{line}"
    return place
