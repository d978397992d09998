"""What the charts of a linkage say of made-up pairs, and what they say nothing of."""

from extracts.linkage.charts import charts_of
from extracts.linkage.model import shipped


def totals():
    return {one["title"]: one["records"] for one in charts_of(shipped("cjs-1"), [])["waterfalls"]}


def test_made_up_pairs_come_to_what_they_are():
    final = {title: rows[-1]["log2_bayes_factor"] for title, rows in totals().items()}
    everything, moved, household = final.values()
    assert everything > moved > 0 > household


def test_numbers_that_are_not_recorded_count_for_nothing():
    household = {row["column_name"]: row for row in list(totals().values())[2]}
    assert household["pnc"]["label_for_charts"] == "not recorded"
    assert household["pnc"]["log2_bayes_factor"] == 0
    assert household["surname"]["label_for_charts"] == "same"
    assert household["forename"]["label_for_charts"] == "different"
    assert "twins" not in household


def test_a_waterfall_adds_up():
    for rows in totals().values():
        assert round(sum(row["log2_bayes_factor"] for row in rows[:-1]), 3) == round(rows[-1]["log2_bayes_factor"], 3)
