"""Lesson 22's tables: what each modality says of tracks that nobody has played, over six disjoint sets of such tracks.

    python benchmarks/modalities.py

Writes data/measured/modalities.csv in about four minutes of one core. In each fold a sixth of the tracks with ten
listeners or more is graded, another sixth chooses among `tries` settings, and the rest teach. `ndcg` is the mean over
the listeners who want three of the graded tracks or more. It judges nothing: lesson 22 puts intervals over the folds.
The sentence model has a command of its own, `python benchmarks/sentences.py`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from recsys_helpers.datasets import load_murmur
from recsys_helpers.events import asked_for, clean, preference
from recsys_helpers.features import AUDIO
from recsys_helpers.files import write_whole
from recsys_helpers.interactions import Interactions
from recsys_helpers.modalities import (
    ColdTracks,
    Mapped,
    Translation,
    early,
    facts_of,
    late,
    latent,
    learn_with_holes,
    links,
    ndcg_of_scores,
    one_hot,
    path_scores,
    put_holes,
    rewired,
    weigh_words,
    without,
)
from recsys_helpers.models import ImplicitALS

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "modalities.csv"
N_FOLDS = 6
NOUNS = ("track", "episode", "bulletin", "chapter", "show", "soundscape")  # what a description calls its kind
MODALITIES = ("audio", "tags", "words", "creator")
LOST = {"audio": 0.3, "words": 0.5}
WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0)
TRANSLATIONS = ((32, 20, 0.3), (32, 40, 0.3), (64, 20, 0.3))
COLUMNS = ["table", "what", "fold", "tries", "chosen", "listeners", "ndcg"]
Row = dict[str, object]


class Catalogue:
    """The plays, the table of the tracks that have some, and the three texts of each."""

    def __init__(self) -> None:
        data = load_murmur()
        events = asked_for(clean(data.events, data.tracks, data.users)[0], data.tracks)
        self.plays = Interactions.from_frame(preference(events, "listened", data.tracks), value="strength")
        about = data.tracks.set_index("track_id").loc[self.plays.items].rename_axis("track_id").reset_index()
        self.about = about
        rows = about.to_dict("records")
        self.texts = {
            "description": list(about["description"]),
            "without names": [without(row["description"], row["creator"]) for row in rows],
            "scene words": [
                without(row["description"], row["creator"], row["genre"], *NOUNS) for row in rows
            ],
        }
        truth = data.truth["tracks"].set_index("track_id").loc[self.plays.items]
        self.vectors = truth.filter(like="vector_").to_numpy()
        self.appeal = truth["appeal"].to_numpy()
        taste = data.truth["listeners"].set_index("user_id").loc[self.plays.users].filter(like="taste_")
        self.taste = taste.to_numpy()

    def blocks(self, learn: np.ndarray) -> dict[str, Any]:
        """The features of all tracks, each kind of them learned from the rows of ``learn``."""
        sound = self.about[list(AUDIO)].to_numpy(float)
        return {
            "audio": (sound - sound[learn].mean(axis=0)) / sound[learn].std(axis=0),
            "kind": one_hot(self.about["kind"], learn),
            "genre": one_hot(self.about["genre"], learn),
            "tags": weigh_words(self.about["tags"], learn, token_pattern="[^;]+", stop_words=None),
            "words": weigh_words(self.texts["without names"], learn),
            "creator": one_hot(self.about["creator"], learn),
        }

    def dealt(self, seed: int, within: str | None = None) -> pd.Series:
        """The creators dealt out anew among all tracks, or among those of one genre."""
        groups = self.about[within] if within else pd.Series("all", index=self.about.index)
        random = np.random.default_rng(seed)
        return (
            self.about["creator"]
            .groupby(groups)
            .transform(lambda names: random.permutation(names.to_numpy()))
        )


def row_of(table: str, what: str, fold: int, tries: int, chosen: object, each: np.ndarray) -> Row:
    figures = (table, what, fold, tries, chosen, len(each), round(float(each.mean()), 6))
    return dict(zip(COLUMNS, figures, strict=True))


def contest(
    cold: ColdTracks, fold: int, table: str, what: str, variants: dict[str, Any]
) -> tuple[Row, Mapped]:
    """The best of all variants and penalties on the validation's tracks, graded on the test's."""
    maps = {name: cold.choose(early([block], cold.warm)) for name, block in variants.items()}
    name = max(maps, key=lambda one: round(maps[one].tried[maps[one].penalty], 9))
    best = maps[name]
    tries = sum(len(one.tried) for one in maps.values())
    chosen = f"{name} {best.penalty:g}".strip()
    return row_of(table, what, fold, tries, chosen, cold.ndcg(best.factors)), best


def alone(data: Catalogue, cold: ColdTracks, fold: int) -> Iterator[Row]:
    """Each modality by itself, and what chance and the truth would give."""
    for name, block in data.blocks(cold.warm).items():
        if name != "words":
            yield contest(cold, fold, "alone", name, {"": block})[0]
    for name, within in (("creator, dealt out anew", None), ("creator, dealt out within the genre", "genre")):
        yield contest(cold, fold, "alone", name, {"": one_hot(data.dealt(fold, within), cold.warm)})[0]
    tags = [" ".join(tags.split(";")[1:]) for tags in data.about["tags"]]
    yield contest(cold, fold, "alone", "tags without the genre", {"": weigh_words(tags, cold.warm)})[0]
    yield contest(cold, fold, "alone", "true vectors", {"": data.vectors})[0]
    random = np.random.default_rng(fold)
    noise = random.normal(size=(len(cold.warm), 30))
    yield contest(cold, fold, "alone", "thirty random numbers", {"": noise})[0]
    part = cold.parts["test"]
    lot = ndcg_of_scores(random.random(part.wanted.shape), part.wanted)
    yield row_of("alone", "by lot", fold, 0, "", lot)
    liking = data.taste @ data.vectors.T
    yield row_of("alone", "true taste", fold, 0, "", cold.graded(liking))
    yield row_of("alone", "true taste and appeal", fold, 0, "", cold.graded(liking + data.appeal))
    seen = ImplicitALS(n_factors=32, dtype="float64").fit(data.plays)
    yield row_of(
        "alone",
        "their own plays (a leak)",
        fold,
        0,
        "",
        cold.graded(seen.user_factors_ @ seen.item_factors_.T),
    )


def texts(data: Catalogue, cold: ColdTracks, fold: int) -> Iterator[Row]:
    """Each text by counts and by latent directions, with fifteen tries each."""
    for name, text in data.texts.items():
        weights = weigh_words(text, cold.warm)
        counts = {"": weights, "rare words out": weigh_words(text, cold.warm, min_df=5)}
        counts["no idf"] = weigh_words(text, cold.warm, use_idf=False)
        yield contest(cold, fold, "text", f"{name}, TF-IDF", counts)[0]
        directions = {
            str(size): latent(weights, cold.warm, size) for size in (16, 32, 64) if size < weights.shape[1]
        }
        if len(directions) < 3:
            directions["40"] = latent(weights, cold.warm, 40)
        yield contest(cold, fold, "text", f"{name}, LSA", directions)[0]


def together(data: Catalogue, cold: ColdTracks, fold: int) -> Iterator[Row]:
    """Early fusion, step by step and with one left out; late fusion with equal and with chosen weights."""
    blocks = data.blocks(cold.warm)

    def joined(names: Any) -> np.ndarray:
        best = cold.choose(early([blocks[name] for name in names], cold.warm))
        return cold.ndcg(best.factors), best.penalty

    for n in range(1, 5):
        each, penalty = joined(MODALITIES[:n])
        yield row_of("early", " + ".join(MODALITIES[:n]), fold, 5, f"{penalty:g}", each)
    each, penalty = joined(["creator", "genre"])  # what the paths over maker and genre know
    yield row_of("early", "creator + genre", fold, 5, f"{penalty:g}", each)
    for name in MODALITIES:
        each, penalty = joined([one for one in MODALITIES if one != name])
        yield row_of("left out", name, fold, 5, f"{penalty:g}", each)
    maps = {name: cold.choose(early([blocks[name]], cold.warm)) for name in MODALITIES}
    parts = {part: [cold.scores(maps[name].factors, part) for name in MODALITIES] for part in cold.parts}
    yield row_of("late", "equal weights", fold, 1, "", cold.graded(late(parts["test"], [1] * 4)))
    random = np.random.default_rng(fold)
    tries = [np.ones(4) / 4, *random.dirichlet(np.ones(4), 4)]
    found = [cold.graded(late(parts["validation"], weights), "validation").mean() for weights in tries]
    best = tries[int(np.argmax(np.round(found, 9)))]
    chosen = " ".join(f"{one:.2f}" for one in best)
    yield row_of("late", "weights chosen", fold, 5, chosen, cold.graded(late(parts["test"], best)))


def missing(data: Catalogue, cold: ColdTracks, fold: int) -> Iterator[Row]:
    """Half of the new tracks come without words and three in ten without sound: five ways to serve them."""
    table = data.blocks(cold.warm)
    whole = {name: early([table[name]], cold.warm) for name in MODALITIES}
    random, n = np.random.default_rng(100 + fold), len(cold.warm)
    new = np.isin(np.arange(n), np.concatenate([part.tracks for part in cold.parts.values()]))
    lost = {name: (random.random(n) < rate) & new for name, rate in LOST.items()}

    def side_by_side(blocks: dict[str, np.ndarray]) -> np.ndarray:
        return np.hstack(list(blocks.values()))

    served = side_by_side(put_holes(whole, lost))
    for name, features in (("nothing is missing", side_by_side(whole)), ("the mean put in", served)):
        best = cold.choose(features)
        yield row_of("missing", name, fold, 5, f"{best.penalty:g}", cold.ndcg(best.factors))
    best = learn_with_holes(cold, whole, LOST, served, seed=fold)
    yield row_of("missing", "holes in training too", fold, 5, f"{best.penalty:g}", cold.ndcg(best.factors))
    best = cold.choose(side_by_side({name: whole[name] for name in MODALITIES if name not in LOST}))
    yield row_of("missing", "without both for all", fold, 5, f"{best.penalty:g}", cold.ndcg(best.factors))
    factors = np.zeros_like(best.factors)
    for no_sound in (False, True):
        for no_words in (False, True):
            left = [
                m for m in MODALITIES if not (m == "audio" and no_sound) and not (m == "words" and no_words)
            ]
            here = (lost["audio"] == no_sound) & (lost["words"] == no_words)
            factors[here] = cold.choose(side_by_side({m: whole[m] for m in left})).factors[here]
    yield row_of("missing", "a model for each pattern", fold, 20, "", cold.ndcg(factors))
    maps = {name: cold.choose(whole[name]) for name in MODALITIES}
    scores = [cold.scores(maps[name].factors) for name in MODALITIES]
    tracks = cold.parts["test"].tracks
    has = [~lost[name][tracks] if name in lost else np.ones(len(tracks), dtype=bool) for name in MODALITIES]
    yield row_of("missing", "late, over those present", fold, 5, "", cold.graded(late(scores, [1] * 4, has)))
    as_zero = sum(late([one], [1], [there]) for one, there in zip(scores, has, strict=True))
    yield row_of("missing", "late, missing as 0", fold, 5, "", cold.graded(np.asarray(as_zero)))


def relation_scores(facts: pd.DataFrame, cold: ColdTracks, tracks: pd.Index) -> dict[str, np.ndarray]:
    """log(1 + path score) of all listeners for all tracks, by relation."""
    history = cold.known.matrix
    return {
        name: np.log1p(path_scores(history, links(facts, name, tracks), cold.warm))
        for name in facts["relation"].unique()
    }


def add_relation(
    cold: ColdTracks, base: dict[str, np.ndarray] | None, more: np.ndarray
) -> tuple[dict[str, np.ndarray], float]:
    """The base's scores of both parts with another relation, at the best of five weights on the validation."""
    own = {name: more[np.ix_(part.listeners, part.tracks)] for name, part in cold.parts.items()}
    if base is None:
        return own, 1.0

    def mixed(part: str, weight: float) -> np.ndarray:
        return late([base[part], own[part]], [1 - weight, weight])

    found = [cold.graded(mixed("validation", weight), "validation").mean() for weight in WEIGHTS]
    best = WEIGHTS[int(np.argmax(np.round(found, 9)))]
    return {name: mixed(name, best) for name in cold.parts}, best


