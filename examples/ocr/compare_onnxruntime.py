# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""compare_onnxruntime.py MODELS PAGE.pgm TEXT
compare_onnxruntime.py --characters MODELS

Reads the page as ocr.cpp does, step by step the same, but with the ONNX models and
ONNX Runtime. Prints what it reads; exit status 1 if it is not the text in the file
TEXT. With --characters it prints what the recognizer knows, a character per line:
ocr reads that from a file.
"""
import pathlib
import re
import sys

import numpy as np
import onnx
import onnxruntime

HEIGHT, CLS_WIDTH, MAX_WIDTH = 48, 192, 640
THRESHOLD, BOX_SCORE, UNCLIP, TURN_SCORE = 0.3, 0.5, 1.6, 0.9


def read_characters(models):
    return {p.key: p.value for p in onnx.load(models / "rec.onnx").metadata_props}["character"]


def read_page(path):
    """A binary PGM as [height, width]."""
    content = path.read_bytes()
    header = re.match(rb"P5\s+(\d+)\s+(\d+)\s+255\s", content)
    width, height = int(header[1]), int(header[2])
    return np.frombuffer(content, np.uint8, offset=header.end()).reshape(height, width)


def to_input(gray):
    """Three equal channels in [-1, 1]."""
    return np.repeat(((gray.astype(np.float32) / 255 - 0.5) / 0.5)[None, None], 3, 1)


def resize(image, height, width):
    """Linear, pixels' centers kept in place."""
    def taps(old, new):
        place = np.clip((np.arange(new) + 0.5) * old / new - 0.5, 0, old - 1)
        low = np.minimum(place.astype(int), max(old - 2, 0))
        return low, np.minimum(low + 1, old - 1), (place - low)[:, None]
    low, high, rest = taps(image.shape[0], height)
    rows = image[low] * (1 - rest) + image[high] * rest
    low, high, rest = taps(image.shape[1], width)
    return rows[:, low] * (1 - rest.T) + rows[:, high] * rest.T


def find_boxes(probability, page):
    """Boxes (top, left, bottom, right) around connected pixels, top to bottom."""
    left_over = probability > THRESHOLD
    boxes = []
    for start in np.argwhere(left_over):
        if not left_over[tuple(start)]:
            continue
        left_over[tuple(start)] = False
        stack, found = [tuple(start)], []
        while stack:
            y, x = stack.pop()
            found.append((y, x))
            for near in ((y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)):
                if all(0 <= n < s for n, s in zip(near, left_over.shape)) and left_over[near]:
                    left_over[near] = False
                    stack.append(near)
        (top, left), (bottom, right) = np.min(found, 0), np.max(found, 0) + 1
        height, width = bottom - top, right - left
        if min(height, width) < 3 or probability[top:bottom, left:right].mean() < BOX_SCORE:
            continue
        grow = int(height * width * UNCLIP / (2 * (height + width)))
        boxes.append((max(top - grow, 0), max(left - grow, 0),
                      min(bottom + grow, page.shape[0]), min(right + grow, page.shape[1])))
    return sorted(boxes)


def read_line(run, crop, characters):
    width = min(max(round(crop.shape[1] * HEIGHT / crop.shape[0]), HEIGHT), MAX_WIDTH)
    line = resize(crop.astype(np.float32), HEIGHT, width)
    shown = np.zeros((1, 3, HEIGHT, CLS_WIDTH), np.float32)
    narrow = line if width <= CLS_WIDTH else resize(line, HEIGHT, CLS_WIDTH)
    shown[:, :, :, :narrow.shape[1]] = to_input(narrow)
    if run("cls", shown)[0, 1] > TURN_SCORE:
        line = line[::-1, ::-1]
    best = run("rec", to_input(line))[0].argmax(1)
    kept = [b for i, b in enumerate(best) if b and (i == 0 or b != best[i - 1])]
    return "".join(characters[b - 1] for b in kept)


def main():
    if sys.argv[1] == "--characters":
        print(read_characters(pathlib.Path(sys.argv[2])))
        return
    models = pathlib.Path(sys.argv[1])
    characters = [*read_characters(models).split("\n"), " "]
    sessions = {name: onnxruntime.InferenceSession(models / f"{name}.onnx",
                                                   providers=["CPUExecutionProvider"])
                for name in ("det", "cls", "rec")}
    run = lambda name, x: sessions[name].run(None, {"x": x})[0]
    page = read_page(pathlib.Path(sys.argv[2]))
    padded = np.pad(page, [(0, -size % 32) for size in page.shape], constant_values=255)
    boxes = find_boxes(run("det", to_input(padded))[0, 0], page)
    lines = [read_line(run, page[top:bottom, left:right], characters)
             for top, left, bottom, right in boxes]
    print("\n".join(lines))
    ours = pathlib.Path(sys.argv[3]).read_text().splitlines()
    if not lines or ours != lines:
        sys.exit(f"expected {lines}, got {ours}")


if __name__ == "__main__":
    main()
