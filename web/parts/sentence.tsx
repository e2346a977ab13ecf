/** A sentence made of our words and foreign names. */

import type { JSX } from "preact";
import type { Piece } from "../status/verdict.ts";

/**
 * Each name is isolated, so that it cannot change the text direction or break the sentence around
 * it.
 */
export function Sentence({ pieces }: { readonly pieces: readonly Piece[] }): JSX.Element {
  return (
    <>
      {pieces.map((piece, index) =>
        typeof piece === "string"
          ? <span key={index}>{piece}</span>
          : <bdi key={index} class="name">{piece.name}</bdi>
      )}
    </>
  );
}
