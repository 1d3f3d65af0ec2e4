"""The cautious merge of lines."""

from hypothesis import given, settings
from hypothesis import strategies as st

from mlscaffold.merge.resolvers.lines3 import changes, merge3

lines = st.lists(st.sampled_from("abcdefgh"), max_size=14)


@settings(deadline=None)
@given(lines, lines)
def test_changes_make_the_new_of_the_old(old: list[str], new: list[str]) -> None:
    result, place = [], 0
    for start, end, into, until in changes(old, new):
        result += old[place:start] + new[into:until]
        place = end
    assert result + old[place:] == new


@settings(deadline=None)
@given(lines, lines)
def test_one_side_alone_wins(base: list[str], side: list[str]) -> None:
    assert merge3(base, side, base) == merge3(base, base, side) == merge3(base, side, side) == side


@settings(deadline=None)
@given(lines, lines, lines)
def test_both_directions_agree(base: list[str], ours: list[str], theirs: list[str]) -> None:
    assert merge3(base, ours, theirs) == merge3(base, theirs, ours)


def test_neighbours_are_a_conflict() -> None:
    assert merge3("abc", "xbc", "ayc") is None
    assert merge3("abc", "xbc", "aby") == list("xby")
    assert merge3("ab", "axb", "ayb") is None
    assert merge3("ab", "axb", "axb") == list("axb")


def test_a_long_stretch_without_anchors_is_one_change() -> None:
    old, new = ["a", "b"] * 200, ["b", "a", "a"] * 200
    assert len(changes(old, new)) <= 2
