"""Answers to lesson 15. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

from statistics import fmean, pstdev, stdev

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- caused_by_showing


@right("two comprehensions")
def caused_by_showing(plays, shown):
    yes = [p for p, s in zip(plays, shown) if s]
    no = [p for p, s in zip(plays, shown) if not s]
    return fmean(yes) - fmean(no)


@right("group by of pandas")
def caused_by_showing(plays, shown):
    means = pd.Series(plays, dtype=float).groupby(list(shown)).mean()
    return means[True] - means[False]


@right("weights")
def caused_by_showing(plays, shown):
    w = np.asarray(shown, dtype=float)
    y = np.asarray(plays, dtype=float)
    return (w * y).sum() / w.sum() - ((1 - w) * y).sum() / (1 - w).sum()


@right("running sums")
def caused_by_showing(plays, shown):
    total, count = {True: 0.0, False: 0.0}, {True: 0, False: 0}
    for p, s in zip(plays, shown):
        total[bool(s)] += p
        count[bool(s)] += 1
    return total[True] / count[True] - total[False] / count[False]


@right("the slope of a least-squares line")
def caused_by_showing(plays, shown):
    return np.polyfit(np.asarray(shown, dtype=float), np.asarray(plays, dtype=float), 1)[0]


@wrong("sums", "Did you subtract sums?")
def caused_by_showing(plays, shown):
    return sum(p if s else -p for p, s in zip(plays, shown))


@wrong("mean of signed plays", "Did you divide both sums by the number of all places?")
def caused_by_showing(plays, shown):
    return np.mean([p if s else -p for p, s in zip(plays, shown)])


@wrong("against everybody", "Did you compare with the mean of all?")
def caused_by_showing(plays, shown):
    plays = np.asarray(plays, dtype=float)
    return plays[np.asarray(shown)].mean() - plays.mean()


@wrong("the wrong way round", "Is that withheld minus shown?")
def caused_by_showing(plays, shown):
    plays, shown = np.asarray(plays, dtype=float), np.asarray(shown)
    return plays[~shown].mean() - plays[shown].mean()


@wrong("only shown", "Is that only what the shown ones got?")
def caused_by_showing(plays, shown):
    return fmean(p for p, s in zip(plays, shown) if s)


@wrong("how many times as much", "That is a ratio")
def caused_by_showing(plays, shown):
    plays, shown = np.asarray(plays, dtype=float), np.asarray(shown)
    return plays[shown].mean() / plays[~shown].mean()


@wrong("medians")
def caused_by_showing(plays, shown):
    plays, shown = np.asarray(plays, dtype=float), np.asarray(shown)
    return np.median(plays[shown]) - np.median(plays[~shown])


@wrong("only the withheld")
def caused_by_showing(plays, shown):
    return fmean(p for p, s in zip(plays, shown) if not s)


@wrong("the absolute difference")
def caused_by_showing(plays, shown):
    plays, shown = np.asarray(plays, dtype=float), np.asarray(shown)
    return abs(plays[shown].mean() - plays[~shown].mean())


@wrong("relative to the withheld")
def caused_by_showing(plays, shown):
    plays, shown = np.asarray(plays, dtype=float), np.asarray(shown)
    return plays[shown].mean() / plays[~shown].mean() - 1


# ---- credit_over_cause


@right("sums")
def credit_over_cause(credit, shown, without):
    caused = sum(s - w for s, w in zip(shown, without))
    return sum(credit) / caused


@right("arrays")
def credit_over_cause(credit, shown, without):
    return np.array(credit).sum() / (np.array(shown) - np.array(without)).sum()


@right("means instead of sums")
def credit_over_cause(credit, shown, without):
    return fmean(credit) / (fmean(shown) - fmean(without))


@right("a table")
def credit_over_cause(credit, shown, without):
    t = pd.DataFrame({"c": credit, "s": shown, "w": without}).sum()
    return t["c"] / (t["s"] - t["w"])


@right("a loop")
def credit_over_cause(credit, shown, without):
    top = bottom = 0
    for c, s, w in zip(credit, shown, without):
        top += c
        bottom += s
        bottom -= w
    return top / bottom


@wrong("ratios first", "Is that a mean of ratios?")
def credit_over_cause(credit, shown, without):
    return fmean(c / (s - w) for c, s, w in zip(credit, shown, without))


@wrong("negatives cut off", "Did you leave out tracks that were played more without?")
def credit_over_cause(credit, shown, without):
    return sum(credit) / np.clip(np.subtract(shown, without), 0, None).sum()


@wrong("negatives left out, credit too")
def credit_over_cause(credit, shown, without):
    good = [(c, s - w) for c, s, w in zip(credit, shown, without) if s > w]
    return sum(c for c, _ in good) / sum(d for _, d in good)


@wrong("share of all plays", "Did you divide by all plays?")
def credit_over_cause(credit, shown, without):
    return np.sum(credit) / np.sum(shown)


@wrong("upside down", "Is the ratio turned around?")
def credit_over_cause(credit, shown, without):
    return (np.sum(shown) - np.sum(without)) / np.sum(credit)


@wrong("the difference instead of the ratio")
def credit_over_cause(credit, shown, without):
    return sum(credit) - (sum(shown) - sum(without))


@wrong("by what came without")
def credit_over_cause(credit, shown, without):
    return sum(credit) / sum(without)


@wrong("absolute differences")
def credit_over_cause(credit, shown, without):
    return sum(credit) / sum(abs(s - w) for s, w in zip(shown, without))


@wrong("how much too much, as a share")
def credit_over_cause(credit, shown, without):
    return sum(credit) / (sum(shown) - sum(without)) - 1


@wrong("median of the ratios")
def credit_over_cause(credit, shown, without):
    return float(np.median([c / (s - w) for c, s, w in zip(credit, shown, without)]))


# ---- plan_values


@right("sweeps in place")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(1000):
        for s, a in enumerate(plan):
            v[s] = rewards[s][a] + discount * v[following[s][a]]
    return v


@right("a walk of many steps from each state")
def plan_values(rewards, following, plan, discount):
    values = []
    for start in range(len(rewards)):
        s, total, weight = start, 0.0, 1.0
        for _ in range(300):
            total += weight * rewards[s][plan[s]]
            weight *= discount
            s = following[s][plan[s]]
        values.append(total)
    return values


@right("linear equations")
def plan_values(rewards, following, plan, discount):
    n = len(rewards)
    a, b = np.eye(n), np.zeros(n)
    for s in range(n):
        a[s, following[s][plan[s]]] -= discount
        b[s] = rewards[s][plan[s]]
    return np.linalg.solve(a, b)


@right("until it stays")
def plan_values(rewards, following, plan, discount):
    v = np.zeros(len(rewards))
    r = np.array([rewards[s][a] for s, a in enumerate(plan)], dtype=float)
    f = np.array([following[s][a] for s, a in enumerate(plan)])
    while True:
        new = r + discount * v[f]
        if np.abs(new - v).max() < 1e-10:
            return new.tolist()
        v = new


@right("a recursion with a depth")
def plan_values(rewards, following, plan, discount):
    def worth(s, depth):
        return 0.0 if depth == 0 else rewards[s][plan[s]] + discount * worth(following[s][plan[s]], depth - 1)

    return tuple(worth(s, 200) for s in range(len(rewards)))


@wrong("reward only", "Is that the reward of now alone?")
def plan_values(rewards, following, plan, discount):
    return [rewards[s][plan[s]] for s in range(len(plan))]


@wrong("one step", "Did you look one step ahead only?")
def plan_values(rewards, following, plan, discount):
    out = []
    for s in range(len(plan)):
        n = following[s][plan[s]]
        out.append(rewards[s][plan[s]] + discount * rewards[n][plan[n]])
    return out


@wrong("today discounted", "Is today's reward discounted too?")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(500):
        v = [discount * (rewards[s][plan[s]] + v[following[s][plan[s]]]) for s in range(len(rewards))]
    return v


@wrong("stays", "Did you stay in one state?")
def plan_values(rewards, following, plan, discount):
    return [rewards[s][plan[s]] / (1 - discount) for s in range(len(plan))]


@wrong("the best plan instead", "Did you take the best action in each state?")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(500):
        v = [max(rewards[s][a] + discount * v[following[s][a]] for a in range(len(rewards[s]))) for s in range(len(v))]
    return v


@wrong("the sum of ten evenings")
def plan_values(rewards, following, plan, discount):
    out = []
    for s in range(len(plan)):
        total = 0
        for t in range(3):
            total += discount**t * rewards[s][plan[s]]
            s = following[s][plan[s]]
        out.append(total)
    return out


@wrong("follows the plan of the first state")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(500):
        v = [rewards[s][plan[0]] + discount * v[following[s][plan[0]]] for s in range(len(v))]
    return v


@wrong("the discount to the power of the round, so that in the end only now counts", "Is that the reward of now alone?")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for step in range(100):
        v = [rewards[s][plan[s]] + discount**step * v[following[s][plan[s]]] for s in range(len(v))]
    return v


@wrong("the complement of the discount")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(60):
        v = [rewards[s][plan[s]] + (1 - discount) * v[following[s][plan[s]]] for s in range(len(v))]
    return v


@wrong("an average reward")
def plan_values(rewards, following, plan, discount):
    out = []
    for s in range(len(plan)):
        got = []
        for _ in range(100):
            got.append(rewards[s][plan[s]])
            s = following[s][plan[s]]
        out.append(sum(got) / len(got))
    return out


# ---- q_update


@right("target first")
def q_update(q, state, action, reward, following, rate, discount):
    old = q[state][action]
    target = reward + discount * max(q[following])
    return old + rate * (target - old)


@right("a weighted mean")
def q_update(q, state, action, reward, following, rate, discount):
    return (1 - rate) * q[state][action] + rate * (reward + discount * max(q[following]))


@right("arrays")
def q_update(q, state, action, reward, following, rate, discount):
    t = np.array(q)
    return t[state, action] + rate * (reward + discount * np.max(t[following]) - t[state, action])


@right("sorted for the best")
def q_update(q, state, action, reward, following, rate, discount):
    best = sorted(q[following])[-1]
    error = reward + best * discount - q[state][action]
    return q[state][action] + error * rate


@right("a copy that is changed")
def q_update(q, state, action, reward, following, rate, discount):
    table = [list(row) for row in q]
    table[state][action] += rate * (reward + discount * max(table[following]) - table[state][action])
    return table[state][action]


@wrong("max of the state it comes from", "Is that the best value of the old state?")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * max(q[state]) - q[state][action])


@wrong("same action", "Did you take the same action again next?")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * q[following][action] - q[state][action])


@wrong("no discount", "Is the discount missing?")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + max(q[following]) - q[state][action])


@wrong("no rate", "Did you go all the way to the target?")
def q_update(q, state, action, reward, following, rate, discount):
    return reward + discount * max(q[following])


@wrong("adds", "Did you add the target without taking the old value off?")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * max(q[following]))


@wrong("a bandit", "Is the next state missing?")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward - q[state][action])


@wrong("the worst that follows")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * min(q[following]) - q[state][action])


@wrong("the mean of what follows")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * fmean(q[following]) - q[state][action])


@wrong("rate and discount exchanged")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + discount * (reward + rate * max(q[following]) - q[state][action])


@wrong("the reward discounted too")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (discount * (reward + max(q[following])) - q[state][action])


# ---- elite_step


@right("sorted pairs")
def elite_step(candidates, values, n):
    best = [c for _, c in sorted(zip(values, candidates), reverse=True)[:n]]
    return fmean(best), pstdev(best)


@right("argsort of minus the values")
def elite_step(candidates, values, n):
    top = np.argsort(-np.array(values))[:n]
    best = np.array(candidates)[top]
    return best.mean(), best.std()


@right("a table")
def elite_step(candidates, values, n):
    best = pd.DataFrame({"c": candidates, "v": values}).nlargest(n, "v")["c"]
    return best.mean(), best.std(ddof=0)


@right("a threshold")
def elite_step(candidates, values, n):
    edge = sorted(values)[-n]
    best = [c for c, v in zip(candidates, values) if v >= edge]
    mean = sum(best) / n
    return [mean, (sum((b - mean) ** 2 for b in best) / n) ** 0.5]


@right("mean of squares less square of mean")
def elite_step(candidates, values, n):
    best = np.array(candidates, dtype=float)[np.argpartition(values, -n)[-n:]]
    return np.array([best.mean(), np.sqrt((best**2).mean() - best.mean() ** 2)])


@wrong("lowest", "Did you keep the lowest?")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[:n]]
    return best.mean(), best.std()


@wrong("all", "Is that of all candidates?")
def elite_step(candidates, values, n):
    return np.mean(candidates), np.std(candidates)


@wrong("the spread of all", "Is the spread that of all candidates?")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[::-1][:n]]
    return best.mean(), np.std(candidates)


@wrong("standard error", "Is that a standard error?")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[::-1][:n]]
    return best.mean(), best.std() / n**0.5


@wrong("of the values", "Are these mean and spread of the values?")
def elite_step(candidates, values, n):
    top = sorted(values)[-n:]
    return fmean(top), pstdev(top)


@wrong("n - 1", "That divides by n - 1")
def elite_step(candidates, values, n):
    best = [c for _, c in sorted(zip(values, candidates))[-n:]]
    return fmean(best), stdev(best)


@wrong("variance")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[::-1][:n]]
    return best.mean(), best.var()


@wrong("largest candidates")
def elite_step(candidates, values, n):
    best = sorted(candidates)[-n:]
    return fmean(best), pstdev(best)


@wrong("first n as they were drawn")
def elite_step(candidates, values, n):
    return fmean(candidates[:n]), pstdev(candidates[:n])


@wrong("median as the centre")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[::-1][: max(n, 3)]]
    return np.median(best) + 0.01, best.std()


# ---- best_over


@right("a dict of sums")
def best_over(hours, weeks):
    sums = {setting: sum(row[:weeks]) for setting, row in hours.items()}
    return max(sums, key=sums.get)


@right("a loop with the best so far")
def best_over(hours, weeks):
    best, most = None, float("-inf")
    for setting in hours:
        total = sum(hours[setting][w] for w in range(weeks))
        if total > most:
            best, most = setting, total
    return best


@right("a table")
def best_over(hours, weeks):
    return pd.DataFrame(hours).head(weeks).sum().idxmax()


@right("sorted")
def best_over(hours, weeks):
    return sorted(hours, key=lambda s: np.sum(hours[s][:weeks]))[-1]


@right("the mean orders as the sum does")
def best_over(hours, weeks):
    return max(hours.items(), key=lambda pair: fmean(pair[1][:weeks]))[0]


@wrong("that week alone", "Is that the best of the last of these weeks alone?")
def best_over(hours, weeks):
    return max(hours, key=lambda s: hours[s][weeks - 1])


@wrong("all weeks", "Did you sum all weeks?")
def best_over(hours, weeks):
    return max(hours, key=lambda s: sum(hours[s]))


@wrong("first week", "Did you look at the first week alone?")
def best_over(hours, weeks):
    return max(hours, key=lambda s: hours[s][0])


@wrong("fewest", "Is that the setting with the fewest hours?")
def best_over(hours, weeks):
    return min(hours, key=lambda s: sum(hours[s][:weeks]))


@wrong("a week too many", "Did you take the week after them too?")
def best_over(hours, weeks):
    return max(hours, key=lambda s: sum(hours[s][: weeks + 1]))


@wrong("the last weeks")
def best_over(hours, weeks):
    return max(hours, key=lambda s: sum(hours[s][-weeks:]))


@wrong("a week too few")
def best_over(hours, weeks):
    return max(hours, key=lambda s: sum(hours[s][: weeks - 1]))


@wrong("the hours, not the setting")
def best_over(hours, weeks):
    return max(sum(row[:weeks]) for row in hours.values())


@wrong("the place of the setting")
def best_over(hours, weeks):
    return int(np.argmax([sum(row[:weeks]) for row in hours.values()]))


@wrong("the best single week")
def best_over(hours, weeks):
    return max(hours, key=lambda s: max(hours[s][:weeks]))


# ---- answers of a second reader, who knew the tasks alone

# ---- caused_by_showing


@right("covariance over variance")
def caused_by_showing(plays, shown):
    s = np.array([float(one) for one in shown])
    y = np.array(plays, dtype=float)
    return ((s - s.mean()) * (y - y.mean())).sum() / ((s - s.mean()) ** 2).sum()


@right("means that pass over nan")
def caused_by_showing(plays, shown):
    y = np.array(plays, dtype=float)
    return np.nanmean(np.where(shown, y, np.nan)) - np.nanmean(np.where(shown, np.nan, y))


@wrong("each group divided by the other's size")
def caused_by_showing(plays, shown):
    yes = [p for p, s in zip(plays, shown) if s]
    no = [p for p, s in zip(plays, shown) if not s]
    return sum(yes) / len(no) - sum(no) / len(yes)


@wrong("pairs in the order in which they stand")
def caused_by_showing(plays, shown):
    yes = [p for p, s in zip(plays, shown) if s]
    no = [p for p, s in zip(plays, shown) if not s]
    return fmean(a - b for a, b in zip(yes, no))


@wrong("only what the shown ones got is divided by its own size")
def caused_by_showing(plays, shown):
    yes = [p for p, s in zip(plays, shown) if s]
    return fmean(yes) - (sum(plays) - sum(yes)) / len(plays)


# ---- credit_over_cause


@right("a dot product with ones")
def credit_over_cause(credit, shown, without):
    one = np.ones(len(credit))
    return one @ np.array(credit) / (one @ np.array(shown) - one @ np.array(without))


@right("a frame with a column of what was caused")
def credit_over_cause(credit, shown, without):
    f = pd.DataFrame({"credit": credit, "caused": pd.Series(shown) - pd.Series(without)})
    return f["credit"].sum() / f["caused"].sum()


@wrong("caused by credited tracks alone")
def credit_over_cause(credit, shown, without):
    return sum(credit) / sum(s - w for c, s, w in zip(credit, shown, without) if c > 2)


@wrong("the share that would have come anyway")
def credit_over_cause(credit, shown, without):
    return sum(without) / sum(shown)


@wrong("credited less what came without, over caused")
def credit_over_cause(credit, shown, without):
    return (sum(credit) - sum(without)) / (sum(shown) - sum(without))


# ---- plan_values


@right("a series of powers of the moves")
def plan_values(rewards, following, plan, discount):
    n = len(rewards)
    r = np.array([rewards[s][plan[s]] for s in range(n)], dtype=float)
    moves = np.zeros((n, n))
    for s in range(n):
        moves[s, following[s][plan[s]]] = 1
    return sum(discount**t * np.linalg.matrix_power(moves, t) @ r for t in range(150))


@right("the inverse")
def plan_values(rewards, following, plan, discount):
    states = range(len(rewards))
    moves = np.array([[float(following[s][plan[s]] == then) for then in states] for s in states])
    now = np.array([rewards[s][plan[s]] for s in states])
    return np.linalg.inv(np.eye(len(rewards)) - discount * moves) @ now


@wrong("the first action's next state, whatever the plan")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(300):
        v = [rewards[s][plan[s]] + discount * v[following[s][0]] for s in range(len(v))]
    return v


@wrong("the best reward of the next state, and no more")
def plan_values(rewards, following, plan, discount):
    return [rewards[s][plan[s]] + discount * max(rewards[following[s][plan[s]]]) for s in range(len(rewards))]


@wrong("one number, the mean over the states")
def plan_values(rewards, following, plan, discount):
    v = [0.0] * len(rewards)
    for _ in range(300):
        v = [rewards[s][plan[s]] + discount * v[following[s][plan[s]]] for s in range(len(v))]
    return fmean(v)


# ---- q_update


@right("np.interp between the old value and the target")
def q_update(q, state, action, reward, following, rate, discount):
    return float(np.interp(rate, [0, 1], [q[state][action], reward + discount * max(q[following])]))


@right("a row of the next state by name")
def q_update(q, state, action, reward, following, rate, discount):
    old, then = q[state][action], pd.Series(q[following]).max()
    return old - rate * old + rate * reward + rate * discount * then


@wrong("the position of the best instead of its value")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * int(np.argmax(q[following])) - q[state][action])


@wrong("rate on the old value, the rest on the target")
def q_update(q, state, action, reward, following, rate, discount):
    return rate * q[state][action] + (1 - rate) * (reward + discount * max(q[following]))


@wrong("the best of the whole table")
def q_update(q, state, action, reward, following, rate, discount):
    return q[state][action] + rate * (reward + discount * np.max(q) - q[state][action])


@wrong("the table is changed, too")
def q_update(q, state, action, reward, following, rate, discount):
    q[state][action] += rate * (reward + discount * max(q[following]) - q[state][action])
    return q[state][action]


# ---- elite_step


@right("ranks")
def elite_step(candidates, values, n):
    rank = pd.Series(values).rank(ascending=False)
    best = pd.Series(candidates)[rank <= n]
    return best.mean(), np.sqrt(best.var(ddof=0))


@right("heapq")
def elite_step(candidates, values, n):
    from heapq import nlargest

    best = [c for _, c in nlargest(n, zip(values, candidates))]
    return fmean(best), pstdev(best)


@wrong("a mean weighted by value")
def elite_step(candidates, values, n):
    top = np.argsort(values)[::-1][:n]
    best, w = np.array(candidates)[top], np.array(values)[top] - min(values) + 0.1
    return np.average(best, weights=w), best.std()


@wrong("the range of the elite for its spread")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[::-1][:n]]
    return best.mean(), np.ptp(best)


@wrong("one more than asked")
def elite_step(candidates, values, n):
    best = np.array(candidates)[np.argsort(values)[::-1][: n + 1]]
    return best.mean(), best.std()


# ---- best_over


@right("a running sum")
def best_over(hours, weeks):
    sums = {setting: np.cumsum(row)[weeks - 1] for setting, row in hours.items()}
    return next(setting for setting in sums if sums[setting] == max(sums.values()))


@right("a frame by weeks")
def best_over(hours, weeks):
    return pd.DataFrame(hours).T.iloc[:, :weeks].sum(axis=1).idxmax()


@wrong("the weeks after those")
def best_over(hours, weeks):
    return max(hours, key=lambda s: sum(hours[s][weeks:]))


@wrong("counted from the second week on")
def best_over(hours, weeks):
    return max(hours, key=lambda s: sum(hours[s][1 : weeks + 1]))


@wrong("the largest setting")
def best_over(hours, weeks):
    return max(hours)


@wrong("wins the most single weeks")
def best_over(hours, weeks):
    first = [max(hours, key=lambda s: hours[s][week]) for week in range(weeks)]
    return max(hours, key=first.count)
