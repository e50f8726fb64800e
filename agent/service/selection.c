#include "selection.h"

#include "glob.h"
#include "ob/alloc.h"
#include "ob/thread.h"
#include "path_key.h"

#include <stdlib.h>
#include <string.h>

/* A spec taken apart: the folders that it goes for, and the files in them. */
typedef struct rule {
    char *key; /* the folder, or the file or folder itself if there is no pattern */
    size_t length;
    unsigned depth;  /* of key */
    char *canonical; /* the same, letters as they were given */
    ob_glob glob;    /* what follows key if there are wildcards in folders */
    char *pattern;   /* of file names, as a key; NULL = the item of this path */
    bool exclude;
    bool recursive;
    bool weak; /* the same folder in another spec decides before this one */
} rule;

struct ob_spec_set {
    rule *rules; /* see compare_rules() */
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

/* Takes parts ** off the end of a path: they stand for all below. */
static void cut_any_depth(rule *out, char *path)
{
    char *last = strrchr(path, '/');
    while (last != NULL && strcmp(last + 1, "**") == 0) {
        *last = '\0';
        out->recursive = true;
        last = strrchr(path, '/');
    }
}

/* Splits a pattern of file names off the end. */
static ob_status cut_pattern(rule *out, char *path, bool windows)
{
    cut_any_depth(out, path);
    char *last = strrchr(path, '/');
    if (last == NULL || strpbrk(last, wildcards) == NULL) {
        return OB_OK;
    }
    if (!is_any_file(last + 1, windows)) {
        out->pattern = ob_path_key(last + 1, windows);
        if (out->pattern == NULL) {
            return ob_fail(OB_E_NO_MEMORY, "a file spec");
        }
    }
    *last = '\0';
    cut_any_depth(out, path);
    return OB_OK;
}

/* Splits the folders off that have wildcards, and what follows them. */
static ob_status cut_glob(rule *out, char *path, bool windows)
{
    char *wild = strpbrk(path, wildcards);
    if (wild == NULL) {
        return OB_OK;
    }
    while (wild[-1] != '/') {
        wild--;
    }
    char *key = ob_path_key(wild, windows);
    ob_status status =
        key != NULL ? ob_glob_make(&out->glob, key) : ob_fail(OB_E_NO_MEMORY, "a file spec");
    ob_free(key);
    wild[-1] = '\0';
    return status;
}

static ob_status rule_make(rule *out, const ob_spec *spec, bool windows)
{
    out->exclude = spec->exclude;
    out->recursive = spec->recursive;
    out->weak = spec->weak;
    ob_status status = ob_path_canonical(spec->path, windows, &out->canonical);
    if (OB_FAILED(status)) {
        return status;
    }
    char *path = out->canonical + ob_path_prefix(out->canonical, windows);
    status = cut_pattern(out, path, windows);
    if (status == OB_OK) {
        status = cut_glob(out, path, windows);
    }
    if (status == OB_OK) {
        out->key = ob_path_key(out->canonical, windows);
        status = out->key != NULL ? OB_OK : ob_fail(OB_E_NO_MEMORY, "a file spec");
    }
    if (status == OB_OK) {
        out->length = strlen(out->key);
        out->depth = depth_of(out->key);
    }
    return status;
}

/* ---- deciding ---- */

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

/* An item that is asked for. */
typedef struct item {
    const char *key;
    size_t length;
    unsigned depth;
} item;

/* Where an item is as a rule sees it. Depths are one more than the folder's, 0 = no such folder. */
typedef struct place {
    unsigned same;  /* the item is one of the rule's folders */
    unsigned below; /* the deepest of them that it lies below */
    bool above;     /* there may be one below the item */
} place;

static place place_of(const rule *rule, const item *item)
{
    place found = {0};
    bool same = is_same(rule, item->key, item->length);
    bool below = !same && is_below(rule, item->key, item->length);
    if (!same && !below) {
        found.above = is_above(rule, item->key, item->length);
    } else if (rule->glob.count == 0) {
        found.same = same ? rule->depth + 1 : 0;
        found.below = below ? rule->depth + 1 : 0;
    } else {
        ob_glob_match match = ob_glob_ask(&rule->glob, item->key + rule->length + below);
        found.same = match.whole ? item->depth + 1 : 0;
        found.below = match.depth > 0 ? rule->depth + match.depth + 1 : 0;
        found.above = match.above;
    }
    return found;
}

/* The deeper the folder, the more a rule weighs; in one folder names more than the folder. */
static unsigned weight(const rule *rule, unsigned depth)
{
    return depth == 0 ? 0 : 2 * depth + (rule->pattern != NULL) - rule->weak;
}

/* What the rule weighs for an item; 0 = it does not match. */
static unsigned match(const rule *rule, const item *item, bool is_dir)
{
    place found = place_of(rule, item);
    bool direct = found.below == item->depth;
    unsigned below = rule->recursive || (direct && !is_dir) ? found.below : 0;
    if (rule->pattern != NULL) {
        bool named =
            !is_dir && below > 0 && ob_wildcard_match(rule->pattern, strrchr(item->key, '/') + 1);
        return named ? weight(rule, below) : 0;
    }
    /* Leaving out the files directly in a folder leaves the folder itself. */
    if (found.same > 0 && (!is_dir || !rule->exclude || rule->recursive)) {
        return weight(rule, found.same);
    }
    return weight(rule, below);
}

/* What the rule weighs for items inside of a folder, but for those in one of its folders further
 * down. */
static unsigned match_inside(const rule *rule, const place *found)
{
    unsigned depth = found->same > 0 ? found->same : rule->recursive ? found->below : 0;
    return weight(rule, depth);
}

/* The rule that decides about an item; NULL if none matches. */
static const rule *deciding(const ob_spec_set *set, const item *item, bool is_dir)
{
    const rule *best = NULL;
    unsigned most = 0;
    for (size_t i = 0; i < set->count; i++) {
        const rule *rule = &set->rules[i];
        if (rule->glob.count == 0 && most > weight(rule, rule->depth + 1)) {
            break; /* those that follow weigh no more */
        }
        unsigned weighs = match(rule, item, is_dir);
        if (weighs > most || (weighs > 0 && weighs == most && rule->exclude)) {
            best = rule;
            most = weighs;
        }
    }
    return best;
}

/* Something below a folder may be included. */
static bool leads_to_some(const ob_spec_set *set, const item *item)
{
    unsigned covered = 0; /* what weighs no more has no say inside */
    for (size_t i = 0; i < set->count; i++) {
        const rule *rule = &set->rules[i];
        if (rule->exclude && rule->pattern == NULL && rule->recursive) {
            place found = place_of(rule, item);
            unsigned weighs = match_inside(rule, &found);
            covered = weighs > covered ? weighs : covered;
        }
    }
    for (size_t i = 0; i < set->count; i++) {
        const rule *rule = &set->rules[i];
        if (!rule->exclude) {
            place found = place_of(rule, item);
            if (found.above || match_inside(rule, &found) > covered) {
                return true;
            }
        }
    }
    return false;
}

static ob_verdict decide_key(const ob_spec_set *set, const char *key, bool is_dir)
{
    item asked = {.key = key, .length = strlen(key), .depth = depth_of(key)};
    const rule *rule = deciding(set, &asked, is_dir);
    if (rule != NULL && !rule->exclude) {
        return OB_TAKE;
    }
    return is_dir && leads_to_some(set, &asked) ? OB_PASS : OB_SKIP;
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

/* Those with wild folders first, whose depth is another for each item; then the deepest. */
static int compare_rules(const void *a, const void *b)
{
    const rule *left = a;
    const rule *right = b;
    bool left_wild = left->glob.count > 0;
    bool right_wild = right->glob.count > 0;
    unsigned left_weight = weight(left, left->depth + 1);
    unsigned right_weight = weight(right, right->depth + 1);
    if (left_wild != right_wild) {
        return left_wild ? -1 : 1;
    }
    return (right_weight > left_weight) - (right_weight < left_weight);
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
        ob_glob_free(&set->rules[i].glob);
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
