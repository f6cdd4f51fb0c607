"""Every way in which people type a date or a phone number, and what is said of a wrong one."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirdesk.core.errors import InvalidRecord
from fhirdesk.core.typed_values import read_date, read_phone
from fhirdesk.i18n.messages import ALL

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    "typed",
    [
        "1985-06-15",
        "19850615",
        "1985.6.15",
        "1985.06.15.",
        "1985. 6. 15.",
        "1985/6/15",
        "1985 6 15",
        "1985년 6월 15일",
        "1985년6월15일",
        " 1985-6-15 ",
        "１９８５．６．１５",
        "1985–06–15",
    ],
)
def test_a_whole_date_is_understood(typed: str) -> None:
    read = read_date(typed, TODAY)
    assert read.value == "1985-06-15" and not read.is_century_inferred


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("850615", "1985-06-15"),
        ("85.6.15", "1985-06-15"),
        ("85-06-15", "1985-06-15"),
        ("85년 6월 15일", "1985-06-15"),
        ("150615", "2015-06-15"),
        ("261127", "2026-11-27"),  # today
        ("261128", "1926-11-28"),  # tomorrow: it was a century ago
        ("270101", "1927-01-01"),
        ("000229", "2000-02-29"),
    ],
)
def test_the_century_of_two_digits_is_the_last_that_is_not_ahead(typed: str, stored: str) -> None:
    read = read_date(typed, TODAY)
    assert read.value == stored and read.is_century_inferred


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("1985", "1985"), ("1985년", "1985"), ("1985-06", "1985-06"), ("1985.6", "1985-06"), ("1985년 6월", "1985-06")],
)
def test_a_date_may_lack_its_day(typed: str, stored: str) -> None:
    assert read_date(typed, TODAY).value == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("1985-13-01", "typed_date_none"),
        ("1985-02-29", "typed_date_none"),
        ("850230", "typed_date_none"),
        ("0000-01-01", "typed_date_none"),
        ("15/06/1985", "typed_date_order"),
        ("6.15.1985", "typed_date_order"),
        ("2026-11-28", "typed_date_ahead"),
        ("2027", "typed_date_ahead"),
        ("1785-06-15", "typed_date_old"),
        ("1985061", "typed_date_digits"),
        ("85", "typed_date_digits"),
        ("85-06", "typed_date"),
        ("June", "typed_date"),
        ("1985-06-15x", "typed_date"),
    ],
)
def test_a_wrong_date_says_why(typed: str, code: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        read_date(typed, TODAY)
    assert caught.value.code == code and caught.value.params["field"] == "birth_date" and code in ALL


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("01012345678", "010-1234-5678"),
        ("010 1234 5678", "010-1234-5678"),
        ("010.1234.5678", "010-1234-5678"),
        ("010-1234-5678", "010-1234-5678"),
        ("+82 10 1234 5678", "010-1234-5678"),
        ("+82-(0)10-1234-5678", "010-1234-5678"),
        ("+821012345678", "010-1234-5678"),
        ("０１０１２３４５６７８", "010-1234-5678"),
        ("0111234567", "011-123-4567"),
        ("02 123 4567", "02-123-4567"),
        ("(02) 1234-5678", "02-1234-5678"),
        ("0311234567", "031-123-4567"),
        ("07012345678", "070-1234-5678"),
        ("050212345678", "0502-1234-5678"),
        ("15881234", "1588-1234"),
        ("+1 (415) 555-0100", "+1 415 555 0100"),
        ("+14155550100", "+14155550100"),
    ],
)
def test_a_phone_number_is_understood(typed: str, stored: str) -> None:
    assert read_phone(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("010-93-11", "typed_phone_length"),
        ("010123456789", "typed_phone_length"),
        ("123-4567", "typed_phone_area"),
        ("phone", "typed_phone_letters"),
        ("010-1234-567O", "typed_phone_letters"),
        ("+1 555", "typed_phone_abroad"),
        ("+1 555 CALL", "typed_phone_letters"),
        ("+82 10 1", "typed_phone_length"),
    ],
)
def test_a_wrong_phone_number_says_why(typed: str, code: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        read_phone(typed)
    assert caught.value.code == code and code in ALL


@given(st.dates(date(1880, 1, 1), TODAY))
def test_every_day_is_read_back_as_it_is_stored(day: date) -> None:
    for typed in (day.isoformat(), f"{day:%Y%m%d}", f"{day.year}. {day.month}. {day.day}."):
        assert read_date(typed, TODAY).value == day.isoformat()


def read_date_again(typed: str) -> str:
    return read_date(typed, TODAY).value


@given(st.text(max_size=20))
def test_any_text_is_refused_or_stored_as_it_is_read_again(typed: str) -> None:
    for read in (read_date_again, read_phone):
        with suppress(InvalidRecord):
            stored = read(typed)
            assert read(stored) == stored
