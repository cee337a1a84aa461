"""A market of platforms: one alone is `World.serve`, listeners choose as described, and each platform sees its own."""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.simulator import Market, Platform, Strengths, World, difference, lead, match
from recsys_helpers.simulator import world as world_module
from recsys_helpers.simulator.accounts import RECENT, Shoppers, salt
from recsys_helpers.simulator.past import played_in
from recsys_helpers.simulator.policies import counted_chart, oracle, popularity, random_shelf
from recsys_helpers.simulator.random_streams import draw, key, mix, purpose

NEVER = 10**6


@pytest.fixture(scope="module")
def small() -> World:
    return World(users=100, weeks=2, tracks=400)


@pytest.fixture(scope="module")
def rivals(small) -> Market:
    """Today's chart against the oracle for three weeks."""
    return Market(small, [Platform("chart", popularity(small)), Platform("oracle", oracle(small))]).play(3)


def same(one, other) -> None:
    """Two outcomes are equal, to the last bit."""
    pd.testing.assert_frame_equal(one.events, other.events)
    pd.testing.assert_frame_equal(one.impressions, other.impressions)
    pd.testing.assert_frame_equal(one.listeners, other.listeners)


def same_markets(one: Market, other: Market) -> None:
    pd.testing.assert_frame_equal(one.board, other.board)
    for name in one.served:
        same(one.served[name], other.served[name])


class Everything:
    """A policy with all that one may have: lists by context with propensities, a hook, and eyes for what came of it."""

    def __init__(self, world: World):
        self.world, self.seen = world, []

    def act(self, users, context):
        frame = pd.MultiIndex.from_product([users, context["context"], range(1, 13)]).to_frame(index=False)
        frame.columns = ["user", "context", "rank"]
        at = np.arange(len(frame)) * 7 + 31 * len(self.seen)
        return frame.assign(item=self.world.track_ids.to_numpy()[at % 400], propensity=(1 + at % 10) / 10)

    def visit(self, visits):
        shelf = visits.shelf.copy()
        tired = visits.days_since_play().min(axis=1) < 1
        shelf[tired] = shelf[tired, ::-1]
        return shelf

    def observe(self, impressions, events):
        self.seen.append((impressions, events))


# -- one platform


@pytest.mark.parametrize("make", [popularity, random_shelf, Everything])
def test_one_platform_is_serve_to_the_last_bit(small, make):
    policies = make(small), make(small)
    alone = small.serve(policies[0], weeks=4)
    market = Market(small, [Platform("Murmur", policies[1])]).play(1).play(3)
    same(market.served["Murmur"], alone)
    if make is Everything:
        for mine, yours in zip(*(policy.seen for policy in policies), strict=True):
            pd.testing.assert_frame_equal(mine[0], yours[0])
            pd.testing.assert_frame_equal(mine[1], yours[1])


@pytest.mark.slow
@pytest.mark.parametrize("users", [300, 1_500])
@pytest.mark.parametrize("make", [popularity, oracle])
def test_one_platform_is_serve_in_the_shipped_world(users, make):
    world = World(users=users)
    same(Market(world, [Platform("Murmur", make(world))]).play(4).served["Murmur"], world.serve(make(world)))


def test_one_platform_is_serve_with_every_effect_and_setting(monkeypatch):
    monkeypatch.setattr(world_module, "CROWD", 23)
    strengths = Strengths(boredom=2, newness=1, regret=1, impatience=1, jump=1, jump_week=2)
    world = World(users=70, weeks=1, tracks=400, strengths=strengths)
    log = world.log()
    settings = {"seed": 5, "start_week": 1, "log": log}
    alone = world.serve(counted_chart(log, world.tracks), weeks=3, **settings)
    market = Market(world, [Platform("one", counted_chart(log, world.tracks))], **settings).play(3)
    assert len(world.crowds) > 2
    same(market.served["one"], alone)


# -- several


