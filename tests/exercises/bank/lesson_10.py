"""Answers to lesson 10. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- bpr_loss


@right("straight from the formula")
def bpr_loss(heard, unheard):
    x = np.asarray(heard) - np.asarray(unheard)
    return -np.log(1 / (1 + np.exp(-x))).mean()


@right("logaddexp")
def bpr_loss(heard, unheard):
    return np.logaddexp(0, np.subtract(unheard, heard)).mean()


@right("a loop with math")
def bpr_loss(heard, unheard):
    total = 0
    for a, b in zip(heard, unheard):
        total -= math.log(1 / (1 + math.exp(b - a)))
    return total / len(heard)


@right("log1p on a Series")
def bpr_loss(heard, unheard):
    x = pd.Series(heard) - pd.Series(unheard)
    return np.log1p(np.exp(-x)).mean()


@right("scipy, in an array of one")
def bpr_loss(heard, unheard):
    from scipy.special import log_expit

    return -np.mean(log_expit(np.array(heard, float) - np.array(unheard, float)), keepdims=True)[0]


@wrong("the sum", "That is the sum over the pairs")
def bpr_loss(heard, unheard):
    x = np.asarray(heard) - np.asarray(unheard)
    return np.sum(-np.log(1 / (1 + np.exp(-x))))


@wrong("the log-likelihood, without the minus", "Is the minus before the logarithm missing? A loss falls as the chance of the order")
def bpr_loss(heard, unheard):
    x = np.asarray(heard) - np.asarray(unheard)
    return np.log(1 / (1 + np.exp(-x))).mean()


@wrong("the lead turned round", "Did you take unheard minus heard")
def bpr_loss(heard, unheard):
    x = np.asarray(unheard) - np.asarray(heard)
    return -np.log(1 / (1 + np.exp(-x))).mean()


@wrong("the sign in the exponent forgotten", "Did you take unheard minus heard")
def bpr_loss(heard, unheard):
    return np.mean([-math.log(1 / (1 + math.exp(a - b))) for a, b in zip(heard, unheard)])


@wrong("one minus the chance, no logarithm", "Did you leave the logarithm out")
def bpr_loss(heard, unheard):
    x = np.asarray(heard) - np.asarray(unheard)
    return (1 - 1 / (1 + np.exp(-x))).mean()


@wrong("the logarithm of the mean chance", "Did you average before")
def bpr_loss(heard, unheard):
    x = np.asarray(heard) - np.asarray(unheard)
    return -np.log((1 / (1 + np.exp(-x))).mean())


@wrong("the loss of the mean lead", "Did you average before the logarithm")
def bpr_loss(heard, unheard):
    return -math.log(1 / (1 + math.exp(-(np.mean(heard) - np.mean(unheard)))))


@wrong("counts the pairs in the wrong order", "share of pairs in the wrong order")
def bpr_loss(heard, unheard):
    return float(np.mean(np.array(heard) <= np.array(unheard)))


@wrong("the hinge", "Is that a hinge")
def bpr_loss(heard, unheard):
    return np.maximum(0, 1 - (np.array(heard) - np.array(unheard))).mean()


@wrong("every heard one with every unheard one", "Did you set each heard one against each unheard one")
def bpr_loss(heard, unheard):
    x = np.asarray(heard)[:, None] - np.asarray(unheard)[None, :]
    return np.log1p(np.exp(-x)).mean()


@wrong("each score by itself, as in logistic regression", "Is each score judged by itself")
def bpr_loss(heard, unheard):
    s = lambda x: 1 / (1 + np.exp(-np.asarray(x)))
    return np.mean(-np.log(s(heard)) - np.log(1 - s(unheard)))


@wrong("base 2", "to base 2")
def bpr_loss(heard, unheard):
    x = np.asarray(heard) - np.asarray(unheard)
    return -np.log2(1 / (1 + np.exp(-x))).mean()


@wrong("the heard score alone", "Is the unheard score left out")
def bpr_loss(heard, unheard):
    return np.mean(np.log1p(np.exp(-np.asarray(heard))))


# ---- bpr_gradient


@right("a tuple of arrays")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return -(1 - s) * (q_heard - q_unheard), -(1 - s) * p, (1 - s) * p


@right("a table of three rows")
def bpr_gradient(p, q_heard, q_unheard):
    d = np.subtract(q_heard, q_unheard)
    w = 1 / (1 + np.exp(np.dot(p, d)))
    return np.stack([-w * d, -w * np.asarray(p), w * np.asarray(p)])


@right("lists of floats, by loops")
def bpr_gradient(p, q_heard, q_unheard):
    lead = sum(a * (b - c) for a, b, c in zip(p, q_heard, q_unheard))
    wrong_way = 1 - 1 / (1 + math.exp(-lead))
    return [
        [-wrong_way * (b - c) for b, c in zip(q_heard, q_unheard)],
        [-wrong_way * a for a in p],
        [wrong_way * a for a in p],
    ]


@right("by differences of the loss")
def bpr_gradient(p, q_heard, q_unheard):
    at = np.array([p, q_heard, q_unheard], float)
    loss = lambda v: np.logaddexp(0, -v[0] @ (v[1] - v[2]))
    out = np.zeros_like(at)
    for place in np.ndindex(at.shape):
        step = np.zeros_like(at)
        step[place] = 1e-5
        out[place] = (loss(at + step) - loss(at - step)) / 2e-5
    return out


@right("a list of Series")
def bpr_gradient(p, q_heard, q_unheard):
    p, i, j = (pd.Series(v, dtype=float) for v in (p, q_heard, q_unheard))
    pull = 1 / (1 + np.exp((p * (i - j)).sum()))
    return [pull * (j - i), -pull * p, pull * p]


@wrong("uphill", "Does that point downhill")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return (1 - s) * (q_heard - q_unheard), (1 - s) * p, -(1 - s) * p


@wrong("s where 1 - s belongs", "Did you scale by s(lead)")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return -s * (q_heard - q_unheard), -s * p, s * p


@wrong("the derivative of s, not of its logarithm", "derivative of s?")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    w = s * (1 - s)
    return -w * (q_heard - q_unheard), -w * p, w * p


@wrong("no factor at all", "Is the factor 1 - s(lead) missing")
def bpr_gradient(p, q_heard, q_unheard):
    return -(q_heard - q_unheard), -p, p


@wrong("both tracks pulled up", "Do the two tracks move alike")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return -(1 - s) * (q_heard - q_unheard), -(1 - s) * p, -(1 - s) * p


@wrong("the two tracks in the other order", "Are the gradients of the two tracks exchanged")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return -(1 - s) * (q_heard - q_unheard), (1 - s) * p, -(1 - s) * p


@wrong("the tracks' gradients from the tracks", "Do the tracks move along themselves")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return -(1 - s) * (q_heard - q_unheard), -(1 - s) * q_heard, (1 - s) * q_unheard


@wrong("the lead turned round in s", "Did you scale by s(lead)")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_unheard - q_heard)))
    return -(1 - s) * (q_heard - q_unheard), -(1 - s) * p, (1 - s) * p


@wrong("a chance for each component, because the sum is missing", "Is the lead summed over the factors")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p * (q_heard - q_unheard)))
    return -(1 - s) * (q_heard - q_unheard), -(1 - s) * p, (1 - s) * p


@wrong("the sum of the two tracks", "Did you add the two tracks")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return -(1 - s) * (q_heard + q_unheard), -(1 - s) * p, (1 - s) * p


@wrong("the penalty added")
def bpr_gradient(p, q_heard, q_unheard):
    s = 1 / (1 + np.exp(-p @ (q_heard - q_unheard)))
    return (
        -(1 - s) * (q_heard - q_unheard) + 0.1 * p,
        -(1 - s) * p + 0.1 * q_heard,
        (1 - s) * p + 0.1 * q_unheard,
    )


@wrong("the loss instead of 1 - s", "Did you scale by the loss itself")
def bpr_gradient(p, q_heard, q_unheard):
    loss = np.log1p(np.exp(-p @ (q_heard - q_unheard)))
    return -loss * (q_heard - q_unheard), -loss * p, loss * p


# ---- popular_negatives


@right("numpy")
def popular_negatives(listeners, heard, power):
    w = np.asarray(listeners, float) ** power
    w[list(heard)] = 0
    return w / w.sum()


@right("a list")
def popular_negatives(listeners, heard, power):
    weight = [0 if i in heard else n**power for i, n in enumerate(listeners)]
    return [w / sum(weight) for w in weight]


@right("a Series")
def popular_negatives(listeners, heard, power):
    w = pd.Series(listeners).astype(float).pow(power)
    w.loc[w.index.isin(heard)] = 0.0
    return w / w.sum()


@right("by logarithms")
def popular_negatives(listeners, heard, power):
    logit = power * np.log(np.array(listeners, float))
    logit[np.isin(np.arange(len(logit)), list(heard))] = -np.inf
    e = np.exp(logit - logit.max())
    return tuple(e / e.sum())


@right("normalises, masks, normalises again")
def popular_negatives(listeners, heard, power):
    p = np.power(listeners, float(power)) / np.power(listeners, float(power)).sum()
    p = p * ~np.isin(np.arange(len(p)), heard)
    return (p / p.sum()).tolist()


@wrong("normalised before the heard ones are taken out", "Did you divide before")
def popular_negatives(listeners, heard, power):
    w = np.asarray(listeners, float) ** power
    w /= w.sum()
    w[list(heard)] = 0
    return w


@wrong("the heard ones can be drawn", "Can a heard track be drawn")
def popular_negatives(listeners, heard, power):
    w = np.asarray(listeners, float) ** power
    return w / w.sum()


@wrong("the power forgotten", "Does the power change nothing")
def popular_negatives(listeners, heard, power):
    w = np.asarray(listeners, float).copy()
    w[list(heard)] = 0
    return w / w.sum()


@wrong("the power after the division", "Do they sum to 1")
def popular_negatives(listeners, heard, power):
    w = np.asarray(listeners, float).copy()
    w[list(heard)] = 0
    p = w / w.sum()
    return np.where(p > 0, p**power, 0)


@wrong("times the power", "Does the power change nothing")
def popular_negatives(listeners, heard, power):
    w = np.asarray(listeners, float) * power
    w[list(heard)] = 0
    return w / w.sum() if w.sum() else w


@wrong("uniform", "Has every unheard track the same")
def popular_negatives(listeners, heard, power):
    w = np.ones(len(listeners))
    w[list(heard)] = 0
    return w / w.sum()


@wrong("rare tracks more often", "Are rare tracks drawn more")
def popular_negatives(listeners, heard, power):
    w = 1 / np.asarray(listeners, float) ** power
    w[list(heard)] = 0
    return w / w.sum()


@wrong("the chances of the heard ones", "Are those the chances of the heard ones")
def popular_negatives(listeners, heard, power):
    w = np.zeros(len(listeners))
    for i in heard:
        w[i] = listeners[i] ** power
    return w / max(w.sum(), 1e-12)


@wrong("only the unheard ones are listed", "Is your list shorter than the catalogue")
def popular_negatives(listeners, heard, power):
    w = [n**power for i, n in enumerate(listeners) if i not in heard]
    return [x / sum(w) for x in w]


@wrong("exponentials of the counts")
def popular_negatives(listeners, heard, power):
    w = np.exp(power * np.asarray(listeners, float) / max(listeners))
    w[list(heard)] = 0
    return w / w.sum()


@wrong("weights, never made to sum to 1", "Do they sum to 1")
def popular_negatives(listeners, heard, power):
    return [0 if i in heard else n**power for i, n in enumerate(listeners)]


@wrong("always the root")
def popular_negatives(listeners, heard, power):
    w = np.sqrt(np.asarray(listeners, float))
    w[list(heard)] = 0
    return w / w.sum()


@wrong("one more than the listeners")
def popular_negatives(listeners, heard, power):
    w = (1.0 + np.asarray(listeners)) ** power
    w[list(heard)] = 0
    return w / w.sum()


# ---- hardest


@right("max with a key")
def hardest(scores, heard, drawn):
    return max((i for i in drawn if i not in heard), key=lambda i: scores[i], default=-1)


@right("numpy")
def hardest(scores, heard, drawn):
    left = np.setdiff1d(drawn, heard)
    return left[np.argmax(np.asarray(scores)[left])] if len(left) else -1


@right("a loop")
def hardest(scores, heard, drawn):
    best = -1
    for i in drawn:
        if i in heard:
            continue
        if best == -1 or scores[i] > scores[best]:
            best = i
    return best


@right("a Series")
def hardest(scores, heard, drawn):
    s = pd.Series(scores).loc[list(set(drawn) - set(heard))]
    return -1 if s.empty else s.idxmax()


@right("sorts")
def hardest(scores, heard, drawn):
    order = sorted(set(drawn).difference(heard), key=scores.__getitem__)
    return order[-1] if order else -1


@wrong("the easiest", "Is that the easiest")
def hardest(scores, heard, drawn):
    return min((i for i in drawn if i not in heard), key=lambda i: scores[i], default=-1)


@wrong("the place among those that are left", "Is that a place in your own")
def hardest(scores, heard, drawn):
    left = [i for i in drawn if i not in heard]
    return int(np.argmax([scores[i] for i in left])) if left else -1


@wrong("the place among the drawn", "Is that a place in your own")
def hardest(scores, heard, drawn):
    s = np.array([-np.inf if i in heard else scores[i] for i in drawn])
    return -1 if np.isinf(s).all() else int(s.argmax())


@wrong("its score", "Is that a score")
def hardest(scores, heard, drawn):
    return max((scores[i] for i in drawn if i not in heard), default=-1)


@wrong("a heard one may be taken", "Can that be a negative")
def hardest(scores, heard, drawn):
    return max(drawn, key=lambda i: scores[i])


@wrong("the best of all unheard, drawn or not", "Did you look at all tracks")
def hardest(scores, heard, drawn):
    left = [i for i in range(len(scores)) if i not in heard]
    return max(left, key=lambda i: scores[i]) if left else -1


@wrong("the first that is unheard", "Is that the first that is unheard")
def hardest(scores, heard, drawn):
    return next((i for i in drawn if i not in heard), -1)


@wrong("nothing where all are heard")
def hardest(scores, heard, drawn):
    left = [i for i in drawn if i not in heard]
    if left:
        return max(left, key=lambda i: scores[i])


@wrong("gives up where the best is heard", "Did you give up because")
def hardest(scores, heard, drawn):
    top = max(drawn, key=lambda i: scores[i])
    return -1 if top in heard else top


@wrong("gives up where any is heard", "Did you give up because one is heard")
def hardest(scores, heard, drawn):
    if any(i in heard for i in drawn):
        return -1
    return max(drawn, key=lambda i: scores[i])


@wrong("the hardest of the heard", "Did you choose among the heard ones")
def hardest(scores, heard, drawn):
    return max((i for i in drawn if i in heard), key=lambda i: scores[i], default=-1)


@wrong("nearest to zero", "Is that the score nearest to 0")
def hardest(scores, heard, drawn):
    return min((i for i in drawn if i not in heard), key=lambda i: abs(scores[i]), default=-1)


@wrong("all unheard ones where none is drawn", "Did you look at all tracks")
def hardest(scores, heard, drawn):
    left = [i for i in drawn if i not in heard] or [i for i in range(len(scores)) if i not in heard]
    return max(left, key=lambda i: scores[i]) if left else -1


@wrong("the last that is unheard")
def hardest(scores, heard, drawn):
    left = [i for i in drawn if i not in heard]
    return left[-1] if left else -1


# ---- sampled_softmax


@right("from the formula")
def sampled_softmax(own, drawn, chances):
    d, c = np.asarray(drawn, float), np.asarray(chances, float)
    total = np.exp(own) + (np.exp(d) / (len(d) * c)).sum()
    return -np.log(np.exp(own) / total)


@right("logsumexp of corrected scores")
def sampled_softmax(own, drawn, chances):
    from scipy.special import logsumexp

    corrected = np.array(drawn, float) - np.log(len(drawn) * np.array(chances))
    return logsumexp([own, *corrected]) - own


@right("a loop")
def sampled_softmax(own, drawn, chances):
    total = math.exp(own)
    for score, q in zip(drawn, chances):
        total += math.exp(score) / (len(drawn) * q)
    return math.log(total) - own


@right("log1p of what the others weigh")
def sampled_softmax(own, drawn, chances):
    rest = np.mean([np.exp(s - own) / q for s, q in zip(drawn, chances)])
    return np.log1p(rest)


@right("a Series")
def sampled_softmax(own, drawn, chances):
    s = pd.DataFrame({"score": drawn, "chance": chances})
    total = np.exp(own) + s.eval("exp(score) / chance").mean()
    return np.log(total / np.exp(own))


@wrong("no correction", "Is each competitor weighed")
def sampled_softmax(own, drawn, chances):
    return -np.log(np.exp(own) / (np.exp(own) + np.exp(drawn).sum()))


@wrong("m forgotten", "Did you forget m")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(drawn) / np.asarray(chances))
    return -np.log(np.exp(own) / total)


@wrong("m alone, without the chance", "Is each competitor weighed")
def sampled_softmax(own, drawn, chances):
    return -np.log(np.exp(own) / (np.exp(own) + np.mean(np.exp(drawn))))


@wrong("times the chance", "Did you multiply by the chance")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(drawn) * len(drawn) * np.asarray(chances))
    return -np.log(np.exp(own) / total)


@wrong("own is missing from the total", "Does the track that was taken compete")
def sampled_softmax(own, drawn, chances):
    total = np.sum(np.exp(drawn) / (len(drawn) * np.asarray(chances)))
    return -np.log(np.exp(own) / total)


@wrong("the sign", "Is the minus before the logarithm missing? A loss falls as the chance of the choice")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(drawn) / (len(drawn) * np.asarray(chances)))
    return np.log(np.exp(own) / total)


@wrong("a chance, not a loss", "Is that the chance itself")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(drawn) / (len(drawn) * np.asarray(chances)))
    return np.exp(own) / total


@wrong("base 2", "to base 2")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(drawn) / (len(drawn) * np.asarray(chances)))
    return -np.log2(np.exp(own) / total)


@wrong("the own track corrected too, by m", "Did you forget m")
def sampled_softmax(own, drawn, chances):
    m = len(drawn)
    total = np.exp(own) / m + np.sum(np.exp(drawn) / (m * np.asarray(chances)))
    return -np.log(np.exp(own) / m / total)


@wrong("the correction inside the exponent, without the logarithm", "Did you divide the score and not its exp")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(np.asarray(drawn) / (len(drawn) * np.asarray(chances))))
    return -np.log(np.exp(own) / total)


@wrong("log q added", "Did you multiply by the chance")
def sampled_softmax(own, drawn, chances):
    corrected = np.asarray(drawn) + np.log(len(drawn) * np.asarray(chances))
    return np.log(np.exp(own) + np.exp(corrected).sum()) - own


@wrong("scores summed without the exponential")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + abs(np.sum(np.asarray(drawn) / (len(drawn) * np.asarray(chances))))
    return -np.log(np.exp(own) / total)


@wrong("one minus the chance")
def sampled_softmax(own, drawn, chances):
    total = np.exp(own) + np.sum(np.exp(drawn) / (len(drawn) * np.asarray(chances)))
    return -np.log(1 - np.exp(own) / total)


# ---- mask_accidental_hits


@right("where and isin")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(drawn, list(heard)), -np.inf, scores)


@right("a list")
def mask_accidental_hits(scores, drawn, heard):
    return [-math.inf if track in heard else score for score, track in zip(scores, drawn)]


@right("a copy, changed")
def mask_accidental_hits(scores, drawn, heard):
    out = np.array(scores, dtype=float)
    for place in range(len(drawn)):
        if drawn[place] in set(heard):
            out[place] = -float("inf")
    return out


@right("a Series with a mask")
def mask_accidental_hits(scores, drawn, heard):
    return pd.Series(scores, dtype=float).mask(pd.Series(drawn).isin(list(heard)).to_numpy(), -np.inf)


@right("adds a column of penalties")
def mask_accidental_hits(scores, drawn, heard):
    penalty = [float("-inf") if t in set(heard) else 0.0 for t in drawn]
    return tuple(np.add(scores, penalty))


@wrong("takes positions of tracks for places in the list", "for places in `scores`")
def mask_accidental_hits(scores, drawn, heard):
    out = np.array(scores, float)
    out[[i for i in heard if i < len(out)]] = -np.inf
    return out


@wrong("zero instead of minus infinity", "Does a 0 take it out")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(drawn, list(heard)), 0, scores)


@wrong("plus infinity", "Is that plus infinity")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(drawn, list(heard)), np.inf, scores)


@wrong("a large number", "Many write a large negative number")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(drawn, list(heard)), -1e9, scores)


@wrong("drops them", "Did you drop them")
def mask_accidental_hits(scores, drawn, heard):
    return [s for s, t in zip(scores, drawn) if t not in heard]


@wrong("masks the unheard", "NOT heard")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(drawn, list(heard)), scores, -np.inf)


@wrong("only the first of a track drawn twice", "Is a track that was drawn twice hidden once")
def mask_accidental_hits(scores, drawn, heard):
    out, drawn = list(scores), list(drawn)
    for t in heard:
        if t in drawn:
            out[drawn.index(t)] = -np.inf
    return out


@wrong("tracks drawn twice are hidden too")
def mask_accidental_hits(scores, drawn, heard):
    seen, out = set(heard), []
    for s, t in zip(scores, drawn):
        out.append(-np.inf if t in seen else s)
        seen.add(t)
    return out


@wrong("nan")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(drawn, list(heard)), np.nan, scores)


@wrong("gives the mask", "Is that the mask")
def mask_accidental_hits(scores, drawn, heard):
    return [t in heard for t in drawn]


@wrong("compares the scores with the tracks", "Did you look for the scores among the heard tracks")
def mask_accidental_hits(scores, drawn, heard):
    return np.where(np.isin(scores, list(heard)), -np.inf, scores)


@wrong("hides all where one is heard", "Are all hidden because one is heard")
def mask_accidental_hits(scores, drawn, heard):
    if set(drawn) & set(heard):
        return np.full(len(scores), -np.inf)
    return list(scores)
