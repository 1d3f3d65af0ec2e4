from typing import Any

import pytest
from oracle import Make

from mlscaffold.errors import UserError
from mlscaffold.render import NO_DEFAULT, AskedQuestion, Choice, resolve


def refusal(template: Make, config: str, given: dict[str, Any] | None = None) -> str:
    with pytest.raises(UserError) as caught:
        resolve(template(config), given or {})
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("kind", "given", "value"),
    [
        ("str", 5, "5"),
        ("str", True, "True"),
        ("int", "7", 7),
        ("int", 7.9, 7),
        ("float", "0.5", 0.5),
        ("bool", "yes", True),
        ("bool", "off", False),
        ("bool", "0.0", False),
        ("bool", "", False),
        ("bool", "anything", True),
        ("json", '{"a": [1]}', {"a": [1]}),
        ("json", {"a": 1}, {"a": 1}),
        ("yaml", "[a, 1]", ["a", 1]),
        ("yaml", None, None),
        ("path", "a/b", "a/b"),
    ],
)
def test_an_answer_is_cast_to_the_type(template: Make, kind: str, given: Any, value: Any) -> None:
    result = resolve(template(f"a: {{type: {kind}}}"), {"a": given}).values["a"]
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("str", [1]),
        ("bool", 10**400),
        ("int", "seven"),
        ("int", None),
        ("int", [1]),
        ("float", "x"),
        ("json", "{"),
        ("yaml", "[a"),
        ("str", None),
    ],
)
def test_an_answer_of_the_wrong_type_is_refused_by_name(template: Make, kind: str, given: Any) -> None:
    said = refusal(template, f"port: {{type: {kind}}}", {"port": given})
    assert said.startswith("port: ")
    assert "--set port=" in said


def test_an_unknown_name_is_refused_with_the_nearest(template: Make) -> None:
    said = refusal(template, "project_name: x\nport: 1", {"projct_name": "y"})
    assert "no question 'projct_name'; nearest: project_name" in said


def test_answers_rank_above_the_users_defaults_and_those_above_the_templates(template: Make) -> None:
    made = template("a: template\nb: template\nc: template")
    answers = resolve(made, {"a": "given"}, defaults={"a": "mine", "b": "mine", "elsewhere": "mine"})
    assert answers.values == {"a": "given", "b": "mine", "c": "template"}


def test_the_message_of_a_validator_is_what_the_user_reads(template: Make) -> None:
    config = "port: {type: int, default: 1, validator: '{% if port < 9 %}{{ port }} is too small{% endif %}'}"
    assert refusal(template, config, {"port": 5}).startswith("port: 5 is too small")
    assert refusal(template, config).startswith("port: 1 is too small")


def test_a_validator_that_fails_refuses_the_answer(template: Make) -> None:
    assert "undefined" in refusal(template, "a: {default: 1, validator: '{{ nothing.there }}'}")


def test_a_question_without_a_default_needs_an_answer(template: Make) -> None:
    assert "question a needs an answer" in refusal(template, "a: {type: str}")
    assert "add --set a=..." in refusal(template, 'a: {type: str, default: "{{ UNSET }}"}')


def test_computed_and_secret_answers_are_not_recorded(template: Make) -> None:
    made = template(
        "name: Some Name\n"
        "slug: {type: str, default: '{{ name | lower }}', when: false}\n"
        "token: {default: t, secret: true}\n"
        "none: {type: str, when: false}\n"
        "quiet: {type: str, ask: false, default: q}\n"
    )
    answers = resolve(made, {})
    assert answers.values == {"name": "Some Name", "slug": "some name", "token": "t", "quiet": "q"}
    assert answers.recorded == {"name": "Some Name", "quiet": "q"}


def test_a_condition_sees_the_answers_before_it(template: Make) -> None:
    made = template("docker: false\nimage: {type: str, default: slim, when: '{{ docker }}'}")
    assert "image" not in resolve(made, {}).recorded
    assert resolve(made, {"docker": "yes"}).recorded == {"docker": True, "image": "slim"}


@pytest.mark.parametrize(
    "choices",
    [
        "[red, green]",
        "{The red: red, The green: green}",
        "[[The red, red], [The green, green]]",
        "{The red: {value: red}, The green: {value: green}}",
        "\"{% for c in ['red', 'green'] %}- {{ c }}\\n{% endfor %}\"",
    ],
)
def test_choices_in_every_form(template: Make, choices: str) -> None:
    config = f"colour: {{type: str, default: red, choices: {choices}}}"
    assert resolve(template(config), {"colour": "green"}).values["colour"] == "green"
    assert "'blue' is not in ['red', 'green']" in refusal(template, config, {"colour": "blue"})


def test_a_choice_may_be_barred_with_a_reason(template: Make) -> None:
    config = "os: linux\nx: {type: str, default: a, choices: {A: a, B: {value: b, validator: 'not on {{ os }}'}}}"
    assert "x: not on linux" in refusal(template, config, {"x": "b"})


