// Refusal is a problem (RFC 9457) that the server answered with.
export class Refusal extends Error {
  constructor(readonly status: number, message: string, readonly details: string[]) {
    super(message);
  }
}

// away says whether nobody answered who knows: the server cannot be reached, or something before or in it broke. Of a save it is then
// not known whether it came about.
export const away = (e: unknown): boolean => !(e instanceof Refusal) || e.status >= 500;

// over says whether the session has ended.
export const over = (e: unknown): boolean => e instanceof Refusal && e.status === 401;
