"""run.py SERVER [ARGUMENT...]: all tests of this folder against the server; one line each."""

import sys
import time
import traceback

import test_contexts
import test_golden
import test_methods
import test_pdus
from peer import Server


def main(command):
    passed = failed = 0
    server = Server(command)
    for module in (test_golden, test_methods, test_contexts, test_pdus):
        for name, test in sorted(vars(module).items()):
            if not name.startswith('test_') or not callable(test):
                continue
            if test.__module__ != module.__name__:
                continue
            title = 'impacket/%s.%s' % (module.__name__, name[5:])
            start = time.monotonic()
            try:
                test(server)
                print('ok   %s (%.1f s)' % (title, time.monotonic() - start), flush=True)
                passed += 1
            except Exception:
                print('FAIL %s' % title)
                traceback.print_exc(file=sys.stdout)
                sys.stdout.flush()
                failed += 1
    code = server.stop()
    print('%s impacket/server_ends_well' % ('ok  ' if code == 0 else 'FAIL (%s)' % code))
    passed, failed = (passed + 1, failed) if code == 0 else (passed, failed + 1)
    print('impacket: %d passed, %d failed' % (passed, failed))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
