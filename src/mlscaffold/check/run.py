"""One run over a repository: files, rules, ignores, baseline; the answer is a value."""

__all__ = ["Outcome", "check"]

import json
import sys
from functools import partial
from typing import Any, NamedTuple

from mlscaffold import __version__
from mlscaffold.check import suppress
from mlscaffold.check.cache import Cache
from mlscaffold.check.digest import digest
from mlscaffold.check.findings import Finding, finding_from
from mlscaffold.check.given import given
from mlscaffold.check.incremental import Round
from mlscaffold.check.listing import Listing
from mlscaffold.check.memo import own_code
from mlscaffold.check.patterns import fits_any
from mlscaffold.check.reading import CachedReader, Modules
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.repository import Repository
from mlscaffold.check.scan import Scanner
from mlscaffold.check.settings import Settings
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
    salt = json.dumps([__version__, own_code(), sys.hexversion, team, settings.places, settings.rules], default=str)
    cache = Cache(root, digest(salt.encode()), keep=keep)
    looked_at = {path: entry for path, entry in files.items() if not _is_left_out(path, settings)}
    scanner = Scanner(root, rules, settings, cache)
    learned = {path: scanner.learned(path, entry) for path, entry in looked_at.items()}
    reader, modules = CachedReader(root, looked_at, cache), Modules(learned)
    repository = Repository(root, looked_at, modules, settings, load=reader.load, read=reader.read)
    found = [finding_from(one) for known in learned.values() for one in known.light.get("findings", ())]
    found += _on_repository(rules, Round(repository, reader, cache, modules.prints))
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
        if one.on in {"Repository", "Pipeline"}:
            findings, missed = known.found(one.code, partial(_looked, one))
            found += [finding._replace(code=one.code) for finding in findings]
            unread |= {each.path: each for each in missed}
    for one in rules.values():  # last: only now is it known what could not be read
        if one.on == "Unread":
            told = (finding for each in unread.values() for finding in one.look(each, None))
            found += [finding._replace(code=one.code) for finding in told]
    return found


def _looked(one: Rule, repository: Repository) -> list[Finding]:
    if one.on == "Repository":
        return list(one.look(repository, None))
    from mlscaffold.check.pipelines.reading import pipelines_of  # mostly nothing of a pipeline has changed

    return [finding for each in pipelines_of(repository) for finding in one.look(each, repository)]
