import { expect } from 'chai';
import initSqlJs, { type Database } from 'sql.js';
import { DistributedLock, type Lease } from '../../src/lock/index.js';
import { onEachRedis } from '../support/engines.js';
import { rejectionOf, thrownBy } from '../support/rejection.js';
import { blocksOf } from './snippets.js';

interface Write {
  readonly id: string;
  readonly balance: number;
  readonly token: number;
}

onEachRedis('The SQL in docs/safety.md', (engine) => {
  const [createTable, update, insert, ...others] = blocksOf('docs/safety.md', 'sql').map(
    ({ code }) => code,
  ) as [string, string, string];
  let database: Database;
  let late: Lease;
  let successor: Lease;

  beforeEach(async () => {
    database = new (await initSqlJs()).Database();
    database.run(createTable);
    const redis = await engine.connect();
    // A holder that is not heard of for longer than its lease, and its successor.
    late = await new DistributedLock(redis, 'a', { renew: false }).acquire();
    await redis.hset(`${engine.namespace()}:lock:{a}`, 'until', '1');
    successor = await new DistributedLock(redis, 'a').acquire();
  });

  afterEach(async () => {
    database.close();
    await successor.release();
  });

  /** Throws when nothing was changed, as the page says. */
  function write(statement: string, { id, balance, token }: Write): void {
    database.run(statement, { ':id': id, ':balance': balance, ':token': token });
    if (database.getRowsModified() === 0) throw new Error('a newer owner has written');
  }

  function rows(): unknown {
    return database.exec('SELECT id, balance, fence FROM account ORDER BY id')[0]?.values;
  }

  const fenced = (statement: string, balance: number, { token }: Lease) => {
    const error = thrownBy(() => write(statement, { id: 'x', balance, token }));
    expect(error.message).to.equal('a newer owner has written');
  };

  it('is a table, an update and an insert', () => {
    expect(createTable).to.match(/^CREATE TABLE/);
    expect(update).to.match(/^UPDATE/);
    expect(insert).to.match(/^INSERT/);
    expect(others).to.deep.equal([]);
  });

  it('refuses the update of a holder whose lease ended, once its successor has written', async () => {
    write(insert, { id: 'x', balance: 1, token: late.token });
    write(update, { id: 'x', balance: 2, token: successor.token });
    fenced(update, 3, late);
    expect(rows()).to.deep.equal([['x', 2, successor.token]]);
    expect(await rejectionOf(late.release())).to.have.property('code', 'QX_LOCK_NOT_HELD');
  });

  it('refuses its insert, too', () => {
    write(insert, { id: 'x', balance: 1, token: successor.token });
    fenced(insert, 2, late);
    expect(rows()).to.deep.equal([['x', 1, successor.token]]);
  });

  it('lets the successor write what the old holder wrote before, by either statement', () => {
    for (const statement of [insert, update]) {
      write(insert, { id: statement, balance: 1, token: late.token });
      write(statement, { id: statement, balance: 2, token: successor.token });
    }
    expect(rows()).to.deep.equal([insert, update].map((id) => [id, 2, successor.token]));
  });

  it('lets the same owner write again, by either statement', () => {
    write(insert, { id: 'x', balance: 1, token: successor.token });
    write(insert, { id: 'x', balance: 2, token: successor.token });
    write(update, { id: 'x', balance: 3, token: successor.token });
    expect(rows()).to.deep.equal([['x', 3, successor.token]]);
  });

  it('keeps tokens exactly: the next one and the one before differ', () => {
    const newest = Number.MAX_SAFE_INTEGER;
    write(insert, { id: 'x', balance: 1, token: newest });
    const before = { id: 'x', balance: 2, token: newest - 1 };
    for (const statement of [insert, update]) thrownBy(() => write(statement, before));
    expect(rows()).to.deep.equal([['x', 1, newest]]);
  });

  it('has no update make a row that is not there', () => {
    fenced(update, 1, successor);
    expect(rows()).to.equal(undefined);
  });
});
