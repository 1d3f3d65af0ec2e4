"""Data and features: what each rule catches, and what it leaves alone."""

from pathlib import Path

import pytest

from toolbox.checking import codes, findings, repository

Files = dict[str, str | bytes]

SUPERUSERS = "/root"
BIG = b"a,b\n" + b"1,2\n" * 600_000  # 2.4 MB
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 600004\n"


def messages(root: Path, code: str, files: Files, **settings: object) -> list[str]:
    return [one.message for one in findings(root, files, select=[code], **settings)]


# MLD101


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("data/flights.csv", id="a table"),
        pytest.param("flights.CSV", id="at the root, shouting"),
        pytest.param("src/acme/train.parquet", id="beside the code"),
        pytest.param("models/classifier.pkl", id="a model"),
        pytest.param("checkpoints/epoch=3.ckpt", id="a checkpoint"),
        pytest.param("models/pytorch_model.bin", id="a model of no telling suffix"),
        pytest.param("data/raw.zip", id="an archive of data"),
        pytest.param("bert/pytorch_model.bin", id="a name that says it is a model"),
        pytest.param("data/reviews.json", id="a document below data"),
        pytest.param("data/ünïcode name.csv", id="a name that is no ASCII"),
    ],
)
def test_a_large_data_file_is_found(path: str, tmp_path: Path) -> None:
    found = findings(tmp_path, {path: BIG}, select=["MLD101"])
    assert [(one.path, one.line) for one in found] == [(path, 0)]
    assert "2.4 MB of data in git" in found[0].message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"data/sample.csv": BIG[:2_000_000]}, id="exactly as large as is allowed"),
        pytest.param({"data/flights.csv.dvc": b"outs:\n- md5: aa\n  path: flights.csv\n"}, id="a pointer of DVC"),
        pytest.param({"data/flights.csv": POINTER}, id="a pointer of LFS"),
        pytest.param({"data/a.csv": BIG, ".gitattributes": b"*.csv filter=lfs diff=lfs merge=lfs -text\n"}, id="LFS"),
        pytest.param({"data/x/a.csv": BIG, ".gitattributes": b"data/** filter=lfs -text\n"}, id="a folder in LFS"),
        pytest.param({"data/a.csv": BIG, "data/.gitattributes": b"*.csv filter=lfs\n"}, id="attributes below"),
        pytest.param({"a.csv": BIG, ".gitattributes": b"[attr]big filter=lfs -text\n*.csv big\n"}, id="a macro"),
        pytest.param({"tests/data/a.csv": BIG}, id="a table of the tests"),
        pytest.param({"src/acme/testing/a.csv": BIG}, id="a package for tests"),
        pytest.param({"fixtures/a.parquet": BIG}, id="fixtures"),
        pytest.param({"registry/bundles/3/model.onnx": BIG}, id="a promoted model, kept on purpose"),
        pytest.param({"docs/figure.png": BIG, "data/film.mp4": BIG}, id="pictures"),
        pytest.param(
            {"a.csv": BIG, ".gitattributes": b"\n*.csv filter=lfs -text\n*.csv diff=csv\n"},
            id="a line on something else",
        ),
        pytest.param({"uv.lock": BIG, "src/acme/vendored.py": b"x = 1\n" * 400_000}, id="large, and no data"),
        pytest.param({"src/acme/releases/1.0.zip": BIG, "package-lock.json": BIG}, id="an archive of something else"),
        pytest.param({"data/empty.csv": b""}, id="an empty file"),
    ],
)
def test_what_is_small_or_no_data_or_kept_elsewhere_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLD101"]) == []


def test_the_last_line_on_filters_decides(tmp_path: Path) -> None:
    attributes = b"*.csv filter=lfs -text\n# none of ours\ndata/b.csv -filter\n*.txt text\n"
    found = findings(tmp_path, {".gitattributes": attributes, "data/a.csv": BIG, "data/b.csv": BIG}, select=["MLD101"])
    assert [one.path for one in found] == ["data/b.csv"]


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"m/.gitattributes": b"*.csv filter=lfs\n"}, id="of another folder"),
        pytest.param({".gitattributes": b"[attr]table -diff\n*.csv table\n"}, id="by a macro of another kind"),
        pytest.param({".gitattributes": b"*.csv filter=git-crypt\n*.bin filter=lfs\n"}, id="of another filter"),
    ],
)
def test_other_attributes_say_nothing(attributes: Files, tmp_path: Path) -> None:
    files: Files = {**attributes, "data/a.csv": BIG}
    assert codes(tmp_path, files, select=["MLD101"]) == ["MLD101"]


