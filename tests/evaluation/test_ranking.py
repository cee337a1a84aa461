"""Ranking metrics against a plain loop, ranx's stored values, and a table of five libraries' figures."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys_helpers.evaluation import (
    average_precision,
    hit_rate,
    judge,
    ndcg,
    pooled_precision,
    precision,
    recall,
    reciprocal_rank,
    score_lists,
)
from recsys_helpers.evaluation.ranking import METRICS, example
from recsys_helpers.interactions import Interactions

GOLDEN = json.loads((Path(__file__).parent / "golden" / "ranx.json").read_text(encoding="utf-8"))


def lists_frame(lists: dict) -> pd.DataFrame:
    """{user: [item, …]} -> user, item, rank."""
    rows = [(user, item, rank) for user, items in lists.items() for rank, item in enumerate(items, 1)]
    return pd.DataFrame(rows, columns=["user", "item", "rank"])


def truth(relevant: dict, users=None, items=None) -> Interactions:
    """{user: {item: value}} or {user: [item, …]} -> Interactions."""
    rows = [
        (user, item, values[item] if isinstance(values, dict) else 1.0)
        for user, values in relevant.items()
        for item in values
    ]
    frame = pd.DataFrame(rows, columns=["user_id", "track_id", "value"])
    return Interactions.from_frame(frame, value="value", users=users, items=items)


# ---- five libraries on the same three lists ------------------------------------------------------------------------

LISTS = {1: [10, 11, 12], 2: [11, 13, 14]}
RELEVANT = {1: [10, 12], 2: [13, 14, 15, 16, 17, 18], 3: [19]}
LENSKIT = "max(1, log2 i)"
CONVENTIONS = [  # library, metric, its figure, the options of ours that name its convention: of judge, of the metric
    ("RecTools", precision, 0.4444, {}, {}),
    ("RecTools", recall, 0.4444, {}, {}),
    ("RecTools", average_precision, 0.3426, {}, {}),
    ("RecTools", ndcg, 0.4115, {}, {"ideal": "k"}),
    ("RecTools divide_by_k", average_precision, 0.3148, {}, {"divisor": "k"}),
    ("RecTools divide_by_achievable", ndcg, 0.4835, {}, {}),
    ("recommenders", precision, 0.6667, {"without_list": "drop"}, {}),
    ("recommenders", recall, 0.6667, {"without_list": "drop"}, {}),
    ("recommenders map", average_precision, 0.5139, {"without_list": "drop"}, {}),
    ("recommenders map_at_k", average_precision, 0.6111, {"without_list": "drop"}, {"divisor": "achievable"}),
    ("recommenders", ndcg, 0.4835, {"without_list": "zero"}, {}),
    ("implicit", pooled_precision, 0.6667, {}, {}),
    ("implicit", average_precision, 0.4074, {}, {"divisor": "achievable"}),
    ("implicit", ndcg, 0.4835, {}, {}),
    ("Cornac", precision, 0.4444, {}, {}),
    ("Cornac", recall, 0.4444, {}, {}),
    ("Cornac", ndcg, 0.4835, {}, {}),
    ("LensKit, NaN dropped", precision, 0.6667, {"without_list": "nan"}, {"divisor": "length"}),
    ("LensKit, NaN dropped", recall, 0.5556, {}, {"divisor": "achievable"}),
    ("LensKit, NaN dropped", average_precision, 0.6111, {"without_list": "nan"}, {"divisor": "length"}),
    ("LensKit, NaN dropped", ndcg, 0.4785, {}, {"discount": LENSKIT}),
    ("LensKit, NaN as 0", precision, 0.4444, {"without_list": "zero"}, {"divisor": "length"}),
    ("LensKit, NaN as 0", recall, 0.5556, {}, {"divisor": "achievable"}),
    ("LensKit, NaN as 0", average_precision, 0.4074, {"without_list": "zero"}, {"divisor": "length"}),
    ("LensKit, NaN as 0", ndcg, 0.4785, {}, {"discount": LENSKIT}),
]


@pytest.mark.parametrize("library, metric, figure, judging, options", CONVENTIONS)
def test_each_librarys_figure_comes_out_of_its_convention(library, metric, figure, judging, options):
    judged = judge(lists_frame(LISTS), truth(RELEVANT), k=3, **judging)
    assert f"{np.nanmean(metric(judged, **options)):.4f}" == f"{figure:.4f}"


def test_the_example_of_the_documentation_is_what_it_says():
    """By hand: Ann's hit is first of three, Bob's two are second and third of four wanted, Cid's and Dee's are none."""
    lists, chosen = example()
    assert lists.to_dict("list") == {
        "user": ["ann"] * 3 + ["bob"] * 3 + ["cid"] * 2,
        "item": [10, 11, 12, 11, 13, 14, 10, 11],
        "rank": [1, 2, 3, 1, 2, 3, 1, 2],
    }
    assert chosen.to_frame()[["user", "item"]].values.tolist() == [
        ["ann", 10], *(["bob", item] for item in (13, 14, 15, 16)), ["cid", 12], ["dee", 10],
    ]  # fmt: skip
    thirds = {"precision": [1 / 3, 2 / 3], "recall": [1, 1 / 2], "map": [1, (1 / 2 + 2 / 3) / 4]}
    second, third = 1 / math.log2(3), 1 / 2
    thirds |= {"ndcg": [1, (second + third) / (1 + second + third)], "mrr": [1, 1 / 2], "hit_rate": [1, 1]}
    scores = score_lists(lists, chosen, k=3)
    assert scores.index.tolist() == ["ann", "bob", "cid", "dee"]
    assert {name: column.tolist() for name, column in scores.items()} == {
        name: pytest.approx([*values, 0, 0], abs=1e-12) for name, values in thirds.items()
    }


def test_the_conventions_differ():
    assert len({figure for _, metric, figure, _, _ in CONVENTIONS if metric is average_precision}) == 5


# ---- ranx ------------------------------------------------------------------------------------------------------------


def golden_frames(case: dict) -> tuple[pd.DataFrame, Interactions]:
    """Ours from the stored input: ranks by score, ties by item id; users on either side are known to test."""
    ordered = {
        user: sorted(scores, key=lambda item: (-scores[item], item)) for user, scores in case["lists"].items()
    }
    return lists_frame(ordered), truth(case["test"], users=sorted({*case["lists"], *case["test"]}))


@pytest.mark.parametrize("number", range(len(GOLDEN["cases"])))
def test_defaults_equal_ranx(number):
    """Every metric of ranx that has a namesake here, to 1e-12.

    One definition differs: ranx's nDCG takes the grade of a hit as its gain, ours only under gains="graded".
    """
    case = GOLDEN["cases"][number]
    recommendations, test = golden_frames(case)
    graded = max(v for values in case["test"].values() for v in values.values()) > 1
    for name, expected in case["values"].items():
        metric, _, rest = name.partition("@")
        k, _, level = rest.partition("-l")
        gains = "graded" if graded and metric == "ndcg" else "binary"
        # Under ranx's level a listener whose items are all below it counts 0: ours drops them unless told otherwise.
        judged = judge(recommendations, test, int(k), gains=gains, threshold=float(level) if level else None)
        ours = METRICS[metric](judged).reindex(case["listeners"])
        if level:
            ours = ours.fillna(0.0)
        np.testing.assert_allclose(ours.to_numpy(), expected, rtol=0, atol=1e-12, err_msg=name)


def test_the_golden_lists_have_ties_gaps_and_graded_values():
    assert all(set(case["lists"]) - set(case["test"]) for case in GOLDEN["cases"])  # a list, no test item
    assert sum(len(set(case["test"]) - set(case["lists"])) for case in GOLDEN["cases"]) > 10  # no list
    scores = [list(s.values()) for case in GOLDEN["cases"] for s in case["lists"].values()]
    assert sum(len(set(s)) < len(s) for s in scores) > 50
    case = GOLDEN["cases"][2]
    recommendations, test = golden_frames(case)
    binary = ndcg(judge(recommendations, test, 10)).reindex(case["listeners"])
    assert np.abs(binary.to_numpy() - case["values"]["ndcg@10"]).max() > 0.05


# ---- a plain loop, and properties ------------------------------------------------------------------------------------


def slow(lists: dict, relevant: dict, k: int) -> dict:
    """The definitions, one listener and one rank at a time."""
    result = {}
    for user in relevant:
        items, wanted = lists.get(user, [])[:k], relevant[user]
        hits = [item in wanted for item in items]
        dcg = sum(1 / math.log2(i + 2) for i, hit in enumerate(hits) if hit)
        best = sum(1 / math.log2(i + 2) for i in range(min(k, len(wanted))))
        ap = sum(sum(hits[: i + 1]) / (i + 1) for i, hit in enumerate(hits) if hit)
        first = hits.index(True) + 1 if True in hits else math.inf
        result[user] = {
            "precision": sum(hits) / k,
            "recall": sum(hits) / len(wanted),
            "map": ap / len(wanted),
            "ndcg": dcg / best,
            "mrr": 1 / first,
            "hit_rate": float(any(hits)),
        }
    return result


item_lists = st.lists(st.integers(0, 14), max_size=8, unique=True)
wanted_sets = st.sets(st.integers(0, 14), min_size=1, max_size=8)


@st.composite
def situations(draw):
    users = draw(st.lists(st.integers(0, 99), min_size=1, max_size=6, unique=True))
    lists = {user: draw(item_lists) for user in users}
    relevant = {user: sorted(draw(wanted_sets)) for user in users if draw(st.booleans()) or user == users[0]}
    lists[users[0]] = lists[users[0]] or [0]
    return lists, relevant, draw(st.integers(1, 10))


def scores(lists, relevant, k, **options):
    test = truth(relevant, users=sorted({*lists, *relevant}), items=range(15))
    return score_lists(lists_frame(lists), test, k=k, **options)


@settings(max_examples=150, deadline=None)
@given(situations())
def test_equal_to_the_loop_and_within_0_and_1(situation):
    lists, relevant, k = situation
    ours = scores(lists, relevant, k)
    expected = pd.DataFrame.from_dict(slow(lists, relevant, k), orient="index").sort_index()[
        list(ours.columns)
    ]
    assert list(ours.index) == list(expected.index)
    np.testing.assert_allclose(ours.to_numpy(), expected.to_numpy(), rtol=0, atol=1e-12)
    assert ((ours >= 0) & (ours <= 1 + 1e-12)).all(axis=None)


@settings(max_examples=60, deadline=None)
@given(situations(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_names_do_not_matter(situation, random):
    lists, relevant, k = situation
    ours = scores(lists, relevant, k)
    names = list(range(200))
    random.shuffle(names)
    titles = [f"title {n}" for n in random.sample(range(15), 15)]
    renamed = {names[u]: [titles[i] for i in items] for u, items in lists.items()}
    wanted = {names[u]: [titles[i] for i in items] for u, items in relevant.items()}
    test = truth(wanted, users=sorted({*renamed, *wanted}), items=titles)
    frame = lists_frame(renamed).sample(frac=1, random_state=random.randrange(1000))
    other = score_lists(frame, test, k=k).reindex([names[u] for u in ours.index])
    np.testing.assert_allclose(other.to_numpy(), ours.to_numpy(), rtol=0, atol=1e-12)


@settings(max_examples=100, deadline=None)
@given(item_lists.filter(lambda x: len(x) > 1), wanted_sets, st.data())
def test_moving_a_hit_up_never_lowers_a_metric(items, wanted, data):
    place = data.draw(st.integers(1, len(items) - 1))
    k = data.draw(st.integers(1, 8))
    if items[place] not in wanted:
        return
    better = items.copy()
    better[place - 1], better[place] = better[place], better[place - 1]
    before = scores({1: items}, {1: sorted(wanted)}, k).iloc[0]
    after = scores({1: better}, {1: sorted(wanted)}, k).iloc[0]
    assert (after >= before - 1e-12).all()
    if items[place - 1] not in wanted and place < k:
        assert after["ndcg"] > before["ndcg"] and after["map"] > before["map"]


@settings(max_examples=60, deadline=None)
@given(situations())
def test_recall_and_hit_rate_never_fall_as_k_grows(situation):
    lists, relevant, k = situation
    short, long = scores(lists, relevant, k), scores(lists, relevant, k + 1)
    for metric in ("recall", "hit_rate", "mrr", "map"):
        assert (long[metric] >= short[metric] - 1e-12).all()


@settings(max_examples=60, deadline=None)
@given(situations(), st.lists(st.integers(0, 5), min_size=15, max_size=15))
def test_graded_ndcg_is_the_loops(situation, grades):
    lists, relevant, k = situation
    graded = {u: {i: float(grades[i]) for i in items} for u, items in relevant.items()}
    test = truth(graded, users=sorted({*lists, *relevant}), items=range(15))
    if not test.matrix.data.any():
        with pytest.raises(ValueError, match="values of test are 0"):
            judge(lists_frame(lists), test, k, gains="graded")
        return
    ours = ndcg(judge(lists_frame(lists), test, k, gains="graded"))
    for user, values in graded.items():
        dcg = sum(values.get(i, 0) / math.log2(r + 2) for r, i in enumerate(lists.get(user, [])[:k]))
        best = sum(v / math.log2(r + 2) for r, v in enumerate(sorted(values.values(), reverse=True)[:k]))
        assert ours[user] == pytest.approx(dcg / best if best else 0.0, abs=1e-12)


# ---- options, gaps, and who counts -----------------------------------------------------------------------------------


def test_a_listener_without_a_list_or_a_test_item_is_a_named_choice():
    lists, relevant = {1: [10, 11], 4: [10]}, {1: [10], 3: [19]}
    frame, test = lists_frame(lists), truth(relevant, users=[1, 2, 3, 4])

    def values(**options):
        return recall(judge(frame, test, 2, **options)).to_dict()

    assert values() == {1: 1.0, 3: 0.0}
    assert values(without_list="drop") == {1: 1.0}
    assert str(values(without_list="nan")) == "{1: 1.0, 3: nan}"
    assert values(without_test="zero") == {1: 1.0, 3: 0.0, 4: 0.0}
    assert str(values(without_test="nan")) == "{1: 1.0, 3: 0.0, 4: nan}"
    assert str(values(without_list="nan", without_test="nan")) == "{1: 1.0, 3: nan, 4: nan}"


def test_lists_are_of_ten_unless_told_otherwise_and_values_bear_their_metrics_name():
    lists, test = lists_frame({1: range(30), 2: range(5, 35)}), truth({1: [9, 10], 2: [14, 15]})
    judged = judge(lists, test)
    assert judged.k == 10 and judged.hits.sum() == 2  # rank 10 of each, not rank 11
    pd.testing.assert_frame_equal(score_lists(lists, test), score_lists(lists, test, k=10))
    assert [metric(judged).name for metric in METRICS.values()] == list(METRICS)


def test_a_missing_rank_is_an_empty_place():
    frame = pd.DataFrame({"user": [1, 1], "item": [10, 11], "rank": [1, 3]})
    judged = judge(frame, truth({1: [11]}), 3)
    assert judged.hits.tolist() == [[False, False, True]]
    assert judged.hits.dtype == bool and judged.gains.dtype == judged.ideal.dtype == np.float64
    assert reciprocal_rank(judged)[1] == pytest.approx(1 / 3)
    assert precision(judged, divisor="length")[1] == 0.5


def test_the_threshold_says_what_is_relevant():
    judged = judge(
        lists_frame({1: [10, 11]}), truth({1: {10: 2.0, 11: 4.0, 12: 5.0}, 2: {10: 1.0}}), 2, threshold=4
    )
    assert judged.hits.tolist() == [[False, True]] and judged.relevant.tolist() == [2]


def test_a_stored_zero_is_relevant_without_a_threshold():
    judged = judge(lists_frame({1: [10]}), truth({1: {10: 0.0, 11: 1.0, 12: 2.0}}), 1)
    assert hit_rate(judged)[1] == 1.0
    judged = judge(lists_frame({1: [10]}), truth({1: {10: 0.0}}), 1, threshold=0)
    assert hit_rate(judged)[1] == 1.0  # asked for


def test_the_callers_table_stays_as_it_is():
    frame = lists_frame(LISTS).sample(frac=1, random_state=0)
    before = frame.copy(deep=True)
    score_lists(frame, truth(RELEVANT), k=2)
    pd.testing.assert_frame_equal(frame, before)


def test_ids_may_be_objects_and_ranks_floats():
    frame = lists_frame({"ann": [10, "x"], 7: ["x"]}).astype({"rank": float})
    test = truth({"ann": ["x"], 7: ["x"]})
    assert recall(judge(frame, test, 2)).to_dict() == {7: 1.0, "ann": 1.0}


def bad(frame=None, relevant=None, k=3, metric=None, options=None, **judging):
    def call():
        judged = judge(
            lists_frame(LISTS) if frame is None else frame, truth(relevant or RELEVANT), k, **judging
        )
        return (metric or ndcg)(judged, **(options or {}))

    return call


def changed(**columns):
    return lists_frame(LISTS).assign(**columns)


BAD = {
    "k of 0": (bad(k=0), "k is the length of the lists, at least 1, not 0"),
    "k of 2.5": (bad(k=2.5), "k is a whole number"),
    "no lists": (bad(lists_frame({})), "The table of recommendations is empty"),
    "not a table": (
        bad([(1, 10, 1)]),
        "The table of recommendations must be a pandas DataFrame, not a list: build one with pd.DataFrame",
    ),
    "wrong columns": (
        bad(lists_frame(LISTS).rename(columns={"item": "track_id"})),
        "item is missing. This table has user, track_id, rank",
    ),
    "two columns missing": (bad(lists_frame(LISTS)[["rank"]]), "user, item is missing. This table has rank"),
    "item twice": (
        bad(changed(item=[10, 10, 12, 11, 13, 14])),
        "list of listener 1 holds item 10 twice.*drop the repetition",
    ),
    "unknown item twice": (
        bad(changed(item=[10, 99, 99, 11, 13, 14])),
        "list of listener 1 holds item 99 twice",
    ),
    "rank twice": (bad(changed(rank=[1, 2, 3, 1, 2, 2])), "list of listener 2 holds rank 2 twice"),
    "rank from 0": (bad(changed(rank=[0, 1, 2, 0, 1, 2])), "Ranks are the whole numbers 1, 2, 3"),
    "rank NaN": (
        bad(changed(rank=[1, 2, np.nan, 1, 2, 3])),
        "^Ranks are the whole numbers 1, 2, 3, …, the best first, and item 12 of listener 1 has nan. Number each list",
    ),
    "score NaN": (
        bad(changed(score=[3, 2, 1, np.nan, 2, 1])),
        "^The score of item 11 for listener 2 is not a number, so its rank means nothing. Mend the model",
    ),
    "scores NaN": (
        bad(changed(score=[3, 2, None, np.nan, 2, 1])),
        r"^The score of item 12 for listener 1 is not a number \(2 scores in all\), so",
    ),
    "an id as number and as text": (
        bad(changed(item=[10, "10", 12, 11, 13, 14])),
        "^The column 'item' holds the number 10 and the text '10': one id or two",
    ),
    "a listener as number and as text": (
        bad(changed(user=[1, 1, "1", 2, 2, 2])),
        "^The column 'user' holds the number 1 and",
    ),
    "ids that are lists": (
        bad(changed(item=[10, 11, [12], 11, 13, 14])),
        "^The column 'item' holds ids that are neither numbers nor strings: convert them",
    ),
    "rank as text": (bad(changed(rank=list("123123"))), "Ranks are the whole numbers"),
    "all ranks above k": (bad(changed(rank=[4, 5, 6, 4, 5, 6])), "No recommendation has a rank of 3 or less"),
    "item NaN": (bad(changed(item=[10, np.nan, 12, 11, 13, 14])), r"no user or no item \(NaN\)"),
    "unknown listener": (bad(changed(user=[8, 8, 8, 2, 2, 2])), "Unknown user: 8"),
    "items of another type": (
        bad(changed(item=list("abcdef"))),
        "look like 'a', those of test like 10.*Give both the same type",
    ),
    "unknown divisor": (
        bad(metric=recall, options={"divisor": "all"}),
        "^divisor='all' is not known. Choose one of: relevant, achievable",
    ),
    "unknown gains": (
        bad(gains="exponential"),
        "gains='exponential' is not known. Choose one of: binary, graded",
    ),
    "unknown discount": (bad(options={"discount": "ln"}), "^discount='ln' is not known. Choose one of: log2"),
    "unknown choice": (bad(without_list="skip"), "^without_list='skip' is not known"),
    "another unknown choice": (bad(without_test="skip"), "^without_test='skip' is not known"),
    "unknown ideal": (
        bad(options={"ideal": "best"}),
        "^ideal='best' is not known. Choose one of: achievable, k",
    ),
    "ideal k with grades": (
        bad(gains="graded", options={"ideal": "k"}),
        "no meaning with graded gains. Use ideal='achievable'",
    ),
    "negative grades": (
        bad(relevant={1: {10: -1.0}, 2: {13: 1.0}}, gains="graded"),
        "^Graded gains must not be negative",
    ),
    "zeros for half of the truth": (
        bad(relevant={1: {10: 0.0, 11: 1.0}, 2: {13: 0.0, 14: 2.0}}),
        r"^2 of the 4 values of test are 0, .* Drop them before the split, .* or threshold=0",
    ),
    "nothing but zeros": (
        bad(relevant={1: {10: 0.0, 11: 0.0}, 2: {13: 0.0}}),
        "^3 of the 3 values of test are 0",
    ),
    "nothing but zeros, graded": (
        bad(relevant={1: {10: 0.0}, 2: {13: 0.0}}, gains="graded"),
        "^2 of the 2 values",
    ),
    "threshold too high": (bad(threshold=2), "No test item is relevant. Lower the threshold"),
    "unknown metric": (
        lambda: score_lists(lists_frame(LISTS), truth(RELEVANT), ["auc"], k=3),
        "metric='auc' is not known. Choose one of: precision, recall, map, ndcg, mrr, hit_rate",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_earns_a_sentence(refused, case):
    call, sentence = BAD[case]
    refused(call, sentence)


def test_ten_thousand_listeners_take_no_time():
    """A loop over listeners takes seconds of the processor; ranx's compiled loop about one for 100,000 listeners."""
    rng = np.random.default_rng(0)
    users = np.repeat(np.arange(10_000), 10)
    frame = pd.DataFrame({"user": users, "rank": np.tile(np.arange(1, 11), 10_000)})
    frame["item"] = (rng.integers(0, 500, 10_000)[:, None] + np.arange(10) * 37).ravel()
    chosen = pd.DataFrame({"user_id": users, "track_id": rng.integers(0, 900, len(users))}).drop_duplicates()
    test = Interactions.from_frame(chosen)
    best = math.inf
    for _ in range(3):
        start = time.process_time()
        score_lists(frame, test, ["recall", "map", "ndcg"])
        best = min(best, time.process_time() - start)
    assert best < 1.0
