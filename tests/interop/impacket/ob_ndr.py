"""NDR of every method of idl/onlinebackup.idl, written by hand with impacket's classes."""

from impacket.dcerpc.v5.dtypes import LONG, ULONG, USHORT
from impacket.dcerpc.v5.ndr import (NDRCALL, NDRHYPER, NDRPOINTER, NDRSTRUCT, NDRUniConformantArray,
                                    NDRUniFixedArray)
from impacket.uuid import uuidtup_to_bin

INTERFACE = uuidtup_to_bin(('f4f8bef5-2be4-4c08-bf23-6af74a693b4e', '1.0'))
TARGET = 7  # travels, means nothing to the server


class OCTETS(NDRUniConformantArray):
    item = 'c'


class POCTETS(NDRPOINTER):
    referent = (('Data', OCTETS),)


class OB_BYTES(NDRSTRUCT):
    structure = (('count', ULONG), ('data', POCTETS))


class EIGHT(NDRUniFixedArray):
    def getDataLen(self, data, offset=0):
        return 8


class OB_GUID(NDRSTRUCT):
    structure = (('data1', ULONG), ('data2', USHORT), ('data3', USHORT), ('data4', EIGHT))

    def getAlignment(self):
        return 4


class OB_VIEW(NDRSTRUCT):
    structure = (('handle', '20s=b""'),)

    def getAlignment(self):
        return 4


class OB_JOB(NDRSTRUCT):
    structure = (
        ('id', OB_GUID), ('type', LONG), ('state', LONG), ('status', LONG),
        ('current_count', ULONG), ('revision', NDRHYPER), ('start_time', NDRHYPER),
        ('end_time', NDRHYPER), ('bytes_total', NDRHYPER), ('bytes_done', NDRHYPER), ('bytes_changed', NDRHYPER),
        ('bytes_stored', NDRHYPER), ('files_total', NDRHYPER), ('files_done', NDRHYPER),
        ('files_changed', NDRHYPER), ('files_failed', NDRHYPER), ('bytes_per_second', NDRHYPER),
        ('seconds_left', NDRHYPER), ('current', POCTETS),
        ('detail_count', ULONG), ('detail', POCTETS),
    )


class OB_POINT(NDRSTRUCT):
    structure = (('id', OB_GUID), ('time', NDRHYPER), ('bytes', NDRHYPER), ('files', NDRHYPER),
                 ('sources_count', ULONG), ('sources', POCTETS))


class OB_ITEM(NDRSTRUCT):
    structure = (('type', LONG), ('mode', ULONG), ('size', NDRHYPER), ('mtime', NDRHYPER),
                 ('path_count', ULONG), ('path', POCTETS))


def list_of(record):
    """The struct { count, [size_is(count)] pointer } over a record."""
    array = type(record.__name__ + '_ARRAY', (NDRUniConformantArray,), {'item': record})
    pointer = type('P' + record.__name__, (NDRPOINTER,), {'referent': (('Data', array),)})
    return type(record.__name__ + '_LIST', (NDRSTRUCT,),
                {'structure': (('count', ULONG), ('records', pointer))})


OB_DOCUMENT_LIST = list_of(OB_BYTES)
OB_JOB_LIST = list_of(OB_JOB)
OB_POINT_LIST = list_of(OB_POINT)
OB_ITEM_LIST = list_of(OB_ITEM)


class ObNegotiate(NDRCALL):
    opnum = 0
    structure = (('target', ULONG), ('lowest', ULONG), ('highest', ULONG))


class ObNegotiateResponse(NDRCALL):
    structure = (('version', ULONG), ('agent', OB_BYTES), ('error', OB_BYTES), ('status', LONG))


class ObDescribeError(NDRCALL):
    opnum = 1
    structure = (('target', ULONG), ('code', LONG))


class ObDescribeErrorResponse(NDRCALL):
    structure = (('description', OB_BYTES), ('error', OB_BYTES), ('status', LONG))


class ObRegister(NDRCALL):
    opnum = 2
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObRegisterResponse(NDRCALL):
    structure = (('registration', OB_BYTES), ('error', OB_BYTES), ('status', LONG))


class ObGetSettings(NDRCALL):
    opnum = 3
    structure = (('target', ULONG),)


class ObGetSettingsResponse(NDRCALL):
    structure = (('settings', OB_BYTES), ('error', OB_BYTES), ('status', LONG))


class ObSetSettings(NDRCALL):
    opnum = 4
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObSetSettingsResponse(NDRCALL):
    structure = (('error', OB_BYTES), ('status', LONG))


class ObGetPolicy(NDRCALL):
    opnum = 5
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObGetPolicyResponse(NDRCALL):
    structure = (('policy', OB_BYTES), ('error', OB_BYTES), ('status', LONG))


class ObSetPolicy(NDRCALL):
    opnum = 6
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObSetPolicyResponse(NDRCALL):
    structure = (('stored', OB_BYTES), ('error', OB_BYTES), ('status', LONG))


class ObRemovePolicy(NDRCALL):
    opnum = 7
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObRemovePolicyResponse(NDRCALL):
    structure = (('error', OB_BYTES), ('status', LONG))


