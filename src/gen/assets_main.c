/* SPDX-License-Identifier: EUPL-1.2 */
/* assets OUTPUT.c DEPFILE SCAN_FOLDER... -- NAME=FILE[+FILE...]...
 *
 * Puts files into the program: joined, fingerprinted, packed. Style sheets lose comments and
 * may name other assets in url(…). A FILE written "subset:FILE" is a design system's sheet: of
 * it only the rules stay whose classes appear as words in the .html, .c and .js files of the
 * scanned folders. */
#include "gen/css.h"
#include "gen/file.h"

#include "base/buf.h"

#include <dirent.h>
#include <stdio.h>
#include <zlib.h>

static const char PREFIX[] = "kern-";
static const char PROPERTY_PREFIX[] = "--kern-";
enum { ASSETS_MAX = 64 };

typedef struct Built {
    Str name;
    Str file; /* with its fingerprint */
    const char *type;
    uint64_t fingerprint;
    Str bytes;
    Str gzip;
} Built;

typedef struct Builder {
    Arena *arena;
    WordSet used;
    Buf depends;
    Built built[ASSETS_MAX];
    size_t count;
} Builder;

static const struct {
    const char *ending;
    const char *type;
    bool pack;
} TYPES[] = {
    {".css", "text/css; charset=utf-8", true},
    {".js", "text/javascript; charset=utf-8", true},
    {".mjs", "text/javascript; charset=utf-8", true},
    {".json", "application/json", true},
    {".svg", "image/svg+xml", true},
    {".lua", "text/plain; charset=utf-8", false},
    {".woff2", "font/woff2", false},
    {".png", "image/png", false},
    {".webmanifest", "application/manifest+json", true},
};

/* --- Which classes are used --------------------------------------------------------------- */

static bool is_scanned(Str name)
{
    if (str_ends_with(name, "_test.c") || str_ends_with(name, "_test.html"))
        return false;
    return str_ends_with(name, ".html") || str_ends_with(name, ".c") ||
           str_ends_with(name, ".js") || str_ends_with(name, ".css");
}

static bool scan_folder(Builder *b, const char *folder, Err *err)
{
    DIR *dir = opendir(folder);

    if (!dir)
        return err_set(err, ERR_INPUT, "cannot read the folder %s", folder);
    buf_addf(&b->depends, " %s", folder);
    for (struct dirent *entry; (entry = readdir(dir));) {
        if (entry->d_name[0] == '.')
            continue;
        const char *path = arena_printf(b->arena, "%s/%s", folder, entry->d_name);
        Str text;
        bool good = true;
        if (entry->d_type == DT_DIR) {
            good = scan_folder(b, path, err);
        } else if (is_scanned(str_c(entry->d_name))) {
            buf_addf(&b->depends, " %s", path);
            good = file_read(b->arena, path, &text, err);
            if (good)
                words_collect(b->arena, &b->used, text, PREFIX);
        }
        if (!good) {
            closedir(dir);
            return false;
        }
    }
    closedir(dir);
    return true;
}

/* --- One asset ------------------------------------------------------------------------------ */

static Str pack(Arena *arena, Str bytes)
{
    z_stream z = {0};
    uLong bound;

    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY) != Z_OK)
        return STR_NONE;
    bound = deflateBound(&z, (uLong)bytes.len) + 32;
    char *packed = arena_alloc(arena, bound);
    z.next_in = (Bytef *)bytes.ptr;
    z.avail_in = (uInt)bytes.len;
    z.next_out = (Bytef *)packed;
    z.avail_out = (uInt)bound;
    int end = deflate(&z, Z_FINISH);
    size_t length = z.total_out;
    deflateEnd(&z);
    return end == Z_STREAM_END && length < bytes.len ? (Str){packed, length} : STR_NONE;
}

static const Built *find_built(const Builder *b, Str name)
{
    for (size_t i = 0; i < b->count; i++) {
        if (str_eq(b->built[i].name, name))
            return &b->built[i];
    }
    return NULL;
}

/* url(fira.woff2) → url(fira-FINGERPRINT.woff2); data: stays. */
static bool link_urls(Builder *b, Str css, Str *out, Err *err)
{
    Buf buf = buf_in(b->arena);

    for (;;) {
        ptrdiff_t at = str_find(css, STR("url("));
        if (at < 0)
            break;
        size_t from = (size_t)at + 4;
        Str rest = str_slice(css, from, css.len);
        buf_add(&buf, str_slice(css, 0, from));
        css = rest;
        if (str_starts_with(rest, "\"data:") || str_starts_with(rest, "data:"))
            continue;
        ptrdiff_t end = str_find_char(rest, ')');
        Str name = str_slice(rest, 0, end < 0 ? 0 : (size_t)end);
        const Built *target = find_built(b, name);
        if (!target)
            return err_set(err, ERR_INPUT, "url(%.*s): no asset of this name, without quotes",
                           STR_ARG(name));
        buf_add(&buf, target->file);
        css = str_slice(rest, (size_t)end, rest.len);
    }
    buf_add(&buf, css);
    *out = buf_str(&buf);
    return true;
}

static bool read_part(Builder *b, Str name, Str part, Buf *out, Err *err)
{
    bool subset = str_starts_with(part, "subset:");
    char *path = str_cstr(b->arena, str_slice(part, subset ? 7 : 0, part.len));
    Str text;

    if (!file_read(b->arena, path, &text, err))
        return false;
    buf_addf(&b->depends, " %s", path);
    if (str_ends_with(name, ".css") &&
        !css_subset(b->arena, text, path, subset ? PREFIX : NULL, &b->used, &text, err))
        return false;
    bool script = str_ends_with(name, ".js");
    buf_add_c(out, script ? "{\n" : ""); /* joined scripts do not see each other's names */
    buf_add(out, text);
    buf_add_c(out, script ? "}\n" : "");
    return true;
}

