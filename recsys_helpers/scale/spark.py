"""The same steps on Spark: a log cleaned, turned into strengths and factorised, here or on a cluster.

It teaches no model of its own: what ``als`` finds is what ``models.ImplicitALS`` looks for, and is served by it. All
that differs between a laptop and a cluster is the address that ``start`` is given.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from recsys_helpers.columns import show
from recsys_helpers.events import RULES
from recsys_helpers.events.tables import ACTIONS, LOG
from recsys_helpers.extras import missing
from recsys_helpers.models.checks import check_number
from recsys_helpers.scale.columns import DAY, ON_DISK, RETRY, SLACK, chosen_rules

with warnings.catch_warnings():
    # It does not know pandas 3 yet. Nothing here hands it a table of pandas, or takes one.
    warnings.simplefilter("ignore", FutureWarning)
    try:
        from py4j.protocol import Py4JJavaError
        from pyspark import SparkConf, SparkContext
        from pyspark.errors import AnalysisException
        from pyspark.java_gateway import launch_gateway
        from pyspark.ml.recommendation import ALS
        from pyspark.sql import Column, DataFrame, SparkSession, Window
        from pyspark.sql import functions as F
        from pyspark.testing import utils as _  # noqa: F401 (a table's class imports it later, with the same warning)
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError(f"recsys_helpers.scale.spark needs Spark: {missing('spark')}.") from error

Table: TypeAlias = str | os.PathLike[str] | DataFrame
# what a retry repeats, as in events.cleaning
COPIES = ("user_id", "track_id", "action", "seconds_played", "text")

TRACE = re.compile(r"at \S+\(|\.\.\. \d+ more")  # lines of Java's trace

# the session of this process with its settings and its folder, while there is one
_running: dict[str, Any] = {}


def start(
    master: str = "local[2]",
    *,
    partitions: int = 4,
    memory: str = "2g",
    settings: Mapping[str, str] | None = None,
) -> SparkSession:
    """A session of Spark on this machine ("local[2]": two threads) or on a cluster ("spark://host:7077").

    partitions : parts into which rows are dealt whenever they are shuffled. The number is pinned: sums of floats and
        first factors hang on it. memory : of the driver's Java, fixed while it runs. settings : others of Spark's, by
        their names.

    What Java prints goes to a file and not into a notebook. Another call with the same settings gives the same session,
    with others it starts a new one in its place; ``stop`` ends it. Raises ValueError where Spark does not start.
    """
    check_number("partitions", partitions, 1, whole=True)
    if not isinstance(master, str) or not isinstance(settings, Mapping | None):
        raise ValueError(
            f"master={show(master)}, settings={show(settings)}: give an address and a dictionary, or None."
        )
    local = master.startswith("local")
    wanted = {
        "spark.master": master,
        "spark.app.name": "murmur",
        "spark.driver.memory": memory,
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.default.parallelism": str(partitions),
        "spark.sql.shuffle.partitions": str(partitions),
        "spark.sql.adaptive.enabled": "false",  # it would put small parts together, as it finds them
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.pyspark.enabled": "false",  # pyarrow is not asked for
        **({"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"} if local else {}),
        **(settings or {}),
    }
    if _running.get("settings") == wanted:
        running: SparkSession = _running["session"]
        return running
    stop()
    if lack := missing("spark"):
        raise ValueError(f"Spark does not start here: {lack}.")
    folder = Path(tempfile.mkdtemp(prefix="murmur-spark-"))
    conf = SparkConf(loadDefaults=False).setAll(
        [
            *wanted.items(),
            ("spark.local.dir", str(folder)),
            ("spark.sql.warehouse.dir", str(folder / "warehouse")),
        ]
    )
    log = folder / "java.log"
    launch: Any = launch_gateway  # without types
    gateway = None
    try:
        with open(log, "w", encoding="utf-8") as out:
            gateway = launch(conf, {"stdout": out, "stderr": subprocess.STDOUT})
        session = SparkSession(SparkContext(conf=conf, gateway=gateway))
    except Exception as error:
        printed = (
            log.read_text(encoding="utf-8", errors="replace") if gateway is None and log.is_file() else ""
        )
        _end(gateway, folder)
        # Where Java ended before it answered, it says why; below that stands where in its code it happened.
        said = [line for line in map(str.strip, printed.splitlines()) if line and not TRACE.match(line)]
        why = said[-1] if said else str(error).strip().partition("\n")[0]
        raise ValueError(f"Spark does not start with master {master!r}: {why}") from None
    session.sparkContext.setLogLevel("ERROR")
    _running.update(settings=wanted, session=session, gateway=gateway, folder=folder)
    return session


def stop() -> None:
    """End the session that ``start`` began, its Java and its scratch files; nothing where there is none."""
    if not _running:
        return
    session, gateway, folder = _running["session"], _running["gateway"], _running["folder"]
    _running.clear()
    with contextlib.suppress(Exception):  # a Java that died has nothing left to stop
        session.stop()
    server = getattr(session.sparkContext, "_accumulatorServer", None)
    if server is not None:  # stop broke off before it ended this thread
        server.shutdown()
    _end(gateway, folder)


def _end(gateway: Any, folder: Path) -> None:
    if gateway is not None:
        with contextlib.suppress(Exception):
            gateway.shutdown()
        SparkContext._gateway = SparkContext._jvm = SparkContext._active_spark_context = None
        SparkSession._instantiatedSession = SparkSession._activeSession = None
        process = getattr(gateway, "proc", None)
        if process is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()  # Java ends when nobody holds the other end
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    shutil.rmtree(folder, ignore_errors=True)


# ---- the log ---------------------------------------------------------------------------------------------------------


def clean(
    session: SparkSession, events: Table, tracks: Table, users: Table, rules: Iterable[str] = ON_DISK
) -> tuple[DataFrame, pd.DataFrame]:
    """The rows of a log that can be trusted, and a table of the rows that each rule met; as ``clean_parquet``.

    events, tracks, users : Parquet files (or folders of them) or tables of Spark's, of the shapes of the log's tables.

    Returns (the rows that stay, in no order and not computed before they are asked for; DataFrame[outcome, rows, share]
    by rule). Raises ValueError for a rule that is not of ``ON_DISK``, a missing column, or a file that is not there.
    """
    chosen = chosen_rules(rules, "on Spark")
    log = _table(session, events, "events", LOG)
    known_tracks = _one_each(
        _table(session, tracks, "tracks", ("track_id", "duration_s")), "track_id", "duration_s"
    )
    known_users = _one_each(_table(session, users, "users", ("user_id",)), "user_id")
    rows = (
        log.withColumn("seconds_played", _no_nan("seconds_played"))
        .join(known_tracks, "track_id", "left")
        .join(known_users, "user_id", "left")
        .withColumn("rule", F.lit(None).cast("string"))
    )
    for rule in chosen:  # what was met keeps its rule and stands apart from then on
        met = F.col("rule").isNull() & F.coalesce(_met(rule), F.lit(False))
        rows = rows.withColumn("rule", F.when(met, F.lit(rule)).otherwise(F.col("rule")))
    found = {row["rule"]: row["count"] for row in rows.groupBy("rule").count().collect()}
    total = sum(found.values())
    if not total:
        raise ValueError("events has no rows.")
    table = pd.DataFrame(
        {"outcome": [RULES[rule] for rule in chosen], "rows": [found.get(rule, 0) for rule in chosen]},
        index=pd.Index(chosen, name="rule"),
    )
    table["share"] = table["rows"] / total
    return rows.where("rule IS NULL").select(*LOG), table


def listened(session: SparkSession, events: Table, tracks: Table) -> DataFrame:
    """The recipe "listened" of ``events.preference`` from a clean log, as ``listened_parquet``; done when asked for.

    Returns a table of Spark's: user_id, track_id, strength, confidence, last_at, in no order.
    """
    log = _table(session, events, "events", ("user_id", "track_id", "at", "action", "seconds_played"))
    known = _one_each(_table(session, tracks, "tracks", ("track_id", "duration_s")), "track_id", "duration_s")
    share = F.least(F.greatest(_no_nan("seconds_played") / F.col("duration_s"), F.lit(0.0)), F.lit(1.0))
    plays = log.where("action = 'play'").join(known, "track_id", "left")
    return (
        plays.withColumn(
            "heard", F.when(F.col("duration_s") > 0, F.coalesce(share, F.lit(0.0))).otherwise(0.0)
        )
        .groupBy("user_id", "track_id")
        .agg(
            F.sum("heard").alias("heard"),
            F.count("*").alias("n"),
            F.max("at").alias("last_at"),
        )
        .select(
            "user_id",
            "track_id",
            (F.col("heard") / (1 + F.col("heard"))).alias("strength"),
            (F.col("n") / (F.col("n") + 2)).alias("confidence"),
            "last_at",
        )
    )


def _met(rule: str) -> Column:
    """True for the rows that a rule meets, among those that no rule met before; ``lasts`` is the track's duration."""
    seconds, action, lasts = F.col("seconds_played"), F.col("action"), F.col("duration_s")
    if rule == "exact_duplicates":
        return F.row_number().over(Window.partitionBy(*LOG, "rule").orderBy("event_id")) > 1
    if rule == "unknown_ids":
        return (F.col("track_id").isNotNull() & F.col("known_track_id").isNull()) | F.col(
            "known_user_id"
        ).isNull()
    if rule == "impossible_values":
        longest = F.when(lasts > 0, lasts).otherwise(DAY) + SLACK
        absent = [F.col(name).isNull() for name in ("event_id", "user_id", "at", "action")]
        return (
            F.coalesce((seconds < 0) | (seconds > longest), F.lit(False))
            | F.coalesce((action == "play") & seconds.isNull(), F.lit(False))
            | absent[0]
            | absent[1]
            | absent[2]
            | absent[3]
            | F.coalesce(~action.isin(*ACTIONS), F.lit(True))
            | (F.col("track_id").isNull() & (action != "search"))
            | (F.col("text").isNull() & action.isin("comment", "search"))
        )
    before = Window.partitionBy(*COPIES, "rule").orderBy("at", "event_id")
    return F.col("at") <= F.lag("at").over(before) + F.expr(f"INTERVAL {RETRY} SECOND")


