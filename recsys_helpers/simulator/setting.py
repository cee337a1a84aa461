"""What is the same for all listeners: what a track is worth to a taste, a context, a place, and today's chart.

It holds nothing that changes as they listen: that is `behaviour`.

Everything that decides (a utility, a chance) is rounded to 1e-6 before it is compared, and ties go to the lower track.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from recsys_helpers.simulator.catalogue import DAY, KINDS, WEEK, Catalogue
from recsys_helpers.simulator.people import CONTEXTS, People
from recsys_helpers.simulator.random_streams import key, normal
from recsys_helpers.simulator.strengths import Strengths

SHELF = 10  # places on a home shelf; a longer list is shown a page a visit
WIDTH = 16  # of a row of candidates
RESULTS, QUEUE = 8, 6
HOME, LIB, SEARCH, AUTOPLAY, NOTICE = range(5)  # where a play comes from; a notice is an ad or a help clip
SOURCES = ["home", "library", "search", "autoplay", "autoplay"]

#: How fast the eye tires: place i of a list is worth steepness * log(i) less than the first.
STEEPNESS = {HOME: 0.75, SEARCH: 0.70, AUTOPLAY: 0.90}
ASIDE = -1.8  # what it costs to leave the home shelf for one's library
WORN = 0.5  # lost for each log(1 + plays of late) of the same track
#: context -> what it adds to taste, by kind's centre, and the minutes that fit it
CONTEXT_TASTE = {
    "commute": {"news": 0.20, "podcast": 0.15}, "work": {"ambience": 0.15, "music": 0.10},
    "workout": {"music": 0.35}, "home": {"radio": 0.10}, "sleep": {"ambience": 0.25, "audiobook": 0.20},
}  # fmt: skip
CONTEXT_MINUTES = {"commute": 14.0, "work": 22.0, "workout": 4.0, "home": 8.0, "sleep": 30.0}
MISFIT = 0.16  # lost for each squared log ratio of length to the length that fits
IN_MIND = 0.9  # how sharply a search follows utility
LIFT = 5.8  # what a farm's push adds to the log of a track's place in the chart
REFERENCE = 400  # listeners whose mean taste makes the chart


@dataclass(frozen=True)
class Setting:
    """The tracks, and tables worked out from them once."""

    seed: int
    catalogue: Catalogue
    strengths: Strengths
    context_value: np.ndarray = field(repr=False)  # (contexts, tracks)
    place_effect: np.ndarray = field(repr=False)  # (sources, WIDTH)
    wear: np.ndarray = field(repr=False)  # by number of plays of late
    out_from: np.ndarray = field(
        repr=False
    )  # when a track can be chosen, in seconds; never for ads and help clips


def make_setting(seed: int, catalogue: Catalogue, strengths: Strengths) -> Setting:
    """The tables of a world."""
    minutes = catalogue.duration / 60
    value = np.zeros((len(CONTEXTS), catalogue.n))
    for i, context in enumerate(CONTEXTS):
        taste = context_taste(catalogue)[i] * strengths.context
        misfit = np.log(minutes / CONTEXT_MINUTES[context]) ** 2
        value[i] = catalogue.vectors.astype(np.float64) @ taste / 1e4 - strengths.duration * MISFIT * misfit
    place = np.zeros((5, WIDTH))
    for source, steepness in STEEPNESS.items():
        width = {HOME: SHELF, SEARCH: RESULTS, AUTOPLAY: QUEUE}[source]
        place[source, :width] = -strengths.position * steepness * np.log(np.arange(1, width + 1))
    place[HOME, SHELF:] = ASIDE
    wear = WORN * strengths.boredom * np.log1p(np.arange(256))
    out_from = np.where(catalogue.content, catalogue.released, 2**62)
    return Setting(
        seed, catalogue, strengths, np.round(value, 6), np.round(place, 6), np.round(wear, 6), out_from
    )


def context_taste(catalogue: Catalogue) -> np.ndarray:
    """What each context adds to taste, (contexts, 16) hundredths."""
    out = np.zeros((len(CONTEXTS), catalogue.kind_centres.shape[1]))
    for i, context in enumerate(CONTEXTS):
        for kind, weight in CONTEXT_TASTE[context].items():
            out[i] += weight * catalogue.kind_centres[KINDS.index(kind)]
    return np.rint(out)


def true_utility(setting: Setting, people: People, week: int) -> np.ndarray:
    """Taste . vector + appeal + whim for each listener and track, (n, tracks): whole hundredths multiply exactly."""
    taste = people.taste_in(week, setting.strengths)
    utility: np.ndarray = (taste @ setting.catalogue.vectors.T).astype(np.float64)
    utility /= 1e4  # in place, as in the next functions: these tables are large
    utility += setting.catalogue.appeal
    utility += people.whims
    return utility


def wanted(catalogue: Catalogue, utility: np.ndarray, now: int) -> np.ndarray:
    """What listeners have in mind when they search: a softmax over what is out, as whole weights (n, tracks)."""
    weight = IN_MIND * utility
    np.exp(np.clip(weight, -8, 12, out=weight), out=weight)
    weight *= 1e4
    np.rint(weight, out=weight)
    weight *= (catalogue.released <= now) & catalogue.content
    return weight


def chart(setting: Setting, reference: People, week: int) -> np.ndarray:
    """Murmur's home shelf today: the most wanted tracks of the week, and those that bots lift, the same for all."""
    catalogue = setting.catalogue
    utility = true_utility(setting, reference, week)
    weight = wanted(catalogue, utility, week * WEEK - DAY)
    mean = (weight / weight.sum(axis=1, keepdims=True)).mean(axis=0)
    jitter = 0.35 * normal(key(setting.seed, "chart", week, np.arange(catalogue.n)))
    lift = LIFT * setting.strengths.lift * catalogue.push
    score = np.where(mean > 0, np.round(np.log(np.maximum(mean, 1e-12)) + jitter + lift, 6), -99.0)
    return np.argsort(-score, kind="stable")[: 3 * SHELF].astype(np.int32)
