"""Evaluation: what leaks into the test rows, what is scored on them, and what is declared beforehand."""

from pathlib import Path

import pytest

from toolbox.checking import codes, findings

SKLEARN = (
    "from imblearn.over_sampling import SMOTE\n"
    "from sklearn.compose import ColumnTransformer\n"
    "from sklearn.decomposition import PCA\n"
    "from sklearn.model_selection import KFold, cross_val_score, train_test_split\n"
    "from sklearn.pipeline import make_pipeline\n"
    "from sklearn.preprocessing import LabelEncoder, OneHotEncoder, StandardScaler\n"
)


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        pytest.param(
            "X = StandardScaler().fit_transform(X)\ntrain_test_split(X, y)\n", 7, "train_test_split (line 8)", id="X"
        ),
        pytest.param("train_test_split(PCA().fit_transform(X), y)\n", 7, "PCA is fitted", id="in one line"),
        pytest.param("X = (\n    PCA()\n    .fit_transform(X)\n)\ntrain_test_split(X)\n", 8, "PCA", id="in lines"),
        pytest.param(
            "scaler = StandardScaler()\nscaled = scaler.fit_transform(X)\na, b = train_test_split(scaled, y)\n",
            8,
            "StandardScaler is fitted",
            id="under another name",
        ),
        pytest.param(
            "scaler = StandardScaler()\nscaler.fit(X)\nX = scaler.transform(X)\ntrain_test_split(X, y)\n",
            8,
            "split first",
            id="in two steps",
        ),
        pytest.param(
            "scaler = StandardScaler().fit(X)\na, b = train_test_split(X)\na = scaler.transform(a)\n",
            7,
            "StandardScaler",
            id="fitted on all, applied to parts",
        ),
        pytest.param(
            "s = PCA(2)\ns.fit(X)\nplt.scatter(s.transform(X))\na, b = train_test_split(X)\na = s.transform(a)\n",
            8,
            "PCA",
            id="fitted on all, for a picture and for parts",
        ),
        pytest.param(
            "rows[cols] = StandardScaler().fit_transform(rows[cols])\ny = rows.pop('y')\ntrain_test_split(rows, y)\n",
            7,
            "StandardScaler",
            id="columns of a frame",
        ),
        pytest.param(
            "rows['a'] = StandardScaler().fit_transform(rows[['a']])\nrows['b'] = 1\nX = rows.drop('y')\n"
            "train_test_split(X)\n",
            7,
            "StandardScaler",
            id="a frame that is taken apart",
        ),
        pytest.param(
            "X, y = SMOTE().fit_resample(X, y)\ntrain_test_split(X, y)\n", 7, "SMOTE is fitted", id="a resampler"
        ),
        pytest.param(
            "X = PCA(3).fit_transform(X)\nprint(cross_val_score(model, X, y))\n", 7, "cross_val_score", id="folds"
        ),
        pytest.param(
            "folds = KFold(5)\nX = PCA(3).fit_transform(X)\nfor a, b in folds.split(X):\n    print(a)\n",
            8,
            "that split (line 9)",
            id="a splitter",
        ),
        pytest.param(
            "steps = ColumnTransformer([('s', StandardScaler(), cols)])\nX = steps.fit_transform(X)\n"
            "train_test_split(X)\n",
            8,
            "ColumnTransformer",
            id="several steps",
        ),
        pytest.param(
            "X = make_pipeline(StandardScaler(), PCA(2)).fit_transform(X)\ntrain_test_split(X)\n",
            7,
            "make_pipeline",
            id="a pipeline of steps",
        ),
    ],
)
def test_a_fit_before_the_split_is_found(lines: str, line: int, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"train.py": SKLEARN + lines}, select=["MLE401"])
    assert found.line == line
    assert words in found.message


def test_a_fit_in_a_function_is_found(tmp_path: Path) -> None:
    function = "async def f(X):\n    X = PCA().fit_transform(X)\n    return train_test_split(X)\n"
    assert [one.line for one in findings(tmp_path, {"a.py": SKLEARN + function}, select=["MLE401"])] == [8]
    files = {"a.py": SKLEARN + function.removeprefix("async ")}
    assert [one.line for one in findings(tmp_path, files, select=["MLE401"])] == [8]


