"""Questions and answers that change between two versions."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, replace, write
from scenarios.model import CONFIG, Expect, Probe, Scenario, story

_scenario = partial(Scenario, category="answers")
_TITLE = {"README.md.jinja": "# {{ project_name }}\n\n" + story("readme")}
_OWNED = {"README.md.jinja": "# {{ project_name }} by {{ owner }}\n\n" + story("readme")}
_OWNER = CONFIG + "owner: {type: str, default: nobody}\n"
_PAID = {"count.txt.jinja": "{{ count }} things\n" + story("count")}
_EDIT = append("README.md", "The team says so.\n")


def _count(kind: str, default: str, name: str = "count", more: str = "") -> str:
    return f"{CONFIG}{name}: {{type: {kind}, default: {default}{more}}}\n"


SCENARIOS = (
    _scenario(
        name="new-question",
        v1=_TITLE,
        v2=_OWNED,
        config2=_OWNER,
        team=(_EDIT,),
        expect=Expect(gets=(Probe("# demo by nobody", "README.md"), Probe("owner: nobody", ".copier-answers.yml"))),
    ),
    _scenario(
        name="new-question-answered",
        v1=_TITLE,
        v2=_OWNED,
        config2=_OWNER,
        settings={"owner": "us"},
        team=(_EDIT,),
        expect=Expect(gets=(Probe("# demo by us", "README.md"),)),
    ),
    _scenario(
        name="renamed-question",
        v1=_OWNED,
        v2={"README.md.jinja": _OWNED["README.md.jinja"].replace("owner", "team")},
        config=_OWNER,
        config2=CONFIG + "team: {type: str, default: nobody}\n_mlscaffold: {renamed: {owner: team}}\n",
        answers={"owner": "us"},
        then={"team": "us"},
        team=(_EDIT,),
        expect=Expect(holds=(Probe("# demo by us", "README.md"),), gets=(Probe("team: us", ".copier-answers.yml"),)),
    ),
    _scenario(
        name="removed-question",
        v1=_OWNED,
        v2=_TITLE,
        config=_OWNER,
        config2=CONFIG,
        answers={"owner": "us"},
        then={},
        team=(_EDIT,),
    ),
    _scenario(
        name="question-of-another-type",
        v1=_PAID,
        v2=_PAID,
        config=_count("int", "3"),
        config2=_count("str", "three"),
        answers={"count": "7"},
        team=(append("count.txt", "The team says so.\n"),),
        expect=Expect(holds=(Probe("7 things", "count.txt"),)),
    ),
    _scenario(
        name="question-of-a-type-that-the-answer-does-not-fit",
        v1=_PAID,
        v2=_PAID,
        config=_count("str", "3"),
        config2=_count("int", "3"),
        answers={"count": "seven"},
        then={},
        team=(append("count.txt", "The team says so.\n"),),
        expect=Expect("never", "may"),
    ),
    _scenario(
        name="answer-that-is-no-choice-any-more",
        v1=_PAID,
        v2=_PAID,
        config=_count("str", "few", more=", choices: [few, many]"),
        config2=_count("str", "some", more=", choices: [some, lots]"),
        answers={"count": "many"},
        then={},
        team=(append("count.txt", "The team says so.\n"),),
        expect=Expect("never", "may"),
    ),
    _scenario(
        name="default-changed-but-the-answer-is-recorded",
        v1=_PAID,
        v2=_PAID,
        config=_count("int", "3"),
        config2=_count("int", "9"),
        then={"count": "3"},
        expect=Expect(holds=(Probe("3 things", "count.txt"),)),
    ),
    _scenario(
        name="question-hidden-by-another-answer",
        v1=_OWNED,
        v2=_OWNED,
        config=_OWNER,
        config2=CONFIG
        + "named: {type: bool, default: false}\nowner: {type: str, default: nobody, when: '{{ named }}'}\n",
        answers={"owner": "us"},
        team=(_EDIT,),
        expect=Expect("may", exempt=("README.md",), holds=(Probe("The team says so.", "README.md"),)),
    ),
    _scenario(
        name="changed-answer-in-an-edited-file",
        v1=_OWNED,
        v2=_OWNED,
        config=_OWNER,
        settings={"owner": "us"},
        team=(_EDIT,),
        expect=Expect(gets=(Probe("# demo by us", "README.md"), Probe("owner: us", ".copier-answers.yml"))),
    ),
    _scenario(
        name="changed-answer-in-the-line-the-team-edited",
        v1=_OWNED,
        v2=_OWNED,
        config=_OWNER,
        settings={"owner": "us"},
        team=(replace("README.md", "# demo by nobody", "# Demo, by nobody in particular"),),
        expect=Expect("must", holds=(Probe("by nobody in particular"),), gets=(Probe("# demo by us"),)),
    ),
    _scenario(
        name="answer-edited-by-hand",
        answers_file=True,
        v1=_OWNED,
        v2={**_OWNED, "new.md": "new\n"},
        config=_OWNER,
        then={"owner": "us"},
        team=(replace(".copier-answers.yml", "owner: nobody", "owner: us"),),
        expect=Expect("may", gets=(Probe("# demo by us", "README.md"),)),
    ),
    _scenario(
        name="answers-file-is-no-yaml",
        answers_file=True,
        v1=_TITLE,
        v2={**_TITLE, "new.md": "new\n"},
        team=(write(".copier-answers.yml", "{[ no yaml\n"),),
        expect=Expect("never", "must"),
    ),
    _scenario(
        name="answers-file-with-conflict-markers",
        answers_file=True,
        v1=_TITLE,
        v2={**_TITLE, "new.md": "new\n"},
        team=(
            replace(
                ".copier-answers.yml", "package: demo", "<<<<<<< ours\npackage: a\n=======\npackage: b\n>>>>>>> theirs"
            ),
        ),
        expect=Expect("never", "must"),
    ),
    _scenario(
        name="extra-keys-and-comments-in-the-answers-file",
        answers_file=True,
        v1=_TITLE,
        v2={**_TITLE, "new.md": "new\n"},
        team=(append(".copier-answers.yml", "unknown: 1  # of the team\n"),),
        expect=Expect("may", "may"),
    ),
)
