"""Answers to lesson 12. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- mlp_forward


@right("from the formula")
def mlp_forward(x, W, b, v, c):
    return v @ np.maximum(0, W @ x + b) + c


@right("loops")
def mlp_forward(x, W, b, v, c):
    out = c
    for i in range(len(b)):
        total = b[i] + sum(W[i][j] * x[j] for j in range(len(x)))
        if total > 0:
            out += v[i] * total
    return out


@right("a mask")
def mlp_forward(x, W, b, v, c):
    a = np.asarray(W) @ np.asarray(x) + np.asarray(b)
    return float(((a > 0) * a * v).sum() + c)


@right("einsum and clip, without axes")
def mlp_forward(x, W, b, v, c):
    h = np.clip(np.einsum("hd,d->h", W, x) + b, 0, None)
    return np.array(np.dot(h, v) + c)


@right("x as a column, taken out at the end")
def mlp_forward(x, W, b, v, c):
    column = np.reshape(x, (-1, 1))
    h = np.where(W @ column + np.reshape(b, (-1, 1)) > 0, W @ column + np.reshape(b, (-1, 1)), 0)
    return (np.reshape(v, (1, -1)) @ h).item() + c


@wrong("no bend", "left as they are")
def mlp_forward(x, W, b, v, c):
    return v @ (W @ x + b) + c


@wrong("the bend before b", "Is b added after")
def mlp_forward(x, W, b, v, c):
    return v @ (np.maximum(0, W @ x) + b) + c


@wrong("the bend at the output", "Is the bend at the output alone")
def mlp_forward(x, W, b, v, c):
    return max(0, v @ (W @ x + b) + c)


@wrong("the bend at both", "Is the output bent as well")
def mlp_forward(x, W, b, v, c):
    return max(0, v @ np.maximum(0, W @ x + b) + c)


@wrong("b forgotten", "Is b missing")
def mlp_forward(x, W, b, v, c):
    return v @ np.maximum(0, W @ x) + c


@wrong("c forgotten", "Is c missing")
def mlp_forward(x, W, b, v, c):
    return v @ np.maximum(0, W @ x + b)


@wrong("a sigmoid", "Is that another bend")
def mlp_forward(x, W, b, v, c):
    return v @ (1 / (1 + np.exp(-(W @ x + b)))) + c


@wrong("the absolute value", "Is that the absolute value")
def mlp_forward(x, W, b, v, c):
    return v @ np.abs(W @ x + b) + c


@wrong("one max over all units")
def mlp_forward(x, W, b, v, c):
    return v.sum() * max(0, (W @ x + b).max()) + c


@wrong("the hidden units", "Are those the hidden units")
def mlp_forward(x, W, b, v, c):
    return np.maximum(0, W @ x + b)


@wrong("a tanh", "Is that another bend")
def mlp_forward(x, W, b, v, c):
    return v @ np.tanh(W @ x + b) + c


@wrong("a product for each unit, not summed", "Is there a number for each hidden unit")
def mlp_forward(x, W, b, v, c):
    return v * np.maximum(0, W @ x + b) + c


# ---- mlp_backward


@right("arrays")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@right("a loop over the rows")
def mlp_backward(X, y, W, b, v, c):
    dW, db, dv, dc = np.zeros(np.shape(W)), np.zeros(len(b)), np.zeros(len(v)), 0.0
    n = len(X)
    for x, target in zip(X, y):
        a = W @ x + b
        h = np.maximum(a, 0)
        slope = 2 * (v @ h + c - target) / n
        dc += slope
        dv += slope * h
        da = slope * v * (a > 0)
        db += da
        dW += np.outer(da, x)
    return [dW, db, dv, dc]


@right("the mean of the gradients, as lists")
def mlp_backward(X, y, W, b, v, c):
    parts = []
    for x, target in zip(X, y):
        a = W @ x + b
        h = np.maximum(a, 0)
        s = 2 * (v @ h + c - target)
        da = np.where(a > 0, s * v, 0)
        parts.append((np.outer(da, x), da, s * h, s))
    return tuple(np.mean([p[i] for p in parts], axis=0).tolist() for i in range(4))


@right("by differences of the loss")
def mlp_backward(X, y, W, b, v, c):
    at = [np.array(one, float) for one in (W, b, v, c)]
    loss = lambda q: np.mean((np.maximum(0, X @ q[0].T + q[1]) @ q[2] + q[3] - y) ** 2)
    out = []
    for i in range(4):
        g = np.zeros(at[i].shape)
        for place in np.ndindex(at[i].shape):
            both = []
            for sign in (1, -1):
                moved = [one.copy() for one in at]
                moved[i][place] += sign * 1e-5
                both.append(loss(moved))
            g[place] = (both[0] - both[1]) / 2e-5
        out.append(g)
    return tuple(out)


@right("einsum")
def mlp_backward(X, y, W, b, v, c):
    A = np.einsum("nd,hd->nh", X, W) + b
    e = np.clip(A, 0, None) @ v + c - y
    dA = 2 / len(y) * e[:, None] * v * (A > 0)
    return np.einsum("nh,nd->hd", dA, X), dA.sum(0), 2 / len(y) * np.clip(A, 0, None).T @ e, 2 * e.mean()


@wrong("the two forgotten", "half the mean squared error")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("the sum over the rows", "Is it summed over the rows")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y)
    dA = np.outer(d, v) * (A > 0)
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("the bend forgotten on the way back", "that is off pass a slope")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v)
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("target minus output", "Does it point downhill")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (y - H @ v - c) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("v forgotten on the way back", "Is v left out on the way back")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = d[:, None] * (A > 0)
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("dv from the sums, not from the hidden units", "Is dv taken from the sums")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return dA.T @ X, dA.sum(axis=0), A.T @ d, d.sum()


@wrong("dW turned over", "Does dW have the shape of W")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return X.T @ dA, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("the order v, c, W, b", "Are they in the order of the task")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return H.T @ d, d.sum(), dA.T @ X, dA.sum(axis=0)


@wrong("no bend forward", "Is the bend missing on the way forward too")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    d = 2 * (A @ v + c - y) / len(X)
    dA = np.outer(d, v)
    return dA.T @ X, dA.sum(axis=0), A.T @ d, d.sum()


@wrong("h in place of the sign of the sums", "Did you multiply by the hidden units on the way back")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * H
    return dA.T @ X, dA.sum(axis=0), H.T @ d, d.sum()


@wrong("the first row only")
def mlp_backward(X, y, W, b, v, c):
    A = X[:1] @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y[:1])
    dA = np.outer(d, v) * (A > 0)
    return dA.T @ X[:1], dA.sum(axis=0), H.T @ d, d.sum()


@wrong("the weights after a step")
def mlp_backward(X, y, W, b, v, c):
    A = X @ W.T + b
    H = np.maximum(0, A)
    d = 2 * (H @ v + c - y) / len(X)
    dA = np.outer(d, v) * (A > 0)
    return W - 0.1 * dA.T @ X, b - 0.1 * dA.sum(axis=0), v - 0.1 * H.T @ d, c - 0.1 * d.sum()


# ---- kept_epoch


@right("a counter")
def kept_epoch(validation, patience):
    best, kept, waited = float("-inf"), 0, 0
    for epoch, value in enumerate(validation, start=1):
        if value > best:
            best, kept, waited = value, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return kept


@right("by the distance from the best")
def kept_epoch(validation, patience):
    kept = 1
    for epoch in range(2, len(validation) + 1):
        if epoch - 1 - kept >= patience:
            return kept
        if validation[epoch - 1] > validation[kept - 1]:
            kept = epoch
    return kept


@right("a recursion")
def kept_epoch(validation, patience):
    v = list(validation)

    def from_best(at):
        ahead = [i for i in range(at + 1, min(at + patience, len(v) - 1) + 1) if v[i] > v[at]]
        return from_best(ahead[0]) if ahead else at + 1

    return from_best(0)


@right("numpy: where the best was reached, and the gaps between")
def kept_epoch(validation, patience):
    v = np.asarray(validation, float)
    record = np.flatnonzero(np.r_[True, v[1:] > np.maximum.accumulate(v)[:-1]])
    gaps = np.diff(record)
    late = np.flatnonzero(gaps > patience)
    return int(record[late[0] if len(late) else len(record) - 1]) + 1


@right("argmax of what was run")
def kept_epoch(validation, patience):
    run = []
    for value in validation:
        run.append(value)
        if len(run) - 1 - int(np.argmax(run)) >= patience:
            break
    return np.int64(np.argmax(run) + 1)


@wrong("the best of all", "the best of all the numbers")
def kept_epoch(validation, patience):
    return int(np.argmax(validation)) + 1


@wrong("the last epoch that ran", "the last epoch that was trained")
def kept_epoch(validation, patience):
    best, waited = float("-inf"), 0
    for epoch, value in enumerate(validation, start=1):
        if value > best:
            best, waited = value, 0
        else:
            waited += 1
            if waited == patience:
                return epoch
    return len(validation)


@wrong("from zero", "counted from 0")
def kept_epoch(validation, patience):
    best, kept, waited = float("-inf"), 0, 0
    for epoch, value in enumerate(validation):
        if value > best:
            best, kept, waited = value, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return kept


@wrong("equal counts as better", "Does an equal epoch")
def kept_epoch(validation, patience):
    best, kept, waited = float("-inf"), 0, 0
    for epoch, value in enumerate(validation, start=1):
        if value >= best:
            best, kept, waited = value, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return kept


@wrong("one epoch too patient", "one epoch too long")
def kept_epoch(validation, patience):
    best, kept, waited = float("-inf"), 0, 0
    for epoch, value in enumerate(validation, start=1):
        if value > best:
            best, kept, waited = value, epoch, 0
        else:
            waited += 1
            if waited > patience:
                break
    return kept


@wrong("the wait is never reset", "never begin anew")
def kept_epoch(validation, patience):
    best, kept, waited = float("-inf"), 0, 0
    for epoch, value in enumerate(validation, start=1):
        if value > best:
            best, kept = value, epoch
        else:
            waited += 1
            if waited == patience:
                break
    return kept


@wrong("compares with the epoch before", "Do you compare with the epoch before")
def kept_epoch(validation, patience):
    worse = 0
    for epoch in range(1, len(validation)):
        worse = worse + 1 if validation[epoch] <= validation[epoch - 1] else 0
        if worse == patience:
            return epoch + 1 - patience
    return int(np.argmax(validation)) + 1


@wrong("lower is better", "Is lower better")
def kept_epoch(validation, patience):
    best, kept, waited = float("inf"), 0, 0
    for epoch, value in enumerate(validation, start=1):
        if value < best:
            best, kept, waited = value, epoch, 0
        else:
            waited += 1
            if waited == patience:
                break
    return kept


@wrong("the value", "Is that its value")
def kept_epoch(validation, patience):
    best, waited = float("-inf"), 0
    for value in validation:
        if value > best:
            best, waited = value, 0
        else:
            waited += 1
            if waited == patience:
                break
    return best


@wrong("stops at the first that is not better", "Do you stop at the first")
def kept_epoch(validation, patience):
    for epoch in range(1, len(validation)):
        if validation[epoch] <= validation[epoch - 1]:
            return epoch
    return len(validation)


@wrong("patience epochs before the end")
def kept_epoch(validation, patience):
    return max(1, len(validation) - patience)


@wrong("the best one counts among those that wait", "Do you stop one epoch too early")
def kept_epoch(validation, patience):
    best = 0
    for epoch, value in enumerate(validation):
        if value > validation[best]:
            best = epoch
        elif epoch > best and epoch - best + 1 >= patience:
            break
    return best + 1


# ---- align_features


@right("a dict of places")
def align_features(ids, track_ids, features):
    place = {t: n for n, t in enumerate(track_ids)}
    return features[[place[i] for i in ids]]


@right("pandas loc")
def align_features(ids, track_ids, features):
    return pd.DataFrame(features, index=list(track_ids)).loc[list(ids)]


@right("index by index, as lists")
def align_features(ids, track_ids, features):
    return [list(features[list(track_ids).index(i)]) for i in ids]


@right("get_indexer")
def align_features(ids, track_ids, features):
    return np.asarray(features)[pd.Index(track_ids).get_indexer(ids)]


@right("sorts and searches")
def align_features(ids, track_ids, features):
    order = np.argsort(track_ids)
    at = np.searchsorted(np.asarray(track_ids)[order], ids)
    return features[order[at]]


@wrong("as they come", "still in the table's order")
def align_features(ids, track_ids, features):
    return features[: len(ids)]


@wrong("the places the other way round", "Is the lookup the wrong way round")
def align_features(ids, track_ids, features):
    place = {i: n for n, i in enumerate(ids)}
    return features[[place[t] for t in track_ids if t in place]]


@wrong("those that are wanted, in the file's order", "still in the table's order")
def align_features(ids, track_ids, features):
    return features[np.isin(track_ids, ids)]


@wrong("sorted by id", "Are the rows in ascending order of the ids")
def align_features(ids, track_ids, features):
    return features[np.argsort(track_ids)][: len(ids)]


@wrong("sorted by id, then those that are wanted", "in ascending order")
def align_features(ids, track_ids, features):
    place = {t: n for n, t in enumerate(track_ids)}
    return features[[place[i] for i in sorted(ids)]]


@wrong("the positions", "Are those the places of the rows")
def align_features(ids, track_ids, features):
    return [list(track_ids).index(i) for i in ids]


@wrong("all rows, the wanted ones first")
def align_features(ids, track_ids, features):
    place = [list(track_ids).index(i) for i in ids]
    return features[place + [n for n in range(len(track_ids)) if n not in place]]


@wrong("the rows' order reversed")
def align_features(ids, track_ids, features):
    place = {t: n for n, t in enumerate(track_ids)}
    return features[[place[i] for i in ids]][::-1]


@wrong("columns in place of rows", "Are rows and columns exchanged")
def align_features(ids, track_ids, features):
    place = {t: n for n, t in enumerate(track_ids)}
    return features[[place[i] for i in ids]].T


@wrong("one row too far")
def align_features(ids, track_ids, features):
    place = {t: n for n, t in enumerate(track_ids)}
    return features[[(place[i] + 1) % len(track_ids) for i in ids]]


@wrong("a dictionary", "Is that a dictionary")
def align_features(ids, track_ids, features):
    place = {t: n for n, t in enumerate(track_ids)}
    return {i: features[place[i]] for i in ids}


# ---- multinomial_loss


@right("log softmax by hand")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -(x * log_p).sum(axis=1).mean()


@right("chances first")
def multinomial_loss(x, scores):
    e = np.exp(np.asarray(scores, float))
    p = e / e.sum(axis=1, keepdims=True)
    return -(np.asarray(x) * np.log(p)).sum() / len(x)


@right("scipy")
def multinomial_loss(x, scores):
    from scipy.special import log_softmax

    return -np.einsum("ui,ui->", x, log_softmax(scores, axis=1)) / np.shape(x)[0]


@right("loops")
def multinomial_loss(x, scores):
    losses = []
    for row, s in zip(x, scores):
        total = sum(np.exp(one) for one in s)
        losses.append(-sum(np.log(np.exp(one) / total) for flag, one in zip(row, s) if flag))
    return sum(losses) / len(losses)


@right("logsumexp times the number of plays")
def multinomial_loss(x, scores):
    top = scores.max(axis=1)
    lse = top + np.log(np.exp(scores - top[:, None]).sum(axis=1))
    return np.mean(x.sum(axis=1) * lse - (x * scores).sum(axis=1))


@wrong("the sum over the listeners", "the sum over the listeners? The task")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -(x * log_p).sum()


@wrong("the mean over all entries", "taken over all cells")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -(x * log_p).mean()


@wrong("the mean over a listener's plays", "each listener's number of entries")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -((x * log_p).sum(axis=1) / x.sum(axis=1)).mean()


@wrong("the sign", "Is it below 0? A loss")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return (x * log_p).sum(axis=1).mean()


@wrong("a logistic loss for each entry", "a yes or no")
def multinomial_loss(x, scores):
    s = 1 / (1 + np.exp(-scores))
    return -(x * np.log(s) + (1 - x) * np.log(1 - s)).sum(axis=1).mean()


@wrong("one softmax over the whole table", "Does one softmax run over the whole table")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum())
    return -(x * log_p).sum(axis=1).mean()


@wrong("softmax down the columns", "Does the softmax run over the listeners")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=0, keepdims=True))
    return -(x * log_p).sum(axis=1).mean()


@wrong("no logarithm", "Is it the chance that is summed")
def multinomial_loss(x, scores):
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -(x * p).sum(axis=1).mean()


@wrong("base 2", "That is in bits")
def multinomial_loss(x, scores):
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -(x * np.log2(p)).sum(axis=1).mean()


@wrong("the logarithm of the sum of the chances", "Did you sum before the logarithm")
def multinomial_loss(x, scores):
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    return -np.log((x * p).sum(axis=1)).mean()


@wrong("one for each listener", "Is there a number for each listener")
def multinomial_loss(x, scores):
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return -(x * log_p).sum(axis=1)


@wrong("the softmax over the heard tracks only", "Does the softmax run over the played tracks alone")
def multinomial_loss(x, scores):
    log_p = scores - np.log((x * np.exp(scores)).sum(axis=1, keepdims=True))
    return -(x * log_p).sum(axis=1).mean()


@wrong("the scores without their normaliser", "Is the denominator of the softmax missing")
def multinomial_loss(x, scores):
    return -(x * scores).sum(axis=1).mean()


# ---- kl_to_standard


@right("from the formula")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).sum(axis=1).mean()


@right("the minus taken out, as Kingma writes it")
def kl_to_standard(mean, log_variance):
    return -0.5 * np.mean(np.sum(1 + log_variance - np.square(mean) - np.exp(log_variance), axis=-1))


@right("a loop")
def kl_to_standard(mean, log_variance):
    total = 0.0
    for m_row, l_row in zip(mean, log_variance):
        for m, l in zip(m_row, l_row):
            total += (np.exp(l) + m * m - 1 - l) / 2
    return total / len(mean)


@right("the sum over the number of rows, from a deviation")
def kl_to_standard(mean, log_variance):
    deviation = np.exp(np.asarray(log_variance) / 2)
    return np.sum(deviation**2 + np.asarray(mean) ** 2 - 1 - 2 * np.log(deviation)) / 2 / np.shape(mean)[0]


@right("a table")
def kl_to_standard(mean, log_variance):
    m, l = pd.DataFrame(mean), pd.DataFrame(log_variance)
    return ((np.exp(l) + m**2 - 1 - l) / 2).sum(axis=1).mean()


@wrong("the half forgotten", "Is the half missing")
def kl_to_standard(mean, log_variance):
    return (np.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1).mean()


@wrong("the mean over all entries", "the mean over all entries, or")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).mean()


@wrong("the sum over the rows", "the mean over all entries, or")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).sum()


@wrong("the log variance taken for the variance")
def kl_to_standard(mean, log_variance):
    return (0.5 * (log_variance + mean**2 - 1 - np.log(np.abs(log_variance) + 1e-9))).sum(axis=1).mean()


@wrong("the logarithm of a deviation", "Is log_variance taken for the logarithm of the deviation")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(2 * log_variance) + mean**2 - 1 - 2 * log_variance)).sum(axis=1).mean()


@wrong("the sign", "Is it below 0? A divergence")
def kl_to_standard(mean, log_variance):
    return -(0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).sum(axis=1).mean()


@wrong("the mean not squared", "Is the mean not squared")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean - 1 - log_variance)).sum(axis=1).mean()


@wrong("the one forgotten", "Is the 1 forgotten")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - log_variance)).sum(axis=1).mean()


@wrong("the log variance added", "Is the log variance added")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 + log_variance)).sum(axis=1).mean()


@wrong("the exponential forgotten", "taken for the variance")
def kl_to_standard(mean, log_variance):
    return (0.5 * (mean**2 - 1)).sum(axis=1).mean()


@wrong("the mean of the first row")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).sum(axis=1)[0]


@wrong("one for each row", "Is there a number for each row")
def kl_to_standard(mean, log_variance):
    return (0.5 * (np.exp(log_variance) + mean**2 - 1 - log_variance)).sum(axis=1)


@wrong("the half on the first term only", "Is only the variance halved")
def kl_to_standard(mean, log_variance):
    return (0.5 * np.exp(log_variance) + mean**2 - 1 - log_variance).sum(axis=1).mean()


@wrong("the other direction of the divergence", "Is that the divergence the other way")
def kl_to_standard(mean, log_variance):
    v = np.exp(log_variance)
    return (0.5 * ((1 + mean**2) / v - 1 + log_variance)).sum(axis=1).mean()
