<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="ko_KR" sourcelanguage="en">
<context>
    <name>Actions</name>
    <message>
        <source>New patient…</source>
        <translation>새 환자…</translation>
    </message>
    <message>
        <source>Register a patient</source>
        <translation>환자를 등록합니다</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>가져오기…</translation>
    </message>
    <message>
        <source>Read records from files: JSON, NDJSON, CSV</source>
        <translation>파일에서 기록을 읽습니다: JSON, NDJSON, CSV</translation>
    </message>
    <message>
        <source>Sample clinic</source>
        <translation>연습용 진료소</translation>
    </message>
    <message>
        <source>Practise with invented people on this computer&apos;s own server</source>
        <translation>가상의 환자와 이 컴퓨터의 서버로 연습합니다</translation>
    </message>
    <message>
        <source>Connect to a server…</source>
        <translation>서버 연결…</translation>
    </message>
    <message>
        <source>Set or change the FHIR server</source>
        <translation>FHIR 서버를 정하거나 바꿉니다</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>끝내기</translation>
    </message>
    <message>
        <source>Let the answers in flight arrive and close</source>
        <translation>받고 있는 답을 마저 받고 닫습니다</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>지금 보내기</translation>
    </message>
    <message>
        <source>Send everything that waits, without waiting longer</source>
        <translation>기다리는 것을 모두 지금 보냅니다</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>일시정지</translation>
    </message>
    <message>
        <source>Send nothing until it is resumed</source>
        <translation>다시 시작할 때까지 보내지 않습니다</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>다시 보내기</translation>
    </message>
    <message>
        <source>Send the selected entries again</source>
        <translation>고른 항목을 다시 보냅니다</translation>
    </message>
    <message>
        <source>Retry all refused…</source>
        <translation>거절된 것 모두 다시 보내기…</translation>
    </message>
    <message>
        <source>Send every refused entry again</source>
        <translation>거절된 항목을 모두 다시 보냅니다</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>취소하기</translation>
    </message>
    <message>
        <source>Take the selected entries out of the queue</source>
        <translation>고른 항목을 대기열에서 뺍니다</translation>
    </message>
    <message>
        <source>Refresh</source>
        <translation>새로 고침</translation>
    </message>
    <message>
        <source>Read everything again</source>
        <translation>모두 다시 읽습니다</translation>
    </message>
    <message>
        <source>Find a patient</source>
        <translation>환자 찾기</translation>
    </message>
    <message>
        <source>Go to the search of patients</source>
        <translation>환자 검색으로 갑니다</translation>
    </message>
    <message>
        <source>Filter the queue</source>
        <translation>대기열 거르기</translation>
    </message>
    <message>
        <source>Go to the filter of the queue</source>
        <translation>대기열 거르기로 갑니다</translation>
    </message>
    <message>
        <source>Find in the resource</source>
        <translation>리소스에서 찾기</translation>
    </message>
    <message>
        <source>Search the preview</source>
        <translation>미리보기에서 찾습니다</translation>
    </message>
    <message>
        <source>Find anything…</source>
        <translation>무엇이든 찾기…</translation>
    </message>
    <message>
        <source>Patients, numbers, commands</source>
        <translation>환자, 번호, 명령</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>밝게</translation>
    </message>
    <message>
        <source>Light colours</source>
        <translation>밝은 색</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>어둡게</translation>
    </message>
    <message>
        <source>Dark colours</source>
        <translation>어두운 색</translation>
    </message>
    <message>
        <source>Like the system</source>
        <translation>시스템과 같게</translation>
    </message>
    <message>
        <source>Colours as the desktop has them</source>
        <translation>컴퓨터 설정을 따릅니다</translation>
    </message>
    <message>
        <source>Reset the layout</source>
        <translation>배치 되돌리기</translation>
    </message>
    <message>
        <source>Panes and columns as they were at first</source>
        <translation>창과 열을 처음 상태로 되돌립니다</translation>
    </message>
    <message>
        <source>Patients</source>
        <translation>환자</translation>
    </message>
    <message>
        <source>Go to the patients</source>
        <translation>환자로 갑니다</translation>
    </message>
    <message>
        <source>Sync queue</source>
        <translation>동기화 대기열</translation>
    </message>
    <message>
        <source>Go to the queue</source>
        <translation>대기열로 갑니다</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>미리보기</translation>
    </message>
    <message>
        <source>Go to the preview</source>
        <translation>미리보기로 갑니다</translation>
    </message>
    <message>
        <source>Shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>All keys</source>
        <translation>모든 단축키</translation>
    </message>
    <message>
        <source>About FHIR Desk</source>
        <translation>FHIR Desk 정보</translation>
    </message>
    <message>
        <source>Version and licence</source>
        <translation>버전과 라이선스</translation>
    </message>
