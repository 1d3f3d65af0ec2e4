"""`update` and `heal` as Typer sees them."""

__all__ = ["EXAMPLES", "HEAL_EXAMPLES", "heal", "update"]

from pathlib import Path
from typing import Annotated, Final

import typer

from mlscaffold.cli.options import Folder, Json, Prereleases, Quiet, Verbose, place_of, ui_of
from mlscaffold.commands.ui import Ui
from mlscaffold.errors import UserError

EXAMPLES: Final = """\
Examples:

\b
  mlscaffold update --preview --diff
  mlscaffold update
  mlscaffold update --to 0.2.0 --set python_version=3.13
  mlscaffold update --branch template-update --json
"""
HEAL_EXAMPLES: Final = "Example: mlscaffold heal noxfile.py 'tests/infra/*'"


def update(
    to: Annotated[
        str | None, typer.Option("--to", metavar="VERSION", help="The version (default: the newest; `current` stays).")
    ] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Print what would happen, write nothing.")] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Print the patch as well.")] = False,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Answer one question anew (again for more).")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answers from a YAML or JSON file.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing, take the defaults.")] = False,
    go_on: Annotated[bool, typer.Option("--continue", help="End an update whose conflicts are resolved.")] = False,
    abort: Annotated[bool, typer.Option("--abort", help="Put everything back to before an unfinished update.")] = False,
    undo: Annotated[bool, typer.Option("--undo", help="Take back the update that was made last.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="PATH", help="Update these paths, leave the others for later.")
    ] = None,
    restore: Annotated[
        list[str] | None, typer.Option("--restore", metavar="PATH", help="Bring back a file that the team deleted.")
    ] = None,
    commit: Annotated[bool, typer.Option("--commit", help="Commit the update if nothing is in conflict.")] = False,
    branch: Annotated[
        str | None, typer.Option("--branch", metavar="NAME", help="Commit on a new branch, leave the work tree alone.")
    ] = None,
    verify: Annotated[bool, typer.Option("--verify", help="Run the quick tests that the template declares.")] = False,
    resolvers: Annotated[
        bool,
        typer.Option("--resolvers/--no-resolvers", help="Merge TOML, YAML and the like by key where lines conflict."),
    ] = True,
    template: Annotated[
        str | None, typer.Option("--template", metavar="SOURCE", help="Move to this template from now on.")
    ] = None,
    prereleases: Prereleases = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let a foreign template run its own code.")] = False,
    folder: Folder = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    """Run the one thing that was asked for."""
    from mlscaffold.commands import update as command
    from mlscaffold.commands.new import read_answers, read_settings
    from mlscaffold.update.wishes import Wishes

    place, ui = place_of(folder), ui_of(quiet=quiet, verbose=verbose, as_json=as_json)
    endings = {"--continue": go_on, "--abort": abort, "--undo": undo}
    wanted = [name for name, given in endings.items() if given]
    if len(wanted) > 1:
        raise UserError(f"{' and '.join(wanted)} exclude each other", hint="give one of them")
    if wanted:
        return _end(wanted[0], place, ui, preview=preview)
    if branch and (commit or verify):
        raise UserError(
            "--branch leaves the work tree alone, so --commit and --verify mean nothing", hint="leave them out"
        )
    wishes = Wishes(
        folder=place,
        to=to,
        source=template,
        prereleases=prereleases,
        given=(read_answers(answers) if answers else {}) | read_settings(settings or ()),
        trust=trust,
        only=tuple(only or ()),
        restore=tuple(restore or ()),
        resolvers=resolvers,
        work_tree=branch is None,
    )
    ways = command.Ways(preview=preview, diff=diff, defaults=defaults, commit=commit, branch=branch, verify=verify)
    return command.update(wishes, ways, ui)


def _end(how: str, place: Path, ui: Ui, *, preview: bool) -> int:
    from mlscaffold.commands import ending

    if how == "--undo":
        return ending.undo(place, ui, preview=preview)
    return ending.resume(place, ui) if how == "--continue" else ending.abort(place, ui)


def heal(
    paths: Annotated[list[str], typer.Argument(metavar="PATH...", help="Files, folders or globs of the template.")],
    preview: Annotated[bool, typer.Option("--preview", help="Print what would happen, write nothing.")] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let a foreign template run its own code.")] = False,
    folder: Folder = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    """Bring the files back."""
    from mlscaffold.commands.heal import heal as command

    return command(
        place_of(folder),
        tuple(paths),
        ui_of(quiet=quiet, verbose=verbose, as_json=as_json),
        preview=preview,
        trust=trust,
    )
