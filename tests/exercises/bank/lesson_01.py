"""Answers to lesson 01. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from collections import Counter

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- grade_rule


@right("NumPy's set functions, as an array")
def grade_rule(found, true):
    f, t = np.unique(found), np.unique(true)
    hits = len(np.intersect1d(f, t))
    recall = hits / len(t) if len(t) else 0
    precision = hits / len(f) if len(f) else 0
    return np.array([recall, precision])


@right("a loop that counts each id once")
def grade_rule(found, true):
    seen = []
    hits = 0
    for one in found:
        if one not in seen:
            seen.append(one)
            if one in true:
                hits += 1
    different = len(dict.fromkeys(true))
    recall = 0.0
    precision = 0.0
    if different > 0:
        recall = hits / different
    if len(seen) > 0:
        precision = hits / len(seen)
    return [recall, precision]


@wrong("precision first, then recall", "Did you change the two around?")
def grade_rule(found, true):
    found, true = set(found), set(true)
    hits = len(found & true)
    return (hits / len(found) if found else 0, hits / len(true) if true else 0)


@wrong("counts repeated ids each time", "Did an id that was found twice count twice?")
def grade_rule(found, true):
    hits = [x for x in found if x in true]
    return len(hits) / max(len(true), 1), len(hits) / max(len(found), 1)


@wrong("gives the F1 score for both")
def grade_rule(found, true):
    found, true = set(found), set(true)
    both = len(found) + len(true)
    f1 = 2 * len(found & true) / both if both else 0
    return f1, f1


@wrong("divides by the number of ids in the list, repeats and all", "Did an id that was found twice count twice?")
def grade_rule(found, true):
    hits = len(set(found) & set(true))
    recall = hits / len(true) if true else 0
    precision = hits / len(found) if found else 0
    return recall, precision


# ---- impossible_seconds


@right("a list of three conditions, play by play")
def impossible_seconds(seconds, durations):
    out = []
    for s, d in zip(seconds, durations):
        out.append(bool(s != s or s < 0 or s > d + 5))
    return out


@right("a Series with between")
def impossible_seconds(seconds, durations):
    s = pd.Series(seconds)
    return ~s.between(0, pd.Series(durations) + 5)


@wrong("lets missing seconds pass", "Did the missing seconds pass?")
def impossible_seconds(seconds, durations):
    return (seconds < 0) | (seconds > durations + 5)


@wrong("allows no 5 seconds of grace", "Did you forbid a play to its end?")
def impossible_seconds(seconds, durations):
    return np.isnan(seconds) | (seconds < 0) | (seconds > durations)


@wrong("says which are possible", "Are these the ones that are possible?")
def impossible_seconds(seconds, durations):
    return (seconds >= 0) & (seconds <= durations + 5)


@wrong("counts exactly 5 more as impossible", "Does a play that is just 5 seconds too long count?")
def impossible_seconds(seconds, durations):
    return np.isnan(seconds) | (seconds < 0) | (seconds - durations >= 5)


# ---- late_rows


@right("compares each row with all that arrived before")
def late_rows(at):
    return [any(at[j] > at[i] for j in range(i)) for i in range(len(at))]


@right("a running maximum")
def late_rows(at):
    latest = float("-inf")
    out = []
    for t in at:
        out.append(t < latest)
        latest = max(latest, t)
    return np.array(out, dtype=bool)


@wrong("compares with the row before only", "Did you look at the row before only?")
def late_rows(at):
    return [i > 0 and at[i] < at[i - 1] for i in range(len(at))]


@wrong("marks the early arrivals, not the late ones", "Did you mark the row that others are late for?")
def late_rows(at):
    return [any(later < t for later in at[i + 1 :]) for i, t in enumerate(at)]


@wrong("compares with the first row only", "Did you compare with the first row alone?")
def late_rows(at):
    return [t < at[0] for t in at]


@wrong("an equal time counts as late too", "Is a row late that happened at the same time as one before?")
def late_rows(at):
    result = []
    for i in range(len(at)):
        result.append(any(at[i] <= at[j] for j in range(i)))
    return result


# ---- retries


@right("remembers the last time of each key; nan made a word")
def retries(log, wait):
    out = []
    last = {}
    for row in log.itertuples():
        track = "none" if pd.isna(row.track_id) else row.track_id
        sec = "none" if pd.isna(row.seconds_played) else row.seconds_played
        key = (row.user_id, track, row.action, sec)
        out.append(key in last and row.at - last[key] <= wait)
        last[key] = row.at
    return out


@right("groupby diff with missing values kept")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    gap = log.groupby(keys, dropna=False)["at"].diff()
    return (gap <= wait).to_numpy()


@wrong("compares only with the row just before it in the log", "Did you look at the row before only?")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    filled = log[keys].fillna("-").astype(str)
    same = (filled == filled.shift()).all(axis=1)
    return same & (log["at"].diff() <= wait)


@wrong("groupby drops the rows with missing values, so searches are never retries", "Did the searches slip through?")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    gap = log.groupby(keys)["at"].diff()
    return gap <= wait


@wrong("forgets the action", "Did you leave out the action?")
def retries(log, wait):
    keys = ["user_id", "track_id", "seconds_played"]
    gap = log.groupby(keys, dropna=False)["at"].diff()
    return gap <= wait


@wrong("forgets how long it was played", "Did you leave out the seconds?")
def retries(log, wait):
    gap = log.groupby(["user_id", "track_id", "action"], dropna=False)["at"].diff()
    return gap <= wait


@wrong("does not look at the clock", "Did `wait` play no part?")
def retries(log, wait):
    return log.duplicated(["user_id", "track_id", "action", "seconds_played"])


@wrong("marks the first of a pair as well", "Did you mark the first one too?")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    groups = log.groupby(keys, dropna=False)["at"]
    return (groups.diff() <= wait) | (-groups.diff(-1) <= wait)


# ---- plays_per_hour


@right("plain Python with statistics.median")
def plays_per_hour(times):
    from statistics import median

    gaps = [b - a for a, b in zip(times, times[1:]) if b - a <= 1800]
    if not gaps:
        return 0
    return 3600 / median(gaps)


@wrong("the mean gap instead of the median", "Did you take the mean?")
def plays_per_hour(times):
    gaps = np.diff(times)
    gaps = gaps[gaps <= 1800]
    if len(gaps) == 0:
        return 0
    return 3600 / gaps.mean()


@wrong("leaves out gaps of just 1800 seconds too", "Did a gap of just 1800 seconds go as well?")
def plays_per_hour(times):
    gaps = [b - a for a, b in zip(times, times[1:]) if b - a < 1800]
    return 3600 / np.median(gaps) if gaps else 0


@wrong("gives the median gap, in seconds", "Is that the gap itself?")
def plays_per_hour(times):
    gaps = np.diff(times)
    gaps = gaps[gaps <= 1800]
    return float(np.median(gaps)) if len(gaps) else 0


@wrong("plays a minute instead of an hour", "Are these plays a minute?")
def plays_per_hour(times):
    gaps = np.diff(times)
    gaps = gaps[gaps <= 1800]
    return 60 / np.median(gaps) if len(gaps) else 0


# ---- session_numbers


@right("a running end and a counter")
def session_numbers(starts, minutes, gap):
    session = 0
    sessions = []
    end = None
    for i in range(len(starts)):
        if end is not None and starts[i] - end > gap:
            session += 1
        sessions.append(session)
        stop = starts[i] + minutes[i]
        if end is None or stop > end:
            end = stop
    return sessions


@right("pandas: cummax, shift, cumsum")
def session_numbers(starts, minutes, gap):
    s = pd.Series(starts, dtype=float)
    end = (s + pd.Series(minutes, dtype=float)).cummax()
    return (s - end.shift() > gap).cumsum()


@wrong("silence from the end of the event just before", "Did you use the end of the row before only?")
def session_numbers(starts, minutes, gap):
    out = []
    session = 0
    for i in range(len(starts)):
        if i > 0 and starts[i] - (starts[i - 1] + minutes[i - 1]) > gap:
            session += 1
        out.append(session)
    return out


@wrong("silence from start to start", "Did silence count from the start of the event before?")
def session_numbers(starts, minutes, gap):
    s = pd.Series(starts, dtype=float)
    return (s.diff() > gap).cumsum()


@wrong("the first session has number 1", "Some number sessions from 1")
def session_numbers(starts, minutes, gap):
    session, out, end = 1, [], None
    for s, m in zip(starts, minutes):
        if end is not None and s - end > gap:
            session += 1
        out.append(session)
        end = s + m if end is None else max(end, s + m)
    return out


@wrong("gives True where a session begins", "Did you mark where sessions begin?")
def session_numbers(starts, minutes, gap):
    out, end = [], None
    for s, m in zip(starts, minutes):
        out.append(end is None or s - end > gap)
        end = s + m if end is None else max(end, s + m)
    return out


# ---- rank_agreement


@right("scipy's rankdata, and the correlation by hand")
def rank_agreement(strength, truth):
    from scipy.stats import rankdata

    a, b = rankdata(strength), rankdata(truth)
    if a.std() == 0 or b.std() == 0:
        return 0
    return ((a - a.mean()) * (b - b.mean())).mean() / (a.std() * b.std())


@right("pandas' own")
def rank_agreement(strength, truth):
    r = pd.Series(strength).rank().corr(pd.Series(truth).rank())
    return 0 if np.isnan(r) else r


@wrong("Pearson's correlation of the values", "Did you correlate the values?")
def rank_agreement(strength, truth):
    if len(set(strength)) == 1 or len(set(truth)) == 1:
        return 0
    return np.corrcoef(strength, truth)[0, 1]


@wrong("ranks of equal values are the lowest of theirs", "Do equal values share the lowest of their ranks?")
def rank_agreement(strength, truth):
    a = pd.Series(strength).rank(method="min")
    b = pd.Series(truth).rank(method="min")
    if a.nunique() == 1 or b.nunique() == 1:
        return 0
    return a.corr(b)


@wrong("the short formula, which holds only without ties", "Is that the short formula with squared differences?")
def rank_agreement(strength, truth):
    a, b = pd.Series(strength).rank(), pd.Series(truth).rank()
    n = len(a)
    if a.nunique() == 1 or b.nunique() == 1:
        return 0
    return 1 - 6 * ((a - b) ** 2).sum() / (n * (n * n - 1))


@wrong("Kendall's tau", "Is that Kendall's tau?")
def rank_agreement(strength, truth):
    a, b = pd.Series(strength), pd.Series(truth)
    if a.nunique() == 1 or b.nunique() == 1:
        return 0
    return a.corr(b, method="kendall")


# ---- density


@right("a set filled in a loop")
def density(rows, n_users, n_tracks):
    cells = set()
    for user, track in rows:
        cells.add((user, track))
    return len(cells) / n_users / n_tracks


@wrong("plays counted, not cells", "Did each play count?")
def density(rows, n_users, n_tracks):
    return len(rows) / (n_users * n_tracks)


@wrong("the share of empty cells", "Is that the share of empty cells?")
def density(rows, n_users, n_tracks):
    return 1 - len(set(rows)) / (n_users * n_tracks)


@wrong("filled cells a listener", "Is that filled cells a listener")
def density(rows, n_users, n_tracks):
    return len(set(rows)) / n_users


# ---- gini


@right("all pairs in two loops")
def gini(counts):
    n = len(counts)
    if sum(counts) == 0:
        return 0
    total = 0
    for a in counts:
        for b in counts:
            total += abs(a - b)
    return total / n**2 / (2 * sum(counts) / n)


@right("the area under the Lorenz curve by NumPy")
def gini(counts):
    x = np.sort(np.array(counts, dtype=float))
    if x.sum() == 0:
        return 0.0
    curve = np.concatenate([[0], np.cumsum(x) / x.sum()])
    area = ((curve[:-1] + curve[1:]) / 2 / len(x)).sum()
    return 1 - 2 * area


@wrong("sorted downwards", "Did you sort downwards?")
def gini(counts):
    x = np.sort(np.array(counts, dtype=float))[::-1]
    if x.sum() == 0:
        return 0.0
    curve = np.concatenate([[0], np.cumsum(x) / x.sum()])
    area = ((curve[:-1] + curve[1:]) / 2 / len(x)).sum()
    return 1 - 2 * area


@wrong("over the mean, not over twice the mean", "Is a factor 2 missing?")
def gini(counts):
    x = np.array(counts, dtype=float)
    if x.sum() == 0:
        return 0.0
    return np.abs(x[:, None] - x[None, :]).mean() / x.mean()


@wrong("each pair once, without a track and itself", "Some multiply by n / (n - 1)")
def gini(counts):
    from itertools import combinations

    if sum(counts) == 0:
        return 0
    pairs = [abs(a - b) for a, b in combinations(counts, 2)]
    return np.mean(pairs) / (2 * np.mean(counts))


@wrong("the area between curve and diagonal is not doubled", "Is that the area alone?")
def gini(counts):
    x = np.sort(np.array(counts, dtype=float))
    if x.sum() == 0:
        return 0.0
    curve = np.concatenate([[0], np.cumsum(x) / x.sum()])
    area = ((curve[:-1] + curve[1:]) / 2 / len(x)).sum()
    return 0.5 - area


# ---- suspects


@right("a list by a loop with all()")
def suspects(histories, known):
    names = []
    for name in histories:
        if all(track in histories[name] for track in known):
            names.append(name)
    return names


@right("issuperset and filter")
def suspects(histories, known):
    return filter(lambda name: histories[name].issuperset(known), histories)


@wrong("any track in common will do", "Is one track in common enough?")
def suspects(histories, known):
    return [name for name, tracks in histories.items() if any(t in tracks for t in known)]


@wrong("the history must be just what is known", "Did you ask for the same history?")
def suspects(histories, known):
    return {name for name in histories if histories[name] == known}


@wrong("gives the histories, not the names", "Are the histories still with them?")
def suspects(histories, known):
    return {name: tracks for name, tracks in histories.items() if known <= tracks}


@wrong("gives the first that fits", "Did you stop at the first who fits?")
def suspects(histories, known):
    for name, tracks in histories.items():
        if known <= tracks:
            return [name]
    return []