</context>
<context>
    <name>Columns</name>
    <message>
        <source>edit pending</source>
        <translation>수정 대기</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>환자번호</translation>
    </message>
    <message>
        <source>Born</source>
        <translation>생년월일</translation>
    </message>
    <message>
        <source>Mobile</source>
        <translation>휴대전화</translation>
    </message>
    <message>
        <source>Synced</source>
        <translation>서버와 맞춘 때</translation>
    </message>
    <message>
        <source>What</source>
        <translation>무엇</translation>
    </message>
    <message>
        <source>About</source>
        <translation>대상</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>왜</translation>
    </message>
    <message>
        <source>Tries</source>
        <translation>시도</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>다음</translation>
    </message>
</context>
<context>
    <name>ConnectDialog</name>
    <message>
        <source>Connect to a FHIR server</source>
        <translation>FHIR 서버 연결</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <source>Client id</source>
        <translation>클라이언트 ID</translation>
    </message>
    <message>
        <source>if it asks for one</source>
        <translation>서버가 요구하면</translation>
    </message>
    <message>
        <source>Client secret</source>
        <translation>클라이언트 비밀번호</translation>
    </message>
    <message>
        <source>kept in this computer&apos;s keyring</source>
        <translation>이 컴퓨터의 키 저장소에 보관합니다</translation>
    </message>
    <message>
        <source>Token address</source>
        <translation>토큰 주소</translation>
    </message>
    <message>
        <source>if it is known</source>
        <translation>알고 있으면</translation>
    </message>
    <message>
        <source>Kind of server</source>
        <translation>서버 종류</translation>
    </message>
    <message>
        <source>Test the connection</source>
        <translation>연결 시험</translation>
    </message>
    <message>
        <source>Use this server</source>
        <translation>이 서버 쓰기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>서버에 묻고 있습니다…</translation>
    </message>
</context>
<context>
    <name>Counters</name>
    <message>
        <source>not sent</source>
        <translation>보내기 전</translation>
    </message>
    <message>
        <source>held</source>
        <translation>대기</translation>
    </message>
    <message>
        <source>sending</source>
        <translation>보내는 중</translation>
    </message>
    <message>
        <source>checking</source>
        <translation>확인 중</translation>
    </message>
    <message>
        <source>conflict</source>
        <translation>충돌</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>거절됨</translation>
    </message>
    <message>
        <source>done</source>
        <translation>완료</translation>
    </message>
</context>
<context>
    <name>Deeds</name>
    <message>
        <source>Retry</source>
        <translation>다시 보내기</translation>
    </message>
    <message>
        <source>{count} changes will not be sent. The records here stay as they are.</source>
        <translation>변경 {count}건을 보내지 않습니다. 이곳의 기록은 그대로 둡니다.</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>취소하기</translation>
    </message>
    <message>
        <source>{count} entries. Go on?</source>
        <translation>{count}건입니다. 계속할까요?</translation>
    </message>
    <message>
        <source>{count} entries are sent again.</source>
        <translation>{count}건을 다시 보냅니다.</translation>
    </message>
    <message>
        <source>{count} changes were taken back.</source>
        <translation>변경 {count}건을 취소했습니다.</translation>
    </message>
    <message>
        <source>{count} refused entries are sent again.</source>
        <translation>거절된 {count}건을 다시 보냅니다.</translation>
    </message>
    <message>
        <source>{count} records are queued.</source>
        <translation>기록 {count}건을 대기열에 넣었습니다.</translation>
    </message>
