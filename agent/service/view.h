/* Recovery points opened for browsing. */
#ifndef OB_SERVICE_VIEW_H
#define OB_SERVICE_VIEW_H

#include "ob/service.h"
#include "ob/thread.h"
#include "session.h"

/* The open views of a service, to be shut when it closes before they do. */
typedef struct ob_open_views {
    ob_mutex lock;
    ob_service_view *first;
} ob_open_views;

void ob_open_views_init(ob_open_views *list);
/* Shuts views that are still open; each is freed by its owner. */
void ob_open_views_shut(ob_open_views *list);
void ob_open_views_destroy(ob_open_views *list);

ob_status ob_service_view_open(ob_open_views *list, const ob_session_host *host,
                               const ob_guid *point, ob_service_view **out);

#endif
