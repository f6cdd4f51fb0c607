"""R4's draft types that R4B dropped or rewrote, so that fhir.resources does not know them: a table of data.

Type or part → its own elements: `name:type`, with ! required, with * any number; `x[x]:a|b` a choice; `.` a part that
is named by its place, `-` the same without modifierExtension (https://hl7.org/fhir/R4/resourcelist.html).
"""

import re
from collections.abc import Iterator

from fhirdesk.r4.build import corrections
from fhirdesk.r4.build.models import Field

_WORD = re.compile(r"([A-Za-z]+)(\[x\])?(!?)(\*?):(\S+)")
_TYPE = re.compile(r"([^(|]+)(?:\(([^)]*)\))?")
_ELEMENTS = {"SubstanceAmountReferenceRange"}


def base(name: str) -> str | None:
    """The class whose elements a draft has beside its own; None: it is no draft."""
    if name not in TYPES:
        return None
    return "DomainResource" if name in corrections.DRAFTS else "Element" if name in _ELEMENTS else "BackboneElement"


def own_fields(owner: str) -> Iterator[Field]:
    """The elements of a draft or of a part of one; none of any other type."""
    for name, choice, required, many, types in _WORD.findall(TYPES.get(owner, "")):
        for type_, listed in _TYPE.findall(types):
            words = tuple(listed.split(",")) if listed else ()
            yield Field(
                owner,
                name + _capital(type_) if choice else name,
                owner + _capital(name) if type_ in (".", "-") else type_,
                bool(many),
                bool(required and not choice),
                words if type_ == "code" else (),
                words if type_ == "Reference" else (),
                name if choice else None,
                bool(required and choice),
            )


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


