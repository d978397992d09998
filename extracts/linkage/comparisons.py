"""What is compared, level by level, strongest first: a table of rows that the features at hand choose from.

A level's `m` is what is expected among records of one person before anything is learnt; it steadies training on few
data. `frequency` names the feature whose rarity makes agreement weigh more. Levels of `given` hold where its condition
does; the weights of both groups are learnt apart, since what is likely at the same address is unlikely elsewhere.
Weights of `fixed` levels (bits) are never learnt. `most` is the largest `m` that is believed: fathers and sons of one
name, who look like one person with another date of birth, would teach the model that dates hardly matter. `u` is what
is expected among strangers; it stays where levels are `given` and the comparison names no condition to learn it under.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Level:
    label: str
    sql: str
    m: float
    needs: tuple[str, ...] = ()
    frequency: str = ""
    given: bool = False
    fixed: float | None = None
    most: float = 1.0
    u: float | None = None


@dataclass(frozen=True)
class Comparison:
    """`missing`: when nothing can be said. `given`: a condition on the pair, or nothing."""

    name: str
    needs: tuple[str, ...]
    missing: str
    levels: tuple[Level, ...]
    given: str = ""
    unless: tuple[str, ...] = field(default=())


def either_null(*features: str) -> str:
    return "(" + " OR ".join(f"{f}_{side} IS NULL" for f in features for side in "lr") + ")"


def equal(feature: str) -> str:
    return f"{feature}_l = {feature}_r"


def alike(feature: str, least: float) -> str:
    return f"jaro_winkler_similarity({feature}_l, {feature}_r) >= {least}"


def crossed(left: str, right: str) -> str:
    return f"({left}_l = {right}_r OR {right}_l = {left}_r)"


def overlap(feature: str) -> str:
    return f"list_has_any({feature}_l, {feature}_r)"


SWAPPED = "(forename_l = surname_r AND surname_l = forename_r)"
NEARLY_SWAPPED = "(jaro_winkler_similarity(forename_l, surname_r) >= 0.88 AND jaro_winkler_similarity(surname_l, forename_r) >= 0.88)"
SAME_PLACE = "same_place"  # replaced by what the features or tokens can tell, see `clear_parts` and `token_parts`

FORENAME = Comparison("forename", ("forename",), either_null("forename"), (
    Level("swapped with surname", SWAPPED, 0.01, ("surname",), fixed=0.0),
    Level("swapped with surname, with slips", NEARLY_SWAPPED, 0.002, ("surname",), fixed=0.0),
    Level("same", equal("forename"), 0.80, frequency="forename"),
    Level("short form", overlap("forename_keys"), 0.05, ("forename_keys",)),
    Level("nearly the same", alike("forename", 0.9), 0.04),
    Level("among other names", overlap("names"), 0.02, ("names",)),
    Level("as middle name", f"({crossed('forename', 'middle')})", 0.01, ("middle",)),
    Level("initial or beginning", "(starts_with(forename_l, forename_r) OR starts_with(forename_r, forename_l))", 0.02),
    Level("somewhat alike", alike("forename", 0.78), 0.02),
    Level("different", "ELSE", 0.03),
), unless=("name_words",))  # fmt: skip

SURNAME = Comparison("surname", ("surname",), either_null("surname"), (
    Level("swapped with forename", SWAPPED, 0.005, ("forename",), frequency="name"),
    Level("swapped with forename, with slips", NEARLY_SWAPPED, 0.002, ("forename",)),
    Level("same, at the same place", f"{SAME_PLACE} AND {equal('surname')}", 0.90, given=True),
    Level("nearly the same, at the same place", f"{SAME_PLACE} AND {alike('surname', 0.88)}", 0.06, given=True),
    Level("different, at the same place", SAME_PLACE, 0.04, given=True),
    Level("same", equal("surname"), 0.83, frequency="surname"),
    Level("nearly the same", alike("surname", 0.9), 0.05),
    Level("one of two", "(contains(' ' || surname_l || ' ', ' ' || surname_r || ' ')"
          " OR contains(' ' || surname_r || ' ', ' ' || surname_l || ' '))", 0.01),
    Level("sounds the same", equal("surname_sound"), 0.01),
    Level("among other names", overlap("names"), 0.02, ("names",)),
    Level("somewhat alike", alike("surname", 0.78), 0.01),
    Level("different", "ELSE", 0.04),
), given=SAME_PLACE, unless=("name_words",))  # fmt: skip

SHARED_BITS = "list_sum(list_transform(list_intersect(name_codes_l, name_codes_r), lambda code: code % 256)) / 8.0"
FORENAMES_AGREE = f"({equal('forename')} OR coalesce({overlap('forename_keys')}, false) OR {alike('forename', 0.9)})"
FORENAMES_UNSURE = (
    f"({either_null('forename')} OR starts_with(forename_l, forename_r) OR starts_with(forename_r, forename_l)"
    f" OR list_contains(name_words_l, forename_r) OR list_contains(name_words_r, forename_l))"
)
BITS = (20, 15, 11, 7)
BIT_SHARES = (0.45, 0.25, 0.15, 0.08, 0.07)
_CLASSES = (
    ("forenames agree", FORENAMES_AGREE, 0.8),
    ("forenames unsure", FORENAMES_UNSURE, 0.15),
    ("forenames differ", "true", 0.05),
)


def _word_levels() -> Iterable[Level]:
    for label, condition, share in _CLASSES:
        for bits, part in zip((*BITS, 0), BIT_SHARES, strict=True):
            shared = f"coalesce({SHARED_BITS}, 0) >= {bits}" if bits else "true"
            sql = "ELSE" if (label, bits) == (_CLASSES[-1][0], 0) else f"{condition} AND {shared}"
            yield Level(f"{label}, {bits} bits of shared words", sql, share * part)


WORDS = Comparison("name", ("name_words",), either_null("name_words"), tuple(_word_levels()))

MIDDLE = Comparison("middle_name", ("middle",), either_null("middle"), (
    Level("same", equal("middle"), 0.85, frequency="middle"),
    Level("initial or beginning", "(starts_with(middle_l, middle_r) OR starts_with(middle_r, middle_l))", 0.07),
    Level("nearly the same", alike("middle", 0.88), 0.04),
    Level("different", "ELSE", 0.05),
), unless=("name_words",))  # fmt: skip

YEARS_APART = "abs(birth_year_l - birth_year_r)"


def _two_parts(*places: tuple[int, int]) -> str:
    return " AND ".join(f"substr(born_l, {p}, {n}) = substr(born_r, {p}, {n})" for p, n in places)


YEAR, MONTH, DAY = (1, 4), (5, 2), (7, 2)


def _born(most: float, needs: tuple[str, ...], unless: tuple[str, ...]) -> Comparison:
    """`most`: the largest share of a person's pairs whose dates have nothing to do with each other."""
    return Comparison("date_of_birth", needs, either_null("birth_year"), (
        Level("same", equal("born"), 0.85, frequency="born"),
        Level("same year, one without day", f"{either_null('born')} AND {equal('birth_year')}", 0.05, frequency="birth_year"),
        Level("another year, one without day", f"{either_null('born')}", 0.01),
        Level("day and month exchanged", "(left(born_l, 4) = left(born_r, 4) AND substr(born_l, 5, 2) = substr(born_r, 7, 2)"
              " AND substr(born_l, 7, 2) = substr(born_r, 5, 2))", 0.01),
        Level("same year, one of 1 January", f"{equal('birth_year')} AND (ends_with(born_l, '0101') OR ends_with(born_r, '0101'))",
              0.01),
        Level("one slip", "damerau_levenshtein(born_l, born_r) = 1", 0.04),
        Level("same year and month", _two_parts(YEAR, MONTH), 0.01),
        Level("same year and day", _two_parts(YEAR, DAY), 0.01),
        Level("same month and day", f"{_two_parts(MONTH, DAY)} AND NOT ends_with(born_l, '0101')", 0.01),
        Level("same year", equal("birth_year"), 0.02),
        Level("within a year", f"{YEARS_APART} <= 1", 0.01, most=2 * most),
        Level("two slips", "damerau_levenshtein(born_l, born_r) = 2", 0.01),
        Level("within ten years", f"{YEARS_APART} <= 10", 0.01, most=most),
        Level("different", "ELSE", 0.01, most=most),
    ), unless=unless)  # fmt: skip


