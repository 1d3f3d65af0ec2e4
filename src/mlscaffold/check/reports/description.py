"""What a rule's docstring says, in its parts."""

__all__ = ["Description", "described"]

from typing import NamedTuple

from mlscaffold.check.registry import Rule


class Description(NamedTuple):
    """What is wrong, why it matters, how to mend it; each one paragraph, "" where nothing is said."""

    title: str
    why: str
    how: str


def described(rule: Rule) -> Description:
    """Return the parts of a rule's docstring."""
    paragraphs = [" ".join(part.split()) for part in rule.doc.strip().split("\n\n")]
    title = paragraphs[0] or f"{rule.name}."
    return Description(title, _after("Why:", paragraphs), _after("How to fix:", paragraphs) or rule.hint)


def _after(word: str, paragraphs: list[str]) -> str:
    """Return the paragraph that begins with `word`, and those up to the next word, as one."""
    found: list[str] = []
    for paragraph in paragraphs[1:]:
        if paragraph.startswith(word):
            found = [paragraph.removeprefix(word).strip()]
        elif paragraph.startswith(("Why:", "How to fix:")):
            if found:
                break
        elif found:
            found.append(paragraph)
    text = " ".join(found)
    return text[:1].upper() + text[1:]
