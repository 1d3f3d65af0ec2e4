"""Lines of the files that findings are in, for reports that show or recognise them."""

__all__ = ["Sources"]

from collections import Counter
from collections.abc import Iterable

from mlscaffold.check.digest import digest
from mlscaffold.check.findings import Finding
from mlscaffold.check.scan import LARGEST, read

_BOM = b"\xef\xbb\xbf"


class Sources:
    """The files of one repository, each read when it is first asked for."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._lines: dict[str, list[bytes]] = {}

    def line(self, path: str, number: int) -> str:
        """Return a line, counted from 1; "" where there is none."""
        return self._bytes(path, number).decode(errors="replace")

    def column(self, finding: Finding) -> int:
        """Return the column in characters, from 1; 0 where it is unknown. A finding counts bytes, as Python does."""
        if not finding.column or not finding.line:
            return 0
        before = self._bytes(finding.path, finding.line)[: finding.column - 1]
        return len(before.decode(errors="replace")) + 1

    def fingerprints(self, findings: Iterable[Finding]) -> list[str]:
        """Return a name for each finding that stays the same when lines above it come or go."""
        seen: Counter[str] = Counter()
        names = []
        for one in findings:
            what = " ".join(self.line(one.path, one.line).split()) if one.line else one.message
            same = f"{one.code}\0{one.path}\0{what}"
            seen[same] += 1
            text = f"{same}\0{seen[same]}".encode(errors="surrogatepass")
            names.append(digest(text))
        return names

    def _bytes(self, path: str, number: int) -> bytes:
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return lines[number - 1] if 0 < number <= len(lines) else b""

    def _read(self, path: str) -> list[bytes]:
        try:
            data = read(self._root, path)
        except (OSError, ValueError):
            return []
        if len(data) > LARGEST:
            return []
        return data.removeprefix(_BOM).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
