"""Fetches a public data set into the cache: whole and checked, or not at all.

It is not a general downloader: each data set is one zip with a known SHA-256, and a certificate that is not valid
is never overlooked.
"""

from __future__ import annotations

import errno
import hashlib
import importlib
import os
import re
import shutil
import ssl
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, TypeVar
from urllib.parse import urlsplit

from . import _files
from ._files import Source, inside

T = TypeVar("T")
TIMEOUT = (10, 30)  # seconds to connect, and between two pieces of an answer
PATIENCE = 600  # seconds to wait for another process that fetches the same
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class DataMissing(ValueError):
    """A data set that is not here and cannot be fetched: a notebook stops there, and shows the sentence alone."""

    def _render_traceback_(self) -> list[str]:
        """What IPython prints in place of a traceback."""
        return [str(self)]


def load(source: Source, path: str | os.PathLike[str] | None, read: Callable[[Path], T]) -> T:
    """What ``read(folder)`` makes of the files, fetched first where no place has them; raises ValueError."""
    folder = _files.locate(source, path)
    if folder is None:
        return fetch(source, _files.cache_folder(), read)
    try:
        return read(folder)
    except ValueError as error:
        if folder.parent == _files.cache_folder():
            remedy = f"Delete {folder} and load again: it is then fetched anew."
        else:
            remedy = f"It was read from {folder}: put the published files there, from {source.url}."
        raise ValueError(f"{error} {remedy}") from None


def fetch(source: Source, cache: Path, read: Callable[[Path], T]) -> T:
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
            raise DataMissing(
                f"There is no room for {source.title} in {cache}: free about 50 MB and load again. Nothing was kept."
            ) from None
        raise DataMissing(
            f"{source.title} cannot be put into {cache} ({error.strerror or error}): unpack {source.url} in a folder "
            f"of your own and set RECSYS_DATA to that folder."
        ) from None


def _fetch_alone(source: Source, cache: Path, read: Callable[[Path], T]) -> T:
    target, prefix = cache / source.folder, f".{source.folder}-"
    for left_over in cache.glob(
        f"{prefix}*"
    ):  # of a process that was killed: while we hold the lock nobody uses it
        shutil.rmtree(left_over, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=prefix, dir=cache, ignore_cleanup_errors=True) as scratch:
        by_hand = next(
            (zipped for place in _files.places() if (zipped := place / source.archive).is_file()), None
        )
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

    print(
        f"Downloading {source.title} from {source.url} (for research and teaching; its README has the terms)."
    )
    get = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), chunk_size=2**16, timeout=TIMEOUT)
    try:
        get(source.url, str(target), None)
    except (
        OSError
    ) as error:  # requests' own are of these, and so is its complaint about a bundle of certificates
        reason = _reason(error, source.url)
        if reason is None:
            raise
        named = os.environ.get("RECSYS_DATA", "").strip()
        raise DataMissing(
            f"{source.title} is not on this machine and could not be downloaded, because {reason}: download "
            f"{source.url} in a browser, now or later, and put the zip as it is into {cache}, or set RECSYS_DATA to a "
            f"folder that holds {source.folder}/ with its files"
            + (f" (it is set to {named}, which does not)." if named else ".")
        ) from None


def _reason(error: OSError, url: str) -> str | None:
    """Why nothing came, as the middle of a sentence; None where it is not the network that failed."""
    from requests import exceptions

    if trouble := _bundle_trouble(url):
        return trouble
    if not isinstance(error, exceptions.RequestException):
        return None
    answer = error.response
    wants_password = answer is not None and answer.status_code == 407
    if isinstance(error, (exceptions.ProxyError, exceptions.InvalidURL)):
        # Through a tunnel (https) the answer is to be had in the error's words alone, as http.client wrote them. They
        # name hosts and ports as well, so no shorter piece of them says what happened.
        wants_password = wants_password or "Tunnel connection failed: 407 " in str(error)
        return _proxy_trouble(url, _WANTS_PASSWORD if wants_password else "cannot be reached")
    if wants_password:
        return _proxy_trouble(url, _WANTS_PASSWORD)
    if isinstance(error, exceptions.InvalidSchema):  # the proxy's: the course's own are http and https
        return _proxy_trouble(url, _SPEAKS_SOCKS)
    if isinstance(error, exceptions.SSLError):
        why = re.search(r"certificate verify failed: ([^(]*\w)", str(error))
        return f"the server's certificate is not valid ({why[1] if why else 'the secure connection failed'})"
    if isinstance(error, exceptions.HTTPError) and answer is not None:
        return f"the server answered {answer.status_code}"
    if isinstance(error, exceptions.Timeout) or "timed out" in str(error):
        return "the server did not answer in time"
    if isinstance(error, exceptions.ChunkedEncodingError):
        return "the connection broke off"
    return "there is no connection to the server"


def _bundle_trouble(url: str) -> str | None:
    """What is wrong with the file of certificates that the environment names, if anything is."""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        if url.startswith("https") and (path := os.environ.get(variable)):
            if not os.path.exists(path):
                return f"{variable} names the certificates {path}, which are not there (mend or unset it)"
            try:
                folder = os.path.isdir(path)
                ssl.create_default_context(cafile=None if folder else path, capath=path if folder else None)
            except OSError:
                return f"{variable} names {path}, which holds no certificates (mend or unset it)"
            return None
    return None


_WANTS_PASSWORD = "asks for a user and a password (407; they go into its address, http://user:password@…)"
_SPEAKS_SOCKS = "speaks SOCKS, which takes a package that is not here (pip install pysocks)"


def _proxy_trouble(url: str, what: str) -> str:
    """Which proxy it is that does ``what``, without its password."""
    from requests.utils import get_environ_proxies, select_proxy

    proxy = select_proxy(url, get_environ_proxies(url)) or ""
    try:
        parts = urlsplit(proxy if "//" in proxy else f"//{proxy}")
        where = f"{parts.hostname or ''}{f':{parts.port}' if parts.port else ''}"
    except ValueError:
        where = ""
    names = (f"{url.split(':')[0]}_proxy", "all_proxy")
    variable = next((n for name in names for n in (name, name.upper()) if os.environ.get(n) == proxy), None)
    whose = f"the proxy {where}".rstrip() + (f" (set in {variable})" if variable else "")
    return f"{whose} {what}"


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
    if os.name == "nt":
        msvcrt: Any = importlib.import_module("msvcrt")

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
