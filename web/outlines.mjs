// Writes dist/outlines.json: the outlines of countries (Natural Earth, public domain, by world-atlas) as rings of whole
// numbers, in fiftieths of a degree: the first point, then steps. embed.go takes from it what lies near a scenario's places.
import { readFileSync, writeFileSync } from "node:fs";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const perDegree = 50;
const smallest = 0.003; // square degrees: what a bend must span to stay
const world = JSON.parse(readFileSync("node_modules/world-atlas/countries-50m.json", "utf8"));
const simple = simplify(presimplify(world), smallest);
const rings = [];
for (const { properties, geometry } of feature(simple, simple.objects.countries).features) {
  if (!geometry || properties.name === "Antarctica") continue;
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  for (const ring of polygons.flat()) {
    const steps = [];
    let x = 0, y = 0, turn = 0;
    for (const [i, [at, lat]] of ring.entries()) {
      // A ring that crosses the date line goes on beyond 180 degrees instead of back around the world.
      if (i > 0 && Math.abs(at - ring[i - 1][0]) > 180) turn += at < ring[i - 1][0] ? 360 : -360;
      const lon = at + turn;
      const dx = Math.round(lon * perDegree) - x, dy = Math.round(lat * perDegree) - y;
      if (dx === 0 && dy === 0 && steps.length) continue;
      steps.push(dx, dy);
      x += dx;
      y += dy;
    }
    if (steps.length >= 8) rings.push(steps);
  }
}
writeFileSync("dist/outlines.json", "[\n" + rings.map((r) => JSON.stringify(r)).join(",\n") + "\n]\n");
