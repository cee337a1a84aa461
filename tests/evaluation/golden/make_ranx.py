"""Make ranx.json: random lists and what ranx makes of them. Run by hand, in an environment of its own.

Made with Python 3.12.1, ranx 0.3.21, numba 0.68.1, numpy 2.5.5:

    python -m venv ranx-env && ranx-env/bin/pip install ranx==0.3.21
    ranx-env/bin/python tests/evaluation/golden/make_ranx.py

ranx orders a list by score, and equal scores by where they were inserted, as long as a list has at most 15 items (its
sort is an insertion sort up to there). The lists here are shorter and are inserted by item id, so ties go to the lower
id, as they do in this package; the script checks that.
"""

from __future__ import annotations

import json
import random
from importlib.metadata import version
from pathlib import Path

METRICS = [
    f"{m}@{k}" for m in ("precision", "recall", "map", "ndcg", "mrr", "hit_rate") for k in (1, 3, 10, 20)
]
LEVELS = [f"{m}@{k}-l3" for m in ("precision", "recall", "map", "ndcg", "mrr", "hit_rate") for k in (3, 10)]


def draw_case(seed: int, n_users: int, n_items: int, grades: list[int]) -> dict:
    """Lists of 1 to 12 items with many equal scores; some listeners have no list, some no test item."""
    draw = random.Random(seed)
    users = [f"u{i:03d}" for i in range(n_users)]
    items = [f"i{i:03d}" for i in range(n_items)]
    lists, test = {}, {}
    for user in users:
        kind = draw.random()
        if kind > 0.15:  # else: no list
            chosen = sorted(draw.sample(items, draw.randint(1, min(12, n_items))))
            lists[user] = {item: draw.randint(0, 4) / 4 for item in chosen}
        if kind < 0.85:  # else: no test item
            relevant = sorted(draw.sample(items, draw.randint(1, min(15, n_items))))
            test[user] = {item: draw.choice(grades) for item in relevant}
    return {"lists": lists, "test": test}


def main() -> None:
    from ranx import Qrels, Run, evaluate

    cases = []
    for seed, n_users, n_items, grades in [
        (1, 60, 20, [1]),
        (2, 60, 60, [1]),
        (3, 60, 25, [1, 2, 3, 4, 5]),
        (4, 6, 12, [1]),
    ]:
        case = draw_case(seed, n_users, n_items, grades)
        run = Run(case["lists"])
        for user, scores in case["lists"].items():
            expected = sorted(scores, key=lambda item: (-scores[item], item))
            assert list(run.run[user].keys()) == expected, "ranx broke a tie in another order"
        run = run.make_comparable(Qrels(case["test"]))
        qrels = Qrels(case["test"])
        metrics = METRICS + (LEVELS if max(grades) > 1 else [])
        values = evaluate(qrels, run, metrics, return_mean=False)
        case["listeners"] = list(qrels.keys())
        case["values"] = {metric: [float(v) for v in values[metric]] for metric in metrics}
        cases.append(case)
    versions = {name: version(name) for name in ("ranx", "numba", "numpy")}
    path = Path(__file__).with_name("ranx.json")
    path.write_text(
        json.dumps({"versions": versions, "cases": cases}, separators=(",", ":")) + "\n", encoding="utf-8"
    )
    print(f"{path.name}: {len(cases)} cases, {path.stat().st_size:,} bytes, {versions}")


if __name__ == "__main__":
    main()
