"""MLD105: a feature that no test computes is wrong for months."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mld._reached import Reached
from mlscaffold.check.rules.mld._tables import about_data
from mlscaffold.check.targets.facts import Function, ModuleFacts

_SHOWN: Final = 3
_FEATURES: Final = (
    "import pandas as pd\n\n\n"
    "def age(frame: pd.DataFrame, year: int) -> pd.Series:\n    return year - frame.birth_year\n"
)

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/features.py": _FEATURES,
        "tests/test_train.py": "from acme.train import train\n\n\ndef test_it_learns():\n    assert train()\n",
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/features.py": _FEATURES,
        "tests/test_features.py": "import pandas as pd\n\nfrom acme.features import age\n\n\ndef test_age():\n"
        '    assert age(pd.DataFrame({"birth_year": [2000]}), 2025).tolist() == [25]\n',
    },
)


@rule(
    "MLD105",
    "feature-tested",
    on=Repository,
    hint="write a test with a few rows by hand and what must come out, missing values among them",
)
def feature_tested(repository: Repository, _: None) -> Iterator[Finding]:
    """A public feature function is reached by no test.

    Why: a wrong feature raises no error: the model is just worse, and nobody knows since when. The ML Test Score asks
    for tests of all feature code (Data 7).

    How to fix: test it on a few rows written by hand. A function counts as tested where a test imports or calls it,
    calls something that uses it, or hands its whole module (or its registry) on. Repositories without tests are left
    to MLS002.
    """
    reached: Reached | None = None
    for path, facts in sorted(repository.modules.items()):
        if "features" not in repository.roles_of(path) or facts.script or not about_data(facts.imports.values()):
            continue
        reached = reached or Reached(repository)
        if reached.tests and not reached.whole(path) and (untested := _untested(path, facts, reached, repository)):
            yield Finding(path, untested[0].line, _told(untested))


def _untested(path: str, facts: ModuleFacts, reached: Reached, repository: Repository) -> list[Function]:
    public = [one for one in facts.functions if one.public and "." not in one.name]
    asked = [one for one in public if not _is_registered(one, reached)]
    untested = [one for one in asked if not reached.has(path, one.name)]
    if untested and len(untested) < len(public):  # the tested ones may use the others in ways that calls do not show
        source = repository.text(path)
        untested = [one for one in untested if len(re.findall(rf"\b{re.escape(one.name)}\b", source)) == 1]
    return untested


def _is_registered(function: Function, reached: Reached) -> bool:
    """Return whether its decorator comes from a module that a test imports from: the registry knows the function."""
    origins = {mark.rpartition(".")[0] for mark in function.decorators} - {""}
    return any(
        name.rpartition(".")[0] in origins or name in origins
        for test in reached.tests
        for name in test.imports.values()
    )


def _told(untested: list[Function]) -> str:
    names = ", ".join(f"`{one.name}`" for one in untested[:_SHOWN])
    more = f" and {len(untested) - _SHOWN} more" if len(untested) > _SHOWN else ""
    return f"no test reaches {names}{more}; write one with a few rows by hand"
