// How each state of a post is drawn.
import { State } from "../model";
import type { Palette } from "../state";
import { status } from "../text";
import { pattern } from "./canvas";

export const stateName: Record<State, string> = {
  [State.none]: status.none,
  [State.over]: status.over,
  [State.held]: status.held,
  [State.below]: status.below,
  [State.exposed]: status.exposed,
};

export function fill(state: State, colour: Palette): string | CanvasPattern {
  switch (state) {
    case State.exposed:
      return colour.exposed;
    case State.below:
      return pattern("hatch", colour["below-ground"], colour.below);
    case State.over:
      return pattern("dots", colour.over, colour["over-mark"]);
    case State.held:
      return colour.held;
    default:
      return "transparent";
  }
}
