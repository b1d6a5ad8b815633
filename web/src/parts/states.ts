// How each state of a post is drawn.
import { State } from "../model";
import type { Palette } from "../state";
import { meaning, status } from "../text";
import { pattern } from "./canvas";

export const stateName: Record<State, string> = {
  [State.none]: status.none,
  [State.over]: status.over,
  [State.held]: status.held,
  [State.below]: status.below,
  [State.exposed]: status.exposed,
};

export const stateMeaning: Record<State, string> = {
  [State.none]: meaning.none,
  [State.over]: meaning.over,
  [State.held]: meaning.held,
  [State.below]: meaning.below,
  [State.exposed]: meaning.exposed,
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