def test_a_platform_that_never_opens_changes_nothing(small, rivals):
    def refuse(users):
        raise AssertionError("asked though it never opens")

    late = Platform("never", refuse, opens=NEVER)
    platforms = list(rivals.platforms)
    after = Market(small, [*platforms, late]).play(3)
    first = Platform("never", refuse, opens=NEVER, seat=9, library="thin")
    seated = [replace(platform, seat=seat) for seat, platform in enumerate(platforms)]
    before = Market(small, [first, *seated]).play(3)
    for market in (after, before):
        for name in ("chart", "oracle"):
            same(market.served[name], rivals.served[name])
        assert len(market.served["never"].events) == 0
        row = market.board.query("platform == 'never'")
        assert (row[["hours", "accounts", "lost", "sessions"]] == 0).all(axis=None)


def sessions_of(market: Market) -> dict[tuple[str, int], list[tuple[int, str]]]:
    """(listener, week) -> (slot, platform) of each session, by the platforms' own records."""
    found = defaultdict(set)
    ids = market.world.listeners
    for name, served in market.served.items():
        for played in served.played:
            rows = served.rows[played["person"]]
            for row, week, slot in zip(rows, played["week"].tolist(), played["slot"].tolist(), strict=True):
                found[ids[row], week].add((slot, name))
    return {key: sorted(value) for key, value in found.items()}


def test_a_session_is_on_one_platform_and_listeners_meet_the_same_luck(rivals):
    found = sessions_of(rivals)
    assert all(len({slot for slot, _ in some}) == len(some) for some in found.values())
    both = {listener for (listener, _), some in found.items() if len({name for _, name in some}) == 2}
    assert len(both) > 30
    words = [np.concatenate([week["word"] for week in served.played]) for served in rivals.served.values()]
    assert not set(words[0].tolist()) & set(words[1].tolist())


def test_the_habit_is_the_share_of_late_sessions(rivals):
    """By a plain loop over each listener's sessions in order."""
    found, names = sessions_of(rivals), list(rivals.served)
    for row, listener in enumerate(rivals.world.listeners):
        late = [0.0, 0.0]
        for week in range(2, 5):
            for _, name in found.get((listener, week), []):
                here = names.index(name)
                late = [round(v + RECENT * ((p == here) - v), 6) for p, v in enumerate(late)]
        assert rivals.crowds[0].late[:, row] == pytest.approx(late, abs=2e-6)


def test_a_listener_opens_what_habit_satisfaction_and_chance_draw_them_to(small, monkeypatch):
    """Each choice again in plain Python: the luck from its key, the pull by the formula, the largest taken."""
    chosen = []
    choose = Shoppers._drawn_to

    def noted(self, who, slot):
        platform, satisfaction = choose(self, who, slot)
        self.put_aside()
        for k in range(0, len(who), 40):
            chosen.append(
                (int(self.session_word[who[k], slot[k]]), self.late[:, who[k]].tolist(),
                 self.aside["satisfaction"][:, who[k]].tolist(), self.member[:, who[k]].tolist(), int(platform[k]),
                 float(satisfaction[k]))
            )  # fmt: skip
        return platform, satisfaction

    monkeypatch.setattr(Shoppers, "_drawn_to", noted)
    platforms = [Platform(name, random_shelf(small, seed)) for seed, name in enumerate("abc")]
    Market(small, platforms, habit=2.5, keen=30).play(4)
    assert len(chosen) > 300 and len({one[4] for one in chosen}) == 3
    for word, late, satisfaction, member, platform, pleased in chosen:
        pulls = []
        for seat in range(3):
            hashed = int(mix(np.array([word], dtype=np.uint64) ^ purpose("platform") ^ salt(seat))[0])
            u = ((hashed >> 11) + 0.5) / 2**53
            pull = 2.5 * late[seat] + 30 * (satisfaction[seat] - 0.56) - math.log(-math.log(u))
            pulls.append(pull if member[seat] else -math.inf)
        assert platform == max(range(3), key=lambda seat: pulls[seat])
        assert pleased == satisfaction[platform]
    assert salt(0) == 0 and len({int(salt(seat)) for seat in range(50)}) == 50


