import type { Streams } from '../streams.js';

// xterm's control sequences, which every terminal of today knows, also through ssh and tmux.
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const END_OF_SCREEN = '\u001b[J';

/** q, and in raw mode also Ctrl-C and Ctrl-D: there they are keys like any other. */
const QUIT_KEYS = new Set(['q', 'Q', '\u0003', '\u0004']);

/** The whole terminal: what stood there before is there again afterwards, however the process ends. */
export class Screen {
  readonly #streams: Streams;
  readonly #onKey: (bytes: Buffer | string) => void;
  readonly #onEnd: () => void;
  readonly #onResize: () => void;
  readonly #onExit = () => this.close();
  #isOpen = true;

  /**
   * @param on `quit`: q, Ctrl-C, or the terminal has gone; `resize`: it has another size
   */
  constructor(streams: Streams, on: { readonly quit: () => void; readonly resize: () => void }) {
    this.#streams = streams;
    this.#onKey = (bytes) => {
      if ([...String(bytes)].some((key) => QUIT_KEYS.has(key))) on.quit();
    };
    this.#onEnd = on.quit;
    this.#onResize = on.resize;
    const { stdin, stdout } = streams;
    stdin.setRawMode?.(true);
    stdin.on('data', this.#onKey).on('end', this.#onEnd).resume();
    stdout.on('resize', this.#onResize);
    process.once('exit', this.#onExit);
    stdout.write(ENTER);
  }

  get size(): { readonly columns: number; readonly rows: number } {
    const { columns, rows } = this.#streams.stdout;
    // A terminal that nobody has told its size, as over a serial line, has none.
    return { columns: columns || 80, rows: rows || 24 };
  }

  /** Shows the lines, over what was there: nothing flickers. */
  draw(lines: readonly string[]): void {
    // Cleared first: behind a full line, the cursor stands on its last character.
    const text = lines.map((line) => `${CLEAR_LINE}${line}`).join('\r\n');
    if (this.#isOpen) this.#streams.stdout.write(`${HOME}${text}${END_OF_SCREEN}`);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    const { stdin, stdout } = this.#streams;
    process.off('exit', this.#onExit);
    stdout.off('resize', this.#onResize);
    stdin.off('data', this.#onKey).off('end', this.#onEnd).pause();
    stdin.setRawMode?.(false);
    stdout.write(LEAVE);
  }
}
