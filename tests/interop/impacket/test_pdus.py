"""PDUs that impacket would not send."""

import struct
import time

import ob_ndr
from peer import *

STUB = struct.pack('<Ii', 7, 5)  # ObDescribeError(code 5)
ANSWER = b'{"described":5}'
DESCRIBE = 1
OTHER = bytes.fromhex('aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa01000000')


def answered(raw, call_id=None):
    pdu = raw.receive()
    return (pdu is not None and pdu[0] == RESPONSE and ANSWER in pdu[3] and
            (call_id is None or pdu[2] == call_id))


def test_plain(server):
    with Raw(server) as raw:
        kind, flags, call_id, body = raw.bind(call_id=77)
        assert (kind, flags, call_id) == (BIND_ACK, WHOLE, 77)
        assert results(body) == [(0, 0, NDR)] and group_of(body) != 0
        raw.send(request(DESCRIBE, STUB, call_id=9))
        assert answered(raw, 9)


def test_two_calls_in_one_packet(server):
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB, call_id=2) + request(DESCRIBE, STUB, call_id=3))
        assert answered(raw, 2) and answered(raw, 3)


def test_byte_by_byte(server):
    with Raw(server) as raw:
        for octet in bind() + request(DESCRIBE, STUB, call_id=2):
            raw.send(bytes([octet]))
        assert raw.receive()[0] == BIND_ACK and answered(raw, 2)


def test_windows_like_bind(server):
    with Raw(server) as raw:
        pdu = raw.bind(contexts=[(0, ob_ndr.INTERFACE, [NDR]), (1, ob_ndr.INTERFACE, [NDR64]),
                                 (2, ob_ndr.INTERFACE, [FEATURES])])
        assert [r[:2] for r in results(pdu[3])] == [(0, 0), (2, 2), (3, 0)]
        raw.send(request(DESCRIBE, STUB))
        assert answered(raw)


def test_ndr64_only(server):
    with Raw(server) as raw:
        pdu = raw.bind(contexts=[(0, ob_ndr.INTERFACE, [NDR64])])
        assert pdu[0] == BIND_ACK and results(pdu[3])[0][:2] == (2, 2)
        raw.send(request(DESCRIBE, STUB))
        assert raw.fault() == NCA_UNKNOWN_INTERFACE


def test_ndr_among_others(server):
    with Raw(server) as raw:
        pdu = raw.bind(contexts=[(5, ob_ndr.INTERFACE, [NDR64, NDR])])
        assert results(pdu[3])[0] == (0, 0, NDR)
        raw.send(request(DESCRIBE, STUB, context=5))
        assert answered(raw)


def test_unknown_interface(server):
    with Raw(server) as raw:
        pdu = raw.bind(contexts=[(0, OTHER, [NDR])])
        assert results(pdu[3])[0][:2] == (2, 1)
        newer = ob_ndr.INTERFACE[:16] + struct.pack('<HH', 1, 1)
        raw.send(bind(ALTER, contexts=[(1, newer, [NDR])], call_id=2))
        assert results(raw.receive()[3])[0][:2] == (2, 1)
        raw.send(bind(ALTER, contexts=[(2, ob_ndr.INTERFACE, [NDR])], call_id=3))
        pdu = raw.receive()
        assert pdu[0] == ALTER_ACK and results(pdu[3])[0][:2] == (0, 0)
        raw.send(request(DESCRIBE, STUB, context=2))
        assert answered(raw)


def test_two_contexts_of_one_interface(server):
    with Raw(server) as raw:
        raw.bind(contexts=[(3, ob_ndr.INTERFACE, [NDR]), (9, ob_ndr.INTERFACE, [NDR])])
        raw.send(request(DESCRIBE, STUB, context=9, call_id=2))
        assert answered(raw, 2)
        raw.send(request(DESCRIBE, STUB, context=3, call_id=3))
        assert answered(raw, 3)
        raw.send(request(DESCRIBE, STUB, context=4, call_id=4))
        assert raw.fault() == NCA_UNKNOWN_INTERFACE


def test_object_uuid(server):
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB, uuid=bytes(range(16))))
        assert answered(raw)


def test_opnum_out_of_range(server):
    with Raw(server) as raw:
        raw.bind()
        for opnum in (20, 21, 65535):
            raw.send(request(opnum, STUB))
            assert raw.fault() == NCA_OPNUM_RANGE
        raw.send(request(DESCRIBE, STUB))
        assert answered(raw)


