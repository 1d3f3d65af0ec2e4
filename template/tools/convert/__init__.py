"""The model in other formats: each conversion is proved equal to the bundle's graph, or refused."""

from .converter import ONNX
from .coreml import COREML

__all__ = ["FORMATS"]

FORMATS = {converter.name: converter for converter in (ONNX, COREML)}
