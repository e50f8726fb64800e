#include "backup/content.h"
#include "scene.h"

#include <stdlib.h>
#include <string.h>

typedef struct stage {
    scene scene;
    ob_report report;
    ob_content content;
    ob_chunker *chunker;
    ob_ids ids;
    ob_content_result result;
    ob_extras more;
    bool stop;
} stage;

static bool stopped(void *context)
{
    const stage *self = context;
    return self->stop;
}

static void stage_open(stage *self)
{
    static const ob_control control = {.context = NULL};
    ob_owners *owners = NULL;
    memset(self, 0, sizeof *self);
    scene_open(&self->scene);
    ob_report_begin(&self->report, &control, &self->scene.clock.clock);
    ob_check_ok(ob_owners_new(&owners));
    ob_check_ok(ob_chunker_new(self->scene.rig.keys, &self->chunker));
    self->content = (ob_content){.engine = &self->scene.rig.engine,
                                 .report = &self->report,
                                 .chunker = self->chunker,
                                 .stopped = stopped,
                                 .context = self,
                                 .buffer = malloc(OB_CHUNK_MOST),
                                 .owners = owners};
    ck_assert_ptr_nonnull(self->content.buffer);
    ob_check_ok(ob_repo_open(&self->scene.rig.engine, true, &self->content.repo));
}

static void stage_close(stage *self)
{
    ob_ids_free(&self->ids);
    ob_extras_free(&self->more);
    ob_owners_free(self->content.owners);
    ob_extents_free(&self->content.extents);
    free(self->content.buffer);
    ob_chunker_free(self->chunker);
    ob_repo_close(self->content.repo);
    ob_report_end(&self->report);
    scene_close(&self->scene);
}

static ob_status read_file(stage *self, const char *name)
{
    const char *path = scene_path(&self->scene, name);
    ob_ids_clear(&self->ids);
    ob_extras_clear(&self->more);
    self->result = (ob_content_result){.more = &self->more};
    return ob_content_read(&self->content, NULL, path, path, &self->ids, &self->result);
}

static size_t chunk_count(const stage *self)
{
    ob_entry entry = {.path = ""};
    ob_ids_give(&self->ids, &entry);
    return entry.id_count;
}

/* Chunks are those of the chunker over the whole content, whatever the reads. */
static void check_chunks(stage *self, const uint8_t *data, size_t length)
{
    ob_entry entry = {.path = ""};
    ob_buf chunk = {0};
    size_t at = 0;
    ob_check_ok(ob_repo_flush(self->content.repo));
    ob_ids_give(&self->ids, &entry);
    for (size_t i = 0; i < entry.id_count; i++) {
        size_t most = length - at < OB_CHUNK_MOST ? length - at : OB_CHUNK_MOST;
        ob_check_ok(ob_repo_read(self->content.repo, &entry.ids[i], &chunk));
        ck_assert_uint_eq(chunk.length,
                          ob_chunker_cut(self->chunker, data + at, most, at + most == length));
        ck_assert_mem_eq(chunk.data, data + at, chunk.length);
        at += chunk.length;
    }
    ck_assert_uint_eq(at, length);
    ob_buf_free(&chunk);
}

START_TEST(content__of_many_sizes)
{
    static const size_t sizes[] = {0,       1,       4096,    300000,  2097152,
                                   2097153, 4194304, 4194305, 13000001};
    stage self;
    stage_open(&self);
    uint8_t *data = rig_text(3, 13000001);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        ob_test_write_file(scene_path(&self.scene, "file"), data, sizes[i]);
        ob_check_ok(read_file(&self, "file"));
        ob_check_ok(self.result.file);
        ck_assert(!self.result.changed);
        ck_assert_uint_eq(self.result.info.size, sizes[i]);
        check_chunks(&self, data, sizes[i]);
    }
    memset(data, 0, 13000001); /* no cut but the longest chunk */
    ob_test_write_file(scene_path(&self.scene, "file"), data, 9000000);
    ob_check_ok(read_file(&self, "file"));
    ck_assert_uint_eq(chunk_count(&self), 3);
    check_chunks(&self, data, 9000000);
    free(data);
    stage_close(&self);
}
END_TEST

/* Before the second read of a file something happens to it. */
typedef struct change {
    const char *path;
    uint64_t size; /* it gets this size; UINT64_MAX: is overwritten */
    int reads;
} change;

static ob_status change_file(ob_test_fs *wrapper, const char *operation, const char *name)
{
    change *c = wrapper->context;
    (void)name;
    if (strcmp(operation, "read_at") == 0 && ++c->reads == 2) {
        if (c->size == UINT64_MAX) {
            ob_test_write_text(c->path, "other");
        } else {
            ob_test_cut_file(c->path, c->size);
        }
    }
    return OB_OK;
}

