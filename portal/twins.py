"""A synthetic twin as a download: made on request from what is public, and sent from the disk piece by piece."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import FileResponse, HttpRequest

from extracts import delivery, twin
from extracts.models import Release
from extracts.twin import MOST_ROWS, USUAL_ROWS, Source
from governance.catalogue.catalogue import Catalogue, Table
from governance.people.models import local_day
from governance.projects.models import Project
from portal.catalogues import described_and_published
from portal.release_figures import whole_of

SIZES = (USUAL_ROWS, MOST_ROWS)
# Each costs about a second: so many from one address in a minute, whoever asks.
MOST_A_MINUTE = 12
SEED = 1


def allowed(request: HttpRequest, at: datetime) -> bool:
    """Whether this address may have another twin in this minute; it is counted, under a hash of the address."""
    address = hashlib.sha256(get_adapter().get_client_ip(request).encode()).hexdigest()
    key = f"twins:{address}:{at:%Y%m%d%H%M}"
    cache.add(key, 0, timeout=120)
    return int(cache.incr(key)) <= MOST_A_MINUTE


def size_asked(request: HttpRequest) -> int:
    """One of the sizes; the usual one for anything else."""
    return next((size for size in SIZES if request.GET.get("rows") == str(size)), USUAL_ROWS)


def source_of_table(table: Table, catalogue: Catalogue, release: Release | None, *, rows: int, at: datetime) -> Source:
    """The default variables of one table, in the quarters that the release holds."""
    figures = whole_of(release)
    period = twin.period_of(figures, [table.name], catalogue, today=local_day(at))
    spec = twin.of_table(table, catalogue, _version(catalogue, release), period)
    return Source(spec, catalogue, figures, _made_at(release, at), seed=SEED, rows=rows)


def source_of_project(project: Project, *, rows: int, at: datetime) -> Source | None:
    """What the project asks for now, in its period if that is set; None while it asks for nothing."""
    catalogue, release = described_and_published(project.dataset)
    figures = whole_of(release)
    if project.period_from and project.period_to:
        period = project.period_from, project.period_to
    else:
        period = twin.period_of(figures, list(project.requested), catalogue, today=local_day(at))
    spec = twin.asked(project.requested, catalogue, _version(catalogue, release), period)
    return Source(spec, catalogue, figures, _made_at(release, at), seed=SEED, rows=rows) if spec.tables else None


def download(source: Source, name: str) -> FileResponse:
    """The twin as a ZIP named `name`: written to the disk table by table, and gone when it is sent."""
    package = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    with tempfile.TemporaryDirectory(prefix="twin-") as room:
        folder = Path(room)
        twin.make(source, folder)
        with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(one for one in folder.rglob("*") if one.is_file()):
                _pack(packed, path, f"{name}/{path.relative_to(folder).as_posix()}")
    package.seek(0)
    return FileResponse(package, as_attachment=True, filename=f"{name}.zip", content_type="application/zip")


def _pack(packed: zipfile.ZipFile, path: Path, name: str) -> None:
    """One file, dated alike always, so that the same twin is the same ZIP."""
    entry = zipfile.ZipInfo(name, delivery.ZIP_MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as file, packed.open(entry, "w") as target:
        while piece := file.read(delivery.CHUNK_BYTES):
            target.write(piece)


def _version(catalogue: Catalogue, release: Release | None) -> str:
    return release.version if release else catalogue.dataset.version


def _made_at(release: Release | None, at: datetime) -> datetime:
    """When what it follows was published, so that the same twin is the same file on every day."""
    return (release.published_at if release and release.published_at else at).replace(microsecond=0)
