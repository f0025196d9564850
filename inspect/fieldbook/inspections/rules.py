"""Scores and tallies. Pure."""

from collections.abc import Iterable, Mapping

#: tenths of the points that a verdict earns (s = 1, 0.6, 0); a verdict not here leaves the denominator
SHARE = {"pass": 10, "mostly": 6, "fail": 0}

LETTER = {"pass": "p", "fail": "f", "mostly": "m", "na": "n"}


def score(points: Mapping[str, int], verdicts: Mapping[str, str]) -> tuple[int, int]:
    """(reached, applicable) in tenths of a point: Σ points·s and Σ points over the criteria that applied.

    points: by criterion code. verdicts: by criterion code; unanswered and not applicable ones leave both sums.
    """
    counted = [(points[code], SHARE[verdict]) for code, verdict in verdicts.items() if verdict in SHARE and code in points]
    return sum(p * s for p, s in counted), sum(p * 10 for p, _ in counted)


def tally(codes: Iterable[str], verdicts: Mapping[str, str]) -> str:
    """One letter a criterion in the manual's order."""
    return "".join(LETTER.get(verdicts.get(code, ""), "-") for code in codes)
