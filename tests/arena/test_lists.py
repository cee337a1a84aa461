"""A hand-in: what is taken, what is refused and with which sentence, and the first tracks that a rule allows."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recsys_helpers.arena.lists import Ids, check_heard, first_allowed, read_hand_in, whole
from recsys_helpers.arena.rules import MOST_BYTES
from recsys_helpers.service.sent import Refused

IDS = Ids(pd.Index(["u1", "u2", "u3"]), pd.Index([f"t{i}" for i in range(20)]))


def test_lists_become_positions_and_come_back():
    lists = {"u3": ["t5", "t0"], "u1": [f"t{i}" for i in range(10)]}
    found = IDS.positions(lists)
    assert found.tolist() == [list(range(10)), [-1] * 10, [5, 0] + [-1] * 8]
    assert IDS.by_listener(found) == lists


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ([], "a list of tracks for each listener"),
        ("u1", "they are a list"),
        (None, "The lists are nothing"),
        ({"u4": []}, "no listener 'u4'"),
        ({"u1": "t1"}, "to u1 is text, not a list"),
        ({"u1": {"t1": 1}}, "to u1 is an object, not a list"),
        ({"u1": [["t1"]]}, "u1 is shown a list, which is no track"),
        ({"u1": ["t20"]}, "u1 is shown 't20', which is no track"),
        ({"u1": [1]}, "u1 is shown 1, which is no track"),
        ({"u1": [True]}, "which is no track"),
        ({"u1": ["t" * 10_000]}, r"u1 is shown 't{30,36}\.\.\., which is no track"),
        ({"u1": [f"t{i}" for i in range(11)]}, "has 11 places; a shelf has 10"),
        ({"u1": ["t1", "t2", "t1"]}, "u1 is shown t1 twice"),
    ],
)
def test_what_is_no_hand_in_gets_a_sentence(lists, said):
    with pytest.raises(Refused, match=said) as refused:
        IDS.positions(lists)
    assert refused.value.status == 422 and len(str(refused.value)) < 200


def test_a_frame_a_dict_and_an_array_say_the_same():
    lists = {"u1": ["t3", "t1"], "u2": ["t2"]}
    frame = pd.DataFrame({"user": ["u1", "u2", "u1"], "item": ["t1", "t2", "t3"], "rank": [2, 1, 1]})
    array = np.array([["t3", "t1"], ["t2", None], [None, None]], dtype=object)
    assert (
        IDS.as_lists(frame) == IDS.as_lists(frame.astype({"user": "category", "item": "category"})) == lists
    )
    assert (
        IDS.as_lists(lists) == lists and IDS.as_lists({"u1": np.array(["t3", "t1"]), "u2": ("t2",)}) == lists
    )
    assert {user: items for user, items in IDS.as_lists(array).items() if items} == lists


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (pd.DataFrame({"user": ["u1"], "track": ["t1"], "rank": [1]}), "no column 'item'"),
        (pd.DataFrame({"user": ["u1"], "item": ["t1"], "rank": [0]}), "whole numbers from 1"),
        (pd.DataFrame({"user": ["u1"], "item": ["t1"], "rank": [1.5]}), "whole numbers from 1"),
        (pd.DataFrame({"user": ["u1"], "item": ["t1"], "rank": [None]}), "whole numbers from 1"),
        (
            pd.DataFrame({"user": ["u1"] * 2, "item": ["t1", "t2"], "rank": [1, 1]}),
            "Two tracks stand at rank 1",
        ),
        (pd.DataFrame({"user": [None], "item": ["t1"], "rank": [1]}), "t1 at rank 1 is for nobody"),
        (pd.DataFrame({"user": ["u1", np.nan], "item": ["t1", "t2"], "rank": [1, 2]}), "t2 at rank 2 is for"),
        (np.zeros((2, 10)), "shape"),
        (7, "This is a int"),
        ({"u1": "t1"}, "not a list of tracks"),
        ({"u1": [["t1"]]}, "where an id should be"),
        ({"u1": None}, "not a list of tracks"),
    ],
    ids=range(12),
)
def test_what_a_learner_cannot_mean_is_refused(answer, said):
    with pytest.raises(Refused, match=said):
        IDS.as_lists(answer)


@given(
    order=st.lists(st.integers(-1, 9), max_size=25), heard=st.sets(st.integers(0, 9)),
    most=st.one_of(st.none(), st.integers(0, 5)),
)  # fmt: skip
def test_the_first_allowed_are_those_that_one_would_pick_by_hand(order, heard, most):
    picked, old = [], 0
    for track in order:
        if track < 0 or track in picked or len(picked) == 10:
            continue
        if track in heard:
            if most is not None and old == most:
                continue
            old += 1
        picked.append(track)
    known = np.isin(np.arange(10), sorted(heard))[None]
    found = first_allowed(np.array([order], dtype=int).reshape(1, -1), known, most)
    assert found.tolist() == [picked + [-1] * (10 - len(picked))]
    ids = Ids(pd.Index(["u"]), pd.Index([f"t{i}" for i in range(10)]))
    check_heard(found, known, most, ids)  # allowed


def test_more_heard_than_allowed_is_refused_by_name():
    positions = np.full((3, 10), -1)
    positions[1, :4] = [4, 0, 2, 9]
    heard = np.zeros((3, 20), dtype=bool)
    heard[1, [2, 9]] = heard[:, 0] = True  # an empty place is no play of the first track
    check_heard(positions, heard, 3, IDS)
    check_heard(positions, heard, None, IDS)
    with pytest.raises(
        Refused, match="u2 has played 3 tracks of their list before, t9 among them, and at most 2"
    ):
        check_heard(positions, heard, 2, IDS)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b"[]", "This is a list"),
        (b"3", "a hand-in is a JSON object"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a": NaN}', "NaN"),
        (b'{"week": 1, "week": 2}', "'week' stands there twice"),
        (b'{"a": ' + b"1" * 10_000 + b"}", "not JSON"),
        (gzip.compress(b"{}"), "not UTF-8"),
    ],
    ids=range(10),
)
def test_what_is_no_json_object_is_refused(body, said):
    with pytest.raises(Refused, match=said):
        read_hand_in(body)


def test_a_hand_in_may_be_large_and_no_larger():
    full = json.dumps({"a": "x" * (MOST_BYTES - 20)}).encode()
    assert len(read_hand_in(full)["a"]) == MOST_BYTES - 20
    with pytest.raises(Refused, match="over 1.5 MB") as refused:
        read_hand_in(b" " * (MOST_BYTES + 1))
    assert refused.value.status == 413


@pytest.mark.parametrize("value", [True, False, 1.0, "1", None, [1]])
def test_true_is_no_week(value):
    with pytest.raises(Refused, match="week is .*; it is a whole number"):
        whole(value, "week")
    assert whole(0, "week") == 0
