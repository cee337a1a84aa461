"""Who may do what and when, and that nothing is lost, doubled or half written."""

from __future__ import annotations

import csv
import io
import json

import numpy as np
import pytest

from recsys_helpers.arena import house
from recsys_helpers.arena.desk import parcel, results, roll, upload
from recsys_helpers.arena.game import League, hand_in_text
from recsys_helpers.arena.match import Ground
from recsys_helpers.arena.payloads import unpack
from recsys_helpers.arena.playing import InFolder, InMemory, play_week
from recsys_helpers.arena.rules import Rules
from recsys_helpers.arena.store import Store
from recsys_helpers.service.sent import Refused
from tests.arena.conftest import CODE, Class, token_of


def refused(said: str, status: int, does, *inputs, **named) -> None:
    with pytest.raises(Refused, match=said) as answer:
        does(*inputs, **named)
    assert answer.value.status == status


def test_a_league_from_its_first_week_to_its_last(room):
    otters, owls = room.enter("Otters"), room.enter("Night Owls")
    assert room.league.state() | {"now": 0} == {
        "game": room.league.id, "week": 1, "weeks": 2, "phase": "open", "deadline": None, "now": 0, "teams": 2,
        "rules": room.ground.rules.said(), "handed_in": 0, "floor": 0.0, "played": 0, "to_play": 6,
    }  # fmt: skip
    receipt = room.hand_in(otters, seed=1)
    n = len(room.ground.ids.listeners)
    assert receipt == {"team": "Otters", "week": 1, "lists": n, "places": 10 * n}
    assert room.league.state()["handed_in"] == 1
    room.play()
    board = room.league.board()
    assert board["week"] == 2 and board["phase"] == "open" and board["handed_in"] == 0
    names = [row["team"] for row in board["rows"]]
    assert set(names) == {"Otters", "Night Owls", *house.NAMES.values()} - {
        "Oracle"
    }  # which is shown at the end
    chart, own = room.row("Today's chart"), room.row("Night Owls")
    assert {**own, "team": "", "house": True} == {
        **chart,
        "team": "",
    }  # who hands in nothing shows today's chart
    room.play()
    assert room.league.board()["phase"] == "over" and len(room.row("Otters")["hours"]) == 2
    assert room.row("Oracle")["place"] is None
    assert (
        room.league.store.shelf(otters.id, 2) == room.league.store.shelf(otters.id, 1)
    ).mean() > 0.5  # stays
    refused("over", 409, room.hand_in, owls, 2)
    refused("over", 409, room.league.start, 3)


def test_two_teams_that_show_the_same_stand_at_one_place_whoever_plays(room):
    teams = [room.enter(name) for name in ("One", "Other", "Third", "Fourth")]
    for _ in range(2):
        for team, seed in zip(teams, (3, 3, 4, 5), strict=True):
            room.hand_in(team, seed)
        room.play()
    one, other, third = (room.row(name) for name in ("One", "Other", "Third"))
    figures = ("place", "lead", "low", "high", "share", "hours", "satisfaction", "lost", "genres")
    assert [one[name] for name in figures] == [other[name] for name in figures]
    assert third["lead"] != one["lead"]


def test_a_shelf_that_stays_keeps_to_the_rule_on_heard_tracks(room):
    otters = room.enter("Otters")
    room.hand_in(otters, seed=1)
    room.play()
    room.play()
    shelf, heard = room.league.store.shelf(otters.id, 2).astype(int), room.league.heard(otters, 1)
    assert (np.take_along_axis(heard, np.maximum(shelf, 0), 1) & (shelf >= 0)).sum(axis=1).max() <= 2


