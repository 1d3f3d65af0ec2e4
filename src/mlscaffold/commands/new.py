"""`mlscaffold new`: start a project."""

__all__ = ["new", "read_answers", "read_settings"]

import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mlscaffold.commands.ui import Ui
from mlscaffold.errors import UserError
from mlscaffold.new.apply import Made, make
from mlscaffold.new.plan import NewPlan, Wishes, plan
from mlscaffold.template.sources import BUILTIN


def new(wishes: Wishes, ui: Ui, *, defaults: bool, dry_run: bool) -> int:
    """Plan the project, then show it or make it; return the exit code.

    Raises:
        UserError: something the user can mend; nothing was written.
    """
    person = not defaults and not ui.as_json and sys.stdin.isatty()
    planned = _ask_and_plan(wishes, ui) if person else plan(wishes)
    for note in planned.notes:
        ui.note(note)
    if dry_run:
        _show_plan(planned, ui)
        return 0
    made = make(planned, ui.stage)
    for note in made.notes:
        ui.note(note)
    _show_made(planned, made, ui)
    return 1 if made.failed else 0


def _ask_and_plan(wishes: Wishes, ui: Ui) -> NewPlan:
    from mlscaffold.commands.asking import ask_confirm, ask_question, ask_table

    if wishes.data is None and wishes.source == BUILTIN and (chosen := ask_table(ui)):
        wishes = wishes._replace(data=chosen[0], column=chosen[1])
    return plan(
        wishes,
        ask=lambda question: ask_question(ui, question),
        confirm=lambda text: ask_confirm(ui, text),
    )


def read_settings(pairs: Iterable[str]) -> dict[str, str]:
    """Return the answers given as `key=value`. Raises `UserError` for one without `=`."""
    found: dict[str, str] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise UserError(f"--set {pair!r} is no answer", hint="write it as `--set name=value`")
        found[name.strip()] = value
    return found


def read_answers(path: Path) -> dict[str, Any]:
    """Return the answers of a YAML or JSON file; keys that start with `_` (as in an answers file) are left out.

    Raises:
        UserError: it cannot be read, or does not hold names and values.
    """
    import yaml

    try:
        data = yaml.safe_load(path.expanduser().read_bytes())
    except OSError as problem:
        raise UserError(
            f"{path} cannot be read: {problem.strerror}", hint="give an existing file with `--answers`"
        ) from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise UserError(f"{path} is no YAML: {problem}", hint="write one `name: value` a line") from problem
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        raise UserError(f"{path} does not hold answers", hint="write one `name: value` a line")
    return {key: value for key, value in data.items() if not key.startswith("_")}


def _show_plan(planned: NewPlan, ui: Ui) -> None:
    if ui.as_json:
        ui.emit(_facts(planned) | {"dry_run": True})
        return
    ui.say(f"{planned.target}/")
    for line in tree_lines([*planned.rendering.tree, *([planned.table[1]] if planned.table else [])]):
        ui.say(line)
    ui.say(f"{len(planned.rendering.tree)} files from {_template(planned)}; nothing was written")


def _show_made(planned: NewPlan, made: Made, ui: Ui) -> None:
    if ui.as_json:
        ui.emit(_facts(planned) | {"dry_run": False, "commit": made.commit, "set_up": made.set_up})
        return
    ui.say()
    what = f"{len(planned.rendering.tree)} files from {_template(planned)}"
    ui.say(f"{ui.bold(planned.target.name)} is there: {what}{_first(made)}{', set up' if made.set_up else ''}.")
    ui.say("Next:")
    enter = () if planned.target == Path.cwd() else (f"cd {_shown(planned.target)}",)
    for command in (*enter, *planned.next_commands)[:4]:
        ui.say(f"  {command}")


def _first(made: Made) -> str:
    return f", first commit {made.commit[:7]}" if made.commit else ""


def _shown(target: Path) -> str:
    import shlex

    here = Path.cwd()
    return shlex.quote(str(target.relative_to(here) if target.is_relative_to(here) else target))


def _template(planned: NewPlan) -> str:
    source = "the built-in template" if planned.template.source == BUILTIN else planned.template.source
    return f"{source} {planned.template.version or planned.template.commit or ''}".strip()


def _facts(planned: NewPlan) -> dict[str, Any]:
    return {
        "project": str(planned.target),
        "template": planned.template.source,
        "version": planned.template.version,
        "answers": dict(planned.rendering.answers.recorded),
        "renderer": planned.rendering.renderer,
        "files": list(planned.rendering.tree),
        "table": planned.table[1] if planned.table else None,
        "notes": list(planned.notes),
        "next": list(planned.next_commands),
    }


def tree_lines(paths: Iterable[str]) -> list[str]:
    """Return the paths as an indented tree, folders before files."""
    nested: dict[str, Any] = {}
    for path in paths:
        here = nested
        for part in path.split("/"):
            here = here.setdefault(part, {})
    return _lines(nested, "")


def _lines(nested: Mapping[str, Any], indent: str) -> list[str]:
    found: list[str] = []
    ordered = sorted(nested.items(), key=lambda item: (not item[1], item[0]))
    for place, (name, below) in enumerate(ordered, start=1):
        last = place == len(ordered)
        found.append(f"{indent}{'└── ' if last else '├── '}{name}{'/' if below else ''}")
        found += _lines(below, indent + ("    " if last else "│   "))
    return found