def _no_nan(column: str) -> Column:
    """NaN as NULL: for Spark, as for DuckDB, NaN is the largest number."""
    return F.when(F.isnan(column), None).otherwise(F.col(column))


def _one_each(table: DataFrame, key: str, *others: str) -> DataFrame:
    """One row for each id that is there, with ``known_<key>`` true: a join with it adds no row."""
    firsts = [F.first(_no_nan(name), ignorenulls=True).alias(name) for name in others]
    flag = F.lit(True).alias(f"known_{key}")
    return table.where(F.col(key).isNotNull()).groupBy(key).agg(flag, *firsts)


def _table(session: SparkSession, source: Table, name: str, columns: Iterable[str]) -> DataFrame:
    if not isinstance(source, DataFrame):
        if not isinstance(source, str | os.PathLike):
            raise ValueError(f"{name} is neither a path nor a table of Spark's: {type(source).__name__}.")
        address = str(source)
        if "://" not in address:  # an address, such as one of a cluster's files, is Spark's to find
            if not Path(source).exists():
                raise ValueError(f"{source} is not there: write it first, for instance with write_parquet.")
            address = Path(source).absolute().as_posix()
        try:
            source = session.read.parquet(address)
        except (AnalysisException, Py4JJavaError):
            raise ValueError(f"{address} cannot be read as Parquet: write it anew.") from None
    for column in columns:
        if column not in source.columns:
            raise ValueError(f"{name} has no column {column!r}. It has: {', '.join(sorted(source.columns))}.")
    return source


