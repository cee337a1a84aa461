"""Spark: it removes, counts and sums what pandas does, and its factors are best where ours would be."""

from __future__ import annotations

import importlib
import os
import signal
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import clean, preference
from recsys_helpers.extras import missing
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ImplicitALS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing("spark")) or bool(missing("large")), reason=f"Spark: {missing('spark')}"),
]
if not missing("spark") and not missing("large"):
    spark = importlib.import_module("recsys_helpers.scale.spark")
    scale = importlib.import_module("recsys_helpers.scale")
    columns = importlib.import_module("recsys_helpers.scale.columns")
    from pyspark.sql import functions as F

    from tests.scale.test_columns import TRACKS, USERS, small


@pytest.fixture(scope="module", autouse=True)
def ended():
    yield
    spark.stop()


@pytest.fixture
def session():
    """The one that runs, or another where a test has ended it: tests may come in any order."""
    return spark.start("local[2]")


@pytest.fixture(scope="module")
def murmur():
    return load_murmur()


@pytest.fixture(scope="module")
def files(murmur, tmp_path_factory):
    folder = tmp_path_factory.mktemp("spark")
    return {
        name: scale.write_parquet(getattr(murmur, name), folder / f"{name}.parquet")
        for name in ("events", "tracks", "users")
    }


def test_rows_and_strengths_are_those_of_pandas(session, murmur, files):
    rows, table = spark.clean(session, files["events"], files["tracks"], files["users"])
    kept, report = clean(murmur.events, murmur.tracks, murmur.users, columns.ON_DISK)
    pd.testing.assert_frame_equal(table, report.table.loc[list(table.index)], check_dtype=False)
    ids = [row[0] for row in rows.select("event_id").orderBy("at", "event_id").collect()]
    assert ids == kept["event_id"].tolist()
    found = spark.fetch(
        spark.listened(session, rows, files["tracks"])
        .orderBy("user_id", "track_id")
        .withColumn("last_at", F.unix_micros("last_at"))
    )
    expected = preference(kept, "listened", murmur.tracks)
    assert len(found) == len(expected) > 90_000
    for column in ("user_id", "track_id"):
        assert found[column].tolist() == expected[column].tolist()
    np.testing.assert_allclose(found["strength"], expected["strength"], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(found["confidence"], expected["confidence"])
    assert (found["last_at"] == expected["last_at"].dt.as_unit("us").astype("int64")).all()


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"seconds_played": [np.nan, -1.0, -1.0, 0.0]},
        {"seconds_played": [30.0, 30.0, np.nan, 205.5]},
        {"user_id": ["al", None, "stranger", "bo"]},
        {"track_id": ["a", None, "b", "b"]},
        {"action": ["play", "hum", None, "like"]},
        {"action": ["comment", "search", "search", "like"]},
        {"event_id": [1, 1, 3, 4], "at": pd.to_datetime(["2026-03-01 08:00:00"] * 4, utc=True)},
    ],
)
def test_small_logs_agree_at_their_edges(session, tmp_path, changes):
    log = small(**changes)
    paths = [
        scale.write_parquet(frame, tmp_path / f"{name}.parquet")
        for name, frame in (("events", log), ("tracks", TRACKS), ("users", USERS))
    ]
    rows, table = spark.clean(session, *paths)
    kept, report = clean(log, TRACKS, USERS, columns.ON_DISK)
    assert table["rows"].to_dict() == report.table["rows"].reindex(table.index).to_dict()
    ids = [row[0] for row in rows.orderBy("at", "event_id").select("event_id").collect()]
    assert sorted(ids) == sorted(kept["event_id"].tolist())


