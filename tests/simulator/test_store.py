"""Writing a world: all or nothing, the same everywhere, and one line where it cannot be done."""

from __future__ import annotations

import errno
import gzip
import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from recsys_helpers.__main__ import main
from recsys_helpers.datasets import load_murmur
from recsys_helpers.simulator import World, store
from recsys_helpers.simulator.realism import AIMS, honest_plays, measure, realism_table
from recsys_helpers.simulator.store import write_world

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "data" / "murmur"
TINY = ["--users", "20", "--weeks", "1"]


def simulate(*words: object) -> int:
    return main(["simulate", *map(str, words)])


def tables(folder: Path) -> dict[str, bytes]:
    """Every file by its path, decompressed."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    return {name: gzip.decompress(data) if name.endswith(".gz") else data for name, data in files.items()}


def test_the_command_writes_a_folder_that_loads(tmp_path, capsys):
    assert simulate("--out", tmp_path / "new" / "murmur", *TINY) == 0
    said = capsys.readouterr()
    assert "Written" in said.out and said.err == ""  # no bar where there is no terminal
    assert len(load_murmur(tmp_path / "new" / "murmur").users) == 20
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["murmur"]


def test_a_folder_that_is_there_is_kept_unless_forced(tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("dear to me", encoding="utf-8")
    assert simulate("--out", out, *TINY) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("\n") == 1 and "--force" in said.err
    assert (out / "mine.txt").read_text(encoding="utf-8") == "dear to me"
    assert simulate("--out", out, *TINY, "--force") == 0
    assert not (out / "mine.txt").exists() and (out / "README.md").is_file()


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--users", "0"], "users is 0"),
        (["--users", "-5"], "users is -5"),
        (["--weeks", "-1"], "weeks is -1"),
        (["--seed", "-1"], "seed is -1"),
    ],
)
def test_sizes_that_make_no_world_are_one_line_and_status_2(tmp_path, capsys, words, says):
    assert simulate("--out", tmp_path / "out", *words) == 2
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1
    assert not list(tmp_path.iterdir())


def test_words_for_numbers_are_one_line_and_status_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as stop:
        simulate("--out", tmp_path / "out", "--users", "many")
    assert stop.value.code == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_line_and_status_2(tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for out in (tmp_path / "file" / "out", tmp_path / "file"):
        assert simulate("--out", out, *TINY) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.skipif(
    os.name == "nt" or getattr(os, "geteuid", lambda: 0)() == 0, reason="root may write anywhere"
)
def test_a_folder_without_permission_is_one_line_and_status_2(tmp_path, capsys):
    tmp_path.chmod(0o500)
    assert simulate("--out", tmp_path / "out", *TINY) == 2
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize(
    ("trouble", "status"), [(KeyboardInterrupt(), 130), (OSError(errno.ENOSPC, "No space left on device"), 2)]
)
@pytest.mark.parametrize("there", [False, True])
def test_what_was_there_outlives_an_accident(tmp_path, monkeypatch, capsys, trouble, status, there):
    out = tmp_path / "out"
    if there:
        assert simulate("--out", out, *TINY) == 0
    before = tables(tmp_path)

    def fail(*_):
        raise trouble

    for where in ("_write", "render"):  # half way, and at the very end
        monkeypatch.setattr(store, where, fail)
        capsys.readouterr()
        assert simulate("--out", out, *TINY, "--force") == status
        assert capsys.readouterr().err.count("\n") == 1
        assert tables(tmp_path) == before
        monkeypatch.undo()


def test_a_rename_that_fails_brings_the_old_folder_back(tmp_path, monkeypatch):
    out = tmp_path / "out"
    world = World(users=20, weeks=1, tracks=600)
    write_world(world, out)
    before, rename = tables(tmp_path), Path.rename

    def failing(self: Path, target):
        if self.name == "new":
            raise OSError(errno.EIO, "the disk is gone")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="the disk is gone"):
        write_world(world, out, force=True)
    assert tables(tmp_path) == before


def test_the_card_says_what_the_tables_hold(folder):
    card = (folder / "README.md").read_text(encoding="utf-8")
    sums = dict(re.findall(r"^\| (\S+\.csv) \| `([0-9a-f]{64})` \|$", card, flags=re.M))
    found = {
        name.removesuffix(".gz"): hashlib.sha256(data).hexdigest() for name, data in tables(folder).items()
    }
    del found["README.md"]
    assert sums == found
    example = re.search(r"^\d+,u\w{5},.*$", card, flags=re.M).group()
    assert example.encode() in tables(folder)["events.csv.gz"].splitlines()
    assert "{" not in card


def test_as_parquet_the_tables_hold_the_same(tmp_path, capsys):
    duckdb = pytest.importorskip("duckdb", reason="DuckDB is not installed: make large")
    assert simulate("--out", tmp_path / "csv", *TINY) == 0
    assert simulate("--out", tmp_path / "it's parquet", *TINY, "--format", "parquet") == 0
    assert capsys.readouterr().err == ""
    names = {name.partition(".")[0] for name in tables(tmp_path / "csv")}
    assert {path.partition(".")[0] for path in tables(tmp_path / "it's parquet")} == names
    assert not list((tmp_path / "it's parquet").rglob("*.csv*"))
    log = load_murmur(tmp_path / "csv").events
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        found = connection.execute(
            "SELECT * FROM read_parquet(?)", [str(tmp_path / "it's parquet" / "events.parquet")]
        ).df()
        nulls = connection.execute(
            "SELECT count(*) FILTER (isnan(seconds_played)), count(seconds_played) FROM read_parquet(?)",
            [str(tmp_path / "it's parquet" / "events.parquet")],
        ).fetchone()
    assert list(found.columns) == list(log.columns) and len(found) == len(log) > 100
    assert nulls == (0, log["seconds_played"].notna().sum())
    assert (found["at"].dt.as_unit("ns") == log["at"]).all()
    for column in (
        "event_id",
        "user_id",
        "track_id",
        "action",
        "source",
        "text",
        "seconds_played",
        "position",
    ):
        ours, theirs = found[column].astype(object), log[column].astype(object)
        assert ours.where(ours.notna(), None).tolist() == theirs.where(theirs.notna(), None).tolist(), column
    card = (tmp_path / "it's parquet" / "README.md").read_text(encoding="utf-8")
    assert "## As Parquet" in card and "## As Parquet" not in (tmp_path / "csv" / "README.md").read_text(
        encoding="utf-8"
    )


def test_parquet_without_duckdb_is_one_line_and_simulates_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("recsys_helpers.simulator.cli.find_spec", lambda name: None)
    assert simulate("--out", tmp_path / "out", *TINY, "--format", "parquet") == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and "--format parquet needs DuckDB: " in said
    assert not list(tmp_path.iterdir())


def test_the_shipped_data_are_as_the_design_asks():
    murmur = load_murmur()
    size = sum(path.stat().st_size for path in SHIPPED.rglob("*") if path.is_file())
    assert size < 10_000_000
    assert len(murmur.users) == 1_500 and len(murmur.tracks) == 3_000
    assert 450_000 < len(murmur.events) < 550_000
    plays = murmur.events[murmur.events["action"] == "play"]
    bots = murmur.truth["listeners"].query("account == 'bot'")["user_id"]
    assert 0.04 < plays["user_id"].isin(bots).mean() < 0.06
    assert 0.2 < plays["context"].isna().mean() < 0.45


def test_every_figure_of_the_shipped_data_is_in_its_aim_and_in_the_card():
    murmur = load_murmur()
    figures = measure(honest_plays(murmur.events, murmur.tracks, murmur.truth), 1_500, 3_000)
    missed = [aim.name for aim in AIMS if not aim.low <= figures[aim.name] <= aim.high]
    assert missed == []
    card = (SHIPPED / "README.md").read_text(encoding="utf-8")
    for row in realism_table(figures).itertuples(index=False):
        assert "| " + " | ".join(row) + " |" in card


@pytest.mark.slow
@pytest.mark.parametrize(
    "machine",
    [
        {},
        {
            "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
            "OPENBLAS_NUM_THREADS": "1",
            "OPENBLAS_CORETYPE": "Prescott",
        },
    ],
    ids=["this machine", "one BLAS thread, older processor"],
)
def test_the_command_writes_the_shipped_tables_again(tmp_path, machine):
    command = [sys.executable, "-m", "recsys_helpers", "simulate", "--out", str(tmp_path / "again")]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | machine, capture_output=True, text=True, timeout=1800
    )
    assert done.returncode == 0, done.stderr
    shipped, again = tables(SHIPPED), tables(tmp_path / "again")
    cards = [files.pop("README.md").decode("utf-8") for files in (shipped, again)]
    assert shipped == again
    unmeasured = [re.sub(r"(?s)<!-- measured.*?<!-- end of measured -->", "", card) for card in cards]
    assert unmeasured[0] == unmeasured[1]
