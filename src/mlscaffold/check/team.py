"""Rules of the team's own, on three rungs: in words, in a file, in a package; and settings from a package."""

__all__ = ["extended", "sources", "team_rules"]

import os
import sys
from typing import Any, Final

from mlscaffold.check.custom import custom_rules
from mlscaffold.check.digest import digest
from mlscaffold.check.lazy import expression
from mlscaffold.check.loading import apart, from_file, from_package
from mlscaffold.check.registry import Rule, Rules
from mlscaffold.check.schema import SCHEMA, fault
from mlscaffold.check.settings import SettingsError, merged, with_reasons
from mlscaffold.check.targets.document import UnreadableError, parsed

_CODE: Final = expression("[A-Z]{2,5}[0-9]{3}")
_OURS: Final = "ML"
_EXTENDS: Final = expression(r"package:(?P<package>[\w.]+)/(?P<file>[^\\]+\.toml)")


def team_rules(root: str, table: dict[str, Any], rules: Rules, where: str) -> tuple[dict[str, Any], str]:
    """Add the rules that `table` names; return the table with what it extends, and a print of the rules.

    Raises:
        SettingsError: a rule or package that cannot be had.
        RuleError: a code that is taken.
    """
    table, prints = extended(table, where)
    loaded = [from_file(root, path, where) for path in table.get("rules-files", ())]
    loaded += [from_package(name, where) for name in table.get("plugins", ())]
    in_words = table.get("custom", {})
    for code in in_words:
        _check(code, f"{where}: custom")
    for one in loaded:
        for new in one.rules:
            _check(new.code, new.module)
            _add(new, rules)
    for new in custom_rules(in_words, where):
        _add(new, rules)
    prints += [repr(in_words), *(_print_of(path) for one in loaded for path in one.files)]
    return table, "\n".join(prints)


def sources(root: str, table: dict[str, Any]) -> list[str]:
    """Return the files that the rules of `table` come from, relative to the root: after `team_rules` has read them."""
    found: list[str] = list(table.get("rules-files", ()))
    package = _EXTENDS.fullmatch(table.get("extends", ""))
    names = [*table.get("plugins", ()), *([package["package"]] if package else [])]
    for key, module in list(sys.modules.items()):
        place = getattr(module, "__file__", None)
        if place and any(f"{key}.".startswith(f"{name}.") for name in names):
            found.append(os.path.relpath(place, root))
    if package and (place := _place_of(package["package"], package["file"])):
        found.append(os.path.relpath(place, root))
    return found


def _check(code: str, where: str) -> None:
    if code.startswith(_OURS):
        raise SettingsError(f"{where}: {code}: codes that begin with {_OURS} are mlscaffold's own; take another")
    if not _CODE.fullmatch(code):
        raise SettingsError(f"{where}: {code!r} is no code; it takes 2 to 5 capitals and 3 digits, as ACM001")


def _add(new: Rule, rules: Rules) -> None:
    if new.code in rules:
        raise SettingsError(f"{new.code} is declared twice: in {rules[new.code].module} and in {new.module}")
    rules.add(new)


def extended(table: dict[str, Any], where: str) -> tuple[dict[str, Any], list[str]]:
    """Return `table` over the settings that it extends, and their text. Raises `SettingsError`."""
    wanted = table.get("extends")
    if wanted is None:
        return table, []
    match = _EXTENDS.fullmatch(wanted)
    if not match:
        raise SettingsError(f"{where}: extends is {wanted!r}; it takes package:NAME/FILE.toml, of an installed package")
    data = _resource(match["package"], match["file"], f"{where}: extends")
    try:
        base = parsed("base.toml", data)
    except UnreadableError as problem:
        raise SettingsError(f"{wanted} does not parse: {problem}") from None
    if told := fault(base, SCHEMA):
        raise SettingsError(f"{wanted}: {told}")
    if "extends" in base:
        raise SettingsError(f"{wanted}: what is extended extends nothing itself; take the key out")
    return merged(with_reasons(base), table), [data.decode(errors="replace")]


def _resource(package: str, file: str, where: str) -> bytes:
    from importlib.resources import files

    try:
        with apart():  # the package may hold rules too: they are asked for by `plugins`
            return files(package).joinpath(file).read_bytes()
    except ModuleNotFoundError as problem:
        if problem.name and f"{package}.".startswith(f"{problem.name}."):
            raise SettingsError(
                f"{where}: {package} is not installed here; install it beside mlscaffold"
                " (in a hook: under additional_dependencies)"
            ) from None
        raise SettingsError(f"{where}: {package} cannot be imported: {problem}") from None
    except OSError as problem:
        raise SettingsError(f"{where}: {package} holds no {file} that can be read: {problem.strerror}") from None
    except Exception as problem:  # noqa: BLE001 - whatever the package does when it is imported
        raise SettingsError(f"{where}: {package} cannot be imported: {type(problem).__name__}: {problem}") from None


def _place_of(package: str, file: str) -> str:
    """Return where a file of an imported package lies on disk, or ""."""
    place = getattr(sys.modules.get(package), "__path__", None)
    return next((f"{folder}/{file}" for folder in place or () if os.path.isfile(f"{folder}/{file}")), "")


def _print_of(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return f"{path} {digest(file.read())}"
    except OSError:
        return path
