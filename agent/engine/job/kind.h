/* What people call the types of files. */
#ifndef OB_ENGINE_JOB_KIND_H
#define OB_ENGINE_JOB_KIND_H

#include "ob/fs.h"

/* The name of a kind that this version does not keep; NULL for one that it does. */
const char *ob_kind_not_kept(ob_file_type type);
/* The name of a kind that not every system has, or lets everybody make; NULL for the others. */
const char *ob_kind_of(ob_file_type type);

#endif
