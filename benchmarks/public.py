"""Make, edit and update projects of public templates, and tell what became of the edits.

    python benchmarks/public.py                                   # clones each from its address
    python benchmarks/public.py pawamoy/copier-uv=../copier-uv    # one of them, from a clone that is there

Every third text file of the project gets a line at its end. Templates run their own Jinja extensions here (`--trust`);
those need to be installed beside mlscaffold: `pip install copier-templates-extensions`.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

MLSCAFFOLD: Final = str(Path(sys.executable).parent / "mlscaffold")


class Public(NamedTuple):
    """A template that somebody else wrote: the version to start from, and what it will not guess."""

    name: str
    start: str
    answers: tuple[str, ...] = ()


TEMPLATES: Final = (
    Public("pawamoy/copier-uv", "1.8.0", ("project_name=Demo", "project_description=x", "author_fullname=A")),
    Public("lincc-frameworks/python-project-template", "v2.0.1", ("project_name=demo",)),
    Public("OCA/oca-addons-repo-template", "v1.7.0", ("repo_slug=demo", "repo_name=demo", "repo_description=x")),
    Public("mjun0812/python-copier-template", "v1.0.0", ("package_name=demo",)),
    Public(
        "superlinear-ai/substrate",
        "v1.6.0",
        ("project_name=demo", "project_description=x", "project_url=https://localhost/o/demo"),
    ),
    Public("serious-scaffold/ss-python", "v0.0.5", ("project_name=demo",)),
)


def git(folder: Path, *args: str) -> str:
    """Run git as the team and return what it printed."""
    who = ["-c", "user.name=Team", "-c", "user.email=team@localhost"]
    return subprocess.run(["git", *who, *args], cwd=folder, check=True, capture_output=True, text=True).stdout


def edit(project: Path) -> list[str]:
    """Add a line to every third text file and commit; return the lines."""
    lines: list[str] = []
    for number, name in enumerate(git(project, "ls-files", "-z").split("\0")[:-1]):
        place = project / name
        ours = name.startswith(".mlscaffold") or "copier-answers" in name
        if number % 3 or ours or place.is_symlink() or b"\0" in place.read_bytes():
            continue
        lines.append(f"# of the team, in {name}")
        with place.open("a", encoding="utf-8") as file:
            file.write(f"\n{lines[-1]}\n")
    git(project, "commit", "--quiet", "--all", "--message", "The team's work")
    return lines


def lost(project: Path, lines: list[str]) -> list[str]:
    """Return the lines that are nowhere in the project."""
    texts = [(project / name).read_bytes() for name in set(git(project, "ls-files", "-z").split("\0")) - {""}
             if (project / name).is_file()]  # fmt: skip
    return [line for line in lines if not any(line.encode() in text for text in texts)]


def run(template: Public, source: str, scratch: Path) -> str:
    """Make, edit and update a project; return what to print."""
    project = scratch / "demo"
    settings = [part for answer in template.answers for part in ("--set", answer)]
    new = ["new", str(project), "--template", source, "--at", template.start, "--defaults", "--no-sync", "--trust"]
    made = subprocess.run([MLSCAFFOLD, *new, *settings], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"not made: {made.stderr.strip().splitlines()[-1]}"
    lines = edit(project)
    update = [MLSCAFFOLD, "-C", str(project), "update", "--defaults", "--trust", "--json"]
    done = subprocess.run(update, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 1}:
        return f"refused: {done.stderr.strip().splitlines()[-1]}"
    plan = json.loads(done.stdout)
    actions = Counter(file["action"] for file in plan["files"])
    shown = ", ".join(f"{count} {action}" for action, count in sorted(actions.items()))
    gone = lost(project, lines)
    return f"{template.start} -> {plan['to']}: {shown}; {len(lines)} files edited, {len(gone)} edits lost {gone or ''}"


def main() -> int:
    """Print a line for each template; return 1 if an edit was lost."""
    given = dict(argument.split("=", 1) for argument in sys.argv[1:])
    bad = False
    for template in TEMPLATES:
        if given and template.name not in given:
            continue
        with tempfile.TemporaryDirectory() as scratch:
            said = run(template, given.get(template.name, f"gh:{template.name}"), Path(scratch))
        bad |= "0 edits lost" not in said
        sys.stdout.write(f"{template.name}: {said}\n")
    return int(bad)


if __name__ == "__main__":
    sys.exit(main())
