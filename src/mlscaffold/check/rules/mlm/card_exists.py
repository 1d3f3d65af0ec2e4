"""MLM501: a model that others may use is described."""

from collections.abc import Iterator
from typing import Final

from mlscaffold.check.findings import Finding
from mlscaffold.check.registry import Example, rule
from mlscaffold.check.repository import Repository
from mlscaffold.check.rules.mlm._cards import cards
from mlscaffold.check.rules.mlm._registry import REGISTRY, champion

_WEIGHTS: Final = frozenset(
    {"model.safetensors", "pytorch_model.bin", "tf_model.h5", "adapter_model.safetensors", "flax_model.msgpack"}
)
_PROMOTED: Final = '{"event": "register", "version": "v1"}\n{"event": "promote", "version": "v1"}\n'
BAD: Final[tuple[Example, ...]] = (
    {REGISTRY: _PROMOTED},
    {"dvc.yaml": "artifacts:\n  churn:\n    path: models/churn.onnx\n    type: model\n"},
    {"pyproject.toml": '[tool.mlscaffold.check.rules.MLM501.models]\nchurn = "docs/churn.md"\n'},
)
OK: Final[tuple[Example, ...]] = (
    {REGISTRY: _PROMOTED, "docs/model-card.md": "# Delay\n\nWritten for version `v1`.\n"},
    {"dvc.yaml": "artifacts:\n  raw:\n    path: data/raw.csv\n    type: dataset\n"},
    {REGISTRY: '{"event": "register", "version": "v1"}\n'},
)


@rule(
    "MLM501",
    "card-exists",
    on=Repository,
    hint="write a model card: what it is for, its limits, its data, how good it is",
    options={"models": {}},
)
def card_exists(repository: Repository, _: None) -> Iterator[Finding]:
    """A model is declared and has no model card.

    Declared is the champion of a generated project's registry, an artifact of type `model` in `dvc.yaml`, a model in
    the layout of the Hugging Face Hub (weights beside `config.json`), and what the option `models` (name = "path of its
    card") names. Cards are `MODEL_CARD.md`, `docs/model-card.md` and their like, files in `model_cards/`, and a README
    with the Hub's front matter.

    Why: whoever uses a model without its author at hand needs to know what it was made for, on what, and where it
    fails (Mitchell et al., Model Cards for Model Reporting). In a survey of 15 public ML repositories, none had a card.

    How to fix: write one. In a generated project, `card` writes it from the run; commit docs/model-card.md.
    """
    models = repository.options("MLM501")["models"]
    for name, path in models.items():
        if not isinstance(path, str) or not repository.has(path):
            yield Finding(".", 0, f"model {name} should have its card in {path}, which is not there; write it")
    declared = [one for one in _declared(repository) if one[2] not in models]
    if declared and not cards(repository):
        for path, line, name in declared:
            yield Finding(path, line, f"model {name} has no model card; write one, as docs/model-card.md")


def _declared(repository: Repository) -> Iterator[tuple[str, int, str]]:
    """Yield path, line and name of each declared model."""
    if promoted := champion(repository):
        yield REGISTRY, promoted[1], promoted[0]
    for path in repository.glob("dvc.yaml"):
        for name, artifact in repository.table(path, "artifacts").items():
            if isinstance(artifact, dict) and artifact.get("type") == "model":
                yield path, repository.line_of(path, "artifacts", name), name
    for path in sorted(repository.files):
        folder, slash, name = path.rpartition("/")
        if name in _WEIGHTS and "tests" not in repository.roles_of(path):
            beside = {one for one in ("config.json", "README.md") if f"{folder}{slash}{one}" in repository.files}
            # A README beside the weights describes them; that of a whole repository may be about anything.
            if beside == {"config.json"} or (beside and not folder):
                yield path, 0, folder.rpartition("/")[2] or name
