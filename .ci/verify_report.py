"""Refuse a test report in which a browser or PostgreSQL test was skipped, or in which none of them ran.

Names the tests that failed, a line each, after everything they printed.
"""

import sys
import xml.etree.ElementTree as ElementTree
from collections import Counter

KINDS = {
    "browser": lambda case: "tests/browser/" in case.get("file", ""),
    "PostgreSQL": lambda case: "postgres" in case.get("name", ""),
}
LONGEST = 200


def name_of(case: ElementTree.Element) -> str:
    return f"{case.get('file')}::{case.get('name')}"


def failures(case: ElementTree.Element) -> list[str]:
    """What went wrong in a test, each as one line."""
    found = [*case.iter("failure"), *case.iter("error")]
    words = [((one.get("message") or one.text or "").strip().splitlines() or [""])[0] for one in found]
    return [f"{name_of(case)}: {one[:LONGEST]}" for one in words]


def main(path: str) -> int:
    cases = list(ElementTree.parse(path).iter("testcase"))
    skipped = [case for case in cases if case.find("skipped") is not None]
    faults = [f"skipped: {name_of(case)}" for case in skipped]
    ran: Counter[str] = Counter()
    for kind, belongs in KINDS.items():
        ran[kind] = sum(1 for case in cases if belongs(case) and case not in skipped)
        if not ran[kind]:
            faults.append(f"not one {kind} test ran")
    faults += [f"failed: {line}" for case in cases for line in failures(case)]
    sys.stdout.write(f"{len(cases)} tests, {', '.join(f'{n} {kind}' for kind, n in ran.items())}\n")
    sys.stdout.writelines(f"refused: {fault}\n" for fault in faults)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
