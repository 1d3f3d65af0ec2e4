"""Files that the team or the template dropped."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, delete, replace, write
from scenarios.model import CONFIG, Expect, Probe, Scenario, story

_scenario = partial(Scenario, category="deletion")
_KEPT = {"kept.md": story("kept")}
_WITH = {**_KEPT, "extra.md": story("extra")}
_CHANGED = {**_KEPT, "extra.md": story("extra", {8: "The template says so."})}
_FOLDER = {**_KEPT, "tools/a.py": story("A = 1  #"), "tools/b.py": story("B = 1  #")}
_DOCS = CONFIG + 'docs: {type: bool, default: true}\n_exclude: ["{% if not docs %}docs{% endif %}", copier.yml, .git]\n'
_DOCUMENTED = {**_KEPT, "docs/index.md": story("index"), "docs/more.md": story("more")}

SCENARIOS = (
    _scenario(
        name="team-deleted",
        v1=_WITH,
        v2={**_WITH, "new.md": "new\n"},
        team=(delete("extra.md"),),
        expect=Expect(gone=("extra.md",)),
    ),
    _scenario(
        name="team-deleted-template-changed",
        v1=_WITH,
        v2=_CHANGED,
        team=(delete("extra.md"),),
        expect=Expect(gone=("extra.md",), told=("extra.md",)),
    ),
    _scenario(name="template-deleted", v1=_WITH, v2=_KEPT),
    _scenario(
        name="template-deleted-team-edited",
        v1=_WITH,
        v2=_KEPT,
        team=(replace("extra.md", "extra: sentence 3 of", "The team says so,"),),
        expect=Expect("may", holds=(Probe("The team says so", "extra.md"),), told=("extra.md",)),
    ),
    _scenario(name="both-deleted", v1=_WITH, v2=_KEPT, team=(delete("extra.md"),), expect=Expect(gone=("extra.md",))),
    _scenario(
        name="template-deleted-a-folder-with-edits-and-own-files",
        v1=_FOLDER,
        v2=_KEPT,
        team=(append("tools/a.py", "MINE = 1\n"), write("tools/own.py", "OWN = 1\n")),
        expect=Expect("may", holds=(Probe("MINE = 1", "tools/a.py"), Probe("OWN = 1", "tools/own.py"))),
    ),
    _scenario(
        name="template-deleted-a-folder-with-ignored-files-in-it",
        v1={**_FOLDER, ".gitignore": "*.cache\n.env\n"},
        v2={**_KEPT, ".gitignore": "*.cache\n.env\n"},
        loose=(write("tools/.env", "SECRET=1\n"), write("tools/deep/x.cache", b"\0\1")),
    ),
    _scenario(
        name="team-deleted-a-folder-template-changed-and-added",
        v1=_FOLDER,
        v2={**_FOLDER, "tools/a.py": story("A = 1  #", {4: "A = 2"}), "tools/new.py": story("NEW = 1  #")},
        team=(delete("tools"),),
        expect=Expect("may", gone=("tools/a.py", "tools/b.py"), told=("tools/a.py",)),
    ),
    _scenario(
        name="answer-drops-a-folder",
        v1=_DOCUMENTED,
        v2=_DOCUMENTED,
        config=_DOCS,
        settings={"docs": "false"},
    ),
    _scenario(
        name="answer-drops-a-folder-team-edited",
        v1=_DOCUMENTED,
        v2=_DOCUMENTED,
        config=_DOCS,
        settings={"docs": "false"},
        team=(append("docs/index.md", "The team says so.\n"), write("docs/own.md", "own\n")),
        expect=Expect("may", holds=(Probe("The team says so.", "docs/index.md"), Probe("own", "docs/own.md"))),
    ),
    _scenario(
        name="team-emptied-template-changed",
        v1=_WITH,
        v2=_CHANGED,
        team=(write("extra.md", ""),),
        expect=Expect("may", exempt=("extra.md",)),
    ),
    _scenario(
        name="team-deleted-lines-template-changed-others",
        v1=_WITH,
        v2=_CHANGED,
        team=(write("extra.md", story("extra", dict.fromkeys(range(14, 20)))),),
    ),
    _scenario(
        name="team-deleted-then-made-anew",
        v1=_WITH,
        v2=_CHANGED,
        team=(write("extra.md", story("a different matter")),),
        expect=Expect("may", holds=(Probe("a different matter"),)),
    ),
    _scenario(
        name="template-deleted-lines-team-changed-others",
        v1=_WITH,
        v2={**_KEPT, "extra.md": story("extra", dict.fromkeys(range(14, 20)))},
        team=(replace("extra.md", "extra: sentence 3 of", "The team says so,"),),
    ),
    _scenario(
        name="file-deleted-but-not-committed",
        v1=_WITH,
        v2=_CHANGED,
        loose=(delete("extra.md"),),
        expect=Expect("may", "may", gone=("extra.md",)),
    ),
)
