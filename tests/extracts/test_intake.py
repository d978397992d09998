"""A malformed delivery is refused with file, row and reason, never the value, and nothing of it is kept."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from extracts.intake import accept_identity, accept_payload
from extracts.intake.counterparts import FILE as TOKENS
from extracts.providers import Finding, Refusal, merged_description, read_provider
from extracts.sealed import JobRefused
from extracts.zones import Zones
from portal.starting.folder import held
from tests.extracts.a_delivery import (
    BASE,
    CODE,
    FILES,
    PEOPLE,
    Columns,
    accepted,
    changed,
    key,
    patients,
    provider_file,
    put,
    referrals,
    snapshot,
    write_csv,
    write_delivery,
)

pytestmark = [pytest.mark.usefixtures("identifiers"), pytest.mark.long]

PATIENT, REFERRAL, CONTACT = FILES
WHO, REF, MET = FILES
SECRET = "00" * 32


def looked_at(delivery: Path, room: Path) -> tuple[list[dict[str, Any]], list[Finding]]:
    """Both jobs, here and now: what they return and what they find."""
    provider, results, findings = provider_file(room / "providers"), [], []
    for job, name in ((accept_identity, "identity"), (accept_payload, "payload")):
        for folder in (room / name, room / "exchange"):
            folder.mkdir(parents=True, exist_ok=True)
        try:
            results.append(
                job(
                    lambda *step: None, description=str(BASE), provider=str(provider), delivery=str(delivery),
                    into=str(room / name), accepted=str(room / f"accepted-{name}"), exchange=str(room / "exchange"),
                    key=SECRET,
                )
            )  # fmt: skip
        except Refusal as refusal:
            findings += refusal.findings
    return results, findings


# --- what is accepted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("as_csv", [[], [PATIENT], list(FILES)])
def test_what_is_accepted_has_roles_and_declared_types(tmp_path: Path, as_csv: list[str]):
    """The same from Parquet and from CSV: identity as texts by role, payload in the catalogue's types."""
    delivery = write_delivery(tmp_path / "sent", as_csv=as_csv)
    results, findings = looked_at(delivery, tmp_path)
    assert findings == []
    assert results[0]["counts"] | results[1]["counts"] == dict.fromkeys(FILES, PEOPLE)

    identity = pq.read_table(tmp_path / "identity" / "mht_patient.parquet")
    roles = ["forename", "surname", "date_of_birth", "sex", "postcode", "person_number"]
    assert identity.column_names == ["source", "row_id", "person_role", *roles]
    assert set(identity.schema.types) == {pa.string()}
    assert identity.slice(2, 1).to_pylist() == [
        {
            "source": "mht_patient", "row_id": key("row", 2), "person_role": "patient", "forename": "Wren",
            "surname": "Ó Briain", "date_of_birth": "1970-07-14", "sex": "M", "postcode": "LS3 2CI",
            "person_number": "9434700002",
        }
    ]  # fmt: skip
    referral = pq.read_table(tmp_path / "payload" / "mht_referral.parquet")
    assert [str(kind) for kind in referral.schema.types] == ["string", "string", "date32[day]", "string", "string"]
    assert referral.to_pydict() == referrals()
    assert pq.read_schema(tmp_path / "payload" / "mht_contact.parquet").field("minutes").type == pa.int64()


def test_the_streams_exchange_nothing_that_reads(tmp_path: Path, sent: Path):
    """Between the two processes lie encrypted row ids with the numbers of file and row."""
    looked_at(sent, tmp_path)
    left = pq.read_table(tmp_path / "exchange" / TOKENS)
    assert left.column_names == ["token", "file", "row"]
    assert len(set(left["token"].to_pylist())) == PEOPLE
    assert not set(left["token"].to_pylist()) & {bytes.fromhex(one) for one in patients()["patient_ref"]}


# --- what is refused ----------------------------------------------------------------------------------------------


def add(name: str, value: Any) -> Callable[[Columns], None]:
    return lambda columns: columns.update({name: [value] * PEOPLE})


def drop(name: str) -> Callable[[Columns], Any]:
    return lambda columns: columns.pop(name)


def fill(name: str, values: list[Any]) -> Callable[[Columns], None]:
    return lambda columns: columns.update({name: (values * PEOPLE)[:PEOPLE]})


