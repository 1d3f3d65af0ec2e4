"""What a generated project says to GitHub, held against GitHub's own description of its REST API."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import jsonschema
import pytest

from toolbox.npm import npm
from toolbox.projects import environment, rendered
from toolbox.rest import Asked, serving

pytestmark = pytest.mark.pipelines

TOKEN: Final = "of-the-test"  # noqa: S105 - opens nothing
DRIVER: Final = """\
from tools.forge import here
forge = here()
forge.comment("<!-- mine -->", "first")
forge.comment("Me", "second")  # as the comment of the description's example begins
forge.propose("template-update", "A title", "A text")
forge.propose("other", "A title", "A text")
forge.request("new-data", "month 7")
"""


@cache
def description() -> dict[str, Any]:
    place = npm("@octokit/openapi") / "@octokit/openapi/generated/api.github.com.json"
    found: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    return found


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part:
        pointer, part = part["$ref"], description()
        for key in pointer.removeprefix("#/").split("/"):
            part = part[key.replace("~1", "/").replace("~0", "~")]
    return part


def operation(asked: Asked) -> dict[str, Any] | None:
    """Return what the description says of this request: of several templates the one with the fewest holes."""
    fitting = [
        (template.count("{"), methods[asked.method.lower()])
        for template, methods in description()["paths"].items()
        if asked.method.lower() in methods and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), asked.path)
    ]
    return min(fitting, key=lambda found: found[0])[1] if fitting else None


def faults(asked: Asked) -> Iterator[str]:
    """Yield what the description does not allow: path, query, headers, fields and their types."""
    found = operation(asked)
    place = f"{asked.method} {asked.path}"
    if found is None:
        yield f"{place}: there is no such operation"
        return
    parameters = {parameter["name"]: parameter for parameter in map(resolved, found["parameters"])}
    for name, values in asked.query.items():
        if name not in parameters:
            yield f"{place}: no parameter {name}"
        elif (allowed := resolved(parameters[name]["schema"]).get("enum")) and values[0] not in allowed:
            yield f"{place}: {name} is one of {allowed}"
    if asked.headers.get("authorization") != f"Bearer {TOKEN}" or "user-agent" not in asked.headers:
        yield f"{place}: no authorization, or no user agent"
    if asked.body is None:
        return
    schema = resolved(resolved(found["requestBody"])["content"]["application/json"]["schema"])
    yield from (f"{place}: no field {name}" for name in set(asked.body) - set(schema["properties"]))
    rules = jsonschema.Draft202012Validator({**description(), **schema})
    yield from (f"{place}: {error.message}" for error in rules.iter_errors(asked.body))


def example(asked: Asked) -> tuple[int, Any]:
    """Answer with the example that the description gives for success."""
    found = operation(asked)
    if found is None:
        return 404, {"message": "Not Found"}
    status = min(code for code in found["responses"] if code.startswith("2"))
    content = resolved(found["responses"][status]).get("content")
    examples = content["application/json"]["examples"] if content else {}
    answer = next((resolved(one)["value"] for one in examples.values()), None)
    # The example of a list has one pull request, whatever is asked for: a new branch has none.
    return int(status), [] if "octocat:other" in asked.query.get("head", []) else answer


@pytest.fixture
def github() -> Generator[tuple[str, list[Asked]]]:
    """A server that answers as the description says, and all that it was asked."""
    with serving(example) as server:
        yield server


@pytest.fixture
def talk(github: tuple[str, list[Asked]]) -> Callable[[str], list[Asked]]:
    """Run code of the generated project against the server and return what it asked."""
    address, requests = github
    root: Path = rendered(("github",))

    def run(code: str) -> list[Asked]:
        variables = environment(
            FORGE_TOKEN=TOKEN,
            GITHUB_API_URL=address,
            GITHUB_REPOSITORY="octocat/Hello-World",
            GITHUB_REF="refs/pull/7/merge",
            PYTHONPATH=f"{root / 'src'}:{root}",
            PYTHONDONTWRITEBYTECODE="1",
        )
        done = subprocess.run([sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return requests

    return run


def test_all_that_is_said_is_in_the_description(talk: Callable[[str], list[Asked]]) -> None:
    asked = talk(DRIVER)
    assert [fault for one in asked for fault in faults(one)] == []
    assert [f"{one.method} {one.path.removeprefix('/repos/octocat/Hello-World/')}" for one in asked] == [
        "GET issues/7/comments",
        "POST issues/7/comments",
        "GET issues/7/comments",
        "PATCH issues/comments/1",
        "GET pulls",
        "PATCH pulls/1347",
        "GET pulls",
        "POST pulls",
        "POST dispatches",
    ]


PLANTED: Final = {
    "a field that there is not": (
        "pulls",
        {"title": "x", "head": "a", "base": "main", "reason": "x"},
        "no field reason",
    ),
    "a field that is missing": ("dispatches", {"client_payload": {}}, "'event_type' is a required property"),
    "another type": ("issues/7/comments", {"body": 7}, "7 is not of type 'string'"),
    "another place": ("comments/of/7", {"body": "x"}, "no such operation"),
    "too much payload": (
        "dispatches",
        {"event_type": "x", "client_payload": {str(number): 1 for number in range(11)}},
        "too many properties",
    ),
}


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_seen(talk: Callable[[str], list[Asked]], fault: str) -> None:
    path, body, words = PLANTED[fault]
    code = f"""\
from tools.forge import here
from tools.forge.base import ForgeError, ask
try:
    ask(here().api, "POST", "repos/octocat/Hello-World/{path}", {body!r})
except ForgeError:
    pass
"""
    (asked,) = talk(code)
    assert any(words in told for told in faults(asked)), [*faults(asked)]
