from django.apps import AppConfig
from django.conf import settings


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        if settings.DEMO:
            from portal import demo_release  # noqa: F401 (connects the receiver)