SECRETLY = "Whitlock"
CASES: list[tuple[str, Callable[[Columns], Any], bool, str, tuple[int, ...], str]] = [
    # file, change, as CSV, column, rows, reason
    (REF, put("team", 3, 9, value="XX"), False, "team", (3, 9), "The code is unknown."),
    (REF, put("urgency", 4, value=SECRETLY), True, "urgency", (4,), "The code is unknown."),
    (MET, put("minutes", 7, value=601), False, "minutes", (7,), "not in the range 1-600"),
    (MET, put("minutes", 7, value=SECRETLY), True, "minutes", (7,), "not a whole number"),
    (MET, put("minutes", 7, value="2.5"), True, "minutes", (7,), "not a whole number"),
    (MET, fill("minutes", ["12"]), False, "minutes", (), "VARCHAR, and integer is"),
    (REF, put("referred_on", 2, value="31/02/2024"), True, "referred_on", (2,), "not a day as YYYY-MM-DD"),
    (REF, put("referred_on", 2, value="2024-02-31"), True, "referred_on", (2,), "not a day as YYYY-MM-DD"),
    (REF, put("referred_on", 2, value=date(1, 1, 1)), False, "referred_on", (2,), "out of any range"),
    (REF, fill("referred_on", ["2024-01-01"]), False, "referred_on", (), "VARCHAR, and date is"),
    (REF, put("referral_id_hash", 5, value=None), False, "referral_id_hash", (5,), "primary key is missing"),
    (REF, put("referral_id_hash", 5, value=SECRETLY), False, "referral_id_hash", (5,), "32 of 0-9 and a-f"),
    (REF, put("referral_id_hash", 5, 6, value=key("r", 99)), False, "", (5, 6), "primary key is there more"),
    (REF, put("row_id_hash", 8, value=None), False, "row_id_hash", (8,), "row id is missing"),
    (REF, put("row_id_hash", 8, value=key("row", 999)), False, "", (8,), "has no identity record"),
    (REF, drop("team"), False, "team", (), "The column is missing."),
    (REF, add("surname", SECRETLY), False, "surname", (), "An identifier does not"),
    (REF, add("family", SECRETLY), False, "family", (), "An identifier does not"),
    (REF, add("first_name", SECRETLY), True, "first_name", (), "An identifier does not"),
    (REF, add(SECRETLY, 1), False, "number 6", (), "The column is not agreed."),
    (WHO, add("team", "LD"), False, "team", (), "An attribute does not"),
    (WHO, add("pnc", SECRETLY), False, "pnc", (), "An identifier that is not"),
    (WHO, add("Team", "LD"), False, "Team", (), "An attribute does not"),
    (WHO, drop("born_on"), False, "born_on", (), "The column is missing."),
    (WHO, put("patient_ref", 2, value=key("row", 0)), False, "", (1, 2), "row id is there more"),
    (WHO, put("patient_ref", 2, value="94347"), False, "patient_ref", (2,), "A row id is 32 of"),
    (WHO, put("patient_ref", 2, value=None), True, "patient_ref", (2,), "A row id is 32 of"),
    (WHO, put("patient_ref", 2, value=key("row", 777)), False, "", (2,), "No row of the payload"),
    (WHO, put("family", 6, value="Whit\ufffdlock"), False, "family", (6,), "lost letters"),
    (WHO, fill("given", ["1981-02-03", "1977-12-24"]), False, "given", (), "do not look like forename"),
    (WHO, fill("born_on", ["LD", "CR"]), False, "born_on", (), "not look like date of birth"),
    (WHO, fill("given", [[SECRETLY]]), False, "given", (), "The type is not text"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "change", "as_csv", "column", "rows", "reason"), CASES)
def test_what_is_not_as_agreed_is_found(
    tmp_path: Path, sent: Path, file: str, change: Callable[[Columns], Any], as_csv: bool, column: str,
    rows: tuple[int, ...], reason: str,
):  # fmt: skip
    """File, column, rows and reason; and the value in none of them."""
    changed(sent, file, change, as_csv=as_csv)
    _, findings = looked_at(sent, tmp_path)

    mine = [one for one in findings if reason in one.reason]
    assert [(one.file.removesuffix(".parquet").removesuffix(".csv"), one.column, one.rows) for one in mine] == [
        (file, column, rows)
    ]
    assert mine[0].count == len(rows)
    assert not [one for one in findings if SECRETLY in str(one)]


FREE_TEXTS = [
    ("LS3 4CI", "an identifier"), ("see 1998/3450372V", "an identifier"), ("qq 12 34 56 c", None),
    ("AB 12 34 56 C", "an identifier"), ("A1234BC", "an identifier"), ("ines@example.org", "an identifier"),
    ("0113 496 0000", "an identifier"), ("Mary Smith", "a person's name"), ("SMITH, John Paul", "a person's name"),
    ("Leeds and York Partnership", None), ("E01945280", None), ("Ward 7", None), ("Wormwood Scrubs", None),
]  # fmt: skip


