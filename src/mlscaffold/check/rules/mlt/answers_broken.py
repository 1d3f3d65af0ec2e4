"""MLT902: the answers are what an update renders with."""

from collections.abc import Iterator
from typing import Any, Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlt._given import LOCK, Given, answers_path, given, is_given, original
from mlscaffold.check.targets.document import UnreadableError, parsed

_LOCK: Final = (
    'format = 1\ntemplate = "https://example.org/acme.git"\nversion = "1.0.0"\ncommit = ""\ntool = ""\n'
    'object-format = "sha1"\n\n[files]\n'
)
_FROM: Final = "_src_path: https://example.org/acme.git\n"
BAD: Final[tuple[Example, ...]] = (
    {".copier-answers.yml": f"{_FROM}package_name: acme\n"},
    {".copier-answers.yml": "_commit: 0.9.0\n" + _FROM, LOCK: _LOCK},
)
OK: Final[tuple[Example, ...]] = (
    {".copier-answers.yml": f"_commit: 1.0.0\n{_FROM}package_name: acme\n"},
    {".copier-answers.yml": "_commit: 1.0.0\n" + _FROM, LOCK: _LOCK},
)


@rule(
    "MLT902",
    "answers-broken",
    on=Repository,
    hint="put the answers file back as the tool wrote it; change answers with `mlscaffold update --set KEY=VALUE`",
)
def answers_broken(repository: Repository, _: None) -> Iterator[Finding]:
    """The answers file does not say what the project was made with.

    Why: an update renders the template with these answers and takes the difference for the team's work. An answer that
    was edited by hand changes nothing now and, with the next update, undoes or repeats edits all over the project;
    Copier's own documentation warns of it.

    How to fix: `git checkout` the file as the tool wrote it. To change an answer run
    `mlscaffold update --to current --set KEY=VALUE`, which brings the files along.
    """
    lock = given(repository)
    if lock is None and repository.read(LOCK):
        yield Finding(LOCK, 0, f"is damaged; restore it with `git checkout -- {LOCK}`")
    path = answers_path(repository)
    # What does not parse, MLZ002 tells.
    data = repository.data(path) if path else None
    if isinstance(data, dict):
        told = _told(repository, path, data, lock)
        if told:
            yield Finding(path, repository.line_of(path, told[0]), told[1])


def _told(repository: Repository, path: str, data: dict[str, Any], lock: Given | None) -> tuple[str, str] | None:
    """Return the key that is wrong, and the message."""
    source, version = data.get("_src_path"), data.get("_commit")
    if not isinstance(source, str) or not source:
        return "_src_path", "names no template (_src_path); restore the file from git"
    if lock is None:
        missing = version is None and not repository.read(LOCK)
        return ("_commit", "names no version (_commit), so that no update can start from it") if missing else None
    if source != lock.template:
        return "_src_path", f"names the template {source}, the lock {lock.template}; restore one of them from git"
    if lock.version and str(version) != lock.version:
        return "_commit", f"names version {version}, the lock {lock.version}; restore one of them from git"
    if changed := _changed(repository, path, data, lock):
        set_ = "mlscaffold update --to current --set"
        return changed, f"`{changed}` was edited by hand; put it back and run `{set_} {changed}=...`"
    return None


def _changed(repository: Repository, path: str, data: dict[str, Any], lock: Given) -> str:
    """Return an answer that is another one than the tool wrote, or ""; a formatter may write them otherwise."""
    if path not in lock.files or is_given(repository, path, lock):
        return ""
    try:
        before = parsed(path, original(repository, path, lock) or b"")
    except UnreadableError:
        return ""
    if not isinstance(before, dict):
        return ""
    return next(
        (key for key in [*data, *before] if (key in data, data.get(key)) != (key in before, before.get(key))), ""
    )
