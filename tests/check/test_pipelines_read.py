"""Pipelines of all providers are read into one description: what starts a job, what it runs, and whether it ends."""

from collections.abc import Mapping
from functools import cache
from textwrap import dedent

import pytest

from mlscaffold.check.listing import Entry
from mlscaffold.check.pipelines.conditions import holds
from mlscaffold.check.pipelines.model import Job, Pipeline
from mlscaffold.check.pipelines.reading import pipelines_of
from mlscaffold.check.pipelines.wrappers import follow
from mlscaffold.check.registry import Rules
from mlscaffold.check.repository import Repository
from mlscaffold.check.settings import settings_from
from mlscaffold.check.targets.document import parsed
from mlscaffold.check.targets.facts import facts_of
from mlscaffold.check.targets.module import Module

STEPS = "    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
GITLAB_ALL = {"pull_request", "push", "main", "tag", "schedule", "manual", "dispatch"}


def made_of(files: Mapping[str, str]) -> Repository:
    """Return a repository of these files, without a disk."""
    data = {path: dedent(text).encode() for path, text in files.items()}
    listing = {path: Entry(len(text), 0, executable=False, symlink=False) for path, text in data.items()}
    modules = {path: facts_of(Module(path, text)) for path, text in data.items() if path.endswith(".py")}
    return Repository(
        "/",
        listing,
        modules,
        settings_from({}, Rules(), "test"),
        load=cache(lambda path: parsed(path, data[path]) if path in data else None),
        read=lambda path: data.get(path, b""),
    )


def pipelines(files: Mapping[str, str]) -> tuple[Pipeline, ...]:
    return pipelines_of(made_of(files))


def jobs(files: Mapping[str, str]) -> dict[str, Job]:
    return {job.name: job for pipeline in pipelines(files) for job in pipeline.jobs}


def workflow(text: str, others: Mapping[str, str] | None = None) -> dict[str, Job]:
    return jobs({".github/workflows/ci.yml": text, **(others or {})})


def gitlab(text: str, others: Mapping[str, str] | None = None) -> dict[str, Job]:
    return jobs({".gitlab-ci.yml": text, **(others or {})})


def azure(text: str, others: Mapping[str, str] | None = None) -> dict[str, Job]:
    return jobs({"azure-pipelines.yml": text, **(others or {})})


# Conditions.


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("$A", True, id="a variable that is set"),
        pytest.param("$NONE", False, id="one that is not"),
        pytest.param("$UNKNOWN", None, id="one that nobody knows"),
        pytest.param("$EMPTY", False, id="an empty one"),
        pytest.param('$A == "one"', True, id="the same"),
        pytest.param('$A == "two"', False, id="not the same"),
        pytest.param('$A != "two"', True, id="other"),
        pytest.param("$NONE == null", True, id="null"),
        pytest.param("$A =~ /^o/", True, id="a pattern that fits"),
        pytest.param("$A =~ /^e/", False, id="a pattern that does not"),
        pytest.param("$A =~ /^O/i", True, id="a pattern with a flag"),
        pytest.param("$A =~ /^O/", False, id="a pattern without a flag"),
        pytest.param("$A !~ /^o/", False, id="a pattern that must not fit"),
        pytest.param("$NONE =~ /^o/", False, id="a pattern on nothing"),
        pytest.param("$A =~ $UNKNOWN", None, id="a pattern nobody knows"),
        pytest.param("$A =~ /(/", None, id="a pattern that is none"),
        pytest.param("$UNKNOWN && $NONE", False, id="unknown and false"),
        pytest.param("$UNKNOWN && $A", None, id="unknown and true"),
        pytest.param("$UNKNOWN || $A", True, id="unknown or true"),
        pytest.param("$UNKNOWN || $NONE", None, id="unknown or false"),
        pytest.param("$A || $NONE && $NONE", True, id="and binds first"),
        pytest.param("($A || $NONE) && $NONE", False, id="brackets bind before"),
        pytest.param("!$A", False, id="not"),
        pytest.param("!($A && $NONE)", True, id="not a bracket"),
        pytest.param("!$UNKNOWN", None, id="not unknown"),
        pytest.param("${A} == 'ONE'", True, id="case does not count"),
        pytest.param("${{ github.event_name == 'push' }}", True, id="an expression of GitHub"),
        pytest.param("${{ github.x }} == ${{ github.y }}", None, id="two expressions"),
        pytest.param("always() && github.event_name == 'schedule'", False, id="what usually holds, and more"),
        pytest.param("failure()", None, id="what seldom holds"),
        pytest.param("contains(github.event_name, 'us')", True, id="contains"),
        pytest.param("startsWith(github.event_name, 'sh')", False, id="starts with"),
        pytest.param("endsWith(github.event_name, 'sh')", True, id="ends with"),
        pytest.param("startsWith(github.unknown, 'sh')", None, id="starts with the unknown"),
        pytest.param("'it''s' == 'it''s'", True, id="a quote in quotes"),
        pytest.param("and(succeeded(), eq(variables['A'], 'one'))", True, id="functions of Azure"),
        pytest.param("or(ne(variables['A'], 'one'), in(variables['A'], 'two', 'three'))", False, id="more of them"),
        pytest.param("in(variables['A'], 'two', 'one')", True, id="one of several"),
        pytest.param("not(eq(variables['A'], 'one'))", False, id="not, as a function"),
        pytest.param("or(eq(variables['A'], 'two'), eq(variables['A'], 'one'))", True, id="or, as a function"),
        pytest.param("in()", None, id="in nothing"),
        pytest.param("$UNKNOWN == 'one'", None, id="the unknown is the same as something"),
        pytest.param("$A != $UNKNOWN", None, id="something is other than the unknown"),
        pytest.param("not()", None, id="not nothing"),
        pytest.param("not(1, 2)", None, id="not two things"),
        pytest.param("eq('a')", None, id="one thing compared"),
        pytest.param("$A == null", False, id="a text is not null"),
        pytest.param("startsWith('a', null)", None, id="starts with null"),
        pytest.param("'it''s' == \"it's\"", True, id="two ways to quote"),
        pytest.param("${{ github.event_name }} == 'push'", None, id="an expression in a condition"),
        pytest.param("fromJSON('[]')", None, id="a function nobody knows"),
        pytest.param("true", True, id="true"),
        pytest.param("false", False, id="false"),
        pytest.param("$A ==", None, id="cut off"),
        pytest.param("$A $A", None, id="two in a row"),
        pytest.param("§", None, id="no condition at all"),
        pytest.param("(" * 10_000, None, id="absurdly deep"),
        pytest.param("", None, id="empty"),
    ],
)
def test_a_condition_is_decided_as_far_as_it_can_be(condition: str, expected: bool | None) -> None:
    known = {"A": "one", "NONE": None, "EMPTY": "", "github.event_name": "push"}
    assert holds(condition, known) is expected


