"""The page on measuring: its table is the metrics' own, and what it names is there and does what it says."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest

from recsys_helpers import evaluation, plots
from recsys_helpers.interactions import Interactions
from tools import metrics_page

PAGE = metrics_page.PAGE.read_text(encoding="utf-8")


def test_the_table_is_up_to_date():
    assert metrics_page.with_table(PAGE) == PAGE, "run `make guide`"
    assert metrics_page.main(["--check"]) == 0


def test_a_page_without_its_comments_is_left_alone():
    with pytest.raises(ValueError, match="docs/metrics.md has lost one of the comments"):
        metrics_page.with_table(PAGE.replace(metrics_page.END, ""))
    other = PAGE.replace("| recall |", "| recoil |")
    assert metrics_page.with_table(other) == PAGE


def test_every_name_in_it_is_one_of_the_package():
    for name in re.findall(r"`(\w+)`", PAGE):
        if name not in ("p", "p_holm", "needs", "takes", "fold_in", "user", "recall_at_k"):
            assert hasattr(evaluation, name), name
    for room, name in re.findall(r"`(plots|Split)\.(\w+)`", PAGE):
        assert name in {"plots": dir(plots), "Split": evaluation.Split.__dataclass_fields__}[room]
    for path in re.findall(r"\]\(\.\./([\w/]+\.py)\)", PAGE):
        assert (metrics_page.PAGE.parents[1] / path).is_file()


def test_every_public_function_of_tests_and_splits_is_in_it():
    for part in ("splits", "log_splits", "contrasts", "experiments", "sequential", "tuning"):
        module = getattr(evaluation, part)
        for name in vars(module):
            thing = getattr(module, name)
            if callable(thing) and thing.__module__ == module.__name__ and hasattr(evaluation, name):
                if name not in ("Tuning", "SampleRatio"):
                    assert f"`{name}" in PAGE, name


def test_the_examples_run():
    rng = np.random.default_rng(0)
    genre = pd.Series(rng.choice(["jazz", "talk"], 30), index=range(30))
    found = re.findall(r"`(metric\(.+?\))`", PAGE)
    assert len(found) >= 5
    wanted = [eval(one, {"metric": evaluation.metric, "genre": genre}) for one in found]
    pairs = pd.DataFrame(np.argwhere(rng.random((20, 30)) < 0.5), columns=["user_id", "track_id"])
    pairs["v"] = rng.integers(1, 6, len(pairs)) * 1.0
    split = evaluation.random_split(Interactions.from_frame(pairs, value="v"))
    lists = pd.DataFrame({"user": np.repeat(split.listeners, 3), "item": np.tile([1, 2, 3], len(split.listeners)),
                          "rank": np.tile([1, 2, 3], len(split.listeners))})  # fmt: skip
    table = evaluation.compare({"lists": lists}, split, wanted, k=3)
    assert table["metric"].tolist() == [one.name for one in wanted]
    values = [0.0, 0.1, 0.2, 0.3, 0.4] * 20
    assert f"`{evaluation.bootstrap_interval(values)}`" in PAGE
