"""Templates in memory, for tests that need no disk."""

from collections.abc import Mapping

import pytest
from oracle import Make, as_file

from mlscaffold.template import Template, parse_spec
from mlscaffold.tree import File, Tree


@pytest.fixture
def template() -> Make:
    """Make a template from the text of its `copier.yml` and a mapping of its other files."""

    def make(
        config: str = "", files: Mapping[str, File | str | bytes] | None = None, commit: str | None = None
    ) -> Template:
        tree = Tree({path: as_file(content) for path, content in {"copier.yml": config, **(files or {})}.items()})
        return Template("somewhere", commit, commit, tree, parse_spec(tree, "somewhere"))

    return make
