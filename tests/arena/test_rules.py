"""Names and rules: what a board can show, what makes a game, and a sentence for everything else."""

from __future__ import annotations

import pytest

from recsys_helpers.arena.rules import LETTERS, Refused, Rules, folded, rules_of, team_name


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "empty"),
        (" \t\n ", "empty"),
        ("a" * (LETTERS + 1), "at most 24 letters, and this has 25"),
        ("a" * 10_000, "at most 24 letters, and this has 10,000"),
        ("evil\u202eeman", "U+202E"),  # right to left from here
        ("a\u200bb", "U+200B"),  # a space of no width
        ("a\x00b", "U+0000"),
        ("\ud800", "U+D800"),  # half of a pair
        ("a\u2028b", None),  # a separator of lines is a space
        ("x" + "\u0302\u0303\u0304", "more than 2 marks"),
        ("...", "needs a letter"),
        (7, "is text"),
        (None, "is text"),
    ],
)
def test_a_name_that_a_board_cannot_show_is_refused(name, said):
    if said is None:
        assert team_name(name) == "a b"
    else:
        with pytest.raises(Refused, match=said.replace("+", r"\+")):
            team_name(name)


@pytest.mark.parametrize(
    "name", ["Otters", "<b>Otters</b>", "水獺隊", "עברית", 'O\'Neill & "Sons"', "42", "🦦"]
)
def test_any_other_name_stands_as_it_is(name):
    assert team_name(name) == name


def test_letters_are_composed_and_spaces_joined():
    assert team_name("  Cafe\u0301   noir ") == "Café noir"


@pytest.mark.parametrize("other", ["otters", "OTTERS", "ＯＴＴＥＲＳ", "O t t e r s"])
def test_names_that_a_room_takes_for_one_are_one(other):
    assert folded(other) == folded("Otters")
    assert folded("Straße") == folded("STRASSE") != folded("Strafe")


@pytest.mark.parametrize(
    "wrong",
    [
        {"users": 29}, {"users": 3_001}, {"users": 60.0}, {"users": True}, {"weeks": 0}, {"weeks": 13}, {"heard": -1},
        {"heard": 11}, {"boredom": -1}, {"boredom": float("nan")}, {"habit": "1"}, {"keen": 1_001}, {"log": 1},
    ],
    ids=str,
)  # fmt: skip
def test_rules_that_make_no_game_are_refused_by_name(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Rules(**wrong)


def test_rules_go_through_text_unchanged():
    rules = Rules(users=300, weeks=3, heard=None, boredom=2, log=True)
    assert Rules.from_json(rules.as_json()) == rules
    with pytest.raises(ValueError, match="no rule 'user'; the rules are users, weeks"):
        rules_of({"user": 300})
