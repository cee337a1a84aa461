"""Each planted effect is there when it is on and gone when its strength is 0."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import KFold, cross_val_predict

from recsys_helpers.simulator import Strengths, World, bots, log
from recsys_helpers.simulator import behaviour as b
from recsys_helpers.simulator import setting as st
from recsys_helpers.simulator.people import CONTEXTS
from recsys_helpers.simulator.random_streams import key
from recsys_helpers.simulator.shelves import in_pages


@cache
def world_with(**strengths: float) -> World:
    return World(users=150, weeks=2, tracks=600, strengths=Strengths(**strengths))


@cache
def lived(weeks: tuple[int, ...] = (0, 1), **strengths: float) -> pd.DataFrame:
    """What was played in these weeks, one row a play, ads and help clips left out."""
    world = world_with(**strengths)
    crowd = b.Crowd(world.setting, world.people)
    charts = {week: in_pages(st.chart(world.setting, world._reference, week)) for week in weeks}
    parts = [crowd.live(week, shelf).played for week, shelf in charts.items()]
    frame = pd.DataFrame({name: np.concatenate([part[name] for part in parts]) for name in b.RECORD})
    return frame[frame["source"] != st.NOTICE]


def unexplained(**strengths: float) -> pd.DataFrame:
    """Utility at the moment of choice, less all that does not come of what was heard before."""
    world, plays = world_with(**strengths), lived(**strengths)
    rest = plays["utility"] / 1e6 - world.setting.context_value[plays["context"], plays["track"]]
    for week in (0, 1):
        mine = plays["week"] == week
        liking = st.true_utility(world.setting, world.people, week)
        rest[mine] -= liking[plays.loc[mine, "person"], plays.loc[mine, "track"]]
    return plays.assign(rest=rest)


def test_boredom_takes_from_what_was_heard_a_lot():
    on, off = unexplained(order=0), unexplained(order=0, boredom=0)
    assert np.abs(off["rest"]).max() < 1e-5
    assert (on["rest"] <= 1e-6).all()
    assert stats.spearmanr(on["rest"], on["fatigue"]).statistic < -0.4


def test_order_favours_the_track_that_follows():
    def share(**strengths: float) -> float:
        plays, followed = lived(**strengths), world_with(**strengths).catalogue.followed
        plays = plays.sort_values(["person", "week", "slot", "step"])
        before = plays.groupby(["person", "week", "slot"])["track"].shift()
        plays = plays[before.notna() & (plays["source"] == st.AUTOPLAY)]
        return (plays["track"] == followed[before[plays.index].astype(int)]).mean()

    on, off = unexplained(boredom=0), unexplained(boredom=0, order=0)
    assert set(np.round(on["rest"], 4)) == {0.0, b.FOLLOWS}
    assert set(np.round(off["rest"], 4)) <= {0.0, -0.0}
    assert share() > share(order=0) + 0.05


def test_drift_moves_what_is_heard_towards_where_taste_goes():
    def moved(**strengths: float) -> float:
        """How far the vectors heard in week 8 lie from those of week 0, along each listener's drift."""
        world, plays = world_with(**strengths), lived(weeks=(0, 8), **strengths)
        along = (world.catalogue.vectors @ world.people.drift.T)[plays["track"], plays["person"]]
        mean = along.groupby(plays["week"]).mean() if isinstance(along, pd.Series) else pd.Series(along).groupby(
            plays["week"].to_numpy()).mean()  # fmt: skip
        return (mean[8] - mean[0]) / 1e4

    assert moved(drift=4) > 0.3
    assert abs(moved(drift=0)) < 0.1
    assert (world_with(drift=0).people.taste_in(9, Strengths(drift=0)) == world_with().people.taste).all()


def test_context_moves_taste():
    def pull(**strengths: float) -> float:
        """How much what is heard in a context leans to what the context adds."""
        world, plays = world_with(**strengths), lived(**strengths)
        value = world.catalogue.vectors @ st.context_taste(world.catalogue).T / 1e4
        return value[plays["track"], plays["context"]].mean()

    assert pull(context=3, duration=0) > pull(context=0, duration=0) + 0.05
    assert not world_with(context=0).truth_tables()["contexts"].filter(like="taste").to_numpy().any()


def test_duration_is_chosen_to_fit_the_context():
    def misfit(**strengths: float) -> float:
        world, plays = world_with(**strengths), lived(**strengths)
        fits = np.array([st.CONTEXT_MINUTES[context] for context in CONTEXTS])[plays["context"]]
        return (np.log(world.catalogue.duration[plays["track"]] / 60 / fits) ** 2).mean()

    assert misfit(duration=3, context=0) < misfit(duration=0, context=0) - 0.15
    assert not world_with(duration=0, context=0).setting.context_value.any()