def test_several_choices_come_in_the_templates_order_and_as_text_or_list(template: Make) -> None:
    made = template("x: {type: int, multiselect: true, choices: [1, 2, 3], default: [3]}")
    assert resolve(made, {}).values["x"] == [3]
    assert resolve(made, {"x": [3, 1]}).values["x"] == [1, 3]
    assert resolve(made, {"x": "[3, 2]"}).values["x"] == [2, 3]
    assert "is not a list" in refusal(template, "x: {type: int, multiselect: true, choices: [1]}", {"x": "1"})


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ("a: {type: number, default: 1}", ["no type 'number'", "question a"]),
        ("a: {type: str, default: '{{ 1 +'}", ["copier.yml", "unexpected"]),
        ("a: {type: str, default: '{{ x | nofilter }}'}", ["copier.yml", "nofilter"]),
        ("a: {type: str, default: x, choices: {A: {validator: x}}}", ["question a", "value"]),
        ("a: {type: str, default: x, choices: [[1, 2, 3]]}", ["question a", "choices"]),
        ("a: {type: str, default: x, when: '{{ x.y.z }}'}", ["question a", "undefined"]),
        ("a: {type: str, default: '{{ _copier_conf.vcs_ref }}'}", ["question a", "_copier_conf.vcs_ref"]),
        ("_envops: {undefined: os.system}\na: 1", ["_envops", "os.system"]),
        ("_envops: {block_start_string: '{{'}\na: 1", ["_envops"]),
    ],
)
def test_a_fault_of_the_template_is_told_with_its_place(template: Make, config: str, words: list[str]) -> None:
    said = refusal(template, config)
    for word in words:
        assert word in said


def test_a_default_may_use_the_clock_because_it_is_recorded(template: Make) -> None:
    answers = resolve(template("year: {type: str, default: '{{ now().year }}'}\nkey: '{{ make_secret() }}'"), {})
    assert answers.recorded["year"].isdigit()
    assert len(answers.recorded["key"]) == 128


def test_questions_see_the_folder_and_the_answers_so_far(template: Make) -> None:
    made = template(
        "a: '{{ _folder_name }}'\nb: '{{ _copier_answers }}'\nc: '{{ _copier_conf.dst_path.name }}'", commit="v1"
    )
    answers = resolve(made, {}, folder="my-flights")
    assert answers.values["a"] == answers.values["c"] == "my-flights"
    assert answers.values["b"] == "{'_commit': 'v1', '_src_path': 'somewhere', 'a': 'my-flights'}"


ASKED = """
name: {type: str, help: "What is {{ _folder_name }} called?", default: x, placeholder: like this}
hidden: {type: str, when: false, default: y}
level: {type: int, choices: {Low: 1, High: {value: 2, validator: too high}}, default: 1}
tags: {type: str, multiselect: true, choices: [a, b], default: [b]}
config: {type: yaml, default: "'5'", multiline: true}
token: {type: str, default: "", secret: true, validator: "{% if token == 'no' %}Not this one{% endif %}"}
must: {type: int, validator: "{% if must < 5 %}too small{% endif %}"}
"""


def test_a_person_is_asked_what_is_not_given_in_order(template: Make) -> None:
    seen: dict[str, AskedQuestion] = {}
    replies = {"name": "Flights", "level": 1, "tags": ["a"], "token": "s", "must": "7"}

    def ask(question: AskedQuestion) -> Any:
        seen[question.name] = question
        return question.check(replies.get(question.name, question.default))

    answers = resolve(template(ASKED), {}, ask=ask, folder="here")
    assert list(seen) == ["name", "level", "tags", "config", "token", "must"]
    assert answers.values["must"] == 7
    assert answers.values["config"] == "5"
    assert answers.given == {"token": "s"}
    assert "token" not in answers.recorded
    assert seen["name"].help == "What is here called?"
    assert seen["name"].default_text == "x"
    assert seen["name"].placeholder == "like this"
    assert seen["level"].choices == (Choice("Low", 1), Choice("High", 2, "too high"))
    assert seen["tags"].default == ["b"]
    assert seen["config"].default_text == "'5'"
    assert seen["config"].multiline
    assert seen["token"].secret
    assert seen["must"].default is NO_DEFAULT
    assert seen["must"].help == "must"


def test_what_is_given_is_not_asked(template: Make) -> None:
    def ask(question: AskedQuestion) -> Any:
        raise AssertionError(question.name)

    assert (
        resolve(template("a: {type: int}\nb: {type: str, ask: false, default: x}"), {"a": 1}, ask=ask).values["a"] == 1
    )


def test_an_invalid_reply_is_refused_where_it_is_given(template: Make) -> None:
    refused = []

    def ask(question: AskedQuestion) -> Any:
        for reply in ("three", 2):
            with pytest.raises(UserError) as caught:
                question.check(reply)
            refused.append(caught.value.what)
        return question.check("9")

    config = "must: {type: int, validator: '{% if must < 5 %}{{ must }} is too small{% endif %}'}"
    assert resolve(template(config), {}, ask=ask).values["must"] == 9
    assert "'three' is not of type int" in refused[0]
    assert refused[1] == "must: 2 is too small"


def test_a_users_default_that_is_invalid_is_only_a_suggestion(template: Make) -> None:
    made = template("n: {type: int, default: 1}")
    shown = []

    def ask(question: AskedQuestion) -> Any:
        shown.append(question.default)
        return question.check("2")

    assert resolve(made, {}, defaults={"n": "many"}, ask=ask).values["n"] == 2
    assert shown == [NO_DEFAULT]
    with pytest.raises(UserError, match="n: 'many' is not of type int"):
        resolve(made, {}, defaults={"n": "many"})