def test_an_account_waits_for_its_listener(small, rivals):
    """Who was never on a platform has there what they began with, and sessions count where they were."""
    crowd = rivals.crowds[0]
    crowd.put_aside()
    fresh = Shoppers(small.setting, small.crowds[0], small.weeks, 1, [0, 1], 1, 15)
    for i, served in enumerate(rivals.served.values()):
        stranger = served.listeners["plays"].to_numpy() == 0
        assert stranger.any() and not stranger.all()
        assert (served.listeners["satisfaction"][stranger] == 0.56).all()
        assert (served.listeners["sessions"][stranger] == 0).all()
        assert np.array_equal(crowd.aside["library"][i][stranger], fresh.library[stranger])
        assert (served.listeners["sessions"][~stranger] > 0).all()
        assert not np.array_equal(crowd.aside["library"][i][~stranger], fresh.library[~stranger])
    sessions = pd.DataFrame({name: one.listeners["sessions"] for name, one in rivals.served.items()})
    counted = defaultdict(int)
    for (listener, _), some in sessions_of(rivals).items():
        for _, name in some:
            counted[listener, name] += 1
    for (listener, name), n in counted.items():
        assert sessions.loc[listener, name] == n
    assert sessions.to_numpy().sum() == sum(counted.values())


def test_a_library_is_kept_on_the_platform_where_it_was_filled(small):
    """A listener finds in the library of one platform what they had at first or have played there, and nothing else."""
    market = Market(
        small, [Platform("a", random_shelf(small, 1)), Platform("b", random_shelf(small, 2))]
    ).play(3)
    fresh = Shoppers(small.setting, small.crowds[0], small.weeks, 1, [0], 1, 15).library
    market.crowds[0].put_aside()
    for i, served in enumerate(market.served.values()):
        heard = [set(row[row >= 0].tolist()) for row in fresh]
        for played in served.played:
            for row, track in zip(served.rows[played["person"]], played["track"].tolist(), strict=True):
                heard[row].add(track)
        for row, library in enumerate(market.crowds[0].aside["library"][i]):
            assert set(library[library >= 0].tolist()) <= heard[row]


def test_each_platform_sees_its_own_log_and_no_other(small):
    policies = {name: Everything(small) for name in ("a", "b")}
    market = Market(small, [Platform(name, policy) for name, policy in policies.items()]).play(2)
    for name, policy in policies.items():
        served = market.served[name]
        pd.testing.assert_frame_equal(
            pd.concat([e for _, e in policy.seen], ignore_index=True), served.events
        )
        pd.testing.assert_frame_equal(
            pd.concat([i for i, _ in policy.seen], ignore_index=True), served.impressions
        )
        ids = served.events["event_id"].to_numpy()
        assert np.array_equal(ids, small.last_id + 1 + np.arange(len(ids)))
        taken = served.impressions.dropna(subset="event_id").astype({"event_id": int})
        joined = taken.merge(served.events, on="event_id", suffixes=("", "_event"))
        assert len(joined) == len(taken) > 100
        assert (joined["track_id"].astype(str) == joined["track_id_event"].astype(str)).all()
    assert len(market.served["a"].events) and not market.served["a"].events.equals(market.served["b"].events)


def test_what_is_shown_is_the_platforms_own(small):
    """Two platforms that show different tracks: each look at a shelf holds those of one alone."""
    ids = small.track_ids.to_numpy()
    low, high = (
        lambda users, part=part: np.tile(ids[part], (len(users), 1)) for part in (slice(0, 10), slice(50, 60))
    )
    market = Market(small, [Platform("low", low), Platform("high", high)]).play(2)
    for name, part in (("low", ids[:10]), ("high", ids[50:60])):
        shown = market.served[name].impressions
        assert set(shown["track_id"]) == set(part) and shown["propensity"].isna().all()
        home = market.served[name].events.query("source == 'home'")
        assert set(home["track_id"]) <= set(part) and len(home)


# -- entrants


