"""Members of Office packages that hold more than a page shows, by their path."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extracts.disclosure.report import Verdict


@dataclass(frozen=True)
class Member:
    """A kind of member: what the finding says of it."""

    path: re.Pattern[str]
    rule: str
    verdict: Verdict
    what: str
    cure: str


def _members(text: str) -> tuple[Member, ...]:
    """Lines of `part of the path ; rule ; verdict ; what it is ; what to do`."""
    rows = ([cell.strip() for cell in line.split(";")] for line in text.strip().splitlines())
    return tuple(
        Member(re.compile(path, re.I), rule, Verdict(verdict), what, cure) for path, rule, verdict, what, cure in rows
    )


MEMBERS = _members(r"""
    vbaProject\w*\.bin    ; active_content ; fail   ; macros                            ; Save it without macros.
    vbaData\.xml          ; active_content ; fail   ; macros                            ; Save it without macros.
    activeX/              ; active_content ; fail   ; controls that can run             ; Remove the controls.
    ctrlProps/            ; active_content ; fail   ; controls that can run             ; Remove the controls.
    macrosheets/          ; active_content ; fail   ; an old macro sheet                ; Delete the macro sheet.
    dialogsheets/         ; active_content ; fail   ; an old macro sheet                ; Delete the macro sheet.
    customUI/             ; active_content ; review ; buttons of its own                ; Save it without them.
    webextensions/        ; active_content ; fail   ; an add-in                         ; Remove the add-in.
    pivotCache/           ; hidden_content ; fail   ; the rows behind a pivot table     ; Paste the table as values.
    pivotTables/          ; hidden_content ; fail   ; a pivot table                     ; Paste the table as values.
    externalLinks/        ; hidden_content ; fail   ; values of other workbooks         ; Break the links.
    connections\.xml      ; hidden_content ; fail   ; a connection to data elsewhere    ; Delete the connection.
    queryTables/          ; hidden_content ; fail   ; a connection to data elsewhere    ; Delete the connection.
    xl/model/             ; hidden_content ; fail   ; a data model behind the sheets    ; Paste tables as values.
    customData/           ; hidden_content ; fail   ; a data model behind the sheets    ; Paste tables as values.
    slicer                ; hidden_content ; fail   ; filters with what they filter     ; Delete the filters.
    timeline              ; hidden_content ; fail   ; filters with what they filter     ; Delete the filters.
    revisions/            ; hidden_content ; fail   ; the history of its changes        ; Save a copy without it.
    userNames\.xml        ; hidden_content ; fail   ; the history of its changes        ; Save a copy without it.
    printerSettings/      ; metadata       ; review ; settings of a printer             ; Save it anew without.
    docProps/thumbnail    ; hidden_content ; review ; a small picture of itself         ; Save it anew without.
    afchunk               ; hidden_content ; fail   ; a document within the document    ; Paste it as text.
    \.(?:mht|rtf)$        ; hidden_content ; fail   ; a document within the document    ; Paste it as text.
""")
