"""What R4 (4.0.1) says otherwise than fhir.resources' R4B knows, a table of data: read by the build alone.

Four kinds: code lists that R4B cuts short with "+" or leaves out, required codes inside CodeableConcepts,
reference targets and cardinalities that changed, types that came or went.
"""

_OBSERVATION = "registered preliminary final amended corrected cancelled entered-in-error unknown"
_ENCOUNTER = "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown"
_COMPARATOR = "< <= >= >"
_VERSIONS = "0.01 0.05 0.06 0.11 0.0.80 0.0.81 0.0.82 0.4.0 0.5.0 1.0.0 1.0.1 1.0.2 1.1.0 1.4.0 1.6.0 1.8.0"
_VERSIONS += " 3.0.0 3.0.1 3.3.0 3.5.0 4.0.0 4.0.1"

CODES: dict[tuple[str, str], str | None] = {
    ("ActivityDefinition", "kind"): "Appointment AppointmentResponse CarePlan Claim CommunicationRequest Contract"
    " DeviceRequest EnrollmentRequest ImmunizationRecommendation MedicationRequest NutritionOrder ServiceRequest"
    " SupplyRequest Task VisionPrescription",
    ("Age", "comparator"): _COMPARATOR,
    ("AuditEvent", "action"): "C R U D E",
    ("AuditEvent", "outcome"): "0 4 8 12",
    ("AuditEventAgentNetwork", "type"): "1 2 3 4 5",
    ("CapabilityStatement", "fhirVersion"): _VERSIONS,
    ("CapabilityStatement", "format"): None,  # MIME types, and "json" and "xml" by long custom
    ("Composition", "confidentiality"): "U L M N R V",
    ("Count", "comparator"): _COMPARATOR,
    ("DetectedIssue", "status"): _OBSERVATION,
    ("DeviceUdiCarrier", "entryType"): "barcode rfid manual card self-reported unknown",
    ("DeviceUseStatement", "status"): "active completed entered-in-error intended stopped on-hold",
    ("DiagnosticReport", "status"): "registered partial preliminary final amended corrected appended cancelled"
    " entered-in-error unknown",
    ("Distance", "comparator"): _COMPARATOR,
    ("Duration", "comparator"): _COMPARATOR,
    ("Encounter", "status"): _ENCOUNTER,
    ("EncounterStatusHistory", "status"): _ENCOUNTER,
    ("Expression", "language"): None,  # MIME types
    ("ImplementationGuide", "fhirVersion"): _VERSIONS,
    ("ImplementationGuideDefinitionResource", "fhirVersion"): _VERSIONS,
    ("Observation", "status"): _OBSERVATION,
    ("OperationOutcomeIssue", "code"): "invalid structure required value invariant security login unknown expired"
    " forbidden suppressed processing not-supported duplicate multiple-matches not-found deleted too-long code-invalid"
    " extension too-costly business-rule conflict transient lock-error no-store exception timeout incomplete throttled"
    " informational",
    ("Quantity", "comparator"): _COMPARATOR,
    ("QuestionnaireItem", "type"): "group display question boolean decimal integer date dateTime time string text url"
    " choice open-choice attachment reference quantity",
    ("RiskAssessment", "status"): _OBSERVATION,
    ("StructureDefinition", "fhirVersion"): _VERSIONS,
    ("StructureMapGroupRuleTarget", "transform"): "create copy truncate escape cast append translate reference dateOp"
    " uuid pointer evaluate cc c qty id cp",
    ("SupplyRequest", "status"): "draft active suspended cancelled completed entered-in-error unknown",
    ("Task", "status"): "draft requested received accepted rejected ready cancelled in-progress on-hold failed"
    " completed entered-in-error",
    ("TimingRepeat", "when"): "MORN MORN.early MORN.late NOON AFT AFT.early AFT.late EVE EVE.early EVE.late NIGHT PHS"
    " HS WAKE C CM CD CV AC ACM ACD ACV PC PCM PCD PCV",
}
RESOURCE_TYPE_CODES = {  # bound to the list of resource types itself
    ("CapabilityStatementRestResource", "type"),
    ("CompartmentDefinitionResource", "code"),
    ("ExampleScenarioInstance", "resourceType"),
    ("GraphDefinition", "start"),
    ("GraphDefinitionLinkTarget", "type"),
    ("ImplementationGuideGlobal", "type"),
    ("MessageDefinitionFocus", "code"),
    ("OperationDefinition", "resource"),
    ("Questionnaire", "subjectType"),
    ("SearchParameter", "base"),
    ("SearchParameter", "target"),
}

