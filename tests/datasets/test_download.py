"""Downloads: whole and checked or not at all, whatever the network, the disk or another process does meanwhile."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import types
import zipfile
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pooch
import pytest
import requests
import tqdm

from recsys_helpers.datasets import _download, _files, load_movielens, movielens
from tests.processes import until

assert (
    pooch and tqdm
)  # loaded now, while this process may still read its own packages (see without_privileges)


def contents(cache: Path) -> list[str]:
    """All that is in the cache but lock files, which are empty."""
    locks = [path for path in cache.rglob("*.lock") if path.stat().st_size == 0]
    return sorted(str(path.relative_to(cache)) for path in cache.rglob("*") if path not in locks)


WHOLE = ["ml-100k", *(f"ml-100k/{name}" for name in ("README", "u.data", "u.genre", "u.item", "u.user"))]


def assert_refused(cache: Path, says: str, kept: tuple[str, ...] = ()):
    """Loading fails with a sentence that holds ``says``, and the cache is as it was."""
    with pytest.raises(ValueError, match=says):
        load_movielens()
    assert contents(cache) == list(kept)


def assert_works(cache: Path):
    assert load_movielens().ratings["rating"].tolist() == [3, 5, 1]
    assert contents(cache) == WHOLE


# What another process of the course does, with the data set of these tests in place of the published one. It says
# "ready" once all is imported, so that tests know when it starts.
CHILD = """
import resource_limit, sys
from dataclasses import replace
from pathlib import Path
from recsys_helpers.datasets import _files, load_movielens, movielens
import pooch, requests, tqdm

url, sha256, cache, counts = sys.argv[1:5]
counts = dict(pair.split("=") for pair in counts.split(","))
_files.cache_folder = lambda: Path(cache)
movielens.SOURCE = replace(movielens.SOURCE, url=url, sha256=sha256)
movielens.TABLES = {name: replace(t, rows=int(counts[name])) for name, t in movielens.TABLES.items()}
print("ready", flush=True)
resource_limit.apply()
try:
    print(load_movielens().ratings["rating"].tolist())
except ValueError as error:
    print("ValueError:", error)
