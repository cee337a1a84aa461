"""Names and rules: what a board can show, what makes a game, and a sentence for everything else."""

from __future__ import annotations

import pytest

from recsys_helpers.arena.rules import LETTERS, Rules, folded, rules_of, team_name
from recsys_helpers.service.sent import Refused
from recsys_helpers.simulator import Strengths


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
        ("x" + "\u20dd\u20de\u20df", "more than 2 marks"),  # a circle, a square and a diamond around it
        ("a".ljust(20 * LETTERS + 1), "at most 24 letters, and this has 481"),  # before its spaces are joined
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
        {"users": 29}, {"users": 3_001}, {"users": 60.0}, {"users": True}, {"weeks": True}, {"keen": True},
        {"weeks": 0}, {"weeks": 13}, {"heard": -1},
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


@pytest.mark.parametrize(
    ("name", "ends"),
    [("users", (30, 3_000)), ("weeks", (1, 12)), ("heard", (0, 10)), ("boredom", (0, 10)), ("habit", (0, 1_000.0)),
     ("keen", (0.0, 1_000)), ("log", (False, True))],
)  # fmt: skip
def test_what_makes_a_game_is_taken_up_to_its_bounds(name, ends):
    for end in ends:
        assert getattr(Rules(**{name: end}), name) == end


def test_the_rules_are_said_in_a_sentence():
    assert Rules(users=1_500, weeks=2, heard=None, log=True).said() == (
        "2 weeks with 1,500 accounts; lists of at most 10 places. Everybody begins with eight weeks of log."
    )
    assert Rules(heard=3).said().endswith("10 places, at most 3 of them played by their listener before.")


def test_boredom_is_the_world_s():
    assert Rules(boredom=2).strengths == Strengths(boredom=2.0)


def test_spaces_of_every_kind_are_joined_and_do_not_count():
    assert team_name("a\u2028b\u2029c\u00a0d") == "a b c d"
    assert team_name("a".ljust(20 * LETTERS)) == "a"
