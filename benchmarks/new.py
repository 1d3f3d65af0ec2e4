"""`mlscaffold new` against `copier copy` of the same template and answers, and `--help` against `--help`.

Run with `nox -s bench`. Both write the same project without git; Copier reads the template from a folder that is no
git repository, which spares it a clone.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from timing import report, side_by_side

from mlscaffold.template import builtin
from mlscaffold.tree import write_tree

BAR = 5.0
SCRIPTS = Path(sys.executable).parent


def main() -> int:
    """Print both comparisons; return 1 if a bar is not met."""
    with tempfile.TemporaryDirectory() as scratch:
        template, target = Path(scratch, "template"), Path(scratch, "flights")
        write_tree(builtin.load()[1], template)
        mlscaffold, copier = str(SCRIPTS / "mlscaffold"), str(SCRIPTS / "copier")
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
                "copier copy --defaults": [copier, "copy", "--quiet", "--defaults", str(template), str(target)],
            },
            before_each=lambda: shutil.rmtree(target, ignore_errors=True),
        )
        start = side_by_side({"mlscaffold --help": [mlscaffold, "--help"], "copier --help": [copier, "--help"]})
    sys.stdout.write(report("A new project", new, BAR) + "\n" + report("Start-up", start, BAR) + "\n")
    return 0 if all(theirs.wall / ours.wall >= BAR for ours, theirs in (new, start)) else 1


if __name__ == "__main__":
    sys.exit(main())