BORN = _born(0.004, ("born",), ("name_words",))
BORN_OF_OLD = _born(1.0, ("born", "name_words"), ())  # whole names in any order are of records where dates slip too

BIRTH_YEAR = Comparison("birth_year", ("birth_year",), either_null("birth_year"), (
    Level("same", equal("birth_year"), 0.85, frequency="birth_year"),
    Level("a year apart", f"{YEARS_APART} <= 1", 0.07),
    Level("two years apart", f"{YEARS_APART} <= 2", 0.02),
    Level("within five years", f"{YEARS_APART} <= 5", 0.02),
    Level("within ten years", f"{YEARS_APART} <= 10", 0.02),
    Level("different", "ELSE", 0.02),
), unless=("born",))  # fmt: skip

SEX = Comparison("sex", ("sex",), either_null("sex"), (
    Level("same", equal("sex"), 0.98, frequency="sex"),
    Level("different", "ELSE", 0.02),
))  # fmt: skip

# Twins and others of a household who were born on one day: forced apart.
SAME_FORENAME = (
    f"({equal('forename')} OR damerau_levenshtein(forename_l, forename_r) <= 1 OR {alike('forename', 0.92)}"
    " OR starts_with(forename_l, forename_r) OR starts_with(forename_r, forename_l) OR same_by_other_names)"
)
TWINS = Comparison("twins", ("forename", "surname", "born"), either_null("forename", "surname", "born"), (
    Level("one day and place, other forenames", f"{equal('born')} AND {alike('surname', 0.92)} AND same_day_or_place"
          f" AND NOT {SAME_FORENAME} AND NOT same_by_number", 1.0, fixed=-16.0),
    Level("no twins", "ELSE", 1.0, fixed=0.0),
), unless=("name_words",))  # fmt: skip

