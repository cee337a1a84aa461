"""A game on one's own machine and by files: the same client, the same rules, the same results."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.arena import Refused, Rules, join
from recsys_helpers.arena.client import Game
from recsys_helpers.arena.desk import parcel, upload
from recsys_helpers.arena.match import shared_ground
from recsys_helpers.arena.seats import _address, _kept_token
from recsys_helpers.events import preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE

SMALL = {"users": 60, "weeks": 2}


def learnt(game: Game):
    """What a learner would write."""
    if not len(game.log()):
        return dict.fromkeys(game.listeners, game.chart[:10])
    x = Interactions.from_frame(preference(game.log(), "listened", game.tracks), value="strength")
    lists = (
        EASE()
        .fit(x)
        .recommend([user for user in x.users if user in set(game.listeners)], k=60, exclude_seen=False)
    )
    return game.within_rules(lists, fill=game.chart)


def test_a_local_game_from_beginning_to_end():
    game = join("local", **SMALL)
    assert (game.week, game.over, game.team, game.token) == (1, False, "You", None)
    assert not len(game.log()) and game.board()["place"].isna().all()
    receipt = game.submit(learnt(game))
    assert (
        repr(receipt)
        == f"You, week 1: lists of {len(game.listeners)} listeners, {10 * len(game.listeners)} places, taken"
    )
    assert repr(game) == "You: week 1 of 2 is open, handed in"
    assert game.wait() == 2 and game.week == 2
    first = game.log()
    assert len(first) > 100 and game.heard().sum() == len(first[["user_id", "track_id"]].drop_duplicates())
    table = game.board().set_index("team")
    # shows what today's chart shows, with the same luck
    figures = ["lead", "hours", "share", "satisfaction", "lost"]
    pd.testing.assert_series_equal(
        table.loc["You", figures], table.loc["Today's chart", figures], check_names=False
    )
    game.submit(learnt(game))
    assert game.wait() == 3 and game.over and "Oracle" in set(game.board()["team"])
    pd.testing.assert_frame_equal(game.log().iloc[: len(first)], first)
    assert game.log()["event_id"].is_unique
    with pytest.raises(Refused, match="over"):
        game.submit(learnt(game))
    assert game.wait() == 3  # nothing is left to wait for


def test_the_same_moves_bring_the_same_board():
    boards = []
    for _ in range(2):
        game = join("local", **SMALL)
        while not game.over:
            game.submit(learnt(game))
            game.wait()
        boards.append(game.board())
    pd.testing.assert_frame_equal(*boards)


def test_another_seed_is_another_world():
    assert not join("local", seed=1, **SMALL).tracks.equals(join("local", **SMALL).tracks)


def test_a_week_that_was_interrupted_goes_on(monkeypatch):
    from recsys_helpers.arena import playing

    game, plain = join("local", seed=3, **SMALL), join("local", seed=3, **SMALL)
    real, calls = playing.play, []

    def stopped(*inputs):
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*inputs)

    monkeypatch.setattr(playing, "play", stopped)
    with pytest.raises(KeyboardInterrupt):
        game.wait()
    assert game.wait() == 2 and plain.wait() == 2
    pd.testing.assert_frame_equal(game.board(), plain.board())


def test_with_a_log_everybody_begins_with_it():
    game = join("local", users=60, weeks=1, log=True)
    log = game.log()
    assert {"like", "search"} <= set(log["action"]) and log["user_id"].dtype == "category"
    pd.testing.assert_frame_equal(log, shared_ground(Rules(users=60, weeks=1, log=True), 0).log)
    heard = shared_ground(Rules(users=60, weeks=1, log=True), 0).heard
    assert (game.heard() == heard).all() and heard.any()
    user = game.listeners[int(heard.sum(axis=1).argmax())]
    old = game.tracks["track_id"][heard[game.listeners.get_loc(user)]].tolist()[:3]
    with pytest.raises(Refused, match="3 tracks of their list before"):
        game.submit({user: old})
    assert game.within_rules({user: old}) == {user: old[:2]}


def test_within_rules_fills_and_refuses():
    game = join("local", **SMALL)
    someone, nobody = game.listeners[0], game.tracks["track_id"].iloc[700]
    lists = game.within_rules({someone: [nobody, nobody]}, fill=game.chart)
    assert set(lists) == set(game.listeners) and lists[someone] == [nobody, *game.chart[:9]]
    assert game.within_rules({someone: [nobody]}) == {someone: [nobody]}
    for wrong, said in (({"u": []}, "no listener 'u'"), ({someone: ["x"]}, "'x', which is no track")):
        with pytest.raises(Refused, match=said):
            game.within_rules(wrong)
    for fill in (None, 3, float("nan"), "t0001", [["t0001"]], np.zeros((2, 3))):
        with pytest.raises(Refused, match="list of tracks"):
            game.within_rules({}, fill=fill)
    for timeout in (None, "1", -1, float("nan")):
        with pytest.raises(ValueError, match="timeout="):
            game.wait(timeout)
    assert game.week == 1


def test_a_game_by_files(room, tmp_path):
    room.league.add("Islanders")
    room.play()
    path = tmp_path / "Islanders.arena"
    path.write_bytes(parcel(room.league, "Islanders"))
    game = join(path)
    assert game.team == "Islanders" and game.week == 2 and len(game.log()) > 50
    for column in ("track_id", "title", "genre", "duration_s"):
        assert game.tracks[column].tolist() == room.ground.world.tracks[column].tolist()
    receipt = game.submit(learnt(game), file=tmp_path / "week.json")
    assert "give that file to your teacher" in repr(receipt)
    assert upload(room.league, (tmp_path / "week.json").read_bytes())["lists"] == receipt.lists
    if os.name == "posix":
        assert (tmp_path / "week.json").stat().st_mode & 0o777 == 0o600  # it holds the token
    for call in (lambda: game.submit(learnt(game)), game.wait):
        with pytest.raises(ValueError, match="played by files"):
            call()
    with pytest.raises(Refused, match="no track"):
        game.submit({game.listeners[0]: ["x"]}, file=tmp_path / "wrong.json")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["Islanders.arena", "week.json"]
    assert set(game.board()["team"]) >= {"EASE", "Islanders"}


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"{}"])
def test_what_is_no_parcel_is_refused(tmp_path, data):
    (tmp_path / "parcel").write_bytes(data)
    with pytest.raises(ValueError, match="no parcel of the Arena"):
        join(tmp_path / "parcel")


@pytest.mark.parametrize(
    "where", ["", "nowhere", "https://x.org:80", "http://x", "ftp://x:1", "http://a:b@x:1", "x:99999"]
)
def test_what_is_no_address_is_refused(where):
    with pytest.raises(ValueError, match="nor the address of an Arena"):
        _address(where)


def test_a_token_lies_beside_the_notebook_for_its_owner_alone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    token = _kept_token("http://127.0.0.1:1", "Otters")
    assert (
        token
        == _kept_token("http://127.0.0.1:1", "ＯＴＴＥＲＳ")
        != _kept_token("http://127.0.0.1:1", "Owls")
    )
    if os.name == "posix":
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in tmp_path.iterdir())


def test_the_teacher_sets_the_rules_elsewhere():
    with pytest.raises(ValueError, match="users=300 is for a local game"):
        join("http://127.0.0.1:1", users=300)
    with pytest.raises(ValueError, match="no rule 'listeners'"):
        join("local", listeners=300)
    for where in (None, 3, ["local"]):
        with pytest.raises(ValueError, match='give "local", the address'):
            join(where)
    for seed in ([], 0.5, None, -1):
        with pytest.raises(ValueError, match="seed is"):
            join("local", seed=seed, **SMALL)


def test_a_server_that_does_not_answer(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("recsys_helpers.arena.seats.PAUSE", 0.001)
    with pytest.raises(ConnectionError, match="at http://127.0.0.1:1 does not answer"):
        join("http://127.0.0.1:1", "Otters", "otter")


@pytest.mark.parametrize("token", ["", "short", "隊" * 30, 7])
def test_what_is_no_token_is_refused_before_anybody_is_asked(token):
    with pytest.raises(Refused, match="A token has 20 to 64"):
        join("http://127.0.0.1:1", "Otters", "otter", token=token)
