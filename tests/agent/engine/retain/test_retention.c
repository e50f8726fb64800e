#include "ob/retain.h"

#include "ob/test.h"
#include "ob/text.h"

#include <stdlib.h>
#include <string.h>

#define SECOND INT64_C(1000000000)
#define DAY (86400 * SECOND)
#define MOST 64

/* ---- the table ---- */

#define AT(hour, minute) .times = {(hour)*3600 + (minute)*60}, .time_count = 1
#define BIT(day) (UINT32_C(1) << ((day)-1))
#define DAILY(n)                                                                                   \
    {                                                                                              \
        .days = (n)                                                                                \
    }

/* Each point is "TIME=REASONS", the reasons in the order DWMYNAF, "-" for none. */
typedef struct table_case {
    const char *name;
    ob_retention policy;
    const char *now;
    const char *points;
} table_case;

static const table_case table[] = {
    /* no rule */
    {"no rule keeps all",
     {0},
     "2026-06-01T00:00:00Z",
     "2020-01-01T00:00:00Z=A 2026-05-31T00:00:00Z=NA"},
    {"no rule, one point", {0}, "2026-06-01T00:00:00Z", "1999-05-31T00:00:00Z=NA"},
    {"no point", DAILY(7), "2026-06-01T00:00:00Z", ""},
    {"no rule, a clock that was set back", {0}, "2026-06-01T00:00:00Z", "2027-01-01T00:00:00Z=NAF"},
    {"a rule without a range is not set",
     {.weekly = {.week_days = 127}},
     "2026-06-01T00:00:00Z",
     "2020-01-01T00:00:00Z=A 2020-01-02T00:00:00Z=NA"},

    /* days */
    {"days: to the second", DAILY(7), "2026-01-31T12:00:00Z",
     "2026-01-24T11:59:59Z=- 2026-01-24T12:00:00Z=D 2026-01-31T12:00:00Z=DN"},
    {"days: the newest stays", DAILY(7), "2026-01-31T12:00:00Z",
     "2025-01-01T00:00:00Z=- 2025-01-02T00:00:00Z=N"},
    {"days: in any order", DAILY(7), "2026-01-31T12:00:00Z",
     "2026-01-30T00:00:00Z=D 2025-01-01T00:00:00Z=- 2026-01-31T00:00:00Z=DN "
     "2026-01-29T00:00:00Z=D"},
    {"days: two of one time", DAILY(7), "2026-01-31T12:00:00Z",
     "2026-01-30T00:00:00Z=D 2026-01-30T00:00:00Z=DN"},
    {"days: two old ones of one time", DAILY(7), "2026-01-31T12:00:00Z",
     "2025-01-30T00:00:00Z=- 2025-01-30T00:00:00Z=N"},
    {"days: several a day", DAILY(2), "2026-01-31T12:00:00Z",
     "2026-01-29T08:00:00Z=- 2026-01-29T16:00:00Z=D 2026-01-30T08:00:00Z=D 2026-01-30T16:00:00Z=D "
     "2026-01-31T08:00:00Z=DN"},
    {"weeks: a point of the future does not cost the newest",
     {.weekly = {.range_days = 84, .week_days = 1}},
     "2026-01-31T12:00:00Z",
     "2026-01-26T00:00:00Z=W 2026-01-30T00:00:00Z=- 2026-01-31T11:00:00Z=N "
     "2036-01-01T00:00:00Z=WF"},
    {"days: many", DAILY(9999), "2026-01-31T12:00:00Z",
     "1998-09-01T00:00:00Z=- 1999-01-01T00:00:00Z=D 2026-01-01T00:00:00Z=DN"},
    {"days: local time does not matter", DAILY(7), "2026-01-31T12:00:00Z",
     "2026-01-24T12:59:59+01:00=- 2026-01-24T13:00:00+01:00=D 2026-01-24T02:00:00-10:00=DN"},
    {"days: over the leap day", DAILY(1), "2024-03-01T00:00:00Z",
     "2024-02-28T23:59:59Z=- 2024-02-29T00:00:00Z=DN"},
    {"days: without a leap day", DAILY(1), "2023-03-01T00:00:00Z",
     "2023-02-27T23:59:59Z=- 2023-02-28T00:00:00Z=DN"},
    {"days: a day of 23 hours", DAILY(1), "2026-03-29T12:00:00Z",
     "2026-03-28T12:59:59+01:00=- 2026-03-28T13:00:00+01:00=D 2026-03-29T14:00:00+02:00=DN"},

    /* weeks */
    {"weeks: Saturday, half past five",
     {.weekly = {.range_days = 28, .week_days = 64, AT(17, 30)}},
     "2026-01-31T20:00:00Z",
     "2026-01-03T17:30:00Z=- 2026-01-10T17:30:00Z=W 2026-01-17T17:30:00Z=W 2026-01-24T17:30:00Z=W "
     "2026-01-31T17:30:00Z=WN"},
    {"weeks: a backup that took its time",
     {.weekly = {.range_days = 28, .week_days = 64, AT(17, 30)}},
     "2026-01-31T20:00:00Z",
     "2026-01-24T18:10:00Z=W 2026-01-25T09:00:00Z=- 2026-01-31T17:30:00Z=WN"},
    {"weeks: a missed one is made up for",
     {.weekly = {.range_days = 28, .week_days = 64, AT(17, 30)}},
     "2026-01-31T20:00:00Z",
     "2026-01-26T09:00:00Z=W 2026-01-27T09:00:00Z=- 2026-01-31T17:30:00Z=WN"},
    {"weeks: before the time is the week before",
     {.weekly = {.range_days = 28, .week_days = 64, AT(17, 30)}},
     "2026-01-31T20:00:00Z",
     "2026-01-24T17:29:59Z=W 2026-01-24T17:30:00Z=W 2026-01-31T18:00:00Z=WN"},
    {"weeks: one point is not two weeks'",
     {.weekly = {.range_days = 28}},
     "2026-01-31T12:00:00Z",
     "2026-01-08T00:00:00Z=W 2026-01-30T00:00:00Z=WN"},
    {"weeks: two days",
     {.weekly = {.range_days = 14, .week_days = 8 | 64}},
     "2026-01-31T12:00:00Z",
     "2026-01-21T00:00:00Z=W 2026-01-22T00:00:00Z=- 2026-01-24T00:00:00Z=W 2026-01-27T00:00:00Z=- "
     "2026-01-28T00:00:00Z=W 2026-01-31T06:00:00Z=WN"},
    {"weeks: no day is Sunday",
     {.weekly = {.range_days = 14}},
     "2026-01-31T12:00:00Z",
     "2026-01-17T12:00:00Z=W 2026-01-18T00:00:00Z=W 2026-01-19T00:00:00Z=- 2026-01-25T10:00:00Z=W "
     "2026-01-31T00:00:00Z=N"},
    {"weeks: two times a day",
     {.weekly =
          {.range_days = 14, .week_days = 64, .times = {6 * 3600, 18 * 3600}, .time_count = 2}},
     "2026-01-31T12:00:00Z",
     "2026-01-24T06:00:00Z=W 2026-01-24T12:00:00Z=- 2026-01-24T18:30:00Z=W 2026-01-31T05:00:00Z=N"},
    {"weeks: two times in any order",
     {.weekly =
          {.range_days = 14, .week_days = 64, .times = {18 * 3600, 6 * 3600}, .time_count = 2}},
     "2026-01-31T12:00:00Z",
     "2026-01-24T06:00:00Z=W 2026-01-24T12:00:00Z=- 2026-01-24T18:30:00Z=W 2026-01-31T05:00:00Z=N"},
    {"weeks: every day",
     {.weekly = {.range_days = 3, .week_days = 127}},
     "2026-01-31T12:00:00Z",
     "2026-01-28T11:00:00Z=- 2026-01-29T00:00:00Z=W 2026-01-29T10:00:00Z=- 2026-01-30T01:00:00Z=W "
     "2026-01-31T03:00:00Z=WN"},
    {"weeks: what is for months and years is not looked at",
     {.weekly = {.range_days = 28,
                 .week_days = 64,
                 .month_weeks = OB_LAST_WEEK,
                 .month_days = BIT(2),
                 .months = 4}},
     "2026-01-31T12:00:00Z",
     "2026-01-10T00:00:00Z=W 2026-01-17T00:00:00Z=W 2026-01-18T00:00:00Z=N"},
    {"weeks and days",
     {.days = 2, .weekly = {.range_days = 28, .week_days = 64}},
     "2026-01-31T12:00:00Z",
     "2026-01-24T00:00:00Z=W 2026-01-25T00:00:00Z=- 2026-01-29T12:00:00Z=D 2026-01-30T00:00:00Z=D "
     "2026-01-31T00:00:00Z=DWN"},
    {"weeks: two of one time",
     {.weekly = {.range_days = 28, .week_days = 64}},
     "2026-01-31T12:00:00Z",
     "2026-01-24T00:00:00Z=W 2026-01-24T00:00:00Z=- 2026-01-25T00:00:00Z=N"},

    /* local time */
    {"zone: the time is local",
     {.weekly = {.range_days = 28, .week_days = 64, AT(17, 30)}},
     "2026-01-31T20:00:00Z",
     "2026-01-24T17:29:00+02:00=W 2026-01-24T17:30:00+02:00=W 2026-01-25T00:00:00+02:00=- "
     "2026-01-31T10:00:00+02:00=N"},
    {"zone: the day is local, east",
     {.weekly = {.range_days = 28, .week_days = 64}},
     "2026-01-31T20:00:00Z",
     "2026-01-24T01:00:00+14:00=W 2026-01-24T02:00:00+14:00=- 2026-01-25T00:00:00+14:00=N"},
    {"zone: the day is local, west",
     {.weekly = {.range_days = 28, .week_days = 64}},
     "2026-01-31T20:00:00Z",
     "2026-01-24T23:30:00-12:00=W 2026-01-25T00:30:00-12:00=- 2026-01-25T08:00:00-12:00=N"},
    {"zone: a machine that travels",
     {.weekly = {.range_days = 28, .week_days = 64}},
     "2026-01-31T20:00:00Z",
     "2026-01-24T00:30:00+02:00=W 2026-01-23T22:30:00-05:00=W 2026-01-24T10:00:00-05:00=N"},
    {"zone: half an hour",
     {.weekly = {.range_days = 28, .week_days = 64, AT(0, 0)}},
     "2026-01-31T20:00:00Z",
     "2026-01-23T23:59:59+05:30=W 2026-01-24T00:00:00+05:30=W 2026-01-24T05:29:00+05:30=N"},
    {"summer time begins: the hour that is not there",
     {.weekly = {.range_days = 28, .week_days = 1, AT(2, 30)}},
     "2026-04-05T00:00:00Z",
     "2026-03-29T01:59:00+01:00=W 2026-03-29T03:00:00+02:00=W 2026-03-29T04:00:00+02:00=N"},
    {"summer time ends: the hour that is there twice",
     {.weekly = {.range_days = 28, .week_days = 1, AT(2, 30)}},
     "2026-10-26T00:00:00Z",
     "2026-10-25T02:45:00+02:00=W 2026-10-25T02:15:00+01:00=W 2026-10-25T02:50:00+01:00=N"},
    {"summer time ends: once is enough",
     {.weekly = {.range_days = 28, .week_days = 1, AT(2, 30)}},
     "2026-10-26T00:00:00Z",
     "2026-10-18T02:30:00+02:00=W 2026-10-25T02:30:00+02:00=W 2026-10-25T02:15:00+01:00=- "
     "2026-10-25T02:30:00+01:00=N"},
    {"summer time begins at midnight",
     {.weekly = {.range_days = 28, .week_days = 1}},
     "2018-11-05T00:00:00Z",
     "2018-11-03T23:00:00-03:00=W 2018-11-04T01:00:00-02:00=WN"},

    /* months */
    {"months: no day is the 1st",
     {.monthly = {.range_days = 62}},
     "2026-03-15T00:00:00Z",
     "2026-01-01T00:00:00Z=- 2026-01-20T00:00:00Z=- 2026-02-01T05:00:00Z=M 2026-02-02T00:00:00Z=- "
     "2026-03-01T00:00:00Z=M 2026-03-14T00:00:00Z=N"},
    {"months: a missed one is made up for",
     {.monthly = {.range_days = 62}},
     "2026-03-15T00:00:00Z",
     "2026-02-05T00:00:00Z=M 2026-02-06T00:00:00Z=- 2026-03-10T00:00:00Z=MN"},
    {"months: the 15th",
     {.monthly = {.range_days = 62, .month_days = BIT(15)}},
     "2026-03-14T12:00:00Z",
     "2026-02-14T23:59:59Z=M 2026-02-15T00:00:00Z=M 2026-03-14T00:00:00Z=N"},
    {"months: the 31st is the last of a shorter one",
     {.monthly = {.range_days = 366, .month_days = BIT(31)}},
     "2026-05-15T00:00:00Z",
     "2026-01-31T00:00:00Z=M 2026-02-28T00:00:00Z=M 2026-03-01T00:00:00Z=- 2026-03-31T00:00:00Z=M "
     "2026-04-30T00:00:00Z=M 2026-05-14T00:00:00Z=N"},
    {"months: the 30th, February of a leap year",
     {.monthly = {.range_days = 366, .month_days = BIT(30)}},
     "2024-03-05T00:00:00Z",
     "2024-02-28T12:00:00Z=M 2024-02-29T00:00:00Z=M 2024-03-01T00:00:00Z=N"},
    {"months: the 29th, no leap year",
     {.monthly = {.range_days = 366, .month_days = BIT(29)}},
     "2023-03-05T00:00:00Z",
     "2023-02-27T00:00:00Z=M 2023-02-28T00:00:00Z=M 2023-03-01T00:00:00Z=N"},
    {"months: the 28th and the 30th, no leap year",
     {.monthly = {.range_days = 366, .month_days = BIT(28) | BIT(30)}},
     "2023-03-05T00:00:00Z",
     "2023-02-28T00:00:00Z=M 2023-03-01T00:00:00Z=N"},
    {"months: the last day",
     {.monthly = {.range_days = 366, .month_days = OB_LAST_DAY}},
     "2024-04-01T00:00:00Z",
     "2024-02-28T00:00:00Z=M 2024-02-29T00:00:00Z=M 2024-03-31T00:00:00Z=MN"},
    {"months: two days",
     {.monthly = {.range_days = 366, .month_days = BIT(1) | BIT(15)}},
     "2026-02-21T00:00:00Z",
     "2026-02-01T00:00:00Z=M 2026-02-10T00:00:00Z=- 2026-02-15T00:00:00Z=M 2026-02-20T00:00:00Z=N"},
    {"months: the last Sunday",
     {.monthly = {.range_days = 366, .week_days = 1, .month_weeks = OB_LAST_WEEK}},
     "2026-03-30T00:00:00Z",
     "2026-01-25T00:00:00Z=M 2026-02-15T00:00:00Z=- 2026-02-22T00:00:00Z=M 2026-03-22T00:00:00Z=- "
     "2026-03-29T00:00:00Z=MN"},
    {"months: the first Monday",
     {.monthly = {.range_days = 366, .week_days = 2, .month_weeks = OB_FIRST_WEEK}},
     "2026-02-10T00:00:00Z",
     "2026-01-05T00:00:00Z=M 2026-01-12T00:00:00Z=- 2026-02-02T00:00:00Z=M 2026-02-09T00:00:00Z=N"},
    {"months: second and fourth Saturday",
     {.monthly = {.range_days = 366, .week_days = 64, .month_weeks = 2 | 8}},
     "2026-02-15T00:00:00Z",
     "2026-01-10T00:00:00Z=M 2026-01-17T00:00:00Z=- 2026-01-24T00:00:00Z=M 2026-01-31T00:00:00Z=- "
     "2026-02-14T00:00:00Z=MN"},
    {"months: a day of the week alone is each of them",
     {.monthly = {.range_days = 62, .week_days = 64}},
     "2026-01-18T00:00:00Z",
     "2026-01-03T00:00:00Z=M 2026-01-10T00:00:00Z=M 2026-01-11T00:00:00Z=- "
     "2026-01-17T00:00:00Z=MN"},
    {"months: a fifth Thursday is not the fourth",
     {.monthly = {.range_days = 366, .week_days = 16, .month_weeks = 8}},
     "2026-01-30T00:00:00Z",
     "2026-01-22T00:00:00Z=M 2026-01-29T00:00:00Z=N"},
    {"months: a fifth Thursday is the last",
     {.monthly = {.range_days = 366, .week_days = 16, .month_weeks = OB_LAST_WEEK}},
     "2026-01-30T00:00:00Z",
     "2026-01-22T00:00:00Z=M 2026-01-29T00:00:00Z=MN"},
    {"months: a fourth Thursday is the last of February",
     {.monthly = {.range_days = 366, .week_days = 16, .month_weeks = OB_LAST_WEEK}},
     "2026-02-27T00:00:00Z",
     "2026-02-19T00:00:00Z=M 2026-02-26T00:00:00Z=MN"},
    {"months: a day and a day of the week",
     {.monthly =
          {.range_days = 366, .week_days = 64, .month_weeks = OB_LAST_WEEK, .month_days = BIT(1)}},
     "2026-02-03T00:00:00Z",
     "2026-01-31T00:00:00Z=M 2026-02-01T00:00:00Z=M 2026-02-02T00:00:00Z=N"},
    {"months: at eleven at night",
     {.monthly = {.range_days = 366, .month_days = BIT(1), AT(23, 0)}},
     "2026-02-03T00:00:00Z",
     "2026-02-01T22:00:00Z=M 2026-02-01T23:00:00Z=M 2026-02-02T00:00:00Z=N"},

    /* years */
    {"years: no month is January",
     {.yearly = {.range_days = 3 * 366}},
     "2026-06-01T00:00:00Z",
     "2022-01-01T00:00:00Z=- 2024-01-01T00:00:00Z=Y 2024-06-01T00:00:00Z=- 2025-03-01T00:00:00Z=Y "
     "2025-04-01T00:00:00Z=- 2026-01-01T00:00:00Z=Y 2026-05-01T00:00:00Z=N"},
    {"years: the last Sunday of March",
     {.yearly = {.range_days = 3660, .week_days = 1, .month_weeks = OB_LAST_WEEK, .months = 4}},
     "2026-04-01T00:00:00Z",
     "2025-03-23T00:00:00Z=Y 2025-03-30T00:00:00Z=Y 2026-03-28T00:00:00Z=- "
     "2026-03-29T00:00:00Z=YN"},
    {"years: the 29th of February",
     {.yearly = {.range_days = 3660, .month_days = BIT(29), .months = 2}},
     "2026-03-01T00:00:00Z",
     "2024-02-29T00:00:00Z=Y 2024-03-01T00:00:00Z=- 2025-02-27T00:00:00Z=- 2025-02-28T00:00:00Z=Y "
     "2026-02-28T00:00:00Z=YN"},
    {"years: two months",
     {.yearly = {.range_days = 3660, .months = 1 | 64}},
     "2026-02-02T00:00:00Z",
     "2025-01-01T00:00:00Z=Y 2025-05-01T00:00:00Z=- 2025-07-01T00:00:00Z=Y 2026-01-01T00:00:00Z=Y "
     "2026-02-01T00:00:00Z=N"},
    {"years: 2100 has no leap day",
     {.yearly = {.range_days = 3660, .month_days = BIT(29), .months = 2}},
     "2100-03-02T00:00:00Z",
     "2100-02-28T00:00:00Z=Y 2100-03-01T00:00:00Z=N"},
    {"years: 2000 has one",
     {.yearly = {.range_days = 3660, .month_days = BIT(29), .months = 2}},
     "2000-03-02T00:00:00Z",
     "2000-02-28T00:00:00Z=Y 2000-02-29T00:00:00Z=YN"},
    {"years: long ago",
     {.yearly = {.range_days = 3660}},
     "1970-01-02T00:00:00Z",
     "1969-12-31T23:00:00Z=Y 1970-01-01T00:00:00Z=YN"},

    /* all of them */
    {"all rules",
     {.days = 7,
      .weekly = {.range_days = 28, .week_days = 64},
      .monthly = {.range_days = 366},
      .yearly = {.range_days = 3660}},
     "2026-03-14T12:00:00Z",
     "2024-01-01T00:00:00Z=Y 2025-01-01T00:00:00Z=Y 2025-04-01T00:00:00Z=M 2025-04-02T00:00:00Z=- "
     "2026-01-01T00:00:00Z=MY 2026-02-21T00:00:00Z=WM 2026-02-22T00:00:00Z=- "
     "2026-03-01T00:00:00Z=WM 2026-03-07T00:00:00Z=W 2026-03-10T00:00:00Z=D "
     "2026-03-14T00:00:00Z=DWN"},

    /* a clock that was set wrong */
    {"clock: set back a year", DAILY(7), "2025-01-31T00:00:00Z",
     "2025-01-30T00:00:00Z=DN 2026-01-29T00:00:00Z=DF 2026-01-30T00:00:00Z=DF"},
    {"clock: set back a year, by weeks",
     {.weekly = {.range_days = 28}},
     "2025-01-31T00:00:00Z",
     "2025-01-30T00:00:00Z=WN 2026-01-20T00:00:00Z=WF 2026-01-21T00:00:00Z=F"},
    {"clock: set forward a year", DAILY(7), "2027-01-31T00:00:00Z",
     "2026-01-29T00:00:00Z=- 2026-01-30T00:00:00Z=N"},
    {"clock: set forward a year, and a backup", DAILY(7), "2027-01-31T00:00:00Z",
     "2026-01-29T00:00:00Z=- 2026-01-30T00:00:00Z=- 2027-01-31T00:00:00Z=DN"},
    {"clock: set right again", DAILY(7), "2026-02-01T00:00:00Z",
     "2026-01-20T00:00:00Z=- 2026-01-30T00:00:00Z=DN 2027-01-31T00:00:00Z=DF"},
    {"clock: of a machine without a battery",
     {.weekly = {.range_days = 28}},
     "1970-01-01T00:00:00Z",
     "2026-01-25T00:00:00Z=WF 2026-01-26T00:00:00Z=F 2026-01-27T00:00:00Z=NF"},
};

