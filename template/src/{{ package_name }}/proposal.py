"""Propose a contract for the project's table and write it, with the sample rows that the tests use."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

from .config import load_config
from .contract import Contract, dump_contract
from .propose import propose
from .sample import write_sample
from .tables import read_table

if TYPE_CHECKING:
    from pathlib import Path

    from .project import Project

__all__ = ["propose_for"]


def propose_for(project: Project, table: Path | None, target: str | None) -> Contract:
    """Propose, write contracts/data.toml and, where there is none yet, data/sample.csv.

    Args:
        project: where it is written.
        table: the table to look at; None takes `[data] source`.
        target: the column to predict; None takes `[data] target`.

    Raises:
        UserError: the table cannot be read, or its target cannot be learnt.
    """
    settings = load_config(project.root).data
    frame = read_table(table or project.root / settings.source)
    about = tomllib.loads((project.root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    contract = propose(
        frame,
        target or settings.target,
        about["name"],
        description=about["description"],
        owner=about["authors"][0]["name"],
    )
    dump_contract(contract, project.contract)
    write_sample(frame, contract, project.sample)
    return contract