# Fathers and sons of one name agree on all but the day of birth, more often than chance would have it. Only where
# addresses are known: then there is enough to know a person by whose date of birth is wrong.
NAMESAKES = Comparison("namesakes", ("forename", "surname", "born", "address_key"), either_null("forename", "surname", "born"), (
    Level("one name, another date", f"{equal('forename')} AND {equal('surname')} AND {YEARS_APART} > 1"
          " AND damerau_levenshtein(born_l, born_r) > 1", 1.0, fixed=-3.0),
    Level("no namesakes", "ELSE", 1.0, fixed=0.0),
), unless=("name_words",))  # fmt: skip

NEAR = "(same_area)"
PLACE_PARTS = ("postcode", "street", "town", "region")
PLACE = Comparison("place", (), "nothing_of_place", (
    Level("same address", f"{equal('address_key')} AND NOT coalesce(far_apart, false)", 0.35, ("address_key",),
          frequency="address_key"),
    Level("same street and area", f"{equal('street')} AND {NEAR}", 0.08, ("street",), frequency="street"),
    Level("same postcode", "same_postcode", 0.25, ("postcode",), frequency="postcode"),
    Level("same house, street alike", f"{equal('house')} AND {alike('street', 0.85)}", 0.05, ("house", "street")),
    Level("street alike, same area", f"{alike('street', 0.88)} AND {NEAR}", 0.03, ("street",)),
    Level("same sector", "same_sector", 0.03, ("postcode",)),
    Level("postcode with one slip", "(length(postcode_l) >= 4 AND damerau_levenshtein(postcode_l, postcode_r) = 1)", 0.02,
          ("postcode",)),
    Level("same outcode", equal("outcode"), 0.06, ("postcode",), frequency="outcode"),
    Level("same street elsewhere", equal("street"), 0.02, ("street",), frequency="street"),
    Level("same town", equal("town"), 0.05, ("town",), frequency="town"),
    Level("town alike", alike("town", 0.9), 0.02, ("town",)),
    Level("same region", equal("region"), 0.05, ("region",), frequency="region"),
    Level("different", "ELSE", 0.15),
))  # fmt: skip


def texts(name: str, m: float = 0.75) -> Comparison:
    """Words about a person that may be put in other ways."""
    return Comparison(name, (name,), either_null(name), (
        Level("same", equal(name), m, frequency=name),
        Level("nearly the same", alike(name, 0.9), (1 - m) / 3),
        Level("different", "ELSE", 2 * (1 - m) / 3),
    ))  # fmt: skip


