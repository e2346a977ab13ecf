/** Draws the icon of the installed page, without an image tool. */

/** The colours: the background, and the octagon that the page shows for a death. */
const GROUND = [0x17, 0x1b, 0x1e] as const;
const SIGN = [0xd3, 0x30, 0x3c] as const;
const MARK = [0xff, 0xff, 0xff] as const;
type Colour = readonly [number, number, number];

/** In parts of the icon's width. It fits into the circle that no platform cuts off. */
const OCTAGON_RADIUS = 0.33;
const MARK_REACH = 0.125;
const MARK_WIDTH = 0.036;
/** Samples of a pixel on each axis, for smooth edges. */
const SAMPLES = 4;

/** Returns a square PNG of `size` pixels a side. */
export async function iconPng(size: number): Promise<Uint8Array<ArrayBuffer>> {
  const rows = new Uint8Array(size * (1 + 3 * size));
  for (let y = 0; y < size; y++) {
    // Each row starts with the number of its filter: 0 is none.
    const start = y * (1 + 3 * size) + 1;
    for (let x = 0; x < size; x++) rows.set(pixel(x, y, size), start + 3 * x);
  }
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, size);
  view.setUint32(4, size);
  // Eight bits each of red, green and blue.
  header.set([8, 2, 0, 0, 0], 8);
  return joined([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", await deflated(rows)),
    chunk("IEND", new Uint8Array()),
  ]);
}

function pixel(x: number, y: number, size: number): Colour {
  const sum = [0, 0, 0];
  for (let sample = 0; sample < SAMPLES * SAMPLES; sample++) {
    const dx = (sample % SAMPLES + 0.5) / SAMPLES;
    const dy = (Math.floor(sample / SAMPLES) + 0.5) / SAMPLES;
    const colour = colourAt((x + dx) / size - 0.5, (y + dy) / size - 0.5);
    colour.forEach((part, index) => sum[index] = (sum[index] ?? 0) + part);
  }
  const mean = (index: number) => Math.round((sum[index] ?? 0) / (SAMPLES * SAMPLES));
  return [mean(0), mean(1), mean(2)];
}

/** Returns the colour of a point relative to the icon's centre. */
function colourAt(x: number, y: number): Colour {
  const [across, along] = [Math.abs(x), Math.abs(y)];
  const isOctagon = Math.max(across, along, (across + along) / Math.SQRT2) < OCTAGON_RADIUS;
  if (!isOctagon) return GROUND;
  // A cross: near one of the diagonals, and not too far out.
  const isCross = Math.abs(across - along) / Math.SQRT2 < MARK_WIDTH;
  return isCross && Math.max(across, along) < MARK_REACH ? MARK : SIGN;
}

function chunk(kind: string, data: Uint8Array): Uint8Array {
  const body = joined([new TextEncoder().encode(kind), data]);
  const frame = new Uint8Array(body.length + 8);
  const view = new DataView(frame.buffer);
  view.setUint32(0, data.length);
  frame.set(body, 4);
  view.setUint32(body.length + 4, crc32(body));
  return frame;
}

/** PNG's checksum, computed bit by bit, because an icon is small. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

async function deflated(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return await new Response(stream).bytes();
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
