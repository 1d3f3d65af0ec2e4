"""Lines near and far, line ends, encodings, and names that tools stumble over."""

__all__ = ["SCENARIOS"]

from functools import partial

from scenarios.acts import append, insert, replace, to_crlf, write
from scenarios.model import Act, Expect, Probe, Scenario, story

_scenario = partial(Scenario, category="text")
_TEAM, _TEMPLATE = "The team says so.", "The template says so."
_FILE = "page.md"


def _edited(topic: str, place: int, path: str = _FILE) -> Act:
    return replace(path, f"{topic}: sentence {place} of", f"{_TEAM} Sentence {place} of")


def _page(edits: dict[int, str | None] | None = None, path: str = _FILE) -> dict[str, str]:
    return {path: story("page", edits)}


def _crlf(edits: dict[int, str | None] | None = None) -> dict[str, bytes]:
    return {_FILE: story("page", edits).replace("\n", "\r\n").encode()}


def _utf16(edits: dict[int, str | None] | None = None) -> dict[str, bytes]:
    return {_FILE: story("page", edits).encode("utf-16")}


def _latin1(edits: dict[int, str | None] | None = None) -> dict[str, bytes]:
    return {_FILE: story("caf\xe9", edits).encode("latin-1")}


_LONG = {n: f"long {n} " + "x" * 40_000 for n in range(10)}
_MANY = {n: f"{_TEMPLATE} Line {n}." for n in range(10, 5000, 100)}
_MINE = {n: f"{_TEAM} Line {n}." for n in range(60, 5000, 100)}
_ODD = {
    "spaces": "a name with spaces .md",
    "quotes": 'it\'s "quoted".md',
    "newline": "two\nlines.md",
    "tab": "a\ttab.md",
    "dash": "-rf.md",
    "globs": "[a]*?.md",
    "magic": ":(top)x.md",
    "bang": "!important.md",
    "hash": "#comment.md",
    "decomposed": "cafe\u0301/nai\u0308ve.md",
    "far-away": "\u65e5\u672c\u8a9e/\U0001f600.md",
    "long": f"{'n' * 200}.md",
    "at": "@{upstream}.md",
    "percent": "%s%n.md",
    "dollar": "$HOME `id`.md",
    "trailing-space": "ends with a space ",
    "control": "bell\x07.md",
}
_NAMES = tuple(
    _scenario(
        name=f"file-name-{word}",
        v1={name: story("page"), "other.md": "other\n"},
        v2={name: story("page", {18: _TEMPLATE}), "other.md": "other\n", f"new/{name}": "new\n"},
        team=(_edited("page", 3, name),),
        expect=Expect(holds=(Probe(_TEAM, name),), gets=(Probe(_TEMPLATE, name), Probe("new", f"new/{name}"))),
    )
    for word, name in _ODD.items()
)

