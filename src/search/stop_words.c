/* SPDX-License-Identifier: EUPL-1.2 */
/* Words of questions that say little about their subject. They are not left out, they count
 * less: "Wie kann ich mich ummelden?" is about the last word, and a page titled "Wer darf was?"
 * is still found by its title. */
#include "search/analyse.h"

#include <stdlib.h>

enum { PERCENT = 10 };

/* Folded, in byte order. */
static const char *const WORDS[] = {
    "aber",    "alle",    "allem",    "allen",   "aller",   "alles",   "als",      "also",
    "am",      "an",      "ander",    "andere",  "anderem", "anderen", "anderer",  "anderes",
    "auch",    "auf",     "aus",      "bei",     "beim",    "bin",     "bis",      "bist",
    "bitte",   "brauche", "brauchen", "braucht", "da",      "dabei",   "dafur",    "dagegen",
    "daher",   "damit",   "danach",   "dann",    "daran",   "darauf",  "daraus",   "darf",
    "darum",   "das",     "dass",     "davon",   "dazu",    "dein",    "deine",    "deinem",
    "deinen",  "deiner",  "dem",      "den",     "denen",   "denn",    "der",      "deren",
    "des",     "dessen",  "die",      "dies",    "diese",   "diesem",  "diesen",   "dieser",
    "dieses",  "dir",     "doch",     "dort",    "du",      "durch",   "durfen",   "ein",
    "eine",    "einem",   "einen",    "einer",   "eines",   "einige",  "er",       "es",
    "etwa",    "etwas",   "euch",     "euer",    "fur",     "gab",     "ganz",     "geben",
    "gegen",   "gehen",   "geht",     "gerade",  "gibt",    "gut",     "habe",     "haben",
    "hat",     "hatte",   "hier",     "hin",     "hinter",  "ich",     "ihm",      "ihn",
    "ihnen",   "ihr",     "ihre",     "ihrem",   "ihren",   "ihrer",   "im",       "immer",
    "in",      "ins",     "ist",      "ja",      "jede",    "jedem",   "jeden",    "jeder",
    "jedes",   "jemand",  "jetzt",    "kann",    "kannst",  "kein",    "keine",    "keinem",
    "keinen",  "keiner",  "konnen",   "konnte",  "machen",  "man",     "manche",   "mehr",
    "mein",    "meine",   "meinem",   "meinen",  "meiner",  "meines",  "mich",     "mir",
    "mit",     "mochte",  "moglich",  "muss",    "mussen",  "musst",   "nach",     "nicht",
    "nichts",  "noch",    "nun",      "nur",     "ob",      "oder",    "ohne",     "schon",
    "sehr",    "sein",    "seine",    "seinem",  "seinen",  "seiner",  "seit",     "selbst",
    "sich",    "sie",     "sind",     "so",      "soll",    "sollen",  "sollte",   "sollten",
    "sondern", "sonst",   "uber",     "um",      "und",     "uns",     "unser",    "unsere",
    "unseren", "unter",   "viel",     "viele",   "vom",     "von",     "vor",      "wahrend",
    "wann",    "war",     "waren",    "warum",   "was",     "weiter",  "welche",   "welchem",
    "welchen", "welcher", "welches",  "wem",     "wen",     "wenn",    "wer",      "werde",
    "werden",  "wessen",  "wie",      "wieder",  "wieviel", "will",    "wir",      "wird",
    "wo",      "wobei",   "wofur",    "woher",   "wohin",   "wollen",  "womit",    "worauf",
    "wurde",   "wurden",  "zu",       "zum",     "zur",     "zwar",    "zwischen",
};

static int compare(const void *key, const void *item)
{
    const char *word = *(const char *const *)item;

    return str_compare(*(const Str *)key, str_c(word));
}

float stop_word_weight(Str folded)
{
    bool found = bsearch(&folded, WORDS, sizeof WORDS / sizeof *WORDS, sizeof *WORDS, compare);

    return found ? (float)PERCENT / 100 : 1;
}
