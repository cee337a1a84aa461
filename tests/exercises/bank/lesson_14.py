"""Answers to lesson 14. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- ucb_scores


@right("a loop with math")
def ucb_scores(hits, shown, alpha):
    total = sum(shown)
    out = []
    for h, s in zip(hits, shown):
        if s == 0:
            out.append(math.inf)
        else:
            out.append(h / s + alpha * math.sqrt(2 * math.log(total) / s))
    return out


@right("errstate and division by zero")
def ucb_scores(hits, shown, alpha):
    with np.errstate(divide="ignore", invalid="ignore"):
        score = hits / shown + alpha * np.sqrt(2 * np.log(shown.sum()) / shown)
    return np.where(shown == 0, np.inf, score)


@right("a mask that is filled")
def ucb_scores(hits, shown, alpha):
    score = np.full(len(hits), np.inf)
    known = shown > 0
    score[known] = hits[known] / shown[known] + alpha * (2 * np.log(shown.sum()) / shown[known]) ** 0.5
    return score


@right("a Series")
def ucb_scores(hits, shown, alpha):
    frame = pd.DataFrame({"h": hits, "s": shown})
    bonus = alpha * np.sqrt(2 * np.log(frame["s"].sum()) / frame["s"])
    return (frame["h"] / frame["s"] + bonus).fillna(np.inf).where(frame["s"] > 0, np.inf)


@right("a list comprehension, tuple out")
def ucb_scores(hits, shown, alpha):
    L = 2 * np.log(np.sum(shown))
    return tuple(h / n + alpha * np.sqrt(L / n) if n else np.inf for h, n in zip(hits, shown))


@wrong("no root", "Is the root missing?")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * 2 * np.log(shown.sum()) / n, np.inf)


@wrong("own showings in the logarithm", "Does the logarithm hold the track's own showings?")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * np.sqrt(2 * np.log(n) / n), np.inf)


@wrong("divides by all showings", "Do you divide by all showings?")
def ucb_scores(hits, shown, alpha):
    n, total = np.maximum(shown, 1), shown.sum()
    return np.where(shown > 0, hits / n + alpha * np.sqrt(2 * np.log(total) / total), np.inf)


@wrong("0 for what was never shown", "Does a track that was never shown score 0?")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * np.sqrt(2 * np.log(shown.sum()) / n), 0)


@wrong("the lower end", "Is that the lower end?")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n - alpha * np.sqrt(2 * np.log(shown.sum()) / n), np.inf)


@wrong("alpha forgotten", "Is alpha missing?")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + np.sqrt(2 * np.log(shown.sum()) / n), np.inf)


@wrong("without the 2", "without the 2 under the root")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * np.sqrt(np.log(shown.sum()) / n), np.inf)


@wrong("logarithm to base 10", "another logarithm")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * np.sqrt(2 * np.log10(shown.sum()) / n), np.inf)


@wrong("alpha under the root")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + np.sqrt(alpha * 2 * np.log(shown.sum()) / n), np.inf)


@wrong("hits in the logarithm")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * np.sqrt(2 * np.log(hits.sum() + 1) / n), np.inf)


@wrong("the mean left out")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, alpha * np.sqrt(2 * np.log(shown.sum()) / n), np.inf)


# ---- regret_so_far


@right("accumulate in a loop")
def regret_so_far(rates, arms):
    out, total = [], 0
    for t in range(len(arms)):
        total = total + np.max(rates[t]) - rates[t][arms[t]]
        out.append(total)
    return out


@right("take_along_axis")
def regret_so_far(rates, arms):
    got = np.take_along_axis(rates, np.asarray(arms)[:, None], axis=1)[:, 0]
    return (rates.max(1) - got).cumsum()


@right("pandas")
def regret_so_far(rates, arms):
    frame = pd.DataFrame(rates)
    got = pd.Series([frame.iloc[t, arm] for t, arm in enumerate(arms)])
    return (frame.max(axis=1) - got).cumsum()


@right("two cumulative sums")
def regret_so_far(rates, arms):
    return np.cumsum(np.amax(rates, axis=1)) - np.cumsum([rates[t, a] for t, a in enumerate(arms)])


@right("np.add.accumulate and a one-hot mask")
def regret_so_far(rates, arms):
    mask = np.arange(rates.shape[1]) == np.asarray(arms)[:, None]
    return np.add.accumulate(rates.max(axis=1) - (rates * mask).sum(axis=1))


@wrong("not added up", "Is that what each visit lost?")
def regret_so_far(rates, arms):
    return rates.max(axis=1) - rates[np.arange(len(arms)), arms]


@wrong("the mean so far", "Is that the mean so far?")
def regret_so_far(rates, arms):
    lost = rates.max(axis=1) - rates[np.arange(len(arms)), arms]
    return np.cumsum(lost) / (np.arange(len(arms)) + 1)


@wrong("the best of the table", "Did you take the best of the whole table?")
def regret_so_far(rates, arms):
    return np.cumsum(np.max(rates) - rates[np.arange(len(arms)), arms])


@wrong("what was won", "Is that what was won?")
def regret_so_far(rates, arms):
    return np.cumsum(rates[np.arange(len(arms)), arms])


@wrong("one number", "Is that one number for all visits?")
def regret_so_far(rates, arms):
    return (rates.max(axis=1) - rates[np.arange(len(arms)), arms]).sum()


@wrong("against one track", "best single track")
def regret_so_far(rates, arms):
    best = rates.mean(axis=0).argmax()
    return np.cumsum(rates[:, best] - rates[np.arange(len(arms)), arms])


@wrong("the mean of the row for its best")
def regret_so_far(rates, arms):
    return np.cumsum(rates.mean(axis=1) - rates[np.arange(len(arms)), arms])


@wrong("the sign turned around")
def regret_so_far(rates, arms):
    return np.cumsum(rates[np.arange(len(arms)), arms] - rates.max(axis=1))


@wrong("the best of each column")
def regret_so_far(rates, arms):
    return np.cumsum(rates.max(axis=0)[arms] - rates[np.arange(len(arms)), arms])


@wrong("the total of the visits before, without this one")
def regret_so_far(rates, arms):
    lost = rates.max(axis=1) - rates[np.arange(len(arms)), arms]
    return np.cumsum(lost) - lost


# ---- update_arm


@right("x as a column")
def update_arm(A, b, x, reward):
    column = x.reshape(-1, 1)
    return A + column @ column.T, b + reward * x


@right("loops on copies")
def update_arm(A, b, x, reward):
    A, b = A.copy(), b.copy()
    for i in range(len(x)):
        b[i] += reward * x[i]
        for j in range(len(x)):
            A[i, j] += x[i] * x[j]
    return A, b


@right("broadcasting, list out")
def update_arm(A, b, x, reward):
    return [(A + x[:, None] * x[None, :]).tolist(), (b + x * reward).tolist()]


@right("new names, np.add")
def update_arm(A, b, x, reward):
    new_A = np.add(A, np.outer(x, x))
    new_b = np.add(b, np.multiply(reward, x))
    return new_A, new_b


@right("tensordot")
def update_arm(A, b, x, reward):
    return A + np.tensordot(x, x, axes=0), reward * x + b


@wrong("A grows by the reward too", "Does A change with the reward?")
def update_arm(A, b, x, reward):
    return A + reward * np.outer(x, x), b + reward * x


@wrong("no news from a zero", "Is a reward of 0 passed over?")
def update_arm(A, b, x, reward):
    if reward > 0:
        return A + np.outer(x, x), b + reward * x
    return A, b


@wrong("no reward in b", "Is the reward missing in b?")
def update_arm(A, b, x, reward):
    return A + np.outer(x, x), b + x


@wrong("elementwise product", "Did you add x * x?")
def update_arm(A, b, x, reward):
    return A + x * x, b + reward * x


@wrong("the inner product", "Is that the number x . x?")
def update_arm(A, b, x, reward):
    return A + np.dot(x, x), b + reward * x


@wrong("x @ x.T, which is the inner product", "Is that the number x . x?")
def update_arm(A, b, x, reward):
    return A + x @ x.T, b + reward * x


@wrong("only the diagonal")
def update_arm(A, b, x, reward):
    return A + np.diag(x * x), b + reward * x


@wrong("the inverse moved instead")
def update_arm(A, b, x, reward):
    return np.linalg.inv(A + np.outer(x, x)), b + reward * x


@wrong("theta instead of b")
def update_arm(A, b, x, reward):
    A = A + np.outer(x, x)
    return A, np.linalg.solve(A, b + reward * x)


@wrong("the unit matrix added again")
def update_arm(A, b, x, reward):
    return A + np.outer(x, x) + np.eye(len(x)), b + reward * x


@wrong("the reward added as a number")
def update_arm(A, b, x, reward):
    return A + np.outer(x, x), b + reward


@wrong("the wrong order")
def update_arm(A, b, x, reward):
    return b + reward * x, A + np.outer(x, x)


# ---- linucb_score


@right("pinv")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.pinv(A)
    return x @ inv @ b + alpha * (x @ inv @ x) ** 0.5


@right("one solve for both")
def linucb_score(A, b, x, alpha):
    both = np.linalg.solve(A, np.column_stack([b, x]))
    mean, var = x @ both
    return float(mean + alpha * np.sqrt(var))


@right("Cholesky")
def linucb_score(A, b, x, alpha):
    L = np.linalg.cholesky(A)
    z = np.linalg.solve(L, x)
    return float(z @ np.linalg.solve(L, b) + alpha * np.linalg.norm(z))


@right("an array of one number")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return np.array(np.dot(inv.dot(b), x) + alpha * np.sqrt(x.dot(inv).dot(x)))


@right("einsum")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return np.einsum("i,ij,j", x, inv, b) + alpha * np.sqrt(np.einsum("i,ij,j", x, inv, x))


@wrong("no root", "Is the root missing?")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return inv @ b @ x + alpha * (x @ inv @ x)


@wrong("A for its inverse in the bonus", "Is that x' A x?")
def linucb_score(A, b, x, alpha):
    return np.linalg.solve(A, b) @ x + alpha * np.sqrt(x @ A @ x)


@wrong("b . x", "Is that b . x?")
def linucb_score(A, b, x, alpha):
    return b @ x + alpha * np.sqrt(x @ np.linalg.inv(A) @ x)


@wrong("the lower end", "Is that the lower end?")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return inv @ b @ x - alpha * np.sqrt(x @ inv @ x)


@wrong("alpha under the root", "Is alpha under the root?")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return inv @ b @ x + np.sqrt(alpha * (x @ inv @ x))


@wrong("A everywhere")
def linucb_score(A, b, x, alpha):
    return A @ b @ x + alpha * np.sqrt(x @ A @ x)


@wrong("alpha forgotten")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return inv @ b @ x + np.sqrt(x @ inv @ x)


@wrong("the length of x for its uncertainty")
def linucb_score(A, b, x, alpha):
    return np.linalg.solve(A, b) @ x + alpha * np.linalg.norm(x)


@wrong("one over each element")
def linucb_score(A, b, x, alpha):
    with np.errstate(divide="ignore"):
        inv = np.where(A == 0, 0, 1 / A)
    return inv @ b @ x + alpha * np.sqrt(abs(x @ inv @ x))


@wrong("theta for x in the bonus")
def linucb_score(A, b, x, alpha):
    theta = np.linalg.solve(A, b)
    return theta @ x + alpha * np.sqrt(theta @ A @ theta)


@wrong("the bonus alone")
def linucb_score(A, b, x, alpha):
    return alpha * np.sqrt(x @ np.linalg.solve(A, x))


# ---- snips_value


@right("np.clip and np.average")
def snips_value(rewards, logged, target, most):
    return np.average(rewards, weights=np.clip(target / logged, 0, most))


@right("a loop")
def snips_value(rewards, logged, target, most):
    above = below = 0
    for r, c, t in zip(rewards, logged, target):
        w = t / c
        if w > most:
            w = most
        above += w * r
        below += w
    return above / below


@right("two dot products")
def snips_value(rewards, logged, target, most):
    w = np.where(target / logged > most, most, target / logged)
    return np.dot(w, rewards) / np.dot(w, np.ones(len(w)))


@right("pandas clip")
def snips_value(rewards, logged, target, most):
    w = pd.Series(target / logged).clip(upper=most)
    return (w * rewards).sum() / w.sum()


@right("shares of the weights")
def snips_value(rewards, logged, target, most):
    w = np.minimum(np.divide(target, logged), most)
    share = w / w.sum()
    return float(share @ rewards)


@wrong("divides by the visits", "Did you divide by the number of visits?")
def snips_value(rewards, logged, target, most):
    return np.mean(np.minimum(target / logged, most) * rewards)


@wrong("not clipped", "Is nothing clipped?")
def snips_value(rewards, logged, target, most):
    w = target / logged
    return (w * rewards).sum() / w.sum()


@wrong("clipped above the line alone", "Did you clip above the line alone?")
def snips_value(rewards, logged, target, most):
    w = target / logged
    return (np.minimum(w, most) * rewards).sum() / w.sum()


@wrong("thrown out", "Did you throw out what weighs more than `most`?")
def snips_value(rewards, logged, target, most):
    w = target / logged
    keep = w <= most
    return (w * rewards)[keep].sum() / w[keep].sum() if w[keep].sum() else np.nan


@wrong("a least weight", "Is `most` a least weight?")
def snips_value(rewards, logged, target, most):
    w = np.maximum(target / logged, most)
    return (w * rewards).sum() / w.sum()


@wrong("the target left out", "Is the target missing?")
def snips_value(rewards, logged, target, most):
    w = np.minimum(1 / logged, most)
    return (w * rewards).sum() / w.sum()


@wrong("clipped too early", "Did you clip 1 / logged before the target came in?")
def snips_value(rewards, logged, target, most):
    w = target * np.minimum(1 / logged, most)
    return (w * rewards).sum() / w.sum()


@wrong("divides by the visits that match")
def snips_value(rewards, logged, target, most):
    w = np.minimum(target / logged, most)
    return (w * rewards).sum() / (target > 0).sum()


@wrong("the weight turned around")
def snips_value(rewards, logged, target, most):
    w = np.array([min(c / t, most) if t > 0 else 0 for c, t in zip(logged, target)])
    return (w * rewards).sum() / w.sum()


@wrong("clips the estimate")
def snips_value(rewards, logged, target, most):
    w = target / logged
    return min((w * rewards).sum() / len(rewards), most)


@wrong("the plain mean of what matches")
def snips_value(rewards, logged, target, most):
    return rewards[target > 0].mean()


# ---- dr_value


@right("a loop")
def dr_value(rewards, logged, target, modelled, expected):
    total = 0
    for r, c, t, m, e in zip(rewards, logged, target, modelled, expected):
        total += e + t / c * (r - m)
    return total / len(rewards)


@right("direct plus mean correction")
def dr_value(rewards, logged, target, modelled, expected):
    w = target / logged
    return expected.mean() + (w * rewards).mean() - (w * modelled).mean()


@right("dot product")
def dr_value(rewards, logged, target, modelled, expected):
    residual = np.subtract(rewards, modelled)
    return np.mean(expected) + np.dot(target / logged, residual) / len(residual)


@right("pandas")
def dr_value(rewards, logged, target, modelled, expected):
    f = pd.DataFrame({"r": rewards, "c": logged, "t": target, "m": modelled, "e": expected})
    return f.eval("e + t / c * (r - m)").mean()


@right("np.average of terms")
def dr_value(rewards, logged, target, modelled, expected):
    return float(np.average([e + (t * (r - m)) / c for r, c, t, m, e in zip(rewards, logged, target, modelled, expected)]))


@wrong("unweighted", "Is the correction unweighted?")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(expected + rewards - modelled)


@wrong("the model plus IPS", "Is that the model plus IPS?")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(expected) + np.mean(target / logged * rewards)


@wrong("turned around", "Is the correction turned around?")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(expected + target / logged * (modelled - rewards))


@wrong("everything weighted", "Is `expected` weighted too?")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(target / logged * (expected + rewards - modelled))


@wrong("only what matches", "Did you leave out visits that do not match?")
def dr_value(rewards, logged, target, modelled, expected):
    on = target > 0
    if not on.any():
        return 0.0
    return np.mean(expected[on] + (target / logged * (rewards - modelled))[on])


@wrong("the mistake taken against expected", "Is that taken off `expected`?")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(expected + target / logged * (rewards - expected))


@wrong("self-normalised correction", "self-normalised form")
def dr_value(rewards, logged, target, modelled, expected):
    w = target / logged
    if w.sum() == 0:
        return np.mean(expected)
    return np.mean(expected) + (w * (rewards - modelled)).sum() / w.sum()


@wrong("one over the propensity, whatever the target")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(expected + (rewards - modelled) / logged)


@wrong("the correction alone")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(target / logged * (rewards - modelled))


@wrong("the direct method alone")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(expected)


@wrong("IPS alone")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(target / logged * rewards)


@wrong("summed instead of averaged")
def dr_value(rewards, logged, target, modelled, expected):
    return np.sum(expected + target / logged * (rewards - modelled))


# ---- answers of a second reader, who knew the tasks alone

# ---- ucb_scores


@right("np.divide where there is something to divide by")
def ucb_scores(hits, shown, alpha):
    known = shown > 0
    mean = np.divide(hits, shown, out=np.full(len(hits), np.inf), where=known)
    bonus = np.divide(2 * np.log(shown.sum()), shown, out=np.zeros(len(hits)), where=known)
    return mean + alpha * np.sqrt(bonus)


@right("one track at a time, by map")
def ucb_scores(hits, shown, alpha):
    S = int(shown.sum())

    def one(h, s):
        return np.inf if not s else h / s + alpha * math.sqrt(2 * math.log(S) / s)

    return list(map(one, hits, shown))


@wrong("whole numbers divided")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits // n + alpha * np.sqrt(2 * np.log(shown.sum()) / n), np.inf)


@wrong("an unseen track counts as seen once")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return hits / n + alpha * np.sqrt(2 * np.log(n.sum()) / n)


@wrong("the number of tracks for that of showings")
def ucb_scores(hits, shown, alpha):
    n = np.maximum(shown, 1)
    return np.where(shown > 0, hits / n + alpha * np.sqrt(2 * np.log(len(shown)) / n), np.inf)


# ---- regret_so_far


@right("accumulate of itertools")
def regret_so_far(rates, arms):
    from itertools import accumulate

    return list(accumulate(max(row) - row[arm] for row, arm in zip(rates.tolist(), arms.tolist())))


@right("a triangle of ones")
def regret_so_far(rates, arms):
    lost = rates.max(axis=1) - np.array([row[arm] for row, arm in zip(rates, arms)])
    return np.tril(np.ones((len(lost), len(lost)))) @ lost


@wrong("against the best of the others")
def regret_so_far(rates, arms):
    others = np.array(rates, dtype=float)
    others[np.arange(len(arms)), arms] = -np.inf
    return np.cumsum(others.max(axis=1) - rates[np.arange(len(arms)), arms])


@wrong("the largest loss so far")
def regret_so_far(rates, arms):
    return np.maximum.accumulate(rates.max(axis=1) - rates[np.arange(len(arms)), arms])


@wrong("a loss of 1 where it was not the best")
def regret_so_far(rates, arms):
    return np.cumsum(rates.argmax(axis=1) != arms)


# ---- update_arm


@right("a Kronecker product")
def update_arm(A, b, x, reward):
    return A + np.kron(x, x).reshape(len(x), len(x)), b + reward * x


@right("a row of X at a time")
def update_arm(A, b, x, reward):
    row = np.array([x])
    return A + row.T @ row, b + (row.T * reward).ravel()


@wrong("changes what came in")
def update_arm(A, b, x, reward):
    A += np.outer(x, x)
    b += reward * x
    return A, b


@wrong("the product with b instead of x")
def update_arm(A, b, x, reward):
    return A + np.outer(x, b), b + reward * x


@wrong("a reward of half counts as a whole one")
def update_arm(A, b, x, reward):
    return A + np.outer(x, x), b + (x if reward >= 0.5 else 0 * x)


# ---- linucb_score


@right("by its eigenvectors")
def linucb_score(A, b, x, alpha):
    values, vectors = np.linalg.eigh(A)
    turned = vectors.T @ x
    return (turned * (vectors.T @ b) / values).sum() + alpha * math.sqrt((turned**2 / values).sum())


@right("least squares")
def linucb_score(A, b, x, alpha):
    inside = np.linalg.lstsq(A, x, rcond=None)[0]
    return inside @ b + alpha * np.sqrt(inside @ x)


@wrong("the length of A^-1 x")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return inv @ b @ x + alpha * np.linalg.norm(inv @ x)


@wrong("the spread of all features, whoever visits")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    return inv @ b @ x + alpha * np.sqrt(np.trace(inv))


@wrong("inverted twice")
def linucb_score(A, b, x, alpha):
    inv = np.linalg.inv(A)
    theta = inv @ b
    return theta @ inv @ x + alpha * np.sqrt(x @ inv @ x)


# ---- snips_value


@right("sums of Python, weights first")
def snips_value(rewards, logged, target, most):
    weights = [min(float(t) / float(c), most) for t, c in zip(target, logged)]
    return math.fsum(w * float(r) for w, r in zip(weights, rewards)) / math.fsum(weights)


@right("a masked copy")
def snips_value(rewards, logged, target, most):
    w = target / logged
    w[w > most] = most
    return w.dot(rewards) / np.add.reduce(w)


@wrong("the target cut instead of the weight, which cuts nothing", "Is nothing clipped?")
def snips_value(rewards, logged, target, most):
    w = np.minimum(target, most) / logged
    return (w * rewards).sum() / w.sum()


@wrong("only the visits that pleased below the line")
def snips_value(rewards, logged, target, most):
    w = np.minimum(target / logged, most)
    return (w * rewards).sum() / max(w[rewards > 0].sum(), 1e-9)


@wrong("logged times target")
def snips_value(rewards, logged, target, most):
    w = np.minimum(logged * target, most)
    return (w * rewards).sum() / w.sum()


# ---- dr_value


@right("a mean by statistics")
def dr_value(rewards, logged, target, modelled, expected):
    from statistics import fmean

    return fmean(e + (r - m) * t / c for r, c, t, m, e in zip(rewards, logged, target, modelled, expected))


@right("IPS, and what the model adds")
def dr_value(rewards, logged, target, modelled, expected):
    w = target / logged
    return np.mean(w * rewards) + np.mean(expected - w * modelled)


@wrong("the answer where it matches, else the model")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(np.where(target > 0, rewards, expected))


@wrong("starts from the model of what was shown")
def dr_value(rewards, logged, target, modelled, expected):
    return np.mean(modelled + target / logged * (rewards - modelled))


@wrong("the weight turned around")
def dr_value(rewards, logged, target, modelled, expected):
    w = np.divide(logged, target, out=np.zeros(len(logged)), where=target > 0)
    return np.mean(expected + w * (rewards - modelled))


@wrong("the share 1 - w of the model and w of the answer", "Is that taken off `expected`?")
def dr_value(rewards, logged, target, modelled, expected):
    w = target / logged
    return np.mean((1 - w) * expected + w * rewards)
