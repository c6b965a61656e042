// SPDX-License-Identifier: EUPL-1.2
// What a Prometheus sends: a WriteRequest in protocol buffers, packed by snappy (as literals, which every unpacker reads).

const varint = number => {
  const bytes = [];
  let rest = BigInt(number);
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
};
const bytesOf = (field, content) => {
  const body = Buffer.from(content);
  return Buffer.concat([Buffer.from([field << 3 | 2]), varint(body.length), body]);
};
const sampleOf = ([value, time]) => {
  const number = Buffer.alloc(9, 1 << 3 | 1);
  number.writeDoubleLE(value, 1);
  return Buffer.concat([number, Buffer.from([2 << 3]), varint(BigInt.asUintN(64, BigInt(time)))]);
};

/** `series`: [{ labels: { __name__: 'up' }, samples: [[value, ms], …] }, …] */
export const writeRequest = series => Buffer.concat(series.map(({ labels, samples }) => bytesOf(1, Buffer.concat([
  ...Object.entries(labels).map(([name, value]) => bytesOf(1, Buffer.concat([bytesOf(1, name), bytesOf(2, value)]))),
  ...samples.map(sample => bytesOf(2, sampleOf(sample)))]))));

export function snappy(bytes) {
  const parts = [varint(bytes.length)];
  for (let at = 0; at < bytes.length; at += 60) {
    const piece = bytes.subarray(at, at + 60);
    parts.push(Buffer.from([(piece.length - 1) << 2]), piece);
  }
  return Buffer.concat(parts);
}