_DATA_TYPES = """
Address Age Annotation Attachment BackboneElement CodeableConcept Coding ContactDetail ContactPoint Contributor Count
DataRequirement Distance Dosage Duration Element ElementDefinition Expression Extension HumanName Identifier
MarketingStatus Meta Money MoneyQuantity Narrative ParameterDefinition Period Population ProdCharacteristic
ProductShelfLife Quantity Range Ratio Reference RelatedArtifact SampledData Signature SimpleQuantity SubstanceAmount
Timing TriggerDefinition UsageContext base64Binary boolean canonical code date dateTime decimal id instant integer
markdown oid positiveInt string time unsignedInt uri url uuid xhtml
"""
TYPE_CODES: dict[tuple[str, str], str] = {  # bound to the list of all types: these and the resource types
    ("DataRequirement", "type"): _DATA_TYPES + "Any Type",
    ("OperationDefinitionParameter", "type"): _DATA_TYPES + "Any Type",
    ("ParameterDefinition", "type"): _DATA_TYPES + "Any Type",
    ("TestScriptSetupActionAssert", "resource"): _DATA_TYPES,
    ("TestScriptSetupActionOperation", "resource"): _DATA_TYPES,
}

_T = "http://terminology.hl7.org/CodeSystem/"
CONCEPTS: dict[tuple[str, str], tuple[str, str]] = {
    ("AdverseEvent", "severity"): (_T + "adverse-event-severity", "mild moderate severe"),
    ("AdverseEvent", "outcome"): (
        _T + "adverse-event-outcome",
        "resolved recovering ongoing resolvedWithSequelae fatal unknown",
    ),
    ("AllergyIntolerance", "clinicalStatus"): (_T + "allergyintolerance-clinical", "active inactive resolved"),
    ("AllergyIntolerance", "verificationStatus"): (
        _T + "allergyintolerance-verification",
        "unconfirmed confirmed refuted entered-in-error",
    ),
    ("Condition", "clinicalStatus"): (
        _T + "condition-clinical",
        "active recurrence relapse inactive remission resolved",
    ),
    ("Condition", "verificationStatus"): (
        _T + "condition-ver-status",
        "unconfirmed provisional differential confirmed refuted entered-in-error",
    ),
    ("InsurancePlanPlanSpecificCostBenefitCost", "applicability"): (
        _T + "applicability",
        "in-network out-of-network other",
    ),
    ("Measure", "improvementNotation"): (_T + "measure-improvement-notation", "increase decrease"),
    ("MeasureReport", "improvementNotation"): (_T + "measure-improvement-notation", "increase decrease"),
    ("SupplyDelivery", "type"): (_T + "supply-item-type", "medication device"),
}

