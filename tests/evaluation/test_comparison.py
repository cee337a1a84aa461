"""compare(): the same figures as each metric alone, the same listeners for all, and errors that name the model."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.evaluation import (
    Split,
    average_popularity,
    bootstrap_interval,
    compare,
    coverage,
    evaluate,
    gini,
    holm,
    judge,
    mae,
    novelty,
    paired_comparison,
    pooled_precision,
    random_split,
    rmse,
    score_lists,
    sign_flip_test,
)
from recsys_helpers.evaluation.catalogue import METRICS as CATALOGUE
from recsys_helpers.interactions import Interactions

METRICS = [name for name, one in CATALOGUE.items() if not one.needs]  # the others need a table
COLUMNS = [
    "model",
    "metric",
    "value",
    "low",
    "high",
    "difference",
    "difference_low",
    "difference_high",
    "p",
    "p_holm",
    "n_listeners",
]


@pytest.fixture(scope="module")
def split(ratings):
    return random_split(ratings)


@pytest.fixture
def models(by_count):
    return {"popular": by_count(), "rare": by_count(sign=-1, rating=2.0), "same": by_count()}


def test_the_table_is_tidy(models, split):
    table = compare(models, split, METRICS, k=5)
    assert list(table.columns) == COLUMNS
    assert list(zip(table["metric"], table["model"], strict=True)) == [
        (m, n) for m in METRICS for n in models
    ]
    assert (table["n_listeners"] == len(split.listeners)).all()
    assert table.index.tolist() == list(range(len(table)))
    assert table.dtypes[COLUMNS[2:10]].map(pd.api.types.is_float_dtype).all()
    assert (
        table.loc[
            table["metric"].isin(["coverage", "gini", "pooled_precision"]), ["low", "difference_high", "p"]
        ]
        .isna()
        .all(axis=None)
    )
    pd.testing.assert_frame_equal(table, compare(models, split, METRICS, k=5))


def test_what_is_left_out_is_as_documented(models, split):
    result = evaluate(models, split)
    assert result.metrics == ("ndcg", "recall", "map")
    assert all(lists["rank"].max() == 10 for lists in result.lists.values())
    given = compare(models, split, k=10, baseline=None, random_state=0, level=0.95)
    pd.testing.assert_frame_equal(compare(models, split), given)


@pytest.mark.parametrize("k", [3, 12])
def test_models_are_asked_for_lists_of_the_length_that_is_graded(models, split, k):
    for lists in evaluate(models, split, ["recall"], k=k).lists.values():
        assert (lists.groupby("user").size() == k).all()


def test_values_are_those_of_the_metrics_alone(models, split):
    table = compare(models, split, METRICS, k=5).set_index(["metric", "model"])["value"]
    test = split.test.to_frame()
    for name, model in models.items():
        fitted = model.fit(split.train)
        lists = fitted.recommend(split.listeners, k=5)
        expected = score_lists(lists, split.test, k=5).mean().to_dict()
        predicted = fitted.predict(test["user"], test["item"])
        expected |= {"rmse": rmse(test["value"], predicted), "mae": mae(test["value"], predicted)}
        expected |= {"novelty": novelty(lists, split.train).mean()}
        expected |= {"popularity": average_popularity(lists, split.train).mean()}
        expected |= {"coverage": coverage(lists, split.train.items), "gini": gini(lists, split.train.items)}
        expected |= {"pooled_precision": pooled_precision(judge(lists, split.test, k=5))}
        assert set(expected) == set(METRICS)
        for metric, value in expected.items():
            assert table[metric, name] == pytest.approx(value, abs=1e-12), (metric, name)


def test_intervals_and_tests_are_those_of_inference(models, split):
    result = evaluate(models, split, ["ndcg"], k=5)
    table = result.table(baseline="rare").set_index("model")
    per_listener = result.per_listener("ndcg")
    alone = paired_comparison(per_listener, baseline="rare").set_index("model")
    for name in models:
        interval = bootstrap_interval(per_listener[name])
        assert tuple(table.loc[name, ["low", "high"]]) == pytest.approx(
            (interval.low, interval.high), abs=1e-12
        )
    for name in alone.index:
        ours = table.loc[name, ["difference", "difference_low", "difference_high", "p", "p_holm"]]
        assert tuple(ours) == pytest.approx(
            tuple(alone.loc[name, ["difference", "low", "high", "p", "p_holm"]]), abs=1e-12
        )
    assert table.loc["rare", ["difference", "difference_low", "difference_high", "p", "p_holm"]].isna().all()


def test_options_reach_the_intervals_and_the_tests(models, split):
    two = {name: models[name] for name in ("popular", "rare")}
    per_listener = evaluate(two, split, ["ndcg"], k=5).per_listener("ndcg")
    options = {"baseline": "rare", "level": 0.7, "random_state": 3}
    row = compare(two, split, ["ndcg"], k=5, **options).iloc[0]
    assert tuple(row[["low", "high"]]) == pytest.approx(
        bootstrap_interval(per_listener["popular"], 0.7, random_state=3)[1:], abs=1e-12
    )
    alone = paired_comparison(per_listener, **options).iloc[0]
    assert tuple(row[["difference_low", "difference_high", "p"]]) == pytest.approx(
        tuple(alone[["low", "high", "p"]]), abs=1e-12
    )
    twins = evaluate({"a": two["popular"], "b": two["popular"]}, split, ["ndcg"], k=5)
    close = twins.totals["ndcg"]["b"] + np.linspace(-1, 1.2, len(split.listeners))
    twins.totals["ndcg"]["b"] = close  # a difference that chance explains as often as not
    found = [
        twins.table("a", n_resamples=10, n_permutations=99, random_state=seed)["p"][1] for seed in range(4)
    ]
    differences = close - twins.totals["ndcg"]["a"]
    assert found == [sign_flip_test(differences, 99, seed)[0] for seed in range(4)] and len(set(found)) > 1


@pytest.mark.parametrize("names", [("popular", "rare", "same"), ("rare", "popular"), ("rare", "same")])
def test_without_a_baseline_the_best_is_the_one_to_beat(models, split, names):
    models = {name: models[name] for name in names}
    for metrics, best in ((["ndcg", "gini", "rmse"], "idxmax"), (["rmse", "ndcg"], "idxmin")):
        table = compare(models, split, metrics, k=5).set_index(["metric", "model"])
        base = getattr(table.loc[metrics[0], "value"], best)()
        for metric in metrics:
            rows = table.loc[metric]
            assert list(rows.index[rows["difference"].isna()]) == [base]
            expected = (rows["value"] - rows.loc[base, "value"]).drop(base)
            pd.testing.assert_series_equal(rows["difference"].drop(base), expected, check_names=False)


def test_a_twin_differs_by_nothing(models, split):
    twins = {"popular": models["popular"], "same": models["same"]}
    table = compare(twins, split, ["ndcg"], k=5).set_index("model")
    assert table.loc["same", "p"] == 1.0 and table.loc["same", "difference"] == 0.0


def test_rmse_resamples_listeners_with_all_their_ratings(models, split):
    result = evaluate({"popular": models["popular"]}, split, ["rmse"])
    table = result.table(n_resamples=400).iloc[0]
    test = split.test.to_frame()
    errors = [((rows["value"] - 3.0) ** 2).to_numpy() for _, rows in test.groupby("user")]
    rng = np.random.default_rng(9)
    drawn = []
    for _ in range(400):
        sample = np.concatenate([errors[i] for i in rng.integers(0, len(errors), len(errors))])
        drawn.append(np.sqrt(sample.mean()))
    spread = np.std(drawn)
    assert table["value"] == pytest.approx(np.sqrt(np.concatenate(errors).mean()))
    assert table["low"] == pytest.approx(np.quantile(drawn, 0.025), abs=0.4 * spread)
    assert table["high"] == pytest.approx(np.quantile(drawn, 0.975), abs=0.4 * spread)
    own = result.per_listener("rmse")["popular"]
    assert own.iloc[0] == pytest.approx(np.sqrt(errors[0].mean()))


def test_holm_runs_over_the_models_of_a_metric(by_count, split):
    models = {f"m{i}": by_count(sign=s) for i, s in enumerate((1, -1, -1, -1))}
    result = evaluate(models, split, ["recall"], k=8)
    raw = paired_comparison(result.per_listener("recall"), baseline="m0")["p"]
    np.testing.assert_allclose(result.table(baseline="m0")["p"][1:], raw, atol=1e-12)
    np.testing.assert_allclose(result.table(baseline="m0")["p_holm"][1:], holm(raw), atol=1e-12)


def test_models_are_cloned_and_get_the_side_tables(by_count, split):
    model, seen = by_count(), []
    by_count_fit = by_count.fit

    class Watching(by_count):
        def fit(self, interactions, **tables):
            seen.append((self, interactions, tables))
            return by_count_fit(self, interactions, **tables)

    watching, users = Watching(), pd.DataFrame({"user_id": [1]})
    compare({"a": watching, "b": model}, split, ["recall"], k=3, users=users)
    items = users.copy()
    compare({"a": watching, "b": model}, split, ["recall"], k=3, items=items)
    assert list(seen[1][2]) == ["items"] and seen[1][2]["items"] is items
    assert seen[0][0] is not watching and not hasattr(watching, "train_") and not hasattr(model, "train_")
    assert seen[0][1] is split.train and list(seen[0][2]) == ["users"] and seen[0][2]["users"] is users


def test_ready_lists_can_stand_beside_models(models, split):
    lists = models["rare"].fit(split.train).recommend(split.train.users, k=5)
    table = compare({"rare": models["rare"], "lists": lists}, split, ["ndcg", "coverage"], k=5).set_index(
        ["metric", "model"]
    )
    assert table.loc[("ndcg", "lists"), "value"] == table.loc[("ndcg", "rare"), "value"]
    assert table.loc[("coverage", "lists"), "value"] == table.loc[("coverage", "rare"), "value"]


def test_ready_lists_count_up_to_k_and_in_any_order_of_rows(models, split):
    metrics = ["ndcg", "novelty", "popularity", "coverage", "gini"]
    long = models["rare"].fit(split.train).recommend(split.train.users, k=9)
    expected = compare({"rare": models["rare"]}, split, metrics, k=4)
    for lists in (long, long.sample(frac=1, random_state=0)):
        found = compare({"rare": lists}, split, metrics, k=4)
        pd.testing.assert_frame_equal(found, expected, rtol=1e-12)


def test_rating_errors_of_few_listeners_with_many_items(by_count):
    """Ids that are no positions, more items than listeners, and a last listener without anything in test."""
    rows = [("ann", i, 1.0 + i) for i in range(4)] + [
        ("bob", 0, 5.0),
        ("bob", 5, 1.0),
        ("cid", 2, 3.0),
        ("dee", 6, 4.0),
    ]
    x = Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "track_id", "v"]), value="v")
    split = Split.from_mask(x, [False, True, True, False, True, False, False, False])
    result = evaluate({"three": by_count(rating=3.0)}, split, ["rmse", "mae"])
    assert result.per_listener("mae")["three"].to_dict() == {"ann": 0.5, "bob": 2.0}  # off by 1, 0; by 2
    assert result.per_listener("rmse")["three"].to_dict() == pytest.approx({"ann": 0.5**0.5, "bob": 2.0})
    assert result.table()["value"].tolist() == pytest.approx([(5 / 3) ** 0.5, 1.0])
    assert result.table()["n_listeners"].tolist() == [2, 2]


def test_two_listeners_are_the_fewest(models, split):
    lists = models["rare"].fit(split.train).recommend(split.listeners[:2], k=5)
    options = {"metrics": ["recall"], "k": 5, "judging": {"without_list": "drop"}}
    assert compare({"few": lists}, split, **options)["n_listeners"].tolist() == [2]
    with pytest.raises(
        ValueError, match="^Only 1 listeners have a value of recall .*: at least 2 are needed"
    ):
        compare({"few": lists[:5]}, split, **options)


def test_all_models_are_graded_on_the_same_listeners(models, split):
    lists = models["rare"].fit(split.train).recommend(split.listeners[:20], k=5)
    both = {"popular": models["popular"], "few": lists}
    table = compare(both, split, ["novelty"], k=5)
    assert (table["n_listeners"] == 20).all()
    table = compare(both, split, ["recall"], k=5, judging={"without_list": "drop"})
    assert (table["n_listeners"] == 20).all()
    assert (compare(both, split, ["recall"], k=5)["n_listeners"] == len(split.listeners)).all()


def test_the_packages_own_models_go_through(split):
    from recsys_helpers.models import EASE, BiasedALS, ImplicitALS, ItemKNN, Popularity

    rankers = {"popular": Popularity(), "knn": ItemKNN(), "ease": EASE(), "als": ImplicitALS(n_factors=4)}
    table = compare(rankers, split, "ndcg", k=5, baseline="popular")
    assert list(table["model"]) == list(rankers) and table["value"].between(0.01, 1).all()
    table = compare({"als": BiasedALS(n_factors=2)}, split, ["rmse", "mae", "ndcg"], k=5)
    assert table["value"].notna().all() and table["p"].isna().all()


def test_judging_options_reach_the_metrics(models, split):
    all_items = compare(models, split, ["recall"], k=5)
    liked = compare(models, split, ["recall"], k=5, judging={"threshold": 4})
    assert liked["n_listeners"].iloc[0] < all_items["n_listeners"].iloc[0]


def melted(values, seed=0) -> Split:
    """A random split of a table that was wide: a row for each listener and item, most of them nothing."""
    wide = pd.DataFrame(values, columns=[f"t{i}" for i in range(values.shape[1])]).rename_axis("user_id")
    long = wide.reset_index().melt("user_id", var_name="track_id", value_name="value")
    return random_split(Interactions.from_frame(long, value="value"), random_state=seed)


def test_no_list_can_be_wrong_where_everything_left_is_relevant(models):
    """A table melted from wide to long stores what did not happen as zeros: every model had nDCG 1.000."""
    rng = np.random.default_rng(0)
    sparse, dense = (melted((rng.random((20, 30)) < share) * 1.0) for share in (0.1, 0.7))
    for split in (sparse, dense):
        with pytest.raises(ValueError, match="^Every item .* counts as relevant, so no list can be wrong"):
            compare(models, split, k=3)
    lists = models["popular"].fit(sparse.train).recommend(sparse.listeners, k=3)
    with pytest.raises(ValueError, match=r"values of test are 0, .* Drop them before the split"):
        score_lists(lists, sparse.test, k=3)
    # What the sentences advise: grades that can be missed.
    liked = compare(models, dense, ["ndcg"], k=3, judging={"threshold": 1})
    assert (liked["value"] < 1).all()
    x = dense.train.where(dense.train.matrix.data > 0)
    assert (compare(models, Split(x, dense.test.where(dense.test.matrix.data > 0)), k=3)["value"] < 1).all()
    with pytest.raises(ValueError, match="^Every item that a list could hold"):
        compare(models, dense, k=3, judging={"threshold": 0})
    # Neither an error of ratings nor a graded gain is earned by every list.
    compare(models, dense, ["rmse", "coverage"], k=3)
    graded = melted(rng.integers(1, 6, (20, 12)) * 1.0)
    assert (compare(models, graded, "ndcg", k=3, judging={"gains": "graded"})["value"] < 1).all()


def test_with_repeats_what_was_heard_could_be_listed_too(models):
    """Six of seven items in test: without repeats the lists could hold only these."""
    x = Interactions.from_frame(pd.DataFrame(np.argwhere(np.ones((9, 7))), columns=["user_id", "track_id"]))
    first = x.matrix.indices == 0
    with pytest.raises(ValueError, match="^Every item that a list could hold"):
        compare(models, Split(x.where(first), x.where(~first)), k=2)
    compare(models, Split(x.where(first), x.where(~first), repeats=True), k=2)


def test_a_score_that_is_no_number_is_named_by_model_listener_and_item(split):
    """Three scores of a model of one's own gave lists of eight, graded without a word."""
    from recsys_helpers.models import Recommender

    class Own(Recommender):
        def _fit(self, x):
            self.scores_ = np.tile(np.arange(x.shape[1], dtype=float), (x.shape[0], 1))
            self.scores_[7, 20:23] = np.nan

        def _score(self, rows):
            return self.scores_[rows].copy()

    for metrics in ("ndcg", "coverage"):
        with pytest.raises(ValueError, match="^Model 'mine': .* item 't20' for (user|listener) 7"):
            compare({"mine": Own()}, split, metrics)
    with pytest.raises(ValueError, match=r"^Model 'mine': .* item 't2[012]' (for|with) (user|listener) 7"):
        test = split.test.where((split.test.rows == 7) | (split.test.rows == 8))
        compare({"mine": Own()}, Split(split.train.where(split.train.rows < 9), test), "rmse")


