"""A new project: planned as a value first, then made beside its place and moved there in one step."""

__all__ = ["Made", "NewPlan", "Wishes", "make", "plan"]

from mlscaffold.new.apply import Made, make
from mlscaffold.new.plan import NewPlan, Wishes, plan