def test_a_file_of_others_may_hold_nan(session, tmp_path):
    """For Spark NaN is the largest number, so a rule on seconds would keep what pandas drops."""
    log = small(action=["play"] * 4, track_id=["a"] * 4, seconds_played=[30.0, np.nan, np.nan, 60.0])
    frame = session.createDataFrame(
        [
            tuple(row)
            for row in log[["event_id", "user_id", "track_id", "seconds_played"]].itertuples(index=False)
        ],
        "event_id long, user_id string, track_id string, seconds_played double",
    )
    assert frame.where("seconds_played >= 0").count() == 4, "or this test is about nothing"
    paths = [
        scale.write_parquet(table, tmp_path / f"{name}.parquet")
        for name, table in (("events", log), ("tracks", TRACKS), ("users", USERS))
    ]
    events = (
        session.read.parquet(str(paths[0]))
        .drop("seconds_played")
        .join(frame.select("event_id", "seconds_played"), "event_id")
    )
    rows, table = spark.clean(session, events, *paths[1:])
    assert table["rows"]["impossible_values"] == 2
    assert sorted(row[0] for row in rows.select("event_id").collect()) == [1, 4]
    with_nan = spark.fetch(spark.listened(session, events, paths[1]).orderBy("user_id"))
    assert with_nan["strength"].round(6).tolist() == [round(0.15 / 1.15, 6), round(0.3 / 1.3, 6)]


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        (lambda session, table: spark.start(None), "master=None"),
        (lambda session, table: spark.start(settings=[1]), "settings=.1,.: give an address and a dictionary"),
        (lambda session, table: spark.als(None), "strengths is no table of Spark's"),
        (
            lambda session, table: spark.als(pd.DataFrame({"user_id": ["a"]})),
            "strengths is no table of Spark's",
        ),
        (lambda session, table: spark.als(table, random_state="x"), "random_state='x': give a whole number"),
        (lambda session, table: spark.als(table, random_state=1.5), "random_state=1.5: give a whole number"),
        (lambda session, table: spark.als(table, random_state=2**70), "random_state=.*: give at most"),
        (lambda session, table: spark.als(table), "1 rows of strengths have no user_id or no track_id"),
        (
            lambda session, table: spark.clean(session, None, TRACKS, USERS),
            "events is neither a path nor a table",
        ),
        (lambda session, table: spark.clean(session, table, table, table, None), "None is not done on Spark"),
    ],
)
def test_arguments_that_cannot_be_are_said(session, asks, says):
    table = session.createDataFrame(
        [("al", "a", 0.5), (None, "a", 0.5)], "user_id string, track_id string, strength double"
    )
    with pytest.raises(ValueError, match=says):
        asks(session, table)


def test_a_table_of_tracks_of_others_may_hold_nan(session, tmp_path):
    """A play of a track whose duration is NaN counts as heard for nothing, as in pandas, and not as heard in full."""
    log = small(
        action=["play"] * 4, track_id=["a", "b", "b", "a"], seconds_played=[30.0, 50.0, 100_000.0, 60.0]
    )
    tracks = session.createDataFrame(
        [("a", 200.0), ("b", float("nan"))], "track_id string, duration_s double"
    )
    events, users = (
        scale.write_parquet(table, tmp_path / f"{name}.parquet") for name, table in (("e", log), ("u", USERS))
    )
    rows, _ = spark.clean(session, events, tracks, users)
    there = pd.DataFrame({"track_id": ["a", "b"], "duration_s": [200.0, np.nan]})
    kept, _ = clean(log, there, USERS, columns.ON_DISK)
    assert (
        sorted(row[0] for row in rows.select("event_id").collect()) == sorted(kept["event_id"]) == [1, 2, 4]
    )
    found = spark.fetch(spark.listened(session, rows, tracks).orderBy("user_id", "track_id"))
    assert (
        found["strength"].round(9).tolist()
        == preference(kept, "listened", there)["strength"].round(9).tolist()
    )


