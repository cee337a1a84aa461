"""Accounts that no person is behind, against plain loops and made-up programs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import events as ev
from tests.events.logs import START, make_log


def people_and_programs(seed: int = 0, people: int = 60, programs: int = 3) -> tuple[pd.DataFrame, set[str]]:
    """Three weeks of people (at their hour, tracks heard for as long as they please) and of programs (a timer)."""
    rng = np.random.default_rng(seed)
    rows = []
    for person in range(people):
        taste = rng.dirichlet(np.full(200, 0.2))
        hour = rng.uniform(6, 22)
        for day in range(21):
            if rng.random() < 0.3:
                continue
            at = START.normalize() + pd.Timedelta(days=day, hours=float(hour + rng.normal(0, 0.7)))
            for _ in range(rng.integers(4, 16)):
                seconds = float(rng.integers(5, 240))
                rows.append((f"p{person:02d}", f"t{rng.choice(200, p=taste)}", at, seconds))
                at += pd.Timedelta(seconds=seconds + float(rng.integers(0, 5)))
    for program in range(programs):
        for _ in range(70):
            at = START.normalize() + pd.Timedelta(hours=float(rng.uniform(0, 21 * 24)))
            for _ in range(8):
                track = rng.integers(190, 196) if rng.random() < 0.8 else rng.integers(200)
                rows.append((f"z{program}", f"t{track}", at, 31.0))
                at += pd.Timedelta(seconds=float(rng.integers(31, 41)))
    log = pd.DataFrame(rows, columns=["user_id", "track_id", "at", "seconds_played"]).sort_values(
        "at", ignore_index=True
    )
    log["at"] = log["at"].dt.floor("s")
    return log.assign(event_id=range(len(log)), action="play", source="home", text=None), {
        f"z{i}" for i in range(programs)
    }


def test_programs_are_told_from_people():
    log, programs = people_and_programs()
    met = ev.bots(log)
    assert set(log["user_id"][met]) == programs
    assert met.sum() == log["user_id"].isin(programs).sum()
    table = ev.account_signs(log)
    assert table.index.is_monotonic_increasing
    assert table.loc[sorted(programs), "lifted"].min() > 0.6
    assert table.drop(index=sorted(programs))["signs"].max() < 3


def test_a_shy_program_is_known_by_its_company():
    """It plays at a person's pace and hour, half of it for cover: nothing but the tracks it lifts gives it away."""
    log, programs = people_and_programs()
    shy = log[log["user_id"] == "p00"].copy()
    half = np.arange(len(shy)) % 2 == 0
    lifted = [f"t{190 + i % 6}" for i in range(half.sum())]
    log.loc[shy.index[half], "track_id"] = lifted
    assert set(log["user_id"][ev.bots(log)]) == programs | {"p00"}
    alone = log[~log["user_id"].isin(programs)]
    assert not ev.bots(alone).any()


def test_the_signs_of_an_account_against_a_plain_loop():
    log, _ = people_and_programs(seed=1, people=8, programs=1)
    table = ev.account_signs(log)
    for account, rows in log.groupby("user_id"):
        times = sorted(rows["at"])
        gaps = [(b - a).total_seconds() for a, b in zip(times, times[1:], strict=False)]
        low, middle, high = np.percentile([gap for gap in gaps if gap <= 1800], [25, 50, 75])
        hours = rows["at"].dt.hour.value_counts(normalize=True)
        assert table.loc[account, "plays"] == len(rows)
        assert table.loc[account, "per_hour"] == pytest.approx(3600 / middle)
        assert table.loc[account, "spread"] == pytest.approx((high - low) / middle)
        assert table.loc[account, "top_share"] == pytest.approx(
            rows["track_id"].value_counts()[:5].sum() / len(rows)
        )
        assert table.loc[account, "hours"] == pytest.approx(2 ** -sum(p * math.log2(p) for p in hours))
        on_lifted = 0
        for track in rows["track_id"]:
            others = log[(log["track_id"] == track) & (log["user_id"] != account)]["user_id"]
            on_lifted += (others == "z0").sum() > len(others) / 2
        assert table.loc[account, "lifted"] == pytest.approx(on_lifted / len(rows))


def test_bots_without_plays_or_with_few_are_not_judged():
    assert not ev.bots(make_log([{}])).any()
    assert not ev.bots(make_log([{"user_id": "u1"}, {"at": START + pd.Timedelta(days=9)}])).any()
    likes = make_log([{"action": "like", "seconds_played": np.nan}] * 3)
    assert not ev.bots(likes).any()
    log, programs = people_and_programs()
    few = log[log["user_id"].isin(programs)].groupby("user_id").head(30)
    assert not ev.bots(few).any()


def test_isolation_forest_finds_the_share_it_is_told():
    log, programs = people_and_programs()
    met = ev.isolation_forest_bots(log, share=3 / 63)
    assert set(log["user_id"][met]) == programs
    with pytest.raises(ValueError, match="share=0.9"):
        ev.isolation_forest_bots(log, share=0.9)
