"""Write docs/images/event.svg: one event of Murmur's log, step by step, until it is a recommendation that was graded.

It computes nothing of its own: each value comes from the function that is named beside it, so a change of the code
changes the picture, and a test fails until it is drawn again (`make pictures`).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import evaluate, judge, ndcg, split_log
from recsys_helpers.events import asked_for, clean, preference, sessions, share_heard
from recsys_helpers.models import ImplicitALS, Popularity
from tools.drawing import BLUE, CARD, FAINT, FONTS, GOOD, INK, MUTED, OURS, PAPER, WIDTH, Sheet, as_text

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "event.svg"

EVENT, LATER = 97_935, "t2873"  # the play that is followed, and the track that it helps to recommend
CUT = pd.Timestamp("2026-02-16", tz="UTC")  # six weeks to learn from, two to be graded on: as in lesson 06
MODEL = ImplicitALS(dtype="float64")
LEFT, RIGHT, TOP = 48, 288, 46  # of the page, in points


class Step(NamedTuple):
    """A step of the way: the function, the file of recsys_helpers it lives in, what it does, its height in points."""

    name: str
    file: str
    does: str
    height: float


STEPS = (
    Step(
        "load_murmur",
        "datasets/murmur.py",
        "Reads files into tables and\nrefuses what is damaged.",
        76,
    ),
    Step(
        "clean",
        "events/cleaning.py",
        "Removes or mends what cannot be\ntrusted, and reports each row.",
        76,
    ),
    Step(
        "sessions",
        "events/sessions.py",
        "Groups a listener's events by silence.\nFor portraits; models do without.",
        80,
    ),
    Step(
        "asked_for",
        "events/tables.py",
        "Leaves out ads and help clips,\nwhich nobody chose to hear.",
        72,
    ),
    Step(
        "split_log",
        "evaluation/log_splits.py",
        "Cuts time in two, and lets steps 6 and 7\nsee one side at a time.",
        80,
    ),
    Step(
        "preference",
        "events/preference.py",
        "Turns a listener's signals on a track\ninto a strength and a confidence.",
        76,
    ),
    Step(
        "from_frame",
        "interactions.py",
        "Interactions.from_frame: ids become\npositions in one sparse matrix.",
        96,
    ),
    Step(
        "fit",
        "models/base.py",
        "Recommender.fit, here of ImplicitALS in\nmodels/factors/als.py: 64 factors for\neach listener and each track.",
        118,
    ),
    Step(
        "recommend",
        "models/base.py",
        "Scores every track, leaves out what was\nheard, and sorts; ties go to the lower id.",
        138,
    ),
    Step(
        "ndcg",
        "evaluation/ranking.py",
        "Lays the list beside what was heard after\nthe cut (judge) and grades it.",
        76,
    ),
    Step(
        "compare",
        "evaluation/comparison.py",
        "Grades models on the same listeners,\nwith intervals (evaluate, then table).",
        84,
    ),
)


def follow() -> dict:
    """The event as it is after each step, by name."""
    murmur = load_murmur()
    tracks = murmur.tracks.set_index("track_id")
    raw = murmur.events[murmur.events["event_id"] == EVENT]
    user, track = raw["user_id"].iloc[0], raw["track_id"].iloc[0]

    events, report = clean(murmur.events, murmur.tracks, murmur.users)
    of_session = sessions(events)
    here = events["event_id"] == EVENT
    visit = events[of_session == of_session[here].iloc[0]]
    chosen = asked_for(events, murmur.tracks)

    split = split_log(chosen, murmur.tracks, CUT)
    before = chosen[(chosen["at"] < CUT).to_numpy()]
    of_pair = before[((before["user_id"] == user) & (before["track_id"] == track)).to_numpy()]
    pair = preference(before, "listened", murmur.tracks).set_index(["user_id", "track_id"]).loc[(user, track)]
    row, column = split.train.user_positions([user])[0], split.train.item_positions([track])[0]

    models = {"charts": Popularity(), "ImplicitALS": MODEL}
    graded = evaluate(models, split, "ndcg", k=10)
    model = MODEL.fit(split.train)
    p = model.user_factors_[row]
    q = model.item_factors_[model.items_.get_loc(LATER)]

    mine = split.train.subset(users=[user])
    ranks = {}
    for name, entries in {"with": mine, "without": mine.where(mine.matrix.indices != column)}.items():
        longer = model.fold_in(entries).recommend([user], k=30)
        ranks[name] = int(longer.loc[longer["item"] == LATER, "rank"].iloc[0])

    listed = model.recommend([user], k=10)
    judged = judge(listed, split.test, k=10)
    place = judged.users.get_loc(user)
    return {
        "user": user,
        "track": track,
        "about": tracks,
        "raw": raw,
        "met": report.rows[report.rows["event_id"] == EVENT],
        "rows": (report.rows_in, report.rows_out, len(chosen)),
        "visit": visit,
        "place": int(np.flatnonzero(visit["event_id"] == EVENT)[0]) + 1,
        "days": (events["at"].min(), events["at"].max()),
        "duration": float(tracks.loc[track, "duration_s"]),
        "heard": float(share_heard(events[here], murmur.tracks)[0]),
        "plays": int((of_pair["action"] == "play").sum()),
        "strength": float(pair["strength"]),
        "confidence": float(pair["confidence"]),
        "train": split.train,
        "cell": (int(row), int(column)),
        "p": p,
        "q": q,
        "predicted": float(model.predict([user], [LATER])[0]),
        "ranks": ranks,
        "listed": listed,
        "hits": judged.hits[place],
        "relevant": int(judged.relevant[place]),
        "ndcg": float(ndcg(judged).loc[user]),
        "table": graded.table("charts").set_index("model"),
    }


def draw_load(sheet, x, y, v):
    sheet.mono(x, y, "event_id  at                   user_id  track_id  action    s", MUTED)
    for n, event in enumerate(v["raw"].itertuples()):
        who = f"{event.event_id:<9} {event.at:%Y-%m-%d %H:%M:%S}  {event.user_id}   {event.track_id}"
        words = f"{who}     {event.action}    {event.seconds_played:.0f}"
        sheet.mono(x, y + 14 + 12 * n, words, OURS if n == 0 else INK)
    title, genre = v["about"].loc[v["track"], ["title", "genre"]]
    sheet.note(x, y + 42, f"«{title}», {genre}, put forward by {event.source}; the line arrived twice.")


def draw_clean(sheet, x, y, v):
    (_, event, rule, outcome), (n_in, n_out, _) = v["met"].iloc[0], v["rows"]
    words = f"{event}     one line stays"
    sheet.mono(x, y + 2, words, OURS)
    sheet.mono(x, y + 14, f"{event}     {rule}: {outcome}", INK)
    sheet.line([x - 1, x + 25], [y + 11.5, y + 11.5], INK, 0.8)
    sheet.note(x, y + 36, f"{n_in:,} rows in, {n_out:,} out, ordered by time.")


def draw_sessions(sheet, x, y, v):
    visit, width = v["visit"], 366
    starts = (visit["at"] - visit["at"].iloc[0]).dt.total_seconds().to_numpy()
    lasts = np.nan_to_num(visit["seconds_played"].to_numpy(dtype=float))
    scale = width / (starts + lasts).max()
    for start, long, event in zip(starts, lasts, visit["event_id"], strict=True):
        color = OURS if event == EVENT else BLUE
        sheet.box(x + start * scale, y + 2, max(long * scale - 1.2, 1.0), 15, color)
    end = visit["at"].iloc[-1] + pd.Timedelta(seconds=lasts[-1])
    sheet.note(x, y + 28, f"{visit['at'].iloc[0]:%H:%M}")
    sheet.text(x + width, y + 28, f"{end:%H:%M}", color=MUTED, align="right")
    sheet.text(x + 60, y + 28, f"event {v['place']} of {len(visit)} in this session", color=OURS)
    sheet.note(x, y + 45, "A bar is a play, as long as it was heard; searches and a like lie between.")


def draw_asked_for(sheet, x, y, v):
    sheet.mono(x, y + 4, f"{v['track']} is {v['about'].loc[v['track'], 'kind']}: the event stays", OURS)
    sheet.note(x, y + 24, f"{v['rows'][1]:,} rows in, {v['rows'][2]:,} out.")


def draw_split(sheet, x, y, v):
    first, last = v["days"]
    width, at = 366, v["raw"]["at"].iloc[0]

    def place(moment):
        return x + width * (moment - first) / (last - first)

    cut = place(CUT)
    sheet.box(x, y + 2, cut - x - 1.5, 15, BLUE)
    sheet.box(cut + 1.5, y + 2, x + width - cut - 1.5, 15, GOOD)
    sheet.line([place(at)] * 2, [y - 2, y + 21], PAPER, 4)
    sheet.line([place(at)] * 2, [y - 2, y + 21], OURS, 2)
    sheet.note(x, y + 30, f"{first:%d %b}")
    sheet.text(place(at) + 4, y + 30, f"ours, {at:%d %b}", color=OURS)
    sheet.text(cut - 5, y + 30, "train: to learn from", color=BLUE, align="right")
    sheet.text(cut + 4, y + 30, f"test: from {CUT:%d %b}", color=GOOD)
    sheet.note(
        x, y + 46, "A strength of 1/3 or more after the cut, for a track new to the listener, is a hit."
    )


def draw_preference(sheet, x, y, v):
    seconds = v["raw"]["seconds_played"].iloc[0]
    sheet.mono(x, y + 1, f"heard       {seconds:.0f} s of {v['duration']:.0f} s   = {v['heard']:.3f}")
    sheet.mono(
        x, y + 14, f"strength    {v['heard']:.3f} / (1 + {v['heard']:.3f}) = {v['strength']:.3f}", OURS
    )
    sheet.mono(x, y + 27, f"confidence  {v['plays']} / ({v['plays']} + 2)         = {v['confidence']:.3f}")
    sheet.note(x, y + 43, f"Plays of it by this listener before the cut: {v['plays']}.")


def draw_matrix(sheet, x, y, v):
    (row, column), train = v["cell"], v["train"]
    size, above, around = 8.0, 3, 11
    dense = train.matrix[row - above : row + above + 1][:, column - around : column + around + 1].toarray()
    for r, c in np.ndindex(dense.shape):
        ours = r == above and c == around
        color = OURS if ours else BLUE if dense[r, c] else CARD
        sheet.box(
            x + c * size, y - 8 + r * size, size - 1, size - 1, color, FAINT if color == CARD else "none"
        )
    right = x + (2 * around + 1) * size + 14
    sheet.mono(right, y + 2, f"row     {row:>5,}  {v['user']}")
    sheet.mono(right, y + 15, f"column  {column:>5,}  {v['track']}")
    sheet.mono(right, y + 28, f"value   {train.matrix[row, column]:.3f}", OURS)
    n, m = train.shape
    sheet.note(
        x,
        y + 64,
        f"The cells around ours, of {n:,} x {m:,}; {train.density:.1%} are filled, the rest is not stored.",
    )


def draw_fit(sheet, x, y, v):
    products = v["p"] * v["q"]
    assert np.isclose(products.sum(), v["predicted"])
    rows = (
        ("p", v["p"], BLUE, f"listener {v['user']}"),
        ("q", v["q"], BLUE, f"track {LATER}"),
        ("p q", products, OURS, f"sum = {v['predicted']:.3f}"),
    )
    for n, (name, values, color, says) in enumerate(rows):
        base, tall = y + 8 + n * 26, 10 / np.abs(values).max()
        sheet.text(x, base + 3, name, 8.5, color, bold=True)
        sheet.line([x + 22, x + 278], [base, base], FAINT, 0.6)
        for k, value in enumerate(values):
            sheet.box(x + 22 + 4 * k, base, 3, -value * tall, color)
        sheet.mono(x + 288, base + 3, says, color if n == 2 else INK)
    fall = f"from rank {v['ranks']['with']} to {v['ranks']['without']}"
    sheet.note(x, y + 86, f"predict: p · q. Without our play (fold_in) {LATER} falls {fall}.")


def draw_list(sheet, x, y, v):
    sheet.mono(x, y - 2, "user    item   rank  score", MUTED)
    sheet.note(x + 140, y - 2, "title, genre")
    for n, (user, item, rank, score) in enumerate(v["listed"].itertuples(index=False)):
        color, at = OURS if item == LATER else INK, y + 9.5 + n * 10.5
        sheet.mono(x, at, f"{user}  {item}  {rank:>4}  {score:.3f}", color)
        title, genre = v["about"].loc[item, ["title", "genre"]]
        sheet.text(x + 140, at, f"{title}, {genre}", 8, color, bold=item == LATER)


def draw_ndcg(sheet, x, y, v):
    hits = v["hits"]
    for n, hit in enumerate(hits):
        sheet.box(x + 20 * n, y - 5, 17, 15, GOOD if hit else CARD, "none" if hit else FAINT)
        sheet.text(
            x + 20 * n + 8.5, y + 6, str(n + 1), 8.5, PAPER if hit else MUTED, bold=hit, align="center"
        )
    sheet.text(x + 210, y + 6, f"{int(hits.sum())} hit; {v['relevant']} could be had", color=GOOD)
    gained, best = (1 / np.log2(np.flatnonzero(one) + 2) for one in (hits, np.arange(10) < v["relevant"]))
    ours = f"1/log2({np.flatnonzero(hits)[0] + 1} + 1) = {gained.sum():.3f}"
    sheet.mono(x, y + 26, f"{ours};  best list {best.sum():.3f};  nDCG@10 = {v['ndcg']:.3f}", OURS)
    sheet.note(x, y + 43, f"«{v['about'].loc[LATER, 'title']}» was heard after the cut, by half or more.")


def draw_compare(sheet, x, y, v):
    table, left, width = v["table"], x + 66, 176
    scale = width / 0.2
    for n, name in enumerate(("ImplicitALS", "charts")):
        one, at = table.loc[name], y + 1 + 17 * n
        sheet.text(x, at + 3, name)
        sheet.line([left, left + width], [at, at], FAINT, 0.6)
        sheet.line([left + one["low"] * scale, left + one["high"] * scale], [at, at], BLUE, 2.5)
        sheet.dot(left + one["value"] * scale, at, 3, BLUE)
        says = f"{one['value']:.3f} [{one['low']:.3f}, {one['high']:.3f}]"
        sheet.mono(left + width + 8, at + 3, says)
    sheet.dot(left + v["ndcg"] * scale, y + 1, 3, OURS)
    n = int(table["n_listeners"].iloc[0])
    sheet.note(x, y + 38, f"nDCG@10, mean over {n:,} listeners with its 95% interval.")
    sheet.text(x, y + 51, "The dot apart is our listener.", color=OURS)


DRAW = (
    draw_load,
    draw_clean,
    draw_sessions,
    draw_asked_for,
    draw_split,
    draw_preference,
    draw_matrix,
    draw_fit,
    draw_list,
    draw_ndcg,
    draw_compare,
)


def svg(values: dict) -> str:
    """The picture of ``follow()``'s values, as the text of an SVG file."""
    with matplotlib.rc_context(FONTS):
        sheet = Sheet(TOP + sum(step.height for step in STEPS) + 6)
        share = f"{values['raw']['seconds_played'].iloc[0]:.0f} of {values['duration']:.0f} seconds"
        sheet.text(18, 26, f"A listener hears {share} of a track: what becomes of it", 12, bold=True)
        sheet.text(WIDTH - 12, 26, "files are in recsys_helpers/", 7.6, MUTED, align="right")
        top, centre = TOP, 27
        middles = []
        for step, draw in zip(STEPS, DRAW, strict=True):
            sheet.box(LEFT - 4, top, WIDTH - LEFT - 8, step.height - 8, CARD, FAINT, 5)
            middles.append(top + 20)
            sheet.text(LEFT + 6, top + 19, step.name, 10, BLUE, mono=True, bold=True)
            sheet.mono(LEFT + 6, top + 32, step.file, MUTED)
            sheet.text(LEFT + 6, top + 46, step.does)
            draw(sheet, RIGHT, top + 19, values)
            top += step.height
        sheet.line([centre, centre], [middles[0], middles[-1]], FAINT, 2)
        for number, middle in enumerate(middles, start=1):
            sheet.dot(centre, middle, 10, BLUE)
            sheet.text(centre, middle + 3.2, str(number), 8.5, PAPER, bold=True, align="center")
        return as_text(sheet)


if __name__ == "__main__":
    PICTURE.write_text(svg(follow()), encoding="utf-8")
    print(f"wrote {PICTURE.relative_to(ROOT)}")