def test_hand_ins_that_are_late_early_or_doubled(room):
    otters = room.enter("Otters")
    refused("week 2, and week 1 has yet to be played", 409, room.hand_in, otters, 1, week=2)
    refused("week 0, which is over", 409, room.hand_in, otters, 1, week=0)
    first, second = (hand_in_text(1, room.lists(otters, seed)) for seed in (1, 2))
    for body in (first, second, second):
        room.league.hand_in(otters, body)
    assert room.league.state()["handed_in"] == 1
    kept = room.league.store.lists(otters.id, 1)[1]
    assert room.ground.ids.by_listener(kept) == room.lists(otters, 2)  # the later ones count
    room.league.start(1)
    refused("week 1, which is being played; it came too late", 409, room.league.hand_in, otters, first)
    again = room.league.hand_in(otters, second)  # the answer to it was lost on its way
    assert again["week"] == 1
    play_week(room.league, room.ground, room.matches)
    refused("week 1, which is over; it came too late", 409, room.league.hand_in, otters, first)
    assert room.league.hand_in(otters, second) == again
    assert room.ground.ids.by_listener(room.league.store.shelf(otters.id, 1)) == json.loads(second)["lists"]


def test_a_deadline_is_set_and_lifted(room):
    otters = room.enter("Otters")
    body = hand_in_text(1, room.lists(otters, 1))
    at = room.league.set_deadline(5, now=1_000.0)
    assert at == 1_300 == room.league.state()["deadline"]
    room.league.hand_in(otters, body, now=1_299.0)
    refused("deadline", 409, room.league.hand_in, otters, hand_in_text(1, room.lists(otters, 2)), now=1_301.0)
    assert room.league.hand_in(otters, body, now=1_301.0)["week"] == 1  # the same again
    room.league.set_deadline(None)
    room.league.hand_in(otters, hand_in_text(1, room.lists(otters, 2)), now=1_301.0)
    for wrong in (-1, 10_081, True, "5", float("nan")):
        refused("number of minutes", 422, room.league.set_deadline, wrong)
    room.league.set_deadline(5)
    room.play()
    assert room.league.state()["deadline"] is None  # it was for week 1


@pytest.mark.parametrize(
    "body", [b"{}", b'{"week": 1}', b'{"week": false, "lists": {}}', b'{"week": 1, "lists": []}']
)
def test_what_is_no_hand_in_changes_nothing(room, body):
    otters = room.enter("Otters")
    with pytest.raises(Refused):
        room.league.hand_in(otters, body)
    assert room.league.state()["handed_in"] == 0


def test_false_is_not_week_0_nor_true_week_1(room):
    refused("whole number", 422, room.league.start, True)
    otters = room.enter("Otters")
    refused("whole number", 422, room.league.log, otters, False)
    refused("no log yet; 0 of 2", 404, room.league.log, otters, 1)


def test_a_week_is_started_once(room):
    refused("Week 2 cannot be started: it is not the next one, which is week 1", 409, room.league.start, 2)
    room.league.start(1)
    refused("Week 1 cannot be started: it is being played", 409, room.league.start, 1)
    assert play_week(room.league, room.ground, room.matches)
    assert not play_week(room.league, room.ground, room.matches)  # nothing was started
    refused("Week 1 cannot be started: it is over", 409, room.league.start, 1)


def test_names_and_codes_and_tokens(room):
    otters = room.enter("Otters")
    assert room.league.join(" otters ", f" {CODE} ", token_of("Otters")) == otters  # the same again
    refused("is taken", 409, room.league.join, "ＯＴＴＥＲＳ", CODE, token_of("Owls"))
    refused("is taken", 409, room.league.join, "EASE", CODE, token_of("Owls"))
    refused("code is wrong", 403, room.league.join, "Owls", "beaver", token_of("Owls"))
    refused("code is wrong", 403, room.league.join, "Owls", None, token_of("Owls"))
    for token in ("short", "x" * 65, "ü" * 30, None, 7, ["x" * 30]):
        refused("A token has", 422, room.league.join, "Owls", CODE, token)
    assert room.league.team_of(token_of("Otters")) == otters
    for token in (token_of("Owls"), "", None, otters.token, "\ud800"):
        refused("no team's", 403, room.league.team_of, token)
    new = room.league.new_token("OTTERS")
    refused("no team's", 403, room.league.team_of, token_of("Otters"))
    assert room.league.team_of(new).id == otters.id
    room.enter("Owls")
    refused("taken", 409, room.league.rename, "Owls", "Otters")
    assert room.league.rename("Owls", "<i>Owls</i>") == "<i>Owls</i>"
    refused("no team 'Owls'", 404, room.league.find, "Owls")
    refused("no team", 404, room.league.find, "EASE")  # of the house


