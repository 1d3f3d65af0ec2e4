"""Configuration: what each rule catches, and what it leaves alone."""

import json
from pathlib import Path

import pytest

from toolbox.checking import codes, findings

Files = dict[str, str | bytes]


def messages(root: Path, code: str, files: Files, **settings: object) -> list[str]:
    return [one.message for one in findings(root, files, select=[code], **settings)]


# MLC301, schemas

SCHEMA = {
    "type": "object",
    "required": ["model"],
    "additionalProperties": False,
    "properties": {
        "model": {"$ref": "#/$defs/model"},
        "kind": {"enum": ["linear", "boosting"]},
        "version": {"const": 2},
        "slices": {"type": "array", "items": {"type": "string"}},
        "threshold": {"anyOf": [{"type": "number"}, {"const": "f1"}]},
        "seed": {"type": ["integer", "null"], "minimum": 0, "maximum": 99},
        "share": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
        "free": {"type": "object", "additionalProperties": {"type": "number"}},
        "named": {"type": "object", "additionalProperties": False, "patternProperties": {"^x": {}}},
        "both": {"allOf": [{"type": "number"}, {"minimum": 3}]},
        "one": {"oneOf": [{"type": "string"}, {"type": "number"}]},
        "odd": {"type": "date", "enum": 3, "required": 3, "items": 3, "properties": 3, "$ref": "other.json"},
        "tree": {"$ref": "#"},
        "any": {"type": [["x"], 3], "minimum": 2},
        "limit": {"type": "number", "minimum": True},
    },
    "$defs": {"model": {"type": "object", "properties": {"lr": {"type": "number"}}, "required": ["lr"]}},
}
GOOD = {"$schema": "run.schema.json", "model": {"lr": 0.1}}


def document(**more: object) -> str:
    return json.dumps({**GOOD, **more}, indent=1)