def test_persons_in_free_columns_are_found(tmp_path: Path, sent: Path):
    """A column of any text: postcodes, numbers of persons and names are refused, ordinary words are not."""
    free = 'name = "urgency"\nlabel = "Urgency"\ndtype = "string(40)"'
    text = provider_file(tmp_path / "p").read_text()
    text = text.replace('name = "urgency"\nlabel = "Urgency"\ndtype = "category"', free).replace(
        'range = "routine | urgent | emergency"\n', ""
    )
    (tmp_path / "p" / "mental_health.toml").write_text(text)
    changed(sent, REFERRAL, lambda c: c.update({"urgency": [t for t, _ in FREE_TEXTS] + ["x"] * (PEOPLE - 13)}))

    _, findings = looked_at_with(tmp_path / "p" / "mental_health.toml", sent, tmp_path)

    found = {row: one.reason for one in findings for row in one.rows}
    assert {FREE_TEXTS[row - 1][0] for row in found} == {one for one, kind in FREE_TEXTS if kind}
    for row, reason in found.items():
        assert str(FREE_TEXTS[row - 1][1]) in reason


def looked_at_with(provider: Path, delivery: Path, room: Path) -> tuple[Any, list[Finding]]:
    for name in ("into", "exchange"):
        (room / name).mkdir()
    folders = {"into": str(room / "into"), "accepted": str(room / "none"), "exchange": str(room / "exchange")}
    shared = {"description": str(BASE), "provider": str(provider), "delivery": str(delivery), "key": SECRET} | folders
    accept_identity(lambda *step: None, **shared)
    try:
        accept_payload(lambda *step: None, **shared)
    except Refusal as refusal:
        return None, list(refusal.findings)
    return None, []


def test_a_column_of_first_names_is_found(tmp_path: Path, sent: Path):
    """Under a harmless name, one word each."""
    text = provider_file(tmp_path / "p").read_text()
    text = text.replace('range = "routine | urgent | emergency"\n', "")
    (tmp_path / "p" / "mental_health.toml").write_text(text)
    stock = Path("extracts/synthetic/identity/forenames.csv")
    names = [line.split(",")[0] for line in stock.read_text().splitlines()[1 : PEOPLE + 1]]
    changed(sent, REFERRAL, lambda c: c.update({"urgency": names}))
    _, findings = looked_at_with(tmp_path / "p" / "mental_health.toml", sent, tmp_path)
    assert [(one.column, one.reason) for one in findings] == [("urgency", "The column looks like one of names.")]


def cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def damage(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[40:200] = b"\xa5" * 160
    path.write_bytes(content)


def latin_1(path: Path) -> None:
    write_csv(path.with_suffix(".csv"), patients())
    path.with_suffix(".csv").write_bytes(path.with_suffix(".csv").read_text(encoding="utf-8").encode("latin-1"))
    path.unlink()


def utf_16(path: Path) -> None:
    write_csv(path.with_suffix(".csv"), patients())
    path.with_suffix(".csv").write_bytes(path.with_suffix(".csv").read_text(encoding="utf-8").encode("utf-16"))
    path.unlink()


def not_utf_8_in_parquet(path: Path) -> None:
    table = pq.read_table(path)
    names = [
        name.encode("latin-1") if at == 8 else name.encode() for at, name in enumerate(table["family"].to_pylist())
    ]
    raw = pa.array(names, pa.binary())
    text = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    pq.write_table(table.set_column(2, "family", text), path)


def ragged(path: Path) -> None:
    write_csv(path.with_suffix(".csv"), patients())
    lines = path.with_suffix(".csv").read_text().splitlines()
    lines[4] += ",one more"
    path.with_suffix(".csv").write_text("\n".join(lines))
    path.unlink()


def link(path: Path) -> None:
    path.rename(path.parent.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent.parent / "elsewhere")


def no_header(path: Path) -> None:
    write_csv(path.with_suffix(".csv"), patients())
    lines = path.with_suffix(".csv").read_text().splitlines()
    path.with_suffix(".csv").write_text("\n".join(lines[1:]) + "\n")
    path.unlink()


def long_header(path: Path) -> None:
    path.with_suffix(".csv").write_text("x" * 200_000 + ",family\n1,2\n")
    path.unlink()


def open_quote(path: Path) -> None:
    path.with_suffix(".csv").write_text('patient_ref,"family\n1,2\n')
    path.unlink()


def no_columns(path: Path) -> None:
    pq.write_table(pa.table({}), path)


def twice(path: Path) -> None:
    write_csv(path.with_suffix(".csv"), patients())


@pytest.mark.parametrize(
    ("spoil", "reason", "rows"),
    [
        (cut_short, "It is not a whole Parquet file.", ()),
        (damage, "damaged or was cut short", ()),
        (lambda path: path.write_bytes(b""), "The file is empty.", ()),
        (lambda path: path.write_bytes(b"PK\x03\x04 something else"), "It is not a whole Parquet file.", ()),
        (lambda path: path.unlink(), "The file is missing.", ()),
        (link, "It is not a plain file.", ()),
        (latin_1, "The text is not UTF-8, first in line 4.", ()),
        (utf_16, "The text is not UTF-8, first in line 1.", ()),
        (not_utf_8_in_parquet, "The text is not UTF-8.", (9,)),
        (ragged, "more or fewer cells than the header", (4,)),
        (no_header, "The column is missing.", ()),
        (long_header, "The header cannot be read.", ()),
        (open_quote, "The header cannot be read.", ()),
        (no_columns, "It has no columns.", ()),
        (twice, "It is there as Parquet and as CSV.", ()),
        (lambda path: pq.write_table(pq.read_table(path).slice(0, 0), path), "The file holds no records.", ()),
        (lambda path: (path.parent / f"{SECRETLY}.txt").write_text("x"), "1 entry is not part of the delivery.", ()),
    ],
)
def test_files_that_are_not_whole_are_found(
    tmp_path: Path, sent: Path, spoil: Callable[[Path], Any], reason: str, rows: tuple[int, ...]
):
    spoil(sent / f"{PATIENT}.parquet")
    _, findings = looked_at(sent, tmp_path)
    mine = [one for one in findings if reason in one.reason]
    assert mine and mine[0].file.startswith("identity")
    assert mine[0].rows == rows
    assert not [one for one in findings if SECRETLY in str(one) or "Briain" in str(one)]


@pytest.mark.parametrize(
    ("about", "reason"),
    [
        ("[]", "not a JSON object"),
        ("{", "not a JSON object"),
        ({"provider": "police"}, "provider must be the code"),
        ({"delivery": "../2026"}, "delivery must be a name"),
        ({"cut": "January"}, "cut must be a day"),
        ({"contact": SECRETLY}, "a key that is not agreed"),
        ({"empty": ["payload/mht_contact"]}, "says that it holds no records, and it does"),
    ],
)
def test_a_wrong_delivery_json_is_found(tmp_path: Path, sent: Path, about: Any, reason: str):
    right = json.loads((sent / "delivery.json").read_text())
    (sent / "delivery.json").write_text(about if isinstance(about, str) else json.dumps(right | about))
    _, findings = looked_at(sent, tmp_path)
    assert any(reason in one.reason for one in findings)
    assert not [one for one in findings if SECRETLY in str(one)]


def test_a_file_may_be_empty_when_the_delivery_says_so(tmp_path: Path, sent: Path):
    about = json.loads((sent / "delivery.json").read_text())
    (sent / "delivery.json").write_text(json.dumps(about | {"empty": ["payload/mht_contact"]}))
    path = sent / f"{CONTACT}.parquet"
    pq.write_table(pq.read_table(path).slice(0, 0), path)
    results, findings = looked_at(sent, tmp_path)
    assert findings == []
    assert results[1]["counts"] == {REFERRAL: PEOPLE, CONTACT: 0}


def test_all_findings_are_told_and_many_are_counted(tmp_path: Path, sent: Path):
    """Not only the first: every check, with the first rows and the number of all."""

    def spoil(columns: Columns) -> None:
        columns["team"] = ["XX"] * PEOPLE
        columns["urgency"][3] = "soon"
        columns["referral_id_hash"][4] = None

    changed(sent, REFERRAL, spoil)
    changed(sent, PATIENT, drop("gender"))
    _, findings = looked_at(sent, tmp_path)
    told = {(one.file, one.column): one for one in findings}
    assert len(told) == 4
    codes = told[f"{REFERRAL}.parquet", "team"]
    assert (codes.rows, codes.count) == (tuple(range(1, 51)), PEOPLE)
    assert "(60 in all)" in str(codes)


# --- whole or not at all ------------------------------------------------------------------------------------------


def test_a_delivery_of_the_sixth_agency_is_accepted_and_the_same_again_is_left_alone(
    sent: Path, provider: Path, zones: Zones, tmp_path: Path
):
    """No code knows the agency. Its records lie in two zones, and only there."""
    first = accepted(sent, zones, provider)
    assert (first.provider, first.delivery, first.left_alone) == ("mental_health", "2026-01", False)
    assert first.counts == dict.fromkeys(FILES, PEOPLE)
    identity = zones.identities(CODE, "mental_health", "2026-01")
    payload = zones.payload_of(CODE, "mental_health", "2026-01")
    assert sorted(path.name for path in identity.iterdir()) == ["accepted.json", "mht_patient.parquet"]
    assert sorted(path.stem for path in payload.glob("*.parquet")) == ["mht_contact", "mht_referral"]
    assert {path.stat().st_mode & 0o777 for path in identity.iterdir()} == {0o400}
    assert {path.stat().st_mode & 0o077 for path in zones.root.rglob("*")} == {0}
    kept = snapshot(zones.root)
    assert not [name for name in kept if ".drafts" in name or ".row-ids" in name or ".sealed" in name]

    assert accepted(sent, zones, provider).left_alone

    assert snapshot(zones.root) == kept
    # The catalogue with the agency's tables is the one that a release is built with.
    merged_description(BASE, [read_provider(provider)], tmp_path / "merged")


def test_a_demonstration_that_holds_the_storage_root_holds_up_nothing(sent: Path, provider: Path, zones: Zones):
    zones.root.mkdir(parents=True, exist_ok=True)
    with held(zones.root):
        assert accepted(sent, zones, provider).counts[PATIENT] == PEOPLE


def test_after_a_refusal_every_zone_is_as_before(sent: Path, provider: Path, zones: Zones, tmp_path: Path):
    """One stream is fine, the other is not: neither is kept, in an empty zone and in one that holds something."""
    before = snapshot(zones.root)
    spoilt = shutil.copytree(sent, tmp_path / "spoilt")
    changed(spoilt, CONTACT, put("minutes", 3, value=9999))
    (spoilt / "notes.txt").write_text("x")
    with pytest.raises(JobRefused) as refused:
        accepted(spoilt, zones, provider)
    assert [(one.file, one.rows) for one in refused.value.findings] == [
        ("delivery.json", ()), (f"{CONTACT}.parquet", (3,)),
    ]  # fmt: skip
    assert snapshot(zones.root) == before

    accepted(sent, zones, provider)
    before = snapshot(zones.root)
    with pytest.raises(JobRefused, match="finding") as refused:
        accepted(spoilt, zones, provider)
    assert any("accepted before, with other content" in one.reason for one in refused.value.findings)
    assert snapshot(zones.root) == before


def test_a_later_delivery_adds_and_repeats_nothing(sent: Path, provider: Path, zones: Zones, tmp_path: Path):
    accepted(sent, zones, provider)
    later = write_delivery(tmp_path / "later", name="2026-02", start=PEOPLE)
    assert accepted(later, zones, provider).counts[PATIENT] == PEOPLE

    overlapping = write_delivery(tmp_path / "overlapping", name="2026-03", start=2 * PEOPLE - 1)
    with pytest.raises(JobRefused) as refused:
        accepted(overlapping, zones, provider)
    found = {(one.file, one.reason, one.rows) for one in refused.value.findings}
    assert (f"{PATIENT}.parquet", "The row id was delivered before.", (1,)) in found
    assert (f"{REFERRAL}.parquet", "The primary key was delivered before.", (1,)) in found


def test_new_facts_about_someone_delivered_before_are_welcome(sent: Path, provider: Path, zones: Zones, tmp_path: Path):
    accepted(sent, zones, provider)
    later = write_delivery(tmp_path / "later", name="2026-02", start=PEOPLE)
    columns = referrals(PEOPLE)
    for name in columns:
        columns[name].append(columns[name][0])
    columns["referral_id_hash"][-1], columns["row_id_hash"][-1] = key("ref", 5000), key("row", 3)
    pq.write_table(pa.table(columns), later / f"{REFERRAL}.parquet")
    assert accepted(later, zones, provider).counts[REFERRAL] == PEOPLE + 1


def test_a_delivery_that_cannot_be_read_at_all_names_no_path(tmp_path: Path, provider: Path, zones: Zones):
    (tmp_path / "nothing").mkdir()
    with pytest.raises(JobRefused) as refused:
        accepted(tmp_path / "nothing", zones, provider)
    assert [str(one) for one in refused.value.findings] == ["delivery.json: It is missing or is not a JSON object."]
    assert os.listdir(zones.root) == ["identifiers"]
