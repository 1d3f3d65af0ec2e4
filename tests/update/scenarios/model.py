"""What a scenario is: a template at two versions or more, what the team did, and what must hold after the update."""

__all__ = [
    "CONFIG",
    "PLAIN",
    "Act",
    "Content",
    "Exec",
    "Expect",
    "Files",
    "Layout",
    "Link",
    "Probe",
    "Scenario",
    "Word",
    "story",
]

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NamedTuple


class Link(NamedTuple):
    """A symbolic link."""

    target: str


class Exec(NamedTuple):
    """A file that may be executed."""

    text: str


Content = str | bytes | Link | Exec
Files = Mapping[str, Content]
Act = Callable[[Path], None]
Word = Literal["never", "may", "must"]

CONFIG = "_subdirectory: template\nproject_name: {type: str, default: demo}\npackage: {type: str, default: demo}\n"


class Probe(NamedTuple):
    """Text or bytes that must be found in the result: in the file `at`, or anywhere."""

    what: str | bytes
    at: str | None = None


class Expect(NamedTuple):
    """What must hold afterwards, beyond what the verdict derives from the three trees by itself."""

    conflict: Word = "never"
    refusal: Word = "never"
    holds: tuple[Probe, ...] = ()  # of the team's edits
    gets: tuple[Probe, ...] = ()  # of the template's changes
    gone: tuple[str, ...] = ()  # paths (or folders) that the team deleted: they do not come back
    moved: tuple[str, ...] = ()  # old places of what was moved: it is not there twice
    once: tuple[str, ...] = ()  # text that stands in the result once at most
    drops: tuple[str, ...] = ()  # lines that something newer replaces
    exempt: tuple[str, ...] = ()  # globs of paths that the derived rules do not fit
    runs: tuple[str, ...] = ()  # paths that may be executed
    told: tuple[str, ...] = ()  # paths that the report names


class Layout(NamedTuple):
    """Where the project lies in the sandbox, and what is done around it; the acts are given the sandbox."""

    place: str = "demo"
    first: tuple[Act, ...] = ()  # before the project is made
    own_git: bool = True  # whether the tool makes the repository
    made: tuple[Act, ...] = ()  # after it is made, before the first commit
    last: tuple[Act, ...] = ()  # after the team's commit
    moves_to: str = ""  # where `last` puts the project


PLAIN = Layout()


class Scenario(NamedTuple):
    """One update. `team` is committed, `loose` is left as it lies; both are given the project's folder."""

    name: str
    category: str
    v1: Files
    v2: Files
    expect: Expect = Expect()
    team: tuple[Act, ...] = ()
    loose: tuple[Act, ...] = ()
    between: tuple[Files, ...] = ()  # versions between the first and the last
    config: str = CONFIG
    config2: str = ""  # `copier.yml` of the last version where it differs
    answers: Mapping[str, str] = {}
    settings: Mapping[str, str] = {}  # answers changed with the update
    then: Mapping[str, str] | None = None  # answers of a fresh project at the last version, if not the above
    layout: Layout = PLAIN
    versioned: bool = True  # False: the template is a plain folder
    maker: Literal["tool", "copier"] = "tool"
    answers_file: bool = False  # whether it is about the answers file, which only Copier and we have
    renders: bool = True  # whether the last version can be rendered at all

    @property
    def versions(self) -> tuple[Files, ...]:
        """All versions of the template, oldest first; their tags are v1, v2, ..."""
        return (self.v1, *self.between, self.v2)


def story(topic: str, edits: Mapping[int, str | None] | None = None, lines: int = 24) -> str:
    """Return a text of distinct lines; `edits` replaces single ones, None leaves one out."""
    told = ((edits or {}).get(n, f"{topic}: sentence {n} of a text that stands nowhere else.") for n in range(lines))
    return "".join(f"{line}\n" for line in told if line is not None)
