"""An attempt's request and answer as text for a person."""

import json

from fhirdesk.entry import Attempt


def pretty(text: str | None) -> str:
    """JSON indented; anything else as it is."""
    if not text:
        return ""
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except ValueError:
        return text


def attempt_text(attempt: Attempt) -> str:
    """Method, path and headers, then the body as it was sent."""
    request = attempt.request
    if not request:
        return ""
    lines = [f"{request.get('method', '')} {request.get('path', '')}"]
    for name in ("if_match", "if_none_exist"):
        if request.get(name):
            lines.append(f"{name.replace('_', '-').title()}: {request[name]}")
    return "\n".join([*lines, "", attempt.body] if attempt.body is not None else lines)
