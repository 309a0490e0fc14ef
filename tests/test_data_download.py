"""Downloads from a real server on this machine: right, wrong, broken, slow and endless ones."""

import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from data_support import child, isolate, leftovers, outcome, register, times_drawn, write_pair

from workbook.data import DataError, get, load_signs
from workbook.data.download import Patience

SHORT = Patience(connect=2, silence=0.4, start=1.0, slowest=1e9, retries=0)


class Handler(BaseHTTPRequestHandler):
    """Serves the files of server.folder; the first part of the path says how badly."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        _, manner, name = self.path.split("/", 2)
        self.server.asked.append(manner)
        path = self.server.folder / name
        if not path.is_file() or manner not in MANNERS:
            self.send_error(404)
            return
        self.close_connection = True
        try:
            MANNERS[manner](self, path.read_bytes())
        except OSError:  # the client has gone, as it should
            self.server.hung_up = True

    def start(self, status: int = 200, **headers: object) -> None:
        self.send_response(status)
        self.send_header("Connection", "close")
        for key, value in headers.items():
            self.send_header(key.replace("_", "-"), str(value))
        self.end_headers()


def good(handler, body):
    handler.start(Content_Length=len(body))
    handler.wfile.write(body)


def without_length(handler, body):
    handler.start()
    handler.wfile.write(body)


def other_content(handler, body):
    good(handler, body[:-1] + bytes([body[-1] ^ 1]))


def truncated(handler, body):
    handler.start(Content_Length=len(body))
    handler.wfile.write(body[: len(body) // 2])


def truncated_without_length(handler, body):
    without_length(handler, body[: len(body) // 2])


def announces_more(handler, body):
    handler.start(Content_Length=len(body) + 1000)
    handler.wfile.write(body)


def announces_less(handler, body):
    handler.start(Content_Length=len(body) - 1000)
    handler.wfile.write(body)


def login_page(handler, body):
    without_length(handler, b"<!DOCTYPE html><title>Log in</title>")


def stalls(handler, body):
    handler.start(Content_Length=len(body))
    handler.wfile.write(body[:100])
    handler.server.stop.wait(20)


def trickles(handler, body):
    handler.start(Content_Length=len(body))
    for byte in body:
        handler.wfile.write(bytes([byte]))
        if handler.server.stop.wait(0.05):
            return


def endless(handler, body):
    handler.start()
    while not handler.server.stop.is_set():
        handler.wfile.write(bytes(2**16))


def broken_server(handler, body):
    handler.start(503, Content_Length=0)


def flaky(handler, body):
    (truncated if handler.server.asked.count("flaky") == 1 else good)(handler, body)


def redirected(handler, body):
    handler.start(302, Location=handler.path.replace("redirected", "good"), Content_Length=0)


MANNERS = {
    function.__name__: function
    for function in (
        good,
        without_length,
        other_content,
        truncated,
        truncated_without_length,
        announces_more,
        announces_less,
        login_page,
        stalls,
        trickles,
        endless,
        broken_server,
        flaky,
        redirected,
    )
}


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    return isolate(monkeypatch, tmp_path)


def reachable(port: int) -> bool:
    """Whether this machine can talk to itself; with its network switched off it may not."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except OSError:
        return False
    return True


