from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Warning, register

from extracts.spark.opening import SPARK, why_no_spark


class ExtractsConfig(AppConfig):
    name = "extracts"
    label = "extracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from extracts import reactions  # noqa: F401 (connects the receiver)

        register(engine_is_there)


def engine_is_there(app_configs: Sequence[AppConfig] | None, **_: Any) -> list[CheckMessage]:
    """A warning where extracts are set to run on Spark and this machine could not: workers must be able to."""
    missing = why_no_spark() if settings.GATEHOUSE_EXTRACT_ENGINE == SPARK else ""
    return [Warning(missing, id="extracts.W001")] if missing else []
