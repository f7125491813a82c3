// What a client does: it makes a key when the customer begins an order, and sends it with each try.

const customer = crypto.randomUUID();
const byId = (id) => document.getElementById(id);

let key = crypto.randomUUID();
let lastKey;

byId('order').addEventListener('click', async () => {
  const mine = key;
  await send('/orders', mine);
  // The order is placed: the next click begins another one.
  if (key === mine) key = crypto.randomUUID();
  lastKey = mine;
  byId('again').disabled = false;
});
byId('again').addEventListener('click', () => send('/orders', lastKey));
byId('careless').addEventListener('click', () => send('/careless-orders'));

async function send(path, idempotencyKey) {
  const row = addRow(idempotencyKey);
  const headers = { 'content-type': 'application/json', 'x-customer': customer };
  if (idempotencyKey) headers['idempotency-key'] = `"${idempotencyKey}"`;
  const body = JSON.stringify({ sku: 'tea', quantity: 1 });
  try {
    const response = await fetch(path, { method: 'POST', headers, body });
    const answer = await response.json();
    const isReplayed = response.headers.get('idempotency-replayed') === 'true';
    const kind = response.ok ? (isReplayed ? 'replayed' : 'executed') : 'failed';
    row.fill(response.status, answer.number ?? '', response.ok ? kind : answer.detail, kind);
  } catch {
    row.fill('–', '', 'no answer: send it again', 'failed');
  }
  // Not waited for: who gets an answer may go on at once.
  void showBooks();
}

function addRow(idempotencyKey) {
  const row = byId('requests').insertRow();
  const cells = Array.from({ length: 5 }, () => row.insertCell());
  cells[0].textContent = row.sectionRowIndex + 1;
  cells[1].textContent = idempotencyKey ? `${idempotencyKey.slice(0, 8)}…` : 'none';
  cells[4].textContent = 'waiting …';
  return {
    fill(status, number, answer, kind) {
      cells[2].textContent = status;
      cells[3].textContent = number;
      cells[4].textContent = answer;
      cells[4].className = kind;
    },
  };
}

async function showBooks() {
  const response = await fetch('/orders', { headers: { 'x-customer': customer } });
  const orders = await response.json();
  byId('count').textContent = orders.length;
  byId('orders').replaceChildren(
    ...orders.map(({ number, sku, quantity }) => {
      const item = document.createElement('li');
      item.textContent = `${number}: ${quantity} × ${sku}`;
      return item;
    }),
  );
}
