"""The page that says where each step of the code lives: its picture and its table are true of the code as it is now."""

from __future__ import annotations

import ast
import csv
import gzip
import math
import re
import xml.etree.ElementTree as ET
from datetime import datetime, timedelta

import pytest

from tools import drawing, event_picture, rooms
from tools.drawing import DARK
from tools.event_picture import CUT, EVENT, LATER, PICTURE, ROOT, STEPS

PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\d+) \| `(\w+)` \| \[([\w/.]+)\]\(([^)]+)\)", PAGE, re.MULTILINE)
MURMUR = ROOT / "data" / "murmur"


@pytest.fixture(scope="module")
def values():
    return event_picture.follow()


def words(svg: str) -> list[tuple[str, float, float]]:
    """Each text of a drawing with its place, which say all that a reader of values sees."""
    texts = ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")
    return [
        (t.text.replace("\u00a0", " "), round(float(t.get("x")), 1), round(float(t.get("y")), 1))
        for t in texts
    ]


def drawn() -> str:
    return "\n".join(text for text, _, _ in words(PICTURE.read_text(encoding="utf-8")))


# ---- the names ---------------------------------------------------------------------------------------------------


def test_the_page_and_the_picture_name_the_same_steps_in_the_same_order():
    assert [(int(n), name, file) for n, name, file, _ in ROWS] == [
        (n, step.name, step.file) for n, step in enumerate(STEPS, start=1)
    ]
    assert all(link == f"../recsys_helpers/{file}" for _, _, file, link in ROWS)


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_function_lives_where_the_page_says(step):
    tree = ast.parse((ROOT / "recsys_helpers" / step.file).read_text(encoding="utf-8"))
    assert step.name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_name_in_a_step_s_words_is_one_of_the_code(step):
    """Interactions.from_frame, models/factors/als.py, (judge), (evaluate, then table): names of the code."""
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "recsys_helpers").rglob("*.py"))
    flat = step.does.replace("\n", " ")
    for file in re.findall(r"[\w/]+\.py", flat):
        assert (ROOT / "recsys_helpers" / file).is_file()
    for owner, method in re.findall(r"\b([A-Z]\w+)\.(\w+)", flat):
        assert f"class {owner}" in source and f"def {method}(" in source
    for listed in re.findall(r"\(([a-z_, ]+)\)", flat):
        for name in re.findall(r"\w+", listed.replace(" then ", " ")):
            assert f"def {name}(" in source


def test_lessons_use_what_the_page_says_they_build():
    for line in re.findall(r"^\| \d+ \|.+$", PAGE, re.MULTILINE):
        name = re.search(r"`(\w+)`", line).group(1)
        for number in re.findall(r"\b0\d\b", line.rpartition("|")[0].rpartition("|")[2]):
            (lesson,) = (ROOT / "notebooks" / "source").glob(f"{number}_*.md")
            assert name in lesson.read_text(encoding="utf-8"), f"lesson {number} says nothing of {name}"


def test_the_page_is_one_that_is_read_in_five_minutes():
    prose = "\n".join(
        line for line in PAGE.splitlines() if not line.startswith("|")
    )  # in tables one looks things up
    assert len(re.findall(r"\w+", re.sub(r"\]\([^)]*\)", "]", prose))) < 1000, "at 200 words a minute"
    assert re.findall(r"\]\((images/[^)]+)\)", PAGE) == ["images/event.svg", "images/rooms.svg"]


def test_what_is_asked_for_is_where_the_page_says():
    section = PAGE.partition("## Where is")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (?!what|---)[^|]+\| (.+) \|$", section, re.MULTILINE)
    assert len(rows) == 12
    for row in rows:
        (first, *_) = files = re.findall(r"\[([\w/.]+)\]\(\.\./recsys_helpers/\1\)", row)
        assert all((ROOT / "recsys_helpers" / file).is_file() for file in files)
        for name in re.findall(r"`(\w+)` in ", row)[:1] + re.findall(r"`\w+\.(\w+)` in", row):
            assert f"def {name}(" in (ROOT / "recsys_helpers" / first).read_text(encoding="utf-8")


# ---- the rooms -----------------------------------------------------------------------------------------------------


def test_the_table_and_the_picture_name_the_rooms_that_there_are():
    uses = rooms.between_rooms()
    section = PAGE.partition("## The rooms")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(uses)
    drawn = [text for text, _, _ in words(rooms.PICTURE.read_text(encoding="utf-8"))]
    assert [
        text.removesuffix(" (optional)") for text in drawn if text.partition(" ")[0] in rooms.FLOW
    ] == list(uses)


def test_the_picture_of_the_rooms_is_what_the_tool_draws_now():
    now = rooms.svg(rooms.between_rooms())
    there = rooms.PICTURE.read_text(encoding="utf-8")
    assert words(there) == words(now), "run make pictures"

    def dots(svg):
        return sorted(re.findall(r'd="M ([\d.]+) ([\d.]+)\s+C', svg))

    assert len(dots(there)) == len(dots(now)) == sum(map(len, rooms.between_rooms().values()))
    for one, other in zip(dots(there), dots(now), strict=True):
        assert tuple(map(float, one)) == pytest.approx(tuple(map(float, other)), abs=0.1), "run make pictures"


