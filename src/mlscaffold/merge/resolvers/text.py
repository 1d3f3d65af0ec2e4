"""Bytes to text and back: all resolvers work on LF text that ends with a newline, and write as OURS was written."""

__all__ = ["Style", "decode", "encode", "style_of"]

from typing import Final, NamedTuple

from mlscaffold.merge.resolvers.outcome import Unresolved

_BOM: Final = "\ufeff"
# YAML's and Python's other line breaks; positions of the parsers would not agree on them
_STRANGE_BREAKS: Final = frozenset("\0\r\v\f\x1c\x1d\x1e\x85\u2028\u2029")


class Style(NamedTuple):
    """How a file is written, besides its text."""

    bom: bool
    crlf: bool
    final_newline: bool


def decode(data: bytes) -> str:
    """Return the text without byte order mark, with LF and a final newline; raises `Unresolved` if it is none."""
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Unresolved("not UTF-8") from None
    if not _STRANGE_BREAKS.isdisjoint(text):
        raise Unresolved("line breaks of more than one kind")
    return text + "\n" if text and not text.endswith("\n") else text


def style_of(data: bytes) -> Style:
    """Return how `data` is written; raises `Unresolved` if it mixes CRLF and LF."""
    crlf = data.count(b"\r\n")
    if crlf and crlf != data.count(b"\n"):
        raise Unresolved("CRLF and LF in one file")
    return Style(data.startswith(_BOM.encode()), bool(crlf), data.endswith(b"\n"))


def encode(text: str, style: Style) -> bytes:
    """Return the bytes of `text`, written in `style`."""
    if not style.final_newline:
        text = text.removesuffix("\n")
    if style.crlf:
        text = text.replace("\n", "\r\n")
    return (_BOM * style.bom + text).encode()
