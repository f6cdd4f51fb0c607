"""Addresses: what an origin is, which computer is this one, and what is no address of a server."""

import httpx2 as httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhirdesk.core.address import check_url, is_this_computer, origin, resolve_origin
from fhirdesk.core.errors import ConfigurationError
from tests.marks import fault

WRONG = [
    "http://[", "http://[::1", "http://:pw@host", "https://user@host", "https://u:p@host/fhir", "https://host:99999999/fhir",
    "https://host:0", "https://host:no", "https://ho st", "https://host/a b", "\thttps://host", "https://host\n/fhir",
    "https://host\\@evil.test/fhir", "https://１２７.0.0.1/fhir", "https://host/fhir#part", "https:///fhir", "https://..",
    "//host/fhir", "file:///etc/passwd", "javascript:alert(1)", "https://" + "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_address_is_said(url: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        check_url(url, allow_http=True)
    assert error.value.code == "url_wrong" and "pw" not in error.value.params["url"]


@fault("C14")
@pytest.mark.parametrize(
    "host",
    ["127.evil.test", "127.0.0.1.evil.test", "localhost.evil.test", "::1.evil.test", "127", "0.0.0.0", "10.0.0.1"],
)
def test_another_computer_is_not_this_one_however_its_name_begins(host: str) -> None:
    assert not is_this_computer(host)
    if ":" not in host:
        with pytest.raises(ConfigurationError):
            check_url(f"http://{host}/fhir")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.10", "::1"])
def test_this_computer(host: str) -> None:
    assert is_this_computer(host)


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin("https://A.example/fhir") == origin("https://a.example:443/other")
    others = [
        "http://a.example/fhir",
        "https://a.example:8443/fhir",
        "https://b.example/fhir",
        "https://a.example.b/fhir",
    ]
    assert all(origin(url) != origin("https://a.example/fhir") for url in others)
    assert str(origin("https://[::1]:8443/fhir")) == "https://[::1]:8443"


def test_where_a_location_leads() -> None:
    here = "https://a.example/fhir/Patient"
    assert (
        resolve_origin(here, "Patient/1")
        == resolve_origin(here, "/x")
        == resolve_origin(here, "https://a.example:443/y")
        == origin(here)
    )
    assert str(resolve_origin(here, "//evil.test/Patient/1")) == "https://evil.test"
    assert resolve_origin(here, "http://[") is resolve_origin(here, "file:///x") is None


def test_a_name_of_other_letters_is_kept_as_it_goes_out() -> None:
    assert check_url("https://병원.kr:8443/fhir/환자") == "https://xn--om3bw6p.kr:8443/fhir/환자"


@given(
    st.one_of(
        st.text(),
        st.builds("https://{}".format, st.text()),
        st.builds("https://{}:{}/{}".format, st.text(), st.text(), st.text()),
    )
)
def test_an_address_that_is_taken_is_one_for_the_http_client_too(url: str) -> None:
    try:
        taken = check_url(url)
    except ConfigurationError:
        return
    if taken is not None:
        read, ours = httpx.URL(taken), origin(taken)
        assert ours and read.raw_host.decode().lower().rstrip(".") == ours.host and not read.userinfo
