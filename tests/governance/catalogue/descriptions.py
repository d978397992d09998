"""A small description folder, and a way to spoil one row of it."""

from __future__ import annotations

import json
from pathlib import Path

import governance.catalogue

DATASETS = Path(governance.catalogue.__file__).parent / "datasets"

FILES = {
    "owners.csv": """
owner,label
harbour,Harbour office
""",
    "codelists/ports.csv": """
code,label,coast,source
1,Whitby,East,made for this test
2,Deal,South,made for this test
3,Scarborough,East,made for this test
""",
    "tables.csv": """
table,label,owner,unit_of_observation,primary_key,tier,description,period_column,period_parent,requestable
voyage,Voyage,harbour,one row per voyage,voyage_id,core,Ships that left.,left_on,,Y
sailor,Sailor on voyage,harbour,one row per sailor,voyage_id + sailor_seq,core,Who sailed.,,voyage.voyage_id,Y
""",
    "variables.csv": """
table,variable,label,dtype,codelist,range,sensitivity_class,ladder,default_level,in_default_extract,key_domain,\
missing_pct_target,based_on,source_format,note
voyage,voyage_id,Voyage,string(8),,,KEY,,,Y,voyage,0,test,,
voyage,left_on,Date of leaving,date,,,QI,date,month,Y,,0,test,%d/%m/%Y,
voyage,port,Port,category,ports,,QI,port,coast,Y,,2.5,test,,
voyage,coast,Coast,category,ports.coast,,OR,,,Y,,,test,,
sailor,voyage_id,Voyage,string(8),,,KEY,,,Y,voyage,0,test,,
sailor,sailor_seq,Number on voyage,integer,,1-40,KEY,,,Y,,0,test,,
sailor,name,Name,string,,,DI,,,N,,0,test,,
sailor,age,Age,integer,,,QI,age,band,Y,,1,test,,
sailor,rank,Rank,category,,mate | master,OR,,,N,,4,test,,Rank on leaving.
""",
    "ladders.csv": """
ladder,level_no,level,label,method,argument
date,0,day,Day,source,
date,1,month,Month,month,
port,0,port,Port,source,
port,1,coast,Coast,codelist,coast
age,0,years,Years,source,
age,1,band,Age band,band,0|10|12|15
""",
}

DATASET = {
    "code": "voyages",
    "title": "Voyages",
    "version": "1",
    "licence": "none",
    "source": "made for this test",
    "synthetic": True,
    "statement": "No such ship sailed.",
    "keys": {"voyage": "A voyage"},
}


def a_description(folder: Path, **changes: object) -> Path:
    """Write the small description into a new folder below `folder`; `changes` go into `dataset.json`."""
    home = folder / "voyages"
    (home / "codelists").mkdir(parents=True)
    for name, text in FILES.items():
        (home / name).write_text(text.lstrip("\n"), encoding="utf-8")
    (home / "dataset.json").write_text(json.dumps(DATASET | changes), encoding="utf-8")
    return home


def spoil(home: Path, file: str, old: str, new: str) -> None:
    """Replace a piece of text that is there exactly once."""
    text = (home / file).read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} is in {file} {text.count(old)} times"
    (home / file).write_text(text.replace(old, new), encoding="utf-8")