</context>
<context>
    <name>EntryDialog</name>
    <message>
        <source>Queue entry</source>
        <translation>대기열 항목</translation>
    </message>
    <message>
        <source>Attempts</source>
        <translation>시도</translation>
    </message>
    <message>
        <source>When</source>
        <translation>언제</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>무슨 일</translation>
    </message>
    <message>
        <source>HTTP</source>
        <translation>HTTP</translation>
    </message>
    <message>
        <source>Issue</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>요청</translation>
    </message>
    <message>
        <source>Answer</source>
        <translation>답</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>다시 보내기</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>취소하기</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>미리보기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>What</source>
        <translation>무엇</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>기록번호</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>환자</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>우선순위</translation>
    </message>
    <message>
        <source>Queued</source>
        <translation>넣은 때</translation>
    </message>
    <message>
        <source>On the server as</source>
        <translation>서버 번호</translation>
    </message>
    <message>
        <source>Entry</source>
        <translation>항목</translation>
    </message>
    <message>
        <source>The server said nothing more.</source>
        <translation>서버가 더 말한 것이 없습니다.</translation>
    </message>
    <message>
        <source>It was not sent yet.</source>
        <translation>아직 보내지 않았습니다.</translation>
    </message>
</context>
<context>
    <name>Fields</name>
    <message>
        <source>Patient number</source>
        <translation>환자번호</translation>
    </message>
    <message>
        <source>Family name</source>
        <translation>성</translation>
    </message>
    <message>
        <source>Given name</source>
        <translation>이름</translation>
    </message>
    <message>
        <source>Gender</source>
        <translation>성별</translation>
    </message>
    <message>
        <source>Date of birth</source>
        <translation>생년월일</translation>
    </message>
    <message>
        <source>Phone</source>
        <translation>휴대전화</translation>
    </message>
    <message>
        <source>Email</source>
        <translation>전자우편</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <source>Postcode</source>
        <translation>우편번호</translation>
    </message>
</context>
<context>
    <name>Genders</name>
    <message>
        <source>Female</source>
        <translation>여</translation>
    </message>
    <message>
        <source>Male</source>
        <translation>남</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>기타</translation>
    </message>
    <message>
        <source>Unknown</source>
        <translation>모름</translation>
    </message>
</context>
<context>
    <name>ImportReport</name>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>The refused rows were not stored. Correct them in the file and import it again.</source>
        <translation>거절된 행은 저장하지 않았습니다. 파일을 고쳐 다시 가져오세요.</translation>
    </message>
    <message>
        <source>Line</source>
        <translation>줄</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>번호</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>항목</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>왜</translation>
    </message>
    <message>
        <source>Refused rows</source>
        <translation>거절된 행</translation>
    </message>
</context>
<context>
    <name>JobStrip</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>{rate}/s</source>
        <translation>{rate}/초</translation>
    </message>
    <message>
        <source>{seconds} s left</source>
        <translation>{seconds}초 남음</translation>
    </message>
</context>
<context>
    <name>Jobs</name>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Sample clinic</source>
        <translation>연습용 진료소</translation>
    </message>
</context>
<context>
    <name>JsonView</name>
    <message>
        <source>Find in the resource</source>
        <translation>리소스에서 찾기</translation>
    </message>
