import { z } from 'zod';
import { isStandardSchema, type StandardSchemaV1 } from './standard-schema.js';

/** A schema given as an option. */
export const schemaOption = z.custom<StandardSchemaV1>(isStandardSchema, {
  error: 'must be a Standard Schema: of zod 3.24+, valibot 1+, arktype 2+',
});
