"""Measure the course's models and metrics beside the peers, in one run, and write RESULTS.md or NETWORKS.md.

It fits nothing itself: each measurement is a new process under the environment of the library it measures, one at a
time, ours and the peers' in turn. ``make bench`` calls it; README.md beside it says how to read what comes out.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
import protocol
import report
import targets
from cached import kept
from contenders import ALL_PEERS, DEFAULT_PEERS, FAR, GROWTH, Contender, contenders
from network_rows import PEERS as NETWORKS
from network_rows import networks

from recsys_helpers.extras import missing as missing_extra

HERE = Path(__file__).resolve().parent
CACHE, VENVS = HERE / ".cache", HERE / ".venvs"
TIMEOUT = 3600  # seconds for one measurement
# Set on some machines to make numbers agree between processors, at a price in speed.
SLOWING = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "NPY_DISABLE_CPU_FEATURES", "PYTHONPATH")


def python_of(venv: Path) -> Path:
    """The interpreter of a virtual environment."""
    return venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def peer_python(peer: str) -> Path:
    """The interpreter of the peer's own environment, made now if its requirements are new. Wheels only.

    Raises RuntimeError with pip's last lines where it cannot be made.
    """
    requirements = HERE / "peers" / f"{peer}.txt"
    stamp = hashlib.sha256(requirements.read_bytes() + sys.version.encode()).hexdigest()
    venv = VENVS / peer
    if (venv / "stamp").is_file() and (venv / "stamp").read_text(encoding="ascii") == stamp:
        return python_of(venv)
    print(f"making the environment of {peer} …", flush=True)
    shutil.rmtree(venv, ignore_errors=True)
    make_venv(venv, ["--only-binary", ":all:", "-r", str(requirements)])
    (venv / "stamp").write_text(stamp, encoding="ascii")
    return python_of(venv)


def make_venv(venv: Path, arguments: list[str]) -> None:
    """A new virtual environment with what ``arguments`` tell pip to install."""
    install = [str(python_of(venv)), "-m", "pip", "install", "--quiet", "--no-input", *arguments]
    for command in ([sys.executable, "-m", "venv", str(venv)], install):
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError("; ".join(done.stderr.strip().splitlines()[-2:]))


def environment_megabytes() -> float:
    """Size of a new environment with the learner's lock, wheels only, in MB (2**20 bytes on disk)."""
    with tempfile.TemporaryDirectory(dir=CACHE) as folder:
        venv = Path(folder) / "venv"
        lock = str(HERE.parent / "requirements.lock")
        make_venv(venv, ["--require-hashes", "--only-binary", ":all:", "-r", lock])
        files = [path.lstat() for path in venv.rglob("*")]
        return sum(getattr(file, "st_blocks", -(-file.st_size // 512)) for file in files) * 512 / 2**20


def write_inputs(names: set[str]) -> dict:
    """Write the arrays that the runners read; keep what they must not see, to score their answers."""
    CACHE.mkdir(exist_ok=True)
    truth = {}
    if "lastfm" in names:
        plays = protocol.lastfm_plays()
        held_out = protocol.hold_out(plays.user)
        truth["lastfm"] = plays.rows(held_out)
        np.savez(CACHE / "lastfm.npz", **plays.rows(~held_out).arrays())
    if "movielens" in names:
        truth["movielens"] = protocol.movielens_folds()
        np.savez(CACHE / "movielens.npz", **truth["movielens"])
    if "longtail" in names:
        truth["longtail"] = protocol.long_tail()
        np.savez(CACHE / "longtail.npz", **truth["longtail"])
    if "visits" in names:
        truth["visits"] = protocol.visits()
        np.savez(CACHE / "visits.npz", **truth["visits"])
    for name in sorted(names & {"next_movielens", "next_murmur"}):
        met = protocol.in_time(name)
        mask = protocol.hold_out_latest(met.user)
        truth[name] = met.rows(mask)
        np.savez(CACHE / f"{name}.npz", **met.rows(~mask).arrays())
    if "metrics" in names:
        np.savez(CACHE / "metrics.npz", **protocol.random_lists())
    if "fifty" in names:
        np.savez(CACHE / "fifty.npz", **protocol.fifty_each())
    for scale in (*GROWTH, FAR):
        if f"growth-{scale}" in names:
            np.savez(CACHE / f"growth-{scale}.npz", **protocol.synthetic(scale))
    return truth


def measure(row: Contender, python: Path, seed: int, data: Path) -> tuple[dict, dict[str, np.ndarray]]:
    """One measurement in a new process: its figures and its arrays. Raises RuntimeError where it fails."""
    runner = HERE / "ours.py" if row.library == "ours" else HERE / "peers" / f"run_{row.library}.py"
    environment = {name: value for name, value in os.environ.items() if name not in SLOWING}
    blas = str(row.blas or row.threads)
    environment |= dict.fromkeys(("OMP_NUM_THREADS", "NUMBA_NUM_THREADS"), str(row.threads))
    environment |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"), blas)
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "out.npz"
        command = [str(python), "-W", "ignore", str(runner), row.job, "--data", str(data), "--out", str(out)]
        command += [
            "--settings",
            json.dumps(row.settings),
            "--threads",
            str(row.threads),
            "--seed",
            str(seed),
        ]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=TIMEOUT)
        if done.returncode:
            raise RuntimeError((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1])
        with np.load(out, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    return json.loads(str(arrays.pop("figures"))), arrays


def scored(row: Contender, figures: dict, arrays: dict, truth: dict) -> dict:
    """The figures with the accuracy of the answers, where there are answers."""
    if "top" in arrays:
        each = protocol.lists_ndcg_each(arrays["top"], truth[row.data])
        figures["accuracy"] = float(each.mean())
        if row.job == "next":  # what the interval of a difference is made of
            figures["each"] = each.round(6).to_list()
    if "arms" in arrays:
        figures["accuracy"] = protocol.pleased(arrays["arms"], truth[row.data])
    if "predictions" in arrays:
        figures["accuracy"] = protocol.folds_rmse(arrays["predictions"], truth[row.data])
    return figures


def once(row: Contender, python: Path, run: int, truth: dict, folder: Path) -> dict:
    """The figures of one fit, from the folder where an interrupted run left them."""

    def compute() -> dict:
        return {"figures": scored(row, *measure(row, python, run, CACHE / f"{row.data}.npz"), truth)}

    mark = hashlib.sha256(json.dumps([row.key, row.settings], sort_keys=True).encode()).hexdigest()[:16]
    return kept(folder, f"{mark} {run}", compute)["figures"]


def main() -> int:
    arguments = read_arguments()
    usual, every = (NETWORKS, NETWORKS) if arguments.networks else (DEFAULT_PEERS, ALL_PEERS)
    peers = {"": usual, "all": every, "none": ()}.get(arguments.peers.lower())
    peers = tuple(arguments.peers.split(",")) if peers is None else peers
    if unknown := set(peers) - set(every):
        print(f"PEERS={arguments.peers}: {', '.join(sorted(unknown))} is not one of {', '.join(every)}.")
        return 2
    rows = networks(peers) if arguments.networks else contenders(peers)
    if arguments.only:
        wanted = [part.lower() for part in arguments.only.split(",")]
        rows = [row for row in rows if any(part in row.key.lower() for part in wanted)]
    if arguments.quick:
        rows = [row for row in rows if row.runs is None and not row.data.endswith(("-4", "-8", f"-{FAR}"))]
    size_wanted = not arguments.only and not arguments.quick or "environment" in arguments.only
    size_wanted = size_wanted and not arguments.networks
    whole = not arguments.only and not arguments.quick and arguments.runs >= 5
    if not rows and not size_wanted:
        print(
            f"--only {arguments.only} names nothing. "
            "Groups: movielens, lastfm, longtail, bandits, metrics, reranking, imports, growth; with --networks "
            "next_movielens, next_murmur."
        )
        return 2

    folder = CACHE / ("networks" if arguments.networks else "measured")
    if not arguments.resume:  # only now: a command that is refused loses nothing
        shutil.rmtree(folder, ignore_errors=True)
    start, missing, results = time.perf_counter(), {}, {}
    try:
        truth = write_inputs({row.data for row in rows})
    except (ValueError, OSError) as error:  # a loader's own sentence: what to fetch from where
        print(error)
        return 2
    if any(row.job == "next" for row in rows) and (lack := missing_extra("deep")):
        rows = [row for row in rows if not (row.job == "next" and row.library == "ours")]
        missing["our networks"] = lack
    pythons = {"ours": Path(sys.executable)}
    for peer in dict.fromkeys(row.library for row in rows if row.library != "ours"):
        try:
            pythons[peer] = peer_python(peer)
        except RuntimeError as error:
            missing[peer] = f"its environment could not be made ({error})"
            print(f"{peer}: {missing[peer]}", flush=True)

    for group in dict.fromkeys(row.group for row in rows):
        for run in range(arguments.runs):
            for row in (row for row in rows if row.group == group and row.library in pythons):
                if run >= (row.runs or arguments.runs) or row.key in missing:
                    continue
                try:
                    figures = once(row, pythons[row.library], run, truth, folder)
                except (RuntimeError, subprocess.TimeoutExpired) as error:
                    missing[row.key] = f"failed: {error}"
                    print(f"{row.key}: {missing[row.key]}", flush=True)
                    continue
                results.setdefault(row.key, []).append(figures)
                accuracy = f"  {figures['accuracy']:.4f}" if "accuracy" in figures else ""
                fit = float(np.median(figures["fit"]))
                print(f"run {run + 1}  {row.key:60} {fit:8.3f} s{accuracy}", flush=True)
    size = None
    if size_wanted:
        print("making a learner's environment …", flush=True)
        try:
            size = environment_megabytes()
        except RuntimeError as error:
            missing["environment"] = f"could not be made ({error})"

    outcome = targets.Outcome(rows, results, missing, size, arguments.runs, time.perf_counter() - start)
    if arguments.networks:
        text, judgements = report.render_networks(outcome), targets.network_targets(outcome)
    else:
        text = report.render(outcome, plot=HERE / "scaling.png" if whole else None)
        judgements = targets.targets(outcome)
    results = "NETWORKS.md" if arguments.networks else "RESULTS.md"
    target = HERE / results if whole else CACHE / "partial.md"
    target.with_suffix(".tmp").write_text(text, encoding="utf-8")
    os.replace(target.with_suffix(".tmp"), target)
    print(f"\n{text}\nwritten to {target.relative_to(HERE.parent)}")
    crashed = [name for name in missing if "/" in name]
    missed = [target for target in judgements if target.met is False]
    return 1 if crashed or (arguments.strict and missed) else 0


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5, help="runs of each measurement (default 5)")
    parser.add_argument(
        "--only", default="", help="parts of group/name/library/threads, e.g. lastfm/implicitals,/ranx/"
    )
    parser.add_argument("--quick", action="store_true", help="leave out what is slow; writes no RESULTS.md")
    parser.add_argument(
        "--networks",
        action="store_true",
        help="networks, beside RecTools' and Cornac's, and nothing else: NETWORKS.md",
    )
    parser.add_argument("--resume", action="store_true", help="go on where a run was interrupted")
    parser.add_argument("--strict", action="store_true", help="exit with status 1 where a target is missed")
    parser.add_argument(
        "--peers",
        default=os.environ.get("PEERS", ""),
        help="all, none, or names with commas (default: $PEERS)",
    )
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error("--runs is at least 1")
    return arguments


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("stopped: nothing was written (--resume goes on from here)")
