"""Fixes put into files, in memory: what may stand together, and what is still a document afterwards."""

__all__ = ["Mended", "RefusedError", "mend"]

import json
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from mlscaffold.check.findings import TO_THE_END, Edit, Finding, Fix

_BOM: Final = b"\xef\xbb\xbf"
Read = Callable[[str], bytes | None]


class RefusedError(Exception):
    """A file that no fix may touch; the message says why, in a few words."""


class Mended(NamedTuple):
    """New contents by path, the old ones; the findings whose fixes are in them; and by path why others are not."""

    contents: dict[str, bytes]
    before: dict[str, bytes | None]
    applied: tuple[Finding, ...]
    refused: dict[str, str]


class _Files:
    """The files of one round, read once each."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._known: dict[str, bytes | None] = {}

    def before(self, path: str) -> bytes | None:
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def edited(self, edits: Iterable[Edit]) -> dict[str, bytes]:
        """Return the contents that edits make, by path; they do not overlap."""
        contents: dict[str, bytes] = {}
        for edit in sorted(set(edits), key=lambda one: -one.start):  # from the end, so that places hold
            data = contents.get(edit.path, self.before(edit.path) or b"")
            contents[edit.path] = data[: edit.start] + _encoded(edit.text) + data[edit.end :]
        return contents


def mend(findings: Iterable[Finding], read: Read) -> Mended:
    """Return what becomes of the files when the fixes of `findings` are applied, each whole or not at all.

    Fixes whose places overlap with those of an earlier one are left for another round. A file that parsed still does.

    Args:
        findings: those with a fix that is wanted.
        read: gives the bytes of a file, None where there is none; raises `RefusedError` where nothing may be changed.
    """
    files, refused = _Files(read), dict[str, str]()
    chosen: list[tuple[Finding, tuple[Edit, ...]]] = []
    taken: dict[str, set[Edit]] = {}
    for finding in findings:
        edits = _placed(finding.fix, files, refused) if finding.fix else ()
        if edits and not any(_clash(edit, taken.get(edit.path, ())) for edit in edits):
            chosen.append((finding, edits))
            for edit in edits:
                taken.setdefault(edit.path, set()).add(edit)
    kept = _still_parsing(chosen, files, refused)
    contents = files.edited(edit for _finding, edits in kept for edit in edits)
    before = {path: files.before(path) for path in contents}
    return Mended(contents, before, tuple(finding for finding, _edits in kept), refused)


def _placed(fix: Fix, files: _Files, refused: dict[str, str]) -> tuple[Edit, ...]:
    """Return the edits of a fix as they fit the files; none where they change nothing or may not be made."""
    placed: list[Edit] = []
    for edit in fix.edits:
        try:
            before = files.before(edit.path)
            one = _as_file_is(edit, before)
        except RefusedError as problem:
            refused[edit.path] = str(problem)
            return ()
        if _clash(one, (other for other in placed if other.path == one.path)):
            refused[edit.path] = "its fix overlaps with itself"
            return ()
        if before is None or before[one.start : one.end] != _encoded(one.text):
            placed.append(one)
    return tuple(placed)


def _as_file_is(edit: Edit, data: bytes | None) -> Edit:
    """Return an edit with its end found, and with the line ends and the byte-order mark of the file."""
    data = data or b""
    end = len(data) if edit.end == TO_THE_END else edit.end
    if not 0 <= edit.start <= end <= len(data):
        raise RefusedError("its fix is for another content")
    if b"\0" in data or not (edit.text.isascii() or (_is_utf8(data) and _is_encodable(edit.text))):
        raise RefusedError("it is no text in UTF-8")
    start, text = edit.start, edit.text
    if data.startswith(_BOM):
        start, end, text = max(start, len(_BOM)), max(end, len(_BOM)), text.removeprefix("\ufeff")
    if b"\r\n" in data and data.count(b"\n") == data.count(b"\r\n"):
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    return Edit(edit.path, start, end, text)


def _clash(new: Edit, taken: Iterable[Edit]) -> bool:
    """Return whether an edit overlaps with others of its file; the very same edit is made once for both."""
    return any(
        new != old and (new.start == old.start or (new.start < old.end and old.start < new.end)) for old in taken
    )


def _still_parsing(
    chosen: list[tuple[Finding, tuple[Edit, ...]]], files: _Files, refused: dict[str, str]
) -> list[tuple[Finding, tuple[Edit, ...]]]:
    """Return those of the fixes after which each file that parsed, or is new, parses."""
    broken = _broken([edit for _finding, edits in chosen for edit in edits], files)
    kept = [one for one in chosen if not any(edit.path in broken for edit in one[1])]
    for one in chosen:
        if any(edit.path in broken for edit in one[1]):
            together = [edit for _finding, edits in [*kept, one] for edit in edits]
            if spoilt := _broken(together, files):
                refused[min(spoilt)] = f"it would not parse after the fix of {one[0].code}"
            else:
                kept.append(one)
    return kept


def _broken(edits: Iterable[Edit], files: _Files) -> set[str]:
    return {
        path
        for path, after in files.edited(edits).items()
        if not _parses(path, after) and ((before := files.before(path)) is None or _parses(path, before))
    }


def _parses(path: str, data: bytes) -> bool:
    suffix = path.rpartition(".")[2].lower()
    if suffix == "py":
        return _is_python(data)
    if suffix == "ipynb":
        return _is_json(data)
    if suffix not in {"toml", "yml", "yaml", "json"}:
        return True
    from mlscaffold.check.targets.document import UnreadableError, parsed

    try:
        parsed(path, data)
    except UnreadableError:
        return False
    return True


def _is_python(data: bytes) -> bool:
    from mlscaffold.check.targets.module import Module, UnparsableError

    try:
        Module("", data)
    except UnparsableError:
        return False
    return True


def _is_json(data: bytes) -> bool:
    try:
        json.loads(data)
    except (ValueError, RecursionError):
        return False
    return True


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _is_encodable(text: str) -> bool:
    try:
        _encoded(text)
    except UnicodeEncodeError:
        return False
    return True


def _encoded(text: str) -> bytes:
    return text.encode(errors="surrogateescape")
