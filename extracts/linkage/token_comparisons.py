"""What is compared of encoded records: the same questions as in clear text, as far as equality of tokens answers them.

Where clear text asks how alike two names are, tokens tell whether they sound the same or begin the same; where it
counts slips in a date, tokens tell which of its parts agree. How m and the other columns are meant is said in
`comparisons`, whose rows these are.
"""

from __future__ import annotations

from extracts.linkage.comparisons import (
    SAME_PLACE,
    SWAPPED,
    Comparison,
    Level,
    codes,
    crossed,
    either_null,
    equal,
    overlap,
)
from extracts.linkage.model import any_of

SOUNDS_SWAPPED = "(forename_sound_l = surname_sound_r AND surname_sound_l = forename_sound_r)"
BEGINNING = (
    "(forename_2_l IS NULL OR forename_2_r IS NULL) AND forename_1_l = forename_1_r"
    " OR (forename_3_l IS NULL OR forename_3_r IS NULL) AND forename_2_l = forename_2_r"
)


def alike(name: str) -> str:
    """Two names have something of their shape in common, certainly or not at all."""
    shapes = " OR ".join(
        f"coalesce({name}_{part}_l = {name}_{part}_r, false)" for part in ("sound", "3", "end", "letters")
    )
    return f"({equal(name)} OR {shapes})"


NUMBERS = ("pnc", "cro", "prison_number", "national_insurance", "identifier")

FORENAME = Comparison("forename", ("forename",), either_null("forename"), (
    Level("swapped with surname", SWAPPED, 0.01, ("surname",), fixed=0.0),
    Level("sounds swapped with surname", SOUNDS_SWAPPED, 0.002, ("surname",), fixed=0.0),
    Level("same", equal("forename"), 0.80, frequency="forename"),
    Level("short form", overlap("forename_full"), 0.06),
    Level("sounds the same", equal("forename_sound"), 0.02, frequency="forename_sound"),
    Level("among other names", overlap("names"), 0.02, ("names",)),
    Level("as middle name", crossed("forename", "middle"), 0.01, ("middle",)),
    Level("same letters", equal("forename_letters"), 0.01, frequency="forename_letters"),
    Level("first three letters", equal("forename_3"), 0.02, frequency="forename_3"),
    Level("last three letters", equal("forename_end"), 0.01, frequency="forename_end"),
    Level("short beginning", BEGINNING, 0.01),
    Level("first two letters", equal("forename_2"), 0.01, frequency="forename_2"),
    Level("different", "ELSE", 0.03),
))  # fmt: skip

SURNAME = Comparison("surname", ("surname",), either_null("surname"), (
    Level("swapped with forename", SWAPPED, 0.005, ("forename",), frequency="name"),
    Level("sounds swapped with forename", SOUNDS_SWAPPED, 0.002, ("forename",)),
    Level("same, at the same place", f"{SAME_PLACE} AND {equal('surname')}", 0.90, given=True),
    Level("alike, at the same place", f"{SAME_PLACE} AND {alike('surname')}", 0.06, given=True),
    Level("different, at the same place", SAME_PLACE, 0.04, given=True),
    Level("same", equal("surname"), 0.83, frequency="surname"),
    Level("sounds the same", equal("surname_sound"), 0.05, frequency="surname_sound"),
    Level("among other names", overlap("names"), 0.02, ("names",)),
    Level("same letters", equal("surname_letters"), 0.01, frequency="surname_letters"),
    Level("first three letters", equal("surname_3"), 0.03, frequency="surname_3"),
    Level("last three letters", equal("surname_end"), 0.02, frequency="surname_end"),
    Level("first two letters", equal("surname_2"), 0.01, frequency="surname_2"),
    Level("different", "ELSE", 0.06),
), given=SAME_PLACE)  # fmt: skip

MIDDLE = Comparison("middle_name", ("middle",), either_null("middle"), (
    Level("same", equal("middle"), 0.85, frequency="middle"),
    Level("same initial", equal("middle_1"), 0.10, frequency="middle_1"),
    Level("different", "ELSE", 0.05),
))  # fmt: skip

BORN = Comparison("date_of_birth", ("born",), either_null("born_year"), (
    Level("same", equal("born"), 0.85, frequency="born"),
    Level("same year, one without day", f"{either_null('born')} AND {equal('born_year')}", 0.05, frequency="born_year"),
    Level("another year, one without day", either_null("born"), 0.01),
    Level("day and month exchanged", "born_l = born_swapped_r", 0.01),
    Level("same year and month", equal("born_year_month"), 0.03),
    Level("same year and day", equal("born_year_day"), 0.03),
    Level("same month and day", equal("born_month_day"), 0.02, frequency="born_month_day"),
    Level("same year", equal("born_year"), 0.02),
    Level("different", "ELSE", 0.03, most=0.008),
))  # fmt: skip

BIRTH_YEAR = Comparison("birth_year", ("born_year",), either_null("born_year"), (
    Level("same", equal("born_year"), 0.85, frequency="born_year"),
    Level("different", "ELSE", 0.15),
), unless=("born",))  # fmt: skip

