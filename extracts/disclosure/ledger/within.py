"""Labels within labels: which labels of one dimension say of themselves that they are a part of another.

"London excluding the City" is a part of London, "of which domestic" of the label above it, "within 6 months" of
"within 12 months", and March 2023 of 2023. Only words are read here; whether numbers agree is for others to see.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extracts.disclosure.ledger.times import Months, moment, of_any_year, stretches
from extracts.disclosure.reading.labels import as_compared, reads_as_total

LESS = re.compile(
    r"(?P<whole>.+?)[ ,(:–-]+(?:less(?! than)|excluding|excludes|excl?\.?|without|minus|except(?: for)?|not including|"
    r"other than|apart from|outside)[ :]+(?P<part>.+?)\)?",
    re.IGNORECASE,
)
EXCLUDED = re.compile(r"(?P<whole>.+?) ?[,(:–-] ?(?P<part>.+?) (?:is |are )?(?:excluded|left out|removed)\)?")
NOTE = re.compile(r" ?(?:\[(?:note )?\w{1,2}\]|\(\d\)|[*†‡]+)$")
MORE = re.compile(r"(?P<part>.+?)[ ,(:–-]+(?:including|incl?\.?|plus|together with) (?P<other>.+?)\)?")
OF_WHICH = re.compile(r"(?:of (?:which|whom|these|those)|thereof|including|incl?\.?)\b.*|[-–•>*]+ .+")
# What stands between a label and what narrows it down: "Violence: domestic", "Violence - with injury".
NARROWED = re.compile(r" ?(?:: |, |[-–] |\bwith |, ?of (?:which|whom) |\bof (?:which|whom) |\()")
JOINED = re.compile(r" ?(?:,|/|&|\+| and | or ) ?")

GROWS = re.compile(
    r"(?P<stem>.*?)\b(?:within|in the first|in first|the first|first|by the end of|by end of|by|up to and including|"
    r"up to|until|till|through|as at|as of|to the end of|to end of|before|under|less than|at most|no more than|"
    r"in the last|in the past|last|past|previous|top|fewer than|below|cumulative to|"
    r"cumulative|running total to|year to date|ytd)[ :]+(?:the )?(?P<when>.+)"
)
SHRINKS = re.compile(r"(?P<stem>.*?)\b(?:over|more than|at least|longer than|after|since)[ :]+(?:the )?(?P<when>.+)")
AFTER_GROWS = re.compile(r"(?P<when>.+?) (?:or (?:less|under|fewer|below)|and under|year to date|ytd|to date)")
AFTER_SHRINKS = re.compile(r"(?P<when>.+?)(?: (?:or|and) (?:more|over|longer|above)| ?\+| plus)")
EXCLUSIVE = re.compile(r"\b(?:before|under|less than|fewer than|below)\b")
EXACTLY_ABOVE = re.compile(r"\b(?:at least|since|or more|and more|or over|and over|or above|or longer|plus)\b|\+")
NOW = ("", "currently ", "still ", "now ")
# Headings of numbers that are sums of all before them, and of dimensions whose labels are where such a sum ends.
CUMULATIVE = re.compile(r"\b(?:cum|cumul\w*|running|to date|ytd|so far)\b")
ENDS = re.compile(r"(?:^|.* )(?:within|by|until|up to|to date|follow up)")


def words(text: str) -> str:
    """A label or heading as it is read here: underscores are spaces, and marks of footnotes are left out."""
    return NOTE.sub("", as_compared(text.replace("_", " ")))


def less(text: str) -> re.Match[str] | None:
    """The whole and the part of a label (as `words` gives it) that is one without the other."""
    return LESS.fullmatch(text) or EXCLUDED.fullmatch(text)


def is_cumulative(heading: str) -> bool:
    """Whether numbers are sums of all before them, by their heading or by the name of the dimension of their labels."""
    return bool(CUMULATIVE.search(words(heading)) or ENDS.fullmatch(words(heading)))


def without_cumulative(heading: str) -> str:
    """What is counted under a heading, whether the numbers are sums of all before them or not."""
    return " ".join(CUMULATIVE.sub(" ", words(heading)).split())


@dataclass(frozen=True)
class Reach:
    """A span of time, or of numbers, that is open at one end: what is said of it, and how far it goes.

    far   larger for a span that holds more
    """

    about: tuple[str, str, bool]
    far: tuple[float, bool]

    def holds(self, other: Reach) -> bool:
        """Whether the other is a part of this one."""
        return self.about == other.about and other.far < self.far


def reach(text: str) -> Reach | None:
    """The open span that a label is: "within 6 months", "4 years or more"; None for any other."""
    plain = words(text)
    for form, grows in ((GROWS, True), (SHRINKS, False), (AFTER_GROWS, True), (AFTER_SHRINKS, False)):
        if match := form.fullmatch(plain):
            parts = match["when"].split()
            for number in range(len(parts), 0, -1):
                if time := moment(" ".join(parts[:number])):
                    stem = match.groupdict().get("stem") or ""
                    about = " ".join([stem.strip(), "...", *parts[number:]])
                    closed = not EXCLUSIVE.search(plain) if grows else bool(EXACTLY_ABOVE.search(plain))
                    return Reach((about, time[0], grows), (time[1] if grows else -time[1], closed))
    return None


def leaves_out(text: str) -> str:
    """What a total is said to leave out, as "All courts excluding Court B" does; "" for any other label."""
    match = less(words(text))
    return match["part"] if match and reads_as_total(match["whole"]) else ""


def parts(labels: Sequence[str], *, cumulative: bool = False) -> set[tuple[str, str]]:
    """Pairs of labels (part, whole), in the order of the table, as far as their words say so.

    cumulative  whether bare times among them are where sums end that began with the first of them

    Totals are no labels here: everything is a part of them.
    """
    known = {words(text): text for text in dict.fromkeys(labels) if text}
    found = set[tuple[str, str]]()
    above = ""
    for text, label in known.items():
        if OF_WHICH.fullmatch(text):
            found |= {(label, above)} if above else set()
        else:
            above = label
            found |= _by_name(text, label, known)
    return {pair for pair in found | _by_time(known, cumulative) if pair[0] != pair[1]}


def _by_name(text: str, label: str, known: Mapping[str, str]) -> set[tuple[str, str]]:
    """The pairs that one label's own words give."""
    found = set[tuple[str, str]]()
    if (lacking := less(text)) and lacking["whole"] in known:
        found.add((label, known[lacking["whole"]]))
        found |= {(part, known[lacking["whole"]]) for part in named(lacking["part"], known)}
    elif (more := MORE.fullmatch(text)) and more["part"] in known:
        found |= {(part, label) for part in (known[more["part"]], *named(more["other"], known))}
    else:
        before = (text[: match.start()] for match in NARROWED.finditer(text))
        found |= {(label, known[name]) for name in before if name in known}
    if text.startswith("ever "):
        found |= {(known[one], label) for now in NOW if (one := now + text[5:]) in known}
    several = [piece for piece in JOINED.split(text) if piece]
    if len(several) > 1 and all(piece in known for piece in several):
        found |= {(known[piece], label) for piece in several}
    return found


