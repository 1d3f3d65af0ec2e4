"""Security: what is fetched by a name that moves, and what runs code when it is loaded."""

from pathlib import Path

import pytest

from toolbox.checking import codes, findings

HF = "from transformers import AutoModel, pipeline\n"
DATASETS = "from datasets import load_dataset\n"
HUB = "from huggingface_hub import hf_hub_download, snapshot_download\n"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        pytest.param(HF + 'AutoModel.from_pretrained("acme/churn")\n', "`acme/churn`", id="a model of an owner"),
        pytest.param(HF + 'AutoModel.from_pretrained("bert-base-uncased")\n', "from_pretrained", id="an old name"),
        pytest.param(HF + 'AutoModel.from_pretrained("distilgpt2")\n', "distilgpt2", id="an old name without a hyphen"),
        pytest.param(
            HF + 'AutoModel.from_pretrained(pretrained_model_name_or_path="acme/churn")\n', "acme", id="by keyword"
        ),
        pytest.param(HF + 'pipeline("ner", model="acme/ner")\n', "pipeline takes", id="a pipeline"),
        pytest.param(HF + 'pipeline("ner", "acme/ner")\n', "pipeline takes", id="a pipeline, by place"),
        pytest.param(
            "import transformers as t\nt.AutoModel.from_pretrained('a/b')\n", "`a/b`", id="under another name"
        ),
        pytest.param(DATASETS + 'load_dataset("imdb")\n', "`imdb`", id="a dataset without an owner"),
        pytest.param(DATASETS + 'load_dataset("acme/reviews", "en")\n', "revision=", id="a dataset of an owner"),
        pytest.param(HUB + 'hf_hub_download("acme/churn", "model.onnx")\n', "hf_hub_download", id="one file"),
        pytest.param(HUB + 'hf_hub_download(repo_id="acme/churn", filename="x")\n', "acme", id="one file, by keyword"),
        pytest.param(HUB + 'snapshot_download("acme/churn")\n', "snapshot_download", id="a snapshot"),
        pytest.param(
            "from sentence_transformers import SentenceTransformer\nSentenceTransformer('all-MiniLM-L6-v2')\n",
            "all-MiniLM",
            id="an encoder of sentences",
        ),
        pytest.param(
            "import torch\ntorch.hub.load('pytorch/vision', 'resnet18')\n", '"pytorch/vision:v1.0"', id="a torch hub"
        ),
        pytest.param(
            "from diffusers import DiffusionPipeline\nDiffusionPipeline.from_pretrained('acme/art')\n", "acme", id="art"
        ),
    ],
)
def test_what_is_fetched_without_a_revision_is_found(source: str, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"src/acme/load.py": source}, select=["MLX802"])
    assert found.line == 2
    assert words in found.message


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(HF + 'AutoModel.from_pretrained("acme/churn", revision="4f1c2ab")\n', id="a revision"),
        pytest.param(HF + 'AutoModel.from_pretrained("acme/churn", revision=REVISION)\n', id="a revision by name"),
        pytest.param(HF + 'AutoModel.from_pretrained("acme/churn", **options)\n', id="options may hold a revision"),
        pytest.param(HF + 'AutoModel.from_pretrained("a/b", local_files_only=True)\n', id="of this machine only"),
        pytest.param(HF + "AutoModel.from_pretrained(name)\n", id="a name that is no literal"),
        pytest.param(HF + 'AutoModel.from_pretrained(f"acme/{size}")\n', id="a name that is put together"),
        pytest.param(HF + "AutoModel.from_pretrained(*given)\n", id="arguments that nobody knows"),
        pytest.param(HF + "pipeline(*given, 'acme/ner')\n", id="a place that nobody knows"),
        pytest.param(HF + "AutoModel.from_pretrained()\n", id="nothing at all"),
        pytest.param(HF + "AutoModel.from_pretrained(None)\n", id="no text"),
        pytest.param(HF + 'AutoModel.from_pretrained("./churn")\n', id="a relative path"),
        pytest.param(HF + 'AutoModel.from_pretrained("/opt/churn")\n', id="an absolute path"),
        pytest.param(HF + 'AutoModel.from_pretrained("path/to/churn")\n', id="a deeper path"),
        pytest.param(HF + 'AutoModel.from_pretrained("outputs/best")\n', id="a folder of outputs"),
        pytest.param(HF + 'AutoModel.from_pretrained("bert-finetuned")\n', id="a folder of one's own training"),
        pytest.param(HF + 'AutoModel.from_pretrained("my_model")\n', id="a folder called model"),
        pytest.param(HF + 'AutoModel.from_pretrained("churn")\n', id="a word that may be a folder"),
        pytest.param(HF + 'AutoModel.from_pretrained("churn/best.safetensors")\n', id="a file"),
        pytest.param(HF + 'pipeline("ner")\n', id="a pipeline of no name"),
        pytest.param(
            'from .model import GPT\nGPT.from_pretrained("gpt2-medium")\n', id="a class of one's own has no revisions"
        ),
        pytest.param("class A:\n    pass\n\nA.from_pretrained('acme/churn')\n", id="a class of the same module"),
        pytest.param(DATASETS + 'load_dataset("csv", data_files="x.csv")\n', id="a table in a file"),
        pytest.param(DATASETS + 'load_dataset("imagefolder", data_dir="x")\n', id="pictures in a folder"),
        pytest.param(DATASETS + 'load_dataset("scripts/reviews.py")\n', id="a script"),
        pytest.param(DATASETS + 'load_dataset("data/reviews")\n', id="a folder of data"),
        pytest.param("import seaborn as sns\nsns.load_dataset('iris')\n", id="a sample of seaborn"),
        pytest.param("import torch\ntorch.hub.load('a/b:v1', 'resnet18')\n", id="a tag of a torch hub"),
        pytest.param("import torch\ntorch.hub.load('a/b', 'x', source='local')\n", id="a torch hub that is a folder"),
        pytest.param("import torch\ntorch.hub.load('./yolov5', 'x')\n", id="a torch hub in a folder"),
        pytest.param("import torch\ntorch.hub.load('yolov5', 'x')\n", id="a torch hub has an owner"),
    ],
)
def test_what_does_not_move_is_left_alone(source: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"src/acme/load.py": source}, select=["MLX802"]) == []


