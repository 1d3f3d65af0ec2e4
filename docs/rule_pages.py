"""The reference of `mlscaffold check`: a page for each rule, from what its module says, and the settings' own."""

import contextlib
import importlib
import io
import os
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from mlscaffold.check.catalogue import load
from mlscaffold.check.options import parse
from mlscaffold.check.places import DEFAULTS, ROLES
from mlscaffold.check.registry import FAMILIES, Example, Rule
from mlscaffold.check.reports.description import described
from mlscaffold.check.reports.rules import looks_at
from mlscaffold.check.schema import SCHEMA

FOLDER = "docs/reference/rules"
LANGUAGES = {"py": "python", "toml": "toml", "yml": "yaml", "yaml": "yaml", "json": "json", "md": "markdown"} | {
    "ipynb": "json", "sh": "sh", "cfg": "ini", "txt": "text",
}  # fmt: skip
GENERATED = "Generated from the program by `nox -s docs -- --write`."

INDEX_HEAD = f"""\
# Rules of mlscaffold check

{GENERATED} Rules of level strict are asked for with `persona = "strict"`. How to use
them: [how to check](../../how-to/check.md); settings: [reference](../check.md)."""
LONGEST = 200  # lines of an example
WIDEST = 100  # characters of a list in one line


def pages() -> dict[str, Callable[[], str]]:
    """Return what makes each page, by its path."""
    made: dict[str, Callable[[], str]] = {f"{FOLDER}/index.md": index_page}
    return made | {f"{FOLDER}/{code}.md": partial(rule_page, one) for code, one in load().items()}


def index_page() -> str:
    """Return the table of all rules."""
    lines = [INDEX_HEAD]
    rules = load()
    for family, told in FAMILIES.items():
        rows = [_row(one) for code, one in rules.items() if code.startswith(family)]
        if rows:
            head = "| code | name | what is wrong | level | fix |\n| --- | --- | --- | --- | --- |"
            lines.append(f"## {family}: {told}\n\n{head}\n" + "\n".join(rows))
    return "\n\n".join(lines) + "\n"


def _row(one: Rule) -> str:
    cells = f"[{one.code}]({one.code}.md)", f"`{one.name}`", _cell(described(one).title), one.level, one.fix or "none"
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def rule_page(one: Rule) -> str:
    """Return the page of one rule."""
    told, module = described(one), importlib.import_module(one.module)
    fix = (
        f"{one.fix}: `mlscaffold check --fix{' --unsafe-fixes' if one.fix == 'unsafe' else ''}`" if one.fix else "none"
    )
    facts = f"| {FAMILIES[one.code[:3]]} | {one.level} | {looks_at(one)} | {fix} |"
    parts = [
        f"# {one.code} {one.name}",
        f"{GENERATED} [All rules](index.md)",
        told.title,
        "| family | level | looks at | fix |\n| --- | --- | --- | --- |\n" + facts,
        f"**Why.** {told.why}",
        f"**How to fix.** {told.how}",
        *_options(one),
        "## Before",
        *_example(module.BAD[0]),
        "## After",
        *_example(module.OK[0]),
        "## To leave it out",
        ("" if one.on == "Ignores" else f"At a place: a comment `mlscaffold: ignore[{one.code}]`, and why. ")
        + "For good, in `pyproject.toml`:",
        _fenced("toml", f'[tool.mlscaffold.check.ignore]\n{one.code} = "why it does not hold here"\n'),
    ]
    return "\n\n".join(parts) + "\n"


def _options(one: Rule) -> Iterator[str]:
    if one.options:
        text = "".join(f"{name} = {_toml(default)}\n" for name, default in one.options.items())
        yield "## Options"
        yield "In `pyproject.toml`, with their defaults:"
        yield _fenced("toml", f"[tool.mlscaffold.check.rules.{one.code}]\n{text}")


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        line = f"[{', '.join(map(_toml, value))}]"
        return line if len(line) <= WIDEST else "[\n" + "".join(f"  {_toml(item)},\n" for item in value) + "]"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {_toml(item)}' for key, item in value.items())} }}" if value else "{}"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _example(files: Example) -> Iterator[str]:
    for path, text in files.items():
        yield f"`{path}`" if text else f"`{path}`, empty"
        if text:
            name = path.rpartition("/")[2]
            language = LANGUAGES.get(name.rpartition(".")[2], "dockerfile" if "ockerfile" in name else "text")
            yield _fenced(language, _shortened(text))


def _shortened(text: str) -> str:
    """Return a text as a page shows it: of a table of a megabyte, the first lines say enough."""
    lines = text.splitlines()
    if len(lines) <= LONGEST:
        return text
    return "\n".join([*lines[:4], f"... and {len(lines) - 4:,} more lines"])


def _fenced(language: str, text: str) -> str:
    longest = max((len(ticks) for ticks in re.findall("`{3,}", text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text.rstrip()}\n{fence}"


CHECK_PAGE = """\
# mlscaffold check

{generated} How to use it: [how to check](../how-to/check.md). [All rules](rules/index.md).

## Command line

{help}

`PATH` and `--output-file` are seen from the folder that `-C` names. `--statistics` counts in the forms for people,
concise and full; the JSON document always has the counts.

## Settings

`[tool.mlscaffold.check]` in `pyproject.toml` lies over `.mlscaffold/conventions.toml`, whose keys stand at the top,
and that over what it `extends`. Tables and ignores are merged, all else is replaced. A key that is not listed here is
an error.

{settings}

### Places

`[tool.mlscaffold.check.places]` replaces the patterns of a role. `*` stays within a folder, `**` crosses folders; a
pattern without a slash fits a name in any folder. What belongs to the tests is nothing else.

{places}

### Rules in words

`[tool.mlscaffold.check.custom.ACM001]`: see [how to write team rules](../how-to/team-rules.md).

{custom}
"""


def check_page() -> str:
    """Return the reference of the command line and of the settings."""
    keys = SCHEMA["properties"]
    roles = [
        f"| `{role}` | {told} | {' '.join(f'`{one}`' for one in DEFAULTS[role])} |" for role, told in ROLES.items()
    ]
    return CHECK_PAGE.format(
        generated=GENERATED,
        help=_fenced("text", _help()),
        settings=_table(keys),
        places="\n".join(["| role | what it is | where, unless set |", "| --- | --- | --- |", *roles]),
        custom=_table(keys["custom"]["additionalProperties"]["properties"]),
    )


def _table(keys: Mapping[str, Mapping[str, Any]]) -> str:
    rows = [f"| `{key}` | {_kind(told)} | {_cell(told.get('description', ''))} |" for key, told in keys.items()]
    return "\n".join(["| key | kind | what it says |", "| --- | --- | --- |", *rows])


def _kind(told: Mapping[str, Any]) -> str:
    if "enum" in told:
        return " or ".join(f"`{value}`" for value in told["enum"])
    if "anyOf" in told:
        return "table or list"
    return {"array": "list of texts", "object": "table", "string": "text"}[told["type"]]


def _help() -> str:
    """Return the options as the program prints them; its first lines are folded otherwise by each Python."""
    os.environ.update(COLUMNS="110", NO_COLOR="1", TERM="dumb")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed), contextlib.suppress(SystemExit):
        parse(["--help"])
    return "mlscaffold check [OPTIONS] [PATH ...]\n\n" + printed.getvalue().split("\n\n", 1)[1]
