"""The page with five faults: its figures come out of its code, each repair does what is said, each mark is answered."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from recsys_helpers.capstone import RUBRIC, grade
from recsys_helpers.capstone.faults import (
    FAULTS,
    LABELS,
    SHEET,
    SOUND,
    hits,
    read_marks,
    reveal,
    said_to,
    sheet_beside,
)
from recsys_helpers.capstone.podcasts import REPAIRS, Contest, over_rows
from recsys_helpers.datasets import load_murmur
from recsys_helpers.evaluation import Interval, split_log
from recsys_helpers.events import asked_for, clean
from recsys_helpers.exercises.judge import verdict
from recsys_helpers.exercises.registry import find
from tools import lessons

(LESSON,) = lessons.choose(["24"])
RIGHT = [fault.places[-1] for fault in FAULTS]


@pytest.fixture(scope="module")
def contest():
    murmur = load_murmur()
    log = asked_for(clean(murmur.events, murmur.tracks, murmur.users)[0], murmur.tracks)
    return Contest(log, murmur.tracks)


def printed(word: str) -> str:
    texts = [str(output.get("text", "")) for cell in LESSON.cells for output in cell.outputs]
    texts += [
        str(output.get("data", {}).get("text/plain", "")) for cell in LESSON.cells for output in cell.outputs
    ]
    return next(text for text in texts if word in text)


def figures(text: str) -> list[float]:
    return [float(one) for one in re.findall(r"[-+]?\d*\.\d+", text)]


# ---- the figures -----------------------------------------------------------------------------------------------------


def test_the_page_shows_what_its_cells_give_and_the_switches_give_the_same(contest):
    claim = contest.claim([])
    assert figures(printed("gain 0."))[:3] == pytest.approx([claim.value, claim.low, claim.high], abs=6e-4)
    assert claim.over == "pairs" and f"{claim.n:,} pairs" in printed("gain 0.")


def test_with_all_repaired_the_gain_is_that_of_the_page_with_care(contest):
    gain, null = contest.claim(), contest.null()
    shown = printed("everything less alone")
    line = next(one for one in shown.splitlines() if one.startswith("everything less alone"))
    assert figures(line) == pytest.approx([gain.value, gain.low, gain.high], abs=6e-4)
    line = next(one for one in shown.splitlines() if one.startswith("strangers less alone"))
    assert figures(line) == pytest.approx([null.value, null.low, null.high], abs=6e-4)
    assert gain.over == "listeners" and gain.low > null.high > 0 > null.low


def test_each_repair_moves_the_figure_and_the_guide_prints_where_to(contest):
    walk = [contest.claim(REPAIRS[:n]).value for n in range(len(REPAIRS) + 1)]
    assert walk == sorted(walk[:-1], reverse=True) + walk[-1:] and walk[-1] > walk[-2]
    guide = (lessons.ROOT / "docs" / "instructor.md").read_text(encoding="utf-8")
    for n, one in enumerate(walk):
        gain = contest.claim(REPAIRS[:n])
        assert f"{one:.3f} [{gain.low:.3f}, {gain.high:.3f}]".replace("0.", ".") in guide
    with pytest.raises(ValueError, match="'null' is no repair"):
        contest.claim(["null"])


def test_the_leak_lets_later_plays_of_other_kinds_in_and_its_repair_none(contest):
    leaky, clean_past = contest.past("test", True), contest.past("test", False)
    others = np.setdiff1d(leaky.items, contest.podcasts)
    assert leaky.subset(items=contest.podcasts).nnz == clean_past.subset(items=contest.podcasts).nnz
    assert leaky.subset(items=others).nnz > 1.05 * clean_past.subset(items=others).nnz
    split = split_log(contest.log, contest.tracks, contest.parts["test"].moment)
    assert clean_past.nnz == split.train.nnz


def test_strangers_keep_every_podcast_and_every_count_and_break_whose_they_are(contest):
    train, mixed = contest.parts["test"].train, contest.strangers("test", 3)
    others = pd.Index(np.setdiff1d(train.items, contest.podcasts))
    assert (contest.known("test").matrix != mixed.subset(items=contest.podcasts).matrix).nnz == 0
    for axis in (0, 1):
        sums = [
            np.sort(np.asarray(x.subset(items=others).matrix.sum(axis=axis)).ravel()) for x in (train, mixed)
        ]
        np.testing.assert_allclose(*sums)
    per_row = [np.diff(x.subset(items=others).matrix.indptr) for x in (train, mixed)]
    assert (per_row[0] == per_row[1]).mean() < 0.2


def test_an_interval_over_copies_of_the_same_people_is_too_narrow():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(50, 2))
    once, copied = over_rows(values, "listeners"), over_rows(np.repeat(values, 9, axis=0))
    assert copied.value == pytest.approx(once.value)
    assert (once.high - once.low) / (copied.high - copied.low) == pytest.approx(3, rel=0.15)
    half = values.copy()
    half[25:, 1] = np.nan
    assert over_rows(half).value == pytest.approx(half[:25, 1].mean() - half[:, 0].mean())


# ---- the marks -------------------------------------------------------------------------------------------------------


def test_every_label_is_a_fault_or_sound_and_stands_in_the_lesson():
    places = [place for fault in FAULTS for place in fault.places]
    assert len(places) == len(set(places)) and not set(places) & set(SOUND)
    assert (
        sorted([*places, *SOUND])
        == LABELS
        == sorted([f"C{n}" for n in range(1, 10)] + [f"R{n}" for n in range(1, 10)])
    )
    code = "\n".join(cell.source for cell in LESSON.cells)
    for label in LABELS:
        assert re.search(rf"# {label}: " if label[0] == "C" else rf'"{label}\. ', code), label


def test_each_way_to_mark_all_five_is_right_and_each_lack_is_not():
    exercise = find("find_faults")
    first = [fault.places[0] for fault in FAULTS]
    for marks in (RIGHT, first, [one.lower() for one in RIGHT], set(RIGHT), ", ".join(RIGHT)):
        assert verdict(exercise, marks)[0] == "✓", marks
    assert verdict(exercise, [place for fault in FAULTS for place in fault.places])[0] == "✓"
    for n in range(5):
        for some in combinations(RIGHT, n):
            mark, text = verdict(exercise, list(some))
            assert mark == "✗" and (
                not some or f"You found {n} of 5." in text and f"Missed: {5 - n}." in text
            )
            for fault in FAULTS:
                assert (fault.wrong in text) == (fault.places[-1] in some), "what is missed is not given away"


@pytest.mark.parametrize("label", sorted(SOUND))
def test_a_sound_line_is_called_so_with_its_reason(label):
    mark, text = verdict(find("find_faults"), [*RIGHT, label])
    assert mark == "✗" and f"{label} is no fault: {SOUND[label]}." in text


@pytest.mark.parametrize("odd", [["C12"], ["the split"], "C0", [3], 3.5, object()])
def test_marks_that_are_no_labels_are_told_so_or_refused_without_a_crash(odd):
    mark, text = verdict(find("find_faults"), odd)
    assert mark == "✗" and "You found" not in text


def test_marks_are_read_in_any_dress():
    assert read_marks(" c1,R2 ;c1") == ["C1", "R2"] and read_marks(("C1",)) == ["C1"]
    assert read_marks(["Ｃ２", "ｒ５"]) == read_marks("Ｃ２，Ｒ５") == ["C2", "R5"]
    assert hits(["C2", "R3", "C1", "X"]) == ({"leak"}, {"C1", "X"})
    assert said_to([]).startswith("Nothing is marked")
    with pytest.raises(ValueError, match="list of labels"):
        read_marks(7)


def test_nothing_is_revealed_before_somebody_marked(contest, capsys):
    for none in (..., [], ["here"]):
        assert reveal(none, contest) is None
        assert "Mark your own first" in capsys.readouterr().out
    table = reveal(["c2", "C1"], contest)
    assert table["you"].tolist() == ["", "found", "missed", "missed", "missed", "missed"]
    assert [set(one.split()) for one in table.index[1:]] == [set(fault.places) for fault in FAULTS]
    assert f"{contest.claim():+}" in table.iloc[4, -1] and f"{contest.null():+}" in table.iloc[5, -1]


def test_the_graded_sheet_follows_the_rubric_and_shows_after_ones_own(capsys):
    assert list(SHEET) == list(RUBRIC)
    low = {line for line, (points, _) in SHEET.items() if points < 4}
    assert {fault.row for fault in FAULTS} <= low
    assert sheet_beside(...) is None and "yourself first" in capsys.readouterr().out
    table = sheet_beside(dict.fromkeys(RUBRIC, 2))
    assert table.loc["in all"].tolist()[:2] == ["20 of 40", "18 of 40"]
    assert grade({line: points for line, (points, _) in SHEET.items()}).loc["in all", "points"] == "18 of 40"


def test_what_is_said_to_marks_is_all_that_they_show():
    assert said_to(["C12", "x", "C1"]) == (
        "There is no line C12, X: labels run from C1 to C9 and from R1 to R9."
    )
    assert said_to("") == "Nothing is marked. There are five faults, and each sits in a line of its own."
    assert said_to("r3 c1 c2 c1") == "\n  ".join(
        [
            "You found 1 of 5.",
            f"Found (R3, C2): {FAULTS[0].wrong}",
            f"C1 is no fault: {SOUND['C1']}.",
            "Missed: 4. Ask again what the checklist asks under model, baseline, interval, null.",
        ]
    )
    assert said_to(RIGHT) == "\n  ".join(
        [
            "You found 5 of 5.",
            *(f"Found ({place}): {one.wrong}" for place, one in zip(RIGHT, FAULTS, strict=True)),
        ]
    )
    with pytest.raises(ValueError, match=r'^Marks are a list of labels, such as \["C1", "R1"\]\.$'):
        said_to(b"C1")


class Told:
    """A contest whose figures are written down."""

    def claim(self, repaired):
        return Interval(0.1, 0.0, 0.2, over="repaired: " + " ".join(repaired))

    def null(self):
        return Interval(-0.1, -0.2, 0.0)


def test_what_is_revealed_is_where_each_fault_sits_and_what_each_repair_does(capsys):
    table = reveal("C2, R7", Told())
    assert table.index.name == "where"
    assert list(table) == ["you", "lesson", "what is wrong", "gain when this and those above are repaired"]
    names = [one.name for one in FAULTS]
    gains = [f"+0.100 [+0.000, +0.200], 95% over repaired: {' '.join(names[:n])}" for n in range(5)]
    gains.append("strangers: -0.100 [-0.200, +0.000], 95% over listeners")
    assert table.reset_index().to_numpy().tolist() == [
        ["", "", "", "as reported", gains[0]],
        *(
            [
                " ".join(one.places),
                "found" if one.name in ("leak", "null") else "missed",
                one.lesson,
                one.wrong,
                gain,
            ]
            for one, gain in zip(FAULTS, gains[1:], strict=True)
        ),
    ]
    assert capsys.readouterr().out == ""
    assert reveal(..., Told()) is None
    assert capsys.readouterr().out == (
        "Mark your own first: this cell then says where the five sit, and what each does to the figure.\n"
    )


def test_two_sheets_stand_side_by_side(capsys):
    table = sheet_beside(dict.fromkeys(RUBRIC, 4))
    assert list(table) == ["yours", "ours", "why ours"] and table.index.name == "line"
    assert table["yours"].tolist() == ["4"] * 10 + ["40 of 40"]
    assert table["ours"].tolist() == [str(points) for points, _ in SHEET.values()] + ["18 of 40"]
    assert table["why ours"].tolist() == [why for _, why in SHEET.values()] + [""]
    assert capsys.readouterr().out == "" and sheet_beside(...) is None
    assert capsys.readouterr().out == (
        "Grade it yourself first: this cell then puts our sheet beside yours.\n"
    )
    with pytest.raises(ValueError, match="No points for"):
        sheet_beside({"data": 2})
