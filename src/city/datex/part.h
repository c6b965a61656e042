/* SPDX-License-Identifier: EUPL-1.2 */
/* Parts of DATEX II files: elements by their local names, whichever of the standard's namespaces
 * they are in. Private to this room. */
#pragma once

#include "base/clock.h"
#include "base/xml.h"
#include "city/traffic/way.h"

bool datex_is(const XmlElement *element, const char *name);
/* The first child, or the next sibling (datex_next), of this name; NULL: there is none. */
const XmlElement *datex_child(const XmlElement *element, const char *name);
const XmlElement *datex_next(const XmlElement *element, const char *name);
/* By names, "validity/validityTimeSpecification/overallStartTime". */
const XmlElement *datex_path(const XmlElement *element, const char *path);
/* The first below the element, however deep. */
const XmlElement *datex_below(const XmlElement *element, const char *name);
/* Its text without blanks around it; STR_NONE when there is none. */
Str datex_text(const XmlElement *element, const char *path);
/* Of a MultilingualString: German where there is some, else the first. */
Str datex_words(const XmlElement *element, const char *path);
/* xsi:type without its prefix: "MaintenanceWorks". */
Str datex_type(const XmlElement *element);
bool datex_number(Str text, double *out);
/* Without a zone it is the town's time: the schemas leave that open. */
bool datex_time(Str text, Timestamp *out);

/* --- Places (place.c) ---------------------------------------------------------------------------
 */

/* The line below a location, else its point, the middle of its area, or where it is displayed.
 * False: it has none that can be read. */
bool datex_place(const XmlElement *location, Arena *arena, Way *out);
/* How a place is told that cannot be read: "ALERT-C". */
const char *datex_place_form(const XmlElement *location);
/* What the road is called, else its number; empty: neither. */
Str datex_road(const XmlElement *location);
