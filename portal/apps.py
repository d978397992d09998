from django.apps import AppConfig
from django.conf import settings


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from portal import accounts, second_factor  # noqa: F401 (connects the receivers)

        if settings.DEMO:
            from portal import demo_release  # noqa: F401 (connects the receiver)
