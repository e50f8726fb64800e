#include "source.h"

#include "ob/alloc.h"
#include "path_key.h"

#include <openssl/evp.h>
#include <string.h>

#define ID_BITS 53

ob_status ob_source_id(const ob_guid *machine, const char *name, bool windows, int64_t *id)
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    ob_buf text = {0};
    char *key = ob_path_key(name, windows);
    ob_buf_put(&text, machine->bytes, sizeof machine->bytes);
    ob_buf_put_text(&text, key != NULL ? key : "");
    ob_status status = key != NULL ? ob_buf_status(&text) : OB_E_NO_MEMORY;
    if (status == OB_OK &&
        EVP_Digest(text.data, text.length, digest, NULL, EVP_sha256(), NULL) != 1) {
        status = OB_E_NO_MEMORY;
    }
    if (status == OB_OK) {
        uint64_t number = 0;
        for (unsigned i = 0; i < 8; i++) {
            number = number << 8 | digest[i];
        }
        number >>= 64 - ID_BITS;
        *id = number != 0 ? (int64_t)number : 1;
    } else {
        status = ob_fail(status, "the number of data source %s", name);
    }
    ob_buf_free(&text);
    ob_free(key);
    return status;
}

ob_status ob_source_of_path(const char *path, bool windows, char **name)
{
    char *canonical = NULL;
    ob_status status = ob_path_canonical(path, windows, &canonical);
    if (OB_FAILED(status)) {
        return status;
    }
    canonical[ob_path_prefix(canonical, windows)] = '\0';
    char *native = ob_path_native(canonical, windows);
    ob_free(canonical);
    if (native == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "the volume of %s", path);
    }
    *name = native;
    return OB_OK;
}

bool ob_source_same(const char *left, const char *right, bool windows)
{
    char *a = ob_path_key(left, windows);
    char *b = ob_path_key(right, windows);
    bool same = a != NULL && b != NULL && strcmp(a, b) == 0;
    ob_free(a);
    ob_free(b);
    return same;
}

bool ob_source_list_has(const ob_source_list *list, const char *name, bool windows)
{
    for (size_t i = 0; i < list->count; i++) {
        if (ob_source_same(list->names[i], name, windows)) {
            return true;
        }
    }
    return false;
}

static ob_status add(ob_source_list *list, char *name)
{
    char **names = ob_realloc_array(list->names, list->count + 1, sizeof *names);
    if (names == NULL) {
        ob_free(name);
        return ob_fail(OB_E_NO_MEMORY, "a list of data sources");
    }
    list->names = names;
    list->names[list->count++] = name;
    return OB_OK;
}

ob_status ob_source_list_of(ob_source_list *out, const ob_spec *specs, size_t count, bool windows)
{
    ob_source_list list = {0};
    ob_status status = OB_OK;
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        char *name = NULL;
        if (specs[i].exclude) {
            continue;
        }
        status = ob_source_of_path(specs[i].path, windows, &name);
        if (status == OB_OK && ob_source_list_has(&list, name, windows)) {
            ob_free(name);
        } else if (status == OB_OK) {
            status = add(&list, name);
        }
    }
    if (OB_FAILED(status)) {
        ob_source_list_free(&list);
        return status;
    }
    *out = list;
    return OB_OK;
}

void ob_source_list_free(ob_source_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        ob_free(list->names[i]);
    }
    ob_free(list->names);
    *list = (ob_source_list){0};
}

ob_status ob_source_json(const char *const *names, size_t count, const ob_guid *machine,
                         bool windows, cJSON **out)
{
    bool failed = false;
    ob_status status = OB_OK;
    cJSON *array = ob_json_new_array();
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        int64_t id = 0;
        cJSON *source = ob_json_new_object();
        status = ob_source_id(machine, names[i], windows, &id);
        ob_json_add_int(source, "id", id, &failed);
        ob_json_add_text(source, "name", names[i], &failed);
        ob_json_add_node(array, NULL, source, &failed);
    }
    if (status == OB_OK && (array == NULL || failed)) {
        status = ob_fail(OB_E_NO_MEMORY, "a list of data sources");
    }
    if (OB_FAILED(status)) {
        ob_json_free(array);
        return status;
    }
    *out = array;
    return OB_OK;
}
