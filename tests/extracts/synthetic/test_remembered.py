"""What several tables are cut from is worked out once per world, and once again for another one."""

from pathlib import Path

from extracts.synthetic.codes import Codes
from extracts.synthetic.journeys import simulate
from extracts.synthetic.remembered import remembered

CODELISTS = Path(__file__).parents[3] / "governance" / "catalogue" / "datasets" / "cjs_linked" / "codelists"


def world(seed):
    return simulate(200, seed=seed, codes=Codes(CODELISTS), progress=lambda *step: None)


def test_each_world_is_asked_once():
    asked = []

    @remembered
    def seeds(journeys):
        asked.append(journeys.seed)
        return [journeys.seed]

    one, other = world(1), world(2)

    assert seeds(one) is seeds(one)
    assert seeds(other) == [2]
    assert asked == [1, 2]
