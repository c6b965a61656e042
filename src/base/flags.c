/* SPDX-License-Identifier: EUPL-1.2 */
#include "base/flags.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

enum { FLAGS_MAX = 24, SHOWN_BYTES = 60 };

typedef struct Reading {
    const char *command;
    const Flag *flags;
    size_t count;
    bool given[FLAGS_MAX];
} Reading;

/* --- Telling ------------------------------------------------------------------------------------
 */

int flags_refuse(const char *command, const char *format, ...)
{
    va_list args;

    fprintf(stderr, "rathaus %s: ", command);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fprintf(stderr, "; rathaus %s --help tells more\n", command);
    return FLAGS_REFUSED;
}

/* Whole characters only. */
Shown flags_shown(const char *typed)
{
    Shown out;
    size_t length = strlen(typed);
    const char *more = length > SHOWN_BYTES ? "…" : "";

    if (length > SHOWN_BYTES)
        for (length = SHOWN_BYTES; length > 0 && (typed[length] & 0xC0) == 0x80;)
            length--;
    snprintf(out.text, sizeof out.text, "%.*s%s", (int)length, typed, more);
    return out;
}

static void add(char *out, size_t size, const char *text)
{
    size_t length = strlen(out);

    snprintf(out + length, size - length, "%s", text);
}

static bool is_option(const Flag *flag)
{
    return strncmp(flag->name, "--", 2) == 0;
}

static bool refuse_unknown(const Reading *reading, const char *typed, size_t length)
{
    char known[640] = "";

    for (size_t i = 0; i < reading->count; i++)
        if (is_option(&reading->flags[i])) {
            add(known, sizeof known, reading->flags[i].name);
            add(known, sizeof known, ", ");
        }
    return !flags_refuse(reading->command, "there is no option %.*s; it has %s--help",
                         length < SHOWN_BYTES ? (int)length : SHOWN_BYTES, typed, known);
}

static bool refuse_kind(const Reading *reading, const Flag *flag, const char *value,
                        const char *wanted)
{
    return !flags_refuse(reading->command, "%s must be %s, not \"%s\"", flag->name, wanted,
                         flags_shown(value).text);
}

/* --- Values -------------------------------------------------------------------------------------
 */

static bool store_number(const Reading *reading, const Flag *flag, const char *value)
{
    char wanted[80];
    int64_t number;

    if (str_to_i64(str_c(value), &number) && number >= flag->least && number <= flag->most) {
        *flag->number = (int)number;
        return true;
    }
    snprintf(wanted, sizeof wanted, "a whole number from %d to %d", flag->least, flag->most);
    return refuse_kind(reading, flag, value, wanted);
}

static bool store_choice(const Reading *reading, const Flag *flag, const char *value)
{
    char wanted[200] = "";

    for (int i = 0; flag->one_of[i]; i++) {
        if (strcmp(flag->one_of[i], value) == 0) {
            *flag->choice = i;
            return true;
        }
        add(wanted, sizeof wanted, i == 0 ? "" : flag->one_of[i + 1] ? ", " : " or ");
        add(wanted, sizeof wanted, flag->one_of[i]);
    }
    return refuse_kind(reading, flag, value, wanted);
}

static bool store_item(const Reading *reading, const Flag *flag, const char *value)
{
    FlagList *list = flag->list;

    if (list->count == list->max)
        return !flags_refuse(reading->command, "%s is given more than %zu times", flag->name,
                             list->max);
    list->items[list->count++] = value;
    return true;
}

static bool store(const Reading *reading, const Flag *flag, const char *value)
{
    if (!*value)
        return !flags_refuse(reading->command, "the value of %s is empty", flag->name);
    if (flag->number)
        return store_number(reading, flag, value);
    if (flag->one_of)
        return store_choice(reading, flag, value);
    if (flag->list)
        return store_item(reading, flag, value);
    if (flag->day)
        return date_parse_iso(str_c(value), flag->day) ||
               refuse_kind(reading, flag, value, "a day, e.g. 2027-01-31");
    *flag->text = value;
    return true;
}

/* --- Options ------------------------------------------------------------------------------------
 */

