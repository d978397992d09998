from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from extracts.disclosure.policies import POLICY_FILE, Policies
from extracts.disclosure.policy import BadPolicy
from extracts.spark.opening import SPARK, why_no_spark
from extracts.zones import Zones


class ExtractsConfig(AppConfig):
    name = "extracts"
    label = "extracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from extracts import reactions  # noqa: F401 (connects the receiver)

        register(engine_is_there)
        register(places_are_on_one_file_system)
        register(policies_of_datasets_are_read)


def engine_is_there(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A warning where extracts are set to run on Spark and this machine could not: workers must be able to."""
    missing = why_no_spark() if settings.GATEHOUSE_EXTRACT_ENGINE == SPARK else ""
    return [Warning(missing, id="extracts.W001")] if missing else []


def places_are_on_one_file_system(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A warning where what is built in staging could not be moved into a workspace by a rename."""
    zones = Zones(Path(settings.GATEHOUSE_DATA))
    try:
        there = {path.stat().st_dev for path in (zones.staging, zones.workspaces)}
    except OSError:  # not made yet, or not for this process to look into
        return []
    said = f"{zones.staging} and {zones.workspaces} are on different file systems: nothing can be delivered."
    return [Warning(said, id="extracts.W002")] if len(there) > 1 else []


def policies_of_datasets_are_read(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """An error for each dataset whose disclosure policy is none: no output of its projects could be checked."""
    found: list[CheckMessage] = []
    for path in (path for folder in settings.GATEHOUSE_CATALOGUES for path in sorted(folder.glob(f"*/{POLICY_FILE}"))):
        try:
            Policies.of_file(path).of()  # of all at once: two that round differently are no policy either
        except BadPolicy as problem:
            found.append(Error(str(problem), id="extracts.E001"))
    return found