def test_an_entrant_opens_in_its_week_with_the_library_it_was_given(small):
    chart = popularity(small)
    markets = {
        library: Market(small, [Platform("old", chart), Platform("new", chart, opens=2, library=library)])
        for library in ("full", "thin")
    }
    kept = {}
    for library, market in markets.items():
        market.play(2)
        assert len(market.served["new"].events) == 0 and (market.shares()["new"] > 0).mean() < 0.2
        before = Market(small, [Platform("old", chart)]).play(2)
        same(market.served["old"], before.served["old"])
        crowd = market.crowds[0]
        crowd.welcome(1, thin=library == "thin")
        crowd.put_aside()
        kept[library] = crowd.aside["kept"][1].copy()
        first = crowd.weekly.libraries(small.weeks)[0]
        width = 2 if library == "thin" else 16
        assert np.array_equal(crowd.aside["library"][1][:, :width], first[:, :width])
        assert (crowd.aside["library"][1][:, width:] == -1).all()
        assert np.array_equal(kept[library], (first[:, :width] >= 0).sum(axis=1))
        market.play(2)
        events = market.served["new"].events
        opening = pd.Timestamp("2026-01-05", tz="UTC") + pd.Timedelta(weeks=small.weeks + 2)
        assert len(events) > 100 and events["at"].min() >= opening
        assert list(market.board.query("platform == 'new'")["accounts"])[:2] == [0, 0]
        assert market.board.query("platform == 'new'")["accounts"].iloc[2] > 90
    assert kept["thin"].max() == 2 < kept["full"].min()


def test_a_thin_library_costs_an_entrant_sessions_from_its_library(small):
    share = {}
    for library in ("full", "thin"):
        platforms = [Platform("old", popularity(small)), Platform("new", popularity(small), library=library)]
        events = Market(small, platforms).play(1).served["new"].events
        share[library] = (events["source"] == "library").mean()
    assert share["thin"] < share["full"] - 0.05


# -- who leaves


def test_accounts_are_lost_one_by_one_and_the_displeased_leave_sooner():
    world = World(users=300)
    market = Market(world, [Platform("good", oracle(world)), Platform("bad", random_shelf(world))]).play(6)
    lost = market.board.pivot(index="week", columns="platform", values="lost")
    assert (lost.diff().dropna() >= 0).all(axis=None)
    assert lost["bad"].iloc[-1] > lost["good"].iloc[-1]
    accounts = market.board.pivot(index="week", columns="platform", values="accounts")
    assert (accounts + lost == len(world.listeners)).all(axis=None)
    crowd = market.crowds[0]
    for i, served in enumerate(market.served.values()):
        gone = crowd.left_at[i] >= 0
        last = pd.Series(np.concatenate([one["start"] for one in served.played])).groupby(
            np.concatenate([served.rows[one["person"]] for one in served.played])).max()  # fmt: skip
        after = last.reindex(np.flatnonzero(gone)).dropna()
        assert (after < crowd.left_at[i][after.index] + 7 * 3600).all()  # a last session may run into Monday
    both = (crowd.left_at >= 0).all(axis=0)
    assert np.array_equal(crowd.active, ~both) and np.array_equal(crowd.left >= 0, both)


def test_who_leaves_is_told_by_the_key_of_their_seat(small):
    """After one week, account by account: the luck from its key against the risk at that satisfaction."""
    platforms = [Platform("a", random_shelf(small), seat=3), Platform("b", random_shelf(small, 1), seat=0)]
    left = 0
    for seed in range(6):
        market = Market(small, platforms, seed=seed).play(1)
        for i, (seat, served) in enumerate(zip((3, 0), market.served.values(), strict=True)):
            word = key(small.seed, "churn", seed + 1, small.crowds[0].number, small.weeks) ^ salt(seat)
            risk = np.clip(0.012 - 0.15 * (served.listeners["satisfaction"] - 0.56), 0.002, 0.15)
            leaves = (draw(word, "leave") < risk) & (served.listeners["sessions"] > 0)
            assert np.array_equal(market.crowds[0].left_at[i] >= 0, leaves)
            left += leaves.sum()
    assert left > 2


# -- shares