class ObStartBackup(NDRCALL):
    opnum = 8
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObStartBackupResponse(NDRCALL):
    structure = (('job', OB_GUID), ('error', OB_BYTES), ('status', LONG))


class ObListJobs(NDRCALL):
    opnum = 9
    structure = (('target', ULONG), ('filter', ULONG), ('resume', NDRHYPER), ('most', ULONG))


class ObListJobsResponse(NDRCALL):
    structure = (('resume', NDRHYPER), ('list', OB_JOB_LIST), ('error', OB_BYTES),
                 ('status', LONG))


class ObWatchJob(NDRCALL):
    opnum = 10
    structure = (('target', ULONG), ('id', OB_GUID), ('seen', NDRHYPER), ('wait_ms', ULONG))


class ObWatchJobResponse(NDRCALL):
    structure = (('job', OB_JOB), ('error', OB_BYTES), ('status', LONG))


class ObCancelJob(NDRCALL):
    opnum = 11
    structure = (('target', ULONG), ('id', OB_GUID))


class ObCancelJobResponse(NDRCALL):
    structure = (('error', OB_BYTES), ('status', LONG))


class ObListPoints(NDRCALL):
    opnum = 12
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS), ('resume', NDRHYPER),
                 ('most', ULONG))


class ObListPointsResponse(NDRCALL):
    structure = (('resume', NDRHYPER), ('list', OB_POINT_LIST), ('error', OB_BYTES),
                 ('status', LONG))


class ObOpenPoint(NDRCALL):
    opnum = 13
    structure = (('target', ULONG), ('id', OB_GUID))


class ObOpenPointResponse(NDRCALL):
    structure = (('view', OB_VIEW), ('error', OB_BYTES), ('status', LONG))


class ObBrowsePoint(NDRCALL):
    opnum = 14
    structure = (('view', OB_VIEW), ('path_count', ULONG), ('path', OCTETS),
                 ('pattern_count', ULONG), ('pattern', OCTETS), ('resume', NDRHYPER),
                 ('most', ULONG))


class ObBrowsePointResponse(NDRCALL):
    structure = (('resume', NDRHYPER), ('list', OB_ITEM_LIST), ('error', OB_BYTES),
                 ('status', LONG))


class ObClosePoint(NDRCALL):
    opnum = 15
    structure = (('view', OB_VIEW),)


class ObClosePointResponse(NDRCALL):
    structure = (('view', OB_VIEW), ('status', LONG))


class ObStartRecovery(NDRCALL):
    opnum = 16
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObStartRecoveryResponse(NDRCALL):
    structure = (('job', OB_GUID), ('error', OB_BYTES), ('status', LONG))


class ObListPolicies(NDRCALL):
    opnum = 17
    structure = (('target', ULONG), ('resume', NDRHYPER), ('most', ULONG))


class ObListPoliciesResponse(NDRCALL):
    structure = (('resume', NDRHYPER), ('list', OB_DOCUMENT_LIST), ('error', OB_BYTES),
                 ('status', LONG))


class ObStartPrune(NDRCALL):
    opnum = 18
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObStartPruneResponse(NDRCALL):
    structure = (('job', OB_GUID), ('error', OB_BYTES), ('status', LONG))


class ObStartVerify(NDRCALL):
    opnum = 19
    structure = (('target', ULONG), ('count', ULONG), ('data', OCTETS))


class ObStartVerifyResponse(NDRCALL):
    structure = (('job', OB_GUID), ('error', OB_BYTES), ('status', LONG))


METHODS = [ObNegotiate, ObDescribeError, ObRegister, ObGetSettings, ObSetSettings, ObGetPolicy,
           ObSetPolicy, ObRemovePolicy, ObStartBackup, ObListJobs, ObWatchJob, ObCancelJob,
           ObListPoints, ObOpenPoint, ObBrowsePoint, ObClosePoint, ObStartRecovery,
           ObListPolicies, ObStartPrune, ObStartVerify]


def response_class(method):
    return globals()[method.__name__ + 'Response']


def counted(request, data, count='count', field='data'):
    """Fills a counted array of octets and its count."""
    request[count] = len(data)
    request[field] = [bytes([b]) for b in data]
    return request


def octets(record, field='data'):
    """The octets behind a pointer of a record, None for NULL."""
    pointer = record.fields[field]
    if pointer.fields['ReferentID'] == 0:
        return None
    value = record[field]
    return b''.join(value) if isinstance(value, list) else bytes(value)


def text(document):
    return (octets(document) or b'').decode()


def guid(seed):
    """As put_guid() of fake_manager.c has it."""
    g = OB_GUID()
    g['data1'] = seed & 0xffffffff
    g['data2'] = (seed + 1) & 0xffff
    g['data3'] = (seed + 2) & 0xffff
    g['data4'] = bytes((seed + i) & 0xff for i in range(8))
    return g


def guid_tuple(g):
    data4 = g['data4']
    return g['data1'], g['data2'], g['data3'], b''.join(data4) if isinstance(data4, list) else data4


def sum_of(data):
    """As sum_of() of fake_manager.c."""
    total = 0
    for b in data:
        total = (total * 31 + b) & 0xffffffff
    return total
