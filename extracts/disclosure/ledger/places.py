"""Police forces and the regions that hold them, as labels write them.

Source: police force areas within regions and Wales, Office for National Statistics; names as in `police_forces.csv`.
"""

from __future__ import annotations

import re

from extracts.disclosure.reading.labels import as_compared

REGIONS = {
    "north east": "cleveland, durham, northumbria",
    "north west": "cheshire, cumbria, greater manchester, lancashire, merseyside",
    "yorkshire and humber": "humberside, north yorkshire, south yorkshire, west yorkshire",
    "east midlands": "derbyshire, leicestershire, lincolnshire, northamptonshire, nottinghamshire",
    "west midlands": "staffordshire, warwickshire, west mercia, west midlands",
    "east of england": "bedfordshire, cambridgeshire, essex, hertfordshire, norfolk, suffolk",
    "london": "city of london, metropolitan",
    "south east": "hampshire, kent, surrey, sussex, thames valley",
    "south west": "avon and somerset, devon and cornwall, dorset, gloucestershire, wiltshire",
    "wales": "dyfed-powys, gwent, north wales, south wales",
}
OTHER_NAMES = {
    "yorkshire and humberside": "yorkshire and humber", "eastern": "east of england", "east": "east of england",
    "metropolitan police": "metropolitan", "wales/cymru": "wales", "hampshire and isle of wight": "hampshire",
    "gmp": "greater manchester", "met": "metropolitan",
}  # fmt: skip
REGION_OF = {force: region for region, forces in REGIONS.items() for force in forces.split(", ")}
WORDS = re.compile(r"\b(?:the|police|constabulary|force|area|region|service)\b")


def force(label: str) -> str:
    """The name of the police force that a label is; "" for any other."""
    return name if (name := _plain(label)) in REGION_OF else ""


def region(label: str) -> str:
    """The name of the region that a label is; "" for any other."""
    return name if (name := _plain(label)) in REGIONS else ""


def _plain(label: str) -> str:
    plain = as_compared(label.replace("_", " ")).replace("&", "and")
    plain = OTHER_NAMES.get(plain, plain)
    short = " ".join(WORDS.sub(" ", plain).split())
    return OTHER_NAMES.get(short, short)
