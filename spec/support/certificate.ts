import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A private key and its certificate, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** One that makes certificates, and whose own everybody has to know who should trust them. */
export interface Authority {
  readonly cert: string;
  /**
   * A certificate that is good for a day, of a server or a client.
   *
   * @param host its name beside 127.0.0.1, or instead of it
   */
  issue(of?: { host?: string; isExpired?: boolean }): Certificate;
}

const day = 86_400_000;
const ecdsaWithSha256 = () => sequence(oid('2a 86 48 ce 3d 04 03 02'));
const nameOf = (text: string) => sequence(tlv(0x31, sequence(oid('55 04 03'), utf8(text))));

/** A new authority of that name. Needs no openssl. */
export function certificateAuthority(name = 'qx-cache spec'): Authority {
  const own = keyPair();
  const isAuthority = sequence(tlv(0x01, Buffer.from([0xff])));
  const cert = certificate(own.publicKey, {
    subject: name,
    validTo: Date.now() + day,
    extensions: sequence(sequence(oid('55 1d 13'), octets(isAuthority))),
  });

  function certificate(
    publicKey: KeyObject,
    of: { subject: string; validTo: number; extensions: Buffer },
  ): string {
    const content = sequence(
      tlv(0xa0, integer(Buffer.from([2]))),
      integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
      ecdsaWithSha256(),
      nameOf(name),
      sequence(time(of.validTo - 2 * day), time(of.validTo)),
      nameOf(of.subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      tlv(0xa3, of.extensions),
    );
    const signature = Buffer.concat([Buffer.from([0]), sign('sha256', content, own.privateKey)]);
    const der = sequence(content, ecdsaWithSha256(), tlv(0x03, signature));
    const lines = der.toString('base64').replace(/.{64}/g, '$&\n');
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  }

  return {
    cert,
    issue({ host, isExpired = false } = {}) {
      const { publicKey, privateKey } = keyPair();
      const names = host
        ? tlv(0x82, Buffer.from(host))
        : Buffer.concat([
            tlv(0x82, Buffer.from('localhost')),
            tlv(0x87, Buffer.from([127, 0, 0, 1])),
          ]);
      return {
        key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: certificate(publicKey, {
          subject: 'redis',
          validTo: Date.now() + (isExpired ? -day : day),
          extensions: sequence(sequence(oid('55 1d 11'), octets(sequence(names)))),
        }),
      };
    },
  };
}

function keyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** One value in DER: a tag, a length, the content. */
function tlv(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: Buffer[]) => tlv(0x30, Buffer.concat(parts));
const integer = (bytes: Buffer) => tlv(0x02, bytes);
const octets = (content: Buffer) => tlv(0x04, content);
const utf8 = (text: string) => tlv(0x0c, Buffer.from(text));
const oid = (hex: string) => tlv(0x06, Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const time = (at: number) =>
  tlv(
    0x17,
    Buffer.from(
      `${new Date(at)
        .toISOString()
        .replace(/[-:T]|\.\d+/g, '')
        .slice(2)}`,
    ),
  );
