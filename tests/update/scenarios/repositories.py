"""Repositories of every shape, and what lies about in them."""

__all__ = ["SCENARIOS"]

from functools import partial
from pathlib import Path

from scenarios.acts import append, commit, config, delete, git, move, replace, run_git, write
from scenarios.model import Act, Expect, Layout, Probe, Scenario, story

_scenario = partial(Scenario, category="repository")
_V1 = {"README.md": story("readme"), "old.md": story("guide"), "keep.txt": story("keep"), ".gitignore": ".env\n"}
_V2 = {
    **_V1,
    "README.md": story("readme", {18: "The template says so."}),
    "old.md": story("guide", {18: "The template says that."}),
    "added/file.txt": "added\n",
}
_RENAMED = {("new.md" if path == "old.md" else path): text for path, text in _V2.items()}
_EDITS = (
    replace("README.md", "readme: sentence 3 of", "The team says so,"),
    replace("old.md", "guide: sentence 3 of", "The team says that,"),
    write("own.py", "OWN = 1\n"),
)
_ALL = Expect(
    holds=(Probe("The team says so,", "README.md"), Probe("The team says that,", "old.md")),
    gets=(Probe("The template says so.", "README.md"), Probe("The template says that.", "old.md")),
)
_MOVED = Expect(
    moved=("old.md",),
    holds=(Probe("The team says so,", "README.md"), Probe("The team says that,", "new.md")),
    gets=(Probe("The template says so.", "README.md"), Probe("The template says that.", "new.md")),
)
_usual = partial(_scenario, v1=_V1, v2=_V2, team=_EDITS, expect=_ALL)
# The same, and the template renames a file that the team edited.
_renaming = partial(_scenario, v1=_V1, v2=_RENAMED, team=_EDITS, expect=_MOVED)
_MONO = "mono/services/demo"


def at(place: str, act: Act) -> Act:
    """Do it in a folder of the sandbox."""

    def run(sandbox: Path) -> None:
        (sandbox / place).mkdir(parents=True, exist_ok=True)
        act(sandbox / place)

    return run


def no_act(_folder: Path) -> None:
    """Do nothing: the folder alone is wanted."""


def _no_trace(project: Path) -> None:
    """Make one commit of all history and throw the rest away, as a squash-merge and a fresh clone do."""
    run_git(project, "checkout", "--quiet", "--orphan", "squashed")
    run_git(project, "commit", "--quiet", "--message", "everything")
    for branch in run_git(project, "for-each-ref", "--format=%(refname:short)", "refs/heads").decode().split():
        if branch != "squashed":
            run_git(project, "branch", "--quiet", "-D", branch)
    run_git(project, "reflog", "expire", "--expire=now", "--all")
    run_git(project, "gc", "--quiet", "--prune=now")


def _strip(sandbox: Path) -> None:
    """Set up a clean filter that drops lines with OUT, as one for notebooks drops their output."""
    run_git(sandbox / "demo", "config", "filter.strip.clean", "sed '/OUT/d'")
    run_git(sandbox / "demo", "config", "filter.strip.smudge", "cat")
    run_git(sandbox / "demo", "config", "filter.strip.required", "true")


def _pointers(sandbox: Path) -> None:
    """Set up a filter that keeps big files as pointers, as LFS does."""
    run_git(sandbox / "demo", "config", "filter.big.clean", "sed 's/^BIG/pointer to/'")
    run_git(sandbox / "demo", "config", "filter.big.smudge", "sed 's/^pointer to/BIG/'")
    run_git(sandbox / "demo", "config", "filter.big.required", "true")


def _shallow(sandbox: Path) -> None:
    source = (sandbox / "demo").as_uri()
    (sandbox / "clone").mkdir()
    run_git(sandbox, "clone", "--quiet", "--depth", "1", source, "clone/demo")


_MONOREPO = Layout(
    place=_MONO,
    first=(
        at("mono", git("init", "--quiet")),
        at("mono", write("services/other/main.py", story("OTHER = 1  #"))),
        at("mono", write("README.md", story("mono"))),
        at("mono", commit("the others")),
    ),
)
_LINKED = Layout(
    place="demo",
    last=(at("demo", git("worktree", "add", "--quiet", "-b", "side", "../side")),),
    moves_to="side",
)
_ALONE = Layout(own_git=False, made=(at("demo", git("init", "--quiet", "--object-format=sha256")),))
_FORMATTED = Layout(
    own_git=False,
    made=(
        at("demo", git("init", "--quiet")),
        at("demo", replace("README.md", "readme: sentence 0 of", "readme:  sentence 0 of")),
        at("demo", replace("old.md", "guide: sentence 0 of", "guide:  sentence 0 of")),
    ),
)
_FILTERED = Layout(
    own_git=False, made=(at("demo", git("init", "--quiet")), _strip, at("demo", append(".gitattributes", "")))
)
_POINTING = Layout(own_git=False, made=(at("demo", git("init", "--quiet")), _pointers))
_NOTEBOOK = {".gitattributes": "*.nb filter=strip\n", "work.nb": story("cell", {5: "OUT: of the template"})}
_BIG = {".gitattributes": "*.dat filter=big\n", "model.dat": "BIG 1234\n"}
_DIRT = (
    write("scratch.txt", "scratch\n"),
    write(".env", "SECRET=1\n"),
    append("keep.txt", "not committed\n"),
    write("staged.txt", "staged\n"),
    git("add", "staged.txt"),
    append("staged.txt", "and changed since\n"),
    append("own.py", "STAGED = 1\n"),
    git("add", "own.py"),
)

