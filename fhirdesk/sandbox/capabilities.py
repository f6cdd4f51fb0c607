"""What the embedded server says it can do (https://hl7.org/fhir/R4/capabilitystatement.html)."""

from typing import Any

from fhirdesk import __version__
from fhirdesk.sandbox.options import Options
from fhirdesk.sandbox.search import TESTS
from fhirdesk.sandbox.types import RESOURCE_TYPES

INTERACTIONS = ("read", "vread", "update", "delete", "history-instance", "history-type", "create", "search-type")


def statement(options: Options, base: str) -> dict[str, Any]:
    """Return the CapabilityStatement of a server with these habits."""
    system = [{"code": "batch"}] if options.batch_declared else []
    system += [{"code": "history-system"}]
    system += [{"code": "transaction"}] if options.transactions else []
    rest = {
        "mode": "server",
        "interaction": system,
        "resource": [_describe_type(t, options) for t in sorted(RESOURCE_TYPES)],
    }
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-01-01",
        "kind": "instance",
        "software": {"name": f"FHIR Desk practice server ({options.like})", "version": __version__},
        "implementation": {"description": "practice server", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json", "json"],
        "rest": [rest],
    }


def _describe_type(name: str, options: Options) -> dict[str, Any]:
    return {
        "type": name,
        "interaction": [{"code": code} for code in _interactions(name, options)],
        "versioning": _versioning(options),
        "readHistory": options.versions,
        "updateCreate": options.update_create,
        "conditionalCreate": options.conditional_create,
        "conditionalUpdate": False,
        "searchParam": [{"name": code, "type": "string" if code == "name" else "token"} for code in TESTS],
    }


def _interactions(name: str, options: Options) -> tuple[str, ...]:
    if options.writes is None:
        return INTERACTIONS
    return ("read", "search-type", *(("create", "update") if name in options.writes else ()))


def _versioning(options: Options) -> str:
    if options.like == "openemr":
        return "no-version"
    return "versioned" if options.if_match == "optional" else "versioned-update"


def smart_configuration(token_url: str, options: Options) -> dict[str, Any]:
    """Return where and how clients sign in (http://hl7.org/fhir/smart-app-launch/conformance.html)."""
    secrets = [] if options.sign_in == "jwt" else ["client_secret_basic", "client_secret_post"]
    return {
        "token_endpoint": token_url,
        "grant_types_supported": ["client_credentials"],
        "token_endpoint_auth_methods_supported": [*secrets, "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["RS384", "ES384"],
        "capabilities": ["client-confidential-asymmetric", "permission-v1", "permission-v2"],
    }
