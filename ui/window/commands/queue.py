"""The commands on the queue and its entries."""

from typing import TYPE_CHECKING

from fhirdesk.core.permissions import Action
from fhirdesk.core.queue_entry import ALLOWED_ACTIONS, Status, is_correctable
from fhirdesk.core.views import Link
from fhirdesk.i18n.translation import N_
from ui.actions.command import Command, Place
from ui.actions.selection import need, need_entries, need_entry, need_somebody
from ui.window.queue_actions import Asks, QueueChange

if TYPE_CHECKING:
    from ui.window.main_window import MainWindow

ENTRY = frozenset({Place.QUEUE, Place.ENTRY_MENU, Place.ENTRY_SHEET})


def change_entries(
    change: QueueChange,
    tip: str,
    *,
    shortcut: str = "",
    aliases: str = "",
    short: str = "",
    icon: str = "",
    starts_group: bool = False,
    next_for: frozenset[Status] = frozenset(),
) -> "Command[MainWindow]":
    """Make a command that does one of BULK_ACTIONS to the chosen entries."""
    return Command(
        change.action,
        change.label,
        tip,
        lambda window, s: window.queue_actions.change(change, s.entries.selected_ids()),
        shortcut,
        ENTRY,
        need_entries(change.action),
        permission=Action[change.action.upper()],
        aliases=aliases,
        short=short,
        icon=icon,
        starts_group=starts_group,
        next_for=next_for,
    )


