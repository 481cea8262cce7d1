"""Draws the two icons that the manifest names: a lantern with two flames, in the evening.

    .venv/bin/python interaction_models/icons.py

writes `assets/images/108.png` and `512.png`, the sizes that Amazon wants ("Define Skill Store
Details and Availability"). What matters lies in the circle that a round screen shows. Places are
told in a square from -1 to 1, x to the right and y down.
"""

import struct
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float64]
Picture = NDArray[np.uint8]

SIZES = (108, 512)
FOLDER = Path(__file__).parent / "assets" / "images"

_FINER = 4  # samples of a pixel, in each direction: so that edges are smooth

_NIGHT_ABOVE, _NIGHT_BELOW = (20, 18, 28), (52, 40, 78)
_BRASS = (242, 182, 97)
_GLASS = (255, 224, 165)
_FLAME, _OTHER_FLAME, _BOTH = (255, 150, 66), (255, 112, 72), (255, 236, 190)


def drawn(pixels: int) -> Picture:
    """Return the icon as rows of pixels, each of red, green and blue from 0 to 255."""
    middles = (np.arange(pixels * _FINER) + 0.5) / (pixels * _FINER) * 2 - 1
    x, y = np.meshgrid(middles, middles)
    picture = _mixed(_NIGHT_ABOVE, _NIGHT_BELOW, (y + 1) / 2)
    picture = _laid(picture, _BRASS, 0.6 * np.exp(-(x**2 + (y - 0.12) ** 2) / 0.28))
    glass = _box(x, y - 0.13, 0.34, 0.37, 0.1) < 0
    picture = _laid(picture, _GLASS, glass * np.exp(-(x**2 + (y - 0.2) ** 2) / 0.6))
    left, right = _flame(x + 0.085, y), _flame(x - 0.085, y)
    picture = _laid(picture, _FLAME, left)
    picture = _laid(picture, _OTHER_FLAME, right)
    picture = _laid(picture, _BOTH, 0.75 * (left & right))
    picture = _laid(picture, _BRASS, _frame(x, y))
    small = picture.reshape(pixels, _FINER, pixels, _FINER, 3).mean(axis=(1, 3))
    return np.rint(small).astype(np.uint8)


def _frame(x: Plane, y: Plane) -> NDArray[np.bool_]:
    """Return where the brass is: a rim around the glass, a roof, a ring to carry it, a foot."""
    rim = np.abs(_box(x, y - 0.13, 0.36, 0.39, 0.12)) < 0.032
    roof = (np.abs(x) < 0.2 + 0.24 * (y + 0.44) / 0.18) & (y > -0.44) & (y < -0.26)
    ring = np.abs(np.hypot(x, y + 0.52) - 0.15) < 0.032
    foot = _box(x, y - 0.56, 0.4, 0.045, 0.04) < 0
    return rim | roof | (ring & (y < -0.42)) | foot


def _box(x: Plane, y: Plane, half_width: float, half_height: float, round_by: float) -> Plane:
    """Return how far each place lies from a box with round corners; less than 0 inside."""
    across = np.abs(x) - half_width + round_by
    down = np.abs(y) - half_height + round_by
    outside = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    return outside + np.minimum(np.maximum(across, down), 0) - round_by


def _flame(x: Plane, y: Plane) -> NDArray[np.bool_]:
    """Return where a flame is: a drop with its tip above."""
    below_tip = np.clip((y + 0.13) / 0.53, 0, 1)
    return x**2 < 0.09 * below_tip**2.2 * (1 - below_tip)


def _mixed(one: tuple[int, int, int], other: tuple[int, int, int], share: Plane) -> Plane:
    return np.asarray(one) * (1 - share[..., None]) + np.asarray(other) * share[..., None]


def _laid(picture: Plane, colour: tuple[int, int, int], cover: Plane | NDArray[np.bool_]) -> Plane:
    """Lay a colour over a picture, where and as thickly as `cover` (0 to 1) says."""
    share = np.asarray(cover, dtype=float)[..., None]
    return picture * (1 - share) + np.asarray(colour) * share


def png(picture: Picture) -> bytes:
    """Return a picture as a PNG file in true colour (W3C, "Portable Network Graphics")."""
    height, width, _ = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


if __name__ == "__main__":
    for size in SIZES:
        (FOLDER / f"{size}.png").write_bytes(png(drawn(size)))
