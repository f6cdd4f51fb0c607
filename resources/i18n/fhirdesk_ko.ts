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
        <source>Preview a file…</source>
        <translation>파일 미리보기…</translation>
    </message>
    <message>
        <source>Look at records or FHIR in a file, checked but not stored</source>
        <translation>파일의 기록이나 FHIR을 저장하지 않고 검사만 해서 봅니다</translation>
    </message>
    <message>
        <source>Preview pasted text</source>
        <translation>붙여 넣어 미리보기</translation>
    </message>
    <message>
        <source>Look at what is on the clipboard, checked but not stored</source>
        <translation>클립보드 내용을 저장하지 않고 검사만 해서 봅니다</translation>
    </message>
    <message>
        <source>Edit patient…</source>
        <translation>환자 정보 수정…</translation>
    </message>
    <message>
        <source>Change the profile of the selected patient</source>
        <translation>고른 환자의 정보를 고칩니다</translation>
    </message>
    <message>
        <source>Send this record now</source>
        <translation>이 기록 지금 보내기</translation>
    </message>
    <message>
        <source>Queue the selected patients as they are here</source>
        <translation>고른 환자를 여기 있는 그대로 대기열에 넣습니다</translation>
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
        <source>Edit and retry…</source>
        <translation>고쳐서 다시 보내기…</translation>
    </message>
    <message>
        <source>Correct the selected entry and send it again</source>
        <translation>고른 항목을 고쳐서 다시 보냅니다</translation>
    </message>
    <message>
        <source>Decide…</source>
        <translation>결정하기…</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>자세히…</translation>
    </message>
    <message>
        <source>Show the attempts of the selected entry, its requests and answers</source>
        <translation>고른 항목의 시도와 요청, 답을 봅니다</translation>
    </message>
    <message>
        <source>End the conflict of the selected entry: mine, theirs or edit</source>
        <translation>고른 항목의 충돌을 정리합니다: 내 것, 서버 것, 고치기</translation>
    </message>
    <message>
        <source>Retry all…</source>
        <translation>모두 다시 보내기…</translation>
    </message>
    <message>
        <source>Send everything again that the filter of the queue shows; the count is asked first</source>
        <translation>대기열에서 거른 것을 모두 다시 보냅니다. 건수를 먼저 묻습니다</translation>
    </message>
    <message>
        <source>Hold</source>
        <translation>보류</translation>
    </message>
    <message>
        <source>Keep the selected entries back until they are released</source>
        <translation>고른 항목을 풀 때까지 보내지 않습니다</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>보류 풀기</translation>
    </message>
    <message>
        <source>Let the selected held entries go</source>
        <translation>고른 보류 항목을 보냅니다</translation>
    </message>
    <message>
        <source>Take back</source>
        <translation>전송 취소</translation>
    </message>
    <message>
        <source>Take the selected entries out of the queue</source>
        <translation>고른 항목을 대기열에서 뺍니다</translation>
    </message>
    <message>
        <source>Discard…</source>
        <translation>버리기…</translation>
    </message>
    <message>
        <source>Give the selected entries up, with a reason</source>
        <translation>이유를 남기고 고른 항목을 버립니다</translation>
    </message>
    <message>
        <source>The patient&apos;s chain…</source>
        <translation>환자의 전송 순서…</translation>
    </message>
    <message>
        <source>What of this patient is not on the server, and what waits for what</source>
        <translation>이 환자의 보내지 않은 것과 서로 기다리는 순서</translation>
    </message>
    <message>
        <source>Chain…</source>
        <translation>전송 순서…</translation>
    </message>
    <message>
        <source>Preview the record</source>
        <translation>기록 미리보기</translation>
    </message>
    <message>
        <source>Show the record of the selected entry as it is sent</source>
        <translation>고른 항목의 기록을 보내는 그대로 봅니다</translation>
    </message>
    <message>
        <source>Group by cause</source>
        <translation>원인별로 묶기</translation>
    </message>
    <message>
        <source>Show what needs a person, grouped by cause</source>
        <translation>사람이 봐야 할 것을 원인별로 봅니다</translation>
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
        <source>Tree</source>
        <translation>트리</translation>
    </message>
    <message>
        <source>Show the resource as a tree, or as text again</source>
        <translation>리소스를 트리나 글로 봅니다</translation>
    </message>
    <message>
        <source>Copy the JSON</source>
        <translation>JSON 복사</translation>
    </message>
    <message>
        <source>Copy the whole resource as it is sent</source>
        <translation>리소스 전체를 보내는 그대로 복사합니다</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>복사</translation>
    </message>
    <message>
        <source>Copy as cURL</source>
        <translation>cURL로 복사</translation>
    </message>
    <message>
        <source>Copy the request as a cURL command; the token is left out</source>
        <translation>요청을 cURL 명령으로 복사합니다. 토큰은 뺍니다</translation>
    </message>
    <message>
        <source>cURL</source>
        <translation>cURL</translation>
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
    <message>
        <source>Resume</source>
        <translation>다시 시작</translation>
    </message>
    <message>
        <source>Send again what waits</source>
        <translation>기다리는 것을 다시 보냅니다</translation>
    </message>
</context>
<context>
    <name>Causes</name>
    <message>
        <source>Causes</source>
        <translation>원인</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Entries</source>
        <translation>건수</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>왜</translation>
    </message>