def test_a_fit_is_told_once(tmp_path: Path) -> None:
    lines = "X = PCA().fit_transform(X)\na, b = train_test_split(X)\na, c = train_test_split(a)\n"
    assert codes(tmp_path, {"a.py": SKLEARN + lines}, select=["MLE401"]) == ["MLE401"]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            "X_train, X_test = train_test_split(X)\nX_train = StandardScaler().fit_transform(X_train)\n",
            id="split first",
        ),
        pytest.param("train_test_split(X)\nX = StandardScaler().fit_transform(X)\n", id="fitted on all afterwards"),
        pytest.param(
            "X_train = StandardScaler().fit_transform(X_train)\na, b = train_test_split(X_train)\n", id="training rows"
        ),
        pytest.param("y = LabelEncoder().fit_transform(y)\ntrain_test_split(X, y)\n", id="names of classes"),
        pytest.param("X = OneHotEncoder().fit_transform(X)\ntrain_test_split(X, y)\n", id="names of categories"),
        pytest.param(
            "X = ColumnTransformer([('o', OneHotEncoder(), c)]).fit_transform(X)\ntrain_test_split(X)\n",
            id="names of categories, in several steps",
        ),
        pytest.param("model = make_pipeline(StandardScaler(), est)\ncross_val_score(model, X, y)\n", id="a pipeline"),
        pytest.param(
            "model = make_pipeline(StandardScaler(), est)\nmodel.fit(X, y)\na, b = train_test_split(X)\n"
            "model.transform(a)\n",
            id="a pipeline that is fitted is a model",
        ),
        pytest.param(
            "flat = PCA(2).fit_transform(X)\nplt.scatter(flat)\ntrain_test_split(X, y)\n", id="made for a picture"
        ),
        pytest.param(
            "pca = PCA(2)\npca.fit(X)\nflat = pca.transform(X)\ntrain_test_split(X, y)\n",
            id="made for a picture, in two steps",
        ),
        pytest.param("X = PCA().fit_transform(X)\nX = load()\ntrain_test_split(X)\n", id="other rows, same name"),
        pytest.param("X = PCA().fit_transform(X)\ntrain_test_split(Z)\n", id="other rows"),
        pytest.param("X = PCA().fit_transform(X)\nX.split(',')\nnames.split(X)\n", id="a split of text"),
        pytest.param(
            "a = StandardScaler().fit_transform(X_train[cols])\ntrain_test_split(a)\n", id="columns of training rows"
        ),
        pytest.param("folds = KFold(5)\nX = PCA().fit_transform(X)\nfolds.get_n_splits(X)\n", id="folds are counted"),
        pytest.param("X = PCA().fit_transform(X)\ncross_val_score(X, Z)\n", id="rows are the second argument"),
        pytest.param(
            "def f(X):\n    return PCA().fit_transform(X)\n\n\ndef g(X):\n    return train_test_split(X)\n",
            id="two functions",
        ),
        pytest.param(
            "class A:\n    def f(self, X):\n        self.scaler = StandardScaler()\n        X = self.fit_transform(X)\n"
            "        return train_test_split(X)\n",
            id="a method of one's own",
        ),
        pytest.param("X = Mine().fit_transform(X)\ntrain_test_split(X)\n", id="a step of one's own"),
    ],
)
def test_a_fit_that_does_not_leak_is_left_alone(lines: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"train.py": SKLEARN + lines}, select=["MLE401"]) == []


def test_tests_may_leak_and_score_as_they_like(tmp_path: Path) -> None:
    leak = SKLEARN + "X = PCA().fit_transform(X)\ntrain_test_split(X)\n"
    score = "import sklearn\nm.fit(X, y)\nm.score(X, y)\n"
    files = {"tests/test_train.py": leak, "tests/test_score.py": score}
    assert codes(tmp_path, files, select=["MLE"], persona="strict") == []


METRICS = (
    "from sklearn.linear_model import Ridge\n"
    "from sklearn.metrics import accuracy_score, r2_score, silhouette_score\n"
    "from sklearn.model_selection import cross_val_score\n"
)


