"""Rules in Python that are not ours: from files of the repository, and from installed packages."""

__all__ = ["TeamRules", "apart", "from_file", "from_package"]

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any, Final, NamedTuple

from mlscaffold.check.findings import Finding
from mlscaffold.check.nearest import nearest
from mlscaffold.check.places import ROLES
from mlscaffold.check.registry import Rule, declared
from mlscaffold.check.scan import read
from mlscaffold.check.settings import SettingsError

_TARGETS: Final = frozenset({"Module", "Notebook", "Dockerfile", "Pipeline", "Repository", "Ignores", "Unread"})
# Every rule that a team's module has declared in this process: a module that is imported twice declares once.
_seen: Final[dict[tuple[str, str], Rule]] = {}


class TeamRules(NamedTuple):
    """The rules of one file or package, and the files that they come from."""

    rules: tuple[Rule, ...]
    files: tuple[str, ...]


def from_file(root: str, path: str, where: str) -> TeamRules:
    """Run a file of the repository and return the rules that it declares. Raises `SettingsError`."""
    try:
        source = read(root, path)
    except (OSError, ValueError) as problem:
        told = getattr(problem, "strerror", None) or problem
        raise SettingsError(f"{where}: rules-files: {path} cannot be read: {told}") from None
    # A name that no import statement can mean, so that it is in nobody's way.
    module = ModuleType(f"rules-file {path}")
    place = f"{root}/{path}"
    module.__file__ = place
    for key in [key for key in _seen if key[0] == module.__name__]:
        del _seen[key]
    sys.modules[module.__name__] = module  # or dataclasses do not find themselves

    def run() -> None:
        exec(compile(source, place, "exec"), module.__dict__)  # noqa: S102 - the team's own file, named in its settings

    _collect(run, f"{where}: rules-files: {path}", {place})
    return TeamRules(_declared_in(module.__name__, path), (place,))


def from_package(name: str, where: str) -> TeamRules:
    """Import a module and return the rules that it and those below it declare. Raises `SettingsError`."""

    def run() -> None:
        importlib.import_module(name)

    _collect(run, f"{where}: plugins: {name}", set(), name)
    files = (getattr(module, "__file__", None) for key, module in list(sys.modules.items()) if _within(key, name))
    return TeamRules(_declared_in(name, name), tuple(sorted(filter(None, files))))


@contextmanager
def apart() -> Iterator[None]:
    """Leave `declared` as it was, whatever is imported inside: the next run may be on another repository."""
    before = dict(declared)
    declared.clear()
    try:
        yield
    finally:
        _seen.update({(one.module, one.code): one for one in (*before.values(), *declared.values())})
        declared.clear()
        declared.update(before)


def _within(module: str, name: str) -> bool:
    return f"{module}.".startswith(f"{name}.")


def _collect(run: Callable[[], None], where: str, files: set[str], wanted: str = "") -> None:
    """Run what declares rules; whatever goes wrong is told in one line."""
    try:
        with apart():
            run()
    except ModuleNotFoundError as problem:
        if wanted and problem.name and _within(wanted, problem.name):
            raise SettingsError(
                f"{where} is not installed here; install it beside mlscaffold"
                " (in a hook: under additional_dependencies)"
            ) from None
        raise SettingsError(_told(where, problem, files)) from None
    except (Exception, SystemExit) as problem:  # noqa: BLE001 - whatever the team's code does
        raise SettingsError(_told(where, problem, files)) from None


def _told(where: str, problem: BaseException, files: set[str]) -> str:
    """Return one line that names the fault, and the line of the team's code that it came from."""
    line = getattr(problem, "lineno", 0) or 0
    trace = problem.__traceback__
    while trace:
        if trace.tb_frame.f_code.co_filename in files:
            line = trace.tb_lineno
        trace = trace.tb_next
    told = " ".join(str(getattr(problem, "msg", problem)).split())
    return f"{where}{f', line {line}' if line else ''}: {type(problem).__name__}: {told}"


def _declared_in(name: str, where: str) -> tuple[Rule, ...]:
    found = [one for (module, _), one in _seen.items() if _within(module, name) and module in sys.modules]
    for one in found:
        if not one.on.startswith("ast.") and one.on not in _TARGETS:
            told = f"{one.code} is on {one.on}, not on a node of ast or one of {', '.join(sorted(_TARGETS))}"
            raise SettingsError(f"{where}: {told}")
        if unknown := [role for role in (*one.only, *one.never) if role not in ROLES]:
            raise SettingsError(f"{where}: {one.code}: {unknown[0]!r} is no role{nearest(str(unknown[0]), ROLES)}")
    return tuple(one._replace(look=_guarded(one, where)) for one in found)


def _guarded(rule: Rule, where: str) -> Callable[[Any, Any], Iterator[Finding]]:
    """Return the rule's function; a fault in it is told as one of the team's, not of ours."""
    files = {getattr(sys.modules.get(rule.module), "__file__", None) or ""}

    def look(target: Any, context: Any) -> Iterator[Finding]:
        try:
            for one in rule.look(target, context):
                yield _finding(one)
        except Exception as problem:
            at = getattr(target, "path", "") or getattr(context, "path", "")  # a node's place is its module's
            on = f" on {at}" if at else ""
            raise SettingsError(_told(f"{where}: {rule.code} fails{on}", problem, files)) from problem

    return look


def _finding(one: object) -> Finding:
    if not isinstance(one, Finding):
        raise TypeError(f"it yields {one!r}, which is no Finding")
    return one
