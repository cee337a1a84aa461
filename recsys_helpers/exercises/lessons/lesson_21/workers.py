"""The exercises of lesson 21 on workers: what they send each other, how long they take, and when they pay.

They hold no lesson: the text is in notebooks/source.
"""

from __future__ import annotations

from recsys_helpers.exercises.registry import exercise, question

# ---- bytes on the wire -----------------------------------------------------------------------------------------------

FOUR = [("Ana", "Aria"), ("Ana", "Blues"), ("Bo", "Aria"), ("Cyd", "Aria"), ("Cyd", "Coda"), ("Dan", "Blues")]
HOME = {"Ana": 0, "Bo": 0, "Cyd": 1, "Dan": 1}
SHELF = {"Aria": 0, "Blues": 1, "Coda": 1}


def _placed(rng):
    yield FOUR, HOME, SHELF, 2
    yield [("Ana", "Aria")], {"Ana": 0}, {"Aria": 0}, 8
    yield [("Ana", "Aria"), ("Ana", "Blues")], {"Ana": 0}, {"Aria": 1, "Blues": 1}, 2
    yield [("Ana", "Aria")], {"Ana": 0}, {"Aria": 1}, 8
    yield [("Ana", "Aria"), ("Bo", "Aria")], {"Ana": 0, "Bo": 0}, {"Aria": 1}, 4
    yield [("Ana", "Aria"), ("Bo", "Aria")], {"Ana": 0, "Bo": 2}, {"Aria": 1}, 4
    yield (
        [("Ana", "Aria"), ("Ana", "Blues"), ("Bo", "Blues")],
        {"Ana": 0, "Bo": 1},
        {"Aria": 1, "Blues": 2},
        1,
    )
    for _ in range(8):
        people, songs = ["Ana", "Bo", "Cyd", "Dan"], ["Aria", "Blues", "Coda", "Dune"]
        all_pairs = [(person, song) for person in people for song in songs]
        chosen = sorted(rng.choice(len(all_pairs), int(rng.integers(4, 11)), replace=False).tolist())
        yield (
            [all_pairs[one] for one in chosen],
            {person: int(rng.integers(0, 3)) for person in people},
            {song: int(rng.integers(0, 3)) for song in songs},
            int(rng.choice([2, 16, 32])),
        )


def _way_back(pairs, listeners_on, tracks_on, k):
    return 4 * k * sum(home != listeners_on[u] for home, u in {(tracks_on[i], u) for u, i in pairs})


def _by_workers(pairs, listeners_on, tracks_on, k):
    total = 0
    for worker in sorted(set(listeners_on.values())):
        needed = {track for person, track in pairs if listeners_on[person] == worker}
        total += sum(1 for track in needed if tracks_on[track] != worker)
    return 4 * k * total


@exercise(
    inputs=_placed,
    hints=[
        "Which vectors does worker 0 need? Those of the tracks that its listeners played, each of them once.",
        "{(listeners_on[u], i) for u, i in pairs} has each need once. Which of them are not at home?",
        "Count those with tracks_on[i] different from the worker, times k, times 4.",
    ],
    why="A vector travels once for each worker that needs it, and not once for each play: a hit with "
    "a million listeners "
    "costs as much as any other track. So traffic is bounded by tracks times workers, however many plays there are.",
    mistakes={
        "Does a vector travel for each play? A worker keeps it for all of its listeners.": (
            lambda pairs, listeners_on, tracks_on, k: (
                4 * k * sum(tracks_on[i] != listeners_on[u] for u, i in pairs)
            )
        ),
        "Did you count vectors that are at home already?": lambda pairs, listeners_on, tracks_on, k: (
            4 * k * len({(listeners_on[u], i) for u, i in pairs})
        ),
        "Does each track travel only once? Every worker that needs it gets a copy of its own.": (
            lambda pairs, listeners_on, tracks_on, k: (
                4 * k * len({i for u, i in pairs if tracks_on[i] != listeners_on[u]})
            )
        ),
        "Is that the way back? Here the vectors of tracks go to the listeners.": _way_back,
        "Did you count the way back too? Only the vectors of tracks travel here.": (
            lambda pairs, listeners_on, tracks_on, k: (
                _by_workers(pairs, listeners_on, tracks_on, k) + _way_back(pairs, listeners_on, tracks_on, k)
            )
        ),
        "Is that twice as much? Numbers have 4 bytes, and a vector counts once, on arrival.": (
            lambda pairs, listeners_on, tracks_on, k: 2 * _by_workers(pairs, listeners_on, tracks_on, k)
        ),
        "Is that a number of numbers? Each of them has 4 bytes.": lambda pairs, listeners_on, tracks_on, k: (
            _by_workers(pairs, listeners_on, tracks_on, k) / 4
        ),
        "Is that a number of vectors? Each has k numbers of 4 bytes.": lambda pairs, listeners_on, tracks_on, k: (
            _by_workers(pairs, listeners_on, tracks_on, k) / (4 * k)
        ),
    },
    alternatives=[_by_workers],
)
def shuffle_bytes(pairs, listeners_on, tracks_on, k):
    """The bytes that come to workers from other workers in a half-step that solves the listeners.

    `pairs` is a list of (listener, track), each once; `listeners_on` and `tracks_on` say on which worker each lives. To
    solve its listeners a worker needs the vector of each track that one of them played, once. A vector has k numbers of
    4 bytes.
    """
    needed = {(listeners_on[listener], track) for listener, track in pairs}
    return sum(tracks_on[track] != worker for worker, track in needed) * k * 4


