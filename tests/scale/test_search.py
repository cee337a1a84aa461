"""Search among vectors: all of them by brute force, indexes against all, and what each promises."""

from __future__ import annotations

import importlib
import subprocess
import sys
from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.neighbors import NearestNeighbors

pytest.importorskip("duckdb", reason="DuckDB is not installed: make large")  # the room asks for it
search = importlib.import_module("recsys_helpers.scale.search")
Cells, Exact, Graph, one_longer, share_found = (
    getattr(search, name) for name in ("Cells", "Exact", "Graph", "one_longer", "share_found")
)
needs_voyager = pytest.mark.skipif(
    find_spec("voyager") is None, reason="voyager is not installed (`make large`)"
)


@pytest.fixture(scope="module")
def there():
    """(vectors of unequal lengths, queries)."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(900, 12)) * rng.lognormal(0, 0.8, (900, 1))
    return vectors, rng.normal(size=(40, 12))


def brute(vectors, queries, k):
    return [sorted(range(len(vectors)), key=lambda i: (-(vectors[i] @ query), i))[:k] for query in queries]


def test_exact_is_what_sorting_all_products_gives(there):
    vectors, queries = there
    places, products = Exact(vectors).search(queries, k=7)
    assert places.tolist() == brute(vectors, queries, 7)
    np.testing.assert_allclose(products, np.take_along_axis(queries @ vectors.T, places, axis=1))


def test_exact_in_blocks_is_the_same(there, monkeypatch):
    vectors, queries = there
    expected = Exact(vectors).search(queries, k=5)
    monkeypatch.setattr("recsys_helpers.scale.search.NUMBERS", 3 * len(vectors))
    for found, one in zip(Exact(vectors).search(queries, k=5), expected, strict=True):
        np.testing.assert_allclose(found, one)


def test_ties_go_to_the_lower_position():
    places, _ = Exact(np.ones((5, 2))).search(np.ones((2, 2)), k=3)
    assert places.tolist() == [[0, 1, 2], [0, 1, 2]]


def test_one_number_more_turns_the_largest_product_into_the_nearest(there):
    """Against scikit-learn's search by distance and by angle."""
    vectors, queries = there
    longer = one_longer(vectors)
    np.testing.assert_allclose(np.linalg.norm(longer, axis=1), np.linalg.norm(vectors, axis=1).max())
    asked = np.column_stack([queries, np.zeros(len(queries))])
    np.testing.assert_allclose(asked @ longer.T, queries @ vectors.T)
    for metric in ("euclidean", "cosine"):
        near = NearestNeighbors(n_neighbors=5, metric=metric, algorithm="brute").fit(longer)
        assert near.kneighbors(asked, return_distance=False).tolist() == brute(vectors, queries, 5)


def test_all_cells_opened_is_exact_and_looks_at_all(there):
    vectors, queries = there
    for longer in (True, False):
        cells = Cells(vectors, 30, longer=longer)
        places, products = cells.search(queries, k=6, opened=30)
        assert places.tolist() == brute(vectors, queries, 6)
        assert cells.looked == len(vectors) + 30
        assert sorted(np.concatenate(cells.members).tolist()) == list(range(len(vectors)))


def test_more_cells_find_more_and_cost_more(there):
    vectors, queries = there
    exact, _ = Exact(vectors).search(queries, k=10)
    cells, found, looked = Cells(vectors, 30), [], []
    for opened in (1, 3, 10, 30):
        places, products = cells.search(queries, k=10, opened=opened)
        np.testing.assert_allclose(products, np.take_along_axis(queries @ vectors.T, places, axis=1))
        assert (np.diff(products, axis=1) <= 0).all()
        found.append(share_found(places, exact))
        looked.append(cells.looked)
    assert found == sorted(found) and found[0] < 0.95 and found[-1] == 1
    assert looked == sorted(looked)


def test_cells_by_the_longer_vectors_find_the_long_ones(there):
    """The trap: nearest by Euclid is not the largest product where lengths differ."""
    vectors, queries = there
    exact, _ = Exact(vectors).search(queries, k=10)
    shares = [
        share_found(Cells(vectors, 30, longer=one).search(queries, k=10, opened=3)[0], exact)
        for one in (True, False)
    ]
    assert shares[0] > shares[1] + 0.2


def test_cells_learn_from_a_draw_and_hold_every_vector_where_its_centre_is_nearest(there, monkeypatch):
    """As many rows as ``sample`` allows reach k-means; all vectors then lie by the nearest centre."""
    vectors, queries = there
    rows: list[int] = []
    fit = KMeans.fit
    monkeypatch.setattr(KMeans, "fit", lambda self, x: (rows.append(len(x)), fit(self, x))[1])
    found = [Cells(vectors, 30, sample=one) for one in (7, 30, 256)]
    assert rows == [210, 900, 900]
    for cells in found:
        longer = one_longer(vectors)
        apart = ((longer[:, None] - cells.centres[None]) ** 2).sum(axis=2)
        cell = np.empty(900, dtype=int)
        for number, members in enumerate(cells.members):
            cell[members] = number
        assert sorted(np.concatenate(cells.members).tolist()) == list(range(900))
        np.testing.assert_allclose(apart[np.arange(900), cell], apart.min(axis=1), rtol=1e-9)
        assert cells.search(queries, k=6, opened=30)[0].tolist() == brute(vectors, queries, 6)
    again = Cells(vectors, 30, sample=7)
    assert [one.tolist() for one in again.members] == [one.tolist() for one in found[0].members]
    other = Cells(vectors, 30, sample=7, random_state=1)
    assert [one.tolist() for one in other.members] != [one.tolist() for one in found[0].members]
    np.testing.assert_array_equal(found[1].centres, found[2].centres)


