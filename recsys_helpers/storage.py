"""Arrays and ids in one ``.npz`` file, without pickle: written whole or not at all, and read without running anything.

It does not know what it stores: ``Interactions`` and models say what their parts mean, and refuse what is not theirs.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from recsys_helpers.columns import show


def write_arrays(path: str | os.PathLike[str], parts: Mapping[str, np.ndarray]) -> None:
    """Write arrays under their names; an older file of that name is replaced only when all is written."""
    path = Path(path)
    temporary = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, array in parts.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                    np.lib.format.write_array(file, np.asarray(array), allow_pickle=False)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """The arrays of a file by their names; nothing in it is run. A damaged file raises one of a dozen errors."""
    content = Path(path).read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def encode_ids(index: pd.Index, what: str) -> np.ndarray:
    """Ids as an array that needs no pickle: whole numbers as they are, anything else as the bytes of one JSON list.

    >>> decode_ids(encode_ids(pd.Index(["a", 7]), "user")).tolist()
    ['a', 7]
    """
    if index.dtype == np.int64:
        return np.asarray(index)
    ids = [one.item() if isinstance(one, np.generic) else one for one in index]
    odd = next((one for one in ids if not isinstance(one, (int, float, str))), None)
    if odd is not None:
        raise ValueError(
            f"The {what} id {show(odd)} is neither a number nor a string and cannot be saved: convert it."
        )
    return np.frombuffer(json.dumps(ids).encode("utf-8"), dtype=np.uint8)


def decode_ids(stored: np.ndarray) -> pd.Index:
    """What ``encode_ids`` was given."""
    return pd.Index(json.loads(stored.tobytes().decode("utf-8")) if stored.dtype == np.uint8 else stored)
