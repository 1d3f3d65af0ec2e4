"""MLM: which models need a card, what a card has to say, and whether it is still true."""

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlscaffold.check.command import main
from toolbox.checking import codes, findings, repository

Files = Mapping[str, str | bytes]
REGISTRY = "registry/versions.jsonl"
CARD = "docs/model-card.md"


def events(*told: str) -> str:
    """Lines of a registry, each "event version"."""
    pairs = (line.split() for line in told)
    return "".join(json.dumps({"event": event, "version": version}) + "\n" for event, version in pairs)


PROMOTED = events("register v1", "promote v1")
DVC = "artifacts:\n  raw: {path: a, type: dataset}\n  churn:\n    path: models/a.onnx\n    type: model\n"
HUB = {"model.safetensors": "x", "config.json": "{}"}


@pytest.mark.parametrize(
    ("files", "path", "line", "told"),
    [
        pytest.param({REGISTRY: PROMOTED}, REGISTRY, 2, "model v1 has no model card", id="a champion"),
        pytest.param({REGISTRY: events("force v1")}, REGISTRY, 1, "v1", id="a forced champion"),
        pytest.param({REGISTRY: events("promote v1", "promote v2", "rollback v1")}, REGISTRY, 1, "v1", id="back"),
        pytest.param({REGISTRY: "nonsense\n[]\n" + PROMOTED}, REGISTRY, 4, "v1", id="a registry with damaged lines"),
        pytest.param({"dvc.yaml": DVC}, "dvc.yaml", 3, "model churn", id="an artifact of DVC"),
        pytest.param({"sub/dvc.yaml": DVC}, "sub/dvc.yaml", 3, "model churn", id="an artifact of DVC, below"),
        pytest.param(HUB, "model.safetensors", 0, "model model.safetensors", id="a repository of the Hub"),
        pytest.param({**HUB, "README.md": "# A model\n"}, "model.safetensors", 0, "model", id="a bare README"),
        pytest.param({"models/bert/pytorch_model.bin": "x", "models/bert/config.json": "{}"},
                     "models/bert/pytorch_model.bin", 0, "model bert", id="weights below"),
        pytest.param({REGISTRY: PROMOTED, "docs/templates/model_card.md": "# X\n"}, REGISTRY, 2, "v1", id="a template"),
        pytest.param({REGISTRY: PROMOTED, "model_card.md": "# {{ name }}\n"}, REGISTRY, 2, "v1", id="a Jinja template"),
        pytest.param({REGISTRY: PROMOTED, "docs/model-cards.md": "# How to\n"}, REGISTRY, 2, "v1", id="about cards"),
        pytest.param({REGISTRY: PROMOTED, "tests/model-card.md": "# X\n"}, REGISTRY, 2, "v1", id="a card of the tests"),
        pytest.param({REGISTRY: PROMOTED, "README.md": "---\nsdk: gradio\nlibrary_name: x\n---\n"}, REGISTRY, 2, "v1",
                     id="the README of an app"),
    ],
)  # fmt: skip
def test_a_declared_model_without_a_card_is_found(
    tmp_path: Path, files: Files, path: str, line: int, told: str
) -> None:
    found = findings(tmp_path, files, select=["MLM501"])
    assert [(one.path, one.line) for one in found] == [(path, line)]
    assert told in found[0].message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"train.py": "model.fit(x, y)\n", "model.pkl": "x"}, id="a model that nobody declared"),
        pytest.param({REGISTRY: events("register v1", "hold v1", "reject v1")}, id="nothing promoted"),
        pytest.param({REGISTRY: events("promote v1", "rollback v0")}, id="rolled back to nothing"),
        pytest.param({REGISTRY: events("rollback v0")}, id="rolled back from nothing"),
        pytest.param({REGISTRY: '{"event": "promote"}\n{"event": ["promote"], "version": "v1"}\n'}, id="other events"),
        pytest.param({REGISTRY: events("promote ../v1")}, id="a version that is a path"),
        pytest.param({REGISTRY: b"\xff\xfe"}, id="a registry that is no text"),
        pytest.param({REGISTRY: PROMOTED, CARD: "# Delay\n"}, id="docs/model-card.md"),
        pytest.param({REGISTRY: PROMOTED, "MODEL_CARD.md": "# Delay\n"}, id="MODEL_CARD.md"),
        pytest.param({REGISTRY: PROMOTED, "modelcard.md": "# Delay\n"}, id="modelcard.md"),
        pytest.param({REGISTRY: PROMOTED, "MODEL_CARD_delay.md": "# Delay\n"}, id="a card by name"),
        pytest.param({REGISTRY: PROMOTED, "model_cards/delay.md": "# Delay\n"}, id="a folder of cards"),
        pytest.param({REGISTRY: PROMOTED, "m/README.md": "---\npipeline_tag: x\n---\n"}, id="a README of the Hub"),
        pytest.param({"dvc.yaml": "artifacts:\n  raw: {path: a, type: dataset}\n"}, id="DVC, a data set"),
        pytest.param({"dvc.yaml": "artifacts: [a, model]\n"}, id="DVC, a list"),
        pytest.param({"dvc.yaml": "artifacts: {a: model}\n"}, id="DVC, no table"),
        pytest.param({"dvc.yaml": "stages: {train: {cmd: x}}\n"}, id="DVC, stages only"),
        pytest.param({"models/bert/model.safetensors": "x"}, id="weights only"),
        pytest.param({"a/model.safetensors": "x", "a/config.json": "{}", "a/README.md": "x"}, id="weights, a README"),
        pytest.param({"tests/m/model.safetensors": "x", "tests/m/config.json": "{}"}, id="weights of the tests"),
        pytest.param({"a/model.safetensors": "x", "b/config.json": "{}"}, id="a configuration elsewhere"),
    ],
)
def test_other_repositories_need_no_card(tmp_path: Path, files: Files) -> None:
    assert findings(tmp_path, files, select=["MLM501"]) == []


