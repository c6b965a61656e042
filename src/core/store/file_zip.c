/* SPDX-License-Identifier: EUPL-1.2 */
/* Zip archives, and office documents, which are zip archives: looked at by their central
 * directory only (APPNOTE 4.3.12, 4.3.16). Nothing is unpacked: what would unpack to too much is
 * refused by the sums that the archive itself declares, and an archive whose sums cannot be
 * true is refused as broken. */
#include "core/store/file_internal.h"

#include "core/page/out.h"

enum {
    ENTRIES_MAX = 10000,
    DEPTH_MAX = 3,
    RATIO_MAX = 150,      /* unpacked : packed, */
    NESTED_RATIO_MAX = 3, /* a packed archive hardly packs further, unless it is made to */
    END_SIZE = 22,
    ENTRY_SIZE = 46,
    LOCAL_SIZE = 30,
    COMMENT_MAX = 65535,
};
static const uint64_t TOTAL_MAX = 500000000; /* bytes in all */
static const uint64_t SMALL = 10000000;      /* below this any ratio is harmless */

typedef struct Directory {
    Str bytes;     /* the archive */
    Str entries;   /* the central directory */
    size_t origin; /* where offset 0 of the archive is */
    size_t count;
} Directory;

typedef struct Entry {
    Str name;
    uint64_t packed, unpacked;
    size_t offset; /* of the local header */
    unsigned method, flags;
} Entry;

typedef struct Sums {
    uint64_t packed, unpacked;
    size_t entries;
} Sums;

static uint32_t number(Str s, size_t at, int size)
{
    uint32_t value = 0;

    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | (unsigned char)s.ptr[at + (size_t)i];
    return value;
}

bool file_is_zip(Str bytes)
{
    return bytes.len >= END_SIZE &&
           (memcmp(bytes.ptr, "PK\3\4", 4) == 0 || memcmp(bytes.ptr, "PK\5\6", 4) == 0);
}

static bool broken(Err *err)
{
    return err_set(err, ERR_INPUT,
                   N_("Das Archiv oder Dokument ist beschädigt. Bitte speichern Sie es neu und "
                      "versuchen Sie es noch einmal."));
}

static bool too_much(Err *err)
{
    return err_set(err, ERR_INPUT,
                   N_("Das Archiv ist ausgepackt viel zu groß. Bitte laden Sie die enthaltenen "
                      "Dateien einzeln hoch."));
}

static bool find_directory(Str bytes, Directory *out)
{
    if (bytes.len < END_SIZE)
        return false;
    size_t lowest = bytes.len - END_SIZE > COMMENT_MAX ? bytes.len - END_SIZE - COMMENT_MAX : 0;
    for (size_t at = bytes.len - END_SIZE + 1; at-- > lowest;) {
        if (memcmp(bytes.ptr + at, "PK\5\6", 4) != 0 ||
            at + END_SIZE + number(bytes, at + 20, 2) > bytes.len)
            continue;
        size_t size = number(bytes, at + 12, 4);
        size_t offset = number(bytes, at + 16, 4);
        if (size > at || offset > at - size)
            return false;
        *out = (Directory){.bytes = bytes,
                           .entries = {bytes.ptr + at - size, size},
                           .origin = at - size - offset,
                           .count = number(bytes, at + 10, 2)};
        return true;
    }
    return false;
}

/* The entry at `*at`, which moves behind it. */
static bool next_entry(const Directory *directory, size_t *at, Entry *out)
{
    Str s = directory->entries;

    if (s.len - *at < ENTRY_SIZE || memcmp(s.ptr + *at, "PK\1\2", 4) != 0)
        return false;
    size_t name = number(s, *at + 28, 2);
    size_t size = ENTRY_SIZE + name + number(s, *at + 30, 2) + number(s, *at + 32, 2);
    if (size > s.len - *at)
        return false;
    *out = (Entry){.name = {s.ptr + *at + ENTRY_SIZE, name},
                   .packed = number(s, *at + 20, 4),
                   .unpacked = number(s, *at + 24, 4),
                   .offset = number(s, *at + 42, 4),
                   .method = number(s, *at + 10, 2),
                   .flags = number(s, *at + 8, 2)};
    *at += size;
    return true;
}

