"""The rules, by what they look at: a rule is one function in one module, with its examples beside it."""

__all__ = ["FAMILIES", "Example", "Look", "Rule", "RuleError", "Rules", "rule", "target_of"]

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, Literal, NamedTuple, TypeVar

from mlscaffold.check.findings import Finding

Level = Literal["default", "strict"]
# A small repository (path -> text) that a rule has nothing, or something, to say about.
Example = Mapping[str, str]
Look = Callable[[Any, Any], Iterator[Finding]]
_Look = TypeVar("_Look", bound=Callable[..., Iterator[Finding]])

FAMILIES: Final[Mapping[str, str]] = {
    "MLS": "structure",
    "MLD": "data and features",
    "MLR": "reproducibility",
    "MLC": "configuration",
    "MLE": "evaluation",
    "MLM": "model card",
    "MLP": "pipelines",
    "MLB": "container",
    "MLX": "security",
    "MLT": "template",
    "MLZ": "the check itself",
}


class RuleError(Exception):
    """A rule is declared wrongly: a code twice, or one of ours taken. The message is one line for the user."""


class Rule(NamedTuple):
    """A rule and all that is said about it; `look` takes the target and, for a node of a module, the module too.

    `on` names what it looks at (see `target_of`): a name is known without importing what it stands for.
    """

    code: str
    name: str
    on: str
    look: Look
    hint: str
    level: Level
    fix: str
    needles: tuple[bytes, ...]
    options: Mapping[str, Any]
    doc: str
    module: str
    only: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    def looks_in(self, roles: frozenset[str]) -> bool:
        """Return whether it looks at modules of these roles."""
        return roles.isdisjoint(self.never) and not (self.only and roles.isdisjoint(self.only))


class Rules(dict[str, Rule]):
    """All rules known to one run, by code."""

    def add(self, new: Rule) -> None:
        """Add a rule. Raises `RuleError` where its code is taken."""
        if (old := self.get(new.code)) and (old.module, old.name) != (new.module, new.name):
            raise RuleError(f"{new.code} is declared twice: in {old.module} and in {new.module}")
        self[new.code] = new


# What the decorator has seen; `catalogue.load` and `plugins` take it from here.
declared: Final = Rules()


def target_of(kind: type) -> str:
    """Return the name of what a rule looks at: `ast.Call` for a class of nodes, `Module` for a class of ours."""
    name = getattr(kind, "__name__", repr(kind))
    return f"ast.{name}" if getattr(kind, "__module__", "") == "ast" else name


def rule(
    code: str,
    name: str,
    *,
    on: type,
    hint: str,
    level: Level = "default",
    fix: Literal["", "safe", "unsafe"] = "",
    needles: tuple[bytes, ...] = (),
    options: Mapping[str, Any] | None = None,
    only: tuple[str, ...] = (),
    never: tuple[str, ...] = (),
) -> Callable[[_Look], _Look]:
    """Declare a rule.

    Args:
        code: family and number, as `MLX802`.
        name: in words, as `unpinned-artifact`.
        on: what it looks at: a node class of `ast`, `Module`, `Notebook`, `Dockerfile`, `Pipeline` or `Repository`.
        hint: one line: the next step, whatever the finding.
        level: `default`, or `strict` for the persona that asks for more.
        fix: whether its findings may carry a fix, and of which kind.
        needles: a file that holds none of these bytes is left out unread by the rule; for rules on files.
        options: its options and their defaults; the type of a default is the type of the option.
        only: roles of modules (see `places.ROLES`) that it looks at, all where empty; for rules on Python.
        never: roles of modules that it leaves alone.
    """

    def declare(look: _Look) -> _Look:
        told = (hint, level, fix, needles, options or {}, look.__doc__ or "", look.__module__)
        declared.add(Rule(code, name, target_of(on), look, *told, only, never))
        return look

    return declare
