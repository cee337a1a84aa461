"""From a dirty event log to what can be learned from: cleaning with a report, sessions, strength of preference.

It is not a reader of files (see ``datasets``) and it knows no model.
"""

from recsys_helpers.events.arrival import (
    NoOrder,
    by_arrival,
    clock_skew,
    mend_times,
    out_of_order,
    repeated_ids,
)
from recsys_helpers.events.bots import BOT_SIGNS, account_signs, bots, isolation_forest_bots
from recsys_helpers.events.cleaning import (
    RULES,
    CleaningReport,
    clean,
    exact_duplicates,
    impossible_values,
    retry_duplicates,
    unknown_ids,
)
from recsys_helpers.events.mood import BAD_WORDS, GOOD_WORDS, NEGATIONS, mood
from recsys_helpers.events.preference import RECIPES, SIGNALS, preference
from recsys_helpers.events.sessions import sessions
from recsys_helpers.events.tables import (
    ACTIONS,
    COLUMNS,
    CONTEXTS,
    LOG,
    SOUGHT,
    SOURCES,
    UNASKED,
    append_log,
    arrival_of,
    as_moment,
    as_span,
    asked_for,
    between,
    check_log,
    durations,
    log_dtypes,
    share_heard,
    state_arrival,
    typed_log,
)

__all__ = [
    "ACTIONS",
    "BAD_WORDS",
    "BOT_SIGNS",
    "COLUMNS",
    "CONTEXTS",
    "CleaningReport",
    "GOOD_WORDS",
    "LOG",
    "NEGATIONS",
    "NoOrder",
    "RECIPES",
    "RULES",
    "SIGNALS",
    "SOUGHT",
    "SOURCES",
    "UNASKED",
    "account_signs",
    "append_log",
    "arrival_of",
    "as_moment",
    "as_span",
    "asked_for",
    "between",
    "bots",
    "by_arrival",
    "check_log",
    "clean",
    "clock_skew",
    "durations",
    "exact_duplicates",
    "impossible_values",
    "isolation_forest_bots",
    "log_dtypes",
    "mend_times",
    "mood",
    "out_of_order",
    "preference",
    "repeated_ids",
    "retry_duplicates",
    "sessions",
    "share_heard",
    "state_arrival",
    "typed_log",
    "unknown_ids",
]
