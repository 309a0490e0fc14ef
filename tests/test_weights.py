"""Pretrained weights: found, fetched or shipped; what is broken is named, and nothing half-written stays."""

import contextlib
import dataclasses
import os
import shutil
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import h5py
import numpy as np
import pytest

from workbook import weights, weights_files
from workbook.data import DataError
from workbook.data.download import Patience
from workbook.weights import MOBILENET_V2, load_backbone, shipped_file

SHIPPED = shipped_file()
NAME = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_{}_{}_no_top.h5"
REAL = Path("weights") / NAME.format("1.0", 224)
SHORT = Patience(connect=2, silence=0.4, start=1.5, slowest=1e9, retries=0)


@pytest.fixture
def root(monkeypatch, tmp_path) -> Path:
    """A workbook of its own with the weights that ship, and no other weights anywhere."""
    root = tmp_path / "work book"
    (root / "datasets" / "weights").mkdir(parents=True)
    shutil.copy(SHIPPED, root / "datasets" / "weights")
    monkeypatch.delenv("WORKBOOK_DATA", raising=False)
    monkeypatch.setenv("WORKBOOK_ROOT", str(root))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return root


@pytest.fixture(scope="session")
def own(tmp_path_factory) -> Path:
    """A file in Keras's layout and under one of Keras's names, with alpha 0.35."""
    path = tmp_path_factory.mktemp("own") / NAME.format("0.35", 96)
    model = MOBILENET_V2.build((32, 32, 3), 0.35)
    weights_files.write(path, model, {}, dtype="float32")
    return path


def put(source: Path, folder: Path, name: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(source, folder / (name or source.name)))


def same(one, other) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(one.get_weights(), other.get_weights(), strict=True))


# What ships


def test_the_shipped_weights(root, capfd):
    backbone = load_backbone()
    out, err = capfd.readouterr()
    assert (backbone.source, backbone.alpha) == ("shipped", 0.35)
    assert out == backbone.line + "\n" and "Traceback" not in err
    assert "410,208 parameters, shipped" in out and SHIPPED.name in out
    assert backbone.model.input_shape == (None, 96, 96, 3)
    assert backbone.model.output_shape == (None, 3, 3, 1280)
    assert load_backbone(source="shipped", quiet=True).source == "shipped"
    assert capfd.readouterr().out == ""


def test_each_call_gives_a_fresh_copy(root):
    one, other = (load_backbone((32, 32, 3), quiet=True).model for _ in range(2))
    assert same(one, other)
    one.layers[1].set_weights([0 * w for w in one.layers[1].get_weights()])
    assert not same(one, other) and same(other, load_backbone((32, 32, 3), quiet=True).model)


@pytest.mark.parametrize("shape", [(32, 32, 3), (64, 48, 3), [50, 97, 3]])
def test_other_sides(shape, root):
    assert load_backbone(shape, quiet=True).model.input_shape == (None, *shape)


@pytest.mark.parametrize("shape", [(31, 96, 3), (96, 96, 1), (96, 96), 96, None, "abc"])
def test_sides_that_it_cannot_take(shape, root):
    with pytest.raises(ValueError, match=r"at least 32"):
        load_backbone(shape)


def test_the_file_is_small_and_says_how_it_was_made():
    layers, about = weights_files.read(SHIPPED, "")
    assert SHIPPED.stat().st_size < 1.5e6
    assert {"recipe", "seed", "minutes", "quality", "pictures", "licence"} <= set(about)
    assert "workbook.backbone" in about["recipe"]
    with h5py.File(SHIPPED, "r") as file:
        stored = []
        file.visititems(lambda _, item: stored.append(item) if isinstance(item, h5py.Dataset) else None)
        assert {item.dtype for item in stored} == {np.dtype("float16")}
    assert sum(array.size for arrays in layers.values() for array in arrays) == 410_208


def test_keras_itself_reads_the_shipped_file(root):
    model = MOBILENET_V2.build((96, 96, 3), 0.35)
    model.load_weights(str(SHIPPED))
    assert same(model, load_backbone(quiet=True).model)


