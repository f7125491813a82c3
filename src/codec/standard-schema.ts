import { CacheSerializationError } from '../errors/index.js';

/**
 * What zod, valibot, arktype and others have in common: https://standardschema.dev. A copy of the
 * part of the specification that is used here, which is how the specification wants to be used by
 * libraries that need no more than the types; so there is no dependency to install or to update.
 */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: Input; readonly output: Output } | undefined;
  };
}

/** What a schema says about a value. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] };

/** One thing that is wrong with a value, and where. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** True for a schema of any library; those of arktype are functions. */
export function isStandardSchema(x: unknown): x is StandardSchemaV1 {
  if ((typeof x !== 'object' && typeof x !== 'function') || x === null) return false;
  const standard = (x as Partial<StandardSchemaV1>)['~standard'];
  return standard?.version === 1 && typeof standard.validate === 'function';
}

/**
 * Passes a value through a schema and gives its output. The message names places and not what the
 * schema says about them: some libraries quote the value there.
 *
 * @param origin what the value is, for the message: `The value that is stored for cache key "x"`
 * @throws {@link CacheSerializationError} when the value does not pass
 */
export async function passThrough<T>(
  schema: StandardSchemaV1<unknown, T>,
  value: unknown,
  origin: string,
): Promise<T> {
  const result = await schema['~standard'].validate(value);
  if (!result.issues) return result.value;
  const paths = result.issues.map(({ path }) => pathText(path ?? []));
  const places = [...new Set(paths)].map((path) => path || 'the top').slice(0, 5);
  throw new CacheSerializationError(
    `${origin} does not pass the schema (${schema['~standard'].vendor}), at ${places.join(', ')}.`,
    { path: paths.find((path) => path !== '') },
  );
}

function pathText(path: NonNullable<SchemaIssue['path']>): string {
  return path
    .map((segment) => (typeof segment === 'object' ? segment.key : segment))
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('');
}