def test_no_more_teams_than_a_room_holds(room, monkeypatch):
    monkeypatch.setattr("recsys_helpers.arena.game.MOST_TEAMS", 6)
    for name in ("a", "b"):
        room.enter(name)
    refused("There are 6 teams already", 409, room.enter, "c")
    assert room.enter("a").name == "a"


def test_who_comes_late_has_shown_the_chart_until_then(room):
    room.play()
    late = room.enter("Late")
    chart = next(team for team in room.league.store.teams() if team.house == house.CHART)
    assert room.league.log(late, 1) == room.league.log(chart, 1)
    room.hand_in(late, seed=3)
    room.play()
    row = room.row("Late")
    assert row["hours"][0] == room.row("Today's chart")["hours"][0] != row["hours"][1]


def test_who_comes_while_a_week_is_played_waits_for_the_next(room):
    room.league.start(1)
    late = room.enter("Late")
    assert late.since == 2
    assert play_week(room.league, room.ground, room.matches)
    assert room.row("Late")["share"] == room.row("Today's chart")["share"]


def test_whatever_stops_a_week_it_ends_the_same(ground, tmp_path):
    """Stopped after each team in turn, and begun anew each time from the file by a league that knows nothing."""
    smooth, rough = Class(ground), Class(ground, tmp_path / "arena.db")
    for room in (smooth, rough):
        for i in range(3):
            room.hand_in(room.enter(f"team {i}"), seed=i)
    matches = InFolder(ground, tmp_path / "matches")

    class Stop(BaseException):
        pass

    def stop(team):
        raise Stop

    for week in (1, 2):
        smooth.play()
        rough.league.start(week)
        for stops in range(20):
            ground.known.clear()
            league = League(Store(tmp_path / "arena.db"))
            if week == 2 and stops == 1:  # the power went while a match was written, and another is gone
                for path in sorted((tmp_path / "matches").glob("match-*-1.npz"))[:2]:
                    path.write_bytes(path.read_bytes()[:1_000])
                sorted((tmp_path / "matches").glob("match-*-1.npz"))[-1].unlink()
            try:
                play_week(league, ground, matches, stop if stops < 7 else lambda team: None)
                break
            except Stop:
                continue
        assert League(Store(tmp_path / "arena.db")).board()["rows"] == smooth.league.board()["rows"]


def test_a_second_outcome_of_a_week_changes_nothing(room):
    otters = room.enter("Otters")
    room.play()
    before = room.league.store.outcome(otters.id, 1, len(room.ground.ids.tracks))
    assert not room.league.store.keep_outcome(otters.id, 1, before)
    assert not room.league.close(1, [])  # over already


def test_the_floor_of_satisfaction(room):
    room.hand_in(room.enter("Otters"), seed=1)
    room.enter("Owls")
    room.play()
    pleased = {name: room.row(name)["satisfaction"] for name in ("Otters", "Owls")}
    poor, other = sorted(pleased, key=pleased.get)
    room.league.set_floor(sum(pleased.values()) / 2)
    rows = room.league.board()["rows"]
    assert [row["team"] for row in rows if row["below"]] == [poor] == [rows[-1]["team"]] != [other]
    assert rows[-1]["place"] == len(rows)
    for wrong in (-0.1, 1.1, True, "0.5", float("nan")):
        refused("floor", 422, room.league.set_floor, wrong)


