"""MLX802: a hub serves what its owner uploaded last."""

import ast
import re
from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.lazy import expression
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.rules.mlx._calls import argument, literal
from mlscaffold.check.targets.module import Module

BAD: Final[tuple[Example, ...]] = (
    {
        "src/acme/load.py": "from transformers import AutoModel\n\n\n"
        'def load():\n    return AutoModel.from_pretrained("distilbert-base-uncased")\n'
    },
    {"train.py": 'from datasets import load_dataset\n\nrows = load_dataset("acme/reviews", split="train")\n'},
    {"train.py": 'import torch\n\nmodel = torch.hub.load("pytorch/vision", "resnet18")\n'},
)
OK: Final[tuple[Example, ...]] = (
    {
        "src/acme/load.py": "from transformers import AutoModel\n\n\n"
        'def load():\n    return AutoModel.from_pretrained("distilbert-base-uncased", revision="12040ac")\n'
    },
    {"train.py": 'from datasets import load_dataset\n\nrows = load_dataset("csv", data_files="reviews.csv")\n'},
    {"train.py": 'import torch\n\nmodel = torch.hub.load("pytorch/vision:v0.20.0", "resnet18")\n'},
)

# Whose `from_pretrained` takes a revision. Many a project has a class of its own with such a method.
_FROM_PRETRAINED: Final = expression(
    r"(?:adapters|auto_gptq|diffusers|optimum|peft|sentence_transformers|setfit|span_marker|tokenizers|transformers|trl"
    r"|unsloth)\..*\.from_pretrained"
)
# What else fetches, and the argument that names what: its name, and its place.
_FETCHERS: Final = {
    "datasets.load_dataset": ("path", 0),
    "huggingface_hub.hf_hub_download": ("repo_id", 0),
    "huggingface_hub.snapshot_download": ("repo_id", 0),
    "sentence_transformers.SentenceTransformer": ("model_name_or_path", 0),
    "torch.hub.load": ("repo_or_dir", 0),
    "transformers.pipeline": ("model", 1),
}
# Formats that `load_dataset` reads from files; nothing of that name is fetched.
_BUILDER: Final = expression(
    "arrow|audiofolder|cache|csv|generator|hdf5|imagefolder|json|lance|niftifolder|pandas|parquet|pdffolder|spark|sql"
    "|text|videofolder|webdataset|xml"
)
_NAME: Final = expression(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
# "outputs/best" and "my_model" are folders of somebody's machine.
_FOLDER: Final = expression(
    r"(?:.*[_-])?(?:artifacts?|assets|cache|checkpoints?|ckpts?|data|datasets?|experiments?|exp|exports?|fine-?tuned"
    r"|local|logs|lora|models?|outputs?|path|pretrained|results?|runs?|saved?|src|tmp|trained|weights)(?:[_-].*)?",
    re.IGNORECASE,
)
_FILE: Final = expression(r".*\.(?:py|json|jsonl|csv|pt|pth|bin|ckpt|onnx|gguf|zip|safetensors)")
# Models of the first days have no owner in their name.
_OWNERLESS: Final = expression(
    r"(?:distil)?(?:albert|bart|bert|camembert|electra|gpt2|longformer|roberta|t5|xlm|xlnet)(?:-[\w.]+)+"
    r"|(?:distil)?gpt2|(?:all|paraphrase|multi-qa|msmarco|distiluse|gtr|clip|stsb|nli)-[\w.-]+|LaBSE|openai-gpt"
)


@rule(
    "MLX802",
    "unpinned-artifact",
    on=ast.Call,
    never=("tests",),
    hint="pass revision= with the commit of the model or dataset (its page has it under Files, History)",
    needles=(b"from_pretrained", b"load_dataset", b"_download", b"hub", b"SentenceTransformer", b"pipeline"),
)
def unpinned_artifact(call: ast.Call, module: Module) -> Iterator[Finding]:
    """A model or a dataset is fetched from a hub without a revision.

    Why: a name on a hub is a branch: its owner, or who took over the account, can put other weights, other rows or
    other code there, and the next run takes them without a word. In 15 public ML repositories 13 of 13 such calls were
    true findings.

    How to fix: pass `revision=` with a commit, which never changes; for `torch.hub.load` name a tag, as in
    "owner/repository:v1.0". Local folders are left alone, and so are tests.
    """
    called = module.qualified(call.func)
    if not (name := _fetched(called, call)):
        return
    if called == "torch.hub.load":
        yield module.at(call, f'`{name}` is fetched from its default branch; name a tag, as in "{name}:v1.0"')
    else:
        function = called.rpartition(".")[2]
        yield module.at(call, f"{function} takes whatever `{name}` is today; pass revision= with a commit")


def _fetched(called: str, call: ast.Call) -> str:
    """Return the literal name of what a call fetches unpinned, "" where it does not."""
    if _FROM_PRETRAINED.fullmatch(called):
        key = "repo_id" if argument(call, "repo_id") else "pretrained_model_name_or_path"
        name = literal(argument(call, key, 0))
    elif called in _FETCHERS:
        name = literal(argument(call, *_FETCHERS[called]))
    else:
        return ""
    given = {keyword.arg for keyword in call.keywords}
    if given & {"revision", "local_files_only", None}:  # None: `**options`
        return ""
    if called == "torch.hub.load":
        local = literal(argument(call, "source")) == "local"
        return name if "/" in name and _on_hub(name) and not local else ""
    if called == "datasets.load_dataset":
        return name if _on_hub(name) and not _BUILDER.fullmatch(name) else ""
    return name if _on_hub(name) and ("/" in name or _OWNERLESS.fullmatch(name)) else ""


def _on_hub(name: str) -> bool:
    """Judge by its shape whether a name is one of a hub and no path."""
    return bool(_NAME.fullmatch(name) and not _FILE.fullmatch(name) and not _FOLDER.fullmatch(name.partition("/")[0]))
