"""Portal shows what governance decided and extracts did, and takes what people type."""

# Web processes queue tasks, so the Celery application must be there wherever Django is.
from portal.celery import app as celery_app

__all__ = ["celery_app"]
