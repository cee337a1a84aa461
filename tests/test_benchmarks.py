"""The benchmark's protocol: the rows it holds out, the scores it gives, the verdicts it prints. It times nothing."""

from __future__ import annotations

import csv
import doctest
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]
BENCHMARKS = ROOT / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import contenders  # noqa: E402
import network_rows  # noqa: E402
import neural  # noqa: E402
import protocol  # noqa: E402
import report  # noqa: E402
import run  # noqa: E402
import targets  # noqa: E402
import tries  # noqa: E402
import tune  # noqa: E402

from recsys_helpers.interactions import Interactions  # noqa: E402

# ---- which rows are held out -----------------------------------------------------------------------------------


def test_hold_out_is_the_loop_that_the_readme_states():
    random = np.random.default_rng(3)
    users = random.integers(0, 40, 400)
    mask = protocol.hold_out(users, seed=5)

    rng, expected = np.random.default_rng(5), set()
    for listener in sorted(set(users.tolist())):
        rows = [row for row, user in enumerate(users) if user == listener]
        if len(rows) >= 5:
            expected |= set(rng.permutation(rows)[: max(1, round(0.2 * len(rows)))].tolist())
    assert set(np.flatnonzero(mask).tolist()) == expected


def test_lastfm_split_has_the_published_counts(lastfm_dir):
    plays = protocol.lastfm_plays(lastfm_dir)
    mask = protocol.hold_out(plays.user)
    assert (len(mask), plays.n_users, plays.n_items) == (92_834, 1_892, 17_632)
    assert len(np.unique(plays.user[mask])) == 1_877
    assert len(np.unique(plays.user[~mask])) == 1_892  # nobody loses all they have

    # The file's own order, read without the package: a listener's rows must stand as they do there.
    with open(lastfm_dir / "user_artists.dat", encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    assert [float(row["weight"]) for row in rows] == plays.value.tolist()


def test_a_runner_of_lastfm_is_not_given_what_is_held_out(lastfm_dir):
    plays = protocol.lastfm_plays(lastfm_dir)
    mask = protocol.hold_out(plays.user)
    given = plays.rows(~mask).arrays()
    pairs = set(zip(given["user"].tolist(), given["item"].tolist(), strict=True))
    held_out = set(zip(plays.user[mask].tolist(), plays.item[mask].tolist(), strict=True))
    assert not pairs & held_out
    assert len(pairs) + len(held_out) == len(mask)


def test_movielens_folds_are_those_of_scikit_learn(movielens_dir):
    from sklearn.model_selection import KFold

    data = protocol.movielens_folds(movielens_dir)
    for k, (_, test) in enumerate(KFold(5, shuffle=True, random_state=0).split(np.zeros((100_000, 1)))):
        assert np.array_equal(np.flatnonzero(data["fold"] == k), test)


# ---- how answers are scored -----------------------------------------------------------------------------------


def test_ndcg_of_lists_is_that_of_a_plain_loop():
    random = np.random.default_rng(1)
    n_users, n_items = 30, 60
    top = np.array([random.permutation(n_items)[:10] for _ in range(n_users)])
    top[4, 6:] = -1  # a short list
    top[5] = -1  # no list
    chosen = {
        user: set(random.permutation(n_items)[: random.integers(0, 15)].tolist()) for user in range(n_users)
    }
    pairs = [(user, item) for user, items in chosen.items() for item in items]
    test = protocol.Plays(*np.array(pairs).T, np.ones(len(pairs)), n_users, n_items)

    values = []
    for user, items in chosen.items():
        if items:
            gained = sum(
                1 / math.log2(place + 2) for place, item in enumerate(top[user].tolist()) if item in items
            )
            values.append(gained / sum(1 / math.log2(place + 2) for place in range(min(10, len(items)))))
    assert len(values) < n_users  # a listener without a test item is left out
    assert protocol.lists_ndcg(top, test) == pytest.approx(sum(values) / len(values), abs=1e-12)


def test_rmse_is_the_mean_over_folds():
    data = {"fold": np.array([0, 0, 1]), "value": np.array([1.0, 2.0, 5.0])}
    expected = (math.sqrt((1 + 4) / 2) + 3) / 2
    assert protocol.folds_rmse(np.array([2.0, 4.0, 2.0]), data) == pytest.approx(expected)


# ---- synthetic data ---------------------------------------------------------------------------------------------


def test_random_lists_hold_no_item_twice():
    data = protocol.random_lists(n_users=300)
    assert all(len(set(row)) == 10 for row in data["top"].tolist())
    parts = np.split(data["relevant"], np.cumsum(data["sizes"])[:-1])
    assert all(1 <= len(set(part.tolist())) == len(part) <= 20 for part in parts)
    hits = sum(
        len(set(part.tolist()) & set(row)) for part, row in zip(parts, data["top"].tolist(), strict=True)
    )
    assert hits > 100  # else MAP and nDCG would be compared on zeros


def test_synthetic_listeners_all_have_the_same_number_of_items():
    data = protocol.synthetic(1, per_listener=6, n_items=50)
    pairs = data["user"].astype(np.int64) * 50 + data["item"]
    assert len(np.unique(pairs)) == len(pairs) == 12_500 * 6
    counts = np.bincount(data["item"])
    assert counts[0] > 3 * np.median(counts)  # a long tail


def test_the_long_tail_is_of_the_size_that_it_says():
    data = protocol.long_tail()
    assert {len(values) for values in data.values()} == {110_000}
    assert (data["fold"] == 0).sum() == 10_000 and set(data["fold"].tolist()) == {-1, 0}
    pairs = data["user"] * 10_000 + data["item"]
    assert len(np.unique(pairs)) == len(pairs) and data["item"].max() < 10_000
    assert len(np.unique(data["user"])) == 600 and np.bincount(data["user"]).min() >= 10
    assert len(np.unique(data["item"])) > 9_000, "hardly a thing without a rating"
    most_first = np.sort(np.bincount(data["item"]))[::-1]
    assert most_first[:1_000].sum() > 0.4 * 110_000 and np.median(most_first) < 10
    assert set(data["value"].tolist()) == {half / 2 for half in range(1, 11)}
    # There is a taste to be found: things and people apart from each other's means.
    assert data["value"].std() > 1.0


def test_rows_of_no_fold_are_learned_from_and_grade_nothing(tmp_path):
    rng = np.random.default_rng(0)
    user, item = np.nonzero(rng.random((30, 20)) < 0.5)
    fold = np.where(rng.random(len(user)) < 0.2, 0, -1)
    data = {"user": user, "item": item, "value": rng.integers(1, 6, len(user)).astype(float), "fold": fold}
    np.savez(tmp_path / "in.npz", **data)
    row = contenders.Contender("longtail", "mean", "ours", "baseline", "", {"model": "mean", "params": {}}, 1)
    figures, arrays = run.measure(row, Path(sys.executable), 0, tmp_path / "in.npz")
    mean = data["value"][fold == -1].mean()
    assert len(figures["fit"]) == 1 and np.allclose(arrays["predictions"][fold == 0], mean)
    expected = np.sqrt(((data["value"][fold == 0] - mean) ** 2).mean())
    assert protocol.folds_rmse(arrays["predictions"], data) == pytest.approx(expected)


# ---- runners ----------------------------------------------------------------------------------------------------


def test_a_runner_answers_in_its_own_process(tmp_path):
    random = np.random.default_rng(0)
    user, item = np.nonzero(random.random((40, 25)) < 0.3)
    plays = protocol.Plays(user, item, random.integers(1, 9, len(user)).astype(float), 40, 25)
    np.savez(tmp_path / "in.npz", **plays.arrays())
    row = contenders.Contender(
        "lastfm",
        "Popularity",
        "ours",
        "lists",
        "",
        {"model": "Popularity", "values": "binary", "params": {}},
        1,
    )
    figures, arrays = run.measure(row, Path(sys.executable), 0, tmp_path / "in.npz")
    assert figures["fit"][0] > 0 and figures["top"] > 0 and figures["threads"] == 1
    assert figures["peak"] is None or figures["peak"] > figures["idle"] > 10
    assert figures["versions"]["numpy"] == np.__version__

    seen, plays_of = set(zip(user.tolist(), item.tolist(), strict=True)), np.bincount(item, minlength=25)
    for listener in range(40):
        unseen = [i for i in np.lexsort((np.arange(25), -plays_of)).tolist() if (listener, i) not in seen]
        assert [i for i in arrays["top"][listener].tolist() if i >= 0] == unseen[:10]


def test_a_runner_that_fails_says_why(tmp_path):
    np.savez(tmp_path / "in.npz", user=np.array([0]), item=np.array([0]))
    row = contenders.Contender("lastfm", "x", "ours", "lists", "", {"model": "Popularity"}, 1)
    with pytest.raises(RuntimeError, match="KeyError"):
        run.measure(row, Path(sys.executable), 0, tmp_path / "in.npz")


@pytest.mark.parametrize("peer", [*contenders.ALL_PEERS, *network_rows.PEERS])
def test_each_peer_has_a_runner_and_pinned_requirements(peer):
    compile((BENCHMARKS / "peers" / f"run_{peer}.py").read_text(encoding="utf-8"), peer, "exec")
    lines = (BENCHMARKS / "peers" / f"{peer}.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins and all("==" in line for line in pins)


def test_rows_have_names_of_their_own_and_take_turns():
    rows = contenders.contenders(contenders.ALL_PEERS)
    assert len({row.key for row in rows}) == len(rows)
    first = [row.library == "ours" for row in rows if row.group == "lastfm"][:8]
    assert first == [True, False] * 4
    assert {row.library for row in contenders.contenders(())} == {"ours"}


def test_tuned_settings_fit_the_grid_and_the_classes():
    from recsys_helpers import models

    chosen = contenders.tuned_settings()
    assert set(chosen) == set(tune.GRIDS)
    for name, (library, model, values, fixed, grid) in tune.GRIDS.items():
        settings = chosen[name]
        assert (settings["model"], settings["values"], settings["grid"]) == (model, values, grid), name
        assert set(settings["params"]) == set(fixed) | set(grid), name
        assert all(settings["params"][key] in values for key, values in grid.items()), name
        if library == "ours":
            getattr(models, model)(**settings["params"])


NAMES = {  # what ours calls so is called so by the peer
    "SASRec": {"width": "n_factors", "n_layers": "n_blocks", "length": "session_max_len", "batch_size": "batch_size",
               "learning_rate": "lr", "n_epochs": "epochs"},
    "Mult-VAE": {"width": "k", "beta": "beta", "batch_size": "batch_size", "learning_rate": "learning_rate",
                 "n_epochs": "n_epochs"},
    "GRU4Rec": {"batch_size": "batch_size"},
}  # fmt: skip


def test_networks_have_the_same_settings_and_the_same_tries_as_far_as_both_can():
    """Widths, layers, lengths, batches, steps and epochs: by the names that each side has for them."""
    of = {name: {} for name in NAMES}
    for side in network_rows.SIDES:
        of[side.name][side.library] = side
    for name, sides in of.items():
        theirs = sides.pop(targets.NETWORK_PEERS[name])
        (ours,) = sides.values()
        assert ours.library == "ours" and len(ours.tries()) == len(theirs.tries()) == 4
        for own, called in NAMES[name].items():
            values = [(ours.fixed | ours.grid)[own], (theirs.fixed | theirs.grid)[called]]
            assert values[0] == values[1], (name, own)
            assert (own in ours.grid) == (called in theirs.grid), (name, own)
    hidden = {side.library: side.fixed for side in network_rows.SIDES if side.name == "Mult-VAE"}
    assert [hidden["ours"]["hidden"]] == hidden["cornac_deep"]["autoencoder_structure"]
    widths = {side.library: side.fixed for side in network_rows.SIDES if side.name == "GRU4Rec"}
    assert [widths["ours"]["width"]] == widths["cornac_deep"]["layers"]
    assert {row.threads for row in network_rows.networks()} == {1}


def test_a_networks_row_has_the_settings_that_its_tries_chose(tmp_path, monkeypatch):
    side = next(side for side in network_rows.SIDES if side.key == "Mult-VAE, ours")
    monkeypatch.setattr(network_rows, "FILE", tmp_path / "none.json")
    assert network_rows.settings_of(side, "next_murmur") == side.tries()[side.usual]

    best = {"learning_rate": 0.001, "n_epochs": 25}
    found = {"next_murmur": {side.key: {"grid": side.grid, "tries": [0.2, 0.1, 0.1, 0.1], "chosen": best}}}
    network_rows.FILE.write_text(json.dumps(found), encoding="utf-8")
    rows = {row.key: row.settings for row in network_rows.networks(())}
    row = rows["next_murmur/Mult-VAE/ours/1"]
    assert row["training"] == best | {"batch_size": 100} and row["params"]["hidden"] == 200
    assert rows["next_movielens/Mult-VAE/ours/1"]["training"]["n_epochs"] == 100  # no tries there
    text = "\n".join(report._tries())
    assert "0.2000, 0.1000, 0.1000, 0.1000 | learning_rate=0.001, n_epochs=25 |" in text
    assert text.count("**not tuned**") == 2 * len(network_rows.SIDES) - 1

    other = replace(side, grid=side.grid | {"n_epochs": [25, 50]})  # tries of another grid choose nothing
    assert network_rows.settings_of(other, "next_murmur") == other.tries()[other.usual]


def test_the_chosen_tries_follow_from_their_grades():
    for data, sides in network_rows.chosen().items():
        for side in (side for side in network_rows.SIDES if side.key in sides):
            found = sides[side.key]
            assert found["grid"] == side.grid and len(found["tries"]) == 4, (data, side.key)
            graded = list(zip(found["tries"], side.tries(), strict=True))
            assert found["chosen"] == tune.choose(graded)[1], (data, side.key)


def test_what_networks_are_tuned_on_is_met_before_what_they_are_tested_on():
    user = np.repeat([0, 1, 2], [7, 5, 4])
    met = protocol.Plays(user, np.arange(16) % 9, np.arange(16.0), 3, 9)
    train, held_out = tries.validation_part(met)
    # The last of 7 and of 5 is the test's; of the 6 left the last, of the 4 left nobody's; who has 4 keeps all.
    assert train.value.tolist() == [0, 1, 2, 3, 4, 7, 8, 9, 10, 12, 13, 14, 15]
    assert held_out.value.tolist() == [5]


def test_an_interrupted_run_of_networks_goes_on_where_it_stopped(tmp_path, monkeypatch):
    asked = []

    def measure(row, python, seed, data):
        asked.append(row.settings["training"]["n_epochs"])
        return {"fit": [2.0]}, {"top": np.array([[1, 0], [0, -1]])}

    monkeypatch.setattr(run, "CACHE", tmp_path)
    monkeypatch.setattr(run, "measure", measure)
    test = protocol.Plays(np.array([0, 1]), np.array([0, 1]), np.ones(2), 2, 2)
    row = next(row for row in network_rows.networks(()) if row.data == "next_murmur")
    first, again = (run.once(row, Path("python"), 0, {row.data: test}, tmp_path) for _ in range(2))
    assert len(asked) == 1 and again == first
    assert first["each"] == pytest.approx([1 / math.log2(3), 0.0], abs=1e-6)
    assert first["accuracy"] == pytest.approx(np.mean(first["each"]), abs=1e-6)
    assert not any(tmp_path.glob("*.part"))
    training = row.settings["training"] | {"n_epochs": 7}
    other = replace(row, settings=row.settings | {"training": training})
    run.once(other, Path("python"), 0, {row.data: test}, tmp_path)
    assert asked[1:] == [7]  # other settings are another measurement


def test_networks_run_apart_from_the_rest():
    apart = {row.key for row in network_rows.networks()}
    assert not apart & {row.key for row in contenders.contenders(contenders.ALL_PEERS)}
    assert {row.library for row in network_rows.networks(("cornac_deep",))} == {"ours", "cornac_deep"}


def test_what_is_printed_of_networks_is_of_the_settings_as_they_are():
    text = (BENCHMARKS / "NETWORKS.md").read_text(encoding="utf-8")
    for row in network_rows.networks():
        start = text.index(f"## {targets.NEXT[row.data]}")
        lines = text[start:].split("\n## ")[0].splitlines()
        (line,) = [one for one in lines if one.startswith(f"| {row.name} | {row.library} |")]
        assert line.endswith(f"| {report._settings(row)} |"), row.key


def test_what_comes_next_is_each_listeners_latest_and_nothing_later_is_trained_on():
    met = protocol.in_time("next_murmur")
    mask = protocol.hold_out_latest(met.user)
    train, test = met.rows(~mask), met.rows(mask)
    assert len(np.unique(test.user)) == len(test.user)  # one of each
    latest = pd.Series(train.value).groupby(train.user).max()
    assert (latest.reindex(test.user).to_numpy() <= test.value).all()
    pairs = pd.DataFrame({"user": met.user, "item": met.item})
    assert not pairs.duplicated().any()  # each track once, when it was first met
    assert np.bincount(train.user, minlength=met.n_users)[test.user].min() >= 4


def test_networks_of_ours_run_in_the_benchmark(tmp_path):
    pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    user = np.repeat(np.arange(40), 12)
    item = np.concatenate([rng.permutation(30)[:12] for _ in range(40)])
    met = protocol.Plays(user, item, np.tile(np.arange(12.0) * 60 + 1e9, 40), 40, 30)
    np.savez(tmp_path / "in.npz", **met.arrays())
    for row in [row for row in network_rows.networks(()) if row.data == "next_murmur"]:
        settings = row.settings | {"training": row.settings["training"] | {"n_epochs": 1}}
        row, name = replace(row, settings=settings), row.name
        _, arrays = run.measure(row, Path(sys.executable), 0, tmp_path / "in.npz")
        seen = set(zip(user.tolist(), item.tolist(), strict=True))
        listed = [(u, i) for u, row in enumerate(arrays["top"].tolist()) for i in row if i >= 0]
        assert len(listed) == 400 and not seen & set(listed), name


def test_bandits_have_the_same_settings_under_the_names_of_each_side():
    both = {}
    for row in contenders.bandits():
        values = [list(params.values()) for params in row.settings["choices"]]
        both.setdefault(row.name, {})[row.library] = (values, row.threads)
    assert len(both) == 5
    assert all(sides["ours"] == sides["mabwiser"] for sides in both.values())


def test_a_bandit_in_the_benchmark_chooses_as_a_plain_loop_does(tmp_path):
    """UCB by its formula, in plain Python: each arm three times, then 200 visits, under each setting of the grid."""
    data = protocol.visits(n=215, n_tuning=115, n_arms=5, n_features=3)
    assert 0.05 < data["rates"].mean() < 0.4 and data["features"][:, 0].tolist() == [1.0] * 215
    np.savez(tmp_path / "in.npz", **data)
    row = next(row for row in contenders.bandits() if (row.library, row.name) == ("ours", "UCB"))
    figures, arrays = run.measure(row, Path(sys.executable), 0, tmp_path / "in.npz")

    def lived(prefix, alpha):
        rates, luck = data[f"{prefix}rates"], data[f"{prefix}luck"]
        shown, hits, chosen = [0] * 5, [0] * 5, []
        for at in range(len(luck)):
            if at < 15:
                arm = at % 5
            else:
                scores = [
                    hits[a] / shown[a] + alpha * math.sqrt(2 * math.log(sum(shown)) / shown[a])
                    for a in range(5)
                ]
                arm = scores.index(max(scores))
                chosen.append(arm)
            shown[arm] += 1
            hits[arm] += int(luck[at] < rates[at, arm])
        return chosen, sum(int(luck[15 + at] < rates[15 + at, arm]) for at, arm in enumerate(chosen))

    alphas = [params["alpha"] for params in row.settings["choices"]]
    pleased = [lived("tuning_", alpha)[1] for alpha in alphas]
    assert figures["chosen"] == pleased.index(max(pleased))
    chosen, _ = lived("", alphas[figures["chosen"]])
    assert arrays["arms"].tolist() == [-1] * 15 + chosen
    expected = sum(data["rates"][15 + at, arm] for at, arm in enumerate(chosen)) / 200
    assert run.scored(row, figures, arrays, {"visits": data})["accuracy"] == pytest.approx(expected)


def test_bandits_are_judged_by_what_pleases_and_by_time():
    rows = contenders.contenders(("mabwiser",))
    versions = {"python": "3", "numpy": "2"}
    results = {
        row.key: [{"accuracy": 0.2, "fit": [1.0], "top": 0.1, "peak": 90.0, "versions": versions}]
        for row in rows
        if row.group == "bandits"
    }
    results["bandits/UCB/ours/1"][0]["accuracy"] = 0.199  # it draws nothing, so nothing excuses it
    for library, accuracies in (("ours", (0.18, 0.21, 0.19)), ("mabwiser", (0.19, 0.20, 0.21))):
        row = results[f"bandits/EpsilonGreedy/{library}/1"]
        row[:] = [row[0] | {"accuracy": accuracy} for accuracy in accuracies]
    for library, accuracies in (("ours", (0.180, 0.181, 0.182)), ("mabwiser", (0.190, 0.191, 0.192))):
        row = results[f"bandits/LinThompson/{library}/1"]
        row[:] = [row[0] | {"accuracy": accuracy} for accuracy in accuracies]
    results["bandits/LinUCB/ours/1"][0]["fit"] = [1.1]
    del results["bandits/Thompson/mabwiser/1"]
    found = [
        target
        for target in targets.targets(targets.Outcome(rows, results, {}, None, 1, 1.0))
        if target.text.startswith("4,000 visits")
    ]
    assert len(found) == 10
    assert [(t.text.split()[2], t.found) for t in found if t.met is False] == [
        ("UCB", "-0.0010 ± 0.0000"),
        ("LinUCB's", "1.10 x"),
        ("LinThompson", "-0.0100 ± 0.0023"),
    ]
    assert [t.found for t in found if t.text.split()[2] == "EpsilonGreedy"] == [
        "-0.0067 ± 0.0312"  # by Welch: standard error .01054, 3.45 degrees of freedom, t = 2.96
    ]
    assert [t.text.split()[2] for t in found if t.met is None] == ["Thompson", "Thompson's"]


def test_a_contest_on_one_data_set_leaves_the_rows_of_the_other(tmp_path, monkeypatch):
    murmur = pd.read_csv(neural.FILE)
    monkeypatch.setattr(neural, "FILE", tmp_path / "neural.csv")
    murmur = murmur[murmur["data"] == "Murmur"].reset_index(drop=True)
    murmur.to_csv(neural.FILE, index=False, lineterminator="\n")
    lastfm = murmur.iloc[:2].assign(data="Last.fm", value=[0.123456, 0.2], cpu_seconds=3.14)
    neural.renewed(lastfm).to_csv(neural.FILE, index=False, lineterminator="\n")
    both = pd.read_csv(neural.FILE)
    pd.testing.assert_frame_equal(both[both["data"] == "Murmur"], murmur)
    assert both["data"].tolist()[-2:] == ["Last.fm"] * 2 and len(both) == len(murmur) + 2
    assert both["value"].tolist()[-2:] == [0.1235, 0.2] and both["cpu_seconds"].iloc[-1] == 3.1
    again = neural.renewed(lastfm.iloc[:1])  # a new run takes the place of the old one
    assert (again["data"] == "Last.fm").sum() == 1 and (again["data"] == "Murmur").sum() == len(murmur)


@pytest.mark.parametrize("data", sorted(neural.CONTESTS))
def test_each_side_of_a_contest_had_four_tries_and_the_best_of_them_is_graded(data):
    table = pd.read_csv(neural.FILE, keep_default_na=False)
    table = table[(table["data"] == data) & (table["metric"] == "ndcg")]
    assert set(table["model"]) == set(neural.CONTESTS[data])
    for _, rows in table.groupby("model"):
        rows = rows.astype({"value": float})
        tried, graded = rows[rows["try"] > 0].set_index("try"), rows[rows["try"] == 0].iloc[0]
        assert tried.index.tolist() == [1, 2, 3, 4] and len(rows) == 5
        best = tried.loc[tried["value"].idxmax()]
        assert (graded["settings"], graded["epochs"]) == (best["settings"], best["epochs"])


@pytest.mark.parametrize("data", sorted(neural.CONTESTS))
def test_paired_rows_are_differences_and_the_thirds_are_parts_of_them(data):
    table = pd.read_csv(neural.FILE)
    table = table[(table["data"] == data) & (table["try"] == 0)].set_index(["metric", "model"])
    for metric in ("ndcg", neural.WITH_HISTORY):
        gap = table.loc[(f"{metric}, paired", "NCF less dot product")]
        means = table.loc[metric, "value"]
        assert gap["value"] == pytest.approx(means["NCF"] - means["dot product"], abs=1.1e-4)
        assert gap["low"] < gap["value"] < gap["high"]
    names = [f"{neural.WITH_HISTORY}, paired, {which}" for which in neural.THIRDS]
    parts = table.xs("NCF less dot product", level="model").loc[names]
    assert parts["n_listeners"].sum() == gap["n_listeners"] and np.ptp(parts["n_listeners"]) <= 1
    assert np.average(parts["value"], weights=parts["n_listeners"]) == pytest.approx(gap["value"], abs=1.1e-4)
    shares = table.xs("NCF less dot product", level="model")["value"]
    ahead, behind = (shares[f"{neural.WITH_HISTORY}, share {way}"] for way in ("ahead", "behind"))
    assert 0 < ahead and 0 < behind and ahead + behind <= 1


def test_thirds_go_by_the_length_of_a_history_and_ties_by_id(monkeypatch):
    counts = {10: 3, 2: 3, 7: 1, 5: 4, 4: 3, 9: 0, 8: 2}
    rows = [(user, item) for user, n in counts.items() for item in range(n)]
    train = Interactions.from_frame(pd.DataFrame(rows, columns=["user_id", "track_id"]), users=list(counts))
    monkeypatch.setattr(neural, "splits", lambda data: (None, SimpleNamespace(train=train), {}))
    gap = pd.Series({str(user): float(user) for user in counts if user != 9})
    parts = neural.by_history(gap, "any")
    assert {name: part.tolist() for name, part in parts.items()} == {
        "shortest third": [7.0, 8.0],
        "middle third": [10.0, 2.0],
        "longest third": [4.0, 5.0],
    }


def test_least_squares_on_lastfm_comes_out_again(lastfm_dir, monkeypatch):
    monkeypatch.setenv("RECSYS_DATA", str(lastfm_dir.parent))
    table = pd.read_csv(neural.FILE, keep_default_na=False).query(
        "data == 'Last.fm' and model == 'ImplicitALS'"
    )
    graded = table[(table["try"] == 0) & (table["metric"] == "ndcg")].iloc[0]
    number = next(
        i for i, one in enumerate(neural.TRIED["ImplicitALS"]) if neural.words(one) == graded["settings"]
    )
    values = neural.final("Last.fm", "ImplicitALS", number, 0, "ndcg")["values"]
    assert np.mean(list(values.values())) == pytest.approx(float(graded["value"]), abs=1e-4)
    assert len(values) == float(graded["n_listeners"])


@pytest.mark.parametrize("module", [protocol, tune])
def test_examples(module):
    assert doctest.testmod(module).failed == 0


# ---- verdicts ---------------------------------------------------------------------------------------------------


def outcome(rmse=0.905, ours=0.5, theirs=1.0, extra=None):
    versions = {"python": "3", "numpy": "2"}

    def runs(accuracy, fits):
        return [
            {"accuracy": accuracy, "fit": [fit], "predict": 0.1, "peak": 90.0, "versions": versions}
            for fit in fits
        ]

    t = contenders.THREADS
    results = {
        f"movielens/BiasedALS, defaults/ours/{t}": runs(rmse, [ours, ours, 9 * ours]),
        f"movielens/SVD/surprise/{t}": runs(0.937, [theirs, theirs, theirs / 9]),
    } | (extra or {})
    rows = contenders.contenders(("surprise",))
    return targets.Outcome(rows, results, {"movielens/SVD++/surprise/2": "failed: no time"}, None, 3, 60.0)


def verdict(found, beginning):
    return next(target for target in targets.targets(found) if target.text.startswith(beginning))


def test_targets_are_judged_on_medians_and_by_ratio():
    good, bad = outcome(), outcome(rmse=0.9101, ours=1.2)
    assert verdict(good, "ML-100k: BiasedALS, defaults").met is True
    assert verdict(bad, "ML-100k: BiasedALS, defaults").met is False
    speed = f"ML-100k: BiasedALS's fit at most 1 x the time of Surprise's SVD, {contenders.THREADS}"
    assert (verdict(good, speed).found, verdict(good, speed).met) == ("0.50 x", True)
    assert (verdict(bad, speed).found, verdict(bad, speed).met) == ("1.20 x", False)


def test_networks_are_judged_by_gap_and_ratio_on_one_thread():
    rows = network_rows.networks()
    versions = {"python": "3", "numpy": "2"}

    def runs(accuracy, fits):
        measured = {"accuracy": accuracy, "top": 0.1, "peak": 90.0, "versions": versions}
        return [measured | {"fit": [fit]} for fit in fits]

    results = {row.key: runs(0.10, [2.0]) for row in rows}
    results["next_murmur/GRU4Rec/ours/1"] = runs(0.09, [2.0])
    results["next_movielens/SASRec/ours/1"] = runs(0.10, [3.5])
    del results["next_movielens/Mult-VAE/cornac_deep/1"]
    for library, each in (("ours", [0.0, 0.5, 1.0, 0.2]), ("cornac_deep", [0.0, 0.2, 0.7, 0.2])):
        results[f"next_murmur/Mult-VAE/{library}/1"][0]["each"] = each
    found = targets.Outcome(rows, results, {}, None, 2, 60.0)
    judged = {target.text: target for target in targets.network_targets(found)}
    assert len(judged) == 12
    missed = [text for text, target in judged.items() if target.met is False]
    assert [text.split(",")[0] for text in missed] == [
        "ML-100k in order of time: SASRec's fit at most 1.5 x the time of RecTools'",
        "Murmur in order of time: GRU4Rec's nDCG@10 at least that of Cornac's",
    ]
    unknown = [text for text, target in judged.items() if target.met is None]
    assert len(unknown) == 2 and all("ML-100k in order of time: Mult-VAE" in text for text in unknown)
    text = report.render_networks(found)
    assert "**8 targets met, 2 missed, 2 not measured.**" in text and "| -0.0100 | **missed** |" in text
    with_interval = judged["Murmur in order of time: Mult-VAE's nDCG@10 at least that of Cornac's"]
    assert with_interval.found == "+0.0000 [+0.0000, +0.3000]"  # of differences 0, .3, .3 and 0
    assert "n_epochs=" in text  # settings of the training stand beside the others


def test_a_gap_of_several_fits_is_that_of_their_means():
    ours = [{"accuracy": 0.2, "each": [0.4, 0.0]}, {"accuracy": 0.4, "each": [0.6, 0.2]}]
    theirs = [{"accuracy": 0.1, "each": [0.1, 0.1]}]
    results = {"next_murmur/Mult-VAE/ours/1": ours, "next_murmur/Mult-VAE/cornac_deep/1": theirs}
    found = targets.Outcome(network_rows.networks(), results, {}, None, 2, 60.0)
    gap, interval = targets.gap_between(found, "next_murmur", "Mult-VAE", "cornac_deep")
    assert (
        gap == pytest.approx(0.2) and interval == " [+0.0000, +0.4000]"
    )  # of differences .4 and 0, two people
    assert targets.gap_between(found, "next_murmur", "SASRec", "rectools_deep") == (None, "")
    del theirs[0]["each"]
    assert targets.gap_between(found, "next_murmur", "Mult-VAE", "cornac_deep") == (pytest.approx(0.2), "")


def test_what_takes_seconds_is_fitted_with_five_seeds_on_both_sides():
    fits = {row.key: row.runs for row in network_rows.networks()}
    assert {n for key, n in fits.items() if "Mult-VAE" in key} == {5}
    assert {n for key, n in fits.items() if "Mult-VAE" not in key} == {1}


def test_what_was_not_measured_is_neither_met_nor_missed():
    found = outcome()
    assert verdict(found, "Last.fm: EASE, tuned").met is None
    text = report.render(found)
    n = len(targets.targets(found))
    assert f"**2 targets met, 0 missed, {n - 2} not measured.**" in text
    assert "SVD++" in text and "failed: no time" in text


def test_every_row_that_a_whole_run_measures_is_printed_with_its_settings(tmp_path):
    rows = contenders.contenders(contenders.ALL_PEERS)
    results = {}
    for row in rows:
        figures = "accuracy predict top peak lists import modules megabytes one all".split()
        one = dict.fromkeys(figures, 0.5) | {"fit": [1.0], "idle": 0.1, "versions": {"python": "3"}}
        times = re.search(r", (\d+)x$", row.name)
        one |= {"loaders_bring": "neither", "means": dict.fromkeys(("recall", "map", "ndcg"), 0.1)}
        one |= {"interactions": 10_000 * int(times[1]) if times else 0}
        results[row.key] = [one]
    text = report.render(targets.Outcome(rows, results, {}, 300.0, 1, 60.0), plot=tmp_path / "plot.png")
    for row in rows:
        if row.group in ("movielens", "lastfm", "longtail", "bandits"):
            assert f"| {row.name} | {row.library} |" in text, row.key
    assert "epsilon=0.03 or 0.1 or 0.3" in text and "regularization=60, alpha=12" in text


def test_a_missed_target_is_printed_as_missed():
    text = report.render(outcome(rmse=0.95))
    assert "| ML-100k: BiasedALS, defaults: RMSE at most 0.910 | 0.9500 | **missed** |" in text
    assert str(ROOT) not in text and str(Path.home()) not in text


def test_growth_is_the_exponent_of_a_power_law():
    extra = {
        f"growth/EASE, {scale}x/ours/{contenders.THREADS}": [
            {
                "fit": [0.2 * scale**1.3],
                "peak": 80 + 50 * scale**0.7,
                "idle": 80.0,
                "interactions": 1000 * scale,
                "versions": {},
            }
        ]
        for scale in contenders.GROWTH
    }
    found = outcome(extra=extra)
    assert found.exponent("EASE", "fit") == pytest.approx(1.3)
    assert found.exponent("EASE", "peak") == pytest.approx(0.7)
    assert verdict(found, "Growth with the interactions at most linear: EASE, time").met is False
    assert verdict(found, "Growth with the interactions at most linear: EASE, memory").met is True


@pytest.mark.parametrize(("seconds", "met"), [(50 * 1.29, True), (50 * 1.31, False)])
def test_the_largest_size_is_held_entry_by_entry_to_the_one_before(seconds, met):
    sizes = {8: (10.0, 5_000_000), contenders.FAR: (seconds, 25_000_000)}
    extra = {
        f"growth/EASE, {scale}x/ours/{contenders.THREADS}": [
            {"fit": [fit], "peak": 4_000.0, "idle": 80.0, "interactions": n, "versions": {}}
        ]
        for scale, (fit, n) in sizes.items()
    }
    found = outcome(extra=extra)
    text = "An entry of 25 million interactions takes at most 1.3 x the time of one of 5 million: EASE"
    assert verdict(found, text).met is met and verdict(found, text).found == f"{seconds / 50:.2f} x"
    assert verdict(found, "25 million interactions: peak under 4,096 MB: EASE").met is True
    assert verdict(found, text.replace("EASE", "ItemKNN")).met is None


@pytest.mark.parametrize(("slowest", "met"), [(0.09, True), (0.11, False)])
def test_re_rankers_are_held_to_the_slowest(slowest, met):
    extra = {
        f"reranking/{name}/ours/1": [{"fit": [seconds], "peak": 80.0, "versions": {}}]
        for name, seconds in zip(contenders.RERANKERS, [slowest] + [0.02] * 7, strict=True)
    }
    target = "Ten of fifty for 1,500 listeners"
    found = outcome(extra=extra)
    assert verdict(found, target).met is met and verdict(found, target).found == f"{1000 * slowest:.0f} ms"
    assert f"| mmr | {slowest:.3f} |" in report.render(found)
    del extra["reranking/mmr/ours/1"]
    assert verdict(outcome(extra=extra), target).met is None


def test_every_re_ranker_is_measured():
    from recsys_helpers import reranking

    assert sorted(contenders.RERANKERS) == reranking.__all__
    data = protocol.fifty_each(n_users=3, n_items=60, features=4)
    assert all(len(set(row)) == 50 for row in data["item"].tolist()) and (data["score"] > 0).all()
    assert (np.diff(data["score"], axis=1) <= 0).all()


def test_the_plot_claims_what_was_found(tmp_path):
    def growing(power):
        return {
            f"growth/{model}, {scale}x/ours/{contenders.THREADS}": [
                {"fit": [scale**power], "peak": 80.0 + scale, "idle": 80.0, "interactions": 1000 * scale}
                | {"versions": {}}
            ]
            for model in outcome().growing
            for scale in contenders.GROWTH
        }

    titles = []
    for power in (0.9, 1.4):
        figure = report.draw(outcome(extra=growing(power)), outcome().growing, tmp_path / "plot.png")
        titles.append(figure.get_suptitle())
    assert "grow no faster" in titles[0] and "(largest exponent 1.00)" in titles[0]
    assert "do not all stay in step" in titles[1] and "1.40" in titles[1]
    assert (tmp_path / "plot.png").stat().st_size > 5_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--peers", "surprize"], "surprize is not one of implicit, surprise"),
        (["--only", "lastfn/", "--peers", "none"], "--only lastfn/ names nothing. Groups: movielens, lastfm"),
        (["--networks", "--peers", "implicit"], "implicit is not one of rectools_deep, cornac_deep"),
        (["--runs", "0"], "--runs is at least 1"),
    ],
)
def test_a_wrong_call_gets_a_sentence(arguments, sentence):
    done = subprocess.run(
        [sys.executable, str(BENCHMARKS / "run.py"), *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert sentence in done.stdout + done.stderr
    assert "Traceback" not in done.stderr


def test_without_the_data_it_says_what_to_fetch(tmp_path):
    command = [sys.executable, str(BENCHMARKS / "run.py"), "--peers", "none", "--only", "lastfm/"]
    (tmp_path / "lastfm-2k").mkdir()
    (tmp_path / "lastfm-2k" / "user_artists.dat").write_text("not a table", encoding="utf-8")
    environment = {**os.environ, "RECSYS_DATA": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "Last.fm" in done.stdout and "Traceback" not in done.stderr


def test_settings_file_is_plain_json():
    assert set(json.loads((BENCHMARKS / "settings.json").read_text(encoding="utf-8"))) == {"lastfm"}


@pytest.mark.parametrize(
    "refused",
    [["--networks", "--peers", "implicit"], ["--networks", "--only", "nobody"], ["--only", "nobody"]],
)
def test_a_refused_command_loses_no_measurement(tmp_path, monkeypatch, refused):
    kept = tmp_path / ("networks" if "--networks" in refused else "measured") / "one.json"
    kept.parent.mkdir()
    kept.write_text("{}", encoding="utf-8")
    monkeypatch.setattr(run, "CACHE", tmp_path)
    monkeypatch.setattr(sys, "argv", ["run.py", *refused])
    assert run.main() == 2 and kept.is_file()