@pytest.mark.parametrize(
    ("lines", "line", "words"),
    [
        pytest.param("m = Ridge()\nm.fit(X, y)\nm.score(X, y)\n", 6, "score judges `m` on `X`", id="its own score"),
        pytest.param("m = Ridge().fit(X, y)\nprint(m.score(X, y))\n", 5, "`m`", id="fitted where it is made"),
        pytest.param("m.fit(X, y)\nr2_score(y, m.predict(X))\n", 5, "r2_score judges", id="a metric"),
        pytest.param("m.fit(X, y)\np = m.predict(X)\naccuracy_score(y, p)\n", 6, "accuracy_score", id="by a name"),
        pytest.param(
            "m.fit(X, y)\np = m.predict_proba(X)[:, 1]\nr2_score(y_true=y, y_pred=p)\n", 6, "r2_score", id="a column"
        ),
        pytest.param("m.fit(X=X, y=y)\nm.score(X, y)\n", 5, "not seen", id="by keyword"),
        pytest.param("m.fit(X, y)\nother = load()\nm.score(X, y)\n", 6, "score", id="something else is assigned"),
    ],
)
def test_a_score_on_what_was_learned_is_found(lines: str, line: int, words: str, tmp_path: Path) -> None:
    files = {"train.py": METRICS + lines}
    (found,) = findings(tmp_path, files, select=["MLE402"])
    assert found.line == line
    assert words in found.message


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param("m.fit(X_train, y_train)\nm.score(X_test, y_test)\n", id="test rows"),
        pytest.param("m.fit(X_train, y_train)\nm.score(X_train, y_train)\n", id="called by its name"),
        pytest.param("m.fit(X, y)\nm.score(X, y)\nm.score(Z, z)\n", id="beside other rows"),
        pytest.param("m.fit(X, y)\nm.score(X, y)\ncross_val_score(m, X, y)\n", id="beside folds"),
        pytest.param("m.fit(X, y)\nX, y = load()\nm.score(X, y)\n", id="other rows under the same names"),
        pytest.param("m.fit(X, y)\nm = load()\nm.score(X, y)\n", id="another model under the same name"),
        pytest.param("m.fit(X, y)\np = m.predict(Z)\nr2_score(z, p)\n", id="predictions of other rows"),
        pytest.param("m.fit(X, y)\np = m.predict(X)\np = n.predict(Z)\nr2_score(y, p)\n", id="other predictions"),
        pytest.param("m.fit(X, y)\nr2_score(y, answers)\n", id="numbers of unknown origin"),
        pytest.param("n.fit(X, y)\nr2_score(y, m.predict(X))\n", id="another model"),
        pytest.param("m.fit(X, y)\nr2_score(y, m.transform(X))\n", id="no prediction"),
        pytest.param("m.fit(X, y)\nr2_score(y, 1 - m.predict(X))\n", id="more than a prediction"),
        pytest.param("m.fit(X, y)\nr2_score(y)\n", id="an argument too few"),
        pytest.param("m.fit(X)\nsilhouette_score(X, m.predict(X))\n", id="clusters have no targets"),
        pytest.param("m.fit(X)\nm.score(X)\n", id="a density has no targets"),
        pytest.param("m.fit(X, y)\nsilhouette_score(y, m.predict(X))\n", id="a metric without targets"),
        pytest.param("m.fit(f(X), y)\nm.score(f(X), y)\n", id="no plain names"),
        pytest.param("def f():\n    m.fit(X, y)\n\n\ndef g():\n    m.score(X, y)\n", id="two functions"),
    ],
)
def test_an_honest_score_is_left_alone(lines: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"train.py": METRICS + lines}, select=["MLE402"]) == []


FULL = "primary_metric: f1\nthreshold: 0.8\nbaseline: majority\nslices: [region]\n"
CONTRACT = 'name = "flights"\n\n[[columns]]\nname = "origin"\nrole = "feature"\n'
BASE = "[evaluate]\nslices = []\n\n[gate]\neffect = 0.1\nbars = {}\n"


