"""R4's invariants that only ask what is there, a table of data: `build` writes them into the schema.

Each rule: (key, kind, elements…). `x[x]` stands for every form of a choice.
    any      one of the elements is there
    one      exactly one is there
    apart    no two of them are there together
    needs    the first asks for one of the rest
    bars     the first bars all the rest
    both     all are there or none is
Rules that begin with a condition, ("name=a|b" or "name!=a|b"), hold only then; the rest of the kinds:
    has      the element is there         lacks    none of the elements is there
Rules that compare values are in `rules`; so is ext-1, since Extension.value[x] has fifty forms.
"""

Rule = tuple[str, ...]

INVARIANTS: dict[str, tuple[Rule, ...]] = {
    # data types
    "Age": (("age-1", "needs", "value", "code"),),
    "Attachment": (("att-1", "needs", "data", "contentType"),),
    "ContactPoint": (("cpt-2", "needs", "value", "system"),),
    "Count": (("cnt-3", "needs", "value", "code"),),
    "DataRequirementCodeFilter": (("drq-1", "one", "path", "searchParam"),),
    "DataRequirementDateFilter": (("drq-2", "one", "path", "searchParam"),),
    "Distance": (("dis-1", "needs", "value", "code"),),
    "Duration": (  # unlike those of Age and Distance, only a code binds the system
        ("drt-1", "needs", "code", "system"),
        ("drt-1", "needs", "code", "value"),
        ("drt-1", "system!=http://unitsofmeasure.org", "lacks", "code"),
    ),
    "ElementDefinition": (
        ("eld-8", "apart", "pattern[x]", "fixed[x]"),
        ("eld-15", "apart", "defaultValue[x]", "meaningWhenMissing"),
        ("eld-22", "needs", "sliceIsConstraining", "sliceName"),
    ),
    "ElementDefinitionSlicing": (("eld-1", "any", "discriminator", "description"),),
    "Expression": (("exp-1", "any", "expression", "reference"),),
    "Quantity": (("qty-3", "needs", "code", "system"),),
    "Ratio": (
        ("rat-1", "both", "numerator", "denominator"),
        ("rat-1", "any", "numerator", "extension"),
    ),
    "TimingRepeat": (
        ("tim-1", "needs", "duration", "durationUnit"),
        ("tim-2", "needs", "period", "periodUnit"),
        ("tim-6", "needs", "periodMax", "period"),
        ("tim-7", "needs", "durationMax", "duration"),
        ("tim-8", "needs", "countMax", "count"),
        ("tim-9", "needs", "offset", "when"),
        ("tim-10", "apart", "timeOfDay", "when"),
    ),
    "TriggerDefinition": (
        ("trd-1", "apart", "data", "timing[x]"),
        ("trd-2", "needs", "condition", "data"),
        ("trd-3", "type=named-event", "has", "name"),
        ("trd-3", "type=periodic", "has", "timing[x]"),
        (
            "trd-3",
            "type=data-changed|data-added|data-modified|data-removed|data-accessed|data-access-ended",
            "has",
            "data",
        ),
    ),
    # the ten types
    "ConditionEvidence": (("con-2", "any", "code", "detail"),),
    "ConditionStage": (("con-1", "any", "summary", "assessment"),),
    "Observation": (("obs-6", "apart", "dataAbsentReason", "value[x]"),),
    "ObservationReferenceRange": (("obs-3", "any", "low", "high", "text"),),
    "PatientContact": (("pat-1", "any", "name", "telecom", "address", "organization"),),
    "ServiceRequest": (("prr-1", "needs", "orderDetail", "code"),),
    # the others
    "Appointment": (
        ("app-2", "both", "start", "end"),
        ("app-3", "status!=proposed|cancelled|waitlist", "has", "start"),
        ("app-4", "status!=noshow|no-show|cancelled", "lacks", "cancelationReason"),
    ),
    "AppointmentParticipant": (("app-1", "any", "type", "actor"),),
    "AppointmentResponse": (("apr-1", "any", "participantType", "actor"),),
    "AuditEventEntity": (("sev-1", "apart", "name", "query"),),
    "Bundle": (
        ("bdl-1", "type!=searchset|history", "lacks", "total"),
        ("bdl-9", "type=document", "has", "identifier"),
        ("bdl-10", "type=document", "has", "timestamp"),
    ),
    "BundleEntry": (("bdl-5", "any", "resource", "request", "response"),),
    "CapabilityStatement": (
        ("cpb-1", "any", "rest", "messaging", "document"),
        ("cpb-2", "any", "description", "software", "implementation"),
        ("cpb-14", "kind=instance", "has", "implementation"),
        ("cpb-15", "kind=capability", "lacks", "implementation"),
        ("cpb-15", "kind=capability", "has", "software"),
        ("cpb-16", "kind=requirements", "lacks", "implementation", "software"),
    ),
    "CarePlanActivity": (("cpl-3", "apart", "detail", "reference"),),
    "CompositionSection": (
        ("cmp-1", "any", "text", "entry", "section"),
        ("cmp-2", "apart", "emptyReason", "entry"),
    ),
    "ConceptMapGroupElementTarget": (("cmd-1", "equivalence=narrower|inexact", "has", "comment"),),
    "ConceptMapGroupUnmapped": (
        ("cmd-2", "mode=fixed", "has", "code"),
        ("cmd-3", "mode=other-map", "has", "url"),
    ),
    "Consent": (("ppc-1", "any", "policy", "policyRule"),),
    "CoverageEligibilityResponseInsuranceItem": (("ces-1", "one", "category", "productOrService"),),
    "FamilyMemberHistory": (
        ("fhs-1", "apart", "age[x]", "born[x]"),
        ("fhs-2", "needs", "estimatedAge", "age[x]"),
    ),
    "GoalTarget": (("gol-1", "needs", "detail[x]", "measure"),),
    "Group": (("grp-1", "actual=false", "lacks", "member"),),
    "ImmunizationEducation": (("imm-1", "any", "documentType", "reference"),),
    "ImmunizationRecommendationRecommendation": (("imr-1", "any", "vaccineCode", "targetDisease"),),
    "InsurancePlan": (("ipn-1", "any", "identifier", "name"),),
    "List": (("lst-1", "apart", "emptyReason", "entry"),),
    "MeasureReport": (("mrp-1", "type=data-collection", "lacks", "group"),),
    "MeasureReportGroupStratifierStratum": (("mrp-2", "one", "value", "component"),),
    "MedicationAdministrationDosage": (("mad-1", "any", "dose", "rate[x]"),),
    "MolecularSequenceReferenceSeq": (
        ("msq-5", "both", "chromosome", "genomeBuild"),
        ("msq-6", "one", "genomeBuild", "referenceSeqId", "referenceSeqPointer", "referenceSeqString"),
    ),
    "OperationDefinitionParameter": (
        ("opd-1", "any", "type", "part"),
        ("opd-2", "type!=string", "lacks", "searchType"),
        ("opd-3", "type!=Reference|canonical", "lacks", "targetProfile"),
    ),
    "Organization": (("org-1", "any", "identifier", "name"),),
    "ParametersParameter": (("inv-1", "one", "part", "value[x]", "resource"),),
    "QuestionnaireItem": (
        ("que-1", "type=group", "has", "item"),
        ("que-1", "type=display", "lacks", "item"),
        ("que-3", "type=display", "lacks", "code"),
        ("que-4", "apart", "answerOption", "answerValueSet"),
        (
            "que-5",
            "type!=choice|open-choice|decimal|integer|date|dateTime|time|string|quantity",
            "lacks",
            "answerValueSet",
            "answerOption",
        ),
        ("que-6", "type=display", "lacks", "required", "repeats"),
        ("que-8", "type=group|display", "lacks", "initial"),
        ("que-9", "type=display", "lacks", "readOnly"),
        ("que-10", "type!=boolean|decimal|integer|string|text|url|open-choice", "lacks", "maxLength"),
        ("que-11", "apart", "answerOption", "initial"),
    ),
    "QuestionnaireItemEnableWhen": (("que-7", "operator=exists", "has", "answerBoolean"),),
    "QuestionnaireResponseItem": (("qrs-1", "apart", "answer", "item"),),
    "RequestGroupAction": (("rqg-1", "one", "resource", "action"),),
    "SearchParameter": (
        ("spd-1", "needs", "xpath", "xpathUsage"),
        ("spd-2", "type!=reference", "lacks", "chain"),
    ),
    "StructureDefinition": (
        ("sdf-4", "abstract=false", "has", "baseDefinition"),
        ("sdf-6", "any", "snapshot", "differential"),
        ("sdf-18", "type!=Extension", "lacks", "contextInvariant"),
    ),
    "StructureDefinitionMapping": (("sdf-2", "any", "name", "uri"),),
    "StructureMapGroupRuleTarget": (
        ("smp-1", "needs", "element", "context"),
        ("smp-2", "needs", "context", "contextType"),
    ),
    "TestReportSetupAction": (("inv-1", "one", "operation", "assert"),),
    "TestReportTestAction": (("inv-2", "one", "operation", "assert"),),
    "TestScriptMetadataCapability": (),
    "TestScriptSetupAction": (("tst-1", "one", "operation", "assert"),),
    "TestScriptTestAction": (("tst-2", "one", "operation", "assert"),),
    "ValueSetComposeInclude": (
        ("vsd-1", "any", "valueSet", "system"),
        ("vsd-2", "needs", "concept", "system"),
        ("vsd-2", "needs", "filter", "system"),
        ("vsd-3", "apart", "concept", "filter"),
    ),
    "ValueSetExpansionContains": (
        ("vsd-6", "any", "code", "display"),
        ("vsd-10", "needs", "code", "system"),
    ),
}
