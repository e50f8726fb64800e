#include "seh.h"

#include <windows.h>

#include <rpc.h>

static BOOL is_of_rpc(DWORD code)
{
    switch (code) {
    case EXCEPTION_GUARD_PAGE:
    case EXCEPTION_DATATYPE_MISALIGNMENT:
    case EXCEPTION_BREAKPOINT:
    case EXCEPTION_SINGLE_STEP:
        return FALSE;
    default:
        /* 0xC…: the processor's and the system's; 0xE…: of languages ([MS-ERREF] 2.3). */
        return (code & 0xF0000000) != 0xC0000000 && (code & 0xF0000000) != 0xE0000000;
    }
}

#ifdef _MSC_VER

/* In place of seh.S. */
unsigned long ob_seh_call(void (*function)(void *context), void *context)
{
    __try {
        function(context);
    } __except (is_of_rpc(GetExceptionCode()) ? EXCEPTION_EXECUTE_HANDLER
                                              : EXCEPTION_CONTINUE_SEARCH) {
        return GetExceptionCode() != 0 ? GetExceptionCode() : RPC_S_CALL_FAILED;
    }
    return 0;
}

#else

/* Where seh.S keeps the code, in bytes from the frame that the system passes. */
#define CODE_OFFSET 32

LONG ob_seh_filter(EXCEPTION_POINTERS *exception, void *frame);

/* Called by the system while it looks for a handler; the code is gone when the handler runs. */
LONG ob_seh_filter(EXCEPTION_POINTERS *exception, void *frame)
{
    const DWORD code = exception->ExceptionRecord->ExceptionCode;
    if (!is_of_rpc(code)) {
        return EXCEPTION_CONTINUE_SEARCH;
    }
    *(DWORD *)((char *)frame + CODE_OFFSET) = code != 0 ? code : RPC_S_CALL_FAILED;
    return EXCEPTION_EXECUTE_HANDLER;
}

#endif
