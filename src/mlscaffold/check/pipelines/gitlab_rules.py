"""When a job of GitLab runs: `rules:`, or `only:` and `except:`, tried for each kind of pipeline."""

__all__ = ["TRIGGERS", "may_run"]

import re
from typing import Any, Final

from mlscaffold.check.pipelines.conditions import holds
from mlscaffold.check.pipelines.model import DEFAULT_BRANCHES, Trigger, texts

_SOURCES: Final[dict[Trigger, str]] = {
    "pull_request": "merge_request_event",
    "push": "push",
    "main": "push",
    "tag": "push",
    "schedule": "schedule",
    "manual": "web",
    "dispatch": "trigger",
}
# The words of `only:` and `except:`.
_WORDS: Final[dict[str, frozenset[Trigger]]] = {
    "branches": frozenset({"push", "main", "schedule", "manual", "dispatch"}),
    "tags": frozenset({"tag"}),
    "merge_requests": frozenset({"pull_request"}),
    "external_pull_requests": frozenset({"pull_request"}),
    "pushes": frozenset({"push", "main", "tag"}),
    "schedules": frozenset({"schedule"}),
    "web": frozenset({"manual"}),
    "api": frozenset({"dispatch"}),
    "triggers": frozenset({"dispatch"}),
    "pipelines": frozenset({"dispatch"}),
}
TRIGGERS: Final = tuple(_SOURCES)


def may_run(job: dict[str, Any], rules: Any, workflow: Any, trigger: Trigger) -> bool:
    """Return whether `trigger` may start a job, by its rules and by those of the whole pipeline (`workflow`).

    Rules are lists, with what they refer to in its place; what is no list is none.
    """
    if isinstance(workflow, list) and not _let(workflow, trigger):
        return False
    if isinstance(rules, list):
        return _let(rules, trigger)
    if "only" in job or "except" in job:
        return _named(job.get("only", ["branches", "tags"]), trigger) and not _named(job.get("except"), trigger)
    # Without any rules at all, GitLab leaves merge requests out.
    return trigger != "pull_request" or isinstance(workflow, list)


def _let(rules: Any, trigger: Trigger) -> bool:
    """Return whether rules may let a run happen: the first one that holds decides."""
    named = " ".join(texts(rules))
    branches = [name for name in DEFAULT_BRANCHES if name in named] or ["main"]
    return any(_first(rules, _scene(trigger, name)) for name in branches)


def _first(rules: list[Any], scene: dict[str, Any]) -> bool:
    for rule in rules:
        if not isinstance(rule, dict):
            return True  # a reference that leads nowhere we know
        condition = rule.get("if")
        held = holds(condition, scene) if isinstance(condition, str) else True
        if held and ("changes" in rule or "exists" in rule):
            held = None
        never = rule.get("when") == "never"
        if held or (held is None and not never):
            return not never
    return False


def _scene(trigger: Trigger, default: str) -> dict[str, Any]:
    """Return the variables of a pipeline that `trigger` starts, where the default branch is called `default`."""
    branch = {"pull_request": None, "tag": None, "push": "some-change"}.get(trigger, default)
    tag = "v1.0.0" if trigger == "tag" else None
    of_request = {
        "CI_MERGE_REQUEST_ID": "1",
        "CI_MERGE_REQUEST_IID": "1",
        "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": default,
        "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "some-change",
    }
    return {
        "CI": "true",
        "GITLAB_CI": "true",
        "CI_PIPELINE_SOURCE": _SOURCES[trigger],
        "CI_DEFAULT_BRANCH": default,
        "CI_COMMIT_BRANCH": branch,
        "CI_COMMIT_TAG": tag,
        "CI_COMMIT_REF_NAME": branch or tag or "some-change",
        **(of_request if trigger == "pull_request" else dict.fromkeys(of_request)),
    }


def _named(refs: Any, trigger: Trigger) -> bool:
    """Return whether `only:` or `except:` name a run that `trigger` starts."""
    names = list(texts(refs.get("refs", ["branches", "tags"]) if isinstance(refs, dict) else refs))
    return any(trigger in _WORDS[name] if name in _WORDS else _is_branch(name, trigger) for name in names)


def _is_branch(name: str, trigger: Trigger) -> bool:
    if trigger == "pull_request":
        return False
    tried = {"push": ["some-change", "feature/some-change"], "tag": ["v1.0.0", "1.0.0"]}.get(trigger, DEFAULT_BRANCHES)
    if not name.startswith("/"):
        return name.partition("@")[0] in tried
    try:
        return any(re.search(name.strip("/"), one) for one in tried)
    except re.error:
        return True
