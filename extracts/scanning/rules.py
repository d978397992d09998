"""What is looked for, and what is no hit."""

from __future__ import annotations

from dataclasses import dataclass

# Texts are compared in upper case, without accents, spaces or punctuation.
PLAIN = "regexp_replace(strip_accents(upper({0})), '[^A-Z0-9]', '', 'g')"
SHORTEST = 4
SHORTEST_NUMBER = 5
SHORTEST_NAME = 7  # of a full name or alias inside a longer text
# A text of so many hexadecimal digits is a source key or a digest of something.
DIGEST_DIGITS = 16
# A single name in so many rows of a column with so few values is a word, such as a place.
COMMON_ROWS = 10
FEW_VALUES = 100
# What a row says of its own person may agree by chance in this share of rows, or in so few.
CHANCE_SHARE = 0.001
CHANCE_ROWS = 2

NAME, FULL_NAME, BIRTH, ROW_ID = "name", "full name", "date of birth", "source row id"
DIGEST, UNDECLARED, DIRECT = "key or digest", "undeclared column", "direct identifier"

RULES = (
    f"Every text of {SHORTEST} characters or more is compared with every identifier of the input, in upper case "
    "without accents, spaces and punctuation; every number of six digits or more with every numeric one.",
    "Up to four words inside a longer text are compared, too, with full names and aliases of "
    f"{SHORTEST_NAME} characters or more, postcodes and numbers of {SHORTEST_NUMBER} or more, addresses, and dates of "
    "birth. A single forename or surname inside a longer text is not looked for.",
    "Codes that the variable declares are no hits.",
    "A single name is no hit where the description has it as a word, as courts and forces are named for places.",
    f"A name is no hit where {COMMON_ROWS} rows or more of a column with at most {FEW_VALUES} values have it: it is a "
    "word, such as a place. What is said in the same row of the same person is compared all the same.",
    "Dates are compared with the date of birth of the row's own person, and are a hit when more than one row in a "
    "thousand agrees.",
    f"A text of {DIGEST_DIGITS} hexadecimal digits or more is a source key or a digest, whatever it was made of.",
    "The description in catalogue/ is not compared: it was written before any record came, and names courts and "
    "places.",
)


# Roles that hold a number or a key.
NUMBERED = ("row_id", "pnc", "cro", "prison_number", "person_number", "national_insurance", "asn", "case_reference")


@dataclass(frozen=True)
class Kind:
    """One kind of identifier.

    forms      SQL for a list of texts, from the roles that it is made of
    shortest   so many characters it has to have to count inside a longer text
    is_number  whether it is a number or key, of which there may be digests
    """

    name: str
    roles: tuple[str, ...]
    forms: str
    shortest: int = SHORTEST

    @property
    def is_number(self) -> bool:
        return len(self.roles) == 1 and self.roles[0] in NUMBERED


def _joined(*roles: str) -> str:
    return f"concat_ws(' ', {', '.join(roles)})"


KINDS = (
    Kind(NAME, ("forename",), "[forename]"),
    Kind(NAME, ("surname",), "[surname]"),
    Kind(NAME, ("middle_name",), "[middle_name]"),
    Kind(
        FULL_NAME, ("forename", "surname"),
        f"[{_joined('forename', 'surname')}, {_joined('surname', 'forename')}]", SHORTEST_NAME,
    ),
    Kind(
        FULL_NAME, ("forename", "middle_name", "surname"),
        f"[{_joined('forename', 'middle_name', 'surname')}, {_joined('surname', 'forename', 'middle_name')}]", 9,
    ),
    Kind("alias", ("aliases",), "string_split(aliases, '|')", SHORTEST_NAME),
    Kind("postcode", ("postcode",), "string_split(postcode, '|')", SHORTEST_NUMBER),
    Kind("address", ("address",), "[address]", 7),
    Kind("address", ("address", "postcode"), f"[{_joined('address', 'postcode')}]", 7),
    Kind("PNC number", ("pnc",), "[pnc]", SHORTEST_NUMBER),
    Kind("CRO number", ("cro",), "[cro]", SHORTEST_NUMBER),
    Kind("prison number", ("prison_number",), "[prison_number]", SHORTEST_NUMBER),
    Kind("person number", ("person_number",), "[person_number]", SHORTEST_NUMBER),
    Kind("National Insurance number", ("national_insurance",), "[national_insurance]", SHORTEST_NUMBER),
    Kind("arrest/summons number", ("asn",), "[asn]", SHORTEST_NUMBER),
    Kind("case reference", ("case_reference",), "[case_reference]", SHORTEST_NUMBER),
    Kind(ROW_ID, ("row_id",), "[row_id]", SHORTEST_NUMBER),
    Kind(BIRTH, ("date_of_birth",), "[strftime({birth}, '%Y%m%d'), strftime({birth}, '%d%m%Y')]", 8),
)  # fmt: skip

# A date of birth as delivered: in the international way, or day first.
BIRTH_DATE = (
    "coalesce(try_cast(date_of_birth AS DATE), "
    "try_strptime(date_of_birth, ['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y', '%d %b %Y', '%Y%m%d'])::DATE)"
)

DIGESTS = ("md5", "sha1", "sha256")
# How a text may have been written before: as it was, in capitals, in small letters.
SPELLINGS = ("{0}", "upper({0})", "lower({0})")
