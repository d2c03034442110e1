"""What tells one record of a source from another, so that importing a file again finds the same ones."""

from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

from .plan import Reading
from .wording import folded


def record_keys(readings: Sequence[Reading]) -> list[str]:
    """For each row its identifier, else a digest of its units and name; a number tells repeated ones apart.

    Publishers repeat identifiers, and names too, so neither is trusted alone when it comes twice.
    """
    identifiers = Counter(reading.external_id for reading in readings if reading.external_id)
    seen: Counter[str] = Counter()
    keys = []
    for reading in readings:
        key = _key(reading, is_repeated=identifiers[reading.external_id] > 1)
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return keys


def _key(reading: Reading, *, is_repeated: bool) -> str:
    if reading.reference:
        return f"ref:{reading.reference}"
    if reading.external_id and not is_repeated:
        return f"id:{reading.external_id}"
    if reading.external_id:
        return f"id:{reading.external_id}|{_digest(reading.name)}"
    return f"name:{_digest(*reading.unit, '|', reading.name)}"


def _digest(*texts: str) -> str:
    return sha256("\n".join(folded(text) for text in texts).encode()).hexdigest()[:32]