_Static_assert(sizeof table / sizeof table[0] >= 60, "the table has shrunk");

typedef struct points {
    ob_dated at[MOST];
    char wanted[MOST][8];
    size_t count;
} points;

/* "Z" or "+HH:MM". */
static int32_t offset_of(const char *time, size_t length)
{
    const char *end = time + length - 6;
    if (time[length - 1] == 'Z') {
        return 0;
    }
    int32_t offset = (int32_t)(strtol(end + 1, NULL, 10) * 3600 + strtol(end + 4, NULL, 10) * 60);
    return end[0] == '-' ? -offset : offset;
}

static points read_points(const char *text)
{
    points all = {.count = 0};
    while (*text != '\0') {
        size_t length = strcspn(text, "=");
        ob_check_ok(ob_time_parse(&all.at[all.count].time, text, length));
        all.at[all.count].offset = offset_of(text, length);
        text += length + 1;
        size_t letters = strcspn(text, " ");
        ck_assert_uint_lt(letters, sizeof all.wanted[0]);
        memcpy(all.wanted[all.count++], text, letters);
        text += letters + strspn(text + letters, " ");
    }
    return all;
}

static const char *letters_of(uint8_t reasons)
{
    static const char letters[] = "DWMYNAF";
    char text[9] = "";
    size_t count = 0;
    for (size_t i = 0; i < 7; i++) {
        if ((reasons >> i & 1) != 0) {
            text[count++] = letters[i];
        }
    }
    return count > 0 ? ob_test_format("%s", text) : "-";
}

