#include "golden.h"

#include "ob/test.h"
#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

const char *const golden_methods[GOLDEN_METHODS] = {
    "ObNegotiate",  "ObDescribeError", "ObRegister",     "ObGetSettings", "ObSetSettings",
    "ObGetPolicy",  "ObSetPolicy",     "ObRemovePolicy", "ObStartBackup", "ObListJobs",
    "ObWatchJob",   "ObCancelJob",     "ObListPoints",   "ObOpenPoint",   "ObBrowsePoint",
    "ObClosePoint", "ObStartRecovery", "ObListPolicies", "ObStartPrune",  "ObStartVerify"};

static void add_word(golden_part *part, const char *word, size_t *handles)
{
    ck_assert_uint_lt(part->length, sizeof part->bytes);
    const size_t at = part->length++;
    part->is_handle[at] = strcmp(word, "??") == 0;
    if (part->is_handle[at]) {
        part->bytes[at] = (uint8_t)(*handles)++;
    } else {
        ob_check_ok(ob_hex_decode(&part->bytes[at], 1, word, strlen(word)));
    }
}

void golden_load(golden *out, const char *method)
{
    size_t length = 0, handles = 0;
    const char *folder = getenv("OB_GOLDEN");
    ck_assert_ptr_nonnull(folder);
    const char *path = ob_test_format("%s/%s.hex", folder, method);
    char *text = ob_strdup((const char *)ob_test_read_file(path, &length));
    golden_part *part = NULL;
    memset(out, 0, sizeof *out);
    char *line_end = NULL;
    for (char *line = strtok_r(text, "\n", &line_end); line != NULL;
         line = strtok_r(NULL, "\n", &line_end)) {
        char *word_end = NULL;
        line[strcspn(line, "#")] = '\0';
        for (char *word = strtok_r(line, " \t", &word_end); word != NULL;
             word = strtok_r(NULL, " \t", &word_end)) {
            if (strcmp(word, "request:") == 0 || strcmp(word, "response:") == 0) {
                part = word[2] == 'q' ? &out->request : &out->response;
                handles = 0;
            } else {
                ck_assert_ptr_nonnull(part);
                add_word(part, word, &handles);
            }
        }
    }
    ob_free(text);
}

void golden_check(const char *method, const golden_part *part, const void *data, size_t length)
{
    ck_assert_msg(length == part->length, "%s: %zu bytes, not %zu", method, length, part->length);
    for (size_t i = 0; i < length; i++) {
        const uint8_t byte = ((const uint8_t *)data)[i];
        ck_assert_msg(part->is_handle[i] || byte == part->bytes[i],
                      "%s: byte %zu is 0x%02x, not 0x%02x", method, i, byte, part->bytes[i]);
    }
}
