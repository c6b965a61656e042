/* SPDX-License-Identifier: EUPL-1.2 */
#include "city/mqtt/desk_refused.html.h"

#include "city/mqtt/mqtt.h"
#include "city/page/page.h"
#include "city/query/reader.h"
#include "core/page/frame.h"

static Str why_text(MqttRefusedWhy why)
{
    switch (why) {
    case MQTT_REFUSED_TOPIC: return STR("Unter diesem Thema werden keine Messwerte angenommen.");
    case MQTT_REFUSED_BODY: return STR("Der Inhalt ist kein Messwert, der sich lesen lässt.");
    case MQTT_REFUSED_MISSING:
        return STR("Die genannte Messreihe oder den genannten Ort gibt es nicht.");
    case MQTT_REFUSED_RIGHT: return STR("Der Schlüssel darf hier nicht schreiben.");
    case MQTT_REFUSED_OTHER: break;
    }
    return STR("Der Inhalt ist zu groß oder passt nicht zur Messreihe.");
}

/* Of the Datastream that was named, else as it was named; NULL: nobody knows. */
static const CityDataset *dataset_of(const CityReader *reader, const MqttRefusal *refusal)
{
    const CityEntity *stream = NULL;

    if (refusal->series_of) {
        stream = city_find(reader->graph, STA_DATASTREAM, refusal->series_of);
        if (!stream)
            stream = city_find(reader->graph, STA_MULTI_DATASTREAM, refusal->series_of);
    }
    return stream                 ? city_dataset(reader->rights.all, stream->dataset)
           : refusal->dataset.ptr ? city_dataset_named(reader->rights.all, refusal->dataset)
                                  : NULL;
}

static void add_line(Request *req, const CityReader *reader, const MqttRefusal *refusal,
                     RefusedPage *page)
{
    const CityDataset *dataset = dataset_of(reader, refusal);

    if (dataset && !city_may_see(&reader->rights, dataset->id))
        return;
    page->lines[page->count++] =
        (RefusedLine){.when = city_when_text(req->arena, req->lang, refusal->last, req->today),
                      .key = refusal->key,
                      .topic = refusal->topic,
                      .dataset = dataset ? str_copy(req->arena, dataset->title) : STR("–"),
                      .why = why_text(refusal->why),
                      .times = (int64_t)refusal->times};
}

bool desk_refused(Request *req, Response *res, Err *err)
{
    CityReader reader;
    MqttRefusal *list;
    size_t count = mqtt_refused(req->tenant->name, req->arena, &list);
    RefusedPage page = {.lines = arena_array(req->arena, RefusedLine, count + 1)};

    if (!city_reader_begin(&reader, req, STR(""), err))
        return false;
    for (size_t i = 0; i < count; i++)
        add_line(req, &reader, &list[i], &page);
    city_reader_end(&reader);
    Out out = out_for(req);
    page_desk_refused(&out, &page);
    PageFrame frame = {
        .area = AREA_DESK, .title = STR("Abgelehnte Messwerte"), .active = STR("/desk/stadtdaten")};
    return page_send(req, res, &frame, out_html(&out));
}
