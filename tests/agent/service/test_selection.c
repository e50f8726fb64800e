#include "selection.h"

#include "ob/test.h"

#include <string.h>

#define I(path)                                                                                    \
    {                                                                                              \
        path, false, true, false                                                                   \
    }
#define I1(path)                                                                                   \
    {                                                                                              \
        path, false, false, false                                                                  \
    }
#define X(path)                                                                                    \
    {                                                                                              \
        path, true, true, false                                                                    \
    }
#define X1(path)                                                                                   \
    {                                                                                              \
        path, true, false, false                                                                   \
    }
#define MOST_SPECS 6
#define MOST_ASKED 14

typedef struct asked {
    const char *path; /* a folder ends with a separator */
    ob_verdict wanted;
} asked;

typedef struct selection_case {
    const char *name;
    bool windows;
    ob_spec specs[MOST_SPECS];
    const char *roots; /* separated by blanks */
    asked asked[MOST_ASKED];
} selection_case;

static const selection_case cases_table[] = {
    {"a folder with all below",
     false,
     {I("/a")},
     "/a",
     {{"/a/", OB_TAKE},
      {"/a/f", OB_TAKE},
      {"/a/b/", OB_TAKE},
      {"/a/b/f", OB_TAKE},
      {"/ab/", OB_SKIP},
      {"/b", OB_SKIP}}},
    {"the whole system",
     false,
     {I("/")},
     "/",
     {{"/", OB_TAKE}, {"/f", OB_TAKE}, {"/a/b/c", OB_TAKE}}},
    {"one file",
     false,
     {I("/a/f")},
     "/a/f",
     {{"/a/f", OB_TAKE}, {"/a/g", OB_SKIP}, {"/a/", OB_PASS}}},
    {"only the files of a folder",
     false,
     {I1("/a")},
     "/a",
     {{"/a/", OB_TAKE}, {"/a/f", OB_TAKE}, {"/a/b/", OB_SKIP}, {"/a/b/f", OB_SKIP}}},
    {"files by name, all below",
     false,
     {I("/a/*.txt")},
     "/a",
     {{"/a/", OB_PASS},
      {"/a/f.txt", OB_TAKE},
      {"/a/f.TXT", OB_SKIP},
      {"/a/b/", OB_PASS},
      {"/a/b/g.txt", OB_TAKE},
      {"/a/b/g.c", OB_SKIP},
      {"/a/d.txt/", OB_PASS}}},
    {"files by name, one folder",
     false,
     {I1("/a/f?")},
     "/a",
     {{"/a/", OB_PASS},
      {"/a/f1", OB_TAKE},
      {"/a/f", OB_SKIP},
      {"/a/b/", OB_SKIP},
      {"/a/b/f1", OB_SKIP}}},
    {"a star alone is the folder",
     false,
     {I("/a/*"), X1("/b/*"), I("/b")},
     "/a /b",
     {{"/a/", OB_TAKE},
      {"/a/b/f", OB_TAKE},
      {"/b/", OB_TAKE},
      {"/b/f", OB_SKIP},
      {"/b/c/f", OB_TAKE}}},
    {"a dot in the pattern is a dot on Linux",
     false,
     {I("/a/*.*")},
     "/a",
     {{"/a/", OB_PASS}, {"/a/f", OB_SKIP}, {"/a/f.x", OB_TAKE}}},
    {"exclude a part",
     false,
     {I("/a"), X("/a/b")},
     "/a",
     {{"/a/", OB_TAKE}, {"/a/b/", OB_SKIP}, {"/a/b/f", OB_SKIP}, {"/a/bb", OB_TAKE}}},
    {"include below an excluded folder",
     false,
     {I("/a"), X("/a/b"), I("/a/b/c/d")},
     "/a /a/b/c/d",
     {{"/a/b/", OB_PASS},
      {"/a/b/f", OB_SKIP},
      {"/a/b/c/", OB_PASS},
      {"/a/b/c/d/", OB_TAKE},
      {"/a/b/c/d/e/f", OB_TAKE},
      {"/a/b/x/", OB_SKIP}}},
    {"exclude wins on equality",
     false,
     {I("/a"), X("/a")},
     "/a",
     {{"/a/", OB_SKIP}, {"/a/f", OB_SKIP}}},
    {"the order of the specs is nothing",
     false,
     {I("/a/b/c"), X("/a/b"), I("/a")},
     "/a /a/b/c",
     {{"/a/", OB_TAKE}, {"/a/b/", OB_PASS}, {"/a/b/c/", OB_TAKE}}},
    {"exclude by name everywhere below",
     false,
     {I("/a"), X("/a/*.tmp")},
     "/a",
     {{"/a/x.tmp", OB_SKIP},
      {"/a/b/c/x.tmp", OB_SKIP},
      {"/a/b/x", OB_TAKE},
      {"/a/d.tmp/", OB_TAKE}}},
    {"exclude by name in one folder",
     false,
     {I("/a"), X1("/a/*.tmp")},
     "/a",
     {{"/a/x.tmp", OB_SKIP}, {"/a/b/x.tmp", OB_TAKE}}},
    {"exclude the files of a folder, not what is below",
     false,
     {I("/a"), X1("/a/b")},
     "/a",
     {{"/a/b/", OB_TAKE}, {"/a/b/f", OB_SKIP}, {"/a/b/c/", OB_TAKE}, {"/a/b/c/f", OB_TAKE}}},
    {"a name included from an excluded folder",
     false,
     {I("/a"), X("/a/b"), I("/a/b/*.key")},
     "/a /a/b",
     {{"/a/b/", OB_PASS},
      {"/a/b/x.key", OB_TAKE},
      {"/a/b/c/", OB_PASS},
      {"/a/b/c/x.key", OB_TAKE},
      {"/a/b/f", OB_SKIP}}},
    {"a deeper folder beats a name from above",
     false,
     {I("/a"), X("/a/*.tmp"), I("/a/keep")},
     "/a /a/keep",
     {{"/a/x.tmp", OB_SKIP}, {"/a/keep/x.tmp", OB_TAKE}}},
    {"a deeper exclude covers a name from above",
     false,
     {I("/a/*.txt"), X("/a/b")},
     "/a",
     {{"/a/", OB_PASS}, {"/a/b/", OB_SKIP}, {"/a/b/x.txt", OB_SKIP}, {"/a/c/", OB_PASS}}},
    {"two roots, one below another only by its letters",
     false,
     {I("/a/c"), I("/a-b"), I("/a/c/d")},
     "/a/c /a/c/d /a-b",
     {{"/a/c/d/f", OB_TAKE}, {"/a-b/f", OB_TAKE}, {"/a/", OB_PASS}, {"/a/d", OB_SKIP}}},
    {"roots that are files or narrow keep what is below them",
     false,
     {I1("/a"), I("/a/b/c")},
     "/a /a/b/c",
     {{"/a/", OB_TAKE},
      {"/a/f", OB_TAKE},
      {"/a/b/", OB_PASS},
      {"/a/b/f", OB_SKIP},
      {"/a/b/c/", OB_TAKE},
      {"/a/x/", OB_SKIP}}},
    {"a folder of each folder",
     false,
     {I("/home/*/docs")},
     "/home",
     {{"/home/", OB_PASS},
      {"/home/docs", OB_SKIP},
      {"/home/ann/", OB_PASS},
      {"/home/ann/docs/", OB_TAKE},
      {"/home/ann/docs/x/y", OB_TAKE},
      {"/home/ann/docs", OB_TAKE},
      {"/home/ann/other/", OB_SKIP},
      {"/home/ann/x/docs/", OB_SKIP},
      {"/home/file", OB_SKIP}}},
    {"a folder left out wherever it is",
     false,
     {I("/srv"), X("/srv/**/node_modules")},
     "/srv",
     {{"/srv/", OB_TAKE},
      {"/srv/node_modules/", OB_SKIP},
      {"/srv/a/", OB_TAKE},
      {"/srv/a/b/node_modules/", OB_SKIP},
      {"/srv/a/b/node_modules/c/d", OB_SKIP},
      {"/srv/a/node_modules2/", OB_TAKE},
      {"/srv/a/node_modules", OB_SKIP}}},
    {"one of them brought back",
     false,
     {I("/srv"), X("/srv/**/node_modules"), I("/srv/a/node_modules/mine")},
     "/srv /srv/a/node_modules/mine",
     {{"/srv/a/node_modules/", OB_PASS},
      {"/srv/a/node_modules/mine/", OB_TAKE},
      {"/srv/a/node_modules/mine/f", OB_TAKE},
      {"/srv/a/node_modules/mine/node_modules/", OB_SKIP},
      {"/srv/a/node_modules/other/", OB_SKIP},
      {"/srv/b/node_modules/", OB_SKIP}}},
    {"files of folders by their names",
     false,
     {I("/a/**/log?/*.txt"), X("/a/b/**")},
     "/a",
     {{"/a/", OB_PASS},
      {"/a/log1/x.txt", OB_TAKE},
      {"/a/x/y/log2/z/x.txt", OB_TAKE},
      {"/a/x/log2/x.c", OB_SKIP},
      {"/a/x/x.txt", OB_SKIP},
      /* The folder of the pattern lies deeper than the one left out. */
      {"/a/b/", OB_PASS},
      {"/a/b/log1/x.txt", OB_TAKE},
      {"/a/b/x.txt", OB_SKIP}}},
    {"two stars at the end are all below",
     false,
     {I1("/a/**"), X("/a/b/**/*.tmp"), X1("/a/c/**/*")},
     "/a",
     {{"/a/", OB_TAKE},
      {"/a/x/y", OB_TAKE},
      {"/a/b/x.tmp", OB_SKIP},
      {"/a/b/c/d/x.tmp", OB_SKIP},
      {"/a/b/x", OB_TAKE},
      {"/a/c/", OB_SKIP},
      {"/a/c/d/x", OB_SKIP}}},
    {"everything of a name",
     false,
     {I("/**/etc"), X("/**/etc/**/*.bak")},
     "/",
     {{"/", OB_PASS},
      {"/etc/", OB_TAKE},
      {"/x/y/etc/f", OB_TAKE},
      {"/x/y/etc/z/f.bak", OB_SKIP},
      {"/x/y/", OB_PASS},
      {"/x/y/f", OB_SKIP}}},
    {"only the files of such folders",
     false,
     {I1("/a/*/b"), I("/a/x/b/c")},
     "/a /a/x/b/c",
     {{"/a/x/b/", OB_TAKE},
      {"/a/x/b/f", OB_TAKE},
      {"/a/x/b/d/", OB_SKIP},
      {"/a/x/b/c/", OB_TAKE},
      {"/a/y/b/c/", OB_SKIP},
      {"/a/y/b/c", OB_TAKE}}},
    {"wildcards in folders of Windows",
     true,
     {I("C:\\Users\\*\\Documents"), X("c:\\**\\CACHE")},
     "C:\\Users",
     {{"C:\\Users\\Ann\\documents\\", OB_TAKE},
      {"C:\\Users\\Ann\\documents\\x\\Cache\\", OB_SKIP},
      {"C:\\Users\\Ann\\Cache\\", OB_SKIP},
      {"C:\\Users\\Ann\\Music\\", OB_SKIP},
      {"C:\\", OB_PASS}}},
    {"a weak spec gives way to one of its path",
     false,
     {I("/a"), {"/a/b", true, true, true}, {"/a/c", true, true, true}, I("/a/b")},
     "/a /a/b",
     {{"/a/b/", OB_TAKE}, {"/a/b/f", OB_TAKE}, {"/a/c/", OB_SKIP}, {"/a/d", OB_TAKE}}},
    {"only excludes", false, {X("/a")}, "", {{"/a/", OB_SKIP}, {"/b/", OB_SKIP}}},
    {"a volume of Windows",
     true,
     {I("C:")},
     "C:\\",
     {{"C:\\", OB_TAKE}, {"C:\\x", OB_TAKE}, {"c:/x/y", OB_TAKE}, {"D:\\", OB_SKIP}}},
    {"case is nothing on Windows",
     true,
     {I("c:\\Users"), X("C:/USERS/\xC3\xA4/*.TMP")},
     "C:\\Users",
     {{"C:\\USERS\\", OB_TAKE},
      {"C:\\users\\\xC3\x84\\x.tmp", OB_SKIP},
      {"C:\\users\\\xC3\x84\\x.txt", OB_TAKE},
      {"C:\\", OB_PASS}}},
    {"all names of Windows",
     true,
     {I("C:\\a\\*.*")},
     "C:\\a",
     {{"C:\\a\\", OB_TAKE}, {"C:\\a\\f", OB_TAKE}, {"C:\\a\\b\\f.x", OB_TAKE}}},
    {"two volumes of Windows",
     true,
     {I("d:\\x"), I("C:\\"), X("c:\\windows")},
     "C:\\ D:\\x",
     {{"C:\\Windows\\", OB_SKIP}, {"C:\\w", OB_TAKE}, {"D:\\", OB_PASS}, {"D:\\x\\y", OB_TAKE}}},
    {"a volume by its GUID",
     true,
     {I("\\\\?\\Volume{7f}\\data")},
     "\\\\?\\Volume{7f}\\data",
     {{"\\\\?\\volume{7F}\\DATA\\f", OB_TAKE}, {"\\\\?\\Volume{7f}\\", OB_PASS}}},
};
#define CASES ((int)(sizeof cases_table / sizeof cases_table[0]))