# GitHub Actions.


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("push", {"push", "main", "tag"}, id="one word"),
        pytest.param("[push, pull_request]", {"push", "main", "tag", "pull_request"}, id="a list"),
        pytest.param("{pull_request: , workflow_dispatch: }", {"pull_request", "manual"}, id="a table"),
        pytest.param("{push: {branches: [main]}}", {"main"}, id="main only"),
        pytest.param("{push: {branches: main}}", {"main"}, id="one branch without a list"),
        pytest.param("{push: {branches: [master, 'releases/**']}}", {"main"}, id="releases are no changes"),
        pytest.param("{push: {branches: ['feature/**']}}", {"push"}, id="features only"),
        pytest.param("{push: {branches: ['**']}}", {"push", "main"}, id="all branches, no tags"),
        pytest.param("{push: {branches: ['**', '!main']}}", {"push"}, id="all but main"),
        pytest.param("{push: {branches: ['!some-change', '**']}}", {"push", "main"}, id="the last pattern decides"),
        pytest.param("{push: {branches-ignore: [main]}}", {"push"}, id="main is left out"),
        pytest.param("{push: {branches: ['**', '!**-change']}}", {"main"}, id="all but what fits"),
        pytest.param("{push: {branches: ['*/*']}}", {"push"}, id="in folders"),
        pytest.param("{push: {branches-ignore: [trunk]}}", {"push", "main"}, id="no usual name of main"),
        pytest.param("{push: {branches-ignore: [gh-pages]}}", {"push", "main"}, id="pages are left out"),
        pytest.param("{push: {tags: ['v*']}}", {"tag"}, id="tags only"),
        pytest.param("{push: {tags: ['v*'], branches: [main]}}", {"tag", "main"}, id="tags and main"),
        pytest.param("{push: {paths: ['src/**']}}", {"push", "main", "tag"}, id="paths"),
        pytest.param("{pull_request: {types: [closed]}}", {"other"}, id="a pull request that is over"),
        pytest.param("{pull_request: {types: [opened, labeled]}}", {"pull_request"}, id="one that begins"),
        pytest.param("{issues: {types: [opened]}}", {"other"}, id="an issue that begins"),
        pytest.param("pull_request_target", {"pull_request"}, id="for forks"),
        pytest.param("{schedule: [{cron: 1 2 * * *}]}", {"schedule"}, id="a schedule"),
        pytest.param("[repository_dispatch, workflow_call, release]", {"dispatch", "call", "tag"}, id="others"),
        pytest.param("merge_group", {"main"}, id="a merge queue"),
        pytest.param("issue_comment", {"other"}, id="a comment"),
        pytest.param("", set(), id="nothing"),
        pytest.param("5", set(), id="a number"),
        pytest.param("[{push: 1}, [pull_request]]", {"pull_request"}, id="odd lists"),
    ],
)
def test_events_of_github_are_triggers(on: str, expected: set[str]) -> None:
    found = workflow(f"on: {on}\njobs:\n  test:\n{STEPS}")["test"].triggers
    assert found == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("github.event_name == 'schedule'", {"schedule"}, id="an event"),
        pytest.param(
            "github.event_name != 'pull_request'", {"schedule", "main", "push", "tag", "pull_request"}, id="not"
        ),
        pytest.param("github.event_name == 'pull_request'", {"pull_request"}, id="pull requests"),
        pytest.param("${{ github.ref == 'refs/heads/main' }}", {"main", "schedule", "pull_request"}, id="main"),
        pytest.param("github.ref == 'refs/heads/master' && github.event_name == 'push'", {"main"}, id="called master"),
        pytest.param(
            "github.ref_name == github.event.repository.default_branch && github.event_name == 'push'",
            {"main"},
            id="whatever it is called",
        ),
        pytest.param("github.ref != 'refs/heads/main' && github.event_name == 'push'", {"push", "tag"}, id="not main"),
        pytest.param("startsWith(github.ref, 'refs/tags/')", {"tag"}, id="tags"),
        pytest.param(
            "github.base_ref == 'main' && github.event_name == 'pull_request'", {"pull_request"}, id="onto main"
        ),
        pytest.param(
            "github.repository == 'acme/model'", {"schedule", "main", "push", "tag", "pull_request"}, id="unknown"
        ),
        pytest.param("false", set(), id="switched off"),
    ],
)
def test_a_condition_of_a_job_narrows_what_starts_it(condition: str, expected: set[str]) -> None:
    on = "on: {push: , pull_request: , schedule: [{cron: 1 2 * * *}]}"
    assert workflow(f"{on}\njobs:\n  test:\n    if: {condition}\n{STEPS}")["test"].triggers == expected


