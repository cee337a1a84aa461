"""The log: what is planted is planted as it is described, and everything else is clean."""

from __future__ import annotations

import csv
import gzip
from collections import Counter

import numpy as np
import pandas as pd
import pytest

START = pd.Timestamp("2026-01-05T00:00:00Z")


@pytest.fixture(scope="module")
def spoilt(murmur) -> pd.DataFrame:
    """Every spoilt row with its kind; of an exact copy, original and copy."""
    return murmur.events.merge(murmur.truth["defects"], on="event_id", how="inner").astype(
        {"user_id": object, "track_id": object}
    )


def test_columns_are_those_of_the_design(murmur):
    assert list(murmur.events) == ["event_id", "user_id", "track_id", "at", "action", "seconds_played", "source",
                                   "position", "context", "text"]  # fmt: skip


def test_event_ids_ascend_without_gaps_and_repeat_only_for_exact_copies(murmur):
    ids, first = murmur.events["event_id"].to_numpy(), murmur.events.drop_duplicates("event_id")
    assert np.array_equal(first["event_id"], np.arange(1, len(first) + 1))
    defects = murmur.truth["defects"]
    copies = defects.loc[defects["kind"] == "exact_duplicate", "event_id"]
    counts = Counter(ids.tolist())
    assert sorted(i for i, n in counts.items() if n > 1) == sorted(copies)
    assert murmur.events.duplicated().sum() == len(copies)


def test_each_kind_of_dirt_is_what_its_description_says(murmur, spoilt):
    tracks, users = murmur.tracks.set_index("track_id"), set(murmur.users["user_id"])
    of = dict(list(spoilt.groupby("kind")))
    assert not of["unknown_track"]["track_id"].isin(tracks.index).any()
    assert not of["unknown_user"]["user_id"].isin(users).any()
    assert (of["negative_seconds"]["seconds_played"] < 0).all()
    over = of["overlong_seconds"]
    assert (over["seconds_played"] > 1.5 * tracks.loc[over["track_id"], "duration_s"].to_numpy() + 59).all()
    assert (
        of["missing_seconds"]["seconds_played"].isna().all()
        and (of["missing_seconds"]["action"] == "play").all()
    )


def test_a_retry_is_the_same_again_seconds_later(murmur, spoilt):
    retries = spoilt[spoilt["kind"] == "retry_duplicate"]
    same = ["user_id", "track_id", "action", "seconds_played", "source", "position", "text"]
    first = murmur.events[~murmur.events["event_id"].isin(retries["event_id"])].astype(
        {"user_id": object, "track_id": object}
    )
    pairs = retries.merge(first, on=same, suffixes=("", "_first"))
    gap = (pairs["at"] - pairs["at_first"]).dt.total_seconds()
    near = pairs[gap.between(1, 8) & (pairs["event_id"] > pairs["event_id_first"])]
    assert set(near["event_id"]) == set(retries["event_id"])


def test_rows_without_a_defect_are_clean(murmur, clean):
    plays = clean[clean["action"] == "play"].merge(
        murmur.tracks[["track_id", "duration_s"]], on="track_id", how="left"
    )
    assert plays["duration_s"].notna().all()
    assert plays["seconds_played"].between(1, plays["duration_s"]).all()
    assert clean["at"].is_monotonic_increasing
    assert clean["at"].between(START - pd.Timedelta("1h"), START + pd.Timedelta("14D")).all()
    assert clean.loc[clean["action"] != "play", "seconds_played"].isna().all()
    assert clean.loc[clean["action"].isin(["comment", "search"]), "text"].notna().all()
    assert clean.loc[clean["action"].isin(["play", "like"]), "text"].isna().all()
    assert (clean["track_id"].isna() == (clean["action"] == "search")).all()
    assert not clean[clean["action"] == "like"].duplicated(["user_id", "track_id"]).any()


def test_no_play_begins_before_the_last_has_ended(murmur, clean):
    plays = clean[clean["action"] == "play"].sort_values(["user_id", "at"], kind="stable")
    ends = plays["at"] + pd.to_timedelta(plays["seconds_played"], unit="s")
    gap = (plays["at"] - ends.groupby(plays["user_id"], observed=True).shift()).dropna()
    assert (gap >= pd.Timedelta(0)).all()


def test_clocks_are_wrong_for_a_whole_session_and_by_hours(world):
    world = type(world)(users=400, weeks=2, tracks=600)
    from recsys_helpers.simulator import log

    buckets = log.Buckets(2)
    for _ in world.write_log(buckets):
        pass
    rows = np.concatenate([buckets.day(d) for d in range(14)])
    skewed = rows[rows["defect"] == log.KINDS_OF_DEFECT.index("clock_skew")]
    assert len(skewed) > 20
    assert (np.abs(skewed["at"] - skewed["arrive"]) >= 7_200).all()
    late = rows[rows["defect"] == log.KINDS_OF_DEFECT.index("late")]
    assert ((late["arrive"] - late["at"] >= 10) & (late["arrive"] - late["at"] <= 1_200)).all()
    rest = rows[(rows["defect"] < 0)]
    assert (rest["arrive"] == rest["at"]).all()


def test_nobody_listens_before_joining_or_to_what_is_not_out(murmur, clean):
    plays = (
        clean[clean["action"] == "play"].merge(murmur.users, on="user_id").merge(murmur.tracks, on="track_id")
    )
    assert (plays["at"] >= plays["joined"]).all()
    assert (plays["at"] >= plays["released"]).all()


def test_comments_have_their_truth_and_read_like_it(murmur, clean):
    said = clean[clean["action"] == "comment"].merge(murmur.truth["comments"], on="event_id", how="left")
    assert said["mood"].notna().all()
    plain = said[said["wording"] == "plain"]
    cheerful = plain["text"].str.contains(r"\b(?:love|great|perfect|good|nice|best|warm|happy)")
    assert not cheerful[plain["mood"] == "negative"].any()
    assert cheerful[plain["mood"] == "positive"].mean() > 0.3


def test_bots_are_at_it_all_day_with_a_few_tracks(murmur):
    bots = murmur.truth["listeners"].query("account == 'bot'")["user_id"]
    plays = murmur.events[(murmur.events["action"] == "play") & murmur.events["user_id"].isin(bots)]
    lifted = murmur.truth["tracks"].query("lift.notna()", engine="python")["track_id"]
    assert plays["track_id"].isin(lifted).mean() > 0.7
    assert plays["at"].dt.hour.isin(range(6)).any() and plays["at"].dt.hour.nunique() >= 8


def test_the_file_is_plain_csv(folder, murmur):
    """Read with the csv module alone: the same number of rows, every one as wide as the header, times in one shape."""
    with gzip.open(folder / "events.csv.gz", "rt", encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert len(rows) == len(murmur.events)
    assert {len(row) for row in rows} == {len(head)}
    assert all(len(row[3]) == 20 and row[3][10] == "T" and row[3][19] == "Z" for row in rows)
    assert (folder / "events.csv.gz").read_bytes()[
        4:8
    ] == b"\0\0\0\0"  # no time of writing in the gzip header
