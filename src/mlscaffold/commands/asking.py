"""Put a template's questions to a person on the terminal."""

__all__ = ["ask_confirm", "ask_question", "ask_table"]

import getpass
from pathlib import Path
from typing import Any

from mlscaffold.commands.ui import Ui
from mlscaffold.errors import UserError
from mlscaffold.new.table import Table, inspect_table
from mlscaffold.render import NO_DEFAULT, AskedQuestion


def ask_question(ui: Ui, question: AskedQuestion) -> Any:
    """Ask until the answer is valid; an empty line takes the default."""
    ui.say()
    ui.say(ui.bold(question.help))
    for number, choice in enumerate(question.choices, start=1):
        ui.say(f"  {number}. {choice.label}{f'  (not now: {choice.disabled})' if choice.disabled else ''}")
    while True:
        typed = _read(question)
        try:
            return question.check(_answer(question, typed))
        except UserError as problem:
            ui.note(problem.what)


def _read(question: AskedQuestion) -> str:
    default = "" if question.default is NO_DEFAULT or question.secret else f" [{_default(question)}]"
    name = f"{question.name} (numbers, with commas; 0 for none)" if question.multiselect else question.name
    prompt = f"{name}{default}: "
    return (getpass.getpass(prompt) if question.secret else input(prompt)).strip()


def _default(question: AskedQuestion) -> str:
    if not question.multiselect or not isinstance(question.default, list):
        return question.default_text
    chosen = (n for n, choice in enumerate(question.choices, start=1) if choice.value in question.default)
    return ",".join(map(str, chosen)) or "0"


def _answer(question: AskedQuestion, typed: str) -> Any:
    if not typed and question.default is not NO_DEFAULT:
        return question.default
    if question.multiselect and typed == "0":
        return []
    if question.multiselect:
        return [_chosen(question, part.strip()) for part in typed.split(",") if part.strip()]
    return _chosen(question, typed)


def _chosen(question: AskedQuestion, typed: str) -> Any:
    if question.choices and typed.isdigit() and 1 <= int(typed) <= len(question.choices):
        return question.choices[int(typed) - 1].value
    return typed


def ask_confirm(ui: Ui, text: str) -> bool:
    """Ask a yes-or-no question; an empty line is no."""
    ui.say()
    return input(f"{text} [y/N]: ").strip().lower() in {"y", "yes"}


def ask_table(ui: Ui) -> tuple[Path, str] | None:
    """Ask for the user's own table and the column to predict; None is the bundled data."""
    ui.say(ui.bold("Which table do you start from? (a file; empty for the bundled flights of 2013)"))
    while True:
        typed = input("table: ").strip()
        if not typed:
            return None
        try:
            table = inspect_table(Path(typed))
        except UserError as problem:
            ui.note(problem.what)
            continue
        return table.path, _ask_column(ui, table)


def _ask_column(ui: Ui, table: Table) -> str:
    ui.say(ui.bold("Which column is to be predicted?"))
    for number, name in enumerate(table.columns, start=1):
        ui.say(f"  {number}. {name}")
    while True:
        typed = input("column: ").strip()
        if typed in table.columns:
            return typed
        if typed.isdigit() and 1 <= int(typed) <= len(table.columns):
            return table.columns[int(typed) - 1]
        ui.note(f"{table.path.name} has no column {typed!r}")
