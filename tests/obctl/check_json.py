#!/usr/bin/env python3
"""Checks standard input against a published schema.

    check_json.py [--lines] SCHEMA[#/$defs/NAME] FOLDER...

SCHEMA is the name of a schema in one of the folders. The input must be one JSON document and nothing
else, or with --lines one document a line, at least one. Knows the keywords that the project's
schemas use and refuses all others, so that none is passed over.
"""
import json
import pathlib
import re
import sys

SILENT = {"$schema", "$id", "$defs", "title", "description", "default", "readOnly", "writeOnly"}
TYPES = {
    "object": dict, "array": list, "string": str, "boolean": bool, "null": type(None),
}


class Mismatch(Exception):
    pass


class Checker:
    def __init__(self, folders):
        self.schemas = {}
        for folder in folders:
            for path in pathlib.Path(folder).glob("*.schema.json"):
                self.schemas[path.name] = json.loads(path.read_text(encoding="utf-8"))

    def resolve(self, reference, here):
        name, _, pointer = reference.partition("#")
        document = self.schemas[name] if name else here
        node = document
        for part in pointer.split("/")[1:]:
            node = node[part]
        return node, document

    def check(self, value, schema, document, place):
        for keyword, wanted in schema.items():
            if keyword in SILENT:
                continue
            check = getattr(self, "check_" + keyword.lstrip("$"), None)
            if check is None:
                raise SystemExit(f"the schema has the keyword {keyword}, which is not known here")
            check(value, wanted, schema, document, place)

    def check_ref(self, value, wanted, _schema, document, place):
        node, there = self.resolve(wanted, document)
        self.check(value, node, there, place)

    def check_anyOf(self, value, wanted, _schema, document, place):
        reasons = []
        for choice in wanted:
            try:
                self.check(value, choice, document, place)
                return
            except Mismatch as mismatch:
                reasons.append(str(mismatch))
        raise Mismatch(f"{place}: none of: {'; '.join(reasons)}")

    def check_type(self, value, wanted, _schema, _document, place):
        for name in wanted if isinstance(wanted, list) else [wanted]:
            if name in ("integer", "number"):
                number = isinstance(value, (int, float)) and not isinstance(value, bool)
                if number and (name == "number" or float(value).is_integer()):
                    return
            elif isinstance(value, TYPES[name]):
                return
        raise Mismatch(f"{place}: {value!r} is no {wanted}")

    def check_enum(self, value, wanted, _schema, _document, place):
        if value not in wanted:
            raise Mismatch(f"{place}: {value!r} is none of {wanted}")

    def check_pattern(self, value, wanted, _schema, _document, place):
        if isinstance(value, str) and re.search(wanted, value) is None:
            raise Mismatch(f"{place}: {value!r} is not like {wanted}")

    def check_minLength(self, value, wanted, _schema, _document, place):
        if isinstance(value, str) and len(value) < wanted:
            raise Mismatch(f"{place}: shorter than {wanted}")

    def check_maxLength(self, value, wanted, _schema, _document, place):
        if isinstance(value, str) and len(value) > wanted:
            raise Mismatch(f"{place}: longer than {wanted}")

    def check_maxItems(self, value, wanted, _schema, _document, place):
        if isinstance(value, list) and len(value) > wanted:
            raise Mismatch(f"{place}: more than {wanted} elements")

    def check_items(self, value, wanted, _schema, document, place):
        for i, element in enumerate(value if isinstance(value, list) else []):
            self.check(element, wanted, document, f"{place}[{i}]")

    def check_required(self, value, wanted, _schema, _document, place):
        for name in wanted if isinstance(value, dict) else []:
            if name not in value:
                raise Mismatch(f"{place}.{name} is missing")

    def check_properties(self, value, wanted, _schema, document, place):
        for name, schema in wanted.items() if isinstance(value, dict) else []:
            if name in value:
                self.check(value[name], schema, document, f"{place}.{name}")

    def check_additionalProperties(self, value, wanted, schema, _document, place):
        if wanted is not False:
            raise SystemExit("additionalProperties is known as false only")
        for name in value if isinstance(value, dict) else []:
            if name not in schema.get("properties", {}):
                raise Mismatch(f"{place}.{name} is not in the schema")


def main():
    arguments = sys.argv[1:]
    lines = arguments[:1] == ["--lines"]
    if lines:
        del arguments[0]
    checker = Checker(arguments[1:])
    schema, document = checker.resolve(arguments[0], None)
    text = sys.stdin.buffer.read().decode("utf-8")
    texts = text.splitlines() if lines else [text]
    if not texts:
        sys.exit("there is no output")
    for i, one in enumerate(texts, 1):
        try:
            checker.check(json.loads(one), schema, document, f"document {i}")
        except (ValueError, Mismatch) as problem:
            sys.exit(f"{problem}\n{one[:400]}")


if __name__ == "__main__":
    main()
