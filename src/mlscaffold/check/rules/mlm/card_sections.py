"""MLM502: a card says what readers look for, and nothing is left to be filled in."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlm._cards import cards
from mlscaffold.check.rules.mlm._document import Card

# What the headings of real cards say; generous, since a card under other words is still a card.
_WORDS: Final[Mapping[str, str]] = {
    "intended use": r"\buses?\b|\busage\b|\bintended|\bpurpose|\bapplications?\b|\bscope\b|\bwhat\b.*\bfor\b",
    "limits": r"\blimit|\bbias|\brisks?\b|\bcaveat|\bethic|\bout[- ]of[- ]scope|\bknown issues|\bweakness|\bfails?\b|"
    r"\bfailure|\bsafety\b|\bconsiderations\b|\brecommendations\b|\bmisuse",
    "data": r"\bdata|\btraining|\btrained|\bcorpus|\bcorpora\b",
    "evaluation": r"\bevaluat|\bmetrics?\b|\bresults?\b|\bperformance|\bbenchmark|\bhow good|\baccuracy|\bscores?\b|"
    r"\bquality",
    "ethics": r"\bethic|\bfair|\bbias|\brisks?\b|\bharms?\b|\bimpacts?\b|\bimplications?\b",
    "license": r"\blicen[cs]",
    "contact": r"\bcontact|\bowners?\b|\bauthors?\b|\bmaintain|\bdetails\b",
}
# Headings in another script are not in our words: nothing is said about them.
_OTHER_SCRIPT: Final = expression(r"[\u0370-\u1fff\u2e80-\uffdc]")
_HOLES: Final = expression(
    r"more information needed|\bTODO\b|\bTBD\b|\bFIXME\b|lorem ipsum|\*\*Not said yet:\*\*|"
    r"<(?:your|insert|add|fill in|describe|name of) [^<>]{0,60}>|"
    r"\[(?:your|insert|fill in|describe) [^\]]{0,60}\](?!\()",
    re.IGNORECASE,
)
_UPPER: Final = frozenset({"todo", "tbd", "fixme"})
_FULL: Final = (
    "# Delay\n\n## Intended use\n\nRanking flights, read by a person.\n\n## Limits\n\nAirports of New York only.\n\n"
    "## Data\n\nFlights of 2013.\n\n## Evaluation\n\nF1 is 0.71 on the last month.\n"
)
BAD: Final[tuple[Example, ...]] = (
    {"MODEL_CARD.md": "# Delay\n\n## Intended use\n\nRanking flights.\n\n## Evaluation\n\nF1 is 0.71.\n"},
    {"MODEL_CARD.md": _FULL.replace("Airports of New York only.", "[More Information Needed]")},
)
OK: Final[tuple[Example, ...]] = ({"MODEL_CARD.md": _FULL},)


@rule(
    "MLM502",
    "card-sections",
    on=Repository,
    hint="say it in the card, or take the part out that nobody will fill",
    options={"sections": ["intended use", "limits", "data", "evaluation"]},
)
def card_sections(repository: Repository, _: None) -> Iterator[Finding]:
    """A model card lacks a part that its readers need, or has one that nobody has filled.

    Headings count by their words, not by their wording: "Bias, Risks, and Limitations" is about limits. The option
    `sections` names the parts; `ethics`, `license` and `contact` are known too, and any other is looked for as it is.

    Why: the parts are those of Mitchell et al., Model Cards for Model Reporting, which every hub has taken over. A
    placeholder looks like a card in a listing and says nothing to its reader.

    How to fix: write the part, however short: "not measured" is an answer. In a generated project, fill `[card]` in
    config/base.toml and run `card`.
    """
    sections = repository.options("MLM502")["sections"]
    for card in cards(repository):
        readable = not any(_OTHER_SCRIPT.search(one.title) for one in card.headings)
        lacking = [str(name) for name in sections if not _has(card, str(name))] if readable else []
        if lacking:
            yield Finding(card.path, 0, f"says nothing about {_listed(lacking)}; add a section for each")
        holes = [(number, found[0]) for number, line in enumerate(card.lines, 1) if (found := _hole(line))]
        if holes:
            more = f", and {len(holes) - 1} more lines are like it" if len(holes) > 1 else ""
            yield Finding(card.path, holes[0][0], f"still says {holes[0][1]!r}{more}; fill it in")


def _has(card: Card, section: str) -> bool:
    words = re.compile(_WORDS.get(section.lower(), re.escape(section)), re.IGNORECASE)
    return any(one.filled and words.search(one.title) for one in card.headings)


def _hole(line: str) -> re.Match[str] | None:
    """Return what was to be filled in; `todo` in small letters is a word like others."""
    bare = re.sub(r"`[^`]*`", "", line)
    found = (one for one in _HOLES.finditer(bare) if one[0].lower() not in _UPPER or one[0].isupper())
    return next(found, None)


def _listed(names: list[str]) -> str:
    return " and ".join(", ".join(names).rsplit(", ", 1))
