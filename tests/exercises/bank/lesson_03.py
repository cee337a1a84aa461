"""Answers to lesson 03. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math

import numpy as np

from tests.exercises.bank import right, wrong

# ---- singular_values


@right("plain math, a guard at both roots")
def singular_values(A):
    a, b, c, d = A[0][0], A[0][1], A[1][0], A[1][1]
    t = a * a + b * b + c * c + d * d
    det = a * d - b * c
    root = math.sqrt(max(0, t * t - 4 * det * det))
    return [math.sqrt(max(0, (t + root) / 2)), math.sqrt(max(0, (t - root) / 2))]


@right("eigenvalues of A'A, turned around")
def singular_values(A):
    return np.sqrt(np.maximum(np.linalg.eigvalsh(A.T @ A), 0))[::-1]


@wrong("the smaller first", "Did the smaller one come first?")
def singular_values(A):
    t = (A**2).sum()
    d = np.linalg.det(A)
    s = np.sqrt(max(t**2 - 4 * d**2, 0))
    return np.sqrt(max((t - s) / 2, 0)), np.sqrt(max((t + s) / 2, 0))


@wrong("the roots of the equation themselves, not their square roots", "Are these the solutions x?")
def singular_values(A):
    t = (A**2).sum()
    d = np.linalg.det(A)
    s = np.sqrt(max(t**2 - 4 * d**2, 0))
    return (t + s) / 2, (t - s) / 2


@wrong("the trace of A in place of the sum of squares")
def singular_values(A):
    t = np.trace(A)
    d = np.linalg.det(A)
    s = np.sqrt(max(t**2 - 4 * d**2, 0))
    return np.sqrt(max((t + s) / 2, 0)), np.sqrt(max((t - s) / 2, 0))


@wrong("forgets to halve", "Did you forget to halve?")
def singular_values(A):
    t = (A**2).sum()
    d = np.linalg.det(A)
    s = np.sqrt(max(t**2 - 4 * d**2, 0))
    return np.sqrt(max(t + s, 0)), np.sqrt(max(t - s, 0))


# ---- truncate


@right("a sum of outer products")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    out = np.zeros_like(R)
    for j in range(k):
        out += s[j] * np.outer(U[:, j], Vt[j])
    return out


@right("sets the small singular values to 0")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    s[k:] = 0
    return U @ np.diag(s) @ Vt


@wrong("the columns of Vt instead of its rows", "Did you take the first k columns of Vt?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return U[:, :k] @ np.diag(s[:k]) @ Vt[:, :k].T


@wrong("leaves out the singular values", "Did you leave the singular values out?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return U[:, :k] @ Vt[:k, :]


@wrong("keeps one term too many", "Is that a term too many?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, : k + 1] * s[: k + 1]) @ Vt[: k + 1]


@wrong("only the k-th term", "Is that the k-th term alone?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return s[k - 1] * np.outer(U[:, k - 1], Vt[k - 1])


@wrong("what is left over after k terms", "Is that what is left over?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, k:] * s[k:]) @ Vt[k:]


@wrong("squares the singular values", "Are the singular values in it twice?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * s[:k] ** 2) @ Vt[:k]


@wrong("gives the factors instead of the matrix", "Are these the factors?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return U[:, :k] * s[:k]


# ---- objective


@right("nansum and norms")
def objective(R, P, Q, lam):
    loss = np.nansum((R - P @ Q.T) ** 2)
    return loss + lam * (np.linalg.norm(P) ** 2 + np.linalg.norm(Q) ** 2)


@right("cell by cell")
def objective(R, P, Q, lam):
    J = 0
    for u in range(R.shape[0]):
        for i in range(R.shape[1]):
            if not np.isnan(R[u, i]):
                J += (R[u, i] - np.dot(P[u], Q[i])) ** 2
    for M in (P, Q):
        J += lam * np.square(M).sum()
    return J


@wrong("no penalty", "Where is the penalty?")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2)


@wrong("the norms are not squared", "Did the penalty take lengths?")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2) + lam * (np.linalg.norm(P) + np.linalg.norm(Q))


@wrong("the penalty only on Q", "Did only one side pay?")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2) + lam * (Q**2).sum()


@wrong("holes count as 0 stars", "Did you count a hole as 0 stars?")
def objective(R, P, Q, lam):
    R = np.where(np.isnan(R), 0, R)
    return ((R - P @ Q.T) ** 2).sum() + lam * ((P**2).sum() + (Q**2).sum())


@wrong("takes the penalty off", "Did you take the penalty off?")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2) - lam * ((P**2).sum() + (Q**2).sum())


@wrong("the errors are not squared", "Are the errors as they are?")
def objective(R, P, Q, lam):
    return np.nansum(R - P @ Q.T) + lam * ((P**2).sum() + (Q**2).sum())


@wrong("lam is squared with the entries")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2) + ((lam * P) ** 2).sum() + ((lam * Q) ** 2).sum()


# ---- gradient_of_listener


@right("by index over the ratings")
def gradient_of_listener(r, Q, p, lam):
    g = 2 * lam * p
    for i in range(len(r)):
        e = r[i] - Q[i] @ p
        g = g - 2 * e * Q[i]
    return g


@right("einsum")
def gradient_of_listener(r, Q, p, lam):
    e = r - np.einsum("ik,k->i", Q, p)
    return 2 * (lam * p - np.einsum("i,ik->k", e, Q))


@wrong("half of it", "That is half of it")
def gradient_of_listener(r, Q, p, lam):
    return -Q.T @ (r - Q @ p) + lam * p


@wrong("the sign of the errors", "Is the sign of the errors turned around?")
def gradient_of_listener(r, Q, p, lam):
    return 2 * Q.T @ (r - Q @ p) + 2 * lam * p


@wrong("downhill", "Does that point downhill?")
def gradient_of_listener(r, Q, p, lam):
    return 2 * Q.T @ (r - Q @ p) - 2 * lam * p


@wrong("no penalty", "Did you forget the penalty?")
def gradient_of_listener(r, Q, p, lam):
    e = r - Q @ p
    return -2 * (e[:, None] * Q).sum(axis=0)


@wrong("the mean over the ratings instead of the sum", "Did you take the mean over the ratings?")
def gradient_of_listener(r, Q, p, lam):
    n = max(len(r), 1)
    return -2 * Q.T @ (r - Q @ p) / n + 2 * lam * p


# ---- sgd_step


@right("a tuple from copies")
def sgd_step(r, p, q, rate, lam):
    e = r - np.dot(p, q)
    old_p, old_q = p.copy(), q.copy()
    new_p = old_p + rate * (e * old_q - lam * old_p)
    new_q = old_q + rate * (e * old_p - lam * old_q)
    return new_p, new_q


@right("lists, factor by factor")
def sgd_step(r, p, q, rate, lam):
    e = r - sum(a * b for a, b in zip(p, q))
    P, Q = [], []
    for a, b in zip(p, q):
        P.append(a + rate * (e * b - lam * a))
        Q.append(b + rate * (e * a - lam * b))
    return [P, Q]


@wrong("p is moved in place before q looks at it", "Did q move with the new p?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    p = p + rate * (e * q - lam * p)
    q = q + rate * (e * p - lam * q)
    return p, q


@wrong("the penalty has the wrong sign", "Does the penalty pull outwards?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + rate * (e * q + lam * p), q + rate * (e * p + lam * q)


@wrong("each vector is moved along itself", "Did each vector move along itself?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + rate * (e * p - lam * p), q + rate * (e * q - lam * q)


@wrong("the rate is left out of the penalty", "Is the penalty outside of the bracket?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + rate * e * q - lam * p, q + rate * e * p - lam * q


@wrong("gives the steps, not the new vectors", "Are these the steps?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return rate * (e * q - lam * p), rate * (e * p - lam * q)


@wrong("moves p alone", "Did only one of the two move?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + rate * (e * q - lam * p), q


@wrong("the error turned around", "Is the error turned around?")
def sgd_step(r, p, q, rate, lam):
    e = p @ q - r
    return p + rate * (e * q - lam * p), q + rate * (e * p - lam * q)


# ---- ridge_row


@right("the inverse")
def ridge_row(Q, r, lam):
    k = Q.shape[1]
    return np.linalg.inv(Q.T @ Q + lam * np.identity(k)) @ Q.T @ r


@right("scikit-learn's Ridge")
def ridge_row(Q, r, lam):
    from sklearn.linear_model import Ridge

    if len(r) == 0:
        return np.zeros(Q.shape[1])
    return Ridge(alpha=lam, fit_intercept=False).fit(Q, r).coef_


@wrong("lam on every entry", "Did you add lam to every entry?")
def ridge_row(Q, r, lam):
    return np.linalg.solve(Q.T @ Q + lam, Q.T @ r)


@wrong("no lam", "Did you leave lam out?")
def ridge_row(Q, r, lam):
    return np.linalg.lstsq(Q, r, rcond=None)[0] if len(r) else np.zeros(Q.shape[1])


@wrong("lam squared", "Is lam squared?")
def ridge_row(Q, r, lam):
    return np.linalg.solve(Q.T @ Q + lam**2 * np.eye(Q.shape[1]), Q.T @ r)


@wrong("lam taken off the diagonal", "Did you take lam off the diagonal?")
def ridge_row(Q, r, lam):
    return np.linalg.pinv(Q.T @ Q - lam * np.eye(Q.shape[1])) @ Q.T @ r


@wrong("lam times the number of ratings", "Your lam counts once for each rating")
def ridge_row(Q, r, lam):
    n = max(len(r), 1)
    return np.linalg.solve(Q.T @ Q + n * lam * np.eye(Q.shape[1]), Q.T @ r)


# ---- sweep_cost


@right("listeners' half and tracks' half")
def sweep_cost(cells, k, m, n):
    listeners = cells * (k * k + k) + m * k**3 / 3
    tracks = cells * (k * k + k) + n * k**3 / 3
    return listeners + tracks


@wrong("one side of the cells only", "Did you count one side?")
def sweep_cost(cells, k, m, n):
    return cells * (k**2 + k) + (m + n) * k**3 / 3


@wrong("no third", "Where is the third?")
def sweep_cost(cells, k, m, n):
    return 2 * cells * (k**2 + k) + (m + n) * k**3


@wrong("a row solves k squared", "Did you solve with k²?")
def sweep_cost(cells, k, m, n):
    return 2 * cells * (k**2 + k) + (m + n) * k**2 / 3


@wrong("m times n rows to solve", "Did you multiply m by n?")
def sweep_cost(cells, k, m, n):
    return 2 * cells * (k**2 + k) + m * n * k**3 / 3


# ---- stretched_cosine


@right("stretches, then scikit-learn")
def stretched_cosine(q, r, stretch):
    from sklearn.metrics.pairwise import cosine_similarity

    return cosine_similarity((q * stretch).reshape(1, -1), (r * stretch).reshape(1, -1))[0, 0]


@right("one sum with the squared stretch")
def stretched_cosine(q, r, stretch):
    w = stretch**2
    return (w * q * r).sum() / ((w * q * q).sum() * (w * r * r).sum()) ** 0.5


@right("a diagonal matrix")
def stretched_cosine(q, r, stretch):
    D = np.diag(stretch)
    a, b = D @ q, D @ r
    return a.dot(b) / np.sqrt(a.dot(a)) / np.sqrt(b.dot(b))


@right("unit vectors first")
def stretched_cosine(q, r, stretch):
    a, b = np.multiply(q, stretch), np.multiply(r, stretch)
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    return float(np.inner(a, b))


@right("plain loops")
def stretched_cosine(q, r, stretch):
    top = left = right_ = 0.0
    for a, b, s in zip(q, r, stretch):
        top += a * s * b * s
        left += (a * s) ** 2
        right_ += (b * s) ** 2
    return top / (left**0.5 * right_**0.5)


@wrong("no stretch", "Did you leave the stretch out?")
def stretched_cosine(q, r, stretch):
    return q @ r / (np.linalg.norm(q) * np.linalg.norm(r))


@wrong("one of the two is stretched", "Did you stretch one of the two?")
def stretched_cosine(q, r, stretch):
    a = q * stretch
    return a @ r / (np.linalg.norm(a) * np.linalg.norm(r))


@wrong("the product alone", "Is that the product?")
def stretched_cosine(q, r, stretch):
    return np.dot(q * stretch, r * stretch)


@wrong("the lengths of before", "Did you divide by the lengths of before?")
def stretched_cosine(q, r, stretch):
    return (q * stretch) @ (r * stretch) / (np.linalg.norm(q) * np.linalg.norm(r))


@wrong("divides by the stretch", "Did you divide by the stretch?")
def stretched_cosine(q, r, stretch):
    a, b = q / stretch, r / stretch
    return a @ b / np.sqrt((a @ a) * (b @ b))


@wrong("squared lengths", "Are the lengths squared?")
def stretched_cosine(q, r, stretch):
    a, b = q * stretch, r * stretch
    return a @ b / ((a**2).sum() * (b**2).sum())


@wrong("the angle in radians", "Is that the angle?")
def stretched_cosine(q, r, stretch):
    a, b = q * stretch, r * stretch
    return np.arccos(np.clip(a @ b / np.linalg.norm(a) / np.linalg.norm(b), -1, 1))


@wrong("the root of the stretch", "Did you take the root of the stretch?")
def stretched_cosine(q, r, stretch):
    return (q * r * stretch).sum() / np.sqrt((q * q * stretch).sum() * (r * r * stretch).sum())


@wrong("adds the stretch", "Did you add the stretch?")
def stretched_cosine(q, r, stretch):
    a, b = q + stretch, r + stretch
    return a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


@wrong("1 minus the cosine, a distance")
def stretched_cosine(q, r, stretch):
    a, b = q * stretch, r * stretch
    return 1 - a @ b / (np.linalg.norm(a) * np.linalg.norm(b))


@wrong("the absolute value")
def stretched_cosine(q, r, stretch):
    a, b = q * stretch, r * stretch
    return abs(a @ b) / (np.linalg.norm(a) * np.linalg.norm(b))


@right("NumPy's einsum")
def stretched_cosine(q, r, stretch):
    a, b = np.vstack([q, r]) * stretch
    top = np.einsum("f,f->", a, b)
    return top / np.sqrt(np.einsum("f,f->", a, a) * np.einsum("f,f->", b, b))


@right("SciPy's cosine distance")
def stretched_cosine(q, r, stretch):
    from scipy.spatial.distance import cosine

    return 1 - cosine(q * stretch, r * stretch)


# ---- a second reader: singular_values


@right("half of t, plus and minus a root")
def singular_values(A):
    t = (np.asarray(A, dtype=float) ** 2).sum()
    d = A[0][0] * A[1][1] - A[0][1] * A[1][0]
    half = math.sqrt(max(t * t / 4 - d * d, 0))
    return np.sqrt(np.maximum([t / 2 + half, t / 2 - half], 0))


@right("eigenvalues of A Aᵀ")
def singular_values(A):
    x = np.linalg.eigvalsh(np.asarray(A) @ np.asarray(A).T)
    return np.sqrt(x.clip(0))[::-1]


@right("NumPy's own")
def singular_values(A):
    return np.linalg.svd(A, compute_uv=False)


@wrong("the eigenvalues of A itself, by size", "Are these eigenvalues of A itself?")
def singular_values(A):
    return np.sort(np.abs(np.linalg.eigvals(np.asarray(A, dtype=float))))[::-1]


@wrong("the lengths of the columns")
def singular_values(A):
    return np.sort(np.linalg.norm(np.asarray(A, dtype=float), axis=0))[::-1]


@wrong("the determinant is not squared", "Did you put d where d squared stands?")
def singular_values(A):
    t = (np.asarray(A, dtype=float) ** 2).sum()
    d = abs(A[0][0] * A[1][1] - A[0][1] * A[1][0])
    half = math.sqrt(max(t * t - 4 * d, 0)) / 2
    return [math.sqrt(max(t / 2 + half, 0)), math.sqrt(max(t / 2 - half, 0))]


@wrong("the larger one alone")
def singular_values(A):
    return np.linalg.norm(np.asarray(A, dtype=float), 2)


@wrong("both terms of the determinant added")
def singular_values(A):
    t = (np.asarray(A, dtype=float) ** 2).sum()
    d = A[0][0] * A[1][1] + A[0][1] * A[1][0]
    half = math.sqrt(max(t * t - 4 * d * d, 0)) / 2
    return [math.sqrt(max(t / 2 + half, 0)), math.sqrt(max(t / 2 - half, 0))]


# ---- a second reader: truncate


@right("a sum of outer products")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return sum(s[j] * np.outer(U[:, j], Vt[j]) for j in range(k))


@right("projected on the first directions of the rows")
def truncate(R, k):
    V = np.linalg.svd(R, full_matrices=False)[2][:k].T
    return R @ V @ V.T


@wrong("the first k columns of R, the rest 0", "Did you cut the table off after k columns?")
def truncate(R, k):
    out = np.zeros_like(np.asarray(R, dtype=float))
    out[:, :k] = np.asarray(R)[:, :k]
    return out


@wrong("the smallest terms in place of the largest", "Did you keep the smallest?")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, -k:] * s[-k:]) @ Vt[-k:]


@wrong("the root of the singular values")
def truncate(R, k):
    U, s, Vt = np.linalg.svd(R, full_matrices=False)
    return (U[:, :k] * np.sqrt(s[:k])) @ Vt[:k]


# ---- a second reader: objective


@right("a loop over the cells that hold a number")
def objective(R, P, Q, lam):
    total = 0.0
    for u in range(len(R)):
        for i in range(len(R[0])):
            if not math.isnan(R[u][i]):
                total += (R[u][i] - float(np.dot(P[u], Q[i]))) ** 2
    return total + lam * (float(np.sum(np.square(P))) + float(np.sum(np.square(Q))))


@right("nansum and Frobenius norms")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2) + lam * (np.linalg.norm(P) ** 2 + np.linalg.norm(Q) ** 2)


@wrong("the mean over the cells", "Some take the mean of the squared errors.")
def objective(R, P, Q, lam):
    return np.nanmean((R - P @ Q.T) ** 2) + lam * ((P**2).sum() + (Q**2).sum())


@wrong("the penalty is paid once for every observed cell")
def objective(R, P, Q, lam):
    total = 0.0
    for u, i in np.argwhere(~np.isnan(R)):
        total += (R[u, i] - P[u] @ Q[i]) ** 2 + lam * (P[u] @ P[u] + Q[i] @ Q[i])
    return total


@wrong("half of lam")
def objective(R, P, Q, lam):
    return np.nansum((R - P @ Q.T) ** 2) + lam / 2 * ((P**2).sum() + (Q**2).sum())


# ---- a second reader: gradient_of_listener


@right("track by track")
def gradient_of_listener(r, Q, p, lam):
    total = 2 * lam * np.asarray(p, dtype=float)
    for rating, q in zip(r, Q):
        total = total - 2 * (rating - q @ p) * q
    return total


@right("the normal equations, moved to one side")
def gradient_of_listener(r, Q, p, lam):
    return 2 * ((Q.T @ Q + lam * np.eye(len(p))) @ p - Q.T @ r)


@wrong("the penalty without its 2", "Did the penalty lose its 2?")
def gradient_of_listener(r, Q, p, lam):
    return -2 * Q.T @ (r - Q @ p) + lam * p


@wrong("the errors alone")
def gradient_of_listener(r, Q, p, lam):
    return -2 * (r - Q @ p)


@wrong("one number: the slope along p")
def gradient_of_listener(r, Q, p, lam):
    return float((-2 * Q.T @ (r - Q @ p) + 2 * lam * p) @ p)


@wrong("lam on the ratings in place of the vector")
def gradient_of_listener(r, Q, p, lam):
    return -2 * Q.T @ (r - Q @ p) + 2 * lam


# ---- a second reader: sgd_step


@right("one array of both vectors")
def sgd_step(r, p, q, rate, lam):
    e = r - np.dot(p, q)
    both, other = np.array([p, q], dtype=float), np.array([q, p], dtype=float)
    return tuple(both + rate * (e * other - lam * both))


@right("shrunk first, in a list")
def sgd_step(r, p, q, rate, lam):
    error = r - sum(a * b for a, b in zip(p, q))
    keep = 1 - rate * lam
    return [np.array([keep * a + rate * error * b for a, b in zip(p, q)]),
            np.array([keep * b + rate * error * a for a, b in zip(p, q)])]  # fmt: skip


@wrong("the error is squared")
def sgd_step(r, p, q, rate, lam):
    e = (r - p @ q) ** 2
    return p + rate * (e * q - lam * p), q + rate * (e * p - lam * q)


@wrong("no penalty", "Is the penalty missing?")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + rate * e * q, q + rate * e * p


@wrong("the 2 of the derivative on top of the rate", "You kept the 2 of the gradient.")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return p + 2 * rate * (e * q - lam * p), q + 2 * rate * (e * p - lam * q)


@wrong("q comes first")
def sgd_step(r, p, q, rate, lam):
    e = r - p @ q
    return q + rate * (e * p - lam * q), p + rate * (e * q - lam * p)


# ---- a second reader: ridge_row


@right("least squares with lam as extra rows")
def ridge_row(Q, r, lam):
    k = Q.shape[1]
    return np.linalg.lstsq(
        np.vstack([Q, np.sqrt(lam) * np.eye(k)]), np.concatenate([r, np.zeros(k)]), rcond=None
    )[0]


@right("by the inverse")
def ridge_row(Q, r, lam):
    return np.linalg.inv(Q.T @ Q + np.diag([lam] * Q.shape[1])) @ (Q.T @ r)


@right("scikit-learn's Ridge without an intercept")
def ridge_row(Q, r, lam):
    from sklearn.linear_model import Ridge

    if len(r) == 0:
        return np.zeros(Q.shape[1])
    return Ridge(alpha=lam, fit_intercept=False, solver="cholesky").fit(Q, r).coef_


@wrong("with an intercept")
def ridge_row(Q, r, lam):
    if len(r) == 0:
        return np.zeros(Q.shape[1])
    C = Q - Q.mean(axis=0)
    return np.linalg.solve(C.T @ C + lam * np.eye(Q.shape[1]), C.T @ (r - r.mean()))


@wrong("the right side alone")
def ridge_row(Q, r, lam):
    return Q.T @ r


@wrong("the mean of the tracks, weighted by stars")
def ridge_row(Q, r, lam):
    return Q.T @ r / (len(r) + lam)


@wrong("2 lam, as the gradient has it", "Is lam in it twice? Both derivatives have a 2,")
def ridge_row(Q, r, lam):
    return np.linalg.solve(Q.T @ Q + 2 * lam * np.eye(Q.shape[1]), Q.T @ r)


@wrong("the predictions, not the vector")
def ridge_row(Q, r, lam):
    return Q @ np.linalg.solve(Q.T @ Q + lam * np.eye(Q.shape[1]), Q.T @ r)


# ---- a second reader: sweep_cost


@right("both halves one after the other")
def sweep_cost(cells, k, m, n):
    def half(rows):
        return cells * (k**2 + k) + rows * k**3 / 3

    return half(m) + half(n)


@right("one term at a time")
def sweep_cost(cells, k, m, n):
    matrices, right_sides, solving = 2 * cells * k * k, 2 * cells * k, (m + n) * k * k * k / 3
    return matrices + right_sides + solving


@wrong("the right side is forgotten", "Did you leave the right sides out?")
def sweep_cost(cells, k, m, n):
    return 2 * cells * k**2 + (m + n) * k**3 / 3


@wrong("rows cost k cubed and cells only k")
def sweep_cost(cells, k, m, n):
    return 2 * cells * k + (m + n) * k**3 / 3


@wrong("the cells are all cells of the table", "Did the holes cost something?")
def sweep_cost(cells, k, m, n):
    return 2 * m * n * (k**2 + k) + (m + n) * k**3 / 3


@wrong("nothing is solved")
def sweep_cost(cells, k, m, n):
    return 2 * cells * (k**2 + k)


@wrong("the third is rounded down")
def sweep_cost(cells, k, m, n):
    return 2 * cells * (k**2 + k) + (m + n) * k**3 // 3


@wrong("solving is counted twice")
def sweep_cost(cells, k, m, n):
    return 2 * (cells * (k**2 + k) + (m + n) * k**3 / 3)
