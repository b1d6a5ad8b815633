// What the parts share: the day shown, the colours, and whether the page is being printed.
import { computed, signal } from "@preact/signals";

export type Theme = "auto" | "light" | "dark";

export const day = signal(0);
export const theme = signal<Theme>("auto");
export const printing = signal(false);

const system = matchMedia("(prefers-color-scheme: dark)");
const systemDark = signal(system.matches);
system.addEventListener("change", (e) => (systemDark.value = e.matches));

// dark is never so on paper.
const dark = computed(() => !printing.value && (theme.value === "dark" || (theme.value === "auto" && systemDark.value)));

const names = [
  "ground", "panel", "ink", "quiet", "hair", "accent", "held", "over", "over-mark", "below", "below-ground", "exposed", "exposed-ink",
  "exposed-text", "moving", "resting", "sea", "land", "coast",
] as const;

export type Palette = Record<(typeof names)[number], string>;

// palette sets the theme on the page and reads the tokens for what is drawn on canvas.
export const palette = computed<Palette>(() => {
  document.documentElement.dataset.theme = dark.value ? "dark" : "light";
  const style = getComputedStyle(document.documentElement);
  return Object.fromEntries(names.map((n) => [n, style.getPropertyValue(`--${n}`).trim()])) as Palette;
});

addEventListener("beforeprint", () => (printing.value = true));
addEventListener("afterprint", () => (printing.value = false));
