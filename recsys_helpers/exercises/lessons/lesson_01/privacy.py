"""Exercises of lesson 01: hashes of names that can be guessed, and what to keep.

It holds no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

import hashlib

from recsys_helpers.exercises.registry import exercise, question

# ---- privacy ---------------------------------------------------------------------------------------------------------


def _hash(text):
    return hashlib.sha256(text.encode()).hexdigest()


def _hashes_and_names(rng):
    yield [_hash("ana")], ["ana", "bo"]
    yield [_hash("ana"), _hash("cyd")], ["ana", "bo"]
    yield [_hash("zoe")], ["ana", "bo"]
    yield [_hash("bo"), _hash("ana"), _hash("bo")], ["al", "ana", "bo"]
    yield [], ["ana"]
    people = ["al", "ana", "bea", "bo", "cyd", "dan", "eva", "finn"]
    for _ in range(6):
        some = rng.choice(people, 4, replace=False)
        yield [_hash(str(one)) for one in some], [str(one) for one in rng.choice(people, 5, replace=False)]


def _unmasked_by_loops(hashes, names):
    found = []
    for one in hashes:
        fits = [name for name in names if _hash(name) == one]
        found.append(fits[0] if fits else "")
    return found


def _guessed(hashes, names):
    """The right answer, name by name, for the mistakes below."""
    by_hash = {_hash(name): name for name in names}
    return [by_hash.get(one, "") for one in hashes]


@exercise(
    inputs=_hashes_and_names,
    hints=[
        "Nobody can turn a hash back. But you can hash every name and look which hash comes out.",
        "A dictionary from hash to name: {hashlib.sha256(name.encode()).hexdigest(): name for name in names}.",
        'by_hash.get(one, "") is the name of a hash, or "" where there is none.',
    ],
    why="What can be guessed can be unmasked, and names, numbers and dates of birth can be guessed.",
    mistakes={
        "Did those whom nobody fits drop out? Each hash has its place in the answer, with an empty name.": (
            lambda hashes, names: [one for one in _guessed(hashes, names) if one]
        ),
        "Is that whether a name was found? Asked is which one.": lambda hashes, names: [
            bool(one) for one in _guessed(hashes, names)
        ],
        "Is that the place of the name in the list? Asked is the name.": lambda hashes, names: [
            names.index(one) if one else -1 for one in _guessed(hashes, names)
        ],
        "Is that a hash for each name? Asked is a name for each hash.": lambda hashes, names: [
            _hash(one) for one in names
        ],
        "Did you go through the names? The answer follows the order of the hashes, and has one entry for each.": (
            lambda hashes, names: [one for one in names if _hash(one) in hashes]
        ),
        "Did you keep the hash where no name fits? An empty name stands there.": lambda hashes, names: [
            name or one for one, name in zip(hashes, _guessed(hashes, names), strict=True)
        ],
        "Did you count them? Asked is who they are.": lambda hashes, names: sum(
            1 for one in _guessed(hashes, names) if one
        ),
    },
    alternatives=[_unmasked_by_loops],
)
def unmask(hashes, names):
    """For each hash the name of which it is the SHA-256 hash, "" where no name fits.

    The hash of a name is hashlib.sha256(name.encode()).hexdigest().
    """
    by_hash = {hashlib.sha256(name.encode()).hexdigest(): name for name in names}
    return [by_hash.get(one, "") for one in hashes]


question(
    "what_to_keep",
    answer="b",
    why="The recommender needs who, what and how strongly. The moments, which give nearly everybody away, are gone; "
    "the strengths still single people out, hence the lock.",
    wrong={
        "a": "A hash of an id is another pseudonym: the plays behind it are as unique as before.",
        "c": "Without any id there is no row to learn a taste from, and recommending has to go on.",
        "d": "Kept is kept: a rule against looking stops neither a thief nor a new owner.",
    },
)
