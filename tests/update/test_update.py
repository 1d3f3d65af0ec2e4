"""`mlscaffold update`: what it changes, what it leaves, what it says."""

import json
from collections.abc import Callable

import pytest
from laboratory import ANSWERS, Lab, everything, run_git, snapshot

from mlscaffold.cli import main

NUMBERS = "".join(f"{number}\n" for number in range(1, 21))
MakeLab = Callable[..., Lab]


def with_line(number: int, text: str, base: str = NUMBERS) -> str:
    lines = base.splitlines()
    lines[number - 1] = text
    return "\n".join(lines) + "\n"


def test_both_sides_of_one_file_are_in_the_result(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS})
    made.release("v2.0.0", {"a.txt": with_line(3, "template")})
    made.commit({"a.txt": with_line(15, "team")})
    assert made.update() == 0
    assert made.text("a.txt") == with_line(3, "template", with_line(15, "team"))
    assert "_commit: v2.0.0" in made.text(".copier-answers.yml")
    assert 'version = "v2.0.0"' in made.text(".mlscaffold/lock")
    assert made.git("status", "--porcelain") == "M  .copier-answers.yml\nM  .mlscaffold/lock\nM  a.txt"


def test_a_preview_says_the_same_and_leaves_no_byte_behind(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS, "old.txt": NUMBERS * 2})
    made.release(
        "v2.0.0", {"a.txt": with_line(3, "template"), "old.txt": None, "new.txt": NUMBERS * 2, "more.txt": "x\n"}
    )
    made.commit({"a.txt": with_line(15, "team"), "old.txt": with_line(7, "team") + NUMBERS})
    before = everything(made.project)
    preview = made.plan("--preview", "--diff")
    assert everything(made.project) == before
    assert "+template" in preview.pop("diff")
    applied = made.plan()
    assert {**applied, "applied": False} == {**preview, "commit": None, "verified": None}
    assert made.text("new.txt") == with_line(7, "team") + NUMBERS


def test_an_update_to_the_same_version_changes_nothing(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS})
    made.commit({"a.txt": with_line(15, "team")})
    before = everything(made.project)
    code, out, _err = made.run("update", "--defaults")
    assert (code, out) == (0, "project is up to date with its template v1.0.0.\n")
    assert everything(made.project) == before


def test_in_two_steps_is_as_in_one(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS, "b.txt": NUMBERS})
    made.release("v2.0.0", {"a.txt": with_line(3, "two"), "b.txt": None, "c.txt": NUMBERS})
    made.release("v3.0.0", {"a.txt": with_line(5, "three", with_line(3, "two")), "d.txt": "new\n"})
    made.commit({"a.txt": with_line(15, "team"), "b.txt": with_line(9, "team")})
    made.git("branch", "once")
    assert made.update("--to", "v2.0.0") == 0
    made.commit({}, "up to two")
    assert made.update() == 0
    twice = snapshot(made.project)
    made.git("checkout", "-qf", "once")
    assert made.update() == 0
    assert snapshot(made.project) == twice


def test_the_second_update_finds_the_base_of_an_edited_file_without_its_blob(lab: MakeLab) -> None:
    # what the template gave for an edited file is in no commit of the project; it is rendered again
    made = lab({"a.txt": NUMBERS})
    made.commit({"a.txt": with_line(15, "team")})
    made.release("v2.0.0", {"a.txt": with_line(3, "two")})
    assert made.update("--commit") == 0
    made.git("gc", "--prune=now", "--quiet")
    made.release("v3.0.0", {"a.txt": with_line(4, "three", with_line(3, "two"))})
    assert made.update() == 0
    assert made.text("a.txt") == with_line(4, "three", with_line(3, "two", with_line(15, "team")))


def test_without_base_a_file_is_merged_two_ways_and_the_rest_is_updated(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS, "b.txt": NUMBERS + "21\n"})
    lock = made.text(".mlscaffold/lock")
    unknown = next(line for line in lock.splitlines() if line.startswith('"a.txt"')).split('"')[5]
    made.commit({".mlscaffold/lock": lock.replace(unknown, "1" * 40), "a.txt": with_line(15, "team")})
    made.release("v2.0.0", {"a.txt": with_line(3, "two"), "b.txt": with_line(4, "two")})
    assert made.update() == 1
    assert made.text("b.txt") == with_line(4, "two")
    assert "two" in made.text("a.txt")
    assert "team" in made.text("a.txt")


