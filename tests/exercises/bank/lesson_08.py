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


@wrong("the largest setting that is close", "Did you take the most costly that comes close?")
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


# ---- what_became


@right("signs by comparison")
def what_became(murmur, lastfm, change):
    def sign(low, high):
        if low > 0:
            return "+"
        return "-" if high < 0 else ""

    one, two = sign(*murmur), sign(*lastfm)
    if one and two:
        return "held" if one == two else "turned"
    return "changed" if sign(*change) else "open"


@right("four cases written out")
def what_became(murmur, lastfm, change):
    if (murmur[0] > 0 and lastfm[0] > 0) or (murmur[1] < 0 and lastfm[1] < 0):
        return "held"
    if (murmur[0] > 0 and lastfm[1] < 0) or (murmur[1] < 0 and lastfm[0] > 0):
        return "turned"
    if change[0] > 0 or change[1] < 0:
        return "changed"
    return "open"


@right("np.sign of the ends")
def what_became(murmur, lastfm, change):
    a, b, c = (int(np.sign(low)) if np.sign(low) == np.sign(high) else 0 for low, high in (murmur, lastfm, change))
    if a * b:
        return "held" if a * b > 0 else "turned"
    return "changed" if c else "open"


@right("0 in the interval")
def what_became(murmur, lastfm, change):
    holds = [low <= 0 <= high for low, high in (murmur, lastfm, change)]
    if not holds[0] and not holds[1]:
        return "held" if (murmur[0] > 0) == (lastfm[0] > 0) else "turned"
    return "open" if holds[2] else "changed"


@right("a dictionary of cases")
def what_became(murmur, lastfm, change):
    side = [(i[0] > 0) - (i[1] < 0) for i in (murmur, lastfm, change)]
    return {1: "held", -1: "turned"}.get(side[0] * side[1], ("open", "changed")[abs(side[2])])


@wrong("the middle of the interval", "Did you go by the middle?")
def what_became(murmur, lastfm, change):
    return "held" if (np.mean(murmur) > 0) == (np.mean(lastfm) > 0) else "turned"


@wrong("overlap in place of the change", "Did you look whether the first two overlap?")
def what_became(murmur, lastfm, change):
    a, b = ((low > 0) - (high < 0) for low, high in (murmur, lastfm))
    if a and b:
        return "held" if a == b else "turned"
    return "changed" if murmur[1] < lastfm[0] or lastfm[1] < murmur[0] else "open"


@wrong("clear on one alone is a change", "Clear on one and not on the other")
def what_became(murmur, lastfm, change):
    a, b = ((low > 0) - (high < 0) for low, high in (murmur, lastfm))
    if a and b:
        return "held" if a == b else "turned"
    return "changed" if a or b else "open"


@wrong("the change comes first", "Did you ask the change first?")
def what_became(murmur, lastfm, change):
    a, b, c = ((low > 0) - (high < 0) for low, high in (murmur, lastfm, change))
    if c:
        return "changed"
    if a and b:
        return "held" if a == b else "turned"
    return "open"


@wrong("an end at 0 leaves it out", "Does an interval that ends at 0 leave it out?")
def what_became(murmur, lastfm, change):
    a, b, c = ((low >= 0) - (high <= 0) for low, high in (murmur, lastfm, change))
    if a and b:
        return "held" if a == b else "turned"
    return "changed" if c else "open"


@wrong("gains only", "Did you ask for gains only?")
def what_became(murmur, lastfm, change):
    a, b, c = murmur[0] > 0, lastfm[0] > 0, change[0] > 0
    if a and b:
        return "held"
    return "changed" if c else "open"


@wrong("any two clear ones held", "Both are clear, but on which sides?")
def what_became(murmur, lastfm, change):
    holds = [low <= 0 <= high for low, high in (murmur, lastfm, change)]
    if not holds[0] and not holds[1]:
        return "held"
    return "open" if holds[2] else "changed"


@wrong("held where no change is seen", "Is «no change to be seen» the same as held?")
def what_became(murmur, lastfm, change):
    a, b, c = ((low > 0) - (high < 0) for low, high in (murmur, lastfm, change))
    if a and b:
        return "held" if a == b else "turned"
    return "changed" if c else "held"