def named(said: str, known: Mapping[str, str]) -> list[str]:
    """The labels that a few words name: one that is equal or, if there is only one, that has all the words."""
    if said in known:
        return [known[said]]
    pieces = JOINED.split(said)
    if len(pieces) > 1 and all(piece in known for piece in pieces):
        return [known[piece] for piece in pieces]
    wanted = set(said.split())
    having = [
        label
        for text, label in known.items()
        if all(word in text for word in wanted)  # most texts are ruled out by this, which is quick
        and wanted <= set(re.findall(r"\w+", text))
        and not less(text)
    ]
    return having if len(having) == 1 else []


def _by_time(known: Mapping[str, str], cumulative: bool) -> set[tuple[str, str]]:
    """The pairs of times within times. Where the numbers are cumulative, a bare time reaches from the first to it."""
    spans = {label: found for text, label in known.items() if (found := reach(text))}
    if not cumulative:
        months = {known[text]: stretch for text, stretch in stretches(known).items()}
        yearless = {label: stretch for text, label in known.items() if (stretch := of_any_year(text))}
        return _longer_spans(spans) | _longer_months(months) | _longer_months(yearless)
    bare = {label: moment(text) for text, label in known.items() if label not in spans}
    bounded = {label: Reach(("", time[0], True), (time[1], True)) for label, time in bare.items() if time}
    return _longer_spans(spans | bounded)


def _longer_spans(spans: Mapping[str, Reach]) -> set[tuple[str, str]]:
    """The pairs of open spans of which one goes further than the other."""
    alike: dict[tuple[str, str, bool], list[str]] = {}
    for label, span in spans.items():
        alike.setdefault(span.about, []).append(label)
    return {
        (part, whole)
        for labels in alike.values()
        for part in labels
        for whole in labels
        if spans[whole].holds(spans[part])
    }


def _longer_months(months: Mapping[str, Months]) -> set[tuple[str, str]]:
    """The pairs of stretches of the calendar of which one lies inside the other; few lengths are in use."""
    at: dict[Months, list[str]] = {}
    for label, own in months.items():
        at.setdefault(own, []).append(label)
    lengths = {own.end - own.start for own in at}
    return {
        (part, whole)
        for part, own in months.items()
        for length in lengths
        for start in range(own.end - length, own.start + 1)
        for whole in at.get(Months(start, start + length), ())
        if months[whole].holds(own)
    }
