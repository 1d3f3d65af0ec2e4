"""Version and answers are found again, exactly, from nothing but what was rendered."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from mlscaffold.adopt import guess as search
from mlscaffold.adopt import trials
from mlscaffold.adopt.candidates import Evidence
from mlscaffold.adopt.evidence import facts
from mlscaffold.adopt.place import Look, Standing
from mlscaffold.adopt.reverse import reader
from mlscaffold.adopt.similarity import measure_against
from mlscaffold.adopt.standing import OWN_PATHS
from mlscaffold.adopt.trials import Guess, Situation
from mlscaffold.adopt.versions import known_versions, spread
from mlscaffold.errors import UserError
from mlscaffold.render import render, resolve
from mlscaffold.template import Template
from mlscaffold.template.sources import load_template
from mlscaffold.tree import File, Tree

VERSIONS = ["v1.0.0", "v1.1.0", "v1.2.0", "v2.0.0", "v2.1.0"]
SEVERAL = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def seen(files: Mapping[str, File]) -> Look:
    return lambda path: Standing(files.get(path))


def guessed(template: Template, files: Mapping[str, File], **answers: Any) -> Guess:
    ours = {path: file for path, file in files.items() if path not in OWN_PATHS}
    look = seen(ours)
    evidence = Evidence({}, facts(Path("folder"), ours, look))
    measure = measure_against(look, (), leave_out=OWN_PATHS)
    at = Situation("folder", evidence, reader(ours, look), measure, answers)
    return search.guess(template, known_versions(template, prereleases=False), at)


def rendered(source: str, version: str | None = None, **answers: Any) -> tuple[Template, Tree, Mapping[str, Any]]:
    template = load_template(source, version)
    found = resolve(template, answers, folder="folder")
    return load_template(source), render(template, found).tree, found.recorded


@pytest.fixture(autouse=True)
def in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "answers",
    [{}, {"name": "Acme Tools", "slug": "acme"}, {"name": "x", "docker": "true"}, {"slug": "a-b", "docker": "true"}],
    ids=["defaults", "a slug of its own", "a switch", "both"],
)
def test_version_and_answers_are_found_again(evolving_template: Path, version: str, answers: dict[str, str]) -> None:
    if version < "v2":
        answers = {name: value for name, value in answers.items() if name != "docker"}
    template, tree, recorded = rendered(str(evolving_template), version, **answers)
    found = guessed(template, tree)
    assert (found.template.version, found.answers.recorded) == (version, recorded)
    assert found.likeness.perfect
    assert found.renders <= 15


@pytest.mark.parametrize("version", VERSIONS)
def test_they_are_found_after_edits_and_deletions_too(evolving_template: Path, version: str) -> None:
    template, tree, recorded = rendered(str(evolving_template), version, name="Acme Tools", slug="acme")
    edited = dict(tree) | {"README.md": File(tree["README.md"].data + b"\nand more\n"), "own.py": File(b"1\n")}
    found = guessed(template, edited)
    assert (found.template.version, found.answers.recorded) == (version, recorded)


NAMES = st.from_regex(r"[A-Za-z0-9_][\w .+-]{0,20}[A-Za-z0-9_]", fullmatch=True)


@SEVERAL
@given(name=NAMES, slug=NAMES, docker=st.booleans(), version=st.sampled_from(VERSIONS))
def test_any_names_are_found_again(evolving_template: Path, name: str, slug: str, docker: bool, version: str) -> None:
    answers = {"name": name, "slug": slug} | ({"docker": docker} if version >= "v2" else {})
    template, tree, recorded = rendered(str(evolving_template), version, **answers)
    found = guessed(template, tree)
    assert found.answers.recorded == recorded
    assert found.rendering.tree == render(found.template, found.answers).tree
    assert found.template.version == version


PRINTABLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=30)


@SEVERAL
@given(
    project_name=st.lists(PRINTABLE, min_size=1, max_size=3).map(" ".join),
    package_name=st.none() | st.from_regex(r"[a-z][a-z0-9_]{2,12}", fullmatch=True),
    description=st.lists(PRINTABLE, min_size=1, max_size=4).map(" ".join),
    author_name=PRINTABLE,
    author_email=st.sampled_from(["", "ada@localhost", "a.b+c@x"]),
    python_version=st.sampled_from(["3.11", "3.12", "3.13", "3.14"]),
)
def test_any_answers_of_the_built_in_template_are_found_again(**answers: str | None) -> None:
    wanted = {name: value for name, value in answers.items() if value is not None}
    try:
        template, tree, recorded = rendered("mlscaffold:builtin", None, **wanted)
    except UserError:
        assume(False)  # the template's own rules for names
    found = guessed(template, tree)
    assert found.answers.recorded == recorded


def test_what_is_given_is_certain(evolving_template: Path) -> None:
    template, tree, _recorded = rendered(str(evolving_template), "v2.1.0", name="Acme", slug="acme")
    assert guessed(template, tree, slug="mine").answers.recorded["slug"] == "mine"


def test_a_project_that_is_like_nothing_gets_the_newest_version(evolving_template: Path) -> None:
    found = guessed(load_template(str(evolving_template)), {"main.c": File(b"int main;\n")})
    assert found.template.version == "v2.1.0"
    assert (found.likeness.there, found.likeness.same) == (0, 0)


def test_a_package_folder_answers_a_question_of_another_name(write: Any, tmp_path: Path) -> None:
    config = "_subdirectory: t\nproject: {type: str, default: demo}\nmodule_dir: {type: str, default: thing}\n"
    path = "t/src/{{ module_dir | replace('-', '_') }}/__init__.py"
    folder = write(tmp_path / "template", {"copier.yml": config, path: "", "t/src/{{ module_dir }}.txt": ""})
    files = {"src/other_name/__init__.py": File(b"1\n"), "src/other_name/core.py": File(b"2\n")}
    assert guessed(load_template(str(folder)), files).answers.recorded["module_dir"] == "other_name"


def test_a_computed_answer_leads_to_the_one_it_is_computed_from(write: Any, tmp_path: Path) -> None:
    config = (
        "_subdirectory: t\nthing: {type: str, default: demo}\n"
        "where: {default: \"{{ thing | replace(' ', '_') }}\", when: false}\n"
    )
    folder = write(tmp_path / "template", {"copier.yml": config, "t/{{ where }}/core.py": "1\n"})
    found = guessed(load_template(str(folder)), {"my_own_thing/core.py": File(b"1\n")})
    assert found.likeness.perfect
    assert found.answers.recorded == {"thing": "my_own_thing"}


@pytest.mark.parametrize("right", [0, 1, 57, 140, 199])
def test_two_hundred_versions_take_no_more_than_forty_renderings(
    tmp_path: Path, write: Any, git: Any, right: int
) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    git(folder, "init", "-q")
    write(folder, {"copier.yml": "_subdirectory: t\nname: demo\n"})
    stream = "".join(_commit(number) for number in range(200))
    import subprocess

    subprocess.run(["git", "fast-import", "--quiet"], cwd=folder, input=stream.encode(), check=True)
    template, tree, _recorded = rendered(str(folder), f"v1.{right}.0")
    found = guessed(template, tree)
    assert found.template.version == f"v1.{right}.0"
    assert found.renders <= 40


def _commit(number: int) -> str:
    """A version in which lines came and went, as in a template that has grown over years."""
    config, lines = "_subdirectory: t\nname: demo\n", "".join(f"{line}\n" for line in range(number // 2, number + 20))
    files = {"copier.yml": config, "t/core.py": lines}
    parts = [f"commit refs/heads/main\nmark :{number + 1}\ncommitter T <t@localhost> {number} +0000\ndata 1\n.\n"]
    parts += [f"M 100644 inline {path}\ndata {len(text)}\n{text}\n" for path, text in files.items()]
    return "".join(parts) + f"reset refs/tags/v1.{number}.0\nfrom :{number + 1}\n\n"


@pytest.mark.parametrize("most", [1, 2, 5])
def test_when_the_renderings_are_used_up_the_best_so_far_is_taken(
    evolving_template: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(trials, "_MOST", most)
    template, _tree, _recorded = rendered(str(evolving_template))
    ours = {"README.md": File(b"# Else\n\nuse that today\n"), "other/core.py": File(b"one\n")}
    assert guessed(template, ours).renders == most


def test_versions_are_spread_from_the_newest_on() -> None:
    assert spread(3, 24) == [2, 1, 0]
    assert spread(10, 3) == [9, 5, 1]
    assert spread(1, 2) == [0]


def test_a_version_that_cannot_be_rendered_is_passed_over(evolving_template: Path, git: Any) -> None:
    template, tree, recorded = rendered(str(evolving_template), "v1.1.0")
    (evolving_template / "copier.yml").write_text("_subdirectory: gone\nname: [\n")
    git(evolving_template, "commit", "-qam", "broken")
    git(evolving_template, "tag", "v1.9.0")
    found = guessed(template, tree)
    assert (found.template.version, found.answers.recorded) == ("v1.1.0", recorded)


def test_if_no_version_takes_what_is_given_the_newest_says_why(evolving_template: Path) -> None:
    template, tree, _recorded = rendered(str(evolving_template))
    with pytest.raises(UserError, match="no question 'nmae'; nearest: name"):
        guessed(template, tree, nmae="x")


def test_a_question_without_an_answer_is_told(small_template: Path) -> None:
    config = small_template / "copier.yml"
    config.write_text(config.read_text() + "key: {type: str}\n")
    with pytest.raises(UserError, match="question key needs an answer"):
        guessed(load_template(str(small_template)), {})
