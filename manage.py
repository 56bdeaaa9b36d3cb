#!/usr/bin/env python
"""Django's command-line door; starts the embedded services first when none are configured."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import services

    if services.needed_by(sys.argv):
        services.up()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
