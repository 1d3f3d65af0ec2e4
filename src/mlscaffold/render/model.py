"""The values that go into and come out of rendering."""

__all__ = ["NO_DEFAULT", "Answers", "Ask", "AskedQuestion", "Choice", "InvalidAnswerError", "Rendering"]

from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.template.spec import NO_DEFAULT
from mlscaffold.tree import Tree


class Answers(NamedTuple):
    """The answers to all questions of a template."""

    values: Mapping[str, Any]  # for rendering: every question's value, computed and secret ones included
    recorded: Mapping[str, Any]  # for the answers file: nothing secret, nothing computed
    folder: str = "project"  # what templates see as `_folder_name`
    given: Mapping[str, Any] = {}  # those that were given, before they were cast
    defaults: Mapping[str, Any] = {}  # the user's own defaults, as they were given


class InvalidAnswerError(UserError):
    """An answer that its question does not take; `name` is the question's, `problem` says why."""

    def __init__(self, name: str, problem: str) -> None:
        """Keep both, for those who can take another answer instead."""
        super().__init__(f"{name}: {problem}", hint=f"give it with --set {name}=...")
        self.name = name
        self.problem = problem


class Choice(NamedTuple):
    """One choice as it is shown."""

    label: str
    value: Any  # cast to the question's type
    disabled: str = ""  # why it cannot be chosen, or ""


class AskedQuestion(NamedTuple):
    """A question that is ready to be shown to a person."""

    name: str
    help: str  # rendered; the name if the template gives none
    type: str  # str, int, float, bool, json, yaml or path
    default: Any  # cast to the type, perhaps invalid (`check` tells); NO_DEFAULT if there is none
    default_text: str  # the default as a person would type it
    choices: tuple[Choice, ...]
    multiselect: bool
    secret: bool
    multiline: bool
    placeholder: str
    check: Callable[[Any], Any]  # text (or a value) -> the cast value; raises UserError with what is wrong with it


Ask = Callable[[AskedQuestion], Any]  # returns what `check` returned


class Rendering(NamedTuple):
    """What a template gives for a set of answers."""

    tree: Tree
    sources: Mapping[str, str]  # output path -> path in the template repository, as far as it is known
    answers: Answers
    renderer: Literal["native", "copier"]
    once: frozenset[str] = frozenset()  # output paths that `_skip_if_exists` names: never written over