BIRTH_PLACE = Comparison("birth_place", ("birth_place",), either_null("birth_place"), (
    Level("same, in the same area", f"{equal('outcode')} AND {equal('birth_place')}", 0.75, ("outcode",), given=True),
    Level("alike, in the same area", f"{equal('outcode')} AND {alike('birth_place', 0.9)}", 0.05, ("outcode",), given=True),
    Level("different, in the same area", equal("outcode"), 0.2, ("outcode",), given=True),
    Level("same", equal("birth_place"), 0.7, frequency="birth_place"),
    Level("nearly the same", alike("birth_place", 0.9), 0.08),
    Level("different", "ELSE", 0.22),
), given=equal("outcode"))  # fmt: skip


def numbers(name: str, m: float = 0.9) -> Comparison:
    """A number that nearly nobody shares."""
    return Comparison(name, (name,), either_null(name), (
        Level("same", equal(name), m, frequency=name),
        Level("one slip", f"(length({name}_l) >= 6 AND damerau_levenshtein({name}_l, {name}_r) = 1)", (1 - m) / 2),
        Level("different", "ELSE", (1 - m) / 2),
    ))  # fmt: skip


def codes(name: str, m: float = 0.8) -> Comparison:
    return Comparison(name, (name,), either_null(name), (
        Level("same", equal(name), m, frequency=name),
        Level("different", "ELSE", 1 - m),
    ))  # fmt: skip


PERSON_NUMBER = Comparison("person_number", ("person_number",), either_null("person_number"), (
    Level("same", equal("person_number"), 0.25, frequency="person_number"),
    Level("another of the same source", "split_part(person_number_l, ':', 1) = split_part(person_number_r, ':', 1)", 0.02),
    Level("of another source", "ELSE", 0.73, fixed=0.0),
))  # fmt: skip

# The same arrest is the same person; another arrest says nothing.
ARREST = Comparison("asn", ("asn",), either_null("asn"), (
    Level("same", equal("asn"), 0.3, frequency="asn"),
    Level("another", "ELSE", 0.7, fixed=0.0),
))  # fmt: skip
# Several people are of one case.
CASE = Comparison("case_reference", ("case_reference",), either_null("case_reference"), (
    Level("same", equal("case_reference"), 0.3, frequency="case_reference"),
    Level("another", "ELSE", 0.7, fixed=0.0),
))  # fmt: skip
SENTENCES = Comparison("sentence_dates", ("sentence_dates",), "(coalesce(len(sentence_dates_l), 0) = 0"
    " OR coalesce(len(sentence_dates_r), 0) = 0)", (
    Level("a date in common", overlap("sentence_dates"), 0.5),
    Level("no date in common", "ELSE", 0.5),
))  # fmt: skip

# What people decided stands, whatever else is known. Lists hold the numbers of the decisions.
SAME_DECIDED = Comparison("decided_same", ("decided_same",), f"NOT coalesce({overlap('decided_same')}, false)", (
    Level("decided to be one person", "ELSE", 1.0, fixed=160.0),
))  # fmt: skip
APART_DECIDED = Comparison("decided_apart", ("decided_apart",), f"NOT coalesce({overlap('decided_apart')}, false)", (
    Level("decided to be two people", "ELSE", 1.0, fixed=-160.0),
))  # fmt: skip

COMPARISONS = (
    FORENAME, SURNAME, WORDS, MIDDLE, BORN, BORN_OF_OLD, TWINS, NAMESAKES, BIRTH_YEAR, SEX, PLACE, BIRTH_PLACE,
    texts("occupation", 0.7), codes("ethnicity", 0.85),
    *(texts(name) for name in ("text", "text_2", "text_3", "text_4")),
    *(codes(name) for name in ("category", "category_2", "category_3", "category_4")),
    *(numbers(name) for name in ("identifier", "identifier_2", "identifier_3")),
    *(numbers(name) for name in ("phone", "phone_2", "email", "email_2")),
    numbers("pnc", 0.98), numbers("cro", 0.98), numbers("prison_number", 0.95), numbers("national_insurance", 0.97),
    PERSON_NUMBER, ARREST, CASE, SENTENCES, SAME_DECIDED, APART_DECIDED,
)  # fmt: skip