@pytest.mark.parametrize(
    ("job", "bounded"),
    [
        pytest.param("timeout-minutes: 5", True, id="a time"),
        pytest.param("timeout-minutes: ${{ matrix.time }}", True, id="a time from elsewhere"),
        pytest.param("env: {}", False, id="none"),
        pytest.param("steps: [{run: a, timeout-minutes: 1}, {run: b, timeout-minutes: 1}]", True, id="each step"),
        pytest.param("steps: [{run: a, timeout-minutes: 1}, {run: b}]", False, id="one step of two"),
        pytest.param("steps: []", False, id="no steps"),
        pytest.param("uses: ./.github/workflows/other.yml", True, id="a called workflow has its own"),
    ],
)
def test_a_job_of_github_is_bounded_by_a_time_of_its_own(job: str, bounded: bool) -> None:
    assert workflow(f"on: push\njobs:\n  test:\n    {job}\n")["test"].bounded is bounded


@pytest.mark.parametrize(
    ("above", "below", "cancels"),
    [
        pytest.param("concurrency: {group: a, cancel-in-progress: true}", "", True, id="the workflow"),
        pytest.param("", "concurrency: {group: a, cancel-in-progress: true}", True, id="the job"),
        pytest.param("concurrency: {group: a, cancel-in-progress: false}", "", False, id="no"),
        pytest.param("concurrency: {group: a}", "", False, id="a group that waits"),
        pytest.param("concurrency: a", "", False, id="a group in short"),
        pytest.param(
            "concurrency: {group: a, cancel-in-progress: \"${{ github.ref != 'x' }}\"}", "", True, id="at times"
        ),
        pytest.param("concurrency: {cancel-in-progress: {}}", "", True, id="odd"),
        pytest.param("", "", False, id="nothing"),
    ],
)
def test_concurrency_ends_older_runs(above: str, below: str, cancels: bool) -> None:
    text = f"on: push\n{above}\njobs:\n  test:\n    runs-on: x\n    {below}\n"
    assert workflow(text)["test"].cancels is cancels


def test_a_job_runs_what_the_workflow_runs_that_it_calls() -> None:
    called = f"on: workflow_call\njobs:\n  inner:\n{STEPS}"
    found = workflow(
        "on: push\njobs:\n  test:\n    uses: ./.github/workflows/inner.yml\n", {".github/workflows/inner.yml": called}
    )
    assert "pytest" in found["test"].commands
    assert not found["test"].opaque
    assert found["inner"].triggers == {"call"}


def test_a_step_runs_what_the_action_runs_that_it_uses() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - run: pytest\n      shell: bash\n"
    text = "on: push\njobs:\n  test:\n    steps:\n      - uses: ./.github/actions/test\n"
    for name in ("action.yml", "action.yaml"):
        found = workflow(text, {f".github/actions/test/{name}": action})["test"]
        assert "pytest" in found.commands
        assert not found.opaque
    assert "pytest" in workflow(text.replace("./.github/actions/test", "./"), {"action.yml": action})["test"].commands


@pytest.mark.parametrize(
    "job",
    [
        pytest.param("uses: acme/shared/.github/workflows/ci.yml@v1", id="a workflow of others"),
        pytest.param("uses: ./.github/workflows/gone.yml", id="a workflow that is not there"),
        pytest.param("uses: ./../../etc/hosts.yml", id="a workflow outside"),
        pytest.param("uses: ./.github/workflows/ci.yml", id="itself"),
        pytest.param("uses: ./.github/workflows/shared.yml", id="one job of a called workflow"),
        pytest.param("steps: [{uses: ./gone}]", id="an action that is not there"),
        pytest.param("steps: [{uses: ./gone}, {run: pytest}]", id="an action that is not there, and more"),
        pytest.param("steps: [{uses: ./javascript}]", id="an action without steps"),
        pytest.param("steps: [{uses: ./itself}]", id="an action that uses itself"),
    ],
)
def test_what_is_kept_elsewhere_makes_a_job_opaque(job: str) -> None:
    others = {
        "javascript/action.yml": "runs: {using: node20, main: index.js}\n",
        ".github/workflows/shared.yml": "on: workflow_call\njobs: {a: {uses: a/b/c.yml@v1}, b: {steps: []}}\n",
        "itself/action.yml": "runs: {using: composite, steps: [{uses: ./itself}]}\n",
    }
    assert workflow(f"on: push\njobs:\n  test:\n    {job}\n", others)["test"].opaque


def test_commands_hold_scripts_actions_what_they_are_given_and_the_matrix() -> None:
    text = """\
        on: push
        defaults: {run: {working-directory: lib}}
        jobs:
          test:
            strategy: {matrix: {session: [lint, types]}}
            defaults: {run: {working-directory: model}}
            steps:
              - uses: acme/run-action@v1
                with: {arguments: -s tests}
              - run: nox -s ${{ matrix.session }}
                working-directory: deeper
        """
    found = workflow(dedent(text))["test"]
    for piece in ("acme/run-action@v1", "-s tests", "nox -s", "lint", "types", "cd model", "cd deeper"):
        assert piece in found.commands
    assert not found.opaque
    assert found.keys == ("jobs", "test")