def test_hours_and_shares_are_those_of_the_logs(rivals):
    hours = pd.DataFrame(
        {name: served.events.groupby("user_id", observed=False)["seconds_played"].sum() / 3600
         for name, served in rivals.served.items()}
    )  # fmt: skip
    hours = hours.set_axis(rivals.world.listeners)  # every listener is a category, in this order
    pd.testing.assert_frame_equal(rivals.hours(), hours)
    shares = rivals.shares()
    silent = hours.sum(axis=1) == 0
    assert silent.any() and (shares[silent] == 0.5).all(axis=None)
    assert np.allclose(shares[~silent], hours[~silent].div(hours[~silent].sum(axis=1), axis=0))
    assert np.allclose(rivals.hours(0, 1) + rivals.hours(1), rivals.hours())
    board = rivals.board.pivot(index="week", columns="platform", values="hours")
    assert np.allclose(board.sum(), hours.sum() / len(hours))
    share = rivals.board.pivot(index="week", columns="platform", values="share")
    assert np.allclose(share, board.div(board.sum(axis=1), axis=0)) and list(share.index) == [2, 3, 4]


def test_the_board_counts_sessions_and_who_came(rivals):
    found = sessions_of(rivals)
    for row in rivals.board.itertuples():
        some = [(who, name) for (who, week), all_ in found.items() if week == row.week for _, name in all_]
        assert row.sessions == sum(name == row.platform for _, name in some)
        assert row.listeners == len({who for who, name in some if name == row.platform})
    last = rivals.board[rivals.board["week"] == 4].set_index("platform")
    for name, served in rivals.served.items():
        member = rivals.crowds[0].member[list(rivals.served).index(name)]
        assert last.loc[name, "satisfaction"] == pytest.approx(
            served.listeners["satisfaction"][member].mean()
        )


# -- a league


def test_the_better_policy_leads_in_a_match_and_nobody_leads_their_own_copy():
    world = World(users=120, weeks=2, tracks=400)
    weekly = world.weekly()
    chart = popularity(world)
    house, same_again, best, worst = (
        match(world, policy, chart, weekly=weekly).play(3)
        for policy in (chart, popularity(world), oracle(world), random_shelf(world))
    )
    same_markets(house, same_again)
    assert lead(same_again, house).mean == 0
    assert lead(best, house).low > 0 and lead(worst, house).high < 0
    gap = best.shares()["team"] - house.shares()["team"]
    found = lead(best, house)
    assert found.mean == pytest.approx(gap.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * gap.std() / len(gap) ** 0.5)
    early = lead(best, house, first=0, last=1)
    assert early.mean == pytest.approx((best.shares(0, 1) - house.shares(0, 1))["team"].mean())
    assert lead(best, house, "rival").mean == pytest.approx(-found.mean)


def test_shared_tables_change_nothing(small):
    weekly = small.weekly(seed=4)
    shared = [match(small, oracle(small), popularity(small), seed=4, weekly=weekly) for _ in range(2)]
    for _ in range(2):
        for one in shared:
            one.play()
    own = match(small, oracle(small), popularity(small), seed=4).play(2)
    for one in shared:
        same_markets(one, own)
    assert not own.board.equals(match(small, oracle(small), popularity(small)).play(2).board)


def test_matches_that_were_not_played_alike_are_not_compared(small):
    one = match(small, oracle(small), popularity(small)).play(1)
    for other, says in (
        (match(small, popularity(small), popularity(small)).play(2), "differ in week"),
        (match(small, popularity(small), popularity(small), seed=1).play(1), "differ in seed"),
        (match(small, popularity(small), popularity(small), keen=3).play(1), "differ in keen"),
        (match(World(users=99, weeks=2, tracks=400), popularity(small), popularity(small)), "differ in week"),
    ):
        with pytest.raises(ValueError, match=says):
            lead(one, other)
    with pytest.raises(ValueError, match="No platform is named 'Team'; there are 'rival', 'team'"):
        lead(one, one, "Team")
    elsewhere = World(users=100, weeks=2, tracks=400, strengths=Strengths(boredom=2))
    with pytest.raises(ValueError, match="different worlds"):
        lead(one, match(elsewhere, popularity(elsewhere), popularity(elsewhere)).play(1))