def test_a_link_to_data_is_left_alone(tmp_path: Path) -> None:
    repository(tmp_path / "r", {"README.md": "x"})
    (tmp_path / "r" / "data.csv").symlink_to("a" * 200)
    assert codes(tmp_path / "r", {}, select=["MLD101"], rules={"MLD101": {"max-kb": 0}}) == []


def test_one_byte_more_than_is_allowed_is_found(tmp_path: Path) -> None:
    assert codes(tmp_path, {"data/a.csv": BIG[:2_000_001]}, select=["MLD101"]) == ["MLD101"]


def test_places_say_where_tests_are(tmp_path: Path) -> None:
    assert codes(tmp_path, {"spec/a.csv": BIG}, select=["MLD101"], places={"tests": ["spec/"]}) == []


def test_the_limit_and_what_stays_are_options(tmp_path: Path) -> None:
    files: Files = {"data/a.csv": BIG, "data/small.csv": BIG[:3000], "demo/b.csv": BIG}
    options = {"MLD101": {"max-kb": 2, "allow": ["demo/"]}}
    found = findings(tmp_path, files, select=["MLD101"], rules=options)
    assert [one.path for one in found] == ["data/a.csv", "data/small.csv"]


# MLD102

ENTRY = """\
[datasets.flights]
source = "data/flights.csv"
version = "2013"
owner = "Model owners"
licence = "CC0-1.0"
personal = false
"""
CONTRACT = """\
name = "flights"
owner = "Model owners"
description = "One row per flight."

[[columns]]
name = "late"
type = "boolean"
"""


@pytest.mark.parametrize(
    ("files", "path", "line", "words"),
    [
        pytest.param(
            {"config/base.toml": '[data]\nsource = "data/trains.csv"\n'},
            "config/base.toml",
            2,
            "`data/trains.csv` is declared nowhere; add it to data/datasets.toml",
            id="a file that nobody declares",
        ),
        pytest.param(
            {"conf/data.yaml": "train:\n  - ./data/flights.csv\n  - data/trains.parquet\n"},
            "conf/data.yaml",
            3,
            "`data/trains.parquet`",
            id="one of a list",
        ),
        pytest.param(
            {"configs/a.json": '{"input": "s3://bucket/trains.csv.gz"}'}, "configs/a.json", 1, "trains", id="an address"
        ),
        pytest.param(
            {"config/base.toml": '[data]\nsource = "data/flights.csv.old/x.csv"\n'},
            "config/base.toml",
            2,
            "flights.csv.old",
            id="a path that only begins like one",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY.replace('owner = "Model owners"\n', "")},
            "data/datasets.toml",
            1,
            "dataset `flights` does not say its owner; fill it in",
            id="no owner",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY.replace('"CC0-1.0"', '""').replace("personal = false\n", "")},
            "data/datasets.toml",
            1,
            "its licence or license and personal;",
            id="an empty licence, and no word on people",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY + "[datasets.trains]\nlicense = 'MIT'\n"},
            "data/datasets.toml",
            7,
            "`trains` does not say its source or url, version or hash, owner and personal",
            id="the second of two",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY + "[datasets]\n", "datasets.toml": ENTRY.replace("owner", "owns")},
            "datasets.toml",
            1,
            "its owner",
            id="a list at the root",
        ),
        pytest.param(
            {"contracts/flights.toml": CONTRACT.replace("owner", "owns")},
            "contracts/flights.toml",
            0,
            "dataset `flights` does not say its owner",
            id="a contract without an owner",
        ),
        pytest.param(
            {"contracts/eu/trains.toml": '[[columns]]\nname = "late"\n'},
            "contracts/eu/trains.toml",
            0,
            "dataset `trains` does not say its name, owner and description",
            id="a contract without a head",
        ),
    ],
)
def test_a_dataset_that_is_not_fully_declared_is_found(
    files: Files, path: str, line: int, words: str, tmp_path: Path
) -> None:
    files = {"data/datasets.toml": ENTRY, **files}
    if files["data/datasets.toml"] == ENTRY + "[datasets]\n":
        del files["data/datasets.toml"]
    (one,) = findings(tmp_path, files, select=["MLD102"])
    assert (one.path, one.line) == (path, line)
    assert words in one.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"config/base.toml": '[data]\nsource = "data/trains.csv"\n'}, id="nothing is declared here"),
        pytest.param(
            {"contracts/data.toml": CONTRACT, "config/base.toml": '[data]\nsource = "data/sample.csv"\n'},
            id="a contract does not say where its data lies",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY, "config/base.toml": '[data]\nsource = "./data/flights.csv"\n'}, id="declared"
        ),
        pytest.param(
            {
                "data/datasets.toml": ENTRY.replace("flights.csv", ""),
                "config/a.toml": '[data]\nsource = "data/2013/x.csv"\n',
            },
            id="below a declared folder",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY, "config/a.toml": '[data]\npredictions = "data/predictions.csv"\n'},
            id="what a run makes",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY, "config/a.toml": '[data]\nsource = "data/interim/x.csv"\n'},
            id="what is made of data",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY, "config/a.yaml": "data:\n  source: ${oc.env:ROOT}/trains.csv\n"},
            id="a path with a variable",
        ),
        pytest.param({"data/datasets.toml": ENTRY, "config/a.toml": 'names = "labels.csv"\n'}, id="a key of no data"),
        pytest.param({"data/datasets.toml": ENTRY, "config/a.toml": 'source = "warehouse"\n'}, id="no file"),
        pytest.param(
            {"data/datasets.toml": ENTRY, "pkg/a.toml": '[data]\nsource = "data/trains.csv"\n'}, id="no configuration"
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY.replace("licence", "license").replace("version", "sha256")}, id="other words"
        ),
        pytest.param({"datasets.toml": '[datasets.mnist]\nbatch = 32\npath = "x.npz"\n'}, id="settings of a loader"),
        pytest.param({"contracts/token.toml": 'name = "Token"\nsolc = "0.8"\n'}, id="a contract of another kind"),
        pytest.param({"contracts/api.json": '{"columns": [{}]}'}, id="an interface"),
        pytest.param({"contracts/x.toml": "columns = 3\n", "datasets.toml": "datasets = 1\n"}, id="odd values"),
        pytest.param({"contracts/x.toml": "columns = [1, 2]\n"}, id="columns that are numbers"),
        pytest.param({"contracts/x.toml": "columns = []\n"}, id="no columns"),
        pytest.param({"data/datasets.toml": ENTRY, "config/a.json": "[1, null, {}]"}, id="an odd document"),
        pytest.param({"tests/contracts/x.toml": '[[columns]]\nname = "a"\n'}, id="a contract of the tests"),
    ],
)
def test_what_is_declared_or_no_dataset_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLD102"], persona="strict") == []