@pytest.mark.parametrize(
    ("more", "words"),
    [
        pytest.param(
            {"model": {"lr": "fast"}}, "`model.lr` is 'fast', not a number; see config/run.schema.json", id="text"
        ),
        pytest.param({"model": {"lr": True}}, "`model.lr` is True, not a number", id="a boolean is no number"),
        pytest.param({"model": {}}, "`model.lr` is missing", id="a key is missing"),
        pytest.param({"model": 3}, "`model` is 3, not an object", id="no table"),
        pytest.param(
            {"kinds": "linear"}, "`kinds` is no key that the schema knows; did you mean 'kind'?", id="misspelt"
        ),
        pytest.param({"kind": "forest"}, "`kind` is 'forest', not one of 'linear', 'boosting'", id="no choice"),
        pytest.param({"version": 1}, "`version` is 1, not 2", id="another constant"),
        pytest.param({"slices": ["a", 3]}, "`slices.1` is 3, not a string", id="an item"),
        pytest.param({"slices": 3.0}, "`slices` is 3.0, not an array", id="a whole number for a list"),
        pytest.param({"slices": {"a": 1}}, "`slices` is a table, not an array", id="a table for a list"),
        pytest.param({"threshold": "f2"}, "`threshold` is 'f2', which fits no choice of `anyOf`", id="no alternative"),
        pytest.param({"one": []}, "`one` is a list, which fits no choice of `oneOf`", id="none of one"),
        pytest.param({"seed": -1}, "`seed` is -1, below 0", id="too small"),
        pytest.param({"seed": 100}, "`seed` is 100, above 99", id="too large"),
        pytest.param({"seed": 1.5}, "`seed` is 1.5, not an integer or a null", id="a fraction"),
        pytest.param({"share": 0}, "`share` is 0, not above 0", id="the excluded least"),
        pytest.param({"share": 1}, "`share` is 1, not below 1", id="the excluded most"),
        pytest.param({"free": {"a": "b"}}, "`free.a` is 'b', not a number", id="below a free key"),
        pytest.param({"both": 2}, "`both` is 2, below 3", id="one of all"),
        pytest.param({"tree": {"model": {"lr": 1}, "tree": {}}}, "`tree.tree.model` is missing", id="deep in itself"),
        pytest.param({"kind": "x" * 60}, f"is {'x' * 39!r}"[:-1] + "..., not one of", id="a long value"),
    ],
)
def test_what_does_not_fit_its_schema_is_found(more: dict[str, object], words: str, tmp_path: Path) -> None:
    files: Files = {"config/run.json": document(**more), "config/run.schema.json": json.dumps(SCHEMA)}
    (one,) = findings(tmp_path, files, select=["MLC301"])
    assert one.path == "config/run.json"
    assert words in one.message


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="the least"),
        pytest.param({"model": {"lr": 1, "other": 3}}, id="a whole number, and a key that nothing forbids"),
        pytest.param({"kind": "linear", "version": 2, "slices": [], "threshold": "f1", "one": "x"}, id="choices"),
        pytest.param({"seed": 0, "share": 0.5, "both": 3, "threshold": 0.5}, id="limits"),
        pytest.param({"seed": None}, id="null"),
        pytest.param({"seed": 99.0}, id="a whole number with a point"),
        pytest.param({"free": {"a": 1}, "named": {"xy": 3}}, id="free keys"),
        pytest.param({"odd": {"a": [1]}}, id="a schema that is odd"),
        pytest.param({"any": True, "limit": 0}, id="booleans are no numbers and no limits"),
    ],
)
def test_what_fits_its_schema_is_left_alone(more: dict[str, object], tmp_path: Path) -> None:
    files: Files = {"config/run.json": document(**more), "config/run.schema.json": json.dumps(SCHEMA)}
    assert messages(tmp_path, "MLC301", files, persona="strict") == []


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        pytest.param(
            "config/run.toml", '#:schema ../schemas/run.json\nother = 1\n\n[model]\nlr = "fast"\n', 5, id="TOML"
        ),
        pytest.param(
            "conf/run.yaml",
            "# yaml-language-server: $schema=../schemas/run.json\nmodel:\n  lr: fast\n",
            3,
            id="YAML",
        ),
        pytest.param(
            "configs/a/run.json", '{\n"$schema": "../../schemas/run.json",\n"model": {"lr": ""}}', 3, id="JSON"
        ),
        pytest.param("config/run.yml", "$schema: ../schemas/run.json#\nmodel: {lr: fast}\n", 2, id="a key in YAML"),
    ],
)
def test_a_document_names_its_schema_as_editors_read_it(path: str, text: str, line: int, tmp_path: Path) -> None:
    schema = {**SCHEMA, "additionalProperties": True}
    (one,) = findings(tmp_path, {path: text, "schemas/run.json": json.dumps(schema)}, select=["MLC301"])
    assert (one.path, one.line) == (path, line)
    assert one.message.endswith("not a number; see schemas/run.json")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"$schema": "https://json.schemastore.org/x.json", "model": 3}', id="elsewhere"),
        pytest.param('{"$schema": "file:///x.json", "model": 3}', id="at an address"),
        pytest.param('{"$schema": "/opt/x.json", "model": 3}', id="of one machine"),
        pytest.param('{"$schema": "../../x.json", "model": 3}', id="outside of the repository"),
        pytest.param('{"$schema": 3, "model": 3}', id="a number"),
        pytest.param('{"$schema": "", "model": 3}', id="empty"),
        pytest.param('{"$schema": "#/definitions/x"}', id="a part of itself"),
        pytest.param('{"model": 3}', id="none"),
        pytest.param("[]", id="a list"),
        pytest.param("", id="nothing"),
    ],
)
def test_a_schema_that_is_not_here_is_not_asked(text: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"config/run.json": text or "null"}, select=["MLC301"], persona="strict") == []


def test_a_schema_that_is_missing_is_told(tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {"config/run.json": document()}, select=["MLC301"])
    assert (one.line, one.message) == (0, "its schema config/run.schema.json is not there; add it, or correct the path")


def test_a_schema_that_refers_to_itself_ends(tmp_path: Path) -> None:
    schema = {"anyOf": [{"$ref": "#"}, {"$ref": "#"}], "allOf": [{"$ref": "#"}]}
    files: Files = {"config/run.json": document(), "config/run.schema.json": json.dumps(schema)}
    assert codes(tmp_path, files, select=["MLC301"]) == []


def test_code_among_the_configuration_is_no_document(tmp_path: Path) -> None:
    assert codes(tmp_path, {"config/knobs.py": "x = 1\n"}, select=["MLC301", "MLZ002"]) == []


