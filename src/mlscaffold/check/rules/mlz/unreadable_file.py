"""MLZ002: what cannot be read cannot be checked."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.targets.unread import Unread

BAD: Final[tuple[Example, ...]] = ({"src/acme/train.py": "def train(:\n"},)
OK: Final[tuple[Example, ...]] = ({"src/acme/train.py": "def train():\n    return 1\n"},)


@rule("MLZ002", "unreadable-file", on=Unread, hint="mend the file, or leave it out with `exclude` or an ignore")
def unreadable_file(unread: Unread, _: None) -> Iterator[Finding]:
    """A file that a rule looks at does not parse, is too large, or may not be read.

    Why: a file that is silently skipped looks like a file without faults.

    How to fix: mend it. A file that is not meant to parse, such as a template, belongs into `exclude`.
    """
    yield Finding(unread.path, unread.line, f"{unread.told}; mend it, or exclude it")
