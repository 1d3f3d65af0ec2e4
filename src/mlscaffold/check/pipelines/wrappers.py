"""What commands come to: the scripts, hooks, sessions and targets that they run are read as well."""

__all__ = ["Followed", "follow"]

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.pipelines.hooks import hooks_of
from mlscaffold.check.pipelines.model import mapping, texts
from mlscaffold.check.pipelines.noxfile import sessions
from mlscaffold.check.pipelines.recipes import recipe
from mlscaffold.check.repository import Repository

_STARTS: Final = r"(?:^|(?<=[\s;&|@/(\"'`]))"
_ENDS: Final = r"(?=[\s;&|)\"'`]|$)"
# These run what a file of theirs says, which nothing here reads.
_UNREAD: Final = expression(
    _STARTS + r"(?:inv|invoke|task|poe|doit|hatch|pixi|rye|npm|yarn|bazel|pants|docker|podman|dagger|earthly|gradlew?|"
    r"kedro|dvc|snakemake|mise|spin|cmake|act|pdm\s+run|pipenv\s+run)" + _ENDS,
    re.MULTILINE,
)
# An action whose name says that it looks at code, whatever it uses for that.
_ACTION: Final = expression(
    r"^[\w.-]+/[\w./-]*(?:test|lint|check(?!out)|quality|analy|format|typ|review)[\w./-]*@", re.MULTILINE
)
_INSTALLS: Final = expression(
    r"\.install\([^)]*\)"
    r"|\b(?:pip3?|pipx|conda|mamba|micromamba|apt|apt-get|brew|uv\s+tool|poetry|uv|pdm)\s+(?:-\S+\s+)*(?:install|add)\b[^\n;&|]*"
)
_COMMENT: Final = expression(r"(?:^|(?<=\s))#[^\n]*", re.MULTILINE)
_ELSEWHERE: Final = expression(_STARTS + r"(?:cd|pushd)\s", re.MULTILINE)
_NOX: Final = expression(_STARTS + r"nox\b(?!\.)([^\n;&|]*)", re.MULTILINE)
_MAKE: Final = expression(_STARTS + r"(make|just)(?=\s|$)([^\n;&|]*)", re.MULTILINE)
_TOX: Final = expression(_STARTS + "tox" + _ENDS, re.MULTILINE)
_HOOKS: Final = expression(r"\b(?:pre-commit|prek)\b")
# `mise run check`, `./dev test`: something that is called so does it, and nobody here knows what that is.
_WORD: Final = r"(?:tests?|checks?|lint(?:er|ing)?|ci|qa|verify|validate|quality|type-?check|types|style)(?=[\s;&|]|$)"
_GENERIC: Final = expression(
    r"(?:^|[;&|]|\brun ) ?(?:\w+=\S+ )*(?!(?:ruff|ty|pip|poetry|twine|cargo|uv|def) )[\w./][\w./-]* " + _WORD + "|"
    r"\brun " + _WORD,
    re.MULTILINE,
)
_ECHO: Final = expression(r"\becho\b[^\n;&|]*")
_FILE: Final = expression(_STARTS + r"(?:\./)?([\w-][\w./-]*\.(?:sh|bash|py))" + _ENDS, re.MULTILINE)
_TOX_COMMANDS: Final = expression(r"^\s*commands\w*\s*=.*(?:\n(?:[ \t]+.*|[\]}].*|))*", re.MULTILINE)
_MOST: Final = 60  # pieces of text: more is no pipeline that somebody wrote


class Followed(NamedTuple):
    """The text of commands and all they run, without comments and installs; `known` where nothing was out of reach."""

    text: str
    known: bool


def follow(commands: str, repository: Repository) -> Followed:
    """Return what commands come to."""
    pieces: dict[str, str | None] = {"": commands}
    pending, known = [commands], not _ACTION.search(commands)
    while pending and len(pieces) < _MOST:
        text = _plain(pending.pop())
        found = {name: piece for name, piece in _called(text, repository) if name not in pieces}
        known = known and not _unread(text) and not (found and _ELSEWHERE.search(text))
        pieces |= found
        pending += filter(None, found.values())
    texts_of = [_plain(piece) for piece in pieces.values() if piece is not None]
    return Followed("\n".join(texts_of), known and None not in pieces.values() and not pending)


def _unread(text: str) -> bool:
    rest = text
    for understood in (_NOX, _MAKE, _ECHO):
        rest = understood.sub(" ", rest)
    return bool(_UNREAD.search(text) or _GENERIC.search(rest))


def _plain(text: str) -> str:
    return re.sub(r"[ \t]+", " ", _INSTALLS.sub(" ", _COMMENT.sub("", text.replace("\\\n", " "))))


def _called(text: str, repository: Repository) -> Iterator[tuple[str, str | None]]:
    """Yield what `text` runs, by a name for it; None where that cannot be read."""
    for arguments in _NOX.findall(text):
        yield f"nox{arguments}", sessions(arguments, repository)
    for program, arguments in _MAKE.findall(text):
        yield f"{program}{arguments}", recipe(program, arguments, repository)
    if _TOX.search(text):
        yield "tox", _tox(repository)
    if _HOOKS.search(text):
        yield "hooks", _hooks(hooks_of(repository)[1])
    for path in _FILE.findall(text):
        if path.endswith(".py"):
            # What a program starts is its own affair; tests are run by others, and setup.py installs.
            if path != "setup.py" and "tests" not in repository.roles_of(path):
                yield path, None
        else:
            yield path, repository.text(path) if path in repository.files else None


def _hooks(table: dict[str, Any]) -> str:
    """Return what hooks run: not their names, which are prose."""
    found: list[str] = []
    repos = table.get("repos")
    for one in repos if isinstance(repos, list) else ():
        hooks = mapping(one).get("hooks")
        found += texts(mapping(one).get("repo"))
        for hook in hooks if isinstance(hooks, list) else ():
            found.append(" ".join(texts([mapping(hook).get(key) for key in ("id", "entry", "args")])))
    return "\n".join(found)


def _tox(repository: Repository) -> str | None:
    table = repository.table("pyproject.toml", "tool", "tox")
    files = [path for path in ("tox.ini", "tox.toml", "setup.cfg") if path in repository.files]
    found = [block for path in files for block in _TOX_COMMANDS.findall(repository.text(path))]
    found += texts(table)
    return re.sub(r"[\"',\[\]{}]", " ", "\n".join(found)) if found else None