def fetch(table: DataFrame) -> pd.DataFrame:
    """The rows of a table of Spark's in memory; its own way, ``toPandas``, does not know pandas 3 yet."""
    return pd.DataFrame([tuple(row) for row in table.collect()], columns=table.columns)


# ---- factors ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Factors:
    """What ``als`` found, fetched from where it was computed.

    users, items : ids, ascending. user_factors : (n_users, k), item_factors : (n_items, k), float32. mean_value : of
    the strengths above 0, by which alpha was divided.
    """

    users: pd.Index
    items: pd.Index
    user_factors: np.ndarray
    item_factors: np.ndarray
    mean_value: float


def als(
    strengths: DataFrame,
    n_factors: int = 32,
    n_epochs: int = 10,
    regularization: float = 0.1,
    alpha: float = 12.0,
    *,
    blocks: int = 2,
    random_state: int = 0,
) -> Factors:
    """Alternating least squares for plays by Spark, under the objective of ``ImplicitALS(count_power=1)``.

    Spark multiplies lambda for each listener and each track by the number of their values above 0 (Zhou et al. 2008),
    and its alpha is ours divided by the mean of these values. A sweep solves the tracks first, then the listeners.

    strengths : a table of Spark's with user_id, track_id and strength, each pair once. blocks : parts of the listeners
        and of the tracks; an id's place among the sorted ids, modulo their number, is its part. The first factors are
        drawn part by part, so another number gives another fit, and sums in another order other last digits.

    Raises ValueError for settings that cannot be, a missing column, or where no strength is above 0.

    Xiangrui Meng, Joseph Bradley, Burak Yavuz et al. MLlib: Machine Learning in Apache Spark. JMLR 17(34), 2016.
    arXiv:1505.06807.
    """
    for name, value, low, whole in (
        ("n_factors", n_factors, 1, True),
        ("n_epochs", n_epochs, 1, True),
        ("regularization", regularization, 1e-9, False),
        ("alpha", alpha, 1e-9, False),
        ("blocks", blocks, 1, True),
        ("random_state", random_state, 0, True),
    ):
        check_number(name, value, low, whole=whole)
    if random_state > 2**63 - 1:
        raise ValueError(f"random_state={show(random_state)}: give at most {2**63 - 1:,}.")
    if not isinstance(strengths, DataFrame):
        raise ValueError(
            "strengths is no table of Spark's: read one, session.read.parquet(path), or take listened's."
        )
    rows = _table(strengths.sparkSession, strengths, "strengths", ("user_id", "track_id", "strength")).cache()
    try:
        # Not by a filter: what is cached is passed over by its largest value, and NaN is none there.
        above = F.when(F.col("strength") > 0, F.col("strength"))
        no_id = (F.col("user_id").isNull() | F.col("track_id").isNull()).cast("long")
        mean, nobody = rows.agg(F.mean(above), F.sum(no_id)).collect()[0]
        if nobody:
            raise ValueError(f"{nobody:,} rows of strengths have no user_id or no track_id: leave them out.")
        if mean is None or not np.isfinite(mean):
            raise ValueError(
                f"The mean of the strengths above 0 is {show(mean)}: ALS has nothing to learn from."
            )
        users, items = (_numbered(rows, column) for column in ("user_id", "track_id"))
        numbered = rows.join(users, "user_id").join(items, "track_id")
        fitted = ALS(
            rank=n_factors,
            maxIter=n_epochs,
            regParam=regularization,
            alpha=alpha / mean,
            implicitPrefs=True,
            numUserBlocks=blocks,
            numItemBlocks=blocks,
            userCol="user_id_place",
            itemCol="track_id_place",
            ratingCol="strength",
            seed=random_state,
        ).fit(numbered.select("user_id_place", "track_id_place", F.col("strength").cast("float")))
        ids = [
            pd.Index([row[0] for row in table.orderBy(f"{column}_place").select(column).collect()])
            for table, column in ((users, "user_id"), (items, "track_id"))
        ]
        factors = [
            _fetched(table, len(index), n_factors)
            for table, index in zip((fitted.userFactors, fitted.itemFactors), ids, strict=True)
        ]
    finally:
        rows.unpersist()
    return Factors(ids[0], ids[1], factors[0], factors[1], float(mean))


def _numbered(rows: DataFrame, column: str) -> DataFrame:
    """The distinct ids of a column with their place among them, from 0; small beside the rows, so in one part."""
    place = F.row_number().over(Window.orderBy(column)) - 1
    return rows.select(column).distinct().withColumn(f"{column}_place", place)


def _fetched(table: DataFrame, n: int, k: int) -> np.ndarray:
    """Factors by the place of their ids, (n, k)."""
    found = np.zeros((n, k), dtype=np.float32)
    for place, factors in table.select("id", "features").toLocalIterator():
        found[place] = factors
    return found