def test_files_for_rooms_without_a_network(room):
    team = room.league.add("Islanders")
    room.play()
    token, again = (unpack(parcel(room.league, name))["token"] for name in ("islanders", "Islanders"))
    assert token == again
    body = hand_in_text(2, room.lists(team, 1), kind="Arena hand-in", game=room.league.id, token=token)
    assert upload(room.league, body)["team"] == "Islanders"
    assert roll(room.league)["roll"][0]["way"] == "file"
    refused("no team's", 403, room.league.team_of, token)  # it opens no other door
    wrong = json.loads(body)
    refused("another game", 409, upload, room.league, json.dumps({**wrong, "game": "x"}).encode())
    refused("no hand-in", 422, upload, room.league, json.dumps({**wrong, "kind": "x"}).encode())
    refused("no team's", 403, upload, room.league, json.dumps({**wrong, "token": "x"}).encode())
    refused("too late", 409, upload, room.league, json.dumps({**wrong, "week": 1}).encode())
    networked = room.enter("Otters")
    mine = hand_in_text(
        2, room.lists(networked, 1), kind="Arena hand-in", game=room.league.id, token=token_of("Otters")
    )
    assert upload(room.league, mine)["team"] == "Otters"


def test_results_for_a_spreadsheet(room):
    room.enter('=HYPERLINK("x")')
    room.enter("Otters, Inc")
    for sign in "＝+-@＋－＠":
        room.enter(f"{sign}{ord(sign)}")
    room.play()
    rows = list(csv.DictReader(io.StringIO(results(room.league))))
    names = [row["team"] for row in rows]
    assert '\'=HYPERLINK("x")' in names and "Otters, Inc" in names
    assert {f"'{sign}{ord(sign)}" for sign in "＝+-@＋－＠"} <= set(names)
    row = rows[names.index("Otters, Inc")]
    told = room.row("Otters, Inc")
    assert float(row["lead"]) == round(told["lead"], 4) and float(row["hours_1"]) == round(
        told["hours"][0], 3
    )
    assert row["hours_2"] == "" and row["weeks_handed_in"] == "0" and row["place"] == str(told["place"])


def test_a_second_game_takes_no_file_of_another(ground, tmp_path):
    Class(ground, tmp_path / "arena.db")
    with pytest.raises(ValueError, match="holds a game already"):
        Class(ground, tmp_path / "arena.db")
    with pytest.raises(ValueError, match="no game"):
        League(Store(tmp_path / "empty.db"))


def test_in_memory_and_in_files_are_the_same(ground, tmp_path):
    tables = []
    for matches in (InMemory(), InFolder(ground, tmp_path)):
        room = Class(ground)
        room.matches = matches
        room.hand_in(room.enter("Otters"), seed=1)
        for _ in range(2):
            ground.known.clear()
            room.play()
        tables.append(room.league.board()["rows"])
    assert tables[0] == tables[1]


def test_without_the_rule_on_heard_tracks_anything_goes_and_files_still_hold_a_match(tmp_path):
    tables = []
    for folder in ("whole", "lost"):
        ground = Ground(Rules(users=60, weeks=2, heard=None), seed=5)
        room = Class(ground)
        room.matches = InFolder(ground, tmp_path / folder)
        otters = room.enter("Otters")
        room.hand_in(otters, seed=1)
        room.play()
        if folder == "lost":
            for path in (tmp_path / folder).iterdir():
                path.unlink()
        heard = room.league.heard(otters, 1)
        again = {
            user: ground.ids.tracks[row][:10].tolist()
            for user, row in zip(ground.ids.listeners, heard, strict=True)
        }
        assert max(map(len, again.values())) > 2
        room.league.hand_in(otters, hand_in_text(2, again))
        room.play()
        shown = room.league.store.shelf(otters.id, 2)
        assert ground.ids.by_listener(shown) == {user: items for user, items in again.items() if items}
        tables.append(room.league.board()["rows"])
    assert tables[0] == tables[1]
