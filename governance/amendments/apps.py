from django.apps import AppConfig


class AmendmentsConfig(AppConfig):
    name = "governance.amendments"
    label = "amendments"
