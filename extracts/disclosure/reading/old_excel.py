"""Old Excel workbooks: the values by calamine, macros and properties by their streams. Never taken for all there is."""

from __future__ import annotations

import io

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.biff import look_through
from extracts.disclosure.reading.compound_file import require_sound
from extracts.disclosure.reading.contents import Contents, Part
from extracts.disclosure.reading.labels import as_seen
from extracts.disclosure.reading.office import FAIL, REVIEW, SOFTWARE, Office
from extracts.disclosure.reading.sheet import Sheet, conceal_sheet, sheet_parts
from extracts.disclosure.reading.triage import CannotRead

CURE = "Save it as an XLSX workbook."
STREAMS = (
    ("_VBA_PROJECT_CUR", "active_content", FAIL, "macros"),
    ("VBA", "active_content", FAIL, "macros"),
    ("_SX_DB_CUR", "hidden_content", FAIL, "a pivot table with the rows that it is made from"),
    ("MBD", "hidden_content", FAIL, "another file"),
    ("Ctls", "active_content", FAIL, "controls that can run"),
    ("Revision Log", "hidden_content", FAIL, "the history of its changes"),
)


def read_xls(content: bytes, limits: Policy) -> Contents:
    """Tables of every sheet, hidden ones too. What else it hides can't be known for certain, and is said to be so."""
    office = Office()
    office.conceals("hidden_content", REVIEW, "What an old Excel file hides cannot be seen for certain.", CURE)
    require_sound(content)
    _streams(office, content, limits)
    parts: list[Part] = []
    for sheet in _sheets(content, limits):
        conceal_sheet(office, sheet, {})
        parts += sheet_parts(sheet, limits)
    return Contents("xls", tuple(parts), tuple(office.concealed))


def _sheets(content: bytes, limits: Policy) -> list[Sheet]:
    """Raises CannotRead for whatever calamine does not read."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = []
        for about in book.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            state = {"Visible": "visible", "Hidden": "hidden", "VeryHidden": "very hidden"}
            sheet = Sheet(about.name, state.get(str(about.visible).rpartition(".")[2], "hidden"))
            source = book.get_sheet_by_name(about.name)
            if (source.height or 0) * (source.width or 0) > 20 * limits.max_cells:
                raise CannotRead("A sheet has far too many cells.", "Split it into smaller tables.")
            for row, line in enumerate(source.iter_rows(), (source.start or (0, 0))[0]):
                for column, value in enumerate(line):
                    if value != "":
                        sheet.cells[row, column] = f"{value:.15g}" if isinstance(value, float) else as_seen(str(value))
            sheets.append(sheet)
    except CannotRead:
        raise
    except BaseException as error:
        # A panic of the library, which is written in Rust, is no Exception.
        if not isinstance(error, CalamineError | OSError | ValueError | OverflowError) and not _is_panic(error):
            raise
        raise CannotRead("The old Excel file is damaged or encrypted.", CURE) from None
    return sheets


def _is_panic(error: BaseException) -> bool:
    return type(error).__name__ == "PanicException"


def _streams(office: Office, content: bytes, limits: Policy) -> None:
    """Streams that hold more than cells, and names of people. Raises CannotRead for a damaged file."""
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(content)) as file:
            names = {step for entry in file.listdir(streams=True, storages=True) for step in entry}
            about = file.get_metadata()
            book = file.openstream("Workbook" if file.exists("Workbook") else "Book").read()
    except Exception:  # olefile raises whatever the damage leads to
        raise CannotRead("The old Excel file is damaged.", CURE) from None
    look_through(office, book, limits)
    for start, rule, verdict, what in STREAMS:
        if any(name.startswith(start) for name in names):
            office.conceals(rule, verdict, f"The file holds {what}.", CURE)
    for value in (about.author, about.last_saved_by, about.company, about.manager):
        said = value.decode("cp1252", "replace") if isinstance(value, bytes) else str(value or "")
        if not SOFTWARE.fullmatch(said.strip().strip("\x00")):
            office.conceals("metadata", REVIEW, "The properties of the file name its author or an organisation.", CURE)
