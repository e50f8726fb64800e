#include "maker.h"

#include "ob/host.h"

#include <string.h>

static ob_status take_chunk(void *context, const ob_list_chunk *chunk)
{
    maker_add_chunk(context, chunk);
    return OB_OK;
}

void maker_begin(maker *self, rig *rig)
{
    *self = (maker){.list = {.sink = take_chunk, .context = self}};
    ob_check_ok(ob_repo_open(&rig->engine, true, &self->repo));
    self->table.repo = self->repo;
    self->manifest = (ob_manifest){.time = rig->engine.clock->now(rig->engine.clock),
                                   .policy = "made",
                                   .machine_name = "machine",
                                   .platform = ob_host_platform(),
                                   .version = "test"};
    self->manifest.started = self->manifest.time;
    ob_check_ok(ob_guid_new(&self->manifest.id));
}

void maker_add(maker *self, const char *path, ob_file_type type)
{
    ob_entry entry = {.path = path,
                      .path_length = strlen(path),
                      .info = {.type = type, .mode = 0755, .links = 1},
                      .target = type == OB_FILE_SYMLINK ? "x" : ""};
    entry.target_length = strlen(entry.target);
    maker_add_entry(self, &entry);
}

void maker_add_entry(maker *self, const ob_entry *entry)
{
    ob_check_ok(ob_list_add(&self->list, entry));
    self->manifest.entries++;
    self->manifest.bytes += entry->info.size;
}

void maker_add_chunk(maker *self, const ob_list_chunk *chunk)
{
    ob_chunk_id id;
    uint64_t stored = 0;
    ob_check_ok(ob_repo_write(self->repo, OB_CHUNK_META, chunk->data, chunk->length, &id, &stored));
    if (self->damage != NULL) {
        id = *self->damage;
        self->damage = NULL;
    }
    ob_check_ok(ob_table_add(&self->table, chunk, &id));
}

void maker_add_raw(maker *self, const char *path, const ob_entry *entry, const char *first)
{
    ob_buf fields = {0};
    ob_buf bytes = {0};
    ob_entry_put_fields(&fields, entry);
    ob_buf_put_u8(&bytes, 1);
    ob_buf_put_varint(&bytes, 0);
    ob_buf_put_counted(&bytes, path, strlen(path));
    ob_buf_put_counted(&bytes, fields.data, fields.length);
    ob_check_ok(ob_buf_status(&bytes));
    ob_list_chunk chunk = {bytes.data, bytes.length, 1, first, strlen(first)};
    maker_add_chunk(self, &chunk);
    ob_buf_free(&fields);
    ob_buf_free(&bytes);
}

ob_guid maker_commit(maker *self)
{
    char name[OB_OBJECT_NAME_MAX];
    ob_buf bytes = {0};
    ob_manifest *manifest = &self->manifest;
    ob_check_ok(ob_list_finish(&self->list));
    ob_check_ok(ob_table_finish(&self->table));
    ob_check_ok(ob_repo_flush(self->repo));
    manifest->table = (const ob_chunk_id *)(const void *)self->table.ids.data;
    manifest->table_count = self->table.ids.length / OB_CHUNK_ID;
    ob_check_ok(ob_manifest_write(&bytes, manifest));
    ob_manifest_object_name(name, manifest->time, &manifest->id);
    ob_check_ok(ob_repo_commit_point(self->repo, name, bytes.data, bytes.length));
    ob_buf_free(&bytes);
    ob_list_writer_free(&self->list);
    ob_table_writer_free(&self->table);
    ob_repo_close(self->repo);
    return manifest->id;
}
