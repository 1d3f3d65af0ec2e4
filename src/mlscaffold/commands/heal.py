"""`mlscaffold heal`: bring files back to what the template gave."""

__all__ = ["heal"]

from pathlib import Path

from mlscaffold.commands.plan_text import write_facts
from mlscaffold.commands.ui import Ui
from mlscaffold.git.scratch import scratch
from mlscaffold.update.apply import apply
from mlscaffold.update.heal import plan_heal
from mlscaffold.update.standing import stand


def heal(folder: Path, paths: tuple[str, ...], ui: Ui, *, preview: bool, trust: bool) -> int:
    """Bring files back to what the template gave; return 0."""
    standing = stand(folder)
    with scratch(standing.place) as work:
        write = plan_heal(standing, paths, work, trust=trust)
        if write.delta and not preview:
            apply(write, work)
    if ui.as_json:
        ui.emit(write_facts(write, applied=bool(write.delta) and not preview))
    for path in write.delta:
        ui.say(f"  {'would be healed' if preview else 'healed'}  {path}")
    if not write.delta:
        ui.note("nothing differs from the template there")
    return 0
