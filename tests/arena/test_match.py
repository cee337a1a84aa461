"""A match and the house's teams, against the market played by hand with policies."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.arena import house
from recsys_helpers.arena.lists import first_allowed
from recsys_helpers.arena.match import RIVAL, TEAM, Ground, genres_in, house_lists, play
from recsys_helpers.arena.payloads import unpack_log
from recsys_helpers.arena.rules import Rules
from recsys_helpers.events import asked_for, preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE
from recsys_helpers.simulator import Market, Platform, World, lead
from recsys_helpers.simulator.strengths import Strengths


class ByHand:
    """«Two own and eight popular» written anew, from the log that a platform sees, with loops."""

    def __init__(self, world):
        self.world, self.logs = world, []

    def observe(self, events):
        self.logs.append(events)

    def act(self, users, context):
        log = pd.concat(self.logs) if self.logs else None
        content = set(self.world.tracks.loc[~self.world.tracks["kind"].isin(["ad", "help"]), "track_id"])
        place = {track: i for i, track in enumerate(self.world.tracks["track_id"])}
        chart = list(self.world.chart(int(context["week"].iloc[0])))
        plays = {} if log is None else log.astype(str).groupby(["user_id", "track_id"]).size().to_dict()
        count: dict[str, int] = {}
        for (_, track), n in plays.items():
            count[track] = count.get(track, 0) + n
        popular = (
            sorted((t for t in count if t in content), key=lambda t: (-count[t], place[t]))[:200] + chart
        )
        shelves = np.full((len(users), 10), None, dtype=object)
        for row, user in enumerate(users):
            mine = {track: n for (who, track), n in plays.items() if who == user}
            own = sorted((t for t in mine if t in content), key=lambda t: (-mine[t], place[t]))[:2]
            chosen, old = [], 0
            for track in own + popular:
                if track in chosen or (track in mine and old == 2) or len(chosen) == 10:
                    continue
                old += track in mine
                chosen.append(track)
            shelves[row, : len(chosen)] = chosen
        return shelves


def test_a_match_is_the_market_played_by_hand(ground):
    world = World(seed=5, users=60, strengths=Strengths(boredom=1.5))
    rules = {"habit": 1, "keen": 15, "at_most_heard": 2}
    matches = []
    for policy in (
        ByHand(world),
        lambda users: np.tile(world.chart(world.first_week(None))[:10], (len(users), 1)),
    ):
        market = Market(world, [Platform(RIVAL, ByHand(world)), Platform(TEAM, policy)], **rules)
        matches.append(market)
    matches[0].play(3)
    matches[1].play(1)
    copy, chart = ground.match(), ground.match()
    outcomes = [play(ground, copy, house_lists(ground, copy, TEAM, house.OWN)) for _ in range(3)]
    other = play(ground, chart, house_lists(ground, chart, TEAM, house.CHART))
    pd.testing.assert_frame_equal(copy.board, matches[0].board)
    pd.testing.assert_frame_equal(chart.board, matches[1].board)
    hours = matches[0].hours(2, 3)
    assert np.allclose(outcomes[2].seconds / 3600, hours[[RIVAL, TEAM]].to_numpy().T)
    row = matches[0].board.iloc[-1]
    assert all(outcomes[2].figures[name] == row[name] for name in ("hours", "share", "satisfaction", "lost"))
    assert other.seconds.sum() == chart.board.query("week == week.min()")["hours"].sum() * 3600 * len(
        world.listeners
    )


def test_the_log_of_a_week_travels_unchanged(ground):
    market = ground.match()
    for week in range(2):
        outcome = play(ground, market, house_lists(ground, market, TEAM, house.EASED))
        expected = market.served[TEAM].events_in(market.start + week)
        pd.testing.assert_frame_equal(
            unpack_log(outcome.log, ground.ids.listeners, ground.ids.tracks), expected
        )
        known = np.zeros(outcome.heard.shape, dtype=bool)
        log = market.served[TEAM].events
        known[ground.ids.listeners.get_indexer(log["user_id"].astype(object)),
              ground.ids.tracks.get_indexer(log["track_id"].astype(object))] = True  # fmt: skip
        assert (outcome.heard == known).all()
    assert known.sum() > 100


def test_a_match_saved_and_loaded_goes_on_as_before(ground, tmp_path):
    whole, halves = ground.match(), ground.match()
    shelves = [house_lists(ground, whole, TEAM, house.CHART), np.full((len(ground.ids.listeners), 10), -1)]
    first = [play(ground, market, shelves[0]) for market in (whole, halves)]
    ground.save(halves, tmp_path / "match.npz")
    second = [play(ground, market, shelves[1]) for market in (whole, ground.load(tmp_path / "match.npz"))]
    for one, other in (first, second):
        assert one.log == other.log and (one.seconds == other.seconds).all() and one.figures == other.figures


def test_each_rule_of_the_house_keeps_the_rules_of_play_and_differs(ground):
    shown = {}
    for rule in house.NAMES:
        market = ground.match()
        play(ground, market, house_lists(ground, market, TEAM, house.CHART))
        shown[rule] = house_lists(ground, market, TEAM, rule)
        assert (shown[rule] == first_allowed(shown[rule], market.own[1], 2)).all()
        assert ((shown[rule] >= 0).sum(axis=1) == 10).mean() > 0.9
        play(ground, market, shown[rule])  # the market itself would refuse more than two heard
    rules = list(shown)
    assert all((shown[a] != shown[b]).any() for i, a in enumerate(rules) for b in rules[:i])


def test_the_oracle_shows_what_each_listener_likes_best(ground):
    market = ground.match()
    shelf = house_lists(ground, market, TEAM, house.ORACLE)
    liking = ground.world.true_utility(ground.world.listeners)
    assert (shelf == np.argsort(-liking, axis=1, kind="stable")[:, :10]).all()


def test_ease_of_the_house_ranks_what_was_heard_too(ground):
    """Its first two hundred tracks are those of EASE on its own log, heard ones among them; then the popular ones."""
    market = ground.match()
    play(ground, market, house_lists(ground, market, TEAM, house.CHART))
    world, chart = ground.world, ground.chart(2)
    seen = house.Seen(market.served[TEAM], ground.past, chart)
    order = house.order(house.EASED, world, seen)
    log = asked_for(market.served[TEAM].events, world.tracks)
    x = Interactions.from_frame(preference(log, "listened", world.tracks), value="strength")
    score = EASE().fit(x).score(x.users)
    best = x.items.to_numpy()[np.argsort(-np.round(score, 9), axis=1, kind="stable")[:, :200]]
    rows = world.listeners.get_indexer(x.users.astype(object))
    assert len(rows) > 30 and best.shape[1] > 10
    firsts = order[rows, : best.shape[1]]
    assert (world.track_ids.to_numpy()[firsts] == best).mean() > 0.99  # but for ties in the last digits
    heard = np.take_along_axis(market.own[1][rows], firsts, axis=1)
    assert heard[:, :10].any(), "or EASE would show only what is new"
    assert (order[:, 200:] == order[0, 200:]).all() and (order[0, -len(chart) :] == chart).all()
    strangers = np.setdiff1d(np.arange(len(order)), rows)
    assert (order[strangers, :200] == -1).all()


def test_with_a_log_the_house_begins_with_what_was_played():
    ground = Ground(Rules(users=60, weeks=1, log=True), seed=5)
    log = ground.log
    plays = log[(log["action"] == "play") & log["user_id"].isin(ground.ids.listeners)]
    pairs = plays[plays["track_id"].isin(ground.ids.tracks)][["user_id", "track_id"]].astype(str)
    assert ground.heard.sum() == len(pairs.drop_duplicates())
    lists = house_lists(ground, ground.match(), TEAM, house.OWN)
    own = np.take_along_axis(ground.heard, lists, axis=1)
    assert own.sum(axis=1).max() == 2 and own.sum(axis=1).mean() > 1.5


def test_the_better_team_leads(ground):
    better = Ground(Rules(users=120, weeks=2), seed=5)
    markets = {}
    for rule in (house.ORACLE, house.OWN):
        markets[rule] = market = better.match()
        for _ in range(3):
            play(better, market, house_lists(better, market, TEAM, rule))
    assert lead(markets[house.ORACLE], markets[house.OWN]).low > 0


def test_genres_are_counted_in_a_list():
    rng = np.random.default_rng(0)
    shelf, genre = rng.integers(-1, 30, (50, 10)), rng.integers(0, 6, 30)
    by_hand = [len({genre[track] for track in row if track >= 0}) for row in shelf if (row >= 0).any()]
    assert genres_in(shelf, genre) == pytest.approx(np.mean(by_hand))
    assert genres_in(np.full((3, 10), -1), genre) == 0