# GitLab CI.


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param("{}", GITLAB_ALL - {"pull_request"}, id="no rules"),
        pytest.param("{rules: [{if: $CI_PIPELINE_SOURCE == 'merge_request_event'}]}", {"pull_request"}, id="requests"),
        pytest.param("{rules: [{if: $CI_MERGE_REQUEST_IID}]}", {"pull_request"}, id="requests, by their number"),
        pytest.param(
            "{rules: [{if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH}]}",
            {"main", "schedule", "manual", "dispatch"},
            id="the default branch",
        ),
        pytest.param(
            "{rules: [{if: $CI_COMMIT_BRANCH == 'master' && $CI_PIPELINE_SOURCE == 'push'}]}",
            {"main"},
            id="a default branch called master",
        ),
        pytest.param(
            "{rules: [{if: $CI_COMMIT_BRANCH && $CI_PIPELINE_SOURCE == 'push'}]}", {"main", "push"}, id="all branches"
        ),
        pytest.param("{rules: [{if: $CI_COMMIT_TAG}]}", {"tag"}, id="tags"),
        pytest.param(
            "{rules: [{if: $CI_COMMIT_TAG, when: never}, {when: on_success}]}", GITLAB_ALL - {"tag"}, id="all but tags"
        ),
        pytest.param(
            "{rules: [{if: $CI_PIPELINE_SOURCE =~ /^(schedule|web)$/ && $JOB == 'nightly'}]}",
            {"schedule", "manual"},
            id="a variable of a schedule",
        ),
        pytest.param(
            "{rules: [{if: $UNKNOWN, when: never}, {if: $CI_PIPELINE_SOURCE == 'schedule'}]}",
            {"schedule"},
            id="unknown exceptions",
        ),
        pytest.param("{rules: [{changes: [src/**], when: never}, {if: $CI_COMMIT_TAG}]}", {"tag"}, id="files, perhaps"),
        pytest.param("{rules: [{if: $CI_COMMIT_TAG, exists: [x]}]}", {"tag"}, id="files and a tag"),
        pytest.param("{rules: [{exists: [x], when: never}, {if: $CI_COMMIT_TAG}]}", {"tag"}, id="a file, perhaps"),
        pytest.param("{rules: [{if: $CI_COMMIT_REF_NAME =~ /change$/}]}", {"push", "pull_request"}, id="names"),
        pytest.param("{rules: [{if: $CI_COMMIT_REF_NAME =~ /^v1/}]}", {"tag"}, id="names of tags"),
        pytest.param(
            "{rules: [{if: $CI_COMMIT_BRANCH != 'main' && $CI_PIPELINE_SOURCE == 'push'}]}",
            {"push", "tag"},
            id="not main",
        ),
        pytest.param("{rules: [{changes: [src/**]}]}", GITLAB_ALL, id="files only"),
        pytest.param("{rules: []}", set(), id="empty rules"),
        pytest.param("{rules: [something]}", GITLAB_ALL, id="odd rules"),
        pytest.param("{only: [merge_requests]}", {"pull_request"}, id="only requests"),
        pytest.param("{only: schedules}", {"schedule"}, id="only schedules"),
        pytest.param("{only: [main]}", {"main", "schedule", "manual", "dispatch"}, id="only main"),
        pytest.param("{only: [tags], except: [branches]}", {"tag"}, id="only tags"),
        pytest.param("{except: [schedules, tags]}", {"push", "main", "manual", "dispatch"}, id="but schedules"),
        pytest.param("{only: {refs: [pushes]}}", {"push", "main", "tag"}, id="only, as a table"),
        pytest.param("{only: {changes: [src/**]}}", GITLAB_ALL - {"pull_request"}, id="only changes"),
        pytest.param("{only: [/^feature/]}", {"push"}, id="only features"),
        pytest.param("{only: ['/^v[0-9]/']}", {"tag"}, id="only versions"),
        pytest.param("{only: [/(/]}", GITLAB_ALL - {"pull_request"}, id="a pattern that is none"),
        pytest.param("{only: [main@acme/model]}", {"main", "schedule", "manual", "dispatch"}, id="of one project"),
        pytest.param("{only: 5}", set(), id="odd"),
    ],
)
def test_rules_of_a_gitlab_job_are_triggers(rules: str, expected: set[str]) -> None:
    text = f"test:\n  script: [pytest]\n  <<: {rules}\n"
    assert gitlab(text)["test"].triggers == expected


def test_rules_of_the_whole_pipeline_narrow_all_jobs_and_let_requests_in() -> None:
    text = "workflow: {rules: [{if: $CI_MERGE_REQUEST_IID}, {if: $CI_COMMIT_TAG}]}\ntest: {script: [pytest]}\n"
    assert gitlab(text)["test"].triggers == {"pull_request", "tag"}


