#!/usr/bin/env python3
"""The walks of docs/ARCHITECTURE.md name functions and files: each function must be defined where the
page says. A function without a file of its own stands in the last one named before it or after it."""
import re
import sys
from pathlib import Path

CODE = re.compile(r"`([A-Za-z_][A-Za-z0-9_-]*)`")
PLACE = re.compile(r"\(?([\w./-]+/[\w.-]+\.(?:c|ps1))\)?")


def defined(text, name):
    return re.search(r"^(?:function\s+" + re.escape(name) + r"\b|[A-Za-z_].*\b" + re.escape(name) + r"\()",
                     text, re.M) is not None


def steps(page):
    """Each numbered step of the walks as one line."""
    section = page.split("## Three walks", 1)[1]
    for step in re.split(r"^\d+\. ", section, flags=re.M)[1:]:
        yield " ".join(step.split("\n\n")[0].split())


def check(root):
    page = (root / "docs/ARCHITECTURE.md").read_text()
    count, faults = 0, []
    for step in steps(page):
        places = PLACE.findall(step)
        for place in places:
            if not (root / place).is_file():
                faults.append(f"{place} does not exist")
        texts = [(root / place).read_text() for place in places if (root / place).is_file()]
        for name in CODE.findall(step):
            count += 1
            if not any(defined(text, name) for text in texts):
                faults.append(f"{name} is not defined in {', '.join(places) or 'any file named'}")
    if count < 20:
        faults.append(f"the walks name {count} functions only")
    return count, faults


if __name__ == "__main__":
    counted, found = check(Path(sys.argv[1]))
    for fault in found:
        print(f"docs/ARCHITECTURE.md: {fault}")
    print(f"{counted} functions, {len(found)} faults")
    sys.exit(1 if found else 0)
