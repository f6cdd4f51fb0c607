"""What the command line and the test of a connection say: code → (English, Korean). Data; `words.say` reads it."""

CLI_SENTENCES: dict[str, tuple[str, str]] = {
    "store_needs_yes": (
        "Nothing was done. Say --yes if that is what you want.",
        "아무것도 하지 않았습니다. 원하면 --yes 를 붙이세요.",
    ),
    "state_pending": ("not sent", "보내기 전"),
    "state_held": ("held", "대기"),
    "state_processing": ("sending", "보내는 중"),
    "state_unknown": ("checking", "확인 중"),
    "state_conflict": ("conflict", "충돌"),
    "state_failed": ("refused", "거절됨"),
    "state_completed": ("done", "완료"),
    "state_superseded": ("replaced", "새 변경으로 바뀜"),
    "state_cancelled": ("taken back", "전송 취소됨"),
    "cli_import": (
        "{read} read: {new} new, {changed} changed, {unchanged} unchanged, {refused} refused; {queued} queued",
        "{read}건 읽음: 새로움 {new}, 바뀜 {changed}, 그대로 {unchanged}, 거절 {refused}; 대기열에 {queued}건",
    ),
    "cli_export": (
        "Exported to {path}, readable by your account alone",
        "{path}(으)로 내보냈습니다. 내 계정만 읽을 수 있습니다",
    ),
    "cli_line": ("Line {line}: {error}", "{line}번째 줄: {error}"),
    "cli_queued": ("{queued} queued, {unchanged} unchanged", "대기열에 {queued}건, 그대로 {unchanged}건"),
    "cli_drained": (
        "{completed} done in {seconds} s. Now: {failed} refused, {conflict} conflict, {unknown} checking, "
        "{held} held, {pending} not sent",
        "{seconds}초 동안 {completed}건 완료. 지금: 거절됨 {failed}, 충돌 {conflict}, 확인 중 {unknown}, 대기 {held}, "
        "보내기 전 {pending}",
    ),
    "port_taken": (
        "Port {port} cannot be had here: choose another with --port, or 0 for a free one.",
        "포트 {port} 을(를) 쓸 수 없습니다. --port 로 다른 것을 고르거나, 0 으로 빈 포트를 쓰세요.",
    ),
    "usage_missing": ("Missing: {what}", "빠졌습니다: {what}"),
    "usage_unknown": ("Not known here: {what}", "여기서는 모르는 말입니다: {what}"),
    "usage_choice": (
        "{what}: {value} is none of {known}",
        "{what}: {value} 은(는) 쓸 수 없습니다. 쓸 수 있는 것: {known}",
    ),
    "usage_value": ("{what} needs a value", "{what} 에는 값이 필요합니다"),
    "usage_count": ("{what}: {value} is not a count from 1 on", "{what}: {value} 은(는) 1 이상의 수가 아닙니다"),
    "usage_seconds": ("{what}: {value} is not a number from 0 on", "{what}: {value} 은(는) 0 이상의 수가 아닙니다"),
    "usage_number": ("{what}: {value} is not a number", "{what}: {value} 은(는) 수가 아닙니다"),
    "usage_together": ("{what} does not go with {other}", "{what} 은(는) {other} 와(과) 함께 쓸 수 없습니다"),
    "usage_one_of": ("One of these is needed: {what}", "다음 중 하나가 필요합니다: {what}"),
    "resolve_twice": ("{field} is chosen twice", "{field} 을(를) 두 번 선택했습니다"),
    "edit_again": (
        "The server's values are shown here from now on. To put yours in their place, edit again.",
        "이제 여기에도 서버 값이 보입니다. 입력한 값으로 바꾸려면 다시 수정하세요.",
    ),
    "sides_both": (
        "{field}: was {seen}, here {mine}, on the server {theirs} (choose)",
        "{field}: 이전 {seen}, 여기 {mine}, 서버 {theirs} (선택 필요)",
    ),
    "sides_mine": (
        "{field}: was {seen}, here {mine}, on the server {theirs} (changed here alone)",
        "{field}: 이전 {seen}, 여기 {mine}, 서버 {theirs} (여기서만 바뀜)",
    ),
    "sides_theirs": (
        "{field}: was {seen}, here {mine}, on the server {theirs} (changed on the server alone)",
        "{field}: 이전 {seen}, 여기 {mine}, 서버 {theirs} (서버에서만 바뀜)",
    ),
    "usage_wrong": ("Wrong usage: {message}", "쓰는 법이 다릅니다: {message}"),
    "cli_behind": ("(after {entry})", "({entry} 다음)"),
    "name_entries": (
        "Name entries, or say which with --status.",
        "항목을 적거나 --status 로 고르세요.",
    ),
    "cli_paused": (
        "Paused: {server}. {count} changes wait until `queue resume`.",
        "멈췄습니다: {server}. 변경 {count}건이 `queue resume` 까지 기다립니다.",
    ),
    "cli_resumed": (
        "Sending may go on: {server}. {count} changes are not on the server yet.",
        "다시 보낼 수 있습니다: {server}. 변경 {count}건이 아직 서버에 없습니다.",
    ),
    "cli_out_of_time": (
        "The time was up before everything was sent. The rest stays in the queue.",
        "다 보내기 전에 시간이 끝났습니다. 나머지는 대기열에 남아 있습니다.",
    ),
    "cli_output_failed": (
        "What was printed could not be written: {detail}. What was saved is safe.",
        "출력을 쓸 수 없습니다: {detail}. 저장된 것은 안전합니다.",
    ),
    "cli_interrupted": (
        "Interrupted. What was on its way and not answered is checked at the next start.",
        "중단했습니다. 보냈지만 답을 받지 못한 것은 다음에 시작할 때 확인합니다.",
    ),
    "cli_elsewhere": (
        "Another FHIR Desk is sending from this data folder; this one watches.",
        "다른 FHIR Desk가 이 데이터 폴더에서 보내고 있습니다. 여기서는 지켜봅니다.",
    ),
    "cli_validated": ("{count} looked at, {bad} not valid", "{count}건 확인, 유효하지 않음 {bad}건"),
    "cli_bar_sent": ("sent", "보냄"),
    "cli_bar_read": ("read", "읽음"),
    "cli_bar_written": ("written", "씀"),
    # -- the test of a connection: what was found, and what a person can do
    "check_name": ("{host} is {address}", "{host} 은(는) {address} 입니다"),
    "check_no_name": ("There is no computer named {host}.", "{host} (이)라는 컴퓨터가 없습니다."),
    "check_refused": (
        "{host} is there, but nothing answers at port {port}.",
        "{host} 은(는) 있지만 포트 {port} 에서 답하지 않습니다.",
    ),
    "check_silent": ("{host} does not answer at port {port}.", "{host} 이(가) 포트 {port} 에서 응답하지 않습니다."),
    "check_plain": (
        "Plain http: right for a server on this computer, {host}:{port}",
        "암호화하지 않은 http입니다. 이 컴퓨터의 서버 {host}:{port} 에는 괜찮습니다",
    ),
    "check_plain_far": (
        "Plain http to {host}:{port}: everybody on the way can read it. The profile allows this.",
        "{host}:{port} 까지 암호화하지 않은 http입니다. 도중에 누구나 읽을 수 있습니다. 프로필이 허용했습니다.",
    ),
    "check_tls": (
        "The certificate of {host} is trusted; valid until {expires}, SHA-256 {fingerprint}",
        "{host} 의 인증서를 믿을 수 있습니다. 유효기간 {expires}, SHA-256 {fingerprint}",
    ),
    "tls_expired": (
        "The certificate of {host} ended on {expires} (SHA-256 {fingerprint}).",
        "{host} 의 인증서가 {expires} 에 끝났습니다 (SHA-256 {fingerprint}).",
    ),
    "tls_self_signed": (
        "The certificate of {host} is signed by itself alone (valid until {expires}, SHA-256 {fingerprint}).",
        "{host} 의 인증서는 스스로 서명한 것입니다 (유효기간 {expires}, SHA-256 {fingerprint}).",
    ),
    "tls_authority": (
        "The certificate of {host} is signed by an authority that this computer does not know (valid until {expires}, "
        "SHA-256 {fingerprint}).",
        "{host} 의 인증서를 서명한 기관을 이 컴퓨터가 모릅니다 (유효기간 {expires}, SHA-256 {fingerprint}).",
    ),
    "tls_host": (
        "The certificate belongs to another name than {host} (valid until {expires}, SHA-256 {fingerprint}).",
        "인증서의 이름이 {host} 이(가) 아닙니다 (유효기간 {expires}, SHA-256 {fingerprint}).",
    ),
    "tls_other": ("There is no safe connection to {host}.", "{host} 에 안전하게 연결할 수 없습니다."),
    "check_metadata": ("A FHIR server answers: {software}", "FHIR 서버가 답합니다: {software}"),
    "check_version": ("It speaks FHIR R4 ({version})", "FHIR R4 ({version}) 을(를) 씁니다"),
    "check_no_token": ("No sign-in is set", "로그인이 설정되지 않았습니다"),
    "check_token": ("Signed in; the token is used for {seconds} s", "로그인했습니다. 토큰을 {seconds}초 동안 씁니다"),
    "check_read": ("Patients can be read", "환자를 읽을 수 있습니다"),
    "check_read_unversioned": (
        "Patients can be read. The server shows no versions: a change that somebody else makes at the same moment as "
        "ours can be lost.",
        "환자를 읽을 수 있습니다. 서버가 버전을 알려 주지 않아, 같은 순간에 다른 사람이 바꾼 것은 사라질 수 있습니다.",
    ),
    "check_read_narrow": (
        "Patients can be read by name, number or birth date only",
        "환자를 이름, 번호, 생년월일로만 읽을 수 있습니다",
    ),
    "check_read_refused": (
        "The server does not let this account read patients ({status}).",
        "서버가 이 계정에 환자 읽기를 허용하지 않습니다 ({status}).",
    ),
    "check_read_wrong": (
        "A search for patients was answered with {status} and no Bundle.",
        "환자 검색에 {status} (으)로 답했고 Bundle이 없습니다.",
    ),
    "check_writes": ("It takes everything that we send: {types}", "보내는 것을 모두 받습니다: {types}"),
    "check_writes_some": (
        "It takes {types}. It does not take {missing}: these are held.",
        "{types} 을(를) 받습니다. {missing} 은(는) 받지 않아 보류합니다.",
    ),
    "check_writes_none": ("It takes nothing that we send.", "보내는 것을 아무것도 받지 않습니다."),
    "fix_name": (
        "Check the spelling of the address, and whether this computer is in the hospital's network or VPN.",
        "주소의 철자와, 이 컴퓨터가 병원 네트워크나 VPN에 연결되어 있는지 확인하세요.",
    ),
    "fix_port": (
        "Check the address and its port, the firewall, and whether the server runs.",
        "주소와 포트, 방화벽, 서버가 켜져 있는지 확인하세요.",
    ),
    "fix_expired": (
        "Ask the hospital's IT to renew it, and check this computer's clock.",
        "병원 전산실에 갱신을 요청하고 이 컴퓨터의 시계를 확인하세요.",
    ),
    "fix_authority": (
        "Ask the hospital's IT for the file of its authority and give it to the profile: profile add {host} --ca-file "
        "FILE. Compare the SHA-256 with them.",
        "병원 전산실에서 인증기관 파일을 받아 프로필에 넣으세요: profile add {host} --ca-file 파일. SHA-256을 함께 "
        "확인하세요.",
    ),
    "fix_tls_host": (
        "Use the name that the certificate is made for, or ask the hospital's IT for a right one.",
        "인증서에 적힌 이름을 쓰거나 병원 전산실에 맞는 인증서를 요청하세요.",
    ),
    "fix_tls": (
        "Does the address begin with https:// though the server speaks http, or is the server's TLS older than 1.2?",
        "서버는 http인데 주소가 https:// 로 시작하지 않는지, 서버의 TLS가 1.2보다 오래되지 않았는지 확인하세요.",
    ),
    "fix_address": (
        "Check the path of the address: it is the server's FHIR base and often ends with /fhir, /fhir/R4 or /r4.",
        "주소의 경로를 확인하세요. FHIR 기본 주소이며 흔히 /fhir, /fhir/R4, /r4 로 끝납니다.",
    ),
    "fix_moved": ("Give the new address to the profile.", "프로필에 새 주소를 넣으세요."),
    "fix_later": (
        "Try again later; if it stays, tell the server's people.",
        "나중에 다시 시도하고, 계속되면 서버 담당자에게 알리세요.",
    ),
    "fix_version": (
        "Ask for the server's R4 address; many serve R4 beside {name} at another path.",
        "서버의 R4 주소를 문의하세요. {name} 과(와) 함께 다른 경로로 R4를 제공하는 곳이 많습니다.",
    ),
    "fix_secret": (
        "Check the client id and the secret: profile add again, or FHIR_CLIENT_ID and FHIR_CLIENT_SECRET.",
        "클라이언트 ID와 비밀번호를 확인하세요: profile add 를 다시 하거나 FHIR_CLIENT_ID, FHIR_CLIENT_SECRET.",
    ),
    "fix_key": (
        "Ask whoever runs the server whether a client may sign in with a secret; signing with a key is not built yet.",
        "비밀번호로 로그인하는 클라이언트를 쓸 수 있는지 서버 담당자에게 물어보세요. 키 서명 로그인은 아직 없습니다.",
    ),
    "fix_token_url": (
        "Check the address of the token endpoint: profile add --token-url, or FHIR_TOKEN_URL.",
        "토큰 주소를 확인하세요: profile add --token-url 또는 FHIR_TOKEN_URL.",
    ),
    "fix_sign_in": (
        "The server wants a sign-in: give the profile a client id, a secret and the token address.",
        "서버가 로그인을 요구합니다. 프로필에 클라이언트 ID, 비밀번호, 토큰 주소를 넣으세요.",
    ),
    "fix_scope": (
        "Ask the server's people to give this client system/*.read and system/*.write.",
        "서버 담당자에게 이 클라이언트의 system/*.read, system/*.write 권한을 요청하세요.",
    ),
    "fix_writes": (
        "Ask the server's people whether this address and account may write.",
        "이 주소와 계정으로 쓸 수 있는지 서버 담당자에게 문의하세요.",
    ),
    "token_wants_key": (
        "The server does not take a secret: it wants a sign-in with a signed key (private_key_jwt). Nothing was sent; "
        "everything is kept.",
        "서버가 비밀번호 로그인을 받지 않습니다. 키로 서명하는 로그인(private_key_jwt)이 필요합니다. "
        "보낸 것 없이 모두 보관 중입니다.",
    ),
    "token_refused": (
        "The server refused the client id or its secret ({status}). Nothing was sent; everything is kept.",
        "서버가 클라이언트 ID나 비밀번호를 거절했습니다 ({status}). 보낸 것 없이 모두 보관 중입니다.",
    ),
    "token_none": (
        "What answered at the token address gave no token.",
        "토큰 주소에서 답했지만 토큰을 주지 않았습니다.",
    ),
    "token_kind": ("The token is of a kind that we cannot use: {kind}", "쓸 수 없는 종류의 토큰입니다: {kind}"),
    "token_nowhere": (
        "A client id is set, but not where tokens are, and the server does not say.",
        "클라이언트 ID는 있지만 토큰 주소가 없고 서버도 알려 주지 않습니다.",
    ),
    "token_elsewhere": (
        "The server says tokens are at {host}, which is another server: name it in the profile if that is right.",
        "서버가 토큰은 다른 서버인 {host} 에 있다고 합니다. 맞다면 프로필에 적으세요.",
    ),
    "token_unavailable": (
        "The token address does not answer. Nothing was sent; everything is kept.",
        "토큰 주소가 응답하지 않습니다. 보낸 것 없이 모두 보관 중입니다.",
    ),
    "ca_file_wrong": (
        "The file of the authority cannot be read: {path}. It must hold certificates as PEM.",
        "인증기관 파일을 읽을 수 없습니다: {path}. PEM 인증서여야 합니다.",
    ),
    "answer_coding": ("The answer cannot be unpacked ({coding}).", "답을 풀 수 없습니다 ({coding})."),
    "cli_answered": ("The server's answer: HTTP {status}{said}", "서버의 답: HTTP {status}{said}"),
    # -- profiles
    "ask_secret": ("Client secret of {profile} (not shown): ", "{profile} 의 클라이언트 비밀번호 (보이지 않음): "),
    "profile_kept": (
        "Saved: {profile} → {url}. It is the one in use.",
        "저장했습니다: {profile} → {url}. 이제 이것을 씁니다.",
    ),
    "profile_moved": (
        "{profile} is at {url} now. Nothing is sent before records that were known there are read back with their "
        "birth dates.",
        "{profile} 의 주소는 이제 {url} 입니다. 거기서 알던 기록을 생년월일까지 다시 읽어 확인한 뒤에 보냅니다.",
    ),
    "profile_used": ("{profile} is the one in use.", "{profile} 을(를) 씁니다."),
    "profile_removed": ("Removed: {profile}.", "삭제했습니다: {profile}."),
    "profile_unsent": (
        "{profile} has {count} entries that are not on its server. To remove it all the same, say --yes; they stay.",
        "{profile} 에 서버로 가지 않은 항목이 {count}건 있습니다. 그래도 지우려면 --yes 를 붙이세요. 항목은 남습니다.",
    ),
    "secret_kept": ("The secret is in this computer's keyring.", "비밀번호를 이 컴퓨터의 키링에 보관했습니다."),
    "secret_not_kept": (
        "This computer has no safe keyring: the secret was not kept. Give it as FHIR_CLIENT_SECRET.",
        "이 컴퓨터에 안전한 키링이 없어 비밀번호를 보관하지 않았습니다. FHIR_CLIENT_SECRET 으로 주세요.",
    ),
    "secret_missing": (
        "A client id needs a secret: type it, or give it as FHIR_CLIENT_SECRET.",
        "클라이언트 ID에는 비밀번호가 필요합니다. 입력하거나 FHIR_CLIENT_SECRET 으로 주세요.",
    ),
    "profile_no_url": ("A profile needs the address of its server.", "프로필에는 서버 주소가 필요합니다."),
    # -- metrics
    "metric_count": ("Answers", "답"),
    "metric_avg_ms": ("Average", "평균"),
    "metric_p95_ms": ("95 of 100 faster than", "100건 중 95건이 이보다 빠름"),
    "metric_p99_ms": ("99 of 100 faster than", "100건 중 99건이 이보다 빠름"),
    "metric_success_rate": ("Success", "성공"),
    "metric_client_error_rate": ("Refused (4xx)", "거절 (4xx)"),
    "metric_server_error_rate": ("Server errors (5xx, or no answer)", "서버 오류 (5xx, 무응답)"),
    "metric_local_update_success_rate": ("Edits that reached the record", "기록에 반영된 수정"),
}
