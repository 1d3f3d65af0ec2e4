"""MLP602: a job ends, also when it hangs, and when nobody waits for it any more."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Edit, Finding, Fix
from mlscaffold.check.pipelines.model import Job, Pipeline
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlp._tiers import jobs_are

_MINUTES: Final = 60
_PATH: Final = ".github/workflows/ci.yml"
BAD: Final[tuple[Example, ...]] = (
    {_PATH: "on: push\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"},
    {_PATH: "on: pull_request\njobs:\n  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 20\n    steps: []\n"},
)
OK: Final[tuple[Example, ...]] = (
    {
        _PATH: "on: pull_request\nconcurrency:\n  group: ci-${{ github.ref }}\n  cancel-in-progress: true\njobs:\n"
        "  test:\n    runs-on: ubuntu-latest\n    timeout-minutes: 20\n    steps:\n      - run: pytest\n"
    },
)


@rule("MLP602", "bounded-jobs", on=Pipeline, fix="unsafe", hint="give each job a time after which it is ended")
def bounded_jobs(pipeline: Pipeline, repository: Repository) -> Iterator[Finding]:
    """A job of a pipeline has no timeout of its own, or (persona strict) goes on for a change that is already replaced.

    GitHub ends a job after six hours. Jobs that only use actions of others (labels, stale issues) are left alone by
    the default persona. GitLab and Azure do so after one, where nobody says otherwise: there, only a job
    that asks for no limit at all (`timeoutInMinutes: 0`) is reported, and for the persona `strict` alone.

    Why: training that hangs holds a runner, and a pull request, for hours. None of 38 workflows in 15 public ML
    repositories set a time for each job, and 2 of them ended runs that a newer push had replaced.

    How to fix: `timeout-minutes` of about three times what the job takes; `--unsafe-fixes` writes 60. For pull
    requests a `concurrency` group with `cancel-in-progress: true` (GitLab: `interruptible: true`).
    """
    strict = repository.settings.persona == "strict"
    endless = [job for job in pipeline.jobs if not job.bounded and (strict or not _is_others_work(job, repository))]
    if endless and (strict or pipeline.provider == "github"):
        what = "a timeoutInMinutes other than 0" if pipeline.provider == "azure" else "timeout-minutes"
        message = f"{jobs_are(endless, 'has', 'have')} no timeout; add {what}"
        yield Finding(pipeline.path, _line(pipeline, endless[0], repository), message, fix=_fix(endless, repository))
    lasting = [job for job in pipeline.jobs if "pull_request" in job.triggers and not job.cancels]
    if lasting and strict:
        what = "interruptible: true" if pipeline.provider == "gitlab" else "concurrency with cancel-in-progress: true"
        message = f"{jobs_are(lasting, 'goes', 'go')} on when a pull request gets a newer push; add {what}"
        yield Finding(pipeline.path, _line(pipeline, lasting[0], repository), message)


def _is_others_work(job: Job, repository: Repository) -> bool:
    """Return whether all steps of a job are actions of others: labels, stale issues, drafts of a release."""
    steps = repository.table(job.path, *map(str, job.keys)).get("steps")
    used = [step.get("uses") for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
    return bool(used) and all(isinstance(action, str) and not action.startswith("./") for action in used)


def _line(pipeline: Pipeline, job: Job, repository: Repository) -> int:
    return repository.line_of(job.path, *job.keys) if job.path == pipeline.path else 0


def _fix(jobs: list[Job], repository: Repository) -> Fix | None:
    """Return the fix that writes a time below each `runs-on`, where all of them stand on a line of their own."""
    path = jobs[0].path
    lines = repository.read(path).splitlines(keepends=True)
    edits = []
    # Jobs that are the same by an alias stand on one line.
    for line in sorted({repository.line_of(path, *job.keys, "runs-on") for job in jobs}):
        if not line or not _stands_alone(lines, line):
            return None
        text = lines[line - 1]
        indent = " " * (len(text) - len(text.lstrip()))
        end = "\r\n" if text.endswith(b"\r\n") else "\n"
        place = sum(map(len, lines[:line]))
        edits.append(Edit(path, place, place, f"{indent}timeout-minutes: {_MINUTES}{end}"))
    return Fix(tuple(edits), safe=False)


def _stands_alone(lines: list[bytes], line: int) -> bool:
    text = lines[line - 1]
    value = text.partition(b":")[2].strip()
    simple = text.lstrip().startswith(b"runs-on:") and value[:1] not in {b"", b"#"} and text.endswith(b"\n")
    following = next((one for one in lines[line:] if one.strip()), b"")
    return simple and len(following) - len(following.lstrip()) <= len(text) - len(text.lstrip())