def failing(by_count, method, error):
    class Failing(by_count):
        pass

    def fail(self, *args, **kwargs):
        raise error

    setattr(Failing, method, fail)
    return Failing()


def nan_predictor(by_count, n=None):
    class Nan(by_count):
        def predict(self, users, items):
            return np.r_[np.full(3, 4.0), np.nan, np.full(len(users) - 4, 4.0)][:n]

    return Nan()


def nan_ranker(by_count):
    """Scores as of a model that did not fit, in lists that look as they should."""

    class Nan(by_count):
        def recommend(self, *args, **options):
            lists = super().recommend(*args, **options)
            return lists.assign(score=lists["score"].mask(lists.index == 2))

    return Nan()


BAD = {
    "no models": (
        lambda m, s, c: compare({}, s),
        ValueError,
        "^models is a dictionary of at least one model: .*Popularity",
    ),
    "a list of models": (lambda m, s, c: compare([c()], s), ValueError, "models is a dictionary"),
    "unknown metric": (
        lambda m, s, c: compare(m, s, ["auc"]),
        ValueError,
        "metric='auc' is not known. Choose one of: precision, recall, map, ndcg, mrr, hit_rate, rmse, mae, novelty",
    ),
    "no metric": (
        lambda m, s, c: compare(m, s, []),
        ValueError,
        "Name at least one metric. Choose of: precision, recall",
    ),
    "k of 0": (lambda m, s, c: compare(m, s, k=0), ValueError, "at least 1, not 0"),
    "train instead of a split": (
        lambda m, s, c: compare(m, s.train),
        ValueError,
        "split is a Split, as random_split.*, not Interactions",
    ),
    "unknown baseline": (
        lambda m, s, c: compare(m, s, baseline="best"),
        ValueError,
        "^baseline='best' is not known. Choose one of: popular, rare, same",
    ),
    "a model that cannot fit": (
        lambda m, s, c: compare({"als": failing(c, "fit", ValueError("n_factors is negative"))}, s),
        ValueError,
        "^Model 'als': n_factors is negative$",
    ),
    "a model that breaks": (
        lambda m, s, c: compare({"als": failing(c, "recommend", KeyError("x"))}, s),
        RuntimeError,
        "^Model 'als': 'x'$",
    ),
    "predictions of NaN": (
        lambda m, s, c: compare({"als": nan_predictor(c)}, s, ["rmse"]),
        ValueError,
        r"^Model 'als': predict\(\) must give a finite number for each pair of test, and for listener 0 with item "
        r"'t\d\d' it gave nan.$",
    ),
    "too few predictions": (
        lambda m, s, c: compare({"als": nan_predictor(c, n=3)}, s, ["rmse"]),
        ValueError,
        r"^Model 'als': predict\(\) gave 3 numbers for \d+ pairs of test: it must give one for each.$",
    ),
    "scores of NaN": (
        lambda m, s, c: compare({"own": nan_ranker(c)}, s, "gini"),
        ValueError,
        r"^Model 'own': The score of item 't\d\d' for listener 0 is not a number, so its rank means nothing. Mend the",
    ),
    "ready lists with a score of NaN": (
        lambda m, s, c: compare({"ready": nan_ranker(c).fit(s.train).recommend(s.listeners)}, s),
        ValueError,
        r"^Model 'ready': The score of item 't\d\d' for listener 0 is not a number",
    ),
    "ready lists without a rank": (
        lambda m, s, c: compare(
            {
                "ready": c()
                .fit(s.train)
                .recommend(s.listeners)
                .assign(rank=lambda t: t["rank"].mask(t.index == 1))
            },
            s,
        ),
        ValueError,
        r"^Model 'ready': Ranks are the whole numbers 1, 2, 3, …, .* item 't\d\d' of listener 0 has nan. Number",
    ),
    "ready lists and rmse": (
        lambda m, s, c: compare({"lists": c().fit(s.train).recommend(s.listeners)}, s, ["rmse"]),
        ValueError,
        "Model 'lists': Ready lists hold no rating predictions",
    ),
    "no values per listener": (
        lambda m, s, c: evaluate(m, s, ["gini", "recall", "map"]).per_listener("gini"),
        ValueError,
        "no values per listener for 'gini'. There are for: recall, map",
    ),
    "no values per listener at all": (
        lambda m, s, c: evaluate(m, s, ["gini"]).per_listener("gini"),
        ValueError,
        "There are for: none",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(models, split, by_count, case):
    call, kind, sentence = BAD[case]
    with pytest.raises(kind, match=sentence):
        call(models, split, by_count)