def test_a_search_opens_cells_until_there_are_enough():
    vectors = np.repeat(np.eye(4), [1, 1, 1, 9], axis=0) * np.linspace(1, 2, 12)[:, None]
    places, _ = Cells(vectors, 4, longer=False).search(np.eye(4)[:1], k=5)
    assert len(set(places[0].tolist())) == 5


@needs_voyager
def test_the_graph_finds_nearly_all_and_more_with_more_effort(there):
    vectors, queries = there
    exact, products = Exact(vectors).search(queries, k=10)
    graph = Graph(vectors)
    shares = [share_found(graph.search(queries, k=10, effort=effort)[0], exact) for effort in (10, 400)]
    assert shares[0] <= shares[1] and shares[1] > 0.98
    places, found = graph.search(queries, k=10, effort=400)
    np.testing.assert_allclose(found, np.take_along_axis(queries @ vectors.T, places, axis=1))
    assert (np.diff(found, axis=1) <= 0).all()


@needs_voyager
def test_the_same_vectors_give_the_same_graph(there):
    vectors, queries = there
    one, two = (Graph(vectors).search(queries, k=5, effort=10)[0] for _ in range(2))
    assert one.tolist() == two.tolist()


def test_without_voyager_one_sentence_says_what_brings_it(monkeypatch):
    monkeypatch.setattr("recsys_helpers.scale.search.find_spec", lambda name: None)
    monkeypatch.setitem(sys.modules, "voyager", None)
    with pytest.raises(ModuleNotFoundError, match="needs voyager"):
        Graph(np.ones((3, 2)))


def test_the_share_that_was_found_is_counted_by_sets():
    rng = np.random.default_rng(2)
    found, exact = (np.array([rng.permutation(12)[:5] for _ in range(30)]) for _ in range(2))
    expected = np.mean(
        [len(set(a) & set(b)) / 5 for a, b in zip(found.tolist(), exact.tolist(), strict=True)]
    )
    assert share_found(found, exact) == pytest.approx(expected)
    assert share_found(exact, exact) == 1 and share_found(exact[:, :1], exact) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("does", "words"),
    [
        (lambda: Exact(np.ones(3)), "rows of finite numbers"),
        (lambda: Exact([[1.0, np.nan]]), "rows of finite numbers"),
        (lambda: Exact(np.ones((0, 2))), "rows of finite numbers"),
        (lambda: Exact(np.ones((3, 2))).search(np.ones((0, 2)), k=1), "queries are rows .* at least one row"),
        (lambda: Exact(np.ones((3, 2))).search(np.ones((1, 3)), k=1), "take one model"),
        (lambda: Exact(np.ones((3, 2))).search(np.ones((1, 2)), k=4), "ask for fewer"),
        (lambda: Exact(np.ones((3, 2))).search(np.ones((1, 2)), k=0), "k="),
        (lambda: Cells(np.ones((3, 2)), 4), "fewer cells"),
        (lambda: Cells(np.ones((3, 2)), 1, sample=0), "sample="),
        (lambda: Cells(np.ones((3, 2)), 1).search(np.ones((1, 2)), k=1, opened=0), "opened="),
        (lambda: share_found([[1]], [[1], [2]]), "same queries"),
        (lambda: share_found([1], [[1]]), "same queries"),
        (lambda: share_found([[1, 2], [3]], [[1], [2]]), "same queries"),
        (lambda: Exact("abc"), "rows of finite numbers"),
        (lambda: Exact([[1, 2], [3]]), "rows of finite numbers"),
        (lambda: one_longer([["a", "b"]]), "rows of finite numbers"),
        (lambda: Cells(np.ones((3, 2)), 1, random_state=-1), "random_state=-1: give a whole number"),
    ],
)
def test_bad_input_gets_a_sentence(does, words):
    with pytest.raises(ValueError, match=words):
        does()


@needs_voyager
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"links": 1}, "links=1: give a whole number, 2 or more"),
        ({"links": True}, "links=True: give a whole number"),
        ({"links": 2.5}, "links=2.5: give a whole number"),
        ({"links": 10**7}, "links=10000000: give at most 1,000"),
        ({"effort": 0}, "effort=0: give a whole number"),
        ({"effort": "much"}, "effort='much': give a whole number"),
        ({"seed": -1}, "seed=-1: give a whole number"),
        ({"seed": 2**40}, "seed=1099511627776: give at most 2,147,483,647"),
    ],
)
def test_a_graph_that_cannot_be_built_gets_a_sentence(settings, words):
    with pytest.raises(ValueError, match=words):
        Graph(np.ones((3, 2)), **settings)


@needs_voyager
def test_a_graph_without_links_does_not_end_python():
    """voyager reads beyond its own memory there: in this process the test could not even fail."""
    asks = """
from recsys_helpers.scale.search import Graph
try:
    Graph([[1.0], [2.0]], links=0)
except ValueError as error:
    print(error)
"""
    said = subprocess.run([sys.executable, "-c", asks], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.strip()) == (0, "links=0: give a whole number, 2 or more.")


@needs_voyager
@pytest.mark.parametrize("effort", [0, -1, True, np.nan, "much"])
def test_an_effort_that_cannot_be_is_refused(effort):
    with pytest.raises(ValueError, match="effort="):
        Graph(np.ones((3, 2))).search(np.ones((1, 2)), k=1, effort=effort)
