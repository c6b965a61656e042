-- SPDX-License-Identifier: EUPL-1.2
-- From OpenStreetMap's tags to the layers and kinds that web/map/style.json draws (docs/geo.md):
-- land, water, boundary, road, building, place. Read by Debian's tilemaker 2.2.

node_keys = { "place" }

function init_function() end
function exit_function() end

local PLACE = { city = "town", town = "town", village = "district", suburb = "district", quarter = "district",
  hamlet = "hamlet", neighbourhood = "hamlet", locality = "hamlet" }
local PLACE_ZOOM = { town = 6, district = 11, hamlet = 13 }

local ROAD = { motorway = "main", trunk = "main", primary = "main", secondary = "main", motorway_link = "main", trunk_link = "main",
  primary_link = "main", secondary_link = "main", tertiary = "minor", tertiary_link = "minor", unclassified = "minor",
  residential = "minor", living_street = "minor", service = "minor", pedestrian = "minor", road = "minor", track = "path",
  path = "path", footway = "path", cycleway = "path", bridleway = "path", steps = "path" }
local ROAD_ZOOM = { motorway = 6, trunk = 7, primary = 8, secondary = 9, tertiary = 11, unclassified = 12, residential = 12, living_street = 12 }
local RAIL = { rail = true, light_rail = true, tram = true, subway = true, narrow_gauge = true }

local LANDUSE = { residential = "built", commercial = "built", industrial = "built", retail = "built", farmland = "field",
  orchard = "field", vineyard = "field", allotments = "park", meadow = "meadow", grass = "meadow", farmyard = "built",
  forest = "wood", cemetery = "park", recreation_ground = "park", village_green = "park" }
local NATURAL = { wood = "wood", scrub = "wood", grassland = "meadow", heath = "meadow" }
local LEISURE = { park = "park", garden = "park", playground = "park", pitch = "park", golf_course = "park", nature_reserve = "" }

local function named(object)
  local name = object:Find("name:de")
  if name == "" then name = object:Find("name") end
  if name ~= "" then object:Attribute("name", name) end
end

function node_function(node)
  local kind = PLACE[node:Find("place")]
  if not kind or node:Find("name") == "" then return end
  node:Layer("place", false)
  node:Attribute("kind", kind)
  node:MinZoom(PLACE_ZOOM[kind])
  named(node)
end

function relation_scan_function(relation)
  if relation:Find("type") == "boundary" and relation:Find("boundary") == "administrative" then relation:Accept() end
end

-- The highest of what a way bounds: 2 the country, 4 a Land, 6 a district, 8 a municipality.
local function boundary_level(way)
  local level = way:Find("boundary") == "administrative" and tonumber(way:Find("admin_level")) or 99
  while true do
    local relation = way:NextRelation()
    if not relation then break end
    level = math.min(level, tonumber(way:FindInRelation("admin_level")) or 99)
  end
  return level
end

local function boundary(way)
  local level = boundary_level(way)
  if level > 8 then return end
  way:Layer("boundary", false)
  way:AttributeNumeric("level", level)
  way:MinZoom(level <= 4 and 6 or level <= 6 and 8 or 10)
end

local function road(way)
  local highway, railway = way:Find("highway"), way:Find("railway")
  local kind = ROAD[highway] or (RAIL[railway] and "rail")
  if not kind or way:Find("area") == "yes" then return end
  way:Layer("road", false)
  way:Attribute("kind", kind)
  way:MinZoom(ROAD_ZOOM[highway] or (railway == "rail" and 9) or 13)
  if kind ~= "rail" then named(way) end
end

local function water(way)
  local natural, waterway = way:Find("natural"), way:Find("waterway")
  if way:IsClosed() and (natural == "water" or waterway == "riverbank" or way:Find("landuse") == "reservoir" or way:Find("leisure") == "swimming_pool") then
    way:Layer("water", true)
    way:Attribute("kind", "lake")
    named(way)
  elseif waterway == "river" or waterway == "canal" or waterway == "stream" then
    way:Layer("water", false)
    way:Attribute("kind", waterway == "stream" and "stream" or "river")
    way:MinZoom(waterway == "stream" and 12 or 8)
    named(way)
  else
    return false
  end
  return true
end

local function land(way)
  local kind = LANDUSE[way:Find("landuse")] or NATURAL[way:Find("natural")] or LEISURE[way:Find("leisure")]
  if not kind or kind == "" or not way:IsClosed() then return end
  way:Layer("land", true)
  way:Attribute("kind", kind)
end

function way_function(way)
  boundary(way)
  road(way)
  if way:Find("building") ~= "" and way:Find("building") ~= "no" and way:IsClosed() then
    way:Layer("building", true)
    way:Attribute("kind", way:Find("building"))
  elseif not water(way) then
    land(way)
  end
end
