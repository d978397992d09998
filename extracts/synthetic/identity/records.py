"""Identity records as a source writes them: one column of text per role, mistakes and habits of print included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from extracts.synthetic.chance import NONE, Flags, Ints
from extracts.synthetic.codes import Codes
from extracts.synthetic.identity import mistakes
from extracts.synthetic.identity.appearances import Appearances
from extracts.synthetic.identity.hand import Hand, amended, care
from extracts.synthetic.identity.numbers import permuted
from extracts.synthetic.identity.persons import Persons
from extracts.synthetic.identity.sources import SEXES, Source, rates, sources
from extracts.synthetic.identity.stock import stock
from extracts.synthetic.identity.text import (
    Text,
    blank,
    chosen,
    constant,
    digits,
    joined,
    kept,
    listed,
    picked,
    present,
    squeezed,
    text,
    upper,
)

ROLES = (
    "forename", "middle_name", "surname", "aliases", "date_of_birth", "sex", "ethnicity", "postcode", "address", "town",
    "pnc", "cro", "prison_number", "person_number", "national_insurance", "asn", "case_reference", "event_date",
    "sentence_dates",
)  # fmt: skip

# Share of short forenames that are a person's habit, whoever writes them down; the rest come and go.
HABIT, HABITS = 0.8, 9973

# Slips of a few days in a date of sentence.
OTHER_DAYS = (-7, -1, 1, 2, 7)


@dataclass
class Occasion:
    """What the columns of one source are written from."""

    records: Appearances
    persons: Persons
    source: Source
    codes: Codes
    hand: Hand

    @property
    def who(self) -> Ints:
        return self.records.person

    def __len__(self) -> int:
        return len(self.records)


def written(
    records: Appearances, persons: Persons, codes: Codes, rng: np.random.Generator
) -> tuple[dict[str, Text], dict[str, Flags]]:
    """The columns by role, and which mistakes were made in which rows (by kind, as in the table of rates)."""
    hand = Hand(rng, rates()[records.writer], care(persons, records.person, records.day, codes))
    occasion = Occasion(records, persons, sources()[records.source], codes, hand)
    columns: dict[str, Text] = {}
    for write in WRITERS:
        columns |= write(occasion)
    if occasion.source.case == "upper":
        columns |= {role: upper(columns[role]) for role in NAMED}
    return columns, hand.made


NAMED = ("forename", "middle_name", "surname", "aliases", "address", "town")


def _names(of: Occasion) -> dict[str, Text]:
    """Forename, second name, surname and other names."""
    persons, hand, who, names = of.persons, of.hand, of.who, stock()
    own_forename, own_surname = picked(names.forenames, persons.forename[who]), persons.surname_on(who, of.records.day)
    other_forename, other_surname = persons.alias_forename[who], picked(persons.alias_surname, who)
    alias = (other_forename >= 0) | present(other_surname)
    alias_forename = chosen(other_forename >= 0, picked(names.forenames, np.maximum(other_forename, 0)), own_forename)
    alias_surname = chosen(present(other_surname), other_surname, own_surname)
    used = hand.slips("alias_used", alias)
    forename, surname = chosen(used, alias_forename, own_forename), chosen(used, alias_surname, own_surname)
    former = picked(persons.former_surname, who)
    since = (of.records.day >= persons.renamed[who]) & present(former)
    surname = chosen(hand.among("former_surname", since & ~used), former, surname)
    forename = _nickname(of, forename, ~used)
    surname = amended(surname, hand.among("half_surname", (surname == ord("-")).any(axis=1)), _first_half)
    for kind, slip in SLIPS.items():
        forename = amended(forename, hand.slips(f"forename_{kind}"), _by(hand, slip))
        surname = amended(surname, hand.slips(f"surname_{kind}"), _by(hand, slip))
    swapped = hand.slips("swapped_names")
    forename, surname = chosen(swapped, surname, forename), chosen(swapped, forename, surname)
    return {"forename": forename, "surname": surname, "middle_name": _middle(of), "aliases": _aliases(
        of, alias, chosen(used, own_forename, alias_forename), chosen(used, own_surname, alias_surname))}  # fmt: skip


SLIPS: dict[str, Callable[[np.random.Generator, Text], Text]] = {
    "heard": mistakes.misheard, "read": mistakes.misread, "typing": mistakes.mistyped,
}  # fmt: skip


def _by(hand: Hand, slip: Callable[[np.random.Generator, Text], Text]) -> Callable[[Text], Text]:
    return lambda values: slip(hand.rng, values)


def _nickname(of: Occasion, forename: Text, possible: Flags) -> Text:
    """Some forenames in a short form, the same one wherever a person is called by it."""
    names = stock()
    first, end = names.nicknames[of.persons.forename[of.who]].T
    number = of.persons.number[of.who]
    habit = permuted(number % HABITS, HABITS, 0) * 100 < HABIT * of.hand.rates["nickname"] * HABITS
    short = of.hand.among("nickname", possible & (end > first), habit, HABIT)
    pick = first + number % np.maximum(end - first, 1)
    return chosen(short, picked(names.short_names, np.minimum(pick, len(names.short_names) - 1)), forename)


def _first_half(surnames: Text) -> Text:
    """The part before the hyphen."""
    first: Text = surnames * (np.cumsum(surnames == ord("-"), axis=1) == 0).astype(np.uint8)
    return first


def _middle(of: Occasion) -> Text:
    middle = of.persons.middle[of.who]
    there = middle >= 0
    names = picked(stock().forenames, np.maximum(middle, 0))
    names = amended(names, of.hand.among("middle_initial", there), mistakes.initials)
    return kept(of.hand.recorded("middle_recorded", there), names)


def _aliases(of: Occasion, alias: Flags, forename: Text, surname: Text) -> Text:
    """Other full names, joined by `|`: of the alias or, under it, of the person; and of former surnames."""
    persons, who = of.persons, of.who
    earlier = picked(persons.former_surname, who)
    told = of.hand.recorded("aliases_recorded", alias | present(earlier))
    former = present(earlier) & (of.records.day >= persons.renamed[who])
    own = picked(stock().forenames, persons.forename[who])
    return listed(_full_names(told & alias, forename, surname), _full_names(told & former, own, earlier))


def _full_names(told: Flags, forename: Text, surname: Text) -> Text:
    """Forename and surname where told, which is seldom."""
    at = np.flatnonzero(told)
    result = blank(len(told), forename.shape[1] + surname.shape[1] + 1)
    names = joined(picked(forename, at), constant(" ", len(at)), picked(surname, at))
    result[at, : names.shape[1]] = names
    return result


def _birth(of: Occasion) -> dict[str, Text]:
    """The date of birth, sex and ethnicity."""
    hand, days = of.hand, of.persons.born[of.who].copy()
    rows = hand.slips("date_typing")
    days[rows] = mistakes.date_mistyped(hand.rng, days[rows])
    rows = hand.slips("day_month_swapped", mistakes.can_be_swapped(days) & ~rows)
    days[rows] = mistakes.day_and_month_swapped(days[rows])
    rows = hand.slips("first_of_january")
    days[rows] = mistakes.first_of_january(days[rows])
    days[hand.slips("date_missing")] = NONE
    return {"date_of_birth": dates(days, of.source.dates), "sex": _sex(of), "ethnicity": _ethnicity(of)}


def dates(days: Ints, style: str) -> Text:
    """Days as text in a style of `sources.DATES`, missing where NONE."""
    there = days != NONE
    year, month, day = mistakes.split_date(np.where(there, days, 0))
    mark = constant("-" if style == "iso" else "/", len(days))
    parts = [digits(year, 4), mark, digits(month, 2), mark, digits(day, 2)]
    return kept(there, np.concatenate(parts if style == "iso" else parts[::-1], axis=1))


def _sex(of: Occasion) -> Text:
    sex = of.persons.sex[of.who]
    sex = np.where(of.hand.slips("sex_wrong"), 3 - sex, sex)
    return picked(text(SEXES[of.source.sex]), np.where(of.hand.slips("sex_missing"), 0, sex))


def _ethnicity(of: Occasion) -> Text:
    """Codes of self-defined ethnicity; what differs is drawn from all people's."""
    own = of.persons.ethnicity[of.who]
    other = of.hand.rng.integers(0, len(of.codes.ethnicity.codes) - 1, len(of))
    code = np.where(of.hand.slips("ethnicity_other"), other, own)
    return kept(~of.hand.slips("ethnicity_missing"), picked(text(of.codes.ethnicity.codes), code))