def test_an_empty_text_declares_nothing(tmp_path: Path) -> None:
    files: Files = {
        "data/datasets.toml": ENTRY + 'note = ""\n',
        "config/a.toml": 'source = "/srv/trains.csv"\n',
        "config/knobs.py": "x = 1\n",
    }
    found = findings(tmp_path, files, select=["MLD102", "MLZ002"])
    assert [(one.code, one.path) for one in found] == [("MLD102", "config/a.toml")]


def test_the_fields_of_a_declaration_are_options(tmp_path: Path) -> None:
    options = {"MLD102": {"dataset-fields": ["purpose"], "contract-fields": ["version"]}}
    files: Files = {"data/datasets.toml": ENTRY, "contracts/data.toml": CONTRACT}
    assert messages(tmp_path, "MLD102", files, rules=options) == [
        "dataset `flights` does not say its version; fill it in",
        "dataset `flights` does not say its purpose; fill it in",
    ]


def test_an_entry_that_is_no_table_says_nothing(tmp_path: Path) -> None:
    files: Files = {"data/datasets.toml": "[datasets]\ntrains = 3\n" + ENTRY}
    (told,) = messages(tmp_path, "MLD102", files)
    assert told.startswith("dataset `trains` does not say its source or url, version or hash, owner, licence")


# MLD103

TEST = "def test_it():\n    assert True\n"


