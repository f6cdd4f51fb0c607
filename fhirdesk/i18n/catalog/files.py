"""What is said of files and of what an import reads in them: code → English. Data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

FILE_SENTENCES: dict[str, str] = {
    "file_unreadable": N_("{path} cannot be read. Nothing was changed."),
    "file_unknown": N_("This is neither JSON nor CSV with a header of field names."),
    "file_encoding": N_(
        "This line fits neither UTF-8, UTF-16 nor CP949: nothing of the file was taken. Save it as UTF-8, "
        "or name its encoding with --encoding."
    ),
    "file_csv": N_("The quotation marks of this row do not match. The row was not read."),
    "row_no_object": N_("A row must be a JSON object."),
    "file_empty": N_("The file is empty."),
    "file_xml": N_("This is XML. Only JSON, NDJSON and CSV are read; it was not opened."),
    "file_packed": N_(
        "This is a packed or binary file (ZIP, Excel, PDF). Unpack it, or save it as CSV, and import "
        "that; .gz is read as it is."
    ),
    "file_gzip": N_("The compressed file is damaged or cut off here. What came before was read."),
    "file_too_large": N_("This one JSON document is too large. Save it as NDJSON, one document a line."),
    "preview_too_large": N_("It is too large to be shown and checked here. Nothing of it was changed."),
    "line_too_long": N_("This line is too long. What came before it was read."),
    "header_twice": N_("The column {field} is there twice."),
    "row_too_short": N_("The row has fewer columns than the header."),
    "member_twice": N_("{name} is there twice in one object of this JSON."),
    "entry_no_resource": N_("This entry of the Bundle brings no resource: nothing was imported from it."),
    "row_is_fhir": N_("This is a FHIR resource already: import it, or validate it."),
    "row_too_long": N_("The row has more columns than the header."),
    "not_json": N_("This is not JSON: {detail}"),
    "too_deep": N_("This JSON is nested too deep."),
    "file_not_in": N_("This line is not {encoding}: nothing of the file was taken."),
    "file_encoding_rest": N_(
        "From here on the file does not fit {encoding}. What came before was read, the rest was not."
    ),
    "file_read_as": N_("{path} is written in {encoding}; it was read as that. Look at a name or two."),
    "file_no_records": N_("{path} holds no record: there was nothing to take."),
    "encoding_unknown": N_("There is no encoding named {encoding}. Usual ones: utf-8, utf-16, cp949."),
    "row_line_end": N_("A line break in the middle of this row is not in quotation marks. The row was not read."),
    "cell_too_long": N_("A cell of this row is too long. The row was not read."),
    "list_cut": N_("The list is cut off here. What came before was read."),
    "list_more": N_("Something stands behind the end of the list. It was not read; what came before was."),
    "list_no_objects": N_("This list holds no records. The rest of it was not read."),
    "bundle_no_list": N_("The entries of this Bundle are no list. Nothing was taken from it."),
    "bundle_too_long": N_(
        "There are more than {most} entries in this Bundle. Nothing was taken from it. Divide it, or use NDJSON."
    ),
    "resource_in_part": N_(
        "The server gave only a part of this resource (SUBSETTED, _elements, _summary). It was not taken, "
        "so that what was left out is not lost here. Ask for the whole of it."
    ),
    "resource_is_outcome": N_("This is no record but a server's message about what went wrong: {text}"),
    "another_person": N_(
        "{name} is another person here: name, birth date, sex and numbers differ. Nothing was changed. If "
        "this file comes from another system, name that with --from."
    ),
    "key_twice": N_(
        "{name} is in this file twice with different content: in lines {first} and {second}. Line {second} "
        "was not taken. If the later line is meant to win, say --last-wins."
    ),
    "key_shortened": N_(
        "Excel has shortened this number ({field}: {value}). Format the column as text, save the file "
        "again and import it."
    ),
    "version_older": N_("This is an older version than the one here. It was not taken."),
    "gone_at_source": N_("It was deleted where it came from. It stays here and on the server."),
    "gone_not_here": N_("It was deleted where it came from, and was never here."),
    "source_name_wrong": N_(
        "{name} cannot be the name of a source: it begins with a letter or digit, has at most 60 characters "
        "and none of ? / | :"
    ),
    "files_several": N_("{pattern} means {count} files here. Name one."),
}