static size_t count_specs(const ob_spec *specs)
{
    size_t count = 0;
    while (count < MOST_SPECS && specs[count].path != NULL) {
        count++;
    }
    return count;
}

static void check_roots(const selection_case *row, const ob_selection *selection)
{
    const char *joined = "";
    for (size_t i = 0; i < selection->root_count; i++) {
        joined = ob_test_format("%s%s%s", joined, i > 0 ? " " : "", selection->roots[i]);
    }
    ck_assert_msg(strcmp(joined, row->roots) == 0, "%s: roots %s", row->name, joined);
}

static ob_verdict ask(const ob_selection *selection, const char *path)
{
    size_t length = strlen(path);
    bool is_dir = path[length - 1] == '/' || path[length - 1] == '\\';
    bool is_root = length == 1 || path[length - 2] == ':' || path[length - 2] == '}';
    const char *asked = ob_test_format("%.*s", (int)(length - (is_dir && !is_root)), path);
    return selection->decide(selection->context, asked, is_dir);
}

START_TEST(selection__table)
{
    const selection_case *row = &cases_table[_i];
    ob_spec_set *set = NULL;
    ob_check_ok(ob_spec_set_new(row->specs, count_specs(row->specs), row->windows, &set));
    const ob_selection *selection = ob_spec_set_selection(set);
    check_roots(row, selection);
    for (size_t i = 0; i < MOST_ASKED && row->asked[i].path != NULL; i++) {
        ob_verdict got = ask(selection, row->asked[i].path);
        ck_assert_msg(got == row->asked[i].wanted, "%s: %s gave %d, wanted %d", row->name,
                      row->asked[i].path, (int)got, (int)row->asked[i].wanted);
    }
    ob_spec_set_free(set);
}
END_TEST

