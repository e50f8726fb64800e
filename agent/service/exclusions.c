#include "exclusions.h"

#include "ob/alloc.h"

static const char *const of_windows[] = {"pagefile.sys", "swapfile.sys",
                                         "hiberfil.sys", "System Volume Information",
                                         "$Recycle.Bin", NULL};
static const char *const of_linux[] = {"swapfile", "swap.img", NULL};

#define NAMES_MOST 5u

ob_status ob_exclusions_make(ob_exclusions *out, const char *const *volumes, size_t count,
                             bool windows)
{
    const char *const *names = windows ? of_windows : of_linux;
    ob_exclusions made = {.paths = ob_calloc(count * NAMES_MOST, sizeof *made.paths),
                          .specs = ob_calloc(count * NAMES_MOST, sizeof *made.specs)};
    bool failed = made.paths == NULL || made.specs == NULL;
    for (size_t i = 0; i < count && !failed; i++) {
        for (size_t j = 0; names[j] != NULL && !failed; j++) {
            char *path = ob_asprintf("%s/%s", volumes[i], names[j]);
            failed = path == NULL;
            made.paths[made.count] = path;
            made.specs[made.count] =
                (ob_spec){.path = path, .exclude = true, .recursive = true, .weak = true};
            made.count += !failed;
        }
    }
    if (failed) {
        ob_exclusions_free(&made);
        return ob_fail(OB_E_NO_MEMORY, "the default exclusions");
    }
    *out = made;
    return OB_OK;
}

void ob_exclusions_free(ob_exclusions *exclusions)
{
    for (size_t i = 0; i < exclusions->count; i++) {
        ob_free(exclusions->paths[i]);
    }
    ob_free(exclusions->paths);
    ob_free(exclusions->specs);
    *exclusions = (ob_exclusions){0};
}
