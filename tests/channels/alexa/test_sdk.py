"""Amazon's web service package works behind its stand-in, and the stand-in checks nothing."""

import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ask_sdk_core.skill_builder import SkillBuilder

import skill
from skill.channels.alexa import sdk


def test_the_package_imports_in_a_fresh_process_with_warnings_as_errors() -> None:
    """Rule 1.28: the import that fails on a current OpenSSL."""
    program = "from skill.channels.alexa.sdk import WebserviceSkillHandler, TimestampVerifier"
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True, timeout=60)


def test_neither_package_behind_it_is_loaded() -> None:
    """Rule 1.28: what answers to the name is ours."""
    assert sys.modules["certvalidator"].CertificateValidator is sdk.CertificateValidator
    assert "oscrypto" not in sys.modules


def test_no_other_module_of_ours_imports_them() -> None:
    """Rule 1.28."""
    imports = re.compile(r"^\s*(?:import|from)\s+(?:certvalidator|oscrypto)", re.MULTILINE)
    sources = Path(skill.__file__).parent.rglob("*.py")
    assert not [path for path in sources if imports.search(path.read_text("utf-8"))]


@pytest.mark.parametrize("method", ["validate_usage", "validate_tls"])
def test_the_stand_in_refuses_loudly(method: str) -> None:
    with pytest.raises(RuntimeError, match="stand-in"):
        sdk.CertificateValidator(b"leaf", [])
    validator = object.__new__(sdk.CertificateValidator)
    with pytest.raises(RuntimeError, match="stand-in"):
        getattr(validator, method)({"digital_signature"})


def test_the_packages_own_signature_check_cannot_pass() -> None:
    """Should anyone ever switch it on, it must not let anything in."""
    theirs = importlib.import_module("ask_sdk_webservice_support.verifier")
    check = theirs.RequestVerifier()._validate_cert_chain
    with pytest.raises(RuntimeError, match="stand-in"):
        check(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")


def test_the_handler_serves_a_skill_with_its_own_checks_off() -> None:
    handler = sdk.WebserviceSkillHandler(
        SkillBuilder().create(), verify_signature=False, verify_timestamp=False
    )
    assert handler._verifiers == []
