"""A second release for tests: the first one's tables, changed by hand, sealed and published like any other."""

import json
import shutil

from pyarrow import parquet

from extracts import delivery, publishing, services
from extracts.publishing.folder import seal, write_json
from extracts.specification import Release, ReleasedTable
from governance.people.grants import worker
from tests.builders import now


def second_release(zones, *, version="2026.2", change=lambda name, rows: rows):
    """Publish `version` of cjs_linked: every table of 2026.1 after `change(name, arrow table)`."""
    folder = zones.staging / f"by-hand-{version}"
    shutil.copytree(zones.release("cjs_linked", "2026.1"), folder)
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o700 if path.is_dir() else 0o600)
    stated = json.loads((folder / "release.json").read_bytes())
    tables = {}
    for name, table in stated["tables"].items():
        path = folder / table["file"]
        rows = parquet.read_table(path)
        if (changed := change(name, rows)) is not rows:
            parquet.write_table(changed, path)
        tables[name] = ReleasedTable(table["file"], changed.num_rows, delivery.sha256_of(path))
    described = json.loads((folder / "catalogue" / "dataset.json").read_bytes())
    write_json(folder / "catalogue" / "dataset.json", {**described, "version": version})
    release = Release("cjs_linked", version, stated["created_at"], tables)
    seal(folder, release)
    publishing.put_in_place(folder, zones.releases / "cjs_linked", version)
    return services.register_release(
        code="cjs_linked", version=version, title="Linked criminal justice data", tables=release.to_json()["tables"],
        by=worker(), at=now(),
    )  # fmt: skip
