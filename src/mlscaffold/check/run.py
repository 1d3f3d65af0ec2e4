"""One run over a repository: files, rules, ignores, baseline; the answer is a value."""

__all__ = ["Outcome", "check"]

import json
from functools import partial
from typing import Any, NamedTuple

from mlscaffold import __version__
from mlscaffold.check import suppress
from mlscaffold.check.cache import Cache
from mlscaffold.check.findings import Finding, finding_from
from mlscaffold.check.given import given
from mlscaffold.check.incremental import Round
from mlscaffold.check.listing import Listing, stat_of
from mlscaffold.check.memo import own_code, seen
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.pipelines.model import Pipeline
from mlscaffold.check.pipelines.reading import pipelines_of
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.repository import Repository
from mlscaffold.check.scan import Scanner, read
from mlscaffold.check.settings import Settings
from mlscaffold.check.targets.document import UnreadableError, parsed
from mlscaffold.check.targets.facts import facts_from
from mlscaffold.check.targets.unread import Unread


class Outcome(NamedTuple):
    """The answer of a run, and the files that git does not track and that it depends on."""

    answer: Answer
    watched: dict[str, list[int] | None]


def check(
    root: str,
    files: Listing,
    overrides: dict[str, Any] | None = None,
    *,
    keep: bool = True,
    ignores: bool = True,
    paths: tuple[str, ...] = (),
) -> Outcome:
    """Check the repository at `root`.

    Args:
        root: its folder.
        files: what it tracks.
        overrides: keys of the settings that the command line gives.
        keep: whether what is learned may be read from the cache, and kept there.
        ignores: whether comments, settings and the baseline may hide findings.
        paths: report only what is in these files or below these folders; all where empty.

    Raises:
        SettingsError: a setting that cannot be followed.
    """
    rules, settings, team = given(root, overrides or {}, keep=keep)
    salt = json.dumps([__version__, own_code(), team, settings.places, settings.rules], default=str)
    cache = Cache(root, salt, keep=keep)
    looked_at = {path: entry for path, entry in files.items() if not _is_left_out(path, settings)}
    scanner = Scanner(root, rules, settings, cache)
    learned = {path: scanner.learned(path, entry) for path, entry in looked_at.items()}
    reader = _Reader(root, looked_at, cache)
    modules = {
        path: facts_from(facts) for path, one in learned.items() if path.endswith(".py") and (facts := one.get("facts"))
    }
    repository = Repository(root, looked_at, modules, settings, load=reader.load, read=reader.read)
    found = [finding_from(one) for known in learned.values() for one in known.get("findings", ())]
    prints = {path: learned[path]["print"] for path in modules}
    found += _on_repository(rules, Round(repository, reader, cache, prints))
    cache.save()
    reported = suppress.apply(root, found, learned, rules, settings, use=ignores, paths=paths)
    codes = sorted({one.code for one in reported.findings})
    hints, names = {code: rules[code].hint for code in codes}, {code: rules[code].name for code in codes}
    return Outcome(Answer(*reported, len(looked_at), hints, names), reader.watched)


def _is_left_out(path: str, settings: Settings) -> bool:
    # Below `{{ cookiecutter.name }}/` is what a template makes: no code of this repository, and seldom code at all.
    return "{{" in path or fits_any(path, settings.exclude)


def _on_repository(rules: Rules, known: Round) -> list[Finding]:
    found: list[Finding] = []
    unread: dict[str, Unread] = {}
    for one in rules.values():
        if one.on in {Repository, Pipeline}:
            findings, missed = known.found(one.code, partial(_looked, one))
            found += [finding._replace(code=one.code) for finding in findings]
            unread |= {each.path: each for each in missed}
    for one in rules.values():  # last: only now is it known what could not be read
        if one.on is Unread:
            told = (finding for each in unread.values() for finding in one.look(each, None))
            found += [finding._replace(code=one.code) for finding in told]
    return found


def _looked(one: Rule, repository: Repository) -> list[Finding]:
    if one.on is Repository:
        return list(one.look(repository, None))
    return [finding for each in pipelines_of(repository) for finding in one.look(each, repository)]


class _Reader:
    """Reads files for rules, and remembers which of them git does not track."""

    def __init__(self, root: str, files: Listing, cache: Cache) -> None:
        self._root, self._files, self._cache = root, files, cache
        self.watched: dict[str, list[int] | None] = {}

    def watch(self, path: str) -> list[int] | None:
        self.watched[path] = seen(stat_of(self._root, path))
        return self.watched[path]

    def read(self, path: str) -> bytes:
        if path not in self._files:
            self.watch(path)
        try:
            return read(self._root, path)
        except (OSError, ValueError):
            return b""

    def load(self, path: str) -> Any:
        entry = self._files.get(path)
        if entry is None:
            data = self.read(path)
            return parsed(path, data) if data else None
        known = self._cache.known(path, entry)
        if known is None:
            known = self._cache.known_by_content(path, entry, self.read(path))
        if "document" not in known:
            self._cache.changed()
            try:
                known["document"] = [parsed(path, self.read(path)), "", 0]
            except UnreadableError as problem:
                known["document"] = [None, str(problem), problem.line]
        value, fault, line = known["document"]
        if fault:
            raise UnreadableError(fault, line)
        return value
