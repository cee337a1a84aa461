"""Choose the settings of the networks' rows, four tries for each side, and write network_settings.json.

    python benchmarks/tries.py                                    all: three quarters of an hour of one core
    python benchmarks/tries.py --data next_murmur --only SASRec   a part; the rest of the file stays

It never sees the benchmark's test rows. What each person met last is taken away, and the latest of what is left is
held out: the same part, the same number of tries and the same rule for us and for the peers. The rule is ``tune.py``'s:
among the settings within 0.001 of the best nDCG@10, the one with the fewest epochs, then the best. A try is one fit
with seed 0. What is done is kept in .cache/tries/, so that an interrupted run goes on where it stopped; delete that
folder to choose anew.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
import protocol
from cached import kept
from network_rows import DATA, FILE, SIDES, Side, chosen
from run import CACHE, measure, peer_python
from tune import choose


def validation_part(met: protocol.Plays) -> tuple[protocol.Plays, protocol.Plays]:
    """To learn from, and held out: the test rows are in neither."""
    left = met.rows(~protocol.hold_out_latest(met.user))
    mask = protocol.hold_out_latest(left.user)
    return left.rows(~mask), left.rows(mask)


def one_try(
    side: Side, data: str, settings: dict[str, Any], file: Path, held_out: protocol.Plays
) -> dict[str, float]:
    """nDCG@10 of one setting on the validation part, and the processor's seconds of its fit."""
    python = Path(sys.executable) if side.library == "ours" else peer_python(side.library)
    figures, arrays = measure(side.row(data, settings), python, 0, file)
    return {"ndcg": protocol.lists_ndcg(arrays["top"], held_out), "seconds": float(figures["fit"][0])}


def name_of(side: Side, data: str, settings: dict[str, Any]) -> str:
    """What a try is kept under: another setting, or another row around it, is another try."""
    row = side.row(data, settings)
    mark = hashlib.sha256(json.dumps(row.settings, sort_keys=True).encode()).hexdigest()[:8]
    return f"{data} {side.name} {side.library} {mark}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = list(dict.fromkeys(side.name for side in SIDES))
    parser.add_argument("--data", nargs="*", default=DATA, choices=DATA)
    parser.add_argument("--only", nargs="*", default=names, choices=names, help="these models")
    asked = parser.parse_args()
    CACHE.mkdir(exist_ok=True)
    for data in asked.data:
        train, held_out = validation_part(protocol.in_time(data))
        file = CACHE / f"{data}-validation.npz"
        np.savez(file, **train.arrays())
        for side in (side for side in SIDES if side.name in asked.only):
            tried = [
                kept(
                    CACHE / "tries",
                    name_of(side, data, settings),
                    partial(one_try, side, data, settings, file, held_out),
                )
                for settings in side.tries()
            ]
            found = [round(one["ndcg"], 4) for one in tried]
            _, best = choose(list(zip(found, side.tries(), strict=True)))
            whole = chosen()
            whole.setdefault(data, {})[side.key] = {"grid": side.grid, "tries": found, "chosen": best}
            FILE.write_text(json.dumps(whole, indent=1, sort_keys=True) + "\n", encoding="utf-8")
            print(f"{data}  {side.key}: {best}, nDCG@10 on validation {max(found):.4f}", flush=True)


if __name__ == "__main__":
    main()
