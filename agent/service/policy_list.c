#include "policy_list.h"

#include <string.h>

#define PAGE_BYTES ((size_t)1 << 20)

/* Inside a transaction. */
static ob_status list(ob_db *db, int64_t *resume, size_t most, ob_policy_visit visit, void *context)
{
    size_t bytes = 0;
    size_t count = 0;
    bool more = false;
    ob_status status = OB_OK;
    ob_query query =
        ob_query_of(db, "SELECT document FROM policy ORDER BY name LIMIT ?1 OFFSET ?2");
    ob_query_bind_int(&query, 1, (int64_t)most + 1);
    ob_query_bind_int(&query, 2, *resume);
    while (status == OB_OK && !more && ob_query_row(&query)) {
        more = count == most || bytes >= PAGE_BYTES;
        if (!more) {
            const char *document = ob_query_text(&query, 0);
            bytes += strlen(document);
            count++;
            status = visit(context, document);
        }
    }
    ob_status ended = ob_query_end(&query);
    status = OB_FAILED(status) ? status : ended;
    if (status == OB_OK) {
        *resume = more ? *resume + (int64_t)count : 0;
    }
    return status;
}

ob_status ob_policy_list(ob_db *db, int64_t *resume, size_t most, ob_policy_visit visit,
                         void *context)
{
    ob_status status = ob_db_begin(db);
    return status == OB_OK ? ob_db_end(db, list(db, resume, most, visit, context)) : status;
}