def test_a_lead_of_no_week_is_no_lead(small):
    begun = match(small, popularity(small), popularity(small))
    with pytest.raises(ValueError, match="No week was played from 0 to before None; 0 are"):
        lead(begun, begun)
    begun.play(2)
    assert lead(begun, begun, first=1, last=9).mean == 0
    for first, last in ((2, None), (0, 0), (1, 1)):
        with pytest.raises(ValueError, match=f"from {first} to before {last}; 2 are"):
            lead(begun, begun, first=first, last=last)
    for wrong in (-1, 0.5, True, "1", float("nan")):
        with pytest.raises(ValueError, match="first is"):
            begun.hours(wrong)
        with pytest.raises(ValueError, match="last is"):
            begun.shares(0, wrong)
    with pytest.raises(ValueError, match="None is no market"):
        lead(begun, None)
    with pytest.raises(ValueError, match=r"No platform is named \[\]"):
        lead(begun, begun, [])


def test_keen_listeners_go_where_they_are_pleased_and_habit_holds_them():
    """With neither habit nor keenness a platform's share is luck; with keenness it is skill."""
    world = World(users=120, weeks=2, tracks=400)
    share = {}
    for keen in (0, 15, 60):
        market = match(world, oracle(world), random_shelf(world), keen=keen, habit=0).play(4)
        share[keen] = market.board.query("platform == 'team' and week == 5")["sessions"].iloc[0] / market.board.query(
            "week == 5")["sessions"].sum()  # fmt: skip
    assert 0.4 < share[0] < 0.6 and share[0] < share[15] < share[60]

    def switches(habit: float) -> float:
        found = sessions_of(match(world, popularity(world), popularity(world), keen=0, habit=habit).play(4))
        runs = [[name for _, name in some] for some in found.values()]
        return np.mean([a != b for run in runs for a, b in zip(run, run[1:], strict=False)])

    assert switches(0) == pytest.approx(0.5, abs=0.05) and switches(10) < 0.3


# -- the rule, and what makes no market


def own_most_played(world: World, log: pd.DataFrame, own: int):
    """Ten tracks for each listener: `own` that they have played in the log, then others that they have not."""
    heard = played_in(log, world.listeners, world.track_ids)
    order = np.argsort(~heard, axis=1, kind="stable")
    some = np.minimum(heard.sum(axis=1), own)
    lists = [np.r_[order[i, : some[i]], order[i, -(10 - some[i]) :]] for i in range(len(order))]
    return lambda users: world.track_ids.to_numpy()[np.array(lists)]


def test_no_more_heard_tracks_than_allowed():
    world = World(users=60, weeks=2, tracks=400)
    log = world.log()
    two, three = own_most_played(world, log, 2), own_most_played(world, log, 3)
    market = Market(world, [Platform("two", two)], at_most_heard=2, log=log).play(1)
    with pytest.raises(
        ValueError, match=r"'two' shows the listener 'u\w{5}' \d tracks .* at most 2 are allowed"
    ):
        market.play(3)  # what was new in the first week is not any more
    with pytest.raises(ValueError, match="'three' shows .* 3 tracks that they have played there; at most 2"):
        Market(world, [Platform("three", three)], at_most_heard=2, log=log).play(1)
    Market(world, [Platform("three", three)], at_most_heard=3, log=log).play(1)
    Market(world, [Platform("three", three)], at_most_heard=0).play(1)  # without a log nothing is its own
    late = [Platform("two", two), Platform("three", three, opens=1)]
    with pytest.raises(
        ValueError, match="'two'"
    ):  # an entrant has no log of its own: the other breaks the rule
        Market(world, late, at_most_heard=2, log=log).play(2)


def test_what_was_heard_elsewhere_is_not_counted(small):
    """A platform whose listeners play its tracks only elsewhere breaks no rule."""
    ids = small.track_ids.to_numpy()
    same_ten = lambda users: np.tile(ids[:10], (len(users), 1))  # noqa: E731
    with pytest.raises(ValueError, match="'a' shows"):
        Market(
            small, [Platform("a", same_ten), Platform("b", popularity(small), opens=NEVER)], at_most_heard=0
        ).play(2)
    market = Market(
        small, [Platform("a", popularity(small)), Platform("b", same_ten, opens=1)], at_most_heard=30
    )
    market.play(2)
    assert market.own[0].sum() > market.own[1].sum() > 0


