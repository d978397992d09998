"""Made-up identity records as files for the command line: records, the truth about them, a configuration."""

from pathlib import Path

import pandas as pd

from extracts.providers import read_providers
from extracts.synthetic.deliveries import write_deliveries

DESCRIPTION = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked"
# Enough to link on; the numbers of the police are left out, as in the benchmark.
ROLES = (
    "forename", "middle_name", "surname", "aliases", "date_of_birth", "sex", "address", "town", "postcode",
    "prison_number", "national_insurance", "sentence_dates",
)  # fmt: skip


def write_records(folder: Path, *, records: int, seed: int) -> Path:
    """`all.csv` of all seven sources, `truth.csv` and `config.toml` in the folder, which is given back."""
    write_deliveries(
        records, seed=seed, codelists=DESCRIPTION / "codelists", providers=DESCRIPTION / "providers",
        into=folder / "made", identity_only=True,
    )  # fmt: skip
    parts = []
    for provider in read_providers(DESCRIPTION / "providers"):
        for source in provider.identity:
            path = folder / "made" / "deliveries" / provider.code / "identity" / f"{source.name}.parquet"
            if path.is_file():
                table = pd.read_parquet(path).rename(columns=dict(source.columns))
                kept = [role for role in ROLES if role in table]
                parts.append(table[kept].assign(record_id=source.name + " " + table[source.row_id]))
    pd.concat(parts).to_csv(folder / "all.csv", index=False)
    truth = pd.read_parquet(folder / "made" / "truth" / "persons.parquet")
    truth = pd.DataFrame({"record_id": truth["source"] + " " + truth["row_id"], "person_id": truth["person"]})
    truth.to_csv(folder / "truth.csv", index=False)
    lines = ['[data]\nid = "record_id"\n\n[columns]', *(f'{role} = "{role}"' for role in ROLES)]
    (folder / "config.toml").write_text("\n".join(lines))
    return folder