"""
LIMIT = """
import sys
def apply():
    if len(sys.argv) > 5:
        import resource
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[5]),) * 2)
"""


@pytest.fixture
def child(server, body, cache, tmp_path):
    """Starts ``load_movielens`` in a process of its own; with ``limit`` no file may grow past so many bytes."""
    (tmp_path / "child").mkdir()
    (tmp_path / "child" / "resource_limit.py").write_text(LIMIT, encoding="utf-8")
    course = str(Path(__file__).resolve().parents[2])
    env = dict(os.environ, PYTHONPATH=os.pathsep.join([str(tmp_path / "child"), course]))
    counts = ",".join(f"{name}={table.rows}" for name, table in movielens.TABLES.items())
    arguments = [server.url, hashlib.sha256(body).hexdigest(), str(cache), counts]
    started = []

    def start(limit: int | None = None) -> subprocess.Popen:
        more = [] if limit is None else [str(limit)]
        process = subprocess.Popen(
            [sys.executable, "-c", CHILD, *arguments, *more],
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


# ---- it works -------------------------------------------------------------------------------------------------


def test_a_download_is_said_kept_and_not_repeated(server, cache, capfd):
    assert_works(cache)
    said = capfd.readouterr()
    assert said.out == (
        f"Downloading MovieLens 100K from {server.url} (for research and teaching; its README has the terms).\n"
    )
    assert said.err == ""  # no progress bar where there is no terminal, so none in a notebook's output
    assert_works(cache)
    assert capfd.readouterr().out == ""
    assert len(server.requests) == 1


def test_a_terminal_gets_a_progress_bar(server, cache, capfd, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert_works(cache)
    assert "100%" in capfd.readouterr().err


@pytest.mark.parametrize("within", ["ml-100k/", "", "deep/er/"])
def test_a_zip_put_by_hand_is_taken_instead_of_a_download(within, movielens_small, cache, monkeypatch):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in movielens_small.iterdir():
            archive.write(path, within + path.name)
        archive.writestr(f"{within}mac/u.data", "not the one at the top")
        archive.writestr("../../../../u.user", "not to be written outside")
    by_hand(buffer.getvalue(), cache, monkeypatch)
    assert load_movielens().ratings["rating"].tolist() == [3, 5, 1]
    assert contents(cache) == sorted([*WHOLE, "ml-100k.zip"])


def by_hand(data: bytes, cache: Path, monkeypatch, trusted: bool = True):
    """Puts a zip into the cache, as a learner with a USB stick does; no address answers."""
    digest = hashlib.sha256(data).hexdigest() if trusted else movielens.SOURCE.sha256
    url = "http://127.0.0.1:9/ml-100k.zip"
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, url=url, sha256=digest))
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "ml-100k.zip").write_bytes(data)


def test_a_zip_under_the_variable_is_taken_too(body, cache, tmp_path, monkeypatch):
    by_hand(body, tmp_path / "stick", monkeypatch)
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "stick"))
    assert_works(cache)


def test_an_empty_folder_is_not_in_the_way(server, cache):
    (cache / "ml-100k").mkdir(parents=True)
    assert_works(cache)


# ---- the network ------------------------------------------------------------------------------------------------


OFFLINE = (
    "^MovieLens 100K is not on this machine and could not be downloaded, because {why}: download {url} in a browser, "
    "now or later, and put the zip as it is into {cache}, or set RECSYS_DATA to a folder that holds ml-100k/ with its "
    r"files\.$"
)


def offline(why: str, cache: Path) -> str:
    return OFFLINE.format(why=why, url=re.escape(movielens.SOURCE.url), cache=re.escape(str(cache)))


def test_no_network(server, cache):
    server.stop()
    assert_refused(cache, offline("there is no connection to the server", cache))


def test_a_notebook_shows_the_sentence_alone(server, cache):
    server.stop()
    with pytest.raises(_download.DataMissing) as stopped:
        load_movielens()
    assert stopped.value._render_traceback_() == [str(stopped.value)], "what IPython prints for a traceback"


def test_no_network_and_the_variable_names_a_wrong_folder(server, cache, tmp_path, monkeypatch):
    server.stop()
    monkeypatch.setenv("RECSYS_DATA", str(tmp_path / "typo"))
    assert_refused(cache, re.escape(f"(it is set to {tmp_path / 'typo'}, which does not)."))


@pytest.mark.parametrize("status", [404, 503])
def test_a_server_that_says_no(server, cache, status):
    server.status = status
    assert_refused(cache, offline(f"the server answered {status}", cache))
    server.status = 200
    assert_works(cache)


def test_half_a_download(server, cache):
    server.cut = len(server.body) // 2
    assert_refused(cache, offline("the connection broke off", cache))
    server.cut = None
    assert_works(cache)


def test_a_server_that_falls_silent(server, cache, monkeypatch):
    monkeypatch.setattr(_download, "TIMEOUT", (5, 0.3))
    server.pause_at = 1000
    assert_refused(cache, offline("the server did not answer in time", cache))


def test_a_log_in_page_instead_of_the_file(server, cache):
    server.body = b"<html>Welcome to the campus network. Please log in.</html>"
    assert_refused(
        cache, r"is not the published file \(its SHA-256 differs\), so nothing was kept.* log in and load"
    )


def expired_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for localhost that ended yesterday, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the expired certificate, is not on PATH")
    key, request, certificate = folder / "key.pem", folder / "request.pem", folder / "certificate.pem"
    (folder / "extensions").write_text(
        "subjectAltName=IP:127.0.0.1\nbasicConstraints=CA:TRUE\n", encoding="utf-8"
    )
    for command in (
        f"openssl req -newkey rsa:2048 -nodes -subj /CN=localhost -keyout {key.name} -out {request.name}",
        f"openssl x509 -req -days -1 -extfile extensions -in {request.name} -signkey {key.name} "
        f"-out {certificate.name}",
    ):
        made = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True)
        if made.returncode:
            pytest.skip(f"this openssl makes no expired certificate: {made.stderr.strip().splitlines()[-1]}")
    return certificate, key


def test_an_expired_certificate(server, cache, tmp_path, monkeypatch):
    certificate, key = expired_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.http.socket = context.wrap_socket(server.http.socket, server_side=True)
    server.scheme = "https"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))  # trusted, but for its date
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, url=server.url))
    assert_refused(
        cache, offline(r"the server's certificate is not valid \(certificate has expired\)", cache)
    )
    assert server.requests == []  # not one byte was asked for
    # the server itself is in order: who overlooks the certificate gets the file, so the refusal is ours
    with pytest.warns(Warning, match="Unverified HTTPS request"):
        assert requests.get(server.url, verify=False, timeout=600).content == server.body


# ---- certificates and proxies ------------------------------------------------------------------------------------


@pytest.fixture
def secure(server, monkeypatch):
    """The address as GroupLens has it, https, for which a bundle of certificates and a proxy are looked up."""
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(variable, raising=False)
    url = server.url.replace("http:", "https:")
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, url=url))
    return server


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "no certificate"])
def test_a_bundle_of_certificates_that_is_none(secure, cache, tmp_path, monkeypatch, variable, content):
    """Once: «cannot be put into …/cache», and a traceback."""
    bundle = tmp_path / "ca.pem"
    if content is not None:
        bundle.write_text(content, encoding="utf-8")
    monkeypatch.setenv(variable, str(bundle))
    why = (
        f"{variable} names the certificates {re.escape(str(bundle))}, which are not there"
        if content is None
        else f"{variable} names {re.escape(str(bundle))}, which holds no certificates"
    )
    with pytest.raises(_download.DataMissing):
        load_movielens()
    assert_refused(cache, offline(rf"{why} \(mend or unset it\)", cache))
    assert secure.requests == []


def test_a_sound_bundle_and_plain_http_are_not_accused(server, cache, tmp_path, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none.pem"))
    assert_works(cache)  # over http nobody asks for certificates
    import certifi

    monkeypatch.setenv("REQUESTS_CA_BUNDLE", certifi.where())
    assert _download._bundle_trouble("https://x") is None
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path))  # a folder of certificates, as c_rehash makes one
    assert _download._bundle_trouble("https://x") is None


class Proxy:
    """Answers each line with a refusal."""

    def __init__(self, answer: bytes):
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.answer = answer
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with suppress(OSError):  # until it is closed
            while True:
                connection, _ = self.socket.accept()
                connection.recv(65536)
                connection.sendall(self.answer)
                connection.close()


WANTS_A_PASSWORD = (
    b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
)
ASKS = r"asks for a user and a password \(407; they go into its address, http://user:password@…\)"


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("upper", [True, False])
def test_a_proxy_that_wants_a_password(server, cache, monkeypatch, scheme, upper):
    """Once: «there is no connection». The password that was refused is nobody's business."""
    proxy = Proxy(WANTS_A_PASSWORD)
    url = server.url.replace("http", scheme)
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, url=url))
    variable = f"{scheme}_proxy".upper() if upper else f"{scheme}_proxy"
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv(variable, f"http://ann:secret@127.0.0.1:{proxy.port}")
    with pytest.raises(_download.DataMissing) as stopped:
        load_movielens()
    said, who = str(stopped.value), rf"the proxy 127\.0\.0\.1:{proxy.port} \(set in {variable}\)"
    assert re.match(offline(f"{who} {ASKS}", cache), said)
    assert "secret" not in said
    proxy.socket.close()