@pytest.mark.parametrize(
    ("files", "path", "line", "words"),
    [
        pytest.param(
            {"contracts/flights.toml": CONTRACT},
            "contracts/flights.toml",
            0,
            "no test reads `contracts/flights.toml`",
            id="no tests at all",
        ),
        pytest.param(
            {"contracts/flights.toml": CONTRACT, "tests/test_a.py": TEST}, "contracts/flights.toml", 0, "", id="others"
        ),
        pytest.param(
            {
                "contracts/flights.toml": CONTRACT,
                "src/acme/data.py": 'PATH = "contracts/flights.toml"\n',
                "tests/test_a.py": "from acme.train import train\n\n\n" + TEST,
            },
            "contracts/flights.toml",
            0,
            "",
            id="code reads it that no test imports",
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY}, "data/datasets.toml", 1, "`flights` names no invariants", id="none named"
        ),
        pytest.param(
            {"data/datasets.toml": ENTRY + "invariants = 3\n"}, "data/datasets.toml", 1, "no invariants", id="a number"
        ),
        pytest.param(
            {
                "data/datasets.toml": ENTRY + 'invariants = "acme.schemas.flights"\n',
                "tests/test_a.py": "from acme.schemas import trains\n\n\n" + TEST,
            },
            "data/datasets.toml",
            1,
            "no test reads `acme.schemas.flights`",
            id="a schema that no test imports",
        ),
        pytest.param(
            {
                "data/datasets.toml": ENTRY + 'schema = "schemas/flights.json"\n',
                "tests/test_a.py": 'from glob import glob\n\nFILES = glob("contracts/*.toml")\n\n\n' + TEST,
            },
            "data/datasets.toml",
            1,
            "no test reads `schemas/flights.json`",
            id="a test that reads another folder",
        ),
        pytest.param(
            {
                "data/datasets.toml": ENTRY + 'schema = "flights.json"\n',
                "tests/test_a.py": 'from glob import glob\n\nFILES = glob("*.toml")\n\n\n' + TEST,
            },
            "data/datasets.toml",
            1,
            "no test reads `flights.json`",
            id="a schema at the root",
        ),
        pytest.param(
            {"contracts/flights.toml": CONTRACT, "tests/test_a.py": 'P = "contracts/trains.toml"\n\n\n' + TEST},
            "contracts/flights.toml",
            0,
            "",
            id="a test that reads its neighbour",
        ),
    ],
)
def test_invariants_that_no_test_holds_are_found(
    files: Files, path: str, line: int, words: str, tmp_path: Path
) -> None:
    (one,) = findings(tmp_path, files, select=["MLD103"])
    assert (one.path, one.line) == (path, line)
    assert words in one.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"tests/test_a.py": TEST, "data/a.csv": "x\n"}, id="nothing is declared"),
        pytest.param(
            {"contracts/flights.toml": CONTRACT, "tests/test_a.py": 'P = "contracts/flights.toml"\n\n\n' + TEST},
            id="a test reads it",
        ),
        pytest.param(
            {
                "contracts/flights.toml": CONTRACT,
                "tests/conftest.py": 'from pathlib import Path\n\nALL = Path("contracts").glob("*.toml")\n',
            },
            id="a fixture reads them all",
        ),
        pytest.param(
            {
                "contracts/flights.toml": CONTRACT,
                "src/acme/contract/__init__.py": 'PATH = "contracts/flights.toml"\n',
                "tests/test_a.py": "from acme.contract import load\n\n\n" + TEST,
            },
            id="a package reads it that a test imports",
        ),
        pytest.param(
            {
                "contracts/flights.toml": CONTRACT,
                "acme/project.py": 'PATH = "contracts/flights.toml"\n',
                "tests/test_a.py": "import acme.project\n\nHERE = acme.project.HERE\n",
            },
            id="the same, flat and as a module",
        ),
        pytest.param(
            {
                "contracts/flights.toml": CONTRACT,
                "project.py": 'PATH = "contracts/flights.toml"\n',
                "tests/test_a.py": "from project import PATH\n",
            },
            id="a module at the root",
        ),
        pytest.param(
            {
                "data/datasets.toml": ENTRY + 'invariants = "acme.schemas.flights"\n',
                "tests/test_a.py": "from acme.schemas import flights\n\n\n" + TEST,
            },
            id="a schema that a test imports",
        ),
        pytest.param(
            {
                "data/datasets.toml": ENTRY + 'contract = "contracts/flights.toml"\n',
                "contracts/flights.toml": CONTRACT,
                "tests/test_a.py": 'P = "contracts/flights.toml"\n\n\n' + TEST,
            },
            id="an entry that names a contract",
        ),
    ],
)
def test_invariants_that_a_test_holds_are_left_alone(files: Files, tmp_path: Path) -> None:
    assert codes(tmp_path, files, select=["MLD103"], persona="strict") == []


def test_a_contract_that_no_test_reads_is_told_once(tmp_path: Path) -> None:
    files: Files = {"data/datasets.toml": ENTRY + 'contract = "contracts/f.toml"\n', "contracts/f.toml": CONTRACT}
    assert [one.path for one in findings(tmp_path, files, select=["MLD103"])] == ["contracts/f.toml"]


# MLD104

HEAD = (
    "import os\nimport random\nimport time\nfrom datetime import date, datetime\n\n"
    "import numpy as np\nimport pandas as pd\nimport requests\n\n\n"
)