@wrong("changed and open swapped")
def what_became(murmur, lastfm, change):
    a, b, c = ((low > 0) - (high < 0) for low, high in (murmur, lastfm, change))
    if a and b:
        return "held" if a == b else "turned"
    return "open" if c else "changed"


@wrong("turned whenever the change is clear")
def what_became(murmur, lastfm, change):
    a, b, c = ((low > 0) - (high < 0) for low, high in (murmur, lastfm, change))
    if a and a == b:
        return "held"
    return "turned" if c else "open"


@wrong("looks at Murmur alone")
def what_became(murmur, lastfm, change):
    a = (murmur[0] > 0) - (murmur[1] < 0)
    c = (change[0] > 0) - (change[1] < 0)
    if a:
        return "held" if not c else "turned"
    return "changed" if c else "open"


# ---- a second reader's, of the functions with fewest


@right("a Series, filtered")
def choose_setting(scores, close):
    s = pd.Series(scores)
    return int(s[s >= s.max() - close].index.min())


@right("sorted by setting, the first that passes")
def choose_setting(scores, close):
    best = max(scores.values())
    return next(setting for setting, score in sorted(scores.items()) if best - score <= close)


@wrong("the cheapest of all", "Did you take the cheapest of all?")
def choose_setting(scores, close):
    return sorted(scores)[0]


@wrong("the first of the dict that is close", "Did you take the first of the dict that comes close?")
def choose_setting(scores, close):
    best = max(scores.values())
    for setting, score in scores.items():
        if score >= best - close:
            return setting


@wrong("close as a share of the best", "Some let `close` be a share of the best score")
def choose_setting(scores, close):
    best = max(scores.values())
    return min(s for s in scores if scores[s] >= best - close * best)


@wrong("all that come close")
def choose_setting(scores, close):
    best = max(scores.values())
    return sorted(s for s in scores if scores[s] >= best - close)


@wrong("close is taken off the setting of the best, not off its score", "Did you take the best alone?")
def choose_setting(scores, close):
    best = max(scores, key=scores.get)
    return min(s for s in scores if s >= best - close)


@right("a Counter over a filtered list")
def tags_by_others(rows, artist, listener):
    return dict(Counter(tag for who, what, tag in rows if (what == artist) & (who != listener)))


@right("sets of people, then their sizes")
def tags_by_others(rows, artist, listener):
    people = defaultdict(set)
    for who, what, tag in rows:
        if what == artist:
            people[tag].add(who)
    return {tag: len(given - {listener}) for tag, given in people.items() if given - {listener}}


@wrong("the listener's own tags alone", "Did you keep the listener's tags and drop the others'?")
def tags_by_others(rows, artist, listener):
    return Counter(tag for who, what, tag in rows if who == listener and what == artist)


@wrong("the words that the listener used are out", "Did you strike out the words that the listener used?")
def tags_by_others(rows, artist, listener):
    own = {tag for who, what, tag in rows if (who, what) == (listener, artist)}
    return Counter(tag for who, what, tag in rows if what == artist and tag not in own)


@wrong("tags with 0 stay", "Did a tag that nobody else gave stay in, with a 0?")
def tags_by_others(rows, artist, listener):
    counts = {tag: 0 for _, what, tag in rows if what == artist}
    for who, what, tag in rows:
        if what == artist and who != listener:
            counts[tag] += 1
    return counts


@wrong("the other artists' tags")
def tags_by_others(rows, artist, listener):
    return dict(Counter(tag for who, what, tag in rows if what != artist and who != listener))


@wrong("how many tags each other gave")
def tags_by_others(rows, artist, listener):
    return dict(Counter(who for who, what, tag in rows if what == artist and who != listener))


@right("a matrix of cosines, the row masked")
def nearest_artists(factors, row, k):
    unit = factors / np.sqrt((factors**2).sum(axis=1, keepdims=True))
    cosines = np.round(unit @ unit[row], 9)
    cosines[row] = -2
    return np.argsort(-cosines, kind="stable")[:k]


@right("pandas nlargest, which keeps the first of equals")
def nearest_artists(factors, row, k):
    length = np.linalg.norm(factors, axis=1)
    cosines = pd.Series((factors @ factors[row] / length / length[row]).round(9)).drop(row)
    return cosines.nlargest(k, keep="first").index.tolist()


@wrong("the least alike", "Did you sort upwards?")
def nearest_artists(factors, row, k):
    unit = factors / np.linalg.norm(factors, axis=1)[:, None]
    c = (unit @ unit[row]).round(9)
    c[row] = np.inf
    return np.argsort(c, kind="stable")[:k]


