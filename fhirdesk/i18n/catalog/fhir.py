"""The sentences of the R4 check: code → English. Data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

R4_SENTENCES: dict[str, str] = {
    # the document
    "r4_not_an_object": N_("A FHIR resource is a JSON object: {{ … }}."),
    "r4_no_type": N_("resourceType is missing: it says which FHIR resource this is."),
    "r4_unknown_type": N_("{name} is not a resource type of FHIR R4."),
    "r4_type_case": N_("Write resourceType as {right}, not {name}: upper and lower case count."),
    "r4_type_of_version": N_("{name} belongs to FHIR {version}; this program speaks R4 (4.0.1)."),
    "r4_is_version": N_("This looks like FHIR {version}, not R4 (4.0.1): {names}."),
    "r4_too_deep": N_("This is nested more than {depth} levels deep; no server takes that."),
    "r4_more": N_("There is more to say; the first {count} are shown."),
    # what is there
    "r4_unknown_element": N_("R4 has no element {name} here."),
    "r4_did_you_mean": N_("R4 has no element {name} here. Is {near} meant?"),
    "r4_choice_unknown": N_("{name} needs its type in its name, one of: {names}."),
    "r4_required": N_("{names} is missing; R4 asks for it."),
    "r4_choice": N_("Only one of these may be there: {names}."),
    "r4_choice_missing": N_("One of these is missing: {names}."),
    "r4_wants_list": N_("R4 has a list here: put the value into [ ]."),
    "r4_wants_objects": N_("R4 has a list of objects here: [ {{ … }} ], not a bare value."),
    "r4_wants_one": N_("R4 has a single value here, not a list."),
    "r4_wants_object": N_("R4 has an object here: {{ … }}, not a bare value."),
    "r4_wants_text": N_("R4 has a text here, in quotation marks."),
    "r4_wants_number": N_("R4 has a number here, without quotation marks."),
    "r4_wants_boolean": N_("R4 has true or false here, without quotation marks."),
    "r4_null": N_("null is not allowed here: leave the element out."),
    "r4_null_alone": N_("null stands here without an extension beside it."),
    "r4_lists_differ": N_("{name} and _{name} must have the same number of places."),
    "r4_empty_list": N_("A list must not be empty: leave the element out."),
    "r4_empty_object": N_("An element must not be empty: leave it out."),
    "r4_empty_text": N_("A text must not be empty: leave the element out."),
    "r4_resource": N_("A resource belongs here, with its resourceType."),
    "r4_too_few": N_("At least {least} are needed here."),
    "r4_other": N_("This is not as R4 has it."),
    # how values are written
    "r4_string": N_("A text holds control characters or is longer than 1,048,576 characters."),
    "r4_markdown": N_("A text holds control characters or is longer than 1,048,576 characters."),
    "r4_xhtml": N_("The narrative holds control characters."),
    "r4_code": N_("A code has no blanks at its ends and no two blanks in a row."),
    "r4_id": N_("An id has 1 to 64 letters (A-Z, a-z), digits, hyphens and dots, nothing else."),
    "r4_uri": N_("A URI has no blanks; after urn:oid: or urn:uuid: comes a whole OID or UUID."),
    "r4_url": N_("A URL has no blanks; after urn:oid: or urn:uuid: comes a whole OID or UUID."),
    "r4_canonical": N_("A canonical address has no blanks."),
    "r4_canonical_relative": N_("A canonical address should be absolute: a whole URL or urn:…."),
    "r4_oid": N_("An OID is written urn:oid:1.2.3, numbers between dots."),
    "r4_uuid": N_("A UUID is written urn:uuid: and 36 characters in lower case."),
    "r4_date": N_("A date is written YYYY, YYYY-MM or YYYY-MM-DD, as in 2026-03-09, without a time."),
    "r4_no_such_day": N_("There is no such day in the calendar."),
    "r4_dateTime": N_("A date with a time is written as in 2026-03-09T14:30:00+09:00; a date alone as in 2026-03-09."),
    "r4_no_zone": N_("A time needs seconds and a time zone, as in 2026-03-09T14:30:00+09:00."),
    "r4_instant": N_("A full date and time with a time zone is needed here, as in 2026-03-09T14:30:00+09:00."),
    "r4_time": N_("A time of day is written hh:mm:ss, as in 14:30:00, without a time zone."),
    "r4_base64Binary": N_("This is not base64: letters, digits, + and /, in fours, filled up with =."),
    "r4_currency": N_("A currency is three capital letters, as in KRW."),
    "r4_mime": N_("A content type is written type/subtype, as in application/pdf."),
    "r4_integer": N_(
        "A whole number is needed here, between -2,147,483,648 and 2,147,483,647, without a decimal point."
    ),
    "r4_unsignedInt": N_("A whole number from 0 to 2,147,483,647 is needed here."),
    "r4_positiveInt": N_("A whole number from 1 to 2,147,483,647 is needed here."),
    "r4_boolean": N_("true or false is needed here."),
    "r4_decimal": N_("A number is needed here."),
    "r4_positive": N_("The number must be greater than 0."),
    "r4_ucum": N_("The system of this unit is http://unitsofmeasure.org (UCUM)."),
    "r4_notNegative": N_("The number must not be negative."),
    # codes
    "r4_codes": N_("R4 does not know this code here. It knows: {codes}."),
    "r4_codes_near": N_("R4 does not know this code here. Is {near} meant? It knows: {codes}."),
    "r4_code_long_list": N_("R4 does not know this code here; see its list of codes for this element."),
    "r4_concept": N_("One coding must be of {system}: {codes}."),
    # references
    "r4_reference": N_(
        "A reference is written Type/id, as a whole URL, as urn:uuid:…, or as #id of what the resource contains."
    ),
    "r4_target": N_("This reference may point only to: {targets}."),
    "r4_type_differs": N_("The reference says its type is {type}, but it points to a {other}."),
    "r4_dangling": N_("{reference} points to a contained resource that is not there."),
    "r4_contained_unused": N_("A contained resource must be referred to from the resource, or refer to it (dom-3)."),
    "r4_contained_nested": N_("A contained resource must not contain resources itself (dom-2)."),
    "r4_contained_meta": N_(
        "A contained resource has no version, time of change or security label of its own (dom-4, dom-5)."
    ),
    # invariants
    "r4_any": N_("At least one of these must be there: {names} ({key})."),
    "r4_one": N_("Exactly one of these must be there: {names} ({key})."),
    "r4_apart": N_("These cannot be there together: {names} ({key})."),
    "r4_needs": N_("Where {first} is given, {names} must be given, too ({key})."),
    "r4_both": N_("These go together, all or none: {names} ({key})."),
    "r4_has": N_("With {condition}, {names} must be there ({key})."),
    "r4_lacks": N_("With {condition}, there must be no {names} ({key})."),
    "r4_extension": N_("An extension has either one value or extensions of its own (ext-1)."),
    "r4_extension_url": N_("The url of an extension is absolute, as in https://example.org/extension/name."),
    "r4_period": N_("{end} is before {start}."),
    "r4_range": N_("low is greater than high."),
    "r4_not_unique": N_("{names} must not be there twice."),
    "r4_con_3": N_("A problem list item should have a clinical status (con-3)."),
    "r4_con_4": N_(
        "A condition that has abated is inactive, resolved or in remission: clinicalStatus must say so (con-4)."
    ),
    "r4_con_5": N_("A condition entered in error has no clinical status (con-5)."),
    "r4_ait_1": N_("An allergy needs a clinicalStatus, unless it was entered in error (ait-1)."),
    "r4_ait_2": N_("An allergy entered in error has no clinicalStatus (ait-2)."),
    "r4_obs_7": N_("A component repeats the code of the observation, which has a value itself (obs-7)."),
    "r4_org_home": N_("An organization has no home: another use is needed (org-2, org-3)."),
    # narrative
    "r4_div_xml": N_("The narrative is not well-formed XHTML: {detail}."),
    "r4_div_root": N_('The narrative is one div of XHTML: <div xmlns="http://www.w3.org/1999/xhtml">.'),
    "r4_div_active": N_(
        "{name} is not allowed in the narrative: only plain formatting, no scripts, forms or events (txt-1)."
    ),
    "r4_div_empty": N_("The narrative holds no text (txt-2)."),
    # Bundles
    "r4_bundle_request": N_(
        "An entry has a request in a batch, a transaction or a history, and only there (bdl-3); this is a {type}."
    ),
    "r4_bundle_response": N_(
        "An entry has a response in an answer to a batch or transaction or in a history, and only there (bdl-4);"
        " this is a {type}."
    ),
    "r4_bundle_search": N_("Only a searchset has search in its entries (bdl-2)."),
    "r4_bundle_first": N_("A {type} Bundle begins with a {first} (bdl-11, bdl-12)."),
    "r4_full_url_relative": N_("fullUrl must be absolute: a whole URL or urn:uuid:…."),
    "r4_full_url_version": N_("fullUrl must not name a version (bdl-8)."),
    "r4_full_url_other": N_("fullUrl names another type or id than the resource in this entry."),
}