START_TEST(content__that_changes_while_it_is_read)
{
    static const uint64_t sizes[] = {5000000, 20000000, UINT64_MAX};
    static const uint64_t kept[] = {5000000, 9000000, 2097152};
    stage self;
    stage_open(&self);
    uint8_t *data = rig_text(3, 9000000);
    for (size_t i = 0; i < 3; i++) {
        change c = {scene_path(&self.scene, "file"), sizes[i], 0};
        ob_test_write_file(c.path, data, 9000000);
        self.scene.rig.fs.context = &c;
        self.scene.rig.fs.before = change_file;
        ob_check_ok(read_file(&self, "file"));
        self.scene.rig.fs.before = NULL;
        ob_check_ok(self.result.file);
        ck_assert(self.result.changed);
        ck_assert_uint_eq(self.result.info.size, kept[i]);
        check_chunks(&self, data, kept[i]);
    }
    free(data);
    stage_close(&self);
}
END_TEST

START_TEST(content__that_cannot_be_read)
{
    stage self;
    stage_open(&self);
    ob_check_ok(read_file(&self, "none"));
    ob_check_status(self.result.file, OB_E_NOT_FOUND);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), scene_path(&self.scene, "folder"), false));
    ob_check_ok(read_file(&self, "folder"));
    ck_assert(OB_FAILED(self.result.file));
    uint8_t *data = rig_text(3, 9000000);
    ob_test_write_file(scene_path(&self.scene, "file"), data, 9000000);
    free(data);
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_test_fs_fail(&self.scene.rig.fs, n, false);
        self.scene.rig.fs.status = OB_E_ACCESS_DENIED;
        ob_check_ok(read_file(&self, "file"));
        hit = self.scene.rig.fs.hit;
        ob_check_status(self.result.file, hit ? OB_E_ACCESS_DENIED : OB_OK);
    }
    stage_close(&self);
}
END_TEST

START_TEST(content__what_ends_the_job)
{
    stage self;
    stage_open(&self);
    ob_test_write_text(scene_path(&self.scene, "file"), "text");
    self.stop = true;
    ob_check_status(read_file(&self, "file"), OB_E_CANCELLED);
    self.stop = false;
    self.scene.rig.fs.status = OB_E_NO_MEMORY;
    ob_test_fs_fail(&self.scene.rig.fs, 1, false);
    ob_check_status(read_file(&self, "file"), OB_E_NO_MEMORY);
    stage_close(&self);
}
END_TEST

static uint8_t value[60000];
static unsigned values; /* attributes that a file has */

static ob_status read_many(const ob_fs *fs, ob_dir *dir, const char *name, ob_file *file,
                           ob_file_type type, ob_extra_visit visit, void *context,
                           uint32_t *not_kept)
{
    ob_status status = OB_OK;
    (void)fs;
    (void)dir;
    (void)name;
    (void)file;
    (void)type;
    for (unsigned i = 0; i < values && status == OB_OK; i++) {
        const ob_extra extra = {OB_EXTRA_KIND_XATTR, ob_test_format("user.%06u", i), value,
                                sizeof value};
        status = visit(context, &extra);
    }
    *not_kept = 0;
    return status;
}

/* Attributes without end cost neither the file nor the memory of the agent. */
START_TEST(content__with_attributes_of_many_bytes)
{
    stage self;
    stage_open(&self);
    ob_test_write_text(scene_path(&self.scene, "file"), "text");
    self.scene.rig.fs.fs.read_extras = read_many;
    for (values = 10; values <= 2000; values += 1990) {
        ob_entry entry = {.path = "", .target = "", .info = {.type = OB_FILE_REGULAR}};
        ob_buf fields = {0};
        ob_check_ok(read_file(&self, "file"));
        ob_check_ok(self.result.file);
        ck_assert_uint_eq(self.result.extras, values > 10 ? OB_EXTRA_XATTR : 0);
        ob_ids_give(&self.ids, &entry);
        ob_check_ok(ob_extras_give(&self.more, &entry));
        ob_entry_put_fields(&fields, &entry);
        ck_assert_uint_ge(fields.length, 10 * sizeof value);
        ck_assert_uint_lt(fields.length, OB_ENTRY_MOST);
        ob_buf_free(&fields);
    }
    stage_close(&self);
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_test(cases, content__of_many_sizes);
    tcase_add_test(cases, content__that_changes_while_it_is_read);
    tcase_add_test(cases, content__that_cannot_be_read);
    tcase_add_test(cases, content__what_ends_the_job);
    tcase_add_test(cases, content__with_attributes_of_many_bytes);
}

OB_TEST_MAIN("backup_content", add_cases)