</context>
<context>
    <name>Links</name>
    <message>
        <source>no server</source>
        <translation>서버 없음</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>연결하는 중</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>연결됨</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>연결 안 됨</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>일시정지</translation>
    </message>
    <message>
        <source>another process sends</source>
        <translation>다른 프로그램이 보내는 중</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>avg {avg} · p95 {p95} · p99 {p99} ms</source>
        <translation>평균 {avg} · p95 {p95} · p99 {p99} ms</translation>
    </message>
    <message>
        <source>{count} changes not sent</source>
        <translation>보내지 않은 변경 {count}건</translation>
    </message>
    <message>
        <source>Everything is on the server</source>
        <translation>모두 서버에 저장되었습니다</translation>
    </message>
    <message>
        <source>next try {when}</source>
        <translation>다음 보내기 {when}</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Records (*.json *.ndjson *.jsonl *.csv *.gz);;All files (*)</source>
        <translation>기록 (*.json *.ndjson *.jsonl *.csv *.gz);;모든 파일 (*)</translation>
    </message>
    <message>
        <source>{count} changes are not on the server yet. They are kept and go out at the next start.</source>
        <translation>변경 {count}건이 아직 서버에 없습니다. 그대로 보관하고 다음에 시작할 때 보냅니다.</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>끝내기</translation>
    </message>