SEX = Comparison("sex", ("sex",), either_null("sex"), (
    Level("same", equal("sex"), 0.98, frequency="sex"),
    Level("different", "ELSE", 0.02),
))  # fmt: skip

# Twins and namesakes as in clear text; a date that shares no two of its parts counts as another date.
SAME_FORENAME = f"({alike('forename')} OR coalesce({BEGINNING}, false) OR same_by_other_names)"
ANOTHER_DATE = " AND ".join(
    f"NOT {equal(part)}" for part in ("born_year", "born_month_day", "born_year_month", "born_year_day")
)
OF_A_PERSON = ("forename", "surname", "born")
TWINS = Comparison("twins", OF_A_PERSON, either_null(*OF_A_PERSON), (
    Level("one day and place, other forenames", f"{equal('born')} AND {alike('surname')} AND same_day_or_place"
          f" AND NOT {SAME_FORENAME} AND NOT same_by_number", 1.0, fixed=-16.0),
    Level("no twins", "ELSE", 1.0, fixed=0.0),
))  # fmt: skip
NAMESAKES = Comparison("namesakes", (*OF_A_PERSON, "address_key"), either_null(*OF_A_PERSON), (
    Level("one name, another date", f"{equal('forename')} AND {equal('surname')} AND {ANOTHER_DATE}", 1.0, fixed=-3.0),
    Level("no namesakes", "ELSE", 1.0, fixed=0.0),
))  # fmt: skip

PLACE_PARTS = ("postcode", "address_key", "street", "town", "region")
PLACE = Comparison("place", (), "nothing_of_place", (
    Level("same address", f"{equal('address_key')} AND NOT coalesce(far_apart, false)", 0.35, ("address_key",),
          frequency="address_key"),
    Level("same street and area", f"{equal('street')} AND (same_area)", 0.08, ("street",), frequency="street"),
    Level("same postcode", "same_postcode", 0.25, ("postcode",), frequency="postcode"),
    Level("same sector", equal("sector"), 0.03, ("postcode",), frequency="sector"),
    Level("same outcode", equal("outcode"), 0.06, ("postcode",), frequency="outcode"),
    Level("same street elsewhere", equal("street"), 0.02, ("street",), frequency="street"),
    Level("same town", equal("town"), 0.06, ("town",), frequency="town"),
    Level("same region", equal("region"), 0.05, ("region",), frequency="region"),
    Level("different", "ELSE", 0.17),
))  # fmt: skip

SENTENCES = Comparison("sentence_dates", ("sentence_dates",), "(coalesce(len(sentence_dates_l), 0) = 0"
    " OR coalesce(len(sentence_dates_r), 0) = 0)", (
    Level("a date in common", overlap("sentence_dates"), 0.5),
    Level("no date in common", "ELSE", 0.5),
))  # fmt: skip


def _of_one(name: str) -> Comparison:
    """What one person has several of: another one says nothing."""
    return Comparison(name, (name,), either_null(name), (
        Level("same", equal(name), 0.3, frequency=name),
        Level("another", "ELSE", 0.7, fixed=0.0),
    ))  # fmt: skip


TOKEN_COMPARISONS = (
    FORENAME, SURNAME, MIDDLE, BORN, TWINS, NAMESAKES, BIRTH_YEAR, SEX, PLACE,
    codes("birth_place"), codes("occupation", 0.7),
    codes("identifier", 0.9), codes("identifier_2", 0.9), codes("phone", 0.9), codes("email", 0.9),
    codes("pnc", 0.98), codes("cro", 0.98), codes("prison_number", 0.95), codes("national_insurance", 0.97),
    _of_one("person_number"), _of_one("asn"), _of_one("case_reference"), SENTENCES,
)  # fmt: skip


def token_parts(there: set[str]) -> dict[str, str]:
    """Conditions on places, numbers and other names, as far as the tokens can tell. "" for what none can."""
    areas = [equal(f) for f in ("outcode", "town") if f in there] or (
        [equal("region")] if "region" in there else ["true"]
    )
    apart = [f"{f}_l <> {f}_r" for f in ("outcode", "town") if f in there]
    same_postcode = f"({equal('postcode')} OR {overlap('postcodes')})"
    far_apart = f"({' AND '.join(apart)})" if apart else "false"
    same = [same_postcode] if "postcode" in there else []
    if "address_key" in there:
        same.append(f"({equal('address_key')} AND NOT coalesce({far_apart}, false))")
    same_day = [overlap("sentence_dates")] if "sentence_dates" in there else []
    others = {
        "names": overlap("names"),
        "forename_full": overlap("forename_full"),
        "middle": crossed("forename", "middle"),
    }
    return {
        "same_place": any_of(same),
        "same_day_or_place": any_of([*same, *same_day]),
        "same_by_number": any_of([equal(f) for f in NUMBERS if f in there]) or "false",
        "same_by_other_names": any_of([sql for f, sql in others.items() if f in there]) or "false",
        "same_postcode": same_postcode,
        "same_area": " OR ".join(areas),
        "far_apart": far_apart,
        "nothing_of_place": " AND ".join(either_null(part) for part in PLACE_PARTS if part in there) or "true",
    }  # fmt: skip