def test_the_changelog_between_the_versions_is_shown(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n"})
    made.release("v1.1.0", {"a.txt": "2\n"}, changelog="## v1.1.0\n\n- The second.\n")
    made.release("v1.2.0", {"a.txt": "3\n"}, changelog="## v1.2.0\n\n- The third.\n\n## v1.1.0\n\n- The second.\n")
    assert made.plan("--preview")["changelog"] == [
        {"version": "v1.1.0", "changes": ["The second."]},
        {"version": "v1.2.0", "changes": ["The third."]},
    ]
    assert "The third." in made.run("update", "--defaults")[1]


def test_a_prerelease_is_taken_only_if_asked_for_and_an_older_version_only_by_name(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n"})
    made.release("v2.0.0rc1", {"a.txt": "2\n"})
    assert made.plan("--preview")["to"] == "v1.0.0"
    assert made.update("--prereleases", "--commit") == 0
    assert made.plan("--preview")["to"] == "v2.0.0rc1", "not back to the newest release"
    assert made.update("--to", "v1.0.0") == 0
    assert made.text("a.txt") == "1\n"


def test_what_the_team_deleted_stays_deleted_until_it_is_restored(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n", "b.txt": "1\n"})
    made.release("v2.0.0", {"a.txt": "2\n", "b.txt": "2\n"})
    made.commit({"a.txt": None})
    assert made.actions() == {"a.txt": "keep", "b.txt": "change"}
    assert made.update("--commit") == 0
    assert not (made.project / "a.txt").exists()
    assert made.update("--restore", "a.txt") == 0
    assert made.text("a.txt") == "2\n"


def test_restore_refuses_what_is_there_and_what_never_was(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n"})
    assert made.run("update", "--restore", "a.txt")[2].startswith("error: a.txt is there already (to take the")
    assert made.run("update", "--restore", "a.text")[2].startswith(
        "error: the template has no file 'a.text'; nearest: a.txt"
    )


def test_only_takes_a_part_and_offers_the_rest_again(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS, "b.txt": NUMBERS})
    made.release("v2.0.0", {"a.txt": with_line(3, "two"), "b.txt": with_line(3, "two"), "new.txt": "new\n"})
    made.commit({"a.txt": with_line(15, "team")})
    assert made.update("--only", "a.txt", "--commit") == 0
    assert not (made.project / "new.txt").exists()
    assert made.text("a.txt") == with_line(3, "two", with_line(15, "team"))
    assert made.text("b.txt") == NUMBERS
    assert "_commit: v1.0.0" in made.text(".copier-answers.yml")
    assert made.actions() == {"b.txt": "change", "new.txt": "add"}
    assert made.update("--commit") == 0
    assert made.text("b.txt") == with_line(3, "two")
    assert made.run("update", "--only", "c.txt")[0] == 2


OWNED = (
    "_mlscaffold:\n  classes: {seed: [seed.txt, late.txt], managed: [managed.txt], lines: [.ignore]}\n"
    "_skip_if_exists: [once.txt]\n"
)


def test_a_seed_is_written_once(lab: MakeLab) -> None:
    made = lab({"seed.txt": "1\n", "once.txt": "1\n"}, OWNED)
    made.release("v2.0.0", {"seed.txt": "2\n", "once.txt": "2\n", "late.txt": "new\n"})
    made.commit({"seed.txt": "team\n"})
    plan = made.plan()
    assert (made.text("seed.txt"), made.text("once.txt"), made.text("late.txt")) == ("team\n", "1\n", "new\n")
    assert sorted(plan["missed"]) == ["once.txt", "seed.txt"]
    made.commit({"late.txt": None}, "update")
    made.release("v3.0.0", {"late.txt": "newer\n", "seed.txt": None, "x.txt": "x\n"})
    assert made.update() == 0
    assert made.text("seed.txt") == "team\n", "a seed that the template dropped is still the team's"
    assert not (made.project / "late.txt").exists()


def test_a_managed_file_is_the_templates_and_the_teams_edit_is_saved_beside(lab: MakeLab) -> None:
    made = lab({"managed.txt": "1\n"}, OWNED)
    made.release("v2.0.0", {"managed.txt": "2\n"})
    made.commit({"managed.txt": "team\n"})
    assert made.update() == 0
    assert (made.text("managed.txt"), made.text("managed.txt.yours")) == ("2\n", "team\n")


def test_lines_are_a_union(lab: MakeLab) -> None:
    made = lab({".ignore": "a\nb\n"}, OWNED)
    made.release("v2.0.0", {".ignore": "a\nb\ntemplate\nsame\n"})
    made.commit({".ignore": "a\nb\nteam\nsame\n"})
    assert made.update() == 0
    lines = made.text(".ignore").splitlines()
    assert sorted(lines) == ["a", "b", "same", "team", "template"]


def test_what_the_team_keeps_is_left_alone_reported_and_offered_when_it_lets_go(lab: MakeLab) -> None:
    made = lab({"Dockerfile": NUMBERS, "b.txt": "1\n"})
    made.release("v2.0.0", {"Dockerfile": with_line(3, "template"), "b.txt": "2\n"})
    made.commit(
        {".mlscaffold/keep.toml": '[keep]\n"Dockerfile" = "our own base image"\n', "Dockerfile": with_line(15, "team")}
    )
    plan = made.plan("--diff")
    assert made.text("Dockerfile") == with_line(15, "team")
    assert {"path": "Dockerfile", "action": "keep", "reason": "our own base image"} in plan["files"]
    assert plan["missed"] == ["Dockerfile"]
    assert "+template" in plan["diff"], "the patch it missed"
    made.commit({".mlscaffold/keep.toml": None}, "update")
    assert made.update() == 0
    assert made.text("Dockerfile") == with_line(3, "template", with_line(15, "team"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keep = 1\n", "wants one table, [keep]"),
        ('[keep]\n"a" = ""\n', "'a' has no reason"),
        ("[keep", "is no TOML"),
        ("[other]\n", "wants one table"),
    ],
)
def test_a_faulty_keep_list_is_told(lab: MakeLab, text: str, says: str) -> None:
    made = lab({"a.txt": "1\n"})
    made.commit({".mlscaffold/keep.toml": text})
    code, _out, err = made.run("update", "--defaults")
    assert code == 2
    assert says in err
    assert len(err.splitlines()) == 1


def test_heal_brings_a_file_back_and_asks_for_a_commit_first(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS, "b/c.txt": "1\n"})
    made.commit({"a.txt": with_line(3, "team"), "b/c.txt": None})
    (made.project / "a.txt").write_text("uncommitted\n")
    assert made.run("heal", "a.txt")[2].startswith("error: a.txt would be overwritten and is not committed")
    assert made.text("a.txt") == "uncommitted\n"
    made.git("checkout", "a.txt")
    assert made.run("heal", "a.txt", "b", "--preview")[1] == "  would be healed  a.txt\n  would be healed  b/c.txt\n"
    assert made.text("a.txt") == with_line(3, "team")
    assert made.run("heal", "a.txt", "b")[0] == 0
    assert (made.text("a.txt"), made.text("b/c.txt")) == (NUMBERS, "1\n")
    assert made.run("heal", "a.text")[2].startswith("error: the template gave no file 'a.text'; nearest: a.txt")


def test_new_questions_take_their_default_and_answers_can_be_changed(lab: MakeLab) -> None:
    made = lab({"{{ name }}/__init__.py": "", "{{ name }}/x.py": NUMBERS})
    made.release("v2.0.0", {"ci.txt.jinja": "{{ ci }}\n"}, "ci: {type: str, default: github}\n")
    made.commit({"demo/own.py": "own = 1\n", "demo/x.py": with_line(3, "team")})
    plan = made.plan("--set", "name=shop")
    assert plan["answers"] == {"new": {"ci": "github"}, "changed": {"name": {"from": "demo", "to": "shop"}}, "gone": []}
    assert made.text("shop/own.py") == "own = 1\n"
    assert made.text("shop/x.py") == with_line(3, "team")
    assert made.text("shop/__init__.py") == ""
    assert not (made.project / "demo").exists()
    assert made.text("ci.txt") == "github\n"


def test_renamed_retyped_and_removed_questions_are_migrated(lab: MakeLab) -> None:
    made = lab(
        {"a.txt.jinja": "{{ use_ci }} {{ gone }}\n"}, "use_ci: {type: bool, default: true}\ngone: {default: x}\n"
    )
    assert made.text("a.txt") == "True x\n"
    config = (
        "ci: {type: str, choices: [github, none], default: none}\n"
        "_mlscaffold: {renamed: {use_ci: ci}, retyped: {ci: {true: github, false: none}}}\n"
    )
    made.release("v2.0.0", {"a.txt.jinja": "{{ ci }}\n"}, config)
    plan = made.plan("--defaults")
    assert made.text("a.txt") == "github\n"
    assert "the template no longer asks for gone (it was 'x')" in plan["notes"]


def test_an_answer_that_no_longer_fits_is_told_and_replaced(lab: MakeLab) -> None:
    made = lab({"a.txt.jinja": "{{ size }}\n"}, "size: {type: str, default: huge}\n")
    made.release("v2.0.0", {}, "size: {type: str, choices: [small, big], default: small}\n")
    plan = made.plan("--defaults")
    assert made.text("a.txt") == "small\n"
    assert any(note.startswith("the answer 'huge' to size no longer fits") for note in plan["notes"])


def test_template_files_that_swap_their_places_carry_the_teams_edits_along(lab: MakeLab) -> None:
    # the same two template files, each now rendered where the other was
    letters = "".join(f"{letter}\n" for letter in "abcdefghijklmnopqrst")
    made = lab({"{{ first }}.txt": NUMBERS, "{{ second }}.txt": letters}, "first: one\nsecond: two\n")
    made.commit({"one.txt": with_line(15, "team"), "two.txt": letters.replace("m\n", "team too\n")})
    assert made.update("--set", "first=two", "--set", "second=one") == 0
    assert made.text("two.txt") == with_line(15, "team")
    assert made.text("one.txt") == letters.replace("m\n", "team too\n")


def test_both_sides_move_an_empty_package_to_the_same_place(lab: MakeLab) -> None:
    made = lab({"a/__init__.py": "", "a/x.py": NUMBERS, "a/y.py": NUMBERS + "y\n"})
    gone: dict[str, str | None] = {"a/__init__.py": None, "a/x.py": None, "a/y.py": None}
    made.release("v2.0.0", {**gone, "b/__init__.py": "template = 1\n", "b/x.py": NUMBERS, "b/y.py": NUMBERS + "y\n"})
    made.commit({**gone, "b/__init__.py": "", "b/x.py": with_line(3, "team"), "b/y.py": NUMBERS + "y\n"})
    assert made.update() == 0
    assert made.text("b/__init__.py") == "template = 1\n"
    assert made.text("b/x.py") == with_line(3, "team")


def test_both_sides_move_an_empty_package_to_different_places(lab: MakeLab) -> None:
    # git cannot pair an empty file with anything; that its neighbours moved tells where it went, on either side
    made = lab({"a/__init__.py": "", "a/x.py": NUMBERS, "a/y.py": NUMBERS + "y\n"})
    gone: dict[str, str | None] = {"a/__init__.py": None, "a/x.py": None, "a/y.py": None}
    made.release("v2.0.0", {**gone, "b/__init__.py": "template = 1\n", "b/x.py": NUMBERS, "b/y.py": NUMBERS + "y\n"})
    made.commit({**gone, "c/__init__.py": "", "c/x.py": with_line(3, "team"), "c/y.py": NUMBERS + "y\n"})
    assert made.update() == 0
    assert made.text("c/__init__.py") == "template = 1\n"
    assert made.text("c/x.py") == with_line(3, "team")
    assert not (made.project / "b").exists()


def test_declared_moves_compose_over_versions(lab: MakeLab) -> None:
    made = lab({"one.txt": NUMBERS, "dir/empty.py": ""})
    moves = (
        "_mlscaffold:\n  moves:\n"
        "    - {from: one.txt, to: two.txt, since: 1.5.0}\n    - {from: two.txt, to: three.txt, since: 2.0.0}\n"
        "    - {from: dir, to: folder, since: 2.0.0}\n"
    )
    # rewritten as well, so that no guess could find it
    made.release(
        "v2.0.0", {"one.txt": None, "three.txt": "other\n", "dir/empty.py": None, "folder/empty.py": ""}, moves
    )
    made.commit({"one.txt": with_line(20, "team"), "dir/empty.py": "filled = 1\n"})
    assert made.update() == 1
    assert "team" in made.text("three.txt")
    assert made.text("folder/empty.py") == "filled = 1\n"
    assert not (made.project / "one.txt").exists()


def test_the_paths_of_a_declared_move_may_hold_answers(lab: MakeLab) -> None:
    made = lab({"src/{{ package }}/a.py.jinja": "was = 1\n"}, "package: {type: str, default: mine}\n")
    moves = (
        "package: {type: str, default: mine}\n_mlscaffold:\n  moves:\n"
        '    - {from: "src/{{ package }}/a.py", to: "src/{{ package }}/core/b.py", since: 2.0.0}\n'
    )
    # rewritten as well, so that no guess could find it
    new = {"src/{{ package }}/a.py.jinja": None, "src/{{ package }}/core/b.py.jinja": "other = 2\n"}
    made.release("v2.0.0", new, moves)
    made.commit({"src/mine/a.py": "was = 1\nteam = 1\n"})
    assert made.update() == 1
    assert "team = 1" in made.text("src/mine/core/b.py")
    assert not (made.project / "src/mine/a.py").exists()


def test_a_project_of_copier_gets_its_lock(lab: MakeLab) -> None:
    made = lab({"a.txt": NUMBERS})
    made.commit({".mlscaffold/lock": None, "a.txt": with_line(15, "team")})
    made.release("v2.0.0", {"a.txt": with_line(3, "template")})
    assert made.update() == 0
    assert made.text("a.txt") == with_line(3, "template", with_line(15, "team"))
    assert 'version = "v2.0.0"' in made.text(".mlscaffold/lock")


def test_a_project_of_copier_keeps_the_seeds_that_the_template_drops(lab: MakeLab) -> None:
    made = lab({"seed.txt": "1\n"}, OWNED)
    made.commit({".mlscaffold/lock": None, "seed.txt": "team\n"})
    made.release("v2.0.0", {"seed.txt": None, "x.txt": "x\n"})
    assert made.update() == 0
    assert made.text("seed.txt") == "team\n"


def test_a_folder_without_versions_updates_too(lab: MakeLab, tmp_path: object) -> None:
    made = lab({"a.txt": NUMBERS})
    plain = made.template.parent / "plain"
    (plain / "template").mkdir(parents=True)
    for path, text in {
        "copier.yml": "_subdirectory: template\nname: {default: demo}\n",
        **ANSWERS,
        "template/a.txt": NUMBERS,
    }.items():
        (plain / path).write_text(text)
    project = made.template.parent / "other"
    assert main(["new", str(project), "--template", str(plain), "--defaults", "--quiet"]) == 0
    (project / "a.txt").write_text(with_line(15, "team"))
    run_git(project, "commit", "-qam", "work")
    (plain / "template/a.txt").write_text(with_line(3, "template"))
    assert main(["-C", str(project), "update", "--quiet", "--defaults"]) == 0
    assert (project / "a.txt").read_text() == with_line(3, "template", with_line(15, "team"))


def test_verify_runs_what_the_template_declares_and_says_how_to_go_back(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n"})
    made.release("v2.0.0", {"a.txt": "2\n"}, "_mlscaffold: {verify: ['test -f a.txt', 'test -f missing.txt']}\n")
    refused = made.run("update", "--defaults", "--verify")
    assert refused[0] == 2
    assert "if you trust its authors" in refused[2]
    assert made.text("a.txt") == "1\n"
    passing = made.run("update", "--preview", "--trust")
    assert "what the template wanted" not in passing[1]
    code, _out, err = made.run("update", "--defaults", "--verify", "--trust")
    assert code == 1
    assert (
        "`test -f missing.txt` failed: exit status 1\nThe update is there; `mlscaffold update --undo` takes it" in err
    )
    assert made.run("update", "--undo")[0] == 0
    assert made.git("status", "--porcelain") == ""


def test_the_answer_for_machines_is_one_document(lab: MakeLab) -> None:
    made = lab({"a.txt": "1\n"})
    made.release("v2.0.0", {"a.txt": "2\n"})
    _code, out, _err = made.run("update", "--json")
    assert set(json.loads(out)) >= {
        "from",
        "to",
        "files",
        "conflicts",
        "kept",
        "resolved",
        "applied",
        "answers",
        "changelog",
    }
