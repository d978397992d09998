"""What a person who reviews files should look at: lines that look like data of people, or like a way out.

Hints and no more: a rule finds a form, never a meaning. People decide. Values are never kept, lines are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MOST_LINES = 50  # that are told of one rule in one file; all are counted
BOTH, CODE, DATA = frozenset({"code", "data"}), frozenset({"code"}), frozenset({"data"})


@dataclass(frozen=True)
class Rule:
    """One thing to look at. `first_only`: in the first line alone, where a table has its headings.

    Repeats in patterns have an end, so that no line, however long, takes long.
    """

    code: str
    title: str
    ask: str
    pattern: re.Pattern[str]
    on: frozenset[str] = BOTH
    first_only: bool = False


RULES = (
    Rule("email", "An e-mail address", "Whose is it, and what is it for?",
         re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}")),
    Rule("nino", "Looks like a National Insurance number", "Is it a person's?",
         re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b", re.IGNORECASE)),
    Rule("nhs", "Looks like an NHS number", "Is it a person's?", re.compile(r"\b\d{3}[ -]\d{3}[ -]\d{4}\b")),
    Rule("pnc", "Looks like a PNC identifier", "Is it a person's?",
         re.compile(r"\b(?:19|20)?\d{2}/\d{1,7}[A-HJ-NP-RT-Z]\b", re.IGNORECASE)),
    Rule("urn", "Looks like a case reference", "Is it of a real case?", re.compile(r"\b\d{2}[A-Z][A-Z\d]\d{7,9}\b")),
    Rule("postcode", "A full postcode", "Could it be somebody's home?",
         re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b")),
    Rule("phone", "Looks like a telephone number", "Whose is it?",
         re.compile(r"(?<!\d)(?:\+44 ?|0)\d{2,4}[ -]?\d{3}[ -]?\d{3,4}(?!\d)")),
    Rule("long_number", "A number of nine digits or more", "Is it a key of records?",
         re.compile(r"(?<![\d.])\d{9}")),
    Rule("hidden", "Characters that cannot be seen", "The text may be another than it looks.",
         re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")),
    Rule("person_heading", "A heading that may be about a person", "Does a row stand for somebody?",
         re.compile(r"(?i)(?:fore|first|last|sur|full|middle)[ _]?name|date[ _]?of[ _]?birth|\bdob\b|\baddress|\bnino\b"
                    r"|\bnhs[ _]?n|\bpnc|\burn\b|\bperson[ _]?id|\bvictim[ _]?id|\boffender[ _]?id"),
         DATA, True),
    Rule("row_of_values", "Twelve values or more in a line", "Are these records, written into the code?",
         re.compile(r"(?:[^,;|\t]{1,40}[,;|\t]){11}[^,;|\t]"), CODE),
    Rule("blob", "A long run of letters and digits", "What is packed into it?",
         re.compile(r"[A-Za-z0-9+/]{120}"), CODE),
    Rule("long_line", "A line of more than 400 characters", "Read it to its end.", re.compile(r".{401}"), CODE),
    Rule("network", "Asks for something from outside", "The workspace has no connection: is it needed?",
         re.compile(r"(?i)https?://|\b(?:urlopen|requests\.|curl\b|wget\b|socket\b|download\.file|install\.packages"
                    r"|pip install)"), CODE),
    Rule("runs_other", "Starts another program, or runs text as code", "What does it start?",
         re.compile(r"\b(?:os\.system|os\.popen|subprocess|system2?\s?\(|shell\s?\(|eval\s?\(|exec\s?\(|!sh\b)"), CODE),
    Rule("outside_path", "A path that leads out of the project's folder", "What lies there?",
         re.compile(r"/(?:home|etc|mnt|root|tmp)/|\b[A-Za-z]:\\|\.\./"), CODE),
    Rule("secret", "Looks like a password or key", "Does it open anything?",
         re.compile(r"(?i)\b(?:password|passwd|pwd|api_?key|secret|token)\s{0,5}(?:=|<-|:)\s{0,5}[\"'][^\"']{1,200}[\"']"),
         CODE),
)  # fmt: skip
BY_CODE = {rule.code: rule for rule in RULES}


@dataclass(frozen=True)
class Hint:
    """What one rule found in one file: on how many lines, and the first of them (from 1)."""

    rule: str
    count: int
    lines: tuple[int, ...]

    def to_json(self) -> dict[str, object]:
        return {"rule": self.rule, "count": self.count, "lines": list(self.lines)}


def hints_in(text: str, *, kind: str) -> list[Hint]:
    """What to look at in a text, a hint for each rule that found something, in the order of the table."""
    lines = lines_of(text)
    found = ((rule, list(_lines_with(rule, lines))) for rule in RULES if kind in rule.on)
    return [Hint(rule.code, len(numbers), tuple(numbers[:MOST_LINES])) for rule, numbers in found if numbers]


def _lines_with(rule: Rule, lines: list[str]) -> Iterator[int]:
    for number, line in enumerate(lines[:1] if rule.first_only else lines, 1):
        if rule.pattern.search(line):
            yield number


def lines_of(text: str) -> list[str]:
    """The lines as a reader counts them: they end with CR, LF or both, and with nothing else."""
    lines = re.split(r"\r\n|\r|\n", text)
    return lines[:-1] if len(lines) > 1 and not lines[-1] else lines


SHOWN_AS = re.compile("[\u0080-\u00a0\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def to_be_read(line: str) -> str:
    """A line as a page shows it: hidden characters by their number, indentation kept in HTML."""
    seen = SHOWN_AS.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", line)
    return seen.replace("\t", "    ").replace("  ", "\u00a0 ").replace("\u00a0  ", "\u00a0\u00a0 ")