def graph(data: Catalogue, cold: ColdTracks, fold: int) -> Iterator[Row]:
    """Paths of each relation, added up one after the other, and in random graphs of the same degrees."""
    tracks, facts = data.plays.items, facts_of(data.about)
    genre = data.about.set_index("track_id")["genre"]
    twins = {"": facts, ", dealt out anew": rewired(facts, fold)}
    made = rewired(facts[facts["relation"] == "made_by"], fold, genre)
    twins[", makers dealt out within the genre"] = pd.concat([made, facts[facts["relation"] == "of_genre"]])
    for twin, one in twins.items():
        scores = relation_scores(one, cold, tracks)
        base, chosen = None, []
        for name, each in scores.items():
            if not twin or name in ("made_by", "in_series"):
                yield row_of("paths", name + twin, fold, 1, "", cold.graded(each))
        for each in scores.values():
            base, weight = add_relation(cold, base, each)
            chosen.append(f"{weight:g}")
            what = " + ".join(list(scores)[: len(chosen)])
            if len(chosen) > 1:
                yield row_of(
                    "paths together", what + twin, fold, 5, " ".join(chosen), cold.graded(base["test"])
                )
            if len(chosen) == 2 and not twin:
                two = base
    blocks = data.blocks(cold.warm)
    best = cold.choose(early([blocks[name] for name in MODALITIES], cold.warm))
    full = cold.model.user_factors_ @ best.factors.T
    both, weight = add_relation(cold, two, full)
    yield row_of(
        "paths together",
        "made_by + of_genre + early fusion",
        fold,
        5,
        f"{weight:g}",
        cold.graded(both["test"]),
    )


