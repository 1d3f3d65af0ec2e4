"""The native renderer: jinja2 alone, in memory. What it gives is what Copier gives, byte for byte, only sooner.

Source of the rules: Copier's `Worker._render_template` and what it calls. Copier takes files in the order of the
folder; here they are sorted, and what would depend on that order is refused.
"""

__all__ = ["Plan", "render_native"]

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final
from unicodedata import normalize

from mlscaffold.errors import UserError
from mlscaffold.render.blame import template_errors
from mlscaffold.render.context import answers_path, build_context
from mlscaffold.render.environment import Engine
from mlscaffold.render.model import Answers, Rendering
from mlscaffold.render.source import SourceTree
from mlscaffold.template import Template
from mlscaffold.tree import File, Tree, link_leaves, unsafe_path

_LONGEST_NAME: Final = 255


def render_native(template: Template, answers: Answers) -> Rendering:
    """Render `template` with `answers`.

    Raises:
        UserError: the template writes where it may not, or is at fault otherwise; names its file and line.
        BeyondNative: it turns out that only Copier can render it.
    """
    plan = Plan(template, answers)
    files: dict[str, File] = {}
    sources: dict[str, str] = {}
    for source, path, file in plan.entries():
        rendered = plan.render(source, path, file)
        if files.setdefault(path, rendered) != rendered:
            # Copier would ask which to keep, or keep the one that its folder lists first
            raise UserError(
                f"{sources[path]} and {source} both render to {path}", hint="report it to the template's authors"
            )
        sources.setdefault(path, source)
    return Rendering(Tree(files), sources, answers, "native", plan.once(files))


class Plan:
    """Which file of the template goes where, and what becomes of it."""

    def __init__(self, template: Template, answers: Answers) -> None:
        """Render the settings. Raises `UserError` if the template's subdirectory does not exist."""
        self._template = template
        self._spec = template.spec
        self._source = SourceTree(template.files)
        self._engine = Engine(self._spec, self._source, predictable=True)
        self._context = build_context(template, answers, self._engine, "render")
        self._answers_path = str(answers_path(template, self._context, self._engine))
        self._root = self._source.resolve(self._text(self._spec.subdirectory))
        if not self._source.is_folder(self._root):
            raise UserError(
                f"{self._spec.path}: `_subdirectory`: there is no folder {self._root}", hint="correct it there"
            )

    def entries(self) -> Iterator[tuple[str, str, File]]:
        """Yield, for every file that is rendered: its path in the template, its path in the project, and itself."""
        excluded = self._matcher(self._spec.exclude, operation="copy")
        for name, file in self._source.walk(self._root, follow=not self._spec.preserve_symlinks):
            path = self._destination(name)
            if path is None:
                continue
            if problem := unsafe_path(path) or _too_long(path):
                raise UserError(
                    f"the template may not write {path!r} (from {name}): {problem}", hint="report it to its authors"
                )
            if not excluded(path):
                yield posixpath.join(self._root, name), path, file

    def render(self, source: str, path: str, file: File) -> File:
        """Return what `file`, found at `source`, becomes at `path`."""
        templated = source.endswith(self._spec.suffix)
        if file.symlink:
            return self._link(path, file, templated=templated)
        data = self._engine.file(source, self._context) if templated else file.data
        if data is None and self._spec.suffix:
            raise UserError(f"{source} is a template but not UTF-8", hint="report it to the template's authors")
        return File(file.data if data is None else data, self._is_executable(source, file))

    def once(self, paths: Iterable[str]) -> frozenset[str]:
        """Return those `paths` that are never written over (`_skip_if_exists`)."""
        matches = self._matcher(self._spec.skip_if_exists)
        return frozenset(path for path in paths if matches(path))

    def _text(self, text: str) -> str:
        return self._engine.text(text, self._context)

    def _link(self, path: str, file: File, *, templated: bool) -> File:
        target = file.data.decode("utf-8", "surrogateescape")
        target = str(PurePosixPath(self._text(target) if templated else target))
        if link_leaves(path, target):
            raise UserError(
                f"the template may not link {path} to {target}, out of the project", hint="report it to its authors"
            )
        return File(target.encode("utf-8", "surrogateescape"), symlink=True)

    def _is_executable(self, source: str, file: File) -> bool:
        # From git, Copier takes the bit of the entry itself; a link that it follows has none.
        entry = self._template.files.get(source)
        return file.executable and not (self._template.commit and entry and entry.symlink)

    def _destination(self, name: str) -> str | None:
        """Return where the file `name` goes, or None: a part of its path is empty, or `name.jinja` takes its place."""
        suffix = self._spec.suffix
        templated = name.endswith(suffix)
        if suffix and self._source.exists(posixpath.join(self._root, name + suffix)):
            return None
        parts = PurePosixPath(name).with_suffix("").parts if suffix and templated else name.split("/")
        rendered: list[str] = []
        for part in parts:
            rendered.append(self._engine.text(part, self._context, f"the name of {name}"))
            if not rendered[-1]:
                return None
            if rendered[-1] == self._answers_path:
                return self._answers_path
        path = str(PurePosixPath(*rendered))
        # Copier looks for this sibling by its rendered name, and from the root of the template
        return None if not templated and self._is_file_of_template(path + suffix) else path

    def _is_file_of_template(self, path: str) -> bool:
        return not unsafe_path(path) and self._source.exists(path)

    def _matcher(self, patterns: Iterable[str], **more: str) -> Callable[[str], bool]:
        """Return a function that matches paths as .gitignore does. Raises `UserError` for an invalid pattern."""
        seen = {**self._context, **{f"_copier_{name}": value for name, value in more.items()}}
        rendered = (self._engine.text(pattern, seen) for pattern in patterns)
        lines = [line for text in rendered for line in re.split(r"\r\n|\r|\n", text) if line.strip()]
        if not lines:
            return lambda _path: False
        import pathspec  # 15 ms, and many templates exclude nothing

        with template_errors(f"{self._spec.path}: patterns"):
            return pathspec.PathSpec.from_lines("gitignore", [normalize("NFD", line) for line in lines]).match_file


def _too_long(path: str) -> str | None:
    if any(len(part.encode("utf-8", "surrogateescape")) > _LONGEST_NAME for part in path.split("/")):
        return f"a name has more than {_LONGEST_NAME} bytes, which no file system takes"
    return None
