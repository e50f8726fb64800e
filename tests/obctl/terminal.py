#!/usr/bin/env python3
"""Runs a program at a pseudo terminal and prints what it showed.

    terminal.py COLUMNS [ANSWER...] -- PROGRAM [ARG...]

Each ANSWER is typed as a line when the program has asked for it (its output ends with ": "). Ends
with the program's exit code; 124 after 60 seconds.
"""
import fcntl
import os
import pty
import select
import struct
import sys
import termios
import time


def main():
    split = sys.argv.index("--")
    columns = int(sys.argv[1])
    answers = sys.argv[2:split]
    command = sys.argv[split + 1:]
    pid, terminal = pty.fork()
    if pid == 0:
        # Before the program asks for it.
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        os.execvp(command[0], command)
    shown = b""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        ready, _, _ = select.select([terminal], [], [], 1)
        if ready:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                part = b""
            if not part:
                break
            shown += part
            if answers and shown.endswith(b": "):
                os.write(terminal, answers.pop(0).encode() + b"\n")
                shown += b"<answered>"
    else:
        os.kill(pid, 9)
        sys.exit(124)
    _, status = os.waitpid(pid, 0)
    sys.stdout.buffer.write(shown)
    sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)


if __name__ == "__main__":
    main()
