"""Answers to lesson 04. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- predict_pairs


@right("the diagonal of the colleague's table")
def predict_pairs(P, Q, rows, columns):
    return np.diag(P[rows] @ Q[columns].T)


@right("a list comprehension")
def predict_pairs(P, Q, rows, columns):
    return [P[u] @ Q[i] for u, i in zip(rows, columns)]


@right("picks from the whole table")
def predict_pairs(P, Q, rows, columns):
    return (P @ Q.T)[rows, columns]


@wrong("sums along the wrong axis", "Did you add up over the pairs?")
def predict_pairs(P, Q, rows, columns):
    return np.sum(P[rows] * Q[columns], axis=0)


@wrong("no sum", "Did you stop before the sum?")
def predict_pairs(P, Q, rows, columns):
    return np.multiply(P[rows], Q[columns])


@wrong("the sum of everything", "Is that the sum of all pairs?")
def predict_pairs(P, Q, rows, columns):
    return np.sum(P[rows] * Q[columns])


@wrong("the mean over the factors", "Is that the mean over the factors?")
def predict_pairs(P, Q, rows, columns):
    return (P[rows] * Q[columns]).mean(axis=1)


# ---- rmse_on


@right("a masked mean by sums")
def rmse_on(truth, predicted, held_out):
    square = (truth - predicted) ** 2
    return (square * held_out).sum() ** 0.5 / held_out.sum() ** 0.5


@right("scikit-learn's mean_squared_error")
def rmse_on(truth, predicted, held_out):
    from sklearn.metrics import mean_squared_error

    return mean_squared_error(truth[held_out], predicted[held_out]) ** 0.5


@wrong("the root, but over all cells", "Does every cell count?")
def rmse_on(truth, predicted, held_out):
    return np.sqrt(((truth - predicted) ** 2).mean())


@wrong("the right cells, no root", "Did you leave out the root?")
def rmse_on(truth, predicted, held_out):
    return ((truth - predicted)[held_out] ** 2).mean()


@wrong("takes the mean before the square", "Did you take the mean before the square?")
def rmse_on(truth, predicted, held_out):
    return np.sqrt((truth - predicted)[held_out].mean() ** 2)


@wrong("the spread of the errors, their mean taken off", "Is that the spread of the errors around their mean?")
def rmse_on(truth, predicted, held_out):
    return (truth - predicted)[held_out].std()


@wrong("divides by n - 1", "Some divide by one less than the number of cells")
def rmse_on(truth, predicted, held_out):
    e = (truth - predicted)[held_out]
    return np.sqrt((e**2).sum() / max(len(e) - 1, 1))


@wrong("the mean absolute error", "Is that the mean absolute error?")
def rmse_on(truth, predicted, held_out):
    return np.mean(np.abs(truth[held_out] - predicted[held_out]))


# ---- damped_bias


@right("column by column")
def damped_bias(rest, heard, damping):
    biases = []
    for j in range(rest.shape[1]):
        mine = rest[heard[:, j], j]
        biases.append(mine.sum() / (len(mine) + damping) if len(mine) else 0)
    return biases


@right("nansum over a table with nan in the holes")
def damped_bias(rest, heard, damping):
    table = np.where(heard, rest, np.nan)
    n = np.count_nonzero(heard, axis=0)
    below = np.where(n == 0, 1, n + damping)
    return np.nansum(table, axis=0) / below


@wrong("the plain mean of the heard cells", "Where is the damping?")
def damped_bias(rest, heard, damping):
    n = heard.sum(axis=0)
    return np.where(n > 0, (rest * heard).sum(axis=0) / np.maximum(n, 1), 0)


@wrong("damping only where there are fewer than that", "Is damping a least number?")
def damped_bias(rest, heard, damping):
    n = heard.sum(axis=0)
    return np.where(heard, rest, 0).sum(axis=0) / np.maximum(np.maximum(n, damping), 1)


@wrong("a value for each row", "Is that one value a listener?")
def damped_bias(rest, heard, damping):
    return np.where(heard, rest, 0).sum(axis=1) / np.maximum(heard.sum(axis=1) + damping, 1)


@wrong("divides by all rows plus damping", "Did you divide by all rows plus damping?")
def damped_bias(rest, heard, damping):
    return np.where(heard, rest, 0).sum(axis=0) / (len(rest) + damping)


@wrong("adds the damping above too", "Did you add the damping above the line as well?")
def damped_bias(rest, heard, damping):
    n = heard.sum(axis=0)
    return np.where(n > 0, (np.where(heard, rest, 0).sum(axis=0) + damping) / np.maximum(n + damping, 1), 0)


# ---- one_epoch


@right("copies and overwrites the holes")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    low = U[:, :k] @ np.diag(s[:k]) @ Vt[:k, :]
    out = table.copy()
    out[~heard] = low[~heard]
    return out


@right("a weighted sum of the two tables")
def one_epoch(filled, table, heard, k):
    u, s, v = np.linalg.svd(filled)
    low = sum(s[j] * np.outer(u[:, j], v[j]) for j in range(k))
    return heard * table + (1 - heard) * low


@wrong("everything is replaced", "Did you give back the approximation itself?")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vt[:k]


@wrong("factorises the table with zeros", "Did you factorise the table with its zeros?")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(table, full_matrices=False)
    return np.where(heard, table, (U[:, :k] * s[:k]) @ Vt[:k])


@wrong("the heard cells are replaced, the holes kept", "Did the holes and the ratings change places?")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, (U[:, :k] * s[:k]) @ Vt[:k], filled)


@wrong("the columns of Vt instead of its rows", "Did you take the first k columns of Vt?")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, table, (U[:, :k] * s[:k]) @ Vt[:, :k].T)


# ---- one_standard_error


@right("a loop from the simplest on")
def one_standard_error(errors):
    means = [np.mean(row) for row in errors]
    best = int(np.argmin(means))
    limit = means[best] + np.std(errors[best], ddof=1) / len(errors[best]) ** 0.5
    for j, mean in enumerate(means):
        if mean <= limit:
            return j


@wrong("the best row", "Is that the least mean?")
def one_standard_error(errors):
    return int(np.argmin(errors.mean(axis=1)))


@wrong("the standard deviation instead of the standard error", "Is your margin the spread of the folds?")
def one_standard_error(errors):
    means = errors.mean(axis=1)
    best = means.argmin()
    return int(np.argmax(means <= means[best] + errors[best].std(ddof=1)))


@wrong("means over the settings instead of the folds", "Is a mean taken over the settings?")
def one_standard_error(errors):
    means = errors.mean(axis=0)
    best = means.argmin()
    margin = errors[:, best].std(ddof=1) / np.sqrt(errors.shape[0]) if len(errors) > 1 else 0
    return int(np.flatnonzero(means <= means[best] + margin)[0])


@wrong("NumPy's own spread, ddof=0", "Some take the spread of all folds there are (ddof=0)")
def one_standard_error(errors):
    means = errors.mean(axis=1)
    best = means.argmin()
    margin = errors[best].std() / np.sqrt(errors.shape[1])
    return int(np.flatnonzero(means <= means[best] + margin)[0])


@wrong("the standard error over all folds of all settings", "Did all rows go into one spread?")
def one_standard_error(errors):
    means = errors.mean(axis=1)
    margin = errors.std(ddof=1) / np.sqrt(errors.shape[1])
    return int(np.flatnonzero(means <= means.min() + margin)[0])


@wrong("divides by the number of folds, not its root", "Did you divide by the number of folds?")
def one_standard_error(errors):
    means = errors.mean(axis=1)
    best = means.argmin()
    margin = errors[best].std(ddof=1) / errors.shape[1]
    return int(np.flatnonzero(means <= means[best] + margin)[0])


# ---- reasons


@right("a dictionary's values, track by track")
def reasons(row, V, item):
    terms = {}
    for j in range(len(row)):
        terms[j] = row[j] * np.dot(V[j], V[item])
    return list(terms.values())


@wrong("similarities without the listener", "Are these similarities alone?")
def reasons(row, V, item):
    return (V * V[item]).sum(axis=1)


@wrong("the score in one number", "Is that the sum?")
def reasons(row, V, item):
    return float((row * (V @ V[item])).sum())


@wrong("the scores of all tracks", "Is that the scores of all tracks?")
def reasons(row, V, item):
    return row @ V @ V.T


@wrong("terms of the heard tracks only", "Did you give the heard tracks alone?")
def reasons(row, V, item):
    terms = row * (V @ V[item])
    return terms[row > 0]


@wrong("1 for each heard track, whatever the listener thinks of it", "Does every heard track count alike?")
def reasons(row, V, item):
    return (row > 0) * (V @ V[item])


# ---- shrunk_cosine


@right("sums and roots, no library")
def shrunk_cosine(x, y, shrinkage):
    above = x_length = y_length = 0
    for a, b in zip(x, y):
        above += a * b
        x_length += a * a
        y_length += b * b
    return above / ((x_length * y_length) ** 0.5 + shrinkage)


@right("np.dot and np.sqrt")
def shrunk_cosine(x, y, shrinkage):
    return np.dot(x, y) / (np.sqrt(np.dot(x, x)) * np.sqrt(np.dot(y, y)) + shrinkage)


@right("the cosine first, then corrected")
def shrunk_cosine(x, y, shrinkage):
    lengths = np.sqrt((x**2).sum() * (y**2).sum())
    if lengths == 0:
        return 0
    return (x @ y / lengths) * lengths / (lengths + shrinkage)


@right("Series")
def shrunk_cosine(x, y, shrinkage):
    import pandas as pd

    x, y = pd.Series(x), pd.Series(y)
    return (x * y).sum() / (x.pow(2).sum() ** 0.5 * y.pow(2).sum() ** 0.5 + shrinkage)


@right("rounded to four decimals")
def shrunk_cosine(x, y, shrinkage):
    return round(float(np.inner(x, y) / (np.hypot.reduce(x) * np.hypot.reduce(y) + shrinkage)), 6)


@wrong("the plain cosine", "Where is the shrinkage?")
def shrunk_cosine(x, y, shrinkage):
    below = np.linalg.norm(x) * np.linalg.norm(y)
    return x @ y / below if below else 0.0


@wrong("scikit-learn's cosine", "Where is the shrinkage?")
def shrunk_cosine(x, y, shrinkage):
    from sklearn.metrics.pairwise import cosine_similarity

    return cosine_similarity([x], [y])[0, 0]


@wrong("no lengths", "Did you divide by the lengths?")
def shrunk_cosine(x, y, shrinkage):
    return x @ y / shrinkage


@wrong("squared lengths", "Did you leave out the roots?")
def shrunk_cosine(x, y, shrinkage):
    return np.dot(x, y) / (np.sum(x**2) * np.sum(y**2) + shrinkage)


@wrong("lengths over the common listeners", "Did you measure the lengths over the common listeners alone?")
def shrunk_cosine(x, y, shrinkage):
    both = (x > 0) * (y > 0)
    return (x @ y) / (np.linalg.norm(x * both) * np.linalg.norm(y * both) + shrinkage)


@wrong("shrinkage above and below", "Did you add the shrinkage to the cosine's top as well?")
def shrunk_cosine(x, y, shrinkage):
    return (x @ y + shrinkage) / (np.linalg.norm(x) * np.linalg.norm(y) + shrinkage)


@wrong("shrinkage taken off", "Did you take the shrinkage off the cosine?")
def shrunk_cosine(x, y, shrinkage):
    below = np.linalg.norm(x) * np.linalg.norm(y)
    return (x @ y / below if below else 0) - shrinkage


@wrong("cosine over 1 + shrinkage", "Did you divide the cosine by the shrinkage?")
def shrunk_cosine(x, y, shrinkage):
    below = np.linalg.norm(x) * np.linalg.norm(y)
    return (x @ y / below if below else 0) / (1 + shrinkage)


@wrong("one length", "Did you divide by one track's length?")
def shrunk_cosine(x, y, shrinkage):
    return x @ y / (np.linalg.norm(x) + shrinkage)


@wrong("ticks for values", "Do only the listeners count, and not how much they heard?")
def shrunk_cosine(x, y, shrinkage):
    x, y = (x > 0).astype(float), (y > 0).astype(float)
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + shrinkage)


@wrong("centred columns", "Did you take the means off first?")
def shrunk_cosine(x, y, shrinkage):
    x, y = x - np.mean(x), y - np.mean(y)
    return x @ y / (np.linalg.norm(x) * np.linalg.norm(y) + shrinkage)


@wrong("the count of common listeners shrinks", "Some multiply the cosine by n / (n + shrinkage)")
def shrunk_cosine(x, y, shrinkage):
    n = np.count_nonzero((x > 0) & (y > 0))
    below = np.linalg.norm(x) * np.linalg.norm(y)
    return (x @ y / below if below else 0) * n / (n + shrinkage)


@wrong("the sums in place of the lengths")
def shrunk_cosine(x, y, shrinkage):
    return x @ y / (x.sum() * y.sum() + shrinkage)


# ---- in_catalogue_order


@right("a dictionary of places")
def in_catalogue_order(scores, model_items, catalogue):
    place = {item: j for j, item in enumerate(model_items)}
    out = np.full((len(scores), len(catalogue)), -np.inf)
    for j, item in enumerate(catalogue):
        if item in place:
            out[:, j] = scores[:, place[item]]
    return out


@right("a table that reindexes its columns")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    return pd.DataFrame(scores, columns=model_items).reindex(columns=catalogue, fill_value=-np.inf)


@right("reindex, then fill")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    table = pd.DataFrame(scores, columns=model_items).reindex(columns=catalogue)
    return table.fillna(-np.inf).to_numpy()


@right("an extra column for the unknown")
def in_catalogue_order(scores, model_items, catalogue):
    wide = np.column_stack([scores, np.full(len(scores), -np.inf)])
    at = [model_items.index(one) if one in model_items else len(model_items) for one in catalogue]
    return wide[:, at]


@right("overwrites where the place is -1")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    at = pd.Index(model_items).get_indexer(catalogue)
    out = scores[:, at].astype(float)
    out[:, at == -1] = float("-inf")
    return out


@wrong("unchanged")
def in_catalogue_order(scores, model_items, catalogue):
    return scores


@wrong("filled up from the left", "Did you leave the columns as they stand?")
def in_catalogue_order(scores, model_items, catalogue):
    out = np.full((len(scores), len(catalogue)), -np.inf)
    n = min(out.shape[1], scores.shape[1])
    out[:, :n] = scores[:, :n]
    return out


@wrong("-1 as the last column", "Did an unknown track get the last column?")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    return scores[:, pd.Index(model_items).get_indexer(catalogue)]


@wrong("-1 from a list", "Did an unknown track get the last column?")
def in_catalogue_order(scores, model_items, catalogue):
    at = [model_items.index(one) if one in model_items else -1 for one in catalogue]
    return scores[:, at]


@wrong("zero for the unknown", "Did an unknown track get 0?")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    return pd.DataFrame(scores, columns=model_items).reindex(columns=catalogue, fill_value=0).values


@wrong("nan for the unknown", "Did an unknown track get nan?")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    return pd.DataFrame(scores, columns=model_items).reindex(columns=catalogue).to_numpy()


@wrong("sorted by id", "Did you sort the columns by id?")
def in_catalogue_order(scores, model_items, catalogue):
    sorted_scores = scores[:, np.argsort(model_items)]
    out = np.full((len(scores), len(catalogue)), -np.inf)
    n = min(out.shape[1], sorted_scores.shape[1])
    out[:, :n] = sorted_scores[:, :n]
    return out


@wrong("the unknown are left out", "Did you leave the unknown tracks out?")
def in_catalogue_order(scores, model_items, catalogue):
    return scores[:, [model_items.index(one) for one in catalogue if one in model_items]]


@wrong("plus infinity for the unknown")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    return pd.DataFrame(scores, columns=model_items).reindex(columns=catalogue, fill_value=np.inf)


@wrong("the lowest score for the unknown")
def in_catalogue_order(scores, model_items, catalogue):
    import pandas as pd

    return pd.DataFrame(scores, columns=model_items).reindex(columns=catalogue, fill_value=scores.min())


# ---- a second reader: predict_pairs


@right("np.einsum over the pairs")
def predict_pairs(P, Q, rows, columns):
    return np.einsum("jf,jf->j", np.asarray(P)[rows], np.asarray(Q)[columns])


@right("the diagonal of the table of pairs")
def predict_pairs(P, Q, rows, columns):
    return np.diag(P[rows] @ Q[columns].T)


@wrong("the draft's table", "Is that every listener with every track?")
def predict_pairs(P, Q, rows, columns):
    return P[rows] @ Q[columns].T


@wrong("rows and columns change places", "Did listeners and tracks change places?")
def predict_pairs(P, Q, rows, columns):
    return (P[np.asarray(columns) % len(P)] * Q[np.asarray(rows) % len(Q)]).sum(axis=1)


@wrong("the first row of the table")
def predict_pairs(P, Q, rows, columns):
    return (P[rows] @ Q[columns].T)[0]


@wrong("the cosine")
def predict_pairs(P, Q, rows, columns):
    a, b = P[rows], Q[columns]
    return (a * b).sum(1) / np.maximum(np.linalg.norm(a, axis=1) * np.linalg.norm(b, axis=1), 1e-12)


@wrong("the table flattened")
def predict_pairs(P, Q, rows, columns):
    return (P[rows] @ Q[columns].T).ravel()


@wrong("every track for each listener asked")
def predict_pairs(P, Q, rows, columns):
    return P[rows] @ Q.T


# ---- a second reader: rmse_on


@right("np.average with the mask as weights")
def rmse_on(truth, predicted, held_out):
    return math.sqrt(np.average((np.asarray(truth) - predicted) ** 2, weights=np.asarray(held_out, dtype=float)))


@right("the length of the errors over the root of their number")
def rmse_on(truth, predicted, held_out):
    errors = (np.asarray(truth) - np.asarray(predicted))[np.asarray(held_out)]
    return np.linalg.norm(errors) / math.sqrt(errors.size)


@wrong("over the cells that are not held out", "Is the mask the wrong way round?")
def rmse_on(truth, predicted, held_out):
    return np.sqrt(((truth - predicted)[~held_out] ** 2).mean()) if (~held_out).any() else 0.0


@wrong("the sum, not the mean", "Did you take the root of the sum?")
def rmse_on(truth, predicted, held_out):
    return np.sqrt(((truth - predicted)[held_out] ** 2).sum())


@wrong("errors outside of the mask set to 0, and all cells counted", "Did the others go in as 0?")
def rmse_on(truth, predicted, held_out):
    return np.sqrt((np.where(held_out, truth - predicted, 0) ** 2).mean())


@wrong("the largest error")
def rmse_on(truth, predicted, held_out):
    return np.abs(truth - predicted)[held_out].max()


# ---- a second reader: damped_bias


@right("column by column")
def damped_bias(rest, heard, damping):
    out = []
    for j in range(np.shape(rest)[1]):
        mine = np.asarray(rest)[:, j][np.asarray(heard)[:, j]]
        out.append(mine.sum() / (len(mine) + damping) if len(mine) else 0.0)
    return out


@right("masked arrays")
def damped_bias(rest, heard, damping):
    masked = np.ma.array(rest, mask=~np.asarray(heard))
    return masked.sum(axis=0).filled(0) / np.maximum(masked.count(axis=0) + damping, 1e-12)


@wrong("0 by 0 where nobody heard it and nothing damps")
def damped_bias(rest, heard, damping):
    return (np.asarray(rest) * heard).sum(axis=0) / (np.asarray(heard).sum(axis=0) + damping)


@wrong("the sum without a divisor")
def damped_bias(rest, heard, damping):
    return (rest * heard).sum(axis=0)


@wrong("the holes stay in the sum", "Did the holes stay in the sum?")
def damped_bias(rest, heard, damping):
    return rest.sum(axis=0) / (heard.sum(axis=0) + damping)


@wrong("damping off the number")
def damped_bias(rest, heard, damping):
    n = heard.sum(axis=0) - damping
    return (rest * heard).sum(axis=0) / np.where(n > 0, n, 1)


# ---- a second reader: one_epoch


@right("by projection on the directions of the rows")
def one_epoch(filled, table, heard, k):
    V = np.linalg.svd(filled, full_matrices=False)[2][:k].T
    out = filled @ V @ V.T
    out[heard] = np.asarray(table, dtype=float)[heard]
    return out


@right("a sum of terms, mixed by the mask")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(np.asarray(filled, dtype=float))
    low = sum(s[j] * U[:, [j]] @ Vt[[j]] for j in range(k))
    return low * ~np.asarray(heard) + np.asarray(table) * np.asarray(heard)


@wrong("the holes keep their old values", "Did the holes stay as they were?")
def one_epoch(filled, table, heard, k):
    return np.where(heard, table, filled)


@wrong("the holes get 0 again", "Did the holes and the ratings change places?")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, (U[:, :k] * s[:k]) @ Vt[:k], 0.0)


@wrong("one factor too many")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, table, (U[:, : k + 1] * s[: k + 1]) @ Vt[: k + 1])


@wrong("no singular values")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, table, U[:, :k] @ Vt[:k])


@wrong("the mean of old and new in the holes")
def one_epoch(filled, table, heard, k):
    U, s, Vt = np.linalg.svd(filled, full_matrices=False)
    return np.where(heard, table, (filled + (U[:, :k] * s[:k]) @ Vt[:k]) / 2)


# ---- a second reader: one_standard_error


@right("a loop from the simplest on")
def one_standard_error(errors):
    rows = [list(row) for row in np.asarray(errors)]
    means = [sum(row) / len(row) for row in rows]
    best = means.index(min(means))
    n = len(rows[best])
    spread = math.sqrt(sum((x - means[best]) ** 2 for x in rows[best]) / (n - 1))
    for position, mean in enumerate(means):
        if mean <= means[best] + spread / math.sqrt(n):
            return position


@right("pandas: sem of the best row")
def one_standard_error(errors):
    table = pd.DataFrame(np.asarray(errors))
    mean = table.mean(axis=1)
    return int((mean <= mean.min() + table.sem(axis=1)[mean.idxmin()]).to_numpy().argmax())


@wrong("the last that is within the error", "Did you take the last one within the margin?")
def one_standard_error(errors):
    m = errors.mean(axis=1)
    best = m.argmin()
    return int(np.flatnonzero(m <= m[best] + errors[best].std(ddof=1) / np.sqrt(errors.shape[1]))[-1])


@wrong("two standard errors", "Is your margin two standard errors?")
def one_standard_error(errors):
    m = errors.mean(axis=1)
    best = m.argmin()
    return int((m <= m[best] + 2 * errors[best].std(ddof=1) / np.sqrt(errors.shape[1])).argmax())


@wrong("each setting with its own error", "Does each row have a margin of its own?")
def one_standard_error(errors):
    m = errors.mean(axis=1)
    own = errors.std(axis=1, ddof=1) / np.sqrt(errors.shape[1])
    return int((m - own <= m.min()).argmax())


@wrong("its mean, not its place")
def one_standard_error(errors):
    m = errors.mean(axis=1)
    best = m.argmin()
    ok = m <= m[best] + errors[best].std(ddof=1) / np.sqrt(errors.shape[1])
    return float(m[ok.argmax()])


# ---- a second reader: reasons


@right("a loop over the tracks")
def reasons(row, V, item):
    return [row[j] * sum(V[j][f] * V[item][f] for f in range(len(V[item]))) for j in range(len(row))]


@right("the whole matrix of similarities, one column of it")
def reasons(row, V, item):
    return np.asarray(row) * (np.asarray(V) @ np.asarray(V).T)[:, item]


@right("diag and a product")
def reasons(row, V, item):
    return np.diag(row) @ V @ V[item]


@wrong("what each factor adds", "Are these the terms of the factors?")
def reasons(row, V, item):
    return (row @ V) * V[item]


@wrong("shares of the score")
def reasons(row, V, item):
    terms = row * (V @ V[item])
    return terms / terms.sum() if terms.sum() else terms


@wrong("the item itself is left out")
def reasons(row, V, item):
    terms = row * (V @ V[item])
    terms[item] = 0
    return terms


@wrong("cosines in place of products", "Did you divide by the lengths?")
def reasons(row, V, item):
    length = np.linalg.norm(V, axis=1)
    return row * (V @ V[item]) / np.maximum(length * length[item], 1e-12)


@wrong("sorted, largest first")
def reasons(row, V, item):
    return np.sort(row * (V @ V[item]))[::-1]
