import { expect } from 'chai';
import { createClient } from '../../src/index.js';
import { rejectionOf } from '../support/rejection.js';
import { sharedServer } from '../support/shared-server.js';

describe('createClient', () => {
  it('refuses a database that the server does not have, instead of using database 0', async () => {
    const { port } = await sharedServer();
    const error = await rejectionOf(createClient(`redis://127.0.0.1:${port}/99`));
    expect(error).to.include({ code: 'QX_CONNECTION', reason: 'not-found' });
    expect(error.message).to.contain('DB index is out of range');
  });

  it('connects to the database of the URL', async () => {
    const { port } = await sharedServer();
    const client = await createClient(`redis://127.0.0.1:${port}/3`);
    expect(String(await client.client('INFO'))).to.match(/ db=3 /);
    await client.quit();
  });

  it('says what is unsupported about a cluster URL for a server that is no cluster', async () => {
    const { port } = await sharedServer();
    const error = await rejectionOf(createClient(`redis+cluster://127.0.0.1:${port}`));
    expect(error).to.include({ code: 'QX_CONNECTION', reason: 'unsupported' });
  });
});