</context>
<context>
    <name>ChainDialog</name>
    <message>
        <source>The patient&apos;s chain</source>
        <translation>환자의 전송 순서</translation>
    </message>
    <message>
        <source>State</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>What</source>
        <translation>무엇</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>번호</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>왜</translation>
    </message>
    <message>
        <source>Blocked by</source>
        <translation>기다리는 것</translation>
    </message>
    <message>
        <source>Show everything in the queue</source>
        <translation>대기열에서 모두 보기</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
    <message>
        <source>Not on the server yet: {count}</source>
        <translation>아직 서버에 없는 변경 {count}건</translation>
    </message>
    <message>
        <source>Everything of this patient is on the server.</source>
        <translation>이 환자의 모든 것이 서버에 있습니다.</translation>
    </message>
</context>
<context>
    <name>Choice</name>
    <message>
        <source>{field}: as typed here</source>
        <translation>{field}: 여기서 입력한 값</translation>
    </message>
    <message>
        <source>{field}: as on the server</source>
        <translation>{field}: 지금 서버 값</translation>
    </message>
    <message>
        <source>{field}: another value</source>
        <translation>{field}: 다른 값</translation>
    </message>
    <message>
        <source>Type another value</source>
        <translation>다른 값 입력</translation>
    </message>
</context>
<context>
    <name>Columns</name>
    <message>
        <source>Edit pending</source>
        <translation>수정 대기</translation>
    </message>
    <message>
        <source>An edit waits for the server: until it says yes, the value shown here is the server&apos;s.</source>
        <translation>수정이 서버를 기다립니다. 서버가 받을 때까지는 서버의 값을 보여 줍니다.</translation>
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
        <source>The test only looks: nothing is written on the server. The secret goes to this computer&apos;s keyring.</source>
        <translation>연결 시험은 읽기만 하며 서버에 아무것도 쓰지 않습니다. 비밀번호는 이 컴퓨터의 키링에 보관합니다.</translation>
    </message>
    <message>
        <source>as it is called here</source>
        <translation>여기서 부르는 이름</translation>
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
        <source>What waits here was queued under this name.</source>
        <translation>여기서 기다리는 항목이 이 이름으로 대기열에 있습니다.</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>단계</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>확인한 것</translation>
    </message>
    <message>
        <source>ms</source>
        <translation>ms</translation>
    </message>
    <message>
        <source>Steps of the test</source>
        <translation>연결 시험 단계</translation>
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
    <message>
        <source>in order</source>
        <translation>이상 없음</translation>
    </message>
    <message>
        <source>not in order</source>
        <translation>문제 있음</translation>
    </message>
    <message>
        <source>The server is ready.</source>
        <translation>서버를 쓸 수 있습니다.</translation>
    </message>
</context>
<context>
    <name>CorrectDialog</name>
    <message>
        <source>Edit and retry</source>
        <translation>고쳐서 다시 보내기</translation>
    </message>
    <message>
        <source>Send corrected</source>
        <translation>고친 것 보내기</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>항목</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>예</translation>
    </message>
    <message>
        <source>No</source>
        <translation>아니요</translation>
    </message>
    <message>
        <source>The corrected record is queued; the refused entry is kept with its attempts.</source>
        <translation>고친 기록을 대기열에 넣었습니다. 거절된 항목은 시도 기록과 함께 남습니다.</translation>
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
    <name>DecideDialog</name>
    <message>
        <source>Its id on the server</source>
        <translation>서버의 ID</translation>
    </message>
    <message>
        <source>It is that one</source>
        <translation>그것이 맞습니다</translation>
    </message>
    <message>
        <source>It is not there: send again</source>
        <translation>서버에 없음: 다시 보내기</translation>
    </message>
    <message>
        <source>It is somebody else: send mine</source>
        <translation>다른 사람입니다: 그대로 보내기</translation>
    </message>
    <message>
        <source>Delete it there all the same</source>
        <translation>그래도 서버에서 삭제</translation>
    </message>
    <message>
        <source>Keep it, as it is on the server</source>
        <translation>서버 값대로 남겨 두기</translation>
    </message>
    <message>
        <source>Make it there again</source>
        <translation>서버에 다시 만들기</translation>
    </message>
    <message>
        <source>Keep mine</source>
        <translation>내 것으로</translation>
    </message>
    <message>
        <source>Delete it here too</source>
        <translation>여기서도 지우기</translation>
    </message>
    <message>
        <source>Take the server&apos;s</source>
        <translation>서버 것으로</translation>
    </message>
    <message>
        <source>Decided: {state}.</source>
        <translation>결정했습니다: {state}.</translation>
    </message>
</context>
<context>
    <name>DialogOpener</name>
    <message>
        <source>Import</source>
        <translation>가져오기</translation>
    </message>
    <message>
        <source>Preview a file</source>
        <translation>파일 미리보기</translation>
    </message>
    <message>
        <source>There is no text on the clipboard.</source>
        <translation>클립보드에 글이 없습니다.</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>저장</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>저장했습니다: {path}</translation>
    </message>
    <message>
        <source>Records and FHIR (*.json *.ndjson *.jsonl *.csv *.gz);;All files (*)</source>
        <translation>기록과 FHIR (*.json *.ndjson *.jsonl *.csv *.gz);;모든 파일 (*)</translation>
    </message>
