/*
 * One error type for the whole product. An ob_status is compatible with an HRESULT: negative on
 * failure, OB_OK (0) on success; it travels unchanged over RPC and COM ([MS-ERREF] 2.1).
 * The table in status_table.h is the only place where codes, texts and advice are kept.
 */
#ifndef OB_STATUS_H
#define OB_STATUS_H

#include "ob/compiler.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

typedef int32_t ob_status;

#define OB_OK ((ob_status)0)
#define OB_FAILED(st) ((ob_status)(st) < 0)

#define OB_STATUS_ROW(symbol, value, mars, event, message, advice) symbol = (ob_status)(value),
enum ob_status_code {
#include "ob/status_table.h"
};
#undef OB_STATUS_ROW

/* A row of the table. All strings are static, UTF-8, English, without a trailing line end. */
typedef struct ob_status_info {
    ob_status status;
    const char *symbol;  /* "OB_E_NOT_REGISTERED" */
    const char *message; /* what is wrong */
    const char *advice;  /* what to do next */
    uint32_t mars_code;  /* the code that users of MARS search for; 0 = none */
    uint32_t event_id;   /* event log id; 0 = none */
} ob_status_info;

/* Never NULL: an unknown status answers with the row of OB_E_UNEXPECTED. */
const ob_status_info *ob_status_lookup(ob_status status);

/* Finds a row by its position, for listings: NULL past the end. */
const ob_status_info *ob_status_at(size_t position);

/*
 * Sets this thread's detail text (which file, which field, which value) and returns `status`, so
 * that a failing line reads `return ob_fail(OB_E_CORRUPT, "pack %s: ...", name)`. Cut at 1,023
 * bytes on a character boundary. Control characters are replaced, so that a hostile file name
 * cannot forge a line. Must not be given secrets.
 */
ob_status ob_fail(ob_status status, const char *format, ...) OB_PRINTF(2, 3);
ob_status ob_vfail(ob_status status, const char *format, va_list args);

/* The detail of this thread's last ob_fail(), "" if none. Valid until the thread's next call. */
const char *ob_detail(void);
void ob_detail_clear(void);

#endif
