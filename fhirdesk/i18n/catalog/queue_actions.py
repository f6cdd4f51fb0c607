"""What is said of each of BULK_ACTIONS: its help on the command line, and the sentence once it is done."""

from fhirdesk.i18n.translation import N_

HELP = {
    "retry": N_("send entries again, by id or all that match"),
    "cancel": N_("take entries back, by id or all that match"),
    "discard": N_("give entries up, by id or all that match"),
    "hold": N_("hold entries back until they are released, by id or all that match"),
    "release": N_("release held entries, by id or all that match"),
}
QUEUE_ACTION_SENTENCES = {
    "done_retry": N_("To be sent again: {count}."),
    "done_retry_looked": N_("Looked up on the server first: {looked}. Sent again only if they are not there."),
    "done_retry_both": N_(
        "To be sent again: {count}. Looked up on the server first, and sent again only if not there: {looked}."
    ),
    "done_cancel": N_("Taken back: {count}."),
    "done_discard": N_("Discarded: {count}."),
    "done_hold": N_("Held until released: {count}."),
    "done_release": N_("Released: {count}."),
}
