from collections.abc import Mapping

import pytest
from oracle import as_file

from mlscaffold.errors import UserError
from mlscaffold.template import NO_DEFAULT, Question, Spec, parse_spec
from mlscaffold.template.spec import DEFAULT_EXCLUDE
from mlscaffold.tree import File, Tree


def parse(files: Mapping[str, File | str | bytes] | str) -> Spec:
    files = {"copier.yml": files} if isinstance(files, str) else files
    return parse_spec(Tree({path: as_file(content) for path, content in files.items()}), "acme/template")


def test_an_empty_configuration_has_copiers_defaults() -> None:
    spec = parse("")
    assert spec == Spec(path="copier.yml")
    assert spec.suffix == ".jinja"
    assert spec.answers_file == ".copier-answers.yml"
    assert spec.exclude == DEFAULT_EXCLUDE


@pytest.mark.parametrize("name", ["copier.yml", "copier.yaml", "copier.YML"])
def test_the_configuration_is_found_under_each_of_its_names(name: str) -> None:
    assert parse({name: "a: 1"}).path == name


def test_a_question_that_is_no_mapping_is_its_default() -> None:
    spec = parse("a: 1\nb: [x]\nc: ~\nd: text\ne: 1.5\nf: true")
    assert [(q.name, q.type, q.default) for q in spec.questions] == [
        ("a", "int", 1),
        ("b", "yaml", ["x"]),
        ("c", "yaml", None),
        ("d", "str", "text"),
        ("e", "float", 1.5),
        ("f", "bool", True),
    ]


def test_a_question_without_a_default_is_of_type_yaml() -> None:
    assert parse("a: {help: What?}").questions == (Question("a", "yaml", NO_DEFAULT, "What?"),)


def test_the_default_excludes_are_for_templates_without_a_subdirectory_only() -> None:
    assert parse("_subdirectory: .").exclude == DEFAULT_EXCLUDE
    assert parse("_subdirectory: template").exclude == ()
    assert parse("_exclude: [x]").exclude == ("x",)


def test_documents_merge_and_lists_of_patterns_add_up() -> None:
    spec = parse("_exclude: [a]\nx: 1\n_subdirectory: old\n---\n_exclude: [b]\n_subdirectory: new\ny: 2\nx: 3\n---\n")
    assert spec.exclude == ("a", "b")
    assert spec.subdirectory == "new"
    assert [(q.name, q.default) for q in spec.questions] == [("x", 3), ("y", 2)]


def test_include_takes_documents_from_other_files() -> None:
    spec = parse(
        {"copier.yml": "!include parts/*.yml\n---\nb: 2\n", "parts/a.yml": "a: 1", "parts/deep/x.yml": "x: 1", "c": "-"}
    )
    assert [q.name for q in spec.questions] == ["a", "b"]
    assert spec.includes
    assert [q.name for q in parse({"copier.yml": "!include '**/x.yml'", "p/q/x.yml": "x: 1"}).questions] == ["x"]


def test_secret_questions_are_named_in_either_place() -> None:
    spec = parse("_secret_questions: [a]\na: {default: 1}\nb: {default: 1, secret: yes}\nc: 1")
    assert [q.secret for q in spec.questions] == [True, True, False]


def test_our_own_settings_and_messages_are_kept() -> None:
    spec = parse("_mlscaffold: {classes: {}}\n_message_after_copy: Done\n_min_copier_version: '9.1'")
    assert spec.mlscaffold == {"classes": {}}
    assert spec.messages == {"after_copy": "Done"}
    assert spec.min_copier_version == "9.1"


def test_what_is_unknown_is_kept_for_copier() -> None:
    spec = parse("_new_setting: 1\na: {default: 1, new_key: 2}")
    assert spec.unknown == ("_new_setting",)
    assert spec.questions[0].unknown == ("new_key",)


@pytest.mark.parametrize(
    ("config", "words"),
    [
        pytest.param("a: [1", ["copier.yml", "YAML", "line"], id="not YAML"),
        pytest.param(b"\xff\xfe\x00", ["copier.yml", "YAML"], id="not text"),
        pytest.param("just text", ["copier.yml", "mapping"], id="not a mapping"),
        pytest.param("1: x", ["copier.yml", "text"], id="a key that is a number"),
        pytest.param("_exclude: '*.py'", ["_exclude", "list"], id="a pattern for a list of patterns"),
        pytest.param("_exclude: [1]", ["_exclude", "texts"], id="a number for a pattern"),
        pytest.param("_skip_if_exists: {a: 1}", ["_skip_if_exists", "list"], id="a mapping for a list"),
        pytest.param("_subdirectory: 5", ["_subdirectory", "text", "int"], id="a number for a folder"),
        pytest.param("_answers_file: /etc/x", ["_answers_file", "relative"], id="an absolute answers file"),
        pytest.param("_envops: [x]", ["_envops", "mapping"], id="a list for a mapping"),
        pytest.param("_min_copier_version: 9.1", ["_min_copier_version", "text", "float"], id="a number for a version"),
        pytest.param("_tasks: echo", ["_tasks", "list"], id="a text for a list of tasks"),
        pytest.param("_mlscaffold: x", ["_mlscaffold", "mapping"], id="a text for our settings"),
        pytest.param("a: {help: 5}", ["question a", "help", "text"], id="a number for a help"),
        pytest.param("a: {choices: 5}", ["question a", "choices"], id="a number for choices"),
        pytest.param("a: {choices: ~}", ["question a", "choices"], id="nothing for choices"),
        pytest.param("a: {multiselect: perhaps}", ["question a", "multiselect", "true or false"], id="no boolean"),
        pytest.param("a: {when: [x]}", ["question a", "when"], id="a list for a condition"),
        pytest.param("a: {secret: true}", ["question a", "secret", "default"], id="a secret without a default"),
        pytest.param("now: 1", ["'now'"], id="a name that Copier keeps for itself"),
        pytest.param("!include {a: b}", ["!include"], id="an include of a mapping"),
    ],
)
def test_nonsense_is_told_with_file_and_key(config: str | bytes, words: list[str]) -> None:
    with pytest.raises(UserError) as caught:
        parse({"copier.yml": config})
    assert "\n" not in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_a_folder_without_a_configuration_is_no_template() -> None:
    with pytest.raises(UserError, match=r"acme/template is not a template: it has no copier\.yml"):
        parse({"sub/copier.yml": ""})


def test_two_configurations_are_refused() -> None:
    with pytest.raises(UserError, match=r"copier\.yaml, copier\.yml"):
        parse({"copier.yml": "", "copier.yaml": ""})


def test_a_configuration_that_is_a_link_is_refused() -> None:
    with pytest.raises(UserError, match="symbolic link"):
        parse({"copier.yml": File(b"other.yml", symlink=True)})