START_TEST(retention__table)
{
    const table_case *row = &table[_i];
    points all = read_points(row->points);
    uint8_t reasons[MOST];
    int64_t now = 0;
    ob_check_ok(ob_time_parse(&now, row->now, strlen(row->now)));
    ob_check_ok(ob_retention_apply(&row->policy, all.at, all.count, now, reasons));
    for (size_t i = 0; i < all.count; i++) {
        ck_assert_msg(strcmp(letters_of(reasons[i]), all.wanted[i]) == 0,
                      "%s: point %zu is kept for %s and not for %s", row->name, i,
                      letters_of(reasons[i]), all.wanted[i]);
    }
}
END_TEST

/* ---- a slow simple model ---- */

typedef struct model_day {
    int year, month, day, length, week_day, number; /* day counted from 1970 */
} model_day;

static int month_length(int year, int month)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

static void next_day(model_day *d)
{
    d->number++;
    d->week_day = (d->week_day + 1) % 7;
    if (++d->day > d->length) {
        d->day = 1;
        if (++d->month > 12) {
            d->month = 1;
            d->year++;
        }
        d->length = month_length(d->year, d->month);
    }
}

static bool model_has(const ob_slots *slots, int rule, const model_day *d)
{
    unsigned months = slots->months == 0 ? 1 : slots->months;
    bool nothing = slots->month_days == 0 && slots->week_days == 0;
    if (rule == 0) {
        return ((slots->week_days == 0 ? 1 : slots->week_days) >> d->week_day & 1) != 0;
    }
    if (rule == 2 && (months >> (d->month - 1) & 1) == 0) {
        return false;
    }
    for (int wanted = 1; wanted <= 32; wanted++) {
        bool set = ((nothing ? 1u : slots->month_days) >> (wanted - 1) & 1) != 0;
        if (set && (wanted < d->length ? wanted : d->length) == d->day) {
            return true;
        }
    }
    if ((slots->week_days >> d->week_day & 1) == 0) {
        return false;
    }
    int nth = (d->day + 6) / 7;
    return slots->month_weeks == 0 || (nth <= 4 && (slots->month_weeks >> (nth - 1) & 1) != 0) ||
           (d->length - d->day < 7 && (slots->month_weeks & 16) != 0);
}

