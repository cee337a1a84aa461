"""Metrics as objects: each option and each function of a learner's own gives in compare what it gives alone."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.evaluation import (
    METRICS,
    Metric,
    Split,
    average_precision,
    compare,
    diversity,
    evaluate,
    judge,
    metric,
    metrics_table,
    miscalibration,
    ndcg,
    precision,
    random_split,
    recall,
    score_lists,
    user_split,
)
from recsys_helpers.evaluation.catalogue import read_metrics
from recsys_helpers.evaluation.outcome import Outcome
from recsys_helpers.interactions import Interactions


@pytest.fixture(scope="module")
def split(ratings):
    return random_split(ratings)


@pytest.fixture
def models(by_count):
    return {"popular": by_count(), "rare": by_count(sign=-1, rating=2.0)}


GENRE = pd.Series(
    [["jazz", "talk", "news"][i % 3] for i in range(40)], index=[f"t{i:02d}" for i in range(40)]
)
SOUND = pd.DataFrame(np.random.default_rng(0).normal(size=(40, 3)), index=GENRE.index)

OPTIONS = {
    "divisor of precision": (metric("precision", divisor="length"), lambda j: precision(j, divisor="length")),
    "divisor of recall": (metric("recall", divisor="achievable"), lambda j: recall(j, divisor="achievable")),
    "divisor of MAP": (metric("map", divisor="k"), lambda j: average_precision(j, divisor="k")),
    "ideal": (metric("ndcg", ideal="k"), lambda j: ndcg(j, ideal="k")),
    "discount": (metric("ndcg", discount="max(1, log2 i)"), lambda j: ndcg(j, discount="max(1, log2 i)")),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_an_option_gives_in_compare_what_it_gives_alone(models, split, name):
    one, alone = OPTIONS[name]
    lists = models["popular"].fit(split.train).recommend(split.listeners, k=3)
    lists = lists[lists["rank"] <= 1 + lists["user"] % 3]  # of one, two and three items
    result = evaluate({"ready": lists}, split, [one, one.name.split()[0]], k=3)
    expected = alone(judge(lists, split.test, k=3)).tolist()
    assert result.per_listener(one.name)["ready"].tolist() == expected
    assert result.per_listener(one.name.split()[0])["ready"].tolist() != expected, (
        "the option changes something"
    )


def test_options_of_judging_belong_to_one_metric(models, split):
    wanted = [
        metric("recall", threshold=4),
        "recall",
        metric("ndcg", gains="graded"),
        metric("recall", threshold=2),
    ]
    table = compare(models, split, wanted, k=5, judging={"threshold": 3}).set_index(["metric", "model"])[
        "value"
    ]
    for model, fitted in models.items():
        lists = fitted.fit(split.train).recommend(split.listeners, k=5)
        for name, options in {
            "recall (threshold=4)": {"threshold": 4},
            "recall": {"threshold": 3},
            "recall (threshold=2)": {"threshold": 2},
        }.items():
            assert table[name, model] == pytest.approx(
                recall(judge(lists, split.test, k=5, **options)).mean()
            )
        graded = ndcg(judge(lists, split.test, k=5, gains="graded", threshold=3)).mean()
        assert table["ndcg (gains=graded)", model] == pytest.approx(graded)


def test_each_metric_looks_at_its_own_number_of_places(models, split):
    wanted = ["recall", metric("recall", k=2), metric("recall", k=9), metric("coverage", k=1), "novelty"]
    result = evaluate(models, split, wanted, k=4)
    alone = evaluate(models, split, ["recall", "novelty"], k=4)
    for model, fitted in models.items():
        assert (result.lists[model].groupby("user").size() == 9).all()
        lists = fitted.fit(split.train).recommend(split.listeners, k=9)
        for name, k in {"recall@2": 2, "recall": 4, "recall@9": 9}.items():
            expected = recall(judge(lists, split.test, k=k))
            assert result.per_listener(name)[model].tolist() == expected.tolist()
        first = lists.loc[lists["rank"] == 1, "item"].nunique()
        assert result.whole["coverage@1"][model] == first / split.train.shape[1]
        for name in ("recall", "novelty"):
            assert result.per_listener(name)[model].tolist() == alone.per_listener(name)[model].tolist()


def test_metrics_that_need_a_table(models, split):
    wanted = [
        metric("diversity", features=GENRE),
        metric("diversity", features=SOUND, label="variety of sound"),
        metric("miscalibration", categories=GENRE),
        metric("miscalibration", categories=GENRE, alpha=0.2),
    ]
    result = evaluate(models, split, wanted, k=6)
    assert result.metrics == ("diversity", "variety of sound", "miscalibration", "miscalibration (alpha=0.2)")
    for model, lists in result.lists.items():
        for name, expected in {
            "diversity": diversity(lists, GENRE),
            "variety of sound": diversity(lists, SOUND),
            "miscalibration": miscalibration(lists, split.train, GENRE),
            "miscalibration (alpha=0.2)": miscalibration(lists, split.train, GENRE, alpha=0.2),
        }.items():
            pd.testing.assert_series_equal(
                result.per_listener(name)[model],
                expected.reindex(split.listeners).dropna(),
                check_names=False,
            )
    assert [result.measures[name].best for name in result.metrics] == ["high", "high", "low", "low"]


def test_what_is_given_of_a_listener_is_their_past(ratings):
    from recsys_helpers.models import EASE

    split = user_split(ratings)
    result = evaluate({"ease": EASE()}, split, metric("miscalibration", categories=GENRE), k=5)
    past = Interactions(split.given.matrix, split.given.users, split.given.items)
    expected = miscalibration(result.lists["ease"], past, GENRE)
    assert result.per_listener("miscalibration")["ease"].tolist() == pytest.approx(expected.tolist())


# ---- a learner's own -------------------------------------------------------------------------------------------------


def recall_at_k(recommended, relevant, k):
    return len(set(recommended[:k]) & set(relevant)) / len(relevant)


def average_precision_at_k(recommended, relevant, k):
    hits = [item in relevant for item in recommended[:k]]
    return sum(hit * sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits)) / len(relevant)


def test_a_function_of_a_list_is_a_metric(models, split):
    table = compare(models, split, [recall_at_k, average_precision_at_k, "recall", "map"], k=5)
    values = table.set_index(["metric", "model"]).drop(columns="n_listeners")
    for own, ours in (("recall_at_k", "recall"), ("average_precision_at_k", "map")):
        pd.testing.assert_frame_equal(values.loc[own], values.loc[ours], rtol=1e-12)
    one = evaluate(models, split, recall_at_k, k=5, judging={"threshold": 4}).per_listener("recall_at_k")
    theirs = evaluate(models, split, "recall", k=5, judging={"threshold": 4}).per_listener("recall")
    pd.testing.assert_frame_equal(one, theirs)


def test_a_function_of_a_list_meets_who_has_none_and_knows_for_whom_it_is(models, split):
    met = []

    def whose(recommended, relevant, k, user):
        met.append((user, list(recommended), list(relevant), k))
        return 0.5

    lists = models["rare"].fit(split.train).recommend(split.listeners[3:], k=9)
    evaluate({"ready": lists.sample(frac=1, random_state=0)}, split, whose, k=4)
    assert [user for user, *_ in met] == split.listeners.tolist()
    by_user = lists.groupby("user")["item"].agg(list)
    wanted = split.test.to_frame().groupby("user")["item"].agg(list)
    for user, recommended, relevant, k in met:
        assert recommended == by_user.get(user, [])[:4] and relevant == wanted[user] and k == 4


def test_a_function_of_a_list_has_options(models, split):
    def least(recommended, relevant, k, n):
        return float(len(set(recommended) & set(relevant)) >= n)

    wanted = [Metric(f"at least {n}", least, options={"n": n}) for n in (1, 2)]
    table = compare(models, split, [*wanted, "hit_rate"], k=8).set_index(["metric", "model"])["value"]
    assert table["at least 1"].tolist() == table["hit_rate"].tolist() > table["at least 2"].tolist()


def test_functions_of_all_lists_and_of_ratings_are_metrics(models, split):
    def tall(lists, known, k, least):
        return lists.groupby("user").size().ge(least).astype(float)

    def seen(lists, known, k):
        return float(lists["item"].isin(known.items[:3]).mean())

    def first_hit(judged):
        return pd.Series(judged.hits[:, 0].astype(float), index=judged.users)

    wanted = [
        Metric("tall", tall, "lists", options={"least": 5}),
        Metric("seen", seen, "lists", "low"),
        Metric("first", first_hit, "judged"),
        Metric("first, as an array", lambda judged: judged.hits[:, 0] * 1.0, "judged"),
        Metric(
            "near", lambda truth, predicted, by: abs(truth - predicted) <= by, "ratings", options={"by": 1}
        ),
        Metric("root", lambda truth, predicted: (truth - predicted) ** 2, "ratings", "low", finish=np.sqrt),
    ]
    result = evaluate(models, split, [*wanted, "rmse", "precision"], k=5)
    table = result.table(baseline="rare").set_index(["metric", "model"])
    assert table.loc[("tall", "rare"), "value"] == 1.0
    assert np.isnan(table.loc[("seen", "popular"), "low"]) and result.whole["seen"].between(0, 1).all()
    assert table.loc[("first", "popular"), "value"] == compare(models, split, "precision", k=1)["value"][0]
    pd.testing.assert_frame_equal(table.loc["first"], table.loc["first, as an array"])
    test = split.test.to_frame()
    assert table.loc[("near", "popular"), "value"] == pytest.approx((abs(test["value"] - 3) <= 1).mean())
    pd.testing.assert_frame_equal(table.loc["root"], table.loc["rmse"])


def test_the_best_of_a_metric_of_ones_own_is_the_one_to_beat(models, split):
    for best, expected in (("high", "popular"), ("low", "rare")):
        own = Metric("own", recall_at_k, best=best)
        table = compare(models, split, own, k=8).set_index("model")
        assert np.isnan(table.loc[expected, "difference"])


def lazy(recommended, relevant, k):
    return None


def picky(recommended, relevant, k):
    if "t07" in recommended:
        raise KeyError("t07")
    return 1


BAD = {
    "no metric": (lambda: read_metrics([]), "Name at least one metric. Choose of: precision, recall"),
    "an unknown name": (
        lambda: metric("auc"),
        "^metric='auc' is not known. Choose one of: precision, recall",
    ),
    "a number": (lambda: read_metrics(7), "^metrics are names, Metric objects or functions, not 7"),
    "numbers": (lambda: read_metrics([7]), "^metric=7 is not known. Choose one of: precision"),
    "an option that is none": (
        lambda: metric("ndcg", divisor="k"),
        "^ndcg has no option divisor. It takes: ideal, discount, gains, threshold, without_list, without_test",
    ),
    "options where there are none": (
        lambda: metric("coverage", items=3),
        "^coverage has no option items. It takes: none",
    ),
    "judging of lists": (
        lambda: metric("gini", threshold=3),
        "^gini has no option threshold. It takes: none",
    ),
    "places of ratings": (
        lambda: metric("rmse", k=5),
        "^rmse looks at ratings and not at the first k places",
    ),
    "no table": (
        lambda: metric("diversity"),
        r"^diversity needs features=, a table by item: metric\('diversity', feat",
    ),
    "no table, by name": (
        lambda: read_metrics("miscalibration"),
        "^miscalibration needs categories=, a table",
    ),
    "no table, as it is": (lambda: read_metrics(METRICS["diversity"]), "^diversity needs features="),
    "no places": (lambda: metric("recall", k=0), "at least 1, not 0"),
    "one name twice": (
        lambda: read_metrics([metric("recall", threshold=3, label="r"), metric("recall", label="r")]),
        "^Two metrics are called 'r': name one, metric",
    ),
    "a function without a name": (
        lambda: read_metrics(lambda recommended, relevant, k: 1),
        "^A function without a name needs one: Metric",
    ),
    "a function of other things": (
        lambda: read_metrics(lambda_of_two),
        r"^The function of the metric 'lambda_of_two' cannot be called as function\(recommended, relevant, k\) with no",
    ),
    "an option that a function has not": (
        lambda: Metric("own", recall_at_k, options={"depth": 3}),
        r"cannot be called as function\(recommended, relevant, k\) with depth",
    ),
    "no function": (lambda: Metric("own", 3.0), "^The metric 'own' needs a function, not 3.0"),
    "an unknown kind": (
        lambda: Metric("own", recall_at_k, "rows"),
        "^reads='rows' is not known. Choose one of: list, j",
    ),
    "an unknown direction": (
        lambda: Metric("own", recall_at_k, best="up"),
        "^best='up' is not known. Choose one of: hi",
    ),
    "unknown judging": (
        lambda: Metric("own", recall_at_k, judging={"k": 3}),
        "^judging='k' is not known. Choose",
    ),
}


def lambda_of_two(recommended, relevant):
    return 1


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)


BROKEN = {
    "no number": (lazy, "^Model 'popular': The metric 'lazy' gave no number for listener 0: TypeError"),
    "an error": (
        picky,
        r"^Model 'rare': The metric 'picky' gave no number for listener \d+: KeyError: 't07'$",
    ),
    "an array of another length": (
        Metric("own", lambda judged: judged.hits[:, 0][:3], "judged"),
        "^Model 'popular': The metric 'own' gave ndarray: it must give a Series",
    ),
    "words": (
        Metric("own", lambda judged: "good", "judged"),
        "^Model 'popular': The metric 'own' gave str: it must give a Series with a value for each listener, or one num",
    ),
    "one loss": (
        Metric("own", lambda truth, predicted: 3.0, "ratings"),
        r"^Model 'popular': The metric 'own' must give one number for each of \d+ ratings.$",
    ),
    "now so, now so": (
        Metric(
            "own",
            lambda lists, known, k: 1.0 if "t00" in set(lists["item"]) else lists.groupby("user").size(),
            "lists",
        ),
        "^own gave one number for some models and a value for each listener for others",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_metric_that_breaks_is_named(models, split, case):
    one, sentence = BROKEN[case]
    with pytest.raises(ValueError, match=sentence):
        compare({**models, "more": models["rare"]}, split, one, k=3)


# ---- the table of metrics --------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 6))
def test_no_metric_leaves_its_range(seed, k):
    """Random lists, taste and predictions; beside them the lists that reach an end."""
    rng = np.random.default_rng(seed)
    taste = rng.random((8, 12)) < 0.5
    taste[:, :2] = [True, False]
    taste[:, 2] = True
    x = Interactions.from_frame(
        pd.DataFrame(np.argwhere(taste), columns=["user_id", "track_id"]), items=range(12)
    )
    mask = rng.random(x.nnz) < 0.4
    mask[x.matrix.indices == 2], mask[x.matrix.indices == 0] = True, False
    split = Split.from_mask(x, mask)
    genre = pd.Series(rng.choice(list("abc"), 12), index=range(12))
    rows = [(u, i, r) for u in range(8) for r, i in enumerate(rng.permutation(12)[:k], 1)]
    lists = pd.DataFrame(rows, columns=["user", "item", "rank"])

    class Predicts:
        def predict(self, users, items):
            return rng.normal(size=len(users)) * 3

        def recommend(self, users, k, exclude_seen):
            return lists

    outcome = Outcome(Predicts(), split, k)
    for name, one in METRICS.items():
        table = {"features": genre} if name == "diversity" else {"categories": genre}
        one = metric(name, **{key: table[key] for key in one.needs})
        found = one.measure(outcome)
        values = np.atleast_1d(found.values) if found.counts is None else found.values / found.counts
        values = values[~np.isnan(values)]  # one item has no pair
        assert (values >= one.low - 1e-12).all() and (values <= one.high + 1e-12).all(), name
    sound = metric("diversity", features=pd.DataFrame(rng.normal(size=(12, 2))))
    assert sound.measure(outcome).values.dropna().between(0, 2).all()


def test_the_ends_of_the_ranges_are_reached():
    """Two items that point away from each other are 2 apart; a list without any of the past is ln(1 / 0.01) off."""
    lists = pd.DataFrame({"user": [1, 1], "item": ["a", "b"], "rank": [1, 2]})
    assert diversity(lists, pd.DataFrame({"x": [1.0, -1.0]}, index=["a", "b"])).tolist() == [
        METRICS["diversity"].high
    ]
    past = Interactions.from_frame(pd.DataFrame({"user_id": [1], "track_id": ["c"]}), items=list("abc"))
    off = miscalibration(lists, past, pd.Series({"a": "jazz", "b": "jazz", "c": "talk"}))
    assert off.tolist() == pytest.approx([METRICS["miscalibration"].high])


def one_list(items, relevant, k, name="recall", **options):
    lists = pd.DataFrame({"user": 1, "item": list(items), "rank": range(1, len(items) + 1)})
    test = Interactions.from_frame(pd.DataFrame({"user_id": 1, "track_id": list(relevant)}))
    return METRICS[name].function(judge(lists, test, k), **options)[1]


def test_the_limits_that_the_table_names():
    """Each sentence of METRICS on a small case; those of coverage, Gini and novelty on lists that know nobody."""
    assert one_list("abc", "a", 3, "precision") == 1 / 3  # the best list there is
    assert one_list("abc", "abcdef", 3) == 0.5 and one_list("abx", "ab", 3) == one_list("xba", "ab", 3)
    assert (
        one_list("abc", "abcdef", 3, "map") == 0.5 and one_list("abc", "abcdef", 3, "map", divisor="k") == 1
    )
    sizes = {one_list("abx", "abcdef", 3, "ndcg", ideal=i, discount=d) for i in ("achievable", "k") for d in
             ("log2(i+1)", "max(1, log2 i)")}  # fmt: skip
    assert len(sizes) > 1
    assert one_list("axyz", "abc", 4, "mrr") == one_list("abcx", "abc", 4, "mrr") == 1
    assert one_list("xya", "abc", 3, "hit_rate") == one_list("abc", "abc", 3, "hit_rate") == 1


def test_lists_that_know_nobody_win_what_knows_no_taste(ratings, split):
    """Lists in turn, and of unknown items, against those that most listeners want."""
    from recsys_helpers.models import Popularity

    n = len(split.listeners)
    in_turn = pd.DataFrame(
        {
            "user": np.repeat(split.listeners, 5),
            "item": split.train.items[np.arange(5 * n) % 40],
            "rank": np.tile(range(1, 6), n),
        }
    )
    models = {"in turn": in_turn, "popular": Popularity()}
    wanted = ["coverage", "gini", "novelty", "popularity", metric("diversity", features=GENRE), "ndcg"]
    table = compare(models, split, wanted, k=5).set_index(["metric", "model"])["value"]
    for name in ("coverage", "novelty"):
        assert table[name, "in turn"] > table[name, "popular"]
    for name in ("gini", "popularity"):
        assert table[name, "in turn"] < table[name, "popular"]
    assert table["coverage", "in turn"] == 1 and table["gini", "in turn"] < 0.05


def test_the_table_of_metrics_says_what_compare_does(models, split):
    """Where the table says none, there is no interval; where it says listeners, there is one over these."""
    table = metrics_table().set_index("metric")
    assert list(table.index) == list(METRICS)
    tables = {"features": GENRE, "categories": GENRE}
    wanted = [metric(name, **{key: tables[key] for key in one.needs}) for name, one in METRICS.items()]
    found = compare(models, split, wanted, k=5).groupby("metric").first()
    for name, row in table.iterrows():
        assert np.isfinite(found.loc[name, "low"]) == (row["intervals"] != "none"), name
        over = "listeners, all ratings" if METRICS[name].reads == "ratings" else "listeners"
        assert row["intervals"] in ("none", over)
        ends = (
            f"{METRICS[name].low:g} to {METRICS[name].high:.3g}"
            if np.isfinite(METRICS[name].high)
            else "0 and up"
        )
        assert row["range"] == ends and row["limit"] == METRICS[name].limit
        assert row["best"] == METRICS[name].best and row["limit"].endswith(".")
        for option in filter(None, row["options"].split(", ")):
            assert option in (*METRICS[name].needs, "divisor", "ideal", "discount", "alpha")


def test_values_of_named_metrics_are_those_of_score_lists(models, split):
    result = evaluate(models, split, ["map", "mrr"], k=5)
    for model, lists in result.lists.items():
        scores = score_lists(lists, split.test, ["map", "mrr"], k=5)
        for name in ("map", "mrr"):
            assert result.per_listener(name)[model].tolist() == scores[name].tolist()
