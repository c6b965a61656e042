/* SPDX-License-Identifier: EUPL-1.2 */
/* `rathaus twin report`: the report of a result without a town. The maps are made in a folder of
 * their own, which goes when the report is written. */
#include "twin/report/report.h"

#include "base/csv.h"
#include "base/flags.h"
#include "core/folder.h"
#include "twin/command.h"
#include "twin/show/show.h"

#include <stdio.h>
#include <stdlib.h>

enum { HOUSES_MAX_BYTES = 512 << 20, HOUSE_COLUMNS = 7 };

#define AFFECTED_M 0.10

static const char HELP[] =
    "Usage: rathaus twin report RESULT --out FILE.pdf [options]\n"
    "\n"
    "Writes two pages about what `rathaus twin run` left in the folder RESULT.\n"
    "\n"
    "  --out FILE.pdf   where it goes\n"
    "  --before RESULT  compare with another result of the same terrain\n"
    "  --town NAME      who publishes it\n"
    "  --title TEXT     instead of the scenario's title\n"
    "  --streets FILE   streets on the map, lines or areas\n"
    "  --street FIELD   field of the buildings' file with the street of an address\n"
    "  --number FIELD   and with the number of the house\n"
    "  --help           this text\n"
    "\n"
    "Exit status: 0 written, 1 not, 2 called wrongly.\n";

typedef struct Words {
    ShowOrder show;
    const char *out, *town, *title;
} Words;

/* --- Houses --- */

static double number(Arena *arena, Str text)
{
    return strtod(str_cstr(arena, text), NULL);
}

static void count_house(Report *report, const ReportHouse *house)
{
    int class = legend_class(&report->legend, house->depth);

    if (class >= 0) {
        report->classes[class].houses++;
        report->classes[class].damage += house->damage;
    }
    report->affected += house->depth >= AFFECTED_M;
}

/* All houses of haeuser.csv, in its order. */
static bool read_houses(Report *report, const char *path, Arena *arena, ReportHouse **out,
                        size_t *count, Err *err)
{
    Str cells[HOUSE_COLUMNS], text;
    size_t cell_count, room = 0;

    *count = 0;
    *out = NULL;
    if (!folder_read_file(path, HOUSES_MAX_BYTES, arena, &text, err))
        return err->kind == ERR_NOT_FOUND;
    for (size_t i = 0; i < text.len; i++)
        room += text.ptr[i] == '\n';
    *out = arena_array(arena, ReportHouse, room);
    Csv csv = csv_read(text);
    for (bool head = true;; head = false) {
        if (!csv_next(&csv, arena, cells, HOUSE_COLUMNS, &cell_count, err))
            return err_context(err, "%s", path);
        if (cell_count != HOUSE_COLUMNS || *count == room)
            return true;
        if (head)
            continue;
        ReportHouse *house = &(*out)[(*count)++];
        *house = (ReportHouse){
            .address = cells[1].len ? cells[1] : str_printf(arena, "Haus %.*s", STR_ARG(cells[0])),
            .depth = number(arena, cells[2]),
            .speed = number(arena, cells[4]),
            .damage = (int64_t)number(arena, cells[5])};
        count_house(report, house);
    }
}

static int deepest_first(const void *a, const void *b)
{
    double x = ((const ReportHouse *)a)->depth, y = ((const ReportHouse *)b)->depth;
    return (x < y) - (x > y);
}

static int most_changed_first(const void *a, const void *b)
{
    const ReportHouse *one = a, *other = b;
    double x = one->depth - one->before, y = other->depth - other->before;
    x = x < 0 ? -x : x;
    y = y < 0 ? -y : y;
    return (x < y) - (x > y);
}

static void keep_listed(Report *report, ReportHouse *houses, size_t count)
{
    report->houses = houses;
    if (!houses)
        return;
    qsort(houses, count, sizeof *houses, report->before ? most_changed_first : deepest_first);
    for (size_t i = 0; i < count && report->house_count < REPORT_HOUSES_MAX; i++) {
        double change = houses[i].depth - houses[i].before;
        bool listed =
            report->before ? change >= 0.02 || change <= -0.02 : houses[i].depth >= AFFECTED_M;
        report->house_count += listed;
    }
}

/* The same house has the same place in both files. */
static void compare_houses(Report *report, ReportHouse *houses, size_t count,
                           const ReportHouse *before, size_t before_count)
{
    for (size_t i = 0; i < count; i++) {
        houses[i].before = i < before_count ? before[i].depth : 0;
        double change = houses[i].depth - houses[i].before;
        report->less += change <= -0.02;
        report->more += change >= 0.02;
    }
}

