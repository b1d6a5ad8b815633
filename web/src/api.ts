// What the live page asks of its server: internal/server/server.go.
import type { Document } from "./data";

export interface Named {
  id: string;
  name: string;
}

export interface State {
  document: Document;
  operations: (Named & { d_day: string })[];
  contributors: Named[];
  policies: string[];
  maturities: string[];
}

export interface Question {
  d_day: Record<string, string>;
  without: string[];
  lose: string[];
  policy?: string;
  maturity?: string;
  seconds: number;
}

export interface Progress {
  objective: number;
  bound: number | null;
  gap_of_cover: number | null;
  seconds: number;
}

// detail is what a problem (RFC 9457) says.
async function detail(r: Response): Promise<string> {
  try {
    return ((await r.json()) as { detail?: string }).detail ?? r.statusText;
  } catch {
    return r.statusText;
  }
}

export async function read<T>(path: string): Promise<T> {
  const r = await fetch(path);
  if (!r.ok) throw new Error(await detail(r));
  return (await r.json()) as T;
}

// ask makes a plan; progress is told as it comes.
export async function ask(question: Question, signal: AbortSignal, tell: (p: Progress) => void): Promise<Document> {
  const r = await fetch("api/plan", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question), signal });
  if (!r.ok || !r.body) throw new Error(await detail(r));
  const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new Error("the server ended the answer early");
    text += value;
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(text.slice(0, end)) ?? [];
      text = text.slice(end + 2);
      if (name === "progress") tell(JSON.parse(data) as Progress);
      if (name === "failed") throw new Error((JSON.parse(data) as { detail: string }).detail);
      if (name === "plan") return JSON.parse(data) as Document;
    }
  }
}
