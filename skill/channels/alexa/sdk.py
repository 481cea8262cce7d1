"""The one place where Amazon's web service package is imported.

``ask_sdk_webservice_support`` imports ``certvalidator`` for a signature check that we do not use:
ours is in :mod:`skill.channels.alexa.certificates` and :mod:`skill.channels.alexa.door`. Behind
``certvalidator`` stands ``oscrypto``, whose version pattern cannot read OpenSSL's two-digit patch
numbers (3.0.10 and later), so on a current machine the import fails; no fixed release exists.
Neither is installed here. This module puts a stand-in in the place of ``certvalidator``, and the
stand-in refuses to check anything: a check that quietly passed would be worse than none.

All this can go when a release of ``ask_sdk_webservice_support`` no longer imports
``certvalidator``, or when ``oscrypto`` has a release that reads such version numbers.
"""

import sys
from types import ModuleType
from typing import NoReturn


class CertificateValidator:
    """Stands where ``certvalidator.CertificateValidator`` would be; nothing may use it."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        _refuse()

    def validate_usage(self, *args: object, **kwargs: object) -> NoReturn:
        """Never validate: the package's own signature check must not be relied on."""
        _refuse()

    def validate_tls(self, *args: object, **kwargs: object) -> NoReturn:
        """Never validate: the package's own signature check must not be relied on."""
        _refuse()


class ValidationError(Exception):
    """Stands where ``certvalidator.errors.ValidationError`` would be."""


class PathError(Exception):
    """Stands where ``certvalidator.errors.PathError`` would be."""


def _refuse() -> NoReturn:
    raise RuntimeError("certvalidator is only a stand-in here: use skill.channels.alexa.door.Door.")


def _stand_in() -> None:
    package, errors = ModuleType("certvalidator"), ModuleType("certvalidator.errors")
    vars(errors).update(ValidationError=ValidationError, PathError=PathError)
    vars(package).update(CertificateValidator=CertificateValidator, errors=errors, __path__=[])
    sys.modules.setdefault(package.__name__, package)
    sys.modules.setdefault(errors.__name__, errors)


_stand_in()

from ask_sdk_webservice_support.verifier import (  # noqa: E402  (only after the stand-in)
    TimestampVerifier,
    VerificationException,
)
from ask_sdk_webservice_support.webservice_handler import WebserviceSkillHandler  # noqa: E402

__all__ = ["TimestampVerifier", "VerificationException", "WebserviceSkillHandler"]
