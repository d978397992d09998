"""Small files of every kind that the readers know, made on the spot from one table with a telling number."""

import gzip
import io
import json
import pickle
import tarfile
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd
import pyreadstat
import rdata
from PIL import Image, PngImagePlugin

from ..reading import office_files as office
from ..reading.formats.documents import pdf

Make = Callable[[int], bytes]
TELLING = 4321


def _rows(number: int) -> tuple[tuple[object, ...], ...]:
    return (("area", "n"), ("North", number), ("South", 17), ("Total", number + 17))


def _frame(number: int) -> pd.DataFrame:
    return pd.DataFrame({"area": ["North", "South"], "n": [number, 17]})


def _saved(write: Callable[[pd.DataFrame, str], object], number: int) -> bytes:
    """What a library writes to a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "file")
        write(_frame(number), path)
        return Path(path).read_bytes()


def _in_memory(write: Callable[[pd.DataFrame, io.BytesIO], object], number: int) -> bytes:
    file = io.BytesIO()
    write(_frame(number), file)
    return file.getvalue()


def _csv(separator: str, encoding: str, number: int) -> bytes:
    return "\n".join(separator.join(map(str, row)) for row in _rows(number)).encode(encoding)


def _html(number: int) -> bytes:
    trace = json.dumps([{"type": "bar", "x": ["North"], "y": [number]}])
    script = f"<script>Plotly.newPlot('a', {trace}, {{}})</script>"
    return f"<html><body>{_frame(number).to_html()}{script}</body></html>".encode()


def _svg(number: int) -> bytes:
    marks = '<circle cx="1" cy="2" r="1"/>' * 5
    return f'<svg xmlns="http://www.w3.org/2000/svg"><g>{marks}<text x="1">n = {number}</text></g></svg>'.encode()


def _notebook(number: int) -> bytes:
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {},
              "data": {"text/plain": f"area n\nNorth {number}", "text/html": _frame(number).to_html()}}  # fmt: skip
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {},
        "source": "table",
        "outputs": [output],
        "id": "a",
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}).encode()


def _vega(number: int) -> bytes:
    values = [{"area": "North", "n": number}, {"area": "South", "n": 17}]
    schema = "https://vega.github.io/schema/vega-lite/v5.json"
    return json.dumps({"$schema": schema, "mark": "bar", "data": {"values": values}}).encode()


def _yaml(number: int) -> bytes:
    return f"areas:\n  - area: North\n    n: {number}\n".encode()


def _pdf(number: int) -> bytes:
    return pdf(f"North {number}", table=[["area", "n"], ["North", str(number)]])


def _picture(kind: str, number: int) -> bytes:
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", f"n = {number}")
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (200, 100, 50)).save(file, kind, **({"pnginfo": about} if kind == "PNG" else {}))
    return file.getvalue()


def _tar(number: int) -> bytes:
    file, content = io.BytesIO(), _csv(",", "utf-8", number)
    with tarfile.open(fileobj=file, mode="w") as archive:
        entry = tarfile.TarInfo("a.csv")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return file.getvalue()


def _chart(number: int) -> str:
    point = "<c:{0}><c:{1}><c:pt idx='0'><c:v>{2}</c:v></c:pt></c:{1}></c:{0}>"
    series = point.format("cat", "strCache", "North") + point.format("val", "numCache", number)
    return f"<c:chartSpace xmlns:c='http://schemas.openxmlformats.org/drawingml/2006/chart'><c:ser>{series}</c:ser></c:chartSpace>"


def _docx(number: int) -> bytes:
    embedded = {"word/embeddings/book.xlsx": office.xlsx(*_rows(number)), "word/charts/chart1.xml": _chart(number)}
    return office.docx(office.word_table(*_rows(number)), office.word_text(f"There are {number}."), more=embedded)


# Files of statistical programs.
STATISTICAL: dict[str, Make] = {
    "a.dta": partial(_saved, pyreadstat.write_dta),
    "a.sav": partial(_saved, pyreadstat.write_sav),
    "a.xpt": partial(_saved, pyreadstat.write_xport),
    "a.rds": partial(_saved, lambda frame, path: rdata.write_rds(path, frame.astype({"area": object}))),
    "a.rda": partial(_saved, lambda frame, path: rdata.write_rda(path, {"a": frame.astype({"area": object})})),
}  # fmt: skip


# Name of a file -> what makes it from a number that it shows or holds.
CORPUS: dict[str, Make] = {
    "a.csv": partial(_csv, ",", "utf-8"),
    "semicolon.csv": partial(_csv, ";", "utf-8"),
    "wide.csv": partial(_csv, ",", "utf-16"),
    "a.tsv": partial(_csv, "\t", "utf-8"),
    "a.txt": lambda number: f"There are {number} people in the North.".encode(),
    "a.json": lambda number: _frame(number).to_json(orient="records").encode(),
    "vega.json": _vega,
    "a.yaml": _yaml,
    "a.html": _html,
    "a.svg": _svg,
    "a.ipynb": _notebook,
    "a.pdf": _pdf,
    "a.xlsx": lambda number: office.xlsx(*_rows(number)),
    "a.xls": lambda number: office.xls(_rows(number)),
    "a.ods": lambda number: office.ods(*(office.ods_row(*row) for row in _rows(number))),
    "a.docx": _docx,
    "a.pptx": lambda number: office.pptx(office.slide_table(*_rows(number)), office.slide_text(f"n = {number}")),
    "a.parquet": partial(_in_memory, lambda frame, file: frame.to_parquet(file, compression=None)),
    "a.feather": partial(_in_memory, lambda frame, file: frame.to_feather(file, compression="uncompressed")),
    "a.png": partial(_picture, "PNG"),
    "a.jpg": partial(_picture, "JPEG"),
    "a.zip": lambda number: office.zipped({"a.csv": _csv(",", "utf-8", number), "b.xlsx": office.xlsx(*_rows(number))}),
    "a.csv.gz": lambda number: gzip.compress(_csv(",", "utf-8", number), mtime=0),
    "a.tar": _tar,
    "a.pkl": lambda number: pickle.dumps({"area": "North", "n": number}),
    **STATISTICAL,
}  # fmt: skip

# The number is nowhere to be seen in these: a picture's points, packed plain values that nothing loads.
SHOW_NO_NUMBER = frozenset(["a.jpg", "a.pkl"])
