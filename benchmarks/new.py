"""`mlscaffold new` against `copier copy` of the same template and answers, and `--help` against `--help`.

Run with `nox -s bench`. All write the same project without git. Copier reads the template twice over: from a plain
folder, which spares it a clone, and from a git repository with a tag, without which it could not update the project.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from timing import report, side_by_side

from mlscaffold.commands.template import eject
from mlscaffold.commands.ui import Ui
from mlscaffold.template import builtin
from mlscaffold.tree import write_tree

BAR = 5.0
SCRIPTS = Path(sys.executable).parent


def main() -> int:
    """Print the comparisons; return 1 if a bar is not met."""
    mlscaffold, copier = str(SCRIPTS / "mlscaffold"), str(SCRIPTS / "copier")
    with tempfile.TemporaryDirectory() as scratch:
        folder, repository, target = (Path(scratch, name) for name in ("folder", "repository", "flights"))
        write_tree(builtin.load()[1], folder)
        eject(repository, Ui(quiet=True))
        copy = [copier, "copy", "--quiet", "--defaults"]
        new = side_by_side(
            {
                "mlscaffold new --no-git --no-sync": [
                    mlscaffold,
                    "new",
                    str(target),
                    "--defaults",
                    "--no-git",
                    "--no-sync",
                ],
                "copier copy, from a folder": [*copy, str(folder), str(target)],
                "copier copy, from a git repository": [*copy, str(repository), str(target)],
            },
            before_each=lambda: shutil.rmtree(target, ignore_errors=True),
        )
        start = side_by_side({"mlscaffold --help": [mlscaffold, "--help"], "copier --help": [copier, "--help"]})
    sys.stdout.write(report("A new project", new, BAR) + "\n" + report("Start-up", start, BAR) + "\n")
    return 0 if all(theirs.wall / ours.wall >= BAR for ours, *others in (new, start) for theirs in others) else 1


if __name__ == "__main__":
    sys.exit(main())
