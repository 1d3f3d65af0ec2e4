"""MLD106: a path of one machine works on one machine."""

import ast
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.targets.module import Module

# Somebody's home, a drive, a mount. `/data`, `/opt` and `/tmp` are places that an image may promise, or a URL.
_PLACE: Final = expression(
    r"/home/\w[\w.-]*(/|$)|/Users/\w[\w. -]*/|/root/\w|/mnt/\w|/media/\w[\w.-]*/\w|/content/drive/|/kaggle/input/"
    r"|/dbfs/\w|[A-Za-z]:(\\|/(?!/))\w"
)
# Calls that speak of paths, or of URLs, and open nothing.
_TALK: Final = frozenset(
    "add_api_route add_url_rule compile count critical debug delete endswith error exception fail find finditer"  # noqa: SIM905 - reads as the list it is
    " fullmatch get head index info log lstrip match mount patch partition post print put redirect removeprefix"
    " removesuffix replace request route rpartition rsplit rstrip search split startswith strip sub url_for warn"
    " warning write".split()
)
_LONGEST: Final = 40  # of a path in a message
_TOLD: Final = frozenset({"description", "doc", "epilog", "example", "examples", "help", "metavar", "title"})
_INSIDE: Final = frozenset({"container_path", "mount_path", "mountpath", "remote_path", "sub_path", "target_path"})

BAD: Final[tuple[Example, ...]] = (
    {"src/acme/load.py": 'import pandas as pd\n\n\ndef load():\n    return pd.read_csv("/home/me/flights.csv")\n'},
    {"train.py": 'from pathlib import Path\n\nDATA = Path(r"D:\\projects\\flights")\n'},
)
OK: Final[tuple[Example, ...]] = (
    {"src/acme/load.py": "import pandas as pd\n\n\ndef load(config):\n    return pd.read_csv(config.data.source)\n"},
    {"train.py": 'from pathlib import Path\n\nDATA = Path(__file__).parent / "data"\n'},
)


@rule(
    "MLD106",
    "absolute-path",
    on=ast.Call,
    never=("tests",),
    needles=(
        b"/home/",
        b"/Users/",
        b"/root/",
        b"/mnt/",
        b"/media/",
        b"/content/",
        b"/kaggle/",
        b"/dbfs/",
        b":\\",
        b":/",
    ),
    hint="read the path from the configuration, or build it from the project's folder",
)
def absolute_path(call: ast.Call, module: Module) -> Iterator[Finding]:
    """A call is given the path of one machine: a home, a drive or a mount.

    Why: the code runs where it was written and nowhere else: not at a colleague's, not in the pipeline, not in the
    image.

    How to fix: let the configuration name the path, or build it from the project's folder (`Path(__file__).parent`).
    Tests are left alone, and so are texts for people and URLs.
    """
    if _only_talks(call, module):
        return
    given = [*call.args, *(one.value for one in call.keywords if one.arg not in _TOLD | _INSIDE)]
    for value in given:
        if (path := _text(value)) and _PLACE.match(path) and "\n" not in path:
            told = path if len(path) <= _LONGEST else f"{path[:_LONGEST]}..."
            yield module.at(value, f"`{told}` is there on one machine only; let the configuration name it")


def _only_talks(call: ast.Call, module: Module) -> bool:
    name = module.qualified(call.func).rpartition(".")[2]
    return name in _TALK or name.endswith(("Error", "Exception", "Warning"))


def _text(value: ast.expr) -> str:
    """Return a text, or how an f-string begins; "" for all else."""
    if isinstance(value, ast.JoinedStr) and value.values:
        value = value.values[0]
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""
