"""manage.py give_role: an operator gives a role of the service, such as the first auditor's; it is on the trail."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from governance.people.models import User
from governance.people.roles import Role
from governance.permissions import services
from governance.workflow import Refused


class Command(BaseCommand):
    help = "Give a person a role of the service. Meant for the first auditor and research support officer: see /roles/."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("role", choices=sorted(role.value for role in services.PROPOSABLE))
        parser.add_argument(
            "--because", required=True, help="why the person needs it: the trail and the person read it"
        )

    def handle(self, *args: Any, username: str, role: str, because: str, **options: Any) -> None:
        person = User.objects.filter(username=username, is_active=True).first()
        if person is None:
            raise CommandError(f"There is nobody with the user name {username}.")
        try:
            services.set_up(person, Role(role), because=because, at=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from None
        self.stdout.write(f"{person} is {Role(role).label.lower()} from today on.")