</context>
<context>
    <name>EditConflictSheet</name>
    <message>
        <source>Edit patient</source>
        <translation>환자 수정</translation>
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
        <source>Request and answer</source>
        <translation>요청과 답</translation>
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
        <source>Close</source>
        <translation>닫기</translation>
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
        <source>Next try</source>
        <translation>다음 시도</translation>
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
        <source>Corrects</source>
        <translation>고친 항목</translation>
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
    <message>
        <source>Number on the server</source>
        <translation>서버 번호</translation>
    </message>
    <message>
        <source>Visit number</source>
        <translation>진료번호</translation>
    </message>
    <message>
        <source>Kind of visit</source>
        <translation>진료 구분</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>상태</translation>
    </message>
    <message>
        <source>Start</source>
        <translation>시작</translation>
    </message>
    <message>
        <source>End</source>
        <translation>끝</translation>
    </message>
    <message>
        <source>Department</source>
        <translation>진료과</translation>
    </message>
    <message>
        <source>Practitioner</source>
        <translation>의료진</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>Result number</source>
        <translation>결과번호</translation>
    </message>
    <message>
        <source>Order number</source>
        <translation>오더번호</translation>
    </message>
    <message>
        <source>Test code</source>
        <translation>검사 코드</translation>
    </message>
    <message>
        <source>Code system of the test</source>
        <translation>검사 코드 체계</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>검사</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>Unit</source>
        <translation>단위</translation>
    </message>
    <message>
        <source>Lower limit</source>
        <translation>하한</translation>
    </message>
    <message>
        <source>Upper limit</source>
        <translation>상한</translation>
    </message>
    <message>
        <source>Abnormal</source>
        <translation>이상 여부</translation>
    </message>
    <message>
        <source>Flag</source>
        <translation>판정</translation>
    </message>
    <message>
        <source>Result time</source>
        <translation>결과 시각</translation>
    </message>
    <message>
        <source>Comments</source>
        <translation>비고</translation>
    </message>
    <message>
        <source>Report number</source>
        <translation>판독번호</translation>
    </message>
    <message>
        <source>Study number</source>
        <translation>영상번호</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>모델</translation>
    </message>
    <message>
        <source>Version of the model</source>
        <translation>모델 버전</translation>
    </message>
    <message>
        <source>Completed</source>
        <translation>완료 시각</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>제목</translation>
    </message>
    <message>
        <source>Conclusion</source>
        <translation>결론</translation>
    </message>
    <message>
        <source>Confidence</source>
        <translation>확신도</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>소견</translation>
    </message>
    <message>
        <source>Result</source>
        <translation>결과</translation>
    </message>
    <message>
        <source>Kind of order</source>
        <translation>오더 종류</translation>
    </message>
    <message>
        <source>Priority</source>
        <translation>우선순위</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>코드</translation>
    </message>
    <message>
        <source>Code system</source>
        <translation>코드 체계</translation>
    </message>
    <message>
        <source>Name of the order</source>
        <translation>오더 이름</translation>
    </message>
    <message>
        <source>Instructions</source>
        <translation>지시</translation>
    </message>
    <message>
        <source>Body site</source>
        <translation>부위</translation>
    </message>
    <message>
        <source>Dose</source>
        <translation>용량</translation>
    </message>
    <message>
        <source>Unit of the dose</source>
        <translation>용량 단위</translation>
    </message>
    <message>
        <source>Route</source>
        <translation>투여 경로</translation>
    </message>
    <message>
        <source>Times a day</source>
        <translation>하루 횟수</translation>
    </message>
    <message>
        <source>Days</source>
        <translation>일수</translation>
    </message>
    <message>
        <source>Quantity</source>
        <translation>수량</translation>
    </message>
    <message>
        <source>Performed</source>
        <translation>시행 시각</translation>
    </message>
    <message>
        <source>Performed until</source>
        <translation>시행 끝</translation>
    </message>
    <message>
        <source>Ordered</source>
        <translation>오더 시각</translation>
    </message>
    <message>
        <source>Ordered by</source>
        <translation>오더한 사람</translation>
    </message>
    <message>
        <source>Modality</source>
        <translation>검사 장비</translation>
    </message>
    <message>
        <source>Body part</source>
        <translation>촬영 부위</translation>
    </message>
    <message>
        <source>Side</source>
        <translation>좌우</translation>
    </message>
    <message>
        <source>Clinical information</source>
        <translation>임상 정보</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>조영제</translation>
    </message>
    <message>
        <source>Diagnosis number</source>
        <translation>진단번호</translation>
    </message>
    <message>
        <source>Diagnosis code</source>
        <translation>진단 코드</translation>
    </message>
    <message>
        <source>SNOMED CT code</source>
        <translation>SNOMED CT 코드</translation>
    </message>
    <message>
        <source>Diagnosis</source>
        <translation>진단</translation>
    </message>
    <message>
        <source>Kind of diagnosis</source>
        <translation>진단 구분</translation>
    </message>
    <message>
        <source>Clinical status</source>
        <translation>임상 상태</translation>
    </message>
    <message>
        <source>Verification</source>
        <translation>확인 상태</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>심한 정도</translation>
    </message>
    <message>
        <source>Onset</source>
        <translation>발병일</translation>
    </message>
    <message>
        <source>Resolved</source>
        <translation>나은 날</translation>
    </message>
    <message>
        <source>Recorded</source>
        <translation>기록 시각</translation>
    </message>
    <message>
        <source>Study UID</source>
        <translation>검사 UID</translation>
    </message>
    <message>
        <source>Accession number</source>
        <translation>접수번호</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>설명</translation>
    </message>
    <message>
        <source>Number of series</source>
        <translation>시리즈 수</translation>
    </message>
    <message>
        <source>Number of images</source>
        <translation>영상 수</translation>
    </message>
    <message>
        <source>Address of the images</source>
        <translation>영상 주소</translation>
    </message>
    <message>
        <source>Series</source>
        <translation>시리즈</translation>
    </message>
    <message>
        <source>Allergy number</source>
        <translation>알레르기 번호</translation>
    </message>
    <message>
        <source>Allergen code</source>
        <translation>알레르겐 코드</translation>
    </message>
    <message>
        <source>Allergen</source>
        <translation>알레르겐</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>분류</translation>
    </message>
    <message>
        <source>Criticality</source>
        <translation>위험도</translation>
    </message>
    <message>
        <source>Reaction</source>
        <translation>반응</translation>
    </message>
    <message>
        <source>Created</source>
        <translation>만든 때</translation>
    </message>
    <message>
        <source>Changed</source>
        <translation>바꾼 때</translation>
    </message>
    <message>
        <source>Kind of record</source>
        <translation>기록 종류</translation>
    </message>
