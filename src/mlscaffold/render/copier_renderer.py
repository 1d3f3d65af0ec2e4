"""Rendering by Copier itself, for what the native renderer does not claim: in a temporary folder, never in the project.

Copier is asked for one template version in memory, so its `Template` is told what it would find out from git: the
version, and the modes of the files. The user's Copier settings are left out: they differ from machine to machine.
"""

__all__ = ["render_with_copier", "resolve_with_copier"]

import json
import os
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml

from mlscaffold.errors import UserError
from mlscaffold.render.blame import BeyondNative
from mlscaffold.render.model import Answers, Rendering
from mlscaffold.render.native import Plan
from mlscaffold.render.questions import RECORDABLE, own_defaults, refuse_unknown
from mlscaffold.template import Template
from mlscaffold.tree import Tree, link_leaves, read_tree, write_tree

if TYPE_CHECKING:
    from copier._main import Worker


def render_with_copier(template: Template, answers: Answers, *, trust: bool = False) -> Rendering:
    """Render with Copier; the template's tasks run in the temporary folder, and only with `trust`.

    Raises:
        UserError: Copier refuses the template or the answers, a task fails, or the result holds a link that leads out.
    """
    with _worker(template, _data(template, answers), answers.defaults, answers.folder, trust=trust) as worker:
        worker.run_copy()
        tree = read_tree(Path(worker.dst_path), skip=lambda path: path == ".git")
    for path, file in tree.items():
        if file.symlink and link_leaves(path, os.fsdecode(file.data)):
            raise UserError(f"the template may not link {path} out of the project", hint="report it to its authors")
    sources, once = _origins(template, answers, tree)
    return Rendering(tree, sources, answers, "copier", once)


def resolve_with_copier(
    template: Template, given: Mapping[str, Any], *, defaults: Mapping[str, Any], prompt: bool, folder: str
) -> Answers:
    """Let Copier answer the questions; with `prompt` it asks on the terminal. For templates whose questions run code.

    Raises:
        UserError: an unknown name, or Copier refuses an answer.
    """
    refuse_unknown(template, given)
    own = own_defaults(template, defaults)
    with _worker(template, given, own, folder, trust=True) as worker:
        worker.pretend, worker.skip_tasks, worker.defaults = True, True, not prompt
        worker.run_copy()
        found = worker.answers
        names = {question.name for question in template.spec.questions}
        values = {name: value for name, value in found.combined.items() if name in names}
        hidden = found.hidden | worker.template.secret_questions
    recorded = {name: value for name, value in values.items() if name not in hidden and isinstance(value, RECORDABLE)}
    return Answers(values, recorded, folder, {**recorded, **given}, own)


@contextmanager
def _worker(
    template: Template, data: Mapping[str, Any], defaults: Mapping[str, Any], folder: str, *, trust: bool
) -> "Iterator[Worker]":
    """Give a Copier that knows the template as `template` says; its target is a temporary folder called `folder`."""
    with (
        tempfile.TemporaryDirectory(prefix="mlscaffold-") as place,
        _copier_errors(template.source),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore")  # deprecations are for the template's authors, not for its users
        root, target = Path(place, "template"), Path(place, "project", folder)
        root.mkdir()
        target.mkdir(parents=True)
        write_tree(template.files, root)
        with _new_worker(template, root, target, trust=trust) as worker:
            worker.data, worker.user_defaults = dict(data), dict(defaults)
            yield worker


def _new_worker(template: Template, root: Path, target: Path, *, trust: bool) -> "Worker":
    from copier._main import Worker  # a third of a second
    from copier._settings import SettingsModel
    from copier._template import Template as CopierTemplate

    worker = Worker(
        src_path=str(root),
        dst_path=target,
        defaults=True,
        overwrite=True,
        quiet=True,
        unsafe=trust,
        settings=SettingsModel(),
    )
    told = CopierTemplate(url=template.source)
    # cached properties look here first
    vars(told).update(
        local_abspath=root.resolve(),
        vcs=None,
        version=None,
        commit=template.commit,
        commit_hash=None,
        git_index_modes={},
    )
    if template.commit:
        modes = {PurePosixPath(path): int(file.mode, 8) for path, file in template.files.items()}
        vars(told).update(git_index_modes=modes)
    vars(worker).update(template=told)
    return worker


@contextmanager
def _copier_errors(source: str) -> Iterator[None]:
    try:
        yield
    except (UserError, OSError):
        raise
    except Exception as error:
        said = str(error) or type(error).__name__
        raise UserError(f"Copier cannot render {source}: {said}", hint="correct the answers or the template") from error


def _data(template: Template, answers: Answers) -> dict[str, Any]:
    """Return the answers as Copier has to be given them, to arrive at the same values in the same order."""
    types = {question.name: question.type for question in template.spec.questions}
    data = dict(answers.given)
    for name, value in answers.recorded.items():
        data.setdefault(name, _unparsed(value, types[name]))
    return data


def _unparsed(value: Any, type_name: str) -> Any:
    """Copier parses a text that answers a question of type json or yaml, so it has to be written as one."""
    if isinstance(value, str) and type_name == "json":
        return json.dumps(value)
    if isinstance(value, str) and type_name == "yaml":
        return yaml.safe_dump(value, default_style='"', width=2**31 - 1).strip()
    return value


def _origins(template: Template, answers: Answers, tree: Tree) -> tuple[dict[str, str], frozenset[str]]:
    """Return where files come from and which are written once, as far as the native renderer can tell."""
    try:
        plan = Plan(template, answers)
        found = {path: source for source, path, _ in plan.entries() if path in tree}
        return found, plan.once(tree)
    except (BeyondNative, UserError):
        return {}, frozenset()
