"""The data card: README.md of a folder that `simulate` wrote, put together from the tables themselves.

It measures nothing itself (see `realism`) and takes no figure from anybody's memory.
"""

from __future__ import annotations

import pandas as pd

from recsys_helpers.simulator.log import DEFECTS
from recsys_helpers.simulator.strengths import EFFECTS

MEASURED = "<!-- measured: benchmarks/murmur_figures.py writes what follows, down to the next such line -->"
MEASURED_END = "<!-- end of measured -->"

HEAD = """# Murmur: a listening platform that does not exist

These tables are the log of **Murmur**, a made-up audio platform with music, podcasts, radio, news, audiobooks and
ambience. Nobody in them is real: a program invented {users:,} accounts and {tracks:,} tracks, let the listeners live
{weeks} weeks from Monday 5 January 2026, and wrote down what the platform would have seen, dirt and all. Because it
is invented, the truth behind it is known and lies beside it, in `truth/`: what each listener really likes, which accounts
are bots, which rows were spoilt. No real platform has that. Use it to grade a method, never to build one.

One line of `events.csv.gz` is one thing that happened. This one says that a listener started a track on the evening of
the 9th, heard 41 seconds of it, and had picked it from the third place of the home shelf:

```
event_id,user_id,track_id,at,action,seconds_played,source,position,context,text
48213,u7k3q9,t1482,2026-01-09T19:22:05Z,play,41,home,3,home,
```

All files are CSV in UTF-8 with a header line; an empty field means *missing*. Times are UTC and Murmur's listeners all live in
that one time zone. To load them typed and checked: `from recsys_helpers.datasets import load_murmur`.
"""

COLUMNS = """## What is in the files

**tracks.csv**, one line a track

| column | meaning |
|---|---|
| track_id | `t0001`, `t0002`, ... |
| title, creator | made-up names |
| kind | music, podcast, radio, news, audiobook, ambience; a few ads and help clips, which nobody loves and everybody hears |
| genre, tags | one genre; tags joined by `;`, the first is the genre |
| duration_s | length in seconds |
| released | date; some tracks come out during the logged weeks, and are cold at first |
| tempo | beats a minute |
| energy, valence, acousticness, speechiness | what a sound analysis says, 0 to 1 |
| description | a sentence; its words hint at the scene a track belongs to |

**users.csv**, one line an account (bots among them, looking like anybody)

| column | meaning |
|---|---|
| user_id | a pseudonym, `u` and five signs |
| joined | date; about one in six joins during the logged weeks |
| plan | free (hears ads), plus, family |
| age_band, region, device | as told at sign-up; age_band is sometimes missing |

**events.csv.gz**, one line an event, in the order in which they reached the server

| column | meaning |
|---|---|
| event_id | given by the server in that order |
| user_id, track_id | who, what; a search has no track |
| at | when it happened by the device's clock, UTC, to the second; for a play, when it began |
| action | play, like, comment, search |
| seconds_played | of a play: seconds heard |
| source | where the track came from: search results, the listener's library, autoplay, the home shelf |
| position | its place in that list, 1 at the top (none in a library) |
| context | commute, work, workout, home, sleep: what the app believes; missing in about a third of the rows |
| text | what was written in a comment or typed into a search |

**truth/**, what no platform has

| file | holds |
|---|---|
| listeners.csv | account (person or bot) and farm, the true segment, taste_01 .. taste_16 in the first week, drift_01 .. drift_16 (its change over the first 8 weeks), how easily bored, how talkative, sessions_a_week at average satisfaction, the day they left for good |
| tracks.csv | vector_01 .. vector_16, appeal (what everybody likes about it), followed_by (the track that goes well after it), lift (the farm that pushes it) |
| defects.csv | event_id and kind of every spoilt row |
| comments.csv | the true mood of every comment and how it is worded: plain, negated ("not bad at all") or sarcastic |
| positions.csv | what a place in a list costs, in units of utility, and the odds against the first place |
| contexts.csv | what each context adds to taste, and the minutes that suit it |
| effects.csv | every planted effect, its strength, and where its truth is |

A listener's true liking of a track is taste · vector + appeal + a whim. Whims (normal, standard deviation 0.8, one for each
listener and track) are in no table: they are what no model could learn from anybody else.
"""

