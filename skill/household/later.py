"""Lists and mappings that are read when they are first looked at.

Most turns look at little of a long past, so what is stored of it is opened only then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Later(Generic[T]):
    """Something that is read when it is first looked at: most turns look at little of the past."""

    def __init__(self, stored: Callable[[], Any], read: Callable[[Any], T]) -> None:
        """`stored` returns what is stored, and `read` what that means."""
        self.stored = stored
        self._read = read

    @cached_property
    def value(self) -> T:
        """What it is. Raises what `stored` raises."""
        return self._read(self.stored())


class LaterList(Later[tuple[T, ...]], Sequence[T]):
    """A sequence that is read when it is first looked at."""

    @overload
    def __getitem__(self, place: int) -> T: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[T, ...]: ...
    def __getitem__(self, place: int | slice) -> T | tuple[T, ...]:
        return self.value[place]

    def __len__(self) -> int:
        return len(self.value)

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, LaterList) else other)

    __hash__ = None  # type: ignore[assignment]


class LaterDict(Later[Mapping[str, T]], Mapping[str, T]):
    """A mapping that is read when it is first looked at."""

    def __getitem__(self, name: str) -> T:
        return self.value[name]

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[str]:
        return iter(self.value)
