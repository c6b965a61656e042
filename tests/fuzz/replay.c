/* SPDX-License-Identifier: EUPL-1.2 */
/* Feed a fuzz target with every file of a folder, and with small damages of each: one byte
 * flipped, cut off, doubled. Without libFuzzer, so that every test run does it. */
#include "base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DAMAGES = 64, INPUT_MAX = 1 << 20 };

/* An exact heap copy, so that the sanitizer sees a read behind its end. */
static void feed(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);

    if (!copy)
        abort();
    memcpy(copy, data, size);
    LLVMFuzzerTestOneInput(copy, size);
    free(copy);
}

static void feed_with_damages(uint8_t *data, size_t size)
{
    feed(data, size);
    for (size_t i = 0; i < DAMAGES && size > 0; i++) {
        size_t at = i * 2654435761u % size;
        uint8_t kept = data[at];
        data[at] = (uint8_t)(kept ^ (1u << i % 8));
        feed(data, size);
        data[at] = kept;
        feed(data, at);
        feed(data + at, size - at);
    }
}

static bool feed_file(const char *path, uint8_t *buffer)
{
    FILE *file = fopen(path, "rb");

    if (!file) {
        perror(path);
        return false;
    }
    size_t size = fread(buffer, 1, INPUT_MAX, file);
    fclose(file);
    feed_with_damages(buffer, size);
    return true;
}

int main(int argc, char **argv)
{
    uint8_t *buffer = malloc(INPUT_MAX);
    int files = 0;

    if (!buffer || argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        perror(argv[1]);
        return 1;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        char path[4096];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        if (!feed_file(path, buffer))
            return 1;
        files++;
    }
    closedir(folder);
    free(buffer);
    printf("%d inputs and their damages\n", files);
    return files > 0 ? 0 : 1;
}
