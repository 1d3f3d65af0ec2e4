"""What the columns are and what must hold for them: the records, reading cells, and checking a table."""

from .records import Column, Contract, ContractWarning, Role, Task, Type, dump_contract, load_contract

__all__ = ["Column", "Contract", "ContractWarning", "Role", "Task", "Type", "dump_contract", "load_contract"]
