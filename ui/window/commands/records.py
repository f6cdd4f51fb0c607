"""The commands on records, files and the server."""

from typing import TYPE_CHECKING

from fhirdesk.core.permissions import Action
from fhirdesk.i18n.translation import N_
from ui.actions.command import Command, Place
from ui.actions.selection import always, need, need_patient, need_patients

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

FILE = frozenset({Place.FILE})

RECORDS: "tuple[Command[MainWindow], ...]" = (
    Command(
        "new_patient",
        N_("New patient…"),
        N_("Register a patient"),
        lambda w, _: w.dialogs.new_patient(),
        "Ctrl+N",
        FILE | {Place.PATIENTS_HEAD},
        permission=Action.REGISTER,
        aliases="add person register create",
        icon="user-plus",
    ),
    Command(
        "import",
        N_("Import…"),
        N_("Read records from files: JSON, NDJSON, CSV"),
        lambda w, _: w.dialogs.choose_import(),
        "Ctrl+O",
        FILE | {Place.TOP_BAR},
        permission=Action.IMPORT_FILES,
        aliases="open load file upload",
        icon="download",
    ),
    Command(
        "look_file",
        N_("Preview a file…"),
        N_("Look at records or FHIR in a file, checked but not stored"),
        lambda w, _: w.dialogs.choose_preview_file(),
        "Ctrl+Shift+O",
        FILE | {Place.PREVIEW_MENU},
        permission=Action.PREVIEW_GIVEN,
        aliases="validate check open",
        starts_group=True,
        icon="folder-open",
    ),
    Command(
        "look_pasted",
        N_("Preview pasted text"),
        N_("Look at what is on the clipboard, checked but not stored"),
        lambda w, _: w.dialogs.preview_clipboard(),
        "Ctrl+Shift+V",
        FILE | {Place.PREVIEW_MENU},
        permission=Action.PREVIEW_GIVEN,
        aliases="clipboard paste validate check",
    ),
    Command(
        "edit_patient",
        N_("Edit patient…"),
        N_("Change the profile of the selected patient"),
        lambda w, s: w.dialogs.edit_patient(s.patient.key, s.patient),
        places=FILE | {Place.PATIENT_MENU},
        condition=need_patient,
        permission=Action.EDIT_PATIENT,
        aliases="change correct profile",
        starts_group=True,
        icon="pencil",
    ),
    Command(
        "edit_previewed",
        N_("Edit the patient shown…"),
        N_("Change the profile of the patient in the preview"),
        lambda w, s: w.dialogs.edit_patient(s.previewed[1]),
        places=frozenset({Place.PREVIEW_HEAD}),
        condition=need(lambda s: s.previewed and s.previewed[0] == "patient", "edit_only_patients"),
        short=N_("Edit"),
        permission=Action.EDIT_PATIENT,
        aliases="change correct profile preview",
        icon="pencil",
    ),
    Command(
        "sync_patients",
        N_("Send this record now"),
        N_("Queue the selected patients as they are here"),
        lambda w, s: w.queue_actions.sync_patients([row.key for row in s.patients.selected_rows()]),
        places=FILE | {Place.PATIENT_MENU},
        condition=need_patients,
        permission=Action.SYNC,
        aliases="sync upload push",
        icon="send-horizontal",
    ),
    Command(
        "sample",
        N_("Sample clinic"),
        N_("Practise with invented people on this computer's own server"),
        lambda w, _: w.sample_requested.emit(),
        places=FILE,
        condition=always,
        aliases="demo practice sandbox",
        starts_group=True,
        icon="flask-conical",
    ),
    Command(
        "connect",
        N_("Connect to a server…"),
        N_("Set or change the FHIR server"),
        lambda w, _: w.connection_requested.emit(),
        places=FILE,
        condition=always,
        aliases="profile token url address",
        icon="server",
    ),
    Command(
        "settings",
        N_("Settings…"),
        N_("Servers, sending, look and language, data"),
        lambda w, _: w.settings_requested.emit("servers"),
        "Ctrl+,",
        FILE,
        always,
        aliases="preferences options servers profiles switch theme",
        icon="settings",
    ),
    Command(
        "quit",
        N_("Quit"),
        N_("Let the answers in flight arrive and close"),
        lambda w, _: w.close(),
        "Ctrl+Q",
        FILE,
        always,
        aliases="exit end",
        starts_group=True,
        icon="log-out",
    ),
)
