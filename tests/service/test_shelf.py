"""What a service knows: lists that follow plays, a night that takes them into the weights, and nothing lost between."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ImplicitALS, ItemKNN, Recommender
from recsys_helpers.service.feedback import Feedback
from recsys_helpers.service.sent import Refused
from recsys_helpers.service.shelf import Shelf
from tests.service.serving import made, small


def play(key, user, item, heard=1.0):
    return {"key": key, "user": user, "item": item, "heard": heard}


def items(told):
    return [one["item"] for one in told["list"]]


def with_plays(x, plays):
    """The strengths after these plays, by the recipe's own formula: h / (1 + h)."""
    frame = x.to_frame()
    heard = frame.set_index(["user", "item"])["value"].map(lambda s: s / (1 - s)).to_dict()
    for user, item, share in plays:
        heard[user, item] = heard.get((user, item), 0.0) + share
    rows = [(user, item, h / (1 + h)) for (user, item), h in heard.items()]
    return Interactions.from_frame(
        pd.DataFrame(rows, columns=["user_id", "track_id", "value"]), value="value"
    )


def test_a_list_is_the_models_until_something_is_played(tmp_path):
    shelf = made(tmp_path)
    model = ItemKNN(shrinkage=1).fit(small())
    for user in model.users_[:10]:
        told = shelf.lists(user, 5)
        expected = model.recommend([user], k=5)
        assert items(told) == expected["item"].tolist()
        assert [one["score"] for one in told["list"]] == pytest.approx(expected["score"].tolist())
        assert told["heard"] == small().matrix[[model.users_.get_loc(user)]].nnz
    assert told["list"][0]["title"].startswith("Title of") and told["model"] == "model-0.npz"


def test_a_play_changes_the_next_list_and_no_other(tmp_path):
    shelf = made(tmp_path)
    before = {user: shelf.lists(user, 6) for user in ("u00", "u01")}
    first = items(before["u00"])[0]
    assert shelf.take(play("k1", "u00", first)) is True
    after = shelf.lists("u00", 6)
    assert first not in items(after) and after["heard"] == before["u00"]["heard"] + 1
    assert shelf.lists("u01", 6) == before["u01"]
    expected = ItemKNN(shrinkage=1).fit(small()).fold_in(with_plays(small(), [("u00", first, 1.0)]))
    assert items(after) == expected.recommend(["u00"], k=6)["item"].tolist()


def test_a_play_that_is_sent_again_counts_once(tmp_path):
    shelf = made(tmp_path)
    assert [shelf.take(play("k1", "u00", "t03", 0.5)) for _ in range(3)] == [True, False, False]
    assert len(shelf.feedback.after(0)) == 1
    assert shelf.take(play("k2", "u00", "t03", 0.5)) and len(shelf.feedback.after(0)) == 2


def test_a_folder_that_is_opened_again_knows_everything(tmp_path):
    shelf = made(tmp_path)
    rng = np.random.default_rng(0)
    for n in range(60):
        user = f"u{rng.integers(0, 32):02d}"  # two of them are new
        shelf.take(play(f"k{n}", user, f"t{rng.integers(0, 20):02d}", float(rng.random())))
    told = {user: shelf.lists(user, 8) for user in [f"u{i:02d}" for i in range(33)]}
    again = Shelf(tmp_path / "game")
    assert {user: again.lists(user, 8) for user in told} == told


def test_two_processes_on_one_folder_see_each_others_plays(tmp_path):
    one = made(tmp_path)
    two = Shelf(tmp_path / "game")
    one.take(play("k1", "u00", "t03"))
    two.take(play("k2", "u00", "t04"))
    assert one.lists("u00") == two.lists("u00") and one.lists("u00")["heard"] == two.lists("u00")["heard"]
    assert {"t03", "t04"}.isdisjoint(items(one.lists("u00", 20)))


@pytest.mark.parametrize("times", [False, True])
@pytest.mark.parametrize("make", [lambda: ItemKNN(shrinkage=1), lambda: EASE(2.0)])
def test_the_night_ends_where_a_fit_of_everything_would(tmp_path, times, make):
    shelf = made(tmp_path, small(times=times), make())
    rng = np.random.default_rng(1)
    plays = [
        (f"u{rng.integers(0, 34):02d}", f"t{rng.integers(0, 20):02d}", float(rng.random())) for _ in range(50)
    ]
    for n, one in enumerate(plays):
        shelf.take(play(f"k{n}", *one))
    assert shelf.learn() == 50 and shelf.learn() == 0
    whole = make().fit(with_plays(small(), plays))
    loaded = Recommender.load(tmp_path / "game" / shelf.lists("u00")["model"])
    assert loaded.users_.tolist() == whole.users_.tolist()
    np.testing.assert_allclose(loaded.score(whole.users_), whole.score(whole.users_), atol=1e-9)
    for user in whole.users_:
        assert items(shelf.lists(user, 5)) == whole.recommend([user], k=5)["item"].tolist()
    if times:
        assert (np.diff(loaded.seen_.times.astype(np.int64)) != 0).any() and not np.isnat(
            loaded.seen_.times
        ).any()


