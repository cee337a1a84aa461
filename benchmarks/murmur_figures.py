"""What methods find in Murmur's data: models beside their order on Last.fm, content, and policies served online.

    python benchmarks/murmur_figures.py [--write]

Prints tables; with --write they go into the data card (data/murmur/README.md) too, between its two marks. It takes two
to three minutes and needs Last.fm-2k (`load_lastfm()` finds or fetches it).
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict

from recsys_helpers.datasets import load_lastfm, load_murmur
from recsys_helpers.evaluation import random_split
from recsys_helpers.evaluation.inference import Interval, bootstrap_interval
from recsys_helpers.evaluation.ranking import score_lists
from recsys_helpers.events import clean
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, BiasedALS, CollaborativeFiltering, ImplicitALS, ItemKNN, Popularity
from recsys_helpers.simulator import Difference, Strengths, World, difference
from recsys_helpers.simulator.card import MEASURED, MEASURED_END, table
from recsys_helpers.simulator.policies import diverse_oracle, oracle, popularity, random_shelf

CARD = Path(__file__).resolve().parents[1] / "data" / "murmur" / "README.md"
LAST_WEEK = pd.Timestamp("2026-02-23T00:00:00Z")
MODELS = {  # name -> (model, what a cell holds)
    "Popularity": (Popularity(), "ones"),
    "ItemKNN": (ItemKNN(), "log1p"),
    "CollaborativeFiltering (zeros, 10 factors)": (CollaborativeFiltering(10, 1, "zero"), "log1p"),
    "BiasedALS, used for ranking": (BiasedALS(), "log1p"),
    "ImplicitALS on log(1 + plays)": (ImplicitALS(), "log1p"),
    "ImplicitALS on 0/1": (ImplicitALS(), "ones"),
    "EASE": (EASE(), "log1p"),
}


TEXT = """## What methods find in it

**Offline.** Models learn from the first seven weeks, cleaned, and are asked for ten tracks that a listener has not
heard; what the listener first heard in the last week counts. Mean nDCG@10 with its 95% interval, beside the same models
on Last.fm-2k (a fifth of each listener's artists held out). Personal taste pays: the best model has {ratio} times
popularity's. Kendall's tau between the two orders is {tau}, models whose intervals overlap counted as tied.

{models}
**Content.** Audio features explain {heard} of the variance of the true vectors of unseen tracks (ridge regression, five
folds), with the words of the description {both}: a help for new tracks, not the whole of them.

**Online.** Policies that fill the home shelf for four weeks after the log, served to the same listeners with the same
luck: mean difference a listener, with its 95% interval.

{served}"""


def murmur_split(murmur) -> tuple[Interactions, Interactions]:
    """Plays before the last week, and the pairs first heard in it, of listeners and tracks known before."""
    events, _ = clean(murmur.events, murmur.tracks, murmur.users)
    content = murmur.tracks.loc[~murmur.tracks["kind"].isin(["ad", "help"]), "track_id"]
    plays = events.loc[
        (events["action"] == "play") & events["track_id"].isin(content), ["user_id", "track_id", "at"]
    ]
    plays = plays.astype({"user_id": object, "track_id": object})
    past, new = plays[plays["at"] < LAST_WEEK], plays[plays["at"] >= LAST_WEEK]
    train = Interactions.from_frame(past, merge="count")
    new = new[new["user_id"].isin(train.users) & new["track_id"].isin(train.items)]
    cells = train.user_positions(new["user_id"]) * train.shape[1] + train.item_positions(new["track_id"])
    known = train.rows.astype(np.int64) * train.shape[1] + train.matrix.indices
    found = new[~np.isin(cells, known)].drop_duplicates(["user_id", "track_id"])
    return train, Interactions.from_frame(found, merge="count")


def lastfm_split(path=None) -> tuple[Interactions, Interactions]:
    """A fifth of each listener's artists held out at random."""
    plays = Interactions.from_frame(load_lastfm(path).plays, item="artist_id", value="plays")
    split = random_split(plays, 0.2, random_state=0)
    return split.train, split.test.drop_empty(items=False)


def ndcg(lists: pd.DataFrame, test: Interactions) -> Interval:
    """Mean nDCG@10 over listeners with its 95% interval."""
    return bootstrap_interval(score_lists(lists, test, ["ndcg"], k=10)["ndcg"])


def judge_models(train: Interactions, test: Interactions) -> dict[str, Interval]:
    """nDCG@10 of the seven models with their default settings."""
    values = {"ones": np.ones(train.nnz), "log1p": np.log1p(train.matrix.data)}
    found = {}
    for name, (model, holds) in MODELS.items():
        fitted = model.fit(train.with_values(values[holds]))
        found[name] = ndcg(fitted.recommend(test.users, k=10), test)
    return found


def judge_oracle(world: World, train: Interactions, test: Interactions) -> Interval:
    """nDCG@10 of the list by true utility in the last week, without what was heard before."""
    utility = world.true_utility(test.users, week=world.weeks - 1)
    utility = utility[:, pd.Index(world.tracks["track_id"]).get_indexer(train.items)]
    utility[train.matrix[train.user_positions(test.users)].toarray() > 0] = -np.inf
    top = np.argsort(-utility, axis=1, kind="stable")[:, :10]
    frame = {"user": np.repeat(test.users, 10), "item": np.asarray(train.items)[top.ravel()]}
    return ndcg(pd.DataFrame(frame | {"rank": np.tile(np.arange(1, 11), len(test.users))}), test)


def kendall(one: dict[str, Interval], other: dict[str, Interval]) -> float:
    """Kendall's tau-b between two orders of the same models, models whose intervals overlap counted as tied."""

    def order(found: dict[str, Interval]) -> np.ndarray:
        low, high = np.array([[i.low, i.high] for i in found.values()]).T
        above = (low[:, None] > high).astype(int)
        return above - above.T

    a, b = order(one), order({name: other[name] for name in one})
    return float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum()))