def test_a_team_may_declare_its_models(tmp_path: Path) -> None:
    models = {"MLM501": {"models": {"churn": "docs/churn.md", "fraud": 3}}}
    found = findings(tmp_path, {"docs/churn.md": "# Churn\n"}, select=["MLM501"], rules=models)
    assert [one.message for one in found] == ["model fraud should have its card in 3, which is not there; write it"]
    found = findings(tmp_path, {"dvc.yaml": DVC.replace("churn", "fraud")}, select=["MLM"], rules=models)
    assert {one.code: one.path for one in found} == {"MLM501": ".", "MLM502": "docs/churn.md"}


FULL = (
    "# Delay\n\n## Intended use\n\nRanking.\n\n## Limits\n\nNew York.\n\n## Data\n\n2013.\n\n## Evaluation\n\nF1 0.7.\n"
)
HUGGING = (
    "# Model Card for X\n\n## Model Details\n\nx\n\n## Uses\n\n### Direct Use\n\nx\n\n"
    "## Bias, Risks, and Limitations\n\nx\n\n## Training Details\n\n### Training Data\n\nx\n\n"
    "## Evaluation\n\n### Results\n\nx\n"
)  # fmt: skip
GENERATED = "".join(
    f"## {name}\n\nx\n\n"
    for name in ("Intended use", "Limits", "How good it is", "Slices", "Fairness", "Data", "Training")
)
TRAINER = "".join(
    f"## {name}\n\nx\n\n"
    for name in ("Model description", "Intended uses & limitations", "Training and evaluation data", "Training results")
)


