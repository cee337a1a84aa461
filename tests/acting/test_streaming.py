"""A stream of plays: profiles against the recipe, grades against a loop that does all anew, the alarm by definition."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.acting import LiveProfiles, PageHinkley, Profile, prequential, refit_plan
from recsys_helpers.events import preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ImplicitALS, ItemKNN, Popularity

START = pd.Timestamp("2026-03-01", tz="UTC")
CUT = START + pd.Timedelta(days=6)
TRACKS = pd.DataFrame({"track_id": [f"t{i:02d}" for i in range(14)], "duration_s": 200.0})


@pytest.fixture(scope="module")
def log():
    """Ten days of twelve listeners over fourteen tracks, of which two come after the cut."""
    rng = np.random.default_rng(3)
    n = 400
    at = START + pd.to_timedelta(np.sort(rng.integers(0, 10 * 86_400, n)), unit="s")
    tracks = np.where(at < CUT, rng.integers(0, 12, n), rng.integers(0, 14, n))
    frame = pd.DataFrame(
        {
            "event_id": np.arange(n),
            "user_id": [f"u{i}" for i in rng.integers(0, 12, n)],
            "track_id": [f"t{i:02d}" for i in tracks],
            "at": at,
            "action": np.where(rng.random(n) < 0.9, "play", "like"),
            "seconds_played": rng.integers(0, 260, n).astype(float),
        }
    )
    return frame.sample(frac=1, random_state=0).set_index("event_id", drop=False)


def known(log, until, **more):
    return Interactions.from_frame(
        preference(log, "listened", TRACKS, until=until), value="strength", time="last_at", **more
    )


# ---- profiles --------------------------------------------------------------------------------------------------------


def test_a_profile_is_what_the_recipe_makes_of_the_same_plays(log):
    plays = log[log["action"] == "play"].sort_values("at")
    profiles: dict[str, Profile] = {}
    for user, item, seconds in plays[["user_id", "track_id", "seconds_played"]].itertuples(index=False):
        profiles.setdefault(user, Profile()).add(item, min(seconds / 200, 1))
    table = preference(log, "listened", TRACKS).set_index(["user_id", "track_id"])["strength"]
    found = {(user, item): value for user, one in profiles.items() for item, value in one.values().items()}
    assert found.keys() == set(table.index)
    np.testing.assert_allclose([found[pair] for pair in table.index], table)


def test_the_latest_are_those_that_were_played_last():
    profile = Profile()
    for item in "abcab":
        profile.add(item, 1.0)
    assert list(profile.heard) == ["c", "a", "b"]
    assert list(profile.values(latest=2, rest=0)) == ["a", "b"]
    assert profile.values(latest=2, rest=0.5) == pytest.approx({"c": 0.25, "a": 2 / 3, "b": 2 / 3})
    assert profile.values(latest=0, rest=0) == {} and profile.values(latest=9, rest=0) == profile.values()
    assert profile.values("counted", latest=1, rest=0) == {"b": 2.0}


@pytest.mark.parametrize(
    "make", [ItemKNN, lambda: EASE(solve="items"), lambda: ImplicitALS(4, random_state=0)]
)
def test_the_next_list_is_that_of_a_listener_folded_in_with_all_plays(log, make):
    model = make().fit(known(log, CUT))
    live = LiveProfiles(model)
    later = log[
        (log["action"] == "play") & (log["at"] >= CUT) & log["track_id"].isin(model.items_)
    ].sort_values("at")
    for user, item, seconds in later[["user_id", "track_id", "seconds_played"]].itertuples(index=False):
        live.add(user, item, min(seconds / 200, 1))
    whole = Interactions.from_frame(
        preference(log[log["track_id"].isin(model.items_)], "listened", TRACKS), value="strength"
    )
    there = model.fold_in(whole)
    for user in whole.users:
        expected = there.recommend([user], k=3)
        found = live.recommend(user, k=3)
        assert found["item"].tolist() == expected["item"].tolist()
        np.testing.assert_allclose(found["score"], expected["score"], rtol=1e-6)  # ALS counts in float32


def test_before_any_play_the_lists_are_the_models(log):
    model = ItemKNN().fit(known(log, CUT))
    live = LiveProfiles(model)
    for user in model.users_:
        pd.testing.assert_frame_equal(
            live.recommend(user, k=4).reset_index(drop=True),
            model.recommend([user], k=4).reset_index(drop=True),
        )


def test_the_order_of_a_profile_is_that_of_the_models_times(log):
    model = Popularity().fit(known(log, CUT))
    live = LiveProfiles(model)
    last = log[(log["action"] == "play") & (log["at"] < CUT)].groupby(["user_id", "track_id"])["at"].max()
    for user in model.users_:
        assert list(live.profile(user).heard) == last[user].sort_values().index.tolist()


def test_whoever_is_new_gets_the_chart_without_what_they_heard(log):
    x = known(log, CUT)
    live = LiveProfiles(ItemKNN().fit(x))
    counts = pd.Series(np.bincount(x.matrix.indices), x.items)
    expected = sorted(x.items, key=lambda item: (-counts[item], item))
    top = live.recommend("nobody", k=4)
    assert top.values.tolist() == [
        ["nobody", item, rank, counts[item]] for rank, item in enumerate(expected[:4], 1)
    ]
    assert top.columns.tolist() == ["user", "item", "rank", "score"]
    live.add("nobody", expected[1], 0.0)  # not a second of it: there is still nothing to go by
    assert live.recommend("nobody", k=3)["item"].tolist() == [expected[0], *expected[2:4]]
    live.add("nobody", "t13", 1.0)  # the model does not know it yet
    assert live.recommend("nobody", k=1)["item"].tolist() == [expected[0]]
    live.add("nobody", expected[0], 1.0)
    assert expected[0] not in live.recommend("nobody", k=14)["item"].tolist()
    assert (
        live.recommend("nobody", k=14, latest=1, rest=0)["item"].isin([expected[0], expected[1]]).sum() == 0
    )


def test_what_changed_is_what_partial_fit_wants(log):
    """Live profiles, then the night: the weights are those of a fit on everything."""
    model = ItemKNN().fit(known(log, CUT))
    live = LiveProfiles(model)
    later = log[(log["action"] == "play") & (log["at"] >= CUT)].sort_values("at")
    for user, item, seconds in later[["user_id", "track_id", "seconds_played"]].itertuples(index=False):
        live.add(user, item, min(seconds / 200, 1))
    x = Interactions.from_frame(preference(log, "listened", TRACKS), value="strength")
    old = Interactions.from_frame(preference(log, "listened", TRACKS, until=CUT), value="strength")
    night = ItemKNN().fit(old).partial_fit(live.changed(later["user_id"].unique()))
    whole = ItemKNN().fit(x)
    np.testing.assert_allclose(night.score(x.users), whole.score(x.users), atol=1e-12)


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(log, share):
    live = LiveProfiles(ItemKNN().fit(known(log, CUT)))
    with pytest.raises(ValueError, match="from 0 to 1"):
        live.add("u1", "t01", share)


def test_values_of_another_kind_are_refused(log):
    counts = Interactions.from_frame(log[["user_id", "track_id"]].drop_duplicates())
    model = ItemKNN().fit(counts)
    with pytest.raises(ValueError, match="how='counted'"):
        LiveProfiles(model)
    with pytest.raises(ValueError, match="how="):
        LiveProfiles(model, "heard")
    live = LiveProfiles(model, "counted")
    live.add("u1", "t01", 0.5)
    assert live.profile("u1").values("counted")["t01"] == pytest.approx(
        0.5 + (counts.matrix[[counts.users.get_loc("u1")]].toarray()[0, counts.items.get_loc("t01")])
    )


# ---- score, then learn -----------------------------------------------------------------------------------------------


def one_by_one(log, model, live, rest, least, latest=5):
    """The same by brute force: at each play the recipe is asked anew, and all tracks are sorted."""
    plays = log[log["action"] == "play"].sort_values("at")
    rows = []
    for label, play in plays[plays["at"] >= CUT].iterrows():
        before = plays[(plays["user_id"] == play["user_id"]) & (plays["at"] < play["at"])]
        if play["track_id"] in set(before["track_id"]) or play["seconds_played"] < 200 * least:
            continue
        seen = before if live else before[before["at"] < play["at"].floor("D")]
        if play["track_id"] not in model.items_:
            rows.append((label, np.nan, 0.0))
            continue
        scores = pd.Series(0.0, model.items_)
        if len(seen):
            table = preference(seen, "listened", TRACKS).sort_values("last_at")
            table = table.assign(
                strength=table["strength"]
                * np.r_[np.full(max(0, len(table) - latest), rest), np.ones(min(latest, len(table)))]
            )
            table = table[table["track_id"].isin(model.items_)]
            if rest == 0:
                table = table.iloc[-latest:] if len(table) > latest else table
            if len(table):
                row = Interactions.from_frame(table, value="strength", items=model.items_)
                scores[:] = model.fold_in(row).score(row.users)[0]
        scores = scores.drop([item for item in set(before["track_id"]) if item in scores.index])
        own = scores[play["track_id"]]
        above, alike = int((scores > own).sum()), int((scores == own).sum())
        gains = [1 / np.log2(1 + rank) if rank <= 3 else 0.0 for rank in range(above + 1, above + alike + 1)]
        rows.append((label, np.mean(range(above + 1, above + alike + 1)), np.mean(gains)))
    return pd.DataFrame(rows, columns=["label", "rank", "gain"]).set_index("label")


@pytest.mark.parametrize(
    ("live", "rest", "least"), [(True, 1.0, 0.0), (True, 0.3, 0.0), (False, 1.0, 0.0), (True, 1.0, 0.5)]
)
def test_it_grades_as_a_loop_does_that_reckons_everything_anew(log, live, rest, least):
    model = ItemKNN(shrinkage=1).fit(known(log, CUT))
    found = prequential(log, TRACKS, model, CUT, live=live, rest=rest, least=least, k=3)
    expected = one_by_one(log, model, live, rest, least)
    assert found.index.tolist() == expected.index.tolist()
    assert len(found) > (15 if least else 20)  # there is something to compare
    np.testing.assert_allclose(found["rank"], expected["rank"])
    np.testing.assert_allclose(found["gain"], expected["gain"])
    assert found["rank"].isna().any()  # two tracks came after the fit
    assert (found["user"] == log.loc[found.index, "user_id"]).all()
    assert (found["item"] == log.loc[found.index, "track_id"]).all()
    assert (found["step"] == (found["at"] - CUT) // pd.Timedelta("1D")).all()


def test_the_latest_alone_are_all_that_the_model_sees(log):
    """With one item left in view, a model of likeness ranks as that item's row does."""
    model = ItemKNN(shrinkage=0).fit(known(log, CUT))
    found = prequential(log, TRACKS, model, CUT, latest=1, rest=0, least=0, k=14)
    plays = log[log["action"] == "play"].sort_values("at")
    likeness = pd.DataFrame(model.similarity_.toarray(), model.items_, model.items_)
    compared = 0
    for label, row in found.dropna().iterrows():
        before = plays[(plays["user_id"] == row["user"]) & (plays["at"] < row["at"])]
        last = before["track_id"].iloc[-1] if len(before) else None
        if last not in model.items_ or before.loc[before["track_id"] == last, "seconds_played"].sum() == 0:
            continue
        left = likeness[last].drop([item for item in set(before["track_id"]) if item in model.items_])
        above, alike = (
            (left > left[row["item"]] + 1e-12).sum(),
            np.isclose(left, left[row["item"]], atol=1e-12).sum(),
        )
        assert row["rank"] == above + (alike + 1) / 2, label
        compared += 1
    assert compared > 10


