/** The options of every socket. */

/**
 * A socket takes one piece in advance and then lets the kernel keep the rest, so that a reader that
 * reads seldom also wakes seldom.
 */
export const ONE_PIECE = { highWaterMark: 1 } as const;