SCENARIOS = (
    _scenario(name="far-apart", v1=_page(), v2=_page({18: _TEMPLATE}), team=(_edited("page", 3),)),
    _scenario(name="two-lines-apart", v1=_page(), v2=_page({12: _TEMPLATE}), team=(_edited("page", 10),)),
    _scenario(
        name="adjacent-lines",
        v1=_page(),
        v2=_page({11: _TEMPLATE}),
        team=(_edited("page", 10),),
        expect=Expect("may", holds=(Probe(_TEAM),), gets=(Probe(_TEMPLATE),)),
    ),
    _scenario(
        name="same-line",
        v1=_page(),
        v2=_page({10: _TEMPLATE}),
        team=(_edited("page", 10),),
        expect=Expect("must", holds=(Probe(_TEAM),), gets=(Probe(_TEMPLATE),)),
    ),
    _scenario(
        name="same-edit",
        v1=_page(),
        v2=_page({10: _TEMPLATE}),
        team=(write(_FILE, story("page", {10: _TEMPLATE})),),
        expect=Expect(once=(_TEMPLATE,)),
    ),
    _scenario(
        name="same-edit-and-one-more-each",
        v1=_page(),
        v2=_page({4: "Only the template.", 10: _TEMPLATE}),
        team=(write(_FILE, story("page", {10: _TEMPLATE, 16: "Only the team."})),),
        expect=Expect(once=(_TEMPLATE, "Only the template.", "Only the team.")),
    ),
    _scenario(
        name="both-insert-at-the-same-place",
        v1=_page(),
        v2=_page({10: f"{_TEMPLATE}\nBetween."}),
        team=(write(_FILE, story("page", {10: f"{_TEAM}\nBetween."})),),
        expect=Expect("may", holds=(Probe(_TEAM),), gets=(Probe(_TEMPLATE),)),
    ),
    _scenario(
        name="template-deletes-a-paragraph-the-team-edited",
        v1=_page(),
        v2=_page(dict.fromkeys(range(8, 14))),
        team=(_edited("page", 10),),
        expect=Expect("must", holds=(Probe(_TEAM),)),
    ),
    _scenario(
        name="team-deletes-a-paragraph-the-template-edited",
        v1=_page(),
        v2=_page({10: _TEMPLATE}),
        team=(write(_FILE, story("page", dict.fromkeys(range(8, 14)))),),
        expect=Expect("must", gets=(Probe(_TEMPLATE),)),
    ),
    _scenario(
        name="template-moves-a-paragraph-the-team-edited",
        v1=_page(),
        v2={_FILE: story("page", dict.fromkeys(range(4, 8))) + story("page", lines=8).split("\n", 4)[4]},
        team=(_edited("page", 5),),
        expect=Expect("may", holds=(Probe(_TEAM),)),
    ),
    _scenario(
        name="team-strips-trailing-space",
        v1={_FILE: story("page", {5: "trailing   ", 6: "too\t"})},
        v2={_FILE: story("page", {5: "trailing   ", 6: "too\t", 15: _TEMPLATE})},
        team=(replace(_FILE, "trailing   \ntoo\t\n", "trailing\ntoo\n"),),
        expect=Expect(gets=(Probe("trailing\ntoo\n", _FILE), Probe(_TEMPLATE, _FILE))),
    ),
    _scenario(
        name="template-indents-anew-team-edits-one-line",
        v1={_FILE: "".join(f"  item {n} of the list\n" for n in range(20))},
        v2={_FILE: "".join(f"    item {n} of the list\n" for n in range(20))},
        team=(replace(_FILE, "item 7 of the list", "item 7, as the team says"),),
        expect=Expect("may", holds=(Probe("item 7, as the team says"),), drops=("  item 7, as the team says",)),
    ),
    _scenario(
        name="template-adds-the-final-newline",
        v1={_FILE: story("page").rstrip("\n")},
        v2=_page(),
        team=(_edited("page", 3),),
        expect=Expect(gets=(Probe("sentence 23 of a text that stands nowhere else.\n", _FILE),)),
    ),
    _scenario(
        name="no-final-newline-template-appends-team-edits-the-top",
        v1={_FILE: story("page").rstrip("\n")},
        v2={_FILE: story("page") + _TEMPLATE},
        team=(_edited("page", 3),),
    ),
    _scenario(
        name="team-adds-the-final-newline-template-appends",
        v1={_FILE: story("page").rstrip("\n")},
        v2={_FILE: story("page") + _TEMPLATE},
        team=(append(_FILE, "\n"),),
        expect=Expect("may"),
    ),
    _scenario(
        name="team-has-crlf-template-has-lf",
        v1=_page(),
        v2=_page({18: _TEMPLATE}),
        team=(_edited("page", 3), to_crlf(_FILE)),
        expect=Expect(holds=(Probe(_TEAM, _FILE), Probe("\r\n", _FILE))),
    ),
    _scenario(
        name="team-has-crlf-and-edited-nothing",
        v1=_page(),
        v2=_page({18: _TEMPLATE}),
        team=(to_crlf(_FILE),),
        expect=Expect(holds=(Probe("\r\n", _FILE),)),
    ),
    _scenario(
        name="team-has-lf-template-has-crlf",
        v1=_crlf(),
        v2=_crlf({18: _TEMPLATE}),
        team=(_edited("page", 3), replace(_FILE, "\r", ""), write("x", "")),
        expect=Expect("may"),
    ),
    _scenario(name="both-have-crlf", v1=_crlf(), v2=_crlf({18: _TEMPLATE}), team=(_edited("page", 3),)),
    _scenario(
        name="template-turns-to-crlf",
        v1=_page(),
        v2=_crlf({18: _TEMPLATE}),
        team=(_edited("page", 3),),
        expect=Expect("may"),
    ),
    _scenario(
        name="attributes-text-auto",
        v1={**_crlf(), ".gitattributes": "* text=auto\n"},
        v2={**_crlf({18: _TEMPLATE}), ".gitattributes": "* text=auto\n"},
        team=(_edited("page", 3),),
    ),
    _scenario(
        name="attributes-eol-crlf",
        v1={**_page(), ".gitattributes": "*.md text eol=crlf\n"},
        v2={**_page({18: _TEMPLATE}), ".gitattributes": "*.md text eol=crlf\n"},
        team=(to_crlf(_FILE), _edited("page", 3)),
        expect=Expect(holds=(Probe(_TEAM, _FILE), Probe("\r\n", _FILE))),
    ),
    _scenario(
        name="attributes-eol-crlf-template-only",
        v1={**_page(), ".gitattributes": "*.md text eol=crlf\n"},
        v2={**_page({18: _TEMPLATE}), ".gitattributes": "*.md text eol=crlf\n"},
        team=(write("own.txt", "own\n"),),
    ),
    _scenario(
        name="attributes-minus-text",
        v1={**_crlf(), ".gitattributes": "* text=auto\n*.md -text\n"},
        v2={**_crlf({18: _TEMPLATE}), ".gitattributes": "* text=auto\n*.md -text\n"},
        team=(_edited("page", 3),),
        expect=Expect(holds=(Probe(f"{_TEAM} Sentence 3 of a text that stands nowhere else.\r\n", _FILE),)),
    ),
    _scenario(
        name="attributes-merge-union",
        v1={**_page(), ".gitattributes": "page.md merge=union\n"},
        v2={**_page({10: f"{_TEMPLATE}\nBetween."}), ".gitattributes": "page.md merge=union\n"},
        team=(write(_FILE, story("page", {10: f"{_TEAM}\nBetween."})),),
        expect=Expect(holds=(Probe(_TEAM, _FILE),), gets=(Probe(_TEMPLATE, _FILE),)),
    ),
    _scenario(
        name="attributes-binary-on-a-text",
        v1={**_page(), ".gitattributes": "*.md binary\n"},
        v2={**_page({18: _TEMPLATE}), ".gitattributes": "*.md binary\n"},
        team=(_edited("page", 3),),
        expect=Expect("may"),
    ),
    _scenario(
        name="team-adds-a-bom",
        v1=_page(),
        v2=_page({18: _TEMPLATE}),
        team=(write(_FILE, b"\xef\xbb\xbf" + story("page", {3: _TEAM}).encode()),),
        expect=Expect(holds=(Probe(b"\xef\xbb\xbf", _FILE),)),
    ),
    _scenario(
        name="utf-16-both-changed",
        v1=_utf16(),
        v2=_utf16({18: _TEMPLATE}),
        team=(write(_FILE, story("page", {3: _TEAM}).encode("utf-16")),),
        expect=Expect("may", holds=(Probe(_TEAM.encode("utf-16-le")),)),
    ),
    _scenario(
        name="utf-16-template-only",
        v1={**_utf16(), "other.md": story("other")},
        v2={**_utf16({18: _TEMPLATE}), "other.md": story("other")},
        team=(_edited("other", 3, "other.md"),),
    ),
    _scenario(
        name="working-tree-encoding",
        v1={**_utf16(), ".gitattributes": "*.md text working-tree-encoding=UTF-16LE-BOM\n"},
        v2={**_utf16({18: _TEMPLATE}), ".gitattributes": "*.md text working-tree-encoding=UTF-16LE-BOM\n"},
        team=(write("own.txt", "own\n"),),
        # git writes the byte order of its own choice; what matters is that the text can be read
        expect=Expect("may", exempt=(_FILE,)),
    ),
    _scenario(
        name="latin-1",
        v1=_latin1(),
        v2=_latin1({18: _TEMPLATE}),
        team=(write(_FILE, story("caf\xe9", {3: _TEAM}).encode("latin-1")),),
    ),
    _scenario(
        name="very-long-lines",
        v1={_FILE: story("page", _LONG)},
        v2={_FILE: story("page", {**_LONG, 2: "changed by the template " + "y" * 40_000})},
        team=(write(_FILE, story("page", {**_LONG, 7: "changed by the team " + "z" * 40_000})),),
    ),
    _scenario(
        name="many-edits-in-a-long-file",
        v1={_FILE: story("page", lines=5000)},
        v2={_FILE: story("page", _MANY, lines=5000)},
        team=(write(_FILE, story("page", _MINE, lines=5000)),),
    ),
    _scenario(
        name="text-that-looks-like-conflict-markers",
        v1={_FILE: story("page", {5: "<<<<<<< yours", 6: "=======", 7: ">>>>>>> theirs"})},
        v2={_FILE: story("page", {5: "<<<<<<< yours", 6: "=======", 7: ">>>>>>> theirs", 18: _TEMPLATE})},
        team=(_edited("page", 12),),
    ),
    _scenario(
        name="heading-underlined-by-seven-signs",
        v1={_FILE: "Section\n=======\n\n" + story("page")},
        v2={_FILE: "Section\n=======\n\n" + story("page", {18: _TEMPLATE})},
        team=(insert(_FILE, "Section\n=======\n", "\nAnother\n=======\n"),),
    ),
    *_NAMES,
)
