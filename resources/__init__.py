"""Assets of the window: icons, styles, translations. Files, no code; only `ui` reads them."""
