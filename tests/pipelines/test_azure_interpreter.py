"""Our interpreter of Azure Pipelines: it does what Microsoft documents, and refuses what it does not know."""

from collections.abc import Callable
from pathlib import Path

import pytest

from toolbox.azure import AzureError, Context, Result, evaluate, load, plan, run
from toolbox.triggers import Event

pytestmark = pytest.mark.pipelines

PUSH = Event("push", "x")
VARIABLES = {"build.reason": "PullRequest", "image": "host/name", "empty": ""}
HEAD = "trigger: none\npr: none\njobs:\n  - job: a\n    steps:\n"
CHECKOUT = "      - checkout: self\n        persistCredentials: false\n"
Git = Callable[..., str]


@pytest.mark.parametrize(
    ("text", "results", "expected"),
    [
        ("succeeded()", [], True),
        ("succeeded()", ["succeeded", "skipped"], False),
        ("succeeded()", ["succeeded", "failed"], False),
        ("failed()", ["succeeded", "failed"], True),
        ("failed()", ["skipped"], False),
        ("succeededOrFailed()", ["failed"], True),
        ("always()", ["failed"], True),
        ("not(failed())", ["failed"], False),
        ("and(succeeded(), eq(variables['Build.Reason'], 'pullrequest'))", ["succeeded"], True),  # case never counts
        ("eq(variables.IMAGE, 'host/name')", [], True),
        ("ne(variables['nothing'], '')", [], False),  # null is the empty string
        ("ne(variables['empty'], '')", [], False),
        ("ne(variables['nothing'], 'True')", [], True),
        ("eq(true, 'False')", [], True),  # the right side becomes a boolean: any text is true
        ("or(false, in(variables.image, 'a', 'HOST/name'))", [], True),
        ("startsWith(variables['Build.Reason'], 'pull')", [], True),
        ("coalesce(variables.nothing, variables.empty, 'it''s')", [], "it's"),
    ],
)
def test_the_value_of_an_expression(text: str, results: list[str], expected: object) -> None:
    assert evaluate(text, Context(VARIABLES, results=results)) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "ends too early"),
        ("eq(1, 1)", "unexpected '1'"),
        ("eq('a', 'a') x", "unexpected 'x'"),
        ("eq('a'", "is not closed"),
        ("eq('a',)", "is not closed"),
        ("not('a', 'b')", "cannot have 2 arguments"),
        ("succeeded('a')", "cannot have 1 arguments"),
        ("or(true, xor(true, false))", "the function xor is not known"),  # also where it would not be reached
        ("dependencies.a.result", "dependencies is not known"),
    ],
)
def test_an_expression_that_is_not_understood_is_an_error(text: str, said: str) -> None:
    with pytest.raises(AzureError, match=said.replace("(", r"\(")):
        evaluate(text, Context())


def test_a_status_function_means_nothing_in_a_variable() -> None:
    with pytest.raises(AzureError, match="no meaning outside a condition"):
        evaluate("succeeded()", Context(status=False))


@pytest.fixture
def play(tmp_path: Path, git: Git, write: Callable[..., Path]) -> Callable[..., Result]:
    """Run a pipeline of the given text, in a repository that holds nothing else."""

    def started(text: str, **more: object) -> Result:
        folder = write(tmp_path / "project", {"azure-pipelines/it.yml": text, "lock": "1"})
        git(folder, "init", "--quiet")
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "--message", "it")
        return run(folder, "it", PUSH, tmp_path / "run", **more)  # type: ignore[arg-type]

    return started


def test_only_the_last_line_decides_unless_the_script_says_otherwise(play: Callable[..., Result]) -> None:
    jobs = "".join(
        f"  - job: {name}\n    steps:\n{CHECKOUT}      - bash: |\n          {first}\n          false\n          true\n"
        for name, first in (("goes_on", "true"), ("stops", "set -e"))
    )
    assert play(f"trigger: none\npr: none\njobs:\n{jobs}").jobs == {"goes_on": "succeeded", "stops": "failed"}


def test_steps_run_by_their_condition_and_what_was_asked_of_the_agent_holds_from_the_next_step_on(
    play: Callable[..., Result],
) -> None:
    asks = "##vso[task.setvariable variable=Word.One]hello\\n##vso[task.prependpath]/opt/first"
    result = play(
        HEAD
        + CHECKOUT
        + f'      - bash: printf "{asks}\\n" ; echo "now <$WORD_ONE>"\n'
        + '      - bash: echo "then <$WORD_ONE> ${PATH%%:*} <$OTHER>"; exit 3\n        env: {OTHER: $(nothing)}\n'
        + "      - bash: echo not any more\n"
        + "      - bash: echo all the same\n        condition: succeededOrFailed()\n"
    )
    assert result.jobs == {"a": "failed"}
    assert "now <>" in result.logs["a"]
    assert "then <hello> /opt/first <$(nothing)>" in result.logs["a"]  # a macro without a variable stays
    assert "bash exited with code 3" in result.logs["a"]
    assert "\nnot any more" not in result.logs["a"]
    assert "\nall the same" in result.logs["a"]


