"""Where code, tests and notebooks stand, and what happens when a module is imported."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mlscaffold.check.findings import Finding
from toolbox.checking import findings, repository


def found(root: Path, code: str, files: dict[str, str], **settings: Any) -> list[Finding]:
    return findings(root, files, select=[code], **settings)


def notebook(*cells: dict[str, Any], **top: Any) -> str:
    whole = {"cells": [{"cell_type": "code", "metadata": {}, "source": [], **cell} for cell in cells], **top}
    return json.dumps({"metadata": {}, "nbformat": 4, "nbformat_minor": 5, **whole})


OUT = {"outputs": [{"output_type": "stream", "text": ["a"]}]}
PROJECT = '[project]\nname = "acme"\n'
CODE = "def work():\n    return 1\n"


# MLS001


@pytest.mark.parametrize(
    ("files", "path"),
    [
        pytest.param({"pyproject.toml": PROJECT, "acme/__init__.py": ""}, "acme/__init__.py", id="flat"),
        pytest.param(
            {"pyproject.toml": '[tool.poetry]\nname = "Acme-Data"\n', "Acme_data/__init__.py": "", "b/__init__.py": ""},
            "Acme_data/__init__.py",
            id="the one that is named",
        ),
    ],
)
def test_a_package_at_the_root_is_found_in_strict(files: dict[str, str], path: str, tmp_path: Path) -> None:
    [one] = [one for one in findings(tmp_path, files, persona="strict") if one.code == "MLS001"]
    assert one.path == path
    assert f"move it to src/{path.partition('/')[0]}" in one.message
    assert [one for one in findings(tmp_path) if one.code == "MLS001"] == []


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"pyproject.toml": PROJECT, "src/acme/__init__.py": "", "acme/__init__.py": ""}, id="in src"),
        pytest.param({"pyproject.toml": PROJECT, "other/__init__.py": ""}, id="another name"),
        pytest.param({"acme/__init__.py": "", "train.py": CODE}, id="nobody installs it"),
        pytest.param({"pyproject.toml": "[project]\nname = 3\n", "acme/__init__.py": ""}, id="a number as name"),
        pytest.param({"pyproject.toml": "project = 3\n", "acme/__init__.py": ""}, id="a number as project"),
        pytest.param({"setup.py": "", "acme/__init__.py": ""}, id="a name that nobody can read"),
    ],
)
def test_other_layouts_are_left_alone_in_strict(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, "MLS001", files, persona="strict") == []


# MLS002


def package(folder: str, count: int, **more: str) -> dict[str, str]:
    return {f"{folder}/__init__.py": "", **{f"{folder}/m{number}.py": CODE for number in range(count)}, **more}


def suite(modules: int, functions: int, folder: str = "tests") -> dict[str, str]:
    body = "".join(f"def test_{number}():\n    pass\n\n\n" for number in range(functions))
    return {f"{folder}/test_{number}.py": body for number in range(modules)}


@pytest.mark.parametrize(
    ("files", "told"),
    [
        pytest.param(package("src/acme", 3), "src/ holds 3 modules and nothing tests them", id="none"),
        pytest.param({"pyproject.toml": PROJECT, **package("acme", 3)}, "acme/ holds 3", id="flat"),
        pytest.param({"setup.py": "", **package("acme", 3), **package("b", 1)}, "acme/, b/ holds 4", id="two, flat"),
        pytest.param(
            {"pyproject.toml": PROJECT, **{f"src/m{n}.py": CODE for n in range(3)}}, "src/ holds 3", id="loose"
        ),
        pytest.param(
            {**package("src/acme", 8), **suite(1, 7)}, "too few tests (8 modules, 1 test module, 7 tests)", id="too few"
        ),
        pytest.param(
            {**package("src/acme", 12), **suite(2, 2)},
            "12 modules, 2 test modules, 4 tests); write 1 more",
            id="2 of 3",
        ),
        pytest.param({**package("src/acme", 3), "tests/helpers.py": CODE}, "nothing tests them", id="helpers"),
        pytest.param({**package("src/acme", 3), "tests/__init__.py": ""}, "nothing tests them", id="an empty folder"),
        pytest.param(
            {**package("src/acme", 3), "notes/test_plan.md": "", "tests/test_x.txt": ""}, "nothing", id="other files"
        ),
    ],
)
def test_a_package_without_tests_is_found(files: dict[str, str], told: str, tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS002", files, persona="strict")
    assert (one.path, one.line) == (".", 0)
    assert told in one.message
    by_default = found(tmp_path, "MLS002", files)
    assert by_default == ([] if "too few" in told or "write 1 more" in told else [one])


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(package("src/acme", 2), id="small"),
        pytest.param(
            package("src/acme", 2)
            | dict.fromkeys([f"src/acme/{n}.py" for n in ("__main__", "_version", "conftest")], ""),
            id="small, with what is no code",
        ),
        pytest.param({**package("src/acme", 4), **suite(1, 1)}, id="one for four"),
        pytest.param({**package("src/acme", 7), **suite(1, 1)}, id="one for seven"),
        pytest.param({**package("src/acme", 9), **suite(2, 1)}, id="two for nine"),
        pytest.param({**package("src/acme", 20), **suite(1, 20)}, id="many tests in one module"),
        pytest.param({**package("src/acme", 3), **suite(1, 0)}, id="tests by other means"),
        pytest.param({**package("src/acme", 3), **suite(1, 1, "src/acme/tests")}, id="inside"),
        pytest.param({**package("src/acme", 3), "src/acme/m_test.py": ""}, id="beside"),
        pytest.param(
            {**package("src/acme", 3), "src/acme/tests.py": "class T:\n    def test_x(self):\n        pass\n"},
            id="Django",
        ),
        pytest.param({**package("src/acme", 3), "tests/check.py": "def test_x():\n    pass\n"}, id="another name"),
        pytest.param(package("acme", 9), id="research code"),
        pytest.param({f"src/m{number}.py": CODE for number in range(9)}, id="loose scripts in src"),
        pytest.param({f"week{number}/lesson.py": CODE for number in range(9)}, id="a course"),
        pytest.param(package("{{cookiecutter.name}}/src/acme", 9), id="a template"),
        pytest.param({"pyproject.toml": PROJECT, **package("examples", 9), **package("tests", 9)}, id="no product"),
        pytest.param({"pyproject.toml": PROJECT, "acme/__init__.py": "", **package("docs/acme", 9)}, id="docs"),
    ],
)
def test_tests_enough_are_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, "MLS002", files, persona="strict") == []


def test_how_many_modules_a_test_may_answer_for_is_an_option(tmp_path: Path) -> None:
    files = {**package("src/acme", 6), **suite(2, 1)}

    def asked(modules: int) -> list[Finding]:
        return found(tmp_path, "MLS002", files, persona="strict", rules={"MLS002": {"modules-per-test": modules}})

    assert asked(3) == []
    [one] = asked(2)
    assert "write 1 more" in one.message
    assert len(asked(0)) == 1


# MLS003


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("src/acme/try.ipynb", id="in the package"),
        pytest.param("src/acme/deep/er/try.ipynb", id="deep in the package"),
        pytest.param("lib/try.ipynb", id="flat"),
    ],
)
def test_a_notebook_in_the_package_is_found(path: str, tmp_path: Path) -> None:
    files = {"src/acme/__init__.py": "", "lib/__init__.py": "", path: notebook()}
    [one] = found(tmp_path, "MLS003", files)
    assert (one.path, one.line) == (path, 0)
    package = path.partition("/try")[0].removesuffix("/deep/er")
    assert one.message == f"the notebook stands in the package {package}; move it to notebooks/try.ipynb"


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("try.ipynb", id="at the root"),
        pytest.param("notebooks/try.ipynb", id="its place"),
        pytest.param("src/try.ipynb", id="beside the package"),
        pytest.param("src/acme/notebooks/try.ipynb", id="a place in the package"),
        pytest.param("src/acme/notebook/try.ipynb", id="another place in the package"),
        pytest.param("src/acme/docs/try.ipynb", id="documentation in the package"),
        pytest.param("src/acme/examples/try.ipynb", id="examples in the package"),
        pytest.param("src/acme/tests/try.ipynb", id="a fixture"),
        pytest.param("acme/try.ipynb", id="a folder that is no package"),
        pytest.param("src/acme/quickstart.ipynb", id="a page for readers"),
    ],
)
def test_a_notebook_elsewhere_is_left_alone(path: str, tmp_path: Path) -> None:
    files = {"__init__.py": "", "src/acme/__init__.py": "", "src/acme/tests/__init__.py": "", path: notebook()}
    assert found(tmp_path, "MLS003", files) == []


def test_a_place_for_notebooks_can_be_named(tmp_path: Path) -> None:
    files = {"src/acme/__init__.py": "", "src/acme/eda/a.ipynb": notebook(), "src/acme/notebooks/a.ipynb": notebook()}
    assert found(tmp_path, "MLS003", files, places={"notebooks": ["**/eda/**"]}) == []
    [one] = found(tmp_path, "MLS003", files, rules={"MLS003": {"leave": ["eda/"]}})
    assert one.path == "src/acme/notebooks/a.ipynb"


# MLS004


@pytest.mark.parametrize(
    ("path", "cells", "told"),
    [
        pytest.param("notebooks/a.ipynb", [OUT], "1 cell holds outputs (1);", id="one"),
        pytest.param("notebooks/a.ipynb", [{}, OUT, {"outputs": []}, OUT], "2 cells hold outputs (2, 4);", id="two"),
        pytest.param("a.ipynb", [OUT] * 5, "5 cells hold outputs (1, 2, 3, 4, 5);", id="five"),
        pytest.param("a.ipynb", [OUT] * 6, "(1, 2, 3, 4, 5, ...);", id="six"),
        pytest.param("research/eda.ipynb", [{**OUT, "metadata": {"tags": ["x"]}}], "(1)", id="another tag"),
        pytest.param("models/a.ipynb", [{**OUT, "metadata": {"tags": ["keep-output"]}}, OUT], "(2)", id="one is kept"),
    ],
)
def test_outputs_are_found(path: str, cells: list[dict[str, Any]], told: str, tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS004", {path: notebook(*cells)})
    assert (one.path, one.line) == (path, 0)
    assert told in one.message


@pytest.mark.parametrize(
    ("path", "cells", "top"),
    [
        pytest.param("notebooks/a.ipynb", [{"outputs": []}, {}], {}, id="clean"),
        pytest.param("notebooks/a.ipynb", [{"execution_count": 4, "outputs": []}], {}, id="only counts"),
        pytest.param("notebooks/a.ipynb", [{**OUT, "metadata": {"tags": ["keep-output"]}}], {}, id="kept by a tag"),
        pytest.param("notebooks/a.ipynb", [{**OUT, "metadata": {"tags": ["keep_output"]}}], {}, id="nbstripout's tag"),
        pytest.param("notebooks/a.ipynb", [{**OUT, "metadata": {"keep_output": True}}], {}, id="nbstripout's key"),
        pytest.param("notebooks/a.ipynb", [OUT], {"metadata": {"keep_output": True}}, id="kept whole"),
        pytest.param("notebooks/a.ipynb", [{**OUT, "cell_type": "raw"}], {}, id="no code"),
        pytest.param("docs/guide/a.ipynb", [OUT], {}, id="documentation"),
        pytest.param("lib/examples/a.ipynb", [OUT], {}, id="examples"),
        pytest.param("ch04/a.ipynb", [OUT], {}, id="a book"),
        pytest.param("week-1/a.ipynb", [OUT], {}, id="a course"),
        pytest.param("04-deployment/batch/a.ipynb", [OUT], {}, id="a course in numbers"),
        pytest.param("notebooks/colab_tutorial_2.ipynb", [OUT], {}, id="a tutorial"),
        pytest.param("Getting Started.ipynb", [OUT], {}, id="first steps"),
    ],
)
def test_outputs_that_are_wanted_are_left_alone(
    path: str, cells: list[dict[str, Any]], top: dict[str, Any], tmp_path: Path
) -> None:
    assert found(tmp_path, "MLS004", {path: notebook(*cells, **top)}) == []


@pytest.mark.parametrize(("words", "count"), [(19, 1), (20, 0)])
def test_a_notebook_that_explains_keeps_its_outputs(words: int, count: int, tmp_path: Path) -> None:
    text = {"cell_type": "markdown", "source": "word " * words}
    assert len(found(tmp_path, "MLS004", {"a.ipynb": notebook(text, OUT, {"source": "many words of code"})})) == count


def test_how_much_a_notebook_must_explain_is_an_option(tmp_path: Path) -> None:
    files = {"a.ipynb": notebook({"cell_type": "markdown", "source": "two words"}, OUT)}
    assert found(tmp_path, "MLS004", files, rules={"MLS004": {"words-per-code-cell": 2}}) == []
    assert len(found(tmp_path, "MLS004", files, rules={"MLS004": {"words-per-code-cell": 3}})) == 1


def test_where_outputs_are_kept_is_an_option(tmp_path: Path) -> None:
    files = {"results/a.ipynb": notebook(OUT), "docs/a.ipynb": notebook(OUT)}
    rules = {"MLS004": {"keep-outputs-in": ["results/**"]}}
    assert [one.path for one in found(tmp_path, "MLS004", files, rules=rules)] == ["docs/a.ipynb"]


def emptied(root: Path) -> None:
    command = ["mlscaffold", "check", "--no-cache", "--select", "MLS004", "--fix", "--unsafe-fixes"]
    subprocess.run(command, cwd=root, check=False, capture_output=True)


BEFORE = """{
    "cells": [
        {"cell_type": "code", "execution_count": 12, "metadata": {"z": 1.0, "a": "\\u00fc ü 😀"},
         "outputs": [{"output_type": "stream", "text": ["]", "\\\\"]}], "source": ["x = 'ä'  # kept"]},
        {"cell_type": "code", "execution_count": 13, "metadata": {"tags": ["keep-output"]}, "outputs":
            [{"output_type": "stream", "text": "stays"}], "source": []},
        {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [ ], "source": []},
        {"cell_type": "code", "execution_count": 14, "outputs": [], "source": []},
        {"cell_type": "markdown", "source": ["\\"outputs\\": [1]"], "execution_count": 99}
    ],
    "metadata": {"outputs": [1]}, "nbformat": 4}"""
AFTER = """{
    "cells": [
        {"cell_type": "code", "execution_count": null, "metadata": {"z": 1.0, "a": "\\u00fc ü 😀"},
         "outputs": [], "source": ["x = 'ä'  # kept"]},
        {"cell_type": "code", "execution_count": 13, "metadata": {"tags": ["keep-output"]}, "outputs":
            [{"output_type": "stream", "text": "stays"}], "source": []},
        {"cell_type": "code", "execution_count": null, "metadata": {}, "outputs": [ ], "source": []},
        {"cell_type": "code", "execution_count": null, "outputs": [], "source": []},
        {"cell_type": "markdown", "source": ["\\"outputs\\": [1]"], "execution_count": 99}
    ],
    "metadata": {"outputs": [1]}, "nbformat": 4}"""


@pytest.mark.parametrize("end", ["", "\n"])
def test_the_fix_empties_outputs_and_changes_no_other_byte(end: str, tmp_path: Path) -> None:
    path = repository(tmp_path, {"a.ipynb": BEFORE + end}) / "a.ipynb"
    for _ in range(2):
        emptied(tmp_path)
        assert path.read_text() == AFTER + end
    assert found(tmp_path, "MLS004", {}) == []


def test_outputs_are_emptied_only_where_it_is_asked_for(tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS004", {"a.ipynb": BEFORE})
    assert one.fix is not None
    assert not one.fix.safe


def test_a_notebook_that_is_no_utf_8_is_found_and_not_mended(tmp_path: Path) -> None:
    text = notebook(OUT, OUT)
    repository(tmp_path, {"a.ipynb": text.encode("utf-16-be").replace(b"\0", b"\0")})
    assert [one.fix for one in found(tmp_path, "MLS004", {})] == []  # its bytes hold no needle
    repository(tmp_path, {"a.ipynb": text.replace('"a"', '"output_type"').encode()})
    assert all(one.fix for one in found(tmp_path, "MLS004", {}))


# MLS007


def counted(*counts: int | None) -> dict[str, str]:
    return {"docs/a.ipynb": notebook(*({"execution_count": count} for count in counts))}


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        pytest.param([2, 1], "cell 2 (run 1) was run before cell 1 (run 2)", id="turned round"),
        pytest.param([1, 2, None, 7, 5, 3], "cell 5 (run 5) was run before cell 4 (run 7)", id="the first of them"),
        pytest.param([3, None, 3], "cell 3 (run 3)", id="twice the same"),
    ],
)
def test_cells_out_of_order_are_found_in_strict(counts: list[int | None], told: str, tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS007", counted(*counts))
    assert told in one.message


@pytest.mark.parametrize("counts", [[1, 2, 3], [4, None, 9], [None, None], [], [7]], ids=str)
def test_cells_in_order_are_left_alone(counts: list[int | None], tmp_path: Path) -> None:
    assert found(tmp_path, "MLS007", counted(*counts)) == []


def test_order_is_asked_for_in_strict_only(tmp_path: Path) -> None:
    assert findings(tmp_path, counted(2, 1)) == []
    assert [one.code for one in findings(tmp_path, persona="strict") if one.path.endswith("ipynb")] == ["MLS007"]


# MLS008


@pytest.mark.parametrize("name", ["Untitled3", "look", "01", "01-", "1.0-02", "x01-look", "v1-look", "01look"])
def test_a_notebook_without_number_and_topic_is_found_in_strict(name: str, tmp_path: Path) -> None:
    files = {f"notebooks/{name}.ipynb": notebook()}
    assert findings(tmp_path, files) == []
    [one] = found(tmp_path, "MLS008", files)
    assert f"`{name}.ipynb` tells no order" in one.message


@pytest.mark.parametrize("name", ["01-look", "1.0-jd-first-look", "2024-05-01_errors", "03_models_2", "10-a"])
def test_a_notebook_with_number_and_topic_is_left_alone(name: str, tmp_path: Path) -> None:
    others = {"docs/Untitled.ipynb": notebook(), "notebooks/helper.py": "", "notebooks/README.md": ""}
    assert found(tmp_path, "MLS008", {f"notebooks/a/{name}.ipynb": notebook(), **others}) == []


# MLS009


def source(text: str, path: str = "notebooks/a.ipynb", **cell: Any) -> dict[str, str]:
    return {path: notebook({"source": text, **cell})}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        pytest.param("!pip install lightgbm", "`lightgbm`", id="shell"),
        pytest.param("%pip install -q lightgbm", "`lightgbm`", id="magic"),
        pytest.param("import x\n  ! pip3 install a b==1 a\ny = 1", "`a`", id="between code"),
        pytest.param("%%capture\n!{sys.executable} -m pip install a", "`a`", id="by this Python"),
        pytest.param("%%bash\nset -e\npip install a 'b>1'", "`a`, `b>1`", id="a cell of shell"),
        pytest.param("pip install a", "`a`", id="without a sign"),
        pytest.param("!pip install a \\\n  b", "`a`, `b`", id="continued"),
        pytest.param("!uv pip install a", "`a`", id="by uv"),
    ],
)
def test_an_install_in_a_notebook_is_found(text: str, names: str, tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS009", source(text))
    assert one.message == f"cell 1 installs {names} without a version; declare it in pyproject.toml"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(source("%pip install -r requirements.txt"), id="from a file"),
        pytest.param(source("%pip install lightgbm==4.6.0"), id="pinned"),
        pytest.param(source("!pip install -e .."), id="the project"),
        pytest.param(source("# !pip install a\nprint('pip install a')"), id="no command"),
        pytest.param(source("text = '''\nrun pip install a\n'''"), id="in a text"),
        pytest.param(source("!pip list\n%load_ext x\n!ls install"), id="other commands"),
        pytest.param(source("!pip install a", cell_type="markdown"), id="text of a page"),
        pytest.param(source("!pip install a", "docs/a.ipynb"), id="documentation"),
        pytest.param(source("!pip install a", "examples/a.ipynb"), id="examples"),
        pytest.param(source("if 'google.colab' in sys.modules:\n    !pip install a"), id="on Colab"),
        pytest.param({"a.ipynb": notebook({"source": "!pip install a"}, metadata={"colab": {}})}, id="made in Colab"),
        pytest.param(source("%%writefile setup.sh\npip install a\n"), id="a file that is written"),
    ],
)
def test_other_cells_are_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, "MLS009", files) == []


# MLS005

DEFINES = "\n\ndef use():\n    return 1\n"


@pytest.mark.parametrize(
    ("code", "line", "told"),
    [
        pytest.param(
            "import pandas as pd\ndf = pd.read_csv('a.csv')\n", 2, "reads data (`pandas.read_csv`)", id="table"
        ),
        pytest.param("from polars import read_parquet\nx = read_parquet('a')\n", 2, "`polars.read_parquet`", id="from"),
        pytest.param("import numpy as np\nx = np.load('a.npy')\n", 2, "reads data (`numpy.load`)", id="array"),
        pytest.param("import pyarrow.parquet as pq\nx = pq.read_table('a')\n", 2, "reads data", id="arrow"),
        pytest.param("import requests\nx = requests.get('a').json()\n", 2, "downloads (`requests.get`)", id="address"),
        pytest.param("import urllib.request\nurllib.request.urlretrieve('a', 'b')\n", 2, "downloads", id="file"),
        pytest.param("import nltk\nnltk.download('punkt')\n", 2, "downloads (`nltk.download`)", id="words"),
        pytest.param("import huggingface_hub as h\nx = h.hf_hub_download('a', 'b')\n", 2, "downloads", id="hub"),
        pytest.param("from datasets import load_dataset\nx = load_dataset('a')\n", 2, "downloads", id="dataset"),
        pytest.param(
            "from transformers import AutoModel as A\nm = A.from_pretrained('a')\n", 2, "downloads", id="model"
        ),
        pytest.param("import torch\nm = torch.hub.load('a', 'b')\n", 2, "downloads", id="torch hub"),
        pytest.param("from sklearn.datasets import fetch_openml\nx = fetch_openml('a')\n", 2, "downloads", id="openml"),
        pytest.param("import keras\nx = keras.datasets.mnist.load_data('a')\n", 2, "downloads", id="mnist"),
        pytest.param("from m import model, X\nmodel.fit(X)\n", 2, "fits (`m.model.fit`)", id="fit"),
        pytest.param("from m import T, X\nx = T().fit_transform(X=X)\n", 2, "fits (`fit_transform`)", id="transform"),
        pytest.param("import pandas as pd\nif True:\n    df = pd.read_csv('a')\n", 3, "reads", id="in a condition"),
        pytest.param(
            "import pandas as pd\ntry:\n    df = pd.read_csv('a')\nexcept OSError:\n    df = None\n", 3, "r", id="try"
        ),
        pytest.param("import pandas as pd\nwith open('a') as f:\n    df = pd.read_csv(f)\n", 3, "reads", id="with"),
        pytest.param("import pandas as pd\nfor p in ():\n    df = pd.read_csv(p)\n", 3, "reads", id="in a loop"),
        pytest.param("import pandas as pd\nclass A:\n    df = pd.read_csv('a')\n", 3, "reads", id="in a class"),
        pytest.param(
            "import pandas as pd\ndef f(df=pd.read_csv('a')):\n    return df\n", 2, "reads", id="as a default"
        ),
        pytest.param(
            "import pandas as pd\ndef f(*, x, df=pd.read_csv('a')):\n    return df\n", 2, "r", id="named default"
        ),
        pytest.param(
            "import pandas as pd\n@use(pd.read_csv('a'))\ndef f():\n    return 1\n", 2, "reads", id="decorator"
        ),
        pytest.param("import pandas as pd\nx = [pd.read_csv(p) for p in ()]\n", 2, "reads", id="in a list"),
        pytest.param(
            "import pandas as pd\nif __name__ == '__main__':\n    pass\nelse:\n    x = pd.read_csv('a')\n",
            5,
            "r",
            id="no guard",
        ),
        pytest.param(
            "from pathlib import Path\nimport pandas as pd\nx = pd.read_csv(Path(__file__).parent.parent / 'a')\n",
            3,
            "reads",
            id="outside the package",
        ),
        pytest.param(
            "from pathlib import Path\nimport pandas as pd\nx = pd.read_csv(Path(__file__).parents[1] / 'a')\n",
            3,
            "r",
            id="above",
        ),
        pytest.param(
            "import os\nimport pandas as pd\nHERE = os.path.dirname(__file__)\nx = pd.read_csv(HERE + '/../a')\n",
            4,
            "r",
            id="dots",
        ),
        pytest.param(
            "import pathlib as p\nimport pandas as pd\nH = p.Path(__file__).parent\nU = H.parent\nx = pd.read_csv(U)\n",
            5,
            "reads",
            id="up in two steps",
        ),
        pytest.param("import pandas as pd\nA = B\nB = A\nx = pd.read_csv(A)\n", 4, "reads", id="names in a ring"),
    ],
)
def test_work_at_import_is_found(code: str, line: int, told: str, tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS005", {"src/acme/a.py": code + DEFINES})
    assert one.line == line
    assert told in one.message
    assert one.message.startswith("importing this module ")


@pytest.mark.parametrize(
    "head",
    [
        pytest.param("import os\nA = os.path.dirname(os.path.dirname(__file__))\n", id="two folders up"),
        pytest.param("from os.path import dirname\nA = dirname(dirname(__file__))\n", id="two folders up, by name"),
        pytest.param("A, B = 'a', __file__\n", id="names in a row"),
        pytest.param("A: str\n", id="a name without a value"),
        pytest.param("with open('a') as A, open('b'):\n    pass\n", id="a file without a name"),
    ],
)
def test_a_path_that_is_not_surely_beside_the_module_is_found(head: str, tmp_path: Path) -> None:
    code = f'{head}import pandas as pd\nx = pd.read_csv(A)\n"""x."""\n'
    assert len(found(tmp_path, "MLS005", {"src/acme/a.py": code})) == 1


@pytest.mark.parametrize("library", ["marimo", "dash", "gradio", "chainlit", "shiny", "panel", "airflow"])
def test_pages_run_from_top_to_bottom(library: str, tmp_path: Path) -> None:
    assert found(tmp_path, "MLS005", {"src/acme/a.py": f"import {library}.x\n{READS}{DEFINES}"}) == []


@pytest.mark.parametrize("name", ["conftest.py", "noxfile.py", "setup.py"])
def test_modules_of_tools_are_left_alone(name: str, tmp_path: Path) -> None:
    files = {f"src/{name}": READS + DEFINES}
    assert found(tmp_path, "MLS005", files, places={"tests": ["nothing"]}) == []


def test_a_module_of_constants_works_at_import_too(tmp_path: Path) -> None:
    table = "import pandas as pd\n\nTABLE = pd.read_csv('a.csv')\n"
    files = {"src/acme/__init__.py": f"{table}print(TABLE)\n{DEFINES}", "src/acme/tables.py": table}
    assert [one.path for one in found(tmp_path, "MLS005", files)] == ["src/acme/__init__.py", "src/acme/tables.py"]


READS = "import pandas as pd\nx = pd.read_csv('a.csv')\n"


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param(
            "src/acme/a.py", "import pandas as pd\ndef f():\n    return pd.read_csv('a')\n", id="in a function"
        ),
        pytest.param("src/acme/a.py", "import pandas as pd\nasync def f():\n    return pd.read_csv('a')\n", id="async"),
        pytest.param(
            "src/acme/a.py", "import pandas as pd\nf = lambda: pd.read_csv('a')\n" + DEFINES, id="in a lambda"
        ),
        pytest.param(
            "src/acme/a.py", "import pandas as pd\nclass A:\n    def f(self):\n        pd.read_csv('a')\n", id="method"
        ),
        pytest.param(
            "src/acme/a.py",
            f"import pandas as pd\n{DEFINES}\nif __name__ == '__main__':\n    pd.read_csv('a')\n",
            id="guard",
        ),
        pytest.param(
            "src/acme/a.py",
            f"import pandas as pd\nimport typing\n{DEFINES}\nif typing.TYPE_CHECKING:\n    pd.read_csv('a')\n",
            id="for types",
        ),
        pytest.param("src/acme/a.py", READS + "print(x)\n", id="a script"),
        pytest.param("src/acme/a.py", "import streamlit as st\n" + READS + DEFINES, id="a page"),
        pytest.param("src/acme/a.py", "# %% look\n" + READS + DEFINES, id="a notebook as code"),
        pytest.param("src/acme/a.py", "# Databricks notebook source\n" + READS + DEFINES, id="of Databricks"),
        pytest.param("src/acme/a.py", "# ---\n# jupyter:\n" + READS + DEFINES, id="of jupytext"),
        pytest.param("src/acme/conftest.py", READS + DEFINES, id="conftest"),
        pytest.param("src/setup.py", READS + DEFINES, id="setup"),
        pytest.param("scripts/a.py", READS + DEFINES, id="outside the source"),
        pytest.param("src/acme/tests/test_a.py", READS + DEFINES, id="a test"),
        pytest.param(
            "src/acme/a.py",
            "from importlib.resources import files\n" + READS.replace("'a.csv'", "files('b')") + DEFINES,
            id="own",
        ),
        pytest.param(
            "src/acme/a.py",
            "from pathlib import Path\nimport pandas as pd\nHERE: Path = Path(__file__).parent\n"
            "with open(HERE / 'a.csv') as f:\n    x = pd.read_csv(f)\n" + DEFINES,
            id="a file beside it",
        ),
        pytest.param(
            "src/acme/a.py",
            "from os.path import dirname\nimport pandas as pd\nA = B = dirname(__file__)\nx = pd.read_csv(B + '/a')\n"
            + DEFINES,
            id="a file beside it, older",
        ),
        pytest.param("src/acme/a.py", "from m import model\nmodel.fit()\n" + DEFINES, id="a fit of nothing"),
        pytest.param(
            "src/acme/a.py", "from PIL import ImageOps\nx = ImageOps.fit(a, b)\n" + DEFINES, id="an image that fits"
        ),
        pytest.param("src/acme/a.py", "import app\n@app.get('/x')\ndef get():\n    return 1\n", id="a route"),
        pytest.param("src/acme/a.py", "import json\nx = json.load(open('a'))\nfit(x)\n" + DEFINES, id="other calls"),
        pytest.param("src/acme/a.py", "read_csv = 1\nx = my.read_csv('a')\n" + DEFINES, id="another read_csv"),
    ],
)
def test_no_work_at_import_is_left_alone(path: str, code: str, tmp_path: Path) -> None:
    assert found(tmp_path, "MLS005", {path: code}) == []


# MLS006

TRAINS = {"src/acme/__init__.py": "", "src/acme/splits.py": "def split():\n    return 1\n"}
TESTED = {"tests/test_train.py": "from acme.train import train\n"}
IMPORTS = {"src/acme/train.py": '"""Train."""\n\nfrom splits import split\n\n\ndef train():\n    return split()\n'}


@pytest.mark.parametrize(
    ("files", "path", "line", "told"),
    [
        pytest.param({**TRAINS, **TESTED, **IMPORTS}, "src/acme/train.py", 3, "beside it in src/acme/", id="src"),
        pytest.param(
            {"acme/__init__.py": "", "acme/splits.py": CODE, "acme/train.py": "from splits import work\n", **TESTED},
            "acme/train.py",
            1,
            "beside it in acme/",
            id="flat",
        ),
        pytest.param(
            {**TRAINS, "a.py": "from acme import train\n",
             "src/acme/train.py": "from os import path\nfrom splits import split\n"},
            "src/acme/train.py",
            2,
            "`splits`",
            id="imported as a module",
        ),
        pytest.param(
            {"acme/__init__.py": "", "acme/lib/a.py": "", "acme/train.py": "from lib import a\n", **TESTED},
            "acme/train.py",
            1,
            "`lib` lies beside it",
            id="a folder",
        ),
        pytest.param(
            {"acme/__init__.py": "", "acme/kit.py": "class Kit:\n    def a(self):\n        pass\n",
             "acme/train.py": "from kit import Kit\n", **TESTED},
            "acme/train.py",
            1,
            "`kit`",
            id="a class",
        ),
        pytest.param(
            {"pyproject.toml": PROJECT, **TRAINS, "knobs.py": CODE, "src/acme/train.py": "from knobs import work\n"},
            "src/acme/train.py",
            1,
            "`knobs` lies at the root, outside the package, so only that folder finds it; move it into the package",
            id="at the root",
        ),
        pytest.param(
            {"setup.py": "", **TRAINS, "lib/knobs.py": CODE, "src/acme/train.py": "from lib.knobs import work\n"},
            "src/acme/train.py",
            1,
            "`lib` lies at the root",
            id="a folder at the root",
        ),
    ],
)  # fmt: skip
def test_an_import_that_one_folder_finds_is_found(
    files: dict[str, str], path: str, line: int, told: str, tmp_path: Path
) -> None:
    [one] = found(tmp_path, "MLS006", files)
    assert (one.path, one.line) == (path, line)
    assert told in one.message


def changed(**files: str) -> dict[str, str]:
    return {**TRAINS, **TESTED, **IMPORTS, **files}


def imports(text: str) -> dict[str, str]:
    return changed(**{"src/acme/train.py": text})


ROOT = {"pyproject.toml": PROJECT, **TRAINS, "knobs.py": CODE}
FROM_ROOT = {"src/acme/train.py": "from knobs import work\n"}


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(imports("from .splits import split\n"), id="relative"),
        pytest.param(imports("from acme.splits import split\n"), id="by its name"),
        pytest.param(imports("import splits\n"), id="nothing of it is named"),
        pytest.param(
            imports("try:\n    from .splits import split\nexcept ImportError:\n    from splits import split\n"),
            id="try",
        ),
        pytest.param(imports("def f():\n    from splits import split\n"), id="when it is called"),
        pytest.param(
            imports("from .splits import other\n\n\ndef f():\n    from splits import split\n"),
            id="both, and one always",
        ),
        pytest.param(
            {
                "tests/__init__.py": "",
                "tests/kit.py": CODE,
                "tests/test_a.py": "from kit import work\n",
                "a.py": "from tests.test_a import work\n",
            },
            id="a package of tests",
        ),
        pytest.param(imports("from splits import other\n"), id="what it does not define"),
        pytest.param(changed(**{"tests/test_train.py": ""}), id="a script that nobody imports"),
        pytest.param(
            changed(**{"tests/conftest.py": "import sys\nsys.path.append('src/acme')\n"}), id="the path is changed"
        ),
        pytest.param(
            changed(**{"pyproject.toml": "[tool.pytest.ini_options]\npythonpath = ['src/acme']\n"}), id="pytest's"
        ),
        pytest.param(changed(**{"requirements-dev.txt": "Splits==1\n"}), id="a package of others"),
        pytest.param(changed(**{"environment.yml": "dependencies: [splits]\n"}), id="a package of conda"),
        pytest.param(changed(**{"src/splits.py": ""}), id="also in src"),
        pytest.param(changed(**{"src/splits/a.py": ""}), id="also a folder in src"),
        pytest.param(
            {**TRAINS, **TESTED, "src/acme/random.py": CODE, "src/acme/train.py": "from random import work\n"}, id="std"
        ),
        pytest.param(
            {
                "lib/splits.py": CODE,
                "lib/train.py": "from splits import work\n",
                "a.py": "from lib.train import work\n",
            },
            id="no pkg",
        ),
        pytest.param({**changed(), "splits.py": CODE}, id="also at the root, and nobody installs it"),
        pytest.param({**ROOT, **FROM_ROOT, "src/__init__.py": ""}, id="src is the package"),
        pytest.param({**TRAINS, "knobs.py": CODE, **FROM_ROOT}, id="at the root, and nobody installs it"),
        pytest.param(
            {**ROOT, **FROM_ROOT, "pyproject.toml": f"{PROJECT}[tool.x]\npy-modules = ['knobs']\n"}, id="built"
        ),
        pytest.param({**ROOT, "tests/__init__.py": "", "tests/a.py": "from knobs import work\n"}, id="a test"),
        pytest.param(
            {**ROOT, "lib/__init__.py": "", "lib/a.py": "from knobs import work\n"}, id="beside it at the root"
        ),
        pytest.param(
            {"__init__.py": "", "b.py": CODE, "a.py": "from b import work\n", "c.py": "import a\n"}, id="the root"
        ),
    ],
)
def test_an_import_that_is_found_elsewhere_is_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, "MLS006", files) == []


@pytest.mark.parametrize(
    "path",
    ["setup.py", "setup.cfg", "pytest.ini", "tox.ini", "Pipfile", "requirements/dev.txt", "requirements.in", "Makefile",
     "environment.yaml", "justfile", "test.sh", "Dockerfile", ".env", ".envrc"],
)  # fmt: skip
def test_an_import_of_a_name_that_is_declared_somewhere_is_left_alone(path: str, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    files = {**TRAINS, **TESTED, "src/acme/Data_kit.py": CODE, "src/acme/train.py": "from Data_kit import work\n"}
    assert found(tmp_path / "more", "MLS006", {**files, path: "# data-kit\n"}) == []
    assert found(tmp_path / "more", "MLS006", {path: "# PYTHONPATH=src/acme\n"}) == []
    assert len(found(tmp_path / "more", "MLS006", {path: "#\n"})) == 1


def built(backend: str, name: str = "acme-lib", more: str = "") -> dict[str, str]:
    return {"pyproject.toml": f'[build-system]\nbuild-backend = "{backend}"\n\n[project]\nname = "{name}"\n\n{more}'}


HATCH, UV, FLIT = "hatchling.build", "uv_build", "flit_core.buildapi"


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**built(HATCH), "src/acme/__init__.py": ""}, id="hatchling"),
        pytest.param({**built(UV), "acme_lib/__init__.py": ""}, id="uv looks into src"),
        pytest.param({**built(FLIT), "main.py": ""}, id="flit"),
    ],
)
def test_a_build_that_finds_no_package_is_found(files: dict[str, str], tmp_path: Path) -> None:
    [one] = found(tmp_path, "MLS006", files)
    assert (one.path, one.line) == ("pyproject.toml", 5)
    assert "finds no package `acme_lib`" in one.message


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({**built(HATCH), "src/acme_lib/__init__.py": ""}, id="in src"),
        pytest.param({**built(UV), "src/acme_lib/__init__.py": ""}, id="in src, with uv"),
        pytest.param({**built(HATCH, "Acme.Lib"), "Acme_Lib/__init__.py": ""}, id="flat, in capitals"),
        pytest.param({**built(FLIT, "acme"), "acme.py": ""}, id="one module"),
        pytest.param({**built(FLIT, "acme"), "src/acme.py": ""}, id="one module in src"),
        pytest.param(
            {**built(FLIT, more="[tool.flit.metadata]\nmodule = 'x'\n"), "x.py": ""}, id="told to an older flit"
        ),
        pytest.param({**built(HATCH), "src/google/acme_lib/__init__.py": ""}, id="in a namespace"),
        pytest.param({**built(HATCH), "acme_lib/__init__.pyi": "", "acme_lib/__init__.py": ""}, id="types"),
        pytest.param(
            {**built(HATCH, more="[tool.hatch.build.targets.wheel]\npackages = ['x']\n"), "x.py": ""}, id="told"
        ),
        pytest.param({**built(HATCH), "hatch.toml": "", "x.py": ""}, id="told elsewhere"),
        pytest.param({**built(UV, more="[tool.uv.build-backend]\nmodule-name = 'x'\n"), "x.py": ""}, id="told to uv"),
        pytest.param({**built(UV, more="[tool.uv.workspace]\nmembers = ['x']\n"), "x.py": ""}, id="a workspace"),
        pytest.param({**built(HATCH, more="[tool.uv]\npackage = false\n"), "x.py": ""}, id="no package"),
        pytest.param({**built(FLIT, more="[tool.flit.module]\nname = 'x'\n"), "x.py": ""}, id="told to flit"),
        pytest.param({**built("setuptools.build_meta"), "x.py": ""}, id="setuptools looks for itself"),
        pytest.param({**built("poetry.core.masonry.api"), "x.py": ""}, id="poetry may install nothing"),
        pytest.param({**built(HATCH, "acme-stubs"), "x.py": ""}, id="types of others"),
        pytest.param(built(HATCH), id="no code yet"),
        pytest.param({"pyproject.toml": PROJECT, "x.py": ""}, id="no backend"),
        pytest.param({"pyproject.toml": "[build-system]\nbuild-backend = 3\n" + PROJECT, "x.py": ""}, id="a number"),
        pytest.param({"pyproject.toml": '[build-system]\nbuild-backend = "uv_build"\n', "x.py": ""}, id="no name"),
        pytest.param({**built(UV, more="[tool]\nuv = 3\n"), "src/acme_lib/__init__.py": ""}, id="a number as table"),
    ],
)
def test_a_build_that_finds_its_package_is_left_alone(files: dict[str, str], tmp_path: Path) -> None:
    assert found(tmp_path, "MLS006", files) == []
