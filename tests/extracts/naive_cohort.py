"""The rows of a cohort with plain sets and loops: the rules of `extracts/selection.py` written down a second time."""

from __future__ import annotations

ROLES = {
    "victim": ("pol_victim", "age_at_offence"), "suspect": ("pol_suspect", "age_at_offence"),
    "defendant": ("crt_case", "age_at_first_hearing"),
}  # fmt: skip
AGES = {"0-9": (0, 9), "10-17": (10, 17), "18-20": (18, 20), "21+": (21, 999)}
ROLE_OF = {table: role for role, (table, _) in ROLES.items()}


class Reference:
    """The rules of `selection.py`, by hand."""

    def __init__(self, records, catalogue, cohort):
        self.records, self.on = records, {one.name: one for one in cohort.conditions}
        self.groups = catalogue.code_list("offence_groups").mapping("offence_group")
        self.about_people = bool(self.on.keys() & {"role", "sex", "age"})
        self.roles = self.on["role"].values if "role" in self.on else tuple(ROLES)
        self.crimes = {row["crime_id_hash"] for row in records["pol_crime"] if self.crime_meets(row)}
        if self.about_people:
            self.crimes &= {
                crime for role in self.roles for row in records[ROLES[role][0]] if self.meets(role, row)
                for crime in self.crimes_of(row)
            }  # fmt: skip
        people = {row["row_id_hash"]: row["estimated_xjs_id"] for row in records["xjs_link"]}
        members = {
            people.get(row["row_id_hash"]) for role in self.roles for row in records[ROLES[role][0]]
            if self.meets(role, row) and self.crimes_of(row) & self.crimes
        } - {None}  # fmt: skip
        self.records_of_people = {record for record, person in people.items() if person in members}

    def members(self):
        """How many people are in the cohort, once for each role and crime."""
        return sum(
            len(self.crimes_of(row) & self.crimes)
            for role in self.roles
            for row in self.records[ROLES[role][0]]
            if self.meets(role, row)
        )

    def crime_meets(self, row):
        on, crime = self.on, row["crime_id_hash"]
        journeys = [one for one in self.records["drv_victim_journey"] if one["crime_id_hash"] == crime]
        first, last = (on["recorded"].first, on["recorded"].last) if "recorded" in on else (None, None)
        return (
            ("force" not in on or row["force_code"] in on["force"].values)
            and ("offence" not in on or self.groups[row["offence_subgroup"]] in on["offence"].values)
            and ("stage" not in on or any(one["furthest_stage"] in on["stage"].values for one in journeys))
            and ("ending" not in on or any(one["final_outcome"] in on["ending"].values for one in journeys))
            and (first is None or row["recorded_date"] >= first)
            and (last is None or row["recorded_date"] <= last)
        )

    def meets(self, role, row):
        age = row[ROLES[role][1]]
        in_age = "age" not in self.on or (
            age is not None and any(low <= age <= high for low, high in (AGES[name] for name in self.on["age"].values))
        )
        return in_age and ("sex" not in self.on or row["sex"] in self.on["sex"].values)

    def crimes_of(self, row):
        """By the row's own crime, otherwise by its case in the case links."""
        if row.get("crime_id_hash") is not None:
            return {row["crime_id_hash"]}
        found = set()
        for own, columns in (
            ("cps_case_id_hash", ["cps_case_id_hash"]),
            ("case_id_hash", ["mc_case_id_hash", "cc_case_id_hash"]),
        ):
            if row.get(own) is not None:
                links = self.records["case_link"]
                found |= {one["crime_id_hash"] for one in links if any(one[name] == row[own] for name in columns)}
        return found - {None}

    def keeps(self, table, row):
        has_case = bool({"crime_id_hash", "cps_case_id_hash", "case_id_hash"} & row.keys())
        own = {row["crime_id_hash"]} if table == "case_link" else self.crimes_of(row)
        if has_case and not own & self.crimes:
            return False
        if table in ("pol_crime", "case_link") or (has_case and not self.about_people):
            return True
        if table in ROLE_OF:
            return ROLE_OF[table] in self.roles and self.meets(ROLE_OF[table], row)
        parents = {"drv_victim_journey": ("pol_victim", "crime_id_hash", "victim_seq")}
        parents |= dict.fromkeys(("crt_offence", "crt_hearing"), ("crt_case", "case_id_hash", "defendant_seq"))
        if table in parents:
            parent, *columns = parents[table]
            same = [one for one in self.records[parent] if all(one[name] == row[name] for name in columns)]
            return any(self.keeps(parent, one) for one in same)
        return row["row_id_hash"] in self.records_of_people
