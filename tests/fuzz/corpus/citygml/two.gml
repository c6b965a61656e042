<core:CityModel xmlns:core="http://www.opengis.net/citygml/2.0" xmlns:bldg="http://www.opengis.net/citygml/building/2.0" xmlns:gml="http://www.opengis.net/gml">
<gml:boundedBy><gml:Envelope srsName="urn:adv:crs:ETRS89_UTM32*DE_DHHN2016_NH" srsDimension="3"/></gml:boundedBy>
<core:cityObjectMember><bldg:Building gml:id="A"><bldg:measuredHeight>7.5</bldg:measuredHeight>
<bldg:boundedBy><bldg:GroundSurface><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>0 0 1 9 0 1 9 9 1 0 9 1 0 0 1</gml:posList></gml:LinearRing></gml:exterior>
<gml:interior><gml:LinearRing><gml:pos>2 2 1</gml:pos><gml:pos>3 2 1</gml:pos><gml:pos>3 3 1</gml:pos><gml:pos>2 2 1</gml:pos></gml:LinearRing></gml:interior></gml:Polygon></bldg:GroundSurface></bldg:boundedBy></bldg:Building></core:cityObjectMember>
<core:cityObjectMember><bldg:Building gml:id="B"><bldg:lod1Solid><gml:Solid><gml:Polygon><gml:exterior><gml:LinearRing><gml:posList>20 0 1 29 0 1 29 9 1 20 9 1 20 0 1</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon></gml:Solid></bldg:lod1Solid></bldg:Building></core:cityObjectMember>
</core:CityModel>