def test_a_gitlab_job_takes_over_what_it_extends() -> None:
    text = """\
        .base:
          script: [pytest]
          rules: [{if: $CI_COMMIT_TAG}]
        .middle: {extends: .base, interruptible: true}
        test: {extends: [.middle]}
        other: {extends: .middle, rules: [{if: $CI_MERGE_REQUEST_ID}]}
        again: {extends: again, script: [ruff check]}
        """
    found = gitlab(dedent(text))
    assert set(found) == {"test", "other", "again"}
    assert (found["test"].commands, found["test"].triggers, found["test"].cancels) == ("pytest", {"tag"}, True)
    assert (found["other"].commands, found["other"].triggers) == ("pytest", {"pull_request"})
    assert found["again"].commands == "ruff check"


def test_references_are_followed_in_scripts_and_rules() -> None:
    text = """\
        .setup: {script: [uv sync], rules: [{if: $CI_COMMIT_TAG}]}
        .loop: {script: [!reference [.loop, script]]}
        test:
          rules: [!reference [.setup, rules]]
          script:
            - !reference [.setup, script]
            - [pytest, mypy]
        odd:
          script: [!reference [.loop, script], make]
          rules: !reference [.setup, rules]
        """
    found = gitlab(dedent(text))
    assert all(job.bounded for job in found.values())
    assert found["test"].commands.splitlines() == ["uv sync", "pytest", "mypy"]
    assert found["test"].triggers == found["odd"].triggers == {"tag"}
    assert found["odd"].commands == "make"


def test_a_command_that_is_called_like_a_job_is_no_reference() -> None:
    assert gitlab("deploy: {script: [pytest]}\ntest: {script: [deploy]}\n")["test"].commands == "deploy"


def test_what_is_extended_may_be_of_another_kind() -> None:
    assert gitlab(".a: {x: {y: 1}}\nb: {extends: .a, x: 5, script: [z]}\n")["b"].commands == "z"


def test_what_is_usual_for_all_jobs_counts_for_each() -> None:
    text = """\
        default: {interruptible: true, before_script: [uv sync]}
        test: {script: [pytest]}
        other: {script: [ruff check], interruptible: false, before_script: [pip install ruff]}
        """
    found = gitlab(dedent(text))
    assert (found["test"].commands, found["test"].cancels) == ("uv sync\npytest", True)
    assert (found["other"].commands, found["other"].cancels) == ("pip install ruff\nruff check", False)
    assert gitlab("before_script: [uv sync]\ntest: {script: pytest}\n")["test"].commands == "uv sync\npytest"


def test_local_includes_are_read_and_jobs_know_their_file() -> None:
    files = {
        ".gitlab-ci.yml": "include:\n  - local: /ci/*.yml\ntest: {interruptible: true}\n",
        "ci/test.yml": "include: ci/test.yml\ntest: {script: [pytest]}\n",
        "ci/lint.yml": "lint: {script: [ruff check]}\n",
    }
    (pipeline,) = pipelines(files)
    assert {job.name: (job.path, job.commands, job.cancels) for job in pipeline.jobs} == {
        "test": (".gitlab-ci.yml", "pytest", True),
        "lint": ("ci/lint.yml", "ruff check", False),
    }
    assert not pipeline.opaque


@pytest.mark.parametrize(
    "include",
    [
        pytest.param("https://acme.example/ci.yml", id="an address"),
        pytest.param("[{template: Security/SAST.gitlab-ci.yml}]", id="a template"),
        pytest.param("{project: acme/ci, file: test.yml}", id="another project"),
        pytest.param("{local: gone.yml}", id="a file that is not there"),
        pytest.param("{local: $WHERE}", id="a variable"),
        pytest.param("[https://acme.example/ci.yml, .gitlab-ci.yml]", id="one of two"),
        pytest.param("[5]", id="odd"),
    ],
)
def test_includes_from_elsewhere_make_the_pipeline_opaque(include: str) -> None:
    (pipeline,) = pipelines({".gitlab-ci.yml": f"include: {include}\ntest: {{script: pytest}}\nother: {{stage: x}}\n"})
    assert pipeline.opaque
    assert {job.name: job.opaque for job in pipeline.jobs} == {"test": False, "other": True}


def test_child_pipelines_belong_to_the_job_that_starts_them() -> None:
    text = (
        "child: {trigger: {include: ci/child.yml}}\nother: {trigger: acme/other}\ngone: {trigger: {include: x.yml}}\n"
    )
    found = gitlab(text, {"ci/child.yml": ".x: {script: [uv sync]}\ntest: {script: [pytest]}\n"})
    assert (found["child"].commands.splitlines(), found["child"].opaque) == (["uv sync", "pytest"], False)
    assert found["other"].opaque
    assert found["gone"].opaque


def test_a_header_before_the_pipeline_is_no_job() -> None:
    text = "spec: {inputs: {x: {}}}\n---\nvariables: {A: b}\ntest: {script: pytest}\n"
    assert list(gitlab(text)) == ["test"]


@pytest.mark.parametrize(
    "text", ["", "5", "[1]", "before_script: [x]\na: 5", "'---': 5", "test: {script: {a: {b: 1}}}", "a: {extends: 5}"]
)
def test_odd_files_of_gitlab_have_no_jobs(text: str) -> None:
    assert pipelines({".gitlab-ci.yml": text + "\n"}) == ()


