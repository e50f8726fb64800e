#include "host.h"

#include <sddl.h>
#include <stdio.h>
#include <stdlib.h>

/* Of Windows since XP SP2; MinGW's headers lack it. */
RPC_STATUS RPC_ENTRY RpcServerRegisterIf3(RPC_IF_HANDLE interface_spec, UUID *type, void *epv,
                                          unsigned int flags, unsigned int max_calls,
                                          unsigned int max_size, RPC_IF_CALLBACK_FN *callback,
                                          void *security);

#ifndef RPC_IF_ALLOW_LOCAL_ONLY
#define RPC_IF_ALLOW_LOCAL_ONLY 0x20
#endif

/* SYSTEM and Administrators. */
#define ADMINISTRATORS L"D:P(A;;GA;;;SY)(A;;GA;;;BA)"
#define REQUEST_MOST (4u << 20)

static bool is_member(HANDLE token, WELL_KNOWN_SID_TYPE type)
{
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD size = sizeof sid;
    BOOL member = FALSE;
    return CreateWellKnownSid(type, NULL, sid, &size) &&
           CheckTokenMembership(token, sid, &member) && member;
}

static void put_text(ob_control_caller *out, HANDLE token)
{
    union {
        TOKEN_USER user;
        BYTE bytes[sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE];
    } info;
    DWORD size = 0;
    LPSTR sid = NULL;
    unsigned long pid = 0;
    if (!GetTokenInformation(token, TokenUser, &info, sizeof info, &size) ||
        !ConvertSidToStringSidA(info.user.User.Sid, &sid)) {
        return;
    }
    if (I_RpcBindingInqLocalClientPID(NULL, &pid) == RPC_S_OK) {
        snprintf(out->text, sizeof out->text, "%s (pid %lu)", sid, pid);
    } else {
        snprintf(out->text, sizeof out->text, "%s", sid);
    }
    LocalFree(sid);
}

void ob_control_host_gate(ob_control_caller *out)
{
    HANDLE token = NULL;
    RPC_STATUS status = RpcImpersonateClient(NULL);
    if (status != RPC_S_OK) {
        snprintf(out->text, sizeof out->text, "unknown caller (%ld)", (long)status);
        return;
    }
    /* As the agent itself, for the caller may not be allowed to look at his own token. */
    BOOL opened = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    if (RpcRevertToSelf() != RPC_S_OK) {
        abort(); /* never go on with somebody else's rights */
    }
    if (opened) {
        put_text(out, token);
        out->allowed =
            is_member(token, WinLocalSystemSid) || is_member(token, WinBuiltinAdministratorsSid);
        CloseHandle(token);
    }
}

void ob_control_host_refuse(PRPC_MESSAGE message)
{
    (void)message;
    RpcRaiseException(ERROR_ACCESS_DENIED);
}

static ob_status status_of(RPC_STATUS status, const char *what)
{
    switch (status) {
    case RPC_S_OK:
        return OB_OK;
    case RPC_S_OUT_OF_MEMORY:
        return ob_fail(OB_E_NO_MEMORY, "%s", what);
    case RPC_S_DUPLICATE_ENDPOINT:
        return ob_fail(OB_E_BUSY, "%s: another agent serves it", what);
    default:
        return ob_fail(OB_E_UNEXPECTED, "%s: RPC status %ld", what, (long)status);
    }
}

ob_status ob_control_host_register(RPC_IF_HANDLE interface_spec, bool local_only)
{
    PSECURITY_DESCRIPTOR security = NULL;
    unsigned flags = local_only ? RPC_IF_ALLOW_LOCAL_ONLY : 0;
    if (local_only && !ConvertStringSecurityDescriptorToSecurityDescriptorW(
                          ADMINISTRATORS, SDDL_REVISION_1, &security, NULL)) {
        return ob_fail(OB_E_UNEXPECTED, "the interface's security descriptor: error %lu",
                       (unsigned long)GetLastError());
    }
    RPC_STATUS status =
        RpcServerRegisterIf3(interface_spec, NULL, NULL, flags, RPC_C_LISTEN_MAX_CALLS_DEFAULT,
                             REQUEST_MOST, NULL, security);
    LocalFree(security);
    return status_of(status, "registering the control interface");
}

ob_status ob_control_host_listen(const char *endpoint)
{
    static char protseq[] = "ncalrpc";
    char name[256];
    int length = snprintf(name, sizeof name, "%s", endpoint);
    if (length <= 0 || (size_t)length >= sizeof name) {
        return ob_fail(OB_E_INVALID_ARGUMENT, "the endpoint's name must be 1 to %zu bytes",
                       sizeof name - 1);
    }
    RPC_STATUS status = RpcServerUseProtseqEpA((RPC_CSTR)protseq, RPC_C_PROTSEQ_MAX_REQS_DEFAULT,
                                               (RPC_CSTR)name, NULL);
    if (status == RPC_S_OK) {
        status = RpcServerListen(1, RPC_C_LISTEN_MAX_CALLS_DEFAULT, TRUE);
    }
    return status_of(status, name);
}

void ob_control_host_stop(void)
{
    RpcMgmtStopServerListening(NULL);
}

void ob_control_host_finish(RPC_IF_HANDLE interface_spec)
{
    RpcMgmtWaitServerListen();
    RpcServerUnregisterIf(interface_spec, NULL, TRUE);
}
