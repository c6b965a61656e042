/* SPDX-License-Identifier: EUPL-1.2 */
#include "core/flags.h"

#include <getopt.h>
#include <stdio.h>

enum { FLAGS_MAX = 20 };

int flags_read(int argc, char **argv, const char *help, const Flag *flags, const char **words,
               int word_count)
{
    struct option options[FLAGS_MAX + 2] = {0};
    int count = 0;
    int at;

    for (; flags[count].name && count < FLAGS_MAX; count++)
        options[count] =
            (struct option){flags[count].name, flags[count].value ? required_argument : no_argument,
                            NULL, count + 1};
    options[count] = (struct option){"help", no_argument, NULL, FLAGS_MAX + 1};
    optind = 1;
    while ((at = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (at == FLAGS_MAX + 1) {
            fputs(help, stdout);
            return 0;
        }
        if (at < 1 || at > count) {
            fprintf(stderr, "rathaus %s --help lists the options\n", argv[0]);
            return 2;
        }
        if (flags[at - 1].value)
            *flags[at - 1].value = optarg;
        else
            *flags[at - 1].set = true;
    }
    for (; optind < argc && word_count > 0; word_count--)
        *words++ = argv[optind++];
    if (optind == argc)
        return -1;
    fprintf(stderr, "rathaus %s: \"%s\" is one word too many; --help lists the options\n", argv[0],
            argv[optind]);
    return 2;
}

int flags_missing(const char *command, const char *what)
{
    fprintf(stderr, "rathaus %s: %s is missing; --help tells more\n", command, what);
    return 2;
}
