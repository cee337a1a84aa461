"""Words as numbers, learned on some rows alone: TF-IDF, latent directions, labels, and texts without given names.

It holds no language model: ``benchmarks/sentences.py`` asks one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer


def weigh_words(texts: Iterable[str], learn: Any, **options: Any) -> sparse.csr_array:
    """TF-IDF of texts, (n, words), with words and weights from the rows of ``learn`` (n,) alone; rows of length 1.

    A word that none of these rows holds is passed over. ``options`` go to scikit-learn's ``TfidfVectorizer``; English
    stop words are left out unless they say otherwise. Raises ValueError where no row is to learn from.

    >>> weigh_words(["calm rain", "calm news", "loud"], [True, True, False]).toarray().round(2).tolist()
    [[0.58, 0.0, 0.81], [0.58, 0.81, 0.0], [0.0, 0.0, 0.0]]
    """
    every, rows = np.array(list(texts), dtype=object), _rows(learn)
    if len(every) != len(rows) or not rows.any():
        raise ValueError(f"learn={rows.sum()} of {len(rows)} rows for {len(every)} texts: name at least one.")
    words = TfidfVectorizer(**{"stop_words": "english"} | options).fit(every[rows])
    return sparse.csr_array(words.transform(every))


def latent(weights: Any, learn: Any, size: int) -> np.ndarray:
    """Latent semantic analysis: weights (n, words) on the strongest directions of the rows of ``learn``, (n, size).

    Each direction's largest entry is positive. Deerwester et al., JASIS 41(6):391-407, 1990.

    >>> latent(np.array([[3.0, 0.0], [0.0, 1.0]]), [True, True], 1).round(2).ravel().tolist()[0]
    3.0
    """
    table = sparse.csr_array(weights)
    rows = _rows(learn)
    if not 1 <= size < min(table.shape[1], int(rows.sum())):
        raise ValueError(
            f"size={size}: {rows.sum()} rows of {table.shape[1]} words have no so many directions."
        )
    found = TruncatedSVD(size, algorithm="arpack", random_state=0).fit(table[np.flatnonzero(rows)])
    directions = found.components_
    largest = np.take_along_axis(directions, np.abs(directions).argmax(axis=1)[:, None], axis=1)
    kept: np.ndarray = table @ (directions * np.sign(largest)).T
    return kept


def one_hot(labels: Sequence[str] | pd.Series, learn: Any) -> sparse.csr_array:
    """A 0/1 column for each label among the rows of ``learn``, in order of name; a row with another label has none.

    >>> one_hot(["a", "b", "c"], [True, True, False]).toarray().tolist()
    [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]]
    """
    every, rows = np.array(list(labels), dtype=object), _rows(learn)
    place = pd.Index(sorted(set(every[rows]))).get_indexer(every)
    there = np.flatnonzero(place >= 0)
    shape = (len(every), len(set(every[rows])))
    return sparse.csr_array((np.ones(len(there)), (there, place[there])), shape=shape)


def without(text: str, *names: str) -> str:
    """A text without these names, whole words alone and whatever their capitals; spaces are put in order.

    >>> without("A calm track by Kalo Dray, rain to the end.", "Kalo Dray", "rain")
    'A calm track by , to the end.'
    """
    for name in names:
        text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", text, flags=re.IGNORECASE)
    return re.sub(r"\s+", " ", text).strip()


def _rows(learn: Any) -> np.ndarray:
    return np.asarray(learn, dtype=bool)
