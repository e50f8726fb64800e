#include "ob/secret.h"

#include "ob/alloc.h"
#include "seal.h"

#define MOST ((size_t)1 << 20)

ob_status ob_secret_save(const ob_fs *fs, const char *path, const void *data, size_t length)
{
    ob_buf sealed = {.secret = true, .limit = MOST};
    ob_status status = ob_seal_close(&sealed, data, length);
    if (status == OB_OK) {
        status = ob_fs_replace_file(fs, path, sealed.data, sealed.length, true);
    }
    ob_buf_free(&sealed);
    return status;
}

/* The permissions are asked of the open file, so that the file checked is the file read. */
static ob_status read_checked(const ob_fs *fs, const char *path, ob_buf *out)
{
    ob_file *file = NULL;
    ob_file_info info = {0};
    size_t got = 0;
    ob_status status = fs->open(fs, NULL, path, OB_OPEN_READ, &file);
    if (status == OB_OK) {
        status = fs->file_stat(fs, file, &info);
    }
    if (status == OB_OK) {
        status = ob_seal_check(&info, path);
    }
    if (status == OB_OK && info.size > MOST) {
        status = ob_fail(OB_E_TOO_LARGE, "%s: more than %zu bytes", path, MOST);
    }
    if (status == OB_OK) {
        status = ob_buf_reserve(out, (size_t)info.size);
    }
    if (status == OB_OK) {
        status = fs->read_at(fs, file, 0, out->data, (size_t)info.size, &got);
    }
    if (status == OB_OK) {
        out->length = got;
    }
    fs->close(fs, file);
    return status;
}

ob_status ob_secret_load(const ob_fs *fs, const char *path, uint8_t **out, size_t *length)
{
    ob_buf sealed = {.secret = true};
    ob_buf opened = {.secret = true};
    ob_status status = read_checked(fs, path, &sealed);
    if (status == OB_OK) {
        status = ob_seal_open(&opened, sealed.data, sealed.length);
    }
    if (status == OB_OK) {
        size_t size = opened.length;
        char *bytes = ob_buf_take_text(&opened);
        if (bytes == NULL) {
            status = ob_fail(OB_E_NO_MEMORY, "a secret");
        } else {
            *out = (uint8_t *)bytes;
            *length = size;
        }
    }
    ob_buf_free(&opened);
    ob_buf_free(&sealed);
    return status;
}