# ---- how long a cluster takes ----------------------------------------------------------------------------------------


def _jobs(rng):
    yield 600.0, 10, 30.0, 0.0, 1e8
    yield 600.0, 10, 30.0, 1e10, 1e8
    yield 100.0, 1, 20.0, 0.0, 1e9
    yield 3600.0, 100, 60.0, 2e11, 1e9
    yield 50.0, 4, 0.0, 8e8, 1e8
    yield 10.0, 2, 5.0, 1e10, 1e8
    yield 30.0, 5, 20.0, 4e10, 1e8
    for _ in range(8):
        yield (
            float(rng.integers(10, 5000)),
            int(rng.integers(2, 65)),
            float(rng.integers(5, 90)),
            float(rng.integers(1, 50)) * 1e9,
            float(rng.choice([1e8, 1e9])),
        )


def _summed(work, workers, start, traffic, bandwidth):
    each = work / workers + traffic / workers / bandwidth
    return start + each


@exercise(
    inputs=_jobs,
    hints=[
        "Three terms: what happens before anybody works, a worker's share of the work, a "
        "worker's share of the traffic.",
        "start + work / workers + traffic / (workers * bandwidth).",
    ],
    why="The first term does not shrink, whatever you pay for workers. So for small work a cluster "
    "is slower than the laptop "
    "it was to replace.",
    mistakes={
        "Is the start forgotten? It is the same for one worker and for a hundred.": (
            lambda work, workers, start, traffic, bandwidth: (work + traffic / bandwidth) / workers
        ),
        "Did you divide the start too? More workers do not start sooner.": (
            lambda work, workers, start, traffic, bandwidth: (start + work + traffic / bandwidth) / workers
        ),
        "Does all traffic pass through one wire? Each worker passes on its share, all at the same time.": (
            lambda work, workers, start, traffic, bandwidth: start + work / workers + traffic / bandwidth
        ),
        "Do workers send while they compute? First comes the one, then the other.": (
            lambda work, workers, start, traffic, bandwidth: (
                start + max(work / workers, traffic / bandwidth / workers)
            )
        ),
        "Is the traffic forgotten?": lambda work, workers, start, traffic, bandwidth: start + work / workers,
        "Is the work not divided? Each worker does a share of it.": (
            lambda work, workers, start, traffic, bandwidth: start + work + traffic / bandwidth / workers
        ),
        "Does every worker start on its own, one after the other? They start at the same time.": (
            lambda work, workers, start, traffic, bandwidth: (
                workers * start + work / workers + traffic / bandwidth / workers
            )
        ),
        "Is that what all workers are paid for? Asked is how long it takes.": (
            lambda work, workers, start, traffic, bandwidth: (
                workers * _summed(work, workers, start, traffic, bandwidth)
            )
        ),
    },
    alternatives=[_summed],
)
def cluster_seconds(work, workers, start, traffic, bandwidth):
    """Seconds from start to end: a fixed start, then work shared evenly by the workers, then traffic shared evenly.

    `work` is in seconds of one worker, `start` in seconds, `traffic` in bytes over all workers, `bandwidth` in bytes a
    second of each worker. Workers compute and send at the same time as each other, but first the one, then the other.
    """
    return start + work / workers + traffic / (workers * bandwidth)


