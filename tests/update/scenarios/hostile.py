"""A user's git configuration at its worst: everything that a tool may stumble over, and nothing that stops git."""

__all__ = ["hostile_environment"]

from pathlib import Path

_HOOKS = ("pre-commit", "commit-msg", "prepare-commit-msg", "post-checkout", "post-merge", "pre-merge-commit")
_CONFIG = """\
[alias]
    status = !false
    diff = !false
    merge-tree = !false
[apply]
    whitespace = error
[color]
    ui = always
[commit]
    gpgSign = true
    template = /nowhere/template
    verbose = true
[core]
    attributesFile = {place}/attributes
    autocrlf = input
    editor = false
    excludesFile = {place}/excludes
    hooksPath = {place}/hooks
    pager = false
    quotePath = true
[diff]
    external = /bin/false
    mnemonicPrefix = true
    noprefix = true
    renames = false
    algorithm = patience
    context = 0
    ignoreSubmodules = all
    relative = true
    suppressBlankEmpty = true
    wsErrorHighlight = all
[fetch]
    recurseSubmodules = true
    prune = true
[gpg]
    program = /bin/false
[init]
    defaultBranch = hostile
[log]
    showSignature = true
[merge]
    conflictStyle = zdiff3
    directoryRenames = false
    ff = only
    renames = false
    renormalize = false
    verbosity = 5
[status]
    branch = true
    short = true
    relativePaths = false
    showStash = true
    showUntrackedFiles = no
[submodule]
    recurse = true
[tag]
    forceSignAnnotated = true
    gpgSign = true
[user]
    useConfigOnly = true
"""


def hostile_environment(place: Path) -> dict[str, str]:
    """Write the configuration into the empty folder `place`; return the environment that makes git read it."""
    (place / "hooks").mkdir(parents=True)
    for name in _HOOKS:
        hook = place / "hooks" / name
        hook.write_text("#!/bin/sh\necho 'the hook says no' >&2\nexit 1\n", encoding="utf-8")
        hook.chmod(0o755)
    (place / "attributes").write_text("* merge=union\n*.md diff=nothing\n", encoding="utf-8")
    (place / "excludes").write_text("*.md\n*.toml\nnew*\n.*\n", encoding="utf-8")
    (place / "gitconfig").write_text(_CONFIG.format(place=place), encoding="utf-8")
    return {"GIT_CONFIG_GLOBAL": str(place / "gitconfig"), "GIT_CONFIG_NOSYSTEM": "1"}
