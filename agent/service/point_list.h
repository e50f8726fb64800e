/* The list of recovery points, a page at a time. */
#ifndef OB_SERVICE_POINT_LIST_H
#define OB_SERVICE_POINT_LIST_H

#include "ob/service.h"
#include "session.h"

/* See ob_service_list_points(). The key of a page is the time of its last point. */
ob_status ob_point_list(const ob_session_host *host, const char *source, int64_t *resume,
                        size_t most, ob_point_record_visit visit, void *context);

#endif
