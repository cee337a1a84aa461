"""The exercises of lesson 22 on words and on what is put side by side, and three on earlier lessons.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import math

import numpy as np

from recsys_helpers.exercises.registry import exercise, question

question(
    "recall_from_features_to_factors",
    answer="b",
    why="The map learns on tracks whose factors many listeners have taught (lesson 05). A new track "
    "then takes what "
    "the map says of its features.",
    wrong={
        "a": "A new track has no listener, so there is no vector of its own to learn from.",
        "c": "Who is near by features decides in content-based lists. Here a regression learns which "
        "features matter.",
    },
)

question(
    "recall_few_plays_in_a_portrait",
    answer="a",
    why="A rate that is seen on few events is drawn towards everybody's (lesson 02), because three "
    "plays say little.",
    wrong={
        "b": "Somebody who left out people with few plays would have no portrait of newcomers at all.",
        "c": "The plain mean makes somebody who skipped one play of one a person who skips everything.",
    },
)

question(
    "recall_over_what_it_runs",
    answer="c",
    why="An interval speaks of what was drawn anew (lesson 07). Listeners were, the hidden tracks "
    "were not, so another "
    "set of tracks may give another answer.",
    wrong={
        "a": "The same tracks stand in every listener's list. Their luck is in all of them and does "
        "not average out.",
        "b": "More listeners make the interval shorter, and it still speaks of these tracks alone.",
    },
)

# ---- the weights of words --------------------------------------------------------------------------------------------


def _titles(rng):
    """Edge cases first: the lesson's three titles, a word twice, words that no known text holds, rare ones."""
    three = ["calm rain", "rain on road", "calm morning news"]
    yield three, "calm rain"
    yield three, "rain rain news"
    yield three, "calm piano rain"
    yield ["a b", "a c", "a d", "a e"], "a b"
    yield ["north", "north south", "east"], "south east west west"
    words = ["rain", "calm", "news", "road", "piano", "late", "slow"]
    for _ in range(9):
        known = [
            " ".join(rng.choice(words[:6], int(rng.integers(1, 4)), replace=False))
            for _ in range(int(rng.integers(3, 6)))
        ]
        first = known[0].split()[0]
        yield known, " ".join([first, *rng.choice(words, int(rng.integers(1, 4)))])


def _weights(known, new, idf, count=None, scale=True, unknown=False):
    sets, weights = [set(text.split()) for text in known], {}
    for word in new.split():
        d = sum(word in words for words in sets)
        if d or unknown:
            weights[word] = (1 if count == "once" else new.split().count(word)) * idf(len(known), d)
    length = math.sqrt(sum(one * one for one in weights.values())) if scale else 1.0
    return {word: one / (length or 1.0) for word, one in weights.items()}


def _smooth(n, d):
    return math.log((1 + n) / (1 + d)) + 1


def fitted_on_all(known, new):
    return _weights([*known, new], new, _smooth)


def without_idf(known, new):
    return _weights(known, new, lambda n, d: 1.0)


def plain_idf(known, new):
    return _weights(known, new, lambda n, d: math.log(n / d))


def not_scaled(known, new):
    return _weights(known, new, _smooth, scale=False)


def each_word_once(known, new):
    return _weights(known, new, _smooth, count="once")


def unknown_words_too(known, new):
    return _weights(known, new, _smooth, unknown=True)


def scaled_to_sum(known, new):
    found = _weights(known, new, _smooth, scale=False)
    return {word: one / sum(found.values()) for word, one in found.items()}


def by_arrays(known, new):
    words = sorted({word for word in new.split() if any(word in text.split() for text in known)})
    if not words:
        return {}
    d = np.array([[word in text.split() for text in known] for word in words]).sum(axis=1)
    row = np.array([new.split().count(word) for word in words]) * (np.log((1 + len(known)) / (1 + d)) + 1)
    return dict(zip(words, (row / np.linalg.norm(row)).tolist(), strict=True))


