"""What a line of shell installs with pip, without a version that would be the same tomorrow."""

__all__ = ["unlocked"]

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mlscaffold.check.lazy import expression

# Options of `pip install` that take a value; what a file or a folder of wheels names is not ours to judge here.
_WITH_VALUE: Final = frozenset([
    "-i", "--index-url", "--extra-index-url", "-t", "--target", "--prefix", "--root", "--platform", "--python-version",
    "--implementation", "--abi", "--trusted-host", "--cache-dir", "--progress-bar", "--timeout", "--retries", "--src",
    "--upgrade-strategy", "--log", "--python", "-p", "--index", "--default-index", "--index-strategy", "-C",
    "--torch-backend", "--config-settings", "--no-binary", "--only-binary",
])  # fmt: skip
_LOCKED: Final = frozenset(
    ["-r", "--requirement", "--requirements", "-c", "--constraint", "--constraints", "--require-hashes", "--no-index"]
)
_INSTALLERS: Final = expression(r"(?:.*/)?pip(?:3(?:\.\d+)?)?")
_PYTHON: Final = expression(r"(?:.*/)?python(?:3(?:\.\d+)?)?|\{?sys\.executable\}?")
# What installs the rest; each release of it is made to read older lock files.
_TOOLS: Final = frozenset([
    "pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "pdm", "hatch", "pip-tools", "pipx", "virtualenv", "build",
    "conda-lock", "pixi", "rye",
])  # fmt: skip
_NAME: Final = expression(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(.*)")
# Flags of RUN, variables, and what only runs the rest.
_BEFORE: Final = expression(r"-.*|\w+=.*|sudo|exec|time|env|then|do|else|!")
_ENDS: Final = frozenset(["&&", "||", ";", "|", "&", "(", ")", "|&", ";;"])


def unlocked(shell: str) -> list[str]:
    """Return what `pip install` in these lines of shell names without an exact version, in its order."""
    found: list[str] = []
    for command in _commands(shell):
        if rest := _installed(command):
            found += _loose(rest)
    return found


def _commands(shell: str) -> Iterator[list[str]]:
    import shlex

    lines = " ; ".join(line for line in shell.splitlines() if not line.lstrip().startswith("#"))
    reader = shlex.shlex(lines, posix=True, punctuation_chars=True)
    reader.whitespace_split, reader.commenters = True, ""
    command: list[str] = []
    try:
        for word in reader:
            if word in _ENDS:
                yield command
                command = []
            else:
                command.append(word)
    except ValueError:  # a quote without its end: what stands before it is known
        pass
    yield command


def _installed(command: Sequence[str]) -> list[str]:
    """Return the arguments of `pip install` in any of its spellings; none where the command is another one."""
    words = list(command)
    while words and _BEFORE.fullmatch(words[0]):
        words.pop(0)
    match words:
        case [python, "-m", "pip", *rest] if _PYTHON.fullmatch(python):
            pass
        case ["uv", "pip", *rest]:
            pass
        case [pip, *rest] if _INSTALLERS.fullmatch(pip):
            pass
        case _:
            return []
    return rest[rest.index("install") + 1 :] if "install" in rest[:3] else []


def _loose(arguments: Sequence[str]) -> list[str]:
    if any(word.partition("=")[0] in _LOCKED or re.match("-[rc].|{[{%]", word) for word in arguments):
        return []  # from a file, or a template that is filled in later
    found, skip = [], False
    for word in arguments:
        if skip or word.startswith("-"):
            skip = not skip and word in _WITH_VALUE
        elif word[:1] in "<>":
            skip = True  # to a file
        elif _is_loose(word):
            found.append(word)
    return found


def _is_loose(word: str) -> bool:
    if "$" in word or "{" in word or word.isdigit():
        return False  # only known when it runs; or the number before `>`
    if word.startswith("git+") or "git+" in word.partition("@")[2]:
        return "@" not in word.rpartition("/")[2]
    named = _NAME.fullmatch(word)
    if not named or "/" in word or word.endswith((".whl", ".gz", ".zip")):
        return False  # a folder or a file
    name, version = named[1].lower().replace("_", "-"), named[2]
    return name not in _TOOLS and "==" not in version and not version.startswith(("~=", "@"))
