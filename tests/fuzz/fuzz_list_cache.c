/* The list in the cache: any bytes as the file, and any bytes in sealed frames of a right one. */
#include "fuzz.h"

#include "backup/base.h"
#include "backup/cache.h"
#include "ob/alloc.h"
#include "ob/host.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char folder[512];

static void remove_folder(void)
{
    (void)ob_fs_remove_tree(ob_fs_os(), folder);
}

static void need(ob_status status)
{
    if (OB_FAILED(status)) {
        fprintf(stderr, "%s\n", ob_detail());
        abort();
    }
}

static void make_engine(ob_engine *engine)
{
    ob_guid guid;
    char text[OB_GUID_TEXT];
    char *temp = NULL;
    need(ob_guid_new(&guid));
    ob_guid_format(text, &guid);
    if (ob_host_environment("TMPDIR", &temp) != OB_OK &&
        ob_host_environment("TEMP", &temp) != OB_OK) {
        temp = ob_strdup("/tmp");
    }
    snprintf(folder, sizeof folder, "%s/ob-fuzz-%s", temp != NULL ? temp : ".", text);
    ob_free(temp);
    need(ob_fs_make_dirs(ob_fs_os(), folder, true));
    atexit(remove_folder);
    engine->fs = ob_fs_os();
    engine->cache_dir = folder;
    ob_keyring *keys = NULL;
    need(ob_keyring_new(&keys));
    engine->keys = keys;
}

/* The file of the policy "p": its name comes from a right one. */
static void write_file(const ob_engine *engine, const uint8_t *data, size_t size, bool sealed)
{
    static char path[1024];
    ob_cache_writer *writer = NULL;
    const ob_cache_head head = {.started = 1};
    need(ob_cache_create(engine, "p", &writer));
    if (sealed && size > 0) {
        need(ob_cache_add(writer, data, size));
    }
    need(ob_cache_commit(writer, &head));
    ob_cache_discard(writer);
    if (sealed) {
        return;
    }
    if (path[0] == '\0') {
        ob_dir *dir = NULL;
        ob_dir_entry entry;
        need(engine->fs->dir_open(engine->fs, NULL, folder, &dir));
        need(engine->fs->dir_read(engine->fs, dir, &entry));
        snprintf(path, sizeof path, "%s/%s", folder, entry.name);
        engine->fs->dir_close(engine->fs, dir);
    }
    ob_file *file = NULL;
    need(engine->fs->open(engine->fs, NULL, path, OB_OPEN_WRITE | OB_OPEN_TRUNCATE, &file));
    need(engine->fs->write_at(engine->fs, file, 0, data, size));
    engine->fs->close(engine->fs, file);
}

static void read_file(const ob_engine *engine)
{
    ob_cache_reader *reader = NULL;
    if (ob_cache_open(engine, "p", &reader) == OB_OK) {
        const uint8_t *data = NULL;
        size_t length = 0;
        do {
            if (ob_cache_next(reader, &data, &length) != OB_OK) {
                break;
            }
        } while (data != NULL);
        ob_cache_close(reader);
    }
}

/* As the backup does. */
static void use_base(const ob_engine *engine)
{
    ob_base *base = NULL;
    const ob_entry *entry = NULL;
    need(ob_base_open(engine, NULL, "p", &base));
    need(ob_base_find(base, "etc/a", 5, &entry));
    need(ob_base_find(base, "zzz", 3, &entry));
    ob_base_close(base);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ob_engine engine;
    if (engine.fs == NULL) {
        make_engine(&engine);
    }
    write_file(&engine, data, size, false);
    read_file(&engine);
    write_file(&engine, data, size, true);
    read_file(&engine);
    use_base(&engine);
    return 0;
}