</context>
<context>
    <name>FilterBanner</name>
    <message>
        <source>Show all</source>
        <translation>모두 보기</translation>
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
    <name>Grid</name>
    <message>
        <source>And {count} more</source>
        <translation>그 밖에 {count}건</translation>
    </message>
</context>
<context>
    <name>Hows</name>
    <message>
        <source>copied</source>
        <translation>그대로</translation>
    </message>
    <message>
        <source>mapped</source>
        <translation>변환</translation>
    </message>
    <message>
        <source>added</source>
        <translation>덧붙임</translation>
    </message>
    <message>
        <source>kept</source>
        <translation>유지</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>빠짐</translation>
    </message>
</context>
<context>
    <name>Http</name>
    <message>
        <source>The server found something wrong in it.</source>
        <translation>서버가 내용에서 잘못을 찾았습니다.</translation>
    </message>
    <message>
        <source>The server wants a sign-in.</source>
        <translation>서버가 로그인을 요구합니다.</translation>
    </message>
    <message>
        <source>The server does not allow it.</source>
        <translation>서버가 허용하지 않습니다.</translation>
    </message>
    <message>
        <source>The server does not find it.</source>
        <translation>서버에서 찾을 수 없습니다.</translation>
    </message>
    <message>
        <source>The server gave up waiting.</source>
        <translation>서버가 기다리다 그만두었습니다.</translation>
    </message>
    <message>
        <source>It was changed on the server meanwhile.</source>
        <translation>그 사이 서버에서 바뀌었습니다.</translation>
    </message>
    <message>
        <source>It was deleted on the server.</source>
        <translation>서버에서 삭제되었습니다.</translation>
    </message>
    <message>
        <source>It is too large for the server.</source>
        <translation>서버가 받기에 너무 큽니다.</translation>
    </message>
    <message>
        <source>The server understood it and refused it.</source>
        <translation>서버가 읽었지만 거절했습니다.</translation>
    </message>
    <message>
        <source>The server wants to know which version is changed.</source>
        <translation>서버가 어느 판을 고치는지 알려 달라고 합니다.</translation>
    </message>
    <message>
        <source>The server is busy.</source>
        <translation>서버가 바쁩니다.</translation>
    </message>
    <message>
        <source>The server is away or busy.</source>
        <translation>서버가 없거나 바쁩니다.</translation>
    </message>
    <message>
        <source>The server did it.</source>
        <translation>서버가 처리했습니다.</translation>
    </message>
    <message>
        <source>The server points to another address.</source>
        <translation>서버가 다른 주소를 가리킵니다.</translation>
    </message>
    <message>
        <source>The server refused it.</source>
        <translation>서버가 거절했습니다.</translation>
    </message>
    <message>
        <source>The server had trouble: it may have been saved, or not.</source>
        <translation>서버에 문제가 생겼습니다. 저장되었을 수도, 아닐 수도 있습니다.</translation>
    </message>
    <message>
        <source>No whole answer came: we look on the server before anything is sent again.</source>
        <translation>온전한 답이 오지 않았습니다. 다시 보내기 전에 서버를 확인합니다.</translation>
    </message>
    <message>
        <source>No connection: nothing of it was sent.</source>
        <translation>연결되지 않아 아무것도 보내지 않았습니다.</translation>
    </message>
    <message>
        <source>Request {id}</source>
        <translation>요청 {id}</translation>
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
        <source>The first {shown} of {all}:</source>
        <translation>{all}건 중 처음 {shown}건:</translation>
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
        <source>Rows of the import</source>
        <translation>가져온 행</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>Issues</name>
    <message>
        <source>the content is not valid</source>
        <translation>내용이 올바르지 않음</translation>
    </message>
    <message>
        <source>it is not built as the server expects</source>
        <translation>서버가 바라는 구조가 아님</translation>
    </message>
    <message>
        <source>something required is missing</source>
        <translation>필수 항목이 없음</translation>
    </message>
    <message>
        <source>a value is not acceptable</source>
        <translation>받을 수 없는 값</translation>
    </message>
    <message>
        <source>a rule is broken</source>
        <translation>규칙에 어긋남</translation>
    </message>
    <message>
        <source>no right to do this</source>
        <translation>권한이 없음</translation>
    </message>
    <message>
        <source>a sign-in is needed</source>
        <translation>로그인이 필요함</translation>
    </message>
    <message>
        <source>the sign-in is not known</source>
        <translation>알 수 없는 로그인</translation>
    </message>
    <message>
        <source>the sign-in has expired</source>
        <translation>로그인이 끝남</translation>
    </message>
    <message>
        <source>not allowed</source>
        <translation>허용되지 않음</translation>
    </message>
    <message>
        <source>not shown to this account</source>
        <translation>이 계정에는 보이지 않음</translation>
    </message>
    <message>
        <source>it could not be processed</source>
        <translation>처리하지 못함</translation>
    </message>
    <message>
        <source>the server does not support this</source>
        <translation>서버가 지원하지 않음</translation>
    </message>
    <message>
        <source>it is there already</source>
        <translation>이미 있음</translation>
    </message>
    <message>
        <source>several on the server match</source>
        <translation>서버에 여러 개가 맞음</translation>
    </message>
    <message>
        <source>something it points at is not there</source>
        <translation>가리키는 것이 없음</translation>
    </message>
    <message>
        <source>it was deleted</source>
        <translation>삭제됨</translation>
    </message>
    <message>
        <source>it is too long</source>
        <translation>너무 긺</translation>
    </message>
    <message>
        <source>a code is not known</source>
        <translation>알 수 없는 코드</translation>
    </message>
    <message>
        <source>an extension is not accepted</source>
        <translation>받지 않는 확장</translation>
    </message>
    <message>
        <source>it costs the server too much</source>
        <translation>서버에 부담이 큼</translation>
    </message>
    <message>
        <source>a rule of the hospital forbids it</source>
        <translation>병원 규칙에 어긋남</translation>
    </message>
    <message>
        <source>it was changed meanwhile</source>
        <translation>그 사이 바뀜</translation>
    </message>
    <message>
        <source>a passing trouble</source>
        <translation>잠깐의 문제</translation>
    </message>
    <message>
        <source>somebody else is writing it</source>
        <translation>다른 곳에서 쓰는 중</translation>
    </message>
    <message>
        <source>the server cannot store now</source>
        <translation>서버가 지금 저장할 수 없음</translation>
    </message>
    <message>
        <source>an error inside the server</source>
        <translation>서버 안의 오류</translation>
    </message>
    <message>
        <source>the server took too long</source>
        <translation>서버가 너무 오래 걸림</translation>
    </message>
    <message>
        <source>the answer is not complete</source>
        <translation>답이 온전하지 않음</translation>
    </message>
    <message>
        <source>too many requests</source>
        <translation>요청이 너무 많음</translation>
    </message>
    <message>
        <source>a remark</source>
        <translation>참고</translation>
    </message>
    <message>
        <source>no connection</source>
        <translation>연결되지 않음</translation>
    </message>
    <message>
        <source>the server is not trusted</source>
        <translation>믿을 수 없는 서버</translation>
    </message>
    <message>
        <source>no answer in time</source>
        <translation>제때 답이 없음</translation>
    </message>
    <message>
        <source>the connection broke</source>
        <translation>연결이 끊김</translation>
    </message>