static bool read_content(Builder *b, Str name, Str files, Str *out, Err *err)
{
    Buf content = buf_in(b->arena);

    while (files.ptr) {
        if (!read_part(b, name, str_cut(&files, '+'), &content, err))
            return false;
    }
    *out = buf_str(&content);
    if (!str_ends_with(name, ".css"))
        return true;
    *out = css_drop_unused_properties(b->arena, *out, PROPERTY_PREFIX);
    return link_urls(b, *out, out, err);
}

static bool build(Builder *b, Str spec, Err *err)
{
    Str files = spec;
    Built built = {.name = str_cut(&files, '=')};
    size_t dot = built.name.len;
    bool packs = false;

    while (dot > 0 && built.name.ptr[dot - 1] != '.')
        dot--;
    for (size_t i = 0; i < sizeof TYPES / sizeof *TYPES; i++) {
        if (str_ends_with(built.name, TYPES[i].ending)) {
            built.type = TYPES[i].type;
            packs = TYPES[i].pack;
        }
    }
    if (!built.type || !files.ptr || b->count == ASSETS_MAX)
        return err_set(err, ERR_INPUT, "\"%.*s\" is not NAME=FILE with a known ending",
                       STR_ARG(spec));
    if (!read_content(b, built.name, files, &built.bytes, err))
        return false;
    built.fingerprint = str_hash(built.bytes);
    built.file = str_printf(b->arena, "%.*s-%016llx.%.*s", (int)dot - 1, built.name.ptr,
                            (unsigned long long)built.fingerprint, (int)(built.name.len - dot),
                            built.name.ptr + dot);
    if (packs)
        built.gzip = pack(b->arena, built.bytes);
    b->built[b->count++] = built;
    return true;
}

/* Style sheets come last: they name the others. */
static bool build_all(Builder *b, char **specs, int count, Err *err)
{
    for (int sheets = 0; sheets < 2; sheets++) {
        for (int i = 0; i < count; i++) {
            Str rest = str_c(specs[i]);
            bool is_sheet = str_ends_with(str_cut(&rest, '='), ".css");
            if (is_sheet == (sheets == 1) && !build(b, str_c(specs[i]), err))
                return false;
        }
    }
    return true;
}

/* --- Writing C ------------------------------------------------------------------------------ */

static void write_bytes(Buf *out, const char *name, size_t index, Str bytes)
{
    buf_addf(out, "static const unsigned char %s_%zu[] = {", name, index);
    for (size_t i = 0; i < bytes.len; i++)
        buf_addf(out, "%s%u,", i % 32 ? "" : "\n", (unsigned)(unsigned char)bytes.ptr[i]);
    buf_add_c(out, "\n};\n");
}

static Str write_source(Builder *b)
{
    Buf out = buf_in(b->arena);
    Buf table = buf_in(b->arena);

    buf_add_c(&out, "/* Made from web/. */\n#include \"core/page/assets.h\"\n");
    for (size_t i = 0; i < b->count; i++) {
        const Built *built = &b->built[i];
        write_bytes(&out, "bytes", i, built->bytes);
        if (built->gzip.ptr)
            write_bytes(&out, "gzip", i, built->gzip);
        buf_addf(&table,
                 "    {\"%.*s\", \"/assets/%.*s\", \"%s\", \"\\\"%016llx\\\"\",\n"
                 "     {(const char *)bytes_%zu, sizeof bytes_%zu}, ",
                 STR_ARG(built->name), STR_ARG(built->file), built->type,
                 (unsigned long long)built->fingerprint, i, i);
        if (built->gzip.ptr)
            buf_addf(&table, "{(const char *)gzip_%zu, sizeof gzip_%zu}},\n", i, i);
        else
            buf_add_c(&table, "{0}},\n");
    }
    buf_addf(&out, "const Asset ASSETS[] = {\n%.*s    {0},\n};\n", STR_ARG(buf_str(&table)));
    return buf_str(&out);
}

static bool run(Builder *b, int argc, char **argv, Err *err)
{
    int at = 3;

    buf_addf(&b->depends, "%s:", argv[1]);
    for (; at < argc && strcmp(argv[at], "--") != 0; at++) {
        if (!scan_folder(b, argv[at], err))
            return false;
    }
    if (at == argc)
        return err_set(err, ERR_INPUT, "no -- before the assets");
    words_finish(&b->used);
    if (!build_all(b, argv + at + 1, argc - at - 1, err))
        return false;
    buf_add_char(&b->depends, '\n');
    return file_write(argv[1], write_source(b), err) &&
           file_write(argv[2], buf_str(&b->depends), err);
}

int main(int argc, char **argv)
{
    Arena *arena = arena_create(1 << 20);
    Builder *b = arena_new(arena, Builder);
    Err err = {0};
    bool good = argc > 4;

    b->arena = arena;
    b->depends = buf_in(arena);
    if (!good) {
        fprintf(stderr, "usage: assets OUTPUT.c DEPFILE FOLDER... -- NAME=FILE[+FILE...]...\n");
    } else {
        good = run(b, argc, argv, &err);
        if (!good)
            fprintf(stderr, "%s\n", err_text(&err, arena));
    }
    arena_destroy(arena);
    return good ? 0 : 1;
}
