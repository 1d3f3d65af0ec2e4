"""The commands as Typer sees them: parse, call one function, return its exit code."""

__all__ = ["app", "run"]

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from mlscaffold.cli import updating
from mlscaffold.cli.options import Folder, Given, Json, Prereleases, Quiet, Verbose, place_of, ui_of
from mlscaffold.cli.overview import COMMANDS
from mlscaffold.errors import EXIT_INTERRUPTED, UserError

_LOOK: Mapping[str, Any] = {
    "name": "mlscaffold",
    "no_args_is_help": True,
    "rich_markup_mode": None,
    "pretty_exceptions_enable": False,
    "context_settings": {"help_option_names": ["-h", "--help"], "max_content_width": 110},
}
# Of a command that reads its arguments itself.
_UNREAD = {"ignore_unknown_options": True, "allow_extra_args": True}
app = typer.Typer(**_LOOK)
template_app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=COMMANDS["template"])
app.add_typer(template_app, name="template")

# Typer brings its own click and names only some of its errors; this is the base of all that a wrong option raises.
_UsageError: type[Any] = typer.BadParameter.__mro__[1]


def run(arguments: Sequence[str]) -> int:
    """Parse and run one command line; return its exit code.

    Raises:
        UserError: something the user can mend, a wrong option included.
        KeyboardInterrupt: Ctrl-C.
    """
    Given.folder, Given.quiet, Given.verbose = Path(), False, False
    try:
        code = _narrowed(arguments[0])(list(arguments), prog_name="mlscaffold", standalone_mode=False)
    except (typer.Abort, EOFError):  # an end of input at a prompt
        raise KeyboardInterrupt from None
    except _UsageError as problem:
        context = problem.ctx
        command = context.command_path if context else "mlscaffold"
        raise UserError(problem.format_message(), hint=f"see `{command} --help`") from None
    if code == EXIT_INTERRUPTED:  # what Typer makes of Ctrl-C, without a word
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


def _narrowed(word: str) -> typer.Typer:
    """Return the app with the one command that `word` names: Typer takes a millisecond for each that it looks at."""
    if word not in COMMANDS:
        return app
    narrow = typer.Typer(**_LOOK)
    narrow.registered_callback = app.registered_callback
    narrow.registered_commands = [command for command in app.registered_commands if command.name == word]
    narrow.registered_groups = [group for group in app.registered_groups if group.name == word]
    return narrow


@app.callback()
def _options(
    folder: Annotated[Path, typer.Option("-C", metavar="PATH", help="Work on the project at PATH.")] = Path(),
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """Start opinionated ML repositories that work from their first commit."""
    Given.folder, Given.quiet, Given.verbose = folder, quiet, verbose


@app.command("check", help=COMMANDS["check"], add_help_option=False, context_settings=_UNREAD)
def _conventions(context: typer.Context) -> int:
    # Without options before its name, `check` is answered by `main`, before Typer is imported.
    from mlscaffold.check.command import main as check

    return check(["-C", str(Given.folder), *(["--quiet"] if Given.quiet else []), *context.args])


_NEW_EXAMPLES = """\
Examples:

\b
  mlscaffold new flights
  mlscaffold new churn --data customers.csv --target churned
  mlscaffold new churn --defaults --set author_name='Data team'
  mlscaffold new churn --template gh:owner/template --at v1.2.0 --dry-run
"""


@app.command("new", help=COMMANDS["new"], epilog=_NEW_EXAMPLES)
def _new(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="The project's folder; must not exist or be empty.")],
    data: Annotated[
        Path | None, typer.Option("--data", metavar="FILE", help="Your own table (CSV, TSV, Parquet, .gz).")
    ] = None,
    target: Annotated[str | None, typer.Option("--target", metavar="COLUMN", help="The column to predict.")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Answer one question (again for more).")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answers from a YAML or JSON file.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing, take the defaults.")] = False,
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="SOURCE", help="A folder or git address instead of the built-in template."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="VERSION", help="A version of the template (default: the newest).")
    ] = None,
    prereleases: Prereleases = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the files, write nothing.")] = False,
    git: Annotated[
        bool | None,
        typer.Option(
            "--git/--no-git", help="Make a git repository (default: yes, unless inside one).", show_default=False
        ),
    ] = None,
    sync: Annotated[bool, typer.Option("--sync/--no-sync", help="Install the packages and set the project up.")] = True,
    trust: Annotated[bool, typer.Option("--trust", help="Let a foreign template run its own code.")] = False,
    folder: Folder = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    from mlscaffold.commands.new import new, read_answers, read_settings
    from mlscaffold.new.plan import Wishes
    from mlscaffold.template.sources import BUILTIN

    given = (read_answers(answers) if answers else {}) | read_settings(settings or ())
    wishes = Wishes(
        target=place_of(folder) / path,
        source=template or BUILTIN,
        at=at,
        prereleases=prereleases,
        given=given,
        data=data,
        column=target,
        git=git,
        sync=sync,
        trust=trust,
    )
    return new(wishes, ui_of(quiet=quiet, verbose=verbose, as_json=as_json), defaults=defaults, dry_run=dry_run)


