import type { CommandPolicy, TextProperty } from './idempotent-options.js';

/** What the names in options say about a command; what it is, shows when a class is decorated. */
type Having<Key extends string, Field extends string> = {
  readonly [Name in Key]: string;
} & { readonly [Name in Field]: unknown };

/** Options that name properties of a command and leave open whose. */
export interface NamingOptions<Key extends string, Field extends string> extends CommandPolicy {
  /** The property that holds the key. */
  key?: Key | undefined;
  /** The command's name in the stored key. */
  name?: string | undefined;
  /** Whose key it is (a tenant, a user). */
  scope?: ((command: Having<Key, Field>) => string) | undefined;
  /** What identifies the payload: a function, a list of fields, or `false` for nothing. */
  fingerprint?: ((command: Having<Key, Field>) => unknown) | readonly Field[] | false | undefined;
}

/** `unknown` for a command that has what was named; else a type that no class has. */
export type Fitting<Command, Key extends string, Field extends string> =
  IsNamed<Key, TextProperty<Command>> extends false
    ? { readonly 'the command has no such text property': Key }
    : IsNamed<Field, keyof Command> extends false
      ? { readonly 'the command has no such property': Exclude<Field, keyof Command> }
      : unknown;

/** Where options name nothing, TypeScript infers `string`. */
type IsNamed<Name extends string, Known> = string extends Name
  ? true
  : [Name] extends [Known]
    ? true
    : false;