MADE = """## How it was made

Each listener belongs to one of six segments (commuters, desk listeners, explorers, loyal fans, bedtime listeners, movers), which
sets the hours, the kinds, the length of sessions and where they look for tracks; each varies around that. When a session starts, the
listener turns to the home shelf (today the chart, the same for everybody), to the library of tracks they keep, to search, or
lets autoplay go on. They take one track by utility and place, hear more of it the better it pleases and the better its length fits, and
now and then like or comment. Pleased listeners stay longer and come back sooner; displeased ones leave. The program is
`recsys_helpers/simulator/`, and

```
python -m recsys_helpers simulate --out DIR --users {users} --weeks {weeks} --seed {seed}
```

writes these very tables again.

## What is planted
"""

NOT_REAL = """## What is not realistic

- One time zone, one language, no holidays, no news that everybody turns to at once.
- Listeners do not know each other: nothing spreads, nobody shares an account.
- Taste is a point in 16 dimensions and moves in a straight line; real taste has no coordinates.
- A listener's library, likes and satisfaction start fresh in the first week; there is no history before it.
- The chart on the home shelf follows true popularity, not the counted plays, so that simulated listeners do not depend on each other.
- The log says what was taken, not all that was shown: like most real logs, it has no list of impressions.
- Bots are cruder than today's; descriptions and comments come from a few hundred words.
- Searches and comments are short and polite. Nobody here is rude, in danger, or under thirteen.

Do not draw conclusions about real people, groups or markets from these tables; age, region and device carry next to no signal by design.

## Licence

The tables, like this card, are released under Creative Commons Attribution 4.0 (CC BY 4.0).
"""


def render(
    sizes: dict[str, int], counts: dict[str, pd.Series], strengths: dict[str, float], realism: pd.DataFrame,
    sums: dict[str, str],
) -> str:  # fmt: skip
    """The whole card as Markdown; `sizes` holds users, tracks, weeks and seed, `counts` tallies of the tables."""
    actions, defects, accounts = counts["actions"], counts["defects"], counts["accounts"]
    parts = [HEAD.format(**sizes), COLUMNS, MADE.format(**sizes)]
    parts.append(
        "Effects that later lessons look for, each with a strength (0 is off) and the column of `truth/` it can be graded by:\n\n"
        + _table(
            ["effect", "strength", "what it does", "truth"],
            [
                (name, f"{strengths[name]:g}", says, f"{table}.csv: {column}")
                for name, (table, column, says) in EFFECTS.items()
            ],
        )
    )
    parts.append(
        f"Dirt, as real logs have it; a row has at most one kind. Besides, {accounts.get('bot', 0):,} of the "
        f"{accounts.sum():,} accounts are bots of {min(3, accounts.get('bot', 0))} stream farms, most of them blunt, "
        "a few of them careful.\n\n"
        + _table(
            ["kind of dirt", "rows", "what it looks like"],
            [(k, f"{defects.get(k, 0):,}", LOOKS[k]) for k in DEFECTS],
        )
    )
    parts.append(
        "## How near it is to real data\n\n"
        f"The log holds {actions.sum():,} rows: "
        + ", ".join(f"{n:,} {_plural(a, n)}" for a, n in actions.items())
        + ". "
        "The figures below are those of people's plays alone, counted without bots, spoilt rows, ads and help clips, beside those of real "
        "data (Last.fm-2k · MovieLens 100K, or as said).\n\n"
        + _table(list(realism.columns), realism.itertuples(index=False, name=None))
    )
    parts += [f"{MEASURED}\n{MEASURED_END}\n", NOT_REAL]
    parts.append(
        "## Checksums\n\nSHA-256 of each table, decompressed:\n\n"
        + _table(["table", "SHA-256"], [(name, f"`{value}`") for name, value in sums.items()])
    )
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


LOOKS = {
    "exact_duplicate": "the whole row again, a little later, under the same event_id",
    "retry_duplicate": "the same thing again 1 to 8 seconds later, under a new event_id: a client that was not sure it got through",
    "unknown_track": "a track_id that is not in tracks.csv",
    "unknown_user": "a user_id that is not in users.csv",
    "late": "arrived 10 seconds to 20 minutes after it happened: out of order, else right",
    "negative_seconds": "seconds_played below 0",
    "overlong_seconds": "seconds_played far over the track's length",
    "missing_seconds": "a play without seconds_played",
    "clock_skew": "the device's clock is wrong for a whole session: by 2 hours to 3 days, by a year, or back at 1970",
}


def _plural(action: str, n: int) -> str:
    return action if n == 1 else action + ("es" if action.endswith("ch") else "s")


def _table(head: list[str], rows: object) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"
