#!/usr/bin/env python3
"""Holds the layout of the sources: who may use whom, where a system may be asked for, what stands
beside what.

    check.py ROOT [--commands compile_commands.json --system posix|windows]

Prints one line for each fault, "PLACE: what is wrong", and exits 1 if there is one. With --commands
each header is also compiled alone, by the flags of the sources that it lives with.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

# Rooms and what each may include besides itself. A room stands below the rooms that list it; one
# inside of another stands before it, for the first that fits is a file's room.
BASE = {"common/base"}
PLATFORM = BASE | {"common/platform"}
STORE = PLATFORM | {"agent/store"}
ENGINE = STORE | {"agent/engine"}
SERVICE = ENGINE | {"agent/service"}
RUNTIME = PLATFORM | {"rpc/runtime"}
CONTROL = SERVICE | RUNTIME | {"agent/control"}
MAY_USE = {
    "common/base": set(),
    "common/platform": BASE,
    "agent/store": PLATFORM,
    "agent/engine": STORE,
    "agent/service": ENGINE,
    "agent/control": SERVICE | RUNTIME,
    "agent/main": CONTROL,
    "rpc/runtime": PLATFORM,
    "rpc/client": RUNTIME,
    "rpc/com": PLATFORM | {"rpc/client"},
    "obctl/rescue": ENGINE | {"rpc/client"},
    "obctl": PLATFORM | {"rpc/client", "obctl/rescue"},
    "vault": STORE,
}

# The only place that may ask for the system; elsewhere CMake chooses a source.
SYSTEM_ROOM = "common/platform"

# Included more than once by those who need its rows, so it is no header to itself.
NOT_ALONE = {"common/base/include/ob/status_table.h"}

# Sources whose test has another name.
TESTED_BY = {}

# Folders that are installed or read as they are: a README of ours does not belong in them.
NO_README = {"powershell/OnlineBackup"}

BODY_LIMIT = 120
BODY_MEAN = 30
BODY_TENTH = 70  # nine of ten bodies are not longer

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^">]+)[">]', re.M)
SYSTEM = re.compile(r"\b_WIN32\b|\b_WIN64\b")
COMMENT = re.compile(r"/\*.*?\*/|//[^\n]*", re.S)


def walk(root):
    """All files, as paths from the root, without what is hidden or built."""
    for folder, folders, files in os.walk(root):
        here = os.path.relpath(folder, root).replace(os.sep, "/")
        here = "" if here == "." else here + "/"
        folders[:] = sorted(d for d in folders if not d.startswith(".") and d != "__pycache__"
                            and not (here == "" and d.startswith("build")))
        yield from (here + name for name in sorted(files) if not name.startswith("."))


def room_of(path):
    for room in MAY_USE:
        if path.startswith(room + "/"):
            return room
    return None


class Layout:
    def __init__(self, root):
        self.root = root
        self.files = list(walk(root))
        self.known = set(self.files)
        self.faults = []
        self.text = {}
        for path in self.files:
            if path.endswith((".c", ".h")):
                with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
                    self.text[path] = file.read()

    def fault(self, place, what):
        self.faults.append(f"{place}: {what}")

    def public_headers(self):
        """What `#include "ob/x.h"` finds: name to path."""
        found = {}
        for path in self.text:
            room = room_of(path)
            if room and path.startswith(room + "/include/"):
                name = path[len(room + "/include/"):]
                if name in found:
                    self.fault(path, f"{found[name]} is called {name} too")
                found[name] = path
        return found

    def check_includes(self):
        public = self.public_headers()
        for path, text in self.text.items():
            room = room_of(path)
            if not room:
                continue
            for name in INCLUDE.findall(text):
                beside = os.path.normpath(os.path.join(os.path.dirname(path), name))
                target = beside if beside in self.known else public.get(name)
                other = room_of(target) if target else None
                if other and other != room and other not in MAY_USE[room]:
                    self.fault(path, f"{room} may not use {other} ({name})")
                elif other and other != room and target != public.get(name):
                    self.fault(path, f"{target} is private to {other}")
                elif target and target.startswith("tests/"):
                    self.fault(path, f"a test's header ({name}) is not for the product")

    def check_system(self):
        for path, text in self.text.items():
            if path.startswith(SYSTEM_ROOM + "/"):
                continue
            for match in SYSTEM.finditer(COMMENT.sub(blank, text)):
                line = text.count("\n", 0, match.start()) + 1
                self.fault(f"{path}:{line}", f"{match.group()} outside of {SYSTEM_ROOM}")

    def check_tests(self):
        for path in self.text:
            folder, name = os.path.split(path)
            if not room_of(path) or not name.endswith(".c") or name == "main.c":
                continue
            wanted = tests_of(folder, name[:-2])
            if path in TESTED_BY:
                wanted = [TESTED_BY[path]]
            if not any(test in self.known for test in wanted):
                self.fault(path, f"no test: {wanted[0]}")

    def check_readmes(self):
        folders = set()
        for path in self.files:
            parts = path.split("/")[:-1]
            folders.update("/".join(parts[:depth]) for depth in (1, 2) if len(parts) >= depth)
        for folder in sorted(folders - NO_README):
            mirror = folder.startswith("tests/") and folder[len("tests/"):] in folders
            if not mirror and folder + "/README.md" not in self.known:
                self.fault(folder, "no README.md")

    def check_bodies(self):
        lengths = []
        for path, text in self.text.items():
            for line, length in bodies(text):
                if length > BODY_LIMIT:
                    self.fault(f"{path}:{line}", f"a body of {length} lines, over {BODY_LIMIT}")
                if room_of(path):
                    lengths.append(length)
        lengths.sort()
        if lengths and sum(lengths) / len(lengths) > BODY_MEAN:
            self.fault("all sources", f"bodies have more than {BODY_MEAN} lines on average")
        if lengths and lengths[len(lengths) * 9 // 10] > BODY_TENTH:
            self.fault("all sources", f"more than one body in ten is over {BODY_TENTH} lines")

    def check_headers(self, commands, system):
        """Compiles each header alone. Those of the other system, and of rooms that this build does
        not have, are left to the build that has them."""
        foreign = "posix" if system == "windows" else "windows"
        jobs = []
        for path in self.text:
            if not path.endswith(".h") or path in NOT_ALONE:
                continue
            if foreign in path.split("/") or path.endswith(f"_{foreign}.h"):
                continue
            flags = flags_for(path, self.root, commands)
            if flags:
                jobs.append((path, flags))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            results = pool.map(lambda job: compile_alone(self.root, *job), jobs)
            for (path, _), error in zip(jobs, results):
                if error:
                    self.fault(path, f"does not compile alone: {error}")
        return len(jobs)


def blank(match):
    """A comment as white space that keeps the line numbers."""
    return re.sub(r"[^\n]", " ", match.group())


def tests_of(folder, stem):
    """Where the test of a source may be. Two that do the same for two systems may share one."""
    tests = [f"tests/{folder}/test_{stem}.c"]
    parent, last = os.path.split(folder)
    if last in ("posix", "windows"):
        tests.append(f"tests/{parent}/test_{stem}.c")
    for system in ("_posix", "_windows"):
        if stem.endswith(system):
            tests.append(f"tests/{folder}/test_{stem[:-len(system)]}.c")
    return tests


def bodies(text):
    """(line of its brace, lines between the braces) of each function: one that begins with a brace
    in the first column or at the end of a line that starts there, and ends with one there."""
    start = None
    for number, line in enumerate(text.split("\n"), 1):
        if line == "{" or (re.match(r"[A-Za-z_].*\) ?\{$", line) and start is None):
            start = number
        elif line.startswith("}") and start is not None:
            yield start, number - start - 1
            start = None


def flags_for(path, root, commands):
    """The compiler and the flags that decide what a header means: together those of the sources that
    are nearest to it in its room, or beside it among the tests."""
    room = room_of(path) or "/".join(path.split("/")[:3])
    best, nearest = [], 0
    for command in commands:
        source = os.path.relpath(command["file"], root).replace(os.sep, "/")
        if not source.startswith(room + "/") and os.path.dirname(path) != os.path.dirname(source):
            continue
        shared = len(os.path.commonpath([path, source]))
        if shared > nearest:
            best, nearest = [], shared
        if shared == nearest:
            best.append(command)
    flags = []
    for command in best:
        words = command.get("arguments") or shlex.split(command["command"])
        flags = flags or [words[0]]
        for i, word in enumerate(words):
            new = words[i:i + 2] if word == "-isystem" else [word]
            if word.startswith(("-I", "-D", "-std=", "-isystem")) and new[-1] not in flags:
                flags += new
    return flags


def compile_alone(root, path, flags):
    text = f'#include "{os.path.join(root, path)}"\n'
    run = subprocess.run(flags + ["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-x", "c", "-"],
                         input=text, capture_output=True, text=True, timeout=60, check=False)
    if run.returncode == 0:
        return None
    errors = [line for line in run.stderr.split("\n") if "error:" in line]
    return errors[0] if errors else "the compiler failed"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root")
    parser.add_argument("--commands")
    parser.add_argument("--system", choices=("posix", "windows"), default="posix")
    arguments = parser.parse_args()
    layout = Layout(os.path.abspath(arguments.root))
    layout.check_includes()
    layout.check_system()
    layout.check_tests()
    layout.check_readmes()
    layout.check_bodies()
    compiled = 0
    if arguments.commands:
        with open(arguments.commands, encoding="utf-8") as file:
            compiled = layout.check_headers(json.load(file), arguments.system)
    for fault in layout.faults:
        print(fault)
    print(f"{len(layout.text)} sources and headers, {compiled} headers compiled alone, "
          f"{len(layout.faults)} faults")
    return 1 if layout.faults else 0


if __name__ == "__main__":
    sys.exit(main())