def test_features_have_not_collapsed(root):
    rng = np.random.default_rng(1)
    colours = rng.uniform(-1, 1, (16, 1, 1, 3)).astype("float32")
    X = np.clip(colours + rng.normal(0, 0.3, (16, 96, 96, 3)), -1, 1).astype("float32")
    X[8:] = np.repeat(np.repeat(X[8:, ::8, ::8], 8, axis=1), 8, axis=2)  # coarse instead of fine
    F = np.asarray(load_backbone(quiet=True).model(X)).mean(axis=(1, 2))
    assert np.isfinite(F).all() and (F.std(axis=0) > 1e-4).mean() > 0.3
    assert np.linalg.matrix_rank(F - F.mean(axis=0), tol=1e-3) >= 10


# Own files


def test_an_own_file_comes_first(root, own, monkeypatch, tmp_path):
    put(own, tmp_path / "keras" / "models")
    found = load_backbone((32, 32, 3), quiet=True)
    assert found.source == "own" and "keras/models" in found.line
    put(own, root / "datasets" / "weights")
    assert "(datasets/weights/mobilenet" in load_backbone((32, 32, 3), quiet=True).line
    put(own, tmp_path / "mine" / "weights")
    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path / "mine"))
    assert "mine/weights" in load_backbone((32, 32, 3), quiet=True).line
    put(own, tmp_path / "mine")
    found = load_backbone((32, 32, 3), quiet=True, source="own")
    assert "mine/mobilenet" in found.line and "own file" in found.line
    assert load_backbone((32, 32, 3), quiet=True, source="shipped").source == "shipped"
    assert load_backbone((32, 32, 3), quiet=True, folder=own.parent).source == "own"


def test_of_several_files_the_widest_known_and_nearest_is_taken(tmp_path):
    for alpha, size in ((0.35, 96), (1.4, 96), (1.0, 224), (1.0, 128), (9.9, 96)):
        (tmp_path / NAME.format(alpha, size)).touch()
    found = weights._own(MOBILENET_V2, (96, 96, 3), tmp_path, insist=True)
    assert (found.alpha, found.size) == (1.0, 128)
    assert weights._own(MOBILENET_V2, (224, 224, 3), tmp_path, insist=True).size == 224


