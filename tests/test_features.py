"""Side information against scikit-learn's encoders and TF-IDF by hand; tables by any column of ids."""

from __future__ import annotations

import math
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from recsys_helpers import features as ft
from recsys_helpers.features import Category, Features, Number, Tags, Text, Vector
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import ContentBased, FeatureToFactor, ImplicitALS, StarterPacks

TABLE = pd.DataFrame(
    {
        "artist_id": [3, 1, 2, 7],
        "plays": [10.0, 20.0, np.nan, 60.0],
        "year": [1990, 2000, 2010, 2020],
        "country": ["NO", "CN", None, "NO"],
        "tags": ["Rain;calm", "rain", None, "news;rain;loud"],
        "about": ["The slow rain", "A day in the rain", "", None],
        "vector": [[1.0, 0.0], np.array([0.5, 2.0]), None, (3, 4)],
    }
)


def dense(schema, table=TABLE, scale=False):
    return Features(schema, scale=scale).fit(table).transform(table).toarray()


def tfidf_by_hand(documents: list[list[str]]) -> tuple[list[str], np.ndarray]:
    """Salton & Buckley's weights as scikit-learn smooths them: tf x (ln((1 + n) / (1 + df)) + 1), rows of length 1."""
    words = sorted({word for words in documents for word in words})
    n = len(documents)
    rows = []
    for document in documents:
        row = []
        for word in words:
            df = sum(word in other for other in documents)
            row.append(document.count(word) * (math.log((1 + n) / (1 + df)) + 1))
        length = math.sqrt(sum(value**2 for value in row)) or 1.0
        rows.append([value / length for value in row])
    return words, np.array(rows)


# ---- each kind -------------------------------------------------------------------------------------------------------


def test_numbers_are_standard_scores_and_a_missing_one_is_the_mean():
    full = TABLE.assign(plays=TABLE["plays"].fillna(30.0))  # their mean
    found = dense({"n": Number(("plays", "year"))})
    theirs = StandardScaler().fit_transform(TABLE[["plays", "year"]])
    np.testing.assert_allclose(found, np.nan_to_num(theirs), atol=1e-12)
    assert found[2, 0] == 0 and full["plays"].mean() == 30
    assert dense({"n": Number("year")}).shape == (4, 1), "one column may stand alone"
    assert not dense({"n": Number("flat")}, TABLE.assign(flat=5)).any(), "a constant tells nothing apart"


def test_categories_are_one_hot_and_a_missing_or_new_one_is_nothing():
    features = Features({"c": Category("country")}, scale=False).fit(TABLE)
    known = TABLE.dropna(subset=["country"])
    encoder = OneHotEncoder(sparse_output=False).fit(known[["country"]])
    np.testing.assert_array_equal(features.transform(known).toarray(), encoder.transform(known[["country"]]))
    assert features.get_feature_names_out().tolist() == ["c_CN", "c_NO"]
    assert not features.transform(TABLE).toarray()[2].any()
    assert not features.transform(known.assign(country="FR")).toarray().any()
    typed = TABLE.assign(country=pd.Categorical(TABLE["country"], categories=["XX", "NO", "CN"]))
    np.testing.assert_array_equal(dense({"c": Category("country")}, typed), dense({"c": Category("country")}))


def test_tags_are_weighed_as_by_hand():
    words, expected = tfidf_by_hand([["rain", "calm"], ["rain"], [], ["news", "rain", "loud"]])
    features = Features({"t": Tags("tags")}, scale=False).fit(TABLE)
    assert features.get_feature_names_out().tolist() == [f"t_{word}" for word in words]
    np.testing.assert_allclose(features.transform(TABLE).toarray(), expected, atol=1e-12)
    piped = TABLE.assign(tags=TABLE["tags"].str.replace(";", "|"))
    np.testing.assert_array_equal(dense({"t": Tags("tags", "|")}, piped), features.transform(TABLE).toarray())
    assert features.transform(TABLE.assign(tags="quite new")).nnz == 0


def test_texts_are_weighed_as_by_hand():
    words, expected = tfidf_by_hand([["slow", "rain"], ["day", "rain"], [], []])
    features = Features({"w": Text("about")}, scale=False).fit(TABLE)
    assert features.get_feature_names_out().tolist() == [f"w_{word}" for word in words]
    np.testing.assert_allclose(features.transform(TABLE).toarray(), expected, atol=1e-12)
    every = Features({"w": Text("about", stop_words=None)}).fit(TABLE).get_feature_names_out()
    assert "w_the" in every and "w_the" not in features.get_feature_names_out()


