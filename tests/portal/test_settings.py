"""Outside of the demonstration nothing secret has a default, and everything else is strict."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

SHOW = """
import json
from django.conf import settings as s
print(json.dumps({name: getattr(s, name) for name in (
    "DEBUG", "ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS", "SECRET_KEY", "CELERY_BROKER_URL", "DEMO", "EMAIL_HOST",
    "EMAIL_USE_TLS", "GATEHOUSE_SITE")}))
"""


def run(*command, **environment):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("GATEHOUSE_")}
    given = {"DJANGO_SETTINGS_MODULE": "portal.settings", **environment}
    return subprocess.run(
        [sys.executable, *command], cwd=settings.BASE_DIR, env=inherited | given, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def production(tmp_path, **more):
    return {
        "GATEHOUSE_SECRET_KEY": "x" * 60 + "0123456789",
        "GATEHOUSE_ALLOWED_HOSTS": "gatehouse.example",
        "GATEHOUSE_DATA": str(tmp_path),
        "GATEHOUSE_REDIS_URL": "redis://redis.example:6379/0",
        "GATEHOUSE_EMAIL_URL": "smtp+tls://user:secret@mail.example:587",
        **more,
    }


def test_without_a_secret_key_nothing_starts(tmp_path):
    result = run("-c", SHOW, GATEHOUSE_DATA=str(tmp_path))
    assert result.returncode != 0
    assert "GATEHOUSE_SECRET_KEY must be set" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_production_is_strict(tmp_path):
    shown = json.loads(run("-c", SHOW, **production(tmp_path)).stdout)
    assert shown["DEBUG"] is shown["DEMO"] is False
    assert shown["ALLOWED_HOSTS"] == ["gatehouse.example"]
    assert shown["SESSION_COOKIE_SECURE"] and shown["CSRF_COOKIE_SECURE"] and shown["SECURE_SSL_REDIRECT"]
    assert shown["SECURE_HSTS_SECONDS"] >= 31536000
    assert shown["CELERY_BROKER_URL"] == "redis://redis.example:6379/0"
    assert shown["EMAIL_HOST"] == "mail.example" and shown["EMAIL_USE_TLS"] is True
    assert shown["GATEHOUSE_SITE"] == "https://gatehouse.example"


def test_without_a_mail_server_nothing_starts(tmp_path):
    result = run("-c", SHOW, **{**production(tmp_path), "GATEHOUSE_EMAIL_URL": ""})
    assert result.returncode != 0
    assert "GATEHOUSE_EMAIL_URL must be set" in result.stderr


@pytest.mark.slow
def test_demo_people_are_never_made_in_production(tmp_path):
    result = run("manage.py", "make_demo", **production(tmp_path))
    assert result.returncode != 0
    assert "GATEHOUSE_DEMO=1" in result.stderr


@pytest.mark.slow
def test_the_demos_secret_is_kept_and_private(tmp_path):
    keys = {
        json.loads(run("-c", SHOW, GATEHOUSE_DEMO="1", GATEHOUSE_DATA=str(tmp_path)).stdout)["SECRET_KEY"] for _ in "ab"
    }
    assert len(keys) == 1
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("directive", ["default-src", "base-uri", "frame-ancestors"])
def test_the_policy_allows_nothing_by_default(client, db, directive):
    policy = client.get("/").headers["Content-Security-Policy"]
    assert f"{directive} 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"GATEHOUSE_OIDC_SERVER": "http://login.example"}, "begins with https://"),
        ({"GATEHOUSE_OIDC_SERVER": "https://login.example"}, "GATEHOUSE_OIDC_CLIENT_ID must be set"),
    ],
)
def test_an_institution_is_set_up_whole_or_not_at_all(tmp_path, given, told):
    result = run("-c", SHOW, **production(tmp_path, **given))
    assert result.returncode != 0
    assert told in result.stderr


def test_an_engine_that_nobody_knows_starts_nothing(tmp_path):
    result = run("-c", SHOW, **production(tmp_path, GATEHOUSE_EXTRACT_ENGINE="sparc"))
    assert result.returncode != 0
    assert "GATEHOUSE_EXTRACT_ENGINE must be duckdb or spark" in result.stderr


def test_settings_of_spark_are_read_as_they_are_written(tmp_path):
    given = {
        "GATEHOUSE_EXTRACT_ENGINE": "spark", "GATEHOUSE_SPARK_MASTER": "yarn", "GATEHOUSE_SPARK_PARTITIONS": "200",
        "GATEHOUSE_SPARK_SETTINGS": "spark.executor.memory=4g,spark.executor.extraJavaOptions=-Da=b",
    }  # fmt: skip
    show = "import json; from django.conf import settings as s; print(json.dumps(s.GATEHOUSE_SPARK))"
    assert json.loads(run("-c", show, **production(tmp_path, **given)).stdout) == {
        "master": "yarn", "partitions": 200, "memory": "4g",
        "settings": {"spark.executor.memory": "4g", "spark.executor.extraJavaOptions": "-Da=b"},
    }  # fmt: skip


VAULT = """
import json
from django.conf import settings as s
print(json.dumps(s.GATEHOUSE_VAULT))
"""
APP_ROLE = {"GATEHOUSE_VAULT_ROLE_ID": "gatehouse", "GATEHOUSE_VAULT_SECRET_ID_FILE": "/run/gatehouse/secret-id"}


@pytest.mark.slow
def test_the_key_ring_is_in_a_folder_unless_a_vault_is_named(tmp_path):
    assert json.loads(run("-c", VAULT, **production(tmp_path)).stdout) == {}
    given = {"GATEHOUSE_VAULT_ADDR": "https://vault.example:8200", "GATEHOUSE_VAULT_PATH": "/sre/", **APP_ROLE}
    shown = json.loads(run("-c", VAULT, **production(tmp_path, **given)).stdout)
    assert shown["address"] == "https://vault.example:8200" and shown["path"] == "sre" and shown["mount"] == "secret"
    assert shown["role_id"] == "gatehouse" and shown["secret_id_file"] == "/run/gatehouse/secret-id"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"GATEHOUSE_VAULT_ADDR": "http://vault.example:8200", **APP_ROLE}, "begins with https://"),
        ({"GATEHOUSE_VAULT_ADDR": "https://vault.example:8200"}, "GATEHOUSE_VAULT_ROLE_ID must be set"),
    ],
)  # fmt: skip
def test_a_vault_without_https_or_a_way_to_sign_in_stops_the_start(tmp_path, given, says):
    result = run("-c", VAULT, **production(tmp_path, **given))
    assert result.returncode != 0 and says in result.stderr
