"""Encryption of what is stored, and names for households that tell nothing about them."""

import hmac
import os
import secrets
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SHORTEST_SECRET = 16  # bytes
KEY_FILE = "secret.key"
"""In the data folder, where no secret is given."""
_NONCE = 12  # bytes: what AES-GCM is made for; random ones are safe for 2**32 seals a secret
_NAME = 18  # bytes of an HMAC kept in a name: 144 bits, 24 characters without padding
_FORMAT = b"\x01"  # the first byte of everything sealed, so that another cipher can follow one day


class Unreadable(Exception):  # noqa: N818
    """What is stored cannot be read back: it was sealed with another secret, or altered."""

    def __init__(self) -> None:
        super().__init__(
            "What is stored cannot be read: it was sealed with another secret, or it was altered."
        )


class KeyMissing(ValueError):  # noqa: N818
    """There is no secret any more, and something is kept that only that one can open."""

    def __init__(self, data_dir: Path) -> None:
        super().__init__(
            f"There is neither LANTERN_SECRET nor {data_dir / KEY_FILE}, and Redis keeps what only "
            "the old secret opens; put it back."
        )


class Vault:
    """Encrypts what is stored and names households, from one secret or a few.

    The first secret seals; each of them opens. So a new one is put in front, and after
    `HOME_SECONDS` everything that is still kept is sealed with it. The last one names households:
    it stays, or nobody would be found again.
    """

    def __init__(self, *secrets: bytes) -> None:
        if not secrets:
            raise ValueError(f"LANTERN_SECRET, or {KEY_FILE}, is empty; put the secret back.")
        for secret in secrets:
            if len(secret) < SHORTEST_SECRET:
                raise ValueError(
                    f"A secret that protects what is stored has {len(secret)} bytes; "
                    f"it needs at least {SHORTEST_SECRET}."
                )
        self._names = hmac.new(_subkey(secrets[-1], b"evening-lantern names 1"), None, "sha256")
        self._ciphers = [AESGCM(_subkey(one, b"evening-lantern values 1")) for one in secrets]

    def household(self, platform: str, user: str) -> str:
        """The key of a household: 24 url-safe characters, the same for the same user."""
        return self._name("household", platform, user)

    def turn(self, household: str, turn_id: str) -> str:
        """The key of one turn of a household: 24 url-safe characters."""
        return self._name("turn", household, turn_id)

    def seal(self, data: bytes, name: str) -> bytes:
        """Encrypt `data` so that it opens only under the same `name`."""
        nonce = os.urandom(_NONCE)
        return _FORMAT + nonce + self._ciphers[0].encrypt(nonce, data, _bytes(name))

    def open(self, sealed: bytes, name: str) -> bytes:
        """The data that was sealed under `name`, with any of the secrets.

        Raises Unreadable if the secret or the name is another one, or if the bytes were altered.
        """
        return self._open(sealed, name, self._ciphers)

    def is_old(self, sealed: bytes, name: str) -> bool:
        """Say whether what opens under `name` was sealed with another secret than the first."""
        if len(self._ciphers) == 1:
            return False
        try:
            self._open(sealed, name, self._ciphers[:1])
        except Unreadable:
            return True
        return False

    @staticmethod
    def _open(sealed: bytes, name: str, ciphers: Sequence[AESGCM]) -> bytes:
        nonce, text = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        if sealed[:1] != _FORMAT or len(nonce) < _NONCE:
            raise Unreadable
        for cipher in ciphers:
            with suppress(InvalidTag):
                return cipher.decrypt(nonce, text, _bytes(name))
        raise Unreadable

    def _name(self, *parts: str) -> str:
        # With its length in front, ("a", "bc") and ("ab", "c") have different names.
        told = b"".join(len(part).to_bytes(4, "big") + part for part in map(_bytes, parts))
        mac = self._names.copy()
        mac.update(told)
        return urlsafe_b64encode(mac.digest()[:_NAME]).decode("ascii")


def secrets_from(settings_secret: str, data_dir: Path) -> list[bytes]:
    """The secrets to make a Vault of: those given, else those kept in `data_dir`.

    Several are separated by commas, the newest first.

    The file `KEY_FILE` is made the first time it is needed, readable by its owner only.
    Processes that start at the same instant all get the same secret. Its text can be moved to
    the setting as it is. Raises OSError if the file can be neither read nor made.
    """
    if not is_there(settings_secret, data_dir):
        _make_secret(data_dir / KEY_FILE)
    if settings_secret.strip():
        return listed(settings_secret.encode("utf-8", "surrogateescape"))
    return listed((data_dir / KEY_FILE).read_bytes())


def is_there(settings_secret: str, data_dir: Path) -> bool:
    """Say whether there is a secret already, so that none would be made."""
    return bool(settings_secret.strip()) or (data_dir / KEY_FILE).exists()


def listed(secrets: bytes) -> list[bytes]:
    """The secrets in a setting or a key file: separated by commas, the newest first."""
    return [one.strip() for one in secrets.split(b",") if one.strip()]


def _make_secret(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=".secret-", dir=path.parent)  # with mode 0600
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_urlsafe(32).encode("ascii") + b"\n")
            file.flush()
            os.fsync(file.fileno())
        # A link appears whole or not at all, and never replaces the secret of a faster process.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(draft)


def _subkey(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _bytes(text: str) -> bytes:
    # JSON may bring half of a surrogate pair in a user id: no reason to fail on it.
    return text.encode("utf-8", "surrogatepass")
