"""Which features are derived from which roles, as DuckDB expressions in three layers (each may use the one before)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extracts.linkage import dates, identifiers
from extracts.linkage.names import first_word, last_word, name_words, once, skeleton, without_first, words

Roles = Mapping[str, Sequence[str]]  # role -> own columns, quoted
Layer = dict[str, str]  # feature -> SQL

CANONICAL = {
    "pnc": identifiers.canonical_pnc,
    "cro": identifiers.canonical_cro,
    "prison_number": identifiers.canonical_prison_number,
    "national_insurance": identifiers.canonical_national_insurance,
    "asn": identifiers.canonical_asn,
    "case_reference": identifiers.canonical_case_reference,
}
SINGLE_WORDS = ("birth_place", "occupation", "ethnicity", "town", "region")
# Kinds of street are written in full or short.
STREET_KINDS = (
    ("street", "st"), ("road", "rd"), ("avenue", "ave"), ("lane", "ln"), ("drive", "dr"), ("close", "cl"), ("crescent", "cres"),
    ("place", "pl"), ("court", "ct"), ("square", "sq"), ("terrace", "tce"), ("gardens", "gdns"), ("boulevard", "blvd"),
)  # fmt: skip
NO_NUMBER = r"^([0X9A-Z])\1*$"  # nothing, all zeros, all nines, one letter again and again


def numbered(name: str, count: int) -> list[str]:
    """`name`, `name_2`, ... for several columns of one role."""
    return [name if place == 0 else f"{name}_{place + 1}" for place in range(count)]


def first_layer(roles: Roles, *, month_first: bool, surname_first: bool) -> Layer:
    """What comes straight from the file's own columns."""
    return {**_names(roles, surname_first), **_person(roles, month_first), **_places(roles), **_numbers(roles)}


def _names(roles: Roles, surname_first: bool) -> Layer:
    layer: Layer = {}
    if "full_name" in roles:
        layer["whole_name"] = name_words(f"concat_ws(' ', {', '.join(roles['full_name'])})")
    if "forename" in roles:
        layer["forenames"] = name_words(roles["forename"][0])
    elif "full_name" in roles:
        layer["forenames"] = _side(roles["full_name"][0], surname_first)
    if "surname" in roles:
        layer["surname"] = name_words(roles["surname"][0])
    elif "full_name" in roles:
        layer["surname"] = _last(roles["full_name"][0], surname_first)
    if "middle_name" in roles:
        layer["middle_names"] = name_words(roles["middle_name"][0])
    others = _other_names(roles)
    if others:
        layer["aliases"] = others
    return layer


def _side(column: str, surname_first: bool) -> str:
    """The forenames of a whole name: all words but the last, or what follows the comma."""
    if surname_first:
        return name_words(f"split_part({column}, ',', 2)")
    name = name_words(column)
    return f"nullif(regexp_replace({name}, ' ?[^ ]+$', ''), '')"


def _last(column: str, surname_first: bool) -> str:
    return name_words(f"split_part({column}, ',', 1)") if surname_first else last_word(name_words(column))


def _other_names(roles: Roles) -> str:
    """Whole names besides the first: of the aliases, and of further columns of forenames and surnames."""
    parts = [
        f"list_transform(string_split({column}, '|'), lambda alias: {name_words('alias')})"
        for column in roles.get("aliases", ())
    ]
    forenames, surnames = roles.get("forename", ()), roles.get("surname", ())
    crossed = [(f, s) for f in forenames for s in surnames if (f, s) != (forenames[0], surnames[0])]
    parts += [f"[{name_words(f'{f} || {_SPACE} || {s}')}]" for f, s in crossed]
    if not parts:
        return ""
    joined = " || ".join(f"coalesce({part}, [])" for part in parts)
    return f"list_sort(list_distinct(list_filter({joined}, lambda alias: alias IS NOT NULL)))"


_SPACE = "' '"


def _person(roles: Roles, month_first: bool) -> Layer:
    layer: Layer = {}
    if "date_of_birth" in roles:
        column = roles["date_of_birth"][0]
        layer["born_text"] = f"trim({column})"
        layer["born"] = dates.eight_digits(column, month_first=month_first)
    for role in ("birth_year", "age"):
        if role in roles:
            layer[f"{role}_given"] = f"TRY_CAST(TRY_CAST(trim({roles[role][0]}) AS DOUBLE) AS INTEGER)"
    if "sex" in roles:
        told = (
            "CASE WHEN told IN ('m', 'male', 'man', 'boy', '1') THEN 'm' "
            "WHEN told IN ('f', 'female', 'woman', 'girl', 'w', '2') THEN 'f' "
            "WHEN told NOT IN ('0', '9', 'u', 'unspecified', 'indeterminate') THEN told END"
        )
        layer["sex"] = once(words(roles["sex"][0]), "told", told)
    if "sentence_dates" in roles:
        each = dates.eight_digits("written", month_first=month_first)
        layer["sentence_dates"] = (
            f"list_sort(list_distinct(list_filter(list_transform(string_split({roles['sentence_dates'][0]}, '|'), "
            f"lambda written: {each}), lambda day: day IS NOT NULL)))"
        )
    return layer


