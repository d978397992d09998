"""Makes `folder` beside this file anew. Needs `acro` 1.0.2 in an environment of its own: `python make.py`.

The records are drawn by chance; nobody is behind them.
"""

import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from acro import ACRO

FOLDER = Path(__file__).resolve().parent / "folder"


def records() -> pd.DataFrame:
    rng, number = np.random.default_rng(6), 400
    made = pd.DataFrame(
        {
            "area": rng.choice(["North", "South", "East"], number, p=[0.5, 0.45, 0.05]),
            "offence": rng.choice(["Theft", "Fraud", "Drugs"], number, p=[0.6, 0.3, 0.1]),
            "age": rng.integers(16, 70, number),
            "days": rng.gamma(2, 60, number).round(0),
            "guilty": rng.integers(0, 2, number),
            "months": rng.integers(1, 12, number),
        }
    )
    east = made["area"].eq("East")
    made.loc[east, "days"] = np.nan
    made.loc[east.idxmax(), "days"] = 40.0
    return made


def outputs(acro: ACRO, made: pd.DataFrame) -> None:
    larger = made[made["area"].ne("East")]
    acro.crosstab(made.area, made.offence, margins=True)
    acro.crosstab(made.area, made.offence, values=made.days, aggfunc="mean")
    acro.crosstab(larger.area, larger.guilty, values=larger.days, aggfunc="max")
    acro.ols(made.age, made[["guilty", "months"]].assign(const=1.0))
    acro.surv_func(made.months, made.guilty, output="table")
    Path("note.txt").write_text("How the sample was chosen.\n")
    acro.custom_output("note.txt", "How the sample was chosen")
    acro.add_exception("output_0", "The areas are published elsewhere.")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as elsewhere:
        os.chdir(elsewhere)
        session = ACRO(suppress=False)
        outputs(session, records())
        session.finalise("made", "json")
        shutil.rmtree(FOLDER, ignore_errors=True)
        shutil.copytree("made", FOLDER)
        os.chdir(FOLDER)
