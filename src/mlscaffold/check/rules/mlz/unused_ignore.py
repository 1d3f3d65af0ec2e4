"""MLZ001: an ignore that hides nothing hides what comes."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.ignores import Ignore, Ignores
from mlscaffold.check.nearest import nearest
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.settings import PYPROJECT

BAD: Final[tuple[Example, ...]] = (
    {"src/acme/train.py": "x = 1  # mlscaffold: ignore[MLX802] the registry has no revisions\n"},
    {"src/acme/train.py": "x = 1  # mlscaffold: ignore[MLX80] no such rule\n"},
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/load.py": "from transformers import AutoModel\n\n\ndef load():\n"
        '    return AutoModel.from_pretrained("acme/churn")  # mlscaffold: ignore[MLX802] our mirror never changes\n'
    },
)


@rule("MLZ001", "unused-ignore", on=Ignores, fix="safe", hint="take the ignore out, or give it a reason (strict)")
def unused_ignore(ignores: Ignores, _: None) -> Iterator[Finding]:
    """An ignore hides nothing, names an unknown code, or (persona strict) gives no reason.

    Why: nobody dares to remove an ignore without a reason, and one that hides nothing today hides the next fault.

    How to fix: remove it (`--fix`), or say behind the bracket why the rule does not hold here.
    """
    strict = ignores.settings.persona == "strict"
    for path, comments in ignores.comments.items():
        for one in comments:
            yield from _about(one, path, ignores, strict=strict)
    if strict:
        for given in ignores.settings.ignore:
            if not given.reason:
                where = f" in {given.pattern}" if given.pattern else ""
                yield Finding(
                    PYPROJECT, 0, f'{given.prefix} is ignored{where} without a reason; write {given.prefix} = "why"'
                )


def _about(one: Ignore, path: str, ignores: Ignores, *, strict: bool) -> Iterator[Finding]:
    if not one.codes:
        yield Finding(path, one.line, "ignores nothing: name the codes, as in ignore[MLX802]", fix=_without(one, path))
    idle = [code for code in one.codes if (path, one.line, code) not in ignores.used]
    unknown = [code for code in idle if code not in ignores.rules]
    unused = [code for code in idle if code not in unknown]
    for code in unknown:
        meant = nearest(code, ignores.rules)
        fix = None if meant else _without(one, path, code)  # a typing error is for a person
        yield Finding(path, one.line, f"ignores {code}, which is no rule{meant}", fix=fix)
    if unused:
        told = f"hides no {' or '.join(unused)} any more; take it out"
        yield Finding(path, one.line, told, fix=_without(one, path, *unused))
    if strict and one.codes and not one.reason and not unknown and not unused:
        yield Finding(path, one.line, "gives no reason; write it behind the bracket")


def _without(one: Ignore, path: str, *codes: str) -> Fix:
    """Return the fix that takes codes out of a comment, and all of it where none is left."""
    left = [code for code in one.codes if code not in codes]
    edit = Edit(path, one.codes_start, one.codes_end, ", ".join(left)) if left else Edit(path, one.start, one.end, "")
    return Fix((edit,), safe=True)
