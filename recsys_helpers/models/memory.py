"""Whether a large array can be: this machine's memory, asked before the work begins and not after it has failed.

It frees nothing and it measures no process.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

# A container's own limit, where the system sets one: for Linux's control groups of version 2 and of version 1.
LIMITS = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def memory() -> int | None:
    """Bytes of memory that this machine, or the container around the process, has; None where nobody says."""
    found = [size for size in (_physical(), *map(_limit, LIMITS)) if size]
    return min(found, default=None)


def gigabytes(n_bytes: float) -> str:
    """A number of bytes for a sentence.

    >>> gigabytes(39.2e9), gigabytes(7.1e7)
    ('39.2 GB', '0.1 GB')
    """
    return f"{n_bytes / 1e9:,.1f} GB"


def _physical() -> int | None:
    if sys.platform == "win32":
        status = _MemoryStatus(dwLength=ctypes.sizeof(_MemoryStatus))
        ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status))
        return int(status.ullTotalPhys) or None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return None


def _limit(file: str) -> int | None:
    try:
        words = Path(file).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return None
    return int(words) if words.isdigit() else None  # "max": no limit


class _MemoryStatus(ctypes.Structure):
    """MEMORYSTATUSEX of Windows' sysinfoapi.h."""

    _fields_ = [
        ("dwLength", ctypes.c_uint32),
        ("dwMemoryLoad", ctypes.c_uint32),
        *(
            (name, ctypes.c_uint64)
            for name in (
                "ullTotalPhys",
                "ullAvailPhys",
                "ullTotalPageFile",
                "ullAvailPageFile",
                "ullTotalVirtual",
                "ullAvailVirtual",
                "ullAvailExtendedVirtual",
            )
        ),
    ]
