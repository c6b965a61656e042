/* SPDX-License-Identifier: EUPL-1.2 */
/* What the parser says, for people who try an expression on a page. Types keep their names in FEEL;
 * where something is missing is told by the place. */
#include "feel/parse.h"

#include <string.h>

#define SPLIT "Teilen Sie den Ausdruck."

static const struct {
    const char *english, *german;
} WORDS[] = {
    /* Signs and words. */
    {"\"%s\" is missing %s", "Hier fehlt „%s“.%.0s"},
    {"\"%c\" is not expected here", "„%c“ passt hier nicht."},
    {"the expression ends too early", "Der Ausdruck ist nicht zu Ende."},
    {"nothing is expected after the end of the expression",
     "Hinter dem Ausdruck steht noch etwas."},
    {"nothing is expected after the end of the tests", "Hinter den Tests steht noch etwas."},
    {"nothing is expected after the end of the type", "Hinter dem Typ steht noch etwas."},
    {"\",\" or \")\" is missing after the argument", "Hier fehlt „,“ oder „)“."},
    {"\",\" or \")\" is missing after the parameter", "Hier fehlt „,“ oder „)“."},
    {"\"]\" or \")\" is missing at the end of the range", "Hier fehlt „]“ oder „)“."},
    {"\",\" or \"]\" is missing in the list", "Hier fehlt „,“ oder „]“."},
    {"\",\" or \"}\" is missing in the context", "Hier fehlt „,“ oder „}“."},
    {"\",\" or \">\" is missing in the type", "Hier fehlt „,“ oder „>“."},
    {"this text has no closing \"", "Diesem Text fehlt das Anführungszeichen am Ende."},
    {"this number is too large", "Diese Zahl ist zu groß."},
    {"\"@\" needs a date, time or duration in quotes",
     "Auf „@“ folgt ein Tag, eine Uhrzeit oder eine Dauer in Anführungszeichen."},
    {"\"%.*s\" is no date, time or duration", "„%.*s“ ist kein Tag, keine Uhrzeit, keine Dauer."},
    /* Names. */
    {"a name is expected here", "Hier muss ein Name stehen."},
    {"a variable's name is expected here", "Hier muss der Name einer Variablen stehen."},
    {"a parameter's name is expected here", "Hier muss der Name eines Parameters stehen."},
    {"a field's name is expected after \".\"", "Auf „.“ folgt der Name eines Feldes."},
    {"an entry's name and \":\" are expected here",
     "Hier müssen der Name eines Eintrags und „:“ stehen."},
    {"\"name: type\" is expected here", "Hier muss „Name: Typ“ stehen."},
    {"a type is expected here", "Hier muss ein Typ stehen."},
    {"the name \"%.*s\" is not known here", "Den Namen „%.*s“ gibt es hier nicht."},
    {"the name \"%.*s\" is not known here; is \"%.*s\" meant?",
     "Den Namen „%.*s“ gibt es hier nicht. Ist „%.*s“ gemeint?"},
    {"the type \"%.*s\" is not known", "Den Typ „%.*s“ gibt es nicht."},
    {"there is no field \"%.*s\"; there are: %.*s", "Ein Feld „%.*s“ gibt es nicht. Es gibt: %.*s"},
    {"a %.*s has no \"%.*s\"", "„%.*s“ hat kein „%.*s“."},
    {"the entry \"%.*s\" occurs twice", "Den Eintrag „%.*s“ gibt es doppelt."},
    {"\"%.*s\" is not among the allowed values", "„%.*s“ ist keiner der erlaubten Werte."},
    /* Types. */
    {"\"+\" cannot combine a %.*s with a %.*s; string() makes a text of a value",
     "„+“ verbindet %.*s nicht mit %.*s. Aus einem Wert macht string() einen Text."},
    {"\"%s\" cannot combine a %.*s with a %.*s", "„%s“ verbindet %.*s nicht mit %.*s."},
    {"\"-\" needs a number or a duration, not a %.*s",
     "„-“ braucht eine Zahl oder eine Dauer, nicht %.*s."},
    {"a %.*s is never equal to a %.*s", "%.*s ist nie gleich %.*s."},
    {"a %.*s cannot be compared with a %.*s", "%.*s lässt sich nicht mit %.*s vergleichen."},
    {"values of type %.*s have no order", "Werte vom Typ %.*s haben keine Reihenfolge."},
    {"%s must stand a condition, not a %.*s", "%.0sHier muss eine Bedingung stehen, nicht %.*s."},
    {"a filter is a condition or a position, not a %.*s",
     "Ein Filter ist eine Bedingung oder eine Stelle, nicht %.*s."},
    /* Calls. */
    {"a %.*s cannot be called", "%.*s lässt sich nicht aufrufen."},
    {"\"%.*s\" is a %.*s and cannot be called", "„%.*s“ ist %.*s und lässt sich nicht aufrufen."},
    {"arguments are either all by name or all by position",
     "Entweder haben alle Argumente Namen oder keines."},
    {"a call has at most %d arguments", "Ein Aufruf hat höchstens %d Argumente."},
    {"argument %zu is a %.*s; wanted is %.*s", "Argument %zu ist %.*s. Gebraucht wird: %.*s"},
    {"argument %zu is a %.*s; wanted is a %.*s", "Argument %zu ist %.*s. Gebraucht wird: %.*s"},
    {"these arguments do not fit; wanted is %.*s",
     "Diese Argumente passen nicht. Gebraucht wird: %.*s"},
    {"the function wants %zu arguments, not %zu", "Die Funktion braucht %zu Argumente, nicht %zu."},
    {"the table \"%.*s\" wants %zu arguments, not %zu",
     "Die Tabelle „%.*s“ braucht %zu Argumente, nicht %zu."},
    {"the table \"%.*s\" has no input \"%.*s\"", "Die Tabelle „%.*s“ hat keine Eingabe „%.*s“."},
    {"the input \"%.*s\" is given twice", "Die Eingabe „%.*s“ steht doppelt da."},
    {"input %zu of \"%.*s\" is a %.*s, not a %.*s", "Eingabe %zu von „%.*s“ ist %.*s, nicht %.*s."},
    {"external functions (Java, PMML) are not supported",
     "Funktionen von außen (Java, PMML) gibt es hier nicht."},
    /* Limits. */
    {"the expression is longer than %d bytes; split it",
     "Der Ausdruck ist länger als %d Zeichen. " SPLIT},
    {"the text is not UTF-8", "Der Text ist beschädigt."},
    {"the expression is too long or nested too deeply; split it",
     "Der Ausdruck ist zu lang oder zu tief verschachtelt. " SPLIT},
    {"the expression is nested too deeply; split it",
     "Der Ausdruck ist zu tief verschachtelt. " SPLIT},
    {"the expression has too many variables; split it",
     "Der Ausdruck hat zu viele Variablen. " SPLIT},
    {"the type is nested too deeply", "Der Typ ist zu tief verschachtelt."},
    {"a function has at most 64 parameters", "Eine Funktion hat höchstens 64 Parameter."},
    {"a function type has at most %d parameters", "Ein Funktionstyp hat höchstens %d Parameter."},
};

const char *parse_german(const char *english)
{
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (strcmp(WORDS[i].english, english) == 0)
            return WORDS[i].german;
    return NULL;
}
