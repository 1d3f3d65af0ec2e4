"""What happened to each version (registry/versions.jsonl), and models/champion, which follows from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from .. import files
from ..bundle.store import load_bundle
from ..config import load_config
from ..errors import COMMAND, UserError
from ..store import fetch

if TYPE_CHECKING:
    from pathlib import Path

    from ..project import Project
    from .verdict import Verdict

__all__ = ["Event", "aliases", "champion", "champions", "decide", "events", "register", "resolve", "rollback"]

_MADE_BY = {"champion": "gate", "challenger": "train", "latest": "train"}


@dataclass(frozen=True)
class Event:
    """One line of the registry; `previous` was champion before it."""

    when: str
    who: str
    event: Literal["register", "promote", "hold", "reject", "force", "rollback"]
    version: str
    previous: str | None
    reason: str


def events(root: Path) -> list[Event]:
    """All events, oldest first. Raises UserError for a damaged line."""
    return files.read(root / "registry" / "versions.jsonl", Event)


def champions(history: list[Event]) -> list[str]:
    """The champions in the order of promotion, the last one in charge; those rolled back are left out."""
    stack: list[str] = []
    for event in history:
        if event.event in {"promote", "force"}:
            stack.append(event.version)
        elif event.event == "rollback":
            del stack[-1:]
    return stack


def aliases(project: Project) -> dict[str, str]:
    """The versions of "champion" and of "challenger", the newest candidate if it is not champion."""
    history = events(project.root)
    candidates = [event.version for event in history if event.event in {"register", "hold", "reject"}]
    named = dict.fromkeys(candidates[-1:], "challenger") | dict.fromkeys(champions(history)[-1:], "champion")
    return {alias: version for version, alias in named.items()}


def champion(project: Project) -> str | None:
    """The version in charge, or None."""
    return aliases(project).get("champion")


def register(project: Project, version: str, who: str, when: str) -> None:
    """Note that a version was trained; it is the challenger from now on."""
    _note(project, Event(when, who, "register", version, champion(project), "trained"))


def decide(project: Project, verdict: Verdict) -> None:
    """Note the gate's verdict; a promotion, forced or not, puts the version in charge."""
    kind, reason = verdict.decision, "; ".join(verdict.reasons)
    if verdict.forced and kind != "promote":
        kind, reason = "force", f"{verdict.forced} (the gate said {kind}: {reason})"
    _note(project, Event(verdict.when, verdict.who, kind, verdict.version, champion(project), reason))


def rollback(project: Project, who: str, when: str, reason: str) -> str:
    """Put the champion before in charge again and return it. Raises UserError for no reason, or none that can serve."""
    if not reason.strip():
        raise UserError('a rollback needs a reason that others can read: --reason "..."')
    former, failed = [None, None, *champions(events(project.root))][-2:]
    if former is None:
        raise UserError(f"there is no former champion to go back to: see `{COMMAND} models`")
    try:
        load_bundle(resolve(project, former), threads=1)
    except UserError as error:
        raise UserError(f"cannot go back to {former}, restore its folder: {error}") from None
    _note(project, Event(when, who, "rollback", former, failed, reason))
    return former


def resolve(project: Project, name: str) -> Path:
    """The folder of a version, of an alias or of "latest". Raises UserError where there is none.

    In a fresh clone the bundle is fetched from the store, and models/champion is put right.
    """
    pointer, known = project.models / "latest", aliases(project)
    if name == "latest" and pointer.is_file():
        known["latest"] = pointer.read_text(encoding="utf-8").strip()
    if name in _MADE_BY and name not in known:
        raise UserError(f"there is no {name} model yet: run `{COMMAND} {_MADE_BY[name]}`")
    path = project.models / known.get(name, name)
    if not path.is_dir() and not _fetched(project, path.name):
        raise UserError(f"models/{path.name} is not here: see `{COMMAND} models`, or restore its folder")
    pointer = project.models / "champion"
    if name == "champion" and (not pointer.is_file() or pointer.read_text(encoding="utf-8").strip() != path.name):
        files.write(pointer, path.name + "\n")
    return path


def _fetched(project: Project, version: str) -> bool:
    store = load_config(project.root).store.models
    return fetch(store, version, project.models, project.root, lambda part: load_bundle(part, threads=1))


def _note(project: Project, event: Event) -> None:
    project.models.mkdir(exist_ok=True)
    pointer = project.models / ".champion"
    if event.event in {"promote", "force", "rollback"}:
        pointer.write_text(event.version + "\n", encoding="utf-8")  # before the event: a full disk is told in time
    files.append(project.registry / "versions.jsonl", event)
    if event.event in {"promote", "force", "rollback"}:
        pointer.replace(project.models / "champion")
