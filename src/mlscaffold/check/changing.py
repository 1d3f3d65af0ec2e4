"""What `check` writes: fixes, round after round, until none is left; the same as a patch; and the baseline."""

__all__ = ["change"]

import os
import sys
from collections.abc import Callable
from functools import partial
from typing import Final, NamedTuple

from mlscaffold.check.command import EXIT_CLEAN, EXIT_FINDINGS, overrides
from mlscaffold.check.findings import Finding
from mlscaffold.check.fixing import RefusedError, mend
from mlscaffold.check.listing import Listing, stat_of, tracked
from mlscaffold.check.options import Options
from mlscaffold.check.reports.answer import Answer
from mlscaffold.check.run import check
from mlscaffold.check.scan import read

_ROUNDS: Final = 10
Ask = Callable[[str, Listing], Answer]


class Done(NamedTuple):
    """What the rounds came to: contents before them by path, findings mended, and what could not be done."""

    before: dict[str, bytes | None]
    fixed: int
    refused: dict[str, str]
    restless: tuple[str, ...]


def change(root: str, files: Listing, paths: tuple[str, ...], options: Options) -> int:
    """Apply fixes, show them, or write the baseline, as `options` ask; return the exit code.

    Args:
        root: the project.
        files: what it tracks.
        paths: only findings in these files or folders; all where empty.
        options: of the command line.

    Raises:
        SettingsError: a setting, or a baseline, that cannot be followed.
    """
    if options.diff:
        return _show(root, files, paths, options)
    if options.fix:
        done = _fixed(root, files, options, partial(_ask, paths=paths, options=options))
        known = tracked(root)
        made = {path: stat for path in done.before if path not in known and (stat := stat_of(root, path))}
        _tell("Fixed", done, list(made), quiet=options.quiet)
        files = known | made
    if options.update_baseline:
        from mlscaffold.check.baseline import update

        sys.stderr.write(update(root, files, overrides(options)) + "\n")
    answer = _ask(root, files, paths=paths, options=options)
    from mlscaffold.check.reports.printing import print_answer

    print_answer(answer, options)
    return EXIT_FINDINGS if answer.findings else EXIT_CLEAN


def _ask(root: str, files: Listing, *, paths: tuple[str, ...], options: Options) -> Answer:
    return check(root, files, overrides(options), keep=options.cache, ignores=options.ignores, paths=paths).answer


def _show(root: str, files: Listing, paths: tuple[str, ...], options: Options) -> int:
    """Print what fixes would change as a patch; they are tried on a copy."""
    import tempfile

    from mlscaffold.check.overlay import copied, patch

    watched = check(root, files, overrides(options), keep=options.cache, ignores=options.ignores).watched
    with tempfile.TemporaryDirectory(prefix="mlscaffold-check-") as scratch:
        copy = copied(root, [*files, *watched], scratch)
        there = {path: stat for path in files if (stat := stat_of(copy, path))}
        done = _fixed(copy, there, options, partial(_ask, paths=paths, options=options))
        changed = {path: (data, read(copy, path)) for path, data in sorted(done.before.items())}
    shown = b"".join(patch(path, before, after) for path, (before, after) in changed.items())
    sys.stdout.flush()
    sys.stdout.buffer.write(shown)
    sys.stdout.buffer.flush()
    _tell("Would fix", done, [], quiet=options.quiet)
    return EXIT_FINDINGS if shown else EXIT_CLEAN


def _fixed(root: str, files: Listing, options: Options, ask: Ask) -> Done:
    """Apply fixes until a round changes nothing: what one mends, another may see for the first time."""
    before: dict[str, bytes | None] = {}
    refused: dict[str, str] = {}
    fixed, answer = 0, ask(root, files)
    for _round in range(_ROUNDS):
        mended = mend(_wanted(answer, options), partial(_content, root, files))
        unwritten = _write_all(root, mended.contents)
        refused = mended.refused | unwritten
        written = mended.contents.keys() - unwritten.keys()
        if not written:
            return Done(before, fixed, refused, ())
        before = {path: mended.before[path] for path in written} | before
        fixed += sum(1 for one in mended.applied if one.fix and any(edit.path in written for edit in one.fix.edits))
        files = files | {path: stat for path in written if (stat := stat_of(root, path))}
        answer = ask(root, files)
    restless = sorted({one.code for one in _wanted(answer, options)})
    return Done(before, fixed, refused, tuple(restless))


def _wanted(answer: Answer, options: Options) -> list[Finding]:
    return [one for one in answer.findings if one.fix and (one.fix.safe or options.unsafe_fixes)]


def _content(root: str, files: Listing, path: str) -> bytes | None:
    """Return the bytes of a file that a fix wants to change. Raises `RefusedError`."""
    parts = path.split("/")
    if any(part in {"", ".", ".."} or part.lower() == ".git" or "\0" in part for part in parts):
        raise RefusedError("it is no path below the project")
    above = ["/".join(parts[:end]) for end in range(1, len(parts))]
    if any(os.path.islink(f"{root}/{place}") for place in [*above, path]):
        raise RefusedError("it is, or lies behind, a symbolic link")
    if any(os.path.lexists(f"{root}/{place}") and not os.path.isdir(f"{root}/{place}") for place in above):
        raise RefusedError("there is a file where a folder should be")
    now = stat_of(root, path)
    if now is None and os.path.lexists(f"{root}/{path}"):
        raise RefusedError("it is no regular file")
    if path in files and now != files[path]:
        raise RefusedError("it changed meanwhile")
    try:
        return read(root, path) if now else None
    except OSError as problem:
        raise RefusedError(f"it cannot be read: {problem.strerror}") from None


def _write_all(root: str, contents: dict[str, bytes]) -> dict[str, str]:
    """Write files; return why some could not be, by path."""
    failed = {}
    for path, data in contents.items():
        try:
            _write(root, path, data)
        except OSError as problem:
            failed[path] = f"it cannot be written: {problem.strerror}"
    return failed


def _write(root: str, path: str, data: bytes) -> None:
    """Write a file in one step, with the mode of the one that is there. Raises OSError."""
    place = f"{root}/{path}"
    folder, _slash, name = place.rpartition("/")
    os.makedirs(folder, exist_ok=True)
    scratch = f"{folder}/.{name[:100]}.{os.getpid()}"
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            if os.path.exists(place):
                os.fchmod(file.fileno(), os.stat(place).st_mode & 0o7777)
        os.replace(scratch, place)
    except BaseException:
        os.unlink(scratch)
        raise


def _tell(verb: str, done: Done, untracked: list[str], *, quiet: bool) -> None:
    """Say on standard error, beside whatever report, what was done and what was not."""
    lines = [f"{path} was not fixed: {why}" for path, why in sorted(done.refused.items())]
    lines += [f"{path} is new: run `git add {path}`" for path in untracked]
    if done.restless:
        lines.append(f"fixes of {', '.join(done.restless)} were still at work after {_ROUNDS} rounds: report this")
    if not quiet:
        count, touched = done.fixed, len(done.before)
        lines.append(f"{verb} {count} finding{'s' * (count != 1)} in {touched} file{'s' * (touched != 1)}.")
    sys.stderr.write("".join(f"{line}\n" for line in lines))
