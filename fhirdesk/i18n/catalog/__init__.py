"""The sentences themselves in English, by subject; their Korean is in the catalogue of `i18n/locale`."""
