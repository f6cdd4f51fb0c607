"""The sentences themselves: code → (English, Korean). A table of data; `words.say` reads it."""

# What people call the record types inside a sentence.
TYPES: dict[str, tuple[str, str]] = {
    "patient": ("patient", "환자"),
    "encounter": ("visit", "진료"),
    "lab_result": ("lab result", "검사결과"),
    "ai_job": ("AI report", "AI 판독"),
    "order": ("order", "처방"),
    "radiology_order": ("radiology order", "영상검사 처방"),
    "diagnosis": ("diagnosis", "진단"),
    "radiology_study": ("imaging study", "영상검사"),
    "allergy": ("allergy", "알레르기"),
    "resource": ("FHIR resource", "FHIR 리소스"),
}
SENTENCES: dict[str, tuple[str, str]] = {
    "internal": (
        "Something went wrong inside the program. What was saved is safe. Try again; if it comes back, report it.",
        "프로그램 안에서 문제가 생겼습니다. 저장된 내용은 안전합니다. 다시 시도하고, 되풀이되면 알려 주세요.",
    ),
    "configuration": (
        "A setting is missing or wrong. Nothing was changed. See the README for the settings.",
        "설정이 없거나 잘못되었습니다. 바뀐 것은 없습니다. 설정 방법은 README를 보세요.",
    ),
    "data_folder": (
        "The data folder cannot be used: {path}. Nothing was changed. Choose another one with --data-dir.",
        "데이터 폴더를 쓸 수 없습니다: {path}. 바뀐 것은 없습니다. --data-dir 로 다른 폴더를 고르세요.",
    ),
    "already_running": (
        "Another FHIR Desk uses this data folder. Nothing was changed.",
        "다른 FHIR Desk가 이 데이터 폴더를 쓰고 있습니다. 바뀐 것은 없습니다.",
    ),
    "invalid_input": (
        "The data is not right. Nothing of it was saved.",
        "데이터가 올바르지 않습니다. 저장한 것은 없습니다.",
    ),
    "too_many_parts": (
        "This JSON would take too much memory: more than {count} parts, or one huge text.",
        "JSON이 메모리를 너무 많이 씁니다. 항목이 {count}개를 넘거나 지나치게 긴 글이 있습니다.",
    ),
    "not_found": ("That is not here.", "찾을 수 없습니다."),
    "no_such_record": (
        "There is no {type} {key} here. Import it first.",
        "{type} {key} 이(가) 없습니다. 먼저 가져오세요.",
    ),
    "no_such_entry": ("There is no queue entry {entry}.", "대기열에 {entry} 항목이 없습니다."),
    "no_such_type": (
        "There is no record type {type}. Known are: {known}",
        "{type} (이)라는 기록 종류는 없습니다. 쓸 수 있는 종류: {known}",
    ),
    "refused_now": ("That cannot be done now.", "지금은 할 수 없습니다."),
    "cancel_in_flight": (
        "This entry is on its way, or its outcome is not known yet: it cannot be taken back.",
        "이미 보내는 중이거나 결과를 확인하는 중이라 취소할 수 없습니다.",
    ),
    "many_need_yes": (
        "{count} entries would change. Say --yes to do it.",
        "{count}건이 바뀝니다. 진행하려면 --yes 를 붙이세요.",
    ),
    "forbidden": ("You may not do that.", "권한이 없습니다."),
    "forbidden_edit": (
        "You may edit your own record only. Nothing was sent.",
        "본인의 기록만 고칠 수 있습니다. 보낸 것은 없습니다.",
    ),
    "server": ("The server did not do it.", "서버가 처리하지 못했습니다."),
    "unavailable": (
        "The server cannot be reached. Everything stays in the queue.",
        "서버에 연결할 수 없습니다. 모두 대기열에 남아 있습니다.",
    ),
    "not_authorized": (
        "The server wants a sign-in. Check the client id and secret.",
        "서버가 로그인을 요구합니다. 클라이언트 ID와 비밀번호를 확인하세요.",
    ),
    "profiles_damaged": (
        "The file of profiles is damaged: {path}. It was left as it is.",
        "프로필 파일이 손상되었습니다: {path}. 그대로 두었습니다.",
    ),
    "profile_is_demo": (
        "{profile} is the practice server's own name: choose another.",
        "{profile} 은(는) 연습 서버의 이름입니다. 다른 이름을 고르세요.",
    ),
    "profile_elsewhere": (
        "{profile} is the server at {url}. Another address is another server: choose a new name for it. If {profile} "
        "itself has moved: fhirdesk-cli profile move {profile} with the new address.",
        "{profile} 은(는) {url} 서버의 이름입니다. 주소가 다르면 다른 서버이므로 새 이름을 고르세요. "
        "{profile} 서버가 옮겨 간 것이라면: fhirdesk-cli profile move {profile} 새주소",
    ),
    "profile_unknown": (
        "There is no profile {profile}. See fhirdesk-cli profile list.",
        "{profile} 프로필이 없습니다. fhirdesk-cli profile list 를 보세요.",
    ),
    "url_missing": ("Type the address of the server first.", "서버 주소를 먼저 입력하세요."),
    "url_wrong": (
        "{url} is not the address of a server. It must begin with https://",
        "{url} 은(는) 서버 주소가 아닙니다. https:// 로 시작해야 합니다.",
    ),
    "url_plain_http": (
        "{host} is another computer: plain http would show patient data on the way. Use https.",
        "{host} 은(는) 다른 컴퓨터입니다. http로는 환자 정보가 노출됩니다. https를 쓰세요.",
    ),
    "import_code_system": (
        "{field}: no code system is known by the name {system}: the code goes out under the clinic's own.",
        "{field}: {system} (이)라는 코드 체계는 알려져 있지 않아 병원 자체 코드 체계로 보냅니다.",
    ),
    "import_not_ready": (
        "Stored on this computer; it is sent once it is completed.",
        "이 컴퓨터에 저장했습니다. 완료되면 보냅니다.",
    ),
    "record_not_ready": (
        "{type} {key} is not completed yet: it stays on this computer until then.",
        "{type} {key} 은(는) 아직 완료되지 않아 이 컴퓨터에만 있습니다.",
    ),
    "since_wrong": (
        "{value} is not a time: use 24h, 7d or 2026-01-31.",
        "{value} 은(는) 시간이 아닙니다. 24h, 7d, 2026-01-31 처럼 쓰세요.",
    ),
    "edit_nothing": (
        "Say what to change: --phone, --email or --address.",
        "바꿀 것을 쓰세요: --phone, --email, --address",
    ),
    "paused_by_hand": (
        "Paused. Nothing is sent until it is resumed.",
        "일시정지했습니다. 다시 시작할 때까지 보내지 않습니다.",
    ),
    "why_due": ("Waits for its turn", "차례를 기다립니다"),
    "why_no_server": ("Nothing is sent yet: no server is set", "서버가 설정되지 않아 아직 보내지 않습니다"),
    "why_later": ("Will be tried again later", "잠시 뒤 다시 보냅니다"),
    "why_sending": ("Is being sent", "보내는 중입니다"),
    "why_completed": ("Saved on the server", "서버에 저장되었습니다"),
    "why_superseded": ("A newer change took its place", "더 새로운 변경으로 바뀌었습니다"),
    "why_cancelled": ("Taken back", "전송을 취소했습니다"),
    "why_behind": ("Waits behind an older change of the same record", "같은 기록의 앞선 변경을 기다립니다"),
    "why_behind_entry": (
        "Waits behind an older change of the same record ({entry})",
        "같은 기록의 앞선 변경({entry})을 기다립니다",
    ),
    "why_parent_absent": (
        "{type} {key} is not here yet: import it, and this goes on",
        "{type} {key} 이(가) 아직 없습니다. 가져오면 이어집니다",
    ),
    "why_parent_refused": (
        "Waits for {type} {key}, which needs a person first ({entry})",
        "{type} {key} 을(를) 기다립니다. 그 항목을 먼저 해결하세요 ({entry})",
    ),
    "why_parent_cancelled": (
        "Waits for {type} {key}, which was taken back: queue it again, and this goes on",
        "{type} {key} 을(를) 기다리는데 취소되었습니다. 다시 보내면 이어집니다",
    ),
    "why_parent_gone": (
        "Waits for {type} {key}, which is not on the server any more: queue it again, and this goes on",
        "{type} {key} 이(가) 서버에 더 이상 없습니다. 다시 보내면 이어집니다",
    ),
    "notice_not_taken": (
        "This server does not take {type}: {count} wait here",
        "이 서버는 {type} 을(를) 받지 않습니다. {count}건이 여기서 기다립니다",
    ),
    "notice_unversioned": (
        "This server shows no versions of {type}: a change that somebody else makes at the same moment can be lost.",
        "이 서버는 {type} 의 버전을 알려 주지 않습니다. 같은 순간에 다른 사람이 바꾼 내용은 사라질 수 있습니다.",
    ),
    "notice_old": (
        "{count} changes have waited for more than 14 days. None is dropped; look at why they wait.",
        "14일 넘게 기다린 변경이 {count}건 있습니다. 버린 것은 없으니 이유를 확인하세요.",
    ),
    "notice_internal": (
        "{count} entries met an error of the program. The others go on; report it if it stays.",
        "프로그램 오류를 만난 항목이 {count}건 있습니다. 나머지는 계속 보냅니다. 계속되면 알려 주세요.",
    ),
    "ids_forgotten": (
        "{count} ids of the server are forgotten; each record is looked up or made anew when it is sent.",
        "서버의 ID {count}개를 잊었습니다. 각 기록은 보낼 때 다시 찾거나 만듭니다.",
    ),
    "why_waits_patient": ("The patient must be saved first ({key})", "환자가 먼저 저장돼야 합니다 ({key})"),
    "why_waits": ("{type} {key} must be saved first", "{type} {key} 이(가) 먼저 저장돼야 합니다"),
    "why_checking": (
        "Cut off before the answer: checking whether it was saved",
        "답이 오기 전에 끊겼습니다. 저장됐는지 확인합니다",
    ),
    "why_answered": (
        "The server answered {status}{said}. Checking whether it was saved",
        "서버의 답이 {status}{said} 입니다. 저장됐는지 확인합니다",
    ),
    "why_unreadable": (
        "The server's answer cannot be read: checking whether it was saved",
        "서버의 답을 읽을 수 없습니다. 저장됐는지 확인합니다",
    ),
    "why_interrupted": (
        "The program stopped while sending: checking whether it was saved",
        "보내는 중에 프로그램이 멈췄습니다. 저장됐는지 확인합니다",
    ),
    "why_older": (
        "The database is older than what was sent: checking whether the server has this already",
        "데이터베이스가 보낸 내용보다 오래됐습니다. 서버에 이미 있는지 확인합니다",
    ),
    "why_moved_on": (
        "The server has another state, perhaps a later one of ours: the database is older. Decide which one.",
        "서버의 내용이 다르며 우리가 나중에 보낸 것일 수 있습니다(데이터베이스가 더 오래됨). 어느 쪽인지 정하세요.",
    ),
    "why_number_taken": (
        "Somebody with another birth date has this number on the server ({id}). Nothing was sent. Check both.",
        "서버에서 생년월일이 다른 사람({id})이 이 번호를 쓰고 있습니다. 보내지 않았습니다. 양쪽을 확인하세요.",
    ),
    "why_number_changed": (
        "Somebody gave this patient another number on the server ({number}). Nothing was sent. Decide which is right.",
        "서버에서 이 환자의 번호가 {number} (으)로 바뀌었습니다. 보내지 않았습니다. 어느 쪽이 맞는지 정하세요.",
    ),
    "why_namesake": (
        "Somebody with the same name and birth date is on the server without a number of yours ({ids}). Nothing was "
        "sent. Is it the same person? Say so with that id; if it is somebody else, keep yours.",
        "이름과 생년월일이 같고 환자번호가 없는 사람이 서버에 있습니다({ids}). 보내지 않았습니다. "
        "같은 사람이면 그 ID를 고르고, 다른 사람이면 내 기록을 유지하세요.",
    ),
    "why_new_person": (
        "Another person of that name, as somebody here decided: a new patient is made",
        "이름만 같은 다른 사람으로 확인되어 새 환자로 만듭니다",
    ),
    "why_brought_back": (
        "It had been deleted on the server, and our change brought it back. Look there, then decide whether it stays.",
        "서버에서 삭제된 것이었는데 우리 변경으로 되살아났습니다. 서버를 확인하고 그대로 둘지 정하세요.",
    ),
    "why_reading_back": (
        "The server said yes without naming a version: reading it back",
        "서버가 버전 없이 승인해 다시 읽어 확인합니다",
    ),
    "why_another_patient": (
        "The id {id} belongs to somebody else on the server now. Nothing was sent. Check the server.",
        "서버의 {id} 이(가) 이제 다른 사람의 것입니다. 보내지 않았습니다. 서버를 확인하세요.",
    ),
    "why_another_number": (
        "The server took {id} for this record, but its number is another one. Nothing was changed. Check the server.",
        "서버가 {id} 을(를) 이 기록으로 보았지만 번호가 다릅니다. 바꾸지 않았습니다. 서버를 확인하세요.",
    ),
    "pause_identity": (
        "{type}/{id} on the server is somebody else's now. Nothing more is sent. Is it still the same server?",
        "서버의 {type}/{id} 이(가) 이제 다른 사람의 것입니다. 더 보내지 않습니다. 같은 서버가 맞는지 확인하세요.",
    ),
    "pause_moved": (
        "This server was at {before}. What answers at {to} has none of the records known there that were asked for, so "
        "nothing is sent. If it is the right server all the same, resume; its ids are looked up anew.",
        "이 서버는 {before} 에 있었습니다. {to} 에는 거기서 알던 기록이 하나도 없어 보내지 않습니다. "
        "그래도 맞는 서버라면 다시 시작하세요. 기록의 id는 새로 확인합니다.",
    ),
    "pause_vanished": (
        "The server knows none of {count} records that it had. Nothing more is sent. Was it reset?",
        "서버에 있던 기록 {count}건이 모두 없습니다. 더 보내지 않습니다. 서버가 초기화되었는지 확인하세요.",
    ),
    "why_cycle_unsupported": (
        "These records refer to each other, and this server does not take them in one transaction",
        "서로를 가리키는 기록인데 이 서버는 한 번에(트랜잭션) 받지 않습니다",
    ),
    "why_transaction_split": (
        "The server kept only a part of records that belong together. Decide what to do.",
        "함께 저장돼야 할 기록 중 일부만 서버에 있습니다. 어떻게 할지 정하세요.",
    ),
    "why_referenced": (
        "Others on the server refer to it: it is deleted once they are gone",
        "서버의 다른 기록이 이것을 가리킵니다. 그것들이 없어지면 지웁니다",
    ),
    "why_not_arrived": ("It had not arrived; it is sent again", "도착하지 않아 다시 보냅니다"),
    "why_newer_there": (
        "The server has a newer version; ours is laid over it",
        "서버에 더 새로운 버전이 있어 그 위에 다시 씁니다",
    ),
    "why_offline": (
        "The server cannot be reached; it is sent when the server is back",
        "서버에 연결할 수 없습니다. 연결되면 보냅니다",
    ),
    "why_busy": ("The server is busy; it is sent again in a moment", "서버가 바쁩니다. 잠시 뒤 다시 보냅니다"),
    "why_locked": (
        "The server was working on the same record; it is sent again",
        "서버가 같은 기록을 처리하고 있어 다시 보냅니다",
    ),
    "why_not_trusted": (
        "The certificate of {host} is not trusted (valid until {expires}, SHA-256 {fingerprint}). Nothing was sent.",
        "{host} 의 인증서를 믿을 수 없습니다 (유효기간 {expires}, SHA-256 {fingerprint}). 보낸 것은 없습니다.",
    ),
    "why_not_fhir": (
        "What answered is not the FHIR server. Check the network and the address.",
        "FHIR 서버가 아닌 곳에서 답했습니다. 네트워크와 주소를 확인하세요.",
    ),
    "why_mixed_up": (
        "The server answered with another patient's resource: its answers are mixed up. Nothing of it was kept. Tell "
        "whoever runs the server; after you resume, it is looked at what arrived before anything is sent again.",
        "서버가 다른 환자의 자료로 답했습니다. 답이 뒤섞이고 있습니다. 그 답은 쓰지 않았습니다. "
        "서버 담당자에게 알려 주세요. 다시 시작하면 무엇이 도착했는지 먼저 확인한 뒤에 보냅니다.",
    ),
    "why_moved": (
        "{host} says it has moved to {to}. Nothing was sent there; all is kept. Check the address, then resume.",
        "{host} 이(가) {to} (으)로 옮겼다고 합니다. 보낸 것 없이 모두 보관 중입니다. 주소를 확인하고 다시 시작하세요.",
    ),
    "why_rejected": ("The server refused it", "서버가 거절했습니다"),
    "why_rejected_invalid": ("The server refused it as not valid", "서버가 올바르지 않은 값이라며 거절했습니다"),
    "why_rejected_rule": ("A rule of the server forbids it", "서버의 규칙에 맞지 않아 거절되었습니다"),
    "why_rejected_duplicate": ("The server has the same already", "서버에 같은 값이 이미 있어 거절되었습니다"),
    "why_rejected_field": ("The server refused the {field}", "서버가 {field} 을(를) 거절했습니다"),
    "why_permission": ("The server does not allow it", "서버가 허용하지 않습니다"),
    "why_scope": (
        "The sign-in does not allow this: it lacks the scope {scope}. Ask whoever runs the server to grant it.",
        "로그인 권한에 {scope} 이(가) 없습니다. 서버 담당자에게 이 권한을 요청하세요.",
    ),
    "why_sign_in": ("The server wants a new sign-in", "서버에 다시 로그인해야 합니다"),
    "why_wrong_place": (
        "The server has no {type} at this address. Check the address.",
        "이 주소에는 {type} 이(가) 없습니다. 주소를 확인하세요.",
    ),
    "why_not_there": (
        "The server does not find it any more: looking for it",
        "서버에서 찾을 수 없어 확인하고 있습니다",
    ),
    "why_missing_there": (
        "It is not on the server any more. Decide what to do.",
        "서버에 더 이상 없습니다. 어떻게 할지 정하세요.",
    ),
    "why_gone": ("It was deleted on the server. Decide what to do.", "서버에서 삭제되었습니다. 어떻게 할지 정하세요."),
    "why_unsupported": ("This server does not take {type}", "이 서버는 {type} 을(를) 받지 않습니다"),
    "why_stale": ("Somebody changed it on the server: comparing", "서버에서 누군가 바꿨습니다. 비교하고 있습니다"),
    "why_duplicate": (
        "The server has it more than once ({ids}). Decide which one.",
        "서버에 여러 개 있습니다({ids}). 어느 것인지 정하세요.",
    ),
    "why_too_large": ("It is too large for the server", "서버가 받기에 너무 큽니다"),
    "why_missing_reference": ("It points at something the server does not have", "서버에 없는 것을 가리킵니다"),
    "why_changed_there": (
        "Also changed on the server: {elements}. Decide which one.",
        "서버에서도 바뀌었습니다: {elements}. 어느 쪽인지 정하세요.",
    ),
    "why_changes_too_often": (
        "It keeps changing on the server. Decide what to do.",
        "서버에서 계속 바뀝니다. 어떻게 할지 정하세요.",
    ),
    "why_refused_unchanged": (
        "The server refuses it as out of date, though nothing changed there. Decide what to do.",
        "서버에서 바뀐 것이 없는데도 서버가 최신이 아니라며 받지 않습니다. 어떻게 할지 정하세요.",
    ),
    "why_nothing_to_delete": ("It was never on the server: nothing to delete", "서버에 없던 것이라 지울 것이 없습니다"),
    "why_poison": (
        "Tried too often without success. Look at the answers, then retry.",
        "여러 번 보냈지만 되지 않았습니다. 답을 보고 다시 보내세요.",
    ),
    "edit_accepted": ("Saved on the server.", "서버에 저장되었습니다."),
    "edit_partial": (
        "This patient came from a FHIR resource without {fields}: it is shown, not editable. Nothing was sent.",
        "{fields} 이(가) 없는 FHIR 리소스에서 온 환자라 보기만 할 수 있습니다. 보낸 것은 없습니다.",
    ),
    "patient_partial": (
        "Read from a FHIR resource that lacks what a patient's record needs: shown, not editable.",
        "환자 기록에 필요한 값이 없는 FHIR 리소스에서 읽었습니다. 보기만 할 수 있습니다.",
    ),
    "edit_unchanged": ("Nothing was changed: it is like that already.", "이미 그 값입니다. 바뀐 것은 없습니다."),
    "edit_local_only": (
        "Saved on this computer only; it goes out with the patient.",
        "이 컴퓨터에만 저장했습니다. 환자와 함께 보냅니다.",
    ),
    "edit_not_done": (
        "The server said yes, but did not change {fields} as you wanted. The record now shows what the server has.",
        "서버가 승인했지만 {fields} 은(는) 원하는 대로 바뀌지 않았습니다. 이제 서버에 있는 값을 보여 줍니다.",
    ),
    "edit_refused": (
        "The server refused the change. Nothing was changed.",
        "서버가 수정을 거절했습니다. 바뀐 것은 없습니다.",
    ),
    "edit_refused_field": (
        "The server refused the {field}. Nothing was changed.",
        "서버가 {field} 을(를) 거절했습니다. 바뀐 것은 없습니다.",
    ),
    "edit_refused_invalid": (
        "The server refused the change as not valid. Nothing was changed.",
        "서버가 올바르지 않은 값이라며 거절했습니다. 바뀐 것은 없습니다.",
    ),
    "edit_refused_rule": (
        "A rule of the server forbids the change. Nothing was changed.",
        "서버의 규칙에 맞지 않아 거절되었습니다. 바뀐 것은 없습니다.",
    ),
    "edit_refused_duplicate": (
        "The server has the same already, with somebody else. Nothing was changed.",
        "서버에 같은 값이 이미 다른 사람에게 있어 거절되었습니다. 바뀐 것은 없습니다.",
    ),
    "edit_not_allowed": (
        "The server does not allow this change. Nothing was changed; ask those who run it for the permission.",
        "서버가 이 수정을 허용하지 않습니다. 바뀐 것은 없습니다. 서버 담당자에게 권한을 요청하세요.",
    ),
    "edit_too_large": (
        "The change is too large for the server. Nothing was changed.",
        "서버가 받기에 너무 큽니다. 바뀐 것은 없습니다.",
    ),
    "edit_not_taken": (
        "This server does not take changes of patients. Nothing was changed.",
        "이 서버는 환자 정보 수정을 받지 않습니다. 바뀐 것은 없습니다.",
    ),
    "edit_not_sent": (
        "It cannot be sent as it stands. Nothing was changed.",
        "지금 상태로는 보낼 수 없습니다. 바뀐 것은 없습니다.",
    ),
    "edit_unreachable": (
        "The server cannot be reached. Your edit was not saved; try again.",
        "서버에 연결할 수 없습니다. 수정은 저장되지 않았습니다. 다시 시도하세요.",
    ),
    "edit_paused": (
        "Sending is paused. Your edit was not saved; resume sending, then try again.",
        "전송이 일시 중지되어 있습니다. 수정은 저장되지 않았습니다. 전송을 다시 시작한 뒤 다시 시도하세요.",
    ),
    "edit_later": (
        "It is queued and sent as soon as the server takes it; until then the old value stays.",
        "대기열에 넣었습니다. 서버가 받는 대로 보내고, 그때까지는 이전 값이 남습니다.",
    ),
    "edit_conflict": (
        "It was changed on the server meanwhile. Nothing was overwritten.",
        "그 사이 서버에서 바뀌었습니다. 덮어쓰지 않았습니다.",
    ),
    "edit_conflict_elements": (
        "Also changed on the server meanwhile: {elements}. Nothing was overwritten.",
        "그 사이 서버에서도 바뀐 항목: {elements}. 덮어쓰지 않았습니다.",
    ),
    "edit_gone": (
        "The server does not have this patient any more. Nothing was changed.",
        "서버에 이 환자가 더 이상 없습니다. 바뀐 것은 없습니다.",
    ),
    "edit_blocked": (
        "An earlier change of this patient needs a decision first. This one was not sent.",
        "이 환자의 앞선 변경을 먼저 해결해야 합니다. 이번 수정은 보내지 않았습니다.",
    ),
    "edit_theirs": ("The server's values stand. Nothing was sent.", "서버 값을 그대로 두었습니다. 보낸 것은 없습니다."),
    "edit_unknown": (
        "We do not know yet whether the server saved it: checking.",
        "서버가 저장했는지 아직 모릅니다. 확인하고 있습니다.",
    ),
    "field_missing": ("{field} is missing.", "{field} 값이 없습니다."),
    "field_unknown": ("{field} is not a field of this record.", "{field} 은(는) 이 기록에 없는 항목입니다."),
    "field_twice": ("{field} is given twice, under two names.", "{field} 이(가) 두 이름으로 두 번 있습니다."),
    "field_text": ("{field} must be text.", "{field} 은(는) 글자여야 합니다."),
    "field_control": ("{field} holds a control character.", "{field} 에 제어 문자가 있습니다."),
    "field_invisible": ("{field} holds no visible character.", "{field} 에 보이는 글자가 없습니다."),
    "field_number": ("{field} must be a number.", "{field} 은(는) 숫자여야 합니다."),
    "field_limits": ("{field} must lie between {low} and {high}.", "{field} 은(는) {low} 이상 {high} 이하여야 합니다."),
    "field_least": ("{field} must be {low} or more.", "{field} 은(는) {low} 이상이어야 합니다."),
    "field_elsewhere": (
        "{field} does not belong to an order of type {order_type}.",
        "{field} 은(는) {order_type} 오더에 없는 항목입니다.",
    ),
    "field_ended_active": (
        "{field} says that it is over, but its status is {status}.",
        "{field} 이(가) 있는데 상태는 {status} 입니다.",
    ),
    "field_prescription": (
        "{field} names a prescription: no images are made for that.",
        "{field} 이(가) 가리키는 것은 처방입니다. 영상 검사의 오더가 아닙니다.",
    ),
    "field_uid": (
        "{field} is not a DICOM UID: numbers and dots, at most 64 characters.",
        "{field} 은(는) DICOM UID가 아닙니다. 숫자와 점으로 64자까지입니다.",
    ),
    "field_url": ("{field} is not the address of a server.", "{field} 은(는) 서버 주소가 아닙니다."),
    "field_boolean": ("{field} must be true or false.", "{field} 은(는) true 또는 false여야 합니다."),
    "plugin_broken": (
        "The record type {name} of the package {package} cannot be used: {error}. The others work.",
        "{package} 패키지의 기록 종류 {name} 을(를) 쓸 수 없습니다: {error}. 나머지는 그대로 쓸 수 있습니다.",
    ),
    "plugin_moved": (
        "The record type {name} of the package {package} was written for an older version: {old} is now {new}. "
        "Its imports must be changed (docs/converters.md). Nothing was lost; the other record types work.",
        "{package} 패키지의 기록 종류 {name} 은(는) 이전 버전에 맞춰져 있습니다: {old} 은(는) 이제 {new} 입니다. "
        "패키지의 import를 고쳐야 합니다(docs/converters.md). 잃은 것은 없으며, 나머지는 그대로 쓸 수 있습니다.",
    ),
    "plugin_failed": (
        "The converter of {type} broke off ({error}). Its maker can help; nothing was saved of this record.",
        "{type} 변환기가 멈췄습니다({error}). 만든 곳에 문의하세요. 이 기록은 저장하지 않았습니다.",
    ),
    "field_too_long": (
        "{field} is longer than FHIR allows (1 MB).",
        "{field} 이(가) FHIR이 허용하는 길이(1MB)를 넘습니다.",
    ),
    "field_integer": ("{field} must be a whole number.", "{field} 은(는) 정수여야 합니다."),
    "field_blanks": ("{field} is a code: no runs of blanks in it.", "{field} 은(는) 코드라 빈칸이 이어질 수 없습니다."),
    "field_object": ("{field} must be an object.", "{field} 은(는) 객체여야 합니다."),
    "field_json": ("{field} is not JSON.", "{field} 은(는) JSON이 아닙니다."),
    "field_code": (
        "{field} has an unknown value. Known are: {known}",
        "{field} 값을 알 수 없습니다. 쓸 수 있는 값: {known}",
    ),
    "field_date": (
        "{field} is not a date that exists. Write it as 2026-01-31, 2026-01 or 2026.",
        "{field} 은(는) 달력에 없는 날짜입니다. 2026-01-31, 2026-01, 2026처럼 적으세요.",
    ),
    "field_datetime": (
        "{field} is not a date and time that exists. Write it as 2026-01-31T09:05:00+09:00.",
        "{field} 은(는) 있을 수 없는 날짜와 시각입니다. 2026-01-31T09:05:00+09:00처럼 적으세요.",
    ),
    "field_clock": (
        "{field} is a time that there was not: the clock was changed. Give it with its offset.",
        "{field}: 서머타임으로 시계가 바뀌어 없는 시각입니다. 시차(+09:00 등)를 함께 적으세요.",
    ),
    "field_period": ("{field} lies before its beginning.", "{field} 이(가) 시작보다 앞섭니다."),
    "field_range": ("{field} is above the upper limit.", "{field} 이(가) 상한보다 큽니다."),
    "type_missing": ("The record does not name its type ({field}).", "기록의 종류({field})가 없습니다."),
    "resource_row": (
        "Records of this type are read from FHIR resources alone.",
        "이 종류의 기록은 FHIR 리소스에서만 읽습니다.",
    ),
    "export_one_type": (
        "A CSV holds records of one type. Say which with --type.",
        "CSV에는 한 종류의 기록만 들어갑니다. --type 으로 고르세요.",
    ),
    "export_exists": (
        "{path} is there already. Nothing was written; choose another name.",
        "{path} 이(가) 이미 있습니다. 쓰지 않았습니다. 다른 이름을 고르세요.",
    ),
    "export_unwritable": (
        "{path} cannot be written there. Nothing was written; choose another place.",
        "{path} 을(를) 그곳에 쓸 수 없습니다. 쓰지 않았습니다. 다른 곳을 고르세요.",
    ),
    "import_no_server": (
        "It is kept here and waits: no server is set yet. Add one: fhirdesk-cli profile add NAME ADDRESS",
        "이 컴퓨터에 저장했습니다. 아직 서버가 없어 보내지 않습니다. 서버 추가: fhirdesk-cli profile add 이름 주소",
    ),
    "no_server": (
        "No server is set. Use --server or a profile.",
        "서버가 설정되지 않았습니다. --server 나 프로필을 쓰세요.",
    ),
    "check_ok": ("in order", "이상 없음"),
    "wrong_fhir_version": (
        "The server speaks FHIR {name} ({version}), not R4 (4.0.1). Nothing was sent.",
        "서버가 R4(4.0.1)가 아니라 FHIR {name} ({version}) 을(를) 씁니다. 보낸 것은 없습니다.",
    ),
    "why_no_safe_create": (
        "This server cannot tell a repeated {type} from a new one; it is held so that none is made twice",
        "이 서버는 {type} 중복을 가려내지 못합니다. 두 번 만들지 않도록 보류합니다",
    ),
    "form_key_taken": (
        "There is a patient with the number {key} already. Nothing was saved.",
        "환자번호 {key} 은(는) 이미 있습니다. 저장하지 않았습니다.",
    ),
    "practice_server": (
        "The practice server did not start. What was saved is safe. Try again.",
        "연습 서버가 시작되지 않았습니다. 저장된 것은 안전합니다. 다시 시도하세요.",
    ),
    "why_discarded": ("Given up by a person: {text}", "사람이 버렸습니다: {text}"),
    "why_held_by_hand": ("Held by a person until released", "사람이 보류했습니다. 풀 때까지 기다립니다"),
    "why_edited": ("Corrected: a new entry took its place", "고쳐서 새 항목으로 보냈습니다"),
    "why_stored_less": (
        "Saved in part: on the server this is not as it was sent: {elements}",
        "일부만 저장됨: 서버에서 보낸 대로가 아닌 항목이 있습니다: {elements}",
    ),
    "why_not_shown": (
        "The server does not let us see whether it saved this ({status}). Look there, then say whether it arrived.",
        "저장됐는지 서버에서 확인할 수 없습니다({status}). 서버를 보고 도착했는지 알려 주세요.",
    ),
    "why_search_unproved": (
        "It was not found there, but no search on this server has found anything yet, so that proves nothing. Look "
        "there, then say whether it arrived.",
        "서버에서 찾지 못했지만, 이 서버의 검색이 되는지 아직 알 수 없습니다. 서버를 보고 도착했는지 알려 주세요.",
    ),
    "why_unknown_twice": (
        "Sent twice and never seen on the server. Look there, then say whether it arrived.",
        "두 번 보냈지만 서버에서 확인되지 않습니다. 서버를 보고 도착했는지 알려 주세요.",
    ),
    "why_changed_before_delete": (
        "Somebody changed it on the server since: not deleted. Decide which one.",
        "그 뒤에 서버에서 바뀌어 지우지 않았습니다. 어떻게 할지 정하세요.",
    ),
    "pause_permission": (
        "The server refused {count} records in a row: this account may not write. Nothing more is sent until resumed.",
        "서버가 연이어 {count}건을 허용하지 않았습니다. 쓰기 권한이 없습니다. 다시 시작할 때까지 보내지 않습니다.",
    ),
    "pause_refusals": (
        "The server refused {count} records in a row for the same cause ({issue}). Check the settings, then resume.",
        "서버가 같은 이유({issue})로 연이어 {count}건을 거절했습니다. 설정을 확인한 뒤 다시 시작하세요.",
    ),
    "records_not_open": ("The records are not open.", "기록이 열려 있지 않습니다."),
    "choose_entry": ("Choose an entry in the queue first.", "대기열에서 항목을 먼저 고르세요."),
    "choose_one_entry": ("Choose one entry only.", "항목을 하나만 고르세요."),
    "choose_patient": ("Choose a patient first.", "환자를 먼저 고르세요."),
    "choose_one_patient": ("Choose one patient.", "환자를 한 명 고르세요."),
    "state_does_not_allow": (
        "The state of the selected entries does not allow this.",
        "고른 항목은 지금 상태에서 그렇게 할 수 없습니다.",
    ),
    "nothing_to_retry": ("There is nothing to send again.", "다시 보낼 것이 없습니다."),
    "nothing_previewed": ("There is nothing in the preview to do this with.", "미리보기에 그렇게 할 내용이 없습니다."),
    "sending_not_paused": ("Sending is not paused.", "전송이 일시 정지되어 있지 않습니다."),
    "entry_not_correctable": (
        "This entry cannot be corrected now: it is on its way, done, or a delete.",
        "이 항목은 지금 고칠 수 없습니다. 보내는 중이거나 끝났거나 삭제 항목입니다.",
    ),
    "entry_of_nobody": ("This entry is about no patient.", "이 항목은 환자에 대한 것이 아닙니다."),
    "key_stays": ("The number {key} cannot be changed.", "번호 {key} 은(는) 바꿀 수 없습니다."),
    "nothing_to_resolve": (
        "There is nothing to decide about this entry in this way.",
        "이 항목에는 그렇게 정할 것이 없습니다.",
    ),
    "resolve_needs_id": (
        "Say which one on the server: its id is needed.",
        "서버의 어느 것인지 ID를 알려 주세요.",
    ),
    "resolve_not_there": ("The server has no {id}.", "서버에 {id} 이(가) 없습니다."),
    "resolve_other_record": (
        "{id} on the server is another record. Nothing was changed.",
        "서버의 {id} 은(는) 다른 기록입니다. 바뀐 것은 없습니다.",
    ),
    "resolve_gone": (
        "It was deleted on the server meanwhile. Nothing was sent: make it there again, or delete it here too.",
        "그 사이 서버에서 삭제되었습니다. 보낸 것은 없습니다. 서버에 다시 만들거나 여기서도 삭제하세요.",
    ),
    "resolve_changed_again": (
        "It changed again meanwhile. Nothing was sent: look at the values as they are now, and choose again.",
        "그 사이 값이 또 바뀌었습니다. 보낸 것은 없습니다. 지금 값을 보고 다시 선택하세요.",
    ),
    "resolve_open": (
        "Both sides changed these as well, and no choice was made: {elements}. Nothing was sent.",
        "양쪽에서 다르게 바뀌었는데 선택하지 않은 항목이 있습니다: {elements}. 보낸 것은 없습니다.",
    ),
    "resolve_not_both": (
        "Not changed on both sides: {elements}. To be chosen are: {both}. Nothing was sent.",
        "양쪽에서 바뀐 항목이 아닙니다: {elements}. 선택할 항목: {both}. 보낸 것은 없습니다.",
    ),
    "resolve_not_read": (
        "The server's copy could not be read. Nothing was changed; try again.",
        "서버의 내용을 읽지 못했습니다. 바뀐 것은 없습니다. 다시 시도하세요.",
    ),
    "done_retry": ("To be sent again: {count}.", "{count}건을 다시 보냅니다."),
    "done_retry_looked": (
        "Looked up on the server first: {looked}. Sent again only if they are not there.",
        "서버에 있는지 먼저 확인합니다: {looked}건. 없는 것만 다시 보냅니다.",
    ),
    "done_retry_both": (
        "To be sent again: {count}. Looked up on the server first, and sent again only if not there: {looked}.",
        "{count}건을 다시 보냅니다. {looked}건은 서버에 있는지 먼저 확인하고, 없는 것만 다시 보냅니다.",
    ),
    "done_send_now": ("Sent now: {count}.", "{count}건을 지금 보냅니다."),
    "done_send_now_looked": (
        "Looked up on the server now: {looked}. Sent again only if they are not there.",
        "서버에 있는지 지금 확인합니다: {looked}건. 없는 것만 다시 보냅니다.",
    ),
    "done_send_now_both": (
        "Sent now: {count}. Looked up on the server first, and sent again only if they are not there: {looked}.",
        "{count}건을 지금 보냅니다. {looked}건은 서버에 있는지 먼저 확인하고, 없는 것만 다시 보냅니다.",
    ),
    "send_now_nothing": ("Nothing is waiting to be sent.", "보내려고 기다리는 것이 없습니다."),
    "send_now_paused": (
        "Sending is paused: nothing goes out until you resume.",
        "전송이 일시 정지되어 있습니다. 다시 시작해야 보냅니다.",
    ),
    "done_cancel": ("Taken back: {count}.", "{count}건의 전송을 취소했습니다."),
    "done_discard": ("Discarded: {count}.", "{count}건을 버렸습니다."),
    "done_hold": ("Held until released: {count}.", "{count}건을 보류했습니다. 풀 때까지 보내지 않습니다."),
    "done_release": ("Released: {count}.", "{count}건의 보류를 풀었습니다."),
    "nothing_changed": (
        "Nothing was changed: no entry is in a state for that.",
        "바뀐 것이 없습니다. 그렇게 할 수 있는 상태의 항목이 없습니다.",
    ),
    "some_stay": (
        "As they were, because their state does not allow it: {count}.",
        "그렇게 할 수 없는 상태라 그대로 둔 항목: {count}건.",
    ),
    "how_many": (
        "{count} entries would change. Type {count} to do it: ",
        "{count}건이 바뀝니다. 진행하려면 {count} 을(를) 입력하세요: ",
    ),
    "field_pair": ("{text} is not of the form field=value.", "{text} 은(는) 항목=값 형식이 아닙니다."),
    "sandbox_like": (
        "There is no practice server like {name}: medplum or hapi.",
        "{name} 같은 연습 서버는 없습니다: medplum 또는 hapi.",
    ),
}