def test_tests_may_load_what_they_like(tmp_path: Path) -> None:
    source = HF + 'import torch\nAutoModel.from_pretrained("acme/churn")\ntorch.load(path, weights_only=False)\n'
    assert codes(tmp_path, {"tests/test_load.py": source}, select=["MLX"]) == []
    assert codes(tmp_path, {"src/acme/load.py": source}, select=["MLX"]) == ["MLX802", "MLX801"]


DOWNLOAD = "import joblib\n" + HUB


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        pytest.param("import torch\ntorch.load(path, weights_only=False)\n", 2, "state_dict", id="torch"),
        pytest.param("import numpy as np\nnp.load(path, allow_pickle=True)\n", 2, "allow_pickle=True", id="numpy"),
        pytest.param("import keras\nkeras.models.load_model(p, safe_mode=False)\n", 2, "safe_mode=False", id="keras"),
        pytest.param(HF + "AutoModel.from_pretrained(name, trust_remote_code=True)\n", 2, "pin revision=", id="a hub"),
        pytest.param("from vllm import LLM\nLLM(model=name, trust_remote_code=True)\n", 2, "pin", id="a server"),
        pytest.param(
            DOWNLOAD + "joblib.load(hf_hub_download('acme/churn', 'm', revision='1'))\n",
            3,
            "joblib.load runs code that was just downloaded",
            id="a pickle of a hub",
        ),
        pytest.param(
            DOWNLOAD + "def load():\n    path = hf_hub_download(NAME, 'm')\n    return joblib.load(path)\n",
            5,
            "downloaded",
            id="a pickle of a hub, by a name",
        ),
        pytest.param(
            "import pickle\nfrom urllib.request import urlopen\nwith urlopen(URL) as page:\n    pickle.load(page)\n",
            4,
            "pickle.load",
            id="a pickle of a page",
        ),
        pytest.param(
            "import pickle\nimport requests\npickle.loads(requests.get(URL, timeout=9).content)\n",
            3,
            "pickle.loads",
            id="a pickle of an answer",
        ),
    ],
)
def test_a_load_that_runs_code_is_found(source: str, line: int, words: str, tmp_path: Path) -> None:
    (found,) = findings(tmp_path, {"src/acme/load.py": source}, select=["MLX801"])
    assert found.line == line
    assert words in found.message


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("import torch\ntorch.load(path)\n", id="torch's default is safe since 2.6"),
        pytest.param("import torch\ntorch.load(path, weights_only=True)\n", id="torch, guarded"),
        pytest.param("import torch\ntorch.load(path, weights_only=guarded)\n", id="torch, by a name"),
        pytest.param("import numpy as np\nnp.load(path, allow_pickle=False)\n", id="numpy, guarded"),
        pytest.param("import numpy as np\nnp.save(path, x)\nnp.load(path, allow_pickle=True)\n", id="its own cache"),
        pytest.param("import acme\nacme.load(path, weights_only=False)\n", id="somebody else's load"),
        pytest.param(HF + "AutoModel.from_pretrained(name, trust_remote_code=False)\n", id="a hub, guarded"),
        pytest.param(
            HF + "AutoModel.from_pretrained(name, trust_remote_code=True, revision=COMMIT)\n", id="code of one revision"
        ),
        pytest.param(HF + "AutoModel.from_pretrained(name, trust_remote_code=True, **o)\n", id="options may pin it"),
        pytest.param(HF + "AutoModel.from_pretrained('./m', trust_remote_code=True)\n", id="code of this machine"),
        pytest.param(HF + "AutoModel.from_pretrained(name, trust_remote_code=trusted)\n", id="trust by a name"),
        pytest.param("import joblib\njoblib.load('model.joblib')\n", id="a pickle of one's own"),
        pytest.param("import pickle\npickle.load(file)\n", id="ruff tells of pickle"),
        pytest.param(
            DOWNLOAD
            + "def get():\n    path = hf_hub_download(NAME, 'm')\n\n\ndef load(path):\n    joblib.load(path)\n",
            id="the same name in another function",
        ),
        pytest.param(
            DOWNLOAD + "joblib.load(path)\npath = hf_hub_download(NAME, 'm')\n", id="a name that is assigned later"
        ),
        pytest.param(
            DOWNLOAD + "page = hf_hub_download(NAME, 'm')\njoblib.load(path)\n", id="another name is downloaded"
        ),
    ],
)
def test_a_load_of_data_is_left_alone(source: str, tmp_path: Path) -> None:
    assert codes(tmp_path, {"src/acme/load.py": source}, select=["MLX801"]) == []


def test_a_module_may_be_allowed_to_load(tmp_path: Path) -> None:
    files = {"src/acme/old.py": "import torch\ntorch.load(path, weights_only=False)\n"}
    allowed = {"MLX801": {"allow": ["src/acme/old.py"]}}
    assert codes(tmp_path, files, select=["MLX801"]) == ["MLX801"]
    assert codes(tmp_path, files, select=["MLX801"], rules=allowed) == []
