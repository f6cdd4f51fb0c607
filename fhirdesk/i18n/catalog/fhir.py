"""The sentences of the R4 check: code → (English, Korean). A table of data, one part of what `words.say` reads."""

R4_SENTENCES: dict[str, tuple[str, str]] = {
    # the document
    "r4_not_an_object": (
        "A FHIR resource is a JSON object: {{ … }}.",
        "FHIR 리소스는 JSON 객체({{ … }})여야 합니다.",
    ),
    "r4_no_type": (
        "resourceType is missing: it says which FHIR resource this is.",
        "resourceType이 없습니다. 어떤 FHIR 리소스인지 적어야 합니다.",
    ),
    "r4_unknown_type": (
        "{name} is not a resource type of FHIR R4.",
        "{name}은(는) FHIR R4의 리소스 종류가 아닙니다.",
    ),
    "r4_type_case": (
        "Write resourceType as {right}, not {name}: upper and lower case count.",
        "resourceType은 {name}이(가) 아니라 {right}(으)로 씁니다. 대소문자를 구별합니다.",
    ),
    "r4_type_of_version": (
        "{name} belongs to FHIR {version}; this program speaks R4 (4.0.1).",
        "{name}은(는) FHIR {version}의 리소스입니다. 이 프로그램은 R4(4.0.1)를 씁니다.",
    ),
    "r4_is_version": (
        "This looks like FHIR {version}, not R4 (4.0.1): {names}.",
        "R4(4.0.1)가 아니라 FHIR {version} 형식으로 보입니다: {names}.",
    ),
    "r4_too_deep": (
        "This is nested more than {depth} levels deep; no server takes that.",
        "{depth}단계보다 깊이 겹쳐 있습니다. 받아 주는 서버가 없습니다.",
    ),
    "r4_more": (
        "There is more to say; the first {count} are shown.",
        "지적할 것이 더 있습니다. 처음 {count}개만 보입니다.",
    ),
    # what is there
    "r4_unknown_element": (
        "R4 has no element {name} here.",
        "R4에는 이 자리에 {name} 요소가 없습니다.",
    ),
    "r4_did_you_mean": (
        "R4 has no element {name} here. Is {near} meant?",
        "R4에는 이 자리에 {name} 요소가 없습니다. {near}을(를) 뜻한 것인가요?",
    ),
    "r4_choice_unknown": (
        "{name} needs its type in its name, one of: {names}.",
        "{name} 뒤에 자료형을 붙여야 합니다. 다음 가운데 하나: {names}.",
    ),
    "r4_required": (
        "{names} is missing; R4 asks for it.",
        "{names}이(가) 없습니다. R4에서는 꼭 있어야 합니다.",
    ),
    "r4_choice": (
        "Only one of these may be there: {names}.",
        "다음 가운데 하나만 있을 수 있습니다: {names}.",
    ),
    "r4_choice_missing": (
        "One of these is missing: {names}.",
        "다음 가운데 하나가 있어야 합니다: {names}.",
    ),
    "r4_wants_list": (
        "R4 has a list here: put the value into [ ].",
        "R4에서는 이 자리가 목록입니다. 값을 [ ] 안에 넣으세요.",
    ),
    "r4_wants_objects": (
        "R4 has a list of objects here: [ {{ … }} ], not a bare value.",
        "R4에서는 이 자리가 값이 아니라 객체의 목록([ {{ … }} ])입니다.",
    ),
    "r4_wants_one": (
        "R4 has a single value here, not a list.",
        "R4에서는 이 자리가 목록이 아니라 값 하나입니다.",
    ),
    "r4_wants_object": (
        "R4 has an object here: {{ … }}, not a bare value.",
        "R4에서는 이 자리가 값이 아니라 객체({{ … }})입니다.",
    ),
    "r4_wants_text": (
        "R4 has a text here, in quotation marks.",
        "R4에서는 이 자리가 따옴표로 묶은 글입니다.",
    ),
    "r4_wants_number": (
        "R4 has a number here, without quotation marks.",
        "R4에서는 이 자리가 따옴표 없는 숫자입니다.",
    ),
    "r4_wants_boolean": (
        "R4 has true or false here, without quotation marks.",
        "R4에서는 이 자리가 따옴표 없는 true 또는 false입니다.",
    ),
    "r4_null": (
        "null is not allowed here: leave the element out.",
        "여기에는 null을 쓸 수 없습니다. 요소를 빼세요.",
    ),
    "r4_null_alone": (
        "null stands here without an extension beside it.",
        "null이 있지만 짝이 되는 확장(extension)이 없습니다.",
    ),
    "r4_lists_differ": (
        "{name} and _{name} must have the same number of places.",
        "{name}과(와) _{name}의 칸 수가 같아야 합니다.",
    ),
    "r4_empty_list": (
        "A list must not be empty: leave the element out.",
        "빈 목록은 쓸 수 없습니다. 요소를 빼세요.",
    ),
    "r4_empty_object": (
        "An element must not be empty: leave it out.",
        "빈 요소는 쓸 수 없습니다. 요소를 빼세요.",
    ),
    "r4_empty_text": (
        "A text must not be empty: leave the element out.",
        "빈 글은 쓸 수 없습니다. 요소를 빼세요.",
    ),
    "r4_resource": (
        "A resource belongs here, with its resourceType.",
        "이 자리에는 resourceType이 있는 리소스가 와야 합니다.",
    ),
    "r4_too_few": (
        "At least {least} are needed here.",
        "여기에는 {least}개 이상 있어야 합니다.",
    ),
    "r4_other": (
        "This is not as R4 has it.",
        "R4의 형식과 다릅니다.",
    ),
    # how values are written
    "r4_string": (
        "A text holds control characters or is longer than 1,048,576 characters.",
        "글에 제어 문자가 있거나 1,048,576자보다 깁니다.",
    ),
    "r4_markdown": (
        "A text holds control characters or is longer than 1,048,576 characters.",
        "글에 제어 문자가 있거나 1,048,576자보다 깁니다.",
    ),
    "r4_xhtml": (
        "The narrative holds control characters.",
        "설명(narrative)에 제어 문자가 있습니다.",
    ),
    "r4_code": (
        "A code has no blanks at its ends and no two blanks in a row.",
        "코드는 앞뒤에 빈칸이 없고 빈칸이 잇달아 오지 않습니다.",
    ),
    "r4_id": (
        "An id has 1 to 64 letters (A-Z, a-z), digits, hyphens and dots, nothing else.",
        "id는 영문자(A-Z, a-z), 숫자, 하이픈, 점만으로 1~64자입니다.",
    ),
    "r4_uri": (
        "A URI has no blanks; after urn:oid: or urn:uuid: comes a whole OID or UUID.",
        "URI에는 빈칸이 없고, urn:oid: 나 urn:uuid: 뒤에는 온전한 OID나 UUID가 옵니다.",
    ),
    "r4_url": (
        "A URL has no blanks; after urn:oid: or urn:uuid: comes a whole OID or UUID.",
        "URL에는 빈칸이 없고, urn:oid: 나 urn:uuid: 뒤에는 온전한 OID나 UUID가 옵니다.",
    ),
    "r4_canonical": (
        "A canonical address has no blanks.",
        "canonical 주소에는 빈칸이 없습니다.",
    ),
    "r4_canonical_relative": (
        "A canonical address should be absolute: a whole URL or urn:….",
        "canonical 주소는 전체 URL이나 urn:…처럼 절대 주소여야 좋습니다.",
    ),
    "r4_oid": (
        "An OID is written urn:oid:1.2.3, numbers between dots.",
        "OID는 urn:oid:1.2.3처럼 점으로 이은 숫자로 씁니다.",
    ),
    "r4_uuid": (
        "A UUID is written urn:uuid: and 36 characters in lower case.",
        "UUID는 urn:uuid: 뒤에 소문자 36자로 씁니다.",
    ),
    "r4_date": (
        "A date is written YYYY, YYYY-MM or YYYY-MM-DD, as in 2026-03-09, without a time.",
        "날짜는 시각 없이 YYYY, YYYY-MM, YYYY-MM-DD(예: 2026-03-09)로 씁니다.",
    ),
    "r4_no_such_day": (
        "There is no such day in the calendar.",
        "달력에 없는 날짜입니다.",
    ),
    "r4_dateTime": (
        "A date with a time is written as in 2026-03-09T14:30:00+09:00; a date alone as in 2026-03-09.",
        "날짜와 시각은 2026-03-09T14:30:00+09:00처럼, 날짜만은 2026-03-09처럼 씁니다.",
    ),
    "r4_no_zone": (
        "A time needs seconds and a time zone, as in 2026-03-09T14:30:00+09:00.",
        "시각에는 초와 시간대가 있어야 합니다(예: 2026-03-09T14:30:00+09:00).",
    ),
    "r4_instant": (
        "A full date and time with a time zone is needed here, as in 2026-03-09T14:30:00+09:00.",
        "여기에는 시간대까지 있는 날짜와 시각이 필요합니다(예: 2026-03-09T14:30:00+09:00).",
    ),
    "r4_time": (
        "A time of day is written hh:mm:ss, as in 14:30:00, without a time zone.",
        "시각은 시간대 없이 hh:mm:ss(예: 14:30:00)로 씁니다.",
    ),
    "r4_base64Binary": (
        "This is not base64: letters, digits, + and /, in fours, filled up with =.",
        "base64가 아닙니다. 영문자, 숫자, +, / 를 네 글자씩 쓰고 모자라면 =로 채웁니다.",
    ),
    "r4_currency": (
        "A currency is three capital letters, as in KRW.",
        "통화는 대문자 세 글자입니다(예: KRW).",
    ),
    "r4_mime": (
        "A content type is written type/subtype, as in application/pdf.",
        "콘텐츠 종류는 종류/세부 종류로 씁니다(예: application/pdf).",
    ),
    "r4_integer": (
        "A whole number is needed here, between -2,147,483,648 and 2,147,483,647, without a decimal point.",
        "여기에는 소수점 없는 정수(-2,147,483,648 ~ 2,147,483,647)가 필요합니다.",
    ),
    "r4_unsignedInt": (
        "A whole number from 0 to 2,147,483,647 is needed here.",
        "여기에는 0부터 2,147,483,647까지의 정수가 필요합니다.",
    ),
    "r4_positiveInt": (
        "A whole number from 1 to 2,147,483,647 is needed here.",
        "여기에는 1부터 2,147,483,647까지의 정수가 필요합니다.",
    ),
    "r4_boolean": (
        "true or false is needed here.",
        "여기에는 true 또는 false가 필요합니다.",
    ),
    "r4_decimal": (
        "A number is needed here.",
        "여기에는 숫자가 필요합니다.",
    ),
    "r4_positive": (
        "The number must be greater than 0.",
        "숫자는 0보다 커야 합니다.",
    ),
    "r4_ucum": (
        "The system of this unit is http://unitsofmeasure.org (UCUM).",
        "이 단위의 system은 http://unitsofmeasure.org (UCUM)입니다.",
    ),
    "r4_notNegative": (
        "The number must not be negative.",
        "숫자는 음수일 수 없습니다.",
    ),
    # codes
    "r4_codes": (
        "R4 does not know this code here. It knows: {codes}.",
        "R4가 이 자리에서 모르는 코드입니다. 쓸 수 있는 코드: {codes}.",
    ),
    "r4_codes_near": (
        "R4 does not know this code here. Is {near} meant? It knows: {codes}.",
        "R4가 이 자리에서 모르는 코드입니다. {near}을(를) 뜻한 것인가요? 쓸 수 있는 코드: {codes}.",
    ),
    "r4_code_long_list": (
        "R4 does not know this code here; see its list of codes for this element.",
        "R4가 이 자리에서 모르는 코드입니다. 이 요소의 코드 목록을 보세요.",
    ),
    "r4_concept": (
        "One coding must be of {system}: {codes}.",
        "coding 하나는 {system}의 코드여야 합니다: {codes}.",
    ),
    # references
    "r4_reference": (
        "A reference is written Type/id, as a whole URL, as urn:uuid:…, or as #id of what the resource contains.",
        "참조는 Type/id, 전체 URL, urn:uuid:…, 또는 안에 든 리소스의 #id로 씁니다.",
    ),
    "r4_target": (
        "This reference may point only to: {targets}.",
        "이 참조는 다음만 가리킬 수 있습니다: {targets}.",
    ),
    "r4_type_differs": (
        "The reference says its type is {type}, but it points to a {other}.",
        "참조의 type은 {type}이지만 실제로는 {other}을(를) 가리킵니다.",
    ),
    "r4_dangling": (
        "{reference} points to a contained resource that is not there.",
        "{reference}이(가) 가리키는 내부(contained) 리소스가 없습니다.",
    ),
    "r4_contained_unused": (
        "A contained resource must be referred to from the resource, or refer to it (dom-3).",
        "내부(contained) 리소스는 바깥에서 참조되거나 바깥을 참조해야 합니다(dom-3).",
    ),
    "r4_contained_nested": (
        "A contained resource must not contain resources itself (dom-2).",
        "내부(contained) 리소스 안에 다시 리소스를 넣을 수 없습니다(dom-2).",
    ),
    "r4_contained_meta": (
        "A contained resource has no version, time of change or security label of its own (dom-4, dom-5).",
        "내부(contained) 리소스는 버전, 변경 시각, 보안 표시를 따로 갖지 않습니다(dom-4, dom-5).",
    ),
    # invariants
    "r4_any": (
        "At least one of these must be there: {names} ({key}).",
        "다음 가운데 하나는 있어야 합니다: {names} ({key}).",
    ),
    "r4_one": (
        "Exactly one of these must be there: {names} ({key}).",
        "다음 가운데 꼭 하나만 있어야 합니다: {names} ({key}).",
    ),
    "r4_apart": (
        "These cannot be there together: {names} ({key}).",
        "다음은 함께 있을 수 없습니다: {names} ({key}).",
    ),
    "r4_needs": (
        "Where {first} is given, {names} must be given, too ({key}).",
        "{first}이(가) 있으면 {names}도 있어야 합니다({key}).",
    ),
    "r4_both": (
        "These go together, all or none: {names} ({key}).",
        "다음은 모두 있거나 모두 없어야 합니다: {names} ({key}).",
    ),
    "r4_has": (
        "With {condition}, {names} must be there ({key}).",
        "{condition}일 때는 {names}이(가) 있어야 합니다({key}).",
    ),
    "r4_lacks": (
        "With {condition}, there must be no {names} ({key}).",
        "{condition}일 때는 {names}이(가) 없어야 합니다({key}).",
    ),
    "r4_extension": (
        "An extension has either one value or extensions of its own (ext-1).",
        "확장(extension)에는 값 하나 또는 하위 확장 가운데 한 가지만 있어야 합니다(ext-1).",
    ),
    "r4_extension_url": (
        "The url of an extension is absolute, as in https://example.org/extension/name.",
        "확장(extension)의 url은 https://example.org/extension/name처럼 절대 주소여야 합니다.",
    ),
    "r4_period": (
        "{end} is before {start}.",
        "{end}이(가) {start}보다 앞섭니다.",
    ),
    "r4_range": (
        "low is greater than high.",
        "low가 high보다 큽니다.",
    ),
    "r4_not_unique": (
        "{names} must not be there twice.",
        "{names}은(는) 겹칠 수 없습니다.",
    ),
    "r4_con_3": (
        "A problem list item should have a clinical status (con-3).",
        "문제 목록의 항목에는 clinicalStatus가 있어야 좋습니다(con-3).",
    ),
    "r4_con_4": (
        "A condition that has abated is inactive, resolved or in remission: clinicalStatus must say so (con-4).",
        "끝난 상태(abatement)라면 clinicalStatus는 inactive, resolved, remission 가운데 하나여야 합니다(con-4).",
    ),
    "r4_con_5": (
        "A condition entered in error has no clinical status (con-5).",
        "잘못 입력된(entered-in-error) 진단에는 clinicalStatus가 없어야 합니다(con-5).",
    ),
    "r4_ait_1": (
        "An allergy needs a clinicalStatus, unless it was entered in error (ait-1).",
        "잘못 입력된 것이 아니라면 알레르기에 clinicalStatus가 있어야 합니다(ait-1).",
    ),
    "r4_ait_2": (
        "An allergy entered in error has no clinicalStatus (ait-2).",
        "잘못 입력된(entered-in-error) 알레르기에는 clinicalStatus가 없어야 합니다(ait-2).",
    ),
    "r4_obs_7": (
        "A component repeats the code of the observation, which has a value itself (obs-7).",
        "값이 있는 관찰(Observation)의 코드를 component가 되풀이합니다(obs-7).",
    ),
    "r4_org_home": (
        "An organization has no home: another use is needed (org-2, org-3).",
        "기관에는 home을 쓸 수 없습니다. 다른 use가 필요합니다(org-2, org-3).",
    ),
    # narrative
    "r4_div_xml": (
        "The narrative is not well-formed XHTML: {detail}.",
        "설명(narrative)이 올바른 XHTML이 아닙니다: {detail}.",
    ),
    "r4_div_root": (
        'The narrative is one div of XHTML: <div xmlns="http://www.w3.org/1999/xhtml">.',
        '설명(narrative)은 XHTML의 div 하나입니다: <div xmlns="http://www.w3.org/1999/xhtml">.',
    ),
    "r4_div_active": (
        "{name} is not allowed in the narrative: only plain formatting, no scripts, forms or events (txt-1).",
        "설명(narrative)에 {name}을(를) 쓸 수 없습니다. 스크립트, 폼, 이벤트 없이 서식만 쓸 수 있습니다(txt-1).",
    ),
    "r4_div_empty": (
        "The narrative holds no text (txt-2).",
        "설명(narrative)에 글이 없습니다(txt-2).",
    ),
    # Bundles
    "r4_bundle_request": (
        "An entry has a request in a batch, a transaction or a history, and only there (bdl-3); this is a {type}.",
        "request는 batch, transaction, history의 항목에만, 그리고 반드시 있습니다(bdl-3). 이것은 {type}입니다.",
    ),
    "r4_bundle_response": (
        "An entry has a response in an answer to a batch or transaction or in a history, and only there (bdl-4);"
        " this is a {type}.",
        "response는 batch-response, transaction-response, history의 항목에만, 그리고 반드시 있습니다(bdl-4)."
        " 이것은 {type}입니다.",
    ),
    "r4_bundle_search": (
        "Only a searchset has search in its entries (bdl-2).",
        "search는 searchset의 항목에만 있습니다(bdl-2).",
    ),
    "r4_bundle_first": (
        "A {type} Bundle begins with a {first} (bdl-11, bdl-12).",
        "{type} Bundle은 {first}(으)로 시작합니다(bdl-11, bdl-12).",
    ),
    "r4_full_url_relative": (
        "fullUrl must be absolute: a whole URL or urn:uuid:….",
        "fullUrl은 전체 URL이나 urn:uuid:…처럼 절대 주소여야 합니다.",
    ),
    "r4_full_url_version": (
        "fullUrl must not name a version (bdl-8).",
        "fullUrl에 버전을 적을 수 없습니다(bdl-8).",
    ),
    "r4_full_url_other": (
        "fullUrl names another type or id than the resource in this entry.",
        "fullUrl의 종류나 id가 이 항목의 리소스와 다릅니다.",
    ),
}
