import type { Chart } from './chart.js';
import type { Contestant } from './contestant.js';

/** Something to measure, in a file of its own in `measures/`. */
export interface Measure {
  /** As on the command line: `lock-pair`. What comes before the hyphen is the area. */
  readonly name: string;
  readonly title: string;
  /** What is done and counted, in Markdown. */
  readonly about: string;
  readonly contestants: readonly Contestant[];
  /** Takes long: it runs only when it, or its area, is asked for. */
  readonly isApart?: boolean;
  run(stage: Stage): Promise<Findings>;
}

/** What a measure runs on. */
export interface Stage {
  /** A Redis server of this run's own. */
  readonly url: string;
  /** How many rounds are asked for, or `undefined` for what the measure thinks right. */
  readonly rounds: number | undefined;
  /** How many keys are to be stored where many are, or `undefined` for what the measure thinks right. */
  readonly keys: number | undefined;
}

export interface Findings {
  readonly rounds: number;
  readonly tables: readonly Table[];
  readonly targets: readonly Target[];
  /** Where another one wins, and what else is to be said honestly. */
  readonly remarks: readonly string[];
  /** Pictures for the page. */
  readonly charts?: readonly Chart[];
  /** All samples of all rounds, for other tools. */
  readonly samples: unknown;
}

export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What this library sets itself. */
export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly got: string;
  readonly isMet: boolean;
}