RETRY = QueueChange(
    "retry",
    N_("Retry"),
    N_("Send {count} again?"),
    goes_out=True,
)
QUEUE: "tuple[Command[MainWindow], ...]" = (
    Command(
        "send_now",
        N_("Send now"),
        N_("Send everything that waits, without waiting longer"),
        lambda w, _: w.send_now(),
        "Ctrl+Return",
        frozenset({Place.QUEUE, Place.TOP_BAR}),
        need(lambda s: s.link is not Link.PAUSED, "send_now_paused"),
        permission=Action.SEND_NOW,
        aliases="sync upload push drain",
        icon="send-horizontal",
    ),
    Command(
        "pause",
        N_("Pause"),
        N_("Send nothing until it is resumed"),
        lambda w, _: w.queue_actions.pause(),
        places=frozenset({Place.QUEUE, Place.TOP_BAR}),
        condition=need(lambda s: s.link is not Link.PAUSED, "send_now_paused"),
        permission=Action.PAUSE,
        aliases="stop sending halt",
        icon="pause",
    ),
    Command(
        "resume",
        N_("Resume"),
        N_("Send again what waits"),
        lambda w, _: w.queue_actions.resume(),
        places=frozenset({Place.QUEUE, Place.BANNER}),
        condition=need(lambda s: s.link is Link.PAUSED, "sending_not_paused"),
        permission=Action.RESUME,
        aliases="continue start sending",
        icon="play",
    ),
    Command(
        "open_entry",
        N_("Details…"),
        N_("Show the attempts of the selected entry, its requests and answers"),
        lambda w, s: w.dialogs.open_entry(s.entry.uuid),
        places=frozenset({Place.QUEUE, Place.ENTRY_MENU}),
        condition=need_entry(lambda _: True, "choose_entry"),
        permission=Action.GET_ENTRY,
        aliases="open inspect history attempts error",
        starts_group=True,
        icon="file-text",
    ),
    Command(
        "decide",
        N_("Resolve…"),
        N_("End the conflict of the selected entry: mine, theirs or edit"),
        lambda w, s: w.dialogs.decide(s.entry.uuid),
        "Ctrl+D",
        ENTRY,
        need_entry(lambda entry: entry.status in ALLOWED_ACTIONS["resolve"], "nothing_to_resolve"),
        permission=Action.RESOLVE,
        aliases="resolve conflict merge",
        starts_group=True,
        next_for=ALLOWED_ACTIONS["resolve"],
        short=N_("Resolve"),
        icon="git-compare",
    ),
    Command(
        "correct",
        N_("Fix and resend…"),
        N_("Correct the selected entry and send it again"),
        lambda w, s: w.dialogs.correct(s.entry.uuid),
        "Ctrl+E",
        ENTRY,
        need_entry(lambda entry: is_correctable(entry.status, entry.operation), "entry_not_correctable"),
        permission=Action.CORRECT,
        aliases="edit and retry correct change",
        short=N_("Fix and resend"),
        next_for=frozenset({Status.FAILED}),
        icon="pencil",
    ),
    change_entries(
        RETRY,
        N_("Send the selected entries again"),
        shortcut="Ctrl+R",
        aliases="resend again repeat",
        short=N_("Resend as it is"),
        next_for=frozenset({Status.FAILED}),
    ),
    Command(
        "retry_all",
        N_("Retry all…"),
        N_("Send everything again that the filter of the queue shows; the count is asked first"),
        lambda w, _: w.queue_actions.retry_matching(RETRY, w.queue.build_retry_query()),
        places=frozenset({Place.QUEUE, Place.QUEUE_HEAD}),
        condition=need(lambda s: s.can_retry_all, "nothing_to_retry"),
        permission=Action.RETRY_MATCHING,
        aliases="resend everything refused",
        icon="rotate-cw",
    ),
    change_entries(
        QueueChange(
            "hold",
            N_("Hold"),
            N_("To be held until released: {count}."),
        ),
        N_("Keep the selected entries back until they are released"),
        aliases="stop keep postpone",
        icon="pause",
        starts_group=True,
    ),
    change_entries(
        QueueChange(
            "release",
            N_("Release"),
            N_("To be released: {count}."),
            goes_out=True,
        ),
        N_("Let the selected held entries go"),
        aliases="continue unhold",
        icon="play",
    ),
    change_entries(
        QueueChange(
            "cancel",
            N_("Remove from queue"),
            N_("Not to be sent any more: {count}. The records here stay as they are."),
            asks=Asks.ALWAYS,
        ),
        N_("Take the selected entries out of the queue"),
        aliases="cancel take back withdraw",
        icon="list-minus",
    ),
    change_entries(
        QueueChange(
            "discard",
            N_("Give up…"),
            N_("Given up and never sent: {count}. The records here stay as they are."),
            asks=Asks.REASON,
        ),
        N_("Give the selected entries up, with a reason"),
        aliases="discard delete drop",
        icon="trash-2",
    ),
    Command(
        "chain",
        N_("The patient's chain…"),
        N_("What of this patient is not on the server, and what waits for what"),
        lambda w, s: w.dialogs.open_chain(s.patient_key or ""),
        "Ctrl+H",
        ENTRY | {Place.PATIENT_MENU},
        need_somebody,
        short=N_("Chain…"),
        permission=Action.READ_CHAIN,
        aliases="blocked waits dependencies order",
        starts_group=True,
        icon="link",
    ),
    Command(
        "show_record",
        N_("Preview the record"),
        N_("Show the record of the selected entry as it is sent"),
        lambda w, s: w.preview.show_record(s.entry.type, s.entry.key),
        places=frozenset({Place.ENTRY_SHEET}),
        condition=need_entry(lambda _: True, "choose_entry"),
        short=N_("Preview"),
        permission=Action.PREVIEW,
        aliases="resource json fhir",
        icon="file-json",
    ),
    Command(
        "causes",
        N_("Group by cause"),
        N_("Show what needs a person, grouped by cause"),
        lambda w, _: w.queue.show_causes(not w.queue.is_grouped),
        "Ctrl+G",
        frozenset({Place.QUEUE, Place.QUEUE_HEAD}),
        checked=lambda w: w.queue.is_grouped,
        permission=Action.GROUP_FAILURES,
        aliases="reason errors failures",
        icon="layers",
    ),
)
