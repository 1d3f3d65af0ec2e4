"""Compiled templates, kept between runs by Jinja's own bytecode cache: compiling is half of what rendering costs.

Python keeps its own bytecode for the same reason and in the same trust: whoever can write the user's cache folder can
write the user's programs. A cache that cannot be read or written is done without.
"""

__all__ = ["compile_text", "compiled_cache"]

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import jinja2
from jinja2.bccache import Bucket, FileSystemBytecodeCache

from mlscaffold import __version__
from mlscaffold.cache import cache_folder


class _Quiet(FileSystemBytecodeCache):
    """A full disk or a home that is read-only slows rendering down, and that is all."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def compiled_cache(options: Mapping[str, Any]) -> jinja2.BytecodeCache | None:
    """Return the cache for environments with these options, or None if there can be none.

    Jinja tells entries apart by name and source alone, but other delimiters or another Jinja compile the same source
    to something else: each set of options has a folder of its own.
    """
    salt = repr((__version__, jinja2.__version__, sorted((key, repr(value)) for key, value in options.items())))
    try:
        folder = cache_folder("jinja") / hashlib.sha256(salt.encode()).hexdigest()[:16]
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError):  # no home at all is a RuntimeError
        return None
    return _Quiet(str(folder))


def compile_text(environment: jinja2.Environment, text: str) -> jinja2.Template:
    """Do what `environment.from_string` does, through the cache, which that passes by."""
    cache = environment.bytecode_cache
    if cache is None:
        return environment.from_string(text)
    bucket = cache.get_bucket(environment, text, None, text)
    if bucket.code is None:
        bucket.code = environment.compile(text)
        cache.set_bucket(bucket)
    return environment.template_class.from_code(environment, bucket.code, environment.make_globals(None), None)
