#include "stand.h"

#include "key/envelope.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void take(void *context, const ob_finding *finding)
{
    stand *self = context;
    ck_assert_ptr_nonnull(finding->object);
    ck_assert_ptr_nonnull(finding->detail);
    ck_assert(OB_FAILED(finding->status));
    if (self->count < STAND_MOST) {
        stand_finding *to = &self->findings[self->count++];
        *to = (stand_finding){.kind = finding->kind,
                              .damage = finding->damage,
                              .status = finding->status,
                              .count = finding->count};
        snprintf(to->object, sizeof to->object, "%s", finding->object);
        snprintf(to->detail, sizeof to->detail, "%s", finding->detail);
        snprintf(to->path, sizeof to->path, "%s", finding->path != NULL ? finding->path : "");
    }
}

static void write_text(stand *self, const char *name, uint64_t seed, size_t length)
{
    uint8_t *data = rig_text(seed, length);
    ob_test_write_file(scene_path(&self->scene, name), data, length);
    free(data);
}

/* One that costs no time to open. */
static void put_envelope(stand *self)
{
    static const char passphrase[] = "sixteen characters";
    ob_buf bytes = {0};
    ob_check_ok(ob_envelope_make(self->scene.rig.keys, passphrase, strlen(passphrase),
                                 (ob_scrypt_cost){4, 1, 1}, NULL, NULL, &bytes));
    memory_store_set(self->store, OB_OBJECT_KEY, "00000001", bytes.data, bytes.length);
    ob_buf_free(&bytes);
}

void stand_open(stand *self)
{
    memset(self, 0, sizeof *self);
    scene_open(&self->scene);
    self->store = self->scene.rig.store;
    self->options = (ob_verify_options){.depth = OB_VERIFY_FULL, .context = self, .finding = take};
    put_envelope(self);
    ob_check_ok(ob_fs_make_dirs(ob_fs_os(), scene_path(&self->scene, "other"), false));
    write_text(self, "small", 1, 3000);
    write_text(self, "other/b", 2, 70000);
    write_text(self, "large", 3, (size_t)3 << 20);
    ob_check_ok(scene_backup(&self->scene));
    write_text(self, "new", 4, 50000);
    ob_check_ok(scene_backup(&self->scene));
    ck_assert_uint_eq(self->scene.event_count, 0);
}

void stand_close(stand *self)
{
    scene_close(&self->scene);
}

ob_status stand_verify(stand *self)
{
    const ob_control control = {0};
    self->count = 0;
    memset(&self->result, 0, sizeof self->result);
    return ob_verify_run(&self->scene.rig.engine, &self->options, &control, &self->result);
}

size_t stand_told(const stand *self, int kind, int damage)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++) {
        const stand_finding *f = &self->findings[i];
        count += f->path[0] == '\0' && (kind < 0 || (int)f->kind == kind) &&
                 (damage < 0 || (int)f->damage == damage);
    }
    return count;
}

size_t stand_hit(const stand *self, const char *path)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++) {
        const char *found = self->findings[i].path;
        size_t length = strlen(found);
        size_t tail = path != NULL ? strlen(path) : 0;
        count += length > 0 && length >= tail &&
                 (path == NULL || strcmp(found + length - tail, path) == 0);
    }
    return count;
}

void stand_check_sound(stand *self)
{
    ob_check_ok(stand_verify(self));
    for (size_t i = 0; i < self->count; i++) {
        printf("%s/%s: %s, %s (%s)\n", ob_object_kind_name(self->findings[i].kind),
               self->findings[i].object, ob_damage_name(self->findings[i].damage),
               self->findings[i].path, self->findings[i].detail);
    }
    ck_assert_uint_eq(self->count, 0);
    ck_assert_uint_eq(self->result.objects_damaged, 0);
    ck_assert_uint_eq(self->result.files_hit, 0);
    ck_assert_uint_eq(self->result.chunks_bad, 0);
}

memory_object *stand_largest(stand *self, ob_object_kind kind)
{
    memory_object *largest = memory_store_at(self->store, kind, 0);
    for (size_t i = 1; i < memory_store_count(self->store, kind); i++) {
        memory_object *object = memory_store_at(self->store, kind, i);
        largest = object->length > largest->length ? object : largest;
    }
    return largest;
}

memory_object *stand_pack(stand *self, uint8_t class, size_t nth)
{
    for (size_t i = 0; i < memory_store_count(self->store, OB_OBJECT_PACK); i++) {
        memory_object *object = memory_store_at(self->store, OB_OBJECT_PACK, i);
        if (object->data[10] == class && nth-- == 0) {
            return object;
        }
    }
    ck_abort_msg("there is no such pack");
    return NULL;
}
