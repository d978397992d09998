"""All papers of the pack but the descriptor: file name to content."""

from __future__ import annotations

from collections.abc import Iterator

from extracts.pack import breaks, citation, quality
from extracts.pack.contents import Contents
from extracts.pack.csv_text import csv_text
from extracts.pack.dictionary import codes_csv, dictionary_csv, dictionary_html
from extracts.pack.readme import readme
from governance.catalogue.catalogue import CodeList


def papers(contents: Contents) -> dict[str, str]:
    """dictionary.csv and .html, dictionary-codes.csv, README.txt, suggested-citation.txt, known-breaks.csv and .txt,

    codelists/*.csv; linkage-quality.csv and .txt where the release says how good its links are; and
    linkage-of-this-extract.csv where records are linked at all.
    """
    lists = {codes.name: codes for codes in _lists_used(contents)}
    return {
        "dictionary.csv": dictionary_csv(contents),
        "dictionary.html": dictionary_html(contents),
        "dictionary-codes.csv": codes_csv(contents),
        "README.txt": readme(contents),
        "suggested-citation.txt": citation.text(contents),
        "known-breaks.csv": breaks.table(contents),
        "known-breaks.txt": breaks.text(contents),
        **(quality.of_release(contents) if contents.quality else {}),
        **({quality.OF_THIS_EXTRACT: quality.of_extract(contents.links)} if contents.links else {}),
        **{f"codelists/{name}.csv": csv_text(codes.columns, codes.rows) for name, codes in sorted(lists.items())},
    }


def _lists_used(contents: Contents) -> Iterator[CodeList]:
    for table in contents.spec.tables:
        for column in table.columns:
            if name := contents.catalogue[table.name][column.name].codelist:
                yield contents.catalogue.code_list(name)
