"""Where the assets are: icons, styles and fonts of the package `resources`."""

from pathlib import Path

import resources

FOLDER = Path(next(iter(resources.__path__)))


def path(name: str) -> Path:
    """Path of an asset, by its name within the package."""
    return FOLDER / name


def icon_path(name: str) -> str:
    """Path of an icon."""
    return str(FOLDER / "icons" / f"{name}.svg")
