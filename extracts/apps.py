from django.apps import AppConfig


class ExtractsConfig(AppConfig):
    name = "extracts"
    label = "extracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from extracts import reactions  # noqa: F401 (connects the receiver)
