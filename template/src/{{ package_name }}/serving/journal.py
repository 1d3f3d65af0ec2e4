"""Writing down requests and feedback, in a thread of its own: a slow or full disk never delays an answer."""

from __future__ import annotations

import logging
from queue import Full, Queue
from threading import Thread
from time import sleep
from typing import TYPE_CHECKING, Any

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["Journal"]

_WAITING = 10_000  # records kept in memory while the disk is busy
_PAUSE = 0.02  # seconds in which records gather: writing each alone costs half of all answers

_log = logging.getLogger(__name__)


class Journal:
    """Appends JSON lines to `folder`/<name>-<day>.jsonl; tells `lost` how many records could not be written."""

    def __init__(self, folder: Path, lost: Callable[[int], object]) -> None:
        self._folder, self._lost, self._torn = folder, lost, False
        self._queue: Queue[tuple[str, Mapping[str, Any]] | None] = Queue(_WAITING)
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    def write(self, name: str, record: Mapping[str, Any]) -> bool:
        """Hand over a record with "when" in it; False where the disk has fallen too far behind."""
        try:
            self._queue.put_nowait((f"{name}-{record['when'][:10].replace('-', '')}.jsonl", record))
        except Full:
            self._lost(1)
            return False
        return True

    def close(self) -> None:
        """Write what is waiting, and end."""
        self._queue.put(None)
        self._thread.join()

    def _run(self) -> None:
        ended = False
        while not ended:
            waiting = [self._queue.get()]
            sleep(_PAUSE)
            waiting += [self._queue.get() for _ in range(self._queue.qsize())]
            ended = None in waiting
            records = [item for item in waiting if item]
            for file in {file for file, _ in records}:
                self._append(file, [record for name, record in records if name == file])

    def _append(self, file: str, records: list[Mapping[str, Any]]) -> None:
        lines = b"".join(to_json(record, inf_nan_mode="null") + b"\n" for record in records)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / file).open("ab") as out:
                out.write(b"\n" + lines if self._torn else lines)  # ends a line that a full disk broke off
            self._torn = False
        except OSError as error:
            self._torn = True
            self._lost(len(records))
            _log.warning("%d records of %s are lost: %s", len(records), file, error)
