"""Copier is the oracle: what the native renderer gives is what `copier.run_copy` gives, byte for byte."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import Refused, assert_parity, by_copier, differences, make_template, natively, read_template
from torture import ANSWERS, GIVEN, VARIANTS, mostly, variant

from mlscaffold.template import Template
from mlscaffold.template.claims import beyond_native
from mlscaffold.tree import File, Tree

ROOT = Path(__file__).parents[2]
SLOW = settings(deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


@pytest.fixture(scope="module")
def builtin(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The built-in template as a git repository with one version."""
    here = read_template(ROOT)
    files = {path: file for path, file in here.files.items() if path == "copier.yml" or path.startswith("template/")}
    return make_template(tmp_path_factory.mktemp("builtin") / "repository", files, "0.1.0")


@pytest.fixture(scope="module", params=VARIANTS)
def torture(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Template:
    """One variant of the torture template."""
    return make_template(tmp_path_factory.mktemp("torture") / "template", variant(request.param))


@pytest.fixture(scope="module")
def plain_torture(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The torture template as it is."""
    return make_template(tmp_path_factory.mktemp("torture") / "template", variant("as it is"))


@pytest.fixture(scope="module")
def torture_in_git(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """The torture template as a git repository."""
    return make_template(tmp_path_factory.mktemp("torture") / "template", variant("as it is"), "v1.2.3")


TEXT = st.text(st.characters(codec="utf-8"), max_size=70)
BUILTIN_ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "project_name": mostly(
            st.sampled_from(["Churn 2", "Größe", "3d", "$(rm)", "'\"", "import"]),
            st.sampled_from([" x ", "a" * 61, "", None]) | TEXT,
        ),
        "package_name": mostly(
            st.sampled_from(["churn", "x9"]), st.sampled_from(["class", "json", "a" * 41, "x-y", ""]) | TEXT
        ),
        "data_file": mostly(
            st.sampled_from(["a.csv", "b.parquet", "c.tsv.gz", ""]), st.sampled_from(["x/y.csv", "d.doc"]) | TEXT
        ),
        "target_column": mostly(
            st.sampled_from(["churned", "zwei Wörter", '"quoted"']), st.sampled_from(["", "a\nb"]) | TEXT
        ),
        "description": mostly(
            st.sampled_from(["One line.", "{{ 7 * 7 }}", "'''"]), st.sampled_from(["two\nlines"]) | TEXT
        ),
        "author_name": mostly(st.sampled_from(["Ann", "Zoë O'Neil"]), st.sampled_from(["", "<b>"]) | TEXT),
        "author_email": mostly(
            st.sampled_from(["", "ann@acme.org"]), st.sampled_from(["ann@", "a b@c", "ann@localhost"])
        ),
        "python_version": mostly(
            st.sampled_from(["3.11", "3.12", "3.13", "3.14"]), st.sampled_from(["3.10", 3.12, None])
        ),
    },
)


def test_the_built_in_template_renders_natively(builtin: Template) -> None:
    assert beyond_native(builtin.spec, builtin.files) == []


@settings(SLOW, max_examples=50)
@given(answers=BUILTIN_ANSWERS)
def test_the_built_in_template_is_rendered_as_copier_renders_it(builtin: Template, answers: dict[str, Any]) -> None:
    assert_parity(builtin, answers)


VALID = [
    {},
    {"data_file": "customers.csv", "target_column": "churned"},
    {"project_name": "Größe 3", "author_name": "Zoë O'Neil", "author_email": "zoe@acme.org", "python_version": "3.14"},
    {"data_file": "a.parquet", "target_column": 'zwei "Wörter"', "description": "{{ 7 * 7 }}", "package_name": "x9"},
]


@pytest.mark.parametrize("answers", VALID)
def test_valid_answers_to_the_built_in_template_are_taken(builtin: Template, answers: dict[str, Any]) -> None:
    assert isinstance(assert_parity(builtin, answers), Tree)


def test_user_defaults_rank_between_answers_and_the_template(builtin: Template) -> None:
    result = assert_parity(builtin, {"project_name": "Given"}, {"project_name": "Mine", "author_name": "Me"})
    assert isinstance(result, Tree)
    answers = result[".copier-answers.yml"].data
    assert b"project_name: Given" in answers
    assert b"author_name: Me" in answers


@pytest.mark.parametrize("answers", GIVEN, ids=lambda answers: str(answers)[:60])
def test_the_torture_template_is_rendered_as_copier_renders_it(
    plain_torture: Template, answers: dict[str, Any]
) -> None:
    assert_parity(plain_torture, answers)


@pytest.mark.parametrize("answers", GIVEN[::8], ids=lambda answers: str(answers)[:60])
def test_every_variant_is_rendered_as_copier_renders_it(torture: Template, answers: dict[str, Any]) -> None:
    assert beyond_native(torture.spec, torture.files) == []
    assert_parity(torture, answers)


@settings(SLOW, max_examples=10)
@given(answers=ANSWERS, defaults=ANSWERS)
def test_any_answers_to_the_torture_template_give_what_copier_gives(
    torture: Template, answers: dict[str, Any], defaults: dict[str, Any]
) -> None:
    assert_parity(torture, answers, defaults, folder="Ordner 7")


@pytest.mark.parametrize("answers", GIVEN[:5], ids=str)
def test_a_template_in_git_is_rendered_as_copier_renders_it(torture_in_git: Template, answers: dict[str, Any]) -> None:
    assert_parity(torture_in_git, answers)


def test_most_answers_of_the_table_are_accepted(torture: Template) -> None:
    """Else the comparison would compare refusals only."""
    accepted = [answers for answers in GIVEN if isinstance(natively(torture, answers), Tree)]
    assert len(accepted) > len(GIVEN) // 2
    assert len(accepted) < len(GIVEN)


TREE = Tree({"a": File(b"one\n"), "run": File(b"#!", executable=True), "link": File(b"a", symlink=True)})


@pytest.mark.parametrize(
    ("path", "other"),
    [
        pytest.param("a", File(b"onE\n"), id="one byte"),
        pytest.param("a", File(b"one"), id="a newline at the end"),
        pytest.param("run", File(b"#!"), id="the executable bit"),
        pytest.param("link", File(b"a"), id="a file for a link"),
        pytest.param("link", File(b"run", symlink=True), id="the target of a link"),
        pytest.param("more", File(b""), id="an empty file more"),
    ],
)
def test_the_comparison_sees(path: str, other: File) -> None:
    assert differences(TREE, TREE) == []
    assert len(differences(TREE, Tree({**TREE, path: other}))) == 1
    assert len(differences(Tree({**TREE, path: other}), TREE)) == 1


def test_the_comparison_sees_that_only_one_accepts() -> None:
    assert differences(TREE, Refused("no"))
    assert differences(Refused("no"), TREE)
    assert not differences(Refused("no"), Refused("for another reason"))


def test_the_comparison_sees_a_planted_difference_in_a_rendering(torture: Template) -> None:
    copied = by_copier(torture, {})
    changed = torture._replace(
        files=Tree(
            {path: f._replace(executable=not f.executable) for path, f in torture.files.items() if not f.symlink}
        )
    )
    assert differences(natively(changed, {}), copied)
