"""Template and answers in, a `Tree` out: natively where that gives what Copier gives, else by Copier itself."""

__all__ = ["NO_DEFAULT", "Answers", "Ask", "AskedQuestion", "Choice", "Rendering", "render", "render_text", "resolve"]

from collections.abc import Mapping
from typing import Any

from mlscaffold.render.model import NO_DEFAULT, Answers, Ask, AskedQuestion, Choice, Rendering
from mlscaffold.template import Template


def resolve(
    template: Template,
    given: Mapping[str, Any],
    *,
    defaults: Mapping[str, Any] | None = None,
    ask: Ask | None = None,
    folder: str = "project",
    trust: bool = False,
) -> Answers:
    """Answer every question: from `given`, else by `ask`, else from `defaults`, else the template's default.

    Raises `UserError` for an unknown name, an invalid answer, a question without any answer, or code without `trust`.
    """
    ...


def render(template: Template, answers: Answers, *, trust: bool = False) -> Rendering:
    """Render natively if that equals Copier's result, else with Copier. Raises `UserError`, also for code without `trust`."""
    ...


def render_text(template: Template, answers: Answers, text: str) -> str:
    """Render one string of the template, such as its `message_after_copy`."""
    ...
