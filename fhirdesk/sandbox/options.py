"""How the embedded server behaves: like the Medplum-based server or like HAPI, and what it does not take."""

from dataclasses import dataclass, replace
from typing import Any

from fhirdesk.core.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Options:
    """One server's habits; where real servers differ, a switch (design: what real servers do)."""

    like: str = "medplum"
    auth: str = "none"  # none | oauth
    update_create: bool = True  # PUT may make a new resource
    conditional_create: bool = True  # If-None-Exist is declared and heeded
    numeric_ids: bool = True  # purely numeric client ids are taken
    transactions: bool = True
    batch_declared: bool = True  # HAPI takes batch Bundles and does not say so
    if_match: str = "optional"  # optional | required (428) | required-412
    stale_status: int = 412  # of an update with an old version
    invalid_status: int = 400
    stale_delete_refused: bool = True  # HAPI deletes all the same
    delete_status: int = 204  # HAPI: 200 with an outcome
    absent_delete_status: int = 404  # HAPI: 200
    referenced_delete_refused: bool = False  # HAPI: 409
    weak_etag_in_bundles: bool = True  # HAPI: 1 instead of W/"1"
    status_words: bool = False  # HAPI: "201 Created" in a Bundle's answer
    check_references: bool = True
    equal_update_is_new: bool = False  # an update that changes nothing makes a version all the same
    validate: bool = True  # HAPI by default stores what is incomplete
    request_gzip: bool = True
    page_size: int = 20
    max_page_size: int = 200
    versions: bool = True  # False: the version is always 1, and no ETag
    deleted_put_back: bool = False  # an update brings back what was deleted, whatever If-Match says (Medplum itself)
    creates_collide: bool = False  # of two creates at once one is answered 500
    writes: tuple[str, ...] | None = None  # the types that it takes; None: every one
    token_ttl: int = 3600  # seconds
    sign_in: str = "any"  # any | jwt: a secret is refused
    check_scopes: bool = False  # a token may do what its scope says, alone
    clock_skew: float = 0.0  # seconds that the server's clock is ahead
    max_body: int = 10 * 1024 * 1024  # bytes

    def changed(self, **changes: Any) -> "Options":
        """Return a copy with some habits changed."""
        return replace(self, **changes)


MEDPLUM = Options()
HAPI = Options(
    like="hapi",
    numeric_ids=False,
    batch_declared=False,
    stale_status=409,
    stale_delete_refused=False,
    delete_status=200,
    absent_delete_status=200,
    referenced_delete_refused=True,
    weak_etag_in_bundles=False,
    status_words=True,
    validate=False,
)

OPENEMR = Options(  # in its own dialect: openemr.py
    like="openemr",
    update_create=False,
    conditional_create=False,
    transactions=False,
    batch_declared=False,
    request_gzip=False,
    versions=False,
    creates_collide=True,
    writes=("Patient",),
    token_ttl=300,
    sign_in="jwt",
    check_scopes=True,
)
LIKE = {known.like: known for known in (MEDPLUM, HAPI, OPENEMR)}


def like(name: str) -> Options:
    """Return the habits of a known server. Raises ConfigurationError for another name."""
    if name not in LIKE:
        raise ConfigurationError("sandbox_like", name=name)
    return LIKE[name]