@app.command("status", help=COMMANDS["status"], epilog="Example: mlscaffold status --json")
def _status(
    folder: Folder = None,
    offline: Annotated[bool, typer.Option("--offline", help="Do not look for newer versions.")] = False,
    prereleases: Prereleases = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    from mlscaffold.commands.status import status

    return status(
        place_of(folder), ui_of(quiet=quiet, verbose=verbose, as_json=as_json), offline=offline, prereleases=prereleases
    )


_ADOPT_EXAMPLES = """\
Examples:

\b
  mlscaffold adopt --preview
  mlscaffold adopt ../churn --defaults --diff
  mlscaffold adopt --template gh:owner/template --set package_name=churn
"""


@app.command("adopt", help=COMMANDS["adopt"], epilog=_ADOPT_EXAMPLES)
def _adopt(
    path: Annotated[
        Path, typer.Argument(metavar="[PATH]", help="The project's folder.", show_default="the current folder")
    ] = Path(),
    template: Annotated[
        str | None,
        typer.Option("--template", metavar="SOURCE", help="A folder or git address instead of the built-in template."),
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="VERSION", help="A version of the template (default: the likeliest).")
    ] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Answer one question (again for more).")
    ] = None,
    answers: Annotated[
        Path | None, typer.Option("--answers", metavar="FILE", help="Answers from a YAML or JSON file.")
    ] = None,
    defaults: Annotated[bool, typer.Option("--defaults", help="Ask nothing, take what is found.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Print the plan, write nothing.")] = False,
    diff: Annotated[
        bool, typer.Option("--diff", help="Print the plan and the patch template -> project, write nothing.")
    ] = False,
    trust: Annotated[bool, typer.Option("--trust", help="Let a foreign template run its own code.")] = False,
    prereleases: Prereleases = False,
    folder: Folder = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    from mlscaffold.adopt.wishes import Wishes
    from mlscaffold.commands.adopt import adopt
    from mlscaffold.commands.new import read_answers, read_settings

    given = (read_answers(answers) if answers else {}) | read_settings(settings or ())
    wishes = Wishes(place_of(folder) / path, template, at, prereleases, given, trust)
    ui = ui_of(quiet=quiet, verbose=verbose, as_json=as_json)
    return adopt(wishes, ui, defaults=defaults, preview=preview, diff=diff)


app.command("update", help=COMMANDS["update"], epilog=updating.EXAMPLES)(updating.update)
app.command("heal", help=COMMANDS["heal"], epilog=updating.HEAL_EXAMPLES)(updating.heal)


@app.command("diff", help=COMMANDS["diff"], epilog="Example: mlscaffold diff --stat")
def _diff(
    folder: Folder = None,
    stat: Annotated[bool, typer.Option("--stat", help="Print a summary instead of the patch.")] = False,
    name_only: Annotated[bool, typer.Option("--name-only", help="Print the paths only.")] = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    from mlscaffold.commands.diff import diff

    return diff(place_of(folder), ui_of(quiet=quiet, verbose=verbose), stat=stat, name_only=name_only)


@template_app.command("versions", epilog="Example: mlscaffold template versions gh:owner/template")
def _versions(
    source: Annotated[
        str | None, typer.Argument(metavar="[SOURCE]", help="A folder or git address (default: the built-in template).")
    ] = None,
    prereleases: Prereleases = False,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    """List the versions of a template with what changed in each."""
    from mlscaffold.commands.template import versions
    from mlscaffold.template.sources import BUILTIN

    return versions(source or BUILTIN, ui_of(quiet=quiet, verbose=verbose, as_json=as_json), prereleases=prereleases)


@template_app.command("eject", epilog="Example: mlscaffold template eject ../our-template")
def _eject(
    path: Annotated[Path, typer.Argument(metavar="DIR", help="The new folder; must not exist or be empty.")],
    folder: Folder = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write the built-in template as a git repository of your own, one tag per release."""
    from mlscaffold.commands.template import eject

    return eject(place_of(folder) / path, ui_of(quiet=quiet, verbose=verbose))


_CHECK_EXAMPLES = """\
Examples:

\b
  mlscaffold template check
  mlscaffold template check ../our-template --from v1.0.0
  mlscaffold template check gh:owner/template --json
"""


@template_app.command("check", epilog=_CHECK_EXAMPLES)
def _check(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="[SOURCE]", help="A folder, as it is on disk, or a git address (default: the built-in template)."
        ),
    ] = None,
    since: Annotated[
        list[str] | None,
        typer.Option(
            "--from", metavar="VERSION", help="Update from this version; again for more (default: newest ten)."
        ),
    ] = None,
    trust: Annotated[bool, typer.Option("--trust", help="Let a foreign template run its own code.")] = False,
    folder: Folder = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> int:
    """Check a template: every choice, its settings, the files that it gives, and updates from older versions."""
    from mlscaffold.commands.template_check import check

    ui = ui_of(quiet=quiet, verbose=verbose, as_json=as_json)
    return check(source, place_of(folder), ui, since=tuple(since or ()), trust=trust)
