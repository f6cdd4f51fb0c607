"""What is said of the files that people write settings into."""

SETTINGS_SENTENCES: dict[str, tuple[str, str]] = {
    "settings_damaged": (
        "The settings file is damaged: {path}. {detail}. It was left as it is.",
        "설정 파일이 손상되었습니다: {path}. {detail}. 그대로 두었습니다.",
    ),
    "env_file_unreadable": ("The file of settings cannot be read: {path}", "설정 파일을 읽을 수 없습니다: {path}"),
    "env_file_exposed": (
        "Others may change {path}, and so send your data elsewhere. Make it yours alone (chmod 600).",
        "다른 사용자가 {path} 을(를) 고쳐 자료를 다른 곳으로 보낼 수 있습니다. 본인만 쓸 수 있게 하세요(chmod 600).",
    ),
    "settings_unreadable": (
        "{path} cannot be read. It was left as it is.",
        "{path} 을(를) 읽을 수 없습니다. 그대로 두었습니다.",
    ),
    "settings_encoding": (
        "{path} is no text in UTF-8. Save it as UTF-8 and start again. It was left as it is.",
        "{path} 이(가) UTF-8 텍스트가 아닙니다. UTF-8로 저장한 뒤 다시 시작하세요. 그대로 두었습니다.",
    ),
    "setting_unknown": (
        "{path}: {key} is no setting. There are: {known}. Correct it and start again.",
        "{path}: {key} 은(는) 없는 설정입니다. 쓸 수 있는 설정: {known}. 고친 뒤 다시 시작하세요.",
    ),
    "setting_text": (
        "{path}: {key} must be a text, not {value}. Correct it and start again.",
        "{path}: {key} 에는 글자가 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_address": (
        "{path}: {key} must be an address as https://clinic.example, not {value}. Correct it and start again.",
        "{path}: {key} 에는 https://clinic.example 같은 주소가 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_section": (
        "{path}: {key} must hold settings of its own, not {value}. Correct it and start again.",
        "{path}: {key} 에는 하위 설정이 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_whole": (
        "{path}: {key} must be a whole number from {least} to {most}, not {value}. Correct it and start again.",
        "{path}: {key} 에는 {least}부터 {most}까지의 정수가 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_number": (
        "{path}: {key} must be a number from {least} to {most}, not {value}. Correct it and start again.",
        "{path}: {key} 에는 {least}부터 {most}까지의 숫자가 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_switch": (
        "{path}: {key} must be true or false, not {value}. Correct it and start again.",
        "{path}: {key} 에는 true 또는 false가 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_choice": (
        "{path}: {key} must be one of {known}, not {value}. Correct it and start again.",
        "{path}: {key} 은(는) {known} 중 하나여야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
    "setting_zone": (
        "{path}: {key} must be a time zone as Asia/Seoul, not {value}. Correct it and start again.",
        "{path}: {key} 에는 Asia/Seoul 같은 시간대가 와야 합니다(현재 {value}). 고친 뒤 다시 시작하세요.",
    ),
}
