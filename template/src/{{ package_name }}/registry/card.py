"""Fill the model card from the manifest and the evaluation, so that it cannot say anything else than they do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, StrictUndefined

if TYPE_CHECKING:
    from ..bundle.store import Bundle
    from ..judging.evaluation import Evaluation

__all__ = ["render_card"]


def render_card(bundle: Bundle, evaluation: Evaluation) -> str:
    """Return the card as Markdown with the front matter of model hubs; card.md.j2 has its words."""
    # Markdown, not HTML: what `cell` does not escape may stand as it is.
    environment = Environment(undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)  # noqa: S701
    environment.keep_trailing_newline = True
    environment.filters["cell"] = _cell
    template = environment.from_string(Path(__file__).with_name("card.md.j2").read_text(encoding="utf-8"))
    return template.render(manifest=bundle.manifest, contract=bundle.contract, evaluation=evaluation)


def _cell(text: object) -> str:
    """Return `text` as one cell of a Markdown table."""
    return " ".join(str(text).replace("|", "\\|").split())
