/* Where a place is read: in a snapshot of its volume, if there is one. */
#ifndef OB_ENGINE_SOURCE_MAPPED_H
#define OB_ENGINE_SOURCE_MAPPED_H

#include "ob/buf.h"
#include "ob/engine.h"

/* Appends the path, with a NUL, by the maps of the selection; `place` itself if none fits. */
ob_status ob_place_mapped(const ob_selection *selection, const char *place, ob_buf *out);

#endif