@pytest.mark.parametrize(
    ("path", "text", "words"),
    [
        pytest.param("configs/evaluation.yaml", FULL.replace("baseline", "x"), "declares no baseline;", id="YAML"),
        pytest.param("conf/evaluation/full.yml", FULL.replace("slices", "x"), "no slice;", id="Hydra"),
        pytest.param("config/evaluation.toml", 'primary = "f1"\nbars = 1\n', "no baseline and no slice", id="TOML"),
        pytest.param("configs/evaluation.json", '{"champion": "a", "groups": ["b"]}', "primary metric", id="JSON"),
        pytest.param("configs/evaluation.yaml", FULL.replace("[region]", "[]"), "no slice;", id="an empty list"),
        pytest.param("configs/evaluation.yaml", "a:\n  - primary_metric: f1\n    minimum: 1\n", "baseline", id="deep"),
    ],
)
def test_half_a_declaration_is_found(path: str, text: str, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {path: text}, select=["MLE403"])
    assert (found.path, found.line) == (path, 0)
    assert words in found.message


@pytest.mark.parametrize(
    ("path", "text"),
    [
        pytest.param("configs/evaluation.yaml", FULL, id="all of it"),
        pytest.param("configs/evaluation.yaml", "a:\n  b:\n    - " + FULL.replace("\n", "\n      "), id="all, deep"),
        pytest.param("configs/evaluation.yaml", "metrics: [map]\nthreshold: 0.5\nbatch_size: 8\n", id="a detector"),
        pytest.param("configs/evaluation.yaml", "", id="nothing in it"),
        pytest.param("configs/evaluation.yaml", "- 1\n- null\n", id="a list of nothing"),
        pytest.param("configs/evaluation.yaml", "1: 2\nnull: 3\n", id="keys that are no text"),
        pytest.param("configs/evaluation.md", FULL.replace("slices", "x"), id="a page"),
        pytest.param("data/evaluation.yaml", FULL.replace("slices", "x"), id="somewhere else"),
        pytest.param("configs/train.yaml", FULL.replace("slices", "x"), id="another configuration"),
    ],
)
def test_what_declares_all_or_is_about_something_else_is_left_alone(path: str, text: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {path: text}, select=["MLE403"]) == []


def test_a_team_may_ask_for_less(tmp_path: Path) -> None:
    files = {"configs/evaluation.yaml": FULL.replace("slices", "x")}
    assert codes(tmp_path, files, select=["MLE403"], rules={"MLE403": {"asks": ["baseline"]}}) == []


def test_a_gate_without_bars_and_slices_is_found_once_the_data_has_a_contract(tmp_path: Path) -> None:
    files = {"config/base.toml": BASE, "contracts/data.toml": CONTRACT}
    bars, slices = sorted(findings(tmp_path, files, select=["MLE403"]), key=lambda one: -one.line)
    assert (bars.line, slices.line) == (6, 2)
    assert "[gate] bars is empty" in bars.message
    assert "[evaluate] slices is empty" in slices.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"config/base.toml": BASE}, id="no data yet"),
        pytest.param({"config/base.toml": "[gate]\nbars = {}\n", "contracts/data.toml": CONTRACT}, id="not our gate"),
        pytest.param({"config/base.toml": "[evaluate]\nslices = []\n", "contracts/a.toml": CONTRACT}, id="no gate"),
        pytest.param({"config/base.toml": "gate = 1\n", "contracts/data.toml": CONTRACT}, id="no tables"),
        pytest.param(
            {
                "config/base.toml": BASE.replace("bars = {}", "bars = { f1 = '>= 0.8' }"),
                "contracts/data.toml": CONTRACT.replace("feature", "group"),
                "contracts/labels.toml": CONTRACT,
            },
            id="a bar and a group",
        ),
        pytest.param(
            {
                "config/base.toml": BASE.replace("bars = {}", "bars = { f1 = '>= 0.8' }").replace("[]", '["origin"]'),
                "contracts/data.toml": CONTRACT,
            },
            id="a bar and a slice",
        ),
    ],
)
def test_a_gate_that_can_judge_is_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLE403"]) == []