def _places(roles: Roles) -> Layer:
    layer: Layer = {role: words(roles[role][0]) for role in SINGLE_WORDS if role in roles}
    if "postcode" in roles:
        lists = " || ".join(f"coalesce(string_split({column}, '|'), [])" for column in roles["postcode"])
        layer["postcodes"] = (
            f"list_distinct(list_filter(list_transform({lists}, lambda code: {postcode('code')}), "
            "lambda code: code IS NOT NULL))"
        )
    if "house_number" in roles:
        layer["house"] = f"regexp_replace({words(roles['house_number'][0])}, '^0+(\\d)', '\\1')"
    texts = list(roles.get("address", ()))
    if "street" in roles:
        layer["street"] = street(words(roles["street"][0]))
    elif texts:
        line = words(texts.pop(0))
        before = f"regexp_extract({line}, '^(?:flat \\w+ )?(\\d+[a-z]?)\\b', 1)"
        layer.setdefault("house", once(before, "house", "nullif(house, '')"))
        layer["street"] = street(f"regexp_replace({line}, '^(?:flat \\w+ )?\\d+[a-z]? ', '')")
    texts += list(roles.get("text", ()))
    layer |= {name: words(column) for name, column in zip(numbered("text", len(texts)), texts, strict=True)}
    return layer


def postcode(code: str) -> str:
    """Letters and digits of a postcode, of an extended numeric code the first five; not those of no fixed abode."""
    short = "CASE WHEN regexp_full_match(bare, '\\d{9}') THEN left(bare, 5) ELSE bare END"
    real = " AND ".join(f"NOT starts_with(bare, '{start}')" for start in identifiers.NO_ADDRESS)
    return once(
        f"regexp_replace(upper({code}), '[^A-Z0-9]', '', 'g')", "bare",
        f"CASE WHEN length(bare) BETWEEN 3 AND 9 AND regexp_matches(bare, '\\d') AND {real} THEN {short} END",
    )  # fmt: skip


def street(line: str) -> str:
    """A line of an address with kinds of street written short."""
    text = "line || ' '"
    for long, short in STREET_KINDS:
        text = f"replace({text}, ' {long} ', ' {short} ')"
    return once(line, "line", once(f"trim({text})", "street", "nullif(street, '')"))


def _numbers(roles: Roles) -> Layer:
    layer: Layer = {role: made(roles[role][0]) for role, made in CANONICAL.items() if role in roles}
    if "person_number" in roles:
        layer["person_number"] = f"source || ':' || {number(roles['person_number'][0])}"
    for role in ("identifier", "category", "phone", "email"):
        columns = roles.get(role, ())
        layer |= {
            name: _CLEANED[role](column) for name, column in zip(numbered(role, len(columns)), columns, strict=True)
        }
    return layer


def number(column: str) -> str:
    """Letters and digits of a number; NULL when it stands for none."""
    real = "length(bare) >= 3 AND NOT length(replace(bare, left(bare, 1), '')) = 0"
    return once(f"regexp_replace(upper({column}), '[^A-Z0-9]', '', 'g')", "bare", f"CASE WHEN {real} THEN bare END")


def _phone(column: str) -> str:
    digits = f"regexp_replace({column}, '[^0-9]', '', 'g')"
    return f"CASE WHEN length({digits}) >= 6 THEN right({digits}, 9) END"


def _email(column: str) -> str:
    return f"CASE WHEN contains({column}, '@') THEN lower(trim({column})) END"


_CLEANED = {"identifier": number, "category": words, "phone": _phone, "email": _email}


def second_layer(first: Mapping[str, str], years: tuple[int, int] | None = None) -> Layer:
    """Parts of names, dates and places."""
    layer: Layer = {}
    if "forenames" in first:
        layer["forename"] = first_word("forenames")
        layer["middle"] = (
            f"coalesce(middle_names, {without_first('forenames')})"
            if "middle_names" in first
            else without_first("forenames")
        )
    elif "middle_names" in first:
        layer["middle"] = "middle_names"
    if "surname" in first:
        layer["surname_sound"] = skeleton("surname")
    if "postcodes" in first:
        layer["postcode"] = "postcodes[1]"
        layer |= {"sector": area("postcodes[1]", 2, 1), "outcode": area("postcodes[1]", 3, 2)}
    if "street" in first:
        layer["address_key"] = "house || ' ' || street" if "house" in first else "street"
    layer |= _year(first)
    return layer


def area(code: str, uk_letters: int, other_letters: int) -> str:
    """The postcode without its last characters: of a UK one (it begins with a letter) or another."""
    cut = (
        f"CASE WHEN regexp_matches({code}, '^[A-Z]') AND length({code}) >= 5 THEN {uk_letters} ELSE {other_letters} END"
    )
    return f"left({code}, length({code}) - {cut})"


def _year(first: Mapping[str, str]) -> Layer:
    parts = ["birth_year_given"] if "birth_year_given" in first else []
    if "born" in first:
        parts.insert(0, dates.year("born_text", "born"))
    if not parts and "age_given" in first:
        parts.append("2000 - age_given")
    return {"birth_year": f"coalesce({', '.join(parts)})"} if parts else {}


def third_layer(there: Mapping[str, str]) -> Layer:
    """What needs whole names: for other names, and for names of many words in any order."""
    layer: Layer = {}
    if {"forename", "surname"} <= there.keys():
        layer["name"] = "forename || ' ' || surname"
    if {"aliases", "forename", "surname"} <= there.keys():
        layer["names"] = (
            "list_distinct(coalesce(aliases, []) || list_filter([forename || ' ' || surname], lambda n: n IS NOT NULL))"
        )
    if "whole_name" in there:
        every = "concat_ws(' ', whole_name, forenames, surname)"
        layer["name_words"] = f"list_filter(list_distinct(string_split({every}, ' ')), lambda w: length(w) > 1)"
    return layer