@exercise(
    inputs=_titles,
    hints=[
        "Split the new text into words. For each of them, how many known texts hold it?",
        "n = len(known); d = sum(word in text.split() for text in known); the weight is count * "
        "(log((1 + n) / (1 + d)) + 1).",
        "At the end divide each weight by the root of the sum of the squares of all of them.",
    ],
    why="Words and weights come from the tracks that teach. A word of a new track that none of them "
    "holds says nothing, "
    "because no listener has told what it means.",
    mistakes={
        "Did the new text count among the known ones? Then what is to be predicted has helped to set "
        "the weights.": fitted_on_all,
        "Do all words weigh the same? A word that few known texts hold weighs more.": without_idf,
        "Is that log(n / d)? Ours is log((1 + n) / (1 + d)) + 1, so that a word in all texts still "
        "counts.": plain_idf,
        "Is the length 1? Divide by the root of the sum of squares.": [not_scaled, scaled_to_sum],
        "Does a word that stands twice in the new text count once?": each_word_once,
        "Is there a weight for a word that no known text holds? Pass it over.": unknown_words_too,
    },
    alternatives=[by_arrays],
)
def word_weights(known, new):
    """The TF-IDF weights of the words of the text `new`, as a dictionary from word to weight.

    `known` is a list of texts; words are parted by spaces and are in small letters. A word that stands c times in `new`
    and in d of the n known texts weighs c * (ln((1 + n) / (1 + d)) + 1); words that no known text holds are left out.
    Then all weights are divided by one number, so that the sum of their squares is 1. `new` has a known word.
    """
    n, weights = len(known), {}
    for word in new.split():
        d = sum(word in text.split() for text in known)
        if d:
            weights[word] = new.split().count(word) * (np.log((1 + n) / (1 + d)) + 1)
    length = np.sqrt(sum(weight**2 for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()}


# ---- early fusion ----------------------------------------------------------------------------------------------------


def _pairs_of_blocks(rng):
    """Edge cases first: one block much larger, rows of unlike length, a wide block beside a narrow one."""
    yield [[3.0, 4.0], [0.0, 5.0]], [[100.0], [-200.0]]
    yield [[1.0], [2.0], [2.0]], [[0.0, 0.5], [0.5, 0.0], [0.0, 0.0]]
    yield [[2.0, 0.0, 0.0, 1.0], [0.0, 3.0, 0.0, 0.0]], [[1.0], [4.0]]
    yield [[6.0, 8.0]], [[0.5]]
    for _ in range(8):
        n = int(rng.integers(2, 5))
        yield (
            rng.normal(0, 5, (n, int(rng.integers(1, 4)))).round(1).tolist(),
            rng.normal(1, 0.5, (n, int(rng.integers(1, 4)))).round(1).tolist(),
        )


def _joined(first, second, change):
    return np.hstack([change(np.asarray(first, dtype=float)), change(np.asarray(second, dtype=float))])


def not_scaled_blocks(first, second):
    return _joined(first, second, lambda x: x)


def each_row_alone(first, second):
    return _joined(first, second, lambda x: x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9))


def each_column_alone(first, second):
    return _joined(first, second, lambda x: x / np.maximum(np.sqrt((x**2).mean(axis=0)), 1e-9))


def by_mean_of_entries(first, second):
    return _joined(first, second, lambda x: x / np.sqrt((x**2).mean()))


def by_largest(first, second):
    return _joined(first, second, lambda x: x / np.abs(x).max())


def whole_not_mean(first, second):
    return _joined(first, second, lambda x: x / np.linalg.norm(x))


def both_by_one_number(first, second):
    both = _joined(first, second, lambda x: x)
    return both / np.sqrt((both**2).sum(axis=1).mean())


def by_lists(first, second):
    rows = [[] for _ in first]
    for block in (first, second):
        mean = sum(one * one for row in block for one in row) / len(block)
        for row, more in zip(rows, block, strict=True):
            row.extend(one / math.sqrt(mean) for one in more)
    return rows


@exercise(
    inputs=_pairs_of_blocks,
    hints=[
        "The squared length of a row is the sum of its squares. What is the mean of that over the "
        "rows of a block?",
        "block / np.sqrt((block ** 2).sum(axis=1).mean()), for each block, then np.hstack.",
    ],
    why="A ridge regression makes large features cheap. Without one scale the block with the largest "
    "numbers would be "
    "heard alone, whatever it says.",
    mistakes={
        "Are the blocks as they came? A block of large numbers drowns the other.": not_scaled_blocks,
        "Was each row divided by its own length? One number divides the whole block, so that long "
        "rows stay longer.": each_row_alone,
        "Was each column scaled by itself? One number divides the whole block.": each_column_alone,
        "Is that the mean over all entries? Take the mean over rows of the sum of squares, so that a "
        "wide block counts as much as a narrow one.": by_mean_of_entries,
        "Did you divide by the largest entry? Divide by the root of the mean squared length of a "
        "row.": by_largest,
        "Is that the root of the sum over all rows? The mean squared length divides by the number of "
        "rows.": whole_not_mean,
        "Did one number divide both blocks together? Each block has its own.": both_by_one_number,
    },
    alternatives=[by_lists],
)
def side_by_side(first, second):
    """Two blocks of features (n, a) and (n, b) side by side, (n, a + b), on one scale.

    Each block is divided by one number, the root of the mean over its rows of the sum of their
    squares. No block is all 0.
    """
    blocks = [np.asarray(block, dtype=float) for block in (first, second)]
    return np.hstack([block / np.sqrt((block**2).sum(axis=1).mean()) for block in blocks])