def feature(body: str, signature: str = "def add(frame, path=None):") -> str:
    return f"{HEAD}{signature}\n" + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param("return datetime.now().year - frame.born", "the clock (`datetime.datetime.now`)", id="now"),
        pytest.param("return date.today() - frame.born", "the clock (`datetime.date.today`)", id="today"),
        pytest.param('return pd.to_datetime("now") - frame.born', "the clock", id="pandas on now"),
        pytest.param('return np.datetime64("today") - frame.born', "the clock", id="numpy on today"),
        pytest.param("return frame.seen - time.time()", "the clock (`time.time`)", id="seconds"),
        pytest.param('return frame.merge(pd.read_csv("rates.csv"))', "a file (`pandas.read_csv`)", id="a table"),
        pytest.param(
            'with open("words.txt") as file:\n    return frame.isin(list(file))', "a file (`open`)", id="open"
        ),
        pytest.param("return frame * np.load(WEIGHTS)", "a file (`numpy.load`)", id="a constant's file"),
        pytest.param("return frame.isin(WORDS.read_text().split())", "a file (`WORDS.read_text`)", id="a path's text"),
        pytest.param('return frame * requests.get("https://x").json()', "the network (`requests.get`)", id="a request"),
        pytest.param('return frame * float(os.environ["RATE"])', "the environment (`os.environ`)", id="a variable"),
        pytest.param('return frame * float(os.getenv("RATE"))', "the environment (`os.getenv`)", id="getenv"),
        pytest.param("return frame + np.random.normal()", "a global generator (`numpy.random.normal`)", id="noise"),
        pytest.param("return frame + random.random()", "a global generator (`random.random`)", id="chance"),
        pytest.param("return frame + np.random.default_rng().normal()", "a global generator", id="no seed"),
        pytest.param("def inner():\n    return time.time()\nreturn inner()", "the clock", id="a function inside"),
        pytest.param(
            "def transform(x):\n    return time.time()\nreturn transform(1)", "the clock", id="another inside"
        ),
        pytest.param("return frame * requests.get(path).json()", "the network", id="a request to an argument"),
        pytest.param("return abs(datetime.now().year - frame.born)", "the clock", id="within another call"),
        pytest.param('rates = "rates.csv"\nreturn pd.read_csv(rates)', "a file", id="a path of its own"),
        pytest.param("rates: str\nreturn frame * np.load(WEIGHTS)", "a file", id="an annotation without a value"),
    ],
)
def test_a_feature_that_reads_more_than_its_arguments_is_found(body: str, words: str, tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {"src/acme/features.py": feature(body)}, select=["MLD104"])
    assert one.message == f"`add` reads {words}; pass the value in as an argument" or words in one.message
    assert one.line > 10
    assert one.message.startswith("`add` reads ")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("return frame.a * frame.b", id="arithmetic"),
        pytest.param("return frame.merge(pd.read_csv(path))", id="the file is an argument"),
        pytest.param(
            'place = os.path.join(path, "x.csv")\nwhole = str(place)\nreturn pd.read_csv(whole)', id="made of one"
        ),
        pytest.param("for one in path:\n    frame += np.load(one)\nreturn frame", id="a loop over arguments"),
        pytest.param("return pd.concat([pd.read_csv(one) for one in path])", id="the same in brackets"),
        pytest.param("with path.parent as place:\n    return place.read_text()", id="a context made of one"),
        pytest.param("if (place := path):\n    return np.load(place)", id="a name in passing"),
        pytest.param("now: str = path\nreturn np.load(now)", id="with an annotation"),
        pytest.param("path = path or datetime.now()\nreturn frame.born - path", id="an argument that was left out"),
        pytest.param("start = time.time()\nframe = frame * 2\nprint(time.time() - start)\nreturn frame", id="measured"),
        pytest.param('print(f"{datetime.now()} adding")\nreturn frame', id="told"),
        pytest.param('LOGGER.info("at %s", datetime.now())\nreturn frame', id="logged"),
        pytest.param("np.random.seed(1)\nreturn frame + np.random.normal()", id="seeded"),
        pytest.param("return frame + np.random.default_rng(1).normal()", id="a generator of its own"),
        pytest.param("return frame + random.Random(1).random()", id="another"),
        pytest.param('return frame.date - pd.Timestamp("2020-01-01")', id="a fixed moment"),
        pytest.param("return frame.random(now=1) + frame.open()", id="methods of those names"),
        pytest.param('return frame.rename("now")', id="a column of that name"),
        pytest.param("return pd.to_datetime(frame) - pd.to_datetime(path)", id="moments of the table"),
        pytest.param("return frame + np.random.Generator(np.random.PCG64(1)).normal()", id="a generator in parts"),
        pytest.param("return frame + np.random.default_rng(seed=1).normal()", id="a generator by keyword"),
    ],
)
def test_a_feature_of_its_arguments_is_left_alone(body: str, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLD104", {"src/acme/features.py": feature(body)}, persona="strict") == []


IMPURE = feature("return datetime.now().year - frame.born")
FILED = feature('return pd.read_csv("rates.csv")')


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"src/acme/report.py": IMPURE}, id="no features"),
        pytest.param({"tests/features/helpers.py": IMPURE}, id="tests"),
        pytest.param({"src/acme/features.py": IMPURE.replace("def add", "def load_rates")}, id="it says that it loads"),
        pytest.param({"src/acme/features.py": IMPURE.replace("def add", "def _save")}, id="it says that it saves"),
        pytest.param({"src/acme/features/io.py": FILED}, id="a module that reads"),
        pytest.param({"src/acme/features/load_tables.py": FILED}, id="a module that loads"),
        pytest.param(
            {"src/features/build_features.py": FILED + '\n\nif __name__ == "__main__":\n    add(1)\n'}, id="a script"
        ),
        pytest.param(
            {"features/steps/login.py": "from datetime import datetime\n\n\ndef step(context):\n    datetime.now()\n"},
            id="features of Gherkin",
        ),
        pytest.param(
            {"src/acme/features.py": feature("return frame + np.random.normal()").replace("def add", "def add_noise")},
            id="random by name",
        ),
        pytest.param(
            {"src/acme/features/augment.py": feature("return frame + np.random.normal()")}, id="random by module"
        ),
        pytest.param(
            {"src/acme/features.py": f"{HEAD}class Rates:\n    def __init__(self):\n        self.at = time.time()\n"},
            id="what an object keeps",
        ),
        pytest.param(
            {"src/acme/features.py": f"{HEAD}class Rates:\n    def refresh(self):\n        return time.time()\n"},
            id="a method that transforms nothing",
        ),
        pytest.param({"src/acme/features.py": f"{HEAD}def _(frame):\n    return frame\n"}, id="no name to speak of"),
        pytest.param({"src/acme/features.py": f"{HEAD}NOW = datetime.now()\n"}, id="no function"),
    ],
)
def test_what_makes_no_features_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLD104", files, persona="strict") == []


