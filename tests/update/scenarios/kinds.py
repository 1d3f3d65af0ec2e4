"""Modes and binary files."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, chmod, config, delete, replace, write
from scenarios.model import Exec, Expect, Files, Probe, Scenario, story

_mode = partial(Scenario, category="mode")
_binary = partial(Scenario, category="binary")
_RUN = "#!/bin/sh\n" + story(": say")
_NEWER = "#!/bin/sh\n" + story(": say", {18: ": the template says so"})
_EDIT = replace("run.sh", ": say: sentence 3 of", ": the team says so,")
_PLAIN: Files = {"run.sh": _RUN}
_EXEC: Files = {"run.sh": Exec(_RUN)}


def _logo(name: str) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0" + name.encode() + bytes(range(256)) * 4


_LOGO: Files = {"logo.png": _logo("template"), "README.md": story("readme")}
_READ: Files = {**_LOGO, "README.md": story("readme", {5: "The template says so."})}
_DRAWN: Files = {**_LOGO, "logo.png": _logo("template, drawn anew")}
_OWN = write("logo.png", _logo("team"))

SCENARIOS = (
    _mode(name="template-sets-x-team-edits", v1=_PLAIN, v2=_EXEC, team=(_EDIT,), expect=Expect(runs=("run.sh",))),
    _mode(
        name="team-sets-x-template-edits",
        v1=_PLAIN,
        v2={"run.sh": _NEWER},
        team=(chmod("run.sh", 0o755),),
        expect=Expect(runs=("run.sh",), exempt=("run.sh",), gets=(Probe(": the template says so", "run.sh"),)),
    ),
    _mode(
        name="both-set-x",
        v1=_PLAIN,
        v2={"run.sh": Exec(_NEWER)},
        team=(chmod("run.sh", 0o755), _EDIT),
        expect=Expect(runs=("run.sh",)),
    ),
    _mode(name="template-sets-x-only", v1=_PLAIN, v2=_EXEC, expect=Expect(runs=("run.sh",))),
    _mode(name="template-drops-x-team-edits", v1=_EXEC, v2=_PLAIN, team=(_EDIT,)),
    _mode(
        name="executable-edited-by-both",
        v1=_EXEC,
        v2={"run.sh": Exec(_NEWER)},
        team=(_EDIT,),
        expect=Expect(runs=("run.sh",)),
    ),
    _mode(
        name="filemode-false",
        v1=_EXEC,
        v2={"run.sh": Exec(_NEWER)},
        team=(_EDIT,),
        loose=(config("core.fileMode", "false"),),
    ),
    _binary(name="own-logo-template-changes-other-things", v1=_LOGO, v2=_READ, team=(_OWN,)),
    _binary(
        name="both-changed-the-logo",
        v1=_LOGO,
        v2=_DRAWN,
        team=(_OWN,),
        expect=Expect("must", holds=(Probe(_logo("team")),), gets=(Probe(_logo("template, drawn anew")),)),
    ),
    _binary(name="template-changed-the-logo", v1=_LOGO, v2=_DRAWN, team=(append("README.md", "The team says so.\n"),)),
    _binary(
        name="both-changed-the-logo-alike",
        v1=_LOGO,
        v2=_DRAWN,
        team=(write("logo.png", _logo("template, drawn anew")),),
    ),
    _binary(
        name="team-deleted-the-logo",
        v1=_LOGO,
        v2=_DRAWN,
        team=(delete("logo.png"),),
        expect=Expect(gone=("logo.png",)),
    ),
    _binary(
        name="template-deleted-the-logo-the-team-had-drawn-anew",
        v1=_LOGO,
        v2={"README.md": _LOGO["README.md"]},
        team=(_OWN,),
        expect=Expect("may", holds=(Probe(_logo("team"), "logo.png"),)),
    ),
    _binary(
        name="template-moves-the-logo-the-team-had-drawn-anew",
        v1=_LOGO,
        v2={"README.md": _LOGO["README.md"], "img/logo.png": _LOGO["logo.png"]},
        team=(_OWN,),
        expect=Expect("may", holds=(Probe(_logo("team")),)),
    ),
    _binary(
        name="text-becomes-binary",
        v1={"data.bin": story("data")},
        v2={"data.bin": _logo("data")},
        team=(append("data.bin", "The team says so.\n"),),
        expect=Expect("must", holds=(Probe("The team says so."),)),
    ),
)
