/* SPDX-License-Identifier: EUPL-1.2 */
/* The grid's sides: walls as mirrors, and what crosses open sides, given levels
 * and given discharges. Walls come out of the ordinary flux with mirrored cells
 * beyond them; for the others the flux is computed here, cell by cell, and put
 * in the place of the ordinary one. */
#include "twin/flow/kernel.h"

/* Outwards, with `velocity`: mass m2/s; normal momentum less the cell's own hydrostatic pressure;
 * momentum along. */
typedef struct EdgeFlux {
    double mass, deviation, tangential, velocity;
} EdgeFlux;

static const double G = FLOW_GRAVITY;

static EdgeFlux of_state(double depth, double u, double inner_depth, double along)
{
    double mass = depth * u;

    return (EdgeFlux){mass, mass * u + 0.5 * G * (depth * depth - inner_depth * inner_depth),
                      mass > 0 ? mass * along : 0, u};
}

/* Water leaves as if the model went on alike; none comes in. */
static EdgeFlux leave(double depth, double u, double along)
{
    return of_state(depth, u > 0 ? u : 0, depth, along);
}

/* A level outside that makes `given` depth at the side: what the outgoing wave u + 2c leaves of it,
 * at most critical flow in either direction; flow faster than its waves does not feel the level. */
static EdgeFlux meet_level(double given, double depth, double u, double along)
{
    double c = sqrt(G * depth), wave = u + 2 * c;
    double edge_depth = given > 0 ? given : 0, edge_c = sqrt(G * edge_depth);
    double edge_u = wave - 2 * edge_c;

    if (u >= c && depth > 0)
        return leave(depth, u, along);
    if (edge_u > edge_c) {
        edge_c = edge_u = wave > 0 ? wave / 3 : 0;
        edge_depth = edge_c * edge_c / G;
    }
    if (edge_u < -edge_c)
        edge_u = -edge_c;
    return of_state(edge_depth, edge_u, depth, along);
}

/* Roots of g h below this are none: their third power would be 0. */
static const double NO_ROOT = 1e-60;

/* Water that runs at the side with `u` meets what comes in there in a jump. s behind it, which is
 * below what the wave makes of it, `most`, and far below where a film runs fast. */
static double behind_jump(double inward, double c, double u, double critical, double most)
{
    double least = critical > c ? critical : c;

    for (int i = 0; i < 40 && least < most; i++) {
        double s = 0.5 * (least + most);
        double drop = (s * s - c * c) * sqrt(0.5 * (s * s + c * c)) / (c * s);

        if (u - drop > -inward * G / (s * s))
            least = s;
        else
            most = s;
    }
    return most;
}

/* `inward` m2/s come in, with the depth that the wave u + 2c from inside makes of it, at least the
 * critical one: 2s - inward g / s2 = u + 2c for s = sqrt(g h), by Newton from below. */
static EdgeFlux push_in(double inward, double depth, double u)
{
    double c = sqrt(G * depth), wave = u + 2 * c, critical = cbrt(inward * G), s;

    s = 0.5 * wave > critical ? 0.5 * wave : critical;
    for (int i = 0; i < 8 && s > NO_ROOT; i++) {
        double value = 2 * s - inward * G / (s * s) - wave;
        double next = s - value / (2 + 2 * inward * G / (s * s * s));

        s = next > critical ? next : critical;
    }
    if (u > 0 && c > NO_ROOT)
        s = behind_jump(inward, c, u, critical, s);
    if (s <= NO_ROOT)
        return (EdgeFlux){0, -0.5 * G * depth * depth, 0, 0};
    return of_state(s * s / G, -inward * G / (s * s), depth, 0);
}

static EdgeFlux edge_flux(const FlowEdge *edge, int index, double depth, double u, double along)
{
    if (edge->kind == FLOW_OPEN)
        return leave(depth, u, along);
    if (edge->kind == FLOW_LEVEL)
        return meet_level(edge->given[index], depth, u, along);
    return push_in(edge->given[index], depth, u);
}

/* The cell beside a side: its depth at the side, m, and its velocities, of which the one through
 * the side is along the axis, not outwards; the most that may leave it, in the units of faces. */
typedef struct Beside {
    double depth, velocity, along;
    Real most;
} Beside;

/* Put the flux through the side into place `at` of `faces`; `outward` is 1 where the side is behind
 * the cell (east, south), else -1. */
static void put(FlowSweep *plan, FlowSide side, int index, Faces faces, int at, int outward,
                Beside cell, const RowStep *step)
{
    FlowEdge *edge = &plan->edges[side];
    EdgeFlux flux = edge_flux(edge, index, cell.depth, outward * cell.velocity, cell.along);
    double twice = 2 / (double)step->unit; /* see FaceFlux */
    Real wanted = flux_dithered((Real)(twice * flux.mass), step->emit, step->dither);
    Real units = real_min(wanted, cell.most);
    Mass mass = mass_of_flux(units, step->shift);
    double counted = plan->stage > 0 ? 0.5 * (double)mass : (double)mass;
    double less = (double)(wanted - units) / ((double)step->emit * twice);

    flux.deviation -= less * flux.velocity;
    flux.tangential -= less * cell.along;

    if (counted > 0)
        edge->out[index] += counted;
    else
        edge->in[index] -= counted;
    faces.mass[at] = outward > 0 ? mass : -mass;
    faces.tangential[at] = (Real)(twice * outward * flux.tangential);
    if (outward > 0)
        faces.left[at] = (Real)(twice * flux.deviation);
    else
        faces.right[at] = (Real)(twice * flux.deviation);
}

