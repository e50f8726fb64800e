#!/usr/bin/env python3
"""Each fault that check.py looks for is made and found; a sound tree has none."""
import json
import os
import subprocess
import sys
import tempfile
import unittest

CHECK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "check.py")

SOUND = {
    "common/README.md": "", "common/base/README.md": "", "common/platform/README.md": "",
    "agent/README.md": "", "agent/store/README.md": "", "tests/README.md": "",
    "common/base/include/ob/text.h": "#include <stddef.h>\nsize_t f(void);\n",
    "common/base/text.c": '#include "ob/text.h"\nsize_t f(void)\n{\n    return 1;\n}\n',
    "common/platform/posix/fs.c": '#include <text.h>\n#ifdef _WIN32\n#endif\n',
    "agent/store/main.c": "/* not _WIN32 */\n",
    "tests/common/base/test_text.c": "",
    "tests/common/platform/test_fs.c": "",
}


class Check(unittest.TestCase):
    def run_check(self, changes=None, commands=False):
        with tempfile.TemporaryDirectory() as root:
            files = {**SOUND, **(changes or {})}
            for path, text in files.items():
                if text is not None:
                    place = os.path.join(root, path)
                    os.makedirs(os.path.dirname(place), exist_ok=True)
                    with open(place, "w", encoding="utf-8") as file:
                        file.write(text)
            command = [sys.executable, CHECK, root]
            if commands:
                database = os.path.join(root, "commands.json")
                source = os.path.join(root, "common/base/text.c")
                include = os.path.join(root, "common/base/include")
                with open(database, "w", encoding="utf-8") as file:
                    json.dump([{"file": source, "directory": root,
                                "command": f"cc -I{include} -std=c11 -c {source}"}], file)
                command += ["--commands", database]
            run = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            return run.returncode, run.stdout

    def expect(self, changes, fault, commands=False):
        code, output = self.run_check(changes, commands)
        self.assertIn(fault, output)
        self.assertEqual(code, 1, output)
        self.assertIn(" 1 faults", output)

    def test_sound(self):
        code, output = self.run_check(commands=True)
        self.assertEqual(code, 0, output)
        self.assertIn("1 headers compiled alone, 0 faults", output)

    def test_upward_include(self):
        self.expect({"agent/store/include/ob/store.h": "",
                     "common/platform/posix/fs.c": '#include "ob/store.h"\n'},
                    "common/platform/posix/fs.c: common/platform may not use agent/store")

    def test_private_header(self):
        self.expect({"common/base/inside.h": "",
                     "common/platform/posix/fs.c": '#include "../../base/inside.h"\n'},
                    "common/base/inside.h is private to common/base")

    def test_header_of_a_test(self):
        self.expect({"tests/common/base/probe.h": "",
                     "common/base/text.c": '#include "../../tests/common/base/probe.h"\n'},
                    "is not for the product")

    def test_two_of_a_name(self):
        self.expect({"agent/store/include/ob/text.h": "", "common/base/text.c": ""},
                    "is called ob/text.h too")

    def test_system_asked_for(self):
        self.expect({"agent/store/main.c": "/* _WIN32\n*/\n#ifdef _WIN32\n#endif\n"},
                    "agent/store/main.c:3: _WIN32 outside of common/platform")

    def test_no_test(self):
        self.expect({"tests/common/base/test_text.c": None, "tests/common/base/x.c": ""},
                    "common/base/text.c: no test: tests/common/base/test_text.c")

    def test_no_test_for_a_system(self):
        self.expect({"tests/common/platform/test_fs.c": None, "tests/common/platform/x.c": ""},
                    "common/platform/posix/fs.c: no test: tests/common/platform/posix/test_fs.c")

    def test_shared_test_of_two_systems(self):
        code, output = self.run_check({"agent/store/net_posix.c": "", "agent/store/net_windows.c": "",
                                       "tests/agent/store/test_net.c": ""})
        self.assertEqual(code, 0, output)

    def test_no_readme(self):
        self.expect({"common/base/README.md": None}, "common/base: no README.md")
        self.expect({"agent/README.md": None}, "agent: no README.md")
        self.expect({"tests/fuzz/x.c": ""}, "tests/fuzz: no README.md")

    def test_long_body(self):
        body = "int g(void)\n{\n" + "    f();\n" * 121 + "}\n"
        code, output = self.run_check({"tests/common/base/test_text.c": body})
        self.assertEqual(code, 1)
        self.assertIn("test_text.c:2: a body of 121 lines, over 120", output)
        body = "int g(void) {\n" + "    f();\n" * 121 + "}\n"
        code, output = self.run_check({"tests/common/base/test_text.c": body})
        self.assertIn("test_text.c:1: a body of 121 lines, over 120", output)

    def test_many_long_bodies(self):
        body = "int g(void)\n{\n" + "    f();\n" * 75 + "}\n"
        _, output = self.run_check({"common/base/text.c": body * 9})
        self.assertIn("more than 30 lines on average", output)
        self.assertIn("more than one body in ten", output)

    def test_header_that_needs_another(self):
        self.expect({"common/base/include/ob/more.h": "size_t g(void);\n"},
                    "common/base/include/ob/more.h: does not compile alone", commands=True)


if __name__ == "__main__":
    unittest.main()
