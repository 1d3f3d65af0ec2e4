"""Templates that cannot be rendered, or write where they may not: nothing may change."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, write
from scenarios.model import CONFIG, Expect, Probe, Scenario, story

_V1 = {"a.md": story("a"), "README.md": story("readme")}
_TEAM = (append("README.md", "The team says so.\n"),)
_REFUSED = Expect("never", "must")
_scenario = partial(Scenario, category="failure", v1=_V1, team=_TEAM)
_broken = partial(_scenario, expect=_REFUSED, renders=False)
_CHANGED = {**_V1, "a.md": story("a", {8: "The template says so."})}

SCENARIOS = (
    _broken(name="unknown-name-in-the-new-version", v2={**_CHANGED, "z.md.jinja": "{{ nothing.of.this }}\n"}),
    _broken(name="syntax-error-in-the-new-version", v2={**_CHANGED, "z.md.jinja": "{% if %}\n"}),
    _broken(name="no-yaml-in-the-new-configuration", v2=_CHANGED, config2="_subdirectory: [\n"),
    _broken(name="failing-validator", v2=_CHANGED, config2=CONFIG + "x: {type: int, default: 1, validator: 'never'}\n"),
    _broken(
        name="path-out-of-the-project",
        v2={**_CHANGED, "{{ up }}/escaped.md": "out\n"},
        config2=CONFIG + "up: {type: str, default: '..'}\n",
    ),
    _broken(
        name="path-into-the-git-directory",
        v2={**_CHANGED, "{{ up }}/hooks/post-checkout": "#!/bin/sh\n"},
        config2=CONFIG + "up: {type: str, default: .git}\n",
    ),
    _broken(name="new-version-wants-a-task", v2=_CHANGED, config2=CONFIG + "_tasks: ['touch task-ran']\n"),
    _broken(
        name="new-version-wants-a-failing-task",
        v2=_CHANGED,
        config2=CONFIG + "_tasks: ['echo broken > README.md; exit 1']\n",
    ),
    _scenario(
        name="new-path-is-a-folder-of-the-team",
        v2={**_CHANGED, "data": "a file\n"},
        team=(*_TEAM, write("data/one.csv", "1,2,3\n")),
        expect=Expect("may", "may", holds=(Probe("1,2,3", "data/one.csv"),)),
    ),
)