@wrong("the sign is lost", "Did you forget the sign?")
def nearest_artists(factors, row, k):
    unit = factors / np.linalg.norm(factors, axis=1)[:, None]
    c = np.abs(unit @ unit[row]).round(9)
    c[row] = -1
    return np.argsort(-c, kind="stable")[:k]


@wrong("best last", "Does the best stand last?")
def nearest_artists(factors, row, k):
    unit = factors / np.linalg.norm(factors, axis=1)[:, None]
    c = (unit @ unit[row]).round(9)
    c[row] = -np.inf
    return np.argsort(-c, kind="stable")[:k][::-1]


@wrong("columns scaled instead of rows")
def nearest_artists(factors, row, k):
    unit = factors / np.linalg.norm(factors, axis=0)
    c = (unit @ unit[row]).round(9)
    c[row] = -np.inf
    return np.argsort(-c, kind="stable")[:k]


@right("inclusion and exclusion")
def taste_shared(a, b):
    common = len(set(a).intersection(b))
    return common / (len(a) + len(b) - common) if len(a) + len(b) else 0.0


@right("pandas' value_counts of both lists")
def taste_shared(a, b):
    times = pd.Series([*a, *b], dtype=object).value_counts()
    return float((times == 2).mean()) if len(times) else 0.0


@wrong("over the first list", "Did you divide by one of the lists?")
def taste_shared(a, b):
    return len(set(a) & set(b)) / len(a) if a else 0


@wrong("over those in one list only", "Did you leave out what they share in the divisor?")
def taste_shared(a, b):
    either = set(a) ^ set(b)
    return len(set(a) & set(b)) / len(either) if either else 0


@wrong("the cosine of the two sets", "The common ones over the root of both lengths multiplied are the cosine")
def taste_shared(a, b):
    return len(set(a) & set(b)) / (len(a) * len(b)) ** 0.5 if a and b else 0


@wrong("artists at the same place of both lists")
def taste_shared(a, b):
    either = set(a) | set(b)
    return sum(x == y for x, y in zip(a, b)) / len(either) if either else 0


@right("zip of two halves, filtered")
def pair_anew(pairs, order):
    firsts, seconds = zip(*pairs)
    ends = firsts + seconds
    half = len(order) // 2
    return [(ends[i], ends[j]) for i, j in zip(order[:half], order[half:]) if ends[i] != ends[j]]


@right("object arrays and a mask")
def pair_anew(pairs, order):
    ends = np.array([a for a, _ in pairs] + [b for _, b in pairs], dtype=object)[list(order)]
    left, right_ends = np.split(ends, 2)
    return list(zip(left[left != right_ends], right_ends[left != right_ends]))


@wrong("whole pairs in another order", "Did you move whole pairs?")
def pair_anew(pairs, order):
    return [pairs[j] for j in order if j < len(pairs)]


@wrong("a pair that came before is left out", "Did you leave out a pair that came up before?")
def pair_anew(pairs, order):
    m, seen = len(pairs), []
    ends = [a for a, _ in pairs] + [b for _, b in pairs]
    for i in range(m):
        one = (ends[order[i]], ends[order[i + m]])
        if one[0] != one[1] and one not in seen:
            seen.append(one)
    return seen


@wrong("the second half backwards")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [a for a, _ in pairs] + [b for _, b in pairs]
    mixed = [ends[j] for j in order]
    return [(a, b) for a, b in zip(mixed[:m], mixed[m:][::-1]) if a != b]


@wrong("laid one after the other, neighbours paired", "Did you lay the pairs one after the other?")
def pair_anew(pairs, order):
    ends = []
    for pair in pairs:
        ends.extend(pair)
    mixed = [ends[j] for j in order]
    return [(mixed[i], mixed[i + 1]) for i in range(0, len(mixed), 2) if mixed[i] != mixed[i + 1]]


@wrong("old friendships are left out too")
def pair_anew(pairs, order):
    m = len(pairs)
    ends = [a for a, _ in pairs] + [b for _, b in pairs]
    mixed = [ends[j] for j in order]
    return [(a, b) for a, b in zip(mixed[:m], mixed[m:]) if a != b and (a, b) not in pairs and (b, a) not in pairs]
