/*
 * The classes of the COM library. Each constructor gives an object with one reference, or NULL
 * without memory. Documents are taken over in every case.
 */
#ifndef OB_COM_CLASSES_H
#define OB_COM_CLASSES_H

#include "object.h"

IOBAgent *ob_com_agent_new(void);
IOBRegistration *ob_com_registration_new(cJSON *document);
IOBSettings *ob_com_settings_new(ob_connection *connection, cJSON *document);
IOBStatus *ob_com_status_new(cJSON *document); /* error.schema.json; NULL: the status 0 */
IOBFileSpecs *ob_com_file_specs_new(void);
/* Replaces the collection by the policy document's "files"; a failure keeps what it held. */
HRESULT ob_com_file_specs_load(IOBFileSpecs *specs, const cJSON *files);
/* The collection as the array of a policy document. */
ob_status ob_com_file_specs_save(IOBFileSpecs *specs, cJSON **files);
/* `document` NULL: a new policy of this name (UTF-8). */
IOBPolicy *ob_com_policy_new(ob_connection *connection, const char *name, cJSON *document);
/* Takes the record over and zeroes it. */
IOBJob *ob_com_job_new(ob_connection *connection, ob_job *job);
/* Asks the agent for the job of this identity; `object` gets the error. */
HRESULT ob_com_job_open(void *object, ob_connection *connection, const ob_guid *id, IOBJob **out);
IOBRecoveryPoint *ob_com_point_new(ob_connection *connection, ob_point *point);

/* An opened recovery point that items share; counted. */
typedef struct ob_shared_view {
    ob_connection *connection;
    ob_client_view *view;
    LONG references;
} ob_shared_view;
ob_shared_view *ob_shared_view_share(ob_shared_view *view);
void ob_shared_view_release(ob_shared_view *view); /* takes NULL */
IOBItem *ob_com_item_new(ob_shared_view *view, ob_item *item);
/* Lists a folder of the point; `object` gets the error. */
HRESULT ob_com_items_list(void *object, ob_shared_view *view, const char *path, const char *pattern,
                          IOBItems **out);

/* ---- collections ---- */

/* A growing list of objects: owns one reference to each. */
typedef struct ob_list {
    IDispatch **items;
    size_t count, capacity;
} ob_list;
/* Takes the reference over in every case; NULL counts as lack of memory. */
HRESULT ob_list_add(ob_list *list, void *item);
void ob_list_remove(ob_list *list, size_t position);
void ob_list_clear(ob_list *list);
/* An IEnumVARIANT over a snapshot of the list. */
HRESULT ob_list_enumerate(const ob_list *list, IUnknown **out);

/* Read-only collections; each takes the list over and zeroes it. */
IOBJobs *ob_com_jobs_new(ob_list *list);
IOBItems *ob_com_items_new(ob_list *list);
IOBRecoveryPoints *ob_com_points_new(ob_list *list);

#endif
