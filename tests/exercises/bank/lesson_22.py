"""Answers to lesson 22. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from collections import Counter
from itertools import chain

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- word_weights


@right("a counter")
def word_weights(known, new):
    held = Counter(word for text in known for word in set(text.split()))
    raw = {word: c * (math.log((1 + len(known)) / (1 + held[word])) + 1) for word, c in Counter(new.split()).items() if word in held}
    size = math.hypot(*raw.values())
    return {word: value / size for word, value in raw.items()}


@right("a series")
def word_weights(known, new):
    tables = pd.DataFrame([{word: 1 for word in text.split()} for text in known])
    d = tables.notna().sum()
    counts = pd.Series(new.split()).value_counts()
    counts = counts[counts.index.isin(d.index)]
    found = counts * (np.log((1 + len(known)) / (1 + d[counts.index])) + 1)
    return (found / np.sqrt((found**2).sum())).to_dict()


@right("scikit-learn")
def word_weights(known, new):
    from sklearn.feature_extraction.text import TfidfVectorizer

    model = TfidfVectorizer(token_pattern=r"\S+").fit(known)
    row = model.transform([new])
    return {model.get_feature_names_out()[j]: row[0, j] for j in row.nonzero()[1]}


@right("a loop that adds")
def word_weights(known, new):
    weights = {}
    for word in new.split():
        d = len([text for text in known if word in text.split()])
        if d == 0:
            continue
        weights[word] = weights.get(word, 0) + 1 + np.log((1 + len(known)) / (1 + d))
    total = sum(value**2 for value in weights.values()) ** 0.5
    for word in weights:
        weights[word] /= total
    return weights


def _raw(known, new, idf):
    sets = [set(text.split()) for text in known]
    return {w: new.split().count(w) * idf(len(known), sum(w in s for s in sets)) for w in new.split() if any(w in s for s in sets)}


def _unit(raw):
    size = math.sqrt(sum(value**2 for value in raw.values()))
    return {word: value / size for word, value in raw.items()} if size else raw


def _idf(n, d):
    return math.log((1 + n) / (1 + d)) + 1


@wrong("the new text is known too", "Did the new text count among the known ones?")
def word_weights(known, new):
    return _unit(_raw([*known, new], new, _idf))


@wrong("frequencies alone", "Do all words weigh the same?")
def word_weights(known, new):
    return _unit(_raw(known, new, lambda n, d: 1))


@wrong("the textbook's idf", "Is that log(n / d)?")
def word_weights(known, new):
    return _unit(_raw(known, new, lambda n, d: math.log(n / d)))


@wrong("not scaled", "Is the length 1?")
def word_weights(known, new):
    return _raw(known, new, _idf)


@wrong("shares that add up to 1", "Is the length 1?")
def word_weights(known, new):
    raw = _raw(known, new, _idf)
    return {word: value / sum(raw.values()) for word, value in raw.items()}


@wrong("sets of words", "Does a word that stands twice in the new text count once?")
def word_weights(known, new):
    return _unit(_raw(known, " ".join(dict.fromkeys(new.split())), _idf))


@wrong("unknown words with d = 0", "Is there a weight for a word that no known text holds?")
def word_weights(known, new):
    words = new.split()
    return _unit({w: words.count(w) * _idf(len(known), sum(w in text.split() for text in known)) for w in words})


@wrong("no + 1 at the end")
def word_weights(known, new):
    return _unit(_raw(known, new, lambda n, d: math.log((1 + n) / (1 + d))))


@wrong("log base 10")
def word_weights(known, new):
    return _unit(_raw(known, new, lambda n, d: math.log10((1 + n) / (1 + d)) + 1))


@wrong("the fraction turned over")
def word_weights(known, new):
    return _unit(_raw(known, new, lambda n, d: math.log((1 + d) / (1 + n)) + 1))


@wrong("occurrences in place of texts, among all words")
def word_weights(known, new):
    words = list(chain.from_iterable(text.split() for text in known))
    return _unit(_raw(known, new, lambda n, d: math.log((1 + len(words)) / (1 + d)) + 1))


@wrong("words of all known texts with a 0")
def word_weights(known, new):
    found = _unit(_raw(known, new, _idf))
    return {word: found.get(word, 0.0) for text in known for word in text.split()}


# ---- side_by_side


@right("norms")
def side_by_side(first, second):
    def scaled(block):
        block = np.array(block, dtype=float)
        return block * np.sqrt(len(block)) / np.linalg.norm(block)

    return np.concatenate([scaled(first), scaled(second)], axis=1)


@right("lists")
def side_by_side(first, second):
    def length(block):
        return math.sqrt(sum(sum(x * x for x in row) for row in block) / len(block))

    a, b = length(first), length(second)
    return [[x / a for x in one] + [y / b for y in two] for one, two in zip(first, second, strict=True)]


@right("a frame")
def side_by_side(first, second):
    frames = [pd.DataFrame(block) for block in (first, second)]
    return pd.concat([one / np.sqrt((one**2).sum(axis=1).mean()) for one in frames], axis=1, ignore_index=True)


@right("einsum")
def side_by_side(first, second):
    out = []
    for block in map(np.asarray, (first, second)):
        out.append(block / np.einsum("ij,ij->i", block, block).mean() ** 0.5)
    return np.column_stack(out)


@wrong("as they are", "Are the blocks as they came?")
def side_by_side(first, second):
    return np.hstack([first, second])


@wrong("rows of length 1", "Was each row divided by its own length?")
def side_by_side(first, second):
    from sklearn.preprocessing import normalize

    return np.hstack([normalize(np.array(first)), normalize(np.array(second))])


@wrong("columns of length 1", "Was each column scaled by itself?")
def side_by_side(first, second):
    def scaled(block):
        block = np.array(block)
        size = np.sqrt((block**2).mean(axis=0))
        return block / np.where(size > 0, size, 1)

    return np.hstack([scaled(first), scaled(second)])


@wrong("mean of all squares", "Is that the mean over all entries?")
def side_by_side(first, second):
    return np.hstack([np.array(b) / np.sqrt(np.mean(np.square(b))) for b in (first, second)])


@wrong("largest entry 1", "Did you divide by the largest entry?")
def side_by_side(first, second):
    return np.hstack([np.array(b) / np.abs(b).max() for b in (first, second)])


@wrong("Frobenius norm", "Is that the root of the sum over all rows?")
def side_by_side(first, second):
    return np.hstack([np.array(b) / np.linalg.norm(b) for b in (first, second)])


@wrong("one number for both", "Did one number divide both blocks together?")
def side_by_side(first, second):
    both = np.hstack([first, second])
    return both / np.sqrt((both**2).sum(1).mean())


@wrong("no root")
def side_by_side(first, second):
    return np.hstack([np.array(b) / (np.array(b) ** 2).sum(1).mean() for b in (first, second)])


@wrong("the mean length, not the root of the mean square")
def side_by_side(first, second):
    return np.hstack([np.array(b) / np.linalg.norm(b, axis=1).mean() for b in (first, second)])


@wrong("below each other in place of beside")
def side_by_side(first, second):
    return [(np.array(b) / np.sqrt((np.array(b) ** 2).sum(1).mean())).tolist() for b in (first, second)]


@wrong("centred first")
def side_by_side(first, second):
    done = []
    for block in (first, second):
        block = np.array(block) - np.mean(block, axis=0)
        done.append(block / (np.sqrt((block**2).sum(1).mean()) or 1))
    return np.hstack(done)


@wrong("the second block first")
def side_by_side(first, second):
    return np.hstack([np.array(b) / np.sqrt((np.array(b) ** 2).sum(1).mean()) for b in (second, first)])


# ---- loudest_frequency


@right("rfftfreq")
def loudest_frequency(clip, rate):
    strength = np.abs(np.fft.rfft(np.array(clip) - np.mean(clip)))
    return np.fft.rfftfreq(len(clip), 1 / rate)[strength.argmax()]


@right("the first left out")
def loudest_frequency(clip, rate):
    return (1 + int(np.argmax(abs(np.fft.rfft(clip))[1:]))) * rate / len(clip)


@right("a full transform")
def loudest_frequency(clip, rate):
    n = len(clip)
    power = [abs(z) for z in np.fft.fft(clip)][: n // 2 + 1]
    best = max(range(1, len(power)), key=power.__getitem__)
    return best / (n / rate)


@right("a series")
def loudest_frequency(clip, rate):
    spectrum = pd.Series(np.abs(np.fft.rfft(clip))).drop(0)
    return spectrum.idxmax() / len(clip) * rate


@wrong("cycles in the clip", "Is that the number of cycles in the clip?")
def loudest_frequency(clip, rate):
    return np.abs(np.fft.rfft(clip))[1:].argmax() + 1


@wrong("the mean counts", "Is 0 the strongest?")
def loudest_frequency(clip, rate):
    return np.abs(np.fft.rfft(clip)).argmax() * rate / len(clip)


@wrong("by the bins", "Did you divide by the length of the spectrum?")
def loudest_frequency(clip, rate):
    strength = np.abs(np.fft.rfft(clip))
    strength[0] = 0
    return strength.argmax() * rate / len(strength)


@wrong("from 0 to the rate", "Does your last frequency equal the rate?")
def loudest_frequency(clip, rate):
    strength = np.abs(np.fft.rfft(clip))
    axis = np.linspace(0, rate, len(strength))
    return axis[1:][strength[1:].argmax()]


@wrong("cut off and not counted", "Is it one step too low?")
def loudest_frequency(clip, rate):
    return np.argmax(np.abs(np.fft.rfft(clip)[1:])) * rate / len(clip)


@wrong("the strength")
def loudest_frequency(clip, rate):
    return np.abs(np.fft.rfft(clip))[1:].max()


@wrong("the period")
def loudest_frequency(clip, rate):
    return len(clip) / rate / (1 + np.abs(np.fft.rfft(clip))[1:].argmax())


@wrong("only the real part")
def loudest_frequency(clip, rate):
    strength = np.fft.rfft(clip).imag
    strength[0] = -np.inf
    return strength.argmax() * rate / len(clip)


@wrong("half of it")
def loudest_frequency(clip, rate):
    return (1 + np.abs(np.fft.rfft(clip))[1:].argmax()) * rate / len(clip) / 2


@wrong("in the units of rfftfreq without the rate")
def loudest_frequency(clip, rate):
    strength = np.abs(np.fft.rfft(clip))[1:]
    return np.fft.rfftfreq(len(clip))[1:][strength.argmax()]


@wrong("the highest that a window holds")
def loudest_frequency(clip, rate):
    return rate / 2


@wrong("the weakest")
def loudest_frequency(clip, rate):
    return (1 + np.abs(np.fft.rfft(clip))[1:].round(6).argmin()) * rate / len(clip)


# ---- mean_of_present


@right("a masked array")
def mean_of_present(scores, present):
    x = np.ma.array(scores, mask=~np.array(present), dtype=float)
    z = (x - x.mean(axis=1)[:, None]) / x.std(axis=1)[:, None]
    return z.mean(axis=0).filled(0)


@right("a frame")
def mean_of_present(scores, present):
    x = pd.DataFrame(scores, dtype=float).where(pd.DataFrame(present))
    z = x.sub(x.mean(axis=1), axis=0).div(x.std(axis=1, ddof=0), axis=0)
    return z.mean(axis=0)


@right("lists")
def mean_of_present(scores, present):
    columns = [[] for _ in scores[0]]
    for row, has in zip(scores, present, strict=True):
        mine = [s for s, h in zip(row, has, strict=True) if h]
        mean = sum(mine) / len(mine)
        spread = math.sqrt(sum((s - mean) ** 2 for s in mine) / len(mine))
        for place, (s, h) in enumerate(zip(row, has, strict=True)):
            if h:
                columns[place].append((s - mean) / spread)
    return [sum(one) / len(one) for one in columns]


@right("statistics")
def mean_of_present(scores, present):
    from statistics import fmean, pstdev

    z = []
    for row, has in zip(scores, present, strict=True):
        mine = [s for s, h in zip(row, has, strict=True) if h]
        z.append([(s - fmean(mine)) / pstdev(mine) if h else None for s, h in zip(row, has, strict=True)])
    return [fmean(x for x in column if x is not None) for column in zip(*z, strict=True)]


def _z(scores, present, spread=True):
    x, has = np.array(scores, dtype=float), np.array(present)
    rows = [(r - r[h].mean()) / (r[h].std() if spread else 1) for r, h in zip(x, has, strict=True)]
    return np.array(rows), has


@wrong("divided by all", "Does a missing modality count as a 0?")
def mean_of_present(scores, present):
    z, has = _z(scores, present)
    return (z * has).sum(axis=0) / len(z)


@wrong("a sum", "Is that a sum?")
def mean_of_present(scores, present):
    z, has = _z(scores, present)
    return (z * has).sum(axis=0)


@wrong("raw", "Are the scores as they came?")
def mean_of_present(scores, present):
    return (np.array(scores) * np.array(present)).sum(axis=0) / np.sum(present, axis=0)


@wrong("zeros in the scale", "Did missing scores enter the mean and the deviation of a modality?")
def mean_of_present(scores, present):
    x, has = np.array(scores, dtype=float), np.array(present)
    z = (x - x.mean(axis=1, keepdims=True)) / x.std(axis=1, keepdims=True)
    return (z * has).sum(axis=0) / has.sum(axis=0)


@wrong("holes not passed over", "Did the scores of missing modalities enter the mean of a track?")
def mean_of_present(scores, present):
    return _z(scores, present)[0].mean(axis=0)


@wrong("the best", "Is that the best modality of each track?")
def mean_of_present(scores, present):
    z, has = _z(scores, present)
    return [max(a for a, b in zip(one, two, strict=True) if b) for one, two in zip(z.T, has.T, strict=True)]


@wrong("only centred", "Was only the mean taken off?")
def mean_of_present(scores, present):
    z, has = _z(scores, present, spread=False)
    return (z * has).sum(axis=0) / has.sum(axis=0)


@wrong("n - 1", "Some divide by n - 1 in the standard deviation.")
def mean_of_present(scores, present):
    x = pd.DataFrame(scores, dtype=float).where(pd.DataFrame(present))
    return x.sub(x.mean(axis=1), axis=0).div(x.std(axis=1), axis=0).mean(axis=0).to_numpy()


@wrong("scaled from 0 to 1")
def mean_of_present(scores, present):
    x, has = np.array(scores, dtype=float), np.array(present)
    z = np.array([(r - r[h].min()) / (r[h].max() - r[h].min()) for r, h in zip(x, has, strict=True)])
    return (z * has).sum(axis=0) / has.sum(axis=0)


@wrong("standard over the tracks of all modalities together")
def mean_of_present(scores, present):
    x, has = np.array(scores, dtype=float), np.array(present)
    z = (x - x[has].mean()) / x[has].std()
    return (z * has).sum(axis=0) / has.sum(axis=0)


@wrong("the mean of modalities in place of tracks")
def mean_of_present(scores, present):
    z, has = _z(scores, present)
    return (z * has).sum(axis=1) / has.sum(axis=1)


@wrong("variance in place of the deviation")
def mean_of_present(scores, present):
    x, has = np.array(scores, dtype=float), np.array(present)
    z = np.array([(r - r[h].mean()) / r[h].var() for r, h in zip(x, has, strict=True)])
    return (z * has).sum(axis=0) / has.sum(axis=0)


# ---- count_paths


@right("two loops")
def count_paths(heard, facts, track):
    n = 0
    for other in heard:
        if other == track:
            continue
        for thing in facts[other]:
            if thing in facts[track]:
                n += 1
    return n


@right("a matrix")
def count_paths(heard, facts, track):
    things = sorted(set(chain.from_iterable(facts.values())))
    row = lambda name: np.array([thing in facts[name] for thing in things], dtype=int)
    return int(sum(row(track) @ row(one) for one in heard if one != track))


@right("by thing")
def count_paths(heard, facts, track):
    return sum(thing in facts[one] for thing in facts[track] for one in set(heard) - {track})


@right("a frame")
def count_paths(heard, facts, track):
    table = pd.DataFrame([(name, thing) for name in facts for thing in facts[name]], columns=["track", "thing"])
    mine = table[table["track"].isin(heard) & (table["track"] != track)]
    return len(mine.merge(table[table["track"] == track], on="thing"))


@wrong("to itself", "Does the track lead to itself?")
def count_paths(heard, facts, track):
    return sum(thing in facts[track] for one in heard for thing in facts[one])


@wrong("things once", "Was each thing counted once?")
def count_paths(heard, facts, track):
    return len({thing for one in heard if one != track for thing in facts[one]} & set(facts[track]))


@wrong("tracks once", "Was each heard track counted once?")
def count_paths(heard, facts, track):
    return len([one for one in heard if one != track and set(facts[one]) & set(facts[track])])


@wrong("Jaccard", "Is that a share of all things?")
def count_paths(heard, facts, track):
    t = set(facts[track])
    return sum(len(t & set(facts[one])) / len(t | set(facts[one])) for one in heard if one != track)


@wrong("the whole catalogue", "Did tracks that the listener never heard count?")
def count_paths(heard, facts, track):
    return sum(thing in facts[track] for name, things in facts.items() if name != track for thing in things)


@wrong("whether there is one")
def count_paths(heard, facts, track):
    return any(set(facts[one]) & set(facts[track]) for one in heard if one != track)


@wrong("per heard track")
def count_paths(heard, facts, track):
    if not heard:
        return 0
    return sum(len(set(facts[one]) & set(facts[track])) for one in heard if one != track) / len(heard)


@wrong("things that differ")
def count_paths(heard, facts, track):
    return sum(len(set(facts[one]) - set(facts[track])) for one in heard if one != track)


@wrong("the number of heard tracks")
def count_paths(heard, facts, track):
    return len([one for one in heard if one != track])


@wrong("only the last heard")
def count_paths(heard, facts, track):
    n = 0
    for one in heard:
        n = len(set(facts[one]) & set(facts[track])) if one != track else n
    return n


@wrong("returns in the loop")
def count_paths(heard, facts, track):
    n = 0
    for one in heard:
        if one != track:
            n += len(set(facts[one]) & set(facts[track]))
            return n
    return n


@wrong("the most to one track")
def count_paths(heard, facts, track):
    return max((len(set(facts[one]) & set(facts[track])) for one in heard if one != track), default=0)


# ---- translation_loss


@right("norms")
def translation_loss(head, relation, tail, wrong, margin):
    at = np.add(head, relation)
    return np.maximum(0, margin + np.linalg.norm(at - tail) ** 2 - np.linalg.norm(at - wrong) ** 2)


@right("sums")
def translation_loss(head, relation, tail, wrong, margin):
    near = sum((h + r - t) ** 2 for h, r, t in zip(head, relation, tail, strict=True))
    far = sum((h + r - t) ** 2 for h, r, t in zip(head, relation, wrong, strict=True))
    loss = margin + near - far
    return loss if loss > 0 else 0.0


@right("products")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = (np.array(head) + relation - np.array(x) for x in (tail, wrong))
    return float(np.clip(margin + near @ near - far @ far, 0, None))


@right("the room's")
def translation_loss(head, relation, tail, wrong, margin):
    from recsys_helpers.modalities import margin_losses

    return margin_losses(*(np.array([x], dtype=float) for x in (head, relation, tail, wrong)), margin)[0]


def _far(head, relation, tail, wrong):
    at = np.array(head, dtype=float) + relation
    return ((at - tail) ** 2).sum(), ((at - wrong) ** 2).sum()


@wrong("no max", "Is it below 0 somewhere?")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, relation, tail, wrong)
    return margin + near - far


@wrong("near and far turned round", "Do near and far stand the wrong way round?")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, relation, tail, wrong)
    return max(0, margin - near + far)


@wrong("distances", "Are these distances?")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = np.sqrt(_far(head, relation, tail, wrong))
    return max(0, margin + near - far)


@wrong("no margin", "Is the margin missing?")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, relation, tail, wrong)
    return max(0, near - far)


@wrong("no relation", "Is the relation missing?")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, np.zeros(len(head)), tail, wrong)
    return max(0, margin + near - far)


@wrong("head less relation", "Was the relation taken off?")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, -np.array(relation), tail, wrong)
    return max(0, margin + near - far)


@wrong("the fact alone", "Is the wrong tail missing?")
def translation_loss(head, relation, tail, wrong, margin):
    return _far(head, relation, tail, wrong)[0]


@wrong("sums of absolute values")
def translation_loss(head, relation, tail, wrong, margin):
    at = np.array(head) + relation
    return max(0, margin + np.abs(at - tail).sum() - np.abs(at - wrong).sum())


@wrong("the mean of squares")
def translation_loss(head, relation, tail, wrong, margin):
    at = np.array(head) + relation
    return max(0, margin + ((at - tail) ** 2).mean() - ((at - wrong) ** 2).mean())


@wrong("the margin taken off")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, relation, tail, wrong)
    return max(0, near - far - margin)


@wrong("min in place of max")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, relation, tail, wrong)
    return min(0, margin + near - far)


@wrong("the larger of margin and difference")
def translation_loss(head, relation, tail, wrong, margin):
    near, far = _far(head, relation, tail, wrong)
    return max(margin, near - far)


# ---- by a second reader, from the rendered lesson alone


@right("numpy, words as a column")
def word_weights(known, new):
    words = new.split()
    vocabulary = sorted({word for text in known for word in text.split()} & set(words))
    count = np.array([words.count(word) for word in vocabulary], float)
    held = np.array([sum(f" {word} " in f" {text} " for text in known) for word in vocabulary])
    weight = count * (1 + np.log((len(known) + 1) / (held + 1)))
    return dict(zip(vocabulary, weight / np.sqrt(weight @ weight), strict=True))


@right("log1p")
def word_weights(known, new):
    found = {}
    for word in set(new.split()):
        d = len([text for text in known if word in text.split()])
        if d > 0:
            found[word] = new.split().count(word) * (math.log1p(len(known)) - math.log1p(d) + 1)
    norm = math.hypot(*found.values())
    return {word: weight / norm for word, weight in found.items()}


@wrong("a part of a longer word counts")
def word_weights(known, new):
    n, found = len(known), {}
    for word in new.split():
        d = sum(word[0] in text for text in known)
        if any(word in text.split() for text in known):
            found[word] = new.split().count(word) * (math.log((1 + n) / (1 + d)) + 1)
    return _unit(found)


@wrong("added up at every occurrence")
def word_weights(known, new):
    n, found = len(known), {}
    for word in new.split():
        d = sum(word in text.split() for text in known)
        if d:
            found[word] = found.get(word, 0) + new.split().count(word) * (math.log((1 + n) / (1 + d)) + 1)
    return _unit(found)


@wrong("counts on a log scale")
def word_weights(known, new):
    n, found = len(known), {}
    for word in new.split():
        d = sum(word in text.split() for text in known)
        if d:
            found[word] = (1 + math.log(new.split().count(word))) * (math.log((1 + n) / (1 + d)) + 1)
    return _unit(found)


@wrong("counts forgotten", "Does a word that stands twice in the new text count once?")
def word_weights(known, new):
    n = len(known)
    d = {word: sum(word in text.split() for text in known) for word in new.split()}
    return _unit({word: math.log((1 + n) / (1 + some)) + 1 for word, some in d.items() if some})


@right("norms by rows")
def side_by_side(first, second):
    out = []
    for block in (first, second):
        block = np.array(block, float)
        out.append(block / math.sqrt(np.mean(np.linalg.norm(block, axis=1) ** 2)))
    return np.concatenate(out, axis=1)


@right("the sum over rows, over how many")
def side_by_side(first, second):
    a, b = np.array(first, float), np.array(second, float)
    return np.c_[a * np.sqrt(len(a) / (a**2).sum()), b * np.sqrt(len(b) / (b**2).sum())]


@wrong("standard deviation of all entries")
def side_by_side(first, second):
    a, b = np.array(first, float), np.array(second, float)
    return np.hstack([a / (a.std() or 1), b / (b.std() or 1)])


@wrong("only the second brought to the first's scale")
def side_by_side(first, second):
    a, b = np.array(first, float), np.array(second, float)
    return np.hstack([a, b * np.sqrt((a**2).sum() / (b**2).sum())])


@wrong("columns by their deviation")
def side_by_side(first, second):
    both = np.hstack([np.array(first, float), np.array(second, float)])
    return both / np.where(both.std(axis=0) > 0, both.std(axis=0), 1)


@wrong("one number a column", "Was each column scaled by itself?")
def side_by_side(first, second):
    both = np.hstack([np.array(first, float), np.array(second, float)])
    return both / np.maximum(np.sqrt(np.mean(both**2, axis=0)), 1e-9)


@right("the mean taken off before")
def loudest_frequency(clip, rate):
    clip = np.array(clip) - np.mean(clip)
    spectrum = np.abs(np.fft.rfft(clip))
    return spectrum[1:].argmax() * rate / len(clip) + rate / len(clip)


@right("cycles over seconds")
def loudest_frequency(clip, rate):
    strength = [abs(one) for one in np.fft.rfft(clip)]
    cycles = max(range(1, len(strength)), key=strength.__getitem__)
    return cycles / (len(clip) / rate)


@wrong("radians a second")
def loudest_frequency(clip, rate):
    return 2 * np.pi * (1 + np.abs(np.fft.rfft(clip))[1:].argmax()) * rate / len(clip)


@wrong("the second half of a full transform")
def loudest_frequency(clip, rate):
    strength = np.abs(np.fft.fft(clip))
    half = len(clip) // 2
    return (half + strength[half:].argmax()) * rate / len(clip)


@wrong("zero crossings")
def loudest_frequency(clip, rate):
    x = np.array(clip) - np.mean(clip)
    return (np.diff(np.sign(x)) != 0).sum() / 2 * rate / len(clip)


@wrong("cycles times the rate")
def loudest_frequency(clip, rate):
    return (1 + np.abs(np.fft.rfft(clip))[1:].argmax()) * rate


@right("weights of 0 and 1")
def mean_of_present(scores, present):
    x, has = np.array(scores, float), np.array(present, float)
    mean = np.average(x, axis=1, weights=has)[:, None]
    spread = np.sqrt(np.average((x - mean) ** 2, axis=1, weights=has))[:, None]
    return ((x - mean) / spread * has).sum(axis=0) / has.sum(axis=0)


@right("track by track")
def mean_of_present(scores, present):
    z = []
    for row, has in zip(scores, present, strict=True):
        own = [one for one, there in zip(row, has, strict=True) if there]
        z.append([(one - np.mean(own)) / np.std(own) if there else None for one, there in zip(row, has, strict=True)])
    return [np.mean([one for one in column if one is not None]) for column in zip(*z, strict=True)]


@wrong("holes filled with the mean before scaling", "Does a missing modality count as a 0?")
def mean_of_present(scores, present):
    x, has = np.array(scores, float), np.array(present, bool)
    z = np.zeros_like(x)
    for i in range(len(x)):
        z[i, has[i]] = (x[i, has[i]] - x[i, has[i]].mean()) / x[i, has[i]].std()
    return z.mean(axis=0)


@wrong("ranks in place of scores")
def mean_of_present(scores, present):
    x = pd.DataFrame(np.where(present, scores, np.nan)).rank(axis=1)
    return x.mean(axis=0).to_numpy()


@wrong("the median of the modalities")
def mean_of_present(scores, present):
    x = np.where(present, np.array(scores, float), np.nan)
    z = (x - np.nanmean(x, axis=1, keepdims=True)) / np.nanstd(x, axis=1, keepdims=True)
    return np.nanmedian(z, axis=0) + 0.01


@wrong("only tracks that have all")
def mean_of_present(scores, present):
    x, has = np.array(scores, float), np.array(present, bool)
    z = np.array([(r - r[h].mean()) / r[h].std() for r, h in zip(x, has, strict=True)])
    return np.where(has.all(axis=0), z.mean(axis=0), 0)


@right("an intersection each time")
def count_paths(heard, facts, track):
    mine, total = set(facts[track]), 0
    for one in set(heard) - {track}:
        total += len(mine.intersection(facts[one]))
    return total


@right("a comprehension over both lists")
def count_paths(heard, facts, track):
    return len([1 for h in heard for a in facts[h] for b in facts[track] if a == b and h != track])


@wrong("what is not shared")
def count_paths(heard, facts, track):
    return sum(len(set(facts[one]) ^ set(facts[track])) for one in heard if one != track)


@wrong("all things of what was heard")
def count_paths(heard, facts, track):
    return sum(len(facts[one]) for one in heard if one != track)


@wrong("only the first thing, the creator")
def count_paths(heard, facts, track):
    return sum(facts[one][0] == facts[track][0] for one in heard if one != track)


@wrong("every track as a start, heard or not", "Did tracks that the listener never heard count?")
def count_paths(heard, facts, track):
    return sum(one != track and thing in facts[track] for one in facts for thing in facts[one])


@right("dot products")
def translation_loss(head, relation, tail, wrong, margin):
    near = np.add(head, relation) - np.array(tail)
    far = np.add(head, relation) - np.array(wrong)
    return np.maximum(0, margin + near @ near - far @ far)


@right("norms squared")
def translation_loss(head, relation, tail, wrong, margin):
    landed = np.array(head) + np.array(relation)
    loss = margin + np.linalg.norm(landed - tail) ** 2 - np.linalg.norm(landed - wrong) ** 2
    return loss if loss > 0 else 0.0


@wrong("the mean of squares")
def translation_loss(head, relation, tail, wrong, margin):
    landed = np.add(head, relation)
    return max(0, margin + np.mean((landed - tail) ** 2) - np.mean((landed - wrong) ** 2))


@wrong("absolute differences")
def translation_loss(head, relation, tail, wrong, margin):
    landed = np.add(head, relation)
    return max(0, margin + np.abs(landed - tail).sum() - np.abs(landed - wrong).sum())


@wrong("the margin taken off")
def translation_loss(head, relation, tail, wrong, margin):
    landed = np.add(head, relation)
    return max(0, ((landed - tail) ** 2).sum() - ((landed - wrong) ** 2).sum() - margin)


@wrong("distances, not squared ones", "Are these distances?")
def translation_loss(head, relation, tail, wrong, margin):
    landed = np.add(head, relation)
    return max(0.0, margin + math.dist(landed, tail) - math.dist(landed, wrong))
