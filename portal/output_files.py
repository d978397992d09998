"""The stored files of an output request: their tables, their report, and a rehearsal of the check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extracts.disclosure.check import check
from extracts.disclosure.description import Description, FileDescription
from extracts.disclosure.policy import SRS_10
from extracts.disclosure.reading.csv_table import Table
from extracts.disclosure.reading.opening import contents_of, first_table
from extracts.disclosure.reading.triage import CannotRead
from extracts.disclosure.report import FileReport, Report
from extracts.output_policy import policy_for
from governance.outputs.models import FileRole, OutputFile, OutputRequest
from governance.workflow import Refused
from portal.findings import Bounds, Shown, ShownRepair, flagged, shown, shown_repair
from portal.sight import Sight

# A page reads no more of a file than this; the worker reads it whole.
MOST_BYTES_SHOWN = 2**20
# A rehearsal is done while somebody waits, by a process that serves everybody else too.
MOST_BYTES_TRIED = 200_000
MOST_CELLS_TRIED = 20_000
ON_THE_RECORD = Bounds(rows=60, columns=30, findings=40)
ON_ITS_OWN_PAGE = Bounds()


@dataclass(frozen=True)
class FilePart:
    """One file of a request as a page shows it.

    sight    how much of its content the reader may see
    problem  why its table cannot be shown, or ""
    cut      whether the file goes on beyond what was read
    """

    name: str
    file: OutputFile | None
    report: FileReport | None
    shown: Shown
    sight: Sight
    problem: str = ""
    cut: bool = False

    @property
    def is_flagged(self) -> bool:
        """Whether of its table only the flagged cells are shown."""
        return self.sight is Sight.FLAGGED

    @property
    def says_values(self) -> bool:
        """Whether findings are told in full: their sentences say what the cells hold."""
        return self.sight is not Sight.NOTHING

    @property
    def is_opened(self) -> bool:
        """Whether the page shows anything that stands in the file."""
        return self.shown.table is not None or (self.says_values and bool(self.shown.findings))


def content_of(file: OutputFile, most: int | None = None) -> bytes:
    """The bytes of a stored file, or its first lines that fit in `most` bytes."""
    with file.content.open("rb") as stored:
        content = bytes(stored.read() if most is None else stored.read(most))
    if most is not None and file.size > most:
        return content[: content.rfind(b"\n") + 1]
    return content


def table_of(file: OutputFile) -> Table:
    """The first table in the file, or its beginning if the file is a long text. Raises CannotRead."""
    return first_table(file.name, start_of(file), SRS_10)


def start_of(file: OutputFile) -> bytes:
    """As much of a file as is shown: the first lines of a text, the whole of any other, which cannot be cut."""
    is_text = file.name.lower().endswith((".csv", ".tsv", ".txt"))
    return content_of(file, MOST_BYTES_SHOWN if is_text else None)


def report_of(output: OutputRequest) -> Report | None:
    """What the rules found in the present round, or None while there is no report."""
    stored = output.report_now()
    if stored is None:
        return None
    unsaid = {"policy": "", "policy_version": "", "engine_version": "", "files": [], "evidence_files": []}
    content = {name: value for name, value in stored.content.items() if name != "repairs"}
    return Report.from_json({**unsaid, **content, "verdict": stored.verdict})


def repairs_of(output: OutputRequest, sight: Sight) -> list[ShownRepair]:
    """The ways to make the files of the present round safe, as far as the reader may know of their cells."""
    stored = output.report_now()
    offered = stored.content.get("repairs", []) if stored else []
    return [shown_repair(one, in_full=sight is not Sight.NOTHING) for one in offered]


def rehearse(output: OutputRequest) -> Report:
    """What the rules would find if the request were submitted as it is. Nothing is stored.

    Raises Refused when the files are too large to check while somebody waits.
    """
    files = list(output.files.all())
    if not any(file.role == FileRole.OUTPUT for file in files):
        raise Refused("Add at least one file to take out.")
    if large := [file.name for file in files if file.size > MOST_BYTES_TRIED]:
        raise Refused(f"{large[0]} is {TOO_LARGE}")
    if sum(cells_of(file) for file in files) > MOST_CELLS_TRIED:
        raise Refused(f"This request is {TOO_LARGE}")
    described = Description.of(description_of(file) for file in files if file.role == FileRole.OUTPUT)
    return check({file.name: content_of(file) for file in files}, described, policy_for(output.project))


TOO_LARGE = "too large to try here: submit it and the worker checks it."


def cells_of(file: OutputFile) -> int:
    """How many cells the file's tables have; 0 for a file that holds none."""
    try:
        tables = contents_of(file.name, content_of(file), SRS_10).tables
    except CannotRead:
        return 0
    return sum(len(part.table.columns) * len(part.table.rows) for part in tables if part.table)


def description_of(file: OutputFile) -> FileDescription:
    """What the author has said of the file so far."""
    return FileDescription.from_json({**file.description, "name": file.name})


def parts(
    files: Sequence[OutputFile], report: Report | None, sight: Sight, bounds: Bounds, *, only: str | None = None
) -> list[FilePart]:
    """The files of a report, each with its findings and as much of its table as the reader may see.

    Without a report, the files alone.

    A file that was changed since the report is shown without its table, so that no finding marks a wrong cell.
    """
    by_name = {file.name: file for file in files}
    judged = {one.name: one for one in report.files} if report else {}
    names = [only] if only else list(judged if report else by_name)
    return [
        _part(f"file-{n}", name, by_name.get(name), judged.get(name), sight, bounds) for n, name in enumerate(names, 1)
    ]


def _part(
    prefix: str, name: str, file: OutputFile | None, report: FileReport | None, sight: Sight, bounds: Bounds
) -> FilePart:
    if file is not None and file.role == FileRole.EVIDENCE and sight is Sight.FLAGGED:
        sight = Sight.NOTHING  # evidence is for its checkers alone
    findings = report.findings if report else ()
    table, problem = _table(file, report, sight)
    cut = file is not None and file.size > MOST_BYTES_SHOWN
    return FilePart(name, file, report, shown(prefix, table, findings, bounds), sight, problem, cut)


def _table(file: OutputFile | None, report: FileReport | None, sight: Sight) -> tuple[Table | None, str]:
    """As much of the file's table as the reader may see, and why there is none, or ""."""
    if file is None:
        return None, "The file is no longer here."
    if report and report.sha256 != file.sha256:
        return None, "The file was replaced after this report was made."
    if sight is Sight.NOTHING or (sight is Sight.FLAGGED and not report):
        return None, ""
    try:
        table = table_of(file)
    except CannotRead as unreadable:
        return None, unreadable.problem
    if sight is Sight.WHOLE or report is None:
        return table, ""
    found = flagged(table, report.findings)
    return (found if found.columns else None), ""
