from django.apps import AppConfig


class IngressConfig(AppConfig):
    name = "governance.ingress"
    label = "ingress"
    default_auto_field = "django.db.models.BigAutoField"
