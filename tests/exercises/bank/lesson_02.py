"""Answers to lesson 02. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
import re
from collections import Counter, defaultdict
from itertools import combinations

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- hours_before


@right("a DataFrame of one column")
def hours_before(events, until):
    past = events[events["at"] < until]
    table = past.groupby("user_id")[["seconds_played"]].sum()
    return table / 3600


@right("query, then a Series of another name")
def hours_before(events, until):
    past = events.query("at < @until").copy()
    past["hours"] = past["seconds_played"] / 3600
    return past.groupby("user_id")["hours"].sum()


@right("a pivot table")
def hours_before(events, until):
    past = events.loc[events["at"] < until]
    return past.pivot_table(index="user_id", values="seconds_played", aggfunc="sum")["seconds_played"] / 3600


@wrong("seconds, not hours", "Are these seconds?")
def hours_before(events, until):
    return events[events["at"] < until].groupby("user_id")["seconds_played"].sum()


@wrong("the play that begins at the moment is in", "Does a play that begins at `until` count?")
def hours_before(events, until):
    return events[events["at"] <= until].groupby("user_id")["seconds_played"].sum() / 3600


@wrong("number of plays instead of time", "Is that how often they played?")
def hours_before(events, until):
    return events[events["at"] < until].groupby("user_id")["seconds_played"].count()


@wrong("the plays after the moment", "Are these the plays from `until` on?")
def hours_before(events, until):
    return events[events["at"] >= until].groupby("user_id")["seconds_played"].sum() / 3600


@wrong("one sum for everybody", "Did you add up over all listeners?")
def hours_before(events, until):
    return events[events["at"] < until]["seconds_played"].sum() / 3600


@wrong("the mean length of a play", "Is that the mean of a play?")
def hours_before(events, until):
    return events[events["at"] < until].groupby("user_id")["seconds_played"].mean() / 3600


# ---- breadth


@right("a loop with math.log2")
def breadth(counts):
    total = sum(counts)
    bits = 0
    for c in counts:
        if c:
            p = c / total
            bits -= p * math.log2(p)
    return bits


@right("scipy's entropy")
def breadth(counts):
    from scipy.stats import entropy

    if sum(counts) == 0:
        return 0
    return entropy(counts, base=2)


@right("log2 of the total minus the mean log of the counts")
def breadth(counts):
    c = np.array(counts, dtype=float)
    c = c[c > 0]
    if len(c) == 0:
        return 0.0
    return np.log2(c.sum()) - (c * np.log2(c)).sum() / c.sum()


@wrong("the natural logarithm", "These are nats")
def breadth(counts):
    total = sum(counts)
    return sum(c / total * math.log(total / c) for c in counts if c) if total else 0


@wrong("the logarithm to base 10", "You took the logarithm to base 10")
def breadth(counts):
    total = sum(counts)
    return sum(c / total * math.log10(total / c) for c in counts if c) if total else 0


@wrong("counts where shares belong", "Are these the counts where the shares belong?")
def breadth(counts):
    return sum(c * math.log2(1 / c) for c in counts if c)


@wrong("divided by the largest entropy there could be", "Some divide by the most that so many genres could have")
def breadth(counts):
    c = np.array([x for x in counts if x])
    if len(c) < 2:
        return 0
    p = c / c.sum()
    return -(p * np.log2(p)).sum() / np.log2(len(c))


@wrong("shares of the number of genres instead of the plays", "Did you divide by the number of genres?")
def breadth(counts):
    n = len(counts)
    return sum(c / n * math.log2(n / c) for c in counts if c)


@wrong("forgets to weigh by the share", "Did every genre weigh the same?")
def breadth(counts):
    total = sum(counts)
    return sum(math.log2(total / c) for c in counts if c)


@wrong("Gini's impurity in place of entropy", "Is that the chance that two plays differ in genre")
def breadth(counts):
    total = sum(counts)
    if not total:
        return 0
    return 1 - sum((c / total) ** 2 for c in counts)


# ---- steady_rate


@right("two weights that sum to 1")
def steady_rate(skips, plays, mean, prior):
    if plays == 0:
        return mean
    w = plays / (plays + prior)
    return w * skips / plays + (1 - w) * mean


@wrong("the raw rate", "Is that the raw rate?")
def steady_rate(skips, plays, mean, prior):
    if plays == 0:
        return 0
    return skips / plays


@wrong("prior added as skips above", "Did the mean listener skip all of the prior plays?")
def steady_rate(skips, plays, mean, prior):
    return (skips + prior) / (plays + prior)


@wrong("forgets the prior below the line", "Did you add the prior plays above alone?")
def steady_rate(skips, plays, mean, prior):
    return (skips + prior * mean) / plays if plays else mean


@wrong("switches at prior instead of mixing", "Is that a switch from one rate to the other?")
def steady_rate(skips, plays, mean, prior):
    if plays < prior:
        return mean
    return skips / plays


# ---- mood_of


@right("strips marks with str.translate")
def mood_of(text, good, bad):
    import string

    words = text.lower().translate(str.maketrans("", "", string.punctuation)).split()
    g = len([w for w in words if w in good])
    b = len([w for w in words if w in bad])
    if g + b == 0:
        return 0
    return (g - b) / (g + b)


@right("Counter over the words found")
def mood_of(text, good, bad):
    n = Counter(re.findall(r"\w+", text.lower()))
    g = sum(n[w] for w in good)
    b = sum(n[w] for w in bad)
    return (g - b) / (g + b) if g + b > 0 else 0.0


@wrong("a word that stands twice counts once", "Does a word that stands twice count once?")
def mood_of(text, good, bad):
    words = set(re.findall(r"[a-z]+", text.lower()))
    g, b = len(words & good), len(words & bad)
    return (g - b) / (g + b) if g + b else 0


@wrong("capitals are not lowered", "Did you compare capitals as they are?")
def mood_of(text, good, bad):
    words = re.findall(r"[A-Za-z]+", text)
    g = sum(w in good for w in words)
    b = sum(w in bad for w in words)
    return (g - b) / (g + b) if g + b else 0


@wrong("the sign turned around", "Is the sign turned around?")
def mood_of(text, good, bad):
    words = re.findall(r"[a-z]+", text.lower())
    g = sum(w in good for w in words)
    b = sum(w in bad for w in words)
    return (b - g) / (g + b) if g + b else 0


@wrong("the share of good words, from 0 to 1", "Is that the share of good words?")
def mood_of(text, good, bad):
    words = re.findall(r"[a-z]+", text.lower())
    g = sum(w in good for w in words)
    b = sum(w in bad for w in words)
    return g / (g + b) if g + b else 0


@wrong("split leaves the commas on the words", "Did a comma stick to a word?")
def mood_of(text, good, bad):
    words = text.lower().split(" ")
    g = sum(w in good for w in words)
    b = sum(w in bad for w in words)
    return (g - b) / (g + b) if g + b else 0


# ---- standardise


@right("scikit-learn's scaler")
def standardise(X):
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit_transform(X)


@right("divides in place where it can")
def standardise(X):
    Z = X - X.mean(0)
    s = Z.std(0)
    for j in range(X.shape[1]):
        if s[j] != 0:
            Z[:, j] /= s[j]
    return Z


@wrong("divides by the variance", "Did you divide by the variance?")
def standardise(X):
    v = X.var(axis=0)
    v[v == 0] = 1
    return (X - X.mean(axis=0)) / v


@wrong("one mean and one spread for the whole table", "Did you take one mean and one spread of the whole table?")
def standardise(X):
    return (X - X.mean()) / (X.std() or 1)


@wrong("scales without centring", "Is the mean still there?")
def standardise(X):
    s = X.std(axis=0)
    return X / np.where(s == 0, 1, s)


@wrong("no guard for a column that never changes", "What becomes of a column that never changes?")
def standardise(X):
    with np.errstate(all="ignore"):
        return (X - X.mean(axis=0)) / X.std(axis=0)


@wrong("adds a small number to every spread")
def standardise(X):
    return (X - X.mean(axis=0)) / (X.std(axis=0) + 0.01)


@wrong("pandas divides by n - 1", "Some divide by the spread of a sample (ddof=1)")
def standardise(X):
    table = pd.DataFrame(X)
    return ((table - table.mean()) / table.std()).fillna(0)


# ---- explained_share


@right("eigenvalues of the covariance")
def explained_share(X):
    C = np.cov(X, rowvar=False)
    values = np.sort(np.linalg.eigvalsh(C))[::-1]
    return values / values.sum()


@right("scikit-learn's PCA")
def explained_share(X):
    from sklearn.decomposition import PCA

    return PCA(svd_solver="full").fit(X).explained_variance_ratio_


@wrong("singular values not squared", "Are these shares of s?")
def explained_share(X):
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return s / s.sum()


@wrong("not centred", "Did you leave the mean in?")
def explained_share(X):
    s = np.linalg.svd(X, compute_uv=False) ** 2
    return s / s.sum()


@wrong("smallest first", "Do they go up?")
def explained_share(X):
    values = np.linalg.eigvalsh(np.cov(X.T))
    return values / values.sum()


@wrong("the shares of the columns, not of the components", "Are these the shares of the columns?")
def explained_share(X):
    v = X.var(axis=0)
    return np.sort(v / v.sum())[::-1]


@wrong("the shares added up along the way", "Did you add them up along the way?")
def explained_share(X):
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False) ** 2
    return np.cumsum(s / s.sum())


@wrong("variances, not shares of them", "Are these the variances?")
def explained_share(X):
    s = np.linalg.svd(X - X.mean(axis=0), compute_uv=False)
    return s**2 / len(X)


@wrong("standardises the columns first", "Did you bring the columns to one scale first?")
def explained_share(X):
    Z = (X - X.mean(axis=0)) / X.std(axis=0)
    s = np.linalg.svd(Z, compute_uv=False)
    return s**2 / (s**2).sum()


# ---- assign


@right("scipy's cdist")
def assign(X, centres):
    from scipy.spatial.distance import cdist

    return cdist(X, centres).argmin(axis=1)


@right("a loop over points with np.linalg.norm")
def assign(X, centres):
    return np.array([np.argmin(np.linalg.norm(centres - x, axis=1)) for x in X])


@right("the expanded square")
def assign(X, centres):
    d = (X**2).sum(1)[:, None] - 2 * X @ centres.T + (centres**2).sum(1)
    return np.argmin(d.round(9), axis=1)


@wrong("absolute gaps instead of squares", "Did you add up absolute gaps?")
def assign(X, centres):
    return np.abs(X[:, None] - centres).sum(axis=2).argmin(axis=1)


@wrong("the nearest point of each centre", "Is that the nearest point of each centre?")
def assign(X, centres):
    return ((X[:, None] - centres) ** 2).sum(axis=2).argmin(axis=0)


@wrong("the distances, not the number of the centre", "Are these distances?")
def assign(X, centres):
    return ((X[:, None] - centres) ** 2).sum(axis=2).min(axis=1)


@wrong("numbers from 1", "Do you count from 1?")
def assign(X, centres):
    return ((X[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1) + 1


@wrong("a tie goes to the higher number", "Does a tie go to the higher number?")
def assign(X, centres):
    out = []
    for x in X:
        best = 0
        for k in range(len(centres)):
            if ((x - centres[k]) ** 2).sum() <= ((x - centres[best]) ** 2).sum():
                best = k
        out.append(best)
    return out


# ---- move_centres


@right("a DataFrame's groupby, the rest from the old centres")
def move_centres(X, labels, centres):
    means = pd.DataFrame(X).groupby(labels).mean()
    return means.reindex(range(len(centres))).fillna(pd.DataFrame(centres))


@right("a list of rows")
def move_centres(X, labels, centres):
    rows = []
    for k, old in enumerate(centres):
        mine = [x for x, label in zip(X, labels) if label == k]
        rows.append(np.mean(mine, axis=0) if mine else old)
    return rows


@wrong("the mean of nothing becomes nan", "Is an empty cluster's mean nan?")
def move_centres(X, labels, centres):
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.array([X[labels == k].mean(axis=0) for k in range(len(centres))])


@wrong("an empty centre goes to the mean of all", "Did an empty cluster move to the mean of all?")
def move_centres(X, labels, centres):
    return np.array(
        [X[labels == k].mean(0) if (labels == k).any() else X.mean(0) for k in range(len(centres))]
    )


@wrong("sums instead of means", "Is that the sum of the points?")
def move_centres(X, labels, centres):
    new = centres.copy()
    for k in range(len(centres)):
        if (labels == k).any():
            new[k] = X[labels == k].sum(axis=0)
    return new


@wrong("halfway between the old centre and the mean", "Did it go half of the way?")
def move_centres(X, labels, centres):
    new = centres.copy()
    for k in range(len(centres)):
        if (labels == k).any():
            new[k] = (centres[k] + X[labels == k].mean(axis=0)) / 2
    return new


@wrong("overwrites the centres that were given")
def move_centres(X, labels, centres):
    for k in range(len(centres)):
        if (labels == k).any():
            centres[k] = X[labels == k].mean(axis=0)
    return centres


# ---- rand_index


@right("scikit-learn's")
def rand_index(a, b):
    from sklearn.metrics import rand_score

    return rand_score(a, b)


@right("combinations and a running count")
def rand_index(a, b):
    agree = total = 0
    for i, j in combinations(range(len(a)), 2):
        total += 1
        if (a[i] == a[j]) == (b[i] == b[j]):
            agree += 1
    return agree / total


@wrong("the share of equal labels", "Did you compare the names?")
def rand_index(a, b):
    return np.mean(np.array(a) == np.array(b))


@wrong("only pairs that are together in both", "Did you count only the pairs that are together in both?")
def rand_index(a, b):
    pairs = list(combinations(range(len(a)), 2))
    return sum(1 for i, j in pairs if a[i] == a[j] and b[i] == b[j]) / len(pairs)


@wrong("divides by n squared", "Did you divide by n²?")
def rand_index(a, b):
    n = len(a)
    agree = sum((a[i] == a[j]) == (b[i] == b[j]) for i, j in combinations(range(n), 2))
    return agree / n**2


@wrong("pairs of a listener with themselves agree too", "Did a listener meet themselves?")
def rand_index(a, b):
    a, b = np.array(a), np.array(b)
    return ((a[:, None] == a) == (b[:, None] == b)).mean()


@wrong("the adjusted index", "This is the adjusted Rand index")
def rand_index(a, b):
    from sklearn.metrics import adjusted_rand_score

    return adjusted_rand_score(a, b)


# ---- segment_charts


@right("sets of listeners in a defaultdict")
def segment_charts(plays, segments, k):
    fans = defaultdict(lambda: defaultdict(set))
    for user, track in zip(plays.user_id, plays.track_id):
        fans[segments[user]][track].add(user)
    return {s: sorted(t, key=lambda x: (-len(t[x]), x))[:k] for s, t in fans.items()}


@right("nunique in one groupby of two keys")
def segment_charts(plays, segments, k):
    table = plays.assign(segment=plays["user_id"].map(segments))
    n = table.groupby(["segment", "track_id"])["user_id"].nunique().reset_index()
    n = n.sort_values(["segment", "user_id", "track_id"], ascending=[True, False, True])
    return {s: tuple(g["track_id"].head(k)) for s, g in n.groupby("segment")}


@wrong("counts plays, not listeners", "Did you count plays?")
def segment_charts(plays, segments, k):
    table = plays.assign(segment=plays["user_id"].map(segments))
    n = table.groupby(["segment", "track_id"]).size().reset_index(name="n")
    n = n.sort_values(["n", "track_id"], ascending=[False, True])
    return {s: list(g["track_id"][:k]) for s, g in n.groupby("segment")}


@wrong("a tie goes to the higher track_id", "Does a tie go to the higher track_id?")
def segment_charts(plays, segments, k):
    fans = defaultdict(lambda: defaultdict(set))
    for user, track in zip(plays.user_id, plays.track_id):
        fans[segments[user]][track].add(user)
    return {s: sorted(t, key=lambda x: (len(t[x]), x), reverse=True)[:k] for s, t in fans.items()}


@wrong("the least heard first", "Do the least heard come first?")
def segment_charts(plays, segments, k):
    fans = defaultdict(lambda: defaultdict(set))
    for user, track in zip(plays.user_id, plays.track_id):
        fans[segments[user]][track].add(user)
    return {s: sorted(t, key=lambda x: (len(t[x]), x))[:k] for s, t in fans.items()}


@wrong("not cut at k", "Did you keep the whole chart?")
def segment_charts(plays, segments, k):
    fans = defaultdict(lambda: defaultdict(set))
    for user, track in zip(plays.user_id, plays.track_id):
        fans[segments[user]][track].add(user)
    return {s: sorted(t, key=lambda x: (-len(t[x]), x)) for s, t in fans.items()}


# ---- in_small_groups


@right("transform and a sum of booleans")
def in_small_groups(table, columns, least):
    size = table.groupby(columns)[columns[0]].transform("count")
    return (size < least).sum()


@right("Counter over tuples")
def in_small_groups(table, columns, least):
    keys = [tuple(row) for row in table[columns].values.tolist()]
    n = Counter(keys)
    return len([key for key in keys if n[key] < least])


@wrong("counts groups, not rows", "Did you count the groups?")
def in_small_groups(table, columns, least):
    n = Counter(tuple(row) for row in table[columns].values.tolist())
    return sum(1 for size in n.values() if size < least)


@wrong("a group of just that size counts as too small", "Does a group of exactly `least` count?")
def in_small_groups(table, columns, least):
    sizes = table.groupby(columns).size()
    return sizes[sizes <= least].sum()


@wrong("counts those in groups that are large enough", "Did you count who stands in groups large enough?")
def in_small_groups(table, columns, least):
    sizes = table.groupby(columns).size()
    return sizes[sizes >= least].sum()


@wrong("looks at the first column only", "Did you look at each column alone?")
def in_small_groups(table, columns, least):
    sizes = table.groupby(columns[0]).size()
    return sizes[sizes < least].sum()


@wrong("the share of the rows", "Is that a share of the rows?")
def in_small_groups(table, columns, least):
    sizes = table.groupby(columns).size()
    return sizes[sizes < least].sum() / len(table)


# ---- first_variance


@right("eigvalsh of the matrix")
def first_variance(a, b, c):
    return np.linalg.eigvalsh(np.array([[a, b], [b, c]]))[-1]


@right("the quadratic formula")
def first_variance(a, b, c):
    total, product = a + c, a * c - b * b
    return (total + math.sqrt(max(total**2 - 4 * product, 0))) / 2


@right("the largest singular value")
def first_variance(a, b, c):
    return np.linalg.svd([[a, b], [b, c]])[1][0]


@right("np.roots")
def first_variance(a, b, c):
    return max(np.roots([1, -(a + c), a * c - b**2]).real)


@right("power iteration, the direction from two starts")
def first_variance(a, b, c):
    C, found = np.array([[a, b], [b, c]], dtype=float), []
    for w in (np.array([1.0, 0.3]), np.array([0.3, -1.0])):
        for _ in range(3000):
            w = C @ w
            w = w / np.linalg.norm(w)
        found.append(w @ C @ w)
    return max(found)


@right("the angle of the first component by arctan2")
def first_variance(a, b, c):
    t = np.arctan2(2 * b, a - c) / 2
    return a * np.cos(t) ** 2 + 2 * b * np.sin(t) * np.cos(t) + c * np.sin(t) ** 2


@wrong("the smaller root", "Is that the smaller one?")
def first_variance(a, b, c):
    return (a + c) / 2 - math.sqrt((a - c) ** 2 / 4 + b**2)


@wrong("eigvalsh, and takes the first", "Is that the smaller one?")
def first_variance(a, b, c):
    return np.linalg.eigvalsh([[a, b], [b, c]])[0]


@wrong("the trace", "Is that the sum of both variances?")
def first_variance(a, b, c):
    return np.trace([[a, b], [b, c]])


@wrong("the larger diagonal entry", "Is that the larger of the two columns?")
def first_variance(a, b, c):
    return a if a > c else c


@wrong("projects on (1, 1) / sqrt(2)", "Is that the shadow at 45°?")
def first_variance(a, b, c):
    w = np.array([1, 1]) / np.sqrt(2)
    return w @ np.array([[a, b], [b, c]]) @ w


@wrong("the sum of all entries", "Is that the variance of the sum of both features?")
def first_variance(a, b, c):
    return np.sum([[a, b], [b, c]])


@wrong("forgets the half in the formula", "Is it twice too large?")
def first_variance(a, b, c):
    return (a + c) + math.sqrt((a - c) ** 2 + 4 * b**2)


@wrong("the explained share", "Is that the share of the variance?")
def first_variance(a, b, c):
    values = np.linalg.eigvalsh([[a, b], [b, c]])
    return values[-1] / values.sum()


@wrong("the root of the eigenvalue", "Is that a standard deviation?")
def first_variance(a, b, c):
    return np.sqrt(np.linalg.eigvalsh([[a, b], [b, c]])[-1])


@wrong("the determinant")
def first_variance(a, b, c):
    return a * c - b**2


@wrong("the covariance added to the larger variance")
def first_variance(a, b, c):
    return max(a, c) + abs(b)


@wrong("b not squared under the root")
def first_variance(a, b, c):
    return (a + c) / 2 + math.sqrt(((a - c) / 2) ** 2 + abs(b))


@wrong("the whole difference in place of half of it")
def first_variance(a, b, c):
    return (a + c) / 2 + math.sqrt((a - c) ** 2 + b**2)


# ---- mean_outcome


@right("a sum of get with 0")
def mean_outcome(hours, listeners):
    return sum(hours.get(one, 0) for one in listeners) / len(listeners)


@right("a left join")
def mean_outcome(hours, listeners):
    people = pd.DataFrame({"user_id": listeners})
    joined = people.merge(hours.rename("hours"), left_on="user_id", right_index=True, how="left")
    return joined["hours"].fillna(0).mean()


@right("reindex, fillna")
def mean_outcome(hours, listeners):
    return hours.reindex(listeners).fillna(0).mean()


@right("the sum of those that are in both, by the number of listeners")
def mean_outcome(hours, listeners):
    return hours[hours.index.isin(listeners)].sum() / len(listeners)


@right("map over a Series of ids")
def mean_outcome(hours, listeners):
    return np.nan_to_num(pd.Series(listeners).map(hours).to_numpy(float)).mean()


@right("the mean of those present times the share present")
def mean_outcome(hours, listeners):
    there = [one for one in listeners if one in hours.index]
    return hours.loc[there].mean() * len(there) / len(listeners)


@wrong("the mean of those present", "Is that the mean of those who played?")
def mean_outcome(hours, listeners):
    return hours.reindex(listeners).mean()


@wrong("drops the missing ones by hand", "Is that the mean of those who played?")
def mean_outcome(hours, listeners):
    return np.mean([hours[one] for one in listeners if one in hours])


@wrong("ignores the listeners", "Is that the mean of every row of `hours`?")
def mean_outcome(hours, listeners):
    return hours.sum() / len(hours)


@wrong("newcomers' hours among the rest", "Did you add up newcomers too?")
def mean_outcome(hours, listeners):
    return hours.to_numpy().sum() / len(listeners)


@wrong("an outer join", "Did you divide by everybody in either list?")
def mean_outcome(hours, listeners):
    return hours.reindex(sorted(set(hours.index) | set(listeners)), fill_value=0).mean()


@wrong("the union below the line only", "Did you divide by everybody in either list?")
def mean_outcome(hours, listeners):
    return sum(hours.get(one, 0) for one in listeners) / len(hours.index.union(listeners))


@wrong("adds up and stops", "Is that a sum?")
def mean_outcome(hours, listeners):
    return hours.reindex(listeners).fillna(0).sum()


@wrong("the median of all", "Is that the median?")
def mean_outcome(hours, listeners):
    return np.median(hours.reindex(listeners).fillna(0))


@wrong("fills with the mean of those present", "Is that the mean of those who played?")
def mean_outcome(hours, listeners):
    known = hours.reindex(listeners)
    return known.fillna(known.mean()).mean()


@wrong("the share who came")
def mean_outcome(hours, listeners):
    return pd.Series(listeners).isin(hours.index).mean()


@wrong("hours of those present and 1 for the absent")
def mean_outcome(hours, listeners):
    return hours.reindex(listeners, fill_value=1).mean()


# ---- a second reader: hours_before


@right("a dictionary filled row by row")
def hours_before(events, until):
    total = {}
    for user, at, action, seconds in zip(
        events["user_id"], events["at"], events["action"], events["seconds_played"]
    ):
        if action == "play" and at < until:
            total[user] = total.get(user, 0.0) + seconds / 3600
    return pd.Series(total, dtype=float).rename_axis("user_id")


@wrong("minutes", "Are these minutes?")
def hours_before(events, until):
    past = events[(events["action"] == "play") & (events["at"] < until)]
    return past.groupby("user_id")["seconds_played"].sum() / 60


@wrong("the longest play")
def hours_before(events, until):
    past = events[(events["action"] == "play") & (events["at"] < until)]
    return past.groupby("user_id")["seconds_played"].max() / 3600


@wrong("the whole log", "Did you let every row in?")
def hours_before(events, until):
    plays = events[events["action"] == "play"]
    return plays.groupby("user_id")["seconds_played"].sum() / 3600


@wrong("plays that ended before the moment", "Must a play have ended before")
def hours_before(events, until):
    ends = events["at"] + pd.to_timedelta(events["seconds_played"].fillna(0), unit="s")
    past = events[(events["action"] == "play") & (ends <= until)]
    return past.groupby("user_id")["seconds_played"].sum() / 3600


@wrong("what still sounds is cut at the moment", "Did you cut off what sounds after")
def hours_before(events, until):
    past = events[(events["action"] == "play") & (events["at"] < until)]
    left = (until - past["at"]).dt.total_seconds()
    return past["seconds_played"].clip(upper=left).groupby(past["user_id"]).sum() / 3600


# ---- a second reader: breadth


@right("logarithm of the sum, less the mean logarithm")
def breadth(counts):
    n = sum(counts)
    if n == 0:
        return 0.0
    return math.log2(n) - sum(c * math.log2(c) for c in counts if c) / n


@right("scipy's entropy")
def breadth(counts):
    from scipy.stats import entropy

    return float(entropy(counts, base=2)) if sum(counts) else 0.0


@wrong("how many genres", "Did you count the genres?")
def breadth(counts):
    return len([c for c in counts if c > 0])


@wrong("the bits of as many equal genres", "Is that the log2 of the number of genres?")
def breadth(counts):
    n = len([c for c in counts if c > 0])
    return math.log2(n) if n else 0.0


@wrong("how many genres it is like")
def breadth(counts):
    p = np.array([c for c in counts if c > 0], dtype=float)
    if not len(p):
        return 0.0
    p = p / p.sum()
    return 2 ** float(-(p * np.log2(p)).sum())


@wrong("the minus is forgotten", "Is a minus missing? The logarithm of a share is below 0:")
def breadth(counts):
    n = sum(counts)
    return sum(c / n * math.log2(c / n) for c in counts if c) if n else 0.0


@wrong("a genre without plays makes nan")
def breadth(counts):
    p = np.array(counts, dtype=float)
    p = p / p.sum()
    return -(p * np.log2(p)).sum()


# ---- a second reader: steady_rate


@right("a weighted mean of two rates")
def steady_rate(skips, plays, mean, prior):
    if plays == 0:
        return mean
    weight = plays / (plays + prior)
    return weight * (skips / plays) + (1 - weight) * mean


@right("np.average over all plays, real and imagined")
def steady_rate(skips, plays, mean, prior):
    return np.average([1.0, 0.0, mean], weights=[skips, plays - skips, prior])


@wrong("the mean of both rates", "Is that halfway between the two rates?")
def steady_rate(skips, plays, mean, prior):
    return (skips / plays + mean) / 2 if plays else mean


@wrong("the mean without the prior's weight", "Did you add a mean alone?")
def steady_rate(skips, plays, mean, prior):
    return (skips + mean) / (plays + prior)


@wrong("one prior skip whatever the mean")
def steady_rate(skips, plays, mean, prior):
    return (skips + 1) / (plays + prior)


@wrong("the prior plays replace real ones", "Did you add the prior plays above alone?")
def steady_rate(skips, plays, mean, prior):
    return (skips + prior * mean) / max(plays, prior) if max(plays, prior) else mean


@wrong("the weights are exchanged")
def steady_rate(skips, plays, mean, prior):
    if plays == 0:
        return mean
    w = prior / (plays + prior)
    return w * skips / plays + (1 - w) * mean


# ---- a second reader: mood_of


@right("a regular expression and a sign for each word")
def mood_of(text, good, bad):
    signs = [1 if w in good else -1 for w in re.findall(r"[\w']+", text.lower()) if w in good or w in bad]
    return sum(signs) / len(signs) if signs else 0.0


@wrong("good less bad, undivided", "Is that a difference of counts?")
def mood_of(text, good, bad):
    words = text.lower().replace(",", " ").replace(".", " ").split()
    return sum(w in good for w in words) - sum(w in bad for w in words)


@wrong("divides by all words", "Did you divide by all words?")
def mood_of(text, good, bad):
    words = text.lower().replace(",", " ").replace(".", " ").split()
    g, b = sum(w in good for w in words), sum(w in bad for w in words)
    return (g - b) / len(words) if words else 0


@wrong("looks for the words inside of other words", "Did you find words inside words?")
def mood_of(text, good, bad):
    low = text.lower()
    g, b = sum(low.count(w) for w in good), sum(low.count(w) for w in bad)
    return (g - b) / (g + b) if g + b else 0


@wrong("only the sign of the mood")
def mood_of(text, good, bad):
    words = text.lower().replace(",", " ").replace(".", " ").split()
    return float(np.sign(sum(w in good for w in words) - sum(w in bad for w in words)))


# ---- a second reader: standardise


@right("column by column, in a loop")
def standardise(X):
    out = np.zeros(np.shape(X))
    for j in range(out.shape[1]):
        column = np.asarray(X)[:, j].astype(float)
        spread = math.sqrt(((column - column.mean()) ** 2).mean())
        if spread > 0:
            out[:, j] = (column - column.mean()) / spread
    return out


@right("scikit-learn's own")
def standardise(X):
    from sklearn.preprocessing import StandardScaler

    return StandardScaler().fit_transform(X)


@wrong("along the rows", "Did you scale each row?")
def standardise(X):
    X = np.asarray(X, dtype=float)
    s = X.std(axis=1, keepdims=True)
    return (X - X.mean(axis=1, keepdims=True)) / np.where(s == 0, 1, s)


@wrong("from 0 to 1", "Did you squeeze each column into 0 to 1?")
def standardise(X):
    X = np.asarray(X, dtype=float)
    span = X.max(axis=0) - X.min(axis=0)
    return (X - X.min(axis=0)) / np.where(span == 0, 1, span)


@wrong("by the median and the quartiles")
def standardise(X):
    X = np.asarray(X, dtype=float)
    low, mid, high = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    return (X - mid) / np.where(high == low, 1, high - low)


@wrong("centred only", "Did you subtract the mean and stop?")
def standardise(X):
    return X - np.mean(X, axis=0)


# ---- a second reader: explained_share


@right("eigenvalues of np.cov")
def explained_share(X):
    values = np.sort(np.atleast_1d(np.linalg.eigvalsh(np.atleast_2d(np.cov(np.asarray(X).T)))))[::-1]
    return values / values.sum()


@right("singular values of the centred table, as a list")
def explained_share(X):
    X = np.asarray(X, dtype=float)
    s = np.linalg.svd(X - X.mean(0), compute_uv=False)
    total = (s * s).sum()
    return [float(one * one / total) for one in s]


@wrong("the first share alone")
def explained_share(X):
    X = np.asarray(X, dtype=float)
    s = np.linalg.svd(X - X.mean(0), compute_uv=False) ** 2
    return s[0] / s.sum()


@wrong("what is left after each")
def explained_share(X):
    X = np.asarray(X, dtype=float)
    s = np.linalg.svd(X - X.mean(0), compute_uv=False) ** 2
    return 1 - np.cumsum(s) / s.sum()


@wrong("centres each row")
def explained_share(X):
    X = np.asarray(X, dtype=float)
    s = np.linalg.svd(X - X.mean(axis=1, keepdims=True), compute_uv=False) ** 2
    return s / s.sum()


# ---- a second reader: assign


@right("one loop over listeners, and linalg.norm")
def assign(X, centres):
    return [int(np.argmin(np.linalg.norm(np.asarray(centres) - row, axis=1))) for row in np.asarray(X)]


@right("the square written out: x² - 2xc + c²")
def assign(X, centres):
    X, C = np.asarray(X, dtype=float), np.asarray(centres, dtype=float)
    return ((X**2).sum(1)[:, None] - 2 * X @ C.T + (C**2).sum(1)).round(9).argmin(axis=1)


@wrong("the farthest centre", "Did you take the farthest centre?")
def assign(X, centres):
    d = ((np.asarray(X)[:, None] - np.asarray(centres)[None]) ** 2).sum(-1)
    return d.argmax(axis=1)


@wrong("the largest dot product", "Did you take the largest dot product?")
def assign(X, centres):
    return (np.asarray(X) @ np.asarray(centres).T).argmax(axis=1)


@wrong("the first feature alone")
def assign(X, centres):
    X, C = np.asarray(X), np.asarray(centres)
    return np.abs(X[:, [0]] - C[:, 0][None]).argmin(axis=1)


@wrong("the differences are added before they are squared", "Did you add up the gaps with their signs?")
def assign(X, centres):
    d = (np.asarray(X)[:, None] - np.asarray(centres)[None]).sum(-1) ** 2
    return d.argmin(axis=1)


@wrong("the centre itself")
def assign(X, centres):
    C = np.asarray(centres)
    d = ((np.asarray(X)[:, None] - C[None]) ** 2).sum(-1)
    return C[d.argmin(axis=1)]


# ---- a second reader: move_centres


@right("np.add.at and counts")
def move_centres(X, labels, centres):
    X, new = np.asarray(X, dtype=float), np.array(centres, dtype=float)
    sums, n = np.zeros_like(new), np.bincount(labels, minlength=len(new))
    np.add.at(sums, np.asarray(labels), X)
    new[n > 0] = sums[n > 0] / n[n > 0, None]
    return new


@right("pandas, by groups")
def move_centres(X, labels, centres):
    means = pd.DataFrame(X).groupby(np.asarray(labels)).mean()
    return means.reindex(range(len(centres))).fillna(pd.DataFrame(centres)).to_numpy()


@wrong("an empty centre goes to zero", "Did an empty cluster go to 0?")
def move_centres(X, labels, centres):
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    return np.array(
        [X[labels == j].mean(0) if (labels == j).any() else np.zeros(X.shape[1]) for j in range(len(centres))]
    )


@wrong("an empty centre drops out", "Did an empty cluster vanish?")
def move_centres(X, labels, centres):
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    return np.array([X[labels == j].mean(0) for j in np.unique(labels)])


@wrong("the median of each group", "Is that the median? K-means moves a centre to the mean.")
def move_centres(X, labels, centres):
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    return np.array(
        [np.median(X[labels == j], axis=0) if (labels == j).any() else c for j, c in enumerate(np.asarray(centres))]
    )


@wrong("the old centre counts as one more point")
def move_centres(X, labels, centres):
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    return np.array([np.vstack([X[labels == j], np.asarray(c)[None]]).mean(0) for j, c in enumerate(centres)])


@wrong("one number for each group")
def move_centres(X, labels, centres):
    X, labels = np.asarray(X, dtype=float), np.asarray(labels)
    return np.array([X[labels == j].mean() if (labels == j).any() else np.mean(centres[j]) for j in range(len(centres))])


# ---- a second reader: rand_index


@right("counts from the table of both groupings")
def rand_index(a, b):
    def pairs_of(n):
        n = np.asarray(n, dtype=float)
        return (n * (n - 1) / 2).sum()

    both = pd.crosstab(np.asarray(a), np.asarray(b)).to_numpy()
    every = len(a) * (len(a) - 1) / 2
    cells, rows, columns = pairs_of(both.ravel()), pairs_of(both.sum(1)), pairs_of(both.sum(0))
    return (every + 2 * cells - rows - columns) / every


@right("scikit-learn's")
def rand_index(a, b):
    from sklearn.metrics import rand_score

    return rand_score(a, b)


@wrong("pairs that disagree")
def rand_index(a, b):
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    return sum((a[i] == a[j]) != (b[i] == b[j]) for i, j in pairs) / len(pairs)


@wrong("how many pairs agree")
def rand_index(a, b):
    return sum((a[i] == a[j]) == (b[i] == b[j]) for i in range(len(a)) for j in range(i))


@wrong("neighbours in the list alone")
def rand_index(a, b):
    return sum((a[i] == a[i - 1]) == (b[i] == b[i - 1]) for i in range(1, len(a))) / (len(a) - 1)


@wrong("pairs apart in both")
def rand_index(a, b):
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    return sum(a[i] != a[j] and b[i] != b[j] for i, j in pairs) / len(pairs)


# ---- a second reader: segment_charts


@right("a Counter over distinct pairs")
def segment_charts(plays, segments, k):
    from collections import Counter, defaultdict

    counts = defaultdict(Counter)
    for user, track in set(zip(plays["user_id"], plays["track_id"])):
        counts[segments[user]][track] += 1
    return {
        name: [t for t, _ in sorted(counts[name].items(), key=lambda one: (-one[1], one[0]))[:k]] for name in counts
    }


@right("value_counts after a stable sort")
def segment_charts(plays, segments, k):
    one = plays[["user_id", "track_id"]].drop_duplicates()
    size = one.groupby([one["user_id"].map(segments).rename("s"), "track_id"]).size().rename("n").reset_index()
    size = size.sort_values(["n", "track_id"], ascending=[False, True])
    return {name: list(rows["track_id"])[:k] for name, rows in size.groupby("s")}


@wrong("the chart of all for every segment", "Did every segment get the same chart?")
def segment_charts(plays, segments, k):
    one = plays[["user_id", "track_id"]].drop_duplicates()
    n = one["track_id"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    return {name: list(n.index[:k]) for name in segments.unique()}


@wrong("how many listeners in place of which track")
def segment_charts(plays, segments, k):
    one = plays[["user_id", "track_id"]].drop_duplicates()
    n = one.groupby([one["user_id"].map(segments).rename("s"), "track_id"]).size().reset_index(name="n")
    n = n.sort_values(["n", "track_id"], ascending=[False, True])
    return {name: list(rows["n"])[:k] for name, rows in n.groupby("s")}


@wrong("ties as they come")
def segment_charts(plays, segments, k):
    one = plays[["user_id", "track_id"]].drop_duplicates()
    out = {}
    for name, rows in one.groupby(one["user_id"].map(segments)):
        counts = {}
        for track in rows["track_id"][::-1]:
            counts[track] = counts.get(track, 0) + 1
        out[name] = sorted(counts, key=lambda t: -counts[t])[:k]
    return out


@wrong("each track is left to the segment that hears it most")
def segment_charts(plays, segments, k):
    one = plays[["user_id", "track_id"]].drop_duplicates()
    n = one.groupby([one["user_id"].map(segments).rename("s"), "track_id"]).size().reset_index(name="n")
    n = n.sort_values(["n", "s"], ascending=[False, True]).drop_duplicates("track_id")
    n = n.sort_values(["n", "track_id"], ascending=[False, True])
    return {name: list(rows["track_id"])[:k] for name, rows in n.groupby("s")}


@wrong("the first k tracks by id")
def segment_charts(plays, segments, k):
    return {name: sorted(set(rows["track_id"]))[:k] for name, rows in plays.groupby(plays["user_id"].map(segments))}


# ---- a second reader: in_small_groups


@right("a Counter of tuples")
def in_small_groups(table, columns, least):
    from collections import Counter

    n = Counter(map(tuple, table[list(columns)].to_numpy()))
    return sum(count for count in n.values() if count < least)


@right("transform, then a sum")
def in_small_groups(table, columns, least):
    key = table[list(columns)].astype(str).agg(" / ".join, axis=1)
    return int((key.map(key.value_counts()) < least).sum())


@wrong("those who are alone")
def in_small_groups(table, columns, least):
    n = table.groupby(list(columns))[columns[0]].transform("size")
    return int((n == 1).sum())


@wrong("the smallest group")
def in_small_groups(table, columns, least):
    return int(table.groupby(list(columns)).size().min())


@wrong("any column alone is rare", "Did you look at each column alone?")
def in_small_groups(table, columns, least):
    small = pd.Series(False, index=table.index)
    for c in columns:
        small |= table[c].map(table[c].value_counts()) < least
    return int(small.sum())


@wrong("every combination there could be, empty ones too")
def in_small_groups(table, columns, least):
    n = table.astype("category").groupby(list(columns), observed=False).size()
    return int((n < least).sum())
