"""A clean template, to plant faults in."""

__all__ = ["CLEAN", "CONFIG", "CORE", "Check", "Files"]

from collections.abc import Callable, Mapping

from mlscaffold.authoring.finding import Report

Files = Mapping[str, str | bytes | None]
Check = Callable[..., Report]

CONFIG = """\
_subdirectory: template
name: {type: str, default: demo, help: "What is it called?"}
docker: {type: bool, default: false}
license: {type: str, default: MIT, choices: [MIT, BSD, none]}
extras: {type: str, multiselect: true, default: [a], choices: [a, b]}
"""
NUMBERS = enumerate(("one", "two", "three", "four", "five"), start=1)
CORE = "\n\n".join(f"def {name}() -> int:\n    return {number}\n" for number, name in NUMBERS)
CLEAN: Files = {
    "copier.yml": CONFIG,
    "template/{{_copier_conf.answers_file}}.jinja": "{{ _copier_answers|to_nice_yaml }}",
    "template/README.md.jinja": "# {{ name }}\n\nSome words.\n\nMore.\n\nAnd more.\n\n{{ extras | join(', ') }}\n",
    "template/pyproject.toml.jinja": "[project]\nname = {{ name | to_json }}\n# by a team\nversion = '1'\n",
    "template/{% if docker %}Dockerfile{% endif %}": "FROM scratch\n",
    "template/{% if license != 'none' %}LICENSE{% endif %}.jinja": "{{ license }}\n",
    "template/src/pkg/__init__.py": "",
    "template/src/pkg/core.py": CORE,
    "template/src/pkg/other.py": "import os\n\n\n# other\nprint(os.sep)\nprint(1)\nprint(2)\nprint(3)\n",
    "template/src/pkg/more.py": "import sys\n\n\n# more\nprint(sys.path)\nprint(4)\nprint(5)\nprint(6)\n",
    "template/src/pkg/last.py": "import re\n\n\n# last\nprint(re.I)\nprint(7)\nprint(8)\nprint(9)\n",
}
