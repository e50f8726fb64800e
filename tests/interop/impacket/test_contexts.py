"""Context handles and the associations that they live in."""

import json
import struct
import time

from ob_ndr import *
from peer import *
from test_methods import browse, close_point, open_point

ASK_VIEWS = 0x7fffffff


def views(server):
    """(open, run down) in the server."""
    request = ObDescribeError()
    request['code'] = ASK_VIEWS
    answer = json.loads(text(call(connect(server), request)['description']))
    return answer['open'], answer['rundowns']


def wait_for(server, wanted):
    for _ in range(100):
        if views(server) == wanted:
            return
        time.sleep(0.05)
    assert views(server) == wanted, '%r, wanted %r' % (views(server), wanted)


def fault_of(action, *arguments):
    try:
        action(*arguments)
    except Exception as error:  # impacket has several
        return str(error)
    return None


def test_rundown_when_the_client_goes(server):
    opened, rundowns = views(server)
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(13, struct.pack('<I', 7) + guid(5).getData()))
        assert raw.receive()[0] == RESPONSE
        assert views(server) == (opened + 1, rundowns)
    wait_for(server, (opened, rundowns + 1))


def test_rundown_when_the_client_is_killed_in_a_call(server):
    opened, rundowns = views(server)
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(13, struct.pack('<I', 7) + guid(5).getData(), call_id=2))
        assert raw.receive()[0] == RESPONSE
        raw.send(request(10, struct.pack('<I', 7) + guid(5).getData() +
                         struct.pack('<qI', 1, 300), call_id=3))
        raw.socket.setsockopt(1, 13, struct.pack('ii', 1, 0))  # SO_LINGER: reset
    wait_for(server, (opened, rundowns + 1))


def test_a_handle_closed_is_gone(server):
    dce = connect(server)
    view = open_point(dce)['view']
    close_point(dce, view)
    assert 'context_mismatch' in fault_of(browse, dce, view, b'', b'', 0, 1)


def test_a_handle_of_another_association(server):
    one, two = connect(server), connect(server)
    view = open_point(one)['view']
    assert 'context_mismatch' in fault_of(browse, two, view, b'', b'', 0, 1)
    assert 'context_mismatch' in fault_of(close_point, two, view)
    assert browse(one, view, b'', b'', 0, 1)['status'] == 0
    close_point(one, view)


def test_forged_handles(server):
    dce = connect(server)
    view = open_point(dce)['view']
    real = bytes(view['handle'])
    for at in (0, 4, 19):
        forged = OB_VIEW()
        forged['handle'] = real[:at] + bytes([real[at] ^ 1]) + real[at + 1:]
        assert 'context_mismatch' in fault_of(browse, dce, forged, b'', b'', 0, 1)
    null = OB_VIEW()
    null['handle'] = bytes(20)
    assert 'context_mismatch' in fault_of(browse, dce, null, b'', b'', 0, 1)
    close_point(dce, view)


def test_a_second_connection_of_the_association(server):
    opened, rundowns = views(server)
    stub = struct.pack('<I', 7) + guid(5).getData()
    with Raw(server) as first:
        group = group_of(first.bind()[3])
        first.send(request(13, stub))
        handle = first.receive()[3][8:28]
        with Raw(server) as second:
            pdu = second.bind(group=group)
            assert pdu[0] == BIND_ACK and group_of(pdu[3]) == group
            first.socket.close()
            time.sleep(0.2)
            assert views(server) == (opened + 1, rundowns)  # the association lives
            second.send(request(15, handle))
            kind, _, _, body = second.receive()
            assert kind == RESPONSE and body[8:28] == bytes(20)
    wait_for(server, (opened, rundowns))


def test_limit_of_handles(server):
    dce = connect(server)
    opened = [open_point(dce)['view'] for _ in range(8)]
    assert 'server_too_busy' in fault_of(open_point, dce)
    close_point(dce, opened.pop())
    opened.append(open_point(dce)['view'])
    for view in opened:
        close_point(dce, view)
