"""Copier as the oracle: the same template and answers through Copier and natively, and what differs."""

import os
import subprocess
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import copier
import pytest
from copier._main import Worker

from mlscaffold.errors import UserError
from mlscaffold.render.native import render_native
from mlscaffold.render.questions import resolve
from mlscaffold.template import Template, parse_spec
from mlscaffold.tree import File, Tree, read_tree, write_tree

Make = Callable[..., Template]  # what the fixture `template` gives


class Refused(NamedTuple):
    """The renderer did not accept the answers."""

    why: str


def make_template(folder: Path, files: Mapping[str, File | str | bytes], tag: str | None = None) -> Template:
    """Write a template to disk, for Copier, and return it as it is in memory; with a `tag` it is a git repository."""
    tree = Tree({path: as_file(content) for path, content in files.items()})
    folder.mkdir(parents=True)
    write_tree(tree, folder)
    if tag:
        run = ["git", "-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "init.defaultBranch=main"]
        for args in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-qm", "start"], ["tag", tag]):
            subprocess.run([*run, *args], cwd=folder, check=True)
    return Template(str(folder), tag, tag, tree, parse_spec(tree, str(folder)), folder)


def as_file(content: File | str | bytes) -> File:
    if isinstance(content, File):
        return content
    return File(content.encode() if isinstance(content, str) else content)


def read_template(folder: Path, tag: str | None = None) -> Template:
    """Read a template from disk, as Copier would."""
    tree = read_tree(folder, skip=lambda path: path.split("/")[-1] in {".git", ".venv", "__pycache__"})
    return Template(str(folder), tag, tag, tree, parse_spec(tree, str(folder)), folder)


def with_raw_links(tree: Tree, folder: Path) -> Tree:
    """Return `tree` with the targets of links as they are on disk, `./` and all."""
    links = [path for path in tree if tree[path].symlink]
    # pathlib would tidy them up
    raw = {path: File(os.readlink(os.fsencode(folder / path)), symlink=True) for path in links}  # noqa: PTH115
    return Tree({**tree, **raw})


def natively(
    template: Template, given: Mapping[str, Any], defaults: Mapping[str, Any] | None = None, folder: str = "project"
) -> Tree | Refused:
    try:
        return render_native(template, resolve(template, given, defaults=defaults, folder=folder)).tree
    except UserError as error:
        return Refused(str(error))


def by_copier(
    template: Template, given: Mapping[str, Any], defaults: Mapping[str, Any] | None = None, folder: str = "project"
) -> Tree | Refused:
    """Render with `copier.run_copy`, as a person would who takes all defaults."""
    with TemporaryDirectory() as place, warnings.catch_warnings(), pytest.MonkeyPatch.context() as patch:
        warnings.simplefilter("ignore")
        # two processes a file, which do nothing outside of a repository
        patch.setattr(Worker, "_sync_git_index_executable_bit", lambda *_: None)
        target = Path(place, folder)
        try:
            copier.run_copy(
                str(template.path),
                target,
                data=dict(given),
                user_defaults=dict(defaults or {}),
                vcs_ref=template.version,
                settings=copier.Settings(),
                defaults=True,
                quiet=True,
            )
        except Exception as error:  # noqa: BLE001 - Copier lets most of what goes wrong through as it is
            return Refused(f"{type(error).__name__}: {error}")
        return with_raw_links(read_tree(target), target) if target.exists() else Tree({})


def differences(native: Tree | Refused, copied: Tree | Refused) -> list[str]:
    """Say what differs, one line a path."""
    if isinstance(native, Refused) or isinstance(copied, Refused):
        same = isinstance(native, Refused) and isinstance(copied, Refused)
        return [] if same else [f"natively: {native}", f"by Copier: {copied}"]
    paths = sorted(set(native) | set(copied))
    return [
        f"{path}: {native.get(path)} != {copied.get(path)}" for path in paths if native.get(path) != copied.get(path)
    ]


def assert_parity(
    template: Template, given: Mapping[str, Any], defaults: Mapping[str, Any] | None = None, folder: str = "project"
) -> Tree | Refused:
    """Render both ways, fail on any difference, and return the result."""
    native = natively(template, given, defaults, folder)
    found = differences(native, by_copier(template, given, defaults, folder))
    assert not found, f"{dict(given)} give\n" + "\n".join(found)
    return native
