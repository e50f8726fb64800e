"""Every method through impacket, both what it takes and what it answers."""

from ob_ndr import *
from peer import call, connect

INVALID, NOT_FOUND = -2147024809, -2147023728
CREDENTIALS, NO_POLICY, VERSION = -2147220974, -2147220967, -2147220957


def ask(server, method, fragment=0, **fields):
    request = method()
    for name, value in fields.items():
        if isinstance(value, bytes):
            counted(request, value)
        else:
            request[name] = value
    return call(connect(server, fragment), request)


def error_of(status):
    return '{"status":"0x%08X"}' % (status & 0xffffffff)


def test_negotiate(server):
    answer = ask(server, ObNegotiate, lowest=1, highest=9)
    assert (answer['status'], answer['version']) == (0, 1)
    assert text(answer['agent']) == '{"name":"fake"}'
    assert answer['error']['count'] == 0 and octets(answer['error']) is None


def test_negotiate_fails_with_an_error_document(server):
    answer = ask(server, ObNegotiate, lowest=2, highest=9)
    assert answer['status'] == VERSION and answer['version'] == 0
    assert text(answer['error']) == error_of(VERSION)
    assert octets(answer['agent']) is None


def test_describe_error(server):
    for code in (0, 5, -1, -2147483648):
        answer = ask(server, ObDescribeError, code=code)
        assert text(answer['description']) == '{"described":%d}' % code


def test_register(server):
    for length in (1, 7, 4096, 20000):  # impacket is slow with larger ones
        data = bytes(i * 7 & 0xff for i in range(length))
        answer = ask(server, ObRegister, data=data)
        assert text(answer['registration']) == '{"count":%d,"sum":%d}' % (length, sum_of(data))
    assert ask(server, ObRegister, data=b'')['status'] == CREDENTIALS


def test_get_settings(server):
    assert text(ask(server, ObGetSettings)['settings']) == '{"settings":"ä"}'


def test_set_settings(server):
    assert ask(server, ObSetSettings, data=b'{}')['status'] == 0
    answer = ask(server, ObSetSettings, data=b'\0\0')
    assert answer['status'] == INVALID and text(answer['error']) == error_of(INVALID)


def test_get_policy(server):
    assert text(ask(server, ObGetPolicy, data=b'nightly')['policy']) == 'ylthgin'
    answer = ask(server, ObGetPolicy, data=b'')
    assert answer['policy']['count'] == 0 and octets(answer['policy']) == b''


def test_set_policy(server):
    data = bytes(range(256)) * 64
    assert octets(ask(server, ObSetPolicy, data=data)['stored']) == data


def test_remove_policy(server):
    assert ask(server, ObRemovePolicy, data=b'daily')['status'] == 0
    assert ask(server, ObRemovePolicy, data=b'daylig')['status'] == NO_POLICY


def test_start_backup(server):
    answer = ask(server, ObStartBackup, data=b'now')
    assert guid_tuple(answer['job']) == guid_tuple(guid(sum_of(b'now')))


def check_job(job, number, state):
    assert guid_tuple(job['id']) == guid_tuple(guid(number))
    assert job['type'] == number % 2 + 1 and job['state'] == state
    assert job['status'] == (NOT_FOUND if number % 3 == 0 else 0)
    assert job['revision'] == number + (1 << 40)
    assert job['start_time'] == number * 1000000007 and job['end_time'] == -number
    fields = ('bytes_total', 'bytes_done', 'bytes_changed', 'bytes_stored', 'files_total',
              'files_done', 'files_changed', 'files_failed', 'bytes_per_second')
    assert [job[f] for f in fields] == [number * n for n in (11, 10, 9, 8, 7, 6, 5, 4, 3)]
    assert job['seconds_left'] == -1
    length = number % 5
    assert job['current_count'] == length
    assert octets(job, 'current') == (b'abcde'[:length] if length else None)
    assert octets(job, 'detail') == b'012'


def test_list_jobs(server):
    resume, seen = 0, 0
    while True:
        answer = ask(server, ObListJobs, filter=3, resume=resume, most=256)
        for record in answer['list']['records']:
            check_job(record, seen, 3)
            seen += 1
        resume = answer['resume']
        if resume == 0:
            break
        assert resume == seen
    assert seen == 600
    assert ask(server, ObListJobs, filter=5, resume=0, most=1)['status'] == INVALID