static const Flag *find_option(const Reading *reading, const char *typed, size_t length)
{
    for (size_t i = 0; i < reading->count; i++) {
        const Flag *flag = &reading->flags[i];

        if (is_option(flag) && strlen(flag->name) == length &&
            strncmp(flag->name, typed, length) == 0)
            return flag;
    }
    return NULL;
}

static bool takes_value(const Flag *flag)
{
    return flag->text || flag->number || flag->day || flag->one_of || flag->list;
}

static bool first_time(Reading *reading, const Flag *flag)
{
    size_t at = (size_t)(flag - reading->flags);

    if (reading->given[at] && !flag->list)
        return !flags_refuse(reading->command, "%s is given twice", flag->name);
    reading->given[at] = true;
    return true;
}

/* The option at argv[*at], and its value, which may be the next word; `*at` is then that. */
static bool read_option(Reading *reading, int argc, char **argv, int *at)
{
    const char *typed = argv[*at], *equals = strchr(typed, '=');
    size_t length = equals ? (size_t)(equals - typed) : strlen(typed);
    const Flag *flag = find_option(reading, typed, length);

    if (!flag)
        return refuse_unknown(reading, typed, length);
    if (!first_time(reading, flag))
        return false;
    if (flag->set)
        *flag->set = true;
    if (equals && !takes_value(flag))
        return !flags_refuse(reading->command, "%s takes no value", flag->name);
    if (equals)
        return store(reading, flag, equals + 1);
    if (flag->set)
        return true;
    const char *next = *at + 1 < argc ? argv[*at + 1] : NULL;
    if (!next || strncmp(next, "--", 2) == 0)
        return !flags_refuse(reading->command, "%s lacks its value", flag->name);
    (*at)++;
    return store(reading, flag, next);
}

/* --- Words --------------------------------------------------------------------------------------
 */

/* The word of the table that comes next, or NULL. */
static const Flag *next_word(const Reading *reading)
{
    for (size_t i = 0; i < reading->count; i++)
        if (!is_option(&reading->flags[i]) && (!reading->given[i] || reading->flags[i].list))
            return &reading->flags[i];
    return NULL;
}

static bool read_word(Reading *reading, const char *typed)
{
    const Flag *flag = next_word(reading);

    if (!flag)
        return !flags_refuse(reading->command, "\"%s\" is one word too many",
                             flags_shown(typed).text);
    return first_time(reading, flag) && store(reading, flag, typed);
}

/* "-" alone is a word: standard input. */
static bool looks_like_option(const Reading *reading, const char *typed)
{
    const Flag *word = next_word(reading);

    if (strncmp(typed, "--", 2) == 0)
        return true;
    return typed[0] == '-' && typed[1] && !(word && word->signs);
}

/* --- Reading ------------------------------------------------------------------------------------
 */

/* Anywhere: somebody who asks for help is helped, whatever else is wrong. No value begins with two
 * hyphens unless it stands behind "=". */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

static int check_needed(const Reading *reading)
{
    for (size_t i = 0; i < reading->count; i++) {
        const Flag *flag = &reading->flags[i];
        const char *value = is_option(flag) ? flag->needed : "";

        if (value && !reading->given[i])
            return flags_refuse(reading->command, "%s%s%s is missing", flag->name,
                                *value ? " " : "", value);
    }
    return FLAGS_GO_ON;
}

int flags_read(const char *command, const char *help, const Flag *flags, int argc, char **argv)
{
    Reading reading = {.command = command, .flags = flags};
    bool words_only = false;

    while (flags[reading.count].name)
        reading.count++;
    assert(reading.count <= FLAGS_MAX);
    if (asks_for_help(argc, argv)) {
        fputs(help, stdout);
        return 0;
    }
    for (int i = 1; i < argc; i++) {
        bool ok = true;

        if (!words_only && strcmp(argv[i], "--") == 0)
            words_only = true;
        else if (!words_only && looks_like_option(&reading, argv[i]))
            ok = read_option(&reading, argc, argv, &i);
        else
            ok = read_word(&reading, argv[i]);
        if (!ok)
            return FLAGS_REFUSED;
    }
    return check_needed(&reading);
}
