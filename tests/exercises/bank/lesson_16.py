"""Answers to lesson 16. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from math import exp
from statistics import fmean

import numpy as np
import pandas as pd
from scipy.special import softmax

from tests.exercises.bank import right, wrong

# ---- income


@right("one loop over listeners")
def income(hours, pays, stays, per_hour, fee, royalty):
    money = 0
    for h, p, s in zip(hours, pays, stays):
        money += (fee if s else 0) if p else per_hour * h
        money -= royalty * h
    return money


@right("products of arrays")
def income(hours, pays, stays, per_hour, fee, royalty):
    h, p, s = np.array(hours), np.array(pays, dtype=float), np.array(stays, dtype=float)
    return np.sum(per_hour * h * (1 - p) + fee * p * s - royalty * h)


@right("a frame")
def income(hours, pays, stays, per_hour, fee, royalty):
    t = pd.DataFrame({"h": hours, "p": pays, "s": stays})
    return per_hour * t.loc[~t["p"], "h"].sum() + fee * (t["p"] & t["s"]).sum() - royalty * t["h"].sum()


@right("three generators")
def income(hours, pays, stays, per_hour, fee, royalty):
    ads = sum(h for h, p in zip(hours, pays) if not p) * per_hour
    fees = sum(1 for p, s in zip(pays, stays) if p and s) * fee
    return ads + fees - sum(hours) * royalty


@wrong("all subscribers pay", "Does who left still pay?")
def income(hours, pays, stays, per_hour, fee, royalty):
    ads = sum(h for h, p in zip(hours, pays) if not p) * per_hour
    return ads + fee * sum(pays) - royalty * sum(hours)


@wrong("advertisements for everybody", "Do subscribers hear advertisements too?")
def income(hours, pays, stays, per_hour, fee, royalty):
    fees = sum(p and s for p, s in zip(pays, stays)) * fee
    return per_hour * sum(hours) + fees - royalty * sum(hours)


@wrong("no royalties", "Are the royalties missing?")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum((fee if s else 0) if p else per_hour * h for h, p, s in zip(hours, pays, stays))


@wrong("royalties of subscribers", "Does only a subscriber's hour cost a royalty?")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum(
        (fee if s else 0) - royalty * h if p else per_hour * h for h, p, s in zip(hours, pays, stays)
    )


@wrong("fee by the hour", "Is the fee paid by the hour?")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum(
        h * ((fee if s else 0) if p else per_hour) - royalty * h for h, p, s in zip(hours, pays, stays)
    )


@wrong("everybody who stays pays", "Does everybody who stays pay the fee?")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum((0 if p else per_hour * h) + fee * s - royalty * h for h, p, s in zip(hours, pays, stays))


@wrong("royalties added")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum(
        ((fee if s else 0) if p else per_hour * h) + royalty * h for h, p, s in zip(hours, pays, stays)
    )


@wrong("who left counts with no hours")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum(((fee if p else per_hour * h) - royalty * h) for h, p, s in zip(hours, pays, stays) if s)


# ---- best_above_floor


@right("sorted, first above")
def best_above_floor(hours, satisfaction, floor):
    for i in sorted(range(len(hours)), key=lambda i: -hours[i]):
        if satisfaction[i] >= floor:
            return i


@right("a frame")
def best_above_floor(hours, satisfaction, floor):
    t = pd.DataFrame({"h": hours, "s": satisfaction})
    return t[t["s"] >= floor]["h"].idxmax()


@right("a loop with the best so far")
def best_above_floor(hours, satisfaction, floor):
    best = None
    for i in range(len(hours)):
        if satisfaction[i] >= floor and (best is None or hours[i] > hours[best]):
            best = i
    return best


@wrong("the floor ignored", "Is the floor missing?")
def best_above_floor(hours, satisfaction, floor):
    return hours.index(max(hours))


@wrong("most satisfied", "Did you take the most satisfied?")
def best_above_floor(hours, satisfaction, floor):
    return max(range(len(hours)), key=lambda i: satisfaction[i])


@wrong("strictly above", "Is who stands just at the floor left out?")
def best_above_floor(hours, satisfaction, floor):
    good = [i for i in range(len(hours)) if satisfaction[i] > floor]
    return max(good, key=lambda i: hours[i], default=None)


@wrong("a position among those kept", "Is that a position among those kept?")
def best_above_floor(hours, satisfaction, floor):
    good = [h for h, s in zip(hours, satisfaction) if s >= floor]
    return good.index(max(good))


@wrong("the first that is good enough", "Did you stop at the first above the floor?")
def best_above_floor(hours, satisfaction, floor):
    return [s >= floor for s in satisfaction].index(True)


@wrong("a product", "Did you multiply the two?")
def best_above_floor(hours, satisfaction, floor):
    return int(np.argmax(np.array(hours) * np.array(satisfaction)))


@wrong("below the floor", "Did you keep the settings below the floor?")
def best_above_floor(hours, satisfaction, floor):
    return int(np.where(np.asarray(satisfaction) <= floor, hours, -1).argmax())


@wrong("the hours themselves")
def best_above_floor(hours, satisfaction, floor):
    return max(h for h, s in zip(hours, satisfaction) if s >= floor)


# ---- choice_chances


@right("scipy's softmax")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(habit * np.array(late) + keen * np.array(satisfaction))


@right("plain Python")
def choice_chances(late, satisfaction, habit, keen):
    e = [exp(habit * l + keen * s) for l, s in zip(late, satisfaction)]
    return [one / sum(e) for one in e]


@right("a product of two powers, .56 taken off")
def choice_chances(late, satisfaction, habit, keen):
    e = np.exp(habit * np.asarray(late)) * np.exp(keen * (np.asarray(satisfaction) - 0.56))
    return tuple(e / e.sum())


@right("a Series")
def choice_chances(late, satisfaction, habit, keen):
    e = np.exp(pd.Series(late) * habit + pd.Series(satisfaction) * keen)
    return e / e.sum()


@wrong("pulls divided by their sum", "Did you divide the pulls by their sum?")
def choice_chances(late, satisfaction, habit, keen):
    p = [habit * l + keen * s for l, s in zip(late, satisfaction)]
    return [one / sum(p) for one in p]


@wrong("the larger takes all", "Does the larger pull always win?")
def choice_chances(late, satisfaction, habit, keen):
    p = habit * np.array(late) + keen * np.array(satisfaction)
    return (p == p.max()).astype(int)


@wrong("habit and keen exchanged", "Are habit and keen exchanged?")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(keen * np.array(late) + habit * np.array(satisfaction))


@wrong("habit alone", "Is satisfaction missing?")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(habit * np.array(late))


@wrong("satisfaction alone", "Is habit missing?")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(keen * np.array(satisfaction))


@wrong("no weights", "Are the weights missing?")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(np.add(late, satisfaction))


@wrong("powers not divided", "Do these sum to 1?")
def choice_chances(late, satisfaction, habit, keen):
    return [exp(habit * l + keen * s) for l, s in zip(late, satisfaction)]


@wrong("powers of 2", "Is that a power of 2?")
def choice_chances(late, satisfaction, habit, keen):
    p = 2 ** (habit * np.array(late) + keen * np.array(satisfaction))
    return p / p.sum()


@wrong("the sign of the pull")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(-(habit * np.array(late) + keen * np.array(satisfaction)))


@wrong("a product of late and satisfaction")
def choice_chances(late, satisfaction, habit, keen):
    return softmax(habit * keen * np.array(late) * np.array(satisfaction))


# ---- late_shares


@right("arrays")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened:
        late += rate * (np.eye(platforms)[at] - late)
    return late


@right("in place, by platform")
def late_shares(opened, platforms, rate):
    late = [0] * platforms
    for at in opened:
        for i in range(platforms):
            late[i] += rate * ((1 if i == at else 0) - late[i])
    return late


@right("weights of the past")
def late_shares(opened, platforms, rate):
    n = len(opened)
    return [
        sum(rate * (1 - rate) ** (n - 1 - t) for t, at in enumerate(opened) if at == p) for p in range(platforms)
    ]


@right("pandas' exponential weights")
def late_shares(opened, platforms, rate):
    if not opened:
        return [0.0] * platforms
    dummies = pd.DataFrame([[float(at == p) for p in range(platforms)] for at in [-1, *opened]])
    return dummies.ewm(alpha=rate, adjust=False).mean().iloc[-1].tolist()


@wrong("plain shares", "Is that a plain share of sessions?")
def late_shares(opened, platforms, rate):
    return [opened.count(p) / len(opened) if opened else 0 for p in range(platforms)]


@wrong("only the opened one moves", "Do the others stay where they were?")
def late_shares(opened, platforms, rate):
    late = [0] * platforms
    for at in opened:
        late[at] = late[at] + rate * (1 - late[at])
    return late


@wrong("steps of rate", "Did you add rate each time?")
def late_shares(opened, platforms, rate):
    return [rate * opened.count(p) for p in range(platforms)]


@wrong("the oldest counts most", "Does the first session count most?")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened[::-1]:
        late = (1 - rate) * late
        late[at] += rate
    return late


@wrong("the old keeps rate", "Did you keep rate of the old share?")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened:
        late = rate * late
        late[at] += 1 - rate
    return late


@wrong("equal at first", "Did you begin with equal shares?")
def late_shares(opened, platforms, rate):
    late = np.ones(platforms) / platforms
    for at in opened:
        late = (1 - rate) * late
        late[at] += rate
    return late


@wrong("normalised at the end")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened:
        late = (1 - rate) * late
        late[at] += rate
    return late / late.sum() if late.sum() else late


@wrong("the last session is left out")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened[:-1]:
        late = (1 - rate) * late
        late[at] += rate
    return late


# ---- lead_over_copy


@right("arrays")
def lead_over_copy(match, copy):
    def shares(t):
        t = np.array(t, dtype=float)
        total = t.sum(axis=1)
        out = np.full(len(t), 0.5)
        out[total > 0] = t[total > 0, 1] / total[total > 0]
        return out

    return np.mean(shares(match) - shares(copy))


@right("frames")
def lead_over_copy(match, copy):
    def shares(t):
        t = pd.DataFrame(t, columns=["rival", "own"])
        return (t["own"] / (t["rival"] + t["own"])).fillna(0.5)

    return shares(match).mean() - shares(copy).mean()


@right("a mean of differences")
def lead_over_copy(match, copy):
    gaps = []
    for (a, b), (c, d) in zip(match, copy):
        mine = b / (a + b) if a + b else 0.5
        theirs = d / (c + d) if c + d else 0.5
        gaps.append(mine - theirs)
    return fmean(gaps)


@wrong("pooled over listeners", "Did you add up the hours of all first?")
def lead_over_copy(match, copy):
    m, c = np.array(match), np.array(copy)
    return m[:, 1].sum() / m.sum() - c[:, 1].sum() / c.sum()


@wrong("silent listeners as 0", "Is who heard nothing counted as 0?")
def lead_over_copy(match, copy):
    share = lambda a, b: b / (a + b) if a + b else 0.0
    return fmean(share(*m) - share(*c) for m, c in zip(match, copy))


@wrong("silent listeners left out", "Did you leave out who heard nothing?")
def lead_over_copy(match, copy):
    gaps = [m[1] / sum(m) - c[1] / sum(c) for m, c in zip(match, copy) if sum(m) and sum(c)]
    return fmean(gaps)


@wrong("less one half", "Did you subtract one half?")
def lead_over_copy(match, copy):
    return fmean((m[1] / sum(m) if sum(m) else 0.5) for m in match) - 0.5


@wrong("less the rival's share", "Did you subtract the rival's share?")
def lead_over_copy(match, copy):
    share = lambda a, b: b / (a + b) if a + b else 0.5
    return fmean(share(a, b) - share(b, a) for a, b in match)


@wrong("turned around", "Is that turned around?")
def lead_over_copy(match, copy):
    share = lambda a, b: b / (a + b) if a + b else 0.5
    return fmean(share(*c) - share(*m) for m, c in zip(match, copy))


@wrong("the share alone", "Is that your share alone?")
def lead_over_copy(match, copy):
    return fmean((m[1] / sum(m) if sum(m) else 0.5) for m in match)


@wrong("hours", "Is that a difference of hours?")
def lead_over_copy(match, copy):
    return fmean(m[1] - c[1] for m, c in zip(match, copy))


@wrong("the sum, not the mean")
def lead_over_copy(match, copy):
    share = lambda a, b: b / (a + b) if a + b else 0.5
    return sum(share(*m) - share(*c) for m, c in zip(match, copy))


@wrong("the wrong column")
def lead_over_copy(match, copy):
    share = lambda a, b: a / (a + b) if a + b else 0.5
    return np.median([share(*m) - share(*c) for m, c in zip(match, copy)])


# ---- within_limit


@right("a generator with a counter")
def within_limit(order, heard, most, k):
    taken, old = [], 0
    for t in order:
        if len(taken) == k:
            break
        if t in heard:
            if old >= most:
                continue
            old = old + 1
        taken.append(t)
    return taken


@right("a running sum of pandas")
def within_limit(order, heard, most, k):
    s = pd.Series(order)
    old = s.isin(heard)
    return s[~(old & (old.cumsum() > most))].head(k)


@right("which heard ones may stay")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in set(heard)][:most]
    return [t for t in order if t not in heard or t in may][:k]


@wrong("stops", "Did you stop at the first track too many?")
def within_limit(order, heard, most, k):
    out, old = [], 0
    for t in order[:]:
        if t in heard:
            old += 1
            if old > most:
                return out
        out.append(t)
        if len(out) == k:
            return out
    return out


@wrong("none heard at all", "Did you leave out all that was heard?")
def within_limit(order, heard, most, k):
    return [t for t in order if t not in heard][:k]


@wrong("cut first", "Did you cut to k before the rule?")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][:most]
    return [t for t in order[:k] if t not in heard or t in may]


@wrong("one too many", "Is that one too many?")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][: most + 1]
    return [t for t in order if t not in heard or t in may][:k]


@wrong("heard ones in front", "Did you put the heard ones in front?")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][:most]
    return (may + [t for t in order if t not in heard])[:k]


@wrong("no limit", "Is the limit missing?")
def within_limit(order, heard, most, k):
    return list(order)[:k]


@wrong("not cut", "Is the list longer than k?")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][:most]
    return [t for t in order if t not in heard or t in may]


@wrong("limits the unheard", "Did you limit the unheard ones?")
def within_limit(order, heard, most, k):
    out, new = [], 0
    for t in order:
        if t not in heard:
            if new == most:
                continue
            new += 1
        out.append(t)
    return out[:k]


@wrong("the last heard ones stay")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][-most:] if most else []
    return [t for t in order if t not in heard or t in may][:k]


@wrong("heard ones at the end")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][:most]
    return ([t for t in order if t not in heard] + may)[:k]


# ---- answers of a second reader, who knew the tasks alone

# ---- income


@right("a balance for each listener")
def income(hours, pays, stays, per_hour, fee, royalty):
    balance = np.where(pays, np.where(stays, fee, 0.0), per_hour * np.array(hours))
    return (balance - royalty * np.array(hours)).sum()


@right("subscribers and the others apart")
def income(hours, pays, stays, per_hour, fee, royalty):
    free = [h for h, p in zip(hours, pays) if not p]
    paying = [(h, s) for h, p, s in zip(hours, pays, stays) if p]
    return sum(free) * (per_hour - royalty) + sum(fee * s - royalty * h for h, s in paying)


@wrong("advertisements for those who pay, and fees of the others")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum((per_hour * h if p else fee * s) - royalty * h for h, p, s in zip(hours, pays, stays))


@wrong("a royalty for each listener instead of each hour")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum(((fee if s else 0) if p else per_hour * h) - royalty for h, p, s in zip(hours, pays, stays))


@wrong("no royalty for the hours of who left")
def income(hours, pays, stays, per_hour, fee, royalty):
    return sum(
        ((fee if s else 0) if p else per_hour * h) - (royalty * h if s else 0)
        for h, p, s in zip(hours, pays, stays)
    )


@wrong("the mean of a listener")
def income(hours, pays, stays, per_hour, fee, royalty):
    total = sum(((fee if s else 0) if p else per_hour * h) - royalty * h for h, p, s in zip(hours, pays, stays))
    return total / len(hours)


# ---- best_above_floor


@right("hours of what may not be shipped are nothing")
def best_above_floor(hours, satisfaction, floor):
    allowed = [h if s >= floor else float("-inf") for h, s in zip(hours, satisfaction)]
    return allowed.index(max(allowed))


@right("triples in order")
def best_above_floor(hours, satisfaction, floor):
    return max((s >= floor, h, i) for i, (h, s) in enumerate(zip(hours, satisfaction)))[2]


@right("masked arrays")
def best_above_floor(hours, satisfaction, floor):
    return np.ma.masked_where(np.array(satisfaction) < floor, hours).argmax()


@wrong("the fewest hours above the floor", "Is that the one with the fewest hours?")
def best_above_floor(hours, satisfaction, floor):
    return min((i for i, s in enumerate(satisfaction) if s >= floor), key=lambda i: hours[i])


@wrong("the one nearest to the floor")
def best_above_floor(hours, satisfaction, floor):
    return min((i for i, s in enumerate(satisfaction) if s >= floor), key=lambda i: satisfaction[i])


@wrong("counted from 1")
def best_above_floor(hours, satisfaction, floor):
    good = [i for i, s in enumerate(satisfaction) if s >= floor]
    return 1 + max(good, key=lambda i: hours[i])


# ---- choice_chances


@right("logs, by logaddexp")
def choice_chances(late, satisfaction, habit, keen):
    pull = np.array(late) * habit + np.array(satisfaction) * keen
    return np.exp(pull - np.logaddexp.reduce(pull))


@right("a table of two columns and a vector of weights")
def choice_chances(late, satisfaction, habit, keen):
    pull = np.column_stack([late, satisfaction]) @ [habit, keen]
    power = np.exp(pull - pull.mean())
    return list(power / sum(power))


@wrong("each on its own, as if the others were not there")
def choice_chances(late, satisfaction, habit, keen):
    pull = habit * np.array(late) + keen * np.array(satisfaction)
    return 1 / (1 + np.exp(-pull))


@wrong("the mean of two softmaxes")
def choice_chances(late, satisfaction, habit, keen):
    return (softmax(habit * np.array(late)) + softmax(keen * np.array(satisfaction))) / 2


@wrong("the log of the chances")
def choice_chances(late, satisfaction, habit, keen):
    pull = habit * np.array(late) + keen * np.array(satisfaction)
    return pull - np.log(np.exp(pull).sum())


# ---- late_shares


@right("a matrix for each session")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for at in opened:
        to = np.arange(platforms) == at
        late = np.average([late, to], axis=0, weights=[1 - rate, rate])
    return late


@right("a recursion from the newest")
def late_shares(opened, platforms, rate):
    if not len(opened):
        return [0.0] * platforms
    before = late_shares_before(opened[:-1], platforms, rate)
    return [(1 - rate) * one + rate * (i == opened[-1]) for i, one in enumerate(before)]


def late_shares_before(opened, platforms, rate):
    late = [0.0] * platforms
    for at in opened:
        late = [(1 - rate) * one + rate * (i == at) for i, one in enumerate(late)]
    return late


@wrong("the first session counts whole")
def late_shares(opened, platforms, rate):
    late = np.zeros(platforms)
    for n, at in enumerate(opened):
        step = rate if n else 1.0
        late = (1 - step) * late
        late[at] += step
    return late


@wrong("those not opened fall by rate, down to 0")
def late_shares(opened, platforms, rate):
    late = [0.0] * platforms
    for at in opened:
        late = [one + rate * (1 - one) if i == at else max(one - rate, 0) for i, one in enumerate(late)]
    return late


@wrong("the opened one takes from the others what it gains")
def late_shares(opened, platforms, rate):
    late = [0.0] * platforms
    for at in opened:
        gain = rate * (1 - late[at])
        late = [one + gain if i == at else one - gain / (platforms - 1) for i, one in enumerate(late)]
    return late


# ---- lead_over_copy


@right("one table of four columns")
def lead_over_copy(match, copy):
    t = pd.DataFrame(np.hstack([match, copy]), columns=["a", "b", "c", "d"], dtype=float)
    return ((t["b"] / (t["a"] + t["b"])).fillna(0.5) - (t["d"] / (t["c"] + t["d"])).fillna(0.5)).mean()


@right("errors passed over")
def lead_over_copy(match, copy):
    total = 0.0
    for sign, hours in ((1, match), (-1, copy)):
        for rival, own in hours:
            try:
                total += sign * own / (rival + own)
            except ZeroDivisionError:
                total += sign * 0.5
    return total / len(match)


@wrong("the median listener")
def lead_over_copy(match, copy):
    share = lambda a, b: b / (a + b) if a + b else 0.5
    return float(np.median([share(*m) - share(*c) for m, c in zip(match, copy)]))


@wrong("your hours over the rival's")
def lead_over_copy(match, copy):
    ratio = lambda a, b: b / a if a else 0.5
    return fmean(ratio(*m) - ratio(*c) for m, c in zip(match, copy))


@wrong("in percent")
def lead_over_copy(match, copy):
    share = lambda a, b: b / (a + b) if a + b else 0.5
    return 100 * fmean(share(*m) - share(*c) for m, c in zip(match, copy))


# ---- within_limit


@right("a queue")
def within_limit(order, heard, most, k):
    from collections import deque

    queue, out, left = deque(order), [], most
    while queue and len(out) < k:
        track = queue.popleft()
        if track in heard and not left:
            continue
        left -= track in heard
        out.append(track)
    return out


@right("places by sorting")
def within_limit(order, heard, most, k):
    old = [i for i, t in enumerate(order) if t in heard][:most]
    new = [i for i, t in enumerate(order) if t not in heard]
    return tuple(order[i] for i in sorted(old + new)[:k])


@wrong("filled up with heard ones where too few are left")
def within_limit(order, heard, most, k):
    may = [t for t in order if t in heard][:most]
    out = [t for t in order if t not in heard or t in may]
    return (out + [t for t in order if t not in out])[:k]


@wrong("no heard ones at all where the first k places hold too many", "Did you leave out all that was heard?")
def within_limit(order, heard, most, k):
    if sum(t in heard for t in order[:k]) <= most:
        return order[:k]
    return [t for t in order if t not in heard][:k]


@wrong("passes over the first heard ones and keeps the others")
def within_limit(order, heard, most, k):
    gone = [t for t in order if t in heard][:most]
    return [t for t in order if t not in gone][:k]
