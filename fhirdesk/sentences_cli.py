"""What the command line and the test of a connection say: code → (English, Korean). Data; `words.say` reads it."""

CLI_SENTENCES: dict[str, tuple[str, str]] = {
    "store_needs_yes": (
        "Nothing was done. Say --yes if that is what you want.",
        "아무것도 하지 않았습니다. 원하면 --yes 를 붙이세요.",
    ),
    "state_pending": ("waiting", "대기"),
    "state_held": ("held", "보류"),
    "state_processing": ("being sent", "전송 중"),
    "state_unknown": ("being checked", "확인 중"),
    "state_conflict": ("in conflict", "충돌"),
    "state_failed": ("failed", "실패"),
    "state_completed": ("completed", "완료"),
    "state_superseded": ("superseded", "대체됨"),
    "state_cancelled": ("cancelled", "취소됨"),
    "cli_import": (
        "{read} read: {new} new, {changed} changed, {unchanged} unchanged, {refused} refused; {queued} queued",
        "{read}건 읽음: 새로움 {new}, 바뀜 {changed}, 그대로 {unchanged}, 거절 {refused}; 대기열에 {queued}건",
    ),
    "cli_line": ("Line {line}: {error}", "{line}번째 줄: {error}"),
    "cli_queued": ("{queued} queued, {unchanged} unchanged", "대기열에 {queued}건, 그대로 {unchanged}건"),
    "cli_drained": (
        "{completed} completed in {seconds} s. Now: {failed} failed, {conflict} in conflict, {unknown} being checked, "
        "{held} held, {pending} waiting",
        "{seconds}초 동안 {completed}건 완료. 지금: 실패 {failed}, 충돌 {conflict}, 확인 중 {unknown}, 보류 {held}, "
        "대기 {pending}",
    ),
    "cli_out_of_time": (
        "The time was up before everything was sent. The rest stays in the queue.",
        "다 보내기 전에 시간이 끝났습니다. 나머지는 대기열에 남아 있습니다.",
    ),
    "cli_interrupted": (
        "Interrupted. What was on its way and not answered is checked at the next start.",
        "중단했습니다. 보냈지만 답을 받지 못한 것은 다음에 시작할 때 확인합니다.",
    ),
    "cli_elsewhere": (
        "Another FHIR Desk is sending from this data folder; this one watches.",
        "다른 FHIR Desk가 이 데이터 폴더에서 보내고 있습니다. 여기서는 지켜봅니다.",
    ),
    "cli_changed": ("{count} changed ({deed})", "{count}건 바뀜 ({deed})"),
    "cli_validated": ("{count} looked at, {bad} not valid", "{count}건 확인, 유효하지 않음 {bad}건"),
    "cli_bar_sent": ("sent", "보냄"),
    "cli_bar_read": ("read", "읽음"),
    "cli_bar_written": ("written", "씀"),
}
