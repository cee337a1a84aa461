"""The same steps where tables are larger than memory: an optional room (DuckDB, Spark, voyager).

Nothing outside this room imports these packages, and nothing in it knows how a model is graded but by a ``Split``.
"""

from importlib.util import find_spec

from recsys_helpers.extras import missing

if find_spec("duckdb") is None:
    raise ModuleNotFoundError(f"recsys_helpers.scale needs DuckDB: {missing('large')}.")

from recsys_helpers.scale.columns import clean_parquet, listened_parquet, parquet_from_csv, write_parquet
from recsys_helpers.scale.search import Cells, Exact, Graph, one_longer, share_found
from recsys_helpers.scale.yambda import Yambda, load_yambda

__all__ = [
    "Cells",
    "Exact",
    "Graph",
    "Yambda",
    "clean_parquet",
    "listened_parquet",
    "load_yambda",
    "one_longer",
    "parquet_from_csv",
    "share_found",
    "write_parquet",
]
