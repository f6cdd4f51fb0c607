"""DICOM modalities (PS3.3 C.7.3.1.1.1), the words that clinics use for them, and how a study is called by them."""

from fhirdesk.core.records import Codes

ACQUISITION = frozenset(
    [
        "AR",
        "BDUS",
        "BI",
        "BMD",
        "CFM",
        "CR",
        "CT",
        "DG",
        "DMS",
        "DX",
        "ECG",
        "EEG",
        "EMG",
        "EOG",
        "EPS",
        "ES",
        "GM",
        "HC",
        "IO",
        "IVOCT",
        "IVUS",
        "KER",
        "LEN",
        "LS",
        "MG",
        "MR",
        "NM",
        "OAM",
        "OCT",
        "OP",
        "OPM",
        "OPT",
        "OPTBSV",
        "OPTENF",
        "OPV",
        "OT",
        "PA",
        "POS",
        "PT",
        "PX",
        "RESP",
        "RF",
        "RG",
        "SM",
        "SRF",
        "TG",
        "US",
        "VA",
        "XA",
        "XAPROTOCOL",
        "XC",
    ]
)
OTHERS = frozenset(
    [
        "ASMT",
        "AU",
        "CTPROTOCOL",
        "DOC",
        "FID",
        "HD",
        "IOL",
        "KO",
        "M3D",
        "OSS",
        "PLAN",
        "PR",
        "REG",
        "RTDOSE",
        "RTIMAGE",
        "RTINTENT",
        "RTPLAN",
        "RTRAD",
        "RTRECORD",
        "RTSEGANN",
        "RTSTRUCT",
        "RWV",
        "SEG",
        "SMR",
        "SR",
        "STAIN",
        "TEXTUREMAP",
    ]
)  # what else a study may hold
MODALITIES = Codes(
    words={"MRI": "MR", "XR": "DX", "X-RAY": "DX", "SONO": "US", "PET": "PT", "MAMMO": "MG", "ANGIO": "XA"},
    own=ACQUISITION | OTHERS,
    any_case=True,
)


def name_with_part(code: str | None, body_part: str | None) -> str | None:
    """Returns the name of an order or a study: "MR Knee"."""
    return f"{code} {body_part}" if code and body_part else code or body_part


def part_of(code: str | None, name: str | None) -> str | None:
    """Returns the body part in such a name, or None."""
    if not name or name == code:
        return None
    return name.removeprefix(f"{code} ") or None
