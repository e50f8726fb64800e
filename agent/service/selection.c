#include "selection.h"

#include "ob/alloc.h"
#include "ob/thread.h"
#include "path_key.h"

#include <stdlib.h>
#include <string.h>

/* A spec taken apart. */
typedef struct rule {
    char *key; /* the folder, or the file or folder itself if there is no pattern */
    size_t length;
    char *canonical; /* the same, letters as they were given */
    char *pattern;   /* of file names, as a key; NULL = the item of this path */
    unsigned rank;   /* depth, then pattern before none */
    bool exclude;
    bool recursive;
} rule;

struct ob_spec_set {
    rule *rules; /* the one that decides first */
    size_t count;
    char **roots;
    size_t root_count;
    bool windows;
    ob_mutex lock; /* of scratch */
    char *scratch; /* of OB_PATH_KEY_MOST bytes, on Windows */
    ob_selection selection;
};

static const char *const wildcards = "*?";

static bool is_any_file(const char *pattern, bool windows)
{
    return strcmp(pattern, "*") == 0 || (windows && strcmp(pattern, "*.*") == 0);
}

static unsigned depth_of(const char *key)
{
    unsigned depth = 0;
    for (; *key != '\0'; key++) {
        depth += *key == '/';
    }
    return depth;
}

/* Splits off a pattern from the end of the canonical path and makes the keys. */
static ob_status rule_make(rule *out, const ob_spec *spec, bool windows)
{
    ob_status status = ob_path_canonical(spec->path, windows, &out->canonical);
    if (OB_FAILED(status)) {
        return status;
    }
    size_t prefix = ob_path_prefix(out->canonical, windows);
    char *last = strrchr(out->canonical + prefix, '/');
    char *wild = strpbrk(out->canonical + prefix, wildcards);
    if (wild != NULL && (last == NULL || wild < last)) {
        return ob_fail(OB_E_POLICY_INVALID, "%s: only the last part of a path may hold * and ?",
                       spec->path);
    }
    bool any = wild != NULL && is_any_file(last + 1, windows);
    if (wild != NULL) {
        *last = '\0';
    }
    if (wild != NULL && !any) {
        out->pattern = ob_path_key(last + 1, windows);
    }
    out->key = ob_path_key(out->canonical, windows);
    if (out->key == NULL || (wild != NULL && !any && out->pattern == NULL)) {
        return ob_fail(OB_E_NO_MEMORY, "a file spec");
    }
    out->length = strlen(out->key);
    out->rank = 2 * depth_of(out->key) + (out->pattern != NULL);
    out->exclude = spec->exclude;
    out->recursive = spec->recursive;
    return OB_OK;
}

static bool is_same(const rule *rule, const char *key, size_t length)
{
    return length == rule->length && memcmp(key, rule->key, length) == 0;
}

/* `key` lies somewhere below the rule's folder. */
static bool is_below(const rule *rule, const char *key, size_t length)
{
    return length > rule->length && key[rule->length] == '/' &&
           memcmp(key, rule->key, rule->length) == 0;
}

/* The rule's folder lies somewhere below `key`. */
static bool is_above(const rule *rule, const char *key, size_t length)
{
    return rule->length > length && rule->key[length] == '/' && memcmp(key, rule->key, length) == 0;
}

static bool is_in_reach(const rule *rule, const char *key, size_t length)
{
    bool below = is_below(rule, key, length);
    return below && (rule->recursive || strchr(key + rule->length + 1, '/') == NULL);
}

static bool matches(const rule *rule, const char *key, size_t length, bool is_dir)
{
    if (rule->pattern != NULL) {
        return !is_dir && is_in_reach(rule, key, length) &&
               ob_wildcard_match(rule->pattern, strrchr(key, '/') + 1);
    }
    if (is_same(rule, key, length)) {
        /* Leaving out the files directly in a folder leaves the folder itself. */
        return !is_dir || !rule->exclude || rule->recursive;
    }
    return is_in_reach(rule, key, length) && (rule->recursive || !is_dir);
}

/* The rule bears on items inside of this folder, and not only on those of a folder further down. */
static bool applies_inside(const rule *rule, const char *key, size_t length)
{
    return is_same(rule, key, length) || (rule->recursive && is_below(rule, key, length));
}

static ob_verdict decide_file(const ob_spec_set *set, const char *key, size_t length)
{
    for (size_t i = 0; i < set->count; i++) {
        if (matches(&set->rules[i], key, length, false)) {
            return set->rules[i].exclude ? OB_SKIP : OB_TAKE;
        }
    }
    return OB_SKIP;
}

static ob_verdict decide_dir(const ob_spec_set *set, const char *key, size_t length)
{
    bool excluded = false;
    bool covered = false; /* what comes after this rule has no say inside */
    bool reach = false;
    for (size_t i = 0; i < set->count; i++) {
        const rule *rule = &set->rules[i];
        if (!excluded && matches(rule, key, length, true)) {
            if (!rule->exclude) {
                return OB_TAKE;
            }
            excluded = true;
        }
        if (rule->exclude) {
            covered = covered || (rule->pattern == NULL && rule->recursive &&
                                  applies_inside(rule, key, length));
        } else {
            reach = reach || is_above(rule, key, length) ||
                    (!covered && applies_inside(rule, key, length));
        }
    }
    return reach ? OB_PASS : OB_SKIP;
}

