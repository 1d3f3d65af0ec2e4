"""What tests of operations share: an engine, a registry on this machine, and a project whose champion is committed."""

from collections.abc import Iterator

import pytest

from toolbox.engine import engine
from toolbox.shipping import Promoted, promote
from toolbox.shipping import registry as serving


@pytest.fixture(scope="session")
def docker_env() -> Iterator[dict[str, str]]:
    """The environment of a shell in which Docker answers."""
    with engine() as env:
        yield env


@pytest.fixture(scope="session")
def registry() -> Iterator[str]:
    """Host and port of a registry on this machine."""
    with serving() as address:
        yield address


@pytest.fixture(scope="session")
def promoted(docker_env: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Promoted:
    """The flights project with a champion, and Docker in its environment. Clone it to change it."""
    return promote(tmp_path_factory.mktemp("promoted"), docker_env)