def test_a_method_that_transforms_makes_features(tmp_path: Path) -> None:
    source = f"{HEAD}class Age:\n    def transform(self, frame):\n        return datetime.now().year - frame.born\n"
    (one,) = findings(tmp_path, {"acme/features/age.py": source}, select=["MLD104"])
    assert (one.line, one.column) == (13, 16)


def test_each_kind_is_told_once_and_in_order(tmp_path: Path) -> None:
    body = 'a = os.environ["A"] + os.environ["B"]\nreturn np.load("a.npy") + np.load("b.npy") * float(a)'
    told = messages(tmp_path, "MLD104", {"features.py": feature(body)})
    assert [one.partition(" (")[0] for one in told] == ["`add` reads the environment", "`add` reads a file"]


# MLD105

AGE = "import pandas as pd\n\n\ndef age(frame):\n    return frame.a\n\n\ndef rate(frame):\n    return frame.b\n"


@pytest.mark.parametrize(
    ("files", "line", "words"),
    [
        pytest.param({"tests/test_a.py": TEST}, 4, "no test reaches `age`, `rate`;", id="none"),
        pytest.param({"tests/test_a.py": "from acme.features import age\n"}, 8, "no test reaches `rate`;", id="one"),
        pytest.param(
            {"tests/test_a.py": "from acme import features\n\n\ndef test_age():\n    assert features.age(1)\n"},
            8,
            "reaches `rate`;",
            id="one by its module",
        ),
        pytest.param({"tests/test_a.py": "from other.tables import age, rate\n"}, 4, "`age`, `rate`", id="namesakes"),
        pytest.param({"tests/test_a.py": "def age():\n    pass\n\n\nage()\n"}, 4, "`age`, `rate`", id="its own"),
        pytest.param(
            {"src/acme/train.py": "from acme.features import age, rate\n", "tests/test_a.py": TEST},
            4,
            "`age`, `rate`",
            id="used, and tested by nobody",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE + "\n\ndef both(frame):\n    return age(frame) + rate(frame)\n",
                "tests/test_a.py": TEST,
            },
            4,
            "no test reaches `age`, `rate`, `both`; write one",
            id="used by each other, and tested by nobody",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE.replace("rate", "stage"),
                "tests/test_a.py": "from acme.features import stage\n",
            },
            4,
            "reaches `age`;",
            id="a name that ends like another",
        ),
        pytest.param(
            {
                "src/acme/table.py": "from acme.features import age, rate\n\n\n"
                "def build(frame):\n    return frame.pipe(age)\n",
                "tests/test_a.py": "from other.helpers import build\n\nbuild(1)\n",
            },
            4,
            "`age`, `rate`",
            id="used by a namesake of what is tested",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE + "".join(f"\n\ndef f{i}(frame):\n    return {i}\n" for i in range(3)),
                "tests/test_a.py": TEST,
            },
            4,
            "`age`, `rate`, `f0` and 2 more;",
            id="many",
        ),
    ],
)
def test_a_feature_that_no_test_reaches_is_found(files: Files, line: int, words: str, tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {"src/acme/features.py": AGE, **files}, select=["MLD105"])
    assert (one.path, one.line) == ("src/acme/features.py", line)
    assert words in one.message


