#include "commands.h"
#include "document.h"
#include "ob/alloc.h"
#include "ob/json.h"
#include "output.h"
#include "record.h"
#include "run.h"
#include "select.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PAGE 100

typedef struct point_list {
    ob_table table;
    cJSON *json; /* an array; with --json */
    bool failed;
} point_list;

/* "/, C:\": the names of a point's data sources. */
static void put_sources(ob_buf *out, const cJSON *json)
{
    const cJSON *source = ob_document_list(json, "sources");
    for (bool first = true; source != NULL; source = source->next, first = false) {
        ob_buf_put_text(out, first ? "" : ", ");
        ob_buf_put_text(out, ob_document_text(source, "name"));
    }
    ob_buf_put_u8(out, 0);
}

static void add_point(point_list *self, const ob_point *point)
{
    char id[OB_GUID_TEXT];
    char at[OB_OUTPUT_TIME];
    char files[32];
    char size[OB_SIZE_TEXT];
    ob_buf sources = {0};
    cJSON *json = NULL;
    if (self->json != NULL) {
        ob_json_add_node(self->json, NULL, ob_record_point(point, &self->failed), &self->failed);
        return;
    }
    ob_guid_format(id, &point->id);
    ob_output_time(at, point->time);
    snprintf(files, sizeof files, "%" PRId64, point->files);
    ob_size_format(size, point->bytes > 0 ? (uint64_t)point->bytes : 0);
    if (OB_FAILED(ob_json_parse(&json, point->sources, strlen(point->sources)))) {
        json = NULL; /* has no members then */
    }
    put_sources(&sources, json);
    const char *cells[] = {at,
                           id,
                           files,
                           size,
                           ob_document_text(json, "policy"),
                           sources.failed ? "" : (const char *)sources.data};
    ob_table_row(&self->table, cells);
    ob_json_free(json);
    ob_buf_free(&sources);
}

static int list_points(ob_cli *cli, size_t limit, point_list *self)
{
    const char *source = ob_cli_option_value(cli, OB_OPTION_SOURCE);
    const char *policy = ob_cli_option_value(cli, OB_OPTION_POLICY);
    int64_t resume = 0;
    do {
        ob_point *points = NULL;
        size_t count = 0;
        unsigned most = limit < PAGE && policy == NULL ? (unsigned)limit : PAGE;
        if (OB_FAILED(ob_client_list_points(cli->client, source, &resume, most, &points, &count))) {
            return ob_output_client_error(cli);
        }
        for (size_t i = 0; i < count; i++) {
            if (limit > 0 && (policy == NULL || ob_select_is_of(&points[i], policy))) {
                add_point(self, &points[i]);
                limit--;
            }
            ob_point_free(&points[i]);
        }
        ob_free(points);
        if (count == 0) {
            break;
        }
    } while (resume != 0 && limit > 0);
    return OB_EXIT_OK;
}

int ob_run_point_list(ob_cli *cli)
{
    static const ob_column columns[] = {
        {.title = "TIME"},
        {.title = "POINT"},
        {.title = "FILES", .right = true},
        {.title = "SIZE", .right = true, .optional = true},
        {.title = "POLICY", .cut = true, .optional = true},
        {.title = "SOURCES", .cut = true, .optional = true},
    };
    point_list self = {.table = {.columns = columns, .column_count = 6}};
    size_t limit = SIZE_MAX;
    int code = ob_select_number(cli, OB_OPTION_LIMIT, "point list", &limit);
    if (code == OB_EXIT_OK) {
        code = ob_cli_connect(cli);
    }
    if (code != OB_EXIT_OK) {
        return code;
    }
    self.json = cli->json ? ob_json_new_array() : NULL;
    self.failed = cli->json && self.json == NULL;
    code = list_points(cli, limit, &self);
    if (code == OB_EXIT_OK && cli->json) {
        code = ob_output_json(cli, self.json, self.failed);
        self.json = NULL; /* transferred */
    } else if (code == OB_EXIT_OK) {
        code = ob_output_table(cli, &self.table);
    }
    ob_table_clear(&self.table);
    ob_json_free(self.json);
    return code;
}
