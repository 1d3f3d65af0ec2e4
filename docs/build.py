"""Write the reference pages from the code, and check that every link in the documentation leads somewhere.

`nox -s docs` fails if a generated page differs from the code; `nox -s docs -- --write` writes it.
"""

import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import rule_pages
from typer.testing import CliRunner

from mlscaffold.cli.app import app
from mlscaffold.cli.overview import overview
from mlscaffold.template.sources import load_template

REPOSITORY = Path(__file__).parents[1]
COMMANDS = (
    "new", "status", "update", "heal", "adopt", "diff", "template versions", "template check", "template eject",
)  # fmt: skip
FENCED = re.compile(r"^(````*)[^`\n]*\n.*?^\1$", re.MULTILINE | re.DOTALL)  # code, in which nothing is a link
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)\s]*)?\)")


def cli_page() -> str:
    """Return the reference of the command line: each command's own help."""
    parts = ["# Command line\n", "Generated from the program by `nox -s docs -- --write`.\n", _block(overview())]
    runner = CliRunner(env={"COLUMNS": "110", "NO_COLOR": "1", "TERM": "dumb"})
    for command in COMMANDS:
        text = runner.invoke(app, [*command.split(), "--help"], prog_name="mlscaffold", terminal_width=110).output
        parts.append(f"## mlscaffold {command}\n\n{_block(text)}")
    return "\n".join(parts)


def _block(text: str) -> str:
    lines = (line.rstrip() for line in text.strip("\n").splitlines())
    return "```text\n" + "\n".join(lines) + "\n```\n"


def questions_page() -> str:
    """Return the reference of the built-in template's questions."""
    lines = [
        "# Questions of the built-in template\n",
        "Generated from `copier.yml` by `nox -s docs -- --write`. Give an answer with `--set name=value`.\n",
        "| question | type | asked as | default |",
        "| --- | --- | --- | --- |",
    ]
    asked = (question for question in load_template().spec.questions if question.when is not False)
    for question in asked:
        default = " ".join(str(question.default).split()).replace("|", "\\|")
        lines.append(
            f"| `{question.name}` | {question.type} | {question.help} | {f'`{default}`' if default else 'none'} |"
        )
    return "\n".join(lines) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "docs/reference/cli.md": cli_page,
    "docs/reference/questions.md": questions_page,
    "docs/reference/check.md": rule_pages.check_page,
    **rule_pages.pages(),
}


def stale_pages(*, write: bool) -> Iterator[str]:
    """Yield each generated page that is not the code's; write it if asked to."""
    for name, make in PAGES.items():
        place, text = REPOSITORY / name, make()
        if not place.exists() or place.read_text(encoding="utf-8") != text:
            if write:
                place.parent.mkdir(exist_ok=True)
                place.write_text(text, encoding="utf-8")
            else:
                yield f"{name} is not what the code says: run `nox -s docs -- --write`"
    for place in (REPOSITORY / rule_pages.FOLDER).glob("*.md"):
        if str(place.relative_to(REPOSITORY)) not in PAGES:
            if write:
                place.unlink()
            else:
                yield f"{place.relative_to(REPOSITORY)} is about no rule: run `nox -s docs -- --write`"


def dead_links() -> Iterator[str]:
    """Yield each relative link of a page that leads nowhere."""
    for page in [*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")]:
        for target, _anchor in LINK.findall(FENCED.sub("", page.read_text(encoding="utf-8"))):
            if not target.startswith(("http:", "https:", "mailto:")) and not (page.parent / target).exists():
                yield f"{page.relative_to(REPOSITORY)}: {target} is not there"


def main() -> int:
    """Check, or write and check; return the exit code."""
    problems = [*stale_pages(write="--write" in sys.argv), *dead_links()]
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
