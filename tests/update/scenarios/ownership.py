"""Who owns a file: what the template wrote once, what it manages, what is a set of lines."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, delete, replace, write
from scenarios.model import CONFIG, Expect, Probe, Scenario, story

_scenario = partial(Scenario, category="ownership")


def _classes(name: str, glob: str) -> str:
    return f'{CONFIG}_mlscaffold: {{classes: {{{name}: ["{glob}"]}}}}\n'


_SEED, _ONCE = _classes("seed", "notes.md"), f"{CONFIG}_skip_if_exists: [notes.md]\n"
_LINES, _MANAGED = _classes("lines", "words.txt"), _classes("managed", "ci/*")
_KEPT = {"kept.md": story("kept")}
_NOTES = {**_KEPT, "notes.md": story("notes")}
_ANEW = {**_KEPT, "notes.md": story("notes", {8: "The template says so."})}
_MINE = write("notes.md", "all of it the team's own\n")
_OWN = Expect(holds=(Probe("all of it the team's own", "notes.md"),), exempt=("notes.md",))
_RUN = {**_KEPT, "ci/run": story("run")}
_RUN2 = {**_KEPT, "ci/run": story("run", {8: "The template says so."})}

SCENARIOS = (
    _scenario(name="seed-changed-by-both", v1=_NOTES, v2=_ANEW, config=_SEED, team=(_MINE,), expect=_OWN),
    _scenario(
        name="seed-changed-by-the-template-only", v1=_NOTES, v2=_ANEW, config=_SEED, expect=Expect(exempt=("notes.md",))
    ),
    _scenario(
        name="seed-edited-by-the-team-template-changes-the-same-line",
        v1=_NOTES,
        v2=_ANEW,
        config=_SEED,
        team=(replace("notes.md", "notes: sentence 8 of", "The team says so,"),),
        expect=Expect(holds=(Probe("The team says so,", "notes.md"),), exempt=("notes.md",)),
    ),
    _scenario(name="seed-dropped-by-the-template", v1=_NOTES, v2=_KEPT, config=_SEED, team=(_MINE,), expect=_OWN),
    _scenario(
        name="seed-deleted-by-the-team",
        v1=_NOTES,
        v2=_ANEW,
        config=_SEED,
        team=(delete("notes.md"),),
        expect=Expect(gone=("notes.md",)),
    ),
    _scenario(name="seed-new-in-the-template", v1=_KEPT, v2=_NOTES, config=_SEED),
    _scenario(
        name="seed-new-in-the-template-and-there-already",
        v1=_KEPT,
        v2=_NOTES,
        config=_SEED,
        team=(_MINE,),
        expect=_OWN,
    ),
    _scenario(name="skip-if-exists-changed-by-both", v1=_NOTES, v2=_ANEW, config=_ONCE, team=(_MINE,), expect=_OWN),
    _scenario(
        name="skip-if-exists-deleted-by-the-team",
        v1=_NOTES,
        v2=_ANEW,
        config=_ONCE,
        team=(delete("notes.md"),),
        expect=Expect(gone=("notes.md",)),
    ),
    _scenario(
        name="skip-if-exists-untracked-in-the-way",
        v1=_KEPT,
        v2=_NOTES,
        config=_ONCE,
        loose=(_MINE,),
        expect=_OWN,
    ),
    _scenario(name="managed-changed-by-the-template", v1=_RUN, v2=_RUN2, config=_MANAGED),
    _scenario(
        name="managed-edited-by-the-team",
        v1=_RUN,
        v2=_RUN2,
        config=_MANAGED,
        team=(replace("ci/run", "run: sentence 8 of", "The team says so,"),),
        expect=Expect("may", gets=(Probe("The template says so."),), told=("ci/run",), exempt=("ci/run",)),
    ),
    _scenario(
        name="lines-changed-by-both",
        v1={"words.txt": "a\nb\n"},
        v2={"words.txt": "a\nb\ntemplate\n"},
        config=_LINES,
        team=(append("words.txt", "team\n"),),
    ),
    _scenario(
        name="lines-removed-by-one-added-by-the-other",
        v1={"words.txt": "a\nb\nc\n"},
        v2={"words.txt": "a\nc\ntemplate\n"},
        config=_LINES,
        team=(write("words.txt", "a\nb\nteam\n"),),
    ),
    _scenario(
        name="class-changes-to-seed",
        v1=_NOTES,
        v2=_ANEW,
        config=CONFIG,
        config2=_SEED,
        team=(_MINE,),
        expect=Expect("may", holds=(Probe("all of it the team's own"),), exempt=("notes.md",)),
    ),
)