def _home(of: Occasion) -> dict[str, Text]:
    """Postcode (two of them for some), address and town: of the home on the day, or of another address."""
    moves, areas, hand = of.persons.moves, of.persons.areas, of.hand
    place = moves.place_on(of.who, of.records.day)
    elsewhere = hand.slips("other_address")
    also = np.where(elsewhere, place, moves.other[of.who])
    homes = moves.homes.at(np.where(elsewhere, moves.other[of.who], place))
    there = ~hand.slips("postcode_missing")
    postcode = amended(homes.postcodes(areas), hand.slips("postcode_typing"), _by(hand, mistakes.digit_mistyped))
    two = hand.slips("two_postcodes") & there
    if two.any():
        postcode = listed(postcode, kept(two, moves.homes.at(also).postcodes(areas)))
    if of.source.postcode == "none":
        postcode = squeezed(np.where(postcode == ord(" "), 0, postcode).astype(np.uint8))
    return {
        "postcode": kept(there, postcode),
        "address": kept(there, homes.addresses()),
        "town": picked(areas.name, homes.town),
    }


def _person_numbers(of: Occasion) -> dict[str, Text]:
    """Numbers of the person."""
    persons, who, hand = of.persons, of.who, of.hand
    stranger = hand.slips("pnc_of_another")
    holder = np.where(stranger, hand.rng.permutation(who), who)
    pnc = amended(picked(persons.pnc, holder), hand.slips("pnc_typing"), _by(hand, mistakes.digit_mistyped))
    cro = amended(picked(persons.cro, who), hand.slips("cro_typing"), _by(hand, mistakes.digit_mistyped))
    own = picked(persons.pupil if of.records.writer == "npd" else persons.probation, who)
    insurance = picked(persons.insurance, who)
    insurance = amended(insurance, hand.slips("insurance_typing"), _by(hand, mistakes.digit_mistyped))
    return {
        "pnc": kept(hand.recorded("pnc_recorded"), pnc_form(pnc, of.source.pnc)),
        "cro": kept(hand.recorded("cro_recorded"), cro),
        "prison_number": kept(hand.recorded("prison_number_recorded"), picked(persons.prison, who)),
        "person_number": kept(hand.recorded("person_number_recorded"), own),
        "national_insurance": kept(hand.recorded("insurance_recorded"), insurance),
    }


