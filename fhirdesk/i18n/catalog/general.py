"""The sentences of reasons and errors: code → English. A table of data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

SENTENCES: dict[str, str] = {
    "internal": N_(
        "Something went wrong inside the program. What was saved is safe. Try again; if it comes back, report it."
    ),
    "configuration": N_("A setting is missing or wrong. Nothing was changed. See the README for the settings."),
    "data_folder": N_(
        "The data folder cannot be used: {path}. Nothing was changed. Choose another one with --data-dir."
    ),
    "already_running": N_("Another FHIR Desk uses this data folder. Nothing was changed."),
    "invalid_input": N_("The data is not right. Nothing of it was saved."),
    "too_many_parts": N_("This JSON would take too much memory: more than {count} parts, or one huge text."),
    "not_found": N_("That is not here."),
    "no_such_record": N_("There is no {type} {key} here. Import it first."),
    "no_such_entry": N_("There is no queue entry {entry}."),
    "no_such_type": N_("There is no record type {type}. Known are: {known}"),
    "refused_now": N_("That cannot be done now."),
    "cancel_in_flight": N_("This entry is on its way, or its outcome is not known yet: it cannot be taken back."),
    "many_need_yes": N_("{count} entries would change. Say --yes to do it."),
    "forbidden": N_("You may not do that."),
    "forbidden_own": N_("You may see and edit your own record only. Nothing was sent."),
    "server": N_("The server did not do it."),
    "unavailable": N_("The server cannot be reached. Everything stays in the queue."),
    "not_authorized": N_("The server wants a sign-in. Check the client id and secret."),
    "profiles_damaged": N_("The file of profiles is damaged: {path}. It was left as it is."),
    "profile_is_demo": N_("{profile} is the practice server's own name: choose another."),
    "profile_elsewhere": N_(
        "{profile} is the server at {url}. Another address is another server: choose a new name for it. If {profile} "
        "itself has moved: fhirdesk-cli profile move {profile} with the new address."
    ),
    "profile_unknown": N_("There is no profile {profile}. See fhirdesk-cli profile list."),
    "url_missing": N_("Type the address of the server first."),
    "url_wrong": N_("{url} is not the address of a server. It must begin with https://"),
    "url_plain_http": N_("{host} is another computer: plain http would show patient data on the way. Use https."),
    "import_code_system": N_(
        "{field}: no code system is known by the name {system}: the code goes out under the clinic's own."
    ),
    "import_not_ready": N_("Stored on this computer; it is sent once it is completed."),
    "record_not_ready": N_("{type} {key} is not completed yet: it stays on this computer until then."),
    "since_wrong": N_("{value} is not a time: use 24h, 7d or 2026-01-31."),
    "edit_nothing": N_("Say what to change: --phone, --email or --address."),
    "paused_by_hand": N_("Paused. Nothing is sent until it is resumed."),
    "why_due": N_("Waits for its turn"),
    "why_no_server": N_("Nothing is sent yet: no server is set"),
    "why_later": N_("Will be tried again later"),
    "why_sending": N_("Is being sent"),
    "why_completed": N_("Saved on the server"),
    "why_superseded": N_("A newer change took its place"),
    "why_cancelled": N_("Taken back"),
    "why_behind": N_("Waits behind an older change of the same record"),
    "why_behind_entry": N_("Waits behind an older change of the same record ({entry})"),
    "why_parent_absent": N_("{type} {key} is not here yet: import it, and this goes on"),
    "why_parent_refused": N_("Waits for {type} {key}, which needs a person first ({entry})"),
    "why_parent_cancelled": N_("Waits for {type} {key}, which was taken back: queue it again, and this goes on"),
    "why_parent_gone": N_(
        "Waits for {type} {key}, which is not on the server any more: queue it again, and this goes on"
    ),
    "notice_not_taken": N_("This server does not take {type}: {count} wait here"),
    "notice_unversioned": N_(
        "This server shows no versions of {type}: a change that somebody else makes at the same moment can be lost."
    ),
    "notice_old": N_("{count} changes have waited for more than 14 days. None is dropped; look at why they wait."),
    "notice_internal": N_("{count} entries met an error of the program. The others go on; report it if it stays."),
    "ids_forgotten": N_(
        "{count} ids of the server are forgotten; each record is looked up or made anew when it is sent."
    ),
    "why_waits_patient": N_("The patient must be saved first ({key})"),
    "why_waits": N_("{type} {key} must be saved first"),
    "why_checking": N_("Cut off before the answer: checking whether it was saved"),
    "why_answered": N_("The server answered {status}{said}. Checking whether it was saved"),
    "why_unreadable": N_("The server's answer cannot be read: checking whether it was saved"),
    "why_interrupted": N_("The program stopped while sending: checking whether it was saved"),
    "why_older": N_("The database is older than what was sent: checking whether the server has this already"),
    "why_moved_on": N_(
        "The server has another state, perhaps a later one of ours: the database is older. Decide which one."
    ),
    "why_number_taken": N_(
        "Somebody with another birth date has this number on the server ({id}). Nothing was sent. Check both."
    ),
    "why_number_changed": N_(
        "Somebody gave this patient another number on the server ({number}). Nothing was sent. Decide which is right."
    ),
    "why_namesake": N_(
        "Somebody with the same name and birth date is on the server without a number of yours ({ids}). Nothing was "
        "sent. Is it the same person? Say so with that id; if it is somebody else, keep yours."
    ),
    "why_new_person": N_("Another person of that name, as somebody here decided: a new patient is made"),
    "why_brought_back": N_(
        "It had been deleted on the server, and our change brought it back. Look there, then decide whether it stays."
    ),
    "why_reading_back": N_("The server said yes without naming a version: reading it back"),
    "why_another_patient": N_(
        "The id {id} belongs to somebody else on the server now. Nothing was sent. Check the server."
    ),
    "why_another_number": N_(
        "The server took {id} for this record, but its number is another one. Nothing was changed. Check the server."
    ),
    "pause_identity": N_(
        "{type}/{id} on the server is somebody else's now. Nothing more is sent. Is it still the same server?"
    ),
    "pause_moved": N_(
        "This server was at {before}. What answers at {to} has none of the records known there that were asked for, so "
        "nothing is sent. If it is the right server all the same, resume; its ids are looked up anew."
    ),
    "pause_vanished": N_("The server knows none of {count} records that it had. Nothing more is sent. Was it reset?"),
    "why_cycle_unsupported": N_(
        "These records refer to each other, and this server does not take them in one transaction"
    ),
    "why_transaction_split": N_("The server kept only a part of records that belong together. Decide what to do."),
    "why_referenced": N_("Others on the server refer to it: it is deleted once they are gone"),
    "why_not_arrived": N_("It had not arrived; it is sent again"),
    "why_newer_there": N_("The server has a newer version; ours is laid over it"),
    "why_offline": N_("The server cannot be reached; it is sent when the server is back"),
    "why_busy": N_("The server is busy; it is sent again in a moment"),
    "why_locked": N_("The server was working on the same record; it is sent again"),
    "why_not_trusted": N_(
        "The certificate of {host} is not trusted (valid until {expires}, SHA-256 {fingerprint}). Nothing was sent."
    ),
    "why_not_fhir": N_("What answered is not the FHIR server. Check the network and the address."),
    "why_mixed_up": N_(
        "The server answered with another patient's resource: its answers are mixed up. Nothing of it was kept. Tell "
        "whoever runs the server; after you resume, it is looked at what arrived before anything is sent again."
    ),
    "why_moved": N_(
        "{host} says it has moved to {to}. Nothing was sent there; all is kept. Check the address, then resume."
    ),
    "why_rejected": N_("The server refused it"),
    "why_rejected_invalid": N_("The server refused it as not valid"),
    "why_rejected_rule": N_("A rule of the server forbids it"),
    "why_rejected_duplicate": N_("The server has the same already"),
    "why_rejected_field": N_("The server refused the {field}"),
    "why_permission": N_("The server does not allow it"),
    "why_scope": N_(
        "The sign-in does not allow this: it lacks the scope {scope}. Ask whoever runs the server to grant it."
    ),
    "why_sign_in": N_("The server wants a new sign-in"),
    "why_wrong_place": N_("The server has no {type} at this address. Check the address."),
    "why_not_there": N_("The server does not find it any more: looking for it"),
    "why_missing_there": N_("It is not on the server any more. Decide what to do."),
    "why_gone": N_("It was deleted on the server. Decide what to do."),
    "why_no_such_type": N_("Nobody here knows the record type {type}: install its plug-in, then release this"),
    "why_unsupported": N_("This server does not take {type}"),
    "why_stale": N_("Somebody changed it on the server: comparing"),
    "why_duplicate": N_("The server has it more than once ({ids}). Decide which one."),
    "why_too_large": N_("It is too large for the server"),
    "why_missing_reference": N_("It points at something the server does not have"),
    "why_changed_there": N_("Also changed on the server: {elements}. Decide which one."),
    "why_changes_too_often": N_("It keeps changing on the server. Decide what to do."),
    "why_refused_unchanged": N_(
        "The server refuses it as out of date, though nothing changed there. Decide what to do."
    ),
    "why_nothing_to_delete": N_("It was never on the server: nothing to delete"),
    "why_poison": N_("Tried too often without success. Look at the answers, then retry."),
    "edit_accepted": N_("Saved on the server."),
    "edit_partial": N_(
        "This patient came from a FHIR resource without {fields}: it is shown, not editable. Nothing was sent."
    ),
    "patient_partial": N_("Read from a FHIR resource that lacks what a patient's record needs: shown, not editable."),
    "edit_unchanged": N_("Nothing was changed: it is like that already."),
    "edit_local_only": N_("Saved on this computer only; it goes out with the patient."),
    "edit_not_done": N_(
        "The server said yes, but did not change {fields} as you wanted. The record now shows what the server has."
    ),
    "edit_refused": N_("The server refused the change. Nothing was changed."),
    "edit_refused_field": N_("The server refused the {field}. Nothing was changed."),
    "edit_refused_invalid": N_("The server refused the change as not valid. Nothing was changed."),
    "edit_refused_rule": N_("A rule of the server forbids the change. Nothing was changed."),
    "edit_refused_duplicate": N_("The server has the same already, with somebody else. Nothing was changed."),
    "edit_not_allowed": N_(
        "The server does not allow this change. Nothing was changed; ask those who run it for the permission."
    ),
    "edit_too_large": N_("The change is too large for the server. Nothing was changed."),
    "edit_not_taken": N_("This server does not take changes of patients. Nothing was changed."),
    "edit_not_sent": N_("It cannot be sent as it stands. Nothing was changed."),
    "edit_unreachable": N_("The server cannot be reached. Your edit was not saved; try again."),
    "edit_paused": N_("Sending is paused. Your edit was not saved; resume sending, then try again."),
    "edit_later": N_("It is queued and sent as soon as the server takes it; until then the old value stays."),
    "edit_conflict": N_("It was changed on the server meanwhile. Nothing was overwritten."),
    "edit_conflict_elements": N_("Also changed on the server meanwhile: {elements}. Nothing was overwritten."),
    "edit_gone": N_("The server does not have this patient any more. Nothing was changed."),
    "edit_blocked": N_("An earlier change of this patient needs a decision first. This one was not sent."),
    "edit_theirs": N_("The server's values stand. Nothing was sent."),
    "edit_unknown": N_("We do not know yet whether the server saved it: checking."),
    "field_missing": N_("{field} is missing."),
    "field_unknown": N_("{field} is not a field of this record."),
    "field_twice": N_("{field} is given twice, under two names."),
    "field_text": N_("{field} must be text."),
    "field_control": N_("{field} holds a control character."),
    "field_invisible": N_("{field} holds no visible character."),
    "field_number": N_("{field} must be a number."),
    "field_limits": N_("{field} must lie between {low} and {high}."),
    "field_least": N_("{field} must be {low} or more."),
    "field_elsewhere": N_("{field} does not belong to an order of type {order_type}."),
    "field_ended_active": N_("{field} says that it is over, but its status is {status}."),
    "field_prescription": N_("{field} names a prescription: no images are made for that."),
    "field_uid": N_("{field} is not a DICOM UID: numbers and dots, at most 64 characters."),
    "field_url": N_("{field} is not the address of a server."),
    "field_boolean": N_("{field} must be true or false."),
    "plugin_broken": N_("The record type {name} of the package {package} cannot be used: {error}. The others work."),
    "plugin_moved": N_(
        "The record type {name} of the package {package} was written for an older version: {old} is now {new}. "
        "Its imports must be changed (docs/converters.md). Nothing was lost; the other record types work."
    ),
    "plugin_failed": N_(
        "The converter of {type} broke off ({error}). Its maker can help; nothing was saved of this record."
    ),
    "field_too_long": N_("{field} is longer than FHIR allows (1 MB)."),
    "field_integer": N_("{field} must be a whole number."),
    "field_blanks": N_("{field} is a code: no runs of blanks in it."),
    "field_object": N_("{field} must be an object."),
    "field_json": N_("{field} is not JSON."),
    "field_code": N_("{field} has an unknown value. Known are: {known}"),
    "field_date": N_("{field} is not a date that exists. Write it as 2026-01-31, 2026-01 or 2026."),
    "typed_date": N_("{field} was not understood. Type it as 1985-06-15, 19850615 or 1985.6.15."),
    "typed_date_digits": N_("{field} needs 8 digits (19850615), or 6 (850615)."),
    "typed_date_order": N_("Type the year of {field} first, as in 1985-06-15."),
    "typed_date_none": N_("There is no such day."),
    "typed_date_ahead": N_("This day has not come yet."),
    "typed_date_old": N_("This is more than {years} years ago."),
    "typed_phone_letters": N_("A phone number has digits only, such as 010-1234-5678."),
    "typed_phone_length": N_("This number has {count} digits; a mobile number has 10 or 11."),
    "typed_phone_area": N_("Type the number with its area code, such as 02-123-4567."),
    "typed_phone_abroad": N_("A number abroad has 7 to 15 digits with its country code; this one has {count}."),
    "field_datetime": N_("{field} is not a date and time that exists. Write it as 2026-01-31T09:05:00+09:00."),
    "field_clock": N_("{field} is a time that there was not: the clock was changed. Give it with its offset."),
    "field_period": N_("{field} lies before its beginning."),
    "field_range": N_("{field} is above the upper limit."),
    "type_missing": N_("The record does not name its type ({field})."),
    "resource_row": N_("Records of this type are read from FHIR resources alone."),
    "export_one_type": N_("A CSV holds records of one type. Say which with --type."),
    "export_exists": N_("{path} is there already. Nothing was written; choose another name."),
    "export_unwritable": N_("{path} cannot be written there. Nothing was written; choose another place."),
    "import_no_server": N_(
        "It is kept here and waits: no server is set yet. Add one: fhirdesk-cli profile add NAME ADDRESS"
    ),
    "no_server": N_("No server is set. Use --server or a profile."),
    "check_ok": N_("in order"),
    "wrong_fhir_version": N_("The server speaks FHIR {name} ({version}), not R4 (4.0.1). Nothing was sent."),
    "why_no_safe_create": N_(
        "This server cannot tell a repeated {type} from a new one; it is held so that none is made twice"
    ),
    "form_key_taken": N_("There is a patient with the number {key} already. Nothing was saved."),
    "practice_server": N_("The practice server did not start. What was saved is safe. Try again."),
    "why_discarded": N_("Given up by a person: {text}"),
    "why_held_by_hand": N_("Held by a person until released"),
    "why_edited": N_("Corrected: a new entry took its place"),
    "why_stored_less": N_("Saved in part: on the server this is not as it was sent: {elements}"),
    "why_not_shown": N_(
        "The server does not let us see whether it saved this ({status}). Look there, then say whether it arrived."
    ),
    "why_search_unproved": N_(
        "It was not found there, but no search on this server has found anything yet, so that proves nothing. Look "
        "there, then say whether it arrived."
    ),
    "why_unknown_twice": N_("Sent twice and never seen on the server. Look there, then say whether it arrived."),
    "why_changed_before_delete": N_("Somebody changed it on the server since: not deleted. Decide which one."),
    "pause_permission": N_(
        "The server refused {count} records in a row: this account may not write. Nothing more is sent until resumed."
    ),
    "pause_refusals": N_(
        "The server refused {count} records in a row for the same cause ({issue}). Check the settings, then resume."
    ),
    "records_not_open": N_("The records are not open."),
    "choose_entry": N_("Choose an entry in the queue first."),
    "choose_one_entry": N_("Choose one entry only."),
    "choose_patient": N_("Choose a patient first."),
    "choose_one_patient": N_("Choose one patient."),
    "state_does_not_allow": N_("The state of the selected entries does not allow this."),
    "nothing_to_retry": N_("There is nothing to send again."),
    "nothing_previewed": N_("There is nothing in the preview to do this with."),
    "preview_not_stored": N_("There is no record in the preview: a file or text is only looked at."),
    "edit_only_patients": N_("Only the profile of a patient is edited here; another record comes from its source."),
    "sending_not_paused": N_("Sending is not paused."),
    "entry_not_correctable": N_(
        "This entry cannot be corrected now: it is on its way, in conflict, done, or a delete."
    ),
    "entry_of_nobody": N_("This entry is about no patient."),
    "key_stays": N_("The number {key} cannot be changed."),
    "nothing_to_resolve": N_("There is nothing to decide about this entry in this way."),
    "resolve_needs_id": N_("Say which one on the server: its id is needed."),
    "resolve_not_there": N_("The server has no {id}."),
    "resolve_other_record": N_("{id} on the server is another record. Nothing was changed."),
    "resolve_gone": N_(
        "It was deleted on the server meanwhile. Nothing was sent: make it there again, or delete it here too."
    ),
    "resolve_changed_again": N_(
        "It changed again meanwhile. Nothing was sent: look at the values as they are now, and choose again."
    ),
    "resolve_open": N_("Both sides changed these as well, and no choice was made: {elements}. Nothing was sent."),
    "resolve_not_both": N_("Not changed on both sides: {elements}. To be chosen are: {both}. Nothing was sent."),
    "resolve_not_read": N_("The server's copy could not be read. Nothing was changed; try again."),
    "copy_not_sent": N_("It is not on the server yet, so there is nothing there to read."),
    "copy_missing": N_("The server has no {id} (any more). Nothing was changed here."),
    "copy_deleted": N_("{id} was deleted on the server. Nothing was changed here."),
    "copy_forbidden": N_("The server does not show {id} to this account: ask those who run it for the permission."),
    "copy_sign_in": N_("The server wants a sign-in before it shows anything."),
    "copy_offline": N_("The server cannot be reached. Nothing was read; read again when it is back."),
    "copy_unread": N_("The server gave no answer that can be read. Nothing was changed; read again later."),
    "copy_untrusted": N_("The server is not trusted, so nothing was read from it."),
    "done_send_now": N_("Sent now: {count}."),
    "done_send_now_looked": N_("Looked up on the server now: {looked}. Sent again only if they are not there."),
    "done_send_now_both": N_(
        "Sent now: {count}. Looked up on the server first, and sent again only if they are not there: {looked}."
    ),
    "send_now_nothing": N_("Nothing is waiting to be sent."),
    "send_now_paused": N_("Sending is paused: nothing goes out until you resume."),
    "nothing_changed": N_("Nothing was changed: no entry is in a state for that."),
    "some_stay": N_("As they were, because their state does not allow it: {count}."),
    "how_many": N_("{count} entries would change. Type {count} to do it: "),
    "field_pair": N_("{text} is not of the form field=value."),
    "sandbox_like": N_("There is no practice server like {name}: medplum or hapi."),
}
