"""Narrative.div: XHTML that is well formed, holds something, and does nothing
(https://hl7.org/fhir/R4/narrative.html)."""

from xml.parsers import expat  # expat fetches nothing, and a document type is refused

XHTML = "http://www.w3.org/1999/xhtml"
_ELEMENTS = """
a abbr acronym address area b bdo big blockquote br caption center cite code col colgroup dd dfn div dl dt em font
h1 h2 h3 h4 h5 h6 hr i img kbd li map ol p pre q s samp small span strike strong sub sup table tbody td tfoot th
thead tr tt u ul var
"""
_ATTRIBUTES = """
abbr accesskey align alink alt axis background bgcolor border bordercolor cellpadding cellspacing char charoff
charset cite class clear color colspan compact coords datetime dir face frame headers height href hreflang hspace id
ismap lang longdesc name noshade nowrap rel rev rows cols rowspan rules scope shape size span src start style
summary tabindex title type usemap valign value vspace width
"""
ELEMENTS, ATTRIBUTES = frozenset(_ELEMENTS.split()), frozenset(_ATTRIBUTES.split())
LANG = "http://www.w3.org/XML/1998/namespace"


class _Reader:
    def __init__(self) -> None:
        self.words: str | None = None
        self.parameter = ""
        self.is_root = True
        self.has_content = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, local = name.rpartition(" ")
        if self.is_root and name != f"{XHTML} div":
            self.words = "r4_div_root"
        self.is_root = False
        if space != XHTML or local not in ELEMENTS:
            self._active(local)
        for attribute, value in attributes.items():
            space, _, attribute = attribute.rpartition(" ")
            if (attribute not in ATTRIBUTES and space != LANG) or value.strip().lower().startswith("javascript:"):
                self._active(attribute)
        self.has_content |= local == "img"

    def text(self, data: str) -> None:
        self.has_content = self.has_content or not data.isspace()

    def doctype(self, *_: object) -> None:
        self._active("DOCTYPE")

    def _active(self, name: str) -> None:
        self.words, self.parameter = self.words or "r4_div_active", self.parameter or name


def find_fault(div: str) -> tuple[str, dict[str, str]] | None:
    """Returns (message code, parameters) of the fault in a div, or None."""
    parser, reader = expat.ParserCreate(namespace_separator=" "), _Reader()
    parser.StartElementHandler = reader.start
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(div.encode("utf-8", "surrogatepass"), True)
    except expat.ExpatError as error:
        return "r4_div_xml", {"detail": expat.errors.messages[error.code]}
    if reader.words:
        return reader.words, {"name": reader.parameter} if reader.parameter else {}
    return None if reader.has_content else ("r4_div_empty", {})
