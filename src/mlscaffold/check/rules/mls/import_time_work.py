"""MLS005: an import that trains, reads or downloads."""

import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mls._at_import import calls_at_import, is_own_resource, is_page
from mlscaffold.check.targets.module import Module

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/features.py": "import pandas as pd\n\nPRICES = pd.read_csv('data/prices.csv')\n\n\n"
        "def price_of(item):\n    return PRICES.loc[item]\n"
    },
    {
        "src/acme/embed.py": "from transformers import AutoModel\n\nmodel = AutoModel.from_pretrained('acme/bert')\n"
        "\n\ndef embed(text):\n    return model(text)\n"
    },
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/features.py": "from functools import cache\n\nimport pandas as pd\n\n\n@cache\ndef prices():\n"
        "    return pd.read_csv('data/prices.csv')\n\n\ndef price_of(item):\n    return prices().loc[item]\n"
    },
)
# Qualified names of calls, by what they do.
_WORK: Final = {
    "reads data": r"""(?:pandas|polars|cudf|geopandas|modin\.pandas)\.read_\w+
        | numpy\.(?:load|loadtxt|genfromtxt) | pyarrow\.(?:parquet|feather)\.read_\w+""",
    "downloads": r"""(?:requests|httpx)\.(?:get|post|put|request) | urllib\.request\.(?:urlopen|urlretrieve)
        | (?:wget|gdown|kagglehub|huggingface_hub|nltk)\.\w*download\w* | datasets\.load_dataset
        | (?:.*\.)?from_pretrained | torch\.hub\.(?:load|download_url_to_file) | tensorflow_datasets\.load
        | sklearn\.datasets\.fetch_\w+ | (?:tensorflow\.)?keras\.datasets\.\w+\.load_data""",
    "fits": r"(?!PIL\.).*\.fit(?:_transform|_predict|_resample)?",
}


@rule(
    "MLS005",
    "import-time-work",
    on=Module,
    only=("source",),
    needles=(b"read_", b"load", b"fit", b"fetch_", b"requests", b"httpx", b"url", b"from_pretrained", b"genfromtxt"),
    hint="put it into a function that is called where it is needed, cached where it is dear",
)
def import_time_work(module: Module, _: None) -> Iterator[Finding]:
    """Importing a module reads data, fits a model or downloads something.

    Why: every test, command and worker that imports the module pays for it and needs the file or the network; the
    order of imports decides what happens (a "pipeline jungle": Sculley et al., Hidden Technical Debt). In public ML
    repositories all six cases that were looked at were mistakes. Pages (Streamlit, notebooks as scripts) run from top
    to bottom on purpose, and a file of the package itself may be read.

    How to fix: put it into a function, with `functools.cache` where it should happen once, or below
    `if __name__ == "__main__":`.
    """
    if is_page(module):
        return
    for call in calls_at_import(module.tree):
        name = module.qualified(call.func)
        told = next((told for told, pattern in _WORK.items() if re.fullmatch(pattern, name, re.VERBOSE)), "")
        if told and (call.args or call.keywords) and not is_own_resource(module, call):
            yield module.at(call, f"importing this module {told} (`{name.lstrip('.')}`); put it into a function")
