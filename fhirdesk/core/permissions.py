"""Who may do what: one table of the desk's verbs and the roles that may do them; the desk asks it for every verb, the
faces to grey out what is not allowed."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from fhirdesk.core.errors import Forbidden


class Role(StrEnum):
    """What kind of user an actor is."""

    ADMIN = "admin"
    STAFF = "staff"
    PATIENT = "patient"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person who acts, as the audit names them."""

    name: str
    role: Role
    patient_key: str | None = None  # the own record of an actor with the patient role


LOCAL = Actor("local", Role.ADMIN)  # whoever sits at this computer, until users sign in


class Scope(Enum):
    """On whose records a role may do a verb."""

    ALL = "all"
    OWN = "own"  # the record of the actor alone, and what refers to it


Rights = Mapping[Role, Scope]  # a role that is missing may not do it at all
ANYBODY: Rights = dict.fromkeys(Role, Scope.ALL)
OWN_RECORD: Rights = {Role.PATIENT: Scope.OWN, Role.STAFF: Scope.ALL, Role.ADMIN: Scope.ALL}
STAFF: Rights = {Role.STAFF: Scope.ALL, Role.ADMIN: Scope.ALL}
ADMIN: Rights = {Role.ADMIN: Scope.ALL}


class Action(Enum):
    """A verb of the desk (the part and the method that do it), and who may do it. Each of BULK_ACTIONS is a verb of its
    own, though `queue.change` does them."""

    def __init__(self, verb: str, rights: Rights):
        self.verb, self.rights = verb, rights

    READ_TYPES = "records.read_types", ANYBODY
    FIND_PLUGIN_PROBLEMS = "records.find_plugin_problems", ANYBODY
    FIND_FIRST_PATIENTS = "records.find_first_patients", STAFF
    FIND_PATIENT_IDS = "records.find_patient_ids", STAFF
    READ_PATIENTS = "records.read_patients", STAFF
    SUGGEST_PATIENT_KEY = "records.suggest_patient_key", STAFF
    GET_RECORD = "records.get", OWN_RECORD
    FIND_CHANGED = "records.find_changed", STAFF
    REGISTER = "records.register", STAFF
    CHANGE = "records.change", STAFF
    EDIT_PATIENT = "records.edit_patient", OWN_RECORD
    GET_EDIT_RESULT = "records.get_edit_result", OWN_RECORD
    COMPARE_EDIT = "records.compare_edit", OWN_RECORD
    RESOLVE_EDIT = "records.resolve_edit", OWN_RECORD
    IMPORT_FILES = "records.import_files", STAFF
    LOAD_SAMPLE = "records.load_sample", STAFF
    PREVIEW = "records.preview", OWN_RECORD
    COMPARE_WITH_SERVER = "records.compare_with_server", STAFF
    READ_HISTORY = "records.read_history", STAFF
    GLANCE_GIVEN = "records.glance_given", ANYBODY
    PREVIEW_GIVEN = "records.preview_given", STAFF  # it shows what the records here say, too
    EXPORT = "records.export", ADMIN
    EXPORT_RECORD = "records.export_record", ADMIN
    SAVE_TEXT = "records.save_text", ADMIN
    SALVAGE = "records.salvage", ADMIN

    COUNT_ENTRIES = "queue.count_by_status", STAFF
    FIND_ENTRY_IDS = "queue.find_ids", STAFF
    READ_ROWS = "queue.read_rows", STAFF
    GET_ENTRY = "queue.get_entry", STAFF
    GROUP_FAILURES = "queue.group_failures", STAFF
    READ_CHAIN = "queue.read_chain", STAFF
    FIND_NOTICES = "queue.find_notices", STAFF
    RETRY = "queue.retry", STAFF
    RETRY_MATCHING = "queue.retry_matching", STAFF
    CANCEL = "queue.cancel", STAFF
    DISCARD = "queue.discard", ADMIN
    HOLD = "queue.hold", STAFF
    RELEASE = "queue.release", STAFF
    CORRECT = "queue.correct", STAFF
    COMPARE = "queue.compare", STAFF
    RESOLVE = "queue.resolve", STAFF
    SYNC = "queue.sync", STAFF
    SEND_NOW = "queue.send_now", STAFF
    DRAIN = "queue.drain", STAFF
    END_DRAIN = "queue.end_drain", STAFF
    WAIT_FOR_ANSWERS = "queue.wait_for_answers", STAFF
    IS_SENT_ELSEWHERE = "queue.is_sent_elsewhere", STAFF
    PAUSE = "queue.pause", ADMIN
    RESUME = "queue.resume", STAFF
    FORGET_IDS = "queue.forget_ids", ADMIN

    GET_SERVER_STATUS = "server.get_status", ANYBODY  # an edit says whether the server can be reached
    GET_METRICS = "server.get_metrics", STAFF
    GET_SERVER_FACTS = "server.get_facts", STAFF
    CHECK_SERVER = "server.check", STAFF
    IS_PAUSED = "server.is_paused", STAFF

    READ_SERVERS = "servers.read_all", STAFF
    TEST_SERVER = "servers.test", ADMIN  # of any address, with a secret
    KEEP_SERVER = "servers.keep", ADMIN
    USE_SERVER = "servers.use", ADMIN
    REMOVE_SERVER = "servers.remove", ADMIN
    READ_PUBLIC_KEYS = "servers.read_public_keys", ADMIN
    ROTATE_KEY = "servers.rotate_key", ADMIN


def is_allowed(actor: Actor, action: Action, patient_key: str | None = None) -> bool:
    """Whether the actor may do that. `patient_key`: the patient whose record it is done to; None: it is known of
    none."""
    scope = action.rights.get(actor.role)
    return scope is Scope.ALL or (scope is Scope.OWN and patient_key is not None and patient_key == actor.patient_key)


def check(actor: Actor, action: Action, patient_key: str | None = None) -> None:
    """Raises Forbidden unless the actor may do that, to the record of that patient."""
    if not is_allowed(actor, action, patient_key):
        raise Forbidden("forbidden_own" if actor.role in action.rights else "forbidden", action=action.verb)
