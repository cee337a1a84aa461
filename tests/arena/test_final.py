"""The final: what the league showed, all at once before the same listeners; it grades nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.__main__ import main
from recsys_helpers.arena.final import final, finalists, told
from recsys_helpers.arena.match import Ground, as_ids
from recsys_helpers.arena.rules import Rules
from recsys_helpers.simulator import Market, Platform
from tests.arena.conftest import Class


def played(room: Class, *names: str) -> Class:
    for seed, name in enumerate(names):
        room.hand_in(room.enter(name), seed=seed)
    for _ in range(room.league.rules.weeks):
        room.play()
    return room


def test_the_best_six_are_chosen_or_those_that_are_named(ground):
    room = played(Class(ground), *(f"team {i}" for i in range(7)))
    best = [row["team"] for row in room.league.board()["rows"] if not row["house"]]
    assert [team.name for team in finalists(room.league)] == best[:6]
    named = finalists(room.league, ["TEAM 3", "Oracle", "team 1", "team 3"])
    assert [team.name for team in named] == ["team 3", "Oracle", "team 1"]
    for names, says in (
        (["team 1", "team 2"], "3 to 6 different teams, and these are 2"),
        (["team 1", "Team 1", "team 2"], "these are 2"),
        ([f"team {i}" for i in range(7)], "these are 7"),
        (["team 1", "team 2", "Otters"], "no team 'Otters'; there are Today's chart"),
    ):
        with pytest.raises(ValueError, match=says):
            finalists(room.league, names)


def test_where_few_have_played_the_house_joins_them_without_the_oracle(ground):
    room = played(Class(ground), "Otters")
    found = finalists(room.league)
    assert found[0].name == "Otters" and len(found) == 3 and all(team.house for team in found[1:])
    assert "Oracle" not in {team.name for team in found}


def test_it_comes_after_the_league(room):
    room.enter("Otters")
    with pytest.raises(ValueError, match="whose week 1 is not played"):
        finalists(room.league)


def test_it_is_a_market_of_what_was_shown_and_changes_nothing(ground):
    """Played by hand for lists of which nothing has to be left out, since the rule is off."""
    free = Ground(Rules(users=60, weeks=2, heard=None, habit=4, keen=3), seed=5)
    room = played(Class(free), "Otters", "Owls", "Moles")
    before = room.league.board()["rows"]
    teams = finalists(room.league)
    board = final(room.league, free, teams)
    shelves = {
        team.name: [as_ids(room.league.store.shelf(team.id, w), free.ids) for w in (1, 2)] for team in teams
    }
    weeks = {name: iter(lists) for name, lists in shelves.items()}
    by_hand = Market(
        free.world,
        [Platform(name, lambda users, name=name: next(weeks[name])) for name in shelves],
        habit=4,
        keen=3,
    ).play(2)
    assert board["share"].tolist() == by_hand.board["share"].tolist()
    assert board.groupby("week")["share"].sum().tolist() == pytest.approx([1, 1]) and set(board["week"]) == {
        1,
        2,
    }
    assert room.league.board()["rows"] == before
    text = told(board)
    assert "Week 2: of all hours" in text and text.count("Otters") == 2 and "A show" in text
    first = text.splitlines()[2].split()[0]
    assert first == board[board["week"] == 1].sort_values("share")["team"].iloc[-1]


def test_a_bar_is_as_long_as_the_share():
    board = pd.DataFrame({"week": [1, 1, 1], "team": ["a", "bb", "c"], "share": [0.25, 0.5, 0.25]})
    bars = {line.split()[0]: line.count("█") for line in told(board).splitlines() if "%" in line}
    assert list(bars.items()) == [("bb", 40), ("a", 20), ("c", 20)]


def test_what_was_played_in_the_log_counts_for_the_rule(monkeypatch):
    ground, made = Ground(Rules(users=60, weeks=1, heard=0, log=True), seed=5), []
    room = played(Class(ground), "Otters")
    monkeypatch.setattr(
        "recsys_helpers.arena.final.Market",
        lambda *given, **named: made.append(Market(*given, **named)) or made[-1],
    )
    final(room.league, ground, finalists(room.league))
    (market,) = made
    assert ground.heard.any() and all((own >= ground.heard).all() for own in market.own)


def test_six_teams_in_one_market_keep_the_rule_on_heard_tracks(ground):
    """Cold start, at most two heard, boredom 1.5: one list for everybody, which in the second week is mostly heard."""
    room = Class(ground)
    chart = room.ground.ids.tracks[ground.chart(1)].tolist()[:10]
    for i in range(6):
        team = room.enter(f"team {i}")
        room.league.store.hand_in(
            team.id, 1, room.league.ids.positions(dict.fromkeys(ground.ids.listeners, chart)), "test"
        )
    room.play()
    room.play()
    board = final(room.league, ground, finalists(room.league))
    assert len(board) == 12 and np.isfinite(board["share"]).all() and (board["hours"] > 0).all()


def test_the_command(ground, tmp_path, capsys):
    folder = str(tmp_path / "game")
    assert main(["arena", "--folder", folder, "--final"]) == 2
    assert "There is no game in" in capsys.readouterr().err
    (tmp_path / "game").mkdir()
    played(Class(ground, tmp_path / "game" / "arena.db"), "Otters")
    assert main(["arena", "--folder", folder, "--final"]) == 0
    assert "Week 2: of all hours" in capsys.readouterr().out
    assert main(["arena", "--folder", folder, "--final", "Otters"]) == 2
    assert "3 to 6 different teams" in capsys.readouterr().err
