"""What a listener's account adds to the two towers of lesson 12: plan, age band, region and device.

    python benchmarks/towers_told.py

Writes data/measured/towers_told.csv in some ten minutes of one core; needs `make deep`. Murmur by time, as in
neural.py: fitted on six weeks, graded on the new tracks of weeks 7 and 8, with the settings that neural.py chose for
the towers. Five seeds each of three models: "history" reads what was heard; "account" reads the table of users too,
and leaves a fifth of the histories out in training; "another's account" does the same, with the rows of that table
dealt out anew among the listeners. A row is the mean of one group of listeners for one seed, or over all
seeds ("all"), and there how much it lies above two of the others and above the popularity list, listener by listener,
with a 95% bootstrap interval over listeners.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
from neural import grades, splits

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import bootstrap_interval
from recsys_helpers.models import Popularity
from recsys_helpers.workspace import write_whole

TABLE = Path(__file__).resolve().parents[1] / "data" / "measured" / "towers_told.csv"
SEEDS = 5
HISTORY, ACCOUNT, ANOTHERS, POPULAR = "history", "account", "another's account", "Popularity"
GROUPS = ("with a history", "without a history")
OTHERS = {HISTORY: "less_history", ANOTHERS: "less_anothers", POPULAR: "less_popularity"}
COLUMNS = ["model", "seed", "group", "value", "listeners"]
COLUMNS += [f"{name}{end}" for name in OTHERS.values() for end in ("", "_low", "_high")]


def accounts(model: str) -> pd.DataFrame | None:
    """The table of users that a model reads; None: none."""
    if model == HISTORY:
        return None
    users = load_murmur().users
    if model == ANOTHERS:
        dealt = np.random.default_rng(0).permutation(len(users))
        users = users.assign(**{name: users[name].to_numpy()[dealt] for name in users if name != "user_id"})
    return users


def graded(model: str, seed: int) -> pd.Series:
    """nDCG@10 of each listener with these settings and this seed."""
    from recsys_helpers import deep  # here, since lesson and tests read the rest without torch

    _, final, tables = splits("Murmur")
    if model == POPULAR:
        return grades(Popularity().fit(final.train), final, "ndcg")
    training = deep.Training(4, 512, 0.002, 0.01)
    towers = deep.TwoTower(width=128, hidden=256, training=training, random_state=seed)
    read = {"items": tables["items"]} | ({} if model == HISTORY else {"users": accounts(model)})
    return grades(towers.fit(final.train, **read), final, "ndcg")


def groups(each: pd.Series) -> dict[str, pd.Series]:
    """The listeners with a listening history, and those without."""
    train = splits("Murmur")[1].train
    known = np.diff(train.matrix.indptr)[train.users.get_indexer(each.index)] > 0
    return {GROUPS[0]: each[known], GROUPS[1]: each[~known]}


def rows_of(model: str, seed: str, each: pd.Series) -> list[dict[str, object]]:
    """A row for each group."""
    return [
        {"model": model, "seed": seed, "group": group, "value": part.mean(), "listeners": len(part)}
        for group, part in groups(each).items()
    ]


def row() -> pd.DataFrame:
    """The row that a test computes anew."""
    return pd.DataFrame(rows_of(ACCOUNT, "0", graded(ACCOUNT, 0)), columns=COLUMNS)


def main() -> None:
    rows: list[dict[str, object]] = []
    means: dict[str, pd.Series] = {}
    for model in (HISTORY, ACCOUNT, ANOTHERS):
        by_seed = []
        for seed in range(SEEDS):
            by_seed.append(graded(model, seed))
            rows += rows_of(model, f"{seed}", by_seed[-1])
            print(f"{model}, seed {seed}: {by_seed[-1].mean():.4f}", flush=True)
        means[model] = pd.concat(by_seed, axis=1).mean(axis=1)
    means[POPULAR] = graded(POPULAR, 0)
    for model, each in means.items():
        for found, part in zip(rows_of(model, "all", each), groups(each).values(), strict=True):
            for other, name in OTHERS.items():
                gap = bootstrap_interval(part - means[other][part.index])
                found |= {
                    f"less_{name}": gap.value,
                    f"less_{name}_low": gap.low,
                    f"less_{name}_high": gap.high,
                }
            rows.append(found)
    write_whole(
        TABLE,
        pd.DataFrame(rows, columns=COLUMNS).to_csv(index=False, float_format="%.6f", lineterminator="\n"),
    )
    print(f"{TABLE.name} is written.")


if __name__ == "__main__":
    main()
