"""Where the parts of an installation lie: assets beside the package in a checkout, inside it in a wheel."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
ASSETS = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent
TEMPLATES = ASSETS / "templates"
STATIC = ASSETS / "static"
MIGRATIONS = PACKAGE / "migrations"
LOCALE = PACKAGE / "locale"
