/** Says from time to time how far a run is: on one line of a terminal, else a line now and then. */
export class Progress {
  readonly #out: NodeJS.WriteStream;
  readonly #everySeconds: number;
  #lastAt = performance.now();

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
    this.#everySeconds = out.isTTY ? 0.1 : 5;
  }

  readonly update = (answered: number, deliveries: number): void => {
    const now = performance.now();
    if (now - this.#lastAt < this.#everySeconds * 1000) return;
    this.#lastAt = now;
    const text = `${answered.toLocaleString('en')} of ${deliveries.toLocaleString('en')} deliveries answered`;
    this.#out.write(this.#out.isTTY ? `\r${text}` : `${text}\n`);
  };

  /** Leaves no half line behind. */
  end(): void {
    if (this.#out.isTTY) this.#out.write('\r\u001b[K');
  }
}