def test_vectors_are_taken_as_they_are():
    assert dense({"v": Vector("vector")}).tolist() == [[1, 0], [0.5, 2], [0, 0], [3, 4]]
    assert Features({"v": Vector("vector")}).fit(TABLE).get_feature_names_out().tolist() == ["v_0", "v_1"]


# ---- a schema --------------------------------------------------------------------------------------------------------

SCHEMA = {
    "n": Number(("plays", "year")),
    "c": Category("country"),
    "t": Tags("tags"),
    "w": Text("about"),
    "v": Vector("vector"),
}


def test_blocks_stand_side_by_side_and_none_drowns_another():
    features = Features(SCHEMA).fit(TABLE)
    found, names = features.transform(TABLE).toarray(), features.get_feature_names_out()
    assert found.shape == (4, len(names)) == (4, 2 + 2 + 4 + 3 + 2)
    for block in SCHEMA:
        inside = np.array([name.startswith(f"{block}_") for name in names])
        assert (found[:, inside] ** 2).sum(axis=1).mean() == pytest.approx(1)
        alone = dense({block: SCHEMA[block]})
        ratio = found[:, inside][alone != 0] / alone[alone != 0]
        np.testing.assert_allclose(ratio, ratio[0], rtol=1e-12)
    np.testing.assert_array_equal(
        Features(SCHEMA, scale=False).fit(TABLE).transform(TABLE).toarray(),
        np.hstack([dense({block: kind}) for block, kind in SCHEMA.items()]),
    )


def test_what_was_learned_is_kept_for_another_table():
    features = Features(SCHEMA).fit(TABLE)
    whole = features.transform(TABLE).toarray()
    for rows in ([2], [3, 0], [1, 1]):
        np.testing.assert_allclose(features.transform(TABLE.iloc[rows]).toarray(), whole[rows], atol=1e-12)
    assert Features(SCHEMA).fit(TABLE.iloc[[0]]).transform(TABLE).shape[1] < whole.shape[1]


def test_a_block_without_anything_in_it_is_not_divided_by_nothing():
    found = dense({"n": Number("year"), "flat": Number("flat")}, TABLE.assign(flat=1.0), scale=True)
    assert np.isfinite(found).all() and not found[:, 1].any()


def test_features_are_an_estimator_of_scikit_learn():
    again = clone(Features(SCHEMA, scale=False)).fit(TABLE)
    np.testing.assert_array_equal(again.transform(TABLE).toarray(), dense(SCHEMA))
    np.testing.assert_array_equal(Features(SCHEMA).fit_transform(TABLE).toarray(), dense(SCHEMA, scale=True))


class Weekday(ft.Kind):
    """A kind of one's own."""

    def reads(self):
        return ("day",)

    def learn(self, table):
        return None, ["weekend"]

    def encode(self, table, learned):
        from scipy import sparse

        return sparse.csr_array((table["day"].to_numpy() >= 5).astype(float)[:, None])


def test_a_kind_of_ones_own_fits_in():
    table = TABLE.assign(day=[0, 6, 5, 1])
    features = Features({"d": Weekday(), "c": Category("country")}, scale=False).fit(table)
    assert features.get_feature_names_out().tolist() == ["d_weekend", "c_CN", "c_NO"]
    assert features.transform(table).toarray()[:, 0].tolist() == [0, 1, 1, 0]


# ---- Murmur's tracks -------------------------------------------------------------------------------------------------


def make_tracks(n: int = 20) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "track_id": [f"t{i:02d}" for i in range(n)],
            "kind": rng.choice(["music", "podcast", "ambience"], n),
            "genre": rng.choice(["folk", "jazz", "talk"], n),
            "tags": rng.choice(["rain;calm", "loud", "calm"], n),
            "description": rng.choice(["A slow song", "Loud talk of the day", "Rain"], n),
            **{name: rng.random(n).round(3) for name in ft.AUDIO},
        }
    )