</context>
<context>
    <name>IssuesView</name>
    <message>
        <source>Issues</source>
        <translation>문제</translation>
    </message>
    <message>
        <source>Severity</source>
        <translation>정도</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>항목</translation>
    </message>
    <message>
        <source>What</source>
        <translation>내용</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>위치</translation>
    </message>
</context>
<context>
    <name>JobStrip</name>
    <message>
        <source>Cancel</source>
        <translation>취소</translation>
    </message>
    <message>
        <source>Cancel {job}</source>
        <translation>{job} 취소</translation>
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
    <name>JsonTree</name>
    <message>
        <source>The resource as a tree</source>
        <translation>트리로 본 리소스</translation>
    </message>
    <message>
        <source>Element</source>
        <translation>요소</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>more</source>
        <translation>더 보기</translation>
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
    <name>Layout</name>
    <message>
        <source>Drag to move this pane; a double click lets it float</source>
        <translation>끌어서 옮기고, 두 번 누르면 떼어 냅니다</translation>
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
        <source>Not on the server yet: {count}. They are kept and go out at the next start.</source>
        <translation>변경 {count}건이 아직 서버에 없습니다. 그대로 보관하고 다음에 시작할 때 보냅니다.</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>끝내기</translation>
    </message>
</context>
<context>
    <name>MappingView</name>
    <message>
        <source>Mapping</source>
        <translation>연결</translation>
    </message>
    <message>
        <source>Resource</source>
        <translation>리소스</translation>
    </message>
    <message>
        <source>How</source>
        <translation>방법</translation>
    </message>
    <message>
        <source>Field of the record</source>
        <translation>기록의 항목</translation>
    </message>
    <message>
        <source>Value</source>
        <translation>값</translation>
    </message>
    <message>
        <source>In the resource</source>
        <translation>리소스 위치</translation>
    </message>
</context>
<context>
    <name>Meanings</name>
    <message>
        <source>Everything about this patient is on the server.</source>
        <translation>이 환자의 모든 것이 서버에 있습니다.</translation>
    </message>
    <message>
        <source>Something about this patient waits to be sent.</source>
        <translation>이 환자의 변경이 보내기를 기다립니다.</translation>
    </message>
    <message>
        <source>Something about this patient is being sent now.</source>
        <translation>이 환자의 변경을 보내고 있습니다.</translation>
    </message>
    <message>
        <source>Something about this patient waits for something else.</source>
        <translation>이 환자의 변경이 다른 것을 기다립니다.</translation>
    </message>
    <message>
        <source>An answer was lost: we look whether the server saved it before we send again.</source>
        <translation>답을 받지 못했습니다. 다시 보내기 전에 서버에 저장됐는지 확인합니다.</translation>
    </message>
    <message>
        <source>The server has something else: a person must decide.</source>
        <translation>서버의 내용이 다릅니다. 사람이 정해야 합니다.</translation>
    </message>
    <message>
        <source>The server refused something: a person must correct it.</source>
        <translation>서버가 거절했습니다. 사람이 고쳐야 합니다.</translation>
    </message>
    <message>
        <source>Kept on this computer; nothing about this patient waits to be sent.</source>
        <translation>이 컴퓨터에 있고, 보내기를 기다리는 것은 없습니다.</translation>
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
    <name>MergeSheet</name>
    <message>
        <source>Resolve</source>
        <translation>충돌 해결</translation>
    </message>
    <message>
        <source>All as typed</source>
        <translation>모두 입력한 값</translation>
    </message>
    <message>
        <source>All as on the server</source>
        <translation>모두 서버 값</translation>
    </message>
    <message>
        <source>Read again</source>
        <translation>서버 값 새로고침</translation>
    </message>
    <message>
        <source>Save what was chosen</source>
        <translation>선택한 값 저장</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>나중에</translation>
    </message>
    <message>
        <source>Also changed on the server: {fields}. Choose; the rest is merged by itself.</source>
        <translation>서버에서도 바뀐 항목: {fields}. 선택해 주세요. 나머지는 자동으로 합쳐집니다.</translation>
    </message>
    <message>
        <source>Both sides changed other fields: they go together, nothing is to be chosen.</source>
        <translation>양쪽에서 서로 다른 항목이 바뀌어 자동으로 합쳐집니다. 선택할 것은 없습니다.</translation>
    </message>
    <message>
        <source>Both sides say the same now.</source>
        <translation>이제 양쪽 값이 같습니다.</translation>
    </message>
    <message>
        <source>The server&apos;s values as of {time}</source>
        <translation>서버 값 {time} 기준</translation>
    </message>
    <message>
        <source>Choose a value for each field first</source>
        <translation>먼저 항목마다 값을 선택하세요</translation>
    </message>