@pytest.mark.parametrize(
    ("card", "line", "told"),
    [
        pytest.param("# Delay\n", 0, "nothing about intended use, limits, data and evaluation", id="a title"),
        pytest.param("", 0, "nothing about", id="nothing at all"),
        pytest.param(FULL.replace("## Limits", "## Prices"), 0, "nothing about limits;", id="a section is missing"),
        pytest.param(FULL.replace("New York.", ""), 0, "nothing about limits;", id="a section is empty"),
        pytest.param(FULL.replace("New York.", "<!-- say where -->"), 0, "about limits;", id="a section is a comment"),
        pytest.param(FULL.replace("F1 0.7.\n", ""), 0, "about evaluation;", id="the last section is empty"),
        pytest.param(FULL.replace("## Data", "```\n## Data\n```"), 0, "about data;", id="a heading in code"),
        pytest.param(
            FULL.replace("New York.", "[More Information Needed]"), 9, "'More Information Needed'; fill", id="Hub"
        ),
        pytest.param(FULL + "\nTODO: say more\n", 19, "'TODO'; fill", id="TODO"),
        pytest.param(FULL.replace("2013", "TBD").replace("0.7", "TBD"), 13, "'TBD', and 1 more lines", id="TBD, twice"),
        pytest.param(FULL.replace("2013", "Lorem ipsum dolor"), 13, "'Lorem ipsum'", id="Latin"),
        pytest.param(FULL + "**Not said yet:** fill `[card] limits`.\n", 18, "'**Not said yet:**'", id="generated"),
        pytest.param(FULL + "Write to <your name>.\n", 18, "'<your name>'", id="a hole in angle brackets"),
        pytest.param(FULL + "By [insert name here].\n", 18, "'[insert name here]'", id="a hole in square brackets"),
    ],
)
def test_a_card_with_holes_is_found(tmp_path: Path, card: str, line: int, told: str) -> None:
    found = findings(tmp_path, {"MODEL_CARD.md": card}, select=["MLM502"])
    assert [one.line for one in found] == [line]
    assert told in found[0].message


@pytest.mark.parametrize(
    "card",
    [
        pytest.param(FULL, id="in plain words"),
        pytest.param(FULL.replace("\n", "\r\n"), id="CRLF"),
        pytest.param("\ufeff" + FULL, id="with a byte-order mark"),
        pytest.param(HUGGING, id="the Hub's template"),
        pytest.param(GENERATED, id="a generated project's"),
        pytest.param(TRAINER, id="a trainer's"),
        pytest.param("---\nlicense: mit\n---\n" + FULL, id="with front matter"),
        pytest.param(FULL.replace("## ", "### "), id="deeper headings"),
        pytest.param(FULL.replace("## Limits", "Limits\n------"), id="an underlined heading"),
        pytest.param(FULL.replace("## Limits", "<h2>Limits</h2>"), id="a heading in HTML"),
        pytest.param(FULL.replace("## Limits\n\n", "**Limits:** "), id="a bold beginning"),
        pytest.param(FULL.replace("## Limits\n\nNew York.", "- **Limits** New York"), id="a bold item"),
        pytest.param(FULL.replace("## Limits\n\nNew York.", "| Limits | New York |"), id="a row"),
        pytest.param(FULL.replace("New York.", "```\nonly(x)\n```"), id="a section with code"),
        pytest.param(FULL.replace("Limits", "Known issues & caveats"), id="other words"),
        pytest.param(FULL + "<!-- TODO: say more -->\n", id="a comment"),
        pytest.param(FULL + "```\nTODO = 1\n```\n", id="code"),
        pytest.param(FULL + "The `TODO` app is a todo list, tbd.\n", id="words"),
        pytest.param(FULL + "See [your account](https://example.org) and <b>this</b>.\n", id="links and HTML"),
        pytest.param("# 模型\n\n## 用途\n\nx\n", id="another script"),
    ],
)
def test_a_full_card_is_left_alone(tmp_path: Path, card: str) -> None:
    assert findings(tmp_path, {"MODEL_CARD.md": card}, select=["MLM502"]) == []


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("README.md", id="a README without front matter"),
        pytest.param("docs/model-cards.md", id="about cards"),
        pytest.param("docs/model-card-guide.md", id="a guide"),
        pytest.param("model_cards/README.md", id="the index of cards"),
        pytest.param("src/acme/model_card_template.md", id="a template"),
        pytest.param("{{cookiecutter.name}}/MODEL_CARD.md", id="a cookiecutter template"),
        pytest.param("tests/data/MODEL_CARD.md", id="a fixture"),
        pytest.param("docs/my-model-card-notes.txt", id="no Markdown"),
    ],
)
def test_what_is_no_card_is_left_alone(tmp_path: Path, path: str) -> None:
    assert findings(tmp_path, {path: "TODO\n"}, select=["MLM"]) == []


