#!/usr/bin/env python3
"""Django's command line for Gatehouse."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["demo"]:
        os.environ.setdefault("GATEHOUSE_DEMO", "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
