"""The one door to git: named functions over plumbing, NUL-separated, in a clean environment."""

__all__ = [
    "GitError",
    "Identity",
    "archive",
    "blobs",
    "clone_mirror",
    "commit_all",
    "commit_changes",
    "describe",
    "diff_trees",
    "enclosing_repository",
    "file_at",
    "git_directory",
    "hash_as_stored",
    "identity",
    "init",
    "object_format",
    "require",
    "resolve",
    "tag",
    "tags",
    "unmerged_paths",
    "update_mirror",
]

from mlscaffold.git.compare import diff_trees
from mlscaffold.git.objects import (
    archive,
    blobs,
    clone_mirror,
    describe,
    file_at,
    hash_as_stored,
    resolve,
    tags,
    update_mirror,
)
from mlscaffold.git.repository import (
    Identity,
    commit_all,
    commit_changes,
    enclosing_repository,
    git_directory,
    identity,
    init,
    object_format,
    tag,
    unmerged_paths,
)
from mlscaffold.git.run import GitError, require