def test_fragments(server):
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB[:1], flags=FIRST) + request(DESCRIBE, b'', flags=0) +
                 request(DESCRIBE, STUB[1:7], flags=0) + request(DESCRIBE, STUB[7:], flags=LAST))
        assert answered(raw)


def test_fragments_out_of_order(server):
    first = request(DESCRIBE, STUB[:4], flags=FIRST, call_id=2)
    for second in (request(DESCRIBE, STUB[:4], flags=FIRST, call_id=2),
                   request(DESCRIBE, STUB[4:], flags=LAST, call_id=3),
                   request(DESCRIBE, STUB[4:], flags=LAST, call_id=2, context=1),
                   request(2, STUB[4:], flags=LAST, call_id=2),
                   bind(ALTER, call_id=2)):
        with Raw(server) as raw:
            raw.bind()
            raw.send(first + second)
            assert raw.fault() == NCA_PROTOCOL and raw.closed()
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB, flags=LAST))
        assert raw.fault() == NCA_PROTOCOL and raw.closed()


def test_answers_in_fragments_of_the_size_agreed(server):
    stub = struct.pack('<IIqI', 7, 0, 0, 256)  # ObListJobs
    with Raw(server) as raw:
        pdu = raw.bind(fragment=(1432, 1432))
        assert struct.unpack('<HH', pdu[3][:4]) == (1432, 1432)
        raw.send(request(9, stub))
        data, count = b'', 0
        while True:
            kind, flags, _, body = raw.receive()
            assert kind == RESPONSE and len(body) + 16 <= 1432
            assert bool(flags & FIRST) == (count == 0)
            hint = struct.unpack('<I', body[:4])[0]
            data += body[8:]
            count += 1
            if flags & LAST:
                break
            assert hint > len(body) - 8
        assert count > 30
        answer = ob_ndr.ObListJobsResponse(data)
        assert answer['list']['count'] == 256 and same(answer.getData(), data)


def test_largest_document(server):
    data = bytes(i * 31 & 0xff for i in range(1 << 20))
    stub = struct.pack('<III', 7, len(data), len(data)) + data  # ObSetPolicy
    with Raw(server) as raw:
        raw.bind()
        for at in range(0, len(stub), 1400):
            flags = (FIRST if at == 0 else 0) | (LAST if at + 1400 >= len(stub) else 0)
            raw.send(request(6, stub[at:at + 1400], flags=flags))
        pieces, flags = [], 0
        while not flags & LAST:
            kind, flags, _, body = raw.receive()
            assert kind == RESPONSE
            pieces.append(body[8:])
        answer = b''.join(pieces)
        assert answer[:12] == struct.pack('<III', len(data), 0x20000, len(data))
        assert answer[12:12 + len(data)] == data and not any(answer[12 + len(data):])


def test_oversized_pdu(server):
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(2, bytes(6000)))
        assert raw.fault() == NCA_PROTOCOL and raw.closed()
    with Raw(server) as raw:
        raw.bind(fragment=(2000, 2000))
        raw.send(request(2, bytes(2100)))
        assert raw.fault() == NCA_PROTOCOL and raw.closed()


def test_oversized_request(server):
    with Raw(server) as raw:
        raw.bind()
        piece = bytes(1400)
        for i in range(3000):
            raw.send(request(2, piece, flags=FIRST if i == 0 else 0, call_id=2))
        raw.send(request(2, piece, flags=LAST, call_id=2))
        assert raw.fault() == NCA_NO_MEMORY
        raw.send(request(DESCRIBE, STUB, call_id=3))
        assert answered(raw, 3)


def test_stub_data_cut_and_long(server):
    with Raw(server) as raw:
        raw.bind()
        for length in range(len(STUB)):
            raw.send(request(DESCRIBE, STUB[:length]))
            assert raw.fault() == BAD_STUB_DATA
        raw.send(request(DESCRIBE, STUB + bytes(7)))
        assert answered(raw)
        raw.send(request(DESCRIBE, STUB + bytes(8)))
        assert raw.fault() == BAD_STUB_DATA


def test_counts_that_lie(server):
    cases = [
        (struct.pack('<III', 7, 4, 5) + b'abcde', NCA_INVALID_BOUND),  # the array has more
        (struct.pack('<III', 7, 5, 4) + b'abcd', NCA_INVALID_BOUND),   # or less
        (struct.pack('<III', 7, 5, 5) + b'abcd', BAD_STUB_DATA),       # or is cut
        (struct.pack('<III', 7, 1048577, 1048577), NCA_INVALID_BOUND),  # over [range]
        (struct.pack('<III', 7, 0xffffffff, 0xffffffff), NCA_INVALID_BOUND),
        (struct.pack('<III', 7, 1048576, 1048576), BAD_STUB_DATA),
    ]
    with Raw(server) as raw:
        raw.bind()
        for stub, fault in cases:
            raw.send(request(2, stub))
            got = raw.fault()
            assert got == fault, '%r gave %r' % (stub, got)