def test_track_vectors():
    tracks = make_tracks()
    tracks.loc[3, "energy"] = np.nan
    vectors = ft.track_vectors(tracks)
    assert vectors.index.tolist() == tracks["track_id"].tolist() and vectors.index.name == "track_id"
    for block in ("kind", "genre"):
        hot = vectors.filter(like=f"{block}_")
        expected = pd.get_dummies(tracks[block], prefix=block, dtype=float).set_axis(hot.index)
        pd.testing.assert_frame_equal(hot, expected)
    assert vectors.loc["t03", "audio_energy"] == 0
    np.testing.assert_allclose(
        vectors["audio_tempo"], StandardScaler().fit_transform(tracks[["tempo"]])[:, 0]
    )
    assert list(ft.track_vectors(tracks, ("kind",))) == ["kind_ambience", "kind_music", "kind_podcast"]


def test_track_features_are_those_blocks_scaled():
    tracks = make_tracks()
    found = ft.track_features(tracks)
    expected = (
        Features({name: ft.TRACKS[name] for name in ("audio", "tags", "text")}).fit(tracks).transform(tracks)
    )
    assert (found != expected).nnz == 0
    assert ft.track_features(tracks, "audio").shape == (20, 5)
    assert ft.track_features(tracks, {"kind": Category("kind")}).shape == (20, 3)


# ---- tables by their ids ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "key"),
    [
        (pd.DataFrame({"track_id": [1], "artist_id": [2]}), "track_id"),
        (pd.DataFrame({"artist_id": [2], "name": ["x"]}), "artist_id"),
        (pd.DataFrame({"track_id": [1], "artist_id": [2]}).set_index("artist_id"), None),
        (pd.DataFrame({"track_id": [1]}).rename_axis("row"), "track_id"),
    ],
)
def test_which_column_names_the_rows(table, key):
    assert ft.key_of(table) == key


def test_rows_come_in_the_order_asked_for_by_any_column_of_ids():
    for table in (TABLE, TABLE.set_index("artist_id"), TABLE.rename(columns={"artist_id": "track_id"})):
        assert ft.rows_of(table, [7, 3, 7])["year"].tolist() == [2020, 1990, 2020]
    assert ft.rows_of(TABLE, 1)["country"].tolist() == ["CN"]
    assert ft.rows_of(TABLE.assign(row=[9, 8, 7, 6]), [9, 6], key="row")["artist_id"].tolist() == [3, 7]
    twice = pd.concat([TABLE, TABLE.iloc[[1, 3]]])
    assert ft.keyed(twice).index.tolist() == [3, 1, 2, 7], "equal rows are one"


@pytest.mark.parametrize(
    "model",
    [
        ContentBased(parts={"tags": Tags("tags"), "country": Category("country")}),
        FeatureToFactor(ImplicitALS(n_factors=2, regularization=1.0), parts={"n": Number(("plays", "year"))}),
        StarterPacks(by="country", order="year"),
    ],
    ids=lambda model: type(model).__name__,
)
@pytest.mark.parametrize("indexed", [False, True])
def test_models_take_a_table_keyed_by_another_id(model, indexed):
    """As by track_id, to the last bit; once a table keyed by artist_id was refused."""
    table = TABLE.assign(country=TABLE["country"].fillna("?"))
    plays = pd.DataFrame({"user_id": [1, 1, 2, 3], "artist_id": [3, 1, 3, 2], "track_id": [3, 1, 3, 2]})
    ours = clone(model).fit(
        Interactions.from_frame(plays, item="artist_id"),
        items=table.set_index("artist_id") if indexed else table,
    )
    theirs = clone(model).fit(
        Interactions.from_frame(plays), items=table.rename(columns={"artist_id": "track_id"})
    )
    assert ours.catalogue_.tolist() == theirs.catalogue_.tolist() == [1, 2, 3, 7]
    asked = ([1, 2], 4, False, [1, 2, 3, 7])
    pd.testing.assert_frame_equal(ours.recommend(*asked), theirs.recommend(*asked))


# ---- bad input -------------------------------------------------------------------------------------------------------