# Azure Pipelines.


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        pytest.param("", {"push", "main", "pull_request"}, id="nothing is everything"),
        pytest.param("trigger: none", {"pull_request"}, id="no pushes"),
        pytest.param("pr: none", {"push", "main"}, id="no requests"),
        pytest.param("trigger: none\npr: none", set(), id="by hand"),
        pytest.param("trigger: [main]\npr: none", {"main"}, id="main"),
        pytest.param(
            "trigger: {branches: {include: ['*'], exclude: [master]}}\npr: none", {"push"}, id="all but master"
        ),
        pytest.param("trigger: {branches: {include: [refs/heads/main]}}\npr: none", {"main"}, id="main in full"),
        pytest.param("trigger: {tags: {include: ['v*']}}\npr: none", {"tag"}, id="tags"),
        pytest.param(
            "trigger: {tags: {include: ['v*']}, branches: {include: [main]}}\npr: none",
            {"tag", "main"},
            id="tags and main",
        ),
        pytest.param("trigger: {paths: {include: [src]}}\npr: none", {"push", "main"}, id="paths"),
        pytest.param("trigger: none\npr: [main]", {"pull_request"}, id="requests"),
        pytest.param("trigger: none\npr: none\nschedules: [{cron: 1 2 * * *}]", {"schedule"}, id="a schedule"),
    ],
)
def test_events_of_azure_are_triggers(head: str, expected: set[str]) -> None:
    found = azure(f"{head}\njobs:\n  - job: test\n    steps: [{{bash: pytest}}]\n")
    assert found["test"].triggers == expected | {"manual"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        pytest.param("eq(variables['Build.Reason'], 'Schedule')", {"schedule", "main", "push", "tag"}, id="a schedule"),
        pytest.param(
            "eq(variables['Build.SourceBranch'], 'refs/heads/main')", {"schedule", "main", "manual"}, id="main"
        ),
        pytest.param("eq(variables['Build.SourceBranchName'], 'dev')", {"schedule", "main", "manual"}, id="dev"),
        pytest.param("eq(variables['Build.SourceBranchName'], 'main')", {"schedule", "main", "manual"}, id="its name"),
        pytest.param("startsWith(variables['Build.SourceBranch'], 'refs/tags/')", {"tag", "manual"}, id="tags"),
        pytest.param(
            "startsWith(variables['Build.SourceBranch'], 'refs/pull/')", {"pull_request", "manual"}, id="pulls"
        ),
        pytest.param(
            "and(eq(variables['Build.Reason'], 'PullRequest'), eq(variables.Build.Reason, 'Manual'))",
            {"main", "push", "tag"},
            id="nothing that is known",
        ),
        pytest.param("succeededOrFailed()", {"schedule", "main", "push", "tag", "pull_request", "manual"}, id="always"),
    ],
)
def test_conditions_of_jobs_and_stages_narrow_what_starts_them(condition: str, expected: set[str]) -> None:
    head = "trigger: {branches: {include: ['*']}, tags: {include: ['*']}}\nschedules: [{cron: 1 2 * * *}]\n"
    of_job = f"jobs:\n  - job: test\n    condition: {condition}\n    steps: [{{bash: pytest}}]\n"
    of_stage = (
        f"stages:\n  - stage: a\n    condition: {condition}\n    jobs: [{{job: test, steps: [{{bash: pytest}}]}}]\n"
    )
    assert azure(head + of_job)["test"].triggers == expected
    assert azure(head + of_stage)["test"].triggers == expected


def test_jobs_are_found_in_all_shapes_and_know_where_they_stand() -> None:
    assert azure("steps: [{script: pytest}]\n")["azure-pipelines.yml"].keys == ()
    assert azure("jobs: [{job: a, steps: []}, {job: b, steps: []}]\n")["b"].keys == ("jobs", 1)
    staged = azure(
        "stages: [{stage: x, jobs: [{deployment: a, strategy: {runOnce: {deploy: {steps: [{bash: b}]}}}}]}]\n"
    )
    assert (staged["a"].keys, staged["a"].commands.strip()) == (("stages", 0, "jobs", 0), "b")
    chosen = azure("jobs:\n  - ${{ if eq(1, 1) }}:\n      - job: a\n        steps: [{pwsh: b}]\n")
    assert chosen["a"].commands.strip() == "b"
    assert chosen["a"].keys == ("jobs", 0, "${{ if eq(1, 1) }}", 0)


def test_templates_of_steps_jobs_stages_and_whole_files_are_read() -> None:
    others = {
        "ci/steps.yml": "parameters: []\nsteps: [{script: pytest}, {template: more.yml}]\n",
        "ci/more.yml": "steps:\n  - ${{ if parameters.x }}:\n      - task: CmdLine@2\n        inputs: {script: mypy}\n",
        "ci/jobs.yml": "jobs: [{job: inner, steps: [{template: steps.yml}]}]\n",
        "ci/stages.yml": "stages: [{stage: s, jobs: [{template: jobs.yml}]}]\n",
        "ci/again.yml": "steps: [{template: again.yml}]\n",
    }
    steps = azure("jobs: [{job: a, steps: [{template: ci/steps.yml}, {template: /ci/more.yml@self}]}]\n", others)["a"]
    assert steps.commands.split() == ["pytest", "CmdLine@2", "mypy", "CmdLine@2", "mypy"]
    assert not steps.opaque
    for text in (
        "jobs: [{template: ci/jobs.yml}]\n",
        "stages: [{template: ci/stages.yml}]\n",
        "extends: {template: ci/stages.yml}\n",
    ):
        inner = azure(text, others)["inner"]
        assert "pytest" in inner.commands
        assert inner.path == "ci/jobs.yml"
    assert azure("jobs: [{job: a, steps: [{template: ci/again.yml}]}]\n", others)["a"].opaque
    given = azure("jobs: [{template: ci/jobs.yml, parameters: {before: [{script: ruff check}]}}]\n", others)["inner"]
    assert "ruff check" in given.commands


