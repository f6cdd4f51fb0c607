"""What the local database says: code → English. Data; `i18n.messages` reads it."""

from fhirdesk.i18n.translation import N_

STORE_SENTENCES: dict[str, str] = {
    "store": N_("The local database refused. Nothing was half saved. Try again."),
    "store_busy": N_("Another program is using the database: this was not saved. Try again in a moment."),
    "disk_full": N_(
        "The disk is full: this was not saved. What was saved before is safe. Free some space and try again."
    ),
    "store_damaged": N_(
        "The database is damaged or none: {path}. It was left as it is. Newest copy: {backup}, not sent in it: "
        "{unsent}. Put a copy back; or keep what can be read of it: fhirdesk-cli store salvage; or start anew: "
        "fhirdesk-cli store renew."
    ),
    "store_gone": N_(
        "The database of this folder is gone: {path}. Nothing was made in its place. Newest copy: {backup}, not "
        "sent in it: {unsent}. Put it back, or start anew: fhirdesk-cli store renew."
    ),
    "store_rolled_back": N_(
        "The last {count} saves are missing in the database: its log (-wal) was removed or replaced. Nothing was "
        "changed. Put it back, or go on as it is: fhirdesk-cli store accept. Newest copy: {backup}, not sent in "
        "it: {unsent}."
    ),
    "store_another": N_(
        "This is the database of another folder. Nothing was changed. Put the right one back, or go on with it: "
        "fhirdesk-cli store accept. Newest copy: {backup}, not sent in it: {unsent}."
    ),
    "store_log_another": N_(
        "The log beside the database (-wal) is not its own: the database was exchanged, or put back without its log. "
        "Nothing was changed. Put back what belongs together, or go on with the database alone, its log moved aside: "
        "fhirdesk-cli store accept. Newest copy: {backup}, not sent in it: {unsent}."
    ),
    "store_exchanged": N_(
        "The database was exchanged, or its log removed, while the program was running: nothing more is saved or "
        "sent, and what stands there now was not touched. Close every FHIR Desk of this folder, put the right files "
        "back, and start again."
    ),
    "store_schema": N_(
        "The tables of the database were changed from outside. Nothing was changed by this program. Put a copy back, "
        "keep what can be read of it (fhirdesk-cli store salvage), or go on with it: fhirdesk-cli store accept. "
        "Newest copy: {backup}, not sent in it: {unsent}."
    ),
    "store_strange": N_(
        "The database {path} holds views, triggers or computed columns that are not this program's: it was not used. "
        "Put a copy back; or keep what can be read of it: fhirdesk-cli store salvage. Newest copy: {backup}, not sent "
        "in it: {unsent}."
    ),
    "store_audit": N_(
        "The log of who did what was changed from outside: its line {seq} is missing or says something else. Nothing "
        "was changed by this program. Put a copy back, or go on, which the log will say: fhirdesk-cli store accept. "
        "Newest copy: {backup}, not sent in it: {unsent}."
    ),
    "store_endless": N_(
        "Reading the database takes longer than a database of its size can: it is damaged, or was made to. Nothing "
        "was changed. Put a copy back, or keep what can be read of it: fhirdesk-cli store salvage."
    ),
    "store_too_large": N_(
        "One value is larger than 64 MB: it was neither saved nor read. What was saved before is safe."
    ),
    "store_read_only": N_(
        "The data folder may be read only: you can look, nothing is saved or sent. Ask for the right to write in it."
    ),
    "data_folder_share": N_(
        "{path} is on a network share ({kind}): the database could be damaged there. Nothing was changed. Choose "
        "a folder on this computer with --data-dir."
    ),
    "file_not_ours": N_(
        "{path} is not used: it is a link, no plain file, has a second name, or belongs to another user. Nothing was "
        "changed. Move it away, then start again."
    ),
    "folder_writable": N_(
        "Others may write in the data folder {path}: they could exchange or delete what was saved. Let only your own "
        "account in: chmod 700."
    ),
    "folder_readable": N_(
        "Others may look into the data folder {path}, which holds patient data. Let only your own account in: "
        "chmod 700."
    ),
    "disk_error": N_(
        "The disk reported an error while saving. What was saved before is safe; of this one it is not known. "
        "Save it again: it is never stored twice. Then have the disk checked."
    ),
    "row_damaged": N_(
        "{type} {key} is damaged in the database: it is neither shown nor sent. Import it again; the rest is not "
        "touched."
    ),
    "why_damaged": N_("Damaged in the database: not sent. Import the record again."),
    "why_damaged_map": N_("What is known of the server's copy is damaged: not sent. Say which one it is there."),
    "store_newer": N_("The database was made by a newer FHIR Desk. It was not touched; update the program."),
    "salvaged": N_(
        "Read from {file}: {records} records, {entries} entries that were not on the server. The file itself is kept."
    ),
    "salvage_lost": N_("{type} {key} cannot be read, or a change asked for it: import it again."),
    "salvage_more": N_("And {count} more: import them again."),
    "salvage_nothing": N_("There is no damaged database to read. Nothing was changed."),
    "salvage_not_empty": N_(
        "This database is not empty: nothing was read into it. Move it aside first: fhirdesk-cli store renew."
    ),
    "verify_good": N_("Everything is as it was saved: the database's pages, the rows, and the log of who did what."),
    "verify_pages": N_(
        "The database file is damaged: {text}. Put a copy back, or keep what can be read of it: fhirdesk-cli store "
        "salvage."
    ),
    "verify_audit": N_(
        "The log of who did what was changed from outside: its line {seq} does not follow from the lines before it."
    ),
    "verify_audit_short": N_(
        "The log of who did what was cut from outside: it does not know that {count} entries have arrived."
    ),
}
