"""Template and answers in, a `Tree` out: natively where that gives what Copier gives, else by Copier itself."""

__all__ = [
    "NO_DEFAULT",
    "Answers",
    "Ask",
    "AskedQuestion",
    "Choice",
    "InvalidAnswerError",
    "Rendering",
    "render",
    "render_moves",
    "render_texts",
    "resolve",
]

import re
from collections.abc import Iterable, Mapping
from typing import Any

from mlscaffold.errors import UserError
from mlscaffold.merge.moves import check_moves
from mlscaffold.render.blame import BeyondNative
from mlscaffold.render.context import build_context
from mlscaffold.render.environment import Engine
from mlscaffold.render.model import NO_DEFAULT, Answers, Ask, AskedQuestion, Choice, InvalidAnswerError, Rendering
from mlscaffold.render.native import render_native
from mlscaffold.render.questions import resolve as resolve_native
from mlscaffold.render.source import SourceTree
from mlscaffold.template import Template
from mlscaffold.template.claims import beyond_native, runs_code

_PLAIN = re.compile(r"[\w ./@+-]*")  # a path without an expression


def resolve(
    template: Template,
    given: Mapping[str, Any],
    *,
    defaults: Mapping[str, Any] | None = None,
    ask: Ask | None = None,
    folder: str = "project",
    forget_hidden: bool = False,
    trust: bool = False,
) -> Answers:
    """Answer every question: from `given`, else by `ask`, else from `defaults`, else the template's default.

    Raises `UserError` for an unknown name, an invalid answer, a question without any answer, or code without `trust`.
    """
    _require_trust(template, trust=trust)
    if template.spec.jinja_extensions or template.spec.external_data:
        from mlscaffold.render.copier_renderer import resolve_with_copier  # a third of a second

        return resolve_with_copier(template, given, defaults=defaults or {}, prompt=ask is not None, folder=folder)
    return resolve_native(template, given, defaults=defaults, ask=ask, folder=folder, forget_hidden=forget_hidden)


def render(template: Template, answers: Answers, *, trust: bool = False) -> Rendering:
    """Render natively if that equals Copier's result, else with Copier.

    Raises `UserError` if the template or the answers are at fault, or for code without `trust`.
    """
    _require_trust(template, trust=trust)
    if not beyond_native(template.spec, template.files):
        try:
            return render_native(template, answers)
        except BeyondNative:
            pass  # it only showed now, say in a file that is included
    from mlscaffold.render.copier_renderer import render_with_copier  # a third of a second

    return render_with_copier(template, answers, trust=trust)


def render_texts(template: Template, answers: Answers, texts: Iterable[str]) -> list[str]:
    """Render strings of the template, such as its message after copying. Raises `UserError` if one is faulty."""
    engine = Engine(template.spec, SourceTree(template.files), predictable=False)
    try:
        context = build_context(template, answers, engine, "render")
        return [engine.text(text, context) for text in texts]
    except BeyondNative as error:
        raise UserError(f"{template.spec.path}: a message uses {error}, which mlscaffold does not offer") from error


def render_moves(template: Template, answers: Answers) -> list[dict[str, str]]:
    """Return `_mlscaffold: moves` with the expressions in its paths rendered. Raises `UserError` if one is faulty."""
    moves = template.spec.mlscaffold.get("moves", [])
    check_moves(moves)
    paths = [str(move[key]) for move in moves for key in ("from", "to")]
    if any(not _PLAIN.fullmatch(path) for path in paths):
        paths = render_texts(template, answers, paths)
    rendered = zip(moves, paths[::2], paths[1::2], strict=True)
    return [{**move, "from": old, "to": new} for move, old, new in rendered]


def _require_trust(template: Template, *, trust: bool) -> None:
    if not trust and (reasons := runs_code(template.spec)):
        raise UserError(
            f"{template.source} runs code of its own: {', '.join(reasons)}",
            hint="if you trust its authors, add --trust",
        )
