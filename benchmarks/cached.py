"""What a long command has computed so far, one file a part, so that it can be stopped and taken up again.

It knows no model and no data: ``neural.py`` and ``sequences.py`` say what a part is. Deleting the folder begins anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np


def kept(folder: Path, key: str, compute: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``compute`` gives, from the folder where it is there; numbers in it are printed when they are new."""
    file = folder / f"{key.replace(' ', '-')}.json"
    if not file.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        found = compute()
        file.with_suffix(".part").write_text(json.dumps(found), encoding="utf-8")
        file.with_suffix(".part").replace(file)
        means = {name: float(np.mean(part)) for name, part in found.items() if not isinstance(part, dict)}
        if means:
            print(key, {name: round(mean, 4) for name, mean in means.items()}, flush=True)
    return json.loads(file.read_text(encoding="utf-8"))