PROXIES = {
    "nobody there": (
        "http://127.0.0.1:9",
        r"the proxy 127\.0\.0\.1:9 \(set in https_proxy\) cannot be reached",
    ),
    "no host": ("http://", r"the proxy \(set in https_proxy\) cannot be reached"),
    "of another kind": (
        "ftp://127.0.0.1:9",
        r"the proxy 127\.0\.0\.1:9 \(set in https_proxy\) cannot be reached",
    ),
    "SOCKS": (
        "socks5://127.0.0.1:9",
        r"(the proxy 127\.0\.0\.1:9 \(set in https_proxy\) speaks SOCKS, which takes .*pysocks\)"
        r"|there is no connection to the server)",  # the second where pysocks is installed
    ),
}


@pytest.mark.parametrize("case", PROXIES)
def test_a_proxy_that_does_not_serve(secure, cache, monkeypatch, case):
    proxy, why = PROXIES[case]
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("https_proxy", proxy)
    assert_refused(cache, offline(why, cache))


@pytest.mark.parametrize("where", ["127.0.0.1:40777", "127.0.0.1:407", "timed-out.SOCKS-407.invalid"])
def test_an_address_is_not_taken_for_an_answer(secure, cache, monkeypatch, where):
    """Once: a port that held the digits 407 made the proxy ask for a password."""
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, url=f"https://{where}/ml-100k.zip"))
    proxy, why = PROXIES["nobody there"]
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("https_proxy", proxy)
    assert_refused(cache, offline(why, cache))


