"""Makes tests/darknet_opencv.json: what OpenCV's dnn finds, another implementation to compare with.

    pip install "opencv-python-headless<5"     # version 5 no longer reads Darknet's files
    python tests/darknet_opencv.py FOLDER      # it holds darknet/ and driveai/; without: drawn networks only

It is not installed with the workbook: the tests read the table.
"""

import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from darknet_support import NETWORKS, draw_picture, write_network

TABLE = Path(__file__).with_name("darknet_opencv.json")
THRESHOLD = 0.3  # of scores
ROWS = 60  # of a drawn network's boxes that are kept


def detections(folder: Path) -> dict:
    """Best class, its score, corners in pixels, of all that OpenCV sees: nothing is suppressed."""
    names = (folder / "darknet" / "coco.names").read_text().split("\n")
    paths = sorted((folder / "darknet").glob("*.jpg")) + sorted((folder / "driveai").glob("*.jpg"))[::3]
    found: dict = {}
    for weights in sorted((folder / "darknet").glob("*.weights")):
        net = cv2.dnn.readNetFromDarknet(str(weights.with_suffix(".cfg")), str(weights))
        for path in paths:
            picture = cv2.imread(str(path))
            n_H, n_W, _ = picture.shape
            net.setInput(cv2.dnn.blobFromImage(picture, 1 / 255, (320, 320), swapRB=True))
            rows = np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))
            found.setdefault(weights.stem, {})[f"{path.parent.name}/{path.name}"] = [
                _row(row, names, n_H, n_W) for row in rows if row[5:].max() >= THRESHOLD
            ]
    return found


def _row(row, names, n_H, n_W):
    middle, side = row[:2] * (n_W, n_H), row[2:4] * (n_W, n_H)
    corners = np.clip([*(middle - side / 2), *(middle + side / 2)], 0, [n_W, n_H, n_W, n_H])
    score = round(float(row[5:].max()), 4)
    return [names[row[5:].argmax()], score, *(round(float(side), 1) for side in corners)]


def drawn() -> dict:
    """OpenCV's first rows for the drawn networks: x, y, w, h, confidence, classes x confidence."""
    rows = {}
    for name, network in NETWORKS.items():
        with tempfile.TemporaryDirectory() as folder:
            cfg, weights = write_network(Path(folder), network)
            net = cv2.dnn.readNetFromDarknet(str(cfg), str(weights))
        net.setInput(cv2.dnn.blobFromImage(draw_picture(network), 1 / 255))
        out = np.concatenate(net.forward(net.getUnconnectedOutLayersNames()))
        rows[name] = [[round(float(value), 5) for value in row] for row in out[:ROWS]]
    return rows


def main() -> None:
    table = json.loads(TABLE.read_text()) if TABLE.exists() else {}
    table |= {"opencv": cv2.__version__, "drawn": drawn()}
    if len(sys.argv) > 1:
        table["photographs"] = detections(Path(sys.argv[1]))
    lines = json.dumps(table).replace("]], ", "]],\n").replace(": {", ": {\n").replace("], [", "],\n[")
    TABLE.write_text(lines + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
