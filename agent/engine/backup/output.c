#include "backup/output.h"

static ob_status take_chunk(void *context, const ob_list_chunk *chunk)
{
    ob_output *output = context;
    ob_chunk_id id;
    uint64_t stored = 0;
    ob_status status =
        ob_repo_write(output->repo, OB_CHUNK_META, chunk->data, chunk->length, &id, &stored);
    if (!OB_FAILED(status)) {
        ob_progress more = {.bytes_stored = stored};
        ob_report_add(output->report, &more, NULL);
        status = ob_table_add(&output->table, chunk, &id);
    }
    if (!OB_FAILED(status) && output->cache != NULL &&
        OB_FAILED(ob_cache_add(output->cache, chunk->data, chunk->length))) {
        ob_cache_discard(output->cache);
        output->cache = NULL;
    }
    return status;
}

ob_status ob_output_begin(ob_output *output, const ob_engine *engine, ob_repo *repo,
                          ob_report *report, const char *policy)
{
    *output = (ob_output){.repo = repo,
                          .report = report,
                          .list = {.sink = take_chunk, .context = output},
                          .table = {.repo = repo}};
    ob_status status = ob_cache_create(engine, policy, &output->cache);
    return status == OB_E_NO_MEMORY ? status : OB_OK;
}

ob_status ob_output_add(ob_output *output, const ob_entry *entry)
{
    ob_status status = ob_list_add(&output->list, entry);
    if (!OB_FAILED(status)) {
        output->entries++;
        output->bytes += entry->info.type == OB_FILE_REGULAR ? entry->info.size : 0;
        output->selected += (entry->flags & OB_ENTRY_PASSED) == 0 ? 1 : 0;
    }
    return status;
}

ob_status ob_output_finish(ob_output *output)
{
    ob_status status = ob_list_finish(&output->list);
    if (!OB_FAILED(status)) {
        status = ob_table_finish(&output->table);
    }
    ob_progress more = {.bytes_stored = output->table.stored};
    ob_report_add(output->report, &more, NULL);
    return status;
}

void ob_output_keep_cache(ob_output *output, int64_t started, const ob_guid *point)
{
    if (output->cache != NULL) {
        ob_cache_head head = {started, *point, output->entries, output->bytes};
        (void)ob_cache_commit(output->cache, &head);
    }
}

void ob_output_end(ob_output *output)
{
    ob_list_writer_free(&output->list);
    ob_table_writer_free(&output->table);
    ob_cache_discard(output->cache);
    output->cache = NULL;
}