# ---- the values --------------------------------------------------------------------------------------------------


def test_the_picture_is_what_the_tool_draws_now(values):
    assert words(PICTURE.read_text(encoding="utf-8")) == words(event_picture.svg(values)), "run make pictures"


def test_the_log_and_the_strength_are_what_the_files_say(values):
    with gzip.open(MURMUR / "events.csv.gz", "rt", encoding="utf-8", newline="") as file:
        log = list(csv.DictReader(file))
    ours = [line for line in log if line["event_id"] == str(EVENT)]
    assert len(ours) == 2 and ours[0] == ours[1]
    user, track = ours[0]["user_id"], ours[0]["track_id"]
    with open(MURMUR / "tracks.csv", encoding="utf-8", newline="") as file:
        about = {line["track_id"]: line for line in csv.DictReader(file)}
    heard = float(ours[0]["seconds_played"]) / float(about[track]["duration_s"])
    assert f"strength    {heard:.3f} / (1 + {heard:.3f}) = {heard / (1 + heard):.3f}" in drawn()
    assert f"{user}   {track}     play    {float(ours[0]['seconds_played']):.0f}" in drawn()
    assert values["strength"] == pytest.approx(heard / (1 + heard))
    assert values["about"].loc[LATER, "title"] == about[LATER]["title"]

    # The session, by walking through the listener's lines: 30 minutes of silence end it.
    place, ends = 0, None
    lines = {line["event_id"]: line for line in log if line["user_id"] == user}.values()
    for line in sorted(lines, key=lambda line: (line["at"], int(line["event_id"]))):
        at = datetime.fromisoformat(line["at"])
        place = 1 if ends is None or at - ends > timedelta(minutes=30) else place + 1
        ends = max(at + timedelta(seconds=float(line["seconds_played"] or 0)), ends or at)
        if line["event_id"] == str(EVENT):
            break
    assert f"event {place} of " in drawn()

    # What was heard after the cut by half or more, and not before it, is what could be had.
    chosen = {track: float(a["duration_s"]) for track, a in about.items() if a["kind"] not in ("ad", "help")}
    after, before = {}, set()
    for line in lines:
        lasts = chosen.get(line["track_id"])
        if line["action"] != "play" or not lasts or not 0 <= float(line["seconds_played"] or -1) <= lasts + 5:
            continue
        if datetime.fromisoformat(line["at"]) < CUT:
            before.add(line["track_id"])
        else:
            share = min(float(line["seconds_played"]) / lasts, 1)
            after[line["track_id"]] = after.get(line["track_id"], 0) + share
    had = {track for track, share in after.items() if share >= 0.5} - before
    assert LATER in had and values["relevant"] == len(had)
    assert f"; {len(had)} could be had" in drawn()
    assert [item in had for item in values["listed"]["item"]] == values["hits"].tolist()


def test_the_cell_the_product_the_rank_and_the_grade_agree(values):
    train, (row, column) = values["train"], values["cell"]
    assert (train.users[row], train.items[column]) == (values["user"], values["track"])
    assert train.matrix[row, column] == pytest.approx(values["strength"])
    assert sum(a * b for a, b in zip(values["p"], values["q"], strict=True)) == pytest.approx(
        values["predicted"]
    )
    listed = values["listed"].set_index("item")
    assert listed.loc[LATER, "score"] == pytest.approx(values["predicted"])
    rank = listed.loc[LATER, "rank"]
    assert f"{LATER}  {rank:>4}  {values['predicted']:.3f}" in drawn()
    best = sum(1 / math.log2(i + 1) for i in range(1, min(values["relevant"], 10) + 1))
    assert values["hits"].sum() == 1 and values["ndcg"] == pytest.approx(1 / math.log2(rank + 1) / best)
    assert f"nDCG@10 = {values['ndcg']:.3f}" in drawn()
    assert values["ranks"]["with"] == rank < values["ranks"]["without"], "the play moves the track up"


# ---- legible on light and on dark pages ----------------------------------------------------------------------------


def contrast(one: str, other: str) -> float:
    """The ratio of two colours by the Web Content Accessibility Guidelines, 1 to 21."""

    def luminance(color):
        parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


def test_words_can_be_read_on_light_and_on_dark():
    text = PICTURE.read_text(encoding="utf-8")
    inks = {
        drawing.INK,
        drawing.MUTED,
        drawing.BLUE,
        drawing.OURS,
        drawing.GOOD,
    }
    for ground in (drawing.PAPER, drawing.CARD):
        for ink in inks:
            assert contrast(ink, ground) > 4.5
            assert contrast(DARK[ink], DARK[ground]) > 4.5
    used = set(re.findall(r"(?:fill|stroke): (#[0-9a-f]{6})(?! !)", text.partition("</style>")[2]))
    assert used <= set(DARK), "each colour has its like on dark pages"