static Beside beside(const RowStep *step, Mass mass, Real half_slope, Real velocity, Real along,
                     int outward, int order)
{
    Real depth = depth_above(mass, step->dry),
         room = cell_room(depth, velocity, along, step, order);
    double wet = depth > 0 ? (double)step->unit * ((double)mass + (double)half_slope) : 0;

    return (Beside){wet, depth > 0 ? (double)velocity : 0, depth > 0 ? (double)along : 0,
                    face_most(room, (Real)outward * velocity * depth, step, order)};
}

void flow_edge_row(FlowSweep *plan, FlowSide side, int column, int count, Row inner,
                   const Real *depth_slope, Faces faces, const RowStep *step)
{
    int outward = side == FLOW_SOUTH ? 1 : -1;
    const int order = plan->strip->order;

    if (plan->edges[side].kind == FLOW_CLOSED)
        return;
    for (int i = column; i < column + count; i++)
        put(plan, side, i, faces, i, outward,
            beside(step, inner.depth[i], order == 2 ? (Real)outward * depth_slope[i] : 0,
                   inner.w[i], inner.u[i], outward, order),
            step);
}

void flow_edge_west(FlowSweep *plan, int row, int column, Row inner, const Real *depth_slope,
                    Faces faces, const RowStep *step)
{
    const int order = plan->strip->order;

    if (column == 0 && plan->edges[FLOW_WEST].kind != FLOW_CLOSED)
        put(plan, FLOW_WEST, row, faces, 0, -1,
            beside(step, inner.depth[0], order == 2 ? -depth_slope[0] : 0, inner.u[0], inner.w[0],
                   -1, order),
            step);
}

void flow_edge_east(FlowSweep *plan, int row, int column, int count, Row inner,
                    const Real *depth_slope, Faces faces, const RowStep *step)
{
    const int order = plan->strip->order;
    int last = plan->strip->columns - 1;

    if (column + count > last && plan->edges[FLOW_EAST].kind != FLOW_CLOSED)
        put(plan, FLOW_EAST, row, faces, count, 1,
            beside(step, inner.depth[last], order == 2 ? depth_slope[count - 1] : 0, inner.u[last],
                   inner.w[last], 1, order),
            step);
}

void flow_fill_row(FlowStrip *strip, FlowState *state, int row, const FlowEdge *edges)
{
    size_t at = flow_at(strip, row, 0);
    Mass *depth = (Mass *)state->depth + at;
    Real *u = (Real *)state->u + at, *w = (Real *)state->w + at;
    int last = strip->columns - 1;
    Real west = edges[FLOW_WEST].kind == FLOW_CLOSED ? -1 : 1;
    Real east = edges[FLOW_EAST].kind == FLOW_CLOSED ? -1 : 1;

    for (int i = 0; i < FLOW_HALO; i++) {
        int inner = i < last ? i : last;

        inner = west < 0 ? inner : 0;
        depth[-1 - i] = depth[inner];
        u[-1 - i] = west * u[inner];
        w[-1 - i] = w[inner];
        inner = east < 0 && i <= last ? last - i : last;
        depth[last + 1 + i] = depth[inner];
        u[last + 1 + i] = east * u[inner];
        w[last + 1 + i] = w[inner];
    }
}

void flow_fill_side(FlowStrip *strip, FlowState *state, FlowSide side, FlowBoundaryKind kind)
{
    int last = strip->rows - 1;

    for (int k = 0; k < FLOW_HALO; k++) {
        int inner = kind == FLOW_CLOSED && k < last ? k : kind == FLOW_CLOSED ? last : 0;
        size_t to = flow_at(strip, side == FLOW_NORTH ? -1 - k : last + 1 + k, 0);
        size_t from = flow_at(strip, side == FLOW_NORTH ? inner : last - inner, 0);
        size_t count = (size_t)strip->columns;

        memcpy((Mass *)state->depth + to, (Mass *)state->depth + from, count * sizeof(Mass));
        memcpy((Real *)state->u + to, (Real *)state->u + from, count * sizeof(Real));
        memcpy((Real *)state->w + to, (Real *)state->w + from, count * sizeof(Real));
        for (size_t i = 0; kind == FLOW_CLOSED && i < count; i++)
            ((Real *)state->w)[to + i] = -((Real *)state->w)[to + i];
    }
}

/* h^(5/3) / n of each cell; a cell that is dry or shallow counts as if the side's lowest point were
 * 0.1 m deep, so that water finds its way onto a dry side. */
void flow_conveyance(const FlowStrip *strip, FlowSide side, const double *terrain, double lowest,
                     double *weights)
{
    bool across = side == FLOW_NORTH || side == FLOW_SOUTH;
    int count = across ? strip->columns : strip->rows;

    for (int i = 0; i < count; i++) {
        int row = side == FLOW_NORTH ? 0 : side == FLOW_SOUTH ? strip->rows - 1 : i;
        int column = across ? i : side == FLOW_WEST ? 0 : strip->columns - 1;
        size_t at = flow_at(strip, row, column);
        double depth = (double)((const Mass *)strip->now.depth)[at] * strip->unit;
        double least = lowest + 0.1 - terrain[i];
        double drag = strip->drag ? (double)((const Real *)strip->drag)[at] : strip->drag_all;
        double power;

        if (depth < least)
            depth = least;
        power = depth > 0 ? cbrt(depth) : 0;
        power = power * power * power * power * power;
        weights[i] = drag > 0 ? power / sqrt(drag) : power;
    }
}
