"""The exercises of lesson 23 on chances and prices of advertisements.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import numpy as np

from recsys_helpers.exercises.registry import exercise

# ---- down-sampling ---------------------------------------------------------------------------------------------------


def _sampled(rng):
    yield np.array([0.5, 0.25, 0.75]), 0.1
    yield np.array([0.2, 0.9]), 1.0
    yield np.array([0.0, 1.0, 0.5]), 0.5
    yield np.array([0.5]), 0.01
    yield np.array([0.3, 0.6, 0.1]), 0.05
    for _ in range(8):
        chance = rng.uniform(0.05, 0.95, int(rng.integers(2, 5))).round(2)
        yield chance, float(rng.choice([0.02, 0.05, 0.1, 0.2, 0.25]))


def times_kept(chance, kept):
    return np.asarray(chance) * kept


def the_way_there(chance, kept):
    chance = np.asarray(chance)
    return chance / (chance + (1 - chance) * kept)


def as_odds(chance, kept):
    chance = np.asarray(chance)
    return np.divide(chance * kept, 1 - chance, out=np.full(chance.shape, 9e9), where=chance < 1)


def over_kept(chance, kept):
    return np.minimum(np.asarray(chance) / kept, 1.0)


def over_kept_unclipped(chance, kept):
    return np.asarray(chance) / kept


def by_odds(chance, kept):
    odds = [c / (1 - c) * kept if c < 1 else float("inf") for c in chance]
    return [odd / (1 + odd) if odd != float("inf") else 1.0 for odd in odds]


def by_log_odds(chance, kept):
    out = []
    for one in chance:
        if one in (0, 1):
            out.append(float(one))
        else:
            out.append(1 / (1 + np.exp(-(np.log(one / (1 - one)) + np.log(kept)))))
    return out


@exercise(
    inputs=_sampled,
    hints=[
        "Of each view without a click that the model saw, there are 1 / kept in truth. Clicks are all there.",
        "So the odds, chance to 1 - chance, become chance to (1 - chance) / kept.",
        "return chance / (chance + (1 - chance) / kept)",
    ],
    why="Leaving out most views without a click saves nearly all of the training, and changes nothing but the odds, by "
    "a factor that is known. Without the correction every price would be many times too high.",
    mistakes={
        "Did you multiply the chance by kept? It is the odds that shrink by that factor, which differs for large "
        "chances.": times_kept,
        "Is that the way there? Asked is the way back from the sample, where chances fall.": the_way_there,
        "Are those the odds? The chance is odds / (1 + odds).": as_odds,
        "Did you divide by kept? Then chances rise, and they have to fall.": [over_kept, over_kept_unclipped],
    },
    alternatives=[by_odds, by_log_odds],
)
def undo_sampling(chance, kept):
    """The chances of a click among all views, (views,), from those of a model that saw a sample.

    `chance` is an array of the model's chances. The model learned from all views with a click, and from a share `kept`
    (above 0, at most 1) of the views without one, drawn by lot.
    """
    return chance / (chance + (1 - chance) / kept)


# ---- an auction ------------------------------------------------------------------------------------------------------


def _offers(rng):
    """Edge cases first: two bidders, the highest bid loses, the highest chance loses, the runner-up bids more."""
    yield [2.0, 1.0], [0.02, 0.03]
    yield [2.0, 1.0, 0.5], [0.01, 0.03, 0.05]
    yield [5.0, 4.0, 0.1], [0.02, 0.01, 0.3]
    yield [1.0, 3.0, 2.0], [0.10, 0.02, 0.04]
    yield [0.4, 0.9, 0.7, 0.2], [0.05, 0.05, 0.05, 0.05]
    for _ in range(9):
        n = int(rng.integers(3, 6))
        yield (
            (rng.permutation(20)[:n] / 10 + 0.5).tolist(),
            (rng.permutation(19)[:n] / 1000 + 0.007 + 0.0003 * np.arange(n)).round(4).tolist(),
        )


def _products(bids, chances):
    product = np.asarray(bids, dtype=float) * np.asarray(chances, dtype=float)
    return product, np.argsort(-product)


def own_bid(bids, chances):
    _, order = _products(bids, chances)
    return int(order[0]), bids[order[0]]


def bid_of_the_second(bids, chances):
    _, order = _products(bids, chances)
    return int(order[0]), bids[order[1]]


def price_of_a_view(bids, chances):
    product, order = _products(bids, chances)
    return int(order[0]), product[order[1]]


def own_product(bids, chances):
    product, order = _products(bids, chances)
    return int(order[0]), product[order[0]]


def by_bid_alone(bids, chances):
    order = np.argsort(-np.asarray(bids))
    return int(order[0]), bids[order[1]]


def by_chance_alone(bids, chances):
    order = np.argsort(-np.asarray(chances))
    return int(order[0]), bids[order[0]]


def second_highest_bid(bids, chances):
    _, order = _products(bids, chances)
    return int(order[0]), sorted(bids)[-2]


def from_one(bids, chances):
    winner, price = auction(bids, chances)
    return winner + 1, price


def in_plain_python(bids, chances):
    products = [bid * chance for bid, chance in zip(bids, chances, strict=True)]
    winner = products.index(max(products))
    others = [product for i, product in enumerate(products) if i != winner]
    return winner, max(others) / chances[winner]


@exercise(
    inputs=_offers,
    hints=[
        "Who has the largest bid x chance? And what is the second-largest product?",
        "The winner keeps the place as long as its bid x its own chance is above that product.",
        "The price is the second-largest product over the winner's own chance.",
    ],
    why="The product is what a view is expected to bring. And because the price comes from the others, nobody gains by "
    "bidding anything but what a click is worth to them.",
    mistakes={
        "Does the winner pay its own bid? It pays the least bid that would still have won.": own_bid,
        "Is that the bid of the runner-up? The winner's least bid has to be multiplied by its own chance.": (
            bid_of_the_second
        ),
        "Is that the price of a view? Divide by the winner's chance: it pays for a click.": price_of_a_view,
        "Is that what the winner's own view is worth? The price comes from the runner-up.": own_product,
        "Did the highest bid win? What counts is bid x chance.": by_bid_alone,
        "Did the highest chance win? What counts is bid x chance.": by_chance_alone,
        "Is that the second-highest bid of all? What counts is the second-largest product.": second_highest_bid,
        "Do positions begin at 1? The first is 0.": from_one,
    },
    alternatives=[in_plain_python],
)
def auction(bids, chances):
    """A pair: the position of the winner, from 0, and what it pays for a click.

    Each advertiser bids for a click, and has a chance that a view brings one. The place goes to the largest
    bid x chance. The winner pays for a click the least bid with which its own bid x chance would still reach the
    second-largest product. There are at least two, and no two products are equal.
    """
    products = np.asarray(bids, dtype=float) * np.asarray(chances, dtype=float)
    order = np.argsort(-products)
    return int(order[0]), float(products[order[1]] / chances[order[0]])