def test_a_link_and_a_huge_file_are_no_cards(tmp_path: Path) -> None:
    repository(tmp_path, {"MODEL_CARD.md": "x" * 1_000_001, "text.md": "TODO\n"})
    (tmp_path / "model-card.md").symlink_to("text.md")
    assert codes(repository(tmp_path, {}), select=["MLM"]) == []


def test_a_team_may_ask_for_other_sections(tmp_path: Path) -> None:
    sections = {"MLM502": {"sections": ["ethics", "Environmental impact", "license"]}}
    card = {"MODEL_CARD.md": FULL + "## Fairness\n\nx\n\n## Environmental Impact\n\nx\n"}
    (one,) = findings(tmp_path, card, select=["MLM502"], rules=sections)
    assert one.message == "says nothing about license; add a section for each"


INDEX = (
    "license: mit\nmodel-index:\n- name: delay\n  results:\n  - task: {type: tabular}\n    metrics:\n"
    "    - {type: f1, value: 0.7}\n"
)


@pytest.mark.parametrize(
    ("matter", "line", "told"),
    [
        pytest.param("library_name: onnx\n", 1, "without license", id="no licence"),
        pytest.param("license:\n", 1, "without license", id="an empty licence"),
        pytest.param("license: ''\n", 1, "without license", id="a licence of no letters"),
        pytest.param("license: mit\ntags: [a\n", 4, "does not parse", id="no YAML"),
        pytest.param("- a\n- b\n", 1, "is no table", id="a list"),
        pytest.param("license: mit\ntags: {a: b}\n", 3, "tags that are no list", id="tags in a table"),
        pytest.param("license: mit\nmetrics:\n- {f1: 0.7}\n", 3, "metrics that are no list", id="metrics with values"),
        pytest.param("license: mit\ndatasets: 3\n", 3, "datasets that are no list", id="a number"),
        pytest.param("license: mit\nmodel-index: {}\n", 3, "make it a list", id="an index that is no list"),
        pytest.param(INDEX.replace("name: delay", "nam: x"), 3, "a `name` each", id="an index without a name"),
        pytest.param(INDEX.replace("results", "result"), 3, "`results` with a `task`", id="an index without results"),
        pytest.param(INDEX.replace("task:", "job:"), 3, "with a `task`", id="a result without a task"),
        pytest.param(INDEX.replace("value", "val"), 3, "a `type` and a `value`", id="a metric without a value"),
        pytest.param(INDEX.replace("type: f1", "typ: f1"), 3, "a `type` and a `value`", id="a metric without a type"),
    ],
)
def test_front_matter_that_no_hub_reads_is_found(tmp_path: Path, matter: str, line: int, told: str) -> None:
    found = findings(tmp_path, {"MODEL_CARD.md": f"---\n{matter}---\n\n# Delay\n"}, select=["MLM503"])
    assert [one.line for one in found] == [line]
    assert told in found[0].message


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# Delay\n", id="no front matter"),
        pytest.param("Text\nmore\n\n---\n\nand more\n\n---\n", id="thematic breaks"),
        pytest.param("---\nnever closed\n", id="not closed"),
        pytest.param("---\nlicense: mit\n---\n", id="a licence"),
        pytest.param("---\r\nlicense: mit\r\n---\r\n", id="CRLF"),
        pytest.param("---\nlicense: [mit, apache-2.0]\ntags: a\nlanguage: no\n---\n", id="one word for a list"),
        pytest.param(f"---\n{INDEX}---\n", id="an index"),
        pytest.param(f"---\n{INDEX.replace('value: 0.7', 'value: null')}---\n", id="a metric that is not defined"),
    ],
)
def test_front_matter_that_hubs_read_is_left_alone(tmp_path: Path, text: str) -> None:
    assert findings(tmp_path, {"MODEL_CARD.md": text}, select=["MLM503"]) == []


def test_a_readme_of_the_hub_is_a_card(tmp_path: Path) -> None:
    files = {"README.md": "---\nlibrary_name: onnx\n---\n# X\n", "data/README.md": "---\ntask_categories: [x]\n---\n"}
    assert [one.path for one in findings(tmp_path, files, select=["MLM503"])] == ["README.md"]