</context>
<context>
    <name>Notice</name>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>Operations</name>
    <message>
        <source>New {type}</source>
        <translation>{type} 등록</translation>
    </message>
    <message>
        <source>{type} update</source>
        <translation>{type} 수정</translation>
    </message>
    <message>
        <source>{type} deletion</source>
        <translation>{type} 삭제</translation>
    </message>
    <message>
        <source>{type} profile edit</source>
        <translation>{type} 정보 수정</translation>
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
        <source>Phone, email, address and postcode are saved on the server first.</source>
        <translation>휴대전화, 전자우편, 주소, 우편번호는 서버에 먼저 저장합니다.</translation>
    </message>
    <message>
        <source>Pending edit: it waits for the server; until then the server&apos;s value is shown.</source>
        <translation>수정 대기: 서버를 기다립니다. 그때까지는 서버의 값을 보여 줍니다.</translation>
    </message>
    <message>
        <source>Saved on this computer only: not on the server yet.</source>
        <translation>이 컴퓨터에만 저장됨: 아직 서버에 없습니다.</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>되돌리기</translation>
    </message>
    <message>
        <source>Every field as it was when this opened</source>
        <translation>모든 항목을 처음 값으로</translation>
    </message>
    <message>
        <source>Send when the server is back</source>
        <translation>서버가 돌아오면 보내기</translation>
    </message>
    <message>
        <source>Show what must be decided first</source>
        <translation>먼저 해결할 항목 보기</translation>
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
        <source>Saved here.</source>
        <translation>여기에 저장했습니다.</translation>
    </message>
    <message>
        <source>The other fields are saved here.</source>
        <translation>다른 항목은 여기에 저장했습니다.</translation>
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
        <source>Name, initial consonants, number or phone</source>
        <translation>이름, 초성, 번호, 전화</translation>
    </message>
    <message>
        <source>Search patients</source>
        <translation>환자 검색</translation>
    </message>
    <message>
        <source>1 person</source>
        <translation>1명</translation>
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
        <source>Nobody here yet. Register a patient, or drop a file with records here.</source>
        <translation>아직 환자가 없습니다. 환자를 등록하거나 기록 파일을 여기에 끌어다 놓으세요.</translation>
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
    <name>Preview</name>
    <message>
        <source>✓ Valid R4</source>
        <translation>✓ R4에 맞습니다</translation>
    </message>
    <message>
        <source>! Not valid R4: see Issues</source>
        <translation>! R4에 맞지 않습니다: 문제 탭을 보세요</translation>
    </message>
    <message>
        <source>not checked: too large</source>
        <translation>너무 커서 검사하지 않았습니다</translation>
    </message>
    <message>
        <source>being checked…</source>
        <translation>검사하는 중…</translation>
    </message>
    <message>
        <source>Choose a patient or an entry to see what is sent. A file dropped here is only looked at.</source>
        <translation>환자나 항목을 고르면 보낼 내용이 보입니다. 여기에 끌어다 놓은 파일은 보기만 합니다.</translation>
    </message>
    <message>
        <source>only looked at: not stored, not queued</source>
        <translation>보기만 합니다. 저장하거나 대기열에 넣지 않습니다</translation>
    </message>
    <message>
        <source>not on the server yet</source>
        <translation>아직 서버에 없습니다</translation>
    </message>
    <message>
        <source>partial: shown, not editable</source>
        <translation>일부만 있어 보기만 할 수 있습니다</translation>
    </message>
    <message>
        <source>same as version {version}, seen on the server at {when}</source>
        <translation>{when}에 본 서버 버전 {version}과(와) 같습니다</translation>
    </message>
    <message>
        <source>differs from version {version}, seen on the server at {when}</source>
        <translation>{when}에 본 서버 버전 {version}과(와) 다릅니다</translation>
    </message>
    <message>
        <source>saved on the server as version {version} at {when}</source>
        <translation>{when}에 서버에 버전 {version}(으)로 저장되었습니다</translation>
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
        <source>Preview</source>
        <translation>미리보기</translation>
    </message>
    <message>
        <source>Issues {count}</source>
        <translation>문제 {count}</translation>
    </message>
    <message>
        <source>Which record of the file</source>
        <translation>파일의 어느 기록</translation>
    </message>
    <message>
        <source>Parts of the preview</source>
        <translation>미리보기 부분</translation>
    </message>
    <message>
        <source>refused</source>
        <translation>거절됨</translation>
    </message>
    <message>
        <source>Line {line}</source>
        <translation>{line}번째 줄</translation>
    </message>
    <message>
        <source>Mapping</source>
        <translation>연결</translation>
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
        <source>The database cannot be opened</source>
        <translation>데이터베이스를 열 수 없습니다</translation>
    </message>
    <message>
        <source>Keep what can be read</source>
        <translation>읽을 수 있는 것 건지기</translation>
    </message>
    <message>
        <source>What could be read</source>
        <translation>읽어 낸 것</translation>
    </message>
    <message>
        <source>This computer has no keyring: the secret is kept until you quit.</source>
        <translation>이 컴퓨터에는 키 저장소가 없어 비밀번호를 끝낼 때까지만 기억합니다.</translation>
    </message>