def test_what_is_not_there_is_said(root, tmp_path, monkeypatch):
    with pytest.raises(
        DataError, match=r"no own weights of MobileNetV2 in .*Put a file such as mobilenet_v2"
    ):
        load_backbone(source="own")
    with pytest.raises(DataError, match=r"no own weights"):
        load_backbone(folder=tmp_path)
    with pytest.raises(DataError, match="no source 'imagenet'"):
        load_backbone(source="imagenet")
    with pytest.raises(DataError, match="does not go with"):
        load_backbone(source="shipped", folder=tmp_path)
    (root / "datasets" / "weights" / SHIPPED.name).unlink()
    with pytest.raises(DataError, match=r"is not there.*git checkout datasets/weights"):
        load_backbone()
    monkeypatch.setenv("WORKBOOK_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(DataError, match="WORKBOOK_DATA"):
        load_backbone()


def change(path: Path, layer: str, change_array) -> None:
    with h5py.File(path, "r+") as file:
        name = file[layer].attrs["weight_names"][0]
        array = change_array(file[layer][name][()])
        del file[layer][name]
        file[layer][name] = array


def with_nan(array):
    array.flat[3] = np.nan
    return array


BROKEN = {
    "empty": (lambda p: p.write_bytes(b""), "it is empty"),
    "truncated": (lambda p: os.truncate(p, p.stat().st_size // 2), "it is truncated"),
    "web page": (lambda p: p.write_bytes(b"<html>log in</html>"), "it is a web page"),
    "text": (lambda p: p.write_bytes(b"weights" * 100), "it is no HDF5 file"),
    "NaN": (lambda p: change(p, "Conv1", with_nan), "NaN or infinite"),
    "huge": (lambda p: change(p, "Conv1", lambda a: a + 1e9), "is damaged: .*reaches"),
    "whole numbers": (lambda p: change(p, "Conv1", lambda a: a.astype("int32")), "holds int32"),
    "shape": (lambda p: change(p, "Conv1", lambda a: a[..., :3]), r"another network: Conv1 has the shapes"),
    "another width": (lambda p: p.rename(p.with_name(NAME.format("0.5", 96))), "is for another network"),
}


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_own_file_is_named_and_never_used(how, root, own):
    path = put(own, root / "datasets" / "weights")
    spoil, words = BROKEN[how]
    spoil(path)
    with pytest.raises(DataError, match=words) as caught:
        load_backbone((32, 32, 3))
    assert "datasets/weights/mobilenet_v2_weights" in caught.value.what
    assert caught.value.remedy.startswith("Delete it or move it away")


def test_a_foreign_hdf5_file(root):
    path = root / "datasets" / "weights" / NAME.format("1.0", 96)
    with h5py.File(path, "w") as file:
        file["train_set_x"] = np.zeros(3)
    with pytest.raises(DataError, match=r"no weights in Keras's layout; it holds train_set_x"):
        load_backbone()
    model_layers = np.array([b"Conv1"])
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = model_layers
        file.create_group("Conv1").attrs["weight_names"] = np.array([b"Conv1/kernel:0"])
        file["Conv1/Conv1/kernel:0"] = np.zeros((3, 3, 3, 32), np.float32)
    with pytest.raises(DataError, match="it has 1 layers with weights"):
        load_backbone()
    with h5py.File(path, "r+") as file:
        del file["Conv1/Conv1/kernel:0"]
    with pytest.raises(DataError, match=r"lacks '/?Conv1/Conv1/kernel:0'"):
        load_backbone()


def test_layers_of_other_names_are_matched_by_their_order(root, own):
    layers, _ = weights_files.read(own, "")
    renamed = {f"layer_{i}": arrays for i, arrays in enumerate(layers.values())}
    one, other = (MOBILENET_V2.build((32, 32, 3), 0.35) for _ in range(2))
    weights_files.put(layers, one, own, "")
    weights_files.put(renamed, other, own, "")
    assert same(one, other)


def test_describe(root, own, tmp_path):
    put(own, root / "datasets" / "weights")
    broken = put(own, tmp_path / "keras" / "models")
    os.truncate(broken, 5000)
    states = weights.describe()
    assert [(found.source, bool(problem)) for found, problem in states] == [
        ("own", False),
        ("own", True),
        ("shipped", False),
    ]


# Download


class Handler(BaseHTTPRequestHandler):
    """Serves one file well or badly, as server.manner says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.server.asked.append(self.path)
        self.close_connection = True
        body, manner = self.server.body, self.server.manner
        length = {"announces_more": len(body) + 999, "huge": 10**12}.get(manner, len(body))
        if manner == "missing":
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Connection", "close")
        if manner not in ("endless", "cut"):
            self.send_header("Content-Length", str(length))
        self.end_headers()
        with contextlib.suppress(OSError):  # the client has gone, as it should
            self.deliver(body, manner)

    def deliver(self, body: bytes, manner: str) -> None:
        if manner in ("truncated", "cut"):
            body = body[: len(body) // 2]
        if manner == "stalls":
            self.wfile.write(body[:1000])
            self.server.stop.wait(20)
        elif manner == "trickles":
            while not self.server.stop.wait(0.05):
                self.wfile.write(body[:1])
        elif manner == "endless":
            while not self.server.stop.is_set():
                self.wfile.write(bytes(2**16))
        else:
            self.wfile.write(body)


@pytest.fixture
def server(root, own, monkeypatch):
    """A server on this machine in place of Keras's. Its file has alpha 0.35, here the preferred one."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.body, server.manner, server.asked, server.stop = own.read_bytes(), "good", [], threading.Event()
    try:
        socket.create_connection(("127.0.0.1", server.server_port), timeout=2).close()
    except OSError:
        server.server_close()
        pytest.skip("127.0.0.1 cannot be reached")
    from keras.src.applications import mobilenet_v2

    monkeypatch.setattr(mobilenet_v2, "BASE_WEIGHT_PATH", f"http://127.0.0.1:{server.server_port}/")
    network = dataclasses.replace(MOBILENET_V2, alphas=(0.35, 1.0), sizes=(96,))
    monkeypatch.setattr(weights, "MOBILENET_V2", network)
    monkeypatch.setattr("workbook.weights_download.LARGEST", 20_000_000)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    server.server_close()
    thread.join(5)


def test_a_good_download(server, own, tmp_path, capfd):
    backbone = load_backbone((32, 32, 3), source="download", patience=SHORT)
    kept = tmp_path / "keras" / "models" / own.name
    assert backbone.source == "download" and "downloaded" in capfd.readouterr().out
    assert server.asked == [f"/{own.name}"] and kept.read_bytes() == own.read_bytes()
    assert [path.name for path in kept.parent.iterdir() if not path.name.endswith(".lock")] == [own.name]
    assert load_backbone((32, 32, 3), source="download", quiet=True).source == "download"
    assert load_backbone((32, 32, 3), quiet=True).source == "own"  # Keras's cache, without the network
    assert len(server.asked) == 1


def test_nothing_is_downloaded_unless_asked_for(server):
    assert load_backbone((32, 32, 3), quiet=True).source == "shipped"
    with pytest.raises(DataError):
        load_backbone((32, 32, 3), source="own")
    assert server.asked == []


FAILURES = {
    "missing": "the server answered 404",
    "truncated": r"it broke off after [\d,]+",
    "cut": "it came, but the file cannot be read: it is truncated",
    "announces_more": r"it broke off after [\d,]+",
    "huge": r"the server announces 1,000,000,000,000 bytes",
    "stalls": r"nothing came for 0\.4 seconds",
    "trickles": "the connection is too slow",
    "endless": r"the server sends more than [\d,]+ bytes",
    "web page": "it is a web page",
    "another network": "it came, but the file is for another network",
    "NaN": "it came, but the file is damaged: .* NaN",
}


@pytest.mark.parametrize("manner", FAILURES)
def test_a_bad_download_is_told_and_leaves_nothing(manner, server, own, tmp_path, capfd):
    server.manner = manner
    if manner == "web page":
        server.body = b"<!DOCTYPE html><title>Log in</title>"
    if manner in ("another network", "NaN"):
        path = put(own, tmp_path / "spoilt")
        change(path, "Conv1", with_nan if manner == "NaN" else lambda a: a[..., :3])
        server.body = path.read_bytes()
    started = time.monotonic()
    with pytest.raises(DataError, match=FAILURES[manner]) as caught:
        load_backbone((32, 32, 3), source="download", patience=SHORT)
    assert time.monotonic() - started < 30
    assert f"could not be downloaded from http://127.0.0.1:{server.server_port}/{own.name}" in str(
        caught.value
    )
    assert "use the weights that ship" in caught.value.remedy
    assert not [path for path in (tmp_path / "keras").rglob("*") if path.is_file() and path.suffix != ".lock"]
    assert "Traceback" not in capfd.readouterr().err
    assert load_backbone((32, 32, 3), quiet=True).source == "shipped"


def test_nobody_listens(server, monkeypatch):
    from keras.src.applications import mobilenet_v2

    monkeypatch.setattr(mobilenet_v2, "BASE_WEIGHT_PATH", "http://127.0.0.1:9/")
    with pytest.raises(DataError, match=r"no connection.*Check the network"):
        load_backbone((32, 32, 3), source="download", patience=SHORT)


def test_a_cache_that_cannot_be_written(server, tmp_path):
    (tmp_path / "keras").write_text("a file where the folder should be")
    with pytest.raises(DataError, match=r"cannot be kept in .*KERAS_HOME"):
        load_backbone((32, 32, 3), source="download", patience=SHORT)


# The real ones


@pytest.mark.real
def test_the_real_imagenet_weights(root, real_data, monkeypatch):
    monkeypatch.setenv("WORKBOOK_DATA", str(real_data))
    backbone = load_backbone((64, 64, 3), quiet=True)
    assert (backbone.source, backbone.alpha) == ("own", 1.0) and "as registered" in backbone.line
    assert backbone.model.count_params() == 2_257_984
    keras_read = MOBILENET_V2.build((64, 64, 3), 1.0)
    keras_read.load_weights(str(real_data / REAL))
    assert same(backbone.model, keras_read)