#define MODEL_SLOTS 40000

/* All slots of some years, forwards. */
static size_t model_slots(const ob_slots *slots, int rule, int64_t *out)
{
    model_day d = {2018, 1, 1, 31, 1, 17532};
    size_t count = 0;
    for (; d.year < 2032; next_day(&d)) {
        for (uint32_t second = 0; second < 86400 && model_has(slots, rule, &d); second += 3600) {
            bool set = slots->time_count == 0 && second == 0;
            for (size_t i = 0; i < slots->time_count; i++) {
                set = set || slots->times[i] == second;
            }
            if (set) {
                ck_assert_uint_lt(count, MODEL_SLOTS);
                out[count++] = (int64_t)d.number * 86400 + second;
            }
        }
    }
    return count;
}

static void model_rule(const ob_slots *slots, int rule, const ob_dated *at, size_t count,
                       int64_t now, uint8_t *reasons)
{
    static int64_t found[MODEL_SLOTS];
    size_t slot_count = slots->range_days > 0 ? model_slots(slots, rule, found) : 0;
    for (size_t s = 0; s < slot_count; s++) {
        size_t best = count;
        for (size_t i = 0; i < count; i++) {
            int64_t local = at[i].time / SECOND + at[i].offset;
            bool inside = local >= found[s] && (s + 1 == slot_count || local < found[s + 1]);
            if (inside && (best == count || at[i].time < at[best].time)) {
                best = i;
            }
        }
        if (best < count && (now - at[best].time) / SECOND <= slots->range_days * INT64_C(86400)) {
            reasons[best] |= (uint8_t)(OB_KEPT_WEEKLY << rule);
        }
    }
}

