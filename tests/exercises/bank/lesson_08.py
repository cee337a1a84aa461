"""Answers to lesson 08. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from collections import Counter, defaultdict

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- choose_setting


@right("walks up the settings")
def choose_setting(scores, close):
    best = max(scores.values())
    for setting in sorted(scores):
        if scores[setting] >= best - close:
            return setting


@wrong("the best", "Did you take the best alone?")
def choose_setting(scores, close):
    return max(scores, key=scores.get)


@wrong("the worst score of those that are close", "Did you take the lowest score of those that come close?")
def choose_setting(scores, close):
    best = max(scores.values())
    return min((s for s in scores if scores[s] >= best - close), key=scores.get)


@wrong("the largest setting that is close", "Did you take the dearest that comes close?")
def choose_setting(scores, close):
    best = max(scores.values())
    return max(s for s in scores if best - scores[s] <= close)


@wrong("strictly closer", "Did you leave out what is exactly `close` below the best?")
def choose_setting(scores, close):
    best = max(scores.values())
    return min(s for s in scores if best - scores[s] < close or scores[s] == best)


@wrong("gives the score", "Is that the score?")
def choose_setting(scores, close):
    best = max(scores.values())
    return scores[min(s for s in scores if scores[s] >= best - close)]


# ---- tags_by_others


@right("a defaultdict")
def tags_by_others(rows, artist, listener):
    counts = defaultdict(int)
    for who, about, tag in rows:
        if who == listener or about != artist:
            continue
        counts[tag] += 1
    return counts


@right("pandas value_counts")
def tags_by_others(rows, artist, listener):
    t = pd.DataFrame(rows, columns=["who", "artist", "tag"])
    return t[(t.artist == artist) & (t.who != listener)]["tag"].value_counts().to_dict()


@wrong("own tags included", "Did the listener's own tags come in?")
def tags_by_others(rows, artist, listener):
    return Counter(tag for who, about, tag in rows if about == artist)


@wrong("every artist", "Did you count the tags of all artists?")
def tags_by_others(rows, artist, listener):
    return Counter(tag for who, about, tag in rows if who != listener)


@wrong("a set of tags", "Did you note that a tag was given")
def tags_by_others(rows, artist, listener):
    return {tag for who, about, tag in rows if about == artist and who != listener}


@wrong("the names of those who gave it", "Are these the people who gave it?")
def tags_by_others(rows, artist, listener):
    out = {}
    for who, about, tag in rows:
        if about == artist and who != listener:
            out.setdefault(tag, []).append(who)
    return out


@wrong("shares instead of counts", "Are these shares of all tags?")
def tags_by_others(rows, artist, listener):
    counts = Counter(tag for who, about, tag in rows if about == artist and who != listener)
    total = sum(counts.values())
    return {tag: n / total for tag, n in counts.items()}


# ---- nearest_artists


@right("a sorted list of rows")
def nearest_artists(factors, row, k):
    def cosine(i):
        a, b = factors[i], factors[row]
        return round(float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b))), 9)

    others = [i for i in range(len(factors)) if i != row]
    return sorted(others, key=lambda i: (-cosine(i), i))[:k]


@wrong("the inner product", "Did you leave the lengths in?")
def nearest_artists(factors, row, k):
    s = factors @ factors[row]
    s[row] = -np.inf
    return np.argsort(-s, kind="stable")[:k]


@wrong("itself at the top", "Is the artist in its own list?")
def nearest_artists(factors, row, k):
    unit = factors / np.linalg.norm(factors, axis=1)[:, None]
    return np.argsort(-(unit @ unit[row]).round(9), kind="stable")[:k]


@wrong("Euclidean distance", "Did you take the straight distance?")
def nearest_artists(factors, row, k):
    d = np.linalg.norm(factors - factors[row], axis=1).round(9)
    d[row] = np.inf
    return np.argsort(d, kind="stable")[:k]


@wrong("Pearson's correlation", "Some take off each row's mean first")
def nearest_artists(factors, row, k):
    Z = factors - factors.mean(axis=1, keepdims=True)
    length = np.linalg.norm(Z, axis=1)
    c = (Z @ Z[row] / np.where(length * length[row] > 0, length * length[row], 1)).round(9)
    c[row] = -np.inf
    return np.argsort(-c, kind="stable")[:k]


@wrong("the cosines, not the rows", "Are these the cosines?")
def nearest_artists(factors, row, k):
    unit = factors / np.linalg.norm(factors, axis=1)[:, None]
    c = unit @ unit[row]
    c[row] = -np.inf
    return np.sort(c)[::-1][:k]


@wrong("only the other row is scaled", "Did you leave the lengths in?")
def nearest_artists(factors, row, k):
    unit = factors[row] / np.linalg.norm(factors[row])
    s = (factors @ unit).round(9)
    s[row] = -np.inf
    return np.argsort(-s, kind="stable")[:k]


# ---- taste_shared


@right("counts by loops")
def taste_shared(a, b):
    both = [x for x in a if x in b]
    either = len(a) + len(b) - len(both)
    if either == 0:
        return 0
    return len(both) / either


@wrong("over both lengths", "Did you divide by both lengths added up?")
def taste_shared(a, b):
    n = len(a) + len(b)
    return len(set(a) & set(b)) / n if n else 0


@wrong("over the shorter list", "Did you divide by the shorter list?")
def taste_shared(a, b):
    n = min(len(a), len(b))
    return len(set(a) & set(b)) / n if n else 0


@wrong("over the longer list", "Did you divide by the longer list?")
def taste_shared(a, b):
    n = max(len(a), len(b))
    return len(set(a) & set(b)) / n if n else 0


@wrong("Dice", "Twice the common ones over both lengths is Dice's coefficien")
def taste_shared(a, b):
    n = len(a) + len(b)
    return 2 * len(set(a) & set(b)) / n if n else 0


@wrong("the number they share", "Is that how many they share?")
def taste_shared(a, b):
    return len(set(a) & set(b))


@wrong("the distance, 1 minus the index", "Is that how unlike they are")
def taste_shared(a, b):
    either = set(a) | set(b)
    return 1 - len(set(a) & set(b)) / len(either) if either else 0


# ---- pair_anew


@right("a DataFrame of pairs")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [p[0] for p in pairs] + [p[1] for p in pairs]
    mixed = [ends[j] for j in order]
    table = pd.DataFrame({"a": mixed[:m], "b": mixed[m:]})
    return table[table["a"] != table["b"]]


@right("lists instead of tuples")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = np.array(pairs, dtype=object).T.reshape(-1)
    out = []
    for i in range(m):
        first, second = ends[order[i]], ends[order[i + m]]
        if first != second:
            out.append([first, second])
    return out


@wrong("self pairs stay", "Did somebody become their own friend?")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [p[0] for p in pairs] + [p[1] for p in pairs]
    return [(ends[order[i]], ends[order[i + m]]) for i in range(m)]


@wrong("neighbours are paired", "Did you pair the 1st with the 2nd and so on?")
def pair_anew(pairs, order):
    ends = [p[0] for p in pairs] + [p[1] for p in pairs]
    mixed = [ends[j] for j in order]
    return [(a, b) for a, b in zip(mixed[0::2], mixed[1::2]) if a != b]


@wrong("ends numbered pair by pair", "Are the ends numbered pair by pair?")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [x for pair in pairs for x in pair]
    mixed = [ends[j] for j in order]
    return [(mixed[i], mixed[i + m]) for i in range(m) if mixed[i] != mixed[i + m]]


@wrong("order read the other way", "Did you send end j to place order[j]?")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [p[0] for p in pairs] + [p[1] for p in pairs]
    mixed = [None] * (2 * m)
    for j, place in enumerate(order):
        mixed[place] = ends[j]
    return [(mixed[i], mixed[i + m]) for i in range(m) if mixed[i] != mixed[i + m]]


@wrong("firsts stay, seconds are mixed among themselves", "Did you mix the second ends only?")
def pair_anew(pairs, order):
    m = len(pairs)
    seconds = [pairs[j - m][1] for j in order if j >= m]
    return [(pairs[i][0], seconds[i]) for i in range(m) if pairs[i][0] != seconds[i]]


# ---- verdict


@right("names of sides")
def verdict(murmur, lastfm):
    def side(interval):
        low, high = interval
        if low > 0:
            return "above"
        if high < 0:
            return "below"
        return None

    m, l = side(murmur), side(lastfm)
    if m is None and l is None:
        return "open"
    if m is None:
        return "only Last.fm"
    if l is None:
        return "only Murmur"
    return "held" if m == l else "turned"


@wrong("an end at 0 counts as clear", "Does an interval that ends at 0 leave it out?")
def verdict(murmur, lastfm):
    m = 1 if murmur[0] >= 0 else -1 if murmur[1] <= 0 else 0
    l = 1 if lastfm[0] >= 0 else -1 if lastfm[1] <= 0 else 0
    if m and l:
        return "held" if m == l else "turned"
    return "only Murmur" if m else "only Last.fm" if l else "open"


@wrong("the two names mixed up", "Did you swap the names?")
def verdict(murmur, lastfm):
    m = (murmur[0] > 0) - (murmur[1] < 0)
    l = (lastfm[0] > 0) - (lastfm[1] < 0)
    if m and l:
        return "held" if m == l else "turned"
    return "only Last.fm" if m else "only Murmur" if l else "open"


@wrong("both clear is enough for held", "Both are clear")
def verdict(murmur, lastfm):
    m = murmur[0] > 0 or murmur[1] < 0
    l = lastfm[0] > 0 or lastfm[1] < 0
    if m and l:
        return "held"
    return "only Murmur" if m else "only Last.fm" if l else "open"


@wrong("looks at the middles", "Did you go by the middle?")
def verdict(murmur, lastfm):
    m, l = np.mean(murmur), np.mean(lastfm)
    if m == 0 or l == 0:
        return "open"
    return "held" if m * l > 0 else "turned"


@wrong("held if the intervals overlap", "Did you ask whether the two overlap?")
def verdict(murmur, lastfm):
    return "held" if murmur[0] <= lastfm[1] and lastfm[0] <= murmur[1] else "turned"
