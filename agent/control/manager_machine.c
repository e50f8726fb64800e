/* Methods 0 to 7 and 17: the agent, registration, settings, policies. */
#include "ob/alloc.h"

#include "dispatch.h"
#include "manager.h"

#define DOCUMENT_MOST 1048576u
#define NAME_MOST 1024u
#define PAGE_MOST 256u

/* Ends a method that answers a document. */
static LONG answer_document(ob_status status, ob_buf *document, OB_BYTES *out, OB_BYTES *error)
{
    if (status == OB_OK) {
        status = ob_control_give(out, document);
    }
    ob_buf_free(document);
    return ob_control_answer(status, error);
}

/* The request's own bytes, which the runtime frees as they are. */
static void wipe_request(const unsigned char *data, ULONG count)
{
    if (data != NULL) {
        ob_wipe((void *)(uintptr_t)data, count);
    }
}

LONG __cdecl ObNegotiate(OB_TARGET target, ULONG lowest, ULONG highest, ULONG *version,
                         OB_BYTES *agent, OB_BYTES *error)
{
    ob_buf document = {0};
    ob_status status = OB_OK;
    (void)target;
    *version = 0;
    *agent = (OB_BYTES){0};
    if (lowest > OB_SERVICE_INTERFACE_VERSION || highest < 1 || lowest > highest) {
        status =
            ob_fail(OB_E_VERSION, "the caller speaks %lu to %lu, the agent 1 to %u",
                    (unsigned long)lowest, (unsigned long)highest, OB_SERVICE_INTERFACE_VERSION);
        return ob_control_answer(status, error);
    }
    *version = highest < OB_SERVICE_INTERFACE_VERSION ? highest : OB_SERVICE_INTERFACE_VERSION;
    status = ob_service_agent(ob_control_service(), &document);
    return answer_document(status, &document, agent, error);
}

LONG __cdecl ObDescribeError(OB_TARGET target, LONG status, OB_BYTES *description, OB_BYTES *error)
{
    ob_buf document = {0};
    (void)target;
    *description = (OB_BYTES){0};
    ob_status printed = ob_service_error((ob_status)status, NULL, &document);
    return answer_document(printed, &document, description, error);
}

LONG __cdecl ObRegister(OB_TARGET target, ULONG credentials_count, const unsigned char *credentials,
                        OB_BYTES *registration, OB_BYTES *error)
{
    ob_buf document = {0};
    (void)target;
    *registration = (OB_BYTES){0};
    ob_status status = ob_control_check_bytes(credentials, credentials_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_register(ob_control_service(), ob_control_caller_text(),
                                     ob_control_bytes(credentials), credentials_count, &document);
        wipe_request(credentials, credentials_count); /* who has the token may register machines */
    }
    return answer_document(status, &document, registration, error);
}

LONG __cdecl ObGetSettings(OB_TARGET target, OB_BYTES *settings, OB_BYTES *error)
{
    ob_buf document = {0};
    (void)target;
    *settings = (OB_BYTES){0};
    ob_status status = ob_service_get_settings(ob_control_service(), &document);
    return answer_document(status, &document, settings, error);
}

LONG __cdecl ObSetSettings(OB_TARGET target, ULONG settings_count, const unsigned char *settings,
                           OB_BYTES *error)
{
    (void)target;
    ob_status status = ob_control_check_bytes(settings, settings_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_set_settings(ob_control_service(), ob_control_caller_text(),
                                         ob_control_bytes(settings), settings_count);
        wipe_request(settings, settings_count);
    }
    return ob_control_answer(status, error);
}

LONG __cdecl ObGetPolicy(OB_TARGET target, ULONG name_count, const unsigned char *name,
                         OB_BYTES *policy, OB_BYTES *error)
{
    ob_buf document = {0};
    (void)target;
    *policy = (OB_BYTES){0};
    ob_status status = ob_control_check_bytes(name, name_count, NAME_MOST);
    if (status == OB_OK) {
        status = ob_service_get_policy(ob_control_service(), ob_control_bytes(name), name_count,
                                       &document);
    }
    return answer_document(status, &document, policy, error);
}

LONG __cdecl ObSetPolicy(OB_TARGET target, ULONG policy_count, const unsigned char *policy,
                         OB_BYTES *stored, OB_BYTES *error)
{
    ob_buf document = {0};
    (void)target;
    *stored = (OB_BYTES){0};
    ob_status status = ob_control_check_bytes(policy, policy_count, DOCUMENT_MOST);
    if (status == OB_OK) {
        status = ob_service_set_policy(ob_control_service(), ob_control_caller_text(),
                                       ob_control_bytes(policy), policy_count, &document);
    }
    return answer_document(status, &document, stored, error);
}

LONG __cdecl ObRemovePolicy(OB_TARGET target, ULONG name_count, const unsigned char *name,
                            OB_BYTES *error)
{
    (void)target;
    ob_status status = ob_control_check_bytes(name, name_count, NAME_MOST);
    if (status == OB_OK) {
        status = ob_service_remove_policy(ob_control_service(), ob_control_caller_text(),
                                          ob_control_bytes(name), name_count);
    }
    return ob_control_answer(status, error);
}

static ob_status visit_policy(void *context, const char *policy)
{
    OB_DOCUMENT_LIST *list = context;
    OB_BYTES *out = &list->documents[list->count++];
    return ob_control_give_text(policy, &out->count, &out->data);
}

static void free_documents(OB_DOCUMENT_LIST *list)
{
    for (ULONG i = 0; i < list->count; i++) {
        ob_free(list->documents[i].data);
    }
    ob_free(list->documents);
    *list = (OB_DOCUMENT_LIST){0};
}

LONG __cdecl ObListPolicies(OB_TARGET target, hyper *resume, ULONG most, OB_DOCUMENT_LIST *list,
                            OB_BYTES *error)
{
    (void)target;
    *list = (OB_DOCUMENT_LIST){0};
    ob_status status = ob_control_check_page(*resume, most, PAGE_MOST);
    if (status == OB_OK) {
        int64_t key = *resume;
        list->documents = ob_calloc(most, sizeof *list->documents);
        status = list->documents != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a list of policies");
        if (status == OB_OK) {
            status = ob_service_list_policies(ob_control_service(), &key, most, visit_policy, list);
        }
        *resume = key;
    }
    if (status != OB_OK || list->count == 0) { /* see ob_control_check_page() */
        free_documents(list);
    }
    return ob_control_answer(status, error);
}