def test_plays_after_the_night_count_and_none_counts_twice(tmp_path):
    shelf, other = made(tmp_path), None
    plays = [("u00", "t03", 0.5), ("u01", "t04", 1.0)]
    for n, one in enumerate(plays):
        shelf.take(play(f"k{n}", *one))
    other = Shelf(tmp_path / "game")  # a process that was there before the night
    shelf.learn()
    late = ("u00", "t03", 0.25)
    other.take(play("late", *late))
    whole = with_plays(small(), [*plays, late])
    value = whole.to_frame().set_index(["user", "item"])["value"]
    for one in (shelf, other, Shelf(tmp_path / "game")):
        one.lists("u00")
        assert one.live.profile("u00").values()["t03"] == pytest.approx(value["u00", "t03"])
        assert one.live.profile("u01").values()["t04"] == pytest.approx(value["u01", "t04"])
    shelf.learn()
    assert sorted(path.name for path in (tmp_path / "game").glob("model-*.npz")) == [
        "model-2.npz",
        "model-3.npz",
    ]


def test_a_night_that_breaks_off_changes_nothing(tmp_path, monkeypatch):
    """Before the folder's file names the new model, nobody serves it: whatever was written beside is passed over."""
    shelf = made(tmp_path)
    shelf.take(play("k1", "u00", "t03"))
    before = shelf.lists("u00")

    def breaks(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Feedback, "serve", breaks)
    with pytest.raises(KeyboardInterrupt):
        shelf.learn()
    monkeypatch.undo()
    again = Shelf(tmp_path / "game")
    assert again.lists("u00") == before and again.learn() == 1


def test_a_model_that_cannot_learn_on_is_named(tmp_path):
    shelf = made(tmp_path, model=ImplicitALS(4, random_state=0))
    shelf.take(play("k1", "u00", "t03"))
    assert "t03" not in items(shelf.lists("u00", 20))  # the profile is live whatever the model
    with pytest.raises(ValueError, match="ImplicitALS has no partial_fit"):
        shelf.learn()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"key": ""}, "key is"),
        ({"key": "k" * 65}, "key is"),
        ({"key": None}, "key is"),
        ({"user": 7}, "user is 7"),
        ({"user": "a\u202eb"}, "U+202E"),
        ({"user": "a\nb"}, "U+000A"),
        ({"item": "t99"}, "does not know"),
        ({"item": ["t01"]}, "item is a list"),
        ({"heard": 1.2}, "from 0 to 1"),
        ({"heard": -0.1}, "from 0 to 1"),
        ({"heard": float("nan")}, "from 0 to 1"),
        ({"heard": True}, "heard is True"),
        ({"heard": "all"}, "from 0 to 1"),
        ({"more": 1}, "has no 'more'"),
    ],
)
def test_what_is_no_play_is_refused_and_not_kept(tmp_path, wrong, words):
    shelf = made(tmp_path)
    with pytest.raises(Refused) as refused:
        shelf.take(play("k1", "u00", "t03") | wrong)
    assert words in str(refused.value) and shelf.feedback.last() == 0


@pytest.mark.parametrize(
    ("user", "k"), [("", 5), (None, 5), ("u00", 0), ("u00", 101), ("u00", True), ("u00", "5")]
)
def test_what_is_no_question_is_refused(tmp_path, user, k):
    with pytest.raises(Refused):
        made(tmp_path).lists(user, k)


def test_a_folder_serves_one_model_and_says_so(tmp_path):
    with pytest.raises(ValueError, match="holds no service"):
        Shelf(tmp_path / "nothing")
    made(tmp_path)
    with pytest.raises(ValueError, match="serves a model already"):
        made(tmp_path)
    (tmp_path / "broken.npz").write_bytes(b"no model")
    with pytest.raises(ValueError, match="no whole file"):
        Shelf.create(tmp_path / "other", tmp_path / "broken.npz")
    assert not (tmp_path / "other").exists()
    ItemKNN().fit(small().with_values(np.full(small().nnz, 3.0))).save(tmp_path / "counts.npz")
    with pytest.raises(ValueError, match="how='counted'"):
        Shelf.create(tmp_path / "other", tmp_path / "counts.npz")
    counted = Shelf.create(tmp_path / "other", tmp_path / "counts.npz", how="counted")
    counted.take(play("k1", "u00", "t03", 0.5))
    assert Shelf(tmp_path / "other").live.profile("u00").values("counted")["t03"] in (0.5, 3.5)


def test_a_folder_that_does_not_say_how_holds_shares_heard(tmp_path):
    shelf = made(tmp_path)
    shelf.take(play("k1", "u00", "t03", 1.0))
    before = shelf.lists("u00")
    with shelf.feedback.writing() as db:
        db.execute("DELETE FROM setting WHERE name = 'how'")
    assert Shelf(tmp_path / "game").lists("u00") == before