def pnc_form(pnc: Text, form: str) -> Text:
    """PNC numbers YYYY/NNNNNNNX in another form of `sources.PNC_FORMS`."""
    if form == "bare":
        return np.concatenate([pnc[:, :4], pnc[:, 5:]], axis=1)
    if form == "short":
        return joined(pnc[:, 2:5], _without_zeros(pnc[:, 5:12]), pnc[:, 12:])
    return pnc


def _without_zeros(figures: Text) -> Text:
    """Leading zeros left out."""
    leading = np.cumsum(figures != ord("0"), axis=1) == 0
    return np.where(leading, 0, figures).astype(np.uint8)


def _occasion_numbers(of: Occasion) -> dict[str, Text]:
    """Numbers of the arrest and the case, and the days."""
    records, hand = of.records, of.hand
    slashes = of.source.reference == "slashes"
    arrest = amended(records.arrest.copy(), hand.slips("asn_typing"), _by(hand, mistakes.digit_mistyped))
    arrest = kept(hand.recorded("asn_recorded", present(records.arrest)), arrest)
    case = amended(records.case.copy(), hand.slips("case_reference_typing"), _by(hand, mistakes.digit_mistyped))
    known = hand.recorded("case_reference_recorded", present(records.case))
    court = hand.recorded("crown_number_recorded", present(records.crown) & ~known)
    return {
        "asn": _parted(arrest, (2, 6, 8), zeros=False) if slashes else arrest,
        "case_reference": chosen(
            court, records.crown, kept(known, _parted(case, (2, 4, 11), zeros=True) if slashes else case)
        ),
        "event_date": dates(records.day, of.source.dates),
        "sentence_dates": _sentence_dates(of),
    }


def _parted(numbers: Text, places: tuple[int, ...], *, zeros: bool) -> Text:
    """Numbers with slashes after these characters; `zeros` leaves out those at the start of the third part."""
    if numbers.shape[1] < max(places):
        return numbers
    slash = kept(present(numbers), constant("/", len(numbers)))
    parts = np.split(numbers, places, axis=1)
    if zeros:
        parts[2] = _without_zeros(parts[2])
    woven = [parts[0]]
    for part in parts[1:]:
        woven += [slash, part]
    return joined(*woven)


def _sentence_dates(of: Occasion) -> Text:
    """The known dates of sentence, joined by `|`; the newest is sometimes a few days off."""
    days = of.records.sentences.copy()
    there = days[:, 0] != NONE
    if not there.any():
        return blank(len(of))
    off = np.flatnonzero(of.hand.slips("sentence_date_other", there))
    days[off, 0] += of.hand.rng.choice(np.array(OTHER_DAYS), len(off))
    told = of.hand.recorded("sentence_date_recorded", there)
    return kept(told, listed(*(dates(days[:, place], "iso") for place in range(days.shape[1]))))


WRITERS: tuple[Callable[[Occasion], dict[str, Text]], ...] = (
    _names, _birth, _home, _person_numbers, _occasion_numbers,
)  # fmt: skip


def joined_columns(parts: list[dict[str, Text]]) -> dict[str, Text]:
    """The columns of several writers of one source, one after the other."""
    if len(parts) == 1:
        return parts[0]
    return {role: _stacked([part[role] for part in parts]) for role in parts[0]}


def _stacked(parts: list[Text]) -> Text:
    width = max(part.shape[1] for part in parts)
    return np.concatenate([np.pad(part, ((0, 0), (0, width - part.shape[1]))) for part in parts])