def test_ranges(server):
    with Raw(server) as raw:
        raw.bind()
        for most in (0, 257, 0x80000000):
            raw.send(request(9, struct.pack('<IIqI', 7, 0, 0, most)))
            assert raw.fault() == NCA_INVALID_BOUND
        raw.send(request(10, struct.pack('<I', 7) + bytes(20) + struct.pack('<qI', 0, 30001)))
        assert raw.fault() == NCA_INVALID_BOUND


def test_foreign_versions_and_representations(server):
    for more, reason in (({'version': (4, 0)}, 4), ({'version': (5, 7)}, 4), ({'drep': 0}, 0),
                         ({'drep': 0x11}, 0), ({'drep': 0x0110}, 0)):
        with Raw(server) as raw:
            pdu = raw.bind(**more)
            assert pdu[0] == BIND_NAK and struct.unpack('<H', pdu[3][:2])[0] == reason
            assert raw.closed()
    with Raw(server) as raw:
        assert raw.bind(version=(5, 1))[0] == BIND_ACK
        raw.send(request(DESCRIBE, STUB, version=(5, 1)))
        assert answered(raw)
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB, drep=0))
        assert raw.fault() == NCA_PROTOCOL and raw.closed()


def test_binds_that_are_refused(server):
    for more in ({'contexts': []}, {'fragment': (1000, 5840)}, {'fragment': (5840, 0)},
                 {'group': 0x12345678}, {'flags': FIRST}, {'length': 17}):
        with Raw(server) as raw:
            raw.send(bind(**more)[:more.get('length')])
            pdu = raw.receive()
            assert pdu[0] == BIND_NAK and raw.closed(), more
    with Raw(server) as raw:
        raw.send(request(DESCRIBE, STUB))
        assert raw.receive()[0] == BIND_NAK and raw.closed()
    with Raw(server) as raw:
        raw.bind()
        raw.send(bind(call_id=2))
        assert raw.fault() == NCA_PROTOCOL and raw.closed()


def test_authentication_is_refused(server):
    with Raw(server) as raw:
        raw.send(bind(auth=b'NTLMSSP\0'))
        pdu = raw.receive()
        assert pdu[0] == BIND_NAK and struct.unpack('<H', pdu[3][:2])[0] == 8 and raw.closed()
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB, auth=bytes(16)))
        assert raw.fault() == ACCESS_DENIED and raw.closed()


def test_pdus_of_a_server(server):
    for kind in (RESPONSE, FAULT, BIND_ACK, BIND_NAK, ALTER_ACK, AUTH3, SHUTDOWN, 4, 255):
        with Raw(server) as raw:
            raw.bind()
            raw.send(pdu(kind, bytes(24)))
            assert raw.fault() == NCA_PROTOCOL and raw.closed()


def test_cancel_and_orphaned(server):
    with Raw(server) as raw:
        raw.bind()
        raw.send(request(DESCRIBE, STUB[:4], flags=FIRST, call_id=2) +
                 pdu(CANCEL, call_id=2) + pdu(ORPHANED, call_id=2) +
                 request(DESCRIBE, STUB, call_id=3))
        assert answered(raw, 3)


def test_nonsense(server):
    for data in (b'GET / HTTP/1.1\r\n\r\n', b'\0' * 100, b'\xff' * 100, b'\x16\x03\x01\x02\0'):
        with Raw(server) as raw:
            raw.send(data)
            pdu = raw.receive()  # those of less than a header run into the time limit
            assert pdu is None or pdu[0] == BIND_NAK
            assert pdu is None or raw.closed()


def test_slow_clients(server):
    start = time.monotonic()
    with Raw(server) as silent, Raw(server) as slow, Raw(server) as half:
        half.bind()
        half.send(request(DESCRIBE, STUB[:4], flags=FIRST))
        for octet in bind():
            try:
                slow.send(bytes([octet]))
            except OSError:
                break
            time.sleep(0.05)
        assert slow.closed() and silent.closed() and half.closed()
    assert time.monotonic() - start < 10


def test_many_silent_clients(server):
    crowd = [Raw(server) for _ in range(150)]  # more than the server takes at once
    for raw in crowd:
        assert raw.closed()
        raw.socket.close()
    with Raw(server) as raw:
        assert raw.bind()[0] == BIND_ACK
