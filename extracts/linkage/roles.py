"""What a column can be to the linkage: the roles, other names that people give them, and how their text is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Role:
    """`repeats`: several columns of a file may play the role. `also`: names that mean the same."""

    name: str
    meaning: str
    repeats: bool = False
    also: tuple[str, ...] = ()


ROLES = (
    Role("forename", "first name", True, ("first_name", "firstname", "given_name", "given_names", "forenames", "fname")),
    Role("middle_name", "other forenames or their initials", False, ("middle_names", "middle_initial", "second_name")),
    Role("surname", "family name", True, ("last_name", "lastname", "family_name", "lname")),
    Role("full_name", "whole name in one column, in any order", True, ("name", "fullname")),
    Role("aliases", "other whole names, separated by |", True, ("alias", "other_names")),
    Role("date_of_birth", "date of birth, whole or in part", False, ("dob", "birth_date", "birthdate", "born")),
    Role("birth_year", "year of birth", False, ("year_of_birth", "yob")),
    Role("age", "age in years, when all records are of the same time"),
    Role("sex", "sex or gender", False, ("gender",)),
    Role("ethnicity", "ethnic group", False, ("ethnic_group", "race", "race_ethnicity")),
    Role("birth_place", "place of birth", False, ("place_of_birth", "birthplace")),
    Role("house_number", "number or name of the house", False, ("street_number", "house", "building")),
    Role("street", "name of the street", False, ("street_name", "road", "address_1")),
    Role("address", "address in one column", True, ("address_line", "full_address", "address_2")),
    Role("town", "town or suburb", False, ("city", "suburb", "place", "locality")),
    Role("region", "county, state or region", False, ("county", "state")),
    Role("postcode", "postcode; several separated by |", True, ("zip", "zipcode", "zip_code", "postal_code", "post_code")),
    Role("phone", "telephone number", True, ("telephone", "phone_number", "mobile")),
    Role("email", "e-mail address", True, ("e_mail", "email_address")),
    Role("occupation", "occupation or employer", False, ("job", "employer")),
    Role("category", "a code that people keep", True, ("code",)),
    Role("text", "any other words about the person", True),
    Role("identifier", "a number that nearly nobody shares", True, ("id_number", "number", "ssn", "national_id", "soc_sec_id")),
    Role("pnc", "Police National Computer number", False, ("pnc_number", "pnc_id")),
    Role("cro", "Criminal Records Office number", False, ("cro_number",)),
    Role("prison_number", "prison number", False, ("noms_number", "nomis_number")),
    Role("person_number", "the source's own number of the person, comparable within that source only"),
    Role("national_insurance", "National Insurance number", False, ("nino", "ni_number")),
    Role("asn", "arrest/summons number", False, ("arrest_summons_number",)),
    Role("case_reference", "reference of a case, as printed", False, ("urn", "case_number")),
    Role("event_date", "date of arrest, charge, hearing or reception"),
    Role("sentence_dates", "dates of sentence, separated by |", False, ("sentence_date",)),
    Role("ignore", "not used"),
)  # fmt: skip

BY_NAME: Mapping[str, Role] = {role.name: role for role in ROLES}
_OTHER_NAMES = {other: role.name for role in ROLES for other in role.also}


def role_named(name: str) -> Role | None:
    """The role of that name or of a name that means the same; None when there is none."""
    key = name.strip().lower().replace(" ", "_").replace("-", "_")
    return BY_NAME.get(_OTHER_NAMES.get(key, key))
