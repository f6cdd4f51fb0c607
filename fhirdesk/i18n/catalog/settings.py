"""What is said of the files that people write settings into: code → English. Data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

SETTINGS_SENTENCES: dict[str, str] = {
    "settings_damaged": N_("The settings file is damaged: {path}. {detail}. It was left as it is."),
    "env_file_unreadable": N_("The file of settings cannot be read: {path}"),
    "env_file_exposed": N_(
        "Others may change {path}, and so send your data elsewhere. Make it yours alone (chmod 600)."
    ),
    "settings_unreadable": N_("{path} cannot be read. It was left as it is."),
    "settings_encoding": N_("{path} is no text in UTF-8. Save it as UTF-8 and start again. It was left as it is."),
    "setting_unknown": N_("{path}: {key} is no setting. There are: {known}. Correct it and start again."),
    "setting_text": N_("{path}: {key} must be a text, not {value}. Correct it and start again."),
    "setting_address": N_(
        "{path}: {key} must be an address as https://clinic.example, not {value}. Correct it and start again."
    ),
    "setting_section": N_("{path}: {key} must hold settings of its own, not {value}. Correct it and start again."),
    "setting_whole": N_(
        "{path}: {key} must be a whole number from {least} to {most}, not {value}. Correct it and start again."
    ),
    "setting_number": N_(
        "{path}: {key} must be a number from {least} to {most}, not {value}. Correct it and start again."
    ),
    "setting_switch": N_("{path}: {key} must be true or false, not {value}. Correct it and start again."),
    "setting_choice": N_("{path}: {key} must be one of {known}, not {value}. Correct it and start again."),
    "setting_zone": N_("{path}: {key} must be a time zone as Asia/Seoul, not {value}. Correct it and start again."),
}
