"""The filters that templates may use: Jinja's own, and Ansible's as Copier offers them."""

__all__ = ["Filters", "banned"]

import json
from collections.abc import Callable, Mapping
from pathlib import PurePath
from typing import Any, Final, NoReturn

import jinja2
import yaml

from mlscaffold.render.blame import BeyondNative
from mlscaffold.template.claims import UNPREDICTABLE_FILTERS


class Filters(dict[str, Callable[..., Any]]):
    """Jinja's filters; Ansible's come in when one is asked for that Jinja does not have (they cost 8 ms)."""

    def __init__(self, environment: jinja2.Environment, *, predictable: bool) -> None:
        super().__init__({**environment.filters, **_OWN_FILTERS})
        self._environment: jinja2.Environment | None = environment
        self._predictable = predictable
        self._ban()

    def __missing__(self, name: str) -> Callable[..., Any]:
        self._load()
        if super().__contains__(name):
            return self[name]
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if not super().__contains__(name):
            self._load()
        return super().__contains__(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Look `name` up as Jinja's compiler does."""
        try:
            return self[name]
        except KeyError:
            return default

    def _load(self) -> None:
        environment, self._environment = self._environment, None
        if environment is None:
            return  # they are in already, or coming in just now
        for name in _OWN_FILTERS:
            del self[name]  # the extension does not put up with names that are taken
        environment.add_extension("jinja2_ansible_filters.AnsibleCoreFiltersExtension")
        self.update(_OWN_FILTERS)
        self._ban()

    def _ban(self) -> None:
        if self._predictable:
            self.update({name: banned(name) for name in UNPREDICTABLE_FILTERS & self.keys()})


def banned(name: str) -> Callable[..., NoReturn]:
    """Return a stand-in that asks for the other renderer as soon as it is called."""

    def call(*_args: Any, **_options: Any) -> NoReturn:
        raise BeyondNative(name)

    return call


def _jsonable(value: Any) -> Any:
    """Turn what JSON does not know into what it does, as Copier's `to_json` filter does."""
    from pydantic_core import to_jsonable_python  # 20 ms, and needed for a date or a path only

    return to_jsonable_python(value, fallback=lambda other: str(other) if isinstance(other, PurePath) else other)


def _to_json(value: Any, *args: Any, **options: Any) -> str:
    return json.dumps(value, *args, **{"default": _jsonable, **options})


def _to_nice_yaml(value: Any, indent: int = 4, *_args: Any, **options: Any) -> str:
    text: str = yaml.dump(value, indent=indent, allow_unicode=True, default_flow_style=False, **options)
    return text


# The two filters that nearly every template uses, as Ansible and Copier define them: with these alone, the import of
# all others is saved.
_OWN_FILTERS: Final[Mapping[str, Callable[..., Any]]] = {"to_json": _to_json, "to_nice_yaml": _to_nice_yaml}
