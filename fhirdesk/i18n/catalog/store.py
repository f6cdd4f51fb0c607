"""What the local database says: code → (English, Korean). Data; `words.say` reads it."""

STORE_SENTENCES: dict[str, tuple[str, str]] = {
    "store": (
        "The local database refused. Nothing was half saved. Try again.",
        "로컬 데이터베이스가 거절했습니다. 반만 저장된 것은 없습니다. 다시 시도하세요.",
    ),
    "store_busy": (
        "Another program is using the database: this was not saved. Try again in a moment.",
        "다른 프로그램이 데이터베이스를 쓰고 있어 저장하지 못했습니다. 잠시 뒤 다시 시도하세요.",
    ),
    "disk_full": (
        "The disk is full: this was not saved. What was saved before is safe. Free some space and try again.",
        "디스크가 가득 차서 저장하지 못했습니다. 전에 저장한 것은 안전합니다. 공간을 비우고 다시 시도하세요.",
    ),
    "store_damaged": (
        "The database is damaged or none: {path}. It was left as it is. Newest copy: {backup}, not sent in it: "
        "{unsent}. Put a copy back; or keep what can be read of it: fhirdesk-cli store salvage; or start anew: "
        "fhirdesk-cli store renew.",
        "데이터베이스가 손상되었거나 데이터베이스가 아닙니다: {path}. 그대로 두었습니다. 최근 사본: {backup}, 그 "
        "안의 미전송: {unsent}건. 사본을 되돌려 놓거나, 읽을 수 있는 것을 건지거나(fhirdesk-cli store salvage), 새로 "
        "시작하세요(fhirdesk-cli store renew).",
    ),
    "store_gone": (
        "The database of this folder is gone: {path}. Nothing was made in its place. Newest copy: {backup}, not "
        "sent in it: {unsent}. Put it back, or start anew: fhirdesk-cli store renew.",
        "이 폴더의 데이터베이스가 없습니다: {path}. 새로 만들지 않았습니다. 최근 사본: {backup}, 그 안의 미전송: "
        "{unsent}건. 되돌려 놓거나 새로 시작하세요: fhirdesk-cli store renew.",
    ),
    "store_rolled_back": (
        "The last {count} saves are missing in the database: its log (-wal) was removed or replaced. Nothing was "
        "changed. Put it back, or go on as it is: fhirdesk-cli store accept. Newest copy: {backup}, not sent in "
        "it: {unsent}.",
        "데이터베이스에서 마지막 저장 {count}건이 빠졌습니다. 로그(-wal)가 지워졌거나 바뀌었습니다. 바뀐 것은 "
        "없습니다. 되돌려 놓거나 그대로 계속하세요: fhirdesk-cli store accept. 최근 사본: {backup}, 그 안의 "
        "미전송: {unsent}건.",
    ),
    "store_another": (
        "This is the database of another folder. Nothing was changed. Put the right one back, or go on with it: "
        "fhirdesk-cli store accept. Newest copy: {backup}, not sent in it: {unsent}.",
        "다른 폴더의 데이터베이스입니다. 바뀐 것은 없습니다. 맞는 것을 되돌려 놓거나 그대로 계속하세요: "
        "fhirdesk-cli store accept. 최근 사본: {backup}, 그 안의 미전송: {unsent}건.",
    ),
    "store_log_another": (
        "The log beside the database (-wal) is not its own: the database was exchanged, or put back without its log. "
        "Nothing was changed. Put back what belongs together, or go on with the database alone, its log moved aside: "
        "fhirdesk-cli store accept. Newest copy: {backup}, not sent in it: {unsent}.",
        "데이터베이스 옆의 로그(-wal)가 이 데이터베이스의 것이 아닙니다. 데이터베이스가 바뀌었거나 로그 없이 "
        "되돌려졌습니다. 바뀐 것은 없습니다. 짝이 맞는 파일을 되돌려 놓거나, 로그를 옮겨 두고 데이터베이스만으로 "
        "계속하세요: fhirdesk-cli store accept. 최근 사본: {backup}, 그 안의 미전송: {unsent}건.",
    ),
    "store_exchanged": (
        "The database was exchanged, or its log removed, while the program was running: nothing more is saved or "
        "sent, and what stands there now was not touched. Close every FHIR Desk of this folder, put the right files "
        "back, and start again.",
        "프로그램이 실행되는 동안 데이터베이스가 바뀌었거나 로그가 지워졌습니다. 더는 저장하거나 보내지 않으며, 지금 "
        "있는 파일은 건드리지 않았습니다. 이 폴더의 FHIR Desk를 모두 닫고 맞는 파일을 되돌려 놓은 뒤 다시 시작하세요.",
    ),
    "store_schema": (
        "The tables of the database were changed from outside. Nothing was changed by this program. Put a copy back, "
        "keep what can be read of it (fhirdesk-cli store salvage), or go on with it: fhirdesk-cli store accept. "
        "Newest copy: {backup}, not sent in it: {unsent}.",
        "데이터베이스의 표 구조가 밖에서 바뀌었습니다. 이 프로그램은 아무것도 바꾸지 않았습니다. 사본을 되돌려 "
        "놓거나, 읽을 수 있는 것을 건지거나(fhirdesk-cli store salvage), 그대로 계속하세요: fhirdesk-cli store "
        "accept. 최근 사본: {backup}, 그 안의 미전송: {unsent}건.",
    ),
    "store_strange": (
        "The database {path} holds views, triggers or computed columns that are not this program's: it was not used. "
        "Put a copy back; or keep what can be read of it: fhirdesk-cli store salvage. Newest copy: {backup}, not sent "
        "in it: {unsent}.",
        "데이터베이스 {path} 에 이 프로그램의 것이 아닌 뷰나 트리거, 계산 열이 있어 쓰지 않았습니다. 사본을 되돌려 "
        "놓거나 읽을 수 있는 것을 건지세요: fhirdesk-cli store salvage. 최근 사본: {backup}, 그 안의 미전송: "
        "{unsent}건.",
    ),
    "store_audit": (
        "The log of who did what was changed from outside: its line {seq} is missing or says something else. Nothing "
        "was changed by this program. Put a copy back, or go on, which the log will say: fhirdesk-cli store accept. "
        "Newest copy: {backup}, not sent in it: {unsent}.",
        "작업 기록이 밖에서 바뀌었습니다. {seq}번째 줄이 없거나 내용이 다릅니다. 이 프로그램은 아무것도 바꾸지 "
        "않았습니다. 사본을 되돌려 놓거나 그대로 계속하세요(기록에 남습니다): fhirdesk-cli store accept. 최근 사본: "
        "{backup}, 그 안의 미전송: {unsent}건.",
    ),
    "store_endless": (
        "Reading the database takes longer than a database of its size can: it is damaged, or was made to. Nothing "
        "was changed. Put a copy back, or keep what can be read of it: fhirdesk-cli store salvage.",
        "데이터베이스 크기에 비해 읽는 시간이 너무 깁니다. 손상되었거나 일부러 그렇게 만든 파일입니다. 바뀐 것은 "
        "없습니다. 사본을 되돌려 놓거나 읽을 수 있는 것을 건지세요: fhirdesk-cli store salvage.",
    ),
    "store_too_large": (
        "One value is larger than 64 MB: it was neither saved nor read. What was saved before is safe.",
        "64 MB보다 큰 값이 있어 저장하거나 읽지 않았습니다. 전에 저장한 것은 안전합니다.",
    ),
    "store_read_only": (
        "The data folder may be read only: you can look, nothing is saved or sent. Ask for the right to write in it.",
        "데이터 폴더를 읽기만 할 수 있습니다. 볼 수만 있고 저장하거나 보내지 않습니다. 쓰기 권한을 요청하세요.",
    ),
    "data_folder_share": (
        "{path} is on a network share ({kind}): the database could be damaged there. Nothing was changed. Choose "
        "a folder on this computer with --data-dir.",
        "{path} 은(는) 네트워크 공유({kind})입니다. 데이터베이스가 손상될 수 있습니다. 바뀐 것은 없습니다. "
        "--data-dir 로 이 컴퓨터의 폴더를 고르세요.",
    ),
    "file_not_ours": (
        "{path} is not used: it is a link, no plain file, has a second name, or belongs to another user. Nothing was "
        "changed. Move it away, then start again.",
        "{path} 을(를) 쓰지 않았습니다. 링크이거나 일반 파일이 아니거나 이름이 둘이거나 다른 사용자의 것입니다. "
        "바뀐 것은 없습니다. 다른 곳으로 옮긴 뒤 다시 시작하세요.",
    ),
    "folder_writable": (
        "Others may write in the data folder {path}: they could exchange or delete what was saved. Let only your own "
        "account in: chmod 700.",
        "다른 사용자가 데이터 폴더 {path} 에 쓸 수 있어 저장한 것을 바꾸거나 지울 수 있습니다. 내 계정만 쓰게 하세요: "
        "chmod 700.",
    ),
    "folder_readable": (
        "Others may look into the data folder {path}, which holds patient data. Let only your own account in: "
        "chmod 700.",
        "환자 정보가 있는 데이터 폴더 {path} 을(를) 다른 사용자가 볼 수 있습니다. 내 계정만 쓰게 하세요: chmod 700.",
    ),
    "disk_error": (
        "The disk reported an error while saving. What was saved before is safe; of this one it is not known. "
        "Save it again: it is never stored twice. Then have the disk checked.",
        "저장 중 디스크 오류가 났습니다. 전에 저장한 것은 안전하지만 이번 것은 알 수 없습니다. 다시 저장하세요. "
        "두 번 저장되지 않습니다. 그리고 디스크를 점검하세요.",
    ),
    "row_damaged": (
        "{type} {key} is damaged in the database: it is neither shown nor sent. Import it again; the rest is not "
        "touched.",
        "{type} {key} 이(가) 데이터베이스에서 손상되어 보이거나 보내지 않습니다. 다시 가져오세요. 나머지는 "
        "그대로입니다.",
    ),
    "why_damaged": (
        "Damaged in the database: not sent. Import the record again.",
        "데이터베이스에서 손상되어 보내지 않았습니다. 기록을 다시 가져오세요.",
    ),
    "why_damaged_map": (
        "What is known of the server's copy is damaged: not sent. Say which one it is there.",
        "서버 쪽 정보가 손상되어 보내지 않았습니다. 서버의 어느 것인지 알려 주세요.",
    ),
    "store_newer": (
        "The database was made by a newer FHIR Desk. It was not touched; update the program.",
        "더 새로운 FHIR Desk가 만든 데이터베이스입니다. 건드리지 않았으니 프로그램을 업데이트하세요.",
    ),
    "salvaged": (
        "Read from {file}: {records} records, {entries} entries that were not on the server. The file itself is kept.",
        "{file} 에서 읽었습니다. 기록 {records}건, 서버에 없던 항목 {entries}건. 파일은 그대로 둡니다.",
    ),
    "salvage_lost": (
        "{type} {key} cannot be read, or a change asked for it: import it again.",
        "{type} {key}(또는 그 변경)을(를) 읽을 수 없습니다. 다시 가져오세요.",
    ),
    "salvage_more": (
        "And {count} more: import them again.",
        "그 밖에 {count}건이 더 있습니다. 나머지를 다시 가져오세요.",
    ),
    "salvage_nothing": (
        "There is no damaged database to read. Nothing was changed.",
        "읽을 손상된 데이터베이스가 없습니다. 바뀐 것은 없습니다.",
    ),
    "salvage_not_empty": (
        "This database is not empty: nothing was read into it. Move it aside first: fhirdesk-cli store renew.",
        "이 데이터베이스가 비어 있지 않아 읽어 들이지 않았습니다. 먼저 옮겨 두세요: fhirdesk-cli store renew.",
    ),
    "verify_good": (
        "Everything is as it was saved: the database's pages, the rows, and the log of who did what.",
        "모두 저장한 그대로입니다. 데이터베이스 페이지, 행, 작업 기록을 확인했습니다.",
    ),
    "verify_pages": (
        "The database file is damaged: {text}. Put a copy back, or keep what can be read of it: fhirdesk-cli store "
        "salvage.",
        "데이터베이스 파일이 손상되었습니다: {text}. 사본을 되돌려 놓거나 읽을 수 있는 것을 건지세요: fhirdesk-cli "
        "store salvage.",
    ),
    "verify_audit": (
        "The log of who did what was changed from outside: its line {seq} does not follow from the lines before it.",
        "작업 기록이 밖에서 바뀌었습니다. {seq}번째 줄이 앞줄과 이어지지 않습니다.",
    ),
    "verify_audit_short": (
        "The log of who did what was cut from outside: it does not know that {count} entries have arrived.",
        "작업 기록이 밖에서 잘렸습니다. 완료된 항목 {count}건이 기록에 없습니다.",
    ),
}