static void model(const ob_retention *r, const ob_dated *at, size_t count, int64_t now,
                  uint8_t *reasons)
{
    bool any = r->days || r->weekly.range_days || r->monthly.range_days || r->yearly.range_days;
    size_t newest = count;
    size_t last = 0;
    for (size_t i = 0; i < count; i++) {
        reasons[i] = any ? 0 : OB_KEPT_ALL;
        if (r->days > 0 && (now - at[i].time) / SECOND <= r->days * INT64_C(86400)) {
            reasons[i] |= OB_KEPT_DAILY;
        }
        if (at[i].time > now) {
            reasons[i] |= OB_KEPT_FUTURE;
        }
        last = at[i].time >= at[last].time ? i : last;
        if (at[i].time <= now && (newest == count || at[i].time >= at[newest].time)) {
            newest = i;
        }
    }
    model_rule(&r->weekly, 0, at, count, now, reasons);
    model_rule(&r->monthly, 1, at, count, now, reasons);
    model_rule(&r->yearly, 2, at, count, now, reasons);
    reasons[newest == count ? last : newest] |= OB_KEPT_NEWEST;
}

static ob_slots random_slots(ob_test_rng *rng, uint32_t unit)
{
    ob_slots slots = {0};
    if (ob_test_rng_below(rng, 3) == 0) {
        return slots;
    }
    slots.range_days = unit * (1 + (uint32_t)ob_test_rng_below(rng, 12));
    slots.week_days = (uint8_t)(ob_test_rng_next(rng) & ob_test_rng_next(rng) & 127);
    slots.month_weeks = (uint8_t)(ob_test_rng_next(rng) & ob_test_rng_next(rng) & 31);
    slots.months = (uint16_t)(ob_test_rng_next(rng) & ob_test_rng_next(rng) & 4095);
    if (ob_test_rng_below(rng, 2) == 0) {
        slots.month_days = (uint32_t)(ob_test_rng_next(rng) & ob_test_rng_next(rng));
    }
    slots.time_count = (size_t)ob_test_rng_below(rng, 4);
    for (size_t i = 0; i < slots.time_count; i++) {
        slots.times[i] = (uint32_t)ob_test_rng_below(rng, 24) * 3600;
    }
    return slots;
}

