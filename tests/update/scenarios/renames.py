"""Files and folders that the template, the team or both moved."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, delete, move, replace, write
from scenarios.model import Exec, Expect, Probe, Scenario, story

_scenario = partial(Scenario, category="rename")
_OLD, _NEW = "docs/guide.md", "docs/handbook.md"
_TEAM, _TEMPLATE = "The team says so.", "The template says so."
_EDITED = replace(_OLD, "guide: sentence 3 of", f"{_TEAM} Sentence 3 of")
_LIB = {
    "lib/__init__.py": "",
    "lib/load.py": "# load\n" + story("LOAD = 1  #"),
    "lib/store.py": "# store\n" + story("STORE = 1  #"),
}
_CORE = {path.replace("lib/", "core/"): text for path, text in _LIB.items()}
_PACKAGE = {
    "src/{{ package }}/__init__.py": "",
    "src/{{ package }}/main.py.jinja": 'NAME = "{{ package }}"\n' + story("MAIN = 1  #"),
    "src/{{ package }}/util.py": story("UTIL = 1  #"),
    "tests/test_main.py.jinja": "from {{ package }} import main\n" + story("TEST = 1  #"),
}
_CHANGED_PACKAGE = {
    **_PACKAGE,
    "src/{{ package }}/util.py": story("UTIL = 1  #", {20: "UTIL = 'new in the template'"}),
}
_ALIKE = {n: f"    - run: step {n} of the other workflow" for n in range(9, 24)}
_SCRIPT = "#!/bin/sh\n" + story(": say")


def _file(path: str, edits: dict[int, str | None] | None = None) -> dict[str, str]:
    return {path: story("guide", edits)}


SCENARIOS = (
    _scenario(name="template-renames", v1=_file(_OLD), v2=_file(_NEW), expect=Expect(moved=(_OLD,))),
    _scenario(
        name="template-renames-team-edits",
        v1=_file(_OLD),
        v2=_file(_NEW),
        team=(_EDITED,),
        expect=Expect(moved=(_OLD,), holds=(Probe(_TEAM, _NEW),)),
    ),
    _scenario(
        name="template-renames-and-edits-team-edits",
        v1=_file(_OLD),
        v2=_file(_NEW, {18: _TEMPLATE}),
        team=(_EDITED,),
        expect=Expect(moved=(_OLD,), holds=(Probe(_TEAM, _NEW),), gets=(Probe(_TEMPLATE, _NEW),)),
    ),
    _scenario(
        name="team-renames-template-edits",
        v1=_file(_OLD),
        v2=_file(_OLD, {18: _TEMPLATE}),
        team=(move(_OLD, "manual.md"),),
        expect=Expect(moved=(_OLD,), gets=(Probe(_TEMPLATE, "manual.md"),)),
    ),
    _scenario(
        name="team-renames-and-edits-template-edits",
        v1=_file(_OLD),
        v2=_file(_OLD, {18: _TEMPLATE}),
        team=(_EDITED, move(_OLD, "manual.md")),
        expect=Expect(moved=(_OLD,), gets=(Probe(_TEMPLATE, "manual.md"),), holds=(Probe(_TEAM, "manual.md"),)),
    ),
    _scenario(
        name="both-rename-to-the-same-place",
        v1=_file(_OLD),
        v2=_file(_NEW, {18: _TEMPLATE}),
        team=(_EDITED, move(_OLD, _NEW)),
        expect=Expect(moved=(_OLD,), gets=(Probe(_TEMPLATE, _NEW),), holds=(Probe(_TEAM, _NEW),)),
    ),
    _scenario(
        name="both-rename-to-different-places",
        v1=_file(_OLD),
        v2=_file(_NEW, {18: _TEMPLATE}),
        team=(_EDITED, move(_OLD, "manual.md")),
        expect=Expect("may", moved=(_OLD,), once=("guide: sentence 10 of",), holds=(Probe(_TEAM),)),
    ),
    _scenario(
        name="answer-renames-the-package",
        v1=_PACKAGE,
        v2=_PACKAGE,
        settings={"package": "nova"},
        expect=Expect(moved=("src/demo",)),
    ),
    _scenario(
        name="answer-renames-the-package-team-edits",
        v1=_PACKAGE,
        v2=_CHANGED_PACKAGE,
        settings={"package": "nova"},
        team=(replace("src/demo/util.py", "UTIL = 1  #: sentence 2 of", "UTIL = 2  # mine"),),
        expect=Expect(
            moved=("src/demo",),
            holds=(Probe("UTIL = 2  # mine", "src/nova/util.py"),),
            gets=(Probe("UTIL = 'new in the template'", "src/nova/util.py"),),
        ),
    ),
    _scenario(
        name="answer-renames-the-package-with-files-of-the-team-in-it",
        v1=_PACKAGE,
        v2=_PACKAGE,
        settings={"package": "nova"},
        team=(write("src/demo/own.py", story("OWN = 1  #")), write("src/demo/deep/er.py", story("DEEP = 1  #"))),
        expect=Expect(
            moved=("src/demo",),
            holds=(Probe("OWN = 1", "src/nova/own.py"), Probe("DEEP = 1", "src/nova/deep/er.py")),
        ),
    ),
    _scenario(
        name="answer-renames-the-package-whose-empty-init-the-team-filled",
        v1=_PACKAGE,
        v2=_PACKAGE,
        settings={"package": "nova"},
        team=(write("src/demo/__init__.py", '__version__ = "1.0"\n'),),
        expect=Expect(moved=("src/demo",), holds=(Probe('__version__ = "1.0"', "src/nova/__init__.py"),)),
    ),
    _scenario(
        name="answer-renames-the-package-line-with-its-name-edited",
        v1=_PACKAGE,
        v2=_PACKAGE,
        settings={"package": "nova"},
        team=(replace("src/demo/main.py", 'NAME = "demo"', 'NAME = "demo for us"'),),
        expect=Expect("must", moved=("src/demo",), holds=(Probe("demo for us"),)),
    ),
    _scenario(
        name="team-renames-the-package-template-edits-it",
        v1=_PACKAGE,
        v2=_CHANGED_PACKAGE,
        team=(move("src/demo", "src/core"),),
        expect=Expect(moved=("src/demo",), gets=(Probe("UTIL = 'new in the template'", "src/core/util.py"),)),
    ),
    _scenario(
        name="team-renames-the-package-template-adds-a-module",
        v1=_PACKAGE,
        v2={**_PACKAGE, "src/{{ package }}/extra.py": story("EXTRA = 1  #")},
        team=(move("src/demo", "src/core"),),
        expect=Expect(gets=(Probe("EXTRA = 1", "src/core/extra.py"),), once=("EXTRA = 1  #: sentence 4 ",)),
    ),
    _scenario(
        name="template-renames-a-folder-team-edits",
        v1=_LIB,
        v2=_CORE,
        team=(append("lib/load.py", "MINE = 1\n"),),
        expect=Expect(moved=("lib",), holds=(Probe("MINE = 1", "core/load.py"),)),
    ),
    _scenario(
        name="template-renames-a-folder-team-adds-a-file",
        v1=_LIB,
        v2=_CORE,
        team=(write("lib/own.py", story("OWN = 1  #")),),
        expect=Expect(moved=("lib",), holds=(Probe("OWN = 1", "core/own.py"),)),
    ),
    _scenario(
        name="template-renames-a-folder-whose-empty-init-the-team-filled",
        v1=_LIB,
        v2=_CORE,
        team=(write("lib/__init__.py", "MINE = 1\n"),),
        expect=Expect("may", moved=("lib/load.py", "lib/store.py"), holds=(Probe("MINE = 1"),)),
    ),
    _scenario(
        name="template-renames-a-folder-untracked-file-of-the-team-in-it",
        v1=_LIB,
        v2=_CORE,
        loose=(write("lib/scratch.py", "SCRATCH = 1\n"),),
        expect=Expect(moved=("lib/load.py", "lib/store.py"), holds=(Probe("SCRATCH = 1"),)),
    ),
    _scenario(
        name="team-moves-a-folder-template-edits",
        v1=_LIB,
        v2={**_LIB, "lib/store.py": _LIB["lib/store.py"] + "NEW = 1\n"},
        team=(move("lib", "pkg/lib"),),
        expect=Expect(moved=("lib",), gets=(Probe("NEW = 1", "pkg/lib/store.py"),)),
    ),
    _scenario(
        name="team-moves-a-folder-template-adds-a-file",
        v1=_LIB,
        v2={**_LIB, "lib/new.py": story("NEW = 1  #")},
        team=(move("lib", "pkg"),),
        expect=Expect(gets=(Probe("NEW = 1", "pkg/new.py"),), once=("NEW = 1  #: sentence 4 ",)),
    ),
    _scenario(
        name="template-changes-only-the-case",
        v1=_file("README.md"),
        v2=_file("Readme.md"),
        team=(replace("README.md", "guide: sentence 3 of", f"{_TEAM} Sentence 3 of"),),
        expect=Expect(moved=("README.md",), holds=(Probe(_TEAM, "Readme.md"),)),
    ),
    _scenario(
        name="team-changes-only-the-case",
        v1=_file("README.md"),
        v2=_file("README.md", {18: _TEMPLATE}),
        team=(move("README.md", "Readme.md"),),
        expect=Expect(moved=("README.md",), gets=(Probe(_TEMPLATE, "Readme.md"),)),
    ),
    _scenario(
        name="template-moves-and-rewrites",
        v1=_file(_OLD),
        v2={_NEW: story("something else entirely")},
        team=(_EDITED,),
        expect=Expect("may", holds=(Probe(_TEAM, _OLD),), gets=(Probe("something else entirely", _NEW),)),
    ),
    _scenario(
        name="look-alike-is-no-rename",
        v1={"ci/nightly.yml.txt": story("    - run: nightly")},
        v2={"ci/release.yml.txt": story("    - run: nightly", {**_ALIKE})},
        team=(replace("ci/nightly.yml.txt", "nightly: sentence 2 of", "nightly: by the team,"),),
        expect=Expect("may", holds=(Probe("by the team", "ci/nightly.yml.txt"),)),
    ),
    _scenario(
        name="rename-chain-over-two-versions",
        v1=_file(_OLD),
        between=(_file("docs/interim.md", {20: _TEMPLATE}),),
        v2=_file(_NEW, {20: _TEMPLATE, 15: "And again."}),
        team=(_EDITED,),
        expect=Expect(moved=(_OLD, "docs/interim.md"), holds=(Probe(_TEAM, _NEW),)),
    ),
    _scenario(
        name="template-swaps-two-files",
        v1={"a.txt": story("alpha"), "b.txt": story("beta")},
        v2={"a.txt": story("beta"), "b.txt": story("alpha")},
        team=(replace("a.txt", "alpha: sentence 3 of", f"{_TEAM} Sentence 3 of"),),
        expect=Expect("may", holds=(Probe(_TEAM),), exempt=("a.txt", "b.txt")),
    ),
    _scenario(
        name="template-renames-team-deleted",
        v1=_file(_OLD),
        v2=_file(_NEW),
        team=(delete(_OLD),),
        expect=Expect("may", gone=(_OLD, _NEW)),
    ),
    _scenario(
        name="team-renames-template-deleted",
        v1={**_file(_OLD), "other.md": "other\n"},
        v2={"other.md": "other\n"},
        team=(_EDITED, move(_OLD, "manual.md")),
        expect=Expect("may", holds=(Probe(_TEAM, "manual.md"),)),
    ),
    _scenario(
        name="template-splits-a-file",
        v1=_file(_OLD),
        v2={_OLD: story("guide", dict.fromkeys(range(12, 24))), _NEW: story("guide", dict.fromkeys(range(12)))},
        team=(replace(_OLD, "guide: sentence 15 of", f"{_TEAM} Sentence 15 of"),),
        expect=Expect("may", holds=(Probe(_TEAM),)),
    ),
    _scenario(
        name="team-copies-a-file-template-edits",
        v1=_file(_OLD),
        v2=_file(_OLD, {18: _TEMPLATE}),
        team=(write("docs/ours.md", story("guide", {2: _TEAM})),),
        expect=Expect(gets=(Probe(_TEMPLATE, _OLD),), holds=(Probe(_TEAM, "docs/ours.md"),), once=(_TEMPLATE,)),
    ),
    _scenario(
        name="template-renames-an-executable-team-edits",
        v1={"run.sh": Exec(_SCRIPT)},
        v2={"scripts/run.sh": Exec(_SCRIPT)},
        team=(append("run.sh", "echo mine\n"),),
        expect=Expect(moved=("run.sh",), holds=(Probe("echo mine", "scripts/run.sh"),), runs=("scripts/run.sh",)),
    ),
    _scenario(
        name="template-renames-onto-a-file-of-the-team",
        v1=_file(_OLD),
        v2=_file(_NEW),
        team=(write(_NEW, story("the team's own handbook")), _EDITED),
        expect=Expect("may", holds=(Probe("the team's own handbook"), Probe(_TEAM))),
    ),
    _scenario(
        name="template-renames-onto-an-untracked-file",
        v1=_file(_OLD),
        v2=_file(_NEW),
        team=(_EDITED,),
        loose=(write(_NEW, story("the team's own handbook")),),
        expect=Expect("may", "may", holds=(Probe("the team's own handbook"), Probe(_TEAM))),
    ),
    _scenario(
        name="template-renames-onto-an-ignored-file",
        v1={**_file(_OLD), ".gitignore": f"/{_NEW}\n"},
        v2={**_file(_NEW), ".gitignore": f"/{_NEW}\n"},
        team=(_EDITED,),
        loose=(write(_NEW, story("the team's own handbook")),),
        expect=Expect("may", "may", holds=(Probe("the team's own handbook"), Probe(_TEAM))),
    ),
    _scenario(
        name="template-moves-a-file-into-a-folder-of-its-own-name",
        v1={"tool": story("tool")},
        v2={"tool/main": story("tool")},
        team=(append("tool", "mine\n"),),
        expect=Expect("may", holds=(Probe("mine"),)),
    ),
)