TARGETS: dict[tuple[str, str], str] = {
    ("ActivityDefinition", "productReference"): "Medication Substance",
    ("DiagnosticReport", "subject"): "Patient Group Device Location",
    ("GroupMember", "entity"): "Patient Practitioner PractitionerRole Device Medication Substance Group",
    ("Observation", "subject"): "Patient Group Device Location",
}
REQUIRED = {("MarketingStatus", "country"), ("MarketingStatus", "dateRange")}
FORMATS = {  # elements with a form of their own
    ("Money", "currency"): "currency",
    ("Attachment", "contentType"): "mime",
    ("Binary", "contentType"): "mime",
    ("Age", "system"): "ucum",  # age-1
    ("Age", "value"): "positive",
    ("Count", "system"): "ucum",  # cnt-3
    ("Count", "code"): "one",
    ("Count", "value"): "whole",
    ("Distance", "system"): "ucum",  # dis-1
    ("TimingRepeat", "duration"): "notNegative",  # tim-4
    ("TimingRepeat", "period"): "notNegative",  # tim-5
}
SIMPLE: dict[str, str] = {  # type → its Quantities that are a SimpleQuantity: no comparator (sqty-1)
    "ActivityDefinition": "quantity",
    "CarePlanActivityDetail": "dailyAmount quantity",
    "ClaimItem": "quantity",
    "ClaimItemDetail": "quantity",
    "ClaimItemDetailSubDetail": "quantity",
    "ClaimResponseAddItem": "quantity",
    "ClaimResponseAddItemDetail": "quantity",
    "ClaimResponseAddItemDetailSubDetail": "quantity",
    "ContractTermAssetValuedItem": "quantity",
    "CoverageCostToBeneficiary": "valueQuantity",
    "CoverageEligibilityRequestItem": "quantity",
    "Dosage": "maxDosePerAdministration maxDosePerLifetime",
    "DosageDoseAndRate": "doseQuantity rateQuantity",
    "ExplanationOfBenefitAddItem": "quantity",
    "ExplanationOfBenefitAddItemDetail": "quantity",
    "ExplanationOfBenefitAddItemDetailSubDetail": "quantity",
    "ExplanationOfBenefitItem": "quantity",
    "ExplanationOfBenefitItemDetail": "quantity",
    "ExplanationOfBenefitItemDetailSubDetail": "quantity",
    "Immunization": "doseQuantity",
    "MedicationAdministrationDosage": "dose rateQuantity",
    "MedicationDispense": "daysSupply quantity",
    "MedicationKnowledge": "amount",
    "MedicationKnowledgeAdministrationGuidelinesPatientCharacteristics": "characteristicQuantity",
    "MedicationKnowledgeDrugCharacteristic": "valueQuantity",
    "MedicationKnowledgeKinetics": "areaUnderCurve lethalDose50",
    "MedicationKnowledgePackaging": "quantity",
    "MedicationKnowledgeRegulatoryMaxDispense": "quantity",
    "MedicationRequestDispenseRequest": "quantity",
    "MedicationRequestDispenseRequestInitialFill": "quantity",
    "NutritionOrderEnteralFormula": "caloricDensity maxVolumeToDeliver",
    "NutritionOrderEnteralFormulaAdministration": "quantity rateQuantity",
    "NutritionOrderOralDietNutrient": "amount",
    "NutritionOrderSupplement": "quantity",
    "ObservationReferenceRange": "high low",
    "Range": "high low",
    "SampledData": "origin",
    "SpecimenCollection": "quantity",
    "SpecimenContainer": "capacity specimenQuantity",
    "SpecimenDefinitionTypeTestedContainer": "capacity minimumVolumeQuantity",
    "SubstanceInstance": "quantity",
    "SupplyDeliverySuppliedItem": "quantity",
    "VisionPrescriptionLensSpecification": "duration",
}
TYPES_WITHOUT = {"CodeableReference", "RatioRange"}  # R4B has them, R4 has not
GONE = {
    ("ActivityDefinition", "subjectCanonical"),
    ("PlanDefinition", "subjectCanonical"),
    ("PlanDefinitionAction", "subjectCanonical"),
}

R4B_ONLY = {
    "AdministrableProductDefinition",
    "Citation",
    "ClinicalUseDefinition",
    "EvidenceReport",
    "Ingredient",
    "ManufacturedItemDefinition",
    "MedicinalProductDefinition",
    "NutritionProduct",
    "PackagedProductDefinition",
    "RegulatedAuthorization",
    "SubscriptionStatus",
    "SubscriptionTopic",
    "SubstanceDefinition",
}
# Drafts that R4B dropped or rewrote: `drafts` says their elements.
DRAFTS = {
    "EffectEvidenceSynthesis",
    "Evidence",
    "EvidenceVariable",
    "MedicinalProduct",
    "MedicinalProductAuthorization",
    "MedicinalProductContraindication",
    "MedicinalProductIndication",
    "MedicinalProductIngredient",
    "MedicinalProductInteraction",
    "MedicinalProductManufactured",
    "MedicinalProductPackaged",
    "MedicinalProductPharmaceutical",
    "MedicinalProductUndesirableEffect",
    "RiskEvidenceSynthesis",
    "SubstanceNucleicAcid",
    "SubstancePolymer",
    "SubstanceProtein",
    "SubstanceReferenceInformation",
    "SubstanceSourceMaterial",
    "SubstanceSpecification",
}
