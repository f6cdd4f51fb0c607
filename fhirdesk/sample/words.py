"""What the sample clinic is made of: names, places, tests, what brings people and what is done about it."""

from typing import NamedTuple

FAMILY = [
    "김",
    "이",
    "박",
    "최",
    "정",
    "강",
    "조",
    "윤",
    "장",
    "임",
    "한",
    "오",
    "서",
    "신",
    "권",
    "황",
    "안",
    "송",
    "류",
    "홍",
    "남궁",
    "황보",
    "제갈",
    "선우",
]
GIVEN = [
    "가",
    "건",
    "경",
    "기",
    "나",
    "다",
    "도",
    "라",
    "람",
    "리",
    "민",
    "별",
    "보",
    "산",
    "새",
    "서",
    "솔",
    "수",
    "아",
    "연",
    "영",
    "온",
    "우",
    "윤",
    "은",
    "이",
    "재",
    "정",
    "주",
    "지",
    "진",
    "찬",
    "하",
    "현",
    "혜",
    "호",
    "희",
]
CITIES = [
    "서울특별시",
    "부산광역시",
    "대구광역시",
    "인천광역시",
    "광주광역시",
    "대전광역시",
    "울산광역시",
    "경기도",
    "강원특별자치도",
    "제주특별자치도",
]
ROADS = ["가온로", "나래로", "다솜길", "라온로", "마루길", "바람로", "새솔길", "아람로", "자람길", "하늘로"]
FOREIGN = [("Bruen", "Norine"), ("Ledner", "Carlton"), ("Nguyen", "Linh"), ("Tanaka", "Yui"), ("Okafor", "Chidi")]


class Test(NamedTuple):
    """A lab test: LOINC code, name, UCUM unit, normal range, decimals."""

    code: str
    name: str
    unit: str
    low: float
    high: float
    decimals: int


TESTS = (
    Test("718-7", "혈색소", "g/dL", 12.0, 17.0, 1),
    Test("2345-7", "혈당", "mg/dL", 70, 100, 0),
    Test("2160-0", "크레아티닌", "mg/dL", 0.5, 1.2, 2),
    Test("2093-3", "총콜레스테롤", "mg/dL", 120, 200, 0),
    Test("4548-4", "당화혈색소", "%", 4.0, 5.6, 1),
    Test("2823-3", "칼륨", "mmol/L", 3.5, 5.1, 1),
    Test("2951-2", "나트륨", "mmol/L", 136, 145, 0),
    Test("6690-2", "백혈구수", "10*3/uL", 4.0, 10.0, 2),
    Test("777-3", "혈소판수", "10*3/uL", 150, 400, 0),
    Test("1742-6", "알라닌아미노전이효소", "U/L", 5, 40, 0),
    Test("1920-8", "아스파르테이트아미노전이효소", "U/L", 5, 40, 0),
    Test("3016-3", "갑상선자극호르몬", "m[IU]/L", 0.4, 4.0, 2),
    Test("33914-3", "사구체여과율", "mL/min/{1.73_m2}", 60, 120, 0),
)
CRP = Test("1988-5", "C-반응단백", "mg/L", 0, 5, 1)  # often below what can be measured
STICKS = (("20454-5", "요단백"), ("25428-4", "요당"), ("5794-3", "요잠혈"))  # answered in words
STICK_WORDS = ("음성", "음성", "음성", "약양성", "양성 (1+)", "양성 (2+)")


class Drug(NamedTuple):
    """A drug: ATC code, name, what the patient is told, dose, unit, times a day, days."""

    code: str
    name: str
    told: str
    dose: str
    unit: str
    daily: int
    days: int


class Visit(NamedTuple):
    """Why people come: department, what they say, KCD and SNOMED CT code, diagnosis, drug, whether it passes."""

    department: str
    reason: str
    kcd: str
    snomed: str
    diagnosis: str
    drug: Drug
    passes: bool