def triples(facts: pd.DataFrame, cold: ColdTracks) -> np.ndarray:
    """Plays of half a track or more, and facts, as positions: listeners, then tracks, then things."""
    m, n = cold.known.shape
    heard = cold.known.matrix.tocoo()
    enough = heard.data >= 1 / 3 - 1e-12
    found = [np.column_stack([heard.row[enough], np.zeros(enough.sum(), dtype=int), m + heard.col[enough]])]
    start = m + n
    for number, name in enumerate(facts["relation"].unique(), start=1):
        table = links(facts, name, cold.known.items).tocoo()
        found.append(np.column_stack([m + table.row, np.full(table.nnz, number), start + table.col]))
        start += table.shape[1]
    return np.vstack(found).astype(np.int64)


def translation(data: Catalogue, cold: ColdTracks, fold: int) -> Iterator[Row]:
    """TransE over plays, makers, genres and tags, with three tries, and in a random graph of the same degrees."""
    m, n = cold.known.shape
    facts = facts_of(data.about, ["made_by", "of_genre", "has_tag"])
    for twin, one in {"": facts, ", dealt out anew": rewired(facts, fold)}.items():
        rows, found = triples(one, cold), {}
        for n_factors, epochs, rate in TRANSLATIONS:
            model = Translation(n_factors, epochs, rate, random_state=fold).fit(rows)
            found[n_factors, epochs, rate] = -model.distances(np.arange(m), 0, m + np.arange(n))
        best = cold.best_of(list(found), found.__getitem__)
        chosen = " ".join(f"{number:g}" for number in best)
        yield row_of("translation", "TransE" + twin, fold, len(found), chosen, cold.graded(found[best]))