REGISTERED = (
    "import numpy as np\n\nfrom .registry import feature\n\n\n@feature(owner='x')\ndef age(born):\n    return born\n"
)


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"src/acme/features.py": AGE}, id="there are no tests"),
        pytest.param(
            {"src/acme/features.py": AGE, "tests/test_a.py": "from acme.features import age, rate\n"}, id="imported"
        ),
        pytest.param(
            {"acme/features.py": AGE, "tests/test_a.py": "import features\n\nfeatures.age(1)\nfeatures.rate(1)\n"},
            id="by attributes, from its folder",
        ),
        pytest.param(
            {"src/acme/features.py": AGE, "tests/test_a.py": "from acme import features\n\nrun(features)\n"},
            id="the whole module handed on",
        ),
        pytest.param(
            {"src/acme/features.py": AGE, "tests/test_a.py": "import acme.features\n\nrun(acme.features)\n"},
            id="the same by its dotted name",
        ),
        pytest.param(
            {"src/acme/features.py": AGE, "tests/test_a.py": "from acme.features import *\n"}, id="all by a star"
        ),
        pytest.param(
            {
                "src/acme/features/age.py": AGE,
                "src/acme/features/__init__.py": "from .age import age, rate\n",
                "tests/test_a.py": "from acme.features import age, rate\n",
            },
            id="through the package",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE,
                "src/acme/table.py": "from acme.features import age, rate\n\n\n"
                "def build(frame):\n    return frame.pipe(age).pipe(rate)\n",
                "tests/test_a.py": "from acme.table import build\n\nbuild(1)\n",
            },
            id="through what uses them",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE + "\n\ndef build(frame):\n    return frame.pipe(age).pipe(rate)\n",
                "tests/test_a.py": "from acme.features import build\n\nbuild(1)\n",
            },
            id="through a neighbour that hands them on",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE,
                "src/acme/pipe.py": "from acme import features\n\n\nclass Pipe:\n"
                "    def run(self, frame):\n        return features.age(frame) + features.rate(frame)\n",
                "tests/test_a.py": "from acme.pipe import Pipe\n\nPipe().run(1)\n",
            },
            id="through a class",
        ),
        pytest.param(
            {
                "src/acme/features.py": REGISTERED,
                "src/acme/registry.py": "ALL = {}\n",
                "tests/test_a.py": "from acme.registry import ALL\n\n\ndef test_all():\n    assert all(ALL)\n",
            },
            id="registered, and the registry tested",
        ),
        pytest.param(
            {
                "src/acme/features.py": REGISTERED.replace(
                    "from .registry import feature", "from acme import registry"
                ).replace("@feature", "@registry.feature"),
                "tests/test_a.py": "from acme import registry\n\n\ndef test_all():\n    assert all(registry.ALL)\n",
            },
            id="registered by a module, and that tested",
        ),
        pytest.param(
            {
                "src/acme/features.py": AGE,
                "src/acme/table.py": "from acme.features import age, rate\n\n\n"
                "def build(frame):\n    return table.build(frame.pipe(age).pipe(rate))\n",
                "tests/test_a.py": "from acme.table import build\n\nbuild(1)\n",
            },
            id="through what calls itself",
        ),
        pytest.param(
            {"src/acme/features.py": "def age(born):\n    return born\n", "tests/test_a.py": TEST}, id="no tables"
        ),
        pytest.param({"src/acme/product.py": AGE, "tests/test_a.py": TEST}, id="no features"),
        pytest.param(
            {
                "src/acme/features.py": "import numpy as np\n\n\ndef _age(born):\n    return born\n\n\n"
                "class Age:\n    def transform(self, x):\n        return x\n",
                "tests/test_a.py": TEST,
            },
            id="nothing public at the top",
        ),
        pytest.param(
            {"features/build.py": AGE + '\n\nif __name__ == "__main__":\n    age(1)\n', "tests/test_a.py": TEST},
            id="a script",
        ),
    ],
)
def test_a_feature_that_tests_reach_is_left_alone(files: Files, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLD105", files, persona="strict") == []


def test_a_registry_that_no_test_imports_tests_nothing(tmp_path: Path) -> None:
    files: Files = {
        "src/acme/features.py": REGISTERED,
        "src/acme/registry.py": "ALL = {}\n",
        "tests/test_a.py": "from acme.other import ALL\n",
    }
    assert messages(tmp_path, "MLD105", files) == ["no test reaches `age`; write one with a few rows by hand"]


# MLD106


@pytest.mark.parametrize(
    ("call", "place"),
    [
        pytest.param('read("/home/me/x.csv")', "/home/me/x.csv", id="a home"),
        pytest.param('read("/Users/me/x.csv")', "/Users/me/x.csv", id="a home on a Mac"),
        pytest.param('Path("/home/me")', "/home/me", id="a home itself"),
        pytest.param('read(r"C:\\data\\x.csv")', "C:\\data\\x.csv", id="a drive"),
        pytest.param('read("D:/data/x.csv")', "D:/data/x.csv", id="a drive with slashes"),
        pytest.param('read("/mnt/disk/x.csv")', "/mnt/disk/x.csv", id="a mount"),
        pytest.param('read("/media/me/stick/x.csv")', "/media/me/stick/x.csv", id="a stick"),
        pytest.param('read("/content/drive/MyDrive/x.csv")', "/content/drive/MyDrive/x.csv", id="Colab"),
        pytest.param('read("/kaggle/input/x.csv")', "/kaggle/input/x.csv", id="Kaggle"),
        pytest.param('read("/dbfs/x.csv")', "/dbfs/x.csv", id="Databricks"),
        pytest.param(f'read("{SUPERUSERS}/x.csv")', f"{SUPERUSERS}/x.csv", id="the superuser's home"),
        pytest.param('read(path=f"/home/me/{name}")', "/home/me/", id="a keyword and an f-string"),
        pytest.param('parser.add_argument("--data", default="/home/me/x")', "/home/me/x", id="a default"),
        pytest.param(f'read("/home/me/{"x" * 31}")', f"/home/me/{'x' * 31}", id="the longest that is shown whole"),
        pytest.param(f'read("/home/me/{"x" * 90}")', f"/home/me/{'x' * 31}...", id="a long one"),
    ],
)
def test_a_path_of_one_machine_is_found(call: str, place: str, tmp_path: Path) -> None:
    (one,) = findings(tmp_path, {"train.py": f"import acme\n\n{call}\n"}, select=["MLD106"])
    assert (one.line, one.message.split("` ")[0]) == (3, f"`{place}")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param('"""Reads /home/me/x.csv."""\n\nPLACE = "/home/me/x"\n', id="no call"),
        pytest.param('read("data/x.csv")\nread("~/x.csv")\nread("/tmp/x")\nread("/dev/null")\n', id="other paths"),
        pytest.param('read("https://x/home/me/x.csv")\nread("s3://b/mnt/x")\nread("file:///x")\n', id="addresses"),
        pytest.param('@app.get("/home/index")\ndef index():\n    pass\n', id="a route"),
        pytest.param('client.post("/Users/create/x", json={})\n', id="a request"),
        pytest.param('read("/home/")\nread("/homes/me/x")\nread("/media/logo.png")\n', id="no one's home"),
        pytest.param('path.startswith("/home/me/")\nre.compile(r"D:\\\\data")\n', id="texts compared"),
        pytest.param('print("/home/me/x is missing")\nlog.info("/mnt/x")\n', id="told"),
        pytest.param('raise ValueError("/home/me/x")\nwarn(UserWarning("/mnt/x"))\n', id="an error's text"),
        pytest.param('option("--data", help="/home/me/x, for example")\n', id="help"),
        pytest.param('Volume(mount_path="/mnt/volume")\n', id="a place in a container"),
        pytest.param('read("/home/me/x\\nand more")\nread(3)\nread(f"{home}/x")\nread(f"")\n', id="no path"),
        pytest.param('read("a:b")\nread("x: /y")\nread("Q://x")\n', id="a colon"),
    ],
)
def test_what_is_no_path_of_one_machine_is_left_alone(source: str, tmp_path: Path) -> None:
    assert messages(tmp_path, "MLD106", {"train.py": source}, persona="strict") == []


def test_tests_may_name_any_path(tmp_path: Path) -> None:
    assert codes(tmp_path, {"tests/test_a.py": 'read("/home/me/x.csv")\n'}, select=["MLD106"]) == []
