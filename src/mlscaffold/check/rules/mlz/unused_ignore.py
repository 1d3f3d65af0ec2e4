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
        '    return AutoModel.from_pretrained("bert")  # mlscaffold: ignore[MLX802] our own mirror, which never changes\n'
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
            if told := _told(one, (path, one.line) in ignores.used, ignores, strict=strict):
                unused = (path, one.line) not in ignores.used
                yield Finding(path, one.line, told, fix=_removal(path, one) if unused else None)
    if strict:
        for given in ignores.settings.ignore:
            if not given.reason:
                where = f" in {given.pattern}" if given.pattern else ""
                yield Finding(
                    PYPROJECT, 0, f'{given.prefix} is ignored{where} without a reason; write {given.prefix} = "why"'
                )


def _told(one: Ignore, used: bool, ignores: Ignores, *, strict: bool) -> str:
    unknown = [code for code in one.codes if code not in ignores.rules]
    if unknown:
        return f"ignores {unknown[0]}, which is no rule{nearest(unknown[0], ignores.rules)}"
    if not one.codes:
        return "ignores nothing: name the codes, as in ignore[MLX802]"
    # A rule that is not asked for today may be tomorrow.
    if not used and all(ignores.settings.wants(code, ignores.rules[code].level) for code in one.codes):
        return f"hides no {' or '.join(one.codes)} any more; take it out"
    return "gives no reason; write it behind the bracket" if strict and not one.reason else ""


def _removal(path: str, one: Ignore) -> Fix:
    return Fix((Edit(path, one.start, one.end, ""),), safe=True)
