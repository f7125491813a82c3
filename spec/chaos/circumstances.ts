import { historySeconds, type IdempotencyHistoryEntry } from '../../src/testing/index.js';

/** Something that befell a process, or all of them, from one moment to another. */
export interface Incident {
  /** Without a name it befell all. */
  readonly process?: string | undefined;
  readonly from: number;
  readonly to: number;
  /** Whether a lease can't be renewed meanwhile. */
  readonly isOutage: boolean;
}

/** A time in which the server lost its data. */
export interface Loss {
  readonly from: number;
  readonly to: number;
}

/** Until all is as before when a fault is healed: clients reconnect, waiters ask again. In seconds. */
const recoverySeconds = 1;

/** What was done to the processes and the server while they wrote their history. */
export class Circumstances {
  readonly incidents: Incident[] = [];
  readonly losses: Loss[] = [];
  readonly killed = new Map<string, number>();

  /** Something begins. @returns to be called when it is over */
  begin(incident: Omit<Incident, 'from' | 'to'>): () => void {
    const from = historySeconds();
    return () =>
      void this.incidents.push({ ...incident, from, to: historySeconds() + recoverySeconds });
  }

  /** Something has just happened, and is over. */
  note(incident: Omit<Incident, 'from' | 'to'>): void {
    const now = historySeconds();
    this.incidents.push({ ...incident, from: now - recoverySeconds, to: now + recoverySeconds });
  }

  /** Whether anything befell this process between these times. */
  isDisturbed(process: string, from: number, to: number): boolean {
    const isHit = (incident: Incident) =>
      (incident.process ?? process) === process && incident.from <= to && incident.to >= from;
    return this.incidents.some(isHit);
  }

  /** Whether the server may have forgotten between these times what it knew. */
  isForgotten(from: number, to: number): boolean {
    return this.losses.some((loss) => loss.from <= to && loss.to >= from);
  }

  /** When all were out of order, one after the other. */
  outagesOfAll(): { readonly from: number; readonly to: number }[] {
    return merged(this.#outages(undefined));
  }

  /** The same in the words of a history of idempotency keys. */
  toHistory(): IdempotencyHistoryEntry[] {
    const processes = new Set(this.incidents.map(({ process }) => process));
    return [
      ...[...this.killed].map(([process, at]) => ({ type: 'killed', at, process }) as const),
      ...this.losses.map(({ from, to }) => ({ type: 'forgotten', at: to, since: from }) as const),
      ...[...processes].flatMap((process) =>
        merged(this.#outages(process)).flatMap(({ from, to }) => {
          const whom = process === undefined ? {} : { process };
          return [
            { type: 'stopped', at: from, ...whom } as const,
            { type: 'continued', at: to, ...whom } as const,
          ];
        }),
      ),
    ];
  }

  #outages(process: string | undefined): Incident[] {
    return this.incidents.filter((incident) => incident.isOutage && incident.process === process);
  }
}

function merged(incidents: readonly Incident[]): { from: number; to: number }[] {
  const all: { from: number; to: number }[] = [];
  for (const { from, to } of [...incidents].sort((a, b) => a.from - b.from)) {
    const last = all.at(-1);
    if (last && from <= last.to) last.to = Math.max(last.to, to);
    else all.push({ from, to });
  }
  return all;
}
