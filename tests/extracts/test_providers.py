"""A provider is one file: what it says is read, checked, and joins the catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

import governance.catalogue
from extracts.providers import ROLES, BadProvider, merged_description, read_provider, read_providers
from governance.catalogue.catalogue import read_catalogue
from tests.extracts.sixth_agency import MENTAL_HEALTH

BASE = Path(governance.catalogue.__file__).parent / "datasets" / "cjs_linked"


def written(folder: Path, text: str, name: str = "mental_health.toml") -> Path:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


def test_the_seven_providers_deliver_every_source_and_table_once():
    """Every source that links speak of has a provider, and every table but the derived and the linked ones."""
    catalogue = read_catalogue(BASE)
    providers = read_providers(BASE / "providers")

    assert [provider.code for provider in providers] == ["cps", "dfe", "dwp_hmrc", "hmcts", "hmpps", "pnc", "police"]
    sources = {source.name: source.person_role for provider in providers for source in provider.identity}
    assert set(sources) == set(catalogue["xjs_link"]["source_dataset"].choices)
    assert set(sources.values()) <= set(catalogue["xjs_link"]["person_role"].choices)
    delivered = {table for provider in providers for table in provider.payload}
    assert delivered == {table.name for table in catalogue.tables} - {"xjs_link", "case_link", "drv_victim_journey"}


def test_columns_have_the_providers_own_names_and_known_roles():
    police, hmpps = (read_provider(BASE / "providers" / f"{code}.toml") for code in ("police", "hmpps"))
    suspects = police.identity[1]
    assert suspects.own_names[:2] == ("nominal_ref", "given_name")
    assert dict(suspects.columns)["arrest_summons_no"] == "asn"
    assert hmpps.identity[1].own_name("person_number") == "crn"
    assert {role for source in police.identity for role in source.roles} <= set(ROLES)


def test_without_anything_to_add_the_description_is_the_same(tmp_path: Path):
    merged = merged_description(BASE, read_providers(BASE / "providers"), tmp_path / "merged")
    assert merged == read_catalogue(BASE)


def test_a_sixth_agency_is_one_file(tmp_path: Path):
    """A mental health trust, which nobody foresaw: two tables of its own, and the catalogue holds them."""
    trust = read_provider(written(tmp_path, MENTAL_HEALTH))
    providers = [*read_providers(BASE / "providers"), trust]

    catalogue = merged_description(BASE, providers, tmp_path / "merged")

    assert catalogue == read_catalogue(tmp_path / "merged")
    assert "mht_patient" in catalogue["xjs_link"]["source_dataset"].choices
    assert "patient" in catalogue["xjs_link"]["person_role"].choices
    referral = catalogue["mht_referral"]
    assert (referral.owner, referral.primary_key, referral.period_column) == (
        "mental_health", ("referral_id_hash",), "referred_on",
    )  # fmt: skip
    assert catalogue.dataset.keys["mht_referral"] == "A referral to mental health services"
    assert catalogue.code_list(referral["team"].codelist).label("LD") == "Liaison and diversion"
    assert [level.name for level in catalogue.levels(referral["referred_on"])][1] == "month"
    assert catalogue["mht_contact"]["minutes"].range == "1-600"
    assert catalogue.tables[: len(read_catalogue(BASE).tables)][1:] == read_catalogue(BASE).tables[1:]


def test_the_same_files_give_the_same_bytes(tmp_path: Path):
    trust = read_provider(written(tmp_path, MENTAL_HEALTH))
    for name in ("one", "two"):
        merged_description(BASE, [trust], tmp_path / name)
    for path in (tmp_path / "one").rglob("*.*"):
        assert path.read_bytes() == (tmp_path / "two" / path.relative_to(tmp_path / "one")).read_bytes()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('code = "mental_health"', "code = ", "mental_health.toml: The file cannot be read as TOML"),
        ('code = "mental_health"', 'code = "other"', "code: The file must be named other.toml."),
        ('label = "Mental health trust"', "", "label: It is missing or empty."),
        ('label = "Mental health trust"', "label = 7", "label: The value is of the wrong type."),
        ('label = "Mental health trust"', 'label = "x"\nlable = "y"', "lable: There is no such key."),
        ('given = "forename"', 'given = "nickname"', r"identity\[1\].columns.given: There is no role nickname."),
        ('given = "forename"', 'given = "surname"', r"identity\[1\].columns: surname is there twice."),
        ('row_id = "patient_ref"', 'row_id = "given"', r"identity\[1\].columns: given is there twice."),
        ('row_id = "patient_ref"', 'row_id = "patient ref"', r"identity\[1\].row_id: It must be letters"),
        ('name = "team"', 'name = "surname"', r"table\[1\].variable\[4\].name: surname says who somebody is"),
        ('name = "team"', 'name = "nhs_no"', "nhs_no is a name of an identity column"),
        ('name = "team"', 'name = "referred_on"', r"table\[1\].variable: referred_on is there twice."),
        ('["LD", "Liaison and diversion"]', '["LD"]', r"codes\[1\].rows\[1\]: A row holds 2 texts: code, label."),
    ],
)
def test_a_wrong_file_is_named_with_its_key(tmp_path: Path, old: str, new: str, complaint: str):
    assert old in MENTAL_HEALTH
    path = written(tmp_path, MENTAL_HEALTH.replace(old, new, 1))
    with pytest.raises(BadProvider, match=complaint):
        read_provider(path)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            'dtype = "integer"',
            'dtype = "number"',
            "mental_health.toml, table.mht_contact.minutes: Unknown dtype number.",
        ),
        ('ladder = "date"', 'ladder = "dates"', "table.mht_referral.referred_on: Unknown ladder dates."),
        ('codelist = "mht_teams"', 'codelist = "teams"', "table.mht_referral.team: The code list teams is missing."),
        ('owner = "mental_health"', 'owner = "nobody"', "table.mht_referral: Unknown owner nobody."),
        ('["referral_id_hash"]', '["referral"]', "table.mht_referral: primary_key names no variable"),
        ('key_domain = "mht_referral"', 'key_domain = "visit"', "The key domain visit is not in dataset.json."),
        ('["LD", "Liaison and diversion"]', '["CR", "Twice"]', "codes.mht_teams: Duplicate code CR."),
        ('name = "mht_contact"', 'name = "pol_crime"', "table: pol_crime exists already."),
        ('name = "mht_teams"', 'name = "sex"', "codes: The code list sex exists already."),
        (
            'code = "mental_health"',
            'code = "mental_health"\npayload = ["moon"]',
            "payload: No table moon is described.",
        ),
    ],
)
def test_what_the_catalogue_refuses_is_named_in_the_providers_file(tmp_path: Path, old: str, new: str, complaint: str):
    trust = read_provider(written(tmp_path, MENTAL_HEALTH.replace(old, new, 1)))
    with pytest.raises(BadProvider, match=complaint):
        merged_description(BASE, [trust], tmp_path / "merged")


def test_two_providers_cannot_deliver_the_same(tmp_path: Path):
    for code in ("one", "two"):
        written(tmp_path, MENTAL_HEALTH.replace('code = "mental_health"', f'code = "{code}"', 1), f"{code}.toml")
    with pytest.raises(BadProvider, match=r"two.toml, source: mht_patient belongs to one already."):
        read_providers(tmp_path)