static size_t random_points(ob_test_rng *rng, ob_dated *at, int64_t now)
{
    size_t count = 1 + (size_t)ob_test_rng_below(rng, MOST - 1);
    int64_t span = (1 + (int64_t)ob_test_rng_below(rng, 1500)) * DAY;
    for (size_t i = 0; i < count; i++) {
        uint64_t back = ob_test_rng_below(rng, (uint64_t)span);
        /* Many at full hours, where slots begin; a few of the future; some twice. */
        at[i].time = now - (int64_t)back + (ob_test_rng_below(rng, 20) == 0 ? 30 * DAY : 0);
        at[i].time -= ob_test_rng_below(rng, 2) == 0 ? at[i].time % (3600 * SECOND) : 0;
        at[i].offset = 1800 * ((int32_t)ob_test_rng_below(rng, 53) - 24);
        if (i > 0 && ob_test_rng_below(rng, 10) == 0) {
            at[i] = at[i - 1];
        }
    }
    return count;
}

/* What is kept is what a model says, and is kept again when it alone is left. */
START_TEST(retention__is_what_a_model_says)
{
    ob_test_rng rng = ob_test_rng_new(2026);
    int64_t now = 0;
    ob_check_ok(ob_time_parse(&now, "2026-03-29T12:00:00Z", 20));
    for (int round = 0; round < 400; round++) {
        ob_dated at[MOST];
        uint8_t reasons[MOST];
        uint8_t wanted[MOST];
        ob_retention policy = {.days = (uint32_t)ob_test_rng_below(&rng, 30)};
        policy.weekly = random_slots(&rng, 7);
        policy.monthly = random_slots(&rng, 31);
        policy.yearly = random_slots(&rng, 366);
        size_t count = random_points(&rng, at, now);
        ob_check_ok(ob_retention_apply(&policy, at, count, now, reasons));
        model(&policy, at, count, now, wanted);
        size_t left = 0;
        for (size_t i = 0; i < count; i++) {
            ck_assert_msg(reasons[i] == wanted[i], "round %d, point %zu: %s and not %s", round, i,
                          letters_of(reasons[i]), letters_of(wanted[i]));
            if (reasons[i] != 0) {
                at[left] = at[i];
                wanted[left++] = reasons[i];
            }
        }
        ob_check_ok(ob_retention_apply(&policy, at, left, now, reasons));
        /* One may even have come to a slot whose first point has grown too old. */
        for (size_t i = 0; i < left; i++) {
            ck_assert((reasons[i] & wanted[i]) == wanted[i]);
        }
    }
}
END_TEST