@pytest.fixture(scope="module")
def pairs():
    rng = np.random.default_rng(0)
    cells = rng.choice(60 * 40, 700, replace=False)
    return Interactions.from_frame(
        pd.DataFrame(
            {
                "user_id": [f"u{n:02}" for n in cells // 40],
                "track_id": [f"t{n:02}" for n in cells % 40],
                "strength": rng.uniform(0.1, 0.9, len(cells)).round(3),
            }
        ),
        value="strength",
    )


def table_of(session, pairs):
    rows = [(user, item, float(value)) for user, item, value in pairs.to_frame().itertuples(index=False)]
    return session.createDataFrame(rows, "user_id string, track_id string, strength double")


@pytest.fixture
def strengths(session, pairs):
    return table_of(session, pairs)


@pytest.fixture(scope="module")
def found(pairs):
    return spark.als(table_of(spark.start("local[2]"), pairs), 5, 4, regularization=0.2, alpha=6.0)


def test_the_listeners_are_solved_under_our_objective(found, pairs):
    """Row by row in float64: (Q^T C_u Q + 0.2 n_u I) p = Q^T C_u y, with C_u = 1 + alpha v / m."""
    assert found.users.equals(pairs.users) and found.items.equals(pairs.items)
    dense, factors = pairs.matrix.toarray(), found.item_factors.astype(float)
    assert found.mean_value == pytest.approx(dense[dense > 0].mean())
    for u, row in enumerate(dense):
        confidence = 1 + 6.0 * row / dense[dense > 0].mean()
        left = factors.T @ (confidence[:, None] * factors) + 0.2 * (row > 0).sum() * np.eye(5)
        expected = np.linalg.solve(left, factors.T @ (confidence * (row > 0)))
        np.testing.assert_allclose(found.user_factors[u], expected, atol=2e-4)


def test_our_model_takes_them_and_finds_as_low_an_objective(found, pairs):
    settings = {"regularization": 0.2, "alpha": 6.0, "count_power": 1.0}
    model = ImplicitALS.from_factors(pairs, found.user_factors, found.item_factors, **settings)
    np.testing.assert_allclose(model.fold_in(pairs).user_factors_, found.user_factors, atol=2e-4)
    ours = ImplicitALS(5, 4, **settings).fit(pairs)
    assert model.objective(pairs) == pytest.approx(ours.objective(pairs), rel=0.05)
    at_absolute = ImplicitALS.from_factors(
        pairs, found.user_factors, found.item_factors, regularization=0.2, alpha=6.0
    )
    assert np.abs(at_absolute.fold_in(pairs).user_factors_ - found.user_factors).max() > 0.05


def test_the_same_parts_give_the_same_model_and_others_another(strengths, found):
    again = spark.als(strengths, 5, 4, regularization=0.2, alpha=6.0, random_state=0)
    scores = [one.user_factors @ one.item_factors.T for one in (found, again)]
    np.testing.assert_allclose(*scores, atol=1e-4)
    for settings in ({"blocks": 3}, {"random_state": 1}):
        other = spark.als(strengths, 5, 4, regularization=0.2, alpha=6.0, **settings)
        assert np.abs(other.user_factors @ other.item_factors.T - scores[0]).max() > 1e-3


def test_what_cannot_be_done_is_said(session, files, strengths, tmp_path):
    with pytest.raises(ValueError, match="'bots' is not done on Spark: choose among exact_duplicates"):
        spark.clean(session, files["events"], files["tracks"], files["users"], ("bots",))
    with pytest.raises(ValueError, match="is not there: write it first"):
        spark.clean(session, tmp_path / "none.parquet", files["tracks"], files["users"])
    with pytest.raises(ValueError, match="events has no column 'event_id'. It has: .*duration_s"):
        spark.clean(session, files["tracks"], files["tracks"], files["users"])
    events = session.read.parquet(str(files["events"]))
    for name in ("user_id", "track_id", "at", "action", "seconds_played"):
        with pytest.raises(ValueError, match=f"^events has no column '{name}'"):
            spark.listened(session, events.drop(name), files["tracks"])
        with pytest.raises(ValueError, match=f"^events has no column '{name}'"):
            spark.clean(session, events.drop(name), files["tracks"], files["users"])
    for name in ("track_id", "duration_s"):
        tracks = session.read.parquet(str(files["tracks"])).drop(name)
        with pytest.raises(ValueError, match=f"^tracks has no column '{name}'"):
            spark.listened(session, events, tracks)
        with pytest.raises(ValueError, match=f"^tracks has no column '{name}'"):
            spark.clean(session, events, tracks, files["users"])
    with pytest.raises(ValueError, match="^users has no column 'user_id'"):
        spark.clean(session, events, files["tracks"], files["tracks"])
    (tmp_path / "half.parquet").write_bytes(files["users"].read_bytes()[:-9])
    with pytest.raises(ValueError, match="cannot be read as Parquet: write it anew"):
        spark.clean(session, files["events"], files["tracks"], tmp_path / "half.parquet")
    with pytest.raises(ValueError, match="events has no rows"):
        empty = scale.write_parquet(small().iloc[:0], tmp_path / "empty.parquet")
        spark.clean(session, empty, files["tracks"], files["users"])
    with pytest.raises(ValueError, match="blocks=0: give a whole number, 1 or more"):
        spark.als(strengths, blocks=0)
    for name in ("user_id", "track_id", "strength"):
        with pytest.raises(ValueError, match=f"^strengths has no column '{name}'"):
            spark.als(strengths.drop(name))
    with pytest.raises(
        ValueError, match="The mean of the strengths above 0 is None: ALS has nothing to learn"
    ):
        spark.als(strengths.where("strength < 0"))
    with pytest.raises(
        ValueError, match="The mean of the strengths above 0 is inf: ALS has nothing to learn"
    ):
        spark.als(strengths.withColumn("strength", F.lit(float("inf"))))
    with pytest.raises(
        ValueError, match="The mean of the strengths above 0 is nan: ALS has nothing to learn"
    ):
        spark.als(strengths.withColumn("strength", F.lit(float("nan"))))
    nan = session.createDataFrame(
        [("u00", "t00", float("nan"))], "user_id string, track_id string, strength double"
    )
    with pytest.raises(ValueError, match="is nan: ALS has nothing to learn"):
        spark.als(strengths.where("user_id > 'u00'").union(nan))


def test_a_session_is_one_and_what_it_said_stays_away(session, capfd):
    assert spark.start("local[2]") is session
    session.range(10).repartition(3).count()
    said = capfd.readouterr()
    assert (said.out, said.err) == ("", "")


def test_a_session_has_the_settings_that_results_hang_on(session):
    """Parts, time zone, one machine alone; what it writes lies in a folder that ends with it."""
    settings = dict(session.sparkContext.getConf().getAll())
    expected = {
        "spark.master": "local[2]",
        "spark.app.name": "murmur",
        "spark.driver.memory": "2g",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.default.parallelism": "4",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "false",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
    }
    assert {name: settings.get(name) for name in expected} == expected
    assert session.sparkContext._gateway is spark._running["gateway"], (
        "its Java is the one that prints into a file"
    )
    folder = Path(settings["spark.local.dir"])
    assert folder.name.startswith("murmur-spark-") and (folder / "java.log").is_file()
    assert settings["spark.sql.warehouse.dir"].endswith(f"{folder.as_posix()}/warehouse")
    other = spark.start("local[1]", partitions=3, memory="1g", settings={"spark.app.name": "another"})
    assert other is not session and not folder.exists()
    settings = dict(other.sparkContext.getConf().getAll())
    changed = {
        "spark.master": "local[1]",
        "spark.app.name": "another",
        "spark.driver.memory": "1g",
        "spark.default.parallelism": "3",
        "spark.sql.shuffle.partitions": "3",
    }
    assert {name: settings.get(name) for name in expected} == expected | changed
    with pytest.raises(ValueError, match="partitions=0: give a whole number, 1 or more"):
        spark.start(partitions=0)
    assert spark._running["session"] is other, "what cannot be leaves what runs"


def test_an_address_that_is_none_is_told_and_leaves_nothing():
    with pytest.raises(
        ValueError, match="does not start with master 'nowhere': .*Master must either be yarn or"
    ):
        spark.start("nowhere")
    with pytest.raises(ValueError, match=r"does not start with master 'local\[2\]': .*maximum heap"):
        spark.start(memory="1k")
    spark.stop()
    spark.stop()
    assert spark.start("local[2]").range(3).count() == 3
    spark.stop()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("wait", [False, True])
def test_a_java_that_died_is_left_behind(session, wait):
    """At once, or when its address answers nobody any more."""
    java = spark._running["gateway"].proc
    os.kill(java.pid, signal.SIGKILL)
    if wait:
        java.wait(60)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # pyspark says that its Java is gone
        spark.stop()
    again = spark.start("local[2]")
    assert again is not session and again.range(3).count() == 3
