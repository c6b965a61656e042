/* SPDX-License-Identifier: EUPL-1.2 */
/* Build-time tool: write the core blocks as a C table. embed OUT.c FILE.yaml… */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void write_text(FILE *out, FILE *in)
{
    int c;

    fputs("\"", out);
    while ((c = fgetc(in)) != EOF) {
        if (c == '\n')
            fputs("\\n\"\n     \"", out);
        else if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else
            fputc(c, out);
    }
    fputs("\"", out);
}

int main(int argc, char **argv)
{
    FILE *out = argc > 2 ? fopen(argv[1], "w") : NULL;

    if (!out) {
        fprintf(stderr, "usage: embed OUT.c FILE.yaml...\n");
        return 1;
    }
    fputs("/* Made by the build from src/cases/blocks. */\n#include \"cases/block.h\"\n\n"
          "const CoreBlock CORE_BLOCKS[] = {\n",
          out);
    for (int i = 2; i < argc; i++) {
        const char *slash = strrchr(argv[i], '/');
        FILE *in = fopen(argv[i], "r");
        if (!in) {
            perror(argv[i]);
            return 1;
        }
        fprintf(out, "    {\"blocks/%s\",\n     ", slash ? slash + 1 : argv[i]);
        write_text(out, in);
        fputs("},\n", out);
        fclose(in);
    }
    fprintf(out, "};\nconst size_t CORE_BLOCK_COUNT = %d;\n", argc - 2);
    return fclose(out) ? 1 : 0;
}
