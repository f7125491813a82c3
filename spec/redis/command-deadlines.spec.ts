import { expect } from 'chai';
import { CommandDeadlines } from '../../src/redis/command-deadlines.js';
import { eventually } from '../support/eventually.js';
import { rejectionOf } from '../support/rejection.js';

describe('CommandDeadlines', () => {
  const asItIs = <T>(reply: T) => reply;
  const name = (error: unknown, what: string) => new Error(what, { cause: error });
  const silent = () => new Promise<string>(() => {});

  it('gives what was made of the reply', async () => {
    const deadlines = new CommandDeadlines(5);
    const reply = deadlines.limit(Promise.resolve('7'), () => 'get', Number, undefined, name);
    expect(await reply).to.equal(7);
  });

  it('rejects what is not answered in time, and only that', async () => {
    const deadlines = new CommandDeadlines(0.05);
    const first = deadlines.limit(silent(), () => 'get a', asItIs, undefined, name);
    const second = deadlines.limit(Promise.resolve('b'), () => 'get b', asItIs, undefined, name);
    const third = deadlines.limit(silent(), () => 'get c', asItIs, undefined, name);
    expect(await second).to.equal('b');
    const errors = await Promise.all([rejectionOf(first), rejectionOf(third)]);
    for (const error of errors) expect(error).to.have.property('code', 'QX_UNAVAILABLE');
    expect(errors.map(({ message }) => message)).to.deep.equal([
      'Redis did not answer get a within 0.05 s. It may still carry it out.',
      'Redis did not answer get c within 0.05 s. It may still carry it out.',
    ]);
  });

  it('gives each command its own time, however many were answered before', async () => {
    const deadlines = new CommandDeadlines(0.2);
    for (let i = 0; i < 50; i++) {
      const reply = new Promise<number>((resolve) => setTimeout(() => resolve(i), 5));
      expect(await deadlines.limit(reply, () => 'get', asItIs, undefined, name)).to.equal(i);
    }
    const error = await rejectionOf(
      deadlines.limit(silent(), () => 'last', asItIs, undefined, name),
    );
    expect(error).to.have.property('code', 'QX_UNAVAILABLE');
  });

  it('hands on a reply that came too late', async () => {
    const deadlines = new CommandDeadlines(0.01);
    let answer: (reply: string) => void = () => {};
    const command = new Promise<string>((resolve) => {
      answer = resolve;
    });
    const late: number[] = [];
    const limited = deadlines.limit(
      command,
      () => 'get',
      Number,
      (reply) => late.push(reply),
      name,
    );
    await rejectionOf(limited);
    answer('8');
    await eventually(() => late.length > 0);
    expect(late).to.deep.equal([8]);
  });

  it('names the command that failed, and rejects with what reading its reply threw', async () => {
    const deadlines = new CommandDeadlines(5);
    const failed = Promise.reject(new Error('refused'));
    const error = await rejectionOf(
      deadlines.limit(failed, () => 'get a', asItIs, undefined, name),
    );
    expect(error.message).to.equal('get a');
    const unreadable = deadlines.limit(
      Promise.resolve(''),
      () => 'get',
      () => {
        throw new TypeError('what is this');
      },
      undefined,
      name,
    );
    expect((await rejectionOf(unreadable)).message).to.equal('what is this');
  });
});
