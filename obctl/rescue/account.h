/* What went not quite right in a rescue, counted by kind; the first failed files by name. One
 * thread at a time. */
#ifndef OBCTL_RESCUE_ACCOUNT_H
#define OBCTL_RESCUE_ACCOUNT_H

#include "ob/engine.h"
#include "ob/json.h"

#define OB_ACCOUNT_FAILED 100u
#define OB_ACCOUNT_KINDS 24u

/* Zero-initialise. */
typedef struct ob_account {
    cJSON *failed; /* the first OB_ACCOUNT_FAILED, as job.schema.json has them */
    size_t failed_count;
    struct {
        ob_event_kind event;
        char what[40]; /* the engine's word; "" if the kind is told without one */
        char *first;   /* the first one, escaped; its new name if it has one. NULL without memory */
        uint64_t count;
    } kinds[OB_ACCOUNT_KINDS];
    size_t kind_count;
    bool any;       /* something was not as asked for: the job ends with warnings */
    bool no_memory; /* the list of failed files is not complete; the counts are */
} ob_account;

void ob_account_note(ob_account *account, const ob_event *event);
void ob_account_free(ob_account *account);

/* The members "warnings" and "failed" of job.schema.json. */
void ob_account_json(const ob_account *account, cJSON *detail, bool *failed);

#endif
