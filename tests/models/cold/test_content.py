"""Content and features to factors, against scikit-learn and against loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import Ridge
from sklearn.metrics.pairwise import cosine_similarity

from recsys_helpers.features import AUDIO
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import (
    BiasedALS,
    CollaborativeFiltering,
    ContentBased,
    FeatureToFactor,
    ImplicitALS,
    Popularity,
    track_features,
)
from tests.models.conftest import describe

FACTORS = CollaborativeFiltering(n_factors=4, n_epochs=1, fill="zero")


def test_features_are_scikit_learns(small):
    """A tag may hold a space; `the` tells nothing."""
    table = describe(small.items)
    table["tags"] = table["tags"].str.replace("music", "hip hop")
    table["description"] = "The " + table["description"]
    sound = (table[list(AUDIO)] - table[list(AUDIO)].mean()) / table[list(AUDIO)].std(ddof=0)
    tags = TfidfVectorizer(tokenizer=lambda text: text.split(";"), token_pattern=None)
    blocks = [
        sound.to_numpy(),
        tags.fit_transform(table["tags"]).toarray(),
        TfidfVectorizer(stop_words="english").fit_transform(table["description"]).toarray(),
    ]
    expected = np.hstack([block / np.sqrt((block**2).sum(axis=1).mean()) for block in blocks])
    np.testing.assert_allclose(track_features(table).toarray(), expected, atol=1e-12)
    two = track_features(table, ("text", "audio")).toarray()
    assert two.shape[1] == blocks[2].shape[1] + blocks[0].shape[1]


def test_a_missing_column_of_the_tracks_is_named(small):
    with pytest.raises(ValueError, match="^tracks has no column 'description'"):
        track_features(describe(small.items).drop(columns="description"))


def test_missing_features_say_nothing(small):
    table = describe(small.items)
    table.loc[3, ["tags", "description", *AUDIO]] = None
    table = table.astype(dict.fromkeys(AUDIO, float))
    assert not track_features(table)[[3]].toarray().any()
    assert (ContentBased().fit(small, items=table).score(small.users)[:, 3] == 0).all()


def test_content_is_the_cosine_with_the_portrait(small):
    table = describe(small.items)
    model = ContentBased(prior=0.7).fit(small, items=table.sample(frac=1, random_state=1))
    features = track_features(table).toarray()
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    everybody = sum(value * unit[i] for i, value in zip(small.matrix.indices, small.matrix.data, strict=True))
    everybody /= np.linalg.norm(everybody)
    rows = small.to_frame()
    for user in small.users[:5]:
        portrait = 0.7 * everybody
        for row in rows[rows["user"] == user].itertuples():
            portrait = portrait + row.value * unit[small.items.get_loc(row.item)]
        expected = cosine_similarity(portrait[None], features)[0]
        np.testing.assert_allclose(model.score([user])[0], expected, atol=1e-10)


def test_popularity_is_a_power_of_the_log_of_listeners(small):
    table = describe(small.items)
    plain, popular = (ContentBased(popularity=p).fit(small, items=table) for p in (0.0, 2.0))
    listeners = small.to_frame().groupby("item")["user"].nunique()[small.items].to_numpy()
    expected = plain.score(small.users) * np.log(2 + listeners) ** 2
    np.testing.assert_allclose(popular.score(small.users), expected, rtol=1e-9)


def test_predicted_factors_are_a_weighted_ridge_regressions(small):
    """Of scikit-learn, which holds the intercept out of the penalty too."""
    table = describe(small.items)
    rows, columns = small.rows, small.matrix.indices
    once = (columns != 8) | (
        rows == rows[columns == 8][0]
    )  # track 8 has one listener, track 6 and listener 4 nobody
    emptied = small.where((columns != 6) & (rows != 4) & once)
    model = FeatureToFactor(FACTORS, regularization=0.5, prior=3.0).fit(emptied, items=table)
    own = CollaborativeFiltering(n_factors=4, n_epochs=1, fill="zero").fit(emptied).item_factors_
    listeners = np.bincount(emptied.matrix.indices, minlength=small.shape[1])
    trust = listeners / (listeners + 3.0)
    features, heard = track_features(table).toarray(), listeners > 0
    ridge = Ridge(alpha=0.5).fit(features[heard], own[heard], sample_weight=trust[heard])
    np.testing.assert_allclose(model.predicted_, ridge.predict(features), atol=1e-8)
    expected = trust[:, None] * own + (1 - trust[:, None]) * ridge.predict(features)
    np.testing.assert_allclose(model.model_.item_factors_, expected, atol=1e-8)
    np.testing.assert_allclose(model.model_.item_factors_[6], model.predicted_[6], atol=1e-12)
    people = emptied.matrix @ expected  # what this model's fold-in is
    heard = np.arange(len(people)) != 4
    np.testing.assert_allclose(model.score(small.users)[heard], (people @ expected.T)[heard], atol=1e-8)
    for silent in ("nobody", small.users[4]):
        nobody = people[heard].mean(axis=0) @ expected.T
        np.testing.assert_allclose(model.score([silent])[0], nobody, atol=1e-8)


def test_a_cold_track_is_found_by_its_features():
    """Two tastes that its tags foretell: only the features can tell where a track without a listener belongs."""
    rng = np.random.default_rng(0)
    pairs = [(u, t) for u in range(60) for t in range(40) if u % 2 == t % 2 and rng.random() < 0.4]
    log = pd.DataFrame(pairs, columns=["user_id", "track_id"])
    tags = ["even;calm" if t % 2 == 0 else "odd;loud" for t in range(50)]
    table = pd.DataFrame({"track_id": range(50), "tags": tags})
    x = Interactions.from_frame(log)
    for model in (ImplicitALS(4, regularization=1.0), BiasedALS(4), FACTORS):
        model = FeatureToFactor(model, parts=("tags",)).fit(x, items=table)
        found = model.recommend(x.users, k=5, candidates=range(40, 50))
        right = (found["user"] % 2 == found["item"] % 2).mean()
        assert right == 1 or (isinstance(model.model_, BiasedALS) and right >= 0.4), model


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (ContentBased(parts=("mood",)), "choose among 'audio', 'tags', 'text'"),
        (ContentBased(prior=-1), "prior=-1: give a number, 0 or more"),
        (ContentBased(popularity=-0.5), "popularity=-0.5: give a number"),
        (FeatureToFactor(prior=-1), "prior=-1: give a number, 0 or more"),
        (FeatureToFactor(regularization=0), "regularization=0: give a number"),
        (FeatureToFactor(Popularity()), "has no factors: give one that has"),
    ],
)
def test_bad_settings(small, model, sentence):
    with pytest.raises(ValueError, match=sentence):
        model.fit(small, items=describe(small.items))


def test_a_dislike_leads_away_from_what_a_track_is(small):
    """Rocchio's portrait: the same track, disliked instead of liked, and its like falls behind its unlike."""
    table = pd.DataFrame({"track_id": list("abcd"), "tags": ["rain", "rain;calm", "news", "news;day"]})
    log = pd.DataFrame(
        {"user_id": [1, 1, 2, 2], "track_id": ["a", "c", "a", "c"], "value": [2.0, 1.0, -2.0, 1.0]}
    )
    model = ContentBased(parts=("tags",), prior=0.0).fit(
        Interactions.from_frame(log, value="value"), items=table
    )
    first = model.recommend([1, 2], k=1, candidates=["b", "d"])["item"].tolist()
    assert first == ["b", "d"]
    assert model.predict([2], ["b"]) < 0


def test_the_model_taken_where_none_is_given_is_the_documented_one(small):
    table = describe(small.items)
    found, named = (
        FeatureToFactor(model).fit(small, items=table).score(small.users)
        for model in (None, ImplicitALS(n_factors=32, dtype="float64"))
    )
    np.testing.assert_array_equal(found, named)