TYPES: dict[str, str] = {
    "EffectEvidenceSynthesis": (
        "url:uri identifier*:Identifier version:string name:string title:string"
        " status!:code(active,draft,retired,unknown) date:dateTime publisher:string contact*:ContactDetail"
        " description:markdown note*:Annotation useContext*:UsageContext jurisdiction*:CodeableConcept"
        " copyright:markdown approvalDate:date lastReviewDate:date effectivePeriod:Period topic*:CodeableConcept"
        " author*:ContactDetail editor*:ContactDetail reviewer*:ContactDetail endorser*:ContactDetail"
        " relatedArtifact*:RelatedArtifact synthesisType:CodeableConcept studyType:CodeableConcept"
        " population!:Reference(EvidenceVariable) exposure!:Reference(EvidenceVariable)"
        " exposureAlternative!:Reference(EvidenceVariable) outcome!:Reference(EvidenceVariable) sampleSize:."
        " resultsByExposure*:. effectEstimate*:. certainty*:."
    ),
    "EffectEvidenceSynthesisSampleSize": "description:string numberOfStudies:integer numberOfParticipants:integer",
    "EffectEvidenceSynthesisResultsByExposure": (
        "description:string exposureState:code(exposure,exposure-alternative) variantState:CodeableConcept"
        " riskEvidenceSynthesis!:Reference(RiskEvidenceSynthesis)"
    ),
    "EffectEvidenceSynthesisEffectEstimate": (
        "description:string type:CodeableConcept variantState:CodeableConcept value:decimal"
        " unitOfMeasure:CodeableConcept precisionEstimate*:."
    ),
    "EffectEvidenceSynthesisEffectEstimatePrecisionEstimate": (
        "type:CodeableConcept level:decimal from:decimal to:decimal"
    ),
    "EffectEvidenceSynthesisCertainty": "rating*:CodeableConcept note*:Annotation certaintySubcomponent*:.",
    "EffectEvidenceSynthesisCertaintyCertaintySubcomponent": (
        "type:CodeableConcept rating*:CodeableConcept note*:Annotation"
    ),
    "Evidence": (
        "url:uri identifier*:Identifier version:string name:string title:string shortTitle:string subtitle:string"
        " status!:code(active,draft,retired,unknown) date:dateTime publisher:string contact*:ContactDetail"
        " description:markdown note*:Annotation useContext*:UsageContext jurisdiction*:CodeableConcept"
        " copyright:markdown approvalDate:date lastReviewDate:date effectivePeriod:Period topic*:CodeableConcept"
        " author*:ContactDetail editor*:ContactDetail reviewer*:ContactDetail endorser*:ContactDetail"
        " relatedArtifact*:RelatedArtifact exposureBackground!:Reference(EvidenceVariable)"
        " exposureVariant*:Reference(EvidenceVariable) outcome*:Reference(EvidenceVariable)"
    ),
    "EvidenceVariable": (
        "url:uri identifier*:Identifier version:string name:string title:string shortTitle:string subtitle:string"
        " status!:code(active,draft,retired,unknown) date:dateTime publisher:string contact*:ContactDetail"
        " description:markdown note*:Annotation useContext*:UsageContext jurisdiction*:CodeableConcept"
        " copyright:markdown approvalDate:date lastReviewDate:date effectivePeriod:Period topic*:CodeableConcept"
        " author*:ContactDetail editor*:ContactDetail reviewer*:ContactDetail endorser*:ContactDetail"
        " relatedArtifact*:RelatedArtifact type:code(continuous,descriptive,dichotomous) characteristic!*:."
    ),
    "EvidenceVariableCharacteristic": (
        "description:string"
        " definition[x]!:Reference(Group)|canonical|CodeableConcept|Expression|DataRequirement|TriggerDefinition"
        " usageContext*:UsageContext exclude:boolean participantEffective[x]:dateTime|Period|Duration|Timing"
        " timeFromStart:Duration"
        " groupMeasure:code(mean,mean-of-mean,mean-of-median,median,median-of-mean,median-of-median)"
    ),
    "MedicinalProduct": (
        "identifier*:Identifier type:CodeableConcept domain:Coding combinedPharmaceuticalDoseForm:CodeableConcept"
        " legalStatusOfSupply:CodeableConcept additionalMonitoringIndicator:CodeableConcept specialMeasures*:string"
        " paediatricUseIndicator:CodeableConcept productClassification*:CodeableConcept"
        " marketingStatus*:MarketingStatus pharmaceuticalProduct*:Reference(MedicinalProductPharmaceutical)"
        " packagedMedicinalProduct*:Reference(MedicinalProductPackaged) attachedDocument*:Reference(DocumentReference)"
        " masterFile*:Reference(DocumentReference) contact*:Reference(Organization,PractitionerRole)"
        " clinicalTrial*:Reference(ResearchStudy) name!*:. crossReference*:Identifier"
        " manufacturingBusinessOperation*:. specialDesignation*:."
    ),
    "MedicinalProductName": "productName!:string namePart*:. countryLanguage*:.",
    "MedicinalProductNameNamePart": "part!:string type!:Coding",
    "MedicinalProductNameCountryLanguage": (
        "country!:CodeableConcept jurisdiction:CodeableConcept language!:CodeableConcept"
    ),
    "MedicinalProductManufacturingBusinessOperation": (
        "operationType:CodeableConcept authorisationReferenceNumber:Identifier effectiveDate:dateTime"
        " confidentialityIndicator:CodeableConcept manufacturer*:Reference(Organization)"
        " regulator:Reference(Organization)"
    ),
    "MedicinalProductSpecialDesignation": (
        "identifier*:Identifier type:CodeableConcept intendedUse:CodeableConcept"
        " indication[x]:CodeableConcept|Reference(MedicinalProductIndication) status:CodeableConcept date:dateTime"
        " species:CodeableConcept"
    ),
    "MedicinalProductAuthorization": (
        "identifier*:Identifier subject:Reference(MedicinalProduct,MedicinalProductPackaged) country*:CodeableConcept"
        " jurisdiction*:CodeableConcept status:CodeableConcept statusDate:dateTime restoreDate:dateTime"
        " validityPeriod:Period dataExclusivityPeriod:Period dateOfFirstAuthorization:dateTime"
        " internationalBirthDate:dateTime legalBasis:CodeableConcept jurisdictionalAuthorization*:."
        " holder:Reference(Organization) regulator:Reference(Organization) procedure:."
    ),
    "MedicinalProductAuthorizationJurisdictionalAuthorization": (
        "identifier*:Identifier country:CodeableConcept jurisdiction*:CodeableConcept"
        " legalStatusOfSupply:CodeableConcept validityPeriod:Period"
    ),
    "MedicinalProductAuthorizationProcedure": (
        "identifier:Identifier type!:CodeableConcept date[x]:Period|dateTime"
        " application*:MedicinalProductAuthorizationProcedure"
    ),
    "MedicinalProductContraindication": (
        "subject*:Reference(MedicinalProduct,Medication) disease:CodeableConcept diseaseStatus:CodeableConcept"
        " comorbidity*:CodeableConcept therapeuticIndication*:Reference(MedicinalProductIndication) otherTherapy*:."
        " population*:Population"
    ),
    "MedicinalProductContraindicationOtherTherapy": (
        "therapyRelationshipType!:CodeableConcept"
        " medication[x]!:CodeableConcept|Reference(MedicinalProduct,Medication,Substance,SubstanceSpecification)"
    ),
    "MedicinalProductIndication": (
        "subject*:Reference(MedicinalProduct,Medication) diseaseSymptomProcedure:CodeableConcept"
        " diseaseStatus:CodeableConcept comorbidity*:CodeableConcept intendedEffect:CodeableConcept duration:Quantity"
        " otherTherapy*:. undesirableEffect*:Reference(MedicinalProductUndesirableEffect) population*:Population"
    ),
    "MedicinalProductIndicationOtherTherapy": (
        "therapyRelationshipType!:CodeableConcept"
        " medication[x]!:CodeableConcept|Reference(MedicinalProduct,Medication,Substance,SubstanceSpecification)"
    ),
    "MedicinalProductIngredient": (
        "identifier:Identifier role!:CodeableConcept allergenicIndicator:boolean"
        " manufacturer*:Reference(Organization) specifiedSubstance*:. substance:."
    ),
    "MedicinalProductIngredientSpecifiedSubstance": (
        "code!:CodeableConcept group!:CodeableConcept confidentiality:CodeableConcept strength*:."
    ),
    "MedicinalProductIngredientSpecifiedSubstanceStrength": (
        "presentation!:Ratio presentationLowLimit:Ratio concentration:Ratio concentrationLowLimit:Ratio"
        " measurementPoint:string country*:CodeableConcept referenceStrength*:."
    ),
    "MedicinalProductIngredientSpecifiedSubstanceStrengthReferenceStrength": (
        "substance:CodeableConcept strength!:Ratio strengthLowLimit:Ratio measurementPoint:string"
        " country*:CodeableConcept"
    ),
    "MedicinalProductIngredientSubstance": (
        "code!:CodeableConcept strength*:MedicinalProductIngredientSpecifiedSubstanceStrength"
    ),
    "MedicinalProductInteraction": (
        "subject*:Reference(MedicinalProduct,Medication,Substance) description:string interactant*:."
        " type:CodeableConcept effect:CodeableConcept incidence:CodeableConcept management:CodeableConcept"
    ),
    "MedicinalProductInteractionInteractant": (
        "item[x]!:Reference(MedicinalProduct,Medication,Substance,ObservationDefinition)|CodeableConcept"
    ),
    "MedicinalProductManufactured": (
        "manufacturedDoseForm!:CodeableConcept unitOfPresentation:CodeableConcept quantity!:Quantity"
        " manufacturer*:Reference(Organization) ingredient*:Reference(MedicinalProductIngredient)"
        " physicalCharacteristics:ProdCharacteristic otherCharacteristics*:CodeableConcept"
    ),
    "MedicinalProductPackaged": (
        "identifier*:Identifier subject*:Reference(MedicinalProduct) description:string"
        " legalStatusOfSupply:CodeableConcept marketingStatus*:MarketingStatus"
        " marketingAuthorization:Reference(MedicinalProductAuthorization) manufacturer*:Reference(Organization)"
        " batchIdentifier*:. packageItem!*:."
    ),
    "MedicinalProductPackagedBatchIdentifier": "outerPackaging!:Identifier immediatePackaging:Identifier",
    "MedicinalProductPackagedPackageItem": (
        "identifier*:Identifier type!:CodeableConcept quantity!:Quantity material*:CodeableConcept"
        " alternateMaterial*:CodeableConcept device*:Reference(DeviceDefinition)"
        " manufacturedItem*:Reference(MedicinalProductManufactured) packageItem*:MedicinalProductPackagedPackageItem"
        " physicalCharacteristics:ProdCharacteristic otherCharacteristics*:CodeableConcept"
        " shelfLifeStorage*:ProductShelfLife manufacturer*:Reference(Organization)"
    ),
    "MedicinalProductPharmaceutical": (
        "identifier*:Identifier administrableDoseForm!:CodeableConcept unitOfPresentation:CodeableConcept"
        " ingredient*:Reference(MedicinalProductIngredient) device*:Reference(DeviceDefinition) characteristics*:."
        " routeOfAdministration!*:."
    ),
    "MedicinalProductPharmaceuticalCharacteristics": "code!:CodeableConcept status:CodeableConcept",
    "MedicinalProductPharmaceuticalRouteOfAdministration": (
        "code!:CodeableConcept firstDose:Quantity maxSingleDose:Quantity maxDosePerDay:Quantity"
        " maxDosePerTreatmentPeriod:Ratio maxTreatmentPeriod:Duration targetSpecies*:."
    ),
    "MedicinalProductPharmaceuticalRouteOfAdministrationTargetSpecies": "code!:CodeableConcept withdrawalPeriod*:.",
    "MedicinalProductPharmaceuticalRouteOfAdministrationTargetSpeciesWithdrawalPeriod": (
        "tissue!:CodeableConcept value!:Quantity supportingInformation:string"
    ),
    "MedicinalProductUndesirableEffect": (
        "subject*:Reference(MedicinalProduct,Medication) symptomConditionEffect:CodeableConcept"
        " classification:CodeableConcept frequencyOfOccurrence:CodeableConcept population*:Population"
    ),
    "RiskEvidenceSynthesis": (
        "url:uri identifier*:Identifier version:string name:string title:string"
        " status!:code(active,draft,retired,unknown) date:dateTime publisher:string contact*:ContactDetail"
        " description:markdown note*:Annotation useContext*:UsageContext jurisdiction*:CodeableConcept"
        " copyright:markdown approvalDate:date lastReviewDate:date effectivePeriod:Period topic*:CodeableConcept"
        " author*:ContactDetail editor*:ContactDetail reviewer*:ContactDetail endorser*:ContactDetail"
        " relatedArtifact*:RelatedArtifact synthesisType:CodeableConcept studyType:CodeableConcept"
        " population!:Reference(EvidenceVariable) exposure:Reference(EvidenceVariable)"
        " outcome!:Reference(EvidenceVariable) sampleSize:. riskEstimate:. certainty*:."
    ),
    "RiskEvidenceSynthesisSampleSize": "description:string numberOfStudies:integer numberOfParticipants:integer",
    "RiskEvidenceSynthesisRiskEstimate": (
        "description:string type:CodeableConcept value:decimal unitOfMeasure:CodeableConcept denominatorCount:integer"
        " numeratorCount:integer precisionEstimate*:."
    ),
    "RiskEvidenceSynthesisRiskEstimatePrecisionEstimate": "type:CodeableConcept level:decimal from:decimal to:decimal",
    "RiskEvidenceSynthesisCertainty": "rating*:CodeableConcept note*:Annotation certaintySubcomponent*:.",
    "RiskEvidenceSynthesisCertaintyCertaintySubcomponent": (
        "type:CodeableConcept rating*:CodeableConcept note*:Annotation"
    ),
    "SubstanceAmount": "amount[x]:Quantity|Range|string amountType:CodeableConcept amountText:string referenceRange:-",
    "SubstanceAmountReferenceRange": "lowLimit:Quantity highLimit:Quantity",
    "SubstanceNucleicAcid": (
        "sequenceType:CodeableConcept numberOfSubunits:integer areaOfHybridisation:string"
        " oligoNucleotideType:CodeableConcept subunit*:."
    ),
    "SubstanceNucleicAcidSubunit": (
        "subunit:integer sequence:string length:integer sequenceAttachment:Attachment fivePrime:CodeableConcept"
        " threePrime:CodeableConcept linkage*:. sugar*:."
    ),
    "SubstanceNucleicAcidSubunitLinkage": "connectivity:string identifier:Identifier name:string residueSite:string",
    "SubstanceNucleicAcidSubunitSugar": "identifier:Identifier name:string residueSite:string",
    "SubstancePolymer": (
        "class:CodeableConcept geometry:CodeableConcept copolymerConnectivity*:CodeableConcept modification*:string"
        " monomerSet*:. repeat*:."
    ),
    "SubstancePolymerMonomerSet": "ratioType:CodeableConcept startingMaterial*:.",
    "SubstancePolymerMonomerSetStartingMaterial": (
        "material:CodeableConcept type:CodeableConcept isDefining:boolean amount:SubstanceAmount"
    ),
    "SubstancePolymerRepeat": (
        "numberOfUnits:integer averageMolecularFormula:string repeatUnitAmountType:CodeableConcept repeatUnit*:."
    ),
    "SubstancePolymerRepeatRepeatUnit": (
        "orientationOfPolymerisation:CodeableConcept repeatUnit:string amount:SubstanceAmount"
        " degreeOfPolymerisation*:. structuralRepresentation*:."
    ),
    "SubstancePolymerRepeatRepeatUnitDegreeOfPolymerisation": "degree:CodeableConcept amount:SubstanceAmount",
    "SubstancePolymerRepeatRepeatUnitStructuralRepresentation": (
        "type:CodeableConcept representation:string attachment:Attachment"
    ),
    "SubstanceProtein": "sequenceType:CodeableConcept numberOfSubunits:integer disulfideLinkage*:string subunit*:.",
    "SubstanceProteinSubunit": (
        "subunit:integer sequence:string length:integer sequenceAttachment:Attachment"
        " nTerminalModificationId:Identifier nTerminalModification:string cTerminalModificationId:Identifier"
        " cTerminalModification:string"
    ),
    "SubstanceReferenceInformation": "comment:string gene*:. geneElement*:. classification*:. target*:.",
    "SubstanceReferenceInformationGene": (
        "geneSequenceOrigin:CodeableConcept gene:CodeableConcept source*:Reference(DocumentReference)"
    ),
    "SubstanceReferenceInformationGeneElement": (
        "type:CodeableConcept element:Identifier source*:Reference(DocumentReference)"
    ),
    "SubstanceReferenceInformationClassification": (
        "domain:CodeableConcept classification:CodeableConcept subtype*:CodeableConcept"
        " source*:Reference(DocumentReference)"
    ),
    "SubstanceReferenceInformationTarget": (
        "target:Identifier type:CodeableConcept interaction:CodeableConcept organism:CodeableConcept"
        " organismType:CodeableConcept amount[x]:Quantity|Range|string amountType:CodeableConcept"
        " source*:Reference(DocumentReference)"
    ),
    "SubstanceSourceMaterial": (
        "sourceMaterialClass:CodeableConcept sourceMaterialType:CodeableConcept sourceMaterialState:CodeableConcept"
        " organismId:Identifier organismName:string parentSubstanceId*:Identifier parentSubstanceName*:string"
        " countryOfOrigin*:CodeableConcept geographicalLocation*:string developmentStage:CodeableConcept"
        " fractionDescription*:. organism:. partDescription*:."
    ),
    "SubstanceSourceMaterialFractionDescription": "fraction:string materialType:CodeableConcept",
    "SubstanceSourceMaterialOrganism": (
        "family:CodeableConcept genus:CodeableConcept species:CodeableConcept intraspecificType:CodeableConcept"
        " intraspecificDescription:string author*:. hybrid:. organismGeneral:."
    ),
    "SubstanceSourceMaterialOrganismAuthor": "authorType:CodeableConcept authorDescription:string",
    "SubstanceSourceMaterialOrganismHybrid": (
        "maternalOrganismId:string maternalOrganismName:string paternalOrganismId:string paternalOrganismName:string"
        " hybridType:CodeableConcept"
    ),
    "SubstanceSourceMaterialOrganismOrganismGeneral": (
        "kingdom:CodeableConcept phylum:CodeableConcept class:CodeableConcept order:CodeableConcept"
    ),
    "SubstanceSourceMaterialPartDescription": "part:CodeableConcept partLocation:CodeableConcept",
    "SubstanceSpecification": (
        "identifier:Identifier type:CodeableConcept status:CodeableConcept domain:CodeableConcept description:string"
        " source*:Reference(DocumentReference) comment:string moiety*:. property*:."
        " referenceInformation:Reference(SubstanceReferenceInformation) structure:. code*:. name*:."
        " molecularWeight*:SubstanceSpecificationStructureIsotopeMolecularWeight relationship*:."
        " nucleicAcid:Reference(SubstanceNucleicAcid) polymer:Reference(SubstancePolymer)"
        " protein:Reference(SubstanceProtein) sourceMaterial:Reference(SubstanceSourceMaterial)"
    ),
    "SubstanceSpecificationMoiety": (
        "role:CodeableConcept identifier:Identifier name:string stereochemistry:CodeableConcept"
        " opticalActivity:CodeableConcept molecularFormula:string amount[x]:Quantity|string"
    ),
    "SubstanceSpecificationProperty": (
        "category:CodeableConcept code:CodeableConcept parameters:string"
        " definingSubstance[x]:Reference(SubstanceSpecification,Substance)|CodeableConcept amount[x]:Quantity|string"
    ),
    "SubstanceSpecificationStructure": (
        "stereochemistry:CodeableConcept opticalActivity:CodeableConcept molecularFormula:string"
        " molecularFormulaByMoiety:string isotope*:."
        " molecularWeight:SubstanceSpecificationStructureIsotopeMolecularWeight source*:Reference(DocumentReference)"
        " representation*:."
    ),
    "SubstanceSpecificationStructureIsotope": (
        "identifier:Identifier name:CodeableConcept substitution:CodeableConcept halfLife:Quantity molecularWeight:."
    ),
    "SubstanceSpecificationStructureIsotopeMolecularWeight": (
        "method:CodeableConcept type:CodeableConcept amount:Quantity"
    ),
    "SubstanceSpecificationStructureRepresentation": "type:CodeableConcept representation:string attachment:Attachment",
    "SubstanceSpecificationCode": (
        "code:CodeableConcept status:CodeableConcept statusDate:dateTime comment:string"
        " source*:Reference(DocumentReference)"
    ),
    "SubstanceSpecificationName": (
        "name!:string type:CodeableConcept status:CodeableConcept preferred:boolean language*:CodeableConcept"
        " domain*:CodeableConcept jurisdiction*:CodeableConcept synonym*:SubstanceSpecificationName"
        " translation*:SubstanceSpecificationName official*:. source*:Reference(DocumentReference)"
    ),
    "SubstanceSpecificationNameOfficial": "authority:CodeableConcept status:CodeableConcept date:dateTime",
    "SubstanceSpecificationRelationship": (
        "substance[x]:Reference(SubstanceSpecification)|CodeableConcept relationship:CodeableConcept"
        " isDefining:boolean amount[x]:Quantity|Range|Ratio|string amountRatioLowLimit:Ratio"
        " amountType:CodeableConcept source*:Reference(DocumentReference)"
    ),
}
