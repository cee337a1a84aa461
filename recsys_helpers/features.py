"""Side information as numbers: what a table says of each item or listener, as one sparse matrix with names.

It is no model, and it asks nobody's plays: what a row holds was known before anybody heard of it.

A schema names blocks of features and says of which kind each is:

>>> schema = {"sound": Number(("tempo", "energy")), "kind": Category("kind"), "tags": Tags("tags")}
>>> tracks = pd.DataFrame({"track_id": ["a", "b"], "tempo": [90.0, 120.0], "energy": [0.1, None],
...     "kind": ["music", "news"], "tags": ["rain;calm", ""]})
>>> features = Features(schema).fit(tracks)
>>> features.transform(tracks).shape
(2, 6)
>>> features.get_feature_names_out().tolist()
['sound_tempo', 'sound_energy', 'kind_music', 'kind_news', 'tags_calm', 'tags_rain']
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
from sklearn.utils.validation import check_is_fitted

from recsys_helpers.columns import (
    as_ids,
    check_ids,
    check_same_kind,
    check_table,
    copies,
    numbers,
    refuse_rows,
    show,
)

# ---- the kinds of a block --------------------------------------------------------------------------------------------


class Kind:
    """What a block of a schema is made of; a kind of one's own says the same three things.

    ``reads()``: the columns of the table that it needs. ``learn(table)``: what has to be known to encode, and the names
    of its features. ``encode(table, learned)``: their values, shape (n_rows, n_features).
    """

    def reads(self) -> tuple[str, ...]:
        raise NotImplementedError

    def learn(self, table: pd.DataFrame) -> tuple[Any, list[str]]:
        raise NotImplementedError

    def encode(self, table: pd.DataFrame, learned: Any) -> sparse.csr_array:
        raise NotImplementedError


@dataclass(frozen=True)
class _OneColumn(Kind):
    column: str

    def reads(self) -> tuple[str, ...]:
        return (self.column,)


@dataclass(frozen=True)
class Number(Kind):
    """Columns of numbers as standard scores over the table that was fitted; a missing one counts as the mean, 0."""

    columns: tuple[str, ...]

    def __post_init__(self) -> None:
        if isinstance(self.columns, str):
            object.__setattr__(self, "columns", (self.columns,))

    def reads(self) -> tuple[str, ...]:
        return tuple(self.columns)

    def learn(self, table: pd.DataFrame) -> tuple[Any, list[str]]:
        values = self._values(table)
        return (values.mean(), values.std(ddof=0).replace(0.0, 1.0)), list(values.columns)

    def encode(self, table: pd.DataFrame, learned: Any) -> sparse.csr_array:
        mean, spread = learned
        return sparse.csr_array(((self._values(table) - mean) / spread).fillna(0.0).to_numpy())

    def _values(self, table: pd.DataFrame) -> pd.DataFrame:
        for column in self.columns:
            numbers(table[column].dropna(), column)
        return table[list(self.columns)].astype(float)


@dataclass(frozen=True)
class Category(_OneColumn):
    """A column of labels, one 0/1 column for each label of the fitted table; a missing or new one has none."""

    def learn(self, table: pd.DataFrame) -> tuple[Any, list[str]]:
        check_ids(table[self.column], self.column)
        labels = pd.Index(pd.get_dummies(table[self.column].astype(object)).columns)
        return labels, [str(label) for label in labels]

    def encode(self, table: pd.DataFrame, learned: Any) -> sparse.csr_array:
        place = learned.get_indexer(table[self.column].astype(object))
        row = np.flatnonzero(place >= 0)
        return sparse.csr_array((np.ones(len(row)), (row, place[row])), shape=(len(table), len(learned)))


@dataclass(frozen=True)
class Tags(_OneColumn):
    """A column of tags joined by ``separator``, as TF-IDF; capitals do not count, a missing one has none."""

    separator: str = ";"

    def learn(self, table: pd.DataFrame) -> tuple[Any, list[str]]:
        if len(self.separator) != 1 or self.separator in "^]\\":
            raise ValueError(
                f"separator={self.separator!r} is not one sign between two tags, such as ';' or '|'."
            )
        return _tfidf(table[self.column], token_pattern=f"[^{self.separator}]+")

    def encode(self, table: pd.DataFrame, learned: Any) -> sparse.csr_array:
        return _weighed(table[self.column], learned)


@dataclass(frozen=True)
class Text(_OneColumn):
    """A column of texts as TF-IDF of their words; ``stop_words`` ("english" or None) are left out."""

    stop_words: str | None = "english"

    def learn(self, table: pd.DataFrame) -> tuple[Any, list[str]]:
        return _tfidf(table[self.column], stop_words=self.stop_words)

    def encode(self, table: pd.DataFrame, learned: Any) -> sparse.csr_array:
        return _weighed(table[self.column], learned)


@dataclass(frozen=True)
class Vector(_OneColumn):
    """A column whose every cell holds a vector of one length (an embedding), taken as it is; a missing one is 0."""

    def learn(self, table: pd.DataFrame) -> tuple[Any, list[str]]:
        length = next((len(one) for one in table[self.column] if _is_vector(one)), None)
        if length is None:
            raise ValueError(f"Column {self.column!r} holds no vector: give a list or an array in each row.")
        return length, [str(n) for n in range(length)]

    def encode(self, table: pd.DataFrame, learned: Any) -> sparse.csr_array:
        values = np.zeros((len(table), learned))
        for row, one in enumerate(table[self.column]):
            if _is_vector(one):
                if len(one) != learned:
                    raise ValueError(
                        f"Column {self.column!r} holds vectors of {learned} and of {len(one)} numbers, first at row "
                        f"{show(table.index[row])}: give all the same length."
                    )
                values[row] = np.asarray(one, dtype=float)
            elif not pd.isna(one):
                raise ValueError(
                    f"Column {self.column!r} holds {show(one)} at row {show(table.index[row])}, no vector: give a list."
                )
        refuse_rows(
            ~np.isfinite(values).all(axis=1), table[self.column], f"Column {self.column!r} is not finite"
        )
        return sparse.csr_array(values)


def _is_vector(one: Any) -> bool:
    return isinstance(one, (list, tuple, np.ndarray))


def _tfidf(texts: pd.Series, **rule: Any) -> tuple[Any, list[str]]:
    count, words = CountVectorizer(dtype=np.float64, **rule), _texts(texts)
    try:
        counts = count.fit_transform(words)
    except ValueError:
        raise ValueError(
            f"Column {texts.name!r} holds no word to tell rows apart by: leave its block out."
        ) from None
    return (count, TfidfTransformer().fit(counts)), list(count.get_feature_names_out())


def _weighed(texts: pd.Series, learned: Any) -> sparse.csr_array:
    count, weigh = learned
    counts = count.transform(_texts(texts))
    counts.sort_indices()  # so that a row is summed up in one order, whichever table it stands in
    return sparse.csr_array(weigh.transform(counts))


def _texts(column: pd.Series) -> pd.Series:
    odd = [not isinstance(one, str) and not pd.isna(one) for one in column.tolist()]
    refuse_rows(odd, column, f"Column {column.name!r} is no text")
    return column.astype(object).fillna("")


# ---- a schema over a table -------------------------------------------------------------------------------------------

AUDIO = ("tempo", "energy", "valence", "acousticness", "speechiness")
#: What Murmur's tracks have to say, by the names of its blocks.
TRACKS: dict[str, Kind] = {
    "audio": Number(AUDIO),
    "tags": Tags("tags"),
    "text": Text("description"),
    "kind": Category("kind"),
    "genre": Category("genre"),
}
#: What Murmur knows of a listener's account, as a schema.
ACCOUNT: dict[str, Kind] = {name: Category(name) for name in ("plan", "age_band", "region", "device")}
PARTS = ("audio", "tags", "text")  # what models for new tracks read
Parts = Sequence[str] | Mapping[str, Kind]  # names of blocks of TRACKS, or a schema of one's own


class Features(TransformerMixin, BaseEstimator):
    """From a table to a sparse matrix, by a schema: a mapping from the name of a block to its kind.

    Parameters
    ----------
    schema : name of a block -> ``Number``, ``Category``, ``Tags``, ``Text`` or ``Vector``; or names of the blocks of
        ``TRACKS``.
    scale : whether each block is divided by one number, so that the rows of the fitted table have a mean squared length
        of 1 in it and no block drowns another.

    ``fit`` learns means, labels and weights of words; ``transform`` gives another table the same columns.
    """

    def __init__(self, schema: Parts, scale: bool = True):
        self.schema = schema
        self.scale = scale

    def fit(self, table: pd.DataFrame, y: Any = None) -> Features:
        """Learn from a table with the columns of the schema; ValueError names one that is not as it says."""
        self.schema_ = read_schema(self.schema)
        table = self._checked(table)
        self.learned_: dict[str, Any] = {}
        names: list[str] = []
        for name, kind in self.schema_.items():
            self.learned_[name], inside = kind.learn(table)
            names += [f"{name}_{one}" for one in inside]
        self.names_ = np.array(names, dtype=object)
        self.length_ = dict.fromkeys(self.schema_, 1.0)
        if self.scale:
            for name, block in self._blocks(table).items():
                self.length_[name] = np.sqrt(block.multiply(block).sum() / max(1, block.shape[0])) or 1.0
        return self

    def transform(self, table: pd.DataFrame) -> sparse.csr_array:
        """Shape (n_rows, n_features), rows in the order of the table."""
        check_is_fitted(self)
        blocks = [block / self.length_[name] for name, block in self._blocks(self._checked(table)).items()]
        return sparse.csr_array(sparse.hstack(blocks, format="csr"))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """The name of each column, that of its block first: "tags_rain"."""
        check_is_fitted(self)
        return self.names_

    def _blocks(self, table: pd.DataFrame) -> dict[str, sparse.csr_array]:
        return {name: kind.encode(table, self.learned_[name]) for name, kind in self.schema_.items()}

    def _checked(self, table: pd.DataFrame) -> pd.DataFrame:
        return check_table(table, _reads(self.schema_), "table")


def _reads(schema: dict[str, Kind]) -> list[str]:
    return list(dict.fromkeys(column for kind in schema.values() for column in kind.reads()))


def read_schema(parts: Parts) -> dict[str, Kind]:
    """A schema from one's own mapping, or from names of the blocks of ``TRACKS``.

    >>> list(read_schema(("tags", "audio")))
    ['tags', 'audio']
    """
    if isinstance(parts, Mapping):
        schema = dict(parts)
        for name, kind in schema.items():
            if not isinstance(kind, Kind):
                raise ValueError(
                    f"parts={{{name!r}: {show(kind)}}}: say of which kind the block is, for instance "
                    f"{{{name!r}: Category({name!r})}} (or Number, Tags, Text, Vector)."
                )
    else:
        names = [parts] if isinstance(parts, str) else list(parts)
        if set(names) - set(TRACKS):
            raise ValueError(f"parts={show(tuple(names))}: choose among {', '.join(map(repr, TRACKS))}.")
        schema = {name: TRACKS[name] for name in names}
    if not schema:
        raise ValueError(f"parts is empty: choose among {', '.join(map(repr, TRACKS))}, or give a schema.")
    return schema


def track_features(tracks: pd.DataFrame, parts: Parts = PARTS) -> sparse.csr_array:
    """What is known of each track before anybody plays it, shape (n_tracks, n_features), rows in the table's order.

    "audio": the columns of ``AUDIO`` as standard scores (missing: 0). "tags": TF-IDF of the tags, split at ``;``.
    "text": TF-IDF of the description's words, English stop words left out. Each part is scaled so that its rows have a
    mean squared length of 1, and none drowns another; see ``Features``, which says the names. Raises ValueError for an
    unknown part or a missing column.

    >>> tracks = pd.DataFrame({"tags": ["rain;calm", "rain", "news"], "description": ["Calm rain", "Rain", "Day"]})
    >>> track_features(tracks, ("tags", "text")).shape
    (3, 6)
    """
    schema = read_schema(parts)
    tracks = check_table(tracks, _reads(schema), "tracks")
    return Features(schema).fit(tracks).transform(tracks)


def track_vectors(
    tracks: pd.DataFrame, parts: Parts = ("kind", "genre", "audio"), key: str | None = None
) -> pd.DataFrame:
    """A row for each track: 0/1 columns for its kind and genre, the audio columns as standard scores (missing: 0).

    ``parts`` as in ``Features``, not scaled. Indexed by the ids of the table (``keyed``), in its order.
    """
    schema = read_schema(parts)
    tracks = keyed(check_table(tracks, _reads(schema), "tracks"), "tracks", key)
    features = Features(schema, scale=False).fit(tracks)
    values = features.transform(tracks).toarray()
    index = pd.Index(tracks.index.astype(object), name=tracks.index.name)
    return pd.DataFrame(values, index=index, columns=features.get_feature_names_out())


# ---- tables by their ids ---------------------------------------------------------------------------------------------


def key_of(table: pd.DataFrame, name: str = "items") -> str | None:
    """The column that names the rows of a side table; None where its index does.

    The index, where it has a name that ends in ``_id``; else ``track_id``; else the only column that ends so. Raises
    ValueError where there is none or several.

    >>> key_of(pd.DataFrame({"artist_id": [1], "name": ["Nana"]}))
    'artist_id'
    """
    if str(table.index.name or "").endswith("_id"):
        return None
    ids = [column for column in table.columns if str(column).endswith("_id")]
    if "track_id" in ids or len(ids) == 1:
        return "track_id" if "track_id" in ids else str(ids[0])
    have = ", ".join(map(str, table.columns)) or "no columns"
    if not ids:
        raise ValueError(f"{name} has no column of ids, such as track_id (it has: {have}). Rename or add it.")
    raise ValueError(
        f"{name} has several columns of ids ({', '.join(ids)}): say which names its rows, "
        f"{name}.set_index({ids[0]!r}) for instance."
    )


def keyed(table: Any, name: str = "items", key: str | None = None) -> pd.DataFrame:
    """A side table by its ids, each once: indexed by the column ``key``, or by that which ``key_of`` finds.

    Raises ValueError for a missing id, and for an id of two rows that differ; equal rows are one.
    """
    frame = check_table(table, () if key is None else (key,), name)
    key = key_of(frame, name) if key is None else key
    if key is not None:
        frame = frame.set_index(key)
    ids = frame.index.to_series()
    refuse_rows(ids.isna(), ids.reset_index(drop=True), f"{name}[{ids.name!r}] has no id")
    check_ids(ids, f"{name}[{ids.name!r}]")
    if not frame.index.is_unique:
        frame = frame[~copies(frame.reset_index())]
        again = frame.index[frame.index.duplicated()]
        if len(again):
            raise ValueError(f"{name} has two rows for {show(again[0])} that differ: drop all but one.")
    return frame


def rows_of(table: Any, ids: Any, name: str = "items", key: str | None = None) -> pd.DataFrame:
    """The rows of a side table for these ids, in their order; ValueError names an id that has none.

    >>> rows_of(pd.DataFrame({"artist_id": [1, 2], "name": ["Nana", "Ode"]}), [2, 1])["name"].tolist()
    ['Ode', 'Nana']
    """
    frame, ids = keyed(table, name, key), as_ids(ids)
    check_same_kind(frame.index.to_series(), ids.to_series(), f"{name}[{frame.index.name!r}]", "the data")
    lost = ids[~ids.isin(frame.index)]
    if len(lost):
        raise ValueError(f"{name} says nothing about {show(lost[0])}: give a table with a row for each id.")
    return frame.loc[ids]
