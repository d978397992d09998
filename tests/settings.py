"""The portal's own settings, in demo mode, with a data folder that is thrown away.

GATEHOUSE_DATABASE_URL and GATEHOUSE_REDIS_URL are honoured, so that CI can run the same
tests on PostgreSQL and a real Redis server.
"""

import atexit
import os
import shutil
import tempfile

_folder = tempfile.mkdtemp(prefix="gatehouse-tests-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
os.environ["GATEHOUSE_DEMO"] = "1"
os.environ["GATEHOUSE_DATA"] = _folder

from portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if "GATEHOUSE_REDIS_URL" in os.environ:
    # Tests that run side by side must not clear one another's counters: a database for each.
    _number = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    CACHES["default"]["LOCATION"] = f"{REDIS_URL}?db={int(_number) + 1}"  # noqa: F405
else:
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}  # noqa: F405
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
