import { QxCacheSettingsError } from '../errors/index.js';
import { commandNameOf } from './idempotent.js';
import type { IdempotencyDefaults } from './idempotent-options.js';
import { type AnyClass, classOf } from './policy-slot.js';

/**
 * Which class has which name in one container. Two classes of one name would answer each other's
 * retries.
 */
export class CommandNames {
  readonly #classes = new Map<string, AnyClass>();
  readonly #moduleName: IdempotencyDefaults['name'];

  /** @param moduleName the module's names for classes that have none of their own */
  constructor(moduleName?: IdempotencyDefaults['name']) {
    this.#moduleName = moduleName;
  }

  /** @throws {@link QxCacheSettingsError} when another class has the name of this command's */
  check(command: object): void {
    const commandClass = classOf(command);
    const name = commandNameOf(commandClass, this.#moduleName);
    const known = this.#classes.get(name);
    if (known === commandClass) return;
    if (known !== undefined) {
      throw new QxCacheSettingsError(
        `Two different command classes are named "${name}", so that they would share idempotency keys. Give one of them another name with @idempotent({ name: '…' }).`,
      );
    }
    this.#classes.set(name, commandClass);
  }
}
