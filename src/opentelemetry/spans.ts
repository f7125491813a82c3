import { context, type Span, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';
import type { OperationEvent } from '../diagnostics/index.js';
import { attributesOf, type KeyPolicy, outcomeOf } from './attributes.js';
import { listen } from './listen.js';
import { fromText, toText } from './trace-text.js';

/** Makes a span of each operation. Gives what ends that; spans that are open then end, too. */
export function makeSpans(tracer: Tracer, keys: KeyPolicy): () => void {
  const open = new Map<OperationEvent, Span>();
  const stop = listen('operation', (operation) => {
    if (operation.event === 'started') {
      open.set(operation, start(tracer, keys, operation));
      return;
    }
    const span = open.get(operation);
    if (span) finish(span, operation);
    open.delete(operation);
  });
  return () => {
    stop();
    for (const span of open.values()) span.end();
    open.clear();
  };
}

/** Its work, and the spans of that, are children of the span. */
function start(tracer: Tracer, keys: KeyPolicy, operation: OperationEvent): Span {
  const { subject, startedAt } = operation;
  const parent = context.active();
  const attributes = attributesOf(subject, keys);
  const options = startedAt === undefined ? { attributes } : { attributes, startTime: startedAt };
  const span = tracer.startSpan(`${subject.area} ${subject.operation}`, options, parent);
  const inside = trace.setSpan(parent, span);
  operation.runInside((work) => context.with(inside, work));
  // A link to a span that is not exported would lead nowhere.
  if (span.isRecording()) operation.trace = toText(span.spanContext());
  return span;
}

function finish(span: Span, operation: OperationEvent): void {
  const { startedAt, durationSeconds, errorType, replayOf } = operation;
  span.setAttributes(outcomeOf(operation));
  const first = replayOf && fromText(replayOf);
  if (first) span.addLink({ context: first });
  // Without the message of the error, which may hold data of the caller.
  if (errorType !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
  // The SDK measures best itself, unless it was not told in time.
  span.end(startedAt === undefined ? undefined : startedAt + durationSeconds * 1000);
}
