"""How to cite an extract, and the statement that goes under every figure made from it."""

from __future__ import annotations

from extracts.pack.contents import Contents


def text(contents: Contents) -> str:
    dataset, release = contents.catalogue.dataset, contents.release
    year = (release.created_at or contents.created_at.isoformat())[:4]
    owners = "; ".join(contents.owners)
    of_project = f" Extract for project {contents.project}." if contents.project else ""
    return "\n".join(
        [
            "Suggested citation", "",
            f"{owners} ({year}). {dataset.title}, release {release.version} [data set]. "
            f"{dataset.source}.{of_project}", "",
            "Statement for every table and figure", "",
            f"Source: {dataset.title}, release {release.version}; {owners}. {dataset.statement}", "",
            "The owners are responsible for the data they hold, not for what is concluded from them.", "",
        ]
    )  # fmt: skip