def judge_content(murmur) -> dict[str, float]:
    """R² of the true vectors on unseen tracks (five folds, ridge), by what is known of a track."""
    content = ~murmur.tracks["kind"].isin(["ad", "help"]).to_numpy()
    tracks, truth = murmur.tracks[content], murmur.truth["tracks"][content]
    vectors = truth.filter(regex="^vector_").to_numpy()
    sound = tracks[["tempo", "energy", "valence", "acousticness", "speechiness"]].to_numpy()
    sound = (sound - sound.mean(axis=0)) / sound.std(axis=0)
    text = CountVectorizer(binary=True, min_df=5).fit_transform(tracks["description"]).toarray()
    folds, found = KFold(5, shuffle=True, random_state=0), {}
    for name, x in (("audio features", sound), ("audio features and description", np.hstack([sound, text]))):
        predicted = cross_val_predict(RidgeCV(np.logspace(-2, 3, 6)), x, vectors, cv=folds)
        found[name] = r2_score(vectors, predicted, multioutput="variance_weighted")
    return found


def judge_policies() -> pd.DataFrame:
    """Differences of policies served for four weeks to the shipped world, with boredom on and off."""
    rows = []
    for boredom in (1, 0):
        world = World(strengths=Strengths(boredom=boredom))
        today, knows = world.serve(popularity(world)), world.serve(oracle(world))
        pairs = [
            ("oracle", knows, "today's shelf", today),
            ("random shelf", world.serve(random_shelf(world)), "today's shelf", today),
            ("diverse oracle", world.serve(diverse_oracle(world)), "oracle", knows),
        ]
        for name, one, against, other in pairs:
            hours, kept = difference(one, other), difference(one, other, "retained")
            rows.append((name, against, "on" if boredom else "off", hours, kept))
    return pd.DataFrame(rows, columns=["policy", "against", "boredom", "hours", "retained"])


def section(models: dict, lastfm: dict, true: Interval, content: dict, policies: pd.DataFrame) -> str:
    """The tables as Markdown."""

    def shown(i: Interval) -> str:
        return f"{i.value:.3f} [{i.low:.3f}, {i.high:.3f}]"

    names = sorted(models, key=lambda name: -models[name].value)
    rows = [(name, shown(models[name]), shown(lastfm[name])) for name in names]
    rows.append(("the oracle: by true liking", shown(true), "nobody knows"))
    served = [
        (row.policy, row.against, row.boredom, str(row.hours), _points(row.retained))
        for row in policies.itertuples()
    ]
    heard, both = (f"{100 * value:.0f}%" for value in content.values())
    return TEXT.format(
        ratio=f"{models[names[0]].value / models['Popularity'].value:.1f}",
        tau=f"{kendall(models, lastfm):.2f}",
        models=table(["model", "Murmur", "Last.fm-2k"], rows),
        heard=heard,
        both=both,
        served=table(["policy", "against", "boredom", "hours a week", "percentage points retained"], served),
    )


def _points(d: Difference) -> str:
    return f"{100 * d.mean:+.1f} [{100 * d.low:+.1f}, {100 * d.high:+.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", action="store_true", help="put the tables into data/murmur/README.md")
    arguments = parser.parse_args()
    murmur = load_murmur()
    split = murmur_split(murmur)
    text = section(
        judge_models(*split), judge_models(*lastfm_split()), judge_oracle(World(), *split), judge_content(murmur),
        judge_policies(),
    )  # fmt: skip
    print(text)
    if arguments.write:
        card = CARD.read_text(encoding="utf-8")
        marked = re.compile(f"{re.escape(MEASURED)}.*?{re.escape(MEASURED_END)}", flags=re.S)
        written = marked.sub(lambda _: f"{MEASURED}\n\n{text.strip()}\n\n{MEASURED_END}", card)
        CARD.write_bytes(written.encode("utf-8"))


if __name__ == "__main__":
    main()
