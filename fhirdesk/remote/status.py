"""What an answer's status says by itself: the questions that sync asks of it, so that no other room reads a number."""

from fhirdesk.core.exchange import Delivery, Response, Verdict
from fhirdesk.remote.outcome import STATUS, scope_missing

BUSY = frozenset(status for status, verdict in STATUS.items() if verdict is Verdict.BUSY)
SUSPICIOUS = frozenset({404, 409, 410, 412})
NO_SUCH_SEARCH = frozenset({400, 404, 405, 422, 501})
ASKED_AGAIN = frozenset({401, 408, 425, 429})
NOT_OF_BUNDLES = frozenset({401, 408, 421, 425, 429})  # what a 4xx to a Bundle says of the server, not of its entries
NO_SUCH_INTERACTION = frozenset({400, 404, 405, 422, 501})
NO_BUNDLES = frozenset({404, 405, 406, 415})


def is_ok(answer: Response) -> bool:
    """True if the server answered 200: what was asked for is in the body, or a create met what was there already."""
    return answer.status == 200


def is_success(answer: Response) -> bool:
    """True if the server answered any 2xx."""
    return 200 <= (answer.status or 0) < 300


def has_created(answer: Response) -> bool:
    """True if the server says that it made a resource that was not there."""
    return answer.status == 201


def is_absent(answer: Response) -> bool:
    """True if the server says that there is nothing at that id, deleted or never there."""
    return answer.status in (404, 410)


def is_deleted(answer: Response) -> bool:
    """True if the server says that the resource was there and was deleted."""
    return answer.status == 410


def is_forbidden(answer: Response) -> bool:
    """True if the server lets us not read it, for want of a sign-in or of a right."""
    return answer.status in (401, 403)


def wants_sign_in(answer: Response) -> bool:
    """True if the server wants to know first who asks."""
    return answer.status == 401 and not scope_missing(answer)


def is_readable(answer: Response) -> bool:
    """True if the server answered a read, whatever it said; a 5xx or a sign-in page says nothing."""
    return is_absent(answer) or (is_ok(answer) and answer.body is not None)


def hides(answer: Response) -> bool:
    """True if the server refuses to show a resource, and would refuse it again: a person must look there."""
    return _is_refusal(answer) and (answer.status not in ASKED_AGAIN or scope_missing(answer))


def is_healthy(answer: Response) -> bool:
    """True if the server answered, and with no error of its own (5xx)."""
    return answer.delivery is Delivery.ANSWERED and (answer.status or 500) < 500


def has_crashed(answer: Response) -> bool:
    """True if the server stumbled over this one request (500); it is there, and may take others."""
    return answer.status == 500


def asks_to_wait(answer: Response) -> bool:
    """True if the server did nothing, and wants to be left alone for a while."""
    return answer.status in BUSY or (answer.status == 503 and answer.retry_after is not None)


def is_suspicious(answer: Response) -> bool:
    """True if the answer makes us ask whether this still is the server that gave us its ids."""
    return answer.status in SUSPICIOUS


def takes_no_such_search(answer: Response) -> bool:
    """True if the server does not know the search that was tried."""
    return answer.status in NO_SUCH_SEARCH


def takes_no_such_interaction(answer: Response) -> bool:
    """True if the server does not know what was asked of it."""
    return answer.status in NO_SUCH_INTERACTION


def refuses_bundle(whole: Response) -> bool:
    """True if the server refused a Bundle as a whole: nothing of it was applied."""
    return _is_refusal(whole) and whole.status not in NOT_OF_BUNDLES


def takes_no_bundles(whole: Response) -> bool:
    """True if the server takes no Bundles at all, whatever it declares."""
    return whole.status in NO_BUNDLES


def is_too_large(whole: Response) -> bool:
    """True if what was sent is larger than the server takes."""
    return whole.status == 413


def has_choked(whole: Response) -> bool:
    """True if a Bundle got no answer, or an error of the server's own: it may have been too much for it."""
    failed = (whole.status or 0) >= 500 and not asks_to_wait(whole)
    return whole.delivery is Delivery.LOST or failed


def read_verdict(answer: Response) -> Verdict:
    """What the answer to a question (a read, a search) says of the server: DONE if it can be used, else what stands in
    the way."""
    status = answer.status or 0
    if answer.delivery is Delivery.NOT_TRUSTED:
        return Verdict.NOT_TRUSTED
    if answer.delivery is not Delivery.ANSWERED:
        return Verdict.NOT_SENT
    if asks_to_wait(answer):
        return Verdict.BUSY
    if wants_sign_in(answer):
        return Verdict.SIGN_IN
    if status == 511 or (status < 300 and answer.not_fhir):
        return Verdict.NOT_FHIR
    if 300 <= status < 400 and status != 304:
        return Verdict.MOVED
    return Verdict.UNKNOWN if status == 408 or status >= 500 else Verdict.DONE


def _is_refusal(answer: Response) -> bool:
    return 400 <= (answer.status or 0) < 500