def test_a_schema_that_doubles_ends(tmp_path: Path) -> None:
    parts = {str(n): {"allOf": [{"$ref": f"#/$defs/{n + 1}"}] * 2} for n in range(40)}
    schema = {"$ref": "#/$defs/0", "$defs": parts}
    files: Files = {"config/run.json": document(), "config/run.schema.json": json.dumps(schema)}
    assert codes(tmp_path, files, select=["MLC301"]) == []


def test_a_document_that_is_no_table_is_told(tmp_path: Path) -> None:
    text = "# yaml-language-server: $schema=run.schema.json\n- 1\n"
    files: Files = {"config/run.yaml": text, "config/run.schema.json": json.dumps(SCHEMA)}
    assert messages(tmp_path, "MLC301", files) == ["the document is a list, not an object; see config/run.schema.json"]


def test_documents_outside_of_the_configuration_are_left_alone(tmp_path: Path) -> None:
    files: Files = {"web/run.json": document(model=3), "web/run.schema.json": json.dumps(SCHEMA)}
    assert codes(tmp_path, files, select=["MLC301"]) == []


# MLC301, layers

BASE = """\
[model]
learning_rate = 0.05
max_iter = 150
threshold = "f1"

[gate]
bars = {}
quiet = true

[stores.a]
kind = "file"
path = "x"

[stores.b]
kind = "file"
path = "y"
"""


@pytest.mark.parametrize(
    ("overlay", "line", "message"),
    [
        pytest.param(
            "[model]\nlearning_rates = 0.1\n",
            2,
            "`model.learning_rates` is no key of base.toml; did you mean `learning_rate`?",
            id="a misspelt key",
        ),
        pytest.param(
            "[models]\nlearning_rate = 0.1\n",
            1,
            "`models` is no key of base.toml; did you mean `model`?",
            id="a misspelt section",
        ),
        pytest.param(
            '[model]\nlearning_rate = "0.1"\n',
            2,
            "`model.learning_rate` is the text '0.1' and 0.05 in the base; take the quotes off",
            id="a number in quotes",
        ),
        pytest.param(
            '[gate]\nquiet = "false"\n',
            2,
            "`gate.quiet` is the text 'false' and True in the base; take the quotes off",
            id="a boolean in quotes",
        ),
        pytest.param(
            "model = 3\n", 1, "`model` is no table, and one in the base; make it one kind", id="no table for one"
        ),
        pytest.param(
            "model = 'x'\n", 1, "`model` is no table, and one in the base; make it one kind", id="a text for a table"
        ),
        pytest.param(
            "[model.max_iter]\na = 1\n",
            1,
            "`model.max_iter` is a table, and none in the base; make it one kind",
            id="a table for none",
        ),
    ],
)
def test_an_overlay_that_does_not_fit_its_base_is_found(overlay: str, line: int, message: str, tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {"config/base.toml": BASE, "config/prod.toml": overlay}, select=["MLC301"])
    assert (one.path, one.line, one.message) == ("config/prod.toml", line, message)


