#!/usr/bin/env python3
"""What Windows is told by each program and library: protections, version, manifest.

    check_images.py VERSION FILE...

Reads the files themselves ([PE] of Microsoft: "Optional Header", "The .rsrc Section"). In the words of
Check, so that all tests are counted alike.
"""
import struct
import sys

PROTECTIONS = {0x0020: "HIGH_ENTROPY_VA", 0x0040: "DYNAMIC_BASE", 0x0100: "NX_COMPAT"}
DLL = 0x2000
RESOURCES, RELOCATIONS = 2, 5
RT_VERSION, RT_MANIFEST = 16, 24
SETTINGS = (b"<longPathAware", b">true<", b"<activeCodePage", b">UTF-8<", b'level="asInvoker"')


class Image:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        header = self.unpack("<I", 0x3C)[0]
        if self.data[header:header + 4] != b"PE\0\0":
            raise ValueError("is no image of Windows")
        sections, = self.unpack("<H", header + 6)
        size, self.flags = self.unpack("<HH", header + 20)
        optional = header + 24
        if self.unpack("<H", optional)[0] != 0x20B:
            raise ValueError("is not for 64 bits")
        self.base, = self.unpack("<Q", optional + 24)
        self.protections, = self.unpack("<H", optional + 70)
        self.folders = [self.unpack("<II", optional + 112 + 8 * i) for i in range(16)]
        self.sections = [self.unpack("<IIII", optional + size + 40 * i + 8) for i in range(sections)]

    def unpack(self, form, offset):
        return struct.unpack_from(form, self.data, offset)

    def offset(self, address):
        for _, start, length, place in self.sections:
            if start <= address < start + length:
                return address - start + place
        raise ValueError(f"nothing is at {address:#x}")

    def children(self, root, folder):
        """(number, offset in the resources, whether it is a folder) of each entry."""
        named, numbered = self.unpack("<HH", root + folder + 12)
        for i in range(named + numbered):
            number, where = self.unpack("<II", root + folder + 16 + 8 * i)
            yield number, where & 0x7FFFFFFF, bool(where & 0x80000000)

    def resource(self, kind):
        """The bytes of the first resource of this kind, or None."""
        if not self.folders[RESOURCES][0]:
            return None
        root = self.offset(self.folders[RESOURCES][0])
        where = next((w for number, w, _ in self.children(root, 0) if number == kind), None)
        while where is not None:
            _, where, folder = next(self.children(root, where))
            if not folder:
                address, length = self.unpack("<II", root + where)
                start = self.offset(address)
                return self.data[start:start + length]
        return None


def faults(path, version):
    image = Image(path)
    for bit, name in PROTECTIONS.items():
        if not image.protections & bit:
            yield f"lacks {name}"
    if not image.folders[RELOCATIONS][1] or image.flags & 1:
        yield "cannot be moved to another address"
    if image.base < 1 << 32:
        yield "wants to be in the lowest 4 GiB"
    about = image.resource(RT_VERSION) or b""
    for text in (version, "Online Backup"):
        if text.encode("utf-16-le") not in about:
            yield f"its version does not say {text}"
    if image.flags & DLL:
        return
    manifest = image.resource(RT_MANIFEST) or b""
    for setting in SETTINGS:
        if setting not in manifest:
            yield f"its manifest has no {setting.decode()}"


def main():
    version, paths = sys.argv[1], sys.argv[2:]
    bad = 0
    for path in paths:
        found = list(faults(path, version))
        bad += bool(found)
        for fault in found:
            print(f"{path}: {fault}")
    print(f"Checks: {len(paths)}, Failures: {bad}, Errors: 0")
    return 1 if bad or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
