/* SPDX-License-Identifier: EUPL-1.2 */
/* ESRI ASCII grids, looked through before GDAL reads them: it takes a word for 0 and leaves what is
 * too much. */
#include "geo/raster_open.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { WORD_BYTES = 48, BUFFER_BYTES = 1 << 20 };

typedef struct Look {
    const char *path;
    char word[WORD_BYTES]; /* the token at hand, cut */
    size_t length;
    bool plain; /* it has nothing but what numbers have */
    char key[WORD_BYTES];
    bool heading, in_key;
    int line;
    double columns, rows, values;
} Look;

static bool number_like(int c)
{
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == ',' || c == 'e' ||
           c == 'E';
}

/* "nan", "-inf", "1.#QNAN": a hole. */
static bool no_number(const char *word)
{
    const char *bare = word + (*word == '-' || *word == '+');

    return strncasecmp(bare, "nan", 3) == 0 || strncasecmp(bare, "inf", 3) == 0 ||
           strncmp(bare, "1.#", 3) == 0;
}

static bool end_word(Look *look, Err *err)
{
    if (look->length == 0)
        return true;
    look->word[look->length < WORD_BYTES ? look->length : WORD_BYTES - 1] = 0;
    bool letters = (look->word[0] >= 'A' && look->word[0] <= 'Z') ||
                   (look->word[0] >= 'a' && look->word[0] <= 'z');
    look->length = 0;
    if (look->heading && look->in_key) {
        look->in_key = false;
        if (strcasecmp(look->key, "ncols") == 0)
            look->columns = strtod(look->word, NULL);
        else if (strcasecmp(look->key, "nrows") == 0)
            look->rows = strtod(look->word, NULL);
        return true;
    }
    if (look->heading && letters && !no_number(look->word)) {
        memcpy(look->key, look->word, sizeof look->key);
        look->in_key = true;
        return true;
    }
    look->heading = false;
    look->values++;
    if (look->plain || no_number(look->word))
        return true;
    return err_at(err, look->path, look->line, 0, "\"%s\" is no number", look->word);
}

static bool take(Look *look, const char *bytes, size_t count, Err *err)
{
    for (size_t i = 0; i < count; i++) {
        unsigned char c = (unsigned char)bytes[i];
        if (c > ' ') {
            if (look->length == 0)
                look->plain = true;
            if (look->length < WORD_BYTES - 1)
                look->word[look->length] = (char)c;
            look->length++;
            look->plain &= number_like(c);
            continue;
        }
        if (!end_word(look, err))
            return false;
        look->line += c == '\n';
    }
    return true;
}

bool ascii_check_stream(FILE *file, const char *path, Err *err)
{
    Look whole = {.path = path, .heading = true, .line = 1}, *look = &whole;
    char *buffer = malloc(BUFFER_BYTES);
    bool ok = true;
    size_t got;

    if (!buffer)
        abort();
    while (ok && (got = fread(buffer, 1, BUFFER_BYTES, file)) > 0) {
        /* Only what begins as ESRI's grids do; GDAL knows what others are. */
        if (look->line == 1 && look->values == 0 && look->columns == 0 &&
            (got < 5 || strncasecmp(buffer, "ncols", 5) != 0))
            break;
        ok = take(look, buffer, got, err);
    }
    free(buffer);
    if (!ok || !end_word(look, err))
        return false;
    if (look->columns > 0 && look->rows > 0 && look->values != look->columns * look->rows)
        return err_at(err, look->path, 0, 0,
                      "has %.0f values, but its heading says %.0f x %.0f: which is wrong?",
                      look->values, look->columns, look->rows);
    return true;
}

bool ascii_check(const char *path, Err *err)
{
    FILE *file = fopen(path, "rbe");

    if (!file)
        return err_set(err, ERR_INPUT, "%s: cannot be read: %s", path, strerror(errno));
    bool ok = ascii_check_stream(file, path, err);
    fclose(file);
    return ok;
}
