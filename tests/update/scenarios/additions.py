"""New files, what stands in their way, and things that change what they are."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, delete, git, link, move, write
from scenarios.model import Expect, Files, Link, Probe, Scenario, story

_scenario = partial(Scenario, category="addition")
_KEPT = {"kept.md": story("kept"), ".gitignore": ".env\nlocal/\n"}
_TEXT = story("new from the template")
_ADDED = {**_KEPT, "new.md": _TEXT}
_OWN = story("new from the team")
_ENV = {**_KEPT, ".env": "MODE=dev\nURL=http://localhost\n"}
_LINKED: Files = {**_KEPT, "a.txt": "a\n", "b.txt": "b\n", "c.txt": "c\n", "latest.txt": Link("a.txt")}
_PAGE = {**_KEPT, "page": story("page")}

SCENARIOS = (
    _scenario(name="template-adds", v1=_KEPT, v2={**_KEPT, "some/deep/folder/new.md": _TEXT}),
    _scenario(name="both-add-the-same", v1=_KEPT, v2=_ADDED, team=(write("new.md", _TEXT),)),
    _scenario(
        name="both-add-something-else",
        v1=_KEPT,
        v2=_ADDED,
        team=(write("new.md", _OWN),),
        expect=Expect("must", holds=(Probe("new from the team"),), gets=(Probe("new from the template"),)),
    ),
    _scenario(name="untracked-identical-in-the-way", v1=_KEPT, v2=_ADDED, loose=(write("new.md", _TEXT),)),
    _scenario(
        name="untracked-different-in-the-way",
        v1=_KEPT,
        v2=_ADDED,
        loose=(write("new.md", _OWN),),
        expect=Expect("may", "may", holds=(Probe("new from the team"),)),
    ),
    _scenario(
        name="untracked-binary-in-the-way",
        v1=_KEPT,
        v2=_ADDED,
        loose=(write("new.md", b"\0\1team\xff"),),
        expect=Expect("may", "may", holds=(Probe(b"\0\1team\xff"),)),
    ),
    _scenario(
        name="ignored-different-in-the-way",
        v1=_KEPT,
        v2=_ENV,
        loose=(write(".env", "PASSWORD=secret\n"),),
        expect=Expect("may", "may", holds=(Probe("PASSWORD=secret"),)),
    ),
    _scenario(
        name="ignored-identical-in-the-way",
        v1=_KEPT,
        v2=_ENV,
        loose=(write(".env", "MODE=dev\nURL=http://localhost\n"),),
    ),
    _scenario(
        name="ignored-by-info-exclude-in-the-way",
        v1=_KEPT,
        v2=_ADDED,
        loose=(write(".git/info/exclude", "new.md\n"), write("new.md", _OWN)),
        expect=Expect("may", "may", holds=(Probe("new from the team"),)),
    ),
    _scenario(
        name="ignored-folder-in-the-way",
        v1=_KEPT,
        v2={**_KEPT, "local": "a file\n"},
        loose=(write("local/data.csv", "1,2,3\n"),),
        expect=Expect("may", "may", holds=(Probe("1,2,3", "local/data.csv"),)),
    ),
    _scenario(
        name="ignored-file-once-of-the-template-and-changed-by-it",
        v1=_ENV,
        v2={**_ENV, ".env": "MODE=test\nURL=http://localhost\n"},
        loose=(git("rm", "--cached", "--quiet", "--ignore-unmatch", ".env"), append(".env", "PASSWORD=secret\n")),
        expect=Expect("may", "may", holds=(Probe("PASSWORD=secret"),), exempt=(".env",)),
    ),
    _scenario(
        name="folder-of-the-team-in-the-way",
        v1=_KEPT,
        v2={**_KEPT, "data": _TEXT},
        team=(write("data/one.csv", "1,2,3\n"),),
        expect=Expect("may", "may", holds=(Probe("1,2,3", "data/one.csv"),)),
    ),
    _scenario(
        name="untracked-folder-in-the-way",
        v1=_KEPT,
        v2={**_KEPT, "data": _TEXT},
        loose=(write("data/one.csv", "1,2,3\n"),),
        expect=Expect("may", "may", holds=(Probe("1,2,3", "data/one.csv"),)),
    ),
    _scenario(
        name="empty-folder-in-the-way",
        v1=_KEPT,
        v2={**_KEPT, "data": _TEXT},
        loose=(lambda folder: (folder / "data").mkdir(),),
        expect=Expect("never", "may"),
    ),
    _scenario(
        name="file-of-the-team-in-the-way-of-a-folder",
        v1=_KEPT,
        v2={**_KEPT, "data/readme.md": _TEXT},
        team=(write("data", "1,2,3\n"),),
        expect=Expect("may", "may", holds=(Probe("1,2,3"),)),
    ),
    _scenario(
        name="untracked-file-in-the-way-of-a-folder",
        v1=_KEPT,
        v2={**_KEPT, "data/readme.md": _TEXT},
        loose=(write("data", "1,2,3\n"),),
        expect=Expect("may", "may", holds=(Probe("1,2,3"),)),
    ),
    _scenario(name="file-becomes-folder", v1=_PAGE, v2={**_KEPT, "page/index.md": story("index")}),
    _scenario(
        name="file-becomes-folder-team-edited",
        v1=_PAGE,
        v2={**_KEPT, "page/index.md": story("index")},
        team=(append("page", "The team says so.\n"),),
        expect=Expect("may", "may", holds=(Probe("The team says so."),)),
    ),
    _scenario(name="folder-becomes-file", v1={**_KEPT, "page/index.md": story("index")}, v2=_PAGE),
    _scenario(
        name="folder-becomes-file-team-edited-and-added",
        v1={**_KEPT, "page/index.md": story("index")},
        v2=_PAGE,
        team=(append("page/index.md", "The team says so.\n"), write("page/own.md", "own\n")),
        expect=Expect("may", "may", holds=(Probe("The team says so."), Probe("own\n"))),
    ),
    _scenario(name="file-becomes-link", v1=_PAGE, v2={**_KEPT, "page": Link("kept.md")}),
    _scenario(
        name="file-becomes-link-team-edited",
        v1=_PAGE,
        v2={**_KEPT, "page": Link("kept.md")},
        team=(append("page", "The team says so.\n"),),
        expect=Expect("may", holds=(Probe("The team says so."),)),
    ),
    _scenario(
        name="link-becomes-file-of-the-template",
        v1=_LINKED,
        v2={**_LINKED, "latest.txt": story("latest")},
    ),
    _scenario(name="link-retargeted-by-the-template", v1=_LINKED, v2={**_LINKED, "latest.txt": Link("b.txt")}),
    _scenario(
        name="link-retargeted-by-the-team",
        v1=_LINKED,
        v2={**_LINKED, "new.md": _TEXT},
        team=(link("latest.txt", "c.txt"),),
    ),
    _scenario(
        name="link-retargeted-by-both",
        v1=_LINKED,
        v2={**_LINKED, "latest.txt": Link("b.txt")},
        team=(link("latest.txt", "c.txt"),),
        expect=Expect("must", holds=(Probe("c.txt"),)),
    ),
    _scenario(
        name="link-replaced-by-a-file-of-the-team",
        v1=_LINKED,
        v2={**_LINKED, "latest.txt": Link("b.txt")},
        team=(write("latest.txt", "The team says so.\n"),),
        expect=Expect("may", holds=(Probe("The team says so."),)),
    ),
    _scenario(
        name="folder-replaced-by-a-link-template-edits-below-it",
        v1={**_KEPT, "docs/page.md": story("page")},
        v2={**_KEPT, "docs/page.md": story("page", {8: "The template says so."})},
        team=(move("docs", "documentation"), link("docs", "documentation")),
        expect=Expect("may", "may", exempt=("docs",), once=("The template says so.",)),
    ),
    _scenario(
        name="folder-replaced-by-a-link-out-of-the-project",
        v1={**_KEPT, "docs/page.md": story("page")},
        v2={**_KEPT, "docs/page.md": story("page", {8: "The template says so."}), "docs/new.md": "new\n"},
        team=(delete("docs"), write("../shared/page.md", "theirs\n"), link("docs", "../shared")),
        expect=Expect("may", "may", gone=("docs/page.md",), exempt=("docs", "docs/*")),
    ),
    _scenario(
        name="untracked-link-in-the-way",
        v1=_KEPT,
        v2=_ADDED,
        loose=(write("../outside.md", "theirs\n"), link("new.md", "../outside.md")),
        expect=Expect("may", "may", exempt=("new.md",)),
    ),
)
