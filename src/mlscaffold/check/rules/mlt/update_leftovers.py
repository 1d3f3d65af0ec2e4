"""MLT903: what an update left for people to look at, and nobody did."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlt._given import LOCK, Given, answers_path, given, is_given

_SUFFIXES: Final = (".rej", ".orig", ".yours")
_LARGEST: Final = 1_000_000  # bytes of a text that is merged
_MARKERS: Final = expression(rb"^<{7} .*?^={7}\r?$.*?^>{7} ", re.MULTILINE | re.DOTALL)
_ANSWERS: Final = "_commit: 1.0.0\n_src_path: https://example.org/acme.git\n"
_LOCK: Final = (
    'format = 1\ntemplate = "https://example.org/acme.git"\nversion = "1.0.0"\ncommit = ""\ntool = ""\n'
    'object-format = "sha1"\n\n[files]\n'
    '"Makefile" = ["100644", "0000000000000000000000000000000000000000", "merge", "Makefile"]\n'
)
BAD: Final[tuple[Example, ...]] = (
    {
        ".copier-answers.yml": _ANSWERS,
        LOCK: _LOCK,
        "Makefile": "test:\n<<<<<<< yours\n\tpytest -x\n=======\n\tpytest -n auto\n>>>>>>> 1.1.0\n",
    },
    {".copier-answers.yml": _ANSWERS, "Makefile": "test:\n\tpytest\n", "Makefile.rej": "@@ -1 +1 @@\n"},
)
OK: Final[tuple[Example, ...]] = (
    {".copier-answers.yml": _ANSWERS, LOCK: _LOCK, "Makefile": "test:\n\tpytest -x -n auto\n"},
)


@rule(
    "MLT903",
    "update-leftovers",
    on=Repository,
    hint="take over what is right of both sides, then delete the leftover or the markers",
)
def update_leftovers(repository: Repository, _: None) -> Iterator[Finding]:
    """An update of the template left a conflict that was committed unresolved.

    Why: a rejected patch is a change of the template that this repository does not have, and a marker in a file that
    nothing parses (a Makefile, a Dockerfile, a README) breaks somebody later. Both are reported again and again by
    users of templates (Copier #2386, #2668).

    How to fix: put the rejected change in by hand, or decide against it; then delete the file or the markers.
    """
    lock = given(repository)
    if lock is None and not answers_path(repository) and not repository.read(LOCK):
        return
    for path in sorted(repository.files):
        if path.endswith(_SUFFIXES) and (whose := path.rpartition(".")[0]) in repository.files:
            yield Finding(path, 0, f"is left over from an update of {whose}; take over what is right, and delete it")
    for path in sorted({LOCK, *(lock.files if lock else ())}):
        if path.endswith(".py"):
            continue  # is parsed anyway, so that MLZ002 tells; half of the files, and of the time
        if line := _conflict(repository, path, lock):
            yield Finding(path, line, "holds a conflict marker; decide for one side, and take the markers out")


def _conflict(repository: Repository, path: str, lock: Given | None) -> int:
    """Return the line of the first conflict; 0 where there is none, or the template itself gave the text."""
    entry = repository.entry(path)
    if entry is None or entry.symlink or entry.size > _LARGEST:
        return 0
    data = repository.read(path)
    found = _MARKERS.search(data) if b"<<<<<<< " in data else None
    if found is None or (lock and path in lock.files and is_given(repository, path, lock)):
        return 0
    return data.count(b"\n", 0, found.start()) + 1
