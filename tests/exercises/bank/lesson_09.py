"""Answers to lesson 09. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from collections import Counter

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- mix_shelf


@right("one loop over both lists")
def mix_shelf(best, new, n, k):
    shelf = []
    for track in best:
        if len(shelf) == k - n:
            break
        shelf.append(track)
    added = 0
    for track in new:
        if added < n and track not in shelf:
            shelf.append(track)
            added += 1
    for track in best:
        if len(shelf) < k and track not in shelf:
            shelf.append(track)
    return shelf


@right("a dict keeps the order and drops what stands twice")
def mix_shelf(best, new, n, k):
    head = best[: k - n]
    fresh = [t for t in dict.fromkeys(new) if t not in set(head)][:n]
    return tuple(dict.fromkeys([*head, *fresh, *best]))[:k]


@wrong("joins two slices", "Are two slices enough?")
def mix_shelf(best, new, n, k):
    return list(best)[: k - n] + list(new)[:n]


@wrong("joins two slices and fills up", "Does a track stand on the shelf twice?")
def mix_shelf(best, new, n, k):
    shelf = best[: k - n]
    shelf.extend(new[:n])
    for track in best:
        if len(shelf) < k and track not in shelf:
            shelf.append(track)
    return shelf


@wrong("no filling up", "Is the shelf too short?")
def mix_shelf(best, new, n, k):
    shelf = list(best[: k - n])
    for track in new:
        if track not in shelf and len(shelf) < k:
            shelf.append(track)
    return shelf


@wrong("takes n and filters afterwards", "Did you take n new ones and only then")
def mix_shelf(best, new, n, k):
    shelf = list(dict.fromkeys(best[: k - n] + new[:n]))
    return shelf + [t for t in best if t not in shelf][: k - len(shelf)]


@wrong("new ones at the head", "Do the new ones stand first?")
def mix_shelf(best, new, n, k):
    old = best[: k - n]
    fresh = [t for t in new if t not in old][:n]
    rest = [t for t in best if t not in old + fresh][: k - len(old) - len(fresh)]
    return fresh + rest + old


@wrong("n is the number of old ones", "Is n the number of the best")
def mix_shelf(best, new, n, k):
    shelf = best[:n]
    shelf = shelf + [t for t in new if t not in shelf][: k - n]
    return shelf + [t for t in best if t not in shelf][: k - len(shelf)]


# ---- mmr_next


@right("numpy, by a mask")
def mmr_next(relevance, similarity, chosen, weight):
    r, s = np.array(relevance, float), np.array(similarity, float)
    near = s[:, chosen].max(axis=1) if len(chosen) else np.zeros(len(r))
    value = weight * r - (1 - weight) * near
    value[list(chosen)] = -math.inf
    return value.argmax()


@right("a plain loop")
def mmr_next(relevance, similarity, chosen, weight):
    best, best_value = None, -float("inf")
    for i, r in enumerate(relevance):
        if i in chosen:
            continue
        near = 0
        if chosen:
            near = max(similarity[i][j] for j in chosen)
        value = weight * r - (1 - weight) * near
        if value > best_value:
            best, best_value = i, value
    return best


@wrong("mean similarity", "Did you average the similarities?")
def mmr_next(relevance, similarity, chosen, weight):
    r, s = np.array(relevance), np.array(similarity)
    near = s[:, chosen].mean(axis=1) if chosen else np.zeros(len(r))
    value = weight * r - (1 - weight) * near
    value[chosen] = -np.inf
    return int(value.argmax())


@wrong("all tracks, the chosen too", "Did you look at the chosen tracks too?")
def mmr_next(relevance, similarity, chosen, weight):
    value = weight * np.array(relevance, float)
    if len(chosen):
        value -= (1 - weight) * np.array(similarity, float)[:, chosen].max(axis=1)
    return int(value.argmax())


@wrong("weights swapped", "Is the weight on the wrong term?")
def mmr_next(relevance, similarity, chosen, weight):
    left = [i for i in range(len(relevance)) if i not in chosen]
    near = {i: max((similarity[i][j] for j in chosen), default=0) for i in left}
    return max(left, key=lambda i: (1 - weight) * relevance[i] - weight * near[i])


@wrong("adds the similarity", "Did you add the similarity?")
def mmr_next(relevance, similarity, chosen, weight):
    left = [i for i in range(len(relevance)) if i not in chosen]
    near = {i: max((similarity[i][j] for j in chosen), default=0) for i in left}
    return max(left, key=lambda i: weight * relevance[i] + (1 - weight) * near[i])


@wrong("only the last chosen counts", "Did you look at the track chosen last alone")
def mmr_next(relevance, similarity, chosen, weight):
    left = [i for i in range(len(relevance)) if i not in chosen]
    near = {i: similarity[i][chosen[-1]] if chosen else 0 for i in left}
    return max(left, key=lambda i: weight * relevance[i] - (1 - weight) * near[i])


@wrong("relevance alone", "Is the similarity left out")
def mmr_next(relevance, similarity, chosen, weight):
    return max((i for i in range(len(relevance)) if i not in chosen), key=lambda i: relevance[i])


# ---- at_most_per_genre


@right("counts as it goes")
def at_most_per_genre(genres, most, k):
    seen, first, later = Counter(), [], []
    for i, genre in enumerate(genres):
        seen[genre] += 1
        if seen[genre] <= most:
            first.append(i)
        else:
            later.append(i)
    return (first + later)[:k]


@right("pandas cumcount")
def at_most_per_genre(genres, most, k):
    number = pd.Series(genres).groupby(genres).cumcount()
    late = (number >= most).to_numpy()
    return np.argsort(late, kind="stable")[:k]


@wrong("throws away", "Did you drop what was too much?")
def at_most_per_genre(genres, most, k):
    seen, first = Counter(), []
    for i, genre in enumerate(genres):
        if seen[genre] < most:
            first.append(i)
        seen[genre] += 1
    return first[:k]


@wrong("cuts first", "Did you cut the list to k first?")
def at_most_per_genre(genres, most, k):
    number = pd.Series(genres[:k]).groupby(genres[:k]).cumcount().tolist()
    return sorted(range(min(k, len(genres))), key=lambda i: number[i] >= most)


@wrong("one too many of each", "Is there one too many of a genre")
def at_most_per_genre(genres, most, k):
    seen, first, later = Counter(), [], []
    for i, genre in enumerate(genres):
        (first if seen[genre] <= most else later).append(i)
        seen[genre] += 1
    return (first + later)[:k]


@wrong("gives the genres", "Are those the genres")
def at_most_per_genre(genres, most, k):
    number = [genres[:i].count(g) for i, g in enumerate(genres)]
    return [genres[i] for i in sorted(range(len(genres)), key=lambda i: number[i] >= most)][:k]


# ---- dpp_pair


@right("squared lengths and one minus the square")
def dpp_pair(q_a, q_b, similarity):
    return (q_a * q_b) ** 2 * (1 - similarity**2)


@right("numpy")
def dpp_pair(q_a, q_b, similarity):
    off = q_a * q_b * similarity
    return np.linalg.det([[q_a**2, off], [off, q_b**2]])


@wrong("the trace", "Is that the sum of the diagonal, the trace?")
def dpp_pair(q_a, q_b, similarity):
    return np.trace([[q_a**2, 0], [0, q_b**2]])


@wrong("a sum for a difference", "Did you add?")
def dpp_pair(q_a, q_b, similarity):
    off = q_a * q_b * similarity
    return q_a**2 * q_b**2 + off * off


@wrong("forgets the second product", "Did you leave out what stands beside the diagonal?")
def dpp_pair(q_a, q_b, similarity):
    return (q_a * q_b) ** 2


@wrong("the area itself", "Is that the area between the two")
def dpp_pair(q_a, q_b, similarity):
    return q_a * q_b * math.sqrt(1 - similarity**2)


@wrong("1 - s", "Is the similarity not squared")
def dpp_pair(q_a, q_b, similarity):
    return q_a**2 * q_b**2 * (1 - similarity)


# ---- calibration_kl


@right("a loop")
def calibration_kl(history, shelf, smooth):
    total = 0
    for genre in history:
        p = history[genre]
        q = smooth * p
        if genre in shelf:
            q += (1 - smooth) * shelf[genre]
        total += p * (math.log(p) - math.log(q))
    return total


@right("pandas")
def calibration_kl(history, shelf, smooth):
    p = pd.Series(history)
    q = (1 - smooth) * pd.Series(shelf).reindex(p.index).fillna(0) + smooth * p
    return (p * np.log(p / q)).sum()


@wrong("the other way round", "Are history and shelf the other way round?")
def calibration_kl(history, shelf, smooth):
    total = 0
    for genre, s in shelf.items():
        p = history.get(genre, 0)
        q = (1 - smooth) * s + smooth * p
        if p > 0:
            total += q * math.log(q / p)
    return total


@wrong("genres that the shelf lacks are skipped", "Did you leave out the genres that the shelf lacks?")
def calibration_kl(history, shelf, smooth):
    return sum(p * math.log(p / shelf[g]) for g, p in history.items() if shelf.get(g))


@wrong("logs alone", "Did you forget p before the logarithm?")
def calibration_kl(history, shelf, smooth):
    return sum(
        math.log(p) - math.log((1 - smooth) * shelf.get(g, 0) + smooth * p) for g, p in history.items()
    )


@wrong("bits", "That is in bits")
def calibration_kl(history, shelf, smooth):
    return sum(p * math.log2(p / ((1 - smooth) * shelf.get(g, 0) + smooth * p)) for g, p in history.items())


@wrong("smoothing the other way", "Is the smoothing turned round")
def calibration_kl(history, shelf, smooth):
    return sum(p * math.log(p / (smooth * shelf.get(g, 0) + (1 - smooth) * p)) for g, p in history.items())


# ---- which_to_ship, corrected among too few


@wrong("Holm among the eligible alone", "Did you correct among those that gain alone?")
def which_to_ship(table, margin):
    names = sorted((n for n, v in table.items() if v[0] > 0 and v[2] >= -margin), key=lambda n: table[n][1])
    good = []
    while names and table[names[0]][1] <= 0.05 / len(names):
        good.append(names.pop(0))
    return max(good, key=lambda n: table[n][0], default="none")


# ---- which_to_ship


@right("in a while loop")
def which_to_ship(table, margin):
    waiting = sorted(table.items(), key=lambda row: row[1][1])
    sure = []
    while waiting and waiting[0][1][1] * len(waiting) <= 0.05:
        sure.append(waiting.pop(0))
    sure = [row for row in sure if row[1][0] > 0 and row[1][2] >= -margin]
    return max(sure, key=lambda row: row[1][0])[0] if sure else "none"


@right("pandas")
def which_to_ship(table, margin):
    frame = pd.DataFrame(table, index=["hours", "p", "satisfaction"]).T.sort_values("p")
    passes = (frame["p"] * np.arange(len(frame), 0, -1) <= 0.05).cummin()
    good = frame[passes & (frame["hours"] > 0) & (frame["satisfaction"] >= -margin)]
    return "none" if good.empty else good["hours"].idxmax()


@wrong("most hours", "Did you look at the hours alone?")
def which_to_ship(table, margin):
    best = max(table, key=lambda name: table[name][0])
    return best if table[best][0] > 0 else "none"


@wrong("each p alone", "Did each p have to be under 0.05 alone?")
def which_to_ship(table, margin):
    good = {n: v for n, v in table.items() if v[1] < 0.05 and v[0] > 0 and v[2] >= -margin}
    return max(good, key=lambda n: good[n][0]) if good else "none"


@wrong("without satisfaction", "Did you forget the satisfaction?")
def which_to_ship(table, margin):
    good, m = [], len(table)
    for i, name in enumerate(sorted(table, key=lambda n: table[n][1])):
        if table[name][1] > 0.05 / (m - i):
            break
        if table[name][0] > 0:
            good.append(name)
    return max(good, key=lambda n: table[n][0]) if good else "none"


@wrong("Bonferroni", "That is Bonferroni")
def which_to_ship(table, margin):
    good = {n: v for n, v in table.items() if v[1] <= 0.05 / len(table) and v[0] > 0 and v[2] >= -margin}
    return max(good, key=lambda n: good[n][0]) if good else "none"


@wrong("the smallest p of those that are good", "Is that the one with the smallest p")
def which_to_ship(table, margin):
    good, m = [], len(table)
    for i, name in enumerate(sorted(table, key=lambda n: table[n][1])):
        if table[name][1] > 0.05 / (m - i):
            break
        if table[name][0] > 0 and table[name][2] >= -margin:
            good.append(name)
    return good[0] if good else "none"


# ---- more of each, by somebody who had not written the lesson


@right("a Series, index by index")
def mix_shelf(best, new, n, k):
    head = pd.Series(best[: k - n], dtype=object)
    fresh = pd.Series(new, dtype=object)
    fresh = fresh[~fresh.isin(head)].head(n)
    shelf = pd.concat([head, fresh])
    rest = pd.Series(best, dtype=object)
    return pd.concat([shelf, rest[~rest.isin(shelf)].head(k - len(shelf))]).tolist()


@right("an array")
def mix_shelf(best, new, n, k):
    shelf, places = list(best)[: k - n], n
    for source in (new, best):
        for track in source:
            if places and track not in shelf:
                shelf.append(track)
                places -= 1
    return np.array(shelf)


@wrong("new ones up to k, however many n is", "Did you leave out new ones that stand further down in `best`")
def mix_shelf(best, new, n, k):
    shelf = list(best[: k - n])
    shelf += [t for t in new if t not in best]
    return (shelf + [t for t in best if t not in shelf])[:k]


@wrong("leaves out what is anywhere in best", "Did you leave out new ones that stand further down in `best`")
def mix_shelf(best, new, n, k):
    shelf = list(best[: k - n])
    shelf += [t for t in new if t not in best][:n]
    return shelf + [t for t in best if t not in shelf][: k - len(shelf)]


@right("a Series without the chosen")
def mmr_next(relevance, similarity, chosen, weight):
    r = pd.Series(relevance, dtype=float)
    s = pd.DataFrame(similarity)
    near = s[list(chosen)].max(axis=1) if len(chosen) else 0.0
    return (weight * r - (1 - weight) * near).drop(list(chosen)).idxmax()


@right("sorted, of equal ones the first")
def mmr_next(relevance, similarity, chosen, weight):
    def value(i):
        near = [similarity[i][j] for j in chosen]
        return weight * relevance[i] - (1 - weight) * (max(near) if near else 0)

    return sorted(set(range(len(relevance))) - set(chosen), key=lambda i: (-value(i), i))[0]


@wrong("the sum of the similarities", "Did you add the similarities up")
def mmr_next(relevance, similarity, chosen, weight):
    left = [i for i in range(len(relevance)) if i not in chosen]
    return max(left, key=lambda i: weight * relevance[i] - (1 - weight) * sum(similarity[i][j] for j in chosen))


@wrong("the least similar", "Did you take the least similar of those chosen")
def mmr_next(relevance, similarity, chosen, weight):
    left = [i for i in range(len(relevance)) if i not in chosen]
    near = {i: min((similarity[i][j] for j in chosen), default=0) for i in left}
    return max(left, key=lambda i: weight * relevance[i] - (1 - weight) * near[i])


@right("cumcount")
def at_most_per_genre(genres, most, k):
    late = pd.Series(genres).groupby(genres).cumcount() >= most
    return late.sort_values(kind="stable").index[:k].tolist()


@right("two passes")
def at_most_per_genre(genres, most, k):
    first = [i for i, g in enumerate(genres) if list(genres[:i]).count(g) < most]
    return np.array(first + [i for i in range(len(genres)) if i not in first])[:k]


@wrong("the genres, not the places", "Are those the genres")
def at_most_per_genre(genres, most, k):
    first = [i for i, g in enumerate(genres) if list(genres[:i]).count(g) < most]
    places = first + [i for i in range(len(genres)) if i not in first]
    return [genres[i] for i in places[:k]]


@wrong("one too many of each genre", "Is there one too many of a genre")
def at_most_per_genre(genres, most, k):
    first = [i for i, g in enumerate(genres) if list(genres[:i]).count(g) <= most]
    return (first + [i for i in range(len(genres)) if i not in first])[:k]


@right("with s squared, in one product")
def dpp_pair(q_a, q_b, similarity):
    return (q_a * q_b) ** 2 * (1 - similarity**2)


@right("the product of the eigenvalues")
def dpp_pair(q_a, q_b, similarity):
    return np.prod(np.linalg.eigvalsh([[q_a**2, q_a * q_b * similarity], [q_a * q_b * similarity, q_b**2]]))


@wrong("s not squared", "Is the similarity not squared")
def dpp_pair(q_a, q_b, similarity):
    return (q_a * q_b) ** 2 * (1 - similarity)


@wrong("the area, the root", "Is that the area between the two")
def dpp_pair(q_a, q_b, similarity):
    return abs(q_a * q_b) * (1 - similarity**2) ** 0.5


@right("scipy's entropy is the same sum")
def calibration_kl(history, shelf, smooth):
    from scipy.stats import entropy

    p = np.array(list(history.values()))
    q = np.array([(1 - smooth) * shelf.get(g, 0) + smooth * history[g] for g in history])
    return float((p * (np.log(p) - np.log(q))).sum()) if len(p) > 1 else entropy(p, q / q.sum()) - np.log(q.sum())


@right("a Series")
def calibration_kl(history, shelf, smooth):
    p = pd.Series(history)
    q = (1 - smooth) * pd.Series(shelf).reindex(p.index).fillna(0) + smooth * p
    return (p * np.log(p / q)).sum()


@wrong("smoothed with one minus smooth", "Is the smoothing turned round")
def calibration_kl(history, shelf, smooth):
    return sum(p * math.log(p / (smooth * shelf.get(g, 0) + (1 - smooth) * p)) for g, p in history.items())


@wrong("smooth added to every share", "Did you add `smooth` to every share")
def calibration_kl(history, shelf, smooth):
    return sum(p * math.log(p / (shelf.get(g, 0) + smooth)) for g, p in history.items())


@right("Holm by a loop, then the best")
def which_to_ship(table, margin):
    names = sorted(table, key=lambda name: table[name][1])
    m, sure = len(names), []
    while names and table[names[0]][1] * (m - len(sure)) <= 0.05:
        sure.append(names.pop(0))
    good = {table[name][0]: name for name in sure if table[name][0] > 0 and -table[name][2] <= margin}
    return good[max(good)] if good else "none"


@right("a table")
def which_to_ship(table, margin):
    t = pd.DataFrame(table, index=["hours", "p", "satisfaction"]).T.sort_values("p")
    t["holm"] = np.maximum.accumulate(t["p"] * np.arange(len(t), 0, -1))
    t = t[(t["holm"] <= 0.05) & (t["hours"] > 0) & (t["satisfaction"] >= -margin)]
    return "none" if t.empty else t["hours"].idxmax()


@wrong("the smallest p of those that pass", "Is that the one with the smallest p")
def which_to_ship(table, margin):
    good = []
    for place, name in enumerate(sorted(table, key=lambda name: table[name][1])):
        if table[name][1] > 0.05 / (len(table) - place):
            break
        if table[name][0] > 0 and table[name][2] >= -margin:
            good.append(name)
    return good[0] if good else "none"


@wrong("Holm without the stop at the first that fails", "Did you go on behind the first that fails")
def which_to_ship(table, margin):
    names = sorted(table, key=lambda name: table[name][1])
    sure = [name for place, name in enumerate(names) if table[name][1] <= 0.05 / (len(names) - place)]
    good = [name for name in sure if table[name][0] > 0 and table[name][2] >= -margin]
    return max(good, key=lambda name: table[name][0]) if good else "none"
