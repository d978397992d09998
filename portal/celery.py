"""The Celery application. Queues and the schedule are in the settings."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("gatehouse")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["extracts"])
app.autodiscover_tasks(["extracts"], related_name="notice_tasks")
app.autodiscover_tasks(["extracts"], related_name="ingress_tasks")
app.autodiscover_tasks(["extracts"], related_name="closing_tasks")
