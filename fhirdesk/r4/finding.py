"""One fault of a resource: what it is, where, and its sentence."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fhirdesk.core.queue_entry import Reason
from fhirdesk.i18n.messages import render

Path = tuple[str | int, ...]

_BY_ISSUE_TYPE = {  # https://hl7.org/fhir/R4/valueset-issue-type.html → words; all others are "value"
    "required": "r4_required r4_choice_missing",
    "code-invalid": "r4_codes r4_codes_near r4_code_long_list r4_concept",
    "invariant": "r4_any r4_one r4_apart r4_needs r4_both r4_has r4_lacks r4_period r4_range r4_con_3 r4_con_4 r4_con_5"
    " r4_ait_1 r4_ait_2 r4_obs_7 r4_org_home r4_extension r4_not_unique r4_contained_unused r4_contained_nested"
    " r4_contained_meta r4_div_active r4_div_empty r4_bundle_request r4_bundle_response r4_bundle_search"
    " r4_bundle_first r4_full_url_version r4_too_few",
    "not-found": "r4_dangling",
    "too-long": "r4_too_deep",
    "informational": "r4_more",
    "structure": "r4_not_an_object r4_no_type r4_unknown_type r4_type_case r4_type_of_version r4_is_version"
    " r4_unknown_element r4_did_you_mean r4_choice r4_choice_unknown r4_wants_list r4_wants_objects r4_wants_one"
    " r4_wants_object r4_wants_text r4_wants_number r4_wants_boolean r4_null r4_null_alone r4_lists_differ"
    " r4_empty_list r4_empty_object r4_resource r4_other r4_div_xml r4_div_root",
}
ISSUE_TYPES = {words: code for code, listed in _BY_ISSUE_TYPE.items() for words in listed.split()}


@dataclass(frozen=True, slots=True)
class Finding:
    """A fault at `expression`, FHIRPath from the resource's type. `words` is a code of the message catalogue."""

    words: str
    expression: str
    params: Mapping[str, str] = field(default_factory=dict)
    severity: str = "error"  # fatal, error, warning, information

    @property
    def code(self) -> str:
        """The fault's code in FHIR's list of issue types."""
        return ISSUE_TYPES.get(self.words, "value")

    @property
    def reason(self) -> Reason:
        """The fault as a Reason, which is stored and rendered later."""
        return Reason(self.words, self.params)

    def text(self, lang: str = "en") -> str:
        """Returns the sentence of the fault in that language."""
        return render(self.words, self.params, lang)


def expression(root: str, path: Path) -> str:
    """Returns the path as FHIRPath, Patient.name[0].given[1]; what `_name` holds counts as `name`."""
    parts = (f"[{p}]" if isinstance(p, int) else f".{p.removeprefix('_')}" for p in path)
    return root + "".join(parts)
