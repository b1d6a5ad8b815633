// APP-6 symbols by milsymbol, made once each. A unit or post without a symbol of its own gets one from what it provides.
import ms from "milsymbol";

// kinds maps words in a capability's name to symbol set and entity (APP-6 D); the first that fits counts.
const kinds: [RegExp, string, string][] = [
  [/hospital|medical|ambulance/i, "10", "161300"],
  [/patriot|samp|air.?defence|c-?uas|drone/i, "10", "130100"],
  [/fires|artillery|rocket/i, "10", "130300"],
  [/engineer/i, "10", "140700"],
  [/logistic|supply|camp|transport/i, "10", "163400"],
  [/train/i, "10", "121100"],
  [/frigate|warship|patrol of|ship/i, "30", "120204"],
  [/mine/i, "30", "120500"],
  [/tanker|refuel/i, "01", "110109"],
  [/helicopter|rotary/i, "01", "110200"],
  [/awacs|early warning|surveillance|reconnaissance/i, "01", "110116"],
  [/fighter|air policing|patrol/i, "01", "110104"],
  [/armou?r|tank/i, "10", "120500"],
  [/infantry|battlegroup|company|brigade/i, "10", "121100"],
];

const domains: Record<string, [string, string]> = { land: ["10", "121100"], air: ["01", "110100"], sea: ["30", "120200"], support: ["10", "160000"] };

// echelons maps words in a name to the size of a formation.
const echelons: [RegExp, string][] = [[/brigade/i, "18"], [/division/i, "21"], [/battlegroup|battalion|framework/i, "16"], [/company|battery/i, "15"]];

export function symbolCode(given: string, name: string, domain: string): string {
  if (given) return given;
  const kind = kinds.find(([word]) => word.test(name));
  const [set, entity] = kind ? [kind[1], kind[2]] : domains[domain] ?? domains.land;
  const echelon = set === "10" ? echelons.find(([word]) => word.test(name))?.[1] ?? "00" : "00";
  return `1003${set}00${echelon}${entity}0000`;
}

const made = new Map<string, { image: HTMLCanvasElement; x: number; y: number; w: number; h: number }>();

export function symbol(code: string, size: number) {
  const ratio = 2, key = `${code} ${size}`;
  let s = made.get(key);
  if (!s) {
    const drawn = new ms.Symbol(code, { size: size * ratio });
    const image = drawn.asCanvas();
    const anchor = drawn.getAnchor(), box = drawn.getSize();
    s = { image, x: anchor.x / ratio, y: anchor.y / ratio, w: box.width / ratio, h: box.height / ratio };
    made.set(key, s);
  }
  return s;
}
