import { Mediator } from 'mediatr-ts';

interface Registry {
  getAll(): { behaviorClass: new () => unknown }[];
  clear(): void;
}

const registry = new Mediator().pipelineBehaviors as unknown as Registry;

/** The behaviors registered for all stock mediators, outermost first. */
export function behaviorsOf(mediator: Mediator): (new () => unknown)[] {
  return (mediator.pipelineBehaviors as unknown as Registry)
    .getAll()
    .map(({ behaviorClass }) => behaviorClass);
}

/** Empties the list of the process again. */
export function restoreBehaviors(): void {
  registry.clear();
}
