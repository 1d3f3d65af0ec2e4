"""What `mlscaffold new` decides before it writes: the whole project as a Tree, and what happens around it."""

__all__ = ["Confirm", "NewPlan", "Wishes", "plan"]

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from mlscaffold import git
from mlscaffold.errors import UserError
from mlscaffold.project.ownership import ownership
from mlscaffold.render import Ask, Rendering, render, render_texts, resolve
from mlscaffold.staging import free_target, nearest_folder
from mlscaffold.template import Template
from mlscaffold.template.sources import BUILTIN, load_template
from mlscaffold.tree import File, Tree

Confirm = Callable[[str], bool]
_REQUIREMENT: Final = "mlscaffold_requirement"  # a question of any template that wants to know


class Wishes(NamedTuple):
    """What the user asked for, unchecked; `git` and `sync` are None where the user left it to us."""

    target: Path
    source: str = BUILTIN
    at: str | None = None
    prereleases: bool = False
    given: Mapping[str, Any] = {}
    data: Path | None = None
    column: str | None = None
    git: bool | None = None
    sync: bool = True
    trust: bool = False


class NewPlan(NamedTuple):
    """A project that could be made now; nothing of it is written yet."""

    target: Path
    template: Template
    rendering: Rendering
    owners: Mapping[str, str]  # path -> ownership class
    table: tuple[Path, str] | None  # the user's table and where it goes in the project
    repository: bool  # whether the project becomes a git repository of its own
    setup: tuple[tuple[str, ...], ...]  # commands to run in the finished project
    next_commands: tuple[str, ...]
    notes: tuple[str, ...]


def plan(wishes: Wishes, *, ask: Ask | None = None, confirm: Confirm | None = None) -> NewPlan:
    """Decide everything about the new project without writing anything.

    Args:
        wishes: what the user asked for.
        ask: puts a question to a person; None takes the defaults.
        confirm: puts a yes-or-no question to a person; None answers no.

    Raises:
        UserError: the folder is taken, the table or the template is not what it should be, or an answer is invalid.
    """
    target = free_target(wishes.target)
    if wishes.git is not False:
        git.require()
    template = load_template(wishes.source, wishes.at, prereleases=wishes.prereleases)
    given, table = _with_table(wishes, template)
    requirement, unknown = _requirement(template, given)
    defaults = _defaults(target, with_git=wishes.git is not False) | requirement
    answers = resolve(template, given, defaults=defaults, ask=ask, folder=target.name, trust=wishes.trust)
    rendering = render(template, answers, trust=wishes.trust)
    if table is not None:
        Tree({**rendering.tree, table[1]: File(b"")})  # refuses a place outside the project or below a link
    owner = ownership(template.spec.mlscaffold, rendering.once)
    repository, note = _own_repository(wishes, target, confirm)
    setup, unsaid = _setup(wishes, rendering, template)
    return NewPlan(
        target=target,
        template=template,
        rendering=rendering,
        owners={path: owner(path) for path in rendering.tree},
        table=table,
        repository=repository,
        setup=setup,
        next_commands=_commands(template, rendering, "next"),
        notes=tuple(text for text in (template.warning, note, unsaid, unknown) if text),
    )


def _with_table(wishes: Wishes, template: Template) -> tuple[dict[str, Any], tuple[Path, str] | None]:
    given = dict(wishes.given)
    names = _table_names(template)
    if wishes.data is None:
        if wishes.column is not None:
            raise UserError("--target names a column of a table, and no table is given", hint="add `--data FILE`")
        if names and given.get(names["file"]):
            raise UserError(
                f"{names['file']} alone does not bring the table along",
                hint="give the table with `--data FILE --target COLUMN`",
            )
        return given, None
    if not names:
        raise UserError(f"the template {template.source} takes no table", hint="leave `--data` out")
    from mlscaffold.new.table import find_column, inspect_table  # csv, gzip and more, for own tables only

    table = inspect_table(wishes.data)
    column = wishes.column or given.get(names["target"])
    if column is None:
        raise UserError(f"which column of {table.path.name} is to be predicted?", hint=_columns_hint(table.columns))
    given |= {names["file"]: table.path.name, names["target"]: find_column(table, str(column))}
    return given, (table.path, f"{names['into']}/{table.path.name}")


def _table_names(template: Template) -> dict[str, str]:
    """Return which answers name the table and its target, and the folder it goes `into`; {} if it takes no table."""
    names = template.spec.mlscaffold.get("table", {})
    keys = {"file", "target", "into"} if names else set()
    if not isinstance(names, dict) or set(names) != keys or not all(isinstance(name, str) for name in names.values()):
        raise UserError("copier.yml: _mlscaffold: table wants the keys file, target and into", hint="mend the template")
    return names


def _columns_hint(columns: Sequence[str]) -> str:
    return f"add `--target COLUMN`, one of: {', '.join(columns[:12])}{' ...' if columns[12:] else ''}"


def _defaults(target: Path, *, with_git: bool) -> dict[str, Any]:
    parent = nearest_folder(target)
    who = git.identity(parent) if with_git else git.Identity("", "")
    found = {"project_name": target.name, "author_name": who.name, "author_email": who.email}
    minor = f"3.{min(sys.version_info[1], 14)}"  # 3.14 is the newest that the template offers
    return {name: value for name, value in (found | {"python_version": minor}).items() if value}


def _requirement(template: Template, given: Mapping[str, Any]) -> tuple[dict[str, str], str]:
    """Return the answer that says how the project's pipelines install mlscaffold, and a note where that is unknown."""
    if _REQUIREMENT in given or _REQUIREMENT not in {question.name for question in template.spec.questions}:
        return {}, ""
    from mlscaffold.new.installed import DISTRIBUTION, installed  # for templates that ask only

    found = installed()
    if found.requirement:
        return {_REQUIREMENT: found.requirement}, ""
    return {}, (
        f"how pipelines install mlscaffold is not recorded: {found.unknown}; "
        f"use `--set '{_REQUIREMENT}={DISTRIBUTION}==VERSION'`, or set their variable MLSCAFFOLD"
    )


def _own_repository(wishes: Wishes, target: Path, confirm: Confirm | None) -> tuple[bool, str]:
    if wishes.git is not None:
        return wishes.git, ""
    outer = git.enclosing_repository(nearest_folder(target))
    if outer is None:
        return True, ""
    question = f"{target.name} would lie inside the git repository {outer}. Make it a repository of its own?"
    if confirm is not None and confirm(question):
        return True, ""
    return False, f"no repository was made: {target.name} lies inside {outer}; commit it there, or use `--git`"


def _setup(wishes: Wishes, rendering: Rendering, template: Template) -> tuple[tuple[tuple[str, ...], ...], str]:
    commands = _commands(template, rendering, "setup")
    if not commands or not wishes.sync:
        return (), f"not set up yet; in the project, type: {' && '.join(commands)}" if commands else ""
    if template.source != BUILTIN and not wishes.trust:
        return (), f"the template wants to run {' && '.join(commands)}; type it yourself, or use `--trust`"
    return tuple(tuple(shlex.split(command)) for command in commands), ""


def _commands(template: Template, rendering: Rendering, key: str) -> tuple[str, ...]:
    texts = template.spec.mlscaffold.get(key, [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise UserError(f"copier.yml: _mlscaffold: {key} wants a list of commands", hint="mend the template")
    return tuple(command for text in render_texts(template, rendering.answers, texts) if (command := text.strip()))