def test_a_secret_reaches_a_script_through_env_only_and_never_the_log(play: Callable[..., Result]) -> None:
    text = (
        HEAD
        + CHECKOUT
        + '      - bash: echo "<${WORD:-none}> <$MINE>"; echo "${#MINE}"\n        env: {MINE: $(WORD)}\n'
    )
    log = play(text, secrets={"WORD": "s3cret"}).logs["a"]
    assert "<none> <***>" in log
    assert "\n6\n" in log


def test_variables_come_from_the_settings_the_file_and_expressions(play: Callable[..., Result]) -> None:
    variables = "    variables:\n      - {name: HERE, value: \"$[variables['GIVEN']]\"}\n"
    text = HEAD.replace("    steps:", f"{variables}    steps:") + CHECKOUT + '      - bash: echo "<$HERE> <$GIVEN>"\n'
    assert "<x> <x>" in play(text, variables={"GIVEN": "x"}).logs["a"]


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("      - publish: nothing\n        artifact: it\n", "publish: there is no nothing"),
        ("      - publish: lock\n        artifact: it\n" * 2, "artifact it already exists"),
        (
            "      - task: DownloadPipelineArtifact@2\n        inputs: {artifactName: it, targetPath: x}\n",
            "there is no artifact it",
        ),
        (
            "      - task: Cache@2\n        inputs: {key: uv | uv.lock, restoreKeys: uv, path: x}\n",
            "cache: there is no file uv.lock",
        ),
        ('      - bash: echo "##vso[task.uploadsummary]/nowhere.md"\n', "there is no file /nowhere.md"),
        ('      - bash: echo "##vso[task.complete result=Failed]broken"\n', "error: broken"),
    ],
)
def test_a_step_that_cannot_do_its_work_is_red(steps: str, said: str, play: Callable[..., Result]) -> None:
    result = play(HEAD + CHECKOUT + steps)
    assert result.jobs == {"a": "failed"}
    assert said in result.logs["a"]


def test_a_job_ends_at_its_time_limit(play: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolbox.azure.running._MINUTES", 0.01)
    result = play(HEAD + CHECKOUT + "      - bash: sleep 60\n")
    assert result.jobs == {"a": "failed"}
    assert "longer than its time limit" in result.logs["a"]


def test_artifacts_go_from_job_to_job(play: Callable[..., Result]) -> None:
    fetch = "{artifactName: it, targetPath: $(System.DefaultWorkingDirectory)/got}"
    result = play(
        HEAD
        + CHECKOUT
        + "      - bash: mkdir -p out && git rev-parse HEAD > out/commit\n      - publish: out\n        artifact: it\n"
        + f"  - job: b\n    dependsOn: a\n    steps:\n{CHECKOUT}"
        + f"      - task: DownloadPipelineArtifact@2\n        inputs: {fetch}\n"
        + '      - bash: test "$(cat got/commit)" = "$(git rev-parse HEAD)"\n'
    )
    assert result.jobs == {"a": "succeeded", "b": "succeeded"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEAD + "      - powershell: dir\n", "the step powershell is not known"),
        (HEAD + "      - bash: ls\n        retries: 3\n", "retries is not known"),
        (HEAD.replace("- job: a", "- job: a\n    container: x") + CHECKOUT, "container is not known"),
        (HEAD + "      - bash: echo ${{ variables.x }}\n", "inside a step is not known"),
        (
            HEAD + "      - bash: ls\n  - job: b\n    dependsOn: c\n    steps: []\n",
            "names c, which does not stand above",
        ),
        ("resources: {}\n" + HEAD, "resources is not known"),
    ],
)
def test_a_keyword_that_is_not_known_is_an_error(
    text: str, said: str, tmp_path: Path, write: Callable[..., Path]
) -> None:
    with pytest.raises(AzureError, match=said):
        load(write(tmp_path, {"azure-pipelines/it.yml": text}), "it")


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("      - task: CmdLine@2\n        inputs: {script: ls}\n", "task CmdLine@2 is not known"),
        ("      - task: Cache@2\n        inputs: {key: uv}\n", "exactly key, restoreKeys, path are known"),
        ('      - bash: echo "##vso[build.addbuildtag]x"\n', "the command build.addbuildtag is not known"),
        ("      - download: current\n", "download current is not known"),
    ],
)
def test_a_step_that_is_not_known_is_an_error_and_no_red_job(step: str, said: str, play: Callable[..., Result]) -> None:
    with pytest.raises(AzureError, match=said):
        play(HEAD + CHECKOUT + step)


def test_stages_wait_for_the_one_above_and_a_skipped_one_skips_the_rest(
    tmp_path: Path, write: Callable[..., Path]
) -> None:
    stage = "  - stage: {0}\n    condition: {1}\n    jobs: [{{job: {0}, steps: []}}]\n"
    stages = [("one", "succeeded()"), ("two", "ne(variables.X, '')"), ("three", "succeeded()"), ("four", "always()")]
    text = "stages:\n" + "".join(stage.format(*entry) for entry in stages)
    pipeline = load(write(tmp_path, {"azure-pipelines/it.yml": text}), "it")
    ran = ["succeeded", "skipped", "skipped", "succeeded"]
    assert list(plan(pipeline, PUSH, {}).values()) == ran
    assert set(plan(pipeline, PUSH, {"x": "1"}).values()) == {"succeeded"}
    assert list(plan(pipeline, PUSH, {"x": "1"}, red=["one"]).values()) == [
        "failed",
        "succeeded",
        "skipped",
        "succeeded",
    ]
