"""Answers to lesson 00. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- share_heard


@right("three cases")
def share_heard(seconds, duration):
    if seconds <= 0:
        return 0.0
    elif seconds >= duration:
        return 1.0
    else:
        return seconds / duration


@right("the middle of three sorted values")
def share_heard(seconds, duration):
    return sorted([0, seconds, duration])[1] / duration


@right("NumPy, as an array of no dimensions")
def share_heard(seconds, duration):
    heard = np.array(seconds / duration)
    heard[heard > 1] = 1
    heard[heard < 0] = 0
    return heard


@wrong("cuts above at 1, forgets what is below 0", "What becomes of seconds below 0?")
def share_heard(seconds, duration):
    share = seconds / duration
    if share > 1:
        share = 1
    return share


@wrong("cuts below at 0, forgets what is above 1", "What becomes of more seconds than the track has?")
def share_heard(seconds, duration):
    share = seconds / duration
    if share < 0:
        return 0
    return share


@wrong("divides whole numbers, which drops the fraction", "Are these only 0 and 1?")
def share_heard(seconds, duration):
    if seconds < 0:
        seconds = 0
    if seconds > duration:
        seconds = duration
    return seconds // duration


@wrong("takes a negative number for its size", "Did you drop the sign?")
def share_heard(seconds, duration):
    return min(abs(seconds / duration), 1)


@wrong("gives the share that was not heard", "Is that the share that was not heard?")
def share_heard(seconds, duration):
    share = max(0, min(1, seconds / duration))
    return 1 - share


@wrong("rounds to a whole number", "Did you round to a whole number?")
def share_heard(seconds, duration):
    return round(max(0, min(1, seconds / duration)))


# ---- centre


@right("subtracts a column of means made by hand")
def centre(minutes):
    means = np.mean(minutes, axis=1)
    return minutes - means[:, None]


@right("in pandas")
def centre(minutes):
    table = pd.DataFrame(minutes)
    return table.sub(table.mean(axis=1), axis=0)


@right("a loop over listeners that fills an empty table")
def centre(minutes):
    out = np.empty_like(minutes, dtype=float)
    for u in range(minutes.shape[0]):
        out[u] = minutes[u] - minutes[u].sum() / minutes.shape[1]
    return out


@wrong("takes off the mean of each track", "Did you take off each track's mean?")
def centre(minutes):
    return minutes - minutes.mean(axis=0, keepdims=True)


@wrong("divides by the mean", "Did you divide by the mean?")
def centre(minutes):
    return minutes / minutes.mean(axis=1, keepdims=True)


@wrong("gives the means themselves", "Are these the means themselves?")
def centre(minutes):
    return minutes.mean(axis=1, keepdims=True)


@wrong("takes off the median", "Is that the median?")
def centre(minutes):
    return minutes - np.median(minutes, axis=1, keepdims=True)


@wrong("the difference has the wrong sign", "Is the sign turned around?")
def centre(minutes):
    return minutes.mean(axis=1, keepdims=True) - minutes


# ---- heard_together


@right("two loops over the tracks")
def heard_together(minutes):
    n = minutes.shape[1]
    counts = np.zeros((n, n), dtype=int)
    for i in range(n):
        for j in range(n):
            counts[i, j] = np.sum((minutes[:, i] > 0) & (minutes[:, j] > 0))
    return counts


@right("einsum on floats")
def heard_together(minutes):
    b = np.where(minutes > 0, 1.0, 0.0)
    return np.einsum("ui,uj->ij", b, b)


@right("a DataFrame's dot")
def heard_together(minutes):
    b = pd.DataFrame(minutes).gt(0).astype("int64")
    return b.T.dot(b)


@wrong("transposes the wrong side", "Did you count the tracks that two listeners share?")
def heard_together(minutes):
    heard = (minutes > 0).astype(int)
    return heard @ heard.T


@wrong("adds up minutes instead of listeners", "Did you multiply the minutes?")
def heard_together(minutes):
    return np.dot(minutes.T, minutes)


@wrong("leaves the type at True and False", "Did you multiply True and False?")
def heard_together(minutes):
    heard = minutes > 0
    return heard.T @ heard


@wrong("counts who heard either", "Did you count who heard either of the two?")
def heard_together(minutes):
    n = minutes.shape[1]
    counts = np.zeros((n, n), dtype=int)
    for i in range(n):
        for j in range(n):
            counts[i, j] = ((minutes[:, i] > 0) | (minutes[:, j] > 0)).sum()
    return counts


@wrong("leaves the diagonal empty", "Did you leave out the pairs of a track with itself?")
def heard_together(minutes):
    n = minutes.shape[1]
    counts = np.zeros((n, n), dtype=int)
    for i in range(n):
        for j in range(n):
            if i != j:
                counts[i, j] = ((minutes[:, i] > 0) & (minutes[:, j] > 0)).sum()
    return counts


# ---- a second reader: share_heard


@right("cut the seconds first, with sorted")
def share_heard(seconds, duration):
    return sorted([0, seconds, duration])[1] / duration


@right("a conditional expression")
def share_heard(seconds, duration):
    return 0.0 if seconds <= 0 else (1.0 if seconds >= duration else seconds / duration)


@wrong("percent", "Some give a percentage,")
def share_heard(seconds, duration):
    return 100 * min(max(seconds / duration, 0), 1)


@wrong("upside down", "Is the fraction upside down?")
def share_heard(seconds, duration):
    return min(max(duration / seconds, 0), 1) if seconds else 0


@wrong("max and min change places", "Did max and min change places?")
def share_heard(seconds, duration):
    return max(min(seconds / duration, 0), 1)


@wrong("the seconds are cut, but not divided", "Is the division missing?")
def share_heard(seconds, duration):
    return min(max(seconds, 0), duration)


@wrong("what is out of range becomes None")
def share_heard(seconds, duration):
    share = seconds / duration
    if 0 <= share <= 1:
        return share
    return None


@wrong("only whether it was heard to the end", "Are these only 0 and 1?")
def share_heard(seconds, duration):
    return int(seconds >= duration)


# ---- a second reader: centre


@right("a column of means by None")
def centre(minutes):
    return minutes - minutes.mean(axis=1)[:, None]


@right("pandas, sub along the rows")
def centre(minutes):
    table = pd.DataFrame(minutes)
    return table.sub(table.mean(axis=1), axis=0).to_numpy()


@right("times a matrix that takes means off")
def centre(minutes):
    n = minutes.shape[1]
    return minutes @ (np.eye(n) - np.ones((n, n)) / n)


@wrong("one mean for the whole table", "Did you take off one mean for all?")
def centre(minutes):
    return minutes - minutes.mean()


@wrong("along the tracks, by luck in a square table", "Did the means line up with the tracks?")
def centre(minutes):
    return minutes - minutes.mean(axis=1)


@wrong("by listener and by track, both")
def centre(minutes):
    return minutes - minutes.mean(axis=1, keepdims=True) - minutes.mean(axis=0)


@wrong("the largest is taken off")
def centre(minutes):
    return minutes - minutes.max(axis=1, keepdims=True)


# ---- a second reader: heard_together


@right("einsum over listeners")
def heard_together(minutes):
    h = (np.asarray(minutes) > 0).astype(int)
    return np.einsum("ui,uj->ij", h, h)


@right("sets of listeners for each track")
def heard_together(minutes):
    who = [set(np.flatnonzero(column > 0)) for column in np.asarray(minutes).T]
    return [[len(a & b) for b in who] for a in who]


@right("np.sign, as a DataFrame")
def heard_together(minutes):
    heard = pd.DataFrame(np.sign(minutes))
    return (heard.T @ heard).to_numpy()


@wrong("a minute at least", "Does less than a minute not count?")
def heard_together(minutes):
    h = (minutes >= 1).astype(int)
    return h.T @ h


@wrong("the share of the listeners")
def heard_together(minutes):
    h = (minutes > 0).astype(int)
    return h.T @ h / len(minutes)


@wrong("the upper half alone")
def heard_together(minutes):
    h = (minutes > 0).astype(int)
    return np.triu(h.T @ h)


@wrong("the cosine")
def heard_together(minutes):
    h = (minutes > 0).astype(float)
    n = np.maximum(np.sqrt(h.sum(axis=0)), 1e-12)
    return h.T @ h / np.outer(n, n)


@wrong("the smaller of the two times, added up")
def heard_together(minutes):
    return np.array([[np.minimum(a, b).sum() for b in minutes.T] for a in minutes.T])


@wrong("listeners of each track alone")
def heard_together(minutes):
    return (minutes > 0).sum(axis=0)


@right("a row of means turned to a column")
def centre(minutes):
    return np.subtract(minutes, np.mean(minutes, axis=1).reshape(-1, 1))


@right("counts filled listener by listener")
def heard_together(minutes):
    counts = np.zeros((minutes.shape[1], minutes.shape[1]))
    for row in minutes:
        heard = np.flatnonzero(row)
        counts[np.ix_(heard, heard)] += 1
    return counts


@right("the seconds are cut first")
def share_heard(seconds, duration):
    return max(0, min(seconds, duration)) / duration


@wrong("what is too much starts again from 0")
def share_heard(seconds, duration):
    return (seconds / duration) % 1


@wrong("the sum of the listener is taken off")
def centre(minutes):
    return minutes - minutes.sum(axis=1, keepdims=True)


@wrong("who heard neither counts as alike")
def heard_together(minutes):
    h = (minutes > 0).astype(int)
    return h.T @ h + (1 - h).T @ (1 - h)


@wrong("cut above at the duration, negative seconds left as they are", "What becomes of seconds below 0?")
def share_heard(seconds, duration):
    return seconds / duration if seconds < duration else 1


@wrong("the mean of the whole column under each cell", "Did you take off each track's mean?")
def centre(minutes):
    return minutes - minutes.mean(axis=0, keepdims=True)


# ---- a third reader


@right("the seconds are limited by two ifs before they are divided")
def share_heard(seconds, duration):
    heard = seconds
    if heard < 0:
        heard = 0
    elif heard > duration:
        heard = duration
    return heard / duration


@right("scores above and below are cut by the median of three")
def share_heard(seconds, duration):
    return float(np.median([0.0, 1.0, seconds / duration]))


@right("apply, row by row")
def centre(minutes):
    return pd.DataFrame(minutes).apply(lambda row: row - row.mean(), axis=1)


@right("a loop over pairs that fills both halves")
def heard_together(minutes):
    heard = np.asarray(minutes) > 0
    n = heard.shape[1]
    counts = np.zeros((n, n), dtype=int)
    for i in range(n):
        for j in range(i, n):
            counts[i, j] = counts[j, i] = np.count_nonzero(heard[:, i] & heard[:, j])
    return counts


@wrong("divides by the larger of the two", "What becomes of seconds below 0?")
def share_heard(seconds, duration):
    return seconds / max(seconds, duration)


@wrong("the sign is dropped before the cut", "Did you drop the sign?")
def share_heard(seconds, duration):
    return min(1, abs(seconds / duration))


@wrong("one mean, from the sums of the listeners")
def centre(minutes):
    return minutes - minutes.sum(axis=1).mean()


@wrong("means along the tracks, with keepdims", "Did you take off each track's mean?")
def centre(minutes):
    return minutes - minutes.mean(axis=0, keepdims=True)


@wrong("whole minutes first, so that a part of one is lost", "Does less than a minute not count?")
def heard_together(minutes):
    heard = (np.asarray(minutes).astype(int) > 0).astype(int)
    return heard.T @ heard


@wrong("a product of minutes, cut to 0 and 1", "Did you multiply True and False?")
def heard_together(minutes):
    return (minutes.T @ minutes > 0).astype(int)