@pytest.mark.parametrize(
    "text",
    [
        "jobs: [{template: gone.yml}]",
        "jobs: [{template: jobs.yml@shared}]",
        "extends: {template: base.yml@shared}",
        "jobs: [{job: a, steps: [{template: gone.yml}]}]",
        "jobs: [{job: a, steps: [{template: ../../outside.yml}]}]",
    ],
)
def test_templates_from_elsewhere_make_a_job_opaque(text: str) -> None:
    assert [job.opaque for job in azure(text + "\n").values()] == [True]


@pytest.mark.parametrize(
    ("time", "bounded"), [("", True), ("timeoutInMinutes: 5,", True), ("timeoutInMinutes: 0,", False)]
)
def test_azure_ends_jobs_but_for_those_that_ask_for_no_end(time: str, bounded: bool) -> None:
    assert azure(f"jobs: [{{job: a, {time} steps: []}}]\n")["a"].bounded is bounded


@pytest.mark.parametrize(
    ("pr", "cancels"), [("[main]", True), ("{autoCancel: false}", False), ("{autoCancel: true}", True)]
)
def test_azure_ends_older_runs_where_nobody_says_no(pr: str, cancels: bool) -> None:
    assert azure(f"pr: {pr}\njobs: [{{job: a, steps: []}}]\n")["a"].cancels is cancels


def test_files_without_triggers_are_templates() -> None:
    steps = "steps: [{script: pytest}]\n"
    found = pipelines(
        {
            "azure-pipelines.yml": steps,
            "azure-pipelines/night.yaml": f"trigger: none\n{steps}",
            "azure-pipelines/templates/setup.yml": steps,
            ".pipelines/variables.yml": "trigger: none\nvariables: []\n",
            "ci/deploy.yml": f"trigger: none\n{steps}",
        }
    )
    assert [one.path for one in found] == ["azure-pipelines.yml", "azure-pipelines/night.yaml"]


@pytest.mark.parametrize(
    "text", ["", "5", "jobs: 5", "stages: [5, {stage: a, jobs: {a: 1}}]", "trigger: none\nsteps: 5"]
)
def test_odd_files_of_azure_raise_nothing(text: str) -> None:
    assert all(not job.commands.strip() for job in azure(text + "\n").values())


def test_all_providers_are_read_and_pipelines_know_their_triggers() -> None:
    found = pipelines(
        {
            ".github/workflows/a.yaml": f"name: Night\non: [push, workflow_dispatch]\njobs:\n  test:\n{STEPS}",
            ".github/workflows/b.yml": f"on: issues\njobs:\n  test:\n{STEPS}",
            ".github/workflows/none.yml": "on: push\n",
            ".gitlab-ci.yml": "test: {script: pytest, only: [tags]}\n",
            "azure-pipelines.yml": "trigger: none\npr: none\nsteps: [{script: pytest}]\n",
        }
    )
    assert [(one.provider, one.name, set(one.triggers)) for one in found] == [
        ("github", "Night", {"push", "main", "tag", "manual"}),
        ("github", "b.yml", {"other"}),
        ("gitlab", ".gitlab-ci.yml", {"tag"}),
        ("azure", "azure-pipelines.yml", {"manual"}),
    ]


# What commands come to.

NOXFILE = '''\
import nox

nox.options.sessions = ["lint"]


@nox.session
def lint(session):
    """Runs vulture."""
    session.install("mypy")
    session.run("ruff", "check")  # and pylint


@nox.session(name="all-tests", python=["3.12", "3.13"])
def tests(session):
    quick(session)
    session.notify("lint")


def quick(session):
    session.run("pytest", "-q")


@nox.session
def loop(session):
    loop(session)
    session.notify("gone")
'''
MAKEFILE = """\
PYTEST ?= pytest -q
.PHONY: all test types

all: lint test

lint:
\truff check

test: data
\t@$(PYTEST) \\
\t  tests

data: raw.csv
\tdvc-free fetch

types: ; mypy src
sub:
\t$(MAKE) lint
loop: pool
pool: loop
\tmypy
"""
JUSTFILE = 'flags := "-q"\n\ntest target="x": lint\n  pytest {{flags}}\n\n@lint:\n  ruff check\n'
FILES = {
    "noxfile.py": NOXFILE,
    "Makefile": MAKEFILE,
    "justfile": JUSTFILE,
    "tox.ini": "[tox]\n[testenv]\ndeps = mypy\ncommands =\n    pytest\n    coverage xml\n[flake8]\nx = 1\n",
    "scripts/check.sh": "#!/bin/sh\n# runs pylint\nruff check\n./scripts/more.sh\n",
    "scripts/more.sh": "mypy src\nbash scripts/more.sh\n",
    "scripts/gate.py": "print(1)\n",
    "tests/test_a.py": "",
    ".pre-commit-config.yaml": "repos: [{repo: local, hooks: [{id: types, entry: mypy src, name: run tests}]}]\n",
}


