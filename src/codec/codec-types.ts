/** How instances of one class become storable data and come back. */
export interface CodecType<T = never, Data = never> {
  /** Stored with the data; must stay the same as long as stored values live. */
  readonly name: string;
  /** Whether `x` is such an instance. Asked for every part of every value. */
  matches(x: unknown): boolean;
  /** What to store for it: anything that the codec can store. */
  encode(instance: T): unknown;
  /** Makes the instance again of what `encode` gave. */
  decode(data: Data): unknown;
}

const errorClasses: readonly ErrorConstructor[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

/** The built-in error class that made an error; a class of the user's is not one. */
function errorClassOf(x: unknown): ErrorConstructor | undefined {
  if (!(x instanceof Error)) return undefined;
  return errorClasses.find((errorClass) => errorClass.prototype === Object.getPrototypeOf(x));
}

const errorType: CodecType<Error, [string, string, Record<string, unknown>]> = {
  name: 'Error',
  matches: (x) => errorClassOf(x) !== undefined,
  encode: (error) => [
    errorClassOf(error)?.name,
    error.message,
    // Without the stack: it belongs to the process that made it.
    { ...error, ...('cause' in error && { cause: error.cause }) },
  ],
  decode: ([className, message, { cause, ...own }]) => {
    const errorClass = errorClasses.find(({ name }) => name === className) ?? Error;
    const error = new errorClass(message, cause === undefined ? undefined : { cause });
    return Object.assign(error, own);
  },
};

const bufferType: CodecType<Buffer, string> = {
  name: 'Buffer',
  matches: Buffer.isBuffer,
  encode: (buffer) => buffer.toString('base64'),
  decode: (text) => {
    // Of an object that says it is long, Buffer would make as many bytes.
    if (typeof text !== 'string') throw new TypeError('no base64');
    return Buffer.from(text, 'base64');
  },
};

type TypedArray = Uint8Array<ArrayBuffer>;

/** A view of a part of a larger buffer: copied, so that the rest of the buffer is not stored too. */
const partialViewType: CodecType<TypedArray, TypedArray> = {
  name: 'View',
  matches: (x) =>
    ArrayBuffer.isView(x) && !(x instanceof DataView) && x.byteLength !== x.buffer.byteLength,
  encode: (view) => view.slice(),
  decode: (copy) => copy,
};

/** What the standard codec knows beyond what devalue does by itself. */
export const builtInTypes: readonly CodecType[] = [errorType, bufferType, partialViewType];
