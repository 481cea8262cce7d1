"""The icons in the package are those that the script beside them draws."""

import struct
import zlib

import numpy as np
import pytest

from interaction_models import icons


def decoded(png: bytes) -> icons.Picture:
    """Return the pixels of a PNG file as `icons` writes it: one chunk, no filters."""
    width, height = struct.unpack(">II", png[16:24])
    (length,) = struct.unpack(">I", png[33:37])
    rows = np.frombuffer(zlib.decompress(png[41 : 41 + length]), np.uint8)
    return rows.reshape(height, 1 + width * 3)[:, 1:].reshape(height, width, 3)


@pytest.mark.parametrize("size", icons.SIZES)
def test_they_can_be_drawn_again(size: int) -> None:
    kept = decoded((icons.FOLDER / f"{size}.png").read_bytes())
    drawn = icons.drawn(size)
    assert kept.shape == drawn.shape == (size, size, 3)
    # Another processor may round the last bit of a float the other way.
    assert np.abs(kept.astype(int) - drawn.astype(int)).max() <= 1


def test_a_file_holds_what_was_drawn() -> None:
    drawn = icons.drawn(16)
    assert (decoded(icons.png(drawn)) == drawn).all()


def test_two_flames_burn_in_the_middle() -> None:
    drawn = icons.drawn(108).astype(int)
    red, green, blue = (drawn[65, :, one] for one in range(3))
    warm = (red - blue > 100) & (green < 160)
    edges = np.flatnonzero(np.diff(warm.astype(int)))
    assert len(edges) == 4, "two flames side by side, and the light where they overlap"