static const char *long_pattern(void)
{
    const char *path = "/a";
    for (int i = 0; i < 64; i++) {
        path = ob_test_format("%s/*", path);
    }
    return ob_test_format("%s/b", path);
}

START_TEST(selection__refuses_what_it_cannot_mean)
{
    const struct {
        const char *path;
        bool windows;
        const char *detail;
    } rows[] = {
        {"a/b", false, "not an absolute path"},
        {"", false, "not an absolute path"},
        {"/a/../b", false, "\"..\""},
        {long_pattern(), false, "more than 63 parts"},
        {"C:dir", true, "not an absolute path"},
        {"dir\\*.txt", true, "not an absolute"},
        {"\\*\\b", true, "not an absolute path"},
        {"/home", true, "not an absolute path"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ob_spec spec = {.path = rows[i].path, .recursive = true};
        ob_spec_set *set = NULL;
        ob_check_status(ob_spec_set_new(&spec, 1, rows[i].windows, &set), OB_E_POLICY_INVALID);
        ob_check_detail(rows[i].detail);
        ck_assert_ptr_null(set);
    }
}
END_TEST

/* A plain reading of the rules, to hold the quick one against: for each item the rule with the
 * deepest folder decides. Here all specs are recursive folders. */
static ob_verdict by_hand(const ob_spec *specs, size_t count, const char *path)
{
    size_t best = 0;
    ob_verdict verdict = OB_SKIP;
    for (size_t i = 0; i < count; i++) {
        size_t length = strlen(specs[i].path);
        bool matches = strncmp(path, specs[i].path, length) == 0 &&
                       (path[length] == '\0' || path[length] == '/');
        if (matches && (length > best || (length == best && specs[i].exclude))) {
            best = length;
            verdict = specs[i].exclude ? OB_SKIP : OB_TAKE;
        }
    }
    return verdict;
}

static const char *random_path(ob_test_rng *rng, unsigned depth)
{
    const char *path = "";
    for (unsigned i = 0; i < depth; i++) {
        path = ob_test_format("%s/%c", path, (char)('a' + ob_test_rng_below(rng, 3)));
    }
    return path;
}

START_TEST(selection__agrees_with_a_plain_reading)
{
    ob_test_rng rng = ob_test_rng_new(11);
    for (int round = 0; round < 200; round++) {
        ob_spec specs[5];
        for (size_t i = 0; i < 5; i++) {
            specs[i] = (ob_spec){random_path(&rng, 1 + (unsigned)ob_test_rng_below(&rng, 3)),
                                 ob_test_rng_below(&rng, 2) == 0, true, false};
        }
        ob_spec_set *set = NULL;
        ob_check_ok(ob_spec_set_new(specs, 5, false, &set));
        const ob_selection *selection = ob_spec_set_selection(set);
        for (int n = 0; n < 40; n++) {
            const char *path = random_path(&rng, 1 + (unsigned)ob_test_rng_below(&rng, 5));
            ob_verdict wanted = by_hand(specs, 5, path);
            ck_assert_int_eq(selection->decide(selection->context, path, false), wanted);
            ob_verdict dir = selection->decide(selection->context, path, true);
            ck_assert(wanted == OB_TAKE ? dir == OB_TAKE : dir != OB_TAKE);
            /* Whatever is taken is reached: no folder above it is skipped. */
            const char *slash = strrchr(path, '/');
            if (wanted == OB_TAKE && slash != path) {
                const char *above = ob_test_format("%.*s", (int)(slash - path), path);
                ck_assert(selection->decide(selection->context, above, true) != OB_SKIP);
            }
        }
        ob_spec_set_free(set);
    }
}
END_TEST

/* The same with wildcards: the plain reading tries each way to take the parts of both. */
static bool means(const char *pattern, const char *path)
{
    size_t part = strcspn(pattern, "/");
    size_t length = strcspn(path, "/");
    const char *rest = pattern + part + (pattern[part] == '/');
    if (part == 0) {
        return length == 0;
    }
    const char *next = path + length + (path[length] == '/');
    if (part == 2 && pattern[0] == '*' && pattern[1] == '*') {
        return means(rest, path) || (length > 0 && means(pattern, next));
    }
    bool same = pattern[0] == '*' || pattern[0] == path[0];
    return length > 0 && same && means(rest, next);
}

static ob_verdict by_hand_wild(const ob_spec *specs, size_t count, const char *path)
{
    size_t best = 0;
    ob_verdict verdict = OB_SKIP;
    for (size_t i = 0; i < count; i++) {
        for (size_t length = 1; length <= strlen(path); length++) {
            if (path[length] != '/' && path[length] != '\0') {
                continue;
            }
            const char *above = ob_test_format("%.*s", (int)length - 1, path + 1);
            bool more = length > best || (length == best && specs[i].exclude);
            if (means(specs[i].path + 1, above) && more) {
                best = length;
                verdict = specs[i].exclude ? OB_SKIP : OB_TAKE;
            }
        }
    }
    return verdict;
}

static const char *random_pattern(ob_test_rng *rng)
{
    static const char *const parts[] = {"a", "b", "*", "**"};
    const char *path = "";
    for (uint64_t i = ob_test_rng_below(rng, 4); i > 0; i--) {
        path = ob_test_format("%s/%s", path, parts[ob_test_rng_below(rng, 4)]);
    }
    return ob_test_format("%s/%s", path, parts[ob_test_rng_below(rng, 2)]);
}

START_TEST(selection__agrees_with_a_plain_reading_of_wildcards)
{
    ob_test_rng rng = ob_test_rng_new(13);
    for (int round = 0; round < 300; round++) {
        ob_spec specs[4];
        for (size_t i = 0; i < 4; i++) {
            specs[i] =
                (ob_spec){random_pattern(&rng), ob_test_rng_below(&rng, 2) == 0, true, false};
        }
        ob_spec_set *set = NULL;
        ob_check_ok(ob_spec_set_new(specs, 4, false, &set));
        const ob_selection *selection = ob_spec_set_selection(set);
        for (int n = 0; n < 40; n++) {
            const char *path = random_path(&rng, 1 + (unsigned)ob_test_rng_below(&rng, 5));
            ob_verdict wanted = by_hand_wild(specs, 4, path);
            ob_verdict got = selection->decide(selection->context, path, false);
            ck_assert_msg(got == wanted, "%s: %d; %s %d, %s %d, %s %d, %s %d", path, got,
                          specs[0].path, specs[0].exclude, specs[1].path, specs[1].exclude,
                          specs[2].path, specs[2].exclude, specs[3].path, specs[3].exclude);
            /* Whatever is taken is reached, from a root on. */
            const char *slash = strrchr(path, '/');
            for (; wanted == OB_TAKE && slash != path && slash[0] == '/';) {
                const char *above = ob_test_format("%.*s", (int)(slash - path), path);
                ck_assert(selection->decide(selection->context, above, true) != OB_SKIP);
                do {
                    slash--;
                } while (*slash != '/');
            }
        }
        ob_spec_set_free(set);
    }
}
END_TEST

START_TEST(selection__memory_runs_out)
{
    static const ob_spec specs[] = {I("C:\\a\\*\\b"), X("C:\\a\\*.tmp")};
    bool hit = true;
    for (uint64_t n = 1; hit; n++) {
        ob_spec_set *set = NULL;
        ob_test_alloc_begin(n, false);
        ob_status status = ob_spec_set_new(specs, 2, true, &set);
        ob_spec_set_free(set);
        ck_assert_int_eq(ob_test_alloc_live(), 0);
        hit = ob_test_alloc_end();
        ob_check_status(status, hit ? OB_E_NO_MEMORY : OB_OK);
    }
}
END_TEST

static void add_cases(TCase *cases)
{
    tcase_add_loop_test(cases, selection__table, 0, CASES);
    tcase_add_test(cases, selection__refuses_what_it_cannot_mean);
    tcase_add_test(cases, selection__agrees_with_a_plain_reading);
    tcase_add_test(cases, selection__agrees_with_a_plain_reading_of_wildcards);
    tcase_add_test(cases, selection__memory_runs_out);
}

OB_TEST_MAIN("selection", add_cases)
