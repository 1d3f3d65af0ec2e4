"""The Jinja sandbox as Copier sets it up, over files in memory; for rendering, nothing in it knows time or machine.

Source of the rules: Copier's `Worker.jinja_env`, `CopierTemplateLoader` and `SandboxedEnvironment`.
"""

__all__ = ["Engine", "UnsetError"]

from collections.abc import Callable, Mapping
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import Any, Final, NoReturn

import jinja2
import jinja2.ext
from jinja2.loaders import split_template_path
from jinja2.sandbox import SandboxedEnvironment

from mlscaffold.errors import UserError
from mlscaffold.render.blame import BeyondNative, template_errors
from mlscaffold.render.compiled import compile_text, compiled_cache
from mlscaffold.render.filters import Filters, banned
from mlscaffold.render.source import SourceTree
from mlscaffold.render.substitution import substitute
from mlscaffold.template import Spec
from mlscaffold.template.claims import UNPREDICTABLE_FUNCTIONS, UNPREDICTABLE_VARIABLES

_UNDEFINED: Final = {"jinja2.Undefined": jinja2.Undefined, "jinja2.StrictUndefined": jinja2.StrictUndefined}
_PATHS: Final = {"posix": PurePosixPath, "windows": PureWindowsPath, "native": PurePath}


class UnsetError(jinja2.UndefinedError):
    """The default of a question is `{{ UNSET }}`: it has none."""


class Engine:
    """Renders strings and files of one template. Compiled templates are kept, so a second use costs nothing."""

    def __init__(self, spec: Spec, source: SourceTree, *, predictable: bool) -> None:
        """Set the sandbox up; `predictable` bans what depends on clock, chance or machine (by `BeyondNative`).

        Raises `UserError` if the template's `_envops` make no sense.
        """
        self.spec = spec
        self._source = source
        self._environment = _environment(spec, source, predictable=predictable)
        self._compiled: dict[str, jinja2.Template] = {}
        # Jinja's own marks, as nearly every template has them: then simple texts need no Jinja
        self._simple = not set(spec.envops) - {"newline_sequence", "undefined", "trim_blocks", "lstrip_blocks"}

    def text(self, text: str, context: Mapping[str, Any], where: str = "") -> str:
        """Render a string. Raises `UserError` that names `where` it stands, if the template is at fault."""
        with template_errors(where or self.spec.path):
            return self.unguarded(text, context)

    def unguarded(self, text: str, context: Mapping[str, Any]) -> str:
        """Render a string; whatever the template raises comes through."""
        simple = self._substituted(text, context)
        if simple is not None:
            return simple
        template = self._compiled.get(text)
        if template is None:
            template = self._compiled[text] = compile_text(self._environment, text)
        return template.render(context)

    def file(self, path: str, context: Mapping[str, Any]) -> bytes | None:
        """Render the file at `path`, or return None if it is not UTF-8. Raises `UserError` that names file and line."""
        file = self._source.file(path)
        with template_errors(path):
            try:
                simple = self._substituted(file.data.decode(), context) if file else None
            except UnicodeDecodeError:
                return None
            text = self._environment.get_template(path).render(context) if simple is None else simple
            return text.encode()

    def _substituted(self, text: str, context: Mapping[str, Any]) -> str | None:
        return substitute(text, context, self._environment.newline_sequence) if self._simple else None


def _environment(spec: Spec, source: SourceTree, *, predictable: bool) -> SandboxedEnvironment:
    options: dict[str, Any] = {"keep_trailing_newline": True, **spec.envops}
    if undefined := options.pop("undefined", None):
        if undefined not in _UNDEFINED:
            raise UserError(
                f"{spec.path}: `_envops`: undefined cannot be {undefined!r}", hint=f"use {' or '.join(_UNDEFINED)}"
            )
        options["undefined"] = _UNDEFINED[undefined]
    with template_errors(f"{spec.path}: `_envops`"):
        environment = _Sandbox(
            loader=_Loader(source), extensions=[_NoYield], bytecode_cache=compiled_cache(options), **options
        )
    environment.filters = Filters(environment, predictable=predictable)
    environment.globals["pathjoin"] = _pathjoin
    if predictable:
        environment.globals.update({name: banned(name) for name in UNPREDICTABLE_FUNCTIONS})
    return environment


class _Context(jinja2.runtime.Context):
    def resolve_or_missing(self, key: str) -> Any:
        """Look a variable up; those that only a run of Copier has are not just undefined."""
        if key in UNPREDICTABLE_VARIABLES:
            raise BeyondNative(key)
        return super().resolve_or_missing(key)


class _Sandbox(SandboxedEnvironment):
    context_class = _Context

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Keep the way from a path to its module closed, as Copier's own sandbox does."""
        if isinstance(obj, PurePath) and attr == "parser":
            return False
        return super().is_safe_attribute(obj, attr, value)


class _Loader(jinja2.BaseLoader):
    """Finds `{% include %}`, `{% import %}` and `{% extends %}` from the root of the template."""

    def __init__(self, source: SourceTree) -> None:
        self._source = source

    def get_source(
        self,
        environment: jinja2.Environment,  # noqa: ARG002 - as Jinja calls it
        template: str,
    ) -> tuple[str, str, Callable[[], bool]]:
        """Return text, name and freshness, as Jinja asks for them."""
        path = "/".join(split_template_path(template))
        file = self._source.file(path)
        if file is None:
            raise jinja2.TemplateNotFound(template)
        return file.data.decode(), path, lambda: True


class _NoYield(jinja2.ext.Extension):
    """Recognises Copier's own tag, which makes several files out of one and is left to Copier."""

    tags = {"yield"}  # noqa: RUF012 - declared so by Jinja

    def parse(self, parser: jinja2.parser.Parser) -> NoReturn:  # noqa: ARG002 - as Jinja calls it
        """Give up."""
        raise BeyondNative("the tag yield")


def _pathjoin(*path: str, mode: str = "posix") -> str:
    return str(_PATHS[mode](*path))
