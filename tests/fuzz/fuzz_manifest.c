/* Manifests, and tables of file lists. */
#include "fuzz.h"

#include "point/manifest.h"
#include "point/path.h"
#include "point/table.h"

#include <stdlib.h>
#include <string.h>

static void use_manifest(const uint8_t *data, size_t size)
{
    ob_manifest manifest = {0};
    ob_manifest again = {0};
    ob_buf bytes = {0};
    if (ob_manifest_read(&manifest, data, size) != OB_OK) {
        if (manifest.owned != NULL) {
            abort();
        }
        return;
    }
    if (ob_guid_is_zero(&manifest.id) || strlen(manifest.policy) > OB_MANIFEST_TEXT_MOST ||
        ob_manifest_write(&bytes, &manifest) != OB_OK ||
        ob_manifest_read(&again, bytes.data, bytes.length) != OB_OK ||
        again.source_count != manifest.source_count || again.kind_count != manifest.kind_count ||
        again.table_count != manifest.table_count || strcmp(again.policy, manifest.policy) != 0) {
        abort();
    }
    ob_manifest_free(&manifest);
    ob_manifest_free(&again);
    ob_buf_free(&bytes);
}

static void use_table(const uint8_t *data, size_t size)
{
    ob_table table = {0};
    if (ob_table_parse(&table, data, size) == OB_OK) {
        for (size_t i = 0; i < table.count; i++) {
            const ob_table_row *row = &table.rows[i];
            if (!ob_point_path_valid(row->first, row->first_length) || row->entries == 0 ||
                ob_table_after(&table, 0, row->first, row->first_length, false) != i + 1) {
                abort();
            }
        }
    }
    ob_table_free(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    use_manifest(data, size);
    use_table(data, size);
    return 0;
}
