"""Made-up records of people, few enough to count by hand, and readers of what a session wrote."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from extracts.disclosure.workspace.gatehouse_sdc import Session

AREAS, OFFENCES = ("North", "South", "East"), ("Theft", "Fraud", "Drugs")


def some(seed: int, number: int = 60, *, repeated: bool = True) -> pd.DataFrame:
    """Records with missing labels and values, negative amounts, and people who come more than once."""
    rng = np.random.default_rng(seed)
    persons = rng.integers(0, max(2, number // 2), number) if repeated else np.arange(number)
    records = pd.DataFrame(
        {
            "person_id": persons,
            "area": rng.choice([*AREAS, None], number, p=[0.4, 0.3, 0.2, 0.1]),
            "offence": pd.Categorical(rng.choice(OFFENCES, number), categories=OFFENCES),
            "year": rng.choice([2020.0, 2021.0, np.nan], number, p=[0.5, 0.4, 0.1]),
            "age": rng.integers(10, 90, number),
            "days": np.where(rng.random(number) < 0.2, np.nan, rng.integers(-5, 40, number).astype(float)),
            "weight": rng.integers(1, 5, number) / 2,
            "guilty": rng.choice([True, False], number),
        }
    )
    return records.set_index(pd.Index(rng.permutation(number) + 1000))  # no index that anything may lean on


def session(folder: Path, records: pd.DataFrame, **how: Any) -> Session:
    return Session(folder / "outputs", **{"data": records, "unit": "person_id"} | how)


def written(folder: Path, output: Any, ending: str = ".csv") -> pd.DataFrame:
    """A file of an output as text."""
    return pd.read_csv(folder / "outputs" / f"{output.name}{ending}", dtype=str, keep_default_na=False)


def listed(folder: Path) -> list[dict[str, Any]]:
    return json.loads((folder / "outputs" / "outputs.json").read_text())["cases"]