AMLODIPINE = Drug("C08CA01", "암로디핀정 5mg", "1일 1회 아침 식후 1정", "5", "mg", 1, 30)
METFORMIN = Drug("A10BA02", "메트포르민정 500mg", "1일 2회 아침 저녁 식후 1정", "500", "mg", 2, 60)
ATORVASTATIN = Drug("C10AA05", "아토르바스타틴정 10mg", "1일 1회 저녁 식후 1정", "10", "mg", 1, 90)
ACETAMINOPHEN = Drug("N02BE01", "아세트아미노펜정 500mg", "1일 3회 식후 1정", "500", "mg", 3, 5)
AMOXICILLIN = Drug("J01CA04", "아목시실린캡슐 250mg", "1일 3회 식후 1캡슐", "250", "mg", 3, 7)
OMEPRAZOLE = Drug("A02BC01", "오메프라졸캡슐 20mg", "1일 1회 아침 식전 1캡슐", "20", "mg", 1, 14)
IBUPROFEN = Drug("M01AE01", "이부프로펜정 200mg", "아플 때 1정, 1일 3회까지", "0.20", "g", 3, 3)
LEVOTHYROXINE = Drug("H03AA01", "레보티록신정 50ug", "1일 1회 아침 식전 1정", "50", "ug", 1, 90)
VISITS = (
    Visit("내과", "혈압 관리", "I10", "59621000", "본태성(원발성) 고혈압", AMLODIPINE, False),
    Visit("내과", "당뇨 관리", "E11.9", "44054006", "합병증을 동반하지 않은 2형 당뇨병", METFORMIN, False),
    Visit("가정의학과", "건강검진", "E78.5", "55822004", "상세불명의 고지질혈증", ATORVASTATIN, False),
    Visit("이비인후과", "기침과 콧물", "J06.9", "54150009", "상세불명의 급성 상기도감염", ACETAMINOPHEN, True),
    Visit("이비인후과", "목이 아픔", "J02.9", "363746003", "상세불명의 급성 인두염", AMOXICILLIN, True),
    Visit("내과", "속쓰림", "K21.9", "235595009", "위-식도역류병", OMEPRAZOLE, True),
    Visit("정형외과", "무릎 통증", "M17.9", "239873007", "상세불명의 무릎관절증", IBUPROFEN, False),
    Visit("내과", "피로", "E03.9", "40930008", "상세불명의 갑상선기능저하증", LEVOTHYROXINE, False),
)


class Allergen(NamedTuple):
    """What people cannot take: SNOMED CT code, name, category, reaction."""

    code: str
    name: str
    category: str
    reaction: str


ALLERGENS = (
    Allergen("762952008", "땅콩", "food", "두드러기"),
    Allergen("102263004", "달걀", "food", "구토"),
    Allergen("3718001", "우유", "food", "복통"),
    Allergen("260147004", "집먼지진드기", "environment", "재채기"),
    Allergen("782576004", "나무 꽃가루", "environment", "눈 가려움"),
    Allergen("111088007", "라텍스", "environment", "피부 발진"),
    Allergen("288328004", "벌독", "biologic", "호흡곤란"),
)
PROCEDURES = (
    ("29303009", "심전도 검사"),
    ("127783003", "폐활량 검사"),
    ("73761001", "대장내시경"),
    ("76601001", "근육주사"),
)
ORDERS = (  # order_type, what is asked for
    ("consult", "안과 협진"),
    ("nursing", "혈압 하루 두 번 측정"),
    ("diet", "저염식"),
    ("other", "진단서 발급"),
)


class Picture(NamedTuple):
    """An imaging: the clinic's word for the modality, body part, side, the model that reads it, what it may find."""

    modality: str
    part: str
    side: str | None
    model: str
    code: str
    finding: str


PICTURES = (
    Picture("XR", "흉부", None, "chest-triage", "233604007", "폐렴"),
    Picture("CT", "흉부", None, "nodule-finder", "427359005", "폐 결절"),
    Picture("MRI", "뇌", None, "stroke-watch", "432504007", "뇌경색"),
    Picture("X-RAY", "무릎", "left", "knee-grade", "239873007", "무릎관절증"),
    Picture("SONO", "상복부", None, "liver-view", "266474003", "담석"),
    Picture("MAMMO", "유방", "both", "breast-second-look", "290078006", "유방 종괴"),
)
