"""Categories of a model with few members, and models that are tables."""

import pandas as pd
import pytest

from tests.extracts.disclosure.cases import answer, flagged

SIZES = {("m", "North"): 60, ("f", "North"): 50, ("m", "South"): 40, ("f", "South"): 1}


def records(sizes: dict[tuple[str, str], int] | None = None) -> pd.DataFrame:
    rows = [key for key, size in (sizes or SIZES).items() for _ in range(size)]
    frame = pd.DataFrame(rows, columns=["sex", "region"]).assign(person_id=range(len(rows)))
    return frame.assign(abroad=(frame["person_id"] < 3).astype(int), age=20 + frame["person_id"] % 40)


def model(term: str, sizes: dict[tuple[str, str], int] | None = None, **metadata: object) -> dict[str, set[str]]:
    """Label of each term, or "" for the model, -> the rules that found something."""
    table = f"term, coef, se\nconst, 1.25, 0.31\n{term}, 0.45, 0.22"
    size = {"n_obs": 151, "df_resid": 148, **metadata}
    found = answer(table, "regression", metadata=size, microdata=records(sizes), context={"unit": "person_id"})
    return {key[0] if key else "": rules for key, rules in flagged(found).items()}


@pytest.mark.parametrize(
    "term",
    [
        "sex[T.f]:region[T.South]",
        "C(sex)[T.f]:C(region)[T.South]",
        "sex=f:region=South",
        "abroad",
    ],
)
def test_a_term_of_few_people_fails_however_software_writes_it(term: str) -> None:
    assert model(term) == {term: {"category"}}


@pytest.mark.parametrize("term", ["sex[T.f]", "C(region)[T.South]", "region_South", "regionX", "age", "sex: f"])
def test_terms_of_many_and_terms_of_no_category_pass(term: str) -> None:
    assert model(term) == {}


def test_members_that_are_told_count_where_the_records_do_not_say() -> None:
    assert model("plea[guilty]", categories={"plea": {"plea[guilty]": 4}}) == {"plea[guilty]": {"category"}}


@pytest.mark.slow
def test_a_category_that_no_term_shows_is_named_for_the_model() -> None:
    assert model("sex[T.f]", categories={"plea": {"guilty": 4, "other": 90}}) == {"": {"category"}}


@pytest.mark.slow
def test_as_many_parameters_as_combinations_make_a_table() -> None:
    """Each combination of sex and region has a coefficient, so each must have ten people."""
    terms = "sex[T.f], 0.45, 0.22\nregion[T.South], 0.10, 0.20\nsex[T.f]:region[T.South], 0.31, 0.12"
    table = f"term, coef, se\nconst, 1.25, 0.31\n{terms}"
    size = {"n_obs": 159, "df_resid": 155, "k": 4}
    for few, rules in ((9, {"saturated"}), (10, set())):
        people = records({**SIZES, ("f", "South"): 60, ("m", "North"): few})
        found = answer(table, "regression", metadata=size, microdata=people, context={"unit": "person_id"})
        assert {rule for one in flagged(found).values() for rule in one} == rules