def test_position_counts_whatever_stands_there():
    def places(**strengths: float) -> np.ndarray:
        """How often each place of a shelf in random order is taken."""
        world = World(users=300, tracks=600, strengths=Strengths(**strengths))
        ids = world.tracks["track_id"].to_numpy()

        def many_pages(user_ids: np.ndarray, context: pd.DataFrame) -> np.ndarray:
            """A page for each visit, so that one listener's favourite does not stay in one place."""
            rows = np.arange(len(user_ids))[:, None]
            return ids[
                key(int(context["week"].iloc[0]), "shelf", rows, np.arange(300)).astype(np.int64) % 600
            ]

        events = world.serve(many_pages, weeks=4).events
        taken = events.loc[events["source"] == "home", "position"].astype(int)
        return np.bincount(taken, minlength=11)[1:]

    on, off = places(), places(position=0)
    assert stats.chisquare(off).pvalue > 0.001
    assert stats.chisquare(on).pvalue < 1e-9
    assert on[0] > 1.5 * on[9] and stats.spearmanr(on, np.arange(10)).statistic < -0.8


def test_bots_lift_their_tracks_into_the_chart():
    for strength, there in ((1, True), (0, False)):
        world = World(users=150, weeks=2, strengths=Strengths(lift=strength))
        charts = [world._chart(week) for week in (0, 1)]
        lifted = np.flatnonzero(world.catalogue.farm >= 0)
        assert np.isin(lifted, charts).any() == there
        assert (len(bots.bot_plays(world.setting, world.people, charts)["track"]) > 0) == there
        assert world.truth_tables()["tracks"]["lift"].notna().any() == there


def test_a_comments_mood_follows_how_pleased_its_writer_is():
    def correlation(**strengths: float) -> float:
        world, plays = world_with(**strengths), lived(**strengths)
        record = {name: plays[name].to_numpy() for name in b.RECORD}
        liked = np.zeros((150, 600), dtype=bool)
        rows = log.rows_of_week(world.setting, record, np.full(150, 30.0), liked, 0)  # everybody talks a lot
        said = rows[(rows["action"] == log.COMMENT) & (rows["defect"] < 0) & (rows["mood"] < 2)]
        pleasure = st.true_utility(world.setting, world.people, 0)[said["user"], said["track"]]
        assert len(said) > 500
        return np.corrcoef(said["mood"] == 0, pleasure)[0, 1]

    assert correlation() > 0.3
    assert abs(correlation(mood=0)) < 0.12


def r2_of_vectors(features: np.ndarray, vectors: np.ndarray) -> float:
    """Share of the vectors' variance that a ridge regression explains on unseen tracks."""
    folds = KFold(5, shuffle=True, random_state=0)
    predicted = cross_val_predict(RidgeCV(np.logspace(-2, 4, 7)), features, vectors, cv=folds)
    return 1 - ((vectors - predicted) ** 2).sum() / ((vectors - vectors.mean(axis=0)) ** 2).sum()


def content(**strengths: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(audio features, words of the description less names and genres, true vectors) of the tracks that are content."""
    catalogue = World(strengths=Strengths(**strengths)).catalogue
    tracks = catalogue.table[catalogue.content]
    audio = tracks[["tempo", "energy", "valence", "acousticness", "speechiness"]].to_numpy()
    audio = (audio - audio.mean(axis=0)) / audio.std(axis=0)
    words = tracks["description"]
    bag = CountVectorizer(
        binary=True, vocabulary=sorted({w for pair in _scene() for end in pair for w in end})
    )
    return audio, bag.fit_transform(words).toarray(), catalogue.vectors[catalogue.content].astype(float) / 100


def _scene():
    from recsys_helpers.simulator.words import SCENE_WORDS

    return SCENE_WORDS


def test_sound_and_words_each_tell_a_part_of_a_tracks_vector():
    audio, words, vectors = content()
    heard, both = r2_of_vectors(audio, vectors), r2_of_vectors(np.hstack([audio, words]), vectors)
    assert 0.3 <= heard <= 0.6
    assert both >= heard + 0.05
    assert both < 0.8


@pytest.mark.parametrize(("effect", "which"), [("audio", 0), ("text", 1)])
def test_content_without_its_signal_tells_nothing(effect, which):
    parts = content(**{effect: 0})
    assert r2_of_vectors(parts[which], parts[2]) < 0.02
