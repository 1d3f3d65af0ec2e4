"""What templates can see beside the answers: `_copier_answers`, `_copier_conf`, `_folder_name` and so on.

Source of the rules: Copier's `Worker._render_context` and `Worker._answers_to_remember`.
"""

__all__ = ["answers_path", "build_context"]

import os
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Literal, NoReturn

from mlscaffold.render.blame import BeyondNative
from mlscaffold.render.environment import Engine
from mlscaffold.render.model import Answers
from mlscaffold.template import Template


class _Conf:
    """`_copier_conf`, with the keys that do not depend on one run of Copier; the others ask for Copier."""

    def __init__(self, answers_file: Callable[[], PurePath | str], more: Mapping[str, Any]) -> None:
        self._answers_file = answers_file
        self._more = {"sep": os.sep, **more}

    def __getitem__(self, key: str) -> Any:
        if key == "answers_file":
            return self._answers_file()
        if key not in self._more:
            raise BeyondNative(f"_copier_conf.{key}")
        return self._more[key]

    def _whole(self) -> NoReturn:
        raise BeyondNative("_copier_conf as a whole")

    __iter__ = __len__ = __str__ = __repr__ = _whole


def build_context(
    template: Template, answers: Answers, engine: Engine, phase: Literal["prompt", "render"]
) -> dict[str, Any]:
    """Return the variables for one set of answers; `phase` is what templates see as `_copier_phase`."""
    origin = {"_commit": template.commit, "_src_path": template.source}
    known = {key: value for key, value in origin.items() if value is not None}
    context: dict[str, Any] = {
        **answers.values,
        **known,
        "_copier_answers": {**known, **answers.recorded},
        "_folder_name": answers.folder,
        "_copier_phase": phase,
    }
    # While questions are asked there is a run: the one that makes the project.
    run = {"dst_path": PurePath(answers.folder), "src_path": PurePath(template.path or template.source)}
    context["_copier_conf"] = _Conf(lambda: answers_path(template, context, engine), run if phase == "prompt" else {})
    return context


def answers_path(template: Template, context: Mapping[str, Any], engine: Engine) -> PurePath:
    """Return where the answers file goes; its name may be a template, in which its own name is empty."""
    seen = {**context, "_copier_conf": _Conf(lambda: "", {})}
    return PurePath(engine.text(template.spec.answers_file, seen, f"{template.spec.path}: `_answers_file`"))