/* --- One result --- */

static bool make_maps(const ShowOrder *order, Arena *arena, Err *err)
{
    Show show = {.order = order, .arena = arena};

    return show_read_result(&show, err) && show_houses(&show, err) && show_picture(&show, err) &&
           show_ground(&show, err) && (!order->before || show_picture_difference(&show, err));
}

/* Where the scenario lies that the result names; NULL when it is gone. */
static const char *scenario_of(const char *result, Arena *arena)
{
    Err err = {0};
    Str text;
    const Node *summary = folder_read_file(arena_printf(arena, "%s/summary.json", result), 16 << 20,
                                           arena, &text, &err)
                              ? node_parse_json(arena, text, NULL, &NODE_LIMITS_PACKAGE, &err)
                              : NULL;
    Str path = node_get_text(summary, "scenario");

    return path.ptr && folder_is_file(str_cstr(arena, path)) ? str_cstr(arena, path) : NULL;
}

static bool load_one(const Words *words, ShowOrder order, Report *report, Arena *arena,
                     ReportHouse **houses, size_t *count, Err *err)
{
    order.scenario = scenario_of(order.result, arena);
    if (!make_maps(&order, arena, err) ||
        !report_load(report, order.result, order.out, order.scenario, arena, err))
        return false;
    Str title = node_get_text(report->summary, "title");
    Str program = node_get_text(report->summary, "scenario");
    report->town = words->town ? str_c(words->town) : STR("Stadt");
    report->title = words->title ? str_c(words->title) : title.ptr ? title : program;
    report->rain = report_rain_words(report, arena);
    report->legend = legend_named(node_get_text(report->summary, "legend"));
    report->date = date_in_berlin(clock_now());
    return read_houses(report, arena_printf(arena, "%s/haeuser.csv", order.out), arena, houses,
                       count, err);
}

static bool write_report(const Words *words, const char *folder, Arena *arena, Err *err)
{
    Report report = {0}, then = {0};
    ReportHouse *houses, *houses_then = NULL;
    size_t count, count_then = 0;
    ShowOrder now = words->show, before = words->show;
    Str pdf;

    now.out = arena_printf(arena, "%s/now", folder);
    before.out = arena_printf(arena, "%s/then", folder);
    before.result = words->show.before;
    before.before = NULL;
    if (!folder_make(now.out, err) || !folder_make(before.out, err) ||
        !load_one(words, now, &report, arena, &houses, &count, err))
        return false;
    if (words->show.before) {
        if (!load_one(words, before, &then, arena, &houses_then, &count_then, err))
            return false;
        then.title = STR("Vorher");
        report.before = &then;
        compare_houses(&report, houses, count, houses_then, count_then);
    }
    keep_listed(&report, houses, count);
    return report_render(&report, arena, &pdf, err) &&
           folder_write_output(words->out, pdf, 0644, err);
}

static bool make_report(const Words *words, Arena *arena, Err *err)
{
    const char *base = getenv("TMPDIR");
    char *folder = arena_printf(arena, "%s/rathaus-report-XXXXXX", base ? base : "/tmp");
    Err other = {0};

    if (!mkdtemp(folder))
        return err_set(err, ERR_TEMPORARY, "%s: cannot be made", folder);
    bool good = write_report(words, folder, arena, err);
    folder_remove(folder, &other);
    return good;
}

int twin_report_command(int argc, char **argv)
{
    Words words = {0};
    ShowOrder *show = &words.show;
    const Flag flags[] = {{"RESULT", .text = &show->result},
                          {"--out", .text = &words.out, .needed = "FILE.pdf"},
                          {"--before", .text = &show->before},
                          {"--town", .text = &words.town},
                          {"--title", .text = &words.title},
                          {"--streets", .text = &show->streets},
                          {"--street", .text = &show->street},
                          {"--number", .text = &show->number},
                          {0}};
    Err err = {0};
    int status = flags_read("twin report", HELP, flags, argc, argv);

    if (status != FLAGS_GO_ON)
        return status;
    Arena *arena = arena_create(1 << 20);

    status = folder_try_output(words.out, &err) && make_report(&words, arena, &err)
                 ? 0
                 : twin_failed("report", &err, arena);
    arena_destroy(arena);
    return status;
}
