"""Which functions the tests reach: what they import and call, and what that calls in turn."""

__all__ = ["Reached"]

from collections.abc import Iterable

from mlscaffold.check.repository import Repository
from mlscaffold.check.targets.facts import Function, ModuleFacts


class Reached:
    """The names that tests reach, as far as imports and calls tell: rather too many than too few."""

    def __init__(self, repository: Repository) -> None:
        """Take the modules of the tests; they are followed when somebody asks."""
        self._modules = repository.modules
        self.tests = [facts for path, facts in repository.modules.items() if "tests" in repository.roles_of(path)]
        self._by_last: dict[str, list[tuple[str, Function]]] = {}
        self._names: set[str] = set()
        self._names_by_last: dict[str, list[str]] = {}
        self._followed: set[tuple[str, str]] = set()

    def has(self, path: str, name: str) -> bool:
        """Return whether a function at the top of the module at `path` is reached."""
        if not self._by_last:
            self._follow_all()
        return any(_may_be(path, name, reached) for reached in self._names_by_last.get(name, ()))

    def whole(self, path: str) -> bool:
        """Return whether a test hands the module itself on, to something that looks into it."""
        parts = _parts(path)
        names = {".".join(parts[start:]) for start in range(len(parts))}
        return any(
            name.removesuffix(".*") in names and not any(one.startswith(f"{name}.") for one in facts.attributes)
            for facts in self.tests
            for name in (*facts.imports.values(), *facts.attributes)
        )

    def _follow_all(self) -> None:
        for path, facts in self._modules.items():
            for function in facts.functions:
                for part in {function.name, function.name.partition(".")[0]} - {""}:
                    self._by_last.setdefault(part, []).append((path, function))
        for facts in self.tests:
            self._follow(_named(facts))

    def _follow(self, names: Iterable[str]) -> None:
        pending = list(names)
        while pending:
            name = pending.pop()
            if name in self._names:
                continue
            last = name.rpartition(".")[2]
            self._names.add(name)
            self._names_by_last.setdefault(last, []).append(name)
            for path, function in self._by_last.get(last, ()):
                place = (path, function.name)
                if place not in self._followed and _may_be(path, function.name.partition(".")[0], name):
                    # What a module imports and does not call, it hands on: `frame.pipe(add_age)`.
                    handed_on = () if (path, "") in self._followed else self._modules[path].imports.values()
                    self._followed |= {place, (path, "")}
                    pending += [*function.calls, *handed_on]


def _named(facts: ModuleFacts) -> set[str]:
    called = {call for function in facts.functions for call in function.calls}
    return called | set(facts.imports.values()) | set(facts.attributes)


def _may_be(path: str, function: str, name: str) -> bool:
    """Return whether a qualified name may mean this function: by the module, or by a package that hands it on."""
    holder, _, last = name.rpartition(".")
    return last == function and holder.rpartition(".")[2] in _parts(path)


def _parts(path: str) -> list[str]:
    return path.removesuffix(".py").removesuffix("/__init__").split("/")