SCENARIOS = (
    _usual(name="plain"),
    _usual(name="monorepo", layout=_MONOREPO),
    _usual(
        name="monorepo-with-staged-dirty-and-untracked-work-beside",
        layout=_MONOREPO,
        loose=(
            append("../other/main.py", "STAGED = 1\n"),
            git("add", "../other/main.py"),
            append("../other/main.py", "DIRTY = 1\n"),
            append("../../README.md", "dirty\n"),
            write("../other/new.py", "NEW = 1\n"),
            git("add", "../other/new.py"),
            write("../../scratch.txt", "scratch\n"),
        ),
    ),
    _usual(
        name="two-projects-in-one-repository",
        layout=_MONOREPO._replace(
            made=(
                at("mono", write("services/second/README.md", story("readme"))),
                at("mono", write("services/second/.copier-answers.yml", "_commit: v1\n_src_path: ../nowhere\n")),
                at("mono", commit("the second")),
            )
        ),
    ),
    _usual(name="project-in-a-folder-with-an-odd-name", layout=Layout(place="odd [x] *é/it's/demo")),
    _usual(name="linked-worktree", layout=_LINKED),
    _usual(name="shallow-clone", layout=Layout(last=(_shallow,), moves_to="clone/demo")),
    _usual(name="squashed-history", layout=Layout(last=(at("demo", _no_trace),))),
    _usual(name="formatted-before-the-first-commit", layout=_FORMATTED),
    _usual(name="sha256", layout=_ALONE),
    _usual(name="detached-head", layout=Layout(last=(at("demo", git("checkout", "--quiet", "--detach")),))),
    _usual(
        name="git-directory-elsewhere",
        layout=Layout(
            own_git=False,
            made=(
                at("demo", git("init", "--quiet", "--separate-git-dir", "../store/.git")),
                at("demo", write(".git", "gitdir: ../store/.git\n")),  # relative, so that a copy has a store of its own
            ),
            first=(at("store", no_act),),
        ),
    ),
    _usual(
        name="borrowed-objects",
        layout=Layout(
            last=(git("clone", "--quiet", "--shared", "demo", "clone/demo"),),
            moves_to="clone/demo",
        ),
    ),
    _usual(
        name="submodule",
        layout=Layout(
            first=(
                at("library", git("init", "--quiet")),
                at("library", write("lib.py", "LIB = 1\n")),
                at("library", commit("the library")),
            )
        ),
        team=(*_EDITS, git("submodule", "--quiet", "add", "../library", "vendor/library")),
    ),
    _usual(
        name="submodule-with-work-in-it",
        layout=Layout(
            first=(
                at("library", git("init", "--quiet")),
                at("library", write("lib.py", "LIB = 1\n")),
                at("library", commit("the library")),
            )
        ),
        team=(*_EDITS, git("submodule", "--quiet", "add", "../library", "vendor/library")),
        loose=(append("vendor/library/lib.py", "DIRTY = 1\n"), write("vendor/library/x.py", "X = 1\n")),
    ),
    _usual(
        name="nested-repository-nobody-tracks",
        loose=(
            write("vendor/lib.py", "LIB = 1\n"),
            git("init", "--quiet", "vendor"),
            git("-C", "vendor", "add", "lib.py"),
            git("-C", "vendor", "commit", "-qm", "x"),
        ),
    ),
    _usual(name="unrelated-dirt", loose=_DIRT),
    _usual(
        name="dirty-where-the-template-changes",
        loose=(append("README.md", "not committed\n"),),
        expect=Expect("may", "may", holds=(Probe("not committed"),)),
    ),
    _usual(
        name="staged-where-the-template-changes",
        loose=(append("README.md", "not committed\n"), git("add", "README.md")),
        expect=Expect("may", "may", holds=(Probe("not committed"),)),
    ),
    _usual(
        name="staged-new-file-where-the-template-adds",
        loose=(write("added/file.txt", "not committed\n"), git("add", "added/file.txt")),
        expect=Expect("may", "may", holds=(Probe("not committed"),)),
    ),
    _usual(
        name="intent-to-add",
        loose=(write("soon.txt", "soon\n"), git("add", "--intent-to-add", "soon.txt")),
        expect=_ALL._replace(refusal="may"),
    ),
    _usual(
        name="skip-worktree-where-the-template-changes",
        loose=(append("README.md", "only here\n"), git("update-index", "--skip-worktree", "README.md")),
        expect=Expect("may", "may", holds=(Probe("only here"),), exempt=("README.md",)),
    ),
    _usual(
        name="assume-unchanged-where-the-template-changes",
        loose=(append("README.md", "only here\n"), git("update-index", "--assume-unchanged", "README.md")),
        expect=Expect("may", "may", holds=(Probe("only here"),), exempt=("README.md",)),
    ),
    _usual(
        name="skip-worktree-elsewhere",
        loose=(append("keep.txt", "only here\n"), git("update-index", "--skip-worktree", "keep.txt")),
        expect=_ALL._replace(holds=(*_ALL.holds, Probe("only here", "keep.txt"))),
    ),
    _usual(
        name="sparse-checkout",
        loose=(git("sparse-checkout", "set", "--no-cone", "/*", "!/keep.txt"),),
        expect=_ALL._replace(conflict="may", refusal="may", exempt=("keep.txt",)),
    ),
    _usual(
        name="clean-filter",
        v1={**_V1, **_NOTEBOOK},
        v2={**_V2, **_NOTEBOOK},
        layout=_FILTERED,
        team=(*_EDITS, append("work.nb", "more of the team\n")),
        loose=(append("work.nb", "OUT: of a run\n"),),
    ),
    _usual(
        name="clean-filter-where-the-template-changes",
        v1={**_V1, **_NOTEBOOK},
        v2={**_V2, **_NOTEBOOK, "work.nb": story("cell", {5: "OUT: of the template", 15: "The template says so."})},
        layout=_FILTERED,
        team=(*_EDITS, replace("work.nb", "cell: sentence 10 of", "The team says so,")),
        expect=_ALL._replace(drops=("OUT: of the template",), conflict="may"),
    ),
    _usual(name="big-files-as-pointers", v1={**_V1, **_BIG}, v2={**_V2, **_BIG}, layout=_POINTING),
    _usual(
        name="big-files-as-pointers-changed-by-the-template",
        v1={**_V1, **_BIG},
        v2={**_V2, **_BIG, "model.dat": "BIG 5678\n"},
        layout=_POINTING,
    ),
    _usual(name="made-by-copier", maker="copier"),
    _usual(
        name="lock-lost",
        team=(*_EDITS, lambda folder: (folder / ".mlscaffold/lock").unlink(missing_ok=True)),
        expect=_ALL._replace(conflict="may", refusal="may"),
    ),
    _usual(name="template-in-a-plain-folder", versioned=False),
    _usual(
        name="merge-in-progress",
        loose=(
            git("checkout", "-qb", "side", "HEAD~1"),
            write("own.py", "OWN = 2\n"),
            git("add", "own.py"),
            git("commit", "-qm", "side"),
            git("checkout", "-q", "-"),
            git("merge", "side", check=False),
        ),
        expect=Expect("never", "must"),
    ),
    _usual(
        name="no-commit-yet",
        team=(),
        layout=Layout(last=(at("demo", git("update-ref", "-d", "HEAD")),)),
        expect=Expect("never", "must"),
    ),
    _usual(
        name="index-locked-by-another-git",
        loose=(write(".git/index.lock", ""),),
        expect=Expect("never", "must"),
    ),
    _usual(name="file-mode-ignored", loose=(config("core.fileMode", "false"),)),
    _usual(name="quiet-status", loose=(config("status.showUntrackedFiles", "no"), write("scratch.txt", "x\n"))),
    _usual(name="autocrlf-in-the-repository", loose=(config("core.autocrlf", "true"),)),
    _usual(
        name="own-branch-renamed-and-file-moved",
        team=(*_EDITS, move("keep.txt", "kept/keep.txt"), delete(".gitignore")),
        expect=_ALL._replace(moved=("keep.txt",), gone=(".gitignore",)),
    ),
    _renaming(name="plain-with-a-rename"),
    _renaming(name="monorepo-with-a-rename", layout=_MONOREPO),
    _renaming(name="squashed-history-with-a-rename", layout=Layout(last=(at("demo", _no_trace),))),
    _renaming(name="formatted-before-the-first-commit-with-a-rename", layout=_FORMATTED),
    _renaming(name="sha256-with-a-rename", layout=_ALONE),
    _renaming(name="made-by-copier-with-a-rename", maker="copier"),
    _renaming(name="unrelated-dirt-with-a-rename", loose=_DIRT),
    _usual(name="already-at-the-newest", v2=_V1, expect=Expect(holds=_ALL.holds[:1])),
)
