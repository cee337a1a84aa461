"""Where an optional package is not, no doctests are looked for in the room that needs it."""

from importlib.util import find_spec

NEEDS = {
    "recsys_helpers/deep": "torch",
    "recsys_helpers/scale": "duckdb",
    "recsys_helpers/scale/spark.py": "pyspark",
}
collect_ignore = [room for room, package in NEEDS.items() if not find_spec(package)]
