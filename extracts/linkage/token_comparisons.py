"""What is compared when there are tokens instead of names: the same ladder as for clear text, from equality alone."""

from __future__ import annotations

from extracts.linkage.comparisons import Comparison, Level, either_null, equal, overlap

SWAPPED = "(forename_l = surname_r AND surname_l = forename_r)"


def _number(name: str) -> Comparison:
    return Comparison(name, (name,), either_null(name), (
        Level("same", equal(name), 0.97, frequency=name),
        Level("different", "ELSE", 0.03),
    ))  # fmt: skip


TOKEN_COMPARISONS = (
    Comparison("forename", ("forename",), either_null("forename"), (
        Level("swapped with surname", SWAPPED, 0.01, ("surname",), fixed=0.0),
        Level("same", equal("forename"), 0.82, frequency="forename"),
        Level("sounds the same", equal("forename_sound"), 0.04, ("forename_sound",)),
        Level("among other names", overlap("names"), 0.02, ("names",)),
        Level("begins the same (3)", equal("forename_3"), 0.04, ("forename_3",)),
        Level("begins the same (2)", equal("forename_2"), 0.02, ("forename_2",)),
        Level("different", "ELSE", 0.05),
    )),
    Comparison("surname", ("surname",), either_null("surname"), (
        Level("swapped with forename", SWAPPED, 0.005, ("forename",), frequency="name"),
        Level("same", equal("surname"), 0.86, frequency="surname"),
        Level("sounds the same", equal("surname_sound"), 0.03, ("surname_sound",)),
        Level("among other names", overlap("names"), 0.03, ("names",)),
        Level("begins the same (3)", equal("surname_3"), 0.03, ("surname_3",)),
        Level("different", "ELSE", 0.05),
    )),
    Comparison("middle_name", ("middle",), either_null("middle"), (
        Level("same", equal("middle"), 0.87, frequency="middle"),
        Level("initial", equal("middle_1"), 0.07, ("middle_1",)),
        Level("different", "ELSE", 0.06),
    )),
    Comparison("date_of_birth", ("born",), either_null("born"), (
        Level("same", equal("born"), 0.93, frequency="born"),
        Level("day and month exchanged", "born_l = born_swapped_r", 0.01, ("born_swapped",)),
        Level("same year and month", equal("born_year_month"), 0.02, ("born_year_month",)),
        Level("same year and day", equal("born_year_day"), 0.015, ("born_year_day",)),
        Level("same month and day", equal("born_month_day"), 0.015, ("born_month_day",)),
        Level("same year", equal("born_year"), 0.005, ("born_year",)),
        Level("different", "ELSE", 0.005),
    )),
    Comparison("sex", ("sex",), either_null("sex"), (
        Level("same", equal("sex"), 0.98),
        Level("different", "ELSE", 0.02),
    )),
    Comparison("postcode", ("postcode",), either_null("postcode"), (
        Level("same", equal("postcode"), 0.65, frequency="postcode"),
        Level("among the others", overlap("postcodes"), 0.08, ("postcodes",)),
        Level("same sector", equal("sector"), 0.03, ("sector",)),
        Level("same outcode", equal("outcode"), 0.06, ("outcode",)),
        Level("different", "ELSE", 0.18),
    )),
    Comparison("sentence_dates", ("sentence_dates",), either_null("sentence_dates"), (
        Level("one shared", overlap("sentence_dates"), 0.7),
        Level("none shared", "ELSE", 0.3),
    )),
    *(_number(name) for name in ("pnc", "cro", "prison_number", "national_insurance", "identifier")),
)  # fmt: skip
