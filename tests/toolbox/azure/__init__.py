"""An interpreter of the part of Azure Pipelines that generated projects use: docs/explanation/azure-interpreter.md."""

from .description import FOLDER, Job, Pipeline, Stage, Step, load, names, read
from .expressions import AzureError, Context, evaluate
from .running import Result, plan, run
from .tasks import TASKS

__all__ = [
    "FOLDER",
    "TASKS",
    "AzureError",
    "Context",
    "Job",
    "Pipeline",
    "Result",
    "Stage",
    "Step",
    "evaluate",
    "load",
    "names",
    "plan",
    "read",
    "run",
]