def test_a_team_may_ask_for_other_keys(tmp_path: Path) -> None:
    keys = {"MLM503": {"keys": ["license", "datasets", "metrics"]}}
    (one,) = findings(tmp_path, {"MODEL_CARD.md": "---\nlicense: mit\n---\n"}, select=["MLM503"], rules=keys)
    assert "without datasets and metrics" in one.message


METRICS = json.dumps({"f1": 0.7134, "rows": 812, "test": {"auc": 0.905}, "half": 0.725, "percent": 71.34, "fine": True,
                      "nan": float("nan"), "huge": 10**400, "word": "x", "big": 1234})  # fmt: skip


def block(*rows: str) -> str:
    return "\n".join(
        ["# Delay", "", "<!-- metrics: reports/metrics.json -->", *rows, "<!-- /metrics -->", "", "f1: 0.1", ""]
    )


@pytest.mark.parametrize(
    ("row", "fixed", "told"),
    [
        pytest.param("| f1 | 0.69 |", "| f1 | 0.71 |", "says f1 is 0.69, reports/metrics.json says 0.71", id="a row"),
        pytest.param("f1 | 0.69", "f1 | 0.71", "0.71", id="a bare row"),
        pytest.param("- f1: 0.7", None, "", id="fewer decimals"),
        pytest.param("- f1: 0.8", "- f1: 0.7", "0.7", id="an item"),
        pytest.param("* **F1**: 0.1", None, "", id="a name of other letters is none of ours"),
        pytest.param("- **f1:** 0.6", "- **f1:** 0.7", "0.7", id="a bold item"),
        pytest.param("| `f1` | **0.69** |", "| `f1` | **0.71** |", "0.71", id="marked up"),
        pytest.param("| f1 | 69 % |", "| f1 | 71 % |", "71", id="per cent"),
        pytest.param("| f1 | 69.1% |", "| f1 | 71.3% |", "71.3", id="per cent, no space"),
        pytest.param("| percent | 69.1 % |", "| percent | 71.3 % |", "71.3", id="per cent in the file"),
        pytest.param("| rows | 813 |", "| rows | 812 |", "812", id="a whole number"),
        pytest.param("| test.auc | 0.9 | 0.1 |", None, "", id="the first number counts, and half goes either way"),
        pytest.param("| test.auc | 0.8 |", "| test.auc | 0.9 |", "0.9", id="a table in the file"),
        pytest.param("f1 = -0.71", "f1 = 0.71", "0.71", id="a sign"),
    ],
)
def test_a_number_that_is_not_the_evaluations_is_found(tmp_path: Path, row: str, fixed: str | None, told: str) -> None:
    files = {CARD: block("ä", row), "reports/metrics.json": METRICS}
    found = findings(tmp_path, files, select=["MLM504"])
    assert [one.line for one in found] == ([5] if fixed else [])
    assert not fixed or told in found[0].message
    for _time in range(2):
        main(["-C", str(tmp_path), "--fix", "--select", "MLM504", "--no-cache"])
        assert (tmp_path / CARD).read_text() == block("ä", fixed or row)


@pytest.mark.parametrize(
    "row",
    [
        pytest.param("| f1 | 0.71 |", id="rounded"),
        pytest.param("| f1 | 0.7134 |", id="exact"),
        pytest.param("| half | 0.73 |", id="half rounded up"),
        pytest.param("| half | 0.72 |", id="half rounded down"),
        pytest.param("| other | 0.1 |", id="not in the file"),
        pytest.param("| f1 | better |", id="no number"),
        pytest.param("| f1 | 6e-1 |", id="an exponent"),
        pytest.param("| big | 1,234 |", id="a thousand with a comma"),
        pytest.param("| big | 1 234 |", id="a thousand with a space"),
        pytest.param("| f1 | 0.7.1 |", id="a version"),
        pytest.param("| fine | 0 |", id="true is no number"),
        pytest.param("| nan | 0.1 |", id="not a number"),
        pytest.param("| huge | 0.1 |", id="a number out of this world"),
        pytest.param("| word | 0.1 |", id="a word in the file"),
        pytest.param("The f1 was 0.1 once.", id="a sentence"),
    ],
)
def test_a_number_of_the_evaluation_is_left_alone(tmp_path: Path, row: str) -> None:
    assert findings(tmp_path, {CARD: block(row), "reports/metrics.json": METRICS}, select=["MLM504"]) == []


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("# Delay\n\n| f1 | 0.1 |\n", id="no block"),
        pytest.param(block("f1: 0.1").replace("reports/metrics", "reports/none"), id="no file"),
        pytest.param(block("f1: 0.1").replace("reports/metrics.json", "../p/reports/metrics.json"), id="outside"),
        pytest.param(block("f1: 0.1").replace("metrics.json", "metrics.csv"), id="no document"),
        pytest.param(block("f1: 0.1").replace("<!-- /metrics -->", ""), id="no end"),
    ],
)
def test_other_numbers_are_left_alone(tmp_path: Path, text: str) -> None:
    files = {CARD: text, "reports/metrics.json": METRICS, "reports/metrics.csv": "f1\n0.7\n"}
    assert findings(tmp_path / "p", files, select=["MLM504", "MLZ002"]) == []


