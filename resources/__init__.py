"""Assets of the window: icons, styles, translations, samples. Files, no code; only `ui` reads them."""