def test_list_jobs_past_the_end(server):
    answer = ask(server, ObListJobs, filter=0, resume=600, most=5)
    assert (answer['resume'], answer['list']['count']) == (0, 0)


def test_watch_job(server):
    answer = ask(server, ObWatchJob, id=guid(77), seen=41, wait_ms=50)
    job = answer['job']
    assert guid_tuple(job['id']) == guid_tuple(guid(77))
    job['id'] = guid(42)
    check_job(job, 42, 3)
    assert ask(server, ObWatchJob, id=guid(0), seen=41, wait_ms=0)['status'] == NOT_FOUND


def test_cancel_job(server):
    assert ask(server, ObCancelJob, id=guid(1))['status'] == 0
    assert ask(server, ObCancelJob, id=guid(0xf9))['status'] == NOT_FOUND  # its last octet is 0


def test_list_points(server):
    answer = ask(server, ObListPoints, data=b'/etc', resume=1, most=3)
    assert answer['resume'] == 4 and answer['list']['count'] == 3
    for i, point in enumerate(answer['list']['records']):
        assert guid_tuple(point['id']) == guid_tuple(guid(1 + i))
        assert point['time'] == (1 + i) * -1000
        assert point['bytes'] == 1 << (i + 32) and point['files'] == i
        assert octets(point, 'sources') == b'/etc'


def test_list_policies(server):
    answer = ask(server, ObListPolicies, resume=0, most=4)
    assert answer['resume'] == 4
    assert [octets(p) for p in answer['list']['records']] == [b'', b'a', b'ab', b'abc']
    answer = ask(server, ObListPolicies, resume=4, most=4)
    assert answer['resume'] == 0 and answer['list']['count'] == 2


def browse(dce, view, path, pattern, resume, most):
    request = ObBrowsePoint()
    request['view'] = view
    counted(request, path, 'path_count', 'path')
    counted(request, pattern, 'pattern_count', 'pattern')
    request['resume'] = resume
    request['most'] = most
    return call(dce, request)


def open_point(dce, seed=5):
    request = ObOpenPoint()
    request['id'] = guid(seed)
    return call(dce, request)


def close_point(dce, view):
    request = ObClosePoint()
    request['view'] = view
    return call(dce, request)


def test_browse(server):
    dce = connect(server)
    view = open_point(dce)['view']
    assert bytes(view['handle'])[:4] == bytes(4) and any(view['handle'])
    for path in (b'', b'a', b'a/b', b'a/bcd/\xff\n'):
        answer = browse(dce, view, path, b'*.txt', 7, 5)
        assert answer['resume'] == 12 and answer['list']['count'] == 5
    for i, item in enumerate(answer['list']['records']):
        assert item['type'] == i + 1 and item['mode'] == 0o100 + 4 and item['size'] == 7 + i
        assert item['mtime'] == sum_of(b'*.txt') and octets(item, 'path') == b'a/bcd/\xff\n'
    closed = close_point(dce, view)
    assert closed['status'] == 4 and not any(closed['view']['handle'])


def test_open_fails(server):
    answer = open_point(connect(server), 0)
    assert answer['status'] == NOT_FOUND and not any(answer['view']['handle'])


def test_start_recovery(server):
    answer = ask(server, ObStartRecovery, data=b'{"x":1}')
    assert guid_tuple(answer['job']) == guid_tuple(guid(~sum_of(b'{"x":1}') & 0xffffffff))


def test_start_prune(server):
    answer = ask(server, ObStartPrune, data=b'{"x":1}')
    assert guid_tuple(answer['job']) == guid_tuple(guid(sum_of(b'{"x":1}') + 1 & 0xffffffff))


def test_start_verify(server):
    answer = ask(server, ObStartVerify, data=b'{}')
    assert guid_tuple(answer['job']) == guid_tuple(guid(sum_of(b'{}') + 18))


def test_requests_in_small_fragments(server):
    data = bytes(i & 0xff for i in range(3001))
    for fragment in (8, 13, 700, 4000):
        answer = ask(server, ObRegister, fragment=fragment, data=data)
        assert text(answer['registration']) == '{"count":3001,"sum":%d}' % sum_of(data)


def test_many_calls_on_one_connection(server):
    dce = connect(server)
    for i in range(300):
        request = ObDescribeError()
        request['code'] = i
        assert text(call(dce, request)['description']) == '{"described":%d}' % i