@pytest.mark.parametrize(
    "overlay",
    [
        pytest.param("", id="nothing"),
        pytest.param("[model]\nlearning_rate = 1\nmax_iter = 3.5\n", id="other numbers"),
        pytest.param("[model]\nthreshold = 0.5\nmax_iter = 'auto'\n", id="a text or a number"),
        pytest.param("[gate]\nbars = { roc_auc = 0.6 }\n", id="a table that is open"),
        pytest.param("[stores.c]\nkind = 'file'\npath = 'z'\n", id="one more of a kind"),
        pytest.param("[model]\nlearning_rate = '${LEARNING_RATE}'\n[gate]\nquiet = '${QUIET}'\n", id="a variable"),
        pytest.param("model = '${file:model}'\n", id="a variable for a table"),
        pytest.param("[model]\nmax_depth = 3\n", id="a key of its own, which may have a default elsewhere"),
        pytest.param("[model]\nmin_iter = 3\n", id="a key that is only like another"),
    ],
)
def test_an_overlay_that_fits_its_base_is_left_alone(overlay: str, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLC301", {"config/base.toml": BASE, "config/prod.toml": overlay}) == []


@pytest.mark.parametrize(
    ("base", "overlay"),
    [
        pytest.param({"a": {"b": 1}}, {"a": None}, id="nothing for a table"),
        pytest.param({"a": "${b}"}, {"a": {"b": 1}}, id="a table for a variable"),
        pytest.param({"a": "007"}, {"a": "008"}, id="digits that are a text in both"),
        pytest.param({"a": {"x": {"k": 1}, "y": {"k": 2}}}, {"a": {"z": {"k": 3}}}, id="one more of a kind"),
    ],
)
def test_strictly_too_an_overlay_may_say(base: object, overlay: object, tmp_path: Path) -> None:
    files: Files = {"config/base.json": json.dumps(base), "config/dev.json": json.dumps(overlay)}
    assert messages(tmp_path, "MLC301", files, persona="strict") == []


@pytest.mark.parametrize(
    "base",
    [
        pytest.param({"a": {"x": {"k": 1}}}, id="one is no kind"),
        pytest.param({"a": {"x": {"k": 1}, "y": {"j": 2}}}, id="two of two kinds"),
        pytest.param({"a": {"x": 1, "y": 2}}, id="values"),
    ],
)
def test_strictly_a_table_that_is_not_open_gets_no_more_keys(base: object, tmp_path: Path) -> None:
    files: Files = {"config/base.json": json.dumps(base), "config/dev.json": '{"a": {"other": {"k": 3}}}'}
    assert messages(tmp_path, "MLC301", files, persona="strict") == ["`a.other` is no key of base.json; add it there"]


def test_strictly_an_overlay_has_the_keys_of_its_base_only(tmp_path: Path) -> None:
    files: Files = {"config/base.toml": BASE, "config/prod.toml": "[model]\nmax_depth = 3\n[gate.bars]\nx = 1\n"}
    assert messages(tmp_path, "MLC301", files, persona="strict") == [
        "`model.max_depth` is no key of base.toml; add it there"
    ]


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"config/default.yaml": "rate: 1\n", "config/test.yaml": "rates: 1\n"}, id="one file named test"),
        pytest.param(
            {"conf/base.yaml": "defaults: [model]\nrate: 1\n", "conf/prod.yaml": "rates: 1\n"}, id="Hydra's base"
        ),
        pytest.param(
            {"conf/base.yaml": "rate: 1\n", "conf/prod.yaml": "defaults: [base]\nrates: 1\n"}, id="Hydra's overlay"
        ),
        pytest.param({"config/base.toml": "rate = 1\n", "config/large.toml": "rates = 1\n"}, id="no environment"),
        pytest.param({"config/base.toml": "rate = 1\n", "config/prod.json": '{"rates": 1}'}, id="another format"),
        pytest.param({"config/base.toml": "rate = 1\n", "config/eu/prod.toml": "rates = 1\n"}, id="another folder"),
        pytest.param({"config/base.toml": "", "config/prod.toml": "rates = 1\n"}, id="an empty base"),
        pytest.param({"config/base.json": "[1]", "config/prod.json": "null"}, id="odd documents"),
        pytest.param({"app/base.toml": "rate = 1\n", "app/prod.toml": "rates = 1\n"}, id="no configuration"),
        pytest.param({"conf/base/a.yml": "rate: 1\n", "conf/local/a.yml": "rates: 1\n"}, id="Kedro's folders"),
    ],
)
def test_files_that_are_no_layers_are_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLC301"], persona="strict") == []


def test_a_default_file_with_two_environments_is_a_base(tmp_path: Path) -> None:
    files: Files = {
        "config/default.json": '{"port": 80, "a": null}',
        "config/dev.json": '{"port": "81", "a": {}}',
        "config/production.json": '{"port": 82, "a": 3}',
    }
    (one,) = findings(tmp_path, files, select=["MLC301"])
    assert (one.path, one.message) == (
        "config/dev.json",
        "`port` is the text '81' and 80 in the base; take the quotes off",
    )


# MLC302

