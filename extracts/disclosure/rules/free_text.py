"""Free text: what prose, logs and code may give away. A person reads them anyway; this says where to look first.

Certain: identifiers that pass their own check, pseudonyms, secrets, printed records, minima and maxima as programs
print them, and counts below the threshold. For a person: paths, names, extreme values in prose, any other number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extracts.disclosure.policy import Policy
from extracts.disclosure.reading.contents import Part
from extracts.disclosure.report import Cell, Finding, Verdict
from extracts.disclosure.rules import identifiers, pseudonyms
from extracts.disclosure.rules.printed_records import records_in, rows_in, summaries_in
from extracts.disclosure.rules.small_counts import small_counts_in
from extracts.disclosure.rules.text_numbers import untraced_numbers

MOST_LINES = 200_000
CHECKED = "Refer each number in the text to a table that has been cleared."


@dataclass(frozen=True)
class Pattern:
    """Something that is looked for in every line: its rule, how sure it is, and what to say of it."""

    rule: str
    verdict: Verdict
    form: re.Pattern[str]
    problem: str
    cure: str


def _pattern(rule: str, verdict: Verdict, form: str, problem: str, cure: str) -> Pattern:
    return Pattern(rule, verdict, re.compile(form, re.ASCII), problem, cure)


UNITS = "person|people|victim|defendant|suspect|offender|prisoner|case|subject|participant|witness|individual"
PATTERNS = (
    _pattern("secret", Verdict.FAIL,
             r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}"
             r"|\bxox[baprs]-[\w-]{10,80}|\beyJ[\w-]{10,400}\.eyJ[\w-]{10,2000}\.[\w-]{10}|://[^\s/:@]{1,60}:[^\s/:@]{1,60}@[\w.-]{1,80}",
             "The line holds a key or a password.", "Remove it, and have it changed: it is known now."),
    _pattern("secret", Verdict.FAIL,
             r"(?i)\b(?:password|passwd|pwd|secret|api_?key|access_?token|auth_?token)\b[\"']?\s{0,5}[:=]{1,2}>?\s{0,5}"
             r"[\"'][^\"'\s]{4,200}[\"']",
             "The line holds a password or token.", "Remove it, and have it changed: it is known now."),
    _pattern("identifier", Verdict.FAIL,
             rf"(?i)\b(?:{UNITS})_?(?:id|no|number|ref|key|hash)\w{{0,12}}[\"'\]]{{0,2}}\s{{0,5}}"
             rf"(?:={{1,3}}|[!~]=|<>|%in%|\bin\b|\beq\b|\bisin\b|:|\bis\b)\s{{0,5}}[\[(c\"']{{0,4}}[A-Za-z-]{{0,3}}\d{{2,}}",
             "The line picks single people out by their number.", "Leave the numbers of people out."),
    _pattern("path", Verdict.REVIEW,
             r"(?:\b[A-Za-z]:\\(?!\\)|\\\\[\w.-]{1,60}\\|(?<![\w.])/(?:home|users|Users|mnt|media|data|srv|root|tmp|var|opt)/)\S",
             "The line holds the path of a file or folder.", "Use names of files only."),
    _pattern("min_max", Verdict.REVIEW,
             r"(?i)\b(?:minimum|maximum|youngest|oldest|eldest|shortest|longest|highest|lowest|largest|smallest|rang(?:e|ed|es|ing)"
             r"|min\.?|max\.?)\b(?!\s?\()[^.\n]{0,60}?\d",
             "The line may state the value of one person: a minimum, maximum or range.",
             "Use a percentile, or say how many share the value."),
    _pattern("data_in_code", Verdict.REVIEW,
             r"(?:[\[(]\s{0,5}|\bc\()(?:[\"']?-?[\w.]{1,40}[\"']?\s{0,5},\s{0,5}){19}",
             "The line holds a long list of values.", "Read values from a file that is not released."),
)  # fmt: skip


def findings(file: str, parts: Sequence[Part], policy: Policy) -> Iterator[Finding]:
    """What the texts of a file may give away, line by line. No value is printed; nothing is found in plain prose."""
    for part in parts:
        if part.text:
            yield from of_text(file, part.text, part.place, policy)


def of_text(file: str, text: str, place: str, policy: Policy) -> Iterator[Finding]:
    """The findings about one text that stands at `place` of a file. Lines count from 1."""
    at = _Places(file, place)
    for hit in identifiers.in_text(text):
        verdict = Verdict.FAIL if hit.certain else Verdict.REVIEW
        problem = f"The line seems to hold {hit.kind}."
        yield at.line(hit.line, "identifier", verdict, problem, "Leave out what names people.")
    for line, certain in pseudonyms.in_text(text):
        problem = "The line holds a pseudonym of a single person, or something that looks like one."
        yield at.line(line, pseudonyms.CODE, Verdict.FAIL if certain else Verdict.REVIEW, problem, pseudonyms.CURE)
    yield from _of_lines(at, text, policy)
    yield from _of_tables(at, text, policy)


def _of_lines(at: _Places, text: str, policy: Policy) -> Iterator[Finding]:
    """What single lines say, and a last word on all numbers."""
    for number, line in enumerate(text.splitlines()[:MOST_LINES], 1):
        for pattern in PATTERNS:
            if pattern.form.search(line):
                yield at.line(number, pattern.rule, pattern.verdict, pattern.problem, pattern.cure)
        for small in small_counts_in(line, threshold=policy.threshold):
            verdict = Verdict.FAIL if small.certain else Verdict.REVIEW
            problem = f"The line {'gives' if small.certain else 'may give'} a count below {policy.threshold}."
            yield at.line(number, "threshold", verdict, problem, "Leave it out, or merge groups.")
    numbers, first = untraced_numbers(text)
    if numbers:
        problem = f"The text holds {numbers:,} numbers, which nobody has traced to a table."
        yield at.line(first, "numbers_in_text", Verdict.REVIEW, problem, CHECKED)


def _of_tables(at: _Places, text: str, policy: Policy) -> Iterator[Finding]:
    """Records and summaries with extremes, as programs print them."""
    for line in sorted({*records_in(text, policy), *rows_in(text)}):
        problem = "Records are printed here: a row for each of some people."
        yield at.line(line, "row_level", Verdict.FAIL, problem, "Leave out what shows the data.")
    for line in summaries_in(text):
        problem = "A summary with a minimum and a maximum is printed here: each is the value of one person."
        yield at.line(line, "min_max", Verdict.FAIL, problem, "Print percentiles instead, with the number of people.")


@dataclass(frozen=True)
class _Places:
    """Makes findings about the lines of one text of a file."""

    file: str
    place: str

    def line(self, number: int, rule: str, verdict: Verdict, problem: str, cure: str) -> Finding:
        label = f"{self.place}, line {number}" if self.place else f"line {number}"
        cell = Cell(row=number, column=self.place, label=label)
        return Finding(self.file, rule, verdict, problem, cure=cure, cell=cell)