static ob_verdict decide_key(const ob_spec_set *set, const char *key, bool is_dir)
{
    size_t length = strlen(key);
    return is_dir ? decide_dir(set, key, length) : decide_file(set, key, length);
}

static ob_verdict decide(void *context, const char *path, bool is_dir)
{
    ob_spec_set *set = context;
    ob_verdict verdict = OB_TAKE; /* longer than any path: nothing is left out by mistake */
    if (!set->windows) {
        return decide_key(set, path[0] == '/' && path[1] == '\0' ? "" : path, is_dir);
    }
    ob_mutex_lock(&set->lock);
    if (ob_path_key_into(set->scratch, OB_PATH_KEY_MOST, path)) {
        verdict = decide_key(set, set->scratch, is_dir);
    }
    ob_mutex_unlock(&set->lock);
    return verdict;
}

/* The deepest first; of equals, excludes first. */
static int compare_rules(const void *a, const void *b)
{
    const rule *left = a;
    const rule *right = b;
    if (left->rank != right->rank) {
        return left->rank > right->rank ? -1 : 1;
    }
    return (int)right->exclude - (int)left->exclude;
}

static int compare_keys(const void *a, const void *b)
{
    const rule *const *left = a;
    const rule *const *right = b;
    return ob_path_compare((*left)->key, (*right)->key);
}

static int compare_canonical(const void *a, const void *b)
{
    const rule *const *left = a;
    const rule *const *right = b;
    return ob_path_compare((*left)->canonical, (*right)->canonical);
}

/* The folders of the includes, each once. */
static size_t find_roots(const ob_spec_set *set, const rule **includes)
{
    size_t count = 0;
    size_t kept = 0;
    for (size_t i = 0; i < set->count; i++) {
        if (!set->rules[i].exclude) {
            includes[count++] = &set->rules[i];
        }
    }
    qsort(includes, count, sizeof *includes, compare_keys);
    for (size_t i = 0; i < count; i++) {
        const rule *last = kept > 0 ? includes[kept - 1] : NULL;
        const rule *next = includes[i];
        if (last == NULL || !is_same(last, next->key, next->length)) {
            includes[kept++] = next;
        }
    }
    return kept;
}

static ob_status make_roots(ob_spec_set *set)
{
    ob_status status = OB_OK;
    const rule **includes = ob_realloc_array(NULL, set->count, sizeof *includes);
    set->roots = ob_calloc(set->count, sizeof *set->roots);
    if (includes == NULL || set->roots == NULL) {
        ob_free(includes);
        return ob_fail(OB_E_NO_MEMORY, "the roots of a selection");
    }
    size_t count = find_roots(set, includes);
    qsort(includes, count, sizeof *includes, compare_canonical);
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        set->roots[i] = ob_path_native(includes[i]->canonical, set->windows);
        status = set->roots[i] != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a root");
        set->root_count += status == OB_OK;
    }
    ob_free(includes);
    return status;
}

ob_status ob_spec_set_new(const ob_spec *specs, size_t count, bool windows, ob_spec_set **out)
{
    ob_status status = OB_OK;
    ob_spec_set *set = ob_calloc(1, sizeof *set);
    if (set == NULL) {
        return ob_fail(OB_E_NO_MEMORY, "a selection");
    }
    ob_mutex_init(&set->lock);
    set->windows = windows;
    set->rules = ob_calloc(count, sizeof *set->rules);
    set->scratch = windows ? ob_alloc(OB_PATH_KEY_MOST) : NULL;
    if (set->rules == NULL || (windows && set->scratch == NULL)) {
        status = ob_fail(OB_E_NO_MEMORY, "a selection of %zu file specs", count);
        goto out;
    }
    for (size_t i = 0; i < count && status == OB_OK; i++) {
        set->count++;
        status = rule_make(&set->rules[i], &specs[i], windows);
    }
    if (status == OB_OK) {
        qsort(set->rules, set->count, sizeof *set->rules, compare_rules);
        status = make_roots(set);
    }
    if (status == OB_OK) {
        set->selection = (ob_selection){.context = set,
                                        .roots = (const char *const *)set->roots,
                                        .root_count = set->root_count,
                                        .decide = decide};
        *out = set;
        set = NULL; /* transferred */
    }
out:
    ob_spec_set_free(set);
    return status;
}

void ob_spec_set_free(ob_spec_set *set)
{
    if (set == NULL) {
        return;
    }
    for (size_t i = 0; i < set->count; i++) {
        ob_free(set->rules[i].key);
        ob_free(set->rules[i].canonical);
        ob_free(set->rules[i].pattern);
    }
    for (size_t i = 0; i < set->root_count; i++) {
        ob_free(set->roots[i]);
    }
    ob_free(set->rules);
    ob_free(set->roots);
    ob_free(set->scratch);
    ob_mutex_destroy(&set->lock);
    ob_free(set);
}

const ob_selection *ob_spec_set_selection(const ob_spec_set *set)
{
    return &set->selection;
}
