"""The course's own models and metrics, run under the same clock as the peers.

It has no settings of its own (see ``contenders.py`` and ``settings.json``) and judges nothing.
"""

import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(1, str(Path(__file__).resolve().parents[1]))
import child

from recsys_helpers.interactions import Interactions


def prepare(data, settings):
    values = data["value"] if "values" not in settings else child.transform(data["value"], settings)
    return interactions(data["user"], data["item"], values, data.get("users"), data.get("items"))


def interactions(user, item, values, users=None, items=None):
    frame = pd.DataFrame({"user_id": user, "track_id": item, "value": values})
    return Interactions.from_frame(frame, value="value", users=users, items=items)


def fit(table, settings, threads, seed):
    from recsys_helpers import models

    model = getattr(models, settings["model"])(**settings["params"])
    if "random_state" in model.get_params() and "random_state" not in settings["params"]:
        model.set_params(random_state=seed)
    if "n_jobs" in model.get_params():
        model.set_params(n_jobs=threads)
    return model.fit(table)


def top(model, table, threads):
    return model.recommend(table.users, k=child.K)


def as_array(frame, data):
    lists = np.full((int(data["n_users"]), child.K), -1)
    lists[frame["user"], frame["rank"] - 1] = frame["item"]
    return lists


def predict(model, table, users, items):
    return model.predict(users, items)


# ---- networks: what comes next, from a history in order of time ------------------------------------------------------


def prepare_next(data, settings):
    """The table and the log that it came from, the log only where the model reads one."""
    table = interactions(
        data["user"], data["item"], np.ones(len(data["user"])), items=np.arange(data["n_items"])
    )
    at = pd.to_datetime(data["value"], unit="s", utc=True)
    log = pd.DataFrame(
        {"event_id": np.arange(len(at)), "user_id": data["user"], "track_id": data["item"], "at": at}
    )
    return table, log.assign(action="play", seconds_played=1.0)


def fit_next(table, settings, threads, seed):
    from recsys_helpers import deep

    rated, log = table
    training = deep.Training(n_jobs=threads, device="cpu", **settings["training"])
    model = getattr(deep, settings["model"])(training=training, random_state=seed, **settings["params"])
    return model.fit(rated, **({"events": log} if "events" in model.needs else {}))


def top_next(model, table, threads):
    return model.recommend(table[0].users, k=child.K)


# ---- bandits: one visit at a time --------------------------------------------------------------------------------


def start(n_arms, n_features, settings, seed):
    from recsys_helpers import acting

    rule = getattr(acting, settings["model"])
    sizes = (n_arms, n_features) if settings["model"].startswith("Lin") else (n_arms,)
    return rule(*sizes, seed=seed, **settings["params"])


def choose(rule, row):
    return rule.choose(row)[0]


def learn(rule, arms, rewards, rows):
    rule.learn(arms, rewards, rows)


# ---- baselines of the article, which are no classes of the package -------------------------------------------


def fit_baseline(table, settings, threads, seed):
    """The global mean, or a TruncatedSVD of the ratings with zeros in their holes, as the article has it."""
    if settings["model"] == "mean":
        mean = table.matrix.data.mean()
        return lambda users, items: np.full(len(users), mean)
    from sklearn.decomposition import TruncatedSVD

    svd = TruncatedSVD(random_state=seed, **settings["params"])
    left = svd.fit_transform(table.matrix)
    low, high = settings["clip"]

    def answer(users, items):
        rows, columns = table.user_positions(users), table.item_positions(items)
        return np.clip(np.einsum("nk,kn->n", left[rows], svd.components_[:, columns]), low, high)

    return answer


def fit_machine(table, settings, threads, seed):
    """A factorization machine on two columns, listener and film: which of its features is 1 in a row."""
    from scipy import sparse

    from recsys_helpers.models import FactorizationMachine

    machine = FactorizationMachine(50, 30, "squared", regularization=0.12, random_state=seed)
    width, low, high = sum(table.shape), table.matrix.data.min(), table.matrix.data.max()

    def rows(users, items):
        at = np.column_stack([users, items + table.shape[0]])
        return sparse.csr_array(
            (np.ones(at.size), at.ravel(), np.arange(0, at.size + 1, 2)), (len(at), width)
        )

    machine.fit(rows(table.rows, table.matrix.indices), table.matrix.data)

    def answer(users, items):
        known = rows(table.user_positions(users), table.item_positions(items))
        return np.clip(machine.predict(known), low, high)

    return answer