@pytest.mark.parametrize("path", ["reports/metrics.toml", "reports/metrics.yaml"])
def test_metrics_may_be_in_other_forms(tmp_path: Path, path: str) -> None:
    text = "f1 = 0.7\n" if path.endswith("toml") else "f1: 0.7\n"
    files = {CARD: block("f1: 0.1").replace("reports/metrics.json", path), path: text}
    assert codes(tmp_path, files, select=["MLM504"]) == ["MLM504"]


def test_windows_line_ends_and_other_encodings_are_no_trouble(tmp_path: Path) -> None:
    files = {CARD: block("f1: 0.1").replace("\n", "\r\n"), "reports/metrics.json": METRICS}
    (one,) = findings(tmp_path, files, select=["MLM504"])
    assert one.fix is not None
    (one,) = findings(tmp_path, {CARD: block("ä", "f1: 0.1").encode("latin-1")}, select=["MLM504"])
    assert one.fix is None


def test_an_evaluation_that_git_does_not_track_is_read(tmp_path: Path) -> None:
    repository(tmp_path, {CARD: block("f1: 0.1")})
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports/metrics.json").write_text(METRICS)
    assert codes(tmp_path, select=["MLM504"]) == ["MLM504"]


ABOUT = "---\nlicense: mit\nmodel-index:\n- name: d\n  results:\n  - task: {{type: x}}\n    metrics:\n    - {{type: f1, value: {value}}}\n---\n\n# Delay\n\nWritten by `card` for version `{version}`: do not change it.\n"  # noqa: E501


def generated(
    version: str = "v1", value: str = "0.713412", champion: str = "v1", measured: object = 0.71341233
) -> Files:
    metrics = json.dumps({"metrics": {"f1": {"value": measured}, "auc": {"value": 0.9}}})
    return {
        REGISTRY: events(f"promote {champion}"),
        CARD: ABOUT.format(version=version, value=value),
        f"registry/bundles/{champion}/metrics.json": metrics,
    }


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(generated(version="v0"), "is about version v0, the registry has v1 in charge", id="another model"),
        pytest.param(generated(value="0.7"), "says f1 is 0.7, the evaluation says 0.713412", id="another number"),
    ],
)
def test_a_generated_card_that_is_stale_is_found(tmp_path: Path, files: Files, told: str) -> None:
    (one,) = findings(tmp_path, files, select=["MLM504"])
    assert (one.path, one.line) == (CARD, 13)
    assert told in one.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(generated(), id="true"),
        pytest.param(generated(measured=None), id="a metric that is not defined"),
        pytest.param(generated(measured="x"), id="a metric that is no number"),
        pytest.param(generated(value="word"), id="a value that is no number"),
        pytest.param({**generated(), REGISTRY: events("register v2")}, id="no champion"),
        pytest.param({**generated(value="0.7"), "registry/bundles/v1/metrics.json": "[]"}, id="no evaluation"),
        pytest.param({**generated(), CARD: "# Delay\n\nThe version is `v0`.\n"}, id="a card of another hand"),
    ],
)
def test_a_generated_card_that_is_true_is_left_alone(tmp_path: Path, files: Files) -> None:
    assert findings(tmp_path, files, select=["MLM504"]) == []