START_TEST(retention__any_time_at_all)
{
    static const int64_t times[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX};
    enum { COUNT = sizeof times / sizeof times[0] };
    const ob_retention policy = {
        .days = UINT32_MAX,
        .weekly = {.range_days = UINT32_MAX},
        .monthly = {.range_days = 1, .month_days = UINT32_MAX},
        .yearly = {
            .range_days = UINT32_MAX, .week_days = 255, .month_weeks = 255, .months = UINT16_MAX}};
    ob_dated at[COUNT];
    uint8_t reasons[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        at[i] = (ob_dated){times[i], i % 2 == 0 ? INT32_MAX : INT32_MIN};
    }
    for (size_t i = 0; i < COUNT; i++) {
        ob_check_ok(ob_retention_apply(&policy, at, COUNT, times[i], reasons));
        ck_assert((reasons[i] & OB_KEPT_NEWEST) != 0);
    }
}
END_TEST

START_TEST(retention__needs_memory)
{
    const ob_retention policy = DAILY(7);
    ob_dated at = {0, 0};
    uint8_t reasons = 77;
    ob_test_alloc_begin(1, false);
    ob_check_status(ob_retention_apply(&policy, &at, 1, 0, &reasons), OB_E_NO_MEMORY);
    ob_test_alloc_end();
    ck_assert_uint_eq(reasons, 77);
}
END_TEST

static void add_cases(TCase *cases)
{
    int rows = (int)(sizeof table / sizeof table[0]);
    tcase_add_loop_test(cases, retention__table, 0, rows);
    tcase_add_test(cases, retention__is_what_a_model_says);
    tcase_add_test(cases, retention__any_time_at_all);
    tcase_add_test(cases, retention__needs_memory);
}

OB_TEST_MAIN("retention", add_cases)
