"""Answers to lesson 01. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import hashlib
import math

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


@wrong(
    "divides by the number of ids in the list, repeats and all", "Did an id that was found twice count twice?"
)
def grade_rule(found, true):
    hits = len(set(found) & set(true))
    recall = hits / len(true) if true else 0
    precision = hits / len(found) if found else 0
    return recall, precision


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


@wrong(
    "groupby drops the rows with missing values, so searches are never retries",
    "Did the searches slip through?",
)
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


# ---- error_of_share


@right("math.sqrt in one line")
def error_of_share(hits, n):
    return math.sqrt(hits / n * (1 - hits / n) / n)


@right("the standard deviation of a list of 0 and 1")
def error_of_share(hits, n):
    rows = np.repeat([1.0, 0.0], [hits, n - hits])
    return rows.std() / np.sqrt(n)


@right("misses counted too")
def error_of_share(hits, n):
    misses = n - hits
    return np.sqrt(hits * misses / n**3)


@right("pandas' spread with ddof 0, as a Series' sem would be")
def error_of_share(hits, n):
    return pd.Series([True] * hits + [False] * (n - hits)).astype(int).sem(ddof=0)


@right("step by step, with a power")
def error_of_share(hits, n):
    p = hits / n
    variance = p - p * p
    variance_of_the_mean = variance / n
    return variance_of_the_mean**0.5


@wrong("no root", "Is the root missing?")
def error_of_share(hits, n):
    p = hits / n
    return p * (1 - p) / n


@wrong("not divided by n", "Did you forget to divide by n?")
def error_of_share(hits, n):
    p = hits / n
    return math.sqrt(p * (1 - p))


@wrong("n outside of the root", "Did n stay outside of the root?")
def error_of_share(hits, n):
    p = hits / n
    return math.sqrt(p * (1 - p)) / n


@wrong("1 - p forgotten", "Is 1 - p missing?")
def error_of_share(hits, n):
    return math.sqrt(hits / n / n)


@wrong("half of the 95% interval", "Is that half of the 95% interval?")
def error_of_share(hits, n):
    p = hits / n
    return 1.96 * math.sqrt(p * (1 - p) / n)


@wrong("two standard errors", "Is that half of the 95% interval?")
def error_of_share(hits, n):
    p = hits / n
    return 2 * math.sqrt(p * (1 - p) / n)


@wrong("the widest case for every p", "Did you take 0.5 for p?")
def error_of_share(hits, n):
    return 1 / (2 * math.sqrt(n))


@wrong("of the count, not of the share", "Is that the error of the number of hits?")
def error_of_share(hits, n):
    p = hits / n
    return math.sqrt(n * p * (1 - p))


@wrong("divides by n - 1", "Some divide by n - 1")
def error_of_share(hits, n):
    return pd.Series([1] * hits + [0] * (n - hits)).sem()


@wrong("the share itself", "Is that the share itself?")
def error_of_share(hits, n):
    return hits / n


@wrong("the width of the whole interval")
def error_of_share(hits, n):
    p = hits / n
    return 2 * 1.96 * math.sqrt(p * (1 - p) / n)


# ---- decayed_count


@right("a loop")
def decayed_count(ages, half_life):
    total = 0.0
    for age in ages:
        total += 0.5 ** (age / half_life)
    return total


@right("NumPy powers of two")
def decayed_count(ages, half_life):
    return np.exp2(-np.array(ages, dtype=float) / half_life).sum()


@right("e and the logarithm of 2")
def decayed_count(ages, half_life):
    rate = math.log(2) / half_life
    return sum(math.exp(-rate * age) for age in ages)


@right("a Series")
def decayed_count(ages, half_life):
    return (0.5 ** (pd.Series(ages, dtype=float) / half_life)).sum()


@right("one over powers of two, by map")
def decayed_count(ages, half_life):
    return sum(map(lambda age: 1 / 2 ** (age / half_life), ages))


@wrong("e in place of 2", "Is that e in place of 2?")
def decayed_count(ages, half_life):
    return sum(math.exp(-age / half_life) for age in ages)


@wrong("no half-life", "Did the half-life play no part?")
def decayed_count(ages, half_life):
    return sum(0.5**age for age in ages)


@wrong("grows with age", "Do old plays count more?")
def decayed_count(ages, half_life):
    return sum(2 ** (age / half_life) for age in ages)


@wrong("a window", "Did you cut off at the half-life?")
def decayed_count(ages, half_life):
    return len([age for age in ages if age <= half_life])


@wrong("a window without its end", "Did you cut off at the half-life?")
def decayed_count(ages, half_life):
    return len([age for age in ages if age < half_life])


@wrong("a straight line to two half-lives", "Is that a straight line?")
def decayed_count(ages, half_life):
    return float(np.clip(1 - np.array(ages, dtype=float) / (2 * half_life), 0, 1).sum())


@wrong("the mean weight", "Did you take the mean?")
def decayed_count(ages, half_life):
    if len(ages) == 0:
        return 0
    return np.mean([0.5 ** (age / half_life) for age in ages])


@wrong("a hyperbola", "Is that 1 / (1 + age / half_life)?")
def decayed_count(ages, half_life):
    return sum(half_life / (half_life + age) for age in ages)


@wrong("the sum of the ages decays", "Did you add the ages up first?")
def decayed_count(ages, half_life):
    return 0.5 ** (sum(ages) / half_life) if len(ages) else 0


@wrong("half for each whole half-life, in steps")
def decayed_count(ages, half_life):
    return sum(0.5 ** (age // half_life) for age in ages)


@wrong("half of each play, however old")
def decayed_count(ages, half_life):
    return sum(0.5 * age / half_life for age in ages)


# ---- plays_per_look


@right("two sums in a loop")
def plays_per_look(shown, looked):
    plays = looks = 0
    for place, taken in shown:
        plays += taken
        looks += looked[place]
    return plays / looks


@right("a DataFrame and map")
def plays_per_look(shown, looked):
    table = pd.DataFrame(shown, columns=["place", "taken"])
    return table["taken"].sum() / table["place"].map(looked).sum()


@right("NumPy columns")
def plays_per_look(shown, looked):
    places, taken = zip(*shown)
    return np.sum(taken) / np.sum([looked[p] for p in places])


@right("how often each place was shown, times its chance")
def plays_per_look(shown, looked):
    looks = 0
    for place in looked:
        looks += looked[place] * sum(1 for p, _ in shown if p == place)
    return len([1 for _, t in shown if t == 1]) / looks


@right("per showing, over the mean chance")
def plays_per_look(shown, looked):
    per_showing = sum(t for _, t in shown) / len(shown)
    return per_showing / (sum(looked[p] for p, _ in shown) / len(shown))


@wrong("per showing", "Are these plays per showing?")
def plays_per_look(shown, looked):
    return np.mean([taken for _, taken in shown])


@wrong("looks of what was taken", "Did you count the looks of the showings alone that were taken?")
def plays_per_look(shown, looked):
    looks = sum(looked[place] for place, taken in shown if taken)
    return sum(taken for _, taken in shown) / looks if looks else 0


@wrong("each place once", "Did you count each place once?")
def plays_per_look(shown, looked):
    places = set(place for place, _ in shown)
    return sum(taken for _, taken in shown) / sum(looked[p] for p in places)


@wrong("all places, shown or not")
def plays_per_look(shown, looked):
    return sum(taken for _, taken in shown) / sum(looked.values())


@wrong("multiplies", "Did you multiply the plays by the chance?")
def plays_per_look(shown, looked):
    return np.mean([taken * looked[place] for place, taken in shown])


@wrong("upside down", "Is the fraction upside down?")
def plays_per_look(shown, looked):
    plays = sum(t for _, t in shown)
    return sum(looked[p] for p, _ in shown) / plays if plays else 0


@wrong("inverse propensity", "Some weigh each play by one over its chance")
def plays_per_look(shown, looked):
    return sum(t / looked[p] for p, t in shown) / len(shown)


@wrong("weighed plays, not divided", "Are these all plays, each over its chance?")
def plays_per_look(shown, looked):
    return sum(t / looked[p] for p, t in shown)


@wrong("the looks", "Are these the looks?")
def plays_per_look(shown, looked):
    total = 0
    for place, _ in shown:
        total += looked[place]
    return total


@wrong("divides by the looks twice")
def plays_per_look(shown, looked):
    looks = sum(looked[p] for p, _ in shown)
    return sum(t for _, t in shown) / looks / looks


@wrong("counts the showings as plays")
def plays_per_look(shown, looked):
    return len(shown) / sum(looked[p] for p, _ in shown)


# ---- unmask


@right("a dictionary filled in a loop")
def unmask(hashes, names):
    table = {}
    for name in names:
        table[hashlib.sha256(name.encode("utf-8")).hexdigest()] = name
    out = []
    for h in hashes:
        out.append(table[h] if h in table else "")
    return out


@right("next with a default")
def unmask(hashes, names):
    def hashed(name):
        return hashlib.sha256(name.encode()).hexdigest()

    return [next((name for name in names if hashed(name) == h), "") for h in hashes]


@right("hashlib.new and map")
def unmask(hashes, names):
    known = {hashlib.new("sha256", bytes(n, "utf-8")).hexdigest(): n for n in names}
    return list(map(lambda h: known.get(h, ""), hashes))


@right("a Series, as an array")
def unmask(hashes, names):
    known = pd.Series(list(names), index=[hashlib.sha256(n.encode()).hexdigest() for n in names], dtype=object)
    return known.reindex(list(hashes)).fillna("").to_numpy()


@right("two lists and index, as a tuple")
def unmask(hashes, names):
    made = [hashlib.sha256(n.encode()).hexdigest() for n in names]
    return tuple(names[made.index(h)] if h in made else "" for h in hashes)


@wrong("leaves out who is not found", "Did those whom nobody fits drop out?")
def unmask(hashes, names):
    known = {hashlib.sha256(n.encode()).hexdigest(): n for n in names}
    return [known[h] for h in hashes if h in known]


@wrong("whether found", "Is that whether a name was found?")
def unmask(hashes, names):
    known = {hashlib.sha256(n.encode()).hexdigest() for n in names}
    return [h in known for h in hashes]


@wrong("the place in the list", "Is that the place of the name in the list?")
def unmask(hashes, names):
    made = [hashlib.sha256(n.encode()).hexdigest() for n in names]
    return [made.index(h) if h in made else -1 for h in hashes]


@wrong("hashes of the names", "Is that a hash for each name?")
def unmask(hashes, names):
    return [hashlib.sha256(n.encode()).hexdigest() for n in names]


@wrong("in the order of the names", "Did you go through the names?")
def unmask(hashes, names):
    return [n for n in names if hashlib.sha256(n.encode()).hexdigest() in hashes]


@wrong("keeps the hash", "Did you keep the hash where no name fits?")
def unmask(hashes, names):
    known = {hashlib.sha256(n.encode()).hexdigest(): n for n in names}
    return [known.get(h, h) for h in hashes]


@wrong("how many", "Did you count them?")
def unmask(hashes, names):
    known = {hashlib.sha256(n.encode()).hexdigest() for n in names}
    return len([h for h in hashes if h in known])


@wrong("another hash function")
def unmask(hashes, names):
    known = {hashlib.md5(n.encode()).hexdigest(): n for n in names}
    return [known.get(h, "") for h in hashes]


@wrong("hashes the hashes")
def unmask(hashes, names):
    known = {hashlib.sha256(h.encode()).hexdigest(): h for h in hashes}
    return [known.get(n, "") for n in names]


@wrong("the shortened hash is compared")
def unmask(hashes, names):
    known = {hashlib.sha256(n.encode()).hexdigest()[:12]: n for n in names}
    return [known.get(h, "") for h in hashes]


@wrong("None where no name fits")
def unmask(hashes, names):
    known = {hashlib.sha256(n.encode()).hexdigest(): n for n in names}
    return [known.get(h) for h in hashes]


# ---- a second reader: grade_rule


@right("pandas, by counting what each side has")
def grade_rule(found, true):
    table = pd.concat(
        [pd.Series(1, index=pd.Index(sorted(set(found)), dtype=object), name="f", dtype=float),
         pd.Series(1, index=pd.Index(sorted(set(true)), dtype=object), name="t", dtype=float)], axis=1
    ).fillna(0)  # fmt: skip
    both = (table["f"] * table["t"]).sum()
    return both / max(table["t"].sum(), 1), both / max(table["f"].sum(), 1)


@right("what is missed and what is too much, taken off")
def grade_rule(found, true):
    found, true = frozenset(found), frozenset(true)
    missed, too_many = true - found, found - true
    recall = 0 if not true else 1 - len(missed) / len(true)
    precision = 0 if not found else 1 - len(too_many) / len(found)
    return recall, precision


@wrong("only the recall")
def grade_rule(found, true):
    found, true = set(found), set(true)
    return len(found & true) / len(true) if true else 0.0


@wrong("the hits in place of the shares")
def grade_rule(found, true):
    return len(set(found) & set(true)), len(set(found))


@wrong("what was missed, and what was too much")
def grade_rule(found, true):
    f, t = set(found), set(true)
    return (len(t - f) / len(t) if t else 0, len(f - t) / len(f) if f else 0)


@wrong("percent")
def grade_rule(found, true):
    f, t = set(found), set(true)
    hits = 100 * len(f & t)
    return (hits / len(t) if t else 0, hits / len(f) if f else 0)


@wrong("fails where nothing is found")
def grade_rule(found, true):
    f, t = set(found), set(true)
    return len(f & t) / len(t), len(f & t) / len(f)


@wrong("the Jaccard index for both", "Did you divide by all ids in either list?")
def grade_rule(found, true):
    f, t = set(found), set(true)
    jaccard = len(f & t) / max(len(f | t), 1)
    return jaccard, jaccard


@wrong("nothing found is pure", "Some call a rule that finds nothing pure")
def grade_rule(found, true):
    f, t = set(found), set(true)
    hits = len(f & t)
    return (hits / len(t) if t else 0.0), (hits / len(f) if len(f) > 0 else 1.0)


@wrong("nothing to find is all found")
def grade_rule(found, true):
    f, t = set(found), set(true)
    return (len(f & t) / len(t) if t else 1.0), (len(f & t) / len(f) if f else 0.0)


@wrong("an empty list makes both 0, and a repeat counts in the hits", "Did an id that was found twice count twice?")
def grade_rule(found, true):
    if not found or not true:
        return 0.0, 0.0
    hits = np.isin(found, true).sum()
    return hits / len(true), hits / len(found)


# ---- a second reader: retries


@right("sorted by what must agree, then compared with the row above")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    text = ["|".join(str(one) for one in row) for row in log[keys].itertuples(index=False)]
    order = log[["at"]].assign(key=text).sort_values(["key", "at"], kind="stable")
    again = (order["key"] == order["key"].shift()) & (order["at"] - order["at"].shift() <= wait)
    return again.reindex(log.index)


@right("each row against all rows before it")
def retries(log, wait):
    rows = log.fillna("nothing").to_dict("records")
    keys = ("user_id", "track_id", "action", "seconds_played")
    out = np.zeros(len(rows), dtype=bool)
    for j, row in enumerate(rows):
        for before in rows[:j]:
            if all(row[k] == before[k] for k in keys) and row["at"] - before["at"] <= wait:
                out[j] = True
    return out


@wrong("searches left out by comparing nan with nan", "Did the searches slip through?")
def retries(log, wait):
    out = []
    keys = ["user_id", "track_id", "action", "seconds_played"]
    for i in range(len(log)):
        row = log.iloc[i]
        hit = False
        for j in range(i):
            other = log.iloc[j]
            if all(row[k] == other[k] for k in keys) and row["at"] - other["at"] <= wait:
                hit = True
        out.append(hit)
    return out


@wrong("strictly under wait", "Does a copy after just `wait` seconds get away?")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    return log.groupby(keys, dropna=False)["at"].diff().lt(wait)


@wrong("forgets whose row it is", "Did you leave out the listener?")
def retries(log, wait):
    keys = ["track_id", "action", "seconds_played"]
    return log.groupby(keys, dropna=False)["at"].diff() <= wait


@wrong("forgets the track", "Did you leave out the track?")
def retries(log, wait):
    keys = ["user_id", "action", "seconds_played"]
    return log.groupby(keys, dropna=False)["at"].diff() <= wait


@wrong("since the first of its kind", "Did you count from the first of all?")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    since = log["at"] - log.groupby(keys, dropna=False)["at"].transform("first")
    return (since <= wait) & log.duplicated(keys)


@wrong("keeps the rows instead of a mask")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    return log[log.groupby(keys, dropna=False)["at"].diff() <= wait]


@wrong("the row that is repeated", "Did you mark the row that is repeated?")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    until_next = -log.groupby(keys, dropna=False)["at"].diff(-1)
    return until_next <= wait


@wrong("true for what is to be kept")
def retries(log, wait):
    keys = ["user_id", "track_id", "action", "seconds_played"]
    return ~(log.groupby(keys, dropna=False)["at"].diff() <= wait)


# ---- a second reader: session_numbers


@right("NumPy's running maximum")
def session_numbers(starts, minutes, gap):
    starts, minutes = np.asarray(starts, dtype=float), np.asarray(minutes, dtype=float)
    if starts.size == 0:
        return []
    ends = np.maximum.accumulate(starts + minutes)
    new = np.concatenate([[False], starts[1:] - ends[:-1] > gap])
    return new.cumsum()


@right("a list of lists, then flattened")
def session_numbers(starts, minutes, gap):
    groups = []
    for start, lasts in zip(starts, minutes):
        if groups and start - max(e for _, e in groups[-1]) <= gap:
            groups[-1].append((start, start + lasts))
        else:
            groups.append([(start, start + lasts)])
    return [n for n, group in enumerate(groups) for _ in group]


@right("itertools and a generator")
def session_numbers(starts, minutes, gap):
    def walk():
        n, end = 0, float("inf")
        for s, m in zip(starts, minutes):
            if s > end + gap:
                n += 1
                end = s
            end = s + m if end == float("inf") else max(end, s + m)
            yield n

    return list(walk())


@wrong("at least the gap", "Does a silence of just `gap` begin a new session?")
def session_numbers(starts, minutes, gap):
    out, n, end = [], 0, None
    for s, m in zip(starts, minutes):
        if end is not None and s - end >= gap:
            n += 1
        out.append(n)
        end = s + m if end is None else max(end, s + m)
    return out


@wrong("silence before the first event", "Is there silence before the first event?")
def session_numbers(starts, minutes, gap):
    out, n, end = [], 0, 0
    for s, m in zip(starts, minutes):
        if s - end > gap:
            n += 1
        out.append(n)
        end = max(end, s + m)
    return out


@wrong("how many sessions there are")
def session_numbers(starts, minutes, gap):
    n, end = 0, None
    for s, m in zip(starts, minutes):
        n += end is None or s - end > gap
        end = s + m if end is None else max(end, s + m)
    return n


@wrong("from the start of the session")
def session_numbers(starts, minutes, gap):
    out, n, first = [], 0, None
    for s in starts:
        if first is None or s - first > gap:
            n += first is not None
            first = s
        out.append(n)
    return out


@wrong("from end to end")
def session_numbers(starts, minutes, gap):
    ends = np.maximum.accumulate(np.array(starts, dtype=float) + np.array(minutes, dtype=float)) if len(starts) else []
    return np.cumsum(np.diff(ends, prepend=ends[:1]) > gap)


@wrong("the longest event, not the latest end")
def session_numbers(starts, minutes, gap):
    out, n = [], 0
    for i, s in enumerate(starts):
        if i and s - starts[i - 1] - max(minutes[:i]) > gap:
            n += 1
        out.append(n)
    return out


@wrong("silences of each event")
def session_numbers(starts, minutes, gap):
    out, end = [], None
    for s, m in zip(starts, minutes):
        out.append(0 if end is None else max(0, s - end))
        end = s + m if end is None else max(end, s + m)
    return out


# ---- a second reader: density


@right("a table of booleans by crosstab")
def density(rows, n_users, n_tracks):
    if not rows:
        return 0
    frame = pd.DataFrame(rows, columns=["user", "track"])
    return (pd.crosstab(frame["user"], frame["track"]) > 0).to_numpy().sum() / (n_users * n_tracks)


@right("a dictionary of sets")
def density(rows, n_users, n_tracks):
    heard = {}
    for user, track in rows:
        heard.setdefault(user, set()).add(track)
    return sum(len(tracks) for tracks in heard.values()) / n_users / n_tracks


@right("groupby size")
def density(rows, n_users, n_tracks):
    return len(pd.DataFrame(rows, columns=["u", "t"]).groupby(["u", "t"]).size()) / (n_tracks * n_users)


@wrong("filled cells a track", "Is that filled cells a listener")
def density(rows, n_users, n_tracks):
    return len(set(rows)) / n_tracks


@wrong("the bracket is missing", "Is a bracket missing?")
def density(rows, n_users, n_tracks):
    return len(set(rows)) / n_users * n_tracks


@wrong("only the listeners and tracks that are seen", "Did you leave out who and what never shows up?")
def density(rows, n_users, n_tracks):
    frame = pd.DataFrame(rows, columns=["u", "t"]).drop_duplicates()
    cells = frame["u"].nunique() * frame["t"].nunique()
    return len(frame) / cells if cells else 0.0


@wrong("percent", "Some give it in percent")
def density(rows, n_users, n_tracks):
    return len(set(rows)) / (n_users * n_tracks) * 100


@wrong("how many cells are filled")
def density(rows, n_users, n_tracks):
    return len(set(rows))


@wrong("listeners and tracks added")
def density(rows, n_users, n_tracks):
    return len(set(rows)) / (n_users + n_tracks)


@wrong("the listeners who played anything")
def density(rows, n_users, n_tracks):
    return len({user for user, _ in rows}) / n_users


@wrong("each track once, whoever played it")
def density(rows, n_users, n_tracks):
    return len({track for _, track in rows}) / (n_users * n_tracks)