BAD = {
    "no block": (
        lambda: Features({}).fit(TABLE),
        r"^parts is empty: choose among 'audio', .*or give a schema",
    ),
    "no part": (lambda: ft.track_features(make_tracks(), ()), r"^parts is empty: choose among 'audio'"),
    "an unknown part": (
        lambda: ft.track_features(make_tracks(), ("smell",)),
        r"^parts=\('smell',\): choose among 'audio'",
    ),
    "no kind": (
        lambda: Features({"tags": "tags"}).fit(TABLE),
        r"^parts=\{'tags': 'tags'\}: say of which kind .*\{'tags': Category\('tags'\)\} \(or Number",
    ),
    "no column": (
        lambda: Features({"t": Tags("tag")}).fit(TABLE),
        r"^table has no column 'tag' \(it has: artist_id",
    ),
    "no column of tracks": (
        lambda: ft.track_vectors(make_tracks().drop(columns="energy")),
        "^tracks has no column 'energy'",
    ),
    "no rows": (lambda: Features({"t": Tags("tags")}).fit(TABLE[:0]), "^table has no rows"),
    "words as numbers": (
        lambda: dense({"n": Number("country")}),
        r"^Column 'country' must hold numbers, not 'NO' as at row 0",
    ),
    "endless": (
        lambda: dense({"n": Number("year")}, TABLE.assign(year=np.inf)),
        r"^Column 'year' is missing or infinite in 4 row",
    ),
    "one label twice": (
        lambda: dense({"c": Category("country")}, TABLE.assign(country=[1, "1", None, 2])),
        "^country holds the number 1 and the text '1'",
    ),
    "tags that are lists": (
        lambda: dense({"t": Tags("tags")}, TABLE.assign(tags=[["a"]] * 4)),
        r"^Column 'tags' is no text in 4 row\(s\), first at row 0",
    ),
    "a separator of two": (
        lambda: dense({"t": Tags("tags", ", ")}),
        r"^separator=', ' is not one sign between two tags",
    ),
    "a separator with a meaning": (
        lambda: dense({"t": Tags("tags", "]")}),
        r"^separator='\]' is not one sign",
    ),
    "no word": (
        lambda: dense({"w": Text("about")}, TABLE.assign(about="the")),
        "^Column 'about' holds no word to tell rows apart by: leave its block out",
    ),
    "no vector": (
        lambda: dense({"v": Vector("vector")}, TABLE.assign(vector=None)),
        "^Column 'vector' holds no vector: give a list or an array in each row",
    ),
    "vectors of two lengths": (
        lambda: dense({"v": Vector("vector")}, TABLE.assign(vector=[[1], [2], [3, 4], [5]])),
        r"^Column 'vector' holds vectors of 1 and of 2 numbers, first at row 2: give all the same length",
    ),
    "a word as vector": (
        lambda: dense({"v": Vector("vector")}, TABLE.assign(vector=[[1], "ab", None, [5]])),
        r"^Column 'vector' holds 'ab' at row 1, no vector: give a list",
    ),
    "an endless vector": (
        lambda: dense({"v": Vector("vector")}, TABLE.assign(vector=[[1], [np.inf], None, [np.nan]])),
        r"^Column 'vector' is not finite in 2 row\(s\), first at row 1",
    ),
    "several ids": (
        lambda: ft.key_of(pd.DataFrame({"artist_id": [1], "label_id": [2]})),
        r"^items has several columns of ids \(artist_id, label_id\): say .*items\.set_index\('artist_id'\)",
    ),
    "no ids": (
        lambda: ft.keyed(pd.DataFrame({"name": ["x"]}), "tracks"),
        r"^tracks has no column of ids, such as track_id \(it has: name\)\. Rename or add it",
    ),
    "an id missing": (
        lambda: ft.keyed(pd.DataFrame({"track_id": ["a", None]})),
        r"^items\['track_id'\] has no id in 1 row\(s\), first at row 1",
    ),
    "two kinds of ids": (
        lambda: ft.keyed(pd.DataFrame({"track_id": [1, "1"]})),
        r"^items\['track_id'\] holds the number 1 and the text '1'",
    ),
    "one id, two rows": (
        lambda: ft.keyed(pd.DataFrame({"track_id": ["a", "a"], "kind": ["x", "y"]})),
        "^items has two rows for 'a' that differ: drop all but one",
    ),
    "an id without a row": (
        lambda: ft.rows_of(TABLE, [1, 8, 9]),
        "^items says nothing about 8: give a table with a row for each id",
    ),
    "ids of another type": (
        lambda: ft.rows_of(TABLE, ["1"]),
        r"^items\['artist_id'\] holds numbers and the data texts, so that no id is in both: turn one",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_refused_with_a_sentence_that_says_how_to_mend_it(case):
    call, sentence = BAD[case]
    with pytest.raises(ValueError, match=sentence) as caught:
        call()
    message = str(caught.value)
    assert message.endswith(".") and "np." not in message and "\n" not in message
    assert not re.search(r"\. [a-z]", message), "a sentence begins with a capital"