def predict_baseline(model, table, users, items):
    return model(users, items)


# ---- metrics, re-ranking, imports, growth ----------------------------------------------------------------------


def metrics(data, settings, threads, seed):
    from recsys_helpers.evaluation.ranking import score_lists

    n = len(data["top"])
    frame = pd.DataFrame(
        {
            "user": np.repeat(np.arange(n), child.K),
            "item": data["top"].ravel(),
            "rank": np.tile(np.arange(1, child.K + 1), n),
        }
    )
    chosen = interactions(np.repeat(np.arange(n), data["sizes"]), data["relevant"], 1.0)
    names = ["recall", "map", "ndcg"]
    few = 100
    score_lists(frame[: few * child.K], chosen.subset(users=chosen.users[:few]), names, k=child.K)
    means, seconds = child.timed(lambda: score_lists(frame, chosen, names, k=child.K).mean().to_dict())
    return {"fit": [seconds], "means": means}, {}


def rerank(data, settings, threads, seed):
    """Seconds of the processor for ten places out of each listener's fifty, the best of three."""
    from recsys_helpers import reranking

    n, c = data["item"].shape
    lists = pd.DataFrame({"user": np.repeat(np.arange(n), c), "item": data["item"].ravel()})
    lists = lists.assign(rank=np.tile(np.arange(1, c + 1), n), score=data["score"].ravel())
    features, group = pd.DataFrame(data["features"]), pd.Series(data["group"])
    heard = lists[["user", "item"]].iloc[::2]
    rules = {
        "mmr": lambda: reranking.mmr(lists, features),
        "dpp": lambda: reranking.dpp(lists, features),
        "at_most": lambda: reranking.at_most(lists, group),
        "at_least": lambda: reranking.at_least(lists, np.arange(0, len(group), 3)),
        "mixed": lambda: reranking.mixed(lists, heard),
        "calibrated": lambda: reranking.calibrated(lists, group, heard),
        "with_fresh": lambda: reranking.with_fresh(lists, lists.iloc[::7]),
        "by_length": lambda: reranking.by_length(lists, pd.Series(data["seconds"])),
    }
    seconds = []
    for _ in range(3):
        start = time.process_time()
        rules[settings["rule"]]()
        seconds.append(time.process_time() - start)
    return {"fit": [min(seconds)]}, {}


def imports(data, settings, threads, seed):
    """What `import recsys_helpers` adds to numpy and pandas, and what its loaders bring in, each in a new process."""
    added = (
        "import time, numpy, pandas; start = time.perf_counter(); import recsys_helpers; "
        "print(time.perf_counter() - start)"
    )
    loaders = (
        "import sys, recsys_helpers.datasets; "
        "print(*sorted({'matplotlib', 'sklearn'} & set(sys.modules)) or ['neither'])"
    )
    run = {"capture_output": True, "text": True, "check": True, "cwd": Path(__file__).resolve().parents[1]}
    seconds = float(subprocess.run([sys.executable, "-c", added], **run).stdout)
    brings = subprocess.run([sys.executable, "-c", loaders], **run).stdout.strip()
    return {"fit": [seconds], "loaders_bring": brings}, {}


def growth(data, settings, threads, seed):
    """Seconds of one fit on synthetic data. Peak memory, above the idle process, is read at the end."""
    table = prepare(data, settings)
    start = time.perf_counter()
    fit(table, settings, threads, seed)
    return {"fit": [time.perf_counter() - start], "interactions": len(data["user"])}, {}


if __name__ == "__main__":
    child.main(
        {
            "lists": child.lists_job(child.Lists(prepare, fit, top, as_array)),
            "next": child.next_job(child.Lists(prepare_next, fit_next, top_next, as_array)),
            "ratings": child.ratings_job(child.Ratings(prepare, fit, predict)),
            "baseline": child.ratings_job(child.Ratings(prepare, fit_baseline, predict_baseline)),
            "machine": child.ratings_job(child.Ratings(prepare, fit_machine, predict_baseline)),
            "visits": child.visits_job(child.Chooser(start, choose, learn)),
            "metrics": metrics,
            "rerank": rerank,
            "imports": imports,
            "growth": growth,
        },
        ("numpy", "scipy", "pandas", "scikit-learn"),
    )