</context>
<context>
    <name>Question</name>
    <message>
        <source>Cancel</source>
        <translation>돌아가기</translation>
    </message>
</context>
<context>
    <name>QueueActions</name>
    <message>
        <source>Given up and never sent: {count}. The records here stay as they are.</source>
        <translation>{count}건을 버리고 보내지 않습니다. 여기의 기록은 그대로 둡니다.</translation>
    </message>
    <message>
        <source>To be sent again: {count}.</source>
        <translation>{count}건을 다시 보낼까요?</translation>
    </message>
    <message>
        <source>Not to be sent any more: {count}. The records here stay as they are.</source>
        <translation>변경 {count}건을 보내지 않습니다. 이곳의 기록은 그대로 둡니다.</translation>
    </message>
    <message>
        <source>To be held until released: {count}.</source>
        <translation>{count}건을 풀 때까지 보류할까요?</translation>
    </message>
    <message>
        <source>To be released: {count}.</source>
        <translation>{count}건의 보류를 풀까요?</translation>
    </message>
    <message>
        <source>Queued records: {count}.</source>
        <translation>기록 {count}건을 대기열에 넣었습니다.</translation>
    </message>
</context>
<context>
    <name>QueuePane</name>
    <message>
        <source>Sync queue</source>
        <translation>동기화 대기열</translation>
    </message>
    <message>
        <source>Number or name</source>
        <translation>번호나 이름</translation>
    </message>
    <message>
        <source>Filter the queue</source>
        <translation>대기열 거르기</translation>
    </message>
    <message>
        <source>Kind of record</source>
        <translation>기록 종류</translation>
    </message>
    <message>
        <source>Nothing is waiting here.</source>
        <translation>기다리는 것이 없습니다.</translation>
    </message>
    <message>
        <source>All kinds</source>
        <translation>모든 종류</translation>
    </message>
    <message>
        <source>{count} · {cause}</source>
        <translation>{count}건 · {cause}</translation>
    </message>
    <message>
        <source>Only {patient}</source>
        <translation>{patient}만</translation>
    </message>
</context>
<context>
    <name>ReasonQuestion</name>
    <message>
        <source>Why? The audit keeps it; no patient&apos;s data, please.</source>
        <translation>이유 (감사 기록에 남습니다. 환자 정보는 쓰지 마세요)</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>이유</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>돌아가기</translation>
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
    <name>Sending</name>
    <message>
        <source>Nothing is sent yet: no server is set.</source>
        <translation>아직 보내지 않습니다. 서버가 설정되지 않았습니다.</translation>
    </message>
    <message>
        <source>It is sent once the server answers.</source>
        <translation>서버가 응답하면 보냅니다.</translation>
    </message>
    <message>
        <source>It is sent to the server now.</source>
        <translation>지금 서버로 보냅니다.</translation>
    </message>
    <message>
        <source>It is sent when the server is back.</source>
        <translation>서버가 돌아오면 보냅니다.</translation>
    </message>
    <message>
        <source>Sending is paused: it is sent after that.</source>
        <translation>전송이 일시정지되어 있어 재개한 뒤 보냅니다.</translation>
    </message>
    <message>
        <source>Another process sends it.</source>
        <translation>다른 프로세스가 보냅니다.</translation>
    </message>
</context>
<context>
    <name>ServerChip</name>
    <message>
        <source>Practice server</source>
        <translation>연습 서버</translation>
    </message>
    <message>
        <source>Practice</source>
        <translation>연습용</translation>
    </message>
    <message>
        <source>Server: {name}, {state}</source>
        <translation>서버: {name}, {state}</translation>
    </message>
</context>
<context>
    <name>Severities</name>
    <message>
        <source>fatal</source>
        <translation>치명적</translation>
    </message>
    <message>
        <source>error</source>
        <translation>오류</translation>
    </message>
    <message>
        <source>warning</source>
        <translation>주의</translation>
    </message>
    <message>
        <source>note</source>
        <translation>참고</translation>
    </message>
</context>
<context>
    <name>Sheet</name>
    <message>
        <source>The server&apos;s answer: “{text}”</source>
        <translation>서버 응답: “{text}”</translation>
    </message>
</context>
<context>
    <name>Shortcuts</name>
    <message>
        <source>Shortcuts</source>
        <translation>단축키</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>키</translation>
    </message>
    <message>
        <source>Action</source>
        <translation>동작</translation>
    </message>
    <message>
        <source>What it does</source>
        <translation>하는 일</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>닫기</translation>
    </message>
