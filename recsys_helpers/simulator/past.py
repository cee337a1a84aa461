"""What a log says to whoever goes on from it: which number came last, and who has played what.

It is no cleaning: ids that the world does not know are passed over.
"""

from __future__ import annotations

import numpy as np
import pandas as pd


def last_id(log: pd.DataFrame | None, otherwise: int) -> int:
    """The last event_id of a log, 0 of an empty one; `otherwise` without a log. Raises ValueError without ids."""
    if log is None:
        return otherwise
    if "event_id" not in log:
        raise ValueError(
            f"The log has no column event_id, only {', '.join(map(str, log.columns))}; give world.log(), "
            "load_murmur().events or what either became by cleaning."
        )
    return int(log["event_id"].max()) if len(log) else 0


def played_in(log: pd.DataFrame, listeners: pd.Index, tracks: pd.Index) -> np.ndarray:
    """Whether each listener has played each track in a log, (listeners, tracks)."""
    plays = log[log["action"] == "play"]
    row = listeners.get_indexer(pd.Index(plays["user_id"].astype(object)))
    track = tracks.get_indexer(pd.Index(plays["track_id"].astype(object)))
    there = (row >= 0) & (track >= 0)
    heard = np.zeros((len(listeners), len(tracks)), dtype=bool)
    heard[row[there], track[there]] = True
    return heard


def heard_before(
    log: pd.DataFrame | None, listeners: pd.Index, tracks: pd.Index, newness: float
) -> np.ndarray | None:
    """What each listener has played in a log where newness pleases, None where it does not matter.

    Raises ValueError where it matters and there is no log.
    """
    if newness == 0:
        return None
    if log is None:
        raise ValueError(
            "In this world newness pleases, so it must be known what has been heard: give log=world.log(), or "
            "log=world.log().iloc[:0] for listeners who have heard nothing."
        )
    return played_in(log, listeners, tracks)
