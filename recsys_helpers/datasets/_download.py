"""Fetches a public data set into the cache: whole and checked, or not at all.

It is not a general downloader: each data set is one zip with a known SHA-256, and a certificate that is not valid
is never overlooked.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO

from ._files import Source, inside, places

TIMEOUT = (10, 30)  # seconds to connect, and between two pieces of an answer
PATIENCE = 600  # seconds to wait for another process that fetches the same
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DataMissing(ValueError):
    """A data set that is nowhere and cannot be fetched: a notebook stops there, and shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]


def fetch(source: Source, cache: Path, read: Callable[[Path], Any]) -> Any:
    """What ``read(folder)`` makes of the files once they are in ``cache``.

    They come from a zip put by hand into one of ``places()``, else from ``source.url``. All happens in a scratch
    folder inside the cache: hash, unpacking, ``read`` with its checks; the last step is a rename. A second process
    waits for the first and reads what it left. Raises ValueError that says what to do; nothing is left half done.
    """
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with _alone(cache / f".{source.folder}.lock"):
            if (folder := inside(source, cache)) is None:
                return _fetch_alone(source, cache, read)
        return read(folder)
    except OSError as error:
        if error.errno in FULL:
            raise ValueError(
                f"There is no room for {source.title} in {cache}: free about 50 MB and load again. Nothing was kept."
            ) from None
        raise ValueError(
            f"{source.title} cannot be put into {cache} ({error.strerror or error}): unpack {source.url} in a folder "
            f"of your own and set RECSYS_DATA to that folder."
        ) from None


def _fetch_alone(source: Source, cache: Path, read: Callable[[Path], Any]) -> Any:
    target, prefix = cache / source.folder, f".{source.folder}-"
    for left_over in cache.glob(
        f"{prefix}*"
    ):  # of a process that was killed: while we hold the lock nobody uses it
        shutil.rmtree(left_over, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=cache, ignore_cleanup_errors=True) as scratch:
        by_hand = next((zipped for place in places() if (zipped := place / source.archive).is_file()), None)
        archive = by_hand or Path(scratch) / source.archive
        if by_hand is None:
            _download(source, archive, cache)
        with open(archive, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != source.sha256:
                raise ValueError(_not_published(source, by_hand))
        folder = Path(scratch) / source.folder
        _unpack(source, archive, folder)
        data = read(folder)
        if target.exists():
            target.rmdir()  # an empty folder may go; one with something in it is not ours to delete
        os.replace(folder, target)
    return data


def _not_published(source: Source, by_hand: Path | None) -> str:
    if by_hand is not None:
        return (
            f"{by_hand} is not the published file (its SHA-256 differs): perhaps half a download. Delete it, and load "
            f"again or download {source.url} anew; a zip you packed yourself goes there unpacked, as {source.folder}/."
        )
    return (
        f"What {source.url} sent is not the published file (its SHA-256 differs), so nothing was kept. A network that "
        f"asks you to log in answers like that: log in and load again."
    )


def _download(source: Source, target: Path, cache: Path) -> None:
    import pooch
    import requests

    print(
        f"Downloading {source.title} from {source.url} (for research and teaching; its README has the terms)."
    )
    get = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=2**16, timeout=TIMEOUT)
    try:
        get(source.url, str(target), None)
    except requests.exceptions.RequestException as error:
        named = os.environ.get("RECSYS_DATA", "").strip()
        raise DataMissing(
            f"{source.title} is not on this machine and could not be downloaded, because {_reason(error)}: download "
            f"{source.url} in a browser, now or later, and put the zip as it is into {cache}, or set RECSYS_DATA to a "
            f"folder that holds {source.folder}/ with its files"
            + (f" (it is set to {named}, which does not)." if named else ".")
        ) from None


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        why = re.search(r"certificate verify failed: ([^(]*\w)", str(error))
        return f"the server's certificate is not valid ({why[1] if why else 'the secure connection failed'})"
    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"the server answered {error.response.status_code}"
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error):
        return "the server did not answer in time"
    if isinstance(error, requests.exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "there is no connection to the server"


def _unpack(source: Source, archive: Path, folder: Path) -> None:
    """Puts the files that are needed, and those only, flat into a new folder, whatever folder the zip has them in."""
    folder.mkdir()
    try:
        with zipfile.ZipFile(archive) as zipped:
            members = sorted(zipped.namelist(), key=lambda name: (name.count("/"), name), reverse=True)
            found = {PurePosixPath(name).name: name for name in members}  # the one nearest to the top
            if missing := [name for name in source.files if name not in found]:
                raise ValueError(
                    f"{archive.name} lacks {', '.join(missing)}: it is not the zip of {source.title}."
                )
            for name in (*source.files, *source.extras):
                if name in found:
                    with zipped.open(found[name]) as packed, open(folder / name, "wb") as file:
                        shutil.copyfileobj(packed, file)
    except zipfile.BadZipFile as error:
        raise ValueError(
            f"{archive.name} cannot be unpacked ({error}): download {source.url} anew."
        ) from None


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Holds a lock on a file: the system frees it when a process ends, however it ends, so that none stays behind."""
    deadline = time.monotonic() + PATIENCE
    with open(path, "ab") as handle:
        while not _try_lock(handle):
            if time.monotonic() > deadline:
                raise ValueError(
                    f"Another process has held {path} for {PATIENCE // 60} minutes: end it, load again."
                )
            time.sleep(0.1)
        yield  # closing the file frees the lock


def _try_lock(handle: BinaryIO) -> bool:
    if sys.platform == "win32":
        import msvcrt

        handle.seek(0)
        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in (errno.EACCES, errno.EDEADLK):
                return False
            raise
        return True
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
