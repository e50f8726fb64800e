"""The stub bytes in golden/: impacket writes the requests and reads the responses."""

import os

from ob_ndr import *
from peer import same

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'golden')
HANDLE = bytes(range(20))  # in place of the bytes ??


def load(name):
    """{'request': bytes, 'response': bytes} of one file."""
    out, part, unknown = {}, None, 0
    with open(os.path.join(FOLDER, name + '.hex'), encoding='ascii') as lines:
        for line in lines:
            words = line.split('#')[0].split()
            if words and words[0].endswith(':'):
                part = words.pop(0)[:-1]
                out[part], unknown = b'', 0
            for word in words:
                if word == '??':
                    out[part] += HANDLE[unknown:unknown + 1]
                    unknown += 1
                else:
                    out[part] += bytes.fromhex(word)
    return out


def view():
    out = OB_VIEW()
    out['handle'] = HANDLE
    return out


def requests():
    """What fake_client.c and test_golden_client.c call, as impacket writes it."""
    def make(method, data=None, **fields):
        request = method()
        if 'target' in request.fields:
            request['target'] = TARGET
        if data is not None:
            counted(request, data)
        for name, value in fields.items():
            request[name] = value
        return request

    browse = make(ObBrowsePoint, view=view(), resume=7, most=2)
    counted(browse, b'a/b', 'path_count', 'path')
    counted(browse, b'*.c', 'pattern_count', 'pattern')
    return [
        make(ObNegotiate, lowest=1, highest=3),
        make(ObDescribeError, code=-5),
        make(ObRegister, b'hello'),
        make(ObGetSettings),
        make(ObSetSettings, b'{"a":1}'),
        make(ObGetPolicy, b'daily'),
        make(ObSetPolicy, b'{}'),
        make(ObRemovePolicy, b'weekly'),
        make(ObStartBackup, b'now'),
        make(ObListJobs, filter=1, resume=598, most=3),
        make(ObWatchJob, id=guid(0x11223344), seen=13, wait_ms=10),
        make(ObCancelJob, id=guid(9)),
        make(ObListPoints, b'/etc', resume=3, most=5),
        make(ObOpenPoint, id=guid(5)),
        browse,
        make(ObClosePoint, view=view()),
        make(ObStartRecovery, b'{"x":1}'),
        make(ObListPolicies, resume=2, most=3),
        make(ObStartPrune, b'{"x":1}'),
        make(ObStartVerify, b'{}'),
    ]


def test_requests(_):
    for request in requests():
        name = type(request).__name__
        assert same(request.getData(), load(name)['request']), name


def test_responses(_):
    for method in METHODS:
        data = load(method.__name__)['response']
        response = response_class(method)(data)
        assert same(response.getData(), data), method.__name__


def test_what_responses_say(_):
    def response(method):
        return response_class(method)(load(method.__name__)['response'])

    assert text(response(ObNegotiate)['agent']) == '{"name":"fake"}'
    assert text(response(ObDescribeError)['description']) == '{"described":-5}'
    assert response(ObRemovePolicy)['status'] == -2147220967
    assert text(response(ObGetPolicy)['policy']) == 'yliad'
    jobs = response(ObListJobs)
    assert jobs['resume'] == 0 and jobs['list']['count'] == 2
    assert [octets(j, 'current') for j in jobs['list']['records']] == [b'abc', b'abcd']
    assert jobs['list']['records'][1]['revision'] == 599 + (1 << 40)
    points = response(ObListPoints)
    assert [p['time'] for p in points['list']['records']] == [-3000, -4000]
    policies = response(ObListPolicies)
    assert [octets(p) for p in policies['list']['records']] == [b'ab', b'abc', b'abcd']
    items = response(ObBrowsePoint)
    assert items['resume'] == 9
    assert [(i['size'], octets(i, 'path')) for i in items['list']['records']] == [
        (7, b'a/b'), (8, b'a/b')]
