"""`Template`: one version of a template, whole and in memory, and what its `copier.yml` says."""

__all__ = ["NO_DEFAULT", "Question", "Spec", "Template", "parse_spec"]

from pathlib import Path
from typing import NamedTuple

from mlscaffold.template.spec import NO_DEFAULT, Question, Spec, parse_spec
from mlscaffold.tree import Tree


class Template(NamedTuple):
    """One version of a template: where it came from, all its files, and its parsed questions and settings."""

    source: str  # what the answers file records as `_src_path`
    version: str | None  # the tag, if the source has tags
    commit: str | None  # what the answers file records as `_commit`
    files: Tree  # the whole template repository, `copier.yml` included
    spec: Spec
    path: Path | None = None  # the folder or clone it came from, for messages
    commit_id: str | None = None  # the full id, if it came from git
    tags: tuple[str, ...] = ()  # all that its repository has
    warning: str = ""  # what the user should know of how it was had, or ""