def test_nothing_later_moves_an_earlier_grade(log):
    """Neither the play that is graded nor what follows it is in what it is graded by."""
    model = ItemKNN().fit(known(log, CUT))
    whole = prequential(log, TRACKS, model, CUT)
    middle = whole["at"].iloc[len(whole) // 2]
    other = log.copy()
    later = (other["at"] > middle).to_numpy()
    other.loc[later, "seconds_played"] = 200.0
    other.loc[later, "track_id"] = other.loc[later, "track_id"].to_numpy()[::-1]
    changed = prequential(other, TRACKS, model, CUT)
    early = whole["at"] <= middle
    pd.testing.assert_frame_equal(changed[changed["at"] <= middle], whole[early])
    own = log.copy()
    first = whole.index[0]
    own.loc[first, "seconds_played"] = (
        150.0 if own.loc[first, "seconds_played"] >= 200 else 200.0
    )  # graded both times
    assert prequential(own, TRACKS, model, CUT)["gain"][first] == whole["gain"][first]


def test_a_model_is_asked_for_at_each_step_and_only_then(log):
    asked = []

    def of(moment):
        asked.append(moment)
        return ItemKNN().fit(known(log, moment))

    found = prequential(log, TRACKS, of, CUT, step="2D")
    assert asked == [CUT + step * pd.Timedelta("2D") for step in sorted(found["step"].unique())]
    one = prequential(log, TRACKS, ItemKNN().fit(known(log, CUT)), CUT, step="2D")
    first = found["step"] == 0
    pd.testing.assert_frame_equal(found[first], one[first])
    assert found["rank"].isna().sum() <= one["rank"].isna().sum()


def test_a_model_that_says_nothing_gains_what_chance_gains():
    """Four unheard tracks that score alike: each is first with chance 1/4, and so on."""
    at = START + pd.to_timedelta([0, 1, 2], unit="D")
    log = pd.DataFrame({"user_id": ["a", "b", "a"], "track_id": ["t00", "t01", "t01"], "at": at, "action": "play",
                        "seconds_played": 200.0})  # fmt: skip
    x = Interactions.from_frame(log.iloc[:2], items=TRACKS["track_id"].iloc[:5])
    model = ItemKNN().fit(x)  # nobody has two tracks, so nothing is like anything
    found = prequential(log, TRACKS, model, START + pd.Timedelta(days=2), k=2)
    assert found["rank"].tolist() == [2.5]
    assert found["gain"].iloc[0] == pytest.approx((1 + 1 / np.log2(3)) / 4)


def test_moments_between_which_nothing_is_new_are_refused(log):
    model = ItemKNN().fit(known(log, CUT))
    with pytest.raises(ValueError, match="nobody hears a new track"):
        prequential(log, TRACKS, model, log["at"].max() + pd.Timedelta("1D"))
    with pytest.raises(ValueError, match="step"):
        prequential(log, TRACKS, model, CUT, step="soon")
    with pytest.raises(ValueError, match="rest"):
        prequential(log, TRACKS, model, CUT, rest=-1)


def test_until_ends_it(log):
    model = ItemKNN().fit(known(log, CUT))
    whole, day = prequential(log, TRACKS, model, CUT), CUT + pd.Timedelta("1D")
    pd.testing.assert_frame_equal(prequential(log, TRACKS, model, CUT, day), whole[whole["at"] < day])


# ---- the alarm -------------------------------------------------------------------------------------------------------


def by_definition(values, delta, threshold, warmup):
    """All sums anew at each value: sum over t of (mean of the first t - x_t - delta), above its lowest so far or 0."""
    alarms, begin = [], 0
    for now in range(1, len(values) + 1):
        part = np.asarray(values[begin:now], dtype=float)
        sums = [sum(part[: t + 1].mean() - part[t] - delta for t in range(m)) for m in range(len(part) + 1)]
        if len(part) >= warmup and sums[-1] - min(sums) > threshold:
            alarms.append(now)
            begin = now
    return alarms


@pytest.mark.parametrize(("delta", "threshold", "warmup"), [(0.0, 1.0, 1), (0.1, 2.0, 5), (0.3, 3.0, 10)])
def test_the_alarm_rings_where_its_definition_says(delta, threshold, warmup):
    rng = np.random.default_rng(1)
    values = np.concatenate([rng.normal(1, 0.7, 40), rng.normal(0, 0.7, 40), rng.normal(1, 0.7, 30)])
    alarm = PageHinkley(delta, threshold, warmup)
    rang = [n for n, value in enumerate(values, 1) if alarm.update(value)]
    assert rang == alarm.alarms == by_definition(values.tolist(), delta, threshold, warmup) and rang
    up = PageHinkley(delta, threshold, warmup, "up")
    assert [n for n, value in enumerate(values, 1) if up.update(-value)] == rang
    assert alarm.seen == len(values)


def test_a_stream_that_stays_rings_no_alarm_and_a_rise_none_either():
    for values in (np.ones(500), np.linspace(0, 5, 500)):
        alarm = PageHinkley(0.0, 0.01)
        assert not any(alarm.update(value) for value in values) and alarm.height == 0


def test_after_an_alarm_it_begins_anew():
    alarm = PageHinkley(0.0, 1.0, warmup=3)
    for value in [1, 1, 1, 0, 0]:
        alarm.update(value)
    assert alarm.alarms and alarm.height == 0
    assert not any(alarm.update(0) for _ in range(100))  # 0 is the new level


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused_and_changes_nothing(value):
    alarm = PageHinkley()
    alarm.update(1.0)
    with pytest.raises(ValueError, match="holds"):
        alarm.update(value)
    assert alarm.seen == 1


@pytest.mark.parametrize(
    "wrong", [{"delta": -1}, {"threshold": -1}, {"warmup": 0}, {"direction": "sideways"}, {"warmup": 1.5}]
)
def test_settings_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        PageHinkley(**wrong)


# ---- when to refit ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("slope", "cost"), [(0.01, 0.5), (1.0, 200.0), (2.0, 50.0)])
def test_a_loss_that_grows_evenly_has_the_best_rhythm_of_the_square_root(slope, cost):
    plan = refit_plan(slope * np.arange(60), cost)
    assert abs(plan["total"].idxmin() - np.sqrt(2 * cost / slope)) <= 1
    for every in (1, 7, 30):
        total = sum(slope * (n % every) for n in range(60 * every)) / (60 * every) + cost / every
        assert plan.loc[every, "total"] == pytest.approx(total)


def test_without_loss_the_rarest_and_without_cost_the_freshest_is_best():
    assert refit_plan(np.zeros(12), 1.0)["total"].idxmin() == 12
    assert refit_plan(np.arange(12), 0.0)["total"].idxmin() == 1


@pytest.mark.parametrize(("loss", "cost"), [([], 1.0), ([float("nan")], 1.0), ([[1.0]], 1.0), ([1.0], -1.0)])
def test_a_plan_of_nothing_is_refused(loss, cost):
    with pytest.raises(ValueError, match="loss|cost"):
        refit_plan(loss, cost)
