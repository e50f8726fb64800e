"""The server under test, and two ways to talk to it: impacket, and bare PDUs on a socket."""

import socket
import struct
import subprocess

from impacket.dcerpc.v5 import transport

import ob_ndr

WHOLE, FIRST, LAST = 3, 1, 2
REQUEST, RESPONSE, FAULT, BIND, BIND_ACK, BIND_NAK = 0, 2, 3, 11, 12, 13
ALTER, ALTER_ACK, AUTH3, SHUTDOWN, CANCEL, ORPHANED = 14, 15, 16, 17, 18, 19

NDR = bytes.fromhex('045d888aeb1cc9119fe808002b10486002000000')
NDR64 = bytes.fromhex('33057171babe37498319b5dbef9ccc3601000000')
FEATURES = bytes.fromhex('2c1cb76c12984045030000000000000001000000')

NCA_OPNUM_RANGE = 0x1c010002
NCA_UNKNOWN_INTERFACE = 0x1c010003
NCA_PROTOCOL = 0x1c01000b
NCA_TOO_BUSY = 0x1c010014
NCA_INVALID_BOUND = 0x1c000007
NCA_CONTEXT_MISMATCH = 0x1c00001a
NCA_NO_MEMORY = 0x1c00001b
ACCESS_DENIED = 5
BAD_STUB_DATA = 0x6f7


class Server:
    """A process that prints "port N" and serves until its input ends."""

    def __init__(self, command):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        line = self.process.stdout.readline().split()
        if len(line) != 2 or line[0] != 'port':
            raise RuntimeError('%s did not say its port' % command[0])
        self.port = int(line[1])

    def stop(self):
        """Returns the exit code; a server that does not stop in time is killed."""
        self.process.stdin.close()
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()


def connect(server, fragment=0, bind=True):
    """An impacket connection. `fragment`: most bytes of stub data in its requests' PDUs."""
    t = transport.DCERPCTransportFactory('ncacn_ip_tcp:127.0.0.1[%d]' % server.port)
    t.set_connect_timeout(20)
    dce = t.get_dce_rpc()
    dce.connect()
    if fragment:
        dce.set_max_fragment_size(fragment)
    if bind:
        dce.bind(ob_ndr.INTERFACE)
    return dce


# What impacket fills gaps with. Their contents mean nothing; the server sends zeroes.
PADDING = bytes.fromhex('aaabbbbcbdbebfcacbcccdceddef')


def same(written, wire):
    """What impacket wrote is what was on the wire, but for the contents of gaps."""
    return len(written) == len(wire) and all(
        a == b or (b == 0 and a in PADDING) for a, b in zip(written, wire))


def call(dce, request):
    """One method; the response, which impacket must write just as it read it."""
    if 'target' in request.fields:
        request['target'] = ob_ndr.TARGET
    dce.call(request.opnum, request)
    answer = dce.recv()
    response = ob_ndr.response_class(type(request))(answer)
    assert same(response.getData(), answer), 'the answer is not what its classes would write'
    return response


class Raw:
    """A socket and PDUs made by hand."""

    def __init__(self, server, timeout=15):
        self.socket = socket.create_connection(('127.0.0.1', server.port), timeout)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def receive(self):
        """(type, flags, call id, body), or None at the end."""
        header = self._exactly(16)
        if header is None:
            return None
        length, call_id = struct.unpack('<8xHxxI', header)
        body = self._exactly(length - 16)
        return header[2], header[3], call_id, body

    def _exactly(self, count):
        data = b''
        while len(data) < count:
            try:
                piece = self.socket.recv(count - len(data))
            except ConnectionResetError:
                piece = b''
            if not piece:
                return None
            data += piece
        return data

    def bind(self, **more):
        self.send(bind(**more))
        return self.receive()

    def closed(self):
        """True when the server ends the connection without another word."""
        return self.receive() is None

    def fault(self):
        """The status of the fault that comes, None if something else does."""
        pdu = self.receive()
        if pdu is None or pdu[0] != FAULT:
            return None
        return struct.unpack('<8xI', pdu[3][:12])[0]


def pdu(kind, body=b'', flags=WHOLE, call_id=1, drep=0x10, version=(5, 0), auth=b'', length=None):
    total = 16 + len(body) + (8 + len(auth) if auth else 0)
    header = struct.pack('<BBBBIHHI', version[0], version[1], kind, flags, drep,
                         total if length is None else length, len(auth), call_id)
    trailer = struct.pack('<BBBBI', 10, 6, 0, 0, 0) + auth if auth else b''
    return header + body + trailer


def bind(kind=BIND, contexts=None, group=0, fragment=(5840, 5840), **more):
    """`contexts`: (id, abstract syntax, transfer syntaxes) each."""
    if contexts is None:
        contexts = [(0, ob_ndr.INTERFACE, [NDR])]
    body = struct.pack('<HHIBBH', fragment[0], fragment[1], group, len(contexts), 0, 0)
    for number, abstract, transfers in contexts:
        body += struct.pack('<HBB', number, len(transfers), 0) + abstract + b''.join(transfers)
    return pdu(kind, body, **more)


def request(opnum, stub=b'', context=0, hint=0, uuid=b'', **more):
    flags = more.pop('flags', WHOLE) | (0x80 if uuid else 0)
    return pdu(REQUEST, struct.pack('<IHH', hint, context, opnum) + uuid + stub, flags=flags, **more)


def results(body):
    """(result, reason, transfer syntax) of each context in a bind_ack's body."""
    length = struct.unpack('<8xH', body[:10])[0]
    at = 10 + length
    at += -at % 4
    out = []
    for i in range(body[at]):
        start = at + 4 + 24 * i
        out.append(struct.unpack('<HH', body[start:start + 4]) + (body[start + 4:start + 24],))
    return out


def group_of(body):
    return struct.unpack('<4xI', body[:8])[0]
