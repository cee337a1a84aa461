"""The vectors with the largest inner products: all of them looked at, or an index that looks at a few (voyager).

It knows no ids and no model: positions in, positions out. What an index misses, ``share_found`` says.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import numpy as np

from recsys_helpers.columns import show
from recsys_helpers.extras import missing
from recsys_helpers.models import top_k
from recsys_helpers.models.checks import check_number

NUMBERS = 16_000_000  # products held at once


class Exact:
    """All vectors, looked at one by one: the answer by which an index is judged, and fast enough for a long way.

    vectors : shape (n, d). ``looked`` is how many vectors a search looks at for each query: all.

    >>> Exact(np.array([[1.0, 0.0], [0.0, 1.0], [3.0, 3.0]])).search(np.array([[2.0, 1.0]]), k=2)
    (array([[2, 0]]), array([[9., 2.]]))
    """

    def __init__(self, vectors: Any):
        self.vectors = _matrix(vectors, "vectors")
        self.looked = float(len(self.vectors))

    def search(self, queries: Any, k: int = 10) -> tuple[np.ndarray, np.ndarray]:
        """For each query (a row of (m, d)) the positions of the k largest inner products and these, best first, (m, k).

        Ties go to the lower position. Raises ValueError for a k that is not from 1 to the number of vectors.
        """
        asked = self._asked(queries, k)
        size = max(1, NUMBERS // len(self.vectors))
        parts = [self._best(asked[start : start + size], k) for start in range(0, len(asked), size)]
        places, products = zip(*parts, strict=True)
        return np.concatenate(places), np.concatenate(products)

    def _best(self, queries: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
        _, column, _, product = top_k(queries @ self.vectors.T, k)
        return column.reshape(-1, k), product.reshape(-1, k)

    def _asked(self, queries: Any, k: int) -> np.ndarray:
        check_number("k", k, 1, whole=True)
        if k > len(self.vectors):
            raise ValueError(f"k={k}, and there are {len(self.vectors):,} vectors: ask for fewer.")
        asked = _matrix(queries, "queries")
        if asked.shape[1] != self.vectors.shape[1]:
            raise ValueError(
                f"The queries have {asked.shape[1]} numbers and the vectors {self.vectors.shape[1]}: take one model's."
            )
        return asked


class Cells(Exact):
    """An index of cells: k-means sorts the vectors into cells, and a search looks into the few that lie nearest.

    Parameters
    ----------
    vectors : shape (n, d).
    cells : how many; about the root of n.
    longer : cells are made of vectors with one number more that gives them all one length (``one_longer``), so that
        the nearest cell is that of the largest products. Without it, nearest means nearest by Euclid, and the longest
        vectors, which win most searches, lie far from every query.
    random_state : of k-means.
    sample : k-means sees at most so many vectors for each cell, drawn by ``random_state``, since more hardly move its
        centres and cost as much again; then every vector goes into the cell of the nearest centre.

    ``looked`` is how many vectors the last search looked at for each query, on average: its cells' centres, and all in
    the cells that it opened.

    Hervé Jégou, Matthijs Douze, Cordelia Schmid. Product Quantization for Nearest Neighbor Search (its inverted file).
    IEEE TPAMI 2011. doi:10.1109/TPAMI.2010.57.
    """

    def __init__(
        self, vectors: Any, cells: int, longer: bool = True, random_state: int = 0, sample: int = 256
    ):
        from sklearn.cluster import KMeans

        super().__init__(vectors)
        check_number("cells", cells, 1, whole=True)
        if cells > len(self.vectors):
            raise ValueError(f"cells={cells}, and there are {len(self.vectors):,} vectors: make fewer cells.")
        check_number("sample", sample, 1, whole=True)
        check_number("random_state", random_state, 0, whole=True)
        self.longer = longer
        there = one_longer(self.vectors) if longer else self.vectors
        seen = there
        if len(there) > sample * cells:
            drawn = np.random.default_rng(random_state).permutation(len(there))[: sample * cells]
            seen = there[np.sort(drawn)]
        found = KMeans(cells, n_init=1, random_state=random_state).fit(seen)
        self.centres = found.cluster_centers_
        cell_of = found.labels_ if seen is there else found.predict(there)
        order = np.argsort(cell_of, kind="stable")
        self.members = np.split(order, np.cumsum(np.bincount(cell_of, minlength=cells))[:-1])

    def search(self, queries: Any, k: int = 10, opened: int = 1) -> tuple[np.ndarray, np.ndarray]:
        """As ``Exact.search``, among the vectors of the ``opened`` nearest cells, and of more if these hold too few."""
        asked = self._asked(queries, k)
        check_number("opened", opened, 1, whole=True)
        there = np.column_stack([asked, np.zeros(len(asked))]) if self.longer else asked
        apart = (self.centres**2).sum(
            axis=1
        ) - 2 * there @ self.centres.T  # squared distances, less the query's own
        order = np.argsort(apart, axis=1, kind="stable")
        sizes = np.array([len(one) for one in self.members])
        places, products = np.empty((len(asked), k), dtype=np.int64), np.empty((len(asked), k))
        looked = 0
        for row, (query, cells) in enumerate(zip(asked, order, strict=True)):
            enough = int(np.searchsorted(np.cumsum(sizes[cells]), k)) + 1
            among = np.sort(np.concatenate([self.members[cell] for cell in cells[: max(opened, enough)]]))
            _, column, _, product = top_k((self.vectors[among] @ query)[None], k)
            places[row], products[row] = among[column], product
            looked += len(self.centres) + len(among)
        self.looked = looked / len(asked)
        return places, products


class Graph(Exact):
    """A graph in which each vector knows some near ones, and a search walks to nearer and nearer ones (voyager's HNSW).

    Parameters
    ----------
    vectors : shape (n, d), kept in float32. They go in longest first: voyager makes all lengths equal by the longest
        that it has met so far, as ``one_longer`` does, and finds less where a longer one comes late.
    links : how many near ones each vector knows, at least 2. effort : how many are weighed while it is built.
    seed : of the levels on which vectors stand.

    It is built by one thread, so that the same vectors give the same graph. Raises ModuleNotFoundError without voyager.

    Yu. A. Malkov, D. A. Yashunin. Efficient and Robust Approximate Nearest Neighbor Search Using Hierarchical Navigable
    Small World Graphs. IEEE TPAMI 2020. arXiv:1603.09320.
    """

    def __init__(self, vectors: Any, links: int = 12, effort: int = 200, seed: int = 1):
        if find_spec("voyager") is None:
            raise ModuleNotFoundError(f"scale.search.Graph needs voyager: {missing('large')}.")
        import voyager

        super().__init__(vectors)
        # With fewer links than 2 voyager's own code fails, and with none it takes Python down with it.
        most = 2**31 - 1
        for name, value, low, high in (
            ("links", links, 2, 1_000),
            ("effort", effort, 1, most),
            ("seed", seed, 0, most),
        ):
            check_number(name, value, low, whole=True)
            if value > high:
                raise ValueError(f"{name}={show(value)}: give at most {high:,}.")
        self.looked = float("nan")  # voyager does not say
        self.index = voyager.Index(
            voyager.Space.InnerProduct,
            num_dimensions=self.vectors.shape[1],
            M=links,
            ef_construction=effort,
            random_seed=seed,
            max_elements=len(self.vectors),
        )
        order = np.argsort(-np.linalg.norm(self.vectors, axis=1), kind="stable")
        self.index.add_items(self.vectors[order].astype(np.float32), ids=order.tolist(), num_threads=1)

    def search(self, queries: Any, k: int = 10, effort: int = 50) -> tuple[np.ndarray, np.ndarray]:
        """As ``Exact.search``, of those that the walk met; effort : how many it keeps in view, at least k."""
        asked = self._asked(queries, k)
        check_number("effort", effort, 1, whole=True)
        labels, _ = self.index.query(asked.astype(np.float32), k=k, query_ef=max(effort, k), num_threads=1)
        places = np.sort(np.asarray(labels).astype(np.int64).reshape(-1, k), axis=1)
        products = np.einsum("qd,qkd->qk", asked, self.vectors[places])
        order = np.argsort(-products, axis=1, kind="stable")
        return np.take_along_axis(places, order, axis=1), np.take_along_axis(products, order, axis=1)


def one_longer(vectors: Any) -> np.ndarray:
    """The vectors with one number more, so that all have the length of the longest, shape (n, d + 1).

    For a query with a 0 in that place every inner product is as before, and since all lengths are equal the largest
    product is now also the smallest distance and the smallest angle. Yoram Bachrach et al. Speeding Up the Xbox
    Recommender System Using a Euclidean Transformation for Inner-Product Spaces. RecSys 2014.
    doi:10.1145/2645710.2645741.

    >>> one_longer(np.array([[3.0, 4.0], [0.0, 3.0]])).tolist()
    [[3.0, 4.0, 0.0], [0.0, 3.0, 4.0]]
    """
    there = _matrix(vectors, "vectors")
    squares = (there**2).sum(axis=1)
    return np.column_stack([there, np.sqrt(np.maximum(squares.max() - squares, 0.0))])


def share_found(found: Any, exact: Any) -> float:
    """The share of the exact answer that was found, over all queries: recall. Both (m, k) positions.

    >>> share_found([[1, 2], [3, 4]], [[2, 1], [3, 5]])
    0.75
    """
    try:
        found, exact = np.asarray(found), np.asarray(exact)
    except ValueError:  # rows of unequal length
        found = exact = np.zeros(0)
    if found.ndim != 2 or found.shape[0] != exact.shape[0] or exact.ndim != 2 or not exact.size:
        raise ValueError("found and exact are positions, a row for each query, the same queries in both.")
    return float((exact[:, :, None] == found[:, None, :]).any(axis=2).mean())


def _matrix(values: Any, name: str) -> np.ndarray:
    try:
        matrix = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):  # texts, or rows of unequal length
        matrix = np.zeros(0)
    if matrix.ndim != 2 or not matrix.shape[0] or not matrix.shape[1] or not np.isfinite(matrix).all():
        raise ValueError(
            f"{name} are rows of finite numbers, shape (how many, numbers of each), and at least one row."
        )
    return matrix