</context>
<context>
    <name>Menus</name>
    <message>
        <source>&amp;File</source>
        <translation>파일(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Queue</source>
        <translation>대기열(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>보기(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>도움말(&amp;H)</translation>
    </message>
</context>
<context>
    <name>Operations</name>
    <message>
        <source>new</source>
        <translation>등록</translation>
    </message>
    <message>
        <source>update</source>
        <translation>수정</translation>
    </message>
    <message>
        <source>delete</source>
        <translation>삭제</translation>
    </message>
    <message>
        <source>profile edit</source>
        <translation>정보 수정</translation>
    </message>
</context>
<context>
    <name>Palette</name>
    <message>
        <source>Find</source>
        <translation>찾기</translation>
    </message>
    <message>
        <source>Find a patient, number, command</source>
        <translation>환자, 번호, 명령 찾기</translation>
    </message>
    <message>
        <source>What fits</source>
        <translation>맞는 것</translation>
    </message>
    <message>
        <source>Find patients: {text}</source>
        <translation>환자 찾기: {text}</translation>
    </message>
</context>
<context>
    <name>PatientForm</name>
    <message>
        <source>Edit patient</source>
        <translation>환자 수정</translation>
    </message>
    <message>
        <source>New patient</source>
        <translation>새 환자</translation>
    </message>
    <message>
        <source>Send when the server is back</source>
        <translation>서버가 돌아오면 보내기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>저장</translation>
    </message>
    <message>
        <source>Saved here. It is sent to the server now.</source>
        <translation>여기에 저장했습니다. 이제 서버로 보냅니다.</translation>
    </message>
    <message>
        <source>Nothing was changed.</source>
        <translation>바뀐 것이 없습니다.</translation>
    </message>
    <message>
        <source>Asking the server…</source>
        <translation>서버에 묻고 있습니다…</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>다시 시도</translation>
    </message>
</context>
<context>
    <name>PatientsPane</name>
    <message>
        <source>Patients</source>
        <translation>환자</translation>
    </message>
    <message>
        <source>New patient</source>
        <translation>새 환자</translation>
    </message>
    <message>
        <source>Name, initial consonants, number or phone</source>
        <translation>이름, 초성, 번호, 전화</translation>
    </message>
    <message>
        <source>Search patients</source>
        <translation>환자 검색</translation>
    </message>
    <message>
        <source>Nobody found. Try fewer letters, or initial consonants such as ㄱㄱㅁ.</source>
        <translation>찾은 사람이 없습니다. 글자를 줄이거나 ㄱㄱㅁ 같은 초성으로 찾아보세요.</translation>
    </message>
    <message>
        <source>{count} people</source>
        <translation>{count}명</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>수정…</translation>
    </message>
    <message>
        <source>Send this record now</source>
        <translation>이 기록 지금 보내기</translation>
    </message>
</context>
<context>
    <name>Phases</name>
    <message>
        <source>started</source>
        <translation>시작함</translation>
    </message>
    <message>
        <source>not sent: no connection</source>
        <translation>보내지 못함: 연결 없음</translation>
    </message>
    <message>
        <source>answered</source>
        <translation>답을 받음</translation>
    </message>
    <message>
        <source>answer lost</source>
        <translation>답을 잃음</translation>
    </message>
    <message>
        <source>looked at the server</source>
        <translation>서버를 확인함</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>중단됨</translation>
    </message>
</context>
<context>
    <name>PreviewPane</name>
    <message>
        <source>Resource</source>
        <translation>리소스</translation>
    </message>
    <message>
        <source>Request</source>
        <translation>요청</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy the JSON</source>
        <translation>JSON을 복사합니다</translation>
    </message>
    <message>
        <source>cURL</source>
        <translation>cURL</translation>
    </message>
    <message>
        <source>Copy the request as a cURL command; the token is left out</source>
        <translation>요청을 cURL 명령으로 복사합니다. 토큰은 뺍니다</translation>
    </message>
    <message>
        <source>Issues</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>Preview</source>
        <translation>미리보기</translation>
    </message>
    <message>
        <source>Issues {count}</source>
        <translation>문제 {count}</translation>
    </message>
    <message>
        <source>Choose a patient or an entry to see what is sent.</source>
        <translation>환자나 항목을 고르면 보낼 내용이 보입니다.</translation>
    </message>
    <message>
        <source>✓ Valid R4</source>
        <translation>✓ R4 검사 통과</translation>
    </message>
    <message>
        <source>! Not valid R4: see Issues</source>
        <translation>! R4 검사에 걸림: 문제 탭을 보세요</translation>
    </message>
    <message>
        <source>not on the server yet</source>
        <translation>아직 서버에 없음</translation>
    </message>
    <message>
        <source>same as version {version} on the server</source>
        <translation>서버 {version}판과 같음</translation>
    </message>
    <message>
        <source>differs from version {version} on the server</source>
        <translation>서버 {version}판과 다름</translation>
    </message>
    <message>
        <source>Copied.</source>
        <translation>복사했습니다.</translation>
    </message>
    <message>
        <source>Copied. Put your own token in where it says ****.</source>
        <translation>복사했습니다. **** 자리에 토큰을 넣으세요.</translation>
    </message>
</context>
<context>
    <name>Program</name>
    <message>
        <source>This computer has no keyring: the secret is kept until you quit.</source>
        <translation>이 컴퓨터에는 키 저장소가 없어 비밀번호를 끝낼 때까지만 기억합니다.</translation>
    </message>
</context>
<context>
    <name>QueuePane</name>
    <message>
        <source>Sync queue</source>
        <translation>동기화 대기열</translation>
    </message>
    <message>
        <source>Retry all…</source>
        <translation>모두 다시 보내기…</translation>
    </message>
    <message>
        <source>Filter by number or name</source>
        <translation>번호나 이름으로 거르기</translation>
    </message>
    <message>
        <source>Filter the queue</source>
        <translation>대기열 거르기</translation>
    </message>
    <message>
        <source>Nothing is waiting here.</source>
        <translation>기다리는 것이 없습니다.</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>자세히…</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>다시 보내기</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>취소하기</translation>
    </message>
</context>
<context>
    <name>Results</name>
    <message>
        <source>new</source>
        <translation>새로 넣음</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>바뀜</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>그대로</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>거절됨</translation>
    </message>
</context>
<context>
    <name>ServerChip</name>
    <message>
        <source>Server</source>
        <translation>서버</translation>
    </message>
    <message>
        <source>Practice server</source>
        <translation>연습 서버</translation>
    </message>
</context>
<context>
    <name>StartDialog</name>
    <message>
        <source>Welcome to FHIR Desk</source>
        <translation>FHIR Desk에 오신 것을 환영합니다</translation>
    </message>
    <message>
        <source>Keeps your clinic&apos;s records and the hospital&apos;s FHIR server in step, and says what has arrived.</source>
        <translation>진료소의 기록을 병원 FHIR 서버와 맞추고, 무엇이 도착했는지 알려 드립니다.</translation>
    </message>
    <message>
        <source>Try it with a sample clinic</source>
        <translation>연습용 진료소로 시작하기</translation>
    </message>
    <message>
        <source>Connect to my FHIR server</source>
        <translation>내 FHIR 서버에 연결하기</translation>
    </message>
    <message>
        <source>Invented people and a practice server on this computer. No network.</source>
        <translation>가상의 환자와 이 컴퓨터의 연습 서버입니다. 네트워크를 쓰지 않습니다.</translation>
    </message>
    <message>
        <source>You need its address, and a client id and secret if it asks for them.</source>
        <translation>서버 주소가 필요하고, 요구하면 클라이언트 ID와 비밀번호도 필요합니다.</translation>
    </message>
</context>
<context>
    <name>States</name>
    <message>
        <source>On the server</source>
        <translation>서버에 저장됨</translation>
    </message>
    <message>
        <source>Not sent yet</source>
        <translation>보내기 전</translation>
    </message>
    <message>
        <source>Sending</source>
        <translation>보내는 중</translation>
    </message>
    <message>
        <source>Held</source>
        <translation>대기</translation>
    </message>
    <message>
        <source>Checking</source>
        <translation>확인하는 중</translation>
    </message>
    <message>
        <source>Conflict</source>
        <translation>충돌</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>거절됨</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>이 컴퓨터에만</translation>
    </message>
    <message>
        <source>Replaced</source>
        <translation>새 변경으로 바뀜</translation>
    </message>
    <message>
        <source>Taken back</source>
        <translation>취소됨</translation>
    </message>
</context>
<context>
    <name>Times</name>
    <message>
        <source>decide</source>
        <translation>결정 필요</translation>
    </message>
    <message>
        <source>now</source>
        <translation>지금</translation>
    </message>
    <message>
        <source>in {n} s</source>
        <translation>{n}초 뒤</translation>
    </message>
    <message>
        <source>in {n} min</source>
        <translation>{n}분 뒤</translation>
    </message>
    <message>
        <source>in {n} h</source>
        <translation>{n}시간 뒤</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>방금</translation>
    </message>
    <message>
        <source>{n} min ago</source>
        <translation>{n}분 전</translation>
    </message>
    <message>
        <source>{n} h ago</source>
        <translation>{n}시간 전</translation>
    </message>
    <message>
        <source>{n} d ago</source>
        <translation>{n}일 전</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Find a patient, number, command</source>
        <translation>환자, 번호, 명령 찾기</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Practice data: invented people, nothing leaves this computer.</source>
        <translation>연습 데이터입니다. 실제 환자가 아니며 이 컴퓨터 밖으로 나가지 않습니다.</translation>
    </message>
    <message>
        <source>The server and its settings</source>
        <translation>서버와 설정</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>다시 시작</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>일시정지</translation>
    </message>
    <message>
        <source>Send now</source>
        <translation>지금 보내기</translation>
    </message>
</context>
<context>
    <name>Types</name>
    <message>
        <source>Patient</source>
        <translation>환자</translation>
    </message>
    <message>
        <source>Encounter</source>
        <translation>진료</translation>
    </message>
    <message>
        <source>Lab result</source>
        <translation>검사결과</translation>
    </message>
    <message>
        <source>AI report</source>
        <translation>AI 판독</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>처방</translation>
    </message>
    <message>
        <source>Radiology order</source>
        <translation>영상검사 처방</translation>
    </message>
    <message>
        <source>Diagnosis</source>
        <translation>진단</translation>
    </message>
    <message>
        <source>Imaging study</source>
        <translation>영상검사</translation>
    </message>
    <message>
        <source>Allergy</source>
        <translation>알레르기</translation>
    </message>
</context>
</TS>