IMPORTS = (
    "import keras\nimport lightgbm as lgb\nimport torch\nimport xgboost\n"
    "from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier\n"
    "from sklearn.linear_model import LogisticRegression\nfrom sklearn.neural_network import MLPClassifier\n"
    "from sklearn.model_selection import train_test_split\nfrom transformers import TrainingArguments\n\n\n"
)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        pytest.param(
            "RandomForestClassifier(n_estimators=400)", "`n_estimators` of RandomForestClassifier is a", id="one"
        ),
        pytest.param(
            "RandomForestClassifier(n_estimators=400, max_depth=12, random_state=3)",
            "`n_estimators`, `max_depth` of RandomForestClassifier are numbers in the code",
            id="two, and a seed, which is none",
        ),
        pytest.param("xgboost.XGBClassifier(learning_rate=0.1)", "`learning_rate` of XGBClassifier", id="xgboost"),
        pytest.param(
            "lgb.LGBMRegressor(num_leaves=31, reg_alpha=0.1, subsample=0.8, learning_rate=0.1)",
            "`num_leaves`, `reg_alpha`, `subsample` and 1 more of LGBMRegressor are",
            id="many",
        ),
        pytest.param(
            "lgb.LGBMRegressor(num_leaves=31, reg_alpha=0.1, subsample=0.8)",
            "`num_leaves`, `reg_alpha`, `subsample` of LGBMRegressor are",
            id="as many as are shown",
        ),
        pytest.param("torch.optim.Adam(model.parameters(), lr=1e-3)", "`lr` of Adam is a number", id="torch"),
        pytest.param("keras.optimizers.SGD(learning_rate=0.01)", "`learning_rate` of SGD", id="keras"),
        pytest.param("TrainingArguments('out', num_train_epochs=3)", "`num_train_epochs`", id="transformers"),
        pytest.param("LogisticRegression(C=0.3)", "`C` of LogisticRegression", id="a letter"),
        pytest.param("HistGradientBoostingClassifier(max_iter=300)", "`max_iter`", id="trees"),
        pytest.param("MLPClassifier(hidden_layer_sizes=(64, 32))", "`hidden_layer_sizes`", id="several numbers"),
        pytest.param("LogisticRegression(C=-3)", "`C`", id="a negative number"),
        pytest.param("RandomForestClassifier(max_features=0.5, max_depth=depth)", "`max_features` of", id="half of it"),
    ],
)
def test_a_number_in_the_code_is_found(call: str, words: str, tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {"src/acme/training/fit.py": f"{IMPORTS}MODEL = {call}\n"}, select=["MLC302"])
    assert one.line == 12
    assert words in one.message


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("RandomForestClassifier(n_estimators=config.trees, max_depth=None)", id="from the configuration"),
        pytest.param("RandomForestClassifier(**config.model)", id="all from the configuration"),
        pytest.param("RandomForestClassifier(n_jobs=4, random_state=7, verbose=2)", id="nothing about the model"),
        pytest.param("LogisticRegression(max_iter=1000)", id="when a solver gives up"),
        pytest.param("LogisticRegression(C=1, l1_ratio=0)\ntorch.optim.SGD(p, momentum=0.0)", id="neutral"),
        pytest.param("RandomForestClassifier(max_depth=True)", id="a boolean"),
        pytest.param("RandomForestClassifier(max_features='sqrt', max_depth=())", id="a text, and nothing"),
        pytest.param("MLPClassifier(hidden_layer_sizes=(width, 32))", id="not all of them numbers"),
        pytest.param("dict(n_estimators=400, learning_rate=0.1)", id="a table of defaults"),
        pytest.param("def fit(rows, n_estimators=400):\n    return rows", id="a parameter's default"),
        pytest.param("train_test_split(rows, gamma=3)", id="a function"),
        pytest.param("acme.Forest(n_estimators=400)\nForest(max_depth=3)", id="somebody's own"),
        pytest.param("torch.nn.Dropout(dropout=0.5)", id="a layer"),
        pytest.param("def fit_baseline(rows):\n    return RandomForestClassifier(max_depth=3)", id="a baseline"),
        pytest.param("BASELINE = RandomForestClassifier(max_depth=3)", id="a baseline by its name"),
        pytest.param("class Naive:\n    model = RandomForestClassifier(max_depth=3)", id="a yardstick"),
        pytest.param("x = load()\nx.y = x[0] = RandomForestClassifier(max_depth=depth)", id="odd targets"),
    ],
)
def test_what_is_no_number_of_a_model_is_left_alone(source: str, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLC302", {"train.py": f"{IMPORTS}{source}\n"}, persona="strict") == []


@pytest.mark.parametrize("path", ["src/acme/report.py", "tests/train.py", "src/acme/training/baselines.py"])
def test_only_code_that_trains_is_looked_at(path: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {path: f"{IMPORTS}RandomForestClassifier(max_depth=3)\n"}, select=["MLC302"]) == []


# MLC303


@pytest.mark.parametrize(
    ("line", "name"),
    [
        pytest.param('os.environ["ACME_URI"]', "ACME_URI", id="by its key"),
        pytest.param('os.environ.get("ACME_URI", "x")', "ACME_URI", id="by get"),
        pytest.param('os.getenv("ACME_URI")', "ACME_URI", id="by getenv"),
        pytest.param('environ["ACME_URI"]', "ACME_URI", id="imported by its name"),
        pytest.param('getenv("ACME_URI")', "ACME_URI", id="the function imported"),
        pytest.param('"ACME_DEBUG" in os.environ', "ACME_DEBUG", id="asked for"),
        pytest.param('"ACME_DEBUG" not in os.environ', "ACME_DEBUG", id="asked for the other way"),
        pytest.param('system.environ.get("CIRCLE")', "CIRCLE", id="a name that begins like one of the platform"),
    ],
)
def test_a_variable_read_anywhere_is_found(line: str, name: str, tmp_path: Path) -> None:
    source = f"import os\nimport os as system\nfrom os import environ, getenv\n\nVALUE = {line}\n"
    (one,) = findings(tmp_path, {"src/acme/train.py": source}, select=["MLC303"], persona="strict")
    assert (one.line, one.message) == (5, f"reads `{name}`; read it in the settings module and hand the value on")


READ = 'import os\n\nURI = os.environ["ACME_URI"]\n'


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"src/acme/settings.py": READ}, id="settings"),
        pytest.param({"src/acme/config.py": READ, "acme/config/env.py": READ}, id="configuration"),
        pytest.param(
            {"acme/env_variables.py": READ, "acme/_settings.py": READ, "acme/app_config.py": READ}, id="alike"
        ),
        pytest.param({"tests/conftest.py": READ, "noxfile.py": READ, "setup.py": READ}, id="tests and builds"),
        pytest.param({"tools/pipeline/push.py": READ, "scripts/run.py": READ, ".github/x.py": READ}, id="programs"),
        pytest.param({"notebooks/01-look.py": READ, "docs/conf.py": READ, "examples/a.py": READ}, id="explorations"),
        pytest.param({"a.py": 'import os\n\nos.environ["X"] = "1"\nos.environ.setdefault("Y", "2")\n'}, id="set"),
        pytest.param({"a.py": 'import os\n\ndel os.environ["X"]\n'}, id="taken away"),
        pytest.param({"a.py": "import os\n\nrun(env={**os.environ})\nrun(os.environ.copy())\n"}, id="handed on"),
        pytest.param({"a.py": "import os\n\nfor name in os.environ:\n    os.environ[name]\n"}, id="no name"),
        pytest.param(
            {"a.py": 'import os\n\nos.environ[f"{P}PORT"]\nos.getenv(NAME)\nos.getenv()\nos.environ[3]\n'}, id="made up"
        ),
        pytest.param(
            {"a.py": 'import os\n\nos.getenv("CI")\nos.environ["GITHUB_SHA"]\n"HOME" in os.environ\n'},
            id="the platform",
        ),
        pytest.param({"a.py": 'environ = {}\nenviron["X"]\nself.environ.get("X")\n"a" in "environ"\n'}, id="another"),
        pytest.param({"a.py": '"X" == os.environ\n"X" in environs\n'}, id="compared"),
    ],
)
def test_variables_where_they_belong_are_left_alone(files: Files, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLC303", files, persona="strict") == []


def test_scattered_variables_are_asked_about_strictly_only(tmp_path: Path) -> None:
    assert codes(tmp_path, {"src/acme/train.py": READ}) == []


def test_a_team_names_the_variables_of_its_platform(tmp_path: Path) -> None:
    options = {"MLC303": {"allow": ["ACME_*"]}}
    files: Files = {"a.py": 'import os\n\nos.getenv("ACME_URI")\nos.getenv("CI")\n'}
    assert [one.line for one in findings(tmp_path, files, select=["MLC303"], rules=options)] == [4]


def test_places_say_where_settings_are(tmp_path: Path) -> None:
    assert codes(tmp_path, {"acme/knobs.py": READ}, select=["MLC303"], places={"settings": ["knobs.py"]}) == []
