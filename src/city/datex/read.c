/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/datex/read.h"

#include "base/vec.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void datex_wrong(DatexReading *reading, int line, const char *format, ...)
{
    char text[400];
    va_list args;

    reading->file->wrong++;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (reading->tell)
        reading->tell(reading->context, line, text);
}

bool datex_is_xml(Str text)
{
    Str trimmed = str_trim(text);

    if (str_starts_with(trimmed, "\xef\xbb\xbf"))
        trimmed = str_trim(str_slice(trimmed, 3, trimmed.len));
    return str_starts_with(trimmed, "<");
}

/* --- Sites and predefined locations ------------------------------------------------------------
 */

static void add_site(DatexReading *reading, const XmlElement *element, Str name,
                     const XmlElement *location)
{
    DatexSite site = {.id = xml_attribute(element, "id"),
                      .version = xml_attribute(element, "version"),
                      .name = name.len ? name : xml_attribute(element, "id"),
                      .road = datex_road(location),
                      .line = element->line};

    if (!site.id.len)
        datex_wrong(reading, element->line, "a site without an id");
    else if (!datex_place(location, reading->arena, &site.place))
        datex_wrong(reading, element->line,
                    "the site \"%.*s\" has no line or point in degrees that can be read: its place "
                    "is told as %s",
                    STR_ARG(str_slice(site.id, 0, 80)), datex_place_form(location));
    else
        VEC_PUSH(reading->arena, &reading->file->sites, site);
}

static void read_sites(DatexReading *reading, const XmlElement *publication)
{
    const XmlElement *table = datex_child(publication, "measurementSiteTable");

    for (; table; table = datex_next(table, "measurementSiteTable")) {
        const XmlElement *site = datex_child(table, "measurementSite");
        for (; site; site = datex_next(site, "measurementSite"))
            add_site(reading, site, datex_words(site, "measurementSiteName"),
                     datex_child(site, "measurementSiteLocation"));
    }
}

static void read_locations(DatexReading *reading, const XmlElement *publication)
{
    static const char NAME[] = "predefinedLocationReference";

    for (const XmlElement *at = datex_child(publication, NAME); at; at = datex_next(at, NAME)) {
        if (str_is(datex_type(at), "PredefinedLocation"))
            add_site(reading, at, datex_words(at, "predefinedLocationName"),
                     datex_child(at, "location"));
    }
}

/* --- Measured values ---------------------------------------------------------------------------
 */

static bool read_value(const XmlElement *data, DatexValue *out)
{
    bool speed = str_is(datex_type(data), "TrafficSpeed");
    const XmlElement *value = datex_child(data, speed ? "averageVehicleSpeed" : "vehicleFlow");
    Str number = datex_text(value, speed ? "speed" : "vehicleFlowRate");
    double vehicles;

    /* A fault, or a negative speed: nobody drove there. */
    if (!value || !datex_number(number, &out->number) || out->number < 0 ||
        str_is(datex_text(value, "dataError"), "true"))
        return false;
    out->flow = !speed;
    if (datex_number(xml_attribute(value, "numberOfInputValuesUsed"), &vehicles) && vehicles > 0)
        out->vehicles = vehicles;
    return true;
}

static bool read_time(DatexReading *reading, const XmlElement *measurements, Timestamp *out)
{
    Str text = datex_text(measurements, "measurementTimeDefault/timeValue");

    if (!text.len) /* versions before 3.0 final had it so */
        text = datex_text(measurements, "measurementTimeDefault");
    *out = reading->now;
    return !text.len || datex_time(text, out);
}

static void read_measurements(DatexReading *reading, const XmlElement *measurements)
{
    const XmlElement *reference = datex_child(measurements, "measurementSiteReference");
    const XmlElement *item = datex_child(measurements, "physicalQuantity");
    DatexValue value = {.site = reference ? xml_attribute(reference, "id") : STR_NONE,
                        .line = measurements->line};

    if (!value.site.len) {
        datex_wrong(reading, measurements->line, "measurements without a site");
        return;
    }
    if (!read_time(reading, measurements, &value.time)) {
        datex_wrong(reading, measurements->line, "the time of the site \"%.*s\" cannot be read",
                    STR_ARG(str_slice(value.site, 0, 80)));
        return;
    }
    for (; item; item = datex_next(item, "physicalQuantity")) {
        const XmlElement *inner = datex_child(item, "physicalQuantity");
        const XmlElement *data = datex_child(inner ? inner : item, "basicData");
        value.index = xml_attribute(item, "index");
        value.vehicles = 0;
        Str type = data ? datex_type(data) : STR_NONE;
        if ((str_is(type, "TrafficSpeed") || str_is(type, "TrafficFlow")) &&
            read_value(data, &value))
            VEC_PUSH(reading->arena, &reading->file->values, value);
    }
}

/* --- Publications ------------------------------------------------------------------------------
 */

static void read_children(DatexReading *reading, const XmlElement *publication, const char *name,
                          void (*read)(DatexReading *, const XmlElement *))
{
    for (const XmlElement *at = datex_child(publication, name); at; at = datex_next(at, name))
        read(reading, at);
}

static void read_situations(DatexReading *reading, const XmlElement *publication)
{
    VEC_PUSH(reading->arena, &reading->file->creators, reading->file->creator);
    read_children(reading, publication, "situation", datex_read_situation);
}

static bool read_publication(DatexReading *reading, const XmlElement *publication, Err *err)
{
    Str type = datex_type(publication);
    Str creator = datex_text(publication, "publicationCreator/nationalIdentifier");

    reading->file->creator = creator.len ? creator : STR("");
    if (str_is(type, "SituationPublication"))
        read_situations(reading, publication);
    else if (str_is(type, "MeasurementSiteTablePublication"))
        read_sites(reading, publication);
    else if (str_is(type, "MeasuredDataPublication"))
        read_children(reading, publication, "siteMeasurements", read_measurements);
    else if (str_is(type, "PredefinedLocationsPublication"))
        read_locations(reading, publication);
    else
        return err_at(err, publication->file, publication->line, publication->column,
                      "a publication of the type \"%.*s\" is not read; those of situations, "
                      "measurement sites, measured data and predefined locations are",
                      STR_ARG(str_slice(type, 0, 60)));
    return true;
}

static bool read_container(DatexReading *reading, const XmlElement *root, Err *err)
{
    Str protocol = datex_text(root, "exchangeInformation/exchangeContext/codedExchangeProtocol");

    reading->file->snapshot = str_starts_with(protocol, "snapshot");
    for (const XmlElement *at = datex_child(root, "payload"); at; at = datex_next(at, "payload"))
        if (!read_publication(reading, at, err))
            return false;
    return true;
}

bool datex_read(Str text, Timestamp now, DatexTell *tell, void *context, Arena *arena,
                DatexFile *out, Err *err)
{
    const XmlElement *root = xml_read(arena, text, NULL, err);
    DatexReading reading = {out, arena, now, tell, context};

    *out = (DatexFile){0};
    if (!root)
        return false;
    if (datex_is(root, "messageContainer"))
        return read_container(&reading, root, err);
    if (str_starts_with(root->space, DATEX_SPACE) && datex_type(root).len)
        return read_publication(&reading, root, err);
    return err_at(err, root->file, root->line, root->column,
                  "this is no DATEX II of version 3: it begins with \"%.*s\" of the namespace "
                  "\"%.*s\"",
                  STR_ARG(str_slice(root->name, 0, 60)), STR_ARG(str_slice(root->space, 0, 100)));
}
