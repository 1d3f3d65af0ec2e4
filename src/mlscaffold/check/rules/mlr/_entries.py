"""Scripts that train, and all that they may come to call.

Python decides at run time what a call calls. So names are all that is compared, and a rule hears rather of too much
than of too little: who asks "does it never reach ...?" is told no in doubt.
"""

__all__ = ["Reach", "reached"]

from typing import Final, NamedTuple

from mlscaffold.check.lazy import expression
from mlscaffold.check.repository import Repository, shared
from mlscaffold.check.targets.facts import Function, ModuleFacts

_TRAINS: Final = expression(r"(?:.*[_-])?(?:pre|re)?(?:train|finetune|fine_tune)(?:[_-].*|er|ing)?\.py")
_ASIDE: Final = expression(
    r"(?:.*/)?(?:docs?|examples?|benchmarks?|notebooks|third_party|vendor|submodules|external)/.*"
)
_FITS: Final = expression(r".*\.(?:fit|backward|fit_transform|train)")
# What is then called stands in configuration, or runs in another process.
_ELSEWHERE: Final = expression(
    r".*\b(?:instantiate|import_module|LightningCLI|from_cfg|get_class)|(?:subprocess|os)\.(?:run|call|system|Popen"
    r"|check_call|check_output|execv\w*)|ray\..*|sagemaker\..*"
)


class Reach(NamedTuple):
    """What an entry point comes to: names of calls and of imports; `open` where calls cannot be followed further."""

    calls: frozenset[str]
    imports: frozenset[str]
    open: bool


@shared
def reached(repository: Repository) -> dict[str, Reach]:
    """Return the modules that are run to train a model, sorted, and what each of them comes to."""
    entries = sorted(path for path, facts in repository.modules.items() if _is_entry(repository, path, facts))
    if not entries:
        return {}
    index = _Index(repository)
    return {entry: _reach(repository, index, entry) for entry in entries}


def _is_entry(repository: Repository, path: str, facts: ModuleFacts) -> bool:
    if not _TRAINS.fullmatch(path.rpartition("/")[2]) or _ASIDE.fullmatch(path) or "{{" in path:
        return False
    at_import = facts.functions[0].calls if facts.functions else ()
    runs = facts.script or any(_FITS.fullmatch(call) for call in at_import)
    return runs and "tests" not in repository.roles_of(path)


def _reach(repository: Repository, index: "_Index", entry: str) -> Reach:
    """Follow the calls of an entry point through the repository."""
    calls: set[str] = set()
    imports: set[str] = set()
    seen: set[tuple[str, str]] = set()
    # All of the script itself: functions are also handed on, as in `spawn(worker)`.
    pending = [(entry, function) for function in repository.modules[entry].functions]
    while pending:
        path, function = pending.pop()
        if (path, function.name) in seen:
            continue
        seen.add((path, function.name))
        calls.update(function.calls)
        for call in (*function.calls, *function.decorators):
            pending += index.called(path, call)
        if not function.name:
            imports.update(repository.modules[path].imports.values())
        # What a module does when it is imported is done before any of its functions runs.
        pending += index.run_at_import(path)
    return Reach(frozenset(calls), frozenset(imports), any(_ELSEWHERE.fullmatch(call) for call in calls))


class _Index:
    """Functions and modules of a repository by the names that code may have for them."""

    def __init__(self, repository: Repository) -> None:
        self._facts = repository.modules
        self._modules: dict[str, list[str]] = {}
        self._named: dict[str, list[tuple[str, Function]]] = {}
        self._own: set[str] = set()  # parts of the names of modules
        for path, facts in repository.modules.items():
            parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
            self._own.update(parts)
            for start in range(len(parts)):
                self._modules.setdefault(".".join(parts[start:]), []).append(path)
            for function in facts.functions[1:]:
                for part in function.name.split("."):
                    self._named.setdefault(part, []).append((path, function))

    def called(self, path: str, call: str) -> list[tuple[str, Function]]:
        """Return the functions that `call`, made in `path`, may mean; a class means all its methods."""
        above, _, last = call.rpartition(".")
        named = self._named.get(last, [])
        imports = self._facts[path].imports.values()
        if not above:
            own = [one for one in named if one[0] == path]
            return own or (named if any(name.endswith(".*") for name in imports) else [])
        if above in self._modules:
            inside = [one for one in named if one[0] in self._modules[above]]
            return inside or named  # what a package passes on is defined elsewhere
        root = call.partition(".")[0]
        foreign = root not in self._own and root in {name.partition(".")[0] for name in imports}
        return [] if foreign else named

    def run_at_import(self, path: str) -> list[tuple[str, Function]]:
        """Return what runs when a module is imported: its own top, and the modules that it imports."""
        names = set(self._facts[path].imports.values())
        names |= {name.rpartition(".")[0] for name in names}
        paths = {path, *(found for name in names for found in self._modules.get(name, ()))}
        return [(found, function) for found in sorted(paths) for function in self._facts[found].functions[:1]]