/* The bytes of an entry as they lie in the archive. */
static bool packed_bytes(const Directory *directory, const Entry *entry, Str *out)
{
    Str bytes = directory->bytes;
    size_t at = directory->origin + entry->offset;

    if (at > bytes.len || bytes.len - at < LOCAL_SIZE || memcmp(bytes.ptr + at, "PK\3\4", 4) != 0)
        return false;
    size_t start = at + LOCAL_SIZE + number(bytes, at + 26, 2) + number(bytes, at + 28, 2);
    if (start > bytes.len || bytes.len - start < entry->packed)
        return false;
    *out = (Str){bytes.ptr + start, (size_t)entry->packed};
    return true;
}

static bool is_archive_name(Str name)
{
    static const char *const endings[] = {".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods",
                                          ".odp", ".jar",  ".epub", ".gz",   ".tgz", ".bz2",
                                          ".xz",  ".7z",   ".rar",  ".zst"};

    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        Str ending = str_c(endings[i]);
        if (name.len > ending.len &&
            str_eq_nocase(str_slice(name, name.len - ending.len, name.len), ending))
            return true;
    }
    return false;
}

static bool check_archive(Str bytes, int depth, Sums *sums, Err *err);

static bool check_entry(const Directory *directory, const Entry *entry, int depth, Sums *sums,
                        Err *err)
{
    Str inner;

    if (entry->flags & 1)
        return err_set(err, ERR_INPUT,
                       N_("Das Archiv ist mit einem Passwort geschützt und kann nicht geprüft "
                          "werden. Bitte laden Sie es ohne Passwort hoch."));
    if (!packed_bytes(directory, entry, &inner))
        return broken(err);
    sums->unpacked += entry->unpacked;
    sums->packed += entry->packed;
    if (++sums->entries > ENTRIES_MAX || sums->unpacked > TOTAL_MAX)
        return too_much(err);
    if (entry->method == 0 && entry->packed != entry->unpacked)
        return broken(err);
    if (entry->method == 0 && file_is_zip(inner))
        return check_archive(inner, depth + 1, sums, err);
    if (is_archive_name(entry->name) && entry->unpacked > entry->packed * NESTED_RATIO_MAX)
        return too_much(err);
    return true;
}

static bool check_archive(Str bytes, int depth, Sums *sums, Err *err)
{
    Directory directory;
    size_t at = 0;

    if (depth > DEPTH_MAX)
        return too_much(err);
    if (!find_directory(bytes, &directory))
        return broken(err);
    uint64_t own = 0;
    for (size_t i = 0; i < directory.count; i++) {
        Entry entry;
        if (!next_entry(&directory, &at, &entry))
            return broken(err);
        own += entry.packed;
        /* Entries that share their bytes make a bomb out of honest sums. */
        if (own > bytes.len)
            return too_much(err);
        if (!check_entry(&directory, &entry, depth, sums, err))
            return false;
    }
    if (at != directory.entries.len)
        return broken(err);
    return true;
}

bool file_zip_check(Str bytes, Err *err)
{
    Sums sums = {0};

    if (!check_archive(bytes, 1, &sums, err))
        return false;
    if (sums.unpacked > SMALL && sums.unpacked / RATIO_MAX > bytes.len)
        return too_much(err);
    return true;
}

Str file_zip_type(Str bytes)
{
    static const struct {
        const char *folder;
        Str type;
    } office[] = {
        {"word/", STR("application/vnd.openxmlformats-officedocument.wordprocessingml.document")},
        {"xl/", STR("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")},
        {"ppt/", STR("application/vnd.openxmlformats-officedocument.presentationml.presentation")},
    };
    Directory directory;
    size_t at = 0;
    Str type = STR_NONE;
    bool content_types = false;

    if (!find_directory(bytes, &directory))
        return STR_NONE;
    for (size_t i = 0; i < directory.count && i < ENTRIES_MAX; i++) {
        Entry entry;
        Str content;
        if (!next_entry(&directory, &at, &entry))
            break;
        if (str_is(entry.name, "mimetype") && entry.method == 0 && entry.packed < 100 &&
            packed_bytes(&directory, &entry, &content) &&
            str_starts_with(content, "application/vnd.oasis.opendocument."))
            return content;
        if (str_is(entry.name, "[Content_Types].xml"))
            content_types = true;
        for (size_t k = 0; k < sizeof office / sizeof *office && !type.ptr; k++)
            if (str_starts_with(entry.name, office[k].folder))
                type = office[k].type;
    }
    return content_types ? type : STR_NONE;
}