@pytest.fixture
def server(tmp_path, root):
    """A server on this machine that holds a registered pair of files."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.folder, server.asked, server.stop, server.hung_up = (
        tmp_path / "served",
        [],
        threading.Event(),
        False,
    )
    server.url = f"http://127.0.0.1:{server.server_port}"
    register(root, write_pair(server.folder))
    if not reachable(server.server_port):
        server.server_close()
        pytest.skip("127.0.0.1 cannot be reached (inside unshare -n, `ip link set lo up` brings it back)")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def download(monkeypatch, server, manner: str, patience: Patience = SHORT):
    monkeypatch.setenv("WORKBOOK_MIRROR", f"{server.url}/{manner}/")
    return get("signs", "download", patience=patience)


@pytest.mark.parametrize("manner", ["good", "without_length", "redirected"])
def test_a_good_file(manner, root, server, monkeypatch, capfd):
    loaded = download(monkeypatch, server, manner)
    assert loaded.source == "download"
    assert loaded.arrays["train_set_x"].shape == (12, 64, 64, 3)
    out, err = capfd.readouterr()
    assert out == "signs: 12 training and 6 test pictures, downloaded (datasets/downloads)\n"
    assert err == ""
    for name in ("train_signs.h5", "test_signs.h5"):
        assert (root / "datasets" / "downloads" / name).read_bytes() == (server.folder / name).read_bytes()
    assert leftovers(root) == []


def test_once_downloaded_it_is_used_without_the_network(server, monkeypatch):
    download(monkeypatch, server, "good")
    asked = len(server.asked)
    assert load_signs().source == "download"  # nobody names a source: no network, yet the file is used
    assert load_signs("download").source == "download"
    assert len(server.asked) == asked == 2
    assert times_drawn() == 0


def test_nothing_is_downloaded_unless_asked_for(server, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MIRROR", f"{server.url}/good")
    assert load_signs().source == "generated"
    assert server.asked == []


FAILURES = {
    "missing": "the server answered 404 Not Found",
    "broken_server": "the server answered 503",
    "other_content": "it is another file, with the SHA-256 [0-9a-f]{64}",
    "truncated": r"it broke off after [\d,]+ bytes",
    "truncated_without_length": r"it broke off after [\d,]+ bytes",
    "announces_more": r"the server announces [\d,]+ bytes",
    "announces_less": r"the server announces [\d,]+ bytes",
    "login_page": "it broke off after 36 bytes; it is a web page",
    "stalls": r"nothing came for 0\.4 seconds",
    "trickles": "connection is too slow",
    "endless": r"the server sends more than [\d,]+ bytes",
}


@pytest.mark.parametrize("manner", FAILURES)
def test_a_bad_download_is_told_and_leaves_nothing(manner, root, server, monkeypatch, capfd):
    started = time.monotonic()
    with pytest.raises(DataError, match=FAILURES[manner]) as caught:
        download(monkeypatch, server, manner)
    assert time.monotonic() - started < 5
    text = str(caught.value)
    size = (server.folder / "train_signs.h5").stat().st_size
    assert f"train_signs.h5 could not be downloaded from {server.url}/{manner}/train_signs.h5" in text
    assert f"Expected are {size:,} bytes with the SHA-256" in text
    assert "put train_signs.h5 into datasets/" in caught.value.remedy
    assert leftovers(root) == [] and not list(root.rglob("*.h5"))
    assert capfd.readouterr() == ("", "")
    assert load_signs().source == "generated"


def test_nobody_listens(root, server, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MIRROR", "http://127.0.0.1:9")
    with pytest.raises(DataError, match=r"no connection \(Connection refused\).*Check the network"):
        get("signs", "download", patience=SHORT)


def test_a_connection_that_breaks_is_tried_again(server, monkeypatch):
    patience = Patience(connect=2, silence=2, start=5, retries=1)
    assert download(monkeypatch, server, "flaky", patience).source == "download"
    assert server.asked == ["flaky"] * 3


def test_a_second_address_is_tried(root, server, monkeypatch):
    register(root, sorted(server.folder.iterdir()), urls=(f"{server.url}/missing", f"{server.url}/good"))
    assert get("signs", "download", patience=SHORT).source == "download"
    register(root, sorted(server.folder.iterdir()), urls=(f"{server.url}/missing",))
    for path in (root / "datasets" / "downloads").glob("*.h5"):
        path.unlink()
    with pytest.raises(DataError, match=r"(?s)404.*503"):
        monkeypatch.setattr("workbook.data.registry.mirror", lambda: None)
        register(
            root, sorted(server.folder.iterdir()), (f"{server.url}/missing", f"{server.url}/broken_server")
        )
        get("signs", "download", patience=SHORT)


def test_no_address_says_what_to_set(root, server):
    with pytest.raises(DataError, match=r"Set WORKBOOK_MIRROR.*put the file into datasets/.*generated"):
        load_signs("download")
    (root / "datasets" / "registry.json").unlink()
    with pytest.raises(DataError, match=r"not registered in datasets/registry.json"):
        load_signs("download")


@pytest.mark.parametrize(
    "address", ["ftp://school.example/data", "school.example", "file:///etc", "https://"]
)
def test_an_address_that_is_none(address, server, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MIRROR", address)
    with pytest.raises(DataError, match=r"WORKBOOK_MIRROR must be an http"):
        load_signs("download")


def test_a_downloaded_file_that_was_altered_since(root, server, monkeypatch):
    download(monkeypatch, server, "good")
    path = root / "datasets" / "downloads" / "test_signs.h5"
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(DataError, match=r"downloads/test_signs\.h5 is not the registered file.*Delete it"):
        load_signs()
    assert download(monkeypatch, server, "good").source == "download"  # fetched anew
    assert load_signs().source == "download"


def test_two_downloads_at_once_fetch_each_file_once(root, server, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MIRROR", f"{server.url}/good")
    both = [child("print(load_signs('download', quiet=True).source)") for _ in range(2)]
    assert [outcome(process) for process in both] == ["download\n"] * 2
    assert len(server.asked) == 2


def test_a_full_disk_during_a_download(root, server, monkeypatch, tmp_path):
    monkeypatch.setenv("WORKBOOK_MIRROR", f"{server.url}/good")
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2**14, 2**14))\n"
    attempt = (
        "try:\n    load_signs('download')\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    said = outcome(child(limit + attempt))
    assert said.startswith("DataError train_signs.h5 and test_signs.h5 cannot be kept anywhere")
    assert said.count("File too large") == 2
    assert leftovers(tmp_path) == [] and not list(root.rglob("*.h5"))


def test_a_folder_that_cannot_be_written_gives_way_to_the_user_s_cache(root, server, monkeypatch):
    (root / "datasets" / "downloads").write_text("a file where the folder should be")
    assert download(monkeypatch, server, "good").where == "../home/cache/datasets/downloads"
    assert load_signs().source == "download"


def test_a_broken_registry(root, server):
    for text in ("{", "[]", '{"files": {"train_signs.h5": {}}}', '{"files": {"../x": {"sha256": "0"}}}'):
        (root / "datasets" / "registry.json").write_text(text)
        with pytest.raises(DataError, match=r"datasets/registry\.json cannot be read.*Restore it"):
            load_signs("download")
