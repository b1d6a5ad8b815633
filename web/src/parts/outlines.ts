// Outlines of countries on the map: rings of whole numbers as outlines.mjs writes them, in Mercator's projection.

export interface Shape {
  path: Path2D;
  box: [left: number, top: number, right: number, bottom: number];
}

const perDegree = 50;

export const mercator = (lat: number, lon: number): [number, number] => {
  const l = Math.max(-84, Math.min(84, lat));
  return [lon, -(180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (l * Math.PI) / 360))];
};

export function shapes(rings: number[][]): Shape[] {
  return rings.map((steps) => {
    const path = new Path2D();
    const box: Shape["box"] = [Infinity, Infinity, -Infinity, -Infinity];
    let x = 0, y = 0;
    for (let i = 0; i < steps.length; i += 2) {
      x += steps[i];
      y += steps[i + 1];
      const [px, py] = mercator(y / perDegree, x / perDegree);
      if (i === 0) path.moveTo(px, py);
      else path.lineTo(px, py);
      box[0] = Math.min(box[0], px), box[1] = Math.min(box[1], py), box[2] = Math.max(box[2], px), box[3] = Math.max(box[3], py);
    }
    path.closePath();
    return { path, box };
  });
}
