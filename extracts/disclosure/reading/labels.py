"""Labels as a reader sees them, and labels that read like totals."""

from __future__ import annotations

import re
import unicodedata

# Words that make a label a total when it begins or ends with them: "All offences", "Both sexes", "Area total".
FIRST = frozenset(["total", "totals", "all", "both", "overall", "sum", "grand", "any", "combined"])
LAST = frozenset(["total", "totals", "overall", "combined", "altogether"])
# "All other offences" is a category of its own.
NOT_AFTER = frozenset(["other", "others", "else", "remaining"])


# Labels that are the total of everywhere or everybody.
WHOLE = frozenset([
    "england and wales", "england & wales", "england", "uk", "united kingdom", "great britain", "gb", "national",
    "nationwide", "everyone", "everybody", "everywhere", "country",
])  # fmt: skip


def as_seen(text: str) -> str:
    """A value without what no reader sees: format characters (Unicode Cf), white space around or doubled."""
    if not text.isascii():
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(text.split())


def as_compared(label: str) -> str:
    """A label in the form in which two labels are the same: small letters, one form of each letter."""
    return as_seen(unicodedata.normalize("NFKC", label)).casefold()


def reads_as_total(label: str) -> bool:
    """Whether a label reads like that of a total, whatever the description calls it."""
    if as_compared(label) in WHOLE:
        return True
    words = re.findall(r"[^\W_]+", as_compared(label))
    if not words or (len(words) > 1 and words[1] in NOT_AFTER):
        return False
    return words[0] in FIRST or words[-1] in LAST