def test_an_error_of_this_machine_is_not_put_down_to_the_network(server, cache, monkeypatch):
    def broken(*args, **kwargs):
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(pooch.HTTPDownloader, "__call__", broken)
    assert_refused(cache, r"cannot be put into .*cache \(Input/output error\)")


# ---- damaged zips -----------------------------------------------------------------------------------------------


def repacked(body: bytes, change) -> bytes:
    """The zip with ``change(name, data)`` for each of its files; None leaves one out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if (data := change(name, old.read(name))) is not None:
                new.writestr(name, data)
    return buffer.getvalue()


def test_half_a_zip_put_by_hand(body, cache, monkeypatch):
    by_hand(body[: len(body) // 2], cache, monkeypatch, trusted=False)
    says = r"ml-100k\.zip is not the published file \(its SHA-256 differs\): perhaps half a download\. Delete it, and"
    assert_refused(cache, says, kept=("ml-100k.zip",))


# Zips whose hash is as it should be, so that each of the later checks is seen to work by itself.
DAMAGED = {
    "no zip at all": (
        lambda body: b"<html>",
        r"ml-100k\.zip cannot be unpacked \(File is not a zip file\): download",
    ),
    "truncated": (lambda body: body[:-40], r"ml-100k\.zip cannot be unpacked"),
    "a flipped bit": (
        lambda body: body[:100_000] + bytes([body[100_000] ^ 1]) + body[100_001:],
        r"cannot be unpacked \(Bad CRC-32 for file 'ml-100k/README'\)",
    ),
    "a file left out": (
        lambda body: repacked(body, lambda name, data: None if name.endswith("u.user") else data),
        r"ml-100k\.zip lacks u\.user: it is not the zip of MovieLens 100K",
    ),
    "rows left out": (
        lambda body: repacked(body, lambda name, data: data[:16] if name.endswith("u.data") else data),
        r"u\.data, line 1: 3 fields instead of 4|u\.data holds 1 rows; 3 were published",
    ),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_zip(case, body, cache, monkeypatch):
    damage, says = DAMAGED[case]
    by_hand(damage(body), cache, monkeypatch)
    assert_refused(cache, says, kept=("ml-100k.zip",))


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_download(case, server, body, cache, monkeypatch):
    damage, says = DAMAGED[case]
    server.body = damage(body)
    digest = hashlib.sha256(server.body).hexdigest()
    monkeypatch.setattr(movielens, "SOURCE", replace(movielens.SOURCE, sha256=digest))
    assert_refused(cache, says)


# ---- other processes ----------------------------------------------------------------------------------------------


def test_a_killed_download(server, child, cache):
    server.pause_at = 100_000
    process = child()
    assert server.paused.wait(600)
    until(lambda: any(path.stat().st_size for path in cache.rglob("ml-100k.zip")), "the download")
    process.kill()
    process.wait()
    assert contents(cache) != []  # it left something behind,
    assert not (cache / "ml-100k").exists()  # but nothing that would be taken for the data,
    server.pause_at = None
    assert_works(cache)  # and the next run clears it away without waiting for the dead one's lock
    assert len(server.requests) == 2


def test_a_download_stopped_by_the_learner(server, cache, monkeypatch):
    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_download, "_unpack", stop)
        with pytest.raises(KeyboardInterrupt):
            load_movielens()
    assert contents(cache) == []
    assert_works(cache)


def test_two_downloads_at_once(server, child, cache):
    server.pause_at = 100_000
    processes = [child(), child()]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    assert server.paused.wait(600)
    time.sleep(0.5)  # long enough for the other to ask too, if it would
    server.go.set()
    outputs = [process.communicate(timeout=600) for process in processes]
    assert [out.splitlines()[-1] for out, _ in outputs] == ["[3, 5, 1]", "[3, 5, 1]"], outputs
    assert [error for _, error in outputs] == ["", ""]
    assert len(server.requests) == 1
    assert contents(cache) == WHOLE


def test_waiting_ends_with_a_sentence(server, child, cache, monkeypatch):
    server.pause_at = 100_000
    child()
    assert server.paused.wait(600)
    monkeypatch.setattr(_download, "PATIENCE", 0)
    with pytest.raises(
        ValueError, match=r"Another process has held .*ml-100k\.lock for .*: end it, load again"
    ):
        load_movielens()


def test_the_lock_as_windows_has_it(tmp_path, monkeypatch):
    """The branch for Windows, with a stand-in for its locking call: taken, refused, and any other error passed on."""
    answers = [
        OSError(errno.EACCES, "busy"),
        OSError(errno.EDEADLK, "busy"),
        None,
        OSError(errno.EINVAL, "odd"),
    ]
    calls = []

    def locking(fd, mode, n_bytes):
        calls.append((mode, n_bytes, os.lseek(fd, 0, os.SEEK_CUR)))
        if (answer := answers.pop(0)) is not None:
            raise answer

    monkeypatch.setitem(sys.modules, "msvcrt", types.SimpleNamespace(locking=locking, LK_NBLCK=2))
    monkeypatch.setattr(_download, "os", types.SimpleNamespace(name="nt"))
    with open(tmp_path / "lock", "ab") as handle:
        assert [_download._try_lock(handle) for _ in range(3)] == [False, False, True]
        with pytest.raises(OSError, match="odd"):
            _download._try_lock(handle)
    assert set(calls) == {(2, 1, 0)}


# ---- the disk -------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="limits on a file's size are POSIX")
@pytest.mark.parametrize("limit", [1_000, 200_000])
def test_a_disk_that_fills_up_during_the_download(server, child, cache, limit):
    out, error = child(limit=limit).communicate(timeout=600)
    assert re.search(
        rf"^ValueError: There is no room for MovieLens 100K in {re.escape(str(cache))}: free", out, re.M
    )
    assert error == ""
    assert contents(cache) == []
    assert_works(cache)


@pytest.mark.parametrize("step", ["shutil.copyfileobj", "os.replace"])
def test_a_disk_that_fills_up_later(server, cache, monkeypatch, step):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(step, full)
        assert_refused(cache, r"There is no room .*: free about 50 MB and load again\. Nothing was kept\.")
    assert_works(cache)


@pytest.fixture
def public_folder():
    """A folder that everybody may read and that only its owner may write (``tmp_path`` is closed to others)."""
    if not hasattr(os, "geteuid"):
        pytest.skip("permissions as POSIX has them")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@contextmanager
def as_somebody_else():
    """Root may read and write everything, so it steps down; any other user stays, and is kept out by the mode alone."""
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)


def test_a_cache_that_may_not_be_written(server, public_folder, monkeypatch):
    monkeypatch.setattr(_files, "cache_folder", lambda: public_folder / "data" / "cache")
    public_folder.chmod(0o555)
    says = (
        r"cannot be put into .*cache \(Permission denied\): unpack .* in a folder of your own and set RECSYS"
    )
    with as_somebody_else(), pytest.raises(ValueError, match=says):
        load_movielens()
    public_folder.chmod(0o755)
    assert list(public_folder.iterdir()) == []
    assert server.requests == []


def test_a_file_that_may_not_be_read(movielens_small, public_folder):
    folder = Path(shutil.copytree(movielens_small, public_folder / "ml-100k"))
    (folder / "u.item").chmod(0)
    with (
        as_somebody_else(),
        pytest.raises(ValueError, match=r"u\.item cannot be read \(Permission denied\)\. It was"),
    ):
        load_movielens(folder)


def test_a_folder_that_may_not_be_read(movielens_small, public_folder):
    folder = Path(shutil.copytree(movielens_small, public_folder / "ml-100k"))
    folder.chmod(0)
    try:
        with (
            as_somebody_else(),
            pytest.raises(ValueError, match=r"ml-100k cannot be read \(Permission denied\): ask"),
        ):
            load_movielens(public_folder)
    finally:
        folder.chmod(0o755)


def test_something_else_is_in_the_way(server, cache):
    (cache / "ml-100k").mkdir(parents=True)
    (cache / "ml-100k" / "notes.txt").write_text("mine", encoding="utf-8")
    assert_refused(cache, r"cannot be put into", kept=("ml-100k", "ml-100k/notes.txt"))


def test_the_cache_is_a_file(server, cache):
    cache.parent.mkdir(parents=True)
    cache.write_bytes(b"")
    with pytest.raises(
        _download.DataMissing, match=r"cannot be put into .*cache \((File exists|Not a directory)\)"
    ):
        load_movielens()
    assert cache.read_bytes() == b""
