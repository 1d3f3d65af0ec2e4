"""`Spec`: what a template's `copier.yml` says, checked once, before anything is asked or rendered.

The format is Copier's (its `Template` and `Question`): keys that start with `_` are settings, the others are questions,
and a question that is not a mapping is its default. Where Copier fails late or silently reads nonsense (a string for a
list of patterns), `parse_spec` says so at once.
"""

__all__ = ["DEFAULT_EXCLUDE", "NO_DEFAULT", "Question", "Spec", "parse_spec"]

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Final, NamedTuple

from mlscaffold.errors import UserError
from mlscaffold.template.config import read_config
from mlscaffold.template.reader import Reader
from mlscaffold.tree import Tree


class _NoDefault:
    """The type of `NO_DEFAULT`; None is an answer like any other."""

    def __repr__(self) -> str:
        """Read well in messages and test reports."""
        return "NO_DEFAULT"


NO_DEFAULT: Final = _NoDefault()
DEFAULT_EXCLUDE: Final = ("copier.yaml", "copier.yml", "~*", "*.py[co]", "__pycache__", ".git", ".DS_Store", ".svn")
_FORBIDDEN_NAMES: Final = {"now", "make_secret"}  # Copier puts functions of these names into every context
_MESSAGES: Final = ("before_copy", "after_copy", "before_update", "after_update")
_SETTINGS: Final = frozenset(
    "_answers_file _envops _exclude _external_data _jinja_extensions _migrations _min_copier_version _mlscaffold "  # noqa: SIM905
    "_preserve_symlinks _secret_questions _skip_if_exists _subdirectory _tasks _templates_suffix".split()
) | {f"_message_{when}" for when in _MESSAGES}


class Question(NamedTuple):
    """One question as the template writes it: strings may hold Jinja, nothing is rendered yet."""

    name: str
    type: str = "yaml"
    default: Any = NO_DEFAULT
    help: str = ""
    choices: Any = ()  # a list, a mapping, pairs, or a template that renders to YAML
    multiselect: bool = False
    secret: bool = False
    multiline: str | bool = False
    placeholder: str = ""
    validator: str = ""
    when: str | bool = True
    ask: str | bool = True
    unknown: tuple[str, ...] = ()  # keys that this version does not know, perhaps of a later Copier


_QUESTION_KEYS: Final = frozenset((*Question._fields, "qmark")) - {"name", "unknown"}


class Spec(NamedTuple):
    """The settings and questions of one template version."""

    path: str  # of the file itself, for messages
    questions: tuple[Question, ...] = ()
    subdirectory: str = ""
    suffix: str = ".jinja"
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    skip_if_exists: tuple[str, ...] = ()
    envops: Mapping[str, Any] = {}
    answers_file: str = ".copier-answers.yml"
    preserve_symlinks: bool = False
    min_copier_version: str = ""
    messages: Mapping[str, str] = {}  # before_copy, after_copy, before_update, after_update
    jinja_extensions: tuple[str, ...] = ()
    tasks: tuple[Any, ...] = ()
    migrations: tuple[Any, ...] = ()
    external_data: Mapping[str, str] = {}
    mlscaffold: Mapping[str, Any] = {}  # our own extension of the format, `_mlscaffold`
    includes: bool = False  # it was put together with `!include`
    unknown: tuple[str, ...] = ()  # settings that this version does not know


def parse_spec(files: Tree, source: str) -> Spec:
    """Read the settings and questions of the template `source` from its files.

    Raises:
        UserError: no `copier.yml`, or one that is not YAML or holds a value of the wrong type; names file and key.
    """
    path, data, includes = read_config(files, source)
    read = Reader(path, {key: value for key, value in data.items() if key.startswith("_")})
    secret = set(read.texts("_secret_questions"))
    questions = [_question(path, name, data[name], secret) for name in data if not name.startswith("_")]
    subdirectory = read.text("_subdirectory")
    # Copier leaves its own files out only where they would be copied, and only if the template does not say itself.
    at_root = PurePosixPath(subdirectory) == PurePosixPath()
    exclude = read.texts("_exclude", DEFAULT_EXCLUDE if at_root else ())
    answers_file = read.text("_answers_file", ".copier-answers.yml")
    if answers_file.startswith("/"):
        raise UserError(f"{path}: `_answers_file` must be a relative path", hint="correct it there")
    return Spec(
        path=path,
        questions=tuple(questions),
        subdirectory=subdirectory,
        suffix=".jinja" if read.settings.get("_templates_suffix") is None else read.text("_templates_suffix"),
        exclude=exclude,
        skip_if_exists=read.texts("_skip_if_exists"),
        envops=read.mapping("_envops"),
        answers_file=answers_file,
        preserve_symlinks=bool(read.settings.get("_preserve_symlinks", False)),
        min_copier_version=read.text("_min_copier_version"),
        messages={when: read.text(f"_message_{when}") for when in _MESSAGES if read.settings.get(f"_message_{when}")},
        jinja_extensions=read.texts("_jinja_extensions"),
        tasks=read.items("_tasks"),
        migrations=read.items("_migrations"),
        external_data=read.mapping("_external_data"),
        mlscaffold=read.mapping("_mlscaffold"),
        includes=includes,
        unknown=tuple(sorted(key for key in read.settings if key not in _SETTINGS)),
    )


def _question(path: str, name: str, details: Any, secret: set[str]) -> Question:
    if name in _FORBIDDEN_NAMES:
        raise UserError(f"{path}: a question cannot be called {name!r}", hint="rename it")
    read = Reader(path, details if isinstance(details, dict) else {"default": details}, f"question {name}: ")
    default = read.settings.get("default", NO_DEFAULT)
    hidden = name in secret or read.flag("secret", default=False)
    if hidden and default is NO_DEFAULT:
        raise UserError(f"{path}: question {name} is secret, so it needs a default", hint="add `default: ''`")
    choices = read.settings.get("choices", ())
    if not isinstance(choices, (list, tuple, dict, str)):
        raise read.wrong("choices", "a list, a mapping or a template")
    return Question(
        name=name,
        type=read.text("type") or _type_of(default),
        default=default,
        help=read.text("help"),
        choices=choices,
        multiselect=read.flag("multiselect", default=False),
        secret=hidden,
        multiline=read.text_or_flag("multiline", default=False),
        placeholder=read.text("placeholder"),
        validator=read.text("validator"),
        when=read.text_or_flag("when", default=True),
        ask=read.text_or_flag("ask", default=True),
        unknown=tuple(sorted(str(key) for key in read.settings if key not in _QUESTION_KEYS)),
    )


def _type_of(default: Any) -> str:
    """Copier's rule: the type of the default if that is a plain one, else YAML."""
    name = type(default).__name__
    return name if name in {"bool", "float", "int", "str"} else "yaml"
