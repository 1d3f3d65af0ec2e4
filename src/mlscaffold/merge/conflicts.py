"""What git could not decide, judged: what is no conflict after all, and what each of the others is about."""

__all__ = ["BINARY", "Conflict", "Judged", "judge"]

import shlex
from collections import defaultdict
from collections.abc import Mapping
from typing import Final, NamedTuple

from mlscaffold.git.listing import Node
from mlscaffold.git.scratch import Merged, Stage

_BASE, _THEIRS = 1, 3  # stages of git's index
_LEFT_OUT: Final = frozenset({"CONFLICT (modify/delete)", "CONFLICT (rename/delete)"})
BINARY: Final = "you and the template changed a binary file"
_REASONS: Final = {
    "CONFLICT (contents)": "you and the template changed the same lines",
    "CONFLICT (binary)": BINARY,
    "CONFLICT (file/directory)": "a file on one side is a folder on the other",
    "CONFLICT (distinct modes)": "a file on one side is a link or submodule on the other",
    "CONFLICT (rename/rename)": "you and the template moved it to different places",
    "CONFLICT (rename involved in collision)": "two files were moved to this place",
    "CONFLICT (submodule)": "you and the template moved a submodule",
}


class Conflict(NamedTuple):
    """A path that a person has to decide about; `stages` is what the index holds until then."""

    path: str
    reason: str
    stages: tuple[Stage, ...]

    @property
    def hint(self) -> str:
        """The command that shows what the template wanted, or "" where it wanted the file gone."""
        numbers = {stage.number for stage in self.stages}
        name = shlex.quote(self.path)
        if numbers >= {_BASE, _THEIRS}:
            return f"git diff :{_BASE}:{name} :{_THEIRS}:{name}"
        return f"git show :{_THEIRS}:{name}" if _THEIRS in numbers else ""

    def node(self, number: int) -> Node | None:
        """Return the node of one stage: 1 the base, 2 yours, 3 the template's."""
        return next((stage.node for stage in self.stages if stage.number == number), None)


class Judged(NamedTuple):
    """Conflicts, and the paths that stay deleted although the template changed them."""

    conflicts: tuple[Conflict, ...]
    deleted: tuple[str, ...]


def judge(merged: Merged, doubtful: Mapping[str, str]) -> Judged:
    """Sort what git lists. `doubtful` maps a file that the team deleted to a look-alike: that is for a person."""
    said: dict[str, set[str]] = defaultdict(set)
    for paths, kind in merged.said:
        for path in paths:
            said[path].add(kind)
    stages: dict[str, list[Stage]] = defaultdict(list)
    for stage in merged.stages:
        stages[stage.path].append(stage)
    conflicts: list[Conflict] = []
    deleted: list[str] = []
    for path, found in sorted(stages.items()):
        kinds = {kind for kind in said[path] if kind.startswith("CONFLICT")}
        numbers = {stage.number for stage in found}
        if numbers == {1, 3} and kinds <= _LEFT_OUT and path not in doubtful:
            deleted.append(path)
        else:
            conflicts.append(Conflict(path, _reason(path, numbers, kinds, doubtful), tuple(found)))
    return Judged(tuple(conflicts), tuple(deleted))


def _reason(path: str, numbers: set[int], kinds: set[str], doubtful: Mapping[str, str]) -> str:
    if kinds <= _LEFT_OUT and numbers == {1, 2}:
        return "the template dropped it, you changed it"
    if kinds <= _LEFT_OUT and numbers == {1, 3}:
        return f"you deleted it, or moved it to {doubtful[path]} and rewrote it; the template changed it"
    if numbers == {2, 3} and "CONFLICT (contents)" in kinds:
        return "you and the template both added it, and differently"
    return next((_REASONS[kind] for kind in _REASONS if kind in kinds), "git could not merge it")
