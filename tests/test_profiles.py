"""Listener features, segments and profile vectors against plain loops, scikit-learn's own figures and planted truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_info, threadpool_limits

from recsys_helpers import events as ev
from recsys_helpers import profiles as pf
from recsys_helpers.features import AUDIO

START = pd.Timestamp("2026-01-05", tz="UTC")
CUT = START + pd.Timedelta(days=10)
KINDS = {"music": ("pop", "jazz"), "podcast": ("history",), "ambience": ("rain",)}


def make_tracks(rng) -> pd.DataFrame:
    kinds = ["music"] * 12 + ["podcast"] * 5 + ["ambience"] * 3
    return pd.DataFrame(
        {
            "track_id": [f"t{i:02d}" for i in range(20)],
            "kind": kinds,
            "genre": [KINDS[kind][i % len(KINDS[kind])] for i, kind in enumerate(kinds)],
            "duration_s": rng.integers(100, 2000, 20),
            **{name: rng.random(20).round(3) for name in AUDIO},
        }
    )


def make_log(seed: int = 0, n: int = 600, days: float = 20) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    tracks = make_tracks(rng)
    action = rng.choice(["play", "like", "comment", "search"], n, p=[0.8, 0.08, 0.06, 0.06])
    track = rng.integers(20, size=n)
    seconds = np.where(action == "play", rng.integers(1, tracks["duration_s"].to_numpy()[track] + 1), np.nan)
    texts = rng.choice(["love it", "so boring", "not bad", "on the train"], n)
    log = pd.DataFrame(
        {
            "event_id": np.arange(n),
            "user_id": [f"u{i}" for i in rng.integers(12, size=n)],
            "track_id": np.where(action == "search", None, tracks["track_id"].to_numpy()[track]),
            "at": START + pd.to_timedelta(np.sort(rng.integers(0, int(days * 86_400), n)), unit="s"),
            "action": action,
            "seconds_played": seconds,
            "source": np.where(
                action == "search", None, rng.choice(["search", "library", "home", "autoplay"], n)
            ),
            "text": np.where(np.isin(action, ["comment", "search"]), texts, None),
            "context": rng.choice(np.array(["work", "home", None]), n),
        }
    )
    return log, tracks


def features_by_loop(
    log: pd.DataFrame, tracks: pd.DataFrame, until, prior: float
) -> dict[str, dict[str, float]]:
    """The documented definitions, one listener and one row at a time."""
    about = tracks.set_index("track_id")
    rows = [row for row in log.itertuples() if until is None or row.at < until]
    now = until or max(row.at for row in rows)
    session = dict(zip(log["event_id"], ev.sessions(log), strict=True))
    moods = {"love it": 1.0, "so boring": -1.0, "not bad": 1.0, "on the train": 0.0}
    parts = {"night": range(6), "morning": range(6, 9), "day": range(9, 16), "afternoon": range(16, 19)}
    parts |= {"evening": range(19, 22), "late": range(22, 24)}

    def rates(some):
        plays = [row for row in some if row.action == "play"]
        comments = [row for row in some if row.action == "comment"]
        count = {f"part_{part}": sum(row.at.hour in hours for row in plays) for part, hours in parts.items()}
        count["weekend"] = sum(row.at.weekday() >= 5 for row in plays)
        count["skip_rate"] = sum(
            row.seconds_played / about.loc[row.track_id, "duration_s"] < 0.5 for row in plays
        )
        count["like_rate"] = sum(row.action == "like" for row in some)
        count["searched"] = sum(row.source in ("search", "library") for row in plays)
        for kind, genres in KINDS.items():
            count[f"kind_{kind}"] = sum(about.loc[row.track_id, "kind"] == kind for row in plays)
            for genre in genres:
                count[f"genre_{genre}"] = sum(about.loc[row.track_id, "genre"] == genre for row in plays)
        for source in ("search", "library", "home", "autoplay"):
            count[f"source_{source}"] = sum(row.source == source for row in plays)
        known = [row.context for row in plays if isinstance(row.context, str)]
        places = ({f"context_{place}": known.count(place) for place in ("work", "home")}, len(known))
        return count, len(plays), places, sum(moods[row.text] for row in comments), len(comments)

    def entropy(labels):
        return -sum(p * math.log2(p) for p in (labels.count(label) / len(labels) for label in set(labels)))

    def drawn_to(mean, total, n):
        return mean if n + prior == 0 else (total + prior * mean) / (n + prior)

    all_counts, all_plays, (all_places, all_known), all_mood, all_comments = rates(rows)
    result = {}
    for user in sorted({row.user_id for row in rows}):
        mine = [row for row in rows if row.user_id == user]
        plays = [row for row in mine if row.action == "play"]
        visits = len({session[row.event_id] for row in mine})
        hours = sum(row.seconds_played for row in plays) / 3600
        counts, n_plays, (places, n_known), total_mood, n_comments = rates(mine)
        out = {
            "plays": n_plays,
            "hours": hours,
            "active_days": len({row.at.date() for row in mine}),
            "tracks": len({row.track_id for row in plays}),
            "recency_days": (now - max(row.at for row in mine)).total_seconds() / 86_400,
            "breadth_tracks": entropy([row.track_id for row in plays]),
            "breadth_genres": entropy([about.loc[row.track_id, "genre"] for row in plays]),
            "sessions": visits,
            "session_plays": n_plays / visits,
            "session_minutes": hours * 60 / visits,
            "comments": n_comments,
            "mood": drawn_to(all_mood / all_comments, total_mood, n_comments),
        }
        for name, value in counts.items():
            out[name] = drawn_to(all_counts[name] / all_plays, value, n_plays)
        for name, value in places.items():
            out[name] = drawn_to(all_places[name] / all_known, value, n_known)
        result[user] = out
    return result


@pytest.mark.parametrize("until", [None, CUT])
@pytest.mark.parametrize("prior", [0.0, 5.0])
def test_features_against_a_loop(until, prior):
    log, tracks = make_log()
    table = pf.ListenerFeatures(tracks, until=until, prior=prior).fit_transform(log)
    expected = pd.DataFrame(features_by_loop(log, tracks, until, prior)).T
    assert set(table.columns) == set(expected.columns)
    np.testing.assert_allclose(table[expected.columns], expected, atol=1e-9)
    assert table.index.tolist() == expected.index.tolist() and table.index.name == "user_id"


def test_the_future_changes_nothing():
    log, tracks = make_log()
    past = log[log["at"] < CUT]
    future = log[log["at"] >= CUT]
    loud = pd.concat(
        [past, future, future.assign(event_id=future["event_id"] + 10_000, user_id="u3")], ignore_index=True
    )
    features = pf.ListenerFeatures(tracks, until=CUT)
    alone = features.fit_transform(past)
    pd.testing.assert_frame_equal(features.fit_transform(loud), alone)
    pd.testing.assert_frame_equal(features.fit(past).transform(loud), alone)
    assert not pf.ListenerFeatures(tracks).fit_transform(loud).equals(alone)
    pd.testing.assert_frame_equal(
        pf.profile_vectors(loud, tracks, until=CUT), pf.profile_vectors(past, tracks, until=CUT)
    )


def test_fitted_on_the_past_applied_to_the_future():
    log, tracks = make_log()
    new = pd.DataFrame([{"track_id": "new", "kind": "radio", "genre": "late show", "duration_s": 900}])
    later = log[log["at"] >= CUT].copy()
    later.loc[later["action"] == "play", "track_id"] = "new"
    features = pf.ListenerFeatures(pd.concat([tracks, new]), until=CUT).fit(log)
    means = features.means_.copy()
    table = features.set_params(since=CUT, until=None).transform(later)
    assert list(table.columns) == list(features.get_feature_names_out())
    assert "kind_radio" not in table.columns
    assert features.means_ == means
    n = later[later["action"] == "play"].groupby("user_id").size().reindex(table.index, fill_value=0)
    np.testing.assert_allclose(table["kind_music"], 5 * means["kind_music"] / (n + 5))


def test_rows_may_come_in_any_order_and_type():
    log, tracks = make_log()
    expected = pf.ListenerFeatures(tracks).fit_transform(log)
    typed = log.sample(frac=1, random_state=1).astype(
        dict.fromkeys(("user_id", "track_id", "action", "source", "context"), "category")
    )
    typed_tracks = tracks.astype({"kind": "category", "genre": "category"})
    pd.testing.assert_frame_equal(pf.ListenerFeatures(typed_tracks).fit_transform(typed), expected)


def test_features_work_as_a_scikit_learn_transformer():
    log, tracks = make_log()
    features = pf.ListenerFeatures(tracks, until=CUT, prior=2.0)
    copy = clone(features)
    assert copy.get_params()["prior"] == 2.0 and copy.tracks is not None
    pipeline = make_pipeline(copy, StandardScaler()).set_output(transform="pandas")
    table = pipeline.fit_transform(log)
    assert list(table.columns) == list(copy.get_feature_names_out())
    assert table.index.name == "user_id"
    np.testing.assert_allclose(table.mean(), 0, atol=1e-9)


def test_a_listener_who_never_played_gets_the_mean_rates():
    log, tracks = make_log()
    only_search = pd.DataFrame(
        [{"event_id": 9999, "user_id": "new", "at": START, "action": "search", "text": "rain"}]
    )
    both = pd.concat([log, only_search], ignore_index=True).astype({"seconds_played": float})
    for prior in (0.0, 5.0):
        features = pf.ListenerFeatures(tracks, prior=prior)
        row = features.fit_transform(both).loc["new"]
        assert np.isfinite(row).all()
        assert row["plays"] == row["breadth_tracks"] == 0
        assert row["skip_rate"] == pytest.approx(features.means_["skip_rate"])


# ---- segments --------------------------------------------------------------------------------------------------------


def three_groups(seed: int = 0, n: int = 240) -> tuple[pd.DataFrame, np.ndarray]:
    """Listeners of three habits that a log-normal volume, shared by all, drowns in raw units."""
    rng = np.random.default_rng(seed)
    group = rng.integers(3, size=n)
    volume = np.exp(rng.normal(5, 1, n))
    centres = np.array([[0.8, 0.1, 0.1, 3], [0.1, 0.8, 0.1, 6], [0.1, 0.1, 0.8, 9]])[group]
    noise = rng.normal(0, [0.12, 0.12, 0.12, 1.0], (n, 4))
    columns = ["plays", "music", "podcast", "news", "length"]
    return pd.DataFrame(np.column_stack([volume, centres + noise]), columns=columns), group


def test_segments_find_groups_and_shuffled_columns_do_not():
    features, group = three_groups()
    found = pf.segmenter(3, 3).fit_predict(features)
    assert adjusted_rand_score(group, found) > 0.9
    shuffled = pf.shuffle_columns(features)
    for column in features:
        assert sorted(shuffled[column]) == sorted(features[column])
    assert abs(adjusted_rand_score(group, pf.segmenter(3, 3).fit_predict(shuffled))) < 0.1
    from sklearn.cluster import KMeans

    raw = KMeans(3, n_init=10, random_state=0).fit_predict(features)
    assert adjusted_rand_score(group, raw) < 0.2


def test_log_skewed_against_the_definition():
    features, _ = three_groups()
    features["mildly"] = np.linspace(0, 1, len(features)) ** 2
    assert 0.3 < features["mildly"].skew() < 1
    step = pf.LogSkewed().fit(features)
    assert step.skewed_.tolist() == [bool(v > 1) for v in features.skew(axis=0)]
    out = step.transform(features)
    np.testing.assert_allclose(out[:, 0], np.log1p(features["plays"] / features["plays"].mean()))
    np.testing.assert_array_equal(out[:, 1:], features.iloc[:, 1:])
    assert np.isfinite(step.transform(features - 1e6)).all()
    assert step.get_feature_names_out().tolist() == list(features)
    with pytest.raises(ValueError, match="X has 2 columns, fit saw 6"):
        step.transform(features.iloc[:, :2])


def test_stability_is_high_for_groups_and_low_for_noise():
    features, _ = three_groups()
    noise = pd.DataFrame(np.random.default_rng(0).normal(size=(240, 5)))
    real, null = (pf.stability(table, 3, 3, n_seeds=3, n_resamples=4) for table in (features, noise))
    assert list(real.index) == ["seeds", "resamples"]
    assert real.min() > 0.85 and null["resamples"] < 0.6
    pd.testing.assert_series_equal(real, pf.stability(features, 3, 3, n_seeds=3, n_resamples=4))


def test_stability_against_its_definition():
    features, _ = three_groups(n=60)
    runs = [pf.segmenter(4, 2, seed).fit_predict(features.to_numpy()) for seed in (3, 4, 5)]
    pairs = [adjusted_rand_score(runs[a], runs[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert pf.stability(features, 4, 2, n_seeds=3, n_resamples=2, random_state=3)["seeds"] == pytest.approx(
        np.mean(pairs)
    )


def test_segments_are_found_on_one_thread_and_the_setting_comes_back(monkeypatch):
    seen = []
    for name in ("fit", "predict"):
        own = getattr(pf.KMeans, name)

        def spied(self, *given, own=own, **named):
            seen.append(max(pool["num_threads"] for pool in threadpool_info()))
            return own(self, *given, **named)

        monkeypatch.setattr(pf.KMeans, name, spied)
    features, _ = three_groups(n=60)
    with threadpool_limits(2):
        before = [pool["num_threads"] for pool in threadpool_info()]
        assert max(before) == 2
        model = pf.segmenter(3, 3)
        for use in (model.fit, model.fit_predict, lambda X: pf.stability(X, 3, 3, 2, 2)):
            use(features)
            assert seen and set(seen) == {1}
            assert [pool["num_threads"] for pool in threadpool_info()] == before
            seen.clear()
    assert isinstance(clone(model), pf.OneThread) and model[:-1].transform(features).shape == (60, 3)


# ---- vectors ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ev.RECIPES)
def test_profile_vectors_against_a_loop(how):
    log, tracks = make_log()
    vectors = pf.track_vectors(tracks)
    liked = ev.preference(log, how, tracks)
    profiles = pf.profile_vectors(log, tracks, how=how)
    for user, rows in liked.groupby("user_id"):
        mean = sum(row.strength * vectors.loc[row.track_id].to_numpy() for row in rows.itertuples())
        np.testing.assert_allclose(profiles.loc[user], mean / np.linalg.norm(mean), atol=1e-12)
    np.testing.assert_allclose(np.linalg.norm(profiles, axis=1), 1)
    assert profiles.index.tolist() == sorted(liked["user_id"].unique())


# ---- bad input -------------------------------------------------------------------------------------------------------

LOG, TRACKS = make_log()
BAD_CALLS = [
    (lambda: pf.ListenerFeatures(TRACKS).fit(LOG.drop(columns="source")), "events has no column 'source'"),
    (lambda: pf.ListenerFeatures(TRACKS.drop(columns="genre")).fit(LOG), "tracks has no column 'genre'"),
    (lambda: pf.ListenerFeatures().fit(LOG), "tracks must be a pandas DataFrame, not a NoneType"),
    (lambda: pf.ListenerFeatures(TRACKS).fit(LOG.iloc[:0]), "events has no rows"),
    (lambda: pf.ListenerFeatures(TRACKS, until="2020-01-01").fit(LOG), "No event from since=None until='2020"),
    (lambda: pf.ListenerFeatures(TRACKS, until="never").fit(LOG), "'never' is not a moment in time"),
    (lambda: pf.ListenerFeatures(TRACKS, prior=-1).fit(LOG), "prior=-1 is negative"),
    (lambda: pf.ListenerFeatures(TRACKS, gap="long").fit_transform(LOG), "gap='long' is not a span of time"),
    (lambda: pf.ListenerFeatures(TRACKS).fit(LOG.assign(at=LOG["at"].dt.tz_localize(None))), "has no time zone"),
    (lambda: pf.ListenerFeatures(TRACKS).fit(LOG.assign(at=LOG["at"].dt.tz_convert("Asia/Tokyo"))), "zone Asia/Tokyo"),
    (lambda: pf.stability(three_groups()[0], n_seeds=1), "A pair needs two"),
    (lambda: pf.profile_vectors(LOG, TRACKS, ("smell",)), r"parts=\('smell',\): choose among 'audio', 'tags'"),
    (lambda: pf.profile_vectors(LOG, TRACKS.iloc[:5]), "plays the track 't05', which tracks lacks"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "sentence"), BAD_CALLS)
def test_a_bad_call_is_refused_with_its_mend(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
