"""What is said of files and of what an import reads in them: code → (English, Korean)."""

FILE_SENTENCES: dict[str, tuple[str, str]] = {
    "file_unreadable": (
        "{path} cannot be read. Nothing was changed.",
        "{path} 을(를) 읽을 수 없습니다. 바뀐 것은 없습니다.",
    ),
    "file_unknown": (
        "This is neither JSON nor CSV with a header of field names.",
        "JSON도, 항목 이름이 있는 CSV도 아닙니다.",
    ),
    "file_encoding": (
        "This line fits neither UTF-8, UTF-16 nor CP949: nothing of the file was taken. Save it as UTF-8, "
        "or name its encoding with --encoding.",
        "UTF-8, UTF-16, CP949 어느 것으로도 읽을 수 없는 줄입니다. 이 파일에서 가져온 것은 없습니다. "
        "UTF-8로 저장하거나 --encoding 으로 인코딩을 알려 주세요.",
    ),
    "file_csv": (
        "The quotation marks of this row do not match. The row was not read.",
        "이 행의 따옴표가 맞지 않아 읽지 않았습니다.",
    ),
    "row_no_object": (
        "A row must be a JSON object.",
        "각 행은 JSON 객체여야 합니다.",
    ),
    "file_empty": (
        "The file is empty.",
        "빈 파일입니다.",
    ),
    "file_xml": (
        "This is XML. Only JSON, NDJSON and CSV are read; it was not opened.",
        "XML 파일입니다. JSON, NDJSON, CSV만 읽습니다. 열지 않았습니다.",
    ),
    "file_packed": (
        "This is a packed or binary file (ZIP, Excel, PDF). Unpack it, or save it as CSV, and import "
        "that; .gz is read as it is.",
        "압축 파일이나 이진 파일입니다(ZIP, 엑셀, PDF). 풀거나 CSV로 저장해서 가져오세요. .gz 는 그대로 읽습니다.",
    ),
    "file_gzip": (
        "The compressed file is damaged or cut off here. What came before was read.",
        "압축 파일이 여기에서 손상되었거나 잘렸습니다. 앞부분은 읽었습니다.",
    ),
    "file_too_large": (
        "This one JSON document is too large. Save it as NDJSON, one document a line.",
        "JSON 문서 하나가 너무 큽니다. 한 줄에 문서 하나인 NDJSON으로 저장하세요.",
    ),
    "preview_too_large": (
        "It is too large to be shown and checked here. Nothing of it was changed.",
        "너무 커서 여기에서 보여 주고 검사할 수 없습니다. 내용은 그대로입니다.",
    ),
    "line_too_long": (
        "This line is too long. What came before it was read.",
        "줄이 너무 깁니다. 그 앞까지는 읽었습니다.",
    ),
    "header_twice": (
        "The column {field} is there twice.",
        "{field} 열이 두 번 있습니다.",
    ),
    "row_too_short": (
        "The row has fewer columns than the header.",
        "행의 칸이 머리글보다 적습니다.",
    ),
    "member_twice": (
        "{name} is there twice in one object of this JSON.",
        "이 JSON의 한 객체에 {name} 이(가) 두 번 있습니다.",
    ),
    "entry_no_resource": (
        "This entry of the Bundle brings no resource: nothing was imported from it.",
        "Bundle의 이 항목에는 리소스가 없어 가져온 것이 없습니다.",
    ),
    "row_is_fhir": (
        "This is a FHIR resource already: import it, or validate it.",
        "이미 FHIR 리소스입니다. import 나 validate 를 쓰세요.",
    ),
    "row_too_long": (
        "The row has more columns than the header.",
        "행의 칸이 머리글보다 많습니다.",
    ),
    "not_json": (
        "This is not JSON: {detail}",
        "JSON이 아닙니다: {detail}",
    ),
    "too_deep": (
        "This JSON is nested too deep.",
        "JSON이 너무 깊게 중첩되어 있습니다.",
    ),
    "file_not_in": (
        "This line is not {encoding}: nothing of the file was taken.",
        "{encoding} 이(가) 아닌 줄입니다. 이 파일에서 가져온 것은 없습니다.",
    ),
    "file_encoding_rest": (
        "From here on the file does not fit {encoding}. What came before was read, the rest was not.",
        "여기서부터 {encoding} (으)로 읽을 수 없습니다. 앞부분은 읽었고, 나머지는 읽지 않았습니다.",
    ),
    "file_read_as": (
        "{path} is written in {encoding}; it was read as that. Look at a name or two.",
        "{path}: {encoding} 파일로 읽었습니다. 이름이 제대로 보이는지 확인하세요.",
    ),
    "file_no_records": (
        "{path} holds no record: there was nothing to take.",
        "{path}: 기록이 들어 있지 않아 가져온 것이 없습니다.",
    ),
    "encoding_unknown": (
        "There is no encoding named {encoding}. Usual ones: utf-8, utf-16, cp949.",
        "{encoding} (이)라는 인코딩은 없습니다. 흔히 쓰는 것: utf-8, utf-16, cp949.",
    ),
    "row_line_end": (
        "A line break in the middle of this row is not in quotation marks. The row was not read.",
        "이 행 가운데에 따옴표 없이 줄이 바뀐 곳이 있어 읽지 않았습니다.",
    ),
    "cell_too_long": (
        "A cell of this row is too long. The row was not read.",
        "이 행에 너무 긴 칸이 있어 읽지 않았습니다.",
    ),
    "list_cut": (
        "The list is cut off here. What came before was read.",
        "목록이 여기에서 잘렸습니다. 앞부분은 읽었습니다.",
    ),
    "list_more": (
        "Something stands behind the end of the list. It was not read; what came before was.",
        "목록이 끝난 뒤에 다른 내용이 있습니다. 앞부분만 읽었습니다.",
    ),
    "list_no_objects": (
        "This list holds no records. The rest of it was not read.",
        "기록이 들어 있지 않은 목록입니다. 나머지는 읽지 않았습니다.",
    ),
    "bundle_no_list": (
        "The entries of this Bundle are no list. Nothing was taken from it.",
        "Bundle의 entry가 목록이 아닙니다. 가져온 것이 없습니다.",
    ),
    "bundle_too_long": (
        "There are more than {most} entries in this Bundle. Nothing was taken from it. Divide it, or use NDJSON.",
        "Bundle에 항목이 {most}개 넘게 있습니다. 가져온 것이 없습니다. 나누거나 NDJSON으로 저장하세요.",
    ),
    "resource_in_part": (
        "The server gave only a part of this resource (SUBSETTED, _elements, _summary). It was not taken, "
        "so that what was left out is not lost here. Ask for the whole of it.",
        "서버가 이 리소스의 일부만 보냈습니다(SUBSETTED, _elements, _summary). 빠진 내용이 지워지지 "
        "않도록 가져오지 않았습니다. 전체를 받아서 다시 가져오세요.",
    ),
    "resource_is_outcome": (
        "This is no record but a server's message about what went wrong: {text}",
        "기록이 아니라 서버가 보낸 오류 메시지입니다: {text}",
    ),
    "another_person": (
        "{name} is another person here: name, birth date, sex and numbers differ. Nothing was changed. If "
        "this file comes from another system, name that with --from.",
        "{name} 은(는) 여기에서 다른 사람입니다. 이름, 생년월일, 성별, 번호가 모두 다릅니다. 바뀐 것은 "
        "없습니다. 다른 시스템의 파일이면 --from 으로 그 이름을 알려 주세요.",
    ),
    "key_twice": (
        "{name} is in this file twice with different content: in lines {first} and {second}. Line {second} "
        "was not taken. If the later line is meant to win, say --last-wins.",
        "{name} 이(가) 이 파일에 서로 다른 내용으로 두 번 있습니다({first}번째 줄, {second}번째 줄). 뒤의 "
        "것은 가져오지 않았습니다. 나중 줄이 맞다면 --last-wins 를 쓰세요.",
    ),
    "key_shortened": (
        "Excel has shortened this number ({field}: {value}). Format the column as text, save the file "
        "again and import it.",
        "엑셀이 이 번호를 줄여 썼습니다({field}: {value}). 열을 텍스트 서식으로 바꾸고 다시 저장해서 가져오세요.",
    ),
    "version_older": (
        "This is an older version than the one here. It was not taken.",
        "여기에 있는 것보다 오래된 판이라 가져오지 않았습니다.",
    ),
    "gone_at_source": (
        "It was deleted where it came from. It stays here and on the server.",
        "원래 있던 곳에서 삭제되었습니다. 여기와 서버에는 그대로 있습니다.",
    ),
    "gone_not_here": (
        "It was deleted where it came from, and was never here.",
        "원래 있던 곳에서 삭제되었고, 여기에는 없습니다.",
    ),
    "source_name_wrong": (
        "{name} cannot be the name of a source: it begins with a letter or digit, has at most 60 characters "
        "and none of ? / | :",
        "{name} 은(는) 출처 이름으로 쓸 수 없습니다. 글자나 숫자로 시작하고, 60자 이내이며, ? / | : 는 쓸 수 없습니다.",
    ),
    "files_several": (
        "{pattern} means {count} files here. Name one.",
        "{pattern} 에 맞는 파일이 {count}개입니다. 하나만 지정하세요.",
    ),
}