</context>
<context>
    <name>Sides</name>
    <message>
        <source>Fields that differ</source>
        <translation>서로 다른 항목</translation>
    </message>
    <message>
        <source>Field</source>
        <translation>항목</translation>
    </message>
    <message>
        <source>As loaded</source>
        <translation>불러왔을 때</translation>
    </message>
    <message>
        <source>Typed here</source>
        <translation>여기서 입력한 값</translation>
    </message>
    <message>
        <source>Server now</source>
        <translation>지금 서버 값</translation>
    </message>
    <message>
        <source>Merged by itself: {count}</source>
        <translation>자동으로 합쳐지는 항목 {count}</translation>
    </message>
    <message>
        <source>Not changed</source>
        <translation>바꾸지 않음</translation>
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
        <translation>전송 취소됨</translation>
    </message>
    <message>
        <source>Not saved</source>
        <translation>저장 안 됨</translation>
    </message>
    <message>
        <source>Saved in part</source>
        <translation>일부만 저장됨</translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message>
        <source>Sending</source>
        <translation>보내는 중</translation>
    </message>
    <message>
        <source>avg {avg} · p95 {p95} · p99 {p99} ms</source>
        <translation>평균 {avg} · p95 {p95} · p99 {p99} ms</translation>
    </message>
    <message>
        <source>Not sent: {count}</source>
        <translation>보내지 않은 변경 {count}건</translation>
    </message>
    <message>
        <source>Everything is on the server</source>
        <translation>모두 서버에 있습니다</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>일시정지</translation>
    </message>
    <message>
        <source>offline</source>
        <translation>연결 안 됨</translation>
    </message>
    <message>
        <source>next try {when}</source>
        <translation>다음 시도 {when}</translation>
    </message>
</context>
<context>
    <name>Steps</name>
    <message>
        <source>Address</source>
        <translation>주소</translation>
    </message>
    <message>
        <source>Name of the server (DNS)</source>
        <translation>서버 이름 (DNS)</translation>
    </message>
    <message>
        <source>Connection</source>
        <translation>연결</translation>
    </message>
    <message>
        <source>Secure connection (TLS)</source>
        <translation>보안 연결 (TLS)</translation>
    </message>
    <message>
        <source>What the server is (/metadata)</source>
        <translation>서버 정보 (/metadata)</translation>
    </message>
    <message>
        <source>FHIR version</source>
        <translation>FHIR 버전</translation>
    </message>
    <message>
        <source>Sign-in</source>
        <translation>로그인</translation>
    </message>
    <message>
        <source>Permissions</source>
        <translation>권한</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>읽기</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>쓰기</translation>
    </message>
</context>
<context>
    <name>Summary</name>
    <message>
        <source>Needs you: {count}</source>
        <translation>확인할 항목 {count}건</translation>
    </message>
    <message>
        <source>Everything is saved on the server</source>
        <translation>모두 서버에 저장되었습니다</translation>
    </message>
    <message>
        <source>{count} go out by themselves</source>
        <translation>나머지 {count}건은 자동으로 전송됩니다</translation>
    </message>
    <message>
        <source>{count} are kept until sending is resumed</source>
        <translation>{count}건은 전송을 재개할 때까지 이 컴퓨터에 있습니다</translation>
    </message>
    <message>
        <source>{count} are kept on this computer: no server is set</source>
        <translation>{count}건은 이 컴퓨터에 있습니다(서버가 설정되지 않음)</translation>
    </message>
    <message>
        <source>{count} go out when the server is back</source>
        <translation>{count}건은 서버 복구 시 자동으로 전송됩니다</translation>
    </message>
</context>
<context>
    <name>Times</name>
    <message>
        <source>decide</source>
        <translation>결정 필요</translation>
    </message>
    <message>
        <source>needs you</source>
        <translation>확인 필요</translation>
    </message>
    <message>
        <source>now</source>
        <translation>지금</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>일시정지</translation>
    </message>
    <message>
        <source>no server</source>
        <translation>서버 없음</translation>
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
    <name>TooLarge</name>
    <message>
        <source>This resource is too large to be shown and checked here ({size}). Nothing of it is lost.</source>
        <translation>리소스가 너무 커서({size}) 여기서 보여 주거나 검사하지 않습니다. 내용은 그대로 있습니다.</translation>
    </message>
    <message>
        <source>Save as a file…</source>
        <translation>파일로 저장…</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Menu</source>
        <translation>메뉴</translation>
    </message>
    <message>
        <source>Find a patient, number, command</source>
        <translation>환자, 번호, 명령 찾기</translation>
    </message>
    <message>
        <source>The server and its settings</source>
        <translation>서버와 설정</translation>
    </message>
</context>
<context>
    <name>TypedSheet</name>
    <message>
        <source>What you typed is not saved.</source>
        <translation>입력한 내용이 저장되지 않았습니다.</translation>
    </message>
    <message>
        <source>Close without saving?</source>
        <translation>저장하지 않고 닫을까요?</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>저장하지 않고 닫기</translation>
    </message>
</context>
<context>
    <name>Types</name>
    <message>
        <source>Patient</source>
        <translation>환자</translation>
    </message>
    <message>
        <source>Visit</source>
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
    <message>
        <source>FHIR resource</source>
        <translation>FHIR 리소스</translation>
    </message>
</context>
<context>
    <name>Unread</name>
    <message>
        <source>The records could not be opened.</source>
        <translation>기록을 열지 못했습니다.</translation>
    </message>
    <message>
        <source>Opening the records…</source>
        <translation>기록을 여는 중입니다…</translation>
    </message>
</context>
<context>
    <name>Values</name>
    <message>
        <source>none</source>
        <translation>없음</translation>
    </message>
</context>
<context>
    <name>Vendors</name>
    <message>
        <source>Any FHIR R4 server</source>
        <translation>모든 FHIR R4 서버</translation>
    </message>
</context>
</TS>
