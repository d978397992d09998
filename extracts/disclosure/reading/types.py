"""Types of files: how each is told by its first bytes and its members, and the endings that its name may have."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Type:
    """A type of file: what a sentence calls it, and the endings of names that go with it."""

    said: str
    suffixes: tuple[str, ...]


def _types(text: str) -> dict[str, Type]:
    """Lines of `kind | name in a sentence | endings`."""
    rows = ([cell.strip() for cell in line.split("|")] for line in text.strip().splitlines())
    return {kind: Type(said, tuple(endings.split())) for kind, said, endings in rows}


TYPES = _types("""
    csv      | a CSV table                  | .csv
    tsv      | a table separated by tabs    | .tsv .tab
    text     | text                         | .txt .log .md .py .r .do .ado .sas .sps .sql .tex .out .lst .rst .jl .smcl
    json     | JSON                         | .json .vl .vega
    yaml     | YAML                         | .yaml .yml
    html     | HTML                         | .html .htm .xhtml
    svg      | an SVG picture               | .svg
    xml      | XML                          | .xml
    ipynb    | a notebook                   | .ipynb
    xlsx     | an Excel workbook            | .xlsx
    xlsm     | an Excel workbook with macros| .xlsm
    xlsb     | a binary Excel workbook      | .xlsb
    xls      | an old Excel workbook        | .xls
    ods      | an OpenDocument workbook     | .ods
    odf      | an OpenDocument file         | .odt .odp .odg
    docx     | a Word document              | .docx
    docm     | a Word document with macros  | .docm
    pptx     | a PowerPoint presentation    | .pptx
    pptm     | a presentation with macros   | .pptm
    ole      | an old Office file           | .doc .ppt .msg
    pdf      | a PDF                        | .pdf
    png      | a PNG picture                | .png
    jpeg     | a JPEG picture               | .jpg .jpeg
    gif      | a GIF picture                | .gif
    picture  | a picture of another type    | .tif .tiff .bmp .webp .emf .wmf
    parquet  | a Parquet file               | .parquet .pq
    arrow    | an Arrow file                | .arrow .feather .ipc
    feather  | an old Feather file          | .feather
    dta      | a Stata file                 | .dta
    sav      | an SPSS file                 | .sav .zsav
    sas7bdat | a SAS file                   | .sas7bdat
    xpt      | a SAS transport file         | .xpt
    rds      | an R object                  | .rds
    rda      | an R workspace               | .rda .rdata
    pickle   | a Python pickle              | .pkl .pickle
    joblib   | a joblib file                | .joblib
    numpy    | a NumPy file                 | .npy .npz
    hdf5     | an HDF5 file                 | .h5 .hdf5
    torch    | a PyTorch model              | .pt .pth
    zip      | a zip archive                | .zip
    gzip     | a gzip archive               | .gz .tgz
    tar      | a tar archive                | .tar
    sqlite   | an SQLite database           | .sqlite .db
    program  | a program                    |
    unknown  | of a type nobody here knows  |
""")