@pytest.mark.parametrize(
    ("commands", "holds_it", "holds_not"),
    [
        pytest.param("uv run nox -s lint", "ruff check", "mypy", id="a session, without installs and prose"),
        pytest.param("nox -s lint", "session.run", "pytest", id="not the other session"),
        pytest.param("nox", "ruff check", "pytest", id="the usual sessions"),
        pytest.param("nox -s all-tests", "pytest", "vulture", id="by its own name, what it calls and starts"),
        pytest.param("nox --session=all_tests-3.12", "ruff check", "vulture", id="one Python of a session"),
        pytest.param("nox -s ${{ matrix.session }}", "pytest", "vulture", id="any session"),
        pytest.param("python -m nox -t ci", "pytest", "vulture", id="by a tag: all"),
        pytest.param("nox -s $SESSION", "pytest", "vulture", id="any session of a shell"),
        pytest.param("nox -s {posargs}", "pytest", "vulture", id="any session of a wrapper"),
        pytest.param("nox -s lint --reuse-existing", "ruff check", "pytest", id="a session and an option"),
        pytest.param("nox -s lint -- --fix", "ruff check", "pytest", id="a session and what it is given"),
        pytest.param("nox -s loop", "loop session", "pytest", id="a session that calls itself"),
        pytest.param("make -j PYTHON=python3 lint", "ruff check", "pytest", id="options of make"),
        pytest.param("make lint", "ruff check", "pytest", id="a target"),
        pytest.param("make", "pytest -q", "mypy", id="the first target and what it needs"),
        pytest.param("make test", "tests", "ruff", id="a continued line, with a variable"),
        pytest.param("make types", "mypy src", "ruff", id="a recipe on the line of its target"),
        pytest.param("make sub", "ruff check", "pytest", id="make in make"),
        pytest.param("make lint types", "mypy src", "pytest", id="two targets"),
        pytest.param("make loop", "mypy", "pytest", id="targets that need each other"),
        pytest.param("just test gone", "pytest", "mypy", id="a recipe of just with an argument"),
        pytest.param("just test", 'pytest "-q"', "mypy", id="a recipe of just and what it needs"),
        pytest.param("just", "ruff check", "mypy", id="the first recipe"),
        pytest.param("tox -e py", "pytest", "mypy", id="tox: what it runs, not what it installs"),
        pytest.param("./scripts/check.sh", "mypy src", "pylint", id="a script that runs a script"),
        pytest.param("bash scripts/more.sh", "mypy src", "ruff", id="a script of bash"),
        pytest.param("pre-commit run --all-files", "mypy src", "run tests", id="hooks"),
        pytest.param("pip install pytest \\\n  mypy\npytest", "pytest", "mypy", id="installing is not running"),
        pytest.param("uv pip install ruff && ruff check", "ruff check", "install", id="installing, then running"),
    ],
)
def test_commands_are_followed(commands: str, holds_it: str, holds_not: str) -> None:
    found = follow(commands, made_of(FILES))
    assert holds_it in found.text
    assert holds_not not in found.text
    assert found.known


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param("nox -s gone", id="a session that is not there"),
        pytest.param("make gone", id="a target that is not there"),
        pytest.param("make -C model lint", id="a Makefile elsewhere"),
        pytest.param("make -f lint lint", id="another Makefile"),
        pytest.param("cd model && make lint", id="another folder"),
        pytest.param("./scripts/gone.sh", id="a script that is not there"),
        pytest.param("python scripts/gate.py", id="a program"),
        pytest.param("poe check", id="a runner that is not read"),
        pytest.param("uv run hatch run lint:all", id="another"),
        pytest.param("docker compose run app", id="a container"),
        pytest.param("mise run check", id="a word that says check"),
        pytest.param("./dev test", id="a program that is told to test"),
        pytest.param("acme/run-tests@v1", id="an action that is called so"),
    ],
)
def test_what_cannot_be_followed_is_unknown(commands: str) -> None:
    assert not follow(commands, made_of(FILES)).known


@pytest.mark.parametrize(
    "commands",
    [
        pytest.param("actions/checkout@v4\nactions/setup-python@v5", id="usual actions"),
        pytest.param("ruff check\nty check\nuv pip check", id="known programs that check"),
        pytest.param('echo "now we test"', id="words"),
        pytest.param("cd model && pytest", id="a folder, and nothing to follow"),
        pytest.param("pytest tests/test_a.py", id="tests are run by others"),
        pytest.param("python setup.py build_ext", id="what installs"),
        pytest.param("# poe check\npytest", id="a comment"),
    ],
)
def test_what_needs_no_following_is_known(commands: str) -> None:
    assert follow(commands, made_of(FILES)).known


@pytest.mark.parametrize("commands", ["nox -s lint", "make lint", "just lint", "tox"])
def test_without_the_file_nothing_is_known(commands: str) -> None:
    assert not follow(commands, made_of({"README.md": "x"})).known


def test_nox_runs_all_sessions_where_none_is_usual() -> None:
    text = NOXFILE.replace('nox.options.sessions = ["lint"]', "")
    assert "pytest" in follow("nox", made_of({"noxfile.py": text})).text


def test_tox_in_pyproject_is_read() -> None:
    for table in (
        '[tool.tox]\nlegacy_tox_ini = "[testenv]\\ncommands = pytest"\n',
        '[tool.tox.env_run_base]\ncommands = [["pytest", "-q"]]\n',
    ):
        found = follow("tox", made_of({"pyproject.toml": table}))
        assert "pytest" in found.text
        assert found.known


@pytest.mark.parametrize("text", ["repos: 5", "repos: [5, {hooks: 5}, {hooks: [5]}]", "5"])
def test_odd_hooks_run_nothing(text: str) -> None:
    assert follow("pre-commit run", made_of({".pre-commit-config.yaml": text})).text.strip() == "pre-commit run"
