#include "retention.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char *const week_days[] = {"sunday",   "monday", "tuesday",  "wednesday",
                                        "thursday", "friday", "saturday", NULL};
static const char *const weeks_of_month[] = {"first", "second", "third", "fourth", "last", NULL};
static const char *const months[] = {"january",  "february", "march",  "april",     "may",
                                     "june",     "july",     "august", "september", "october",
                                     "november", "december", NULL};

static ob_status wrong(const ob_json_object *object, const char *name, const char *what)
{
    return ob_fail(OB_E_POLICY_INVALID, "%s.%s must be a list of %s", object->path, name, what);
}

static int find(const char *const *words, const char *word)
{
    for (int i = 0; word != NULL && words[i] != NULL; i++) {
        if (strcmp(words[i], word) == 0) {
            return i;
        }
    }
    return -1;
}

/* A list of words as a set of bits, bit 0 for the first. */
static ob_status read_words(ob_json_object *object, const char *name, const char *const *words,
                            const char *what, uint32_t *bits)
{
    const cJSON *list = NULL;
    ob_json_get_node(object, name, cJSON_Array, &list);
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next) {
        int position = find(words, cJSON_GetStringValue(item));
        if (position < 0) {
            return wrong(object, name, what);
        }
        *bits |= UINT32_C(1) << position;
    }
    return object->status;
}

static ob_status read_month_days(ob_json_object *object, uint32_t *bits)
{
    const cJSON *list = NULL;
    ob_json_get_node(object, "days_of_month", cJSON_Array, &list);
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next) {
        double value = cJSON_IsNumber(item) ? item->valuedouble : 0;
        int day = value >= 1 && value <= 31 ? (int)value : 0;
        if (day == 0 || (double)day < value || (double)day > value) {
            return wrong(object, "days_of_month", "days from 1 to 31");
        }
        *bits |= UINT32_C(1) << (day - 1);
    }
    return object->status;
}

/* "HH:MM". */
static bool read_time(const char *text, uint32_t *second)
{
    if (text == NULL || strlen(text) != 5 || text[2] != ':') {
        return false;
    }
    for (int i = 0; i < 5; i++) {
        if (i != 2 && (text[i] < '0' || text[i] > '9')) {
            return false;
        }
    }
    unsigned hour = (unsigned)(text[0] - '0') * 10 + (unsigned)(text[1] - '0');
    unsigned minute = (unsigned)(text[3] - '0') * 10 + (unsigned)(text[4] - '0');
    *second = hour * 3600 + minute * 60;
    return hour < 24 && minute < 60;
}

static ob_status read_times(ob_json_object *object, ob_slots *slots)
{
    const cJSON *list = NULL;
    ob_json_get_node(object, "times", cJSON_Array, &list);
    for (const cJSON *item = list != NULL ? list->child : NULL; item != NULL; item = item->next) {
        if (slots->time_count == OB_SLOT_TIMES_MOST ||
            !read_time(cJSON_GetStringValue(item), &slots->times[slots->time_count])) {
            return wrong(object, "times", "at most 24 times HH:MM");
        }
        slots->time_count++;
    }
    return object->status;
}

typedef struct rule {
    const char *name;
    const char *count; /* the field that says for how many */
    int64_t most;
    uint32_t unit; /* days of one */
    bool by_month, by_year;
} rule;

static const rule rules[] = {
    {"weekly", "weeks", OB_RETENTION_WEEKS_MOST, 7, false, false},
    {"monthly", "months", OB_RETENTION_MONTHS_MOST, 31, true, false},
    {"yearly", "years", OB_RETENTION_YEARS_MOST, 366, true, true},
};

static ob_status read_slots(ob_slots *out, const rule *rule, const cJSON *json)
{
    char path[48];
    int64_t count = 0;
    uint32_t days = 0;
    uint32_t nth = 0;
    uint32_t months_set = 0;
    ob_slots slots = {0};
    snprintf(path, sizeof path, "policy.retention.%s", rule->name);
    ob_json_object object = ob_json_object_of(json, path);
    object.invalid = OB_E_POLICY_INVALID;
    ob_json_need(&object, rule->count);
    ob_json_get_int(&object, rule->count, 1, rule->most, &count);
    ob_status status = read_words(&object, "days", week_days, "days of the week", &days);
    if (status == OB_OK) {
        status = read_times(&object, &slots);
    }
    if (status == OB_OK && rule->by_month) {
        status = read_words(&object, "weeks_of_month", weeks_of_month,
                            "first, second, third, fourth, last", &nth);
    }
    if (status == OB_OK && rule->by_month) {
        status = read_month_days(&object, &slots.month_days);
    }
    if (status == OB_OK && rule->by_year) {
        status = read_words(&object, "months", months, "months", &months_set);
    }
    if (status == OB_OK) {
        status = ob_json_no_more(&object);
    }
    if (status == OB_OK) {
        slots.range_days = (uint32_t)count * rule->unit;
        slots.week_days = (uint8_t)days;
        slots.month_weeks = (uint8_t)nth;
        slots.months = (uint16_t)months_set;
        *out = slots;
    }
    return status;
}

ob_status ob_retention_read(ob_retention *out, const cJSON *json)
{
    ob_retention retention = {0};
    ob_slots *const slots[] = {&retention.weekly, &retention.monthly, &retention.yearly};
    const cJSON *nodes[3] = {NULL, NULL, NULL};
    int64_t days = 0;
    ob_json_object object = ob_json_object_of(json, "policy.retention");
    object.invalid = OB_E_POLICY_INVALID;
    ob_json_get_int(&object, "days", 1, OB_RETENTION_DAYS_MOST, &days);
    for (size_t i = 0; i < 3; i++) {
        ob_json_get_node(&object, rules[i].name, cJSON_Object, &nodes[i]);
    }
    ob_status status = ob_json_no_more(&object);
    for (size_t i = 0; i < 3 && status == OB_OK; i++) {
        status = nodes[i] != NULL ? read_slots(slots[i], &rules[i], nodes[i]) : OB_OK;
    }
    if (status == OB_OK) {
        retention.days = (uint32_t)days;
        *out = retention;
    }
    return status;
}

uint32_t ob_retention_promise(const ob_retention *retention)
{
    return retention->days;
}
