"""Answers to lesson 23. They are wrong on purpose, or right in many styles: nothing here is to be imported."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd

from tests.exercises.bank import right, wrong

# ---- precision_and_coverage


@right("a frame")
def precision_and_coverage(sure, right, least):
    table = pd.DataFrame({"sure": sure, "right": right})
    given = table[table["sure"] >= least]
    return given["right"].mean(), len(given) / len(table)


@right("a list of answers")
def precision_and_coverage(sure, right, least):
    given = [ok for how, ok in zip(sure, right, strict=True) if how >= least]
    return [sum(given) / len(given), len(given) / len(right)]


@right("what is not below")
def precision_and_coverage(sure, right, least):
    silent = np.less(sure, least)
    return np.average(right, weights=~silent), 1 - np.mean(silent)


@right("an array back")
def precision_and_coverage(sure, right, least):
    mask = np.array([s >= least for s in sure])
    return np.array([(mask & np.array(right)).sum() / mask.sum(), mask.sum() / mask.size])


@wrong("of all", "Did you divide the right answers by all messages?")
def precision_and_coverage(sure, right, least):
    given = [ok for how, ok in zip(sure, right, strict=True) if how >= least]
    return sum(given) / len(right), len(given) / len(right)


@wrong("coverage first", "Is the pair the other way round?")
def precision_and_coverage(sure, right, least):
    given = np.array(sure) >= least
    return given.mean(), np.array(right)[given].mean()


@wrong("strictly surer", "Did a message that is exactly as sure as `least` go unanswered?")
def precision_and_coverage(sure, right, least):
    given = [ok for how, ok in zip(sure, right, strict=True) if how > least]
    return (sum(given) / len(given) if given else 0.0), len(given) / len(right)


@wrong("abstention for coverage", "Is that the share that went to a person?")
def precision_and_coverage(sure, right, least):
    given = np.array(sure) >= least
    return np.array(right)[given].mean(), (~given).mean()


@wrong("recall", "Is that the share of the right answers that were given?")
def precision_and_coverage(sure, right, least):
    given, right = np.array(sure) >= least, np.array(right)
    return right[given].mean(), given[right].mean() if right.any() else 0.0


@wrong("counts", "Is that a number of messages?")
def precision_and_coverage(sure, right, least):
    given = np.array(sure) >= least
    return np.array(right)[given].mean(), given.sum()


@wrong("accuracy of all", "Does the precision count messages that were not answered?")
def precision_and_coverage(sure, right, least):
    return np.mean(right), np.mean(np.array(sure) >= least)


@wrong("the unsure ones")
def precision_and_coverage(sure, right, least):
    given = np.array(sure) <= least
    return (np.array(right)[given].mean() if given.any() else 0.0), given.mean()


@wrong("weighed by how sure")
def precision_and_coverage(sure, right, least):
    sure, right = np.array(sure), np.array(right)
    given = sure >= least
    return (sure * right)[given].sum() / sure[given].sum(), given.mean()


@wrong("in percent")
def precision_and_coverage(sure, right, least):
    given = np.array(sure) >= least
    return 100 * np.array(right)[given].mean(), 100 * given.mean()


@wrong("precision alone")
def precision_and_coverage(sure, right, least):
    given = np.array(sure) >= least
    return np.array(right)[given].mean()


# ---- undo_sampling


@right("odds")
def undo_sampling(chance, kept):
    with np.errstate(divide="ignore", invalid="ignore"):
        odds = chance / (1 - chance) * kept
        return np.where(chance == 1, 1.0, odds / (1 + odds))


@right("one by one")
def undo_sampling(chance, kept):
    return [p / (p + (1 - p) / kept) for p in chance]


@right("both sides times kept")
def undo_sampling(chance, kept):
    return kept * chance / (kept * chance + 1 - chance)


@right("a series")
def undo_sampling(chance, kept):
    p = pd.Series(chance)
    return 1 - (1 - p) / (1 - p + kept * p)


@wrong("times kept", "Did you multiply the chance by kept?")
def undo_sampling(chance, kept):
    return [kept * p for p in chance]


@wrong("the wrong way", "Is that the way there?")
def undo_sampling(chance, kept):
    return chance / (chance + (1 - chance) * kept)


@wrong("odds", "Are those the odds?")
def undo_sampling(chance, kept):
    return np.array([p * kept / (1 - p) if p < 1 else 1e12 for p in chance])


@wrong("over kept", "Did you divide by kept?")
def undo_sampling(chance, kept):
    return np.clip(chance / kept, 0, 1)


@wrong("as they are")
def undo_sampling(chance, kept):
    return np.asarray(chance)


@wrong("divided and not clipped", "Did you divide by kept?")
def undo_sampling(chance, kept):
    return chance / kept


@wrong("scaled to a mean")
def undo_sampling(chance, kept):
    return chance * kept / (kept + 1 - kept * chance.mean())


@wrong("the chance of no click")
def undo_sampling(chance, kept):
    back = chance / (chance + (1 - chance) / kept)
    return 1 - back


@wrong("kept squared")
def undo_sampling(chance, kept):
    return chance / (chance + (1 - chance) / kept**2)


@wrong("odds over one less")
def undo_sampling(chance, kept):
    odds = np.where(chance < 1, chance * kept / np.where(chance < 1, 1 - chance, 1), 5e11)
    return odds / (2 + odds)


# ---- auction


@right("a dictionary sorted")
def auction(bids, chances):
    worth = {i: b * c for i, (b, c) in enumerate(zip(bids, chances, strict=True))}
    first, second = sorted(worth, key=worth.get, reverse=True)[:2]
    return first, worth[second] / chances[first]


@right("partition")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    second, first = np.partition(worth, -2)[-2:]
    return [int(np.where(worth == first)[0][0]), second / chances[int(worth.argmax())]]


@right("one loop")
def auction(bids, chances):
    best = second = 0.0
    who = -1
    for i in range(len(bids)):
        worth = bids[i] * chances[i]
        if worth > best:
            who, second, best = i, best, worth
        elif worth > second:
            second = worth
    return who, second / chances[who]


@right("a frame")
def auction(bids, chances):
    table = pd.DataFrame({"bid": bids, "chance": chances})
    table["worth"] = table["bid"] * table["chance"]
    table = table.sort_values("worth", ascending=False)
    return table.index[0], table["worth"].iloc[1] / table["chance"].iloc[0]


@wrong("first price", "Does the winner pay its own bid?")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    return worth.argmax(), bids[worth.argmax()]


@wrong("the runner-up's bid", "Is that the bid of the runner-up?")
def auction(bids, chances):
    order = sorted(range(len(bids)), key=lambda i: bids[i] * chances[i], reverse=True)
    return order[0], bids[order[1]]


@wrong("the product itself", "Is that the price of a view?")
def auction(bids, chances):
    worth = [b * c for b, c in zip(bids, chances, strict=True)]
    return worth.index(max(worth)), sorted(worth)[-2]


@wrong("the own product", "Is that what the winner's own view is worth?")
def auction(bids, chances):
    worth = [b * c for b, c in zip(bids, chances, strict=True)]
    return worth.index(max(worth)), max(worth)


@wrong("plain Vickrey on bids", "Did the highest bid win?")
def auction(bids, chances):
    order = sorted(range(len(bids)), key=lambda i: -bids[i])
    return order[0], bids[order[1]]


@wrong("divided by the runner-up's chance", "Is that the bid of the runner-up?")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return first, worth[second] / chances[second]


@wrong("from 1", "Do positions begin at 1?")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return first + 1, worth[second] / chances[first]


@wrong("the second-highest bid", "Is that the second-highest bid of all?")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    return worth.argmax(), np.sort(bids)[-2]


@wrong("the likeliest", "Did the highest chance win?")
def auction(bids, chances):
    return int(np.argmax(chances)), bids[int(np.argmax(chances))]


@wrong("the highest bid at a fair price")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first = int(np.argmax(bids))
    return first, max(np.delete(worth, first)) / chances[first]


@wrong("the least product")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    return int(worth.argmin()), worth.max() / chances[int(worth.argmin())]


@wrong("the third pays")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    order = np.argsort(-worth)
    return order[0], worth[order[-1]] / chances[order[0]]


@wrong("a mean of the two products")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return first, (worth[first] + worth[second]) / 2 / chances[first]


# ---- true_alarms


@right("ten thousand people")
def true_alarms(share, found, false):
    ill, well = 10_000 * share, 10_000 * (1 - share)
    return (ill * found) / (ill * found + well * false)


@right("fractions")
def true_alarms(share, found, false):
    s, f, w = Fraction(share), Fraction(found), Fraction(false)
    return float(s * f / (s * f + (1 - s) * w))


@right("odds")
def true_alarms(share, found, false):
    if share == 1 or false == 0:
        return 1.0
    odds = share / (1 - share) * found / false
    return odds / (1 + odds)


@right("a table")
def true_alarms(share, found, false):
    table = np.array([[share * found, share * (1 - found)], [(1 - share) * false, (1 - share) * (1 - false)]])
    return table[0, 0] / table[:, 0].sum()


@wrong("no base rate", "Did you treat both groups as equally large?")
def true_alarms(share, found, false):
    return found / (found + false)


@wrong("joint", "Is that the share of all people who have it and get an alarm?")
def true_alarms(share, found, false):
    return found * share


@wrong("how many alarms", "Is that the share of people who get an alarm?")
def true_alarms(share, found, false):
    return found * share + false * (1 - share)


@wrong("false discovery", "Are those the alarms that are wrong?")
def true_alarms(share, found, false):
    wrong_ones = (1 - share) * false
    return wrong_ones / (share * found + wrong_ones)


@wrong("false not weighed", "Did you weigh the false alarms?")
def true_alarms(share, found, false):
    ill = share * found
    return ill / (ill + false)


@wrong("right for each wrong", "Are those right alarms for each wrong one?")
def true_alarms(share, found, false):
    wrong_ones = (1 - share) * false
    return share * found / wrong_ones if wrong_ones else 1.0


@wrong("sensitivity again")
def true_alarms(share, found, false):
    return found


@wrong("accuracy")
def true_alarms(share, found, false):
    return share * found + (1 - share) * (1 - false)


@wrong("one less false")
def true_alarms(share, found, false):
    return 1 - false


@wrong("found not weighed")
def true_alarms(share, found, false):
    return found / (found + (1 - share) * false)


@wrong("who is missed among the silent")
def true_alarms(share, found, false):
    silent = share * (1 - found) + (1 - share) * (1 - false)
    return share * (1 - found) / silent if silent else 0.0


# ---- one_for_all


@right("a frame")
def one_for_all(scores, floor):
    table = pd.DataFrame(scores)
    fine = table.columns[(table >= floor).all()]
    return int(table[fine].mean().idxmax())


@right("a list of candidates")
def one_for_all(scores, floor):
    tracks = [t for t in range(len(scores[0])) if all(row[t] >= floor for row in scores)]
    return max(tracks, key=lambda t: sum(row[t] for row in scores))


@right("minus infinity")
def one_for_all(scores, floor):
    s = np.array(scores, float)
    return np.where(s.min(0) < floor, -np.inf, s.sum(0)).argmax()


@right("sorted")
def one_for_all(scores, floor):
    columns = list(enumerate(zip(*scores, strict=True)))
    columns.sort(key=lambda c: (min(c[1]) >= floor, sum(c[1])), reverse=True)
    return columns[0][0]


@wrong("only the mean", "Did a track win that somebody scores below the floor?")
def one_for_all(scores, floor):
    return int(np.array(scores).mean(axis=0).argmax())


@wrong("least misery", "Is that the track whose lowest score is highest?")
def one_for_all(scores, floor):
    return int(np.array(scores).min(axis=0).argmax())


@wrong("most pleasure", "Is that the track with the highest single score?")
def one_for_all(scores, floor):
    return int(np.array(scores).max(axis=0).argmax())


@wrong("strictly above", "Is a score that equals the floor too low?")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int(np.where(s.min(0) > floor, s.mean(0), 0).argmax())


@wrong("any person", "Did a track win that somebody scores below the floor?")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int(np.where(s.max(0) >= floor, s.mean(0), 0).argmax())


@wrong("low scores left out", "Did you leave out low scores from the mean?")
def one_for_all(scores, floor):
    means = []
    for column in zip(*scores, strict=True):
        fine = [score for score in column if score >= floor]
        means.append(sum(fine) / len(fine) if fine else -1)
    return means.index(max(means))


@wrong("from 1", "Do positions begin at 1?")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int(np.where(s.min(0) >= floor, s.mean(0), 0).argmax()) + 1


@wrong("the first that passes")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int((s.min(0) >= floor).argmax())


@wrong("the floor asked of the mean", "Did a track win that somebody scores below the floor?")
def one_for_all(scores, floor):
    mean = np.array(scores).mean(0)
    return int(np.where(mean >= floor, mean, 0).argmax())


@wrong("rows for tracks")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int(np.where(s.min(1) >= floor, s.mean(1), 0).argmax())


@wrong("the worst that passes")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int(np.where(s.min(0) >= floor, s.mean(0), 99).argmin())


# ---- by a second reader, from the rendered lesson alone


@right("a mask of one and zero")
def precision_and_coverage(sure, right, least):
    given = np.where(np.array(sure) >= least, 1, 0)
    return np.dot(given, right) / given.sum(), given.sum() / given.size


@right("sorted, and cut")
def precision_and_coverage(sure, right, least):
    order = sorted(zip(sure, right, strict=True), reverse=True)
    n = sum(how >= least for how, _ in order)
    return sum(ok for _, ok in order[:n]) / n, n / len(order)


@wrong("recall for precision")
def precision_and_coverage(sure, right, least):
    given, right = np.array(sure) >= least, np.array(right)
    return (right & given).sum() / max(right.sum(), 1), given.mean()


@wrong("how sure it was for how right it was")
def precision_and_coverage(sure, right, least):
    sure = np.array(sure)
    return sure[sure >= least].mean(), (sure >= least).mean()


@wrong("coverage of the right ones alone", "Is that the share of the right answers that were given?")
def precision_and_coverage(sure, right, least):
    kept = [(how, ok) for how, ok in zip(sure, right, strict=True) if how >= least]
    hits = sum(ok for _, ok in kept)
    return hits / len(kept), hits / max(sum(right), 1)


@wrong("silence counted as right")
def precision_and_coverage(sure, right, least):
    given, right = np.array(sure) >= least, np.array(right)
    return np.where(given, right, ~right).mean(), given.mean()


@right("by counts of a thousand views of the sample")
def undo_sampling(chance, kept):
    clicks = 1000 * chance
    views = clicks + (1000 - clicks) / kept
    return clicks / views


@right("the factor in the logit")
def undo_sampling(chance, kept):
    inside = np.clip(chance, 1e-300, 1 - 1e-16)
    return 1 / (1 + (1 - inside) / inside / kept)


@wrong("by the share that was left out")
def undo_sampling(chance, kept):
    left_out = 1 - kept if kept < 1 else 1
    return chance / (chance + (1 - chance) / left_out)


@wrong("the clicks divided as well", "Did you divide by kept?")
def undo_sampling(chance, kept):
    return np.minimum(1, chance * (1 / kept))


@wrong("odds given as they are", "Are those the odds?")
def undo_sampling(chance, kept):
    with np.errstate(divide="ignore"):
        return np.where(chance < 1, kept * chance / np.where(chance < 1, 1 - chance, 1), 1e9)


@wrong("the added views without those that were seen")
def undo_sampling(chance, kept):
    return chance / (1 + (1 - chance) * (1 / kept))


@right("the winner struck out")
def auction(bids, chances):
    worth = np.array(bids) * np.array(chances)
    first = int(np.argmax(worth))
    return first, np.delete(worth, first).max() / chances[first]


@right("never more than the bid")
def auction(bids, chances):
    ranked = sorted(((b * c, i) for i, (b, c) in enumerate(zip(bids, chances, strict=True))), reverse=True)
    (_, who), (second, _) = ranked[0], ranked[1]
    return who, min(bids[who], second / chances[who])


@wrong("a cent more than would do")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return first, worth[second] / chances[first] + 0.01


@wrong("price first")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return worth[second] / chances[first], first


@wrong("half way between the bids")
def auction(bids, chances):
    worth = np.multiply(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return first, (bids[first] + bids[second]) / 2


@wrong("bids divided by chances")
def auction(bids, chances):
    worth = np.divide(bids, chances)
    first, second = np.argsort(-worth)[:2]
    return first, worth[second] * chances[first]


@wrong("the bid below the winner's")
def auction(bids, chances):
    first = int(np.argmax(np.multiply(bids, chances)))
    lower = [bid for bid in bids if bid < bids[first]]
    return first, max(lower, default=0.0)


@right("one over one plus")
def true_alarms(share, found, false):
    return 1 / (1 + (1 - share) * false / (share * found))


@right("by total probability")
def true_alarms(share, found, false):
    alarm = found * share + false * (1 - share)
    return found * share / alarm


@wrong("who is well among the silent")
def true_alarms(share, found, false):
    silent = share * (1 - found) + (1 - share) * (1 - false)
    return (1 - share) * (1 - false) / silent


@wrong("right alarms less false ones")
def true_alarms(share, found, false):
    return share * found - (1 - share) * false


@wrong("the base rate")
def true_alarms(share, found, false):
    return share


@wrong("the share of the well left as it is", "Did you treat both groups as equally large?")
def true_alarms(share, found, false):
    return found / (false + found)


@right("a set of what is out")
def one_for_all(scores, floor):
    out = {t for row in scores for t, score in enumerate(row) if score < floor}
    means = {t: np.mean([row[t] for row in scores]) for t in range(len(scores[0])) if t not in out}
    return max(means, key=means.get)


@right("a masked array")
def one_for_all(scores, floor):
    s = np.array(scores)
    bad = np.tile((s < floor).any(axis=0), (len(s), 1))
    return int(np.ma.masked_array(s, bad).mean(axis=0).argmax())


@wrong("the product of the scores", "Did you multiply the scores?")
def one_for_all(scores, floor):
    return int(np.prod(np.array(scores), axis=0).argmax())


@wrong("the product, and the floor", "Did you multiply the scores?")
def one_for_all(scores, floor):
    columns = list(zip(*scores, strict=True))
    products = [math.prod(column) if min(column) >= floor else 0 for column in columns]
    return products.index(max(products))


@wrong("one person may mind", "Did a track win that somebody scores below the floor?")
def one_for_all(scores, floor):
    s = np.array(scores, float)
    fine = (s < floor).sum(axis=0) <= 1
    return int(np.where(fine, s.mean(axis=0), -1).argmax())


@wrong("most people above the floor")
def one_for_all(scores, floor):
    return int((np.array(scores) >= floor).sum(axis=0).argmax())


@wrong("the mean itself")
def one_for_all(scores, floor):
    s = np.array(scores)
    return s.mean(axis=0)[(s >= floor).all(axis=0)].max()


@wrong("the position among those that pass")
def one_for_all(scores, floor):
    s = np.array(scores)
    return int(s[:, (s >= floor).all(axis=0)].mean(axis=0).argmax())
