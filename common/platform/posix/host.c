#include "ob/host.h"

#include "fs_private.h"
#include "ob/alloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/random.h>
#include <sys/utsname.h>
#include <unistd.h>

static ob_status give(char **out, char *text)
{
    if (text == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a name of this machine");
    }
    *out = text;
    return OB_OK;
}

ob_status ob_host_name(char **out)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0 || name[0] == '\0') {
        return ob_fail(OB_E_IO, "this machine has no name");
    }
    name[strcspn(name, ".")] = '\0';
    if (!ob_utf8_valid(name, strlen(name))) {
        return ob_fail(OB_E_IO, "this machine's name is not UTF-8");
    }
    return give(out, ob_strdup(name));
}

/* The value of PRETTY_NAME in os-release(5), unquoted in place; NULL if the line is another. */
static char *pretty_name(char *line)
{
    static const char key[] = "PRETTY_NAME=";
    if (strncmp(line, key, sizeof key - 1) != 0) {
        return NULL;
    }
    char *value = line + sizeof key - 1;
    value[strcspn(value, "\r\n")] = '\0';
    char quote = value[0] == '"' || value[0] == '\'' ? value[0] : '\0';
    char *to = value;
    for (const char *from = value + (quote != '\0' ? 1 : 0); *from != '\0' && *from != quote;
         from++) {
        if (*from == '\\' && from[1] != '\0') {
            from++;
        }
        *to++ = *from;
    }
    *to = '\0';
    return value[0] != '\0' && ob_utf8_valid(value, strlen(value)) ? value : NULL;
}

ob_status ob_host_system(char **out)
{
    char line[512];
    struct utsname system;
    FILE *file = fopen("/etc/os-release", "re");
    char *name = NULL;
    while (file != NULL && name == NULL && fgets(line, sizeof line, file) != NULL) {
        name = pretty_name(line);
    }
    if (file != NULL) {
        fclose(file);
    }
    if (name != NULL) {
        return give(out, ob_strdup(name));
    }
    if (uname(&system) != 0) {
        return ob_fail(OB_E_IO, "the system does not tell its name");
    }
    return give(out, ob_asprintf("%s %s", system.sysname, system.release));
}

const char *ob_host_platform(void)
{
    return "linux";
}

uint32_t ob_host_process_id(void)
{
    return (uint32_t)getpid();
}

bool ob_host_is_administrator(void)
{
    return geteuid() == 0;
}

ob_status ob_random(void *out, size_t length)
{
    size_t done = 0;
    while (done < length) {
        ssize_t count = getrandom((char *)out + done, length - done, 0);
        if (count < 0 && errno != EINTR) {
            return ob_fail(OB_E_UNEXPECTED, "the system gives no random numbers");
        }
        done += count > 0 ? (size_t)count : 0;
    }
    return OB_OK;
}

ob_status ob_host_state_dir(char **out)
{
    return give(out, ob_strdup("/var/lib/obagent"));
}

const char *ob_host_control_endpoint(void)
{
    return "/run/obagent/control";
}

ob_status ob_host_environment(const char *name, char **out)
{
    const char *value = getenv(name);
    if (value == NULL) {
        return ob_fail(OB_E_NOT_FOUND, "the environment variable %s is not set", name);
    }
    return give(out, ob_strdup(value));
}

ob_status ob_host_volume_root(const char *path, char **out)
{
    if (path[0] != '/') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "%s is not an absolute path", path);
    }
    return give(out, ob_strdup("/"));
}

/* Takes "." components and doubled or last separators out, in place. ".." stays: before a link it
 * is another place than the text says. */
static void drop_dots(char *path)
{
    const char *from = path;
    char *to = path;
    while (*from != '\0') {
        size_t length = strcspn(from, "/");
        if (length > 0 && !(length == 1 && from[0] == '.')) {
            *to++ = '/';
            memmove(to, from, length);
            to += length;
        }
        from += length;
        from += *from == '/' ? 1 : 0;
    }
    if (to == path) {
        *to++ = '/';
    }
    *to = '\0';
}

ob_status ob_host_absolute_path(const char *path, char **out)
{
    char *current = NULL;
    char *absolute = NULL;
    if (path[0] == '\0') {
        return ob_fail(OB_E_INVALID_ARGUMENT, "an empty path");
    }
    if (path[0] == '/') {
        absolute = ob_strdup(path);
    } else {
        current = getcwd(NULL, 0);
        if (current == NULL) {
            return ob_fail(OB_E_NOT_FOUND, "the current folder is gone");
        }
        absolute = ob_asprintf("%s/%s", current, path);
        free(current);
    }
    if (absolute != NULL) {
        drop_dots(absolute);
    }
    return give(out, absolute);
}

ob_status ob_host_final_path(const char *path, char **out)
{
    char *found = realpath(path, NULL);
    if (found == NULL) {
        return ob_posix_fail(errno, NULL, path);
    }
    char *copy = ob_strdup(found);
    free(found);
    return give(out, copy);
}

ob_status ob_host_arguments(int argc, char **argv, char ***out)
{
    (void)argc;
    *out = argv;
    return OB_OK;
}

int32_t ob_host_utc_offset(int64_t time)
{
    const int64_t second = 1000000000;
    time_t moment = (time_t)(time / second - (time % second < 0 ? 1 : 0));
    struct tm local;
    return localtime_r(&moment, &local) != NULL ? (int32_t)local.tm_gmtoff : 0;
}