@pytest.mark.parametrize(
    ("platforms", "settings", "says"),
    [
        ([], {}, "at least one platform"),
        ([Platform("a", popularity), Platform("a", popularity)], {}, "Two platforms have the name 'a'"),
        ([Platform("a", popularity, seat=1), Platform("b", popularity)], {}, "Two platforms have the seat 1"),
        ([Platform("a", popularity, opens=-1)], {}, "opens of 'a' is -1"),
        ([Platform("a", popularity, opens=0.5)], {}, "opens of 'a' is 0.5"),
        ([Platform("a", popularity, seat=True)], {}, "seat of 'a' is True"),
        ([Platform("a", popularity, library="rich")], {}, "library of 'a' is 'rich'"),
        ([Platform("a", 3)], {}, "3 is no policy"),
        ([Platform("a", popularity)], {"habit": -1}, "habit is -1"),
        ([Platform("a", popularity)], {"keen": float("nan")}, "keen is nan"),
        ([Platform("a", popularity)], {"keen": 1_001}, "keen is 1001"),
        ([Platform("a", popularity)], {"keen": "15"}, "keen is '15'"),
        ([Platform("a", popularity)], {"habit": True}, "habit is True"),
        ([Platform("a", popularity)], {"habit": None}, "habit is None"),
        ([Platform("a", popularity)], {"log": []}, r"log is \[\]; give a frame"),
        ([Platform("a", popularity)], {"weekly": []}, "weekly is not that of this world"),
        ([Platform("a", popularity)], {"weekly": 3}, "weekly is not that of this world"),
        (None, {}, "platforms is None; give a list"),
        ("ab", {}, "platforms is 'ab'; give a list"),
        ([popularity], {}, "is no platform with a name"),
        ([Platform(1, popularity)], {}, "is no platform with a name"),
    ],
)
def test_what_makes_no_market_is_refused(small, platforms, settings, says):
    with pytest.raises(ValueError, match=says):
        Market(small, platforms, **settings)


def test_a_hook_and_the_rule_do_not_go_together(small):
    with pytest.raises(ValueError, match="'a' chooses at every visit"):
        Market(small, [Platform("a", Everything(small))], at_most_heard=2)


def test_tables_of_another_luck_or_world_are_refused(small):
    """They were taken without a word, and two matches that should share their luck did not."""
    platforms = [Platform("a", popularity(small))]
    for weekly in (
        small.weekly(1),
        World(users=100, weeks=2, tracks=400, seed=8).weekly(),
        World(users=100, weeks=2, tracks=401).weekly(),
        World(users=101, weeks=2, tracks=400).weekly(),
        World(users=100, weeks=3, tracks=400).weekly(),
        World(users=100, weeks=2, tracks=400, strengths=Strengths(boredom=2)).weekly(),
        ["a"] * len(small.crowds),
    ):
        with pytest.raises(
            ValueError, match=r"weekly is not that of this world and luck; give world.weekly\(0\)"
        ):
            Market(small, platforms, weekly=weekly)
    again = World(users=100, weeks=2, tracks=400)
    Market(small, platforms, weekly=again.weekly())
    Market(small, platforms, seed=1, weekly=small.weekly(1))


def test_a_market_needs_a_world():
    with pytest.raises(ValueError, match="world is None; give a World"):
        Market(None, [Platform("a", popularity)])


@pytest.mark.parametrize("weeks", [0, -1, 521])
def test_weeks_that_make_no_sense_are_refused(small, weeks):
    with pytest.raises(ValueError, match=f"weeks is {weeks}"):
        Market(small, [Platform("a", popularity(small))]).play(weeks)


@pytest.mark.slow
def test_what_wins_alone_may_lose_in_competition_is_for_a_lesson_but_skill_shows_in_the_shipped_world():
    world = World(users=300)
    house = match(world, popularity(world), popularity(world)).play(4)
    assert lead(match(world, oracle(world), popularity(world)).play(4), house).low > 0.05
    assert difference(world.serve(oracle(world)), world.serve(popularity(world))).low > 0
