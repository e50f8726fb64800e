/* Memory of the tests themselves, which never fails and lives until the program ends. */
#ifndef OB_TEST_KEEP_H
#define OB_TEST_KEEP_H

#include <stddef.h>

void *ob_test_keep(size_t size); /* zeroed */
void ob_test_keep_free(void);
/* The folder that all temporary folders are made in. */
void ob_test_root_make(void);
void ob_test_root_remove(void);

#endif