PARTS = {
    "alone": alone,
    "text": texts,
    "together": together,
    "missing": missing,
    "graph": graph,
    "translation": translation,
}


def figures(parts: Any, folds: Any) -> pd.DataFrame:
    """All rows of these parts and folds."""
    data, rows = Catalogue(), []
    with threadpool_limits(1):
        for fold in folds:
            cold = ColdTracks(data.plays, fold, n_folds=N_FOLDS)
            for name in parts:
                rows += list(PARTS[name](data, cold, fold))
                print(f"fold {fold}: {name}", file=sys.stderr, flush=True)
    return pd.DataFrame(rows, columns=COLUMNS)


def row() -> pd.DataFrame:
    """The named row alone: early fusion in the first fold."""
    return figures(["together"], [0])


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--part", nargs="*", choices=list(PARTS), default=list(PARTS), help="print these, write nothing"
    )
    parser.add_argument(
        "--fold", nargs="*", type=int, default=list(range(N_FOLDS)), help="print these, write nothing"
    )
    arguments = parser.parse_args()
    table = figures(arguments.part, arguments.fold)
    if arguments.part != list(PARTS) or arguments.fold != list(range(N_FOLDS)):
        print(table.pivot_table("ndcg", ["table", "what"], "fold", sort=False).round(3).to_string())
        return
    table = table.sort_values("table", kind="stable", ignore_index=True)
    write_whole(FILE, table.to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    main()