# ---- COST ------------------------------------------------------------------------------------------------------------


def _runs(rng):
    yield 100.0, {1: 400.0, 4: 130.0, 8: 90.0, 16: 60.0}
    yield 50.0, {1: 400.0, 4: 130.0, 8: 90.0, 16: 60.0}
    yield 100.0, {1: 100.0, 2: 99.0}
    yield 100.0, {1: 300.0, 2: 100.0, 4: 80.0}
    yield 10.0, {2: 9.0, 4: 12.0, 8: 8.0}
    yield 200.0, {64: 190.0, 8: 150.0, 2: 500.0}
    yield 100.0, {1: 150.0, 2: 80.0, 4: 60.0, 8: 95.0}
    yield 1000.0, {1: 900.0, 2: 600.0}
    for _ in range(8):
        work, start, each = (
            float(rng.integers(100, 900)),
            float(rng.integers(5, 40)),
            float(rng.integers(1, 5)),
        )
        yield (
            float(rng.integers(60, 400)),
            {w: round(start + work / w + each * w, 1) for w in (1, 2, 4, 8, 16, 32)},  # talking to each other
        )


def _sorted_first(alone, cluster):
    for workers in sorted(cluster):
        if cluster[workers] < alone:
            return workers
    return 0


@exercise(
    inputs=_runs,
    hints=[
        "Which numbers of workers are faster than the one thread?",
        "min([w for w, seconds in cluster.items() if seconds < alone], default=0).",
    ],
    why="A curve that falls with every worker looks like success. This number asks the other "
    "question: how much hardware "
    "does it take until the system beats a program that one person wrote for one thread?",
    mistakes={
        "Is that the fastest configuration? Asked is the smallest that beats the one thread.": lambda alone, cluster: (
            min(cluster, key=cluster.get) if min(cluster.values()) < alone else 0
        ),
        "Does a tie count? It has to be faster.": lambda alone, cluster: min(
            [w for w, s in cluster.items() if s <= alone], default=0
        ),
        "Did you compare the workers' seconds added up? Here only the clock counts.": lambda alone, cluster: (
            min([w for w, s in cluster.items() if w * s < alone], default=0)
        ),
        "Is that the largest configuration that is faster?": lambda alone, cluster: max(
            [w for w, s in cluster.items() if s < alone], default=0
        ),
        "Are those seconds? Asked is the number of workers.": lambda alone, cluster: (
            cluster[_sorted_first(alone, cluster)] if _sorted_first(alone, cluster) else 0
        ),
        "Did you take the first that stands there? The configurations are in no order.": lambda alone, cluster: (
            next((w for w, s in cluster.items() if s < alone), 0)
        ),
        "Is that the smallest that loses?": lambda alone, cluster: min(
            [w for w, s in cluster.items() if s >= alone], default=0
        ),
    },
    alternatives=[_sorted_first],
)
def cost_of(alone, cluster):
    """The fewest workers that take less time than one thread, or 0 where no number of workers does.

    `alone` are the seconds of the one thread; `cluster` is a dict, number of workers -> seconds, in any order.
    """
    return min([workers for workers, seconds in cluster.items() if seconds < alone], default=0)


question(
    "what_is_computed_again",
    answer="b",
    why="Spark keeps from what each part was made, its lineage, and no second copy. Lost parts are "
    "made anew, and so is what "
    "they were made of where that was lost too; the parts on other workers stay.",
    wrong={
        "a": "That is what a program without lineage has to do. Parts on other workers are still there.",
        "c": "Copies cost memory and time in every run, whether a worker dies or not. Spark writes "
        "them only if it is asked to.",
    },
)

question(
    "when_to_distribute",
    answer="c",
    why="The first two are no measurements. A cluster is worth it once one machine, used well, "
    "cannot hold or finish the work "
    "in the time there is, and a cluster that you can pay for can.",
    wrong={
        "a": "One laptop factorised fifty million plays in seconds. How large a table sounds decides nothing.",
        "b": "A curve that falls with every worker may still lie above the one thread everywhere.",
    },
)
