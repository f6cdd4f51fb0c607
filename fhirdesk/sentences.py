"""The sentences themselves: code → (English, Korean). A table of data; `words.say` reads it."""

SENTENCES: dict[str, tuple[str, str]] = {
    "internal": (
        "Something went wrong inside the program. What was saved is safe. Try again; if it comes back, report it.",
        "프로그램 안에서 문제가 생겼습니다. 저장된 내용은 안전합니다. 다시 시도하고, 되풀이되면 알려 주세요.",
    ),
}
