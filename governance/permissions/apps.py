from django.apps import AppConfig


class PermissionsConfig(AppConfig):
    name = "governance.permissions"
    label = "permissions"
